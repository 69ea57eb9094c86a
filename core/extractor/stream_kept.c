/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of profile stream, as lists of numbers (kept.h). */
#include <stdlib.h>

#include "kept.h"
#include "stream.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NUMBERS(record, member, count) NT_MEMBER(record, member, NT_STATE_NUMBER, count)

static const nt_member moments[] = {NUMBERS(nt_moments, w, NT_QUAD),
                                    NUMBERS(nt_moments, mean, NT_QUAD),
                                    NUMBERS(nt_moments, variance, NT_QUAD),
                                    NUMBERS(nt_moments, fifth, 3), NUMBERS(nt_moments, last, 1)};
static const nt_member residuals[] = {NUMBERS(nt_residuals, sum, NT_QUAD),
                                      NUMBERS(nt_residuals, residual, NT_QUAD),
                                      NUMBERS(nt_residuals, fifth, 2)};
static const nt_member voices[] = {NT_MEMBER(nt_voice, sent, NT_STATE_INDEX, 1)};
static const nt_member pairs[] = {NUMBERS(nt_pair, z, NT_QUAD),
                                  NUMBERS(nt_pair, y, NT_QUAD),
                                  NUMBERS(nt_pair, fifth, 2),
                                  NUMBERS(nt_pair, last, 1),
                                  NT_MEMBER(nt_pair, end, NT_STATE_INDEX, 2),
                                  NT_MEMBER(nt_pair, active, NT_STATE_BYTE, 1),
                                  NT_MEMBER(nt_pair, heard, NT_STATE_BYTE, 2)};

typedef struct part { /* of the state: a pool, its members, and how many records it has */
  nt_pool *pool;
  const nt_member *members;
  size_t count;
  const char *name;
  const nt_key_table *keys; /* a record each; NULL: it says itself */
} part;

enum { PARTS = 10, PAIRS_FROM = 8 };
static void parts_of(nt_stream *x, part parts[PARTS]) {
  nt_stream_state *s = &x->state;
  nt_directory *d = &x->directory;
  const part all[PARTS] = {
      {&s->mi, moments, COUNT(moments), "extractor/mi", d->mi},
      {&s->jitter, moments, COUNT(moments), "extractor/jitter", d->jitter},
      {&s->hosts.moments, moments, COUNT(moments), "extractor/hosts", d->hosts.streams},
      {&s->hosts.residuals, residuals, COUNT(residuals), "extractor/hosts/residuals",
       d->hosts.streams},
      {&s->hosts.voices, voices, COUNT(voices), "extractor/hosts", d->hosts.streams},
      {&s->sockets.moments, moments, COUNT(moments), "extractor/sockets", d->sockets.streams},
      {&s->sockets.residuals, residuals, COUNT(residuals), "extractor/sockets/residuals",
       d->sockets.streams},
      {&s->sockets.voices, voices, COUNT(voices), "extractor/sockets", d->sockets.streams},
      {&s->hosts.pairs, pairs, COUNT(pairs), "extractor/hosts/pairs", NULL},
      {&s->sockets.pairs, pairs, COUNT(pairs), "extractor/sockets/pairs", NULL}};
  for (int i = 0; i < PARTS; i++) parts[i] = all[i];
}

nt_status nt_stream_put(const nt_stream *stream, const nt_state_writer *to, nt_error *err) {
  part parts[PARTS];
  parts_of((nt_stream *)stream, parts);
  nt_status status = nt_directory_put(&stream->directory, to, err);
  for (int i = 0; i < PARTS && status == NT_OK; i++)
    status = nt_pool_put(parts[i].pool, parts[i].members, parts[i].count, parts[i].name, to, err);
  if (status != NT_OK) return status;
  return nt_state_put(to, "extractor", "dropped", NT_STATE_COUNT, &stream->dropped, 1, err);
}

static nt_status take_part(const part *p, const nt_state_reader *from, nt_error *err) {
  if (!p->keys) return nt_pool_take_counted(p->pool, p->members, p->count, p->name, from, err);
  size_t records = nt_key_table_count(p->keys);
  return nt_pool_take(p->pool, records, p->members, p->count, p->name, from, err);
}

static int is_pair(const nt_pair *pair) {
  return pair->active <= 1 && pair->heard[0] <= 1 && pair->heard[1] <= 1;
}

static nt_status take_links(nt_stream_graph *g, nt_graph *keys, const char *name, nt_error *err) {
  for (uint32_t i = 0; i < g->pairs.count; i++) {
    nt_pair *pair = nt_pool_at(&g->pairs, i);
    if (!is_pair(pair)) return nt_state_wrong(err, name, "a pair is in no state that pairs have");
    nt_status status = nt_directory_take_pair(keys, pair->end, i, name, err);
    if (status != NT_OK) return status;
    pair->made = 1;
  }
  nt_stream_link(g);
  for (size_t i = 0; i < g->voices.count; i++)
    g->senders += ((const nt_voice *)nt_pool_at(&g->voices, i))->sent != 0;
  return NT_OK;
}

nt_status nt_stream_take(nt_stream *stream, const nt_state_reader *from, nt_error *err) {
  part parts[PARTS];
  nt_status status = nt_directory_take_streams(&stream->directory, from, err);
  parts_of(stream, parts);
  for (int i = 0; i < PARTS && status == NT_OK; i++) status = take_part(&parts[i], from, err);
  if (status == NT_OK)
    status =
        take_links(&stream->state.hosts, &stream->directory.hosts, parts[PAIRS_FROM].name, err);
  if (status == NT_OK)
    status = take_links(&stream->state.sockets, &stream->directory.sockets,
                        parts[PAIRS_FROM + 1].name, err);
  if (status == NT_OK) status = nt_directory_take_flows(&stream->directory, from, err);
  if (status != NT_OK) return status;
  return nt_state_take_into(from, "extractor", "dropped", NT_STATE_COUNT, &stream->dropped, 1, err);
}
