/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A table of settings read into a struct, as a list of parameters says: the one place where a
 * scenario's types, ranges and spellings are checked. Every mistake is answered with what was
 * expected, a misspelt name with the nearest known one. The key "source" (where a number comes
 * from) is welcome everywhere.
 */
#ifndef NT_SYNTHESISER_PARAMETERS_H
#define NT_SYNTHESISER_PARAMETERS_H

#include "chance.h"
#include "host.h"
#include "settings.h"

typedef enum nt_parameter_kind {
  NT_P_NUMBER,  /* double */
  NT_P_INTEGER, /* int64_t */
  NT_P_FLAG,    /* bool */
  NT_P_TEXT,    /* const char * */
  NT_P_CHOICE,  /* int: index into choices */
  NT_P_LAW,     /* nt_law: a number, or a table {law = "exponential", mean = 3} */
  NT_P_HOST,    /* nt_host *: by name */
  NT_P_HOSTS,   /* nt_host_list: list of names */
  NT_P_TEXTS,   /* nt_text_list: a text or a list of texts */
  NT_P_TABLE    /* const nt_setting * */
} nt_parameter_kind;

typedef struct nt_behaviour_parameter {
  const char *name;
  nt_parameter_kind kind;
  size_t offset;
  double min, max; /* of numbers, of a law's draws, of a list's length */
  double fallback; /* numbers, flags, laws (constant), choices; NT_REQUIRED: must be given */
  const char *const *choices; /* ends with NULL */
} nt_behaviour_parameter;

#define NT_REQUIRED (-1e300)

typedef struct nt_host_list {
  nt_host **items;
  size_t count;
} nt_host_list;

typedef struct nt_text_list {
  const nt_setting **items; /* of kind NT_SETTING_TEXT */
  size_t count;
} nt_text_list;

typedef struct nt_parameter_set {
  const nt_behaviour_parameter *parameters;
  size_t count;
  void *into;
} nt_parameter_set;

/* What reading needs besides the table: the hosts by name, and memory that lives as long as the
 * run. */
typedef struct nt_scope nt_scope;
void *nt_scope_allocate(nt_scope *scope, size_t bytes); /* zeroed; NULL: out of memory */
nt_host *nt_scope_host(const nt_scope *scope, const char *name);

struct nt_scope {
  nt_host *hosts;
  size_t host_count;
  void *blocks; /* chain of allocations */
};
void nt_scope_done(nt_scope *scope);

/* `what` names the table in messages ("activity camera_stream"). */
nt_status nt_parameters_read(nt_scope *scope, const char *what, const nt_setting *table,
                             const nt_parameter_set *sets, size_t set_count, nt_error *err);

/* Of the names that next(context, i) gives (NULL at the end) the nearest to `name`. */
const char *nt_nearest(const char *name, const char *(*next)(const void *, size_t),
                       const void *context);

#endif
