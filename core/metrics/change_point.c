/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "change_point.h"

#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/random.h"

nt_change_options nt_change_defaults(void) {
  return (nt_change_options){
      .method = NT_CHANGE_STEP, .least = 3, .permutations = 999, .level = 0.05, .seed = 1};
}

typedef struct search {
  const nt_change_options *options;
  gsl_rng *rng;
  double *distance;               /* [n][n] prefix sums of |x - y| over rows, energy only */
  double *shuffled, *left, *heap; /* [n] */
} search;

/* ---------------------------------------------------------------- energy */

/* D[i * n + j] = sum over k < j of |x[i] - x[k]|. */
static void fill_distances(search *s, const double *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
      s->distance[i * n + j] = sum;
      sum += fabs(x[i] - x[j]);
    }
  }
}

/* sum over j in [from, to) of |x[i] - x[j]|; `to` may be n. */
static double row_sum(const search *s, const double *x, size_t n, size_t i, size_t from,
                      size_t to) {
  double upper =
      to < n ? s->distance[i * n + to] : s->distance[i * n + n - 1] + fabs(x[i] - x[n - 1]);
  return upper - s->distance[i * n + from];
}

/* As t moves on by one, x[t] leaves Y for X: the three sums follow in O(1) from its row. */
static double best_energy(const search *s, const double *x, size_t n, size_t least, size_t *at) {
  double best = -HUGE_VAL;
  *at = least;
  for (size_t k = 2 * least; k <= n; k++) {
    double within_x = 0, within_y = 0, between = 0;
    for (size_t i = 0; i < least; i++) {
      within_x += row_sum(s, x, n, i, 0, i);
      between += row_sum(s, x, n, i, least, k);
    }
    for (size_t i = least; i < k; i++) within_y += row_sum(s, x, n, i, least, i);
    for (size_t t = least; t <= k - least; t++) {
      double a = (double)t, b = (double)(k - t);
      double q =
          a * b / (a + b) *
          (2 / (a * b) * between - 2 / (a * (a - 1)) * within_x - 2 / (b * (b - 1)) * within_y);
      if (q > best) best = q, *at = t;
      double to_x = row_sum(s, x, n, t, 0, t), to_y = row_sum(s, x, n, t, t + 1, k);
      within_x += to_x;
      within_y -= to_y;
      between += to_y - to_x;
    }
  }
  return best;
}

/* ---------------------------------------------------------------- step */

/* Two heaps meet at the median of what has come so far: `low` with the largest on its top, `high`
 * with the smallest (as its negative). */
typedef struct heap {
  double *value;
  size_t count;
} heap;

static void push(heap *h, double x) {
  size_t i = h->count++;
  for (; i > 0 && h->value[(i - 1) / 2] < x; i = (i - 1) / 2) h->value[i] = h->value[(i - 1) / 2];
  h->value[i] = x;
}

static double pop(heap *h) {
  double top = h->value[0], last = h->value[--h->count];
  size_t i = 0;
  for (size_t c = 1; c < h->count; c = 2 * i + 1) {
    if (c + 1 < h->count && h->value[c + 1] > h->value[c]) c++;
    if (h->value[c] <= last) break;
    h->value[i] = h->value[c];
    i = c;
  }
  if (h->count) h->value[i] = last;
  return top;
}

/* cost[i]: sum |x - median| of the first i + 1 values, or (back) of the last i + 1. */
static void deviations(const double *x, size_t n, int back, double *cost, double *room) {
  heap low = {room, 0}, high = {room + n + 1, 0};
  double low_sum = 0, high_sum = 0;
  for (size_t i = 0; i < n; i++) {
    double v = back ? x[n - 1 - i] : x[i];
    if (low.count == 0 || v <= low.value[0])
      push(&low, v), low_sum += v;
    else
      push(&high, -v), high_sum += v;
    if (low.count > high.count + 1) {
      v = pop(&low);
      push(&high, -v), low_sum -= v, high_sum += v;
    } else if (high.count > low.count) {
      v = -pop(&high);
      push(&low, v), high_sum -= v, low_sum += v;
    }
    double median = low.value[0];
    cost[i] = median * (double)low.count - low_sum + high_sum - median * (double)high.count;
  }
}

static double best_step(const search *s, const double *x, size_t n, size_t least, size_t *at) {
  double *right = s->left + n;
  deviations(x, n, 0, s->left, s->heap);
  deviations(x, n, 1, right, s->heap);
  double best = -HUGE_VAL;
  *at = least;
  for (size_t t = least; t + least <= n; t++) {
    double gain = s->left[n - 1] - s->left[t - 1] - right[n - t - 1];
    if (gain > best) best = gain, *at = t;
  }
  return best;
}

/* ---------------------------------------------------------------- one cut */

static double best_cut(search *s, const double *x, size_t n, size_t *at) {
  if (s->options->method == NT_CHANGE_STEP) return best_step(s, x, n, s->options->least, at);
  fill_distances(s, x, n);
  return best_energy(s, x, n, s->options->least, at);
}

static void cut(search *s, const double *x, size_t n, nt_change *best) {
  size_t at, larger = 0;
  best->statistic = best_cut(s, x, n, &best->at);
  memcpy(s->shuffled, x, n * sizeof *x);
  double slack = 1e-12 * fabs(best->statistic); /* sums in another order round otherwise */
  size_t drawn = 0, most = s->options->permutations;
  for (; drawn < most && larger < NT_CHANGE_ENOUGH; drawn++) {
    for (size_t i = n - 1; i > 0; i--) {
      size_t j = nt_random_below(s->rng, i + 1);
      double kept = s->shuffled[i];
      s->shuffled[i] = s->shuffled[j], s->shuffled[j] = kept;
    }
    larger += best_cut(s, s->shuffled, n, &at) >= best->statistic - slack;
  }
  best->p = larger == NT_CHANGE_ENOUGH ? (double)larger / (double)drawn
                                       : (1 + (double)larger) / (1 + (double)drawn);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median_of(search *s, const double *x, size_t n) {
  memcpy(s->shuffled, x, n * sizeof *x);
  qsort(s->shuffled, n, sizeof *s->shuffled, by_value);
  return n % 2 ? s->shuffled[n / 2] : 0.5 * (s->shuffled[n / 2 - 1] + s->shuffled[n / 2]);
}

/* ---------------------------------------------------------------- setting up */

static void search_done(search *s) {
  if (s->rng) gsl_rng_free(s->rng);
  free(s->distance), free(s->shuffled), free(s->left), free(s->heap);
}

static nt_status check(const double *x, size_t n, const nt_change_options *o, nt_error *err) {
  if (o->least < 2)
    return nt_fail(err, NT_E_ARGUMENT, "least %zu: at least 2 values expected", o->least);
  if (o->permutations < 1) return nt_fail(err, NT_E_ARGUMENT, "permutations 0: expected 1 or more");
  if (!(o->level > 0 && o->level <= 1))
    return nt_fail(err, NT_E_ARGUMENT, "level %g: a value in (0, 1] expected", o->level);
  if (n > NT_CHANGE_MOST)
    return nt_fail(err, NT_E_LIMIT, "%zu values: at most %d expected", n, NT_CHANGE_MOST);
  for (size_t i = 0; i < n; i++)
    if (!isfinite(x[i])) return nt_fail(err, NT_E_INPUT, "value %zu is %g", i, x[i]);
  return NT_OK;
}

static nt_status search_begin(search *s, size_t n, const nt_change_options *o, nt_error *err) {
  *s = (search){.options = o, .rng = nt_generator_new(o->seed)};
  size_t square = o->method == NT_CHANGE_ENERGY ? n * n : 1;
  s->distance = malloc((square ? square : 1) * sizeof *s->distance);
  s->shuffled = malloc((n + 1) * sizeof *s->shuffled);
  s->left = malloc((2 * n + 1) * sizeof *s->left);
  s->heap = malloc((2 * n + 2) * sizeof *s->heap);
  if (s->rng && s->distance && s->shuffled && s->left && s->heap) return NT_OK;
  search_done(s);
  return nt_fail(err, NT_E_MEMORY, "out of memory for changes of %zu values", n);
}

nt_status nt_change_best(const double *x, size_t n, const nt_change_options *options,
                         nt_change *best, nt_error *err) {
  search s;
  nt_status status = check(x, n, options, err);
  if (status == NT_OK && n < 2 * options->least)
    status =
        nt_fail(err, NT_E_ARGUMENT, "%zu values: at least %zu expected", n, 2 * options->least);
  if (status == NT_OK) status = search_begin(&s, n, options, err);
  if (status != NT_OK) return status;
  cut(&s, x, n, best);
  best->before = median_of(&s, x, best->at);
  best->after = median_of(&s, x + best->at, n - best->at);
  search_done(&s);
  return NT_OK;
}

/* Cuts [from, to) and its parts; changes come in order. */
static void cut_all(search *s, const double *x, size_t from, size_t to, nt_change *changes,
                    size_t *count) {
  nt_change best;
  if (to - from < 2 * s->options->least) return;
  cut(s, x + from, to - from, &best);
  if (best.p > s->options->level) return;
  best.at += from;
  cut_all(s, x, from, best.at, changes, count);
  changes[(*count)++] = best;
  cut_all(s, x, best.at, to, changes, count);
}

nt_status nt_change_points(const double *x, size_t n, const nt_change_options *options,
                           nt_change *changes, size_t *count, nt_error *err) {
  search s;
  *count = 0;
  nt_status status = check(x, n, options, err);
  if (status == NT_OK) status = search_begin(&s, n, options, err);
  if (status != NT_OK) return status;
  cut_all(&s, x, 0, n, changes, count);
  for (size_t i = 0; i < *count; i++) {
    size_t from = i ? changes[i - 1].at : 0, to = i + 1 < *count ? changes[i + 1].at : n;
    changes[i].before = median_of(&s, x + from, changes[i].at - from);
    changes[i].after = median_of(&s, x + changes[i].at, to - changes[i].at);
  }
  search_done(&s);
  return NT_OK;
}
