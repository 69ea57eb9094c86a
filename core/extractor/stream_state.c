/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of profile stream: made, grown, measured, released. */
#include "stream.h"

static nt_stream_graph graph_of(void) {
  return (nt_stream_graph){.moments = nt_pool_of(sizeof(nt_moments)),
                           .voices = nt_pool_of(sizeof(nt_voice)),
                           .residuals = nt_pool_of(sizeof(nt_residuals)),
                           .pairs = nt_pool_of(sizeof(nt_pair))};
}

void nt_stream_state_init(nt_stream_state *s) {
  *s = (nt_stream_state){nt_pool_of(sizeof(nt_moments)), nt_pool_of(sizeof(nt_moments)), graph_of(),
                         graph_of()};
}

static void graph_done(nt_stream_graph *g) {
  nt_pool_done(&g->moments);
  nt_pool_done(&g->voices);
  nt_pool_done(&g->residuals);
  nt_pool_done(&g->pairs);
}

void nt_stream_state_done(nt_stream_state *s) {
  nt_pool_done(&s->mi);
  nt_pool_done(&s->jitter);
  graph_done(&s->hosts);
  graph_done(&s->sockets);
}

/* Of a pool of which at most `written` records were written to, each on a page of its own at worst;
 * a scan's many addresses never send. */
static size_t written_bytes(const nt_pool *pool, size_t written) {
  enum { PAGE = 4096 };
  size_t all = nt_pool_bytes(pool), pages = written * (PAGE + pool->record);
  return pages < all ? pages : all;
}

static size_t graph_bytes(const nt_stream_graph *g) {
  return written_bytes(&g->moments, g->senders) + nt_pool_bytes(&g->voices) +
         written_bytes(&g->residuals, g->senders) + nt_pool_bytes(&g->pairs);
}

static int fit_graph(nt_stream_graph *g, const nt_graph *keys) {
  size_t streams = nt_key_table_count(keys->streams), pairs = nt_key_table_count(keys->pairs);
  return nt_pool_grow(&g->moments, streams) && nt_pool_grow(&g->voices, streams) &&
         nt_pool_grow(&g->residuals, streams) && nt_pool_grow(&g->pairs, pairs);
}

int nt_stream_fit(nt_stream *stream) {
  const nt_directory *d = &stream->directory;
  return nt_pool_grow(&stream->state.mi, nt_key_table_count(d->mi)) &&
         nt_pool_grow(&stream->state.jitter, nt_key_table_count(d->jitter)) &&
         fit_graph(&stream->state.hosts, &d->hosts) &&
         fit_graph(&stream->state.sockets, &d->sockets);
}

void nt_stream_link(nt_stream_graph *g) {
  for (size_t i = 0; i < g->voices.count; i++) ((nt_voice *)nt_pool_at(&g->voices, i))->waiting = 0;
  for (uint32_t i = 0; i < g->pairs.count; i++) {
    nt_pair *pair = nt_pool_at(&g->pairs, i);
    pair->next = 0;
    if (pair->end[0] == pair->end[1]) continue;
    nt_voice *silent = nt_pool_at(&g->voices, pair->end[!pair->active]);
    pair->next = silent->waiting;
    silent->waiting = i + 1;
  }
}

size_t nt_stream_state_bytes(const nt_stream_state *s) {
  return nt_pool_bytes(&s->mi) + nt_pool_bytes(&s->jitter) + graph_bytes(&s->hosts) +
         graph_bytes(&s->sockets);
}
