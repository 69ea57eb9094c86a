/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kept.h"

#include <stdlib.h>
#include <string.h>

static nt_status no_memory(nt_error *err, const char *prefix) {
  return nt_fail(err, NT_E_MEMORY, "%s: out of memory", prefix);
}

/* ---------------------------------------------------------------- records */

nt_status nt_pool_put(const nt_pool *pool, const nt_member *members, size_t count,
                      const char *prefix, const nt_state_writer *to, nt_error *err) {
  nt_status status = NT_OK;
  for (size_t i = 0; i < count && status == NT_OK; i++) {
    const nt_member *m = &members[i];
    size_t bytes = m->count * nt_state_size(m->type);
    char *list = calloc(pool->count + 1, bytes);
    if (!list) return no_memory(err, prefix);
    for (size_t r = 0; r < pool->count; r++)
      memcpy(list + r * bytes, (const char *)nt_pool_at(pool, r) + m->offset, bytes);
    status = nt_state_put(to, prefix, m->name, m->type, list, pool->count * m->count, err);
    free(list);
  }
  return status;
}

static int is_zero(const char *bytes, size_t size) {
  for (size_t i = 0; i < size; i++)
    if (bytes[i]) return 0;
  return 1;
}

/* A record that is all zero is left as it is: memory of streams that never sent stays untouched. */
static nt_status take_member(nt_pool *pool, const nt_member *m, const char *prefix,
                             const nt_state_reader *from, nt_error *err) {
  void *list;
  size_t got, bytes = m->count * nt_state_size(m->type);
  nt_status status = nt_state_take(from, prefix, m->name, m->type, &list, &got, err);
  if (status != NT_OK) return status;
  if (got != pool->count * m->count)
    status = nt_fail(err, NT_E_INPUT, "%s/%s: %zu values, expected %zu", prefix, m->name, got,
                     pool->count * m->count);
  for (size_t r = 0; status == NT_OK && r < pool->count; r++) {
    const char *value = (const char *)list + r * bytes;
    if (!is_zero(value, bytes)) memcpy((char *)nt_pool_at(pool, r) + m->offset, value, bytes);
  }
  free(list);
  return status;
}

nt_status nt_pool_take(nt_pool *pool, size_t records, const nt_member *members, size_t count,
                       const char *prefix, const nt_state_reader *from, nt_error *err) {
  if (!nt_pool_grow(pool, records)) return no_memory(err, prefix);
  nt_status status = NT_OK;
  for (size_t i = 0; i < count && status == NT_OK; i++)
    status = take_member(pool, &members[i], prefix, from, err);
  return status;
}

nt_status nt_pool_take_counted(nt_pool *pool, const nt_member *members, size_t count,
                               const char *prefix, const nt_state_reader *from, nt_error *err) {
  void *last;
  size_t records;
  nt_status status = nt_state_take(from, prefix, "last", NT_STATE_NUMBER, &last, &records, err);
  if (status != NT_OK) return status;
  free(last);
  return nt_pool_take(pool, records, members, count, prefix, from, err);
}

/* ---------------------------------------------------------------- keys */

/* All keys in one list, and where each ends in another, unless they are of one size. */
nt_status nt_key_table_put_all(const nt_key_table *table, size_t key_size, const char *prefix,
                               const nt_state_writer *to, nt_error *err) {
  size_t count = nt_key_table_count(table), size, total = 0;
  uint64_t *ends = calloc(count + 1, sizeof *ends);
  if (!ends) return no_memory(err, prefix);
  for (uint32_t i = 0; i < count; i++) {
    nt_key_table_key(table, i, &size);
    ends[i] = total += size;
  }
  char *bytes = calloc(total + 1, 1);
  nt_status status = bytes ? NT_OK : no_memory(err, prefix);
  for (uint32_t i = 0; status == NT_OK && i < count; i++) {
    const void *key = nt_key_table_key(table, i, &size);
    memcpy(bytes + ends[i] - size, key, size);
  }
  if (status == NT_OK) status = nt_state_put(to, prefix, "keys", NT_STATE_BYTE, bytes, total, err);
  if (status == NT_OK && !key_size)
    status = nt_state_put(to, prefix, "key_ends", NT_STATE_COUNT, ends, count, err);
  free(bytes);
  free(ends);
  return status;
}

/* No key is longer than nt_key has room for. */
static nt_status put_key(nt_key_table *table, const char *bytes, uint64_t from, uint64_t to,
                         size_t total, uint32_t number, const char *prefix, nt_error *err) {
  if (to < from || to > total || to - from > sizeof((nt_key *)0)->bytes)
    return nt_state_wrong(err, prefix, "a key lies outside of the keys, or is too long");
  uint32_t got = nt_key_table_put(table, bytes + from, (size_t)(to - from));
  if (got == NT_KEY_TABLE_FULL) return no_memory(err, prefix);
  return got == number ? NT_OK : nt_state_wrong(err, prefix, "a key occurs twice");
}

nt_status nt_key_table_take_all(nt_key_table *table, size_t key_size, const char *prefix,
                                const nt_state_reader *from, nt_error *err) {
  void *bytes = NULL, *ends = NULL;
  size_t total = 0, count = 0;
  nt_status status = nt_state_take(from, prefix, "keys", NT_STATE_BYTE, &bytes, &total, err);
  if (status == NT_OK && !key_size)
    status = nt_state_take(from, prefix, "key_ends", NT_STATE_COUNT, &ends, &count, err);
  if (key_size) count = total / key_size;
  for (size_t i = 0, at = 0; status == NT_OK && i < count; i++) {
    uint64_t end = key_size ? at + key_size : ((const uint64_t *)ends)[i];
    status = put_key(table, bytes, at, end, total, (uint32_t)i, prefix, err);
    at = (size_t)end;
  }
  free(bytes);
  free(ends);
  return status;
}

/* ---------------------------------------------------------------- identities */

static const char flows[] = "extractor/flows";

nt_status nt_identities_put(const nt_key_table *identities, const nt_state_writer *to,
                            nt_error *err) {
  return nt_key_table_put_all(identities, sizeof(nt_identity), flows, to, err);
}

static int is_identity(const nt_identity *id) {
  return id->source_kind <= NT_ADDRESS_IPV6 && id->destination_kind <= NT_ADDRESS_IPV6 &&
         id->mac_kind <= NT_ADDRESS_MAC && id->port_kind <= NT_PORT_ARP;
}

nt_status nt_identities_take(const nt_state_reader *from, nt_identity **identities, size_t *count,
                             nt_error *err) {
  void *bytes;
  size_t total;
  *identities = NULL;
  nt_status status = nt_state_take(from, flows, "keys", NT_STATE_BYTE, &bytes, &total, err);
  if (status != NT_OK) return status;
  *count = total / sizeof **identities;
  *identities = calloc(*count + 1, sizeof **identities);
  if (*identities)
    memcpy(*identities, bytes, *count * sizeof **identities);
  else
    status = no_memory(err, flows);
  for (size_t i = 0; status == NT_OK && i < *count; i++)
    if (!is_identity(&(*identities)[i]))
      status = nt_state_wrong(err, flows, "a key is of no packet");
  free(bytes);
  if (status == NT_OK) return NT_OK;
  free(*identities);
  *identities = NULL;
  return status;
}

/* ---------------------------------------------------------------- directories */

typedef struct named_table {
  nt_key_table *table;
  const char *name;
} named_table;

enum { TABLES = 4 };
static void tables_of(const nt_directory *d, named_table tables[TABLES]) {
  const named_table all[TABLES] = {{d->mi, "extractor/mi"},
                                   {d->jitter, "extractor/jitter"},
                                   {d->hosts.streams, "extractor/hosts"},
                                   {d->sockets.streams, "extractor/sockets"}};
  memcpy(tables, all, sizeof all);
}

nt_status nt_directory_put(const nt_directory *d, const nt_state_writer *to, nt_error *err) {
  named_table tables[TABLES];
  tables_of(d, tables);
  nt_status status = nt_identities_put(d->identities, to, err);
  for (int i = 0; i < TABLES && status == NT_OK; i++)
    status = nt_key_table_put_all(tables[i].table, 0, tables[i].name, to, err);
  return status;
}

nt_status nt_directory_take_streams(nt_directory *d, const nt_state_reader *from, nt_error *err) {
  named_table tables[TABLES];
  tables_of(d, tables);
  nt_status status = NT_OK;
  for (int i = 0; i < TABLES && status == NT_OK; i++)
    status = nt_key_table_take_all(tables[i].table, 0, tables[i].name, from, err);
  return status;
}

nt_status nt_directory_take_pair(nt_graph *graph, const uint32_t ends[2], uint32_t number,
                                 const char *prefix, nt_error *err) {
  uint32_t streams = nt_key_table_count(graph->streams), got;
  if (ends[0] >= streams || ends[1] >= streams)
    return nt_state_wrong(err, prefix, "an end of a pair is no stream");
  if (!nt_graph_pair(graph, ends[0], ends[1], &got)) return no_memory(err, prefix);
  return got == number ? NT_OK : nt_state_wrong(err, prefix, "two streams have two pairs");
}

nt_status nt_directory_take_flows(nt_directory *d, const nt_state_reader *from, nt_error *err) {
  nt_identity *ids;
  size_t count;
  nt_status status = nt_identities_take(from, &ids, &count, err);
  uint64_t streams = nt_directory_streams(d), pairs = nt_directory_pairs(d);
  for (size_t i = 0; status == NT_OK && i < count; i++) {
    if (!nt_directory_flow(d, &ids[i], nt_directory_expect(d, &ids[i])))
      status = no_memory(err, flows);
    else if (d->flows.count != i + 1)
      status = nt_state_wrong(err, flows, "a key occurs twice");
    else if (nt_directory_streams(d) != streams || nt_directory_pairs(d) != pairs)
      status = nt_state_wrong(err, flows, "a flow is of streams that are not there");
  }
  free(ids);
  return status;
}
