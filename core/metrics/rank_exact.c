/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rank_exact.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/random.h"
#include "rank_row.h"

static const char *const names[] = {[NT_RANK_EXACT] = "exact",
                                    [NT_RANK_PERMUTATIONS] = "permutations",
                                    [NT_RANK_CHI_SQUARE] = "chi-square"};
const char *nt_rank_method_name(nt_rank_method method) {
  return names[method];
}

/* ---------------------------------------------------------------- ranks, twice: whole */

/* data_sets x detectors, 2 for the least value of a row; NULL: out of memory. */
static uint32_t *double_ranks(const double *values, size_t n, size_t k, nt_error *err) {
  uint32_t *twice = calloc(n * k + 1, sizeof *twice);
  size_t *order = calloc(k, sizeof *order);
  double *ranks = calloc(k, sizeof *ranks);
  if (twice && order && ranks)
    for (size_t i = 0; i < n; i++) {
      nt_rank_row(values + i * k, k, order, ranks);
      for (size_t j = 0; j < k; j++) twice[i * k + j] = (uint32_t)(2 * ranks[j]);
    }
  if (!twice || !order || !ranks) {
    nt_fail(err, NT_E_MEMORY, "no memory to rank %zu detectors on %zu data sets", k, n);
    free(twice);
    twice = NULL;
  }
  free(order), free(ranks);
  return twice;
}

/* The sum of squares of the detectors' sums, which grows with Friedman's chi-square. */
static uint64_t squares_of(const uint32_t *sums, size_t k) {
  uint64_t squares = 0;
  for (size_t j = 0; j < k; j++) squares += (uint64_t)sums[j] * sums[j];
  return squares;
}

static uint64_t observed_squares(const uint32_t *twice, size_t n, size_t k, uint32_t *sums) {
  memset(sums, 0, k * sizeof *sums);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < k; j++) sums[j] += twice[i * k + j];
  return squares_of(sums, k);
}

/* ---------------------------------------------------------------- Friedman, counted */

/*
 * The sums of the detectors' ranks after some data sets, with their probabilities. Which detector
 * has which sum does not matter, as every order of the next ranks is equally likely: states are
 * sorted sums, packed into one number.
 */
enum { MOST_COUNTED = 6, SUM_BITS = 10, MOST_ORDERS = 720 /* of MOST_COUNTED */ };
#define MOST_WORK ((size_t)1 << 24) /* sums that are looked at: about a second */

typedef struct states {
  size_t count, room;  /* room: a power of 2 */
  uint64_t *key;       /* 0: free; sums of ranks are not 0 */
  double *probability; /* [room] */
} states;

static bool states_make(states *s, size_t room) {
  *s = (states){.room = room, .key = calloc(room, sizeof *s->key)};
  s->probability = calloc(room, sizeof *s->probability);
  return s->key && s->probability;
}
static void states_done(states *s) {
  free(s->key), free(s->probability);
}

static void states_put(states *s, uint64_t key, double probability) {
  size_t at = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (s->room - 1);
  while (s->key[at] && s->key[at] != key) at = (at + 1) & (s->room - 1);
  s->count += !s->key[at];
  s->key[at] = key;
  s->probability[at] += probability;
}

static bool states_grow(states *s) {
  states more;
  bool good = states_make(&more, 2 * s->room);
  for (size_t i = 0; good && i < s->room; i++)
    if (s->key[i]) states_put(&more, s->key[i], s->probability[i]);
  states *old = good ? s : &more;
  states_done(old);
  if (good) *s = more;
  return good;
}

static void unpack(uint64_t key, uint32_t *sums, size_t k) {
  for (size_t j = 0; j < k; j++) sums[j] = (uint32_t)(key >> j * SUM_BITS) & ((1u << SUM_BITS) - 1);
}

static uint64_t pack_sorted(uint32_t *sums, size_t k) {
  uint64_t key = 0;
  for (size_t i = 1; i < k; i++)
    for (size_t j = i; j > 0 && sums[j - 1] > sums[j]; j--) {
      uint32_t swapped = sums[j];
      sums[j] = sums[j - 1], sums[j - 1] = swapped;
    }
  for (size_t j = 0; j < k; j++) key |= (uint64_t)sums[j] << j * SUM_BITS;
  return key;
}

/* All orders of 0 .. k - 1, by Heap's algorithm; returns how many. */
static size_t list_orders(size_t k, uint8_t orders[MOST_ORDERS][MOST_COUNTED]) {
  uint8_t now[MOST_COUNTED], turn[MOST_COUNTED] = {0};
  for (size_t j = 0; j < k; j++) now[j] = (uint8_t)j;
  size_t count = 0;
  memcpy(orders[count++], now, k);
  for (size_t i = 0; i < k;) {
    if (turn[i] >= i) {
      turn[i++] = 0;
      continue;
    }
    size_t with = i % 2 ? turn[i] : 0;
    uint8_t swapped = now[with];
    now[with] = now[i], now[i] = swapped;
    memcpy(orders[count++], now, k);
    turn[i]++, i = 0;
  }
  return count;
}

/* *to: *from after one more data set with these ranks. */
static bool add_data_set(const states *from, states *to, const uint32_t *ranks, size_t k,
                         uint8_t orders[MOST_ORDERS][MOST_COUNTED], size_t count) {
  if (!states_make(to, 1024)) return false;
  for (size_t s = 0; s < from->room; s++) {
    uint32_t sums[MOST_COUNTED], next[MOST_COUNTED];
    if (!from->probability[s]) continue;
    unpack(from->key[s], sums, k);
    for (size_t o = 0; o < count; o++) {
      if (2 * to->count > to->room && !states_grow(to)) return false;
      for (size_t j = 0; j < k; j++) next[j] = sums[j] + ranks[orders[o][j]];
      states_put(to, pack_sorted(next, k), from->probability[s] / (double)count);
    }
  }
  return true;
}

static void read_tail(const states *s, size_t k, uint64_t observed, nt_friedman_p *r) {
  uint64_t most = 0;
  r->p = r->least = 0;
  for (size_t i = 0; i < s->room; i++) {
    uint32_t sums[MOST_COUNTED];
    if (!s->key[i]) continue;
    unpack(s->key[i], sums, k);
    uint64_t squares = squares_of(sums, k);
    if (squares >= observed) r->p += s->probability[i];
    if (squares > most) most = squares, r->least = 0;
    if (squares == most) r->least += s->probability[i];
  }
  r->p = fmin(1, r->p);
}

/* *counted: whether the work is small enough. */
static nt_status count_orders(const uint32_t *twice, size_t n, size_t k, uint64_t observed,
                              nt_friedman_p *result, bool *counted, nt_error *err) {
  uint8_t orders[MOST_ORDERS][MOST_COUNTED];
  *counted = k <= MOST_COUNTED && 2 * k * n < 1u << SUM_BITS;
  if (!*counted) return NT_OK;
  size_t count = list_orders(k, orders), work = 0;
  states now = {0}, next;
  bool good = states_make(&now, 1);
  if (good) now.count = 1, now.probability[0] = 1; /* nothing yet: all sums 0 */
  for (size_t i = 0; good && i < n && *counted; i++) {
    work += now.count * count;
    if (!(*counted = work <= MOST_WORK)) break;
    good = add_data_set(&now, &next, twice + i * k, k, orders, count);
    states_done(&now);
    now = next;
  }
  if (good && *counted) read_tail(&now, k, observed, result), result->method = NT_RANK_EXACT;
  states_done(&now);
  return good ? NT_OK : nt_fail(err, NT_E_MEMORY, "no memory to count orders of %zu detectors", k);
}

/* ---------------------------------------------------------------- Friedman, drawn */

#define MOST_DRAWN 99999
#define MOST_SHUFFLED 1e8 /* ranks moved in all: about a second */

static nt_status draw_orders(uint32_t *twice, size_t n, size_t k, uint64_t observed, uint32_t *sums,
                             nt_friedman_p *result, nt_error *err) {
  gsl_rng *rng = nt_generator_new(1);
  if (!rng) return nt_fail(err, NT_E_MEMORY, "no memory to draw orders");
  size_t drawn = (size_t)fmin(MOST_DRAWN, fmax(999, MOST_SHUFFLED / (double)(n * k))), beyond = 0;
  for (size_t d = 0; d < drawn; d++) {
    for (size_t i = 0; i < n; i++) {
      uint32_t *row = twice + i * k;
      for (size_t j = k - 1; j > 0; j--) {
        size_t with = nt_random_below(rng, j + 1);
        uint32_t swapped = row[j];
        row[j] = row[with], row[with] = swapped;
      }
    }
    beyond += observed_squares(twice, n, k, sums) >= observed;
  }
  gsl_rng_free(rng);
  result->p = (double)(beyond + 1) / (double)(drawn + 1);
  result->least = 1 / (double)(drawn + 1);
  result->method = NT_RANK_PERMUTATIONS;
  return NT_OK;
}

nt_status nt_friedman_significance(const double *values, size_t data_sets, size_t detectors,
                                   nt_friedman_p *result, nt_error *err) {
  *result = (nt_friedman_p){NAN, NAN, NT_RANK_CHI_SQUARE};
  nt_friedman f = {.chi_square = NAN};
  double *mean_rank = calloc(detectors + 1, sizeof *mean_rank);
  uint32_t *sums = calloc(detectors + 1, sizeof *sums), *twice = NULL;
  nt_status status =
      mean_rank && sums
          ? nt_friedman_test(values, data_sets, detectors, NT_LOWER_IS_BETTER, mean_rank, &f, err)
          : nt_fail(err, NT_E_MEMORY, "no memory to rank %zu detectors", detectors);
  bool usable = status == NT_OK && !isnan(f.chi_square), counted = false;
  if (usable && !(twice = double_ranks(values, data_sets, detectors, err))) status = NT_E_MEMORY;
  if (twice) {
    uint64_t observed = observed_squares(twice, data_sets, detectors, sums);
    status = count_orders(twice, data_sets, detectors, observed, result, &counted, err);
    if (status == NT_OK && !counted && data_sets <= 10)
      status = draw_orders(twice, data_sets, detectors, observed, sums, result, err);
    else if (status == NT_OK && !counted)
      result->p = f.p, result->least = 0;
  }
  free(mean_rank), free(sums), free(twice);
  return status;
}

/* ---------------------------------------------------------------- pairs */

#define MOST_SPAN 11000 /* detectors x data sets */

/* Adds one data set to the distribution of a difference of two sums of ranks: from and to have
 * 2 span + 1 entries, span those that lie `reach` around 0 are not 0 yet. */
static void add_difference(const double *from, double *to, size_t span, size_t reach,
                           const double *step, size_t most) {
  memset(to, 0, (2 * span + 1) * sizeof *to);
  for (size_t i = span - reach; i <= span + reach; i++)
    for (size_t s = 0; from[i] > 0 && s <= 2 * most; s++) to[i + s - most] += from[i] * step[s];
}

/* step: the distribution of the difference of two of these ranks, 2 most + 1 entries. */
static void difference_of(const uint32_t *twice, size_t k, double *step, size_t most) {
  memset(step, 0, (2 * most + 1) * sizeof *step);
  for (size_t a = 0; a < k; a++)
    for (size_t b = 0; b < k; b++)
      if (a != b) step[most + twice[a] - twice[b]] += 1 / ((double)k * (double)(k - 1));
}

/* *tail: P(a difference of so much or more, either way), span + 1 entries; to be freed. */
static nt_status differences(const uint32_t *twice, size_t n, size_t k, double **tail,
                             nt_error *err) {
  size_t most = 2 * (k - 1), span = n * most;
  double *now = calloc(2 * span + 1, sizeof *now), *next = calloc(2 * span + 1, sizeof *next);
  double *step = calloc(2 * most + 1, sizeof *step);
  *tail = calloc(span + 1, sizeof **tail);
  bool good = now && next && step && *tail;
  if (good) {
    now[span] = 1;
    for (size_t i = 0; i < n; i++) {
      difference_of(twice + i * k, k, step, most);
      add_difference(now, next, span, i * most, step, most);
      double *swapped = now;
      now = next, next = swapped;
    }
    double sum = 0; /* from the ends: small ones first */
    for (size_t d = span; d > 0; d--) (*tail)[d] = sum += now[span + d] + now[span - d];
    (*tail)[0] = 1;
  }
  free(now), free(next), free(step);
  return good ? NT_OK : nt_fail(err, NT_E_MEMORY, "no memory for differences of %zu ranks", k);
}

static nt_status give_exact(const uint32_t *twice, size_t n, size_t k, nt_rank_pair *pairs,
                            nt_error *err) {
  double *tail = NULL;
  size_t m = k * (k - 1) / 2;
  uint32_t *sums = calloc(k, sizeof *sums);
  double *p = calloc(2 * m, sizeof *p);
  nt_status status = sums && p ? differences(twice, n, k, &tail, err)
                               : nt_fail(err, NT_E_MEMORY, "no memory for %zu pairs", m);
  if (status == NT_OK) {
    observed_squares(twice, n, k, sums);
    for (size_t i = 0; i < m; i++) {
      uint32_t a = sums[pairs[i].a], b = sums[pairs[i].b];
      p[i] = pairs[i].p = fmin(1, tail[a > b ? a - b : b - a]);
    }
    status = nt_holm(p, m, p + m, err);
    for (size_t i = 0; i < m; i++) pairs[i].holm = p[m + i];
  }
  free(tail), free(sums), free(p);
  return status;
}

nt_status nt_compare_ranks_exactly(const double *values, size_t data_sets, size_t detectors,
                                   nt_better better, nt_rank_pair *pairs, nt_error *err) {
  nt_friedman f = {.chi_square = NAN};
  double *mean_rank = calloc(detectors + 1, sizeof *mean_rank);
  if (!mean_rank) return nt_fail(err, NT_E_MEMORY, "no memory to rank %zu detectors", detectors);
  nt_status status = nt_friedman_test(values, data_sets, detectors, better, mean_rank, &f, err);
  if (status == NT_OK) status = nt_compare_ranks(mean_rank, data_sets, detectors, pairs, err);
  free(mean_rank);
  if (status != NT_OK || detectors * data_sets > MOST_SPAN) return status;
  uint32_t *twice = double_ranks(values, data_sets, detectors, err);
  if (!twice) return NT_E_MEMORY;
  status = give_exact(twice, data_sets, detectors, pairs, err);
  free(twice);
  return status;
}

/* ---------------------------------------------------------------- how many */

size_t nt_least_data_sets(size_t detectors, double alpha) {
  if (detectors < 2 || !(alpha > 0 && alpha < 1)) return 0;
  double k = (double)detectors, agreement = lgamma(k + 1), unit;
  unit = nt_nemenyi_difference(detectors, 1, alpha); /* falls with the root of the number */
  size_t n = 2;
  while ((double)(n - 1) * agreement < -log(alpha) || unit / sqrt((double)n) >= k - 1) n++;
  return n;
}
