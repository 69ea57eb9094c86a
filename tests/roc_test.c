/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/roc.h"
#include "metrics_check.h"

/* The definition, over all pairs of an attack and a benign packet. */
static double mann_whitney(const sample *s) {
  uint64_t doubled = 0, attacks = 0, benign = 0;
  for (size_t i = 0; i < s->n; i++) {
    attacks += s->labels[i] == 1;
    benign += s->labels[i] == 0;
    for (size_t j = 0; j < s->n; j++)
      if (s->labels[i] == 1 && s->labels[j] == 0)
        doubled += ranked_above(s->scores[i], s->scores[j])   ? 2
                   : ranked_equal(s->scores[i], s->scores[j]) ? 1
                                                              : 0;
  }
  return (double)doubled / (2.0 * (double)(attacks * benign));
}

static void auc_is_the_share_of_ordered_pairs(void) {
  uint64_t seed = 11;
  for (int round = 0; round < 500; round++) {
    sample s = random_sample(&seed);
    nt_ranking *r = rank_sample(&s);
    CU_ASSERT_EQUAL(nt_auc(r), mann_whitney(&s));
    nt_ranking_free(r);
  }
}

static void auc_of_mirrored_scores_is_the_rest(void) {
  uint64_t seed = 12;
  for (int round = 0; round < 200; round++) {
    sample s = random_sample(&seed), mirrored;
    for (size_t i = 0; i < s.n; i++)
      if (isnan(s.scores[i])) s.scores[i] = 0; /* NaN has no mirror image */
    mirrored = s;
    for (size_t i = 0; i < s.n; i++) mirrored.scores[i] = -s.scores[i];
    nt_ranking *r = rank_sample(&s), *m = rank_sample(&mirrored);
    CHECK_CLOSE(nt_auc(m), 1 - nt_auc(r), 1e-15);
    CHECK_CLOSE(nt_equal_error_rate(m).interpolated, 1 - nt_equal_error_rate(r).interpolated,
                1e-12);
    nt_ranking_free(r), nt_ranking_free(m);
  }
}

static void monotone_maps_change_no_rate(void) {
  uint64_t seed = 13;
  for (int round = 0; round < 200; round++) {
    sample s = random_sample(&seed), mapped;
    for (size_t i = 0; i < s.n; i++)
      if (s.scores[i] == 5e-324 || s.scores[i] == 1e308)
        s.scores[i] = 2; /* the increasing map would merge two scores */
    mapped = s;
    for (size_t i = 0; i < s.n; i++)
      if (isfinite(s.scores[i])) mapped.scores[i] = exp(s.scores[i] / 4) - 1e3;
    nt_ranking *r = rank_sample(&s), *m = rank_sample(&mapped);
    CU_ASSERT_EQUAL(nt_auc(m), nt_auc(r));
    CU_ASSERT_EQUAL(nt_equal_error_rate(m).interpolated, nt_equal_error_rate(r).interpolated);
    CU_ASSERT_EQUAL(nt_equal_error_rate(m).nearest, nt_equal_error_rate(r).nearest);
    for (int i = 0; i < NT_NAMED_FPRS; i++)
      CU_ASSERT_EQUAL(nt_point_at_fpr(m, nt_named_fpr[i], NT_FPR_OF_BENIGN).tpr,
                      nt_point_at_fpr(r, nt_named_fpr[i], NT_FPR_OF_BENIGN).tpr);
    nt_ranking_free(r), nt_ranking_free(m);
  }
}

/* Packets of the grace period are cut off, and excluded packets change
 * nothing wherever they are. */
static void excluded_packets_change_nothing(void) {
  uint64_t seed = 14;
  for (int round = 0; round < 200; round++) {
    sample s = random_sample(&seed), kept = {0};
    for (size_t i = 0; i < s.n; i++) {
      if (s.labels[i] == NT_LABEL_EXCLUDED) continue;
      kept.scores[kept.n] = s.scores[i];
      kept.labels[kept.n++] = s.labels[i];
    }
    nt_ranking *r = rank_sample(&s), *k = rank_sample(&kept);
    CU_ASSERT_EQUAL(nt_auc(r), nt_auc(k));
    CU_ASSERT_EQUAL(nt_equal_error_rate(r).interpolated, nt_equal_error_rate(k).interpolated);
    nt_ranking_free(r), nt_ranking_free(k);
  }
}

/* The definition: walks the steps from (0, 0). The crossing of the polyline in real numbers, and
 * the least difference in integers, so that a draw between two steps is exact. */
static nt_equal_error plain_equal_error(const nt_ranking *r) {
  nt_steps s = nt_ranking_steps(r);
  int64_t attacks = (int64_t)nt_ranking_counts(r)->attacks,
          benign = (int64_t)nt_ranking_counts(r)->benign;
  nt_equal_error e = {NAN, 0.5};
  int64_t least = attacks * benign;
  double fpr0 = 0, miss0 = 1;
  for (size_t k = 0; k < s.count; k++) {
    double fpr1 = s.benign[k] / (double)benign, miss1 = 1 - s.attacks[k] / (double)attacks;
    if (isnan(e.interpolated) && miss1 <= fpr1)
      e.interpolated = fpr0 + (miss0 - fpr0) / ((miss0 - fpr0) - (miss1 - fpr1)) * (fpr1 - fpr0);
    int64_t difference = llabs((attacks - s.attacks[k]) * benign - s.benign[k] * attacks);
    if (difference < least) least = difference, e.nearest = (fpr1 + miss1) / 2;
    fpr0 = fpr1, miss0 = miss1;
  }
  return e;
}

static void equal_error_rate_is_the_crossing(void) {
  uint64_t seed = 15;
  for (int round = 0; round < 500; round++) {
    sample s = random_sample(&seed);
    nt_ranking *r = rank_sample(&s);
    nt_equal_error e = nt_equal_error_rate(r), plain = plain_equal_error(r);
    CHECK_CLOSE(e.interpolated, plain.interpolated, 1e-12);
    CHECK_CLOSE(e.nearest, plain.nearest, 1e-12);
    nt_ranking_free(r);
  }
}

static void known_curves(void) {
  const struct {
    double scores[4];
    uint8_t labels[4];
    double auc, eer, at_zero;
  } curves[] = {{{1, 2, 3, 4}, {0, 0, 1, 1}, 1, 0, 1},
                {{4, 3, 2, 1}, {0, 0, 1, 1}, 0, 1, 0},
                {{7, 7, 7, 7}, {0, 0, 1, 1}, 0.5, 0.5, 0},
                {{1, 3, 2, 4}, {0, 0, 1, 1}, 0.75, 0.5, 0.5},
                {{1, 2, 2, 3}, {0, 0, 1, 1}, 0.875, 0.25, 0.5}};
  for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
    nt_error err;
    nt_ranking *r = nt_ranking_new(curves[i].scores, curves[i].labels, 4, &err);
    CU_ASSERT_EQUAL(nt_auc(r), curves[i].auc);
    CHECK_CLOSE(nt_equal_error_rate(r).interpolated, curves[i].eer, 1e-15);
    CU_ASSERT_EQUAL(nt_point_at_fpr(r, 0, NT_FPR_OF_BENIGN).tpr, curves[i].at_zero);
    nt_ranking_free(r);
  }
}

/* The definition: every score is tried as threshold. */
static void point_at_fpr_is_the_best_threshold_allowed(void) {
  static const double limits[] = {0, 0.01, 0.05, 0.1, 0.29, 0.5, 0.9, 1};
  uint64_t seed = 16;
  for (int round = 0; round < 300; round++) {
    sample s = random_sample(&seed);
    nt_ranking *r = rank_sample(&s);
    const nt_score_counts *c = nt_ranking_counts(r);
    for (int all = 0; all < 2; all++)
      for (size_t l = 0; l < sizeof limits / sizeof *limits; l++) {
        size_t best[2] = {0, 0};
        for (size_t t = 0; t < s.n; t++) {
          if (s.labels[t] > 1) continue;
          size_t alarmed[2] = {0, 0};
          for (size_t i = 0; i < s.n; i++)
            if (s.labels[i] < 2 && !ranked_above(s.scores[t], s.scores[i])) alarmed[s.labels[i]]++;
          double share = all ? (double)(alarmed[0] + alarmed[1]) / (double)c->scored
                             : (double)alarmed[0] / (double)c->benign;
          if (share <= limits[l] && alarmed[0] + alarmed[1] > best[0] + best[1])
            memcpy(best, alarmed, sizeof best);
        }
        nt_operating_point p =
            nt_point_at_fpr(r, limits[l], all ? NT_FPR_OF_ALL : NT_FPR_OF_BENIGN);
        CU_ASSERT_EQUAL(p.benign, best[0]);
        CU_ASSERT_EQUAL(p.attacks, best[1]);
        CU_ASSERT_EQUAL(p.tpr, (double)best[1] / (double)c->attacks);
        CU_ASSERT_EQUAL(p.fpr, (double)best[0] / (double)c->benign);
        if (p.attacks + p.benign == 0) continue;
        nt_operating_point again = nt_point_at_threshold(r, p.threshold);
        CU_ASSERT_EQUAL(again.attacks, p.attacks);
        CU_ASSERT_EQUAL(again.benign, p.benign);
      }
    nt_ranking_free(r);
  }
}

static void shares_meet_decimal_limits(void) {
  double scores[101];
  uint8_t labels[101];
  for (int i = 0; i < 101; i++) scores[i] = i, labels[i] = i == 0;
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, 101, &err);
  CU_ASSERT_EQUAL(nt_point_at_fpr(r, 0.29, NT_FPR_OF_BENIGN).benign,
                  29); /* 0.29 * 100 < 29 in doubles */
  CU_ASSERT_EQUAL(nt_point_at_fpr(r, 0.07, NT_FPR_OF_BENIGN).benign, 7); /* 0.07 * 100 > 7 */
  nt_ranking_free(r);
}

static void thresholds_from_outside(void) {
  const double scores[] = {NAN, INFINITY, 3, 2, 1};
  const uint8_t labels[] = {1, 0, 1, 0, 0};
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, 5, &err);
  const struct {
    double threshold;
    uint64_t attacks, benign;
  } cases[] = {{NAN, 1, 0}, {INFINITY, 1, 1}, {3.5, 1, 1},
               {3, 2, 1},   {1.5, 2, 2},      {-INFINITY, 2, 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nt_operating_point p = nt_point_at_threshold(r, cases[i].threshold);
    CU_ASSERT_EQUAL(p.attacks, cases[i].attacks);
    CU_ASSERT_EQUAL(p.benign, cases[i].benign);
  }
  nt_ranking_free(r);
}

/* The partial area against a finely sampled curve, and at its ends. */
static void partial_auc_is_the_area_up_to_its_limit(void) {
  uint64_t seed = 17;
  for (int round = 0; round < 200; round++) {
    sample s = random_sample(&seed);
    nt_ranking *r = rank_sample(&s);
    nt_steps steps = nt_ranking_steps(r);
    const nt_score_counts *c = nt_ranking_counts(r);
    double limit = 0.01 + 0.99 * random_unit(&seed), area = 0, x0 = 0, y0 = 0;
    for (size_t k = 0; k < steps.count && x0 < limit; k++) {
      double x1 = steps.benign[k] / (double)c->benign, y1 = steps.attacks[k] / (double)c->attacks;
      double x = fmin(x1, limit), y = x1 > x0 ? y0 + (y1 - y0) * (x - x0) / (x1 - x0) : y1;
      area += (x - x0) * (y + y0) / 2;
      x0 = x1, y0 = y1;
    }
    nt_error err;
    nt_partial_area p, whole;
    CHECK_OK(nt_partial_auc(r, limit, &p, &err), err);
    CHECK_CLOSE(p.area, area, 1e-12);
    CHECK_OK(nt_partial_auc(r, 1, &whole, &err), err);
    CHECK_CLOSE(whole.area, nt_auc(r), 1e-15);
    CHECK_CLOSE(whole.standardised, nt_auc(r), 1e-15);
    nt_ranking_free(r);
  }
  nt_partial_area p;
  nt_error err;
  CU_ASSERT_EQUAL(nt_partial_auc(NULL, 0, &p, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_partial_auc(NULL, NAN, &p, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_partial_auc(NULL, 1.5, &p, &err), NT_E_ARGUMENT);
}

static void absent_metrics_are_nan(void) {
  const double scores[] = {1, 2};
  const uint8_t benign[] = {0, 0}, attacks[] = {1, 1};
  nt_error err;
  nt_ranking *rankings[] = {nt_ranking_new(scores, benign, 2, &err),
                            nt_ranking_new(scores, attacks, 2, &err),
                            nt_ranking_new(scores, benign, 0, &err)};
  for (int i = 0; i < 3; i++) {
    nt_partial_area p;
    CHECK_OK(nt_partial_auc(rankings[i], 0.1, &p, &err), err);
    CU_ASSERT(isnan(p.area) && isnan(p.standardised));
    CU_ASSERT(isnan(nt_auc(rankings[i])));
    nt_equal_error e = nt_equal_error_rate(rankings[i]);
    CU_ASSERT(isnan(e.interpolated) && isnan(e.nearest));
    CU_ASSERT(isnan(nt_point_at_fpr(rankings[i], 0.1, NT_FPR_OF_BENIGN).tpr));
    nt_operating_point at = nt_point_at_threshold(rankings[i], 1.5);
    CU_ASSERT(isnan(at.tpr) || isnan(at.fpr));
    nt_ranking_free(rankings[i]);
  }
}

/* 2^21 packets in a known staircase, where 32-bit products would overflow. */
static void large_areas_are_exact(void) {
  enum { HALF = 1 << 20 };
  double *scores = malloc(2 * HALF * sizeof *scores);
  uint8_t *labels = malloc(2 * HALF);
  CU_ASSERT_FATAL(scores && labels);
  for (size_t i = 0; i < 2 * HALF; i++) scores[i] = (double)i, labels[i] = i % 2;
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, 2 * HALF, &err);
  CU_ASSERT_EQUAL(nt_auc_doubled_pairs(r),
                  (uint64_t)HALF * (HALF + 1)); /* 2 * (1 + 2 + ... + HALF) */
  CU_ASSERT_EQUAL(nt_auc(r), 0.5 + 0.5 / HALF);
  nt_ranking_free(r);
  free(scores), free(labels);
}

static const check_case cases[] = {
    {"AUC is the share of ordered pairs", auc_is_the_share_of_ordered_pairs},
    {"AUC of mirrored scores is the rest", auc_of_mirrored_scores_is_the_rest},
    {"monotone maps change no rate", monotone_maps_change_no_rate},
    {"excluded packets change nothing", excluded_packets_change_nothing},
    {"equal error rate is the crossing", equal_error_rate_is_the_crossing},
    {"known curves", known_curves},
    {"point at FPR is the best threshold allowed", point_at_fpr_is_the_best_threshold_allowed},
    {"shares meet decimal limits", shares_meet_decimal_limits},
    {"thresholds from outside", thresholds_from_outside},
    {"partial AUC is the area up to its limit", partial_auc_is_the_area_up_to_its_limit},
    {"absent metrics are NaN", absent_metrics_are_nan},
    {"large areas are exact", large_areas_are_exact},
};
CHECK_MAIN("roc", cases)
