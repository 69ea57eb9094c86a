/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "curve.h"

#include <math.h>
#include <stdlib.h>

typedef struct point {
  double x, y;
} point;

/*
 * A curve before thinning: its corners, point 0 before the first step and then the steps, save
 * those between two others on one vertical or horizontal line (attacks alone or benign packets
 * alone): such a point is never farther from a drawn line than the farther one of the ends.
 */
typedef struct source {
  nt_steps steps;
  double attacks, benign;
  nt_curve_kind kind;
  double x_floor, log_floor;
  size_t count;
  point *paper;   /* [count] where each lies on paper */
  uint32_t *step; /* [count] steps up to there */
} source;

static point rates(const source *s, size_t steps) {
  if (steps == 0) return s->kind == NT_CURVE_ROC ? (point){0, 0} : (point){0, 1};
  double hit = s->steps.attacks[steps - 1], false_alarms = s->steps.benign[steps - 1];
  if (s->kind == NT_CURVE_ROC) return (point){false_alarms / s->benign, hit / s->attacks};
  return (point){hit / s->attacks, hit / (hit + false_alarms)};
}

static point on_paper(const source *s, size_t steps) {
  point p = rates(s, steps);
  if (s->x_floor > 0) p.x = p.x > s->x_floor ? 1 - log(p.x) / s->log_floor : 0;
  return p;
}

/* Whether the line goes straight on at the end of step k. Precision-recall curves are straight
 * where recall does not change. */
static bool goes_on(const source *s, size_t k) {
  const uint32_t *attacks = s->steps.attacks, *benign = s->steps.benign;
  if (attacks[k + 1] == attacks[k]) return attacks[k] == attacks[k - 1];
  return s->kind == NT_CURVE_ROC && benign[k + 1] == benign[k] && benign[k] == benign[k - 1];
}

static size_t find_corners(source *s, int keep) {
  size_t count = 0;
  for (size_t k = 0; k < s->steps.count; k++) {
    if (k > 0 && k + 1 < s->steps.count && goes_on(s, k)) continue;
    count++;
    if (keep) s->step[count] = (uint32_t)k + 1, s->paper[count] = on_paper(s, k + 1);
  }
  return count + 1;
}

static void source_done(source *s) {
  free(s->paper), free(s->step);
}

static nt_status source_init(source *s, nt_error *err) {
  s->log_floor = log(s->x_floor);
  s->count = find_corners(s, 0);
  s->paper = malloc(s->count * sizeof *s->paper);
  s->step = malloc(s->count * sizeof *s->step);
  if (!s->paper || !s->step) {
    source_done(s);
    return nt_fail(err, NT_E_MEMORY, "no memory for the %zu corners of a curve", s->count);
  }
  s->step[0] = 0, s->paper[0] = on_paper(s, 0);
  find_corners(s, 1);
  return NT_OK;
}

/* ---------------------------------------------------------------- choosing the points */

static point minus(point a, point b) {
  return (point){a.x - b.x, a.y - b.y};
}
static double cross(point a, point b) {
  return a.x * b.y - a.y * b.x;
}
static double dot(point a, point b) {
  return a.x * b.x + a.y * b.y;
}

/*
 * The directions from an anchor that are still allowed (between right and left, counter-clockwise),
 * and how far the curve has gone from it. A point may lie beside the line by SIDE tolerances and,
 * where precision falls back, beyond its end by BACK: together one tolerance from the segment.
 */
#define SIDE 0.8
#define BACK 0.6
typedef struct cone {
  bool bounded;
  point right, left;
  double longest;
} cone;

static bool inside(const cone *c, point v, double tolerance) {
  if (!c->bounded) return true;
  return cross(c->right, v) >= 0 && cross(v, c->left) >= 0 && dot(v, c->right) > 0 &&
         sqrt(dot(v, v)) >= c->longest - BACK * tolerance;
}

/* Intersects the cone with the directions that pass near the anchor + v. */
static void narrow(cone *c, point v, double tolerance) {
  double length = sqrt(dot(v, v)), side = SIDE * tolerance;
  if (length <= side) return; /* any line from the anchor passes near it */
  double sine = side / length, cosine = sqrt(1 - sine * sine);
  point right = {v.x * cosine + v.y * sine, v.y * cosine - v.x * sine};
  point left = {v.x * cosine - v.y * sine, v.y * cosine + v.x * sine};
  if (!c->bounded || cross(c->right, right) > 0) c->right = right;
  if (!c->bounded || cross(c->left, left) < 0) c->left = left;
  if (length > c->longest) c->longest = length;
  c->bounded = true;
}

/* Writes the indices of the chosen corners and returns how many there are, or max + 1 where they
 * are more than max. */
static size_t choose(const source *s, double tolerance, size_t *chosen, size_t max) {
  size_t count = 0;
  chosen[count++] = 0;
  point anchor = s->paper[0];
  cone allowed = {0};
  for (size_t i = 1; i < s->count; i++) {
    point v = minus(s->paper[i], anchor);
    if (!inside(&allowed, v, tolerance)) {
      if (count == max) return max + 1;
      chosen[count++] = i - 1;
      anchor = s->paper[i - 1];
      allowed = (cone){0};
      v = minus(s->paper[i], anchor);
    }
    narrow(&allowed, v, tolerance);
  }
  if (count == max) return max + 1;
  chosen[count++] = s->count - 1;
  return count;
}

/* ---------------------------------------------------------------- measuring them */

static double square_of_distance(point p, point a, point b) {
  point along = minus(b, a), to = minus(p, a);
  double square = dot(along, along);
  double part = square > 0 ? dot(to, along) / square : 0;
  part = part < 0 ? 0 : part > 1 ? 1 : part;
  point off = {to.x - part * along.x, to.y - part * along.y};
  return dot(off, off);
}

static double measure(const source *s, const size_t *chosen, size_t count) {
  double worst = 0;
  for (size_t k = 1; k < count; k++) {
    point a = s->paper[chosen[k - 1]], b = s->paper[chosen[k]];
    for (size_t i = chosen[k - 1] + 1; i < chosen[k]; i++) {
      double square = square_of_distance(s->paper[i], a, b);
      if (square > worst) worst = square;
    }
  }
  return sqrt(worst);
}

/* ---------------------------------------------------------------- the whole */

nt_curve_options nt_curve_defaults(void) {
  return (nt_curve_options){.max_points = 1000, .tolerance = 0.0005};
}

static nt_status check_options(const nt_curve_options *o, nt_error *err) {
  if (o->max_points < 2)
    return nt_fail(err, NT_E_ARGUMENT, "curve of %zu points: at least 2 expected", o->max_points);
  if (!(o->tolerance > 0))
    return nt_fail(err, NT_E_ARGUMENT, "curve tolerance %g: more than 0 expected", o->tolerance);
  if (!(o->x_floor >= 0 && o->x_floor < 1))
    return nt_fail(err, NT_E_ARGUMENT, "curve's x floor %g: 0 (linear) or a value below 1 expected",
                   o->x_floor);
  return NT_OK;
}

static nt_status take(const source *s, const size_t *chosen, size_t count, nt_curve *curve,
                      nt_error *err) {
  curve->x = malloc(count * sizeof *curve->x);
  curve->y = malloc(count * sizeof *curve->y);
  curve->threshold = malloc(count * sizeof *curve->threshold);
  if (!curve->x || !curve->y || !curve->threshold) {
    nt_curve_done(curve);
    return nt_fail(err, NT_E_MEMORY, "no memory for a curve of %zu points", count);
  }
  curve->count = count;
  for (size_t k = 0; k < count; k++) {
    size_t steps = s->step[chosen[k]];
    point p = rates(s, steps);
    curve->x[k] = p.x, curve->y[k] = p.y;
    curve->threshold[k] = steps == 0 ? INFINITY : s->steps.threshold[steps - 1];
  }
  curve->deviation = measure(s, chosen, count);
  return NT_OK;
}

nt_status nt_curve_make(const nt_ranking *ranking, nt_curve_kind kind,
                        const nt_curve_options *options, nt_curve *curve, nt_error *err) {
  nt_curve_options o = options ? *options : nt_curve_defaults();
  *curve = (nt_curve){.deviation = NAN};
  if (check_options(&o, err) != NT_OK) return NT_E_ARGUMENT;
  if (nt_ranking_absence(ranking) != NT_PRESENT) return NT_OK;
  const nt_score_counts *c = nt_ranking_counts(ranking);
  source s = {.steps = nt_ranking_steps(ranking),
              .attacks = (double)c->attacks,
              .benign = (double)c->benign,
              .kind = kind,
              .x_floor = o.x_floor};
  if (source_init(&s, err) != NT_OK) return NT_E_MEMORY;
  nt_status status = NT_OK;
  size_t max = o.max_points < s.count ? o.max_points : s.count;
  size_t *chosen = malloc(max * sizeof *chosen), count;
  if (chosen) {
    for (double t = o.tolerance; (count = choose(&s, t, chosen, max)) > max;) t *= 2;
    status = take(&s, chosen, count, curve, err);
  } else {
    status = nt_fail(err, NT_E_MEMORY, "no memory for a curve of %zu points", max);
  }
  free(chosen);
  source_done(&s);
  return status;
}

void nt_curve_done(nt_curve *curve) {
  free(curve->x), free(curve->y), free(curve->threshold);
  *curve = (nt_curve){0};
}
