/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "online.h"

#include <math.h>
#include <string.h>

#include "ground/memory.h"
#include "numeric/random.h"
#include "rows.h"

const char *const nt_online_scales[] = {"none", "deviation", "range", NULL};
const char *const nt_online_learnings[] = {"always", "grace", NULL};

nt_status nt_online_init(nt_online *o, const nt_online_model *model,
                         const nt_detector_setting *setting, const nt_value *values,
                         nt_error *err) {
  o->model = model;
  o->lanes = nt_lanes_best();
  o->width = setting->width;
  o->learn = setting->learn;
  o->stride = nt_lanes_padded(setting->width);
  o->scale = (int)values[0].number;
  o->most = (size_t)values[1].number;
  if (o->most > setting->learn) o->most = (size_t)setting->learn;
  o->limit = values[2].number > 0 ? values[2].number : 1e60;
  o->always = values[3].number == 0;
  o->shift = nt_zeroed(1, o->stride, sizeof(double));
  o->gain = nt_zeroed(1, o->stride, sizeof(double));
  o->row = nt_zeroed(1, o->stride, sizeof(double));
  o->held = nt_zeroed(o->most, o->stride, sizeof(double));
  if (o->shift && o->gain && o->row && o->held) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "out of memory for %zu rows of %zu features", o->most, o->width);
}

void nt_online_done(nt_online *o) {
  free(o->shift);
  free(o->gain);
  free(o->row);
  free(o->held);
}

size_t nt_online_memory(const nt_online *o) {
  return (3 + (o->held ? o->most : 0)) * o->stride * sizeof(double);
}

gsl_rng *nt_online_random(const nt_detector_setting *setting, nt_error *err) {
  gsl_rng *random = nt_generator_new(setting->seed);
  if (!random) nt_fail(err, NT_E_MEMORY, "out of memory for a generator");
  return random;
}

static double bounded(double x, double most) {
  return x > most ? most : x < -most ? -most : x;
}

/* Into `to`, as it is but for the bound. 0 when some value is not finite. */
static int take(const double *row, size_t width, double *to) {
  int finite = 1;
  for (size_t c = 0; c < width; c++) {
    finite &= isfinite(row[c]) != 0;
    to[c] = bounded(row[c], 1e100);
  }
  return finite;
}

static void apply(const nt_online *o, double *row) {
  for (size_t c = 0; c < o->width; c++)
    row[c] = bounded((row[c] - o->shift[c]) * o->gain[c], o->limit);
}

/* Mean and deviation, or minimum and range, of column c of the held rows. */
static void measure(const nt_online *o, size_t c, double *shift, double *spread) {
  const double *x = o->held + c;
  double low = x[0], high = x[0], sum = 0, squares = 0;
  for (size_t r = 0; r < o->count; r++) {
    double value = x[r * o->stride];
    low = fmin(low, value);
    high = fmax(high, value);
    sum += value;
  }
  *shift = low;
  *spread = high - low;
  if (o->scale == NT_SCALE_RANGE || low == high) return;
  *shift = sum / (double)o->count;
  for (size_t r = 0; r < o->count; r++) {
    double away = (x[r * o->stride] - *shift) / *spread; /* cannot overflow */
    squares += away * away;
  }
  *spread *= sqrt(squares / (double)o->count);
}

static nt_status start(void *detector, nt_error *err) {
  nt_online *o = detector;
  for (size_t c = 0; c < o->width; c++) {
    double spread = 0;
    o->gain[c] = 1;
    if (o->scale == NT_SCALE_NONE || o->count == 0) continue;
    measure(o, c, &o->shift[c], &spread);
    /* A deviation below the rounding error of a constant counts as 0. */
    if (spread > 1e-14 * fabs(o->shift[c]) && isfinite(1 / spread)) o->gain[c] = 1 / spread;
  }
  for (size_t r = 0; r < o->count; r++) apply(o, o->held + r * o->stride);
  o->started = 1;
  nt_status status = NT_OK;
  if (o->model->start) status = o->model->start(detector, o->held, o->count, err);
  for (size_t r = 0; r < o->count && status == NT_OK; r++)
    o->model->step(detector, o->held + r * o->stride, 1);
  free(o->held);
  o->held = NULL;
  return status;
}

static nt_status hold(void *detector, const double *row, nt_error *err) {
  nt_online *o = detector;
  if (take(row, o->width, o->held + o->count * o->stride)) o->count++;
  return o->count == o->most ? start(detector, err) : NT_OK;
}

static double step(void *detector, const double *row, int keep) {
  nt_online *o = detector;
  if (!take(row, o->width, o->row)) return NAN;
  apply(o, o->row);
  return o->model->step(detector, o->row, keep);
}

nt_status nt_online_learn(void *detector, const nt_rows *rows, double *training, nt_error *err) {
  nt_online *o = detector;
  nt_status status = NT_OK;
  for (size_t r = 0; r < rows->count && status == NT_OK; r++) {
    const double *row = rows->features + r * o->width;
    training[r] = NAN;
    if (!o->started && o->most == 0) status = start(detector, err);
    if (o->started)
      training[r] = step(detector, row, 1);
    else
      status = hold(detector, row, err);
  }
  return status;
}

/* What learns no more and has no score for a plain row now will never have one. */
nt_status nt_online_ready(void *detector, nt_error *err) {
  nt_online *o = detector;
  nt_status status = o->started ? NT_OK : start(detector, err);
  if (status != NT_OK || o->always) return status;
  memset(o->row, 0, o->stride * sizeof *o->row);
  if (!isnan(o->model->step(detector, o->row, 0))) return NT_OK;
  return nt_fail(err, NT_E_INPUT,
                 "%llu rows to learn from are too few for a score, and learning = grace ends with "
                 "them: pass longer grace periods, a smaller window, or learning = always",
                 (unsigned long long)o->learn);
}

nt_status nt_online_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  nt_online *o = detector;
  if (!o->started) return nt_fail(err, NT_E_STATE, "rows to score before learning has ended");
  for (size_t r = 0; r < rows->count; r++) {
    const double *row = rows->features + r * o->width;
    double score = step(detector, row, o->always);
    int finite = 1;
    for (size_t c = 0; isnan(score) && c < o->width; c++) finite &= isfinite(row[c]) != 0;
    scores[r] = isnan(score) && finite ? 0 : score;
  }
  return NT_OK;
}
