/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep_bench CAPTURE LABELS FOLDER [ROUNDS]: one sweep of 48 KitNETs (4 sizes of the autoencoders,
 * 3 grace periods, 4 seeds) on one capture, from cached features to finished runs, with 1 and with
 * 2 jobs in turn. FOLDER must be empty.
 *
 *     jobs     seconds  configurations x packets/s     learn   score  metrics    rest
 *     ...
 *     2 jobs take 0.51 of the time of 1 (median of the rounds; least 0.50, most 0.53)
 *
 * learn, score, metrics: their part of the threads' time, from the runs' own costs; rest: features
 * read, files deflated and written, waiting.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweep/sweep.h"

enum { SIZES = 4, GRACES = 3, SEEDS = 4, RUNS = SIZES * GRACES * SEEDS, MOST_ROUNDS = 64 };

static nt_value values[SIZES][16];
static nt_sweep_run runs[RUNS];

static void make_runs(void) {
  static const double sizes[SIZES] = {5, 10, 20, 35};
  const nt_detector_class *kitnet = nt_detector_find("kitnet", NULL);
  for (size_t m = 0; m < SIZES; m++) {
    nt_parameter_presets(kitnet->parameters, kitnet->parameter_count, values[m]);
    values[m][nt_parameter_find(kitnet->parameters, kitnet->parameter_count, "max_autoencoder")]
        .number = sizes[m];
  }
  for (size_t i = 0; i < RUNS; i++)
    runs[i] = (nt_sweep_run){.kind = kitnet,
                             .values = values[i / (GRACES * SEEDS)],
                             .fm_grace = 5000,
                             .ad_grace = 10000 * (1 + i / SEEDS % GRACES),
                             .seed = (uint32_t)(1 + i % SEEDS),
                             .replicate = 1 + i % SEEDS};
}

/* Sums over all runs of a column of seconds. */
static double sum_of(const nt_sweep *sweep, const char *folder, const char *column) {
  double sum = 0;
  for (size_t i = 0; i < RUNS; i++) {
    char path[4400];
    nt_sweep_status status;
    nt_run_record record;
    nt_sweep_status_of(sweep, i, &status);
    snprintf(path, sizeof path, "%s/run-%s.h5", folder, status.key);
    if (nt_run_file_read(path, &record, NULL) != NT_OK) continue;
    for (size_t c = 0; c < record.cells; c++)
      if (strcmp(record.cell[c].name, column) == 0) sum += record.cell[c].number;
    nt_run_record_done(&record);
  }
  return sum;
}

static void print_parts(const nt_sweep *sweep, const char *folder, double seconds) {
  static const char *const columns[] = {"seconds_learn", "seconds_score", "seconds_measure"};
  double rest = 1;
  for (size_t i = 0; i < 3; i++) {
    double part = sum_of(sweep, folder, columns[i]) / seconds;
    printf("  %6.1f%%", 100 * part);
    rest -= part;
  }
  printf("  %6.1f%%\n", 100 * rest);
  fflush(stdout);
}

/* Seconds of all 48 with so many jobs. Other seeds each time: nothing but the features is cached.
 */
static double time_sweep(const char *capture, const char *labels, const char *folder, int jobs,
                         uint32_t round) {
  nt_error err = {0};
  char runs_folder[4096], cache[4096];
  snprintf(runs_folder, sizeof runs_folder, "%s/runs", folder);
  snprintf(cache, sizeof cache, "%s/cache", folder);
  for (size_t i = 0; i < RUNS; i++)
    runs[i].seed = 1 + (uint32_t)(i % SEEDS) + (2 * round + (uint32_t)jobs) * SEEDS;
  const nt_sweep_input input = {.name = "bench",
                                .capture = capture,
                                .labels = labels,
                                .extracted = 1,
                                .profile = NT_PROFILE_STREAM};
  nt_sweep_options options = {.folder = runs_folder,
                              .cache = cache,
                              .jobs = jobs,
                              .cache_limit = (uint64_t)1 << 53,
                              .keep_scores = 1,
                              .compression = 1,
                              .measures = nt_measure_defaults()};
  nt_sweep *sweep = nt_sweep_new(&options, &input, 1, runs, RUNS, &err);
  nt_sweep_outcome outcome = {0};
  if (!sweep || nt_sweep_execute(sweep, &outcome, &err) != NT_OK || outcome.done != RUNS) {
    fprintf(stderr, "sweep_bench: %s (%zu of %d done, %zu were there before)\n", err.text,
            outcome.done, RUNS, outcome.kept);
    exit(2);
  }
  printf("%4d  %10.2f  %26.0f", jobs, outcome.seconds, outcome.rate);
  print_parts(sweep, runs_folder, jobs * outcome.seconds);
  nt_sweep_free(sweep);
  return outcome.seconds;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc < 4 || argc > 5) {
    fprintf(stderr, "usage: sweep_bench CAPTURE LABELS FOLDER [ROUNDS]\n");
    return 1;
  }
  int rounds = argc > 4 ? atoi(argv[4]) : 3;
  if (rounds < 1 || rounds > MOST_ROUNDS) {
    fprintf(stderr, "sweep_bench: ROUNDS %s: expected 1 to %d\n", argv[4], MOST_ROUNDS);
    return 1;
  }
  double ratio[MOST_ROUNDS];
  make_runs();
  printf("%d configurations of KitNET on %s\n", RUNS, argv[1]);
  printf("jobs     seconds  configurations x packets/s    learn    score  metrics     rest\n");
  time_sweep(argv[1], argv[2], argv[3], 2, 1000); /* extracts, and warms up */
  for (int i = 0; i < rounds; i++) {
    double one = time_sweep(argv[1], argv[2], argv[3], 1, (uint32_t)i);
    ratio[i] = time_sweep(argv[1], argv[2], argv[3], 2, (uint32_t)i) / one;
  }
  qsort(ratio, (size_t)rounds, sizeof *ratio, by_value);
  printf("2 jobs take %.2f of the time of 1 (median of %d rounds; least %.2f, most %.2f)\n",
         ratio[rounds / 2], rounds, ratio[0], ratio[rounds - 1]);
  return 0;
}
