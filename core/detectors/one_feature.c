/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One feature alone as the score: a data set on which this does well is no test of anything else.
 *
 *     side high   x             side low   -x
 *     side far    |x - mean|, the mean of the rows that were learnt (their finite values)
 *
 * `feature` and `side` may be named. What is left at "best" is chosen with the labels of the rows
 * that will be scored, by the area under the ROC curve: an oracle, hence a bound and no detector.
 * Where two are equally good, the first column and the first side in the order above win; NaN ranks
 * as most anomalous on every side.
 *
 * The choice is made on a sample: of benign rows and of attacks each, every k-th, k being the least
 * power of 2 for which at most half of `sample` are taken. That leaves the area's expected value as
 * it is, and does not depend on how the rows come.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classes.h"

enum { BEST = 0, HIGH, LOW, FAR, SIDES };
static const char *const side_names[] = {"best", "high", "low", "far", NULL};

enum { FEATURE, SIDE, SAMPLE };

static const nt_parameter parameters[] = {
    [FEATURE] = {.name = "feature",
                 .type = NT_PARAMETER_TEXT,
                 .help = "a column's name, its number from 0 on, or best: chosen with the labels",
                 .preset_text = "best"},
    [SIDE] = {.name = "side",
              .type = NT_PARAMETER_CHOICE,
              .help = "which values are anomalous: high, low, far from the mean; best: chosen with "
                      "the labels",
              .preset = BEST,
              .choices = side_names},
    [SAMPLE] = {.name = "sample",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "most rows to choose by, half benign and half attacks",
                .preset = 100000,
                .least = 2,
                .most = 0x1p31},
};

/* Every stride-th row of one label. */
typedef struct sample {
  uint64_t seen, stride;
  size_t count, capacity, most; /* rows; most: bound of count */
  double *rows;                 /* [count][width] */
} sample;

typedef struct one_feature {
  size_t width;
  char **columns;
  size_t feature; /* width: to be chosen */
  int side;       /* BEST: to be chosen */
  uint64_t *finite;
  double *mean;      /* [width] of `finite` values each */
  sample samples[2]; /* benign, attacks */
  double area;       /* of the choice; NaN: there was none to make */
  size_t chosen_by;  /* rows */
} one_feature;

/* ---------------------------------------------------------------- create, free */

static void one_feature_free(void *detector) {
  one_feature *o = detector;
  if (!o) return;
  for (size_t c = 0; o->columns && c < o->width; c++) free(o->columns[c]);
  free(o->columns);
  free(o->finite);
  free(o->mean);
  for (int label = 0; label < 2; label++) free(o->samples[label].rows);
  free(o);
}

static nt_status find_feature(one_feature *o, const char *text, nt_error *err) {
  o->feature = o->width;
  if (!text || strcmp(text, "best") == 0) return NT_OK;
  for (size_t c = 0; c < o->width; c++)
    if (strcmp(o->columns[c], text) == 0) {
      o->feature = c;
      return NT_OK;
    }
  if (strlen(text) < 10 && strspn(text, "0123456789") == strlen(text) && *text)
    o->feature = strtoul(text, NULL, 10);
  if (o->feature < o->width) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT,
                 "feature = '%.80s': expected best, the name of a column, or its number, 0 to %zu "
                 "(%s to %s)",
                 text, o->width - 1, o->columns[0], o->columns[o->width - 1]);
}

static nt_status build(one_feature *o, const nt_detector_setting *setting, nt_error *err) {
  o->columns = calloc(o->width, sizeof *o->columns);
  o->finite = calloc(o->width, sizeof *o->finite);
  o->mean = calloc(o->width, sizeof *o->mean);
  int fits = o->columns && o->finite && o->mean;
  for (size_t c = 0; fits && c < o->width; c++)
    fits = (o->columns[c] = strdup(setting->columns[c])) != NULL;
  return fits ? NT_OK : nt_fail(err, NT_E_MEMORY, "out of memory for %zu columns", o->width);
}

static void *one_feature_create(const nt_detector_setting *setting, const nt_value *values,
                                nt_error *err) {
  one_feature *o = calloc(1, sizeof *o);
  if (!o) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  o->width = setting->width;
  o->side = (int)values[SIDE].number;
  o->area = NAN;
  for (int label = 0; label < 2; label++)
    o->samples[label] = (sample){.stride = 1, .most = (size_t)(values[SAMPLE].number / 2)};
  if (build(o, setting, err) == NT_OK && find_feature(o, values[FEATURE].text, err) == NT_OK)
    return o;
  one_feature_free(o);
  return NULL;
}

/* ---------------------------------------------------------------- one value */

static double value_of(const one_feature *o, size_t feature, int side, double x) {
  if (side == FAR) return fabs(x - o->mean[feature]);
  return side == LOW ? -x : x;
}

static void learn_row(one_feature *o, const double *row) {
  for (size_t c = 0; c < o->width; c++) {
    if (!isfinite(row[c])) continue;
    o->finite[c]++;
    o->mean[c] += (row[c] - o->mean[c]) / (double)o->finite[c];
  }
}

static nt_status one_feature_learn(void *detector, const nt_rows *rows, double *training,
                                   nt_error *err) {
  one_feature *o = detector;
  (void)err;
  for (size_t r = 0; r < rows->count; r++) {
    const double *row = rows->features + r * o->width;
    int known = o->feature < o->width && o->side != BEST;
    if (known && o->side == FAR) known = o->finite[o->feature] > 0;
    training[r] = known ? value_of(o, o->feature, o->side, row[o->feature]) : NAN;
    learn_row(o, row);
  }
  return NT_OK;
}

/* ---------------------------------------------------------------- the sample */

static void thin_out(sample *s, size_t width) {
  size_t kept = 0;
  for (size_t r = 0; r < s->count; r += 2, kept++)
    memmove(s->rows + kept * width, s->rows + r * width, width * sizeof *s->rows);
  s->count = kept;
  s->stride *= 2;
}

static int make_room(sample *s, size_t width) {
  if (s->count < s->capacity) return 1;
  size_t capacity = 2 * s->capacity + 64 < s->most ? 2 * s->capacity + 64 : s->most, bytes;
  if (__builtin_mul_overflow(capacity, width * sizeof *s->rows, &bytes)) return 0;
  double *rows = realloc(s->rows, bytes);
  if (!rows) return 0;
  s->rows = rows;
  s->capacity = capacity;
  return 1;
}

static int take_row(sample *s, const double *row, size_t width) {
  if (s->seen++ % s->stride != 0) return 1;
  if (s->count == s->most) {
    thin_out(s, width);
    if ((s->seen - 1) % s->stride != 0) return 1;
  }
  if (s->count == s->most) return 1; /* one row in all is taken: the first */
  if (!make_room(s, width)) return 0;
  memcpy(s->rows + s->count++ * width, row, width * sizeof *row);
  return 1;
}

static nt_status one_feature_preview(void *detector, const nt_rows *rows, nt_error *err) {
  one_feature *o = detector;
  if (!rows->labels || (o->feature < o->width && o->side != BEST)) return NT_OK;
  for (size_t r = 0; r < rows->count; r++)
    if (rows->labels[r] < 2 &&
        !take_row(&o->samples[rows->labels[r]], rows->features + r * o->width, o->width))
      return nt_fail(err, NT_E_MEMORY, "out of memory for a sample of %zu rows",
                     2 * o->samples[0].most);
  return NT_OK;
}

/* ---------------------------------------------------------------- the choice */

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* One column of a sample in ascending order; NaN left out. Returns how many. */
static size_t sorted_column(const one_feature *o, const sample *s, size_t feature, int side,
                            double *out) {
  size_t n = 0;
  for (size_t r = 0; r < s->count; r++) {
    double x = value_of(o, feature, side, s->rows[r * o->width + feature]);
    if (!isnan(x)) out[n++] = x;
  }
  qsort(out, n, sizeof *out, ascending);
  return n;
}

/* Of all pairs of a benign value and an attack's, those with the attack's above, ties half; benign
 * has room for both columns. */
static double area_of(const one_feature *o, size_t feature, int side, double *benign) {
  const sample *samples = o->samples;
  double *attack = benign + samples[0].count;
  size_t b = sorted_column(o, &samples[0], feature, side, benign);
  size_t a = sorted_column(o, &samples[1], feature, side, attack);
  double all_b = (double)samples[0].count, all_a = (double)samples[1].count;
  double nan_a = all_a - (double)a, pairs = nan_a * ((double)b + (all_b - (double)b) / 2);
  for (size_t i = 0, below = 0, upto = 0; i < a; i++) {
    while (below < b && benign[below] < attack[i]) below++;
    if (upto < below) upto = below;
    while (upto < b && benign[upto] <= attack[i]) upto++;
    pairs += ((double)below + (double)upto) / 2;
  }
  return pairs / (all_a * all_b);
}

static nt_status choose(one_feature *o, nt_error *err) {
  size_t benign = o->samples[0].count, attacks = o->samples[1].count;
  const char *what = o->feature == o->width ? "feature" : "side";
  if (benign == 0 || attacks == 0)
    return nt_fail(err, NT_E_INPUT,
                   "%s = best is chosen with the labels of the rows to score: expected benign rows "
                   "and attacks, but there are %" PRIu64 " and %" PRIu64
                   "; name feature and side instead",
                   what, o->samples[0].seen, o->samples[1].seen);
  double *room = malloc((benign + attacks) * sizeof *room);
  if (!room) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu values", benign + attacks);
  size_t first = o->feature == o->width ? 0 : o->feature;
  size_t last = o->feature == o->width ? o->width - 1 : o->feature, best = first;
  int best_side = HIGH, from = o->side == BEST ? HIGH : o->side;
  double most = -1;
  for (size_t c = first; c <= last; c++)
    for (int side = from; side < (o->side == BEST ? SIDES : from + 1); side++) {
      double area = area_of(o, c, side, room);
      if (area > most) most = area, best = c, best_side = side;
    }
  free(room);
  o->feature = best;
  o->side = best_side;
  o->area = most;
  o->chosen_by = benign + attacks;
  for (int label = 0; label < 2; label++) {
    free(o->samples[label].rows);
    o->samples[label] = (sample){.stride = 1};
  }
  return NT_OK;
}

static nt_status one_feature_score(void *detector, const nt_rows *rows, double *scores,
                                   nt_error *err) {
  one_feature *o = detector;
  if (o->feature == o->width || o->side == BEST) {
    nt_status status = choose(o, err);
    if (status != NT_OK) return status;
  }
  for (size_t r = 0; r < rows->count; r++)
    scores[r] = value_of(o, o->feature, o->side, rows->features[r * o->width + o->feature]);
  return NT_OK;
}

/* ---------------------------------------------------------------- the rest */

static size_t one_feature_memory(const void *detector) {
  const one_feature *o = detector;
  size_t rows = o->samples[0].capacity + o->samples[1].capacity;
  return sizeof *o + o->width * (sizeof *o->columns + sizeof *o->finite + sizeof *o->mean + 32) +
         rows * o->width * sizeof(double);
}

static void one_feature_remark(const void *detector, char *text, size_t size) {
  const one_feature *o = detector;
  const char *side = side_names[o->side], *how = o->side == FAR ? "far from the mean" : side;
  if (o->feature == o->width)
    snprintf(text, size, "no feature was chosen");
  else if (isnan(o->area))
    snprintf(text, size, "feature %zu (%s), %s", o->feature, o->columns[o->feature], how);
  else
    snprintf(text, size,
             "feature %zu (%s), %s: AUC %.6f on %zu rows; chosen with the labels, so a bound and "
             "no detector",
             o->feature, o->columns[o->feature], how, o->area, o->chosen_by);
}

const nt_detector_class nt_detector_one_feature = {
    .name = "one_feature",
    .title = "One feature",
    .source = "none: shows whether a data set is hard at all",
    .cost = "O(width) a row to learn, O(1) to score; the choice takes O(width x sample x log "
            "sample) once, and while it is open width x 8 bytes for each row of the sample",
    .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_ORACLE,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = one_feature_create,
    .learn = one_feature_learn,
    .preview = one_feature_preview,
    .score = one_feature_score,
    .free = one_feature_free,
    .memory = one_feature_memory,
    .remark = one_feature_remark,
};
