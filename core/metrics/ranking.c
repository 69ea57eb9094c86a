/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ranking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include <ninetails/labels.h>

struct nt_ranking {
  nt_score_counts counts;
  uint64_t labels_hash;
  size_t steps;
  uint32_t *order;
  double *threshold;
  uint32_t *attacks, *benign;
};

/*
 * The sort: keys are the doubles' bits made unsigned integers whose ascending order is the
 * descending order of the scores, NaN first. A least-significant-digit radix sort is stable, so
 * packets of one step stay in the order of their index, and costs the same whatever the scores look
 * like.
 */
enum { DIGIT_BITS = 11, DIGITS = 6, BUCKETS = 1 << DIGIT_BITS };

typedef struct sorted {
  size_t count;
  uint64_t *key, *other_key;
  uint32_t *entry, *other_entry;
} sorted;

static uint64_t key_of(double score) {
  if (isnan(score)) return 0;
  score += 0.0; /* -0 becomes +0 */
  uint64_t bits;
  memcpy(&bits, &score, sizeof bits);
  uint64_t ascending = bits >> 63 ? ~bits : bits | 1ull << 63;
  return ~ascending;
}

static double score_of(uint64_t key) {
  if (key == 0) return NAN;
  uint64_t ascending = ~key;
  uint64_t bits = ascending >> 63 ? ascending & ~(1ull << 63) : ~ascending;
  double score;
  memcpy(&score, &bits, sizeof score);
  return score;
}

static unsigned digit_of(uint64_t key, int digit) {
  return (unsigned)(key >> digit * DIGIT_BITS) & (BUCKETS - 1);
}

static void scatter(sorted *s, int digit, size_t *start) {
  for (size_t i = 0; i < s->count; i++) {
    size_t to = start[digit_of(s->key[i], digit)]++;
    s->other_key[to] = s->key[i];
    s->other_entry[to] = s->entry[i];
  }
  uint64_t *key = s->key;
  s->key = s->other_key, s->other_key = key;
  uint32_t *entry = s->entry;
  s->entry = s->other_entry, s->other_entry = entry;
}

static void sort(sorted *s, size_t (*histogram)[BUCKETS]) {
  memset(histogram, 0, DIGITS * sizeof *histogram);
  for (size_t i = 0; i < s->count; i++)
    for (int d = 0; d < DIGITS; d++) histogram[d][digit_of(s->key[i], d)]++;
  for (int d = 0; d < DIGITS; d++) {
    size_t *start = histogram[d], sum = 0;
    if (s->count == 0 || start[digit_of(s->key[0], d)] == s->count)
      continue; /* all in one bucket */
    for (size_t b = 0; b < BUCKETS; b++) {
      size_t size = start[b];
      start[b] = sum;
      sum += size;
    }
    scatter(s, d, start);
  }
}

static void sorted_done(sorted *s) {
  free(s->key), free(s->other_key), free(s->entry), free(s->other_entry);
}

/* ---------------------------------------------------------------- what goes in */

static nt_status count_packets(nt_score_counts *counts, const double *scores, const uint8_t *labels,
                               size_t n, nt_error *err) {
  *counts = (nt_score_counts){.given = n};
  for (size_t i = 0; i < n; i++) {
    uint8_t label = labels ? labels[i] : 0;
    if (label == NT_LABEL_EXCLUDED) {
      counts->excluded++;
      continue;
    }
    if (label > 1)
      return nt_fail(err, NT_E_INPUT, "label %u of packet %zu: 0, 1 or %d (excluded) expected",
                     label, i, NT_LABEL_EXCLUDED);
    counts->scored++;
    counts->attacks += label;
    if (isfinite(scores[i])) continue;
    if (isnan(scores[i]))
      counts->nan++;
    else if (scores[i] > 0)
      counts->positive_infinite++;
    else
      counts->negative_infinite++;
  }
  counts->benign = counts->scored - counts->attacks;
  return NT_OK;
}

static void fill(sorted *s, const double *scores, const uint8_t *labels, size_t n) {
  size_t k = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t label = labels ? labels[i] : 0;
    if (label == NT_LABEL_EXCLUDED) continue;
    s->key[k] = key_of(scores[i]);
    s->entry[k++] = (uint32_t)i | label << 31;
  }
}

/* ---------------------------------------------------------------- what comes out */

static size_t count_steps(const sorted *s) {
  size_t steps = s->count > 0;
  for (size_t i = 1; i < s->count; i++) steps += s->key[i] != s->key[i - 1];
  return steps;
}

static void build_steps(nt_ranking *r, const sorted *s) {
  uint32_t attacks = 0;
  size_t step = 0;
  for (size_t i = 0; i < s->count; i++) {
    attacks += NT_ORDER_ATTACK(s->entry[i]);
    if (i + 1 < s->count && s->key[i] == s->key[i + 1]) continue;
    r->threshold[step] = score_of(s->key[i]);
    r->attacks[step] = attacks;
    r->benign[step++] = (uint32_t)(i + 1) - attacks;
  }
}

/* malloc of count elements, at least one, so that NULL always means failure. */
static void *array(size_t count, size_t size) {
  return malloc((count ? count : 1) * size);
}

static nt_status rank(nt_ranking *r, sorted *s, const double *scores, const uint8_t *labels,
                      size_t n, nt_error *err) {
  s->count = r->counts.scored;
  s->key = array(s->count, sizeof *s->key);
  s->other_key = array(s->count, sizeof *s->other_key);
  s->entry = array(s->count, sizeof *s->entry);
  s->other_entry = array(s->count, sizeof *s->other_entry);
  size_t(*histogram)[BUCKETS] = malloc(DIGITS * sizeof *histogram);
  if (!s->key || !s->other_key || !s->entry || !s->other_entry || !histogram) {
    free(histogram);
    return nt_fail(err, NT_E_MEMORY, "no memory to sort %zu scores", s->count);
  }
  fill(s, scores, labels, n);
  sort(s, histogram);
  free(histogram);
  free(s->other_key), s->other_key = NULL;
  free(s->other_entry), s->other_entry = NULL;

  r->steps = count_steps(s);
  r->threshold = array(r->steps, sizeof *r->threshold);
  r->attacks = array(r->steps, sizeof *r->attacks);
  r->benign = array(r->steps, sizeof *r->benign);
  if (!r->threshold || !r->attacks || !r->benign)
    return nt_fail(err, NT_E_MEMORY, "no memory for %zu distinct scores", r->steps);
  build_steps(r, s);
  r->order = s->entry, s->entry = NULL;
  return NT_OK;
}

nt_ranking *nt_ranking_new(const double *scores, const uint8_t *labels, size_t n, nt_error *err) {
  if (n > NT_RANKING_MAX) {
    nt_fail(err, NT_E_LIMIT, "%zu packets to rank, at most %u expected", n, NT_RANKING_MAX);
    return NULL;
  }
  nt_ranking *r = calloc(1, sizeof *r);
  if (!r) {
    nt_fail(err, NT_E_MEMORY, "no memory for a ranking");
    return NULL;
  }
  sorted s = {0};
  nt_status status = count_packets(&r->counts, scores, labels, n, err);
  if (status == NT_OK) status = rank(r, &s, scores, labels, n, err);
  sorted_done(&s);
  if (status != NT_OK) {
    nt_ranking_free(r);
    return NULL;
  }
  r->labels_hash = labels ? XXH3_64bits(labels, n) : 0;
  return r;
}

void nt_ranking_free(nt_ranking *r) {
  if (!r) return;
  free(r->order), free(r->threshold), free(r->attacks), free(r->benign);
  free(r);
}

const nt_score_counts *nt_ranking_counts(const nt_ranking *r) {
  return &r->counts;
}
const uint32_t *nt_ranking_order(const nt_ranking *r) {
  return r->order;
}
nt_steps nt_ranking_steps(const nt_ranking *r) {
  return (nt_steps){r->steps, r->threshold, r->attacks, r->benign};
}
bool nt_ranking_same_labels(const nt_ranking *a, const nt_ranking *b) {
  return a->counts.given == b->counts.given && a->labels_hash == b->labels_hash;
}

nt_absence nt_ranking_absence(const nt_ranking *r) {
  if (r->counts.scored == 0) return NT_ABSENT_NO_PACKET;
  if (r->counts.attacks == 0) return NT_ABSENT_NO_ATTACK;
  if (r->counts.benign == 0) return NT_ABSENT_NO_BENIGN;
  return r->counts.nan == r->counts.scored ? NT_ABSENT_NO_SCORE : NT_PRESENT;
}

const char *nt_absence_text(nt_absence absence) {
  static const char *const texts[] = {"", "no attack packet is scored",
                                      "no benign packet is scored", "no packet is scored",
                                      "every score is not a number"};
  return texts[absence];
}

/* ---------------------------------------------------------------- quantiles */

static uint64_t alarmed(const nt_ranking *r, nt_score_class of, size_t step) {
  return (of != NT_SCORES_BENIGN ? r->attacks[step] : 0ull) +
         (of != NT_SCORES_ATTACK ? r->benign[step] : 0ull);
}

/* The score with `below` scores of the class under it in ascending order. */
static double order_statistic(const nt_ranking *r, nt_score_class of, uint64_t total,
                              uint64_t below) {
  uint64_t from_top = total - 1 - below;
  size_t low = 0, high = r->steps - 1; /* the first step that alarms more than from_top */
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (alarmed(r, of, middle) > from_top)
      high = middle;
    else
      low = middle + 1;
  }
  return r->threshold[low];
}

double nt_ranking_quantile(const nt_ranking *r, nt_score_class of, double fraction) {
  uint64_t total = r->steps ? alarmed(r, of, r->steps - 1) : 0;
  if (total == 0 || !(fraction >= 0 && fraction <= 1)) return NAN;
  double position = fraction * (double)(total - 1);
  uint64_t below = (uint64_t)position;
  double part = position - (double)below;
  double left = order_statistic(r, of, total, below);
  if (part == 0) return left;
  double right = order_statistic(r, of, total, below + 1);
  return left == right ? left : (1 - part) * left + part * right;
}
