/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delong.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "numeric/compensated.h"
#include "roc.h"

/*
 * All deviations are in units of 1 / (2 m n), in which placements and the AUC are integers:
 * V_i - AUC = (doubled placement of i) * m - doubled pairs, and likewise W_j with n.
 */
typedef struct placements {
  nt_steps steps;
  const uint32_t *order;
  uint64_t attacks, benign;
  int64_t doubled_pairs;
} placements;

static placements placements_of(const nt_ranking *r) {
  const nt_score_counts *c = nt_ranking_counts(r);
  return (placements){nt_ranking_steps(r), nt_ranking_order(r), c->attacks, c->benign,
                      (int64_t)nt_auc_doubled_pairs(r)};
}

typedef struct deviation {
  int64_t attack, benign;  /* of an attack and of a benign packet of this step */
  size_t attacks, packets; /* how many attacks, how many packets it has */
} deviation;

static deviation deviation_at(const placements *p, size_t k) {
  uint64_t attacks_above = k ? p->steps.attacks[k - 1] : 0,
           benign_above = k ? p->steps.benign[k - 1] : 0;
  uint64_t attacks = p->steps.attacks[k] - attacks_above,
           benign = p->steps.benign[k] - benign_above;
  uint64_t doubled_v = 2 * (p->benign - p->steps.benign[k]) + benign;
  uint64_t doubled_w = 2 * attacks_above + attacks;
  return (deviation){.attack = (int64_t)(doubled_v * p->attacks) - p->doubled_pairs,
                     .benign = (int64_t)(doubled_w * p->benign) - p->doubled_pairs,
                     .attacks = attacks,
                     .packets = attacks + benign};
}

typedef struct squares {
  nt_sum attack, benign; /* sums of squared deviations, in units of 1 / (2 m n)^2 */
} squares;

static double variance_of(const squares *s, const placements *p) {
  double m = (double)p->attacks, n = (double)p->benign, unit = 2 * m * n;
  if (p->attacks < 2 || p->benign < 2) return NAN;
  return (nt_sum_value(s->attack) / (m * (m - 1)) + nt_sum_value(s->benign) / (n * (n - 1))) /
         unit / unit;
}

static nt_status check_level(double level, nt_error *err) {
  if (level > 0 && level < 1) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "confidence level %g: a value in (0, 1) expected", level);
}

static double half_width(double variance, double level) {
  return gsl_cdf_ugaussian_Pinv(0.5 + level / 2) * sqrt(variance);
}

/* x cut to the range, NaN kept. */
static double cut(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

nt_status nt_delong_interval(const nt_ranking *ranking, double level, nt_delong *result,
                             nt_error *err) {
  *result = (nt_delong){NAN, NAN, NAN, NAN};
  if (check_level(level, err) != NT_OK) return NT_E_ARGUMENT;
  if (nt_ranking_absence(ranking) != NT_PRESENT) return NT_OK;
  placements p = placements_of(ranking);
  squares s = {0};
  for (size_t k = 0; k < p.steps.count; k++) {
    deviation d = deviation_at(&p, k);
    nt_sum_add(&s.attack, (double)d.attacks * (double)d.attack * (double)d.attack);
    nt_sum_add(&s.benign, (double)(d.packets - d.attacks) * (double)d.benign * (double)d.benign);
  }
  result->auc = nt_auc(ranking);
  result->variance = variance_of(&s, &p);
  double half = half_width(result->variance, level);
  result->low = cut(result->auc - half, 0, 1);
  result->high = cut(result->auc + half, 0, 1);
  return NT_OK;
}

/* ---------------------------------------------------------------- two detectors */

/* deviations[packet] = the packet's deviation under this ranking. */
static void spread(const placements *p, int64_t *deviations) {
  const uint32_t *entry = p->order;
  for (size_t k = 0; k < p->steps.count; k++) {
    deviation d = deviation_at(p, k);
    for (size_t i = 0; i < d.packets; i++, entry++)
      deviations[NT_ORDER_INDEX(*entry)] = NT_ORDER_ATTACK(*entry) ? d.attack : d.benign;
  }
}

static squares squares_of_differences(const int64_t *deviations, const placements *p) {
  squares s = {0};
  const uint32_t *entry = p->order;
  for (size_t k = 0; k < p->steps.count; k++) {
    deviation d = deviation_at(p, k);
    for (size_t i = 0; i < d.packets; i++, entry++) {
      bool attack = NT_ORDER_ATTACK(*entry);
      double by = (double)(deviations[NT_ORDER_INDEX(*entry)] - (attack ? d.attack : d.benign));
      nt_sum_add(attack ? &s.attack : &s.benign, by * by);
    }
  }
  return s;
}

static void judge(nt_delong_difference *r, double level) {
  double half = half_width(r->variance, level);
  r->low = cut(r->difference - half, -1, 1);
  r->high = cut(r->difference + half, -1, 1);
  r->z = r->difference == 0 && r->variance == 0 ? 0 : r->difference / sqrt(r->variance);
  r->p = 2 * gsl_cdf_ugaussian_Q(fabs(r->z));
}

nt_status nt_delong_compare(const nt_ranking *a, const nt_ranking *b, double level,
                            nt_delong_difference *result, nt_error *err) {
  *result = (nt_delong_difference){NAN, NAN, NAN, NAN, NAN, NAN};
  if (check_level(level, err) != NT_OK) return NT_E_ARGUMENT;
  if (!nt_ranking_same_labels(a, b))
    return nt_fail(
        err, NT_E_ARGUMENT,
        "paired comparison of two rankings of different packets (%llu and %llu) or labels",
        (unsigned long long)nt_ranking_counts(a)->given,
        (unsigned long long)nt_ranking_counts(b)->given);
  if (nt_ranking_absence(a) != NT_PRESENT || nt_ranking_absence(b) != NT_PRESENT) return NT_OK;
  int64_t *deviations = malloc(nt_ranking_counts(a)->given * sizeof *deviations);
  if (!deviations)
    return nt_fail(err, NT_E_MEMORY, "no memory for the placements of %llu packets",
                   (unsigned long long)nt_ranking_counts(a)->given);
  placements pa = placements_of(a), pb = placements_of(b);
  spread(&pa, deviations);
  squares s = squares_of_differences(deviations, &pb);
  free(deviations);
  double unit = 2 * (double)pa.attacks * (double)pa.benign;
  result->difference = (double)(pa.doubled_pairs - pb.doubled_pairs) / unit;
  result->variance = variance_of(&s, &pa);
  judge(result, level);
  return NT_OK;
}
