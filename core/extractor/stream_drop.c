/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * max_streams: the state is rebuilt from the streams of greatest weight and the pairs used last.
 * All flows are dropped; they are looked up again with their next packets.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

#define STREAMS_OF_A_PACKET 6 /* MI, jitter, two hosts, two sockets */
#define LINKS_PER_STREAM 4 /* pairs, and flows, that may pile up for each stream of max_streams */
#define TABLES 4           /* MI, jitter, hosts, sockets */

int nt_stream_has_room(const nt_stream *stream) {
  if (!stream->max_streams) return 1;
  const nt_directory *d = &stream->directory;
  return nt_directory_streams(d) + STREAMS_OF_A_PACKET <= stream->max_streams &&
         nt_directory_pairs(d) < LINKS_PER_STREAM * stream->max_streams &&
         d->flows.count < LINKS_PER_STREAM * stream->max_streams;
}

/* ---------------------------------------------------------------- which streams stay */

typedef struct candidate {
  double score;
  uint32_t table, number;
} candidate;

/* The greater score first; among equals the elder. */
static int by_score(const void *left, const void *right) {
  const candidate *a = left, *b = right;
  if (a->score != b->score) return a->score < b->score ? 1 : -1;
  if (a->table != b->table) return a->table < b->table ? -1 : 1;
  return a->number < b->number ? -1 : a->number > b->number;
}

/* Sorts, then marks the first `most` of n candidates in stay[table][number]. */
static void select_first(candidate *candidates, size_t n, size_t most, uint8_t *const *stay) {
  qsort(candidates, n, sizeof *candidates, by_score);
  for (size_t i = 0; i < n && i < most; i++) stay[candidates[i].table][candidates[i].number] = 1;
}

/* By the slowest decay. */
static double weight_now(const nt_moments *m, double now) {
  if (m->fifth[0] == 0) return 0;
  double factors[NT_LAMBDAS];
  nt_stream_factors(now > m->last ? now - m->last : 0, factors);
  return m->fifth[0] * factors[NT_LAMBDAS - 1];
}

static size_t rank_streams(const nt_pool *moments, uint32_t id, double now, candidate *out) {
  for (uint32_t i = 0; i < moments->count; i++)
    out[i] = (candidate){weight_now(nt_pool_at(moments, i), now), id, i};
  return moments->count;
}

/* Pairs of which both ends stay. */
static size_t rank_pairs(const nt_stream_graph *g, uint32_t id, const uint8_t *ends_stay,
                         candidate *out) {
  size_t n = 0;
  for (uint32_t i = 0; i < g->pairs.count; i++) {
    const nt_pair *pair = nt_pool_at(&g->pairs, i);
    if (ends_stay[pair->end[0]] && ends_stay[pair->end[1]])
      out[n++] = (candidate){pair->last, id, i};
  }
  return n;
}

/* ---------------------------------------------------------------- into the new tables */

typedef struct move {
  const nt_stream *from;
  nt_stream *to;
  uint8_t *streams[TABLES]; /* which stay */
  uint8_t *pairs[2];        /* of hosts and sockets */
  uint32_t *number;         /* of a stream in its new table, by its old number */
} move;

/* Puts the keys that stay into the new table, in order; number[old] = new. 0: out of memory. */
static int move_keys(const nt_key_table *from, nt_key_table *to, const uint8_t *stay,
                     uint32_t *number) {
  for (uint32_t i = 0; i < nt_key_table_count(from); i++) {
    if (!stay[i]) continue;
    size_t size;
    const void *key = nt_key_table_key(from, i, &size);
    number[i] = nt_key_table_put(to, key, size);
    if (number[i] == NT_KEY_TABLE_FULL) return 0;
  }
  return 1;
}

static int move_records(const nt_pool *from, nt_pool *to, const uint8_t *stay) {
  for (size_t i = 0; i < from->count; i++) {
    if (!stay[i]) continue;
    if (!nt_pool_grow(to, to->count + 1)) return 0;
    memcpy(nt_pool_at(to, to->count - 1), nt_pool_at(from, i), from->record);
  }
  return 1;
}

/* Renames the ends of the pairs that moved, and lists each with its silent end. */
static void relink(nt_stream_graph *g, const uint32_t *number) {
  for (uint32_t i = 0; i < g->pairs.count; i++) {
    nt_pair *pair = nt_pool_at(&g->pairs, i);
    for (int end = 0; end < 2; end++) pair->end[end] = number[pair->end[end]];
  }
  nt_stream_link(g);
}

static int move_pair_keys(const nt_stream_graph *moved, nt_graph *keys) {
  for (uint32_t i = 0; i < moved->pairs.count; i++) {
    const nt_pair *pair = nt_pool_at(&moved->pairs, i);
    uint32_t same;
    if (!nt_graph_pair(keys, pair->end[0], pair->end[1], &same)) return 0;
  }
  return 1;
}

static int move_graph(const nt_stream_graph *from, nt_stream_graph *to, const nt_graph *old,
                      nt_graph *keys, const uint8_t *streams, const uint8_t *pairs,
                      uint32_t *number) {
  if (!move_keys(old->streams, keys->streams, streams, number) ||
      !move_records(&from->moments, &to->moments, streams) ||
      !move_records(&from->voices, &to->voices, streams) ||
      !move_records(&from->residuals, &to->residuals, streams) ||
      !move_records(&from->pairs, &to->pairs, pairs))
    return 0;
  to->senders = to->moments.count; /* written to by the move */
  relink(to, number);
  return move_pair_keys(to, keys);
}

static int move_all(move *m) {
  const nt_stream_state *from = &m->from->state;
  nt_stream_state *to = &m->to->state;
  const nt_directory *old = &m->from->directory;
  nt_directory *keys = &m->to->directory;
  return move_keys(old->mi, keys->mi, m->streams[0], m->number) &&
         move_records(&from->mi, &to->mi, m->streams[0]) &&
         move_keys(old->jitter, keys->jitter, m->streams[1], m->number) &&
         move_records(&from->jitter, &to->jitter, m->streams[1]) &&
         move_graph(&from->hosts, &to->hosts, &old->hosts, &keys->hosts, m->streams[2], m->pairs[0],
                    m->number) &&
         move_graph(&from->sockets, &to->sockets, &old->sockets, &keys->sockets, m->streams[3],
                    m->pairs[1], m->number);
}

static void select_all(move *m, candidate *candidates, double now) {
  const nt_stream_state *s = &m->from->state;
  const nt_pool *tables[TABLES] = {&s->mi, &s->jitter, &s->hosts.moments, &s->sockets.moments};
  const nt_stream_graph *graphs[2] = {&s->hosts, &s->sockets};
  size_t n = 0, limit = m->from->max_streams;
  for (uint32_t i = 0; i < TABLES; i++) n += rank_streams(tables[i], i, now, candidates + n);
  select_first(candidates, n, limit / 4 * 3, m->streams);
  n = 0;
  for (uint32_t i = 0; i < 2; i++) n += rank_pairs(graphs[i], i, m->streams[2 + i], candidates + n);
  select_first(candidates, n, 2 * limit, m->pairs);
}

nt_status nt_stream_drop(nt_stream *stream, double now, nt_error *err) {
  const nt_stream_state *s = &stream->state;
  size_t streams = nt_directory_streams(&stream->directory),
         pairs = nt_directory_pairs(&stream->directory);
  size_t most = streams > pairs ? streams : pairs;
  nt_stream fresh = {
      .run = stream->run, .max_streams = stream->max_streams, .dropped = stream->dropped};
  nt_stream_state_init(&fresh.state);
  int fine = nt_directory_init(&fresh.directory, stream->directory.form);
  candidate *candidates = calloc(most + 1, sizeof *candidates);
  uint8_t *marks = calloc(streams + pairs + 1, 1);
  uint32_t *number = calloc(streams + 1, sizeof *number);
  if (fine && candidates && marks && number) {
    move m = {.from = stream, .to = &fresh, .number = number};
    m.streams[0] = marks;
    m.streams[1] = m.streams[0] + s->mi.count;
    m.streams[2] = m.streams[1] + s->jitter.count;
    m.streams[3] = m.streams[2] + s->hosts.moments.count;
    m.pairs[0] = marks + streams;
    m.pairs[1] = m.pairs[0] + s->hosts.pairs.count;
    select_all(&m, candidates, now);
    fine = move_all(&m);
  } else {
    fine = 0;
  }
  free(candidates);
  free(marks);
  free(number);
  if (fine) {
    nt_stream old = *stream;
    *stream = fresh;
    stream->dropped += streams - nt_directory_streams(&stream->directory);
    fresh = old;
  }
  nt_stream_state_done(&fresh.state);
  nt_directory_done(&fresh.directory);
  return fine ? NT_OK : nt_fail(err, NT_E_MEMORY, "profile stream: out of memory");
}
