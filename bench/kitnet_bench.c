/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What KitNET's phases cost, for each instruction set of this machine, one thread:
 *
 *     kitnet_bench [REPEATS]
 *
 * 100 columns, 16 autoencoders of the sizes that Kitsune's Mirai capture gives with m = 10, in
 * chunks of 1024 rows of noise. The repetitions of a measurement double until it takes 50 ms; the
 * figure is the fastest of REPEATS (default 5), the least disturbed one on a shared machine. Exits
 * with 4 when nothing could be measured.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <ninetails/kitnet.h>

#include "kitnet_turns.h"

enum { WIDTH = 100, CHUNK = 1024 };

typedef struct bench {
  double rows[CHUNK * WIDTH], scores[CHUNK];
  nt_feature_map map;
} bench;

/* An instance whose next rows fall in `phase` for as long as one likes. */
static nt_kitnet *kitnet_in(nt_phase phase, nt_isa isa, const bench *b) {
  nt_error err;
  nt_kitnet_options o = nt_kitnet_defaults();
  o.isa = isa;
  o.fm_grace = (uint64_t)1 << 53;
  o.ad_grace = phase == NT_PHASE_TRAINING ? (uint64_t)1 << 53 : CHUNK;
  nt_kitnet *k = nt_kitnet_new(WIDTH, &o, phase == NT_PHASE_MAPPING ? NULL : &b->map, &err);
  if (!k) stop_on(err.status, &err);
  return k;
}

static void measure(const char *name, nt_phase phase, nt_isa isa, bench *b, int repeats) {
  nt_kitnet *k = kitnet_in(phase, isa, b);
  seconds_of(k, b->rows, CHUNK, b->scores, 1); /* training, in an instance that is to execute */
  double rate = best_rate(k, b->rows, CHUNK, b->scores, repeats);
  nt_kitnet_free(k);
  printf("%-10s %-8s %10.1f %12.0f\n", name, nt_isa_name(isa), 1e9 / rate, rate);
  fflush(stdout);
}

int main(int argc, char **argv) {
  static size_t sizes[] = {1, 10, 10, 7, 4, 6, 5, 5, 10, 6, 9, 4, 5, 6, 10, 2}, features[WIDTH];
  int repeats = argc > 1 ? atoi(argv[1]) : 5;
  bench *b = malloc(sizeof *b);
  if (!b) return 4;
  for (size_t i = 0; i < CHUNK * WIDTH; i++) b->rows[i] = (double)rand() / RAND_MAX;
  for (size_t i = 0; i < WIDTH; i++) features[i] = i * 37 % WIDTH;
  b->map = (nt_feature_map){.autoencoders = sizeof sizes / sizeof *sizes,
                            .total = WIDTH,
                            .sizes = sizes,
                            .features = features};
  printf("%-10s %-8s %10s %12s\n", "phase", "isa", "ns/row", "rows/s");
  for (nt_isa isa = NT_ISA_PLAIN; isa <= nt_isa_best(); isa++) {
    if (isa == nt_isa_best()) /* no choice there: always the machine's best */
      measure("mapping", NT_PHASE_MAPPING, isa, b, repeats);
    measure("training", NT_PHASE_TRAINING, isa, b, repeats);
    measure("execution", NT_PHASE_EXECUTION, isa, b, repeats);
  }
  free(b);
  return 0;
}
