/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What several KitNETs of one map and different seeds cost together, and one after the other, for
 * each instruction set of this machine, one thread:
 *
 *     cohort_bench [REPEATS]
 *
 * 100 columns; maps: the sizes that Kitsune's Mirai capture gives with m = 10, three of 33 to 34,
 * and one of 100. Chunks of 4096 rows of noise, as a sweep brings them. Figures are ns per row and
 * KitNET, the fastest of REPEATS (default 3) turns that take the two ways in alternation; gain is
 * their ratio. Exits with 4 when nothing could be measured.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <ninetails/kitnet.h>

#include "bench.h"

enum { WIDTH = 100, CHUNK = 4096, MOST = 16 };

typedef struct bench {
  double rows[CHUNK * WIDTH], output[MOST][CHUNK];
  double *scores[MOST];
  nt_kitnet *kitnets[MOST];
} bench;

/* Whose next rows fall in `phase` for as long as one likes. */
static void make(bench *b, const nt_feature_map *map, nt_phase phase, nt_isa isa, size_t count) {
  nt_error err;
  nt_kitnet_options o = nt_kitnet_defaults();
  o.isa = isa;
  o.ad_grace = phase == NT_PHASE_TRAINING ? (uint64_t)1 << 53 : 256;
  for (size_t i = 0; i < count; i++) {
    o.seed = (uint32_t)(i + 1);
    b->kitnets[i] = nt_kitnet_new(WIDTH, &o, map, &err);
    if (!b->kitnets[i]) stop_on(err.status, &err);
    b->scores[i] = b->output[i];
    stop_on(nt_kitnet_process(b->kitnets[i], b->rows, 256, b->scores[i], NULL, &err), &err);
  }
}

static double seconds_of(bench *b, size_t count, int together) {
  nt_error err;
  double start = now();
  if (together)
    stop_on(nt_kitnet_process_together(b->kitnets, count, b->rows, CHUNK, b->scores, NULL, &err),
            &err);
  else
    for (size_t i = 0; i < count; i++)
      stop_on(nt_kitnet_process(b->kitnets[i], b->rows, CHUNK, b->scores[i], NULL, &err), &err);
  return now() - start;
}

static void measure(bench *b, const char *name, const nt_feature_map *map, nt_phase phase,
                    nt_isa isa, int repeats) {
  static const size_t counts[] = {1, 4, 8, 16};
  for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
    size_t count = counts[c];
    double best[2] = {HUGE_VAL, HUGE_VAL};
    make(b, map, phase, isa, count);
    for (int i = 0; i < repeats; i++)
      for (int together = 0; together < 2; together++) {
        double seconds = seconds_of(b, count, together);
        if (seconds < best[together]) best[together] = seconds;
      }
    for (size_t i = 0; i < count; i++) nt_kitnet_free(b->kitnets[i]);
    double all = 1e-9 * (double)count * CHUNK;
    printf("%-8s %-10s %-8s %8zu %10.1f %10.1f %8.2f\n", name,
           phase == NT_PHASE_TRAINING ? "training" : "execution", nt_isa_name(isa), count,
           best[0] / all, best[1] / all, best[0] / best[1]);
    fflush(stdout);
  }
}

int main(int argc, char **argv) {
  static size_t mirai[] = {1, 10, 10, 7, 4, 6, 5, 5, 10, 6, 9, 4, 5, 6, 10, 2};
  static size_t three[] = {33, 33, 34}, one[] = {100}, features[WIDTH];
  const struct {
    const char *name;
    nt_feature_map map;
  } maps[] = {{"m=10", {sizeof mirai / sizeof *mirai, WIDTH, mirai, features, NULL}},
              {"m=34", {3, WIDTH, three, features, NULL}},
              {"m=100", {1, WIDTH, one, features, NULL}}};
  int repeats = argc > 1 ? atoi(argv[1]) : 3;
  bench *b = malloc(sizeof *b);
  if (!b) return 4;
  for (size_t i = 0; i < CHUNK * WIDTH; i++) b->rows[i] = (double)rand() / RAND_MAX;
  for (size_t i = 0; i < WIDTH; i++) features[i] = i * 37 % WIDTH;
  printf("%-8s %-10s %-8s %8s %10s %10s %8s\n", "map", "phase", "isa", "kitnets", "alone",
         "together", "gain");
  for (nt_isa isa = NT_ISA_PLAIN; isa <= nt_isa_best(); isa++)
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
      measure(b, maps[m].name, &maps[m].map, NT_PHASE_TRAINING, isa, repeats);
      measure(b, maps[m].name, &maps[m].map, NT_PHASE_EXECUTION, isa, repeats);
    }
  free(b);
  return 0;
}
