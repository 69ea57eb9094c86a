/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes files to be opened by others: result_file_tool DIRECTORY [RUNS]. Leaves quickstart.h5, a
 * result file of RUNS (6) runs, one of which failed, and run.h5, data.h5, features.h5.
 * result_file_tool --time RUNS DIRECTORY prints the seconds that writing and gathering so many
 * take.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "metrics/curve.h"
#include "metrics/ranking.h"
#include "store/output/feature_file.h"
#include "store/run/result_file.h"

enum { PACKETS = 20000, FIRST = 5000, SCORED = PACKETS - FIRST };

static double times[PACKETS], scores[SCORED];
static uint8_t labels[PACKETS];
static uint16_t attack[PACKETS];
static char *attack_names[] = {"scan", "flood"};
static nt_error err;

static void must(nt_status status) {
  if (status == NT_OK) return;
  fprintf(stderr, "%s\n", err.text);
  exit(1);
}

static double noise(size_t i) {
  double x = sin((double)i * 12.9898) * 43758.5453;
  return x - floor(x);
}

static void make_scores(size_t run) {
  for (size_t i = 0; i < SCORED; i++)
    scores[i] = noise(i * 31 + run) + (labels[FIRST + i] ? 0.1 * (double)run : 0);
}

static nt_cell text(const char *name, const char *long_name, const char *value) {
  return (nt_cell){name, "", long_name, NT_ROLE_IDENTITY, NT_CELL_TEXT, value, 0, 0, 0};
}
static nt_cell integer(const char *name, const char *long_name, int64_t value) {
  return (nt_cell){name, "1", long_name, NT_ROLE_PARAMETER, NT_CELL_INTEGER, NULL, value, 0, 0};
}
static nt_cell number(const char *name, const char *unit, const char *long_name, double value) {
  return (nt_cell){name, unit, long_name, NT_ROLE_METRIC,   NT_CELL_NUMBER,
                   NULL, 0,    value,     NT_MEASURE_HIGHER};
}

static void write_run(const char *path, const char *key, size_t run) {
  int failed = run == 3;
  make_scores(run);
  const nt_curve_options options = nt_curve_defaults();
  nt_curve roc, precision_recall;
  nt_ranking *ranking = nt_ranking_new(scores, labels + FIRST, SCORED, &err);
  if (!ranking) must(err.status);
  must(nt_curve_make(ranking, NT_CURVE_ROC, &options, &roc, &err));
  must(nt_curve_make(ranking, NT_CURVE_PRECISION_RECALL, &options, &precision_recall, &err));
  double auc = nt_auc(ranking);
  nt_ranking_free(ranking);
  size_t map_sizes[] = {2, 1}, map_features[] = {7, 0, 3};
  const nt_feature_map map = {2, 3, map_sizes, map_features, NULL};
  const nt_cell cells[] = {
      text("dataset", "data set", "synthetic"),
      text("detector", "detector", run % 2 ? "isolation_forest" : "kitnet"),
      text("status", "what became of the run", failed ? "failed" : "done"),
      text("reason", "why it failed", failed ? "did not converge" : ""),
      integer("seed", "seed of the generator", (int64_t)run + 1234),
      run % 2 ? integer("trees", "trees of the forest", 100)
              : integer("max_autoencoder", "features of an autoencoder at most", 10),
      number("auc", "1", "area under the ROC curve", failed ? NAN : auc),
      {"seconds_score", "s", "time to score", NT_ROLE_COST, NT_CELL_NUMBER, NULL, 0, 0.25, 0},
  };
  nt_attack_measured measured[2];
  for (size_t i = 0; i < PACKETS; i++) attack[i] = labels[i] == 1 ? 1 + (uint16_t)(i % 3 == 0) : 0;
  const nt_labels named = {
      .count = PACKETS, .value = labels, .attack = attack, .name_count = 2, .names = attack_names};
  must(nt_measure_attacks(scores, &named, FIRST, SCORED, measured, &err));
  const nt_note notes[] = {{"host", "fox"}, {"start", "2026-01-01T00:00:00Z"}};
  nt_run_record record = {
      .key = key, .cells = sizeof cells / sizeof *cells, .cell = cells, .notes = 2, .note = notes};
  if (!failed) {
    record.first = FIRST;
    record.count = SCORED;
    record.scores = scores;
    record.roc = &roc;
    record.precision_recall = &precision_recall;
    record.map = &map;
    record.attacks = named.name_count;
    record.attack_names = (const char *const *)attack_names;
    record.attack = measured;
  }
  must(nt_run_file_write(path, &record, 4, &err));
  nt_curve_done(&roc);
  nt_curve_done(&precision_recall);
}

static void write_data(const char *path) {
  const nt_cell cells[] = {text("sha256", "checksum of the capture", "0123456789abcdef"),
                           integer("packets", "packets of the capture", PACKETS)};
  const nt_data_record data = {.name = "synthetic",
                               .cells = 2,
                               .cell = cells,
                               .count = PACKETS,
                               .times = times,
                               .labels = labels,
                               .attacks = 2,
                               .attack_names = (const char *const *)attack_names,
                               .attack = attack};
  must(nt_data_file_write(path, &data, 4, &err));
}

static void write_features(const char *path) {
  static const char *const names[] = {"weight", "mean", "radius"};
  const nt_feature_shape shape = {.width = 3, .names = names, .sizes = 1};
  static double rows[PACKETS * 3];
  static uint32_t sizes[PACKETS];
  for (size_t i = 0; i < PACKETS * 3; i++) rows[i] = noise(i);
  for (size_t i = 0; i < PACKETS; i++) sizes[i] = (uint32_t)(60 + i % 1400);
  nt_feature_writer *writer = nt_feature_writer_create(path, &shape, &err);
  if (!writer) must(err.status);
  must(nt_feature_writer_append(writer, PACKETS, rows, times, sizes, &err));
  must(nt_feature_writer_text(writer, "profile", "stream", &err));
  must(nt_feature_writer_commit(writer, &err));
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv) {
  int timed = argc == 4 && strcmp(argv[1], "--time") == 0;
  if (argc < 2 || (argc > 3 && !timed)) return 2;
  size_t runs = timed ? strtoul(argv[2], NULL, 10) : argc == 3 ? strtoul(argv[2], NULL, 10) : 6;
  if (chdir(argv[timed ? 3 : 1]) != 0) return 2;
  for (size_t i = 0; i < PACKETS; i++) {
    times[i] = 1.7e9 + (double)i / 100;
    labels[i] = i > 12000 && i % 5 == 0;
  }
  double start = seconds();
  const char **paths = calloc(runs + 1, sizeof *paths);
  for (size_t i = 0; i < runs; i++) {
    char key[33], *path = malloc(40);
    snprintf(key, sizeof key, "%032zx", i * 2654435761u + 1);
    snprintf(path, 40, "%s.run", key);
    write_run(path, key, i);
    paths[i] = path;
  }
  write_data("data.h5");
  paths[runs] = "data.h5";
  const nt_note notes[] = {{"name", "quickstart"}, {"version", "0.1.0"}, {"script", "return {}\n"}};
  const nt_result_sources sources = {.count = runs + 1, .paths = paths};
  double written = seconds();
  must(nt_result_write("quickstart.h5", &sources, NULL, 0, notes, 3, NULL, &err));
  double gathered = seconds();
  nt_table table;
  must(nt_table_read("quickstart.h5", &table, &err));
  if (timed)
    printf("%zu runs: written in %.2f s, gathered in %.2f s, the table read in %.3f s\n",
           table.rows, written - start, gathered - written, seconds() - gathered);
  nt_table_done(&table);
  write_features("features.h5");
  for (size_t i = 0; i < runs; i++) {
    if (i == 0) rename(paths[i], "run.h5");
    unlink(paths[i]);
    free((char *)paths[i]);
  }
  free(paths);
  return 0;
}
