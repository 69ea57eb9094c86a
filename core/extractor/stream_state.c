/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of profile stream: made, grown, measured, released. */
#include "stream.h"

static nt_stream_table table_of(void) {
  return (nt_stream_table){nt_pool_of(sizeof(nt_moments)), nt_pool_of(sizeof(nt_clock))};
}

static nt_stream_graph graph_of(void) {
  return (nt_stream_graph){.streams = table_of(),
                           .residuals = nt_pool_of(sizeof(nt_residuals)),
                           .pairs = nt_pool_of(sizeof(nt_pair)),
                           .links = nt_pool_of(sizeof(nt_pair_link))};
}

void nt_stream_state_init(nt_stream_state *s) {
  *s = (nt_stream_state){table_of(), table_of(), graph_of(), graph_of()};
}

static void table_done(nt_stream_table *table) {
  nt_pool_done(&table->moments);
  nt_pool_done(&table->clocks);
}

static void graph_done(nt_stream_graph *g) {
  table_done(&g->streams);
  nt_pool_done(&g->residuals);
  nt_pool_done(&g->pairs);
  nt_pool_done(&g->links);
}

void nt_stream_state_done(nt_stream_state *s) {
  table_done(&s->mi);
  table_done(&s->jitter);
  graph_done(&s->hosts);
  graph_done(&s->sockets);
}

static size_t table_bytes(const nt_stream_table *table) {
  return nt_pool_bytes(&table->moments) + nt_pool_bytes(&table->clocks);
}

/* Of a pool of which at most `written` records were written to, each on a page of its own at worst;
 * a scan's many addresses never send. */
static size_t written_bytes(const nt_pool *pool, size_t written) {
  enum { PAGE = 4096 };
  size_t all = nt_pool_bytes(pool), pages = written * (PAGE + pool->record);
  return pages < all ? pages : all;
}

static size_t graph_bytes(const nt_stream_graph *g) {
  return written_bytes(&g->streams.moments, g->senders) + nt_pool_bytes(&g->streams.clocks) +
         written_bytes(&g->residuals, g->senders) + nt_pool_bytes(&g->pairs) +
         nt_pool_bytes(&g->links);
}

static int fit_table(nt_stream_table *table, const nt_key_table *keys) {
  size_t count = nt_key_table_count(keys);
  return nt_pool_grow(&table->moments, count) && nt_pool_grow(&table->clocks, count);
}

static int fit_graph(nt_stream_graph *g, const nt_graph *keys) {
  size_t pairs = nt_key_table_count(keys->pairs);
  return fit_table(&g->streams, keys->streams) &&
         nt_pool_grow(&g->residuals, nt_key_table_count(keys->streams)) &&
         nt_pool_grow(&g->pairs, pairs) && nt_pool_grow(&g->links, pairs);
}

int nt_stream_fit(nt_stream *stream) {
  const nt_directory *d = &stream->directory;
  return fit_table(&stream->state.mi, d->mi) && fit_table(&stream->state.jitter, d->jitter) &&
         fit_graph(&stream->state.hosts, &d->hosts) &&
         fit_graph(&stream->state.sockets, &d->sockets);
}

size_t nt_stream_state_bytes(const nt_stream_state *s) {
  return table_bytes(&s->mi) + table_bytes(&s->jitter) + graph_bytes(&s->hosts) +
         graph_bytes(&s->sockets);
}
