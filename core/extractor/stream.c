/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stream.h"

#include <stdlib.h>

#include <ninetails/platform.h>

#define BATCH 16 /* packets looked up ahead, so that their memory is on its way */

/* ---------------------------------------------------------------- fetching ahead */

static void fetch(const nt_pool *pool, size_t i) {
  const char *record = nt_pool_at(pool, i);
  for (size_t line = 0; line < pool->record; line += 64) __builtin_prefetch(record + line, 1);
}

static void fetch_graph(const nt_stream_graph *g, const nt_ends *ends) {
  fetch(&g->moments, ends->source);
  fetch(&g->residuals, ends->source);
  fetch(&g->voices, ends->source);
  fetch(&g->voices, ends->destination);
  fetch(&g->pairs, ends->pair);
}

static void fetch_flow(const nt_stream_state *s, const nt_packet_streams *flow) {
  fetch(&s->mi, flow->mi);
  fetch(&s->jitter, flow->jitter);
  fetch_graph(&s->hosts, &flow->hosts);
  fetch_graph(&s->sockets, &flow->sockets);
}

/* ---------------------------------------------------------------- the profile */

static void destroy(void *state) {
  nt_stream *x = state;
  nt_stream_state_done(&x->state);
  nt_directory_done(&x->directory);
  free(x);
}

static nt_stream_run *kernel(void) {
  switch (nt_isa_best()) {
#if defined(__x86_64__)
  case NT_ISA_AVX512:
    return nt_stream_run_avx512;
  case NT_ISA_AVX2:
    return nt_stream_run_avx2;
#endif
  default:
    return nt_stream_run_plain;
  }
}

static void *create(const nt_extractor_options *options, nt_error *err) {
  uint64_t most = options->max_streams;
  if (most && (most < NT_MAX_STREAMS_LEAST || most > UINT32_MAX)) {
    nt_fail(err, NT_E_ARGUMENT, "max_streams %llu: expected 0 (no limit) or %d to %u",
            (unsigned long long)most, NT_MAX_STREAMS_LEAST, UINT32_MAX);
    return NULL;
  }
  nt_stream *x = calloc(1, sizeof *x);
  if (x) {
    x->run = kernel();
    x->max_streams = most;
    nt_stream_state_init(&x->state);
    if (nt_directory_init(&x->directory, NT_KEY_TYPED)) return x;
    destroy(x);
  }
  nt_fail(err, NT_E_MEMORY, "profile stream: out of memory");
  return NULL;
}

/* Looks up the flows of up to BATCH packets; fewer where streams must be dropped before the next
 * one. That point depends on the packets alone, never on how they are batched. 0: out of memory. */
static size_t look_up(nt_stream *x, const nt_packet *packets, size_t n,
                      const nt_packet_streams **flows) {
  nt_identity identity[BATCH];
  uint32_t hash[BATCH];
  size_t got = 0, most = n < BATCH ? n : BATCH;
  for (size_t i = 0; i < most; i++) {
    nt_identity_of(&packets[i], &identity[i]);
    hash[i] = nt_directory_expect(&x->directory, &identity[i]);
  }
  for (; got < most && (got == 0 || nt_stream_has_room(x)); got++) {
    flows[got] = nt_directory_flow(&x->directory, &identity[got], hash[got]);
    if (!flows[got]) return 0;
  }
  if (!nt_stream_fit(x)) return 0;
  for (size_t i = 0; i < got; i++) fetch_flow(&x->state, flows[i]);
  return got;
}

static nt_status update(void *state, const nt_packet *packets, size_t n, double *rows,
                        nt_error *err) {
  nt_stream *x = state;
  size_t width = nt_profile_width(NT_PROFILE_STREAM);
  while (n) {
    const nt_packet_streams *flows[BATCH];
    if (!nt_stream_has_room(x)) {
      nt_status status = nt_stream_drop(x, packets->time, err);
      if (status != NT_OK) return status;
    }
    size_t got = look_up(x, packets, n, flows);
    if (!got) return nt_fail(err, NT_E_MEMORY, "profile stream: out of memory");
    x->run(&x->state, packets, flows, got, rows);
    packets += got;
    rows += got * width;
    n -= got;
  }
  return NT_OK;
}

static void usage(const void *state, nt_extractor_usage *usage) {
  const nt_stream *x = state;
  usage->streams = nt_directory_streams(&x->directory);
  usage->pairs = nt_directory_pairs(&x->directory);
  usage->dropped = x->dropped;
  usage->bytes = sizeof *x + nt_directory_bytes(&x->directory) + nt_stream_state_bytes(&x->state);
}

static nt_status put(const void *state, const nt_state_writer *to, nt_error *err) {
  return nt_stream_put(state, to, err);
}

static nt_status take(void *state, const nt_state_reader *from, nt_error *err) {
  return nt_stream_take(state, from, err);
}

const nt_profile_type nt_profile_stream = {create, destroy, update, usage, put, take};
