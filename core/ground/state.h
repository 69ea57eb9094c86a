/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a thing that learns knows, put away and taken up again: lists of numbers with names
 * ("extractor/hosts/pairs/last"). Each room puts and takes what is its own; where the lists go
 * (store/model) is no concern of theirs.
 *
 * What is taken may be forged: its types are right, its lengths and values may be anything. Whoever
 * takes a list checks its length, and every value that is an index or a choice.
 */
#ifndef NT_STATE_H
#define NT_STATE_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

typedef enum nt_state_type {
  NT_STATE_NUMBER, /* double */
  NT_STATE_COUNT,  /* uint64_t */
  NT_STATE_INDEX,  /* uint32_t */
  NT_STATE_BYTE    /* uint8_t */
} nt_state_type;
size_t nt_state_size(nt_state_type type); /* bytes of one */

typedef struct nt_state_writer {
  nt_status (*put)(void *context, const char *name, nt_state_type type, const void *values,
                   size_t count, nt_error *err);
  void *context;
} nt_state_writer;

typedef struct nt_state_reader {
  /* *values: free. NT_E_INPUT: there is none of this name. */
  nt_status (*take)(void *context, const char *name, nt_state_type type, void **values,
                    size_t *count, nt_error *err);
  void *context;
} nt_state_reader;

/* The name is PREFIX/NAME, or NAME where the prefix is "". */
nt_status nt_state_put(const nt_state_writer *to, const char *prefix, const char *name,
                       nt_state_type type, const void *values, size_t count, nt_error *err);
/* A list of any length; *values: free. */
nt_status nt_state_take(const nt_state_reader *from, const char *prefix, const char *name,
                        nt_state_type type, void **values, size_t *count, nt_error *err);
/* Exactly `count` values into an array of the caller's; another length is NT_E_INPUT. */
nt_status nt_state_take_into(const nt_state_reader *from, const char *prefix, const char *name,
                             nt_state_type type, void *values, size_t count, nt_error *err);

/* NT_E_INPUT: "PREFIX: what". */
nt_status nt_state_wrong(nt_error *err, const char *prefix, const char *what);

#endif
