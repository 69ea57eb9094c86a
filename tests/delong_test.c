/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/delong.h"
#include "metrics/roc.h"
#include "metrics_check.h"

/*
 * DeLong, DeLong and Clarke-Pearson (1988): 43 patients with ovarian cancer (of 49, complete
 * records), K-G score, albumin and total protein against survival after surgery; records and
 * figures as in the examples of SAS/STAT's PROC LOGISTIC, "Comparing Receiver Operating
 * Characteristic Curves".
 */
enum { PATIENTS = 43 };
static const struct {
  double albumin, protein, kg;
  uint8_t label;
} patients[PATIENTS] = {
    {3.0, 5.8, 10, 0}, {3.2, 6.3, 5, 1}, {3.9, 6.8, 3, 1}, {2.8, 4.8, 6, 0}, {3.2, 5.8, 3, 1},
    {0.9, 4.0, 5, 0},  {2.5, 5.7, 8, 0}, {1.6, 5.6, 5, 1}, {3.8, 5.7, 5, 1}, {3.7, 6.7, 6, 1},
    {3.2, 5.4, 4, 1},  {3.8, 6.6, 6, 1}, {4.1, 6.6, 5, 1}, {3.6, 5.7, 5, 1}, {4.3, 7.0, 4, 1},
    {3.6, 6.7, 4, 0},  {2.3, 4.4, 6, 1}, {4.2, 7.6, 4, 0}, {4.0, 6.6, 6, 0}, {3.5, 5.8, 6, 1},
    {3.8, 6.8, 7, 1},  {3.0, 4.7, 8, 0}, {4.5, 7.4, 5, 1}, {3.7, 7.4, 5, 1}, {3.1, 6.6, 6, 1},
    {4.1, 8.2, 6, 1},  {4.3, 7.0, 5, 1}, {4.3, 6.5, 4, 1}, {3.2, 5.1, 5, 1}, {2.6, 4.7, 6, 1},
    {3.3, 6.8, 6, 0},  {1.7, 4.0, 7, 0}, {3.7, 6.1, 5, 1}, {3.3, 6.3, 7, 1}, {4.2, 7.7, 6, 1},
    {3.5, 6.2, 5, 1},  {2.9, 5.7, 9, 0}, {2.1, 4.8, 7, 1}, {2.8, 6.2, 8, 0}, {4.0, 7.0, 7, 1},
    {3.3, 5.7, 6, 1},  {3.7, 6.9, 5, 1}, {3.6, 6.6, 5, 1},
};

static nt_ranking *rank_patients(int test) {
  double scores[PATIENTS];
  uint8_t labels[PATIENTS];
  for (int i = 0; i < PATIENTS; i++) {
    scores[i] = test == 0 ? -patients[i].kg : test == 1 ? patients[i].albumin : patients[i].protein;
    labels[i] = patients[i].label;
  }
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, PATIENTS, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(r);
  return r;
}

static void published_example(void) {
  static const double areas[][4] = {{0.7258, 0.1028, 0.5243, 0.9273},
                                    {0.7366, 0.0927, 0.5549, 0.9182},
                                    {0.6478, 0.1000, 0.4518, 0.8439}};
  static const double differences[][3] = {{0.0108, 0.0953, 0.9102}, {-0.0780, 0.1046, 0.4561}};
  nt_ranking *kg = rank_patients(0);
  for (int test = 0; test < 3; test++) {
    nt_ranking *r = rank_patients(test);
    nt_delong d;
    nt_error err;
    CHECK_OK(nt_delong_interval(r, 0.95, &d, &err), err);
    CU_ASSERT(fabs(d.auc - areas[test][0]) < 5e-5);
    CU_ASSERT(fabs(sqrt(d.variance) - areas[test][1]) < 5e-5);
    CU_ASSERT(fabs(d.low - areas[test][2]) < 5e-5);
    CU_ASSERT(fabs(d.high - areas[test][3]) < 5e-5);
    if (test > 0) {
      nt_delong_difference c;
      CHECK_OK(nt_delong_compare(r, kg, 0.95, &c, &err), err);
      CU_ASSERT(fabs(c.difference - differences[test - 1][0]) < 5e-5);
      CU_ASSERT(fabs(sqrt(c.variance) - differences[test - 1][1]) < 5e-5);
      CU_ASSERT(fabs(c.p - differences[test - 1][2]) < 5e-5);
    }
    nt_ranking_free(r);
  }
  nt_ranking_free(kg);
}

static double order(double attack, double benign) {
  return ranked_above(attack, benign) ? 1 : ranked_equal(attack, benign) ? 0.5 : 0;
}

/* The structural components of the paper's definition, over all pairs: v[i] of each packet. */
static void components(const sample *s, double *v) {
  size_t count[2] = {0, 0};
  for (size_t i = 0; i < s->n; i++)
    if (s->labels[i] < 2) count[s->labels[i]]++;
  for (size_t i = 0; i < s->n; i++) {
    v[i] = 0;
    for (size_t j = 0; j < s->n; j++) {
      if (s->labels[i] == 1 && s->labels[j] == 0)
        v[i] += order(s->scores[i], s->scores[j]) / (double)count[0];
      if (s->labels[i] == 0 && s->labels[j] == 1)
        v[i] += order(s->scores[j], s->scores[i]) / (double)count[1];
    }
  }
}

/* var = S10 / m + S01 / n with unbiased sample variances. */
static double variance(const sample *s, const double *v) {
  double sum = 0;
  for (uint8_t label = 0; label < 2; label++) {
    double mean = 0, square = 0;
    size_t count = 0;
    for (size_t i = 0; i < s->n; i++)
      if (s->labels[i] == label) mean += v[i], count++;
    mean /= (double)count;
    for (size_t i = 0; i < s->n; i++)
      if (s->labels[i] == label) square += (v[i] - mean) * (v[i] - mean);
    sum += square / ((double)count - 1) / (double)count;
  }
  return sum;
}

static void variances_by_definition(void) {
  uint64_t seed = 51;
  for (int round = 0; round < 200; round++) {
    sample a = random_sample(&seed), b = a;
    for (size_t i = 0; i < b.n; i++) b.scores[i] = a.scores[i] + (double)random_below(&seed, 5);
    nt_ranking *ra = rank_sample(&a), *rb = rank_sample(&b);
    double va[SAMPLE_MAX], vb[SAMPLE_MAX], difference[SAMPLE_MAX];
    components(&a, va), components(&b, vb);
    for (size_t i = 0; i < a.n; i++) difference[i] = va[i] - vb[i];
    nt_delong d;
    nt_delong_difference c, back;
    nt_error err;
    CHECK_OK(nt_delong_interval(ra, 0.9, &d, &err), err);
    CHECK_CLOSE(d.variance, variance(&a, va), 1e-13);
    CHECK_OK(nt_delong_compare(ra, rb, 0.9, &c, &err), err);
    CHECK_CLOSE(c.difference, nt_auc(ra) - nt_auc(rb), 1e-14);
    CHECK_CLOSE(c.variance, variance(&a, difference), 1e-13);
    CHECK_OK(nt_delong_compare(rb, ra, 0.9, &back, &err), err);
    CHECK_CLOSE(back.z, -c.z, 1e-12);
    CU_ASSERT(!(d.low < 0) && !(d.high > 1) && !(d.low > d.auc));
    nt_ranking_free(ra), nt_ranking_free(rb);
  }
}

static void degenerate_samples(void) {
  const double scores[] = {1, 2, 3, 4};
  const uint8_t apart[] = {0, 0, 1, 1}, single[] = {0, 0, 0, 1}, benign[] = {0, 0, 0, 0};
  nt_error err;
  nt_delong d;
  nt_delong_difference c;
  nt_ranking *r = nt_ranking_new(scores, apart, 4, &err);
  CHECK_OK(nt_delong_interval(r, 0.95, &d, &err), err);
  CU_ASSERT(d.auc == 1 && d.variance == 0 && d.low == 1 && d.high == 1);
  CHECK_OK(nt_delong_compare(r, r, 0.95, &c, &err), err);
  CU_ASSERT(c.difference == 0 && c.variance == 0 && c.z == 0 && c.p == 1);
  nt_ranking *one = nt_ranking_new(scores, single, 4, &err);
  CHECK_OK(nt_delong_interval(one, 0.95, &d, &err), err);
  CU_ASSERT(d.auc == 1 && isnan(d.variance) && isnan(d.low) && isnan(d.high));
  nt_ranking *none = nt_ranking_new(scores, benign, 4, &err);
  CHECK_OK(nt_delong_interval(none, 0.95, &d, &err), err);
  CU_ASSERT(isnan(d.auc) && isnan(d.variance));
  CHECK_OK(nt_delong_compare(none, none, 0.95, &c, &err), err);
  CU_ASSERT(isnan(c.difference) && isnan(c.p));
  CU_ASSERT_EQUAL(nt_delong_compare(r, one, 0.95, &c, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_delong_interval(r, 1, &d, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_delong_compare(r, r, 0, &c, &err), NT_E_ARGUMENT);
  nt_ranking_free(r), nt_ranking_free(one), nt_ranking_free(none);
}

/*
 * Ten million packets in a known order: attack i of m beats benign packets so that the placements
 * are (2 i + 1) / (2 m), i = 0 .. m - 1 (alternating scores). Their variance is (m^2 - 1) / (12
 * m^2), so var = 2 (m^2 - 1) / (12 m^2 (m - 1)) = (m + 1) / (6 m^2) up to the shift of the benign
 * ones, which has none.
 */
static void ten_million_packets_do_not_overflow(void) {
  enum { HALF = 5000000 };
  double *scores = malloc(2 * HALF * sizeof *scores);
  uint8_t *labels = malloc(2 * HALF);
  CU_ASSERT_FATAL(scores && labels);
  for (size_t i = 0; i < 2 * HALF; i++) scores[i] = (double)i, labels[i] = i % 2;
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, 2 * HALF, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(r);
  free(scores), free(labels);
  nt_delong d;
  nt_delong_difference c;
  CHECK_OK(nt_delong_interval(r, 0.95, &d, &err), err);
  double expected = (HALF + 1.0) / (6.0 * HALF * HALF);
  CU_ASSERT(fabs(d.variance / expected - 1) < 1e-12);
  CU_ASSERT(d.low < d.auc && d.auc < d.high);
  CHECK_OK(nt_delong_compare(r, r, 0.95, &c, &err), err);
  CU_ASSERT(c.variance == 0 && c.p == 1);
  nt_ranking_free(r);
}

static const check_case cases[] = {
    {"published example", published_example},
    {"variances by definition", variances_by_definition},
    {"degenerate samples", degenerate_samples},
    {"ten million packets do not overflow", ten_million_packets_do_not_overflow},
};
CHECK_MAIN("delong", cases)
