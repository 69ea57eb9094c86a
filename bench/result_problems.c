/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Problems of ranking scores and of writing HDF5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include <ninetails/extractor.h>

#include "metrics/roc.h"
#include "problem.h"
#include "store/output/extracted.h"
#include "store/output/store.h"

/* ---------------------------------------------------------------- ranking */

typedef struct ranking_state {
  size_t count;
  double *scores;
  uint8_t *labels;
  uint64_t doubled; /* nt_auc_doubled_pairs of the last pass */
  double eer;
} ranking_state;

static const nt_parameter ranking_parameters[] = {{.name = "scores",
                                                   .type = NT_PARAMETER_INTEGER,
                                                   .unit = "packets",
                                                   .help = "a tenth of them attacks",
                                                   .preset = 100000,
                                                   .least = 20,
                                                   .most = 1e8}};

static void ranking_done(void *state) {
  ranking_state *s = state;
  if (!s) return;
  free(s->scores), free(s->labels);
  free(s);
}

static void *ranking_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  ranking_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->count = (size_t)setting->values[0].number;
  s->scores = nt_bench_room(s->count, sizeof *s->scores, err);
  s->labels = nt_bench_room(s->count, 1, err);
  if (!s->scores || !s->labels) {
    ranking_done(s);
    return NULL;
  }
  nt_bench_noise(s->scores, s->count, 1);
  for (size_t i = 0; i < s->count; i++) {
    s->labels[i] = i % 10 == 9;
    if (s->labels[i]) s->scores[i] += 0.5;
    if (i % 3 == 0) s->scores[i] = (double)(int)(s->scores[i] * 1000) / 1000; /* ties */
  }
  work->items = (double)s->count;
  work->moved = work->items * (8 + 1 + 20); /* scores, labels and the ranking that is kept */
  return s;
}

static nt_status ranking_pass(void *state, nt_error *err) {
  ranking_state *s = state;
  nt_ranking *ranking = nt_ranking_new(s->scores, s->labels, s->count, err);
  if (!ranking) return err->status;
  s->doubled = nt_auc_doubled_pairs(ranking);
  s->eer = nt_equal_error_rate(ranking).interpolated;
  nt_ranking_free(ranking);
  return NT_OK;
}

typedef struct scored {
  double score;
  int attack;
} scored;

static int by_score(const void *a, const void *b) {
  double x = ((const scored *)a)->score, y = ((const scored *)b)->score;
  return (x > y) - (x < y);
}

/* Reference: pairs counted after qsort, the benign packets below each
 * attack and those equal to it. */
static nt_status ranking_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  ranking_state *s = state;
  scored *list = nt_bench_room(s->count, sizeof *list, err);
  if (!list) return NT_E_MEMORY;
  for (size_t i = 0; i < s->count; i++) list[i] = (scored){s->scores[i], s->labels[i]};
  qsort(list, s->count, sizeof *list, by_score);
  uint64_t doubled = 0, below = 0;
  for (size_t i = 0; i < s->count;) {
    uint64_t attacks = 0, benign = 0;
    double score = list[i].score;
    for (; i < s->count && list[i].score == score; i++)
      if (list[i].attack)
        attacks++;
      else
        benign++;
    doubled += attacks * (2 * below + benign);
    below += benign;
  }
  free(list);
  uint64_t bits[2] = {s->doubled, 0};
  memcpy(bits + 1, &s->eer, sizeof s->eer);
  proof->digest = XXH3_64bits(bits, sizeof bits);
  proof->exact = 1;
  strcpy(proof->how, "pairs counted after the C library's sort");
  if (doubled == s->doubled) return NT_OK;
  return nt_fail(err, NT_E_STATE, "%llu pairs, %llu expected", (unsigned long long)s->doubled,
                 (unsigned long long)doubled);
}

const nt_bench_problem nt_bench_ranking = {.name = "ranking",
                                           .help = "scores and labels to AUC and EER",
                                           .item = "packet",
                                           .threads = -1,
                                           NT_BENCH_PARAMETERS(ranking_parameters),
                                           .setup = ranking_setup,
                                           .pass = ranking_pass,
                                           .verify = ranking_verify,
                                           .done = ranking_done};

/* ---------------------------------------------------------------- HDF5 */

enum { H_ROWS, H_COMPRESSION, H_COLUMNS = 100 };
typedef struct hdf5_state {
  size_t rows;
  int compression;
  char path[4096];
  double *features, *times;
} hdf5_state;

static const nt_parameter hdf5_parameters[] = {{.name = "rows",
                                                .type = NT_PARAMETER_INTEGER,
                                                .unit = "rows",
                                                .help = "of 100 columns and a time",
                                                .preset = 8192,
                                                .least = 1,
                                                .most = 1e7},
                                               {.name = "compression",
                                                .type = NT_PARAMETER_INTEGER,
                                                .unit = "1",
                                                .help = "deflate's level, 0: none",
                                                .preset = 1,
                                                .least = 0,
                                                .most = 9}};

static void hdf5_done(void *state) {
  hdf5_state *s = state;
  if (!s) return;
  if (*s->path) unlink(s->path);
  free(s->features), free(s->times);
  free(s);
}

static void *hdf5_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  hdf5_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->rows = (size_t)setting->values[H_ROWS].number;
  s->compression = (int)setting->values[H_COMPRESSION].number;
  s->features = nt_bench_room(s->rows * H_COLUMNS, sizeof *s->features, err);
  s->times = nt_bench_room(s->rows, sizeof *s->times, err);
  if (!s->features || !s->times) {
    hdf5_done(s);
    return NULL;
  }
  snprintf(s->path, sizeof s->path, "%s/rows.h5", setting->folder);
  uint64_t seed = 1;
  for (size_t i = 0; i < s->rows; i++) { /* a random walk, smooth like damped statistics */
    s->times[i] = 1.7e9 + 1e-3 * (double)i;
    for (size_t c = 0; c < H_COLUMNS; c++)
      s->features[i * H_COLUMNS + c] = (i ? s->features[(i - 1) * H_COLUMNS + c] : 1000) +
                                       (double)(nt_bench_next(&seed) % 64) - 31;
  }
  work->items = (double)s->rows;
  work->file = work->items * 8 * (H_COLUMNS + 1);
  return s;
}

static nt_status hdf5_pass(void *state, nt_error *err) {
  hdf5_state *s = state;
  const char *names[H_COLUMNS];
  for (size_t c = 0; c < H_COLUMNS; c++) names[c] = nt_profile_feature_name(NT_PROFILE_STREAM, c);
  nt_store_shape shape = {
      .width = H_COLUMNS, .names = names, .features = 1, .compression = s->compression};
  nt_store *store = nt_store_create(s->path, err);
  if (!store) return err->status;
  nt_status status = nt_store_begin(store, &shape, err);
  if (status == NT_OK) status = nt_store_text(store, "title", NT_TITLE_FEATURES, err);
  if (status == NT_OK) status = nt_store_text(store, "program", "ninetails", err);
  for (size_t i = 0; i < s->rows && status == NT_OK; i += NT_STORE_CHUNK) {
    nt_store_rows rows = {.count = s->rows - i < NT_STORE_CHUNK ? s->rows - i : NT_STORE_CHUNK,
                          .times = s->times + i,
                          .features = s->features + i * H_COLUMNS};
    status = nt_store_append(store, &rows, err);
  }
  if (status == NT_OK) return nt_store_commit(store, err);
  nt_store_discard(store);
  return status;
}

/* What was written is read back and compared. */
static nt_status hdf5_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  hdf5_state *s = state;
  double *rows = nt_bench_room(s->rows * H_COLUMNS, sizeof *rows, err);
  double *times = nt_bench_room(s->rows, sizeof *times, err);
  nt_extracted *file = rows && times ? nt_extracted_open(s->path, err) : NULL;
  nt_status status = file ? NT_OK : err->status;
  size_t done = 0, got = 1;
  while (status == NT_OK && got > 0 && done < s->rows) {
    status =
        nt_extracted_read(file, rows + done * H_COLUMNS, times + done, s->rows - done, &got, err);
    done += got;
  }
  if (status == NT_OK &&
      (done != s->rows || memcmp(rows, s->features, s->rows * H_COLUMNS * sizeof *rows) != 0))
    status = nt_fail(err, NT_E_STATE, "%s: other rows are read than were written", s->path);
  if (file) nt_extracted_close(file);
  proof->digest = XXH3_64bits(s->features, s->rows * H_COLUMNS * sizeof *s->features);
  proof->exact = 1;
  strcpy(proof->how, "rows read back");
  free(rows), free(times);
  return status;
}

const nt_bench_problem nt_bench_hdf5 = {.name = "hdf5",
                                        .help = "rows of features to an HDF5 file, synced",
                                        .item = "row",
                                        .threads = -1,
                                        NT_BENCH_PARAMETERS(hdf5_parameters),
                                        .setup = hdf5_setup,
                                        .pass = hdf5_pass,
                                        .verify = hdf5_verify,
                                        .done = hdf5_done};
