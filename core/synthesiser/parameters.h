/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A table of settings is read into a struct by a table of parameters (ninetails/parameter.h): the
 * one place where a scenario's types, ranges and spellings are checked. Every mistake is answered
 * with what was expected, a misspelt name with the nearest known one. The key "source" (where a
 * number comes from) is welcome everywhere.
 */
#ifndef NT_SYNTHESISER_PARAMETERS_H
#define NT_SYNTHESISER_PARAMETERS_H

#include <math.h>

#include <ninetails/parameter.h>

#include "chance.h"
#include "host.h"
#include "settings.h"

/* Rows of the tables: struct and member, name, unit, preset, range, help. Forms of a COMPOUND:
 * "law"    nt_law: a number, or a table {law = "exponential", mean = 3}; the preset is a constant
 * "host"   nt_host *: the name of a host
 * "hosts"  nt_host_list: a list of names; the range is that of its length
 * "texts"  nt_text_list: a text or a list of texts; likewise
 * "table"  const nt_setting *: read by the behaviour */
#define NT_REQUIRED NAN
#define NT_OPTIONAL 0

#define NT_ROW(of, member, name_, help_, preset_, ...)                                             \
  {                                                                                                \
    .name = (name_), .help = (help_), .preset = (preset_), NT_PARAMETER_OF(of, member),            \
    __VA_ARGS__                                                                                    \
  }
#define NT_RANGE(type_, unit_, least_, most_)                                                      \
  .type = (type_), .unit = (unit_), .least = (least_), .most = (most_)

#define NT_NUMBER_ROW(of, member, name, unit, preset, least, most, help)                           \
  NT_ROW(of, member, name, help, preset, NT_RANGE(NT_PARAMETER_NUMBER, unit, least, most))
#define NT_INTEGER_ROW(of, member, name, unit, preset, least, most, help)                          \
  NT_ROW(of, member, name, help, preset, NT_RANGE(NT_PARAMETER_INTEGER, unit, least, most))
#define NT_FLAG_ROW(of, member, name, preset, help)                                                \
  NT_ROW(of, member, name, help, preset, .type = NT_PARAMETER_FLAG)
#define NT_CHOICE_ROW(of, member, name, names, help)                                               \
  NT_ROW(of, member, name, help, 0, .type = NT_PARAMETER_CHOICE, .choices = (names))
#define NT_TEXT_ROW(of, member, name, preset, help)                                                \
  NT_ROW(of, member, name, help, preset, .type = NT_PARAMETER_TEXT)

#define NT_COMPOUND(form_, unit, least, most)                                                      \
  NT_RANGE(NT_PARAMETER_COMPOUND, unit, least, most), .form = (form_)
#define NT_LAW_ROW(of, member, name, unit, preset, least, most, help)                              \
  NT_ROW(of, member, name, help, preset, NT_COMPOUND("law", unit, least, most))
#define NT_HOST_ROW(of, member, name, preset, help)                                                \
  NT_ROW(of, member, name, help, preset, NT_COMPOUND("host", NULL, 0, 0))
#define NT_HOSTS_ROW(of, member, name, least, most, help)                                          \
  NT_ROW(of, member, name, help, NT_OPTIONAL, NT_COMPOUND("hosts", NULL, least, most))
#define NT_TEXTS_ROW(of, member, name, least, most, help)                                          \
  NT_ROW(of, member, name, help, NT_OPTIONAL, NT_COMPOUND("texts", NULL, least, most))
#define NT_TABLE_ROW(of, member, name, preset, help)                                               \
  NT_ROW(of, member, name, help, preset, NT_COMPOUND("table", NULL, 0, 0))

typedef struct nt_host_list {
  nt_host **items;
  size_t count;
} nt_host_list;

typedef struct nt_text_list {
  const nt_setting **items; /* of kind NT_SETTING_TEXT */
  size_t count;
} nt_text_list;

typedef struct nt_parameter_set {
  const nt_parameter *parameters;
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

#endif
