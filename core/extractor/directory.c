/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "directory.h"

#include <string.h>

static int graph_init(nt_graph *graph) {
  graph->streams = nt_key_table_new(0);
  graph->pairs = nt_key_table_new(2 * sizeof(uint32_t));
  graph->first = nt_pool_of(sizeof(uint32_t));
  return graph->streams && graph->pairs;
}

static void graph_done(nt_graph *graph) {
  nt_key_table_free(graph->streams);
  nt_key_table_free(graph->pairs);
  nt_pool_done(&graph->first);
}

static size_t graph_bytes(const nt_graph *graph) {
  return nt_key_table_bytes(graph->streams) + nt_key_table_bytes(graph->pairs) +
         nt_pool_bytes(&graph->first);
}

int nt_directory_init(nt_directory *d, nt_key_form form) {
  memset(d, 0, sizeof *d);
  d->form = form;
  d->flows = nt_pool_of(sizeof(nt_packet_streams));
  d->identities = nt_key_table_new(sizeof(nt_identity));
  d->mi = nt_key_table_new(0);
  d->jitter = nt_key_table_new(0);
  int hosts = graph_init(&d->hosts), sockets = graph_init(&d->sockets);
  return hosts && sockets && d->identities && d->mi && d->jitter;
}

void nt_directory_done(nt_directory *d) {
  nt_key_table_free(d->identities);
  nt_key_table_free(d->mi);
  nt_key_table_free(d->jitter);
  nt_pool_done(&d->flows);
  graph_done(&d->hosts);
  graph_done(&d->sockets);
}

uint64_t nt_directory_streams(const nt_directory *d) {
  return (uint64_t)nt_key_table_count(d->mi) + nt_key_table_count(d->jitter) +
         nt_key_table_count(d->hosts.streams) + nt_key_table_count(d->sockets.streams);
}

uint64_t nt_directory_pairs(const nt_directory *d) {
  return (uint64_t)nt_key_table_count(d->hosts.pairs) + nt_key_table_count(d->sockets.pairs);
}

size_t nt_directory_bytes(const nt_directory *d) {
  return nt_key_table_bytes(d->identities) + nt_key_table_bytes(d->mi) +
         nt_key_table_bytes(d->jitter) + nt_pool_bytes(&d->flows) + graph_bytes(&d->hosts) +
         graph_bytes(&d->sockets);
}

/* ---------------------------------------------------------------- looking up a flow that is new */

/* A key on its way into its table: all six of a flow are hashed before the first is looked for, so
 * that their slots come from memory at the same time. */
typedef struct entry {
  nt_key key;
  nt_key_table *table;
  uint32_t hash;
} entry;

static nt_key *start(entry *e, nt_key_table *table, nt_key_form form) {
  e->table = table;
  nt_key_start(&e->key, form);
  return &e->key;
}

static void expect(entry *e) {
  e->hash = nt_key_table_hash(e->table, e->key.bytes, e->key.size);
}

static int put(const entry *e, uint32_t *number) {
  *number = nt_key_table_put_hashed(e->table, e->key.bytes, e->key.size, e->hash);
  return *number != NT_KEY_TABLE_FULL;
}

int nt_graph_pair(nt_graph *graph, uint32_t a, uint32_t b, uint32_t *pair) {
  if (!nt_pool_grow(&graph->first, nt_key_table_count(graph->streams))) return 0;
  uint32_t *first_a = nt_pool_at(&graph->first, a), *first_b = nt_pool_at(&graph->first, b);
  if (a == b && *first_a) {
    *pair = *first_a - 1;
    return 1;
  }
  uint32_t key[2] = {a < b ? a : b, a < b ? b : a};
  *pair = nt_key_table_put(graph->pairs, key, sizeof key);
  if (*pair == NT_KEY_TABLE_FULL) return 0;
  if (!*first_a) *first_a = *pair + 1;
  if (!*first_b) *first_b = *pair + 1;
  return 1;
}

static int put_ends(nt_graph *graph, const entry *entries, nt_ends *ends) {
  return put(&entries[NT_SOURCE], &ends->source) &&
         put(&entries[NT_DESTINATION], &ends->destination) &&
         nt_graph_pair(graph, ends->source, ends->destination, &ends->pair);
}

static int flow_of(nt_directory *d, const nt_identity *id, nt_packet_streams *flow) {
  entry mi, jitter, host[2], socket[2];
  nt_key *key = start(&mi, d->mi, d->form);
  nt_key_add_mac(key, id, NT_SOURCE);
  nt_key_add_address(key, id, NT_SOURCE);
  expect(&mi);
  key = start(&jitter, d->jitter, d->form);
  nt_key_add_address(key, id, NT_SOURCE);
  nt_key_add_address(key, id, NT_DESTINATION);
  expect(&jitter);
  for (int end = NT_SOURCE; end <= NT_DESTINATION; end++) {
    nt_key_add_address(start(&host[end], d->hosts.streams, d->form), id, end);
    expect(&host[end]);
    key = start(&socket[end], d->sockets.streams, d->form);
    if (id->port_kind == NT_PORT_ARP) {
      nt_key_add_mac(key, id, end);
    } else {
      nt_key_add_address(key, id, end);
      nt_key_add_port(key, id, end);
    }
    expect(&socket[end]);
  }
  return put(&mi, &flow->mi) && put(&jitter, &flow->jitter) &&
         put_ends(&d->hosts, host, &flow->hosts) && put_ends(&d->sockets, socket, &flow->sockets);
}

uint32_t nt_directory_expect(const nt_directory *d, const nt_identity *id) {
  return nt_key_table_hash(d->identities, id, sizeof *id);
}

const nt_packet_streams *nt_directory_flow(nt_directory *d, const nt_identity *id, uint32_t hash) {
  uint32_t number = nt_key_table_put_hashed(d->identities, id, sizeof *id, hash);
  if (number == NT_KEY_TABLE_FULL) return NULL;
  if (number == d->flows.count) {
    if (!nt_pool_grow(&d->flows, (size_t)number + 1)) return NULL;
    if (!flow_of(d, id, nt_pool_at(&d->flows, number))) return NULL;
  }
  return nt_pool_at(&d->flows, number);
}
