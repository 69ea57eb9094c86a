/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/curve.h"
#include "metrics/roc.h"
#include "metrics_check.h"

/* Scores of n packets, attacks higher; ties where `values` is small. */
static nt_ranking *long_ranking(uint64_t seed, size_t n, uint64_t values) {
  double *scores = malloc(n * sizeof *scores);
  uint8_t *labels = malloc(n);
  CU_ASSERT_FATAL(scores && labels);
  for (size_t i = 0; i < n; i++) {
    labels[i] = random_below(&seed, 5) == 0;
    scores[i] = (double)random_below(&seed, values) +
                (labels[i] ? 0.6 * (double)values * random_unit(&seed) : 0);
  }
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, n, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(r);
  free(scores), free(labels);
  return r;
}

static double on_axis(double x, double floor) {
  return floor == 0 ? x : x <= floor ? 0 : 1 - log(x) / log(floor);
}

/* Distance from a point to the nearest drawn segment. */
static double distance(const nt_curve *c, double floor, double x, double y) {
  double least = INFINITY;
  for (size_t k = 1; k < c->count; k++) {
    double ax = on_axis(c->x[k - 1], floor), ay = c->y[k - 1];
    double dx = on_axis(c->x[k], floor) - ax, dy = c->y[k] - ay, square = dx * dx + dy * dy;
    double part = square > 0 ? ((x - ax) * dx + (y - ay) * dy) / square : 0;
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    least = fmin(least, hypot(x - ax - part * dx, y - ay - part * dy));
  }
  return least;
}

static void every_step_lies_near_the_drawn_line(void) {
  static const double floors[] = {0, 1e-4};
  for (int kind = NT_CURVE_ROC; kind <= NT_CURVE_PRECISION_RECALL; kind++)
    for (int f = 0; f < 2; f++)
      for (uint64_t seed = 1; seed <= 6; seed++) {
        nt_ranking *r = long_ranking(seed, 3000, seed % 2 ? 1000000 : 50);
        nt_steps s = nt_ranking_steps(r);
        const nt_score_counts *c = nt_ranking_counts(r);
        nt_curve_options o = {.max_points = 3002, .tolerance = 0.002, .x_floor = floors[f]};
        nt_curve curve;
        nt_error err;
        CHECK_OK(nt_curve_make(r, (nt_curve_kind)kind, &o, &curve, &err), err);
        CU_ASSERT(curve.deviation <= 0.002 + 1e-12);
        double worst = 0;
        for (size_t k = 0; k < s.count; k++) {
          double tpr = s.attacks[k] / (double)c->attacks, fpr = s.benign[k] / (double)c->benign;
          double precision = s.attacks[k] / ((double)s.attacks[k] + s.benign[k]);
          double x = kind == NT_CURVE_ROC ? fpr : tpr, y = kind == NT_CURVE_ROC ? tpr : precision;
          worst = fmax(worst, distance(&curve, o.x_floor, on_axis(x, o.x_floor), y));
        }
        CU_ASSERT(worst <= curve.deviation + 1e-12);
        CU_ASSERT(kind == NT_CURVE_PRECISION_RECALL || curve.count < 400);
        nt_curve_done(&curve);
        nt_ranking_free(r);
      }
}

static void ends_are_kept_and_points_are_steps(void) {
  nt_ranking *r = long_ranking(9, 20000, 1000000);
  for (size_t max = 2; max < 300; max = max * 2 + 1) {
    nt_curve_options o = {.max_points = max, .tolerance = 1e-6};
    nt_curve c;
    nt_error err;
    CHECK_OK(nt_curve_make(r, NT_CURVE_ROC, &o, &c, &err), err);
    CU_ASSERT_FATAL(c.count >= 2 && c.count <= max);
    CU_ASSERT(c.x[0] == 0 && c.y[0] == 0 && c.threshold[0] == INFINITY);
    CU_ASSERT(c.x[c.count - 1] == 1 && c.y[c.count - 1] == 1);
    for (size_t k = 1; k < c.count; k++) {
      nt_operating_point p = nt_point_at_threshold(r, c.threshold[k]);
      CU_ASSERT(c.x[k] == p.fpr && c.y[k] == p.tpr);
      CU_ASSERT(c.threshold[k] < c.threshold[k - 1]);
    }
    nt_curve_done(&c);
  }
  nt_ranking_free(r);
}

/* A default curve is short, and its area equals the ranking's within the tolerance. */
static void thin_curve_keeps_the_area(void) {
  nt_ranking *r = long_ranking(10, 200000, 1000000);
  nt_curve c;
  nt_error err;
  CHECK_OK(nt_curve_make(r, NT_CURVE_ROC, NULL, &c, &err), err);
  double area = 0;
  for (size_t k = 1; k < c.count; k++) area += (c.x[k] - c.x[k - 1]) * (c.y[k] + c.y[k - 1]) / 2;
  CU_ASSERT(fabs(area - nt_auc(r)) < 0.001);
  CU_ASSERT(c.count < 200);
  nt_curve_done(&c);
  nt_ranking_free(r);
}

static void a_staircase_keeps_its_corners(void) {
  const double scores[] = {9, 8, 7, 6, 5, 4};
  const uint8_t labels[] = {1, 1, 0, 0, 1, 0};
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores, labels, 6, &err);
  nt_curve c;
  CHECK_OK(nt_curve_make(r, NT_CURVE_ROC, NULL, &c, &err), err);
  CU_ASSERT_EQUAL(c.count, 5); /* (0,0) (0,2/3) (2/3,2/3) (2/3,1) (1,1) */
  CU_ASSERT(c.deviation < 1e-15);
  nt_curve_done(&c);
  nt_ranking_free(r);
}

static void absent_curves_and_bad_options(void) {
  const double scores[] = {1, 2};
  const uint8_t labels[] = {0, 0};
  nt_error err;
  nt_curve c;
  nt_ranking *r = nt_ranking_new(scores, labels, 2, &err);
  CHECK_OK(nt_curve_make(r, NT_CURVE_ROC, NULL, &c, &err), err);
  CU_ASSERT(c.count == 0 && isnan(c.deviation));
  const nt_curve_options bad[] = {
      {1, 0.1, 0}, {10, 0, 0}, {10, NAN, 0}, {10, 0.1, 1}, {10, 0.1, -1}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    CU_ASSERT_EQUAL(nt_curve_make(r, NT_CURVE_ROC, &bad[i], &c, &err), NT_E_ARGUMENT);
  nt_ranking_free(r);
}

static const check_case cases[] = {
    {"every step lies near the drawn line", every_step_lies_near_the_drawn_line},
    {"ends are kept and points are steps", ends_are_kept_and_points_are_steps},
    {"thin curve keeps the area", thin_curve_keeps_the_area},
    {"a staircase keeps its corners", a_staircase_keeps_its_corners},
    {"absent curves and bad options", absent_curves_and_bad_options},
};
CHECK_MAIN("curve", cases)
