/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KitNET's speed against the size of its ensemble, and how long single packets take, as a table
 * (CSV) for `ninetails plot rate` and `ninetails plot density`:
 *
 *     packet_times_bench [PACKETS] > times.csv
 *
 * 100 columns of noise, one thread, KitNET alone. For each m the columns are dealt out to
 * ceil(100 / m) autoencoders of m columns or less. Rows `training` and `execution`: rows a second
 * in chunks of 1024, the fastest of five measurements of 50 ms or more. Rows `packet`: how many of
 * PACKETS (default 20000) rows, given one by one, took how many ns, by the logarithm's 200 bins
 * from 100 ns to 1 ms; what lies outside counts in the first or the last. Exits with 4 when nothing
 * could be measured.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <ninetails/platform.h>

#include "kitnet_turns.h"

enum { WIDTH = 100, CHUNK = 1024, BINS = 200 };
static const double low = 2, high = 6; /* log10 of ns */

typedef struct bench {
  double rows[CHUNK * WIDTH], scores[CHUNK];
  size_t sizes[WIDTH], features[WIDTH];
  nt_feature_map map;
} bench;

static void deal(bench *b, size_t m) {
  size_t count = (WIDTH + m - 1) / m;
  for (size_t i = 0; i < count; i++) b->sizes[i] = WIDTH / count + (i < WIDTH % count);
  b->map = (nt_feature_map){
      .autoencoders = count, .total = WIDTH, .sizes = b->sizes, .features = b->features};
}

/* An instance whose next rows fall in training, or, once CHUNK rows have
 * trained it, in execution. */
static nt_kitnet *kitnet_in(int training, bench *b) {
  nt_error err;
  nt_kitnet_options o = nt_kitnet_defaults();
  o.fm_grace = 0;
  o.ad_grace = training ? (uint64_t)1 << 53 : CHUNK;
  nt_kitnet *k = nt_kitnet_new(WIDTH, &o, &b->map, &err);
  if (!k) stop_on(err.status, &err);
  seconds_of(k, b->rows, CHUNK, b->scores, 2);
  return k;
}

static void rate(int training, size_t m, bench *b) {
  nt_kitnet *k = kitnet_in(training, b);
  double rows = best_rate(k, b->rows, CHUNK, b->scores, 5);
  nt_kitnet_free(k);
  printf("%s,%zu,%zu,,,%.0f\n", training ? "training" : "execution", m, b->map.autoencoders, rows);
  fflush(stdout);
}

static int bin_of(double seconds) {
  int bin = (int)floor((log10(fmax(seconds, 1e-9) * 1e9) - low) / (high - low) * BINS);
  return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
}

static void packets(size_t m, size_t count, bench *b) {
  nt_error err;
  nt_kitnet *k = kitnet_in(0, b);
  size_t counts[BINS] = {0};
  for (size_t i = 0; i < count; i++) {
    double start = now();
    stop_on(nt_kitnet_process(k, b->rows + i % CHUNK * WIDTH, 1, b->scores, NULL, &err), &err);
    counts[bin_of(now() - start)]++;
  }
  nt_kitnet_free(k);
  for (int i = 0; i < BINS; i++)
    if (counts[i])
      printf("packet,%zu,%zu,%.1f,%.1f,%zu\n", m, b->map.autoencoders,
             pow(10, low + i * (high - low) / BINS), pow(10, low + (i + 1) * (high - low) / BINS),
             counts[i]);
}

int main(int argc, char **argv) {
  static const size_t ms[] = {1, 2, 3, 5, 10, 20, 50, 100}, timed[] = {1, 3, 10, 100};
  long count = argc > 1 ? atol(argv[1]) : 20000;
  bench *b = malloc(sizeof *b);
  if (!b || count < 1) return 4;
  for (size_t i = 0; i < CHUNK * WIDTH; i++) b->rows[i] = (double)rand() / RAND_MAX;
  for (size_t i = 0; i < WIDTH; i++) b->features[i] = i;
  char cpu[256];
  const nt_build *build = nt_build_of();
  nt_cpu_model(cpu, sizeof cpu);
  printf("# commit: %s%s\n# version: %s\n# cpu: %s, %s, one thread\n", build->commit,
         build->dirty ? " (dirty)" : "", build->version, cpu, nt_isa_name(nt_isa_best()));
  puts("what,m,autoencoders,ns_from,ns_to,value");
  for (size_t i = 0; i < sizeof ms / sizeof *ms; i++) {
    deal(b, ms[i]);
    rate(1, ms[i], b);
    rate(0, ms[i], b);
  }
  for (size_t i = 0; i < sizeof timed / sizeof *timed; i++) {
    deal(b, timed[i]);
    packets(timed[i], (size_t)count, b);
  }
  free(b);
  return 0;
}
