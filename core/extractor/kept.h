/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An extractor's state as lists of numbers (ground/state.h): the keys in the order of their
 * numbers, and each member of the records, by tables of members. What follows from these is not
 * kept: the streams of a flow, lists of pairs, hash tables.
 */
#ifndef NT_KEPT_H
#define NT_KEPT_H

#include <ninetails/extractor.h>

#include "ground/state.h"
#include "directory.h"

/* The state of an extractor, and an extractor that goes on from it: NULL with NT_E_INPUT (it is of
 * no extractor of these options), NT_E_MEMORY, or what nt_extractor_new says. O(streams + pairs). */
nt_status nt_extractor_put(const nt_extractor *extractor, const nt_state_writer *to, nt_error *err);
nt_extractor *nt_extractor_take(const nt_extractor_options *options, const nt_state_reader *from,
                                nt_error *err);

/* A member of a record: `count` values of `type` at `offset`. */
typedef struct nt_member {
  const char *name;
  nt_state_type type;
  size_t offset, count;
} nt_member;
#define NT_MEMBER(record, member, type_, count_)                                                   \
  { .name = #member, .type = type_, .offset = offsetof(record, member), .count = count_ }

/* The members of all records of a pool, one list each, below `prefix`. */
nt_status nt_pool_put(const nt_pool *pool, const nt_member *members, size_t count,
                      const char *prefix, const nt_state_writer *to, nt_error *err);
/* Into an empty pool, of `records` records. */
nt_status nt_pool_take(nt_pool *pool, size_t records, const nt_member *members, size_t count,
                       const char *prefix, const nt_state_reader *from, nt_error *err);

/* Of as many records as the list of their member `last` has. */
nt_status nt_pool_take_counted(nt_pool *pool, const nt_member *members, size_t count,
                               const char *prefix, const nt_state_reader *from, nt_error *err);

/* The keys of a table; into an empty one. key_size: as it was made. */
nt_status nt_key_table_put_all(const nt_key_table *table, size_t key_size, const char *prefix,
                               const nt_state_writer *to, nt_error *err);
nt_status nt_key_table_take_all(nt_key_table *table, size_t key_size, const char *prefix,
                                const nt_state_reader *from, nt_error *err);

/* The flows' identities. To take them, once all streams and pairs are there: a flow that would make
 * a new one is NT_E_INPUT. */
nt_status nt_identities_put(const nt_key_table *identities, const nt_state_writer *to,
                            nt_error *err);
nt_status nt_identities_take(const nt_state_reader *from, nt_identity **identities, size_t *count,
                             nt_error *err);

/* The keys of a directory but for pairs, whose ends are in their records. */
nt_status nt_directory_put(const nt_directory *directory, const nt_state_writer *to, nt_error *err);
nt_status nt_directory_take_streams(nt_directory *directory, const nt_state_reader *from,
                                    nt_error *err);
/* The next pair in order of numbers; NT_E_INPUT where its ends are no streams, or have one. */
nt_status nt_directory_take_pair(nt_graph *graph, const uint32_t ends[2], uint32_t number,
                                 const char *prefix, nt_error *err);
nt_status nt_directory_take_flows(nt_directory *directory, const nt_state_reader *from,
                                  nt_error *err);

#endif
