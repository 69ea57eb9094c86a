/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What each stage costs on one capture, one thread: ns per packet and packets/s.
 *
 *     stages_bench CAPTURE [REPEATS [FM_GRACE AD_GRACE]]
 *
 * Each stage is timed alone over data that the stage before it left in memory, chunk by chunk as
 * the pipeline does it, and the whole way (file to scores) once more in one piece. The figure is
 * the fastest of REPEATS (default 3): on a shared machine the least disturbed run. Then what one
 * host costs that sends to N addresses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ninetails/capture.h>
#include <ninetails/extractor.h>
#include <ninetails/kitnet.h>

#include "bench.h"

enum { CHUNK = 1024 };

static void *need(void *made, const nt_error *err) {
  if (!made) stop_on(err->status, err);
  return made;
}

static void *allocate(size_t bytes) {
  void *p = malloc(bytes ? bytes : 1);
  if (p) return p;
  fprintf(stderr, "stages_bench: out of memory for %zu bytes\n", bytes);
  exit(4);
}

static void row(const char *stage, size_t packets, double seconds) {
  if (packets == 0) return;
  printf("%-34s %10zu %10.1f %12.0f\n", stage, packets, 1e9 * seconds / (double)packets,
         (double)packets / seconds);
  fflush(stdout);
}

static void keep_least(double *best, double seconds) {
  if (*best == 0 || seconds < *best) *best = seconds;
}

typedef struct trace {
  nt_packet *packets;
  size_t count;
} trace;

/* Reads and decodes the whole file into memory; returns the seconds that it took. */
static double read_trace(const char *path, trace *t) {
  nt_error err;
  size_t room = t->count ? t->count + CHUNK : 1 << 20, got;
  nt_packet *packets = t->packets ? t->packets : allocate(room * sizeof *packets);
  if (!t->packets) memset(packets, 0, room * sizeof *packets);
  size_t count = 0;
  double start = now(), growing = 0;
  nt_capture *capture = need(nt_capture_open(path, &err), &err);
  do {
    if (room - count < CHUNK) {
      double before = now();
      room *= 2;
      packets = realloc(packets, room * sizeof *packets);
      if (!packets) exit(4);
      growing += now() - before;
    }
    stop_on(nt_capture_read(capture, packets + count, CHUNK, &got, &err), &err);
    count += got;
  } while (got == CHUNK);
  nt_capture_close(capture);
  double seconds = now() - start - growing;
  t->packets = packets;
  t->count = count;
  return seconds;
}

/* Extraction alone; rows go to one chunk that stays in the cache, as in the pipeline, or to all
 * where given. */
static double extract(const trace *t, nt_profile profile, double *all) {
  nt_error err;
  size_t width = nt_profile_width(profile);
  double *chunk = allocate(CHUNK * width * sizeof *chunk);
  nt_extractor_options options = {.profile = profile};
  nt_extractor *extractor = need(nt_extractor_new(&options, &err), &err);
  double start = now();
  for (size_t i = 0; i < t->count; i += CHUNK) {
    size_t n = t->count - i < CHUNK ? t->count - i : CHUNK;
    stop_on(nt_extractor_update(extractor, t->packets + i, n, all ? all + i * width : chunk, &err),
            &err);
  }
  double seconds = now() - start;
  nt_extractor_free(extractor);
  free(chunk);
  return seconds;
}

/* KitNET alone over rows in memory: seconds of each phase. */
static void ensemble(const double *rows, size_t count, size_t width,
                     const nt_kitnet_options *options, double seconds[3], size_t packets[3]) {
  nt_error err;
  double *scores = allocate(CHUNK * sizeof *scores);
  nt_kitnet *kitnet = need(nt_kitnet_new(width, options, NULL, &err), &err);
  memset(seconds, 0, 3 * sizeof *seconds);
  memset(packets, 0, 3 * sizeof *packets);
  size_t ends[3] = {options->fm_grace + 1, options->fm_grace + 1 + options->ad_grace, count};
  for (size_t i = 0; i < count;) {
    nt_phase phase = nt_kitnet_phase_of(kitnet);
    size_t end = ends[phase] < count ? ends[phase] : count, n = end - i < CHUNK ? end - i : CHUNK;
    double start = now();
    stop_on(nt_kitnet_process(kitnet, rows + i * width, n, scores, NULL, &err), &err);
    seconds[phase] += now() - start;
    packets[phase] += n;
    i += n;
  }
  nt_kitnet_free(kitnet);
  free(scores);
}

/* File to scores on one thread. */
static void whole_way(const char *path, const nt_kitnet_options *options, double seconds[3],
                      size_t packets[3]) {
  nt_error err;
  size_t width = nt_profile_width(NT_PROFILE_STREAM), got, seen = 0;
  nt_packet *chunk = allocate(CHUNK * sizeof *chunk);
  double *rows = allocate(CHUNK * width * sizeof *rows), *scores = allocate(CHUNK * sizeof *scores);
  nt_extractor_options extractor_options = {.profile = NT_PROFILE_STREAM};
  nt_capture *capture = need(nt_capture_open(path, &err), &err);
  nt_extractor *extractor = need(nt_extractor_new(&extractor_options, &err), &err);
  nt_kitnet *kitnet = need(nt_kitnet_new(width, options, NULL, &err), &err);
  size_t ends[3] = {options->fm_grace + 1, options->fm_grace + 1 + options->ad_grace, SIZE_MAX};
  memset(seconds, 0, 3 * sizeof *seconds);
  memset(packets, 0, 3 * sizeof *packets);
  do {
    nt_phase phase = nt_kitnet_phase_of(kitnet);
    size_t n = ends[phase] - seen < CHUNK ? ends[phase] - seen : CHUNK;
    double start = now();
    stop_on(nt_capture_read(capture, chunk, n, &got, &err), &err);
    stop_on(nt_extractor_update(extractor, chunk, got, rows, &err), &err);
    stop_on(nt_kitnet_process(kitnet, rows, got, scores, NULL, &err), &err);
    seconds[phase] += now() - start;
    packets[phase] += got;
    seen += got;
    if (got < n) break;
  } while (1);
  nt_kitnet_free(kitnet);
  nt_extractor_free(extractor);
  nt_capture_close(capture);
  free(chunk);
  free(rows);
  free(scores);
}

/* One host sends `count` packets, to each of `peers` addresses in turn, the first at `start`. */
static trace scan(size_t count, size_t peers, double start) {
  trace t = {allocate(count * sizeof *t.packets), count};
  memset(t.packets, 0, count * sizeof *t.packets);
  for (size_t i = 0; i < count; i++) {
    nt_packet *p = t.packets + i;
    uint32_t peer = (uint32_t)(i % peers);
    p->time = start + 1e-4 * (double)i;
    p->length = 60;
    p->present = NT_HAS_ETH_SRC | NT_HAS_ETH_DST | NT_HAS_IP | NT_HAS_TCP;
    memcpy(p->eth_src, "\2\0\0\0\0\1", 6);
    memcpy(p->ip_src, "\12\0\0\1", 4);
    memcpy(p->ip_dst, &peer, 4);
    p->ip_dst[3] |= 0x80;
    p->tcp_src = 40000;
    p->tcp_dst = 80;
  }
  return t;
}

/* A host contacts N addresses, then goes on with ten of them: `first` has the seconds of the
 * contacts (where streams are made), `later` those of the packets after. */
static void contact(nt_profile profile, size_t peers, size_t packets, double *first,
                    double *later) {
  nt_error err;
  double epoch = 1.7e9;
  trace all = scan(peers, peers, epoch), few = scan(packets, 10, epoch + 1e-4 * (double)peers);
  double *chunk = allocate(CHUNK * nt_profile_width(profile) * sizeof *chunk);
  nt_extractor_options options = {.profile = profile};
  nt_extractor *extractor = need(nt_extractor_new(&options, &err), &err);
  const trace *const parts[] = {&all, &few};
  double *const best[] = {first, later};
  for (int part = 0; part < 2; part++) {
    double start = now();
    for (size_t i = 0; i < parts[part]->count; i += CHUNK) {
      size_t left = parts[part]->count - i, n = left < CHUNK ? left : CHUNK;
      stop_on(nt_extractor_update(extractor, parts[part]->packets + i, n, chunk, &err), &err);
    }
    keep_least(best[part], now() - start);
  }
  nt_extractor_free(extractor);
  free(chunk);
  free(all.packets);
  free(few.packets);
}

static void scans(int repeats) {
  static const struct {
    nt_profile profile;
    size_t peers, packets; /* py100 is quadratic by its definition: fewer of both */
  } cases[] = {{NT_PROFILE_STREAM, 10, 1000000},    {NT_PROFILE_STREAM, 1000, 1000000},
               {NT_PROFILE_STREAM, 5000, 1000000},  {NT_PROFILE_STREAM, 20000, 1000000},
               {NT_PROFILE_STREAM, 40000, 1000000}, {NT_PROFILE_STREAM, 1000000, 1000000},
               {NT_PROFILE_PY100, 10, 100000},      {NT_PROFILE_PY100, 1000, 10000},
               {NT_PROFILE_PY100, 5000, 1000},      {NT_PROFILE_PY100, 20000, 1000}};
  printf("\nextraction where one host contacts N addresses, then goes on with ten of them:\n");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double first = 0, later = 0;
    int runs = cases[i].profile == NT_PROFILE_PY100 ? 1 : repeats;
    for (int r = 0; r < runs; r++)
      contact(cases[i].profile, cases[i].peers, cases[i].packets, &first, &later);
    const char *profile = nt_profile_name(cases[i].profile);
    char name[64];
    snprintf(name, sizeof name, "%s, N = %zu, contacts", profile, cases[i].peers);
    row(name, cases[i].peers, first);
    snprintf(name, sizeof name, "%s, N = %zu, after", profile, cases[i].peers);
    row(name, cases[i].packets, later);
  }
}

int main(int argc, char **argv) {
  if (argc != 2 && argc != 3 && argc != 5) {
    fprintf(stderr, "usage: stages_bench CAPTURE [REPEATS [FM_GRACE AD_GRACE]]\n");
    return 1;
  }
  int repeats = argc > 2 ? atoi(argv[2]) : 3;
  nt_kitnet_options options = nt_kitnet_defaults();
  if (argc > 4) {
    options.fm_grace = strtoull(argv[3], NULL, 10);
    options.ad_grace = strtoull(argv[4], NULL, 10);
  }
  nt_isa isa;
  nt_error err;
  stop_on(nt_isa_resolve(options.isa, &isa, &err), &err);
  char model[128];
  nt_cpu_model(model, sizeof model);
  printf("%s, kernels %s, one thread, least of %d\n\n", model, nt_isa_name(isa), repeats);
  printf("%-34s %10s %10s %12s\n", "stage", "packets", "ns/packet", "packets/s");

  trace t = {0};
  double best = 0;
  for (int r = 0; r < repeats + 1; r++) {
    double seconds = read_trace(argv[1], &t);
    if (r > 0) keep_least(&best, seconds); /* the first one grew the memory */
  }
  row("read and decode", t.count, best);

  static const nt_profile profiles[] = {NT_PROFILE_STREAM, NT_PROFILE_CSV115, NT_PROFILE_PY100};
  for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
    char name[64];
    best = 0;
    for (int r = 0; r < repeats; r++) keep_least(&best, extract(&t, profiles[i], NULL));
    snprintf(name, sizeof name, "extract %s", nt_profile_name(profiles[i]));
    row(name, t.count, best);
  }

  size_t width = nt_profile_width(NT_PROFILE_STREAM);
  double *rows = allocate(t.count * width * sizeof *rows);
  extract(&t, NT_PROFILE_STREAM, rows);
  static const char *const phases[] = {"mapping", "training", "execution"};
  double least[2][3] = {{0}};
  size_t packets[3];
  for (int r = 0; r < repeats; r++) {
    double seconds[3];
    ensemble(rows, t.count, width, &options, seconds, packets);
    for (int p = 0; p < 3; p++) keep_least(&least[0][p], seconds[p]);
    whole_way(argv[1], &options, seconds, packets);
    for (int p = 0; p < 3; p++) keep_least(&least[1][p], seconds[p]);
  }
  for (int way = 0; way < 2; way++)
    for (int p = 0; p < 3; p++) {
      char name[64];
      snprintf(name, sizeof name, "%s, %s", way ? "file to scores" : "KitNET alone", phases[p]);
      row(name, packets[p], least[way][p]);
    }
  free(rows);
  free(t.packets);
  scans(repeats);
  return 0;
}
