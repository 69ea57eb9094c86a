/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One box plot for each feature: how far the worst feature of a row lies outside of its whiskers,
 * in interquartile ranges; 0 where all lie within. No two features are looked at together.
 *
 * A feature whose quartiles coincide has no box to measure by: its range (largest less smallest
 * value of the sample) takes the place of the interquartile range. One that was constant in the
 * sample has no unit at all and does not count. A NaN does not count either.
 */
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>

#include "ground/memory.h"
#include "classes.h"
#include "rows.h"

enum { WHISKER, SAMPLE };
enum { COLUMNS = 8 };

static const nt_parameter parameters[] = {
    [WHISKER] = {.name = "whisker",
                 .type = NT_PARAMETER_NUMBER,
                 .unit = "interquartile ranges",
                 .help = "length of a whisker from its end of the box",
                 .preset = 1.5,
                 .least = 0,
                 .most = HUGE_VAL},
    [SAMPLE] = {.name = "sample",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "most rows of learning that quartiles are taken of, evenly strided",
                .preset = 10000,
                .least = 2,
                .most = 0x1p31},
};

/* Values between low and high are within the whiskers; 1 / unit, 0 of a feature that does not
 * count. */
typedef struct box {
  double low, high, inverse;
} box;

typedef struct box_plot {
  size_t width, constant, rangy;
  double whisker;
  nt_row_sample sample; /* no rows after ready() */
  box *boxes;
} box_plot;

static void box_plot_free(void *detector) {
  box_plot *b = detector;
  if (!b) return;
  nt_row_sample_done(&b->sample);
  free(b->boxes);
  free(b);
}

static void *box_plot_create(const nt_detector_setting *setting, const nt_value *values,
                             nt_error *err) {
  box_plot *b = calloc(1, sizeof *b);
  if (!b) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  b->width = setting->width;
  b->whisker = values[WHISKER].number;
  uint64_t most = (uint64_t)values[SAMPLE].number;
  if (nt_row_sample_make(&b->sample, b->width, most, setting->learn, err) == NT_OK) return b;
  box_plot_free(b);
  return NULL;
}

static nt_status box_plot_learn(void *detector, const nt_rows *rows, double *training,
                                nt_error *err) {
  box_plot *b = detector;
  (void)err;
  nt_row_sample_add(&b->sample, rows);
  nt_no_training_scores(rows, training);
  return NT_OK;
}

/* Interpolated linearly (Hyndman and Fan's type 7, NumPy's default). Reorders the values. */
static double quartile(double *values, size_t n, double fraction) {
  double at = fraction * (double)(n - 1), part = at - floor(at);
  size_t k = (size_t)at;
  double lower = gsl_stats_select(values, 1, n, k); /* no less before it, no more after it */
  if (part == 0 || k + 1 == n) return lower;
  return (1 - part) * lower + part * gsl_stats_min(values + k + 1, 1, n - k - 1);
}

static box box_of(box_plot *b, double *values, size_t n) {
  double least, most;
  gsl_stats_minmax(&least, &most, values, 1, n);
  if (!(most > least)) {
    b->constant++;
    return (box){0};
  }
  double first = quartile(values, n, 0.25), third = quartile(values, n, 0.75);
  double unit = third - first;
  if (!(unit > 0)) unit = most - least, b->rangy++;
  double inverse = fmin(1 / unit, 1e100); /* of units whose reciprocal would be infinite */
  return (box){first - b->whisker * unit, third + b->whisker * unit, inverse};
}

/* Up to COLUMNS columns of the sample from `from` on, one after the other: a cache line of a row is
 * fetched once for all of them. */
static size_t gather_columns(const nt_row_sample *s, size_t from, double *columns) {
  size_t count = s->width - from < COLUMNS ? s->width - from : COLUMNS;
  for (size_t i = 0; i < s->count; i++)
    for (size_t j = 0; j < count; j++) columns[j * s->count + i] = s->rows[i * s->width + from + j];
  return count;
}

static nt_status box_plot_ready(void *detector, nt_error *err) {
  box_plot *b = detector;
  size_t n = b->sample.count;
  nt_status status = nt_enough_rows("box_plot", n, 2, err);
  if (status != NT_OK) return status;
  double *columns = nt_zeroed(n, COLUMNS, sizeof *columns);
  b->boxes = nt_zeroed(b->width, 1, sizeof *b->boxes);
  if (!columns || !b->boxes)
    status = nt_fail(err, NT_E_MEMORY, "no memory for %zu box plots of %zu rows", b->width, n);
  for (size_t j = 0; status == NT_OK && j < b->width; j += COLUMNS) {
    size_t count = gather_columns(&b->sample, j, columns);
    for (size_t k = 0; k < count; k++) b->boxes[j + k] = box_of(b, columns + k * n, n);
  }
  free(columns);
  nt_row_sample_done(&b->sample);
  return status;
}

static double outside(const box *b, double x) {
  double below = b->low - x, above = x - b->high;
  return (below > above ? below : above) * b->inverse;
}

/* The worst of four features at a time: their maxima do not wait for each other. */
static double score_row(const box *boxes, const double *row, size_t width) {
  double worst[4] = {0};
  size_t j = 0;
  for (; j + 4 <= width; j += 4)
    for (size_t k = 0; k < 4; k++) {
      double far = outside(boxes + j + k, row[j + k]);
      worst[k] = far > worst[k] ? far : worst[k];
    }
  for (; j < width; j++) {
    double far = outside(boxes + j, row[j]);
    worst[0] = far > worst[0] ? far : worst[0];
  }
  return fmax(fmax(worst[0], worst[1]), fmax(worst[2], worst[3]));
}

static nt_status box_plot_score(void *detector, const nt_rows *rows, double *scores,
                                nt_error *err) {
  box_plot *b = detector;
  (void)err;
  for (size_t i = 0; i < rows->count; i++)
    scores[i] = score_row(b->boxes, rows->features + i * b->width, b->width);
  return NT_OK;
}

static size_t box_plot_memory(const void *detector) {
  const box_plot *b = detector;
  return sizeof *b + nt_row_sample_bytes(&b->sample) + (b->boxes ? b->width * sizeof(box) : 0);
}

static void box_plot_remark(const void *detector, char *text, size_t size) {
  const box_plot *b = detector;
  snprintf(text, size,
           "of %zu features %zu were constant and do not count, %zu are measured by "
           "their range",
           b->width, b->constant, b->rangy);
}

const nt_detector_class nt_detector_box_plot = {
    .name = "box_plot",
    .title = "Box plots",
    .source = "Tukey: Exploratory data analysis, 1977; as a baseline of Kitsune: Arp, Quiring, "
              "Pendlebury, Warnecke, Pierazzi, Wressnegger, Cavallaro, Rieck: Dos and Don'ts of "
              "machine learning in computer security. USENIX Security 2022",
    .cost = "O(width) a row to learn and to score, O(width x sample) once; 8 x sample x "
            "width bytes while learning, 24 width after it",
    .flags = NT_DETECTOR_FROZEN,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = box_plot_create,
    .learn = box_plot_learn,
    .ready = box_plot_ready,
    .score = box_plot_score,
    .free = box_plot_free,
    .memory = box_plot_memory,
    .remark = box_plot_remark,
};
