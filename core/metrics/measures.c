/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measures.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include <ninetails/metrics.h>

#include "absences.h"
#include "bootstrap.h"
#include "delong.h"
#include "measures_list.h"

static nt_status check_options(const nt_measure_options *o, nt_error *err) {
  if (o->replicates == 1)
    return nt_fail(err, NT_E_ARGUMENT, "replicates = 1: expected 0 (none) or at least 2");
  return nt_parameter_check_all(nt_measure_parameters, NT_MEASURE_PARAMETERS, o, err);
}

/* What the parts below share. */
typedef struct job {
  const double *scores, *times; /* times NULL: none, or none to be relied on */
  const uint8_t *labels;
  size_t n;
  const nt_measure_options *o;
  double *value;
} job;

static bool smooths(const job *j) {
  return j->o->protocol.smoothing > 1;
}

/* ---------------------------------------------------------------- of the ranking alone */

const double nt_quantile_of[NT_QUANTILES] = {0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1};

static void take_quantiles(const nt_ranking *r, nt_measured *measured) {
  for (size_t i = 0; i < NT_QUANTILES; i++)
    measured->quantiles[i] = nt_ranking_quantile(r, NT_SCORES_ALL, nt_quantile_of[i]);
}

static void take_counts(const job *j, const nt_score_counts *c) {
  j->value[M_SCORED] = (double)c->scored;
  j->value[M_SCORES_NAN] = (double)c->nan;
  j->value[M_SCORES_INFINITE] = (double)(c->positive_infinite + c->negative_infinite);
  if (!j->labels) return;
  j->value[M_ATTACKS] = (double)c->attacks;
  j->value[M_BENIGN] = (double)c->benign;
  j->value[M_EXCLUDED] = (double)c->excluded;
}

/* What max(x, 1 - x) makes of all values between low and high. */
static void fold_interval(double *low, double *high) {
  double from = *low, to = *high;
  if (isnan(from) || isnan(to)) return;
  *low = from > 0.5 ? from : to < 0.5 ? 1 - to : 0.5;
  *high = fmax(to, 1 - from);
}

static nt_status take_areas(const job *j, const nt_ranking *r, nt_error *err) {
  nt_delong delong;
  nt_partial_area partial;
  nt_status status = nt_delong_interval(r, j->o->level, &delong, err);
  if (status == NT_OK) status = nt_partial_auc(r, j->o->max_fpr, &partial, err);
  if (status != NT_OK) return status;
  double *v = j->value, auc = nt_auc(r);
  bool fold = j->o->protocol.fold_auc;
  v[M_AUC] = fold && auc < 0.5 ? 1 - auc : auc;
  v[M_AUC_LOW] = delong.low, v[M_AUC_HIGH] = delong.high;
  if (fold) fold_interval(&v[M_AUC_LOW], &v[M_AUC_HIGH]);
  v[M_PARTIAL_AUC] = partial.area;
  v[M_PARTIAL_AUC_STANDARDISED] = partial.standardised;
  v[M_AVERAGE_PRECISION] = nt_average_precision(r);
  return NT_OK;
}

static void take_points(const job *j, const nt_ranking *r) {
  for (int i = 0; i < NT_NAMED_FPRS; i++) {
    nt_operating_point p = nt_point_at_fpr(r, nt_named_fpr[i], j->o->protocol.reference);
    j->value[M_TPR_AT_FPR + i] = p.tpr;
    j->value[M_THRESHOLD_AT_FPR + i] = p.threshold;
  }
}

static void take_rates(const job *j, const nt_ranking *r) {
  nt_equal_error eer = nt_equal_error_rate(r);
  nt_f1 f1 = nt_best_f1(r);
  double *v = j->value;
  v[M_EER] = eer.interpolated, v[M_EER_NEAREST] = eer.nearest;
  v[M_BEST_F1] = f1.f1, v[M_BEST_F1_PRECISION] = f1.precision;
  v[M_BEST_F1_RECALL] = f1.recall, v[M_BEST_F1_THRESHOLD] = f1.threshold;
  if (!smooths(j)) take_points(j, r);
}

/* ---------------------------------------------------------------- curves */

/* Points of both curves in order, each once; *merged has room for all of them. */
static void interleave(const nt_curve *a, const nt_curve *b, nt_curve *merged) {
  size_t i = 0, k = 0;
  while (i < a->count || k < b->count) {
    bool both = i < a->count && k < b->count;
    bool equal = both && a->x[i] == b->x[k] && a->y[i] == b->y[k];
    bool from_a = k == b->count ||
                  (both && (a->x[i] < b->x[k] || (a->x[i] == b->x[k] && a->y[i] <= b->y[k])));
    const nt_curve *c = from_a ? a : b;
    size_t at = from_a ? i : k, to = merged->count++;
    merged->x[to] = c->x[at], merged->y[to] = c->y[at], merged->threshold[to] = c->threshold[at];
    i += from_a, k += !from_a || equal;
  }
}

/*
 * Half of the points for a linear axis of FPR, half for a logarithmic one, on which everything of
 * interest lies below a rate of 1e-3. A step is at most twice as far from the lines as it was from
 * those of the linear half: the points put between them lie no farther off than it.
 */
static nt_status make_roc(const nt_ranking *r, size_t points, nt_curve *roc, nt_error *err) {
  nt_curve_options o = nt_curve_defaults();
  uint64_t benign = nt_ranking_counts(r)->benign;
  bool logarithmic = points >= 4 && benign > 1;
  o.max_points = logarithmic ? points - points / 2 : points;
  nt_curve linear, small = {0};
  nt_status status = nt_curve_make(r, NT_CURVE_ROC, &o, &linear, err);
  o.max_points = points / 2;
  o.x_floor = 1 / (double)benign;
  if (status == NT_OK && logarithmic) status = nt_curve_make(r, NT_CURVE_ROC, &o, &small, err);
  if (status != NT_OK || small.count == 0) {
    *roc = linear;
    return status;
  }
  size_t room = linear.count + small.count;
  *roc = (nt_curve){.x = malloc(room * sizeof *roc->x),
                    .y = malloc(room * sizeof *roc->y),
                    .threshold = malloc(room * sizeof *roc->threshold),
                    .deviation = 2 * linear.deviation};
  if (roc->x && roc->y && roc->threshold)
    interleave(&linear, &small, roc);
  else
    status = nt_fail(err, NT_E_MEMORY, "no memory for a curve of %zu points", room);
  nt_curve_done(&linear), nt_curve_done(&small);
  return status;
}

static nt_status make_curves(const job *j, const nt_ranking *r, nt_measured *m, nt_error *err) {
  nt_curve_options o = nt_curve_defaults();
  o.max_points = j->o->curve_points;
  nt_status status = make_roc(r, j->o->curve_points, &m->roc, err);
  if (status != NT_OK) return status;
  return nt_curve_make(r, NT_CURVE_PRECISION_RECALL, &o, &m->precision_recall, err);
}

/* ---------------------------------------------------------------- the block bootstrap */

/* metric -> place of the lower end in the list */
typedef struct interval {
  int metric;
  measure low;
} interval;

static nt_status take_intervals(const job *j, const nt_ranking *r, const nt_blocks *blocks,
                                const interval *intervals, size_t count, nt_error *err) {
  if (j->o->replicates == 0 || nt_ranking_absence(r) != NT_PRESENT || !nt_blocks_vary(blocks))
    return NT_OK;
  size_t replicates = j->o->replicates;
  double *table = calloc(replicates, NT_BOOT_METRICS * sizeof *table);
  if (!table) return nt_fail(err, NT_E_MEMORY, "no memory for %zu replicates", replicates);
  nt_bootstrap_options o = {.replicates = replicates, .seed = j->o->seed};
  nt_status status = nt_bootstrap(r, blocks, &o, table, err);
  for (size_t i = 0; status == NT_OK && i < count; i++) {
    nt_bootstrap_result result;
    status = nt_bootstrap_interval(table, NULL, replicates, intervals[i].metric, j->o->level,
                                   &result, err);
    j->value[intervals[i].low] = result.low;
    j->value[intervals[i].low + 1] = result.high;
  }
  free(table);
  return status;
}

static nt_status bootstrap_plain(const job *j, const nt_ranking *r, const nt_blocks *blocks,
                                 nt_error *err) {
  const interval intervals[] = {{NT_BOOT_AUC, M_AUC_BLOCK_LOW},
                                {NT_BOOT_EER, M_EER_BLOCK_LOW},
                                {NT_BOOT_AVERAGE_PRECISION, M_AVERAGE_PRECISION_BLOCK_LOW},
                                {NT_BOOT_TPR + M_TPR_BLOCK_FPR, M_TPR_BLOCK_LOW}};
  bool of_benign = j->o->protocol.reference == NT_FPR_OF_BENIGN;
  nt_status status = take_intervals(j, r, blocks, intervals, smooths(j) || !of_benign ? 3 : 4, err);
  if (j->o->protocol.fold_auc)
    fold_interval(&j->value[M_AUC_BLOCK_LOW], &j->value[M_AUC_BLOCK_HIGH]);
  return status;
}

/* Rates of the smoothed scores, with their interval; blocks NULL: without it. */
static nt_status measure_smoothed(const job *j, const nt_blocks *blocks, nt_error *err) {
  double *smoothed = calloc(j->n ? j->n : 1, sizeof *smoothed);
  if (!smoothed) return nt_fail(err, NT_E_MEMORY, "no memory for %zu smoothed scores", j->n);
  nt_status status = nt_smooth(j->scores, j->n, j->o->protocol.smoothing, smoothed, err);
  nt_ranking *r = status == NT_OK ? nt_ranking_new(smoothed, j->labels, j->n, err) : NULL;
  free(smoothed);
  if (!r) return err->status;
  take_points(j, r);
  const interval tpr = {NT_BOOT_TPR + M_TPR_BLOCK_FPR, M_TPR_BLOCK_LOW};
  if (blocks && j->o->protocol.reference == NT_FPR_OF_BENIGN)
    status = take_intervals(j, r, blocks, &tpr, 1, err);
  nt_ranking_free(r);
  return status;
}

/* ---------------------------------------------------------------- the threshold's */

static nt_status fit_threshold(const job *j, const double *training, size_t m,
                               nt_threshold *threshold, nt_error *err) {
  nt_status status = nt_threshold_fit(training, m, j->o->tail_probability, threshold, err);
  j->value[M_THRESHOLD_SAMPLE] = (double)threshold->fit.used;
  j->value[M_THRESHOLD] = threshold->value;
  return status;
}

/* nt_point_at_threshold has no rates where a class is absent; those of the other one do exist. */
static void take_rates_at_threshold(const job *j, uint64_t *above) {
  double threshold = j->value[M_THRESHOLD];
  uint64_t alarms[2] = {0};
  if (isnan(threshold)) return;
  for (size_t i = 0; i < j->n; i++) {
    uint8_t label = j->labels ? j->labels[i] : 0;
    if (label <= 1) alarms[label] += j->scores[i] >= threshold || isnan(j->scores[i]);
  }
  *above = alarms[0] + alarms[1];
  if (!j->labels) return;
  double attacks = j->value[M_ATTACKS], benign = j->value[M_BENIGN];
  if (attacks > 0) j->value[M_THRESHOLD_TPR] = (double)alarms[1] / attacks;
  if (benign > 0) j->value[M_THRESHOLD_FPR] = (double)alarms[0] / benign;
}

static void take_alarm_share(const job *j, nt_alarm_share *alarms) {
  if (j->n == 0) return;
  nt_alarm_share s =
      nt_alarm_share_of(j->scores, j->labels, j->n, j->value[M_THRESHOLD], j->o->tail_probability);
  *alarms = s;
  if (isnan(s.share)) return;
  j->value[M_ALARM_SHARE] = s.share;
  j->value[M_ALARM_BLOCKS] = (double)s.blocks;
  j->value[M_ALARM_BLOCKS_OVER] = (double)s.over;
  j->value[M_ALARM_BLOCKS_ALLOWED] = (double)s.allowed;
}

static void take_delays(const job *j, const nt_detection *detections, size_t count) {
  double *v = j->value, sum = 0;
  size_t missed = 0;
  for (size_t e = 0; e < count; e++) {
    if (detections[e].alarm == SIZE_MAX)
      missed++;
    else
      sum += detections[e].delay;
  }
  v[M_EPISODES_MISSED] = (double)missed;
  if (missed < count) v[M_ONSET_DELAY_MEAN] = sum / (double)(count - missed);
}

static nt_status notice_episodes(const job *j, const nt_episodes *episodes, nt_error *err) {
  size_t count = episodes->count;
  nt_detection *detections = calloc(count + 1, sizeof *detections);
  double *delays = calloc(count + 1, sizeof *delays);
  nt_status status = NT_OK;
  if (detections && delays) {
    nt_detect(episodes, j->scores, j->labels, j->times, j->value[M_THRESHOLD], detections);
    take_delays(j, detections, count);
    for (size_t e = 0; e < count; e++)
      delays[e] = detections[e].alarm == SIZE_MAX ? INFINITY : detections[e].delay;
    gsl_sort(delays, 1, count);
    if (count > 0)
      j->value[M_ONSET_DELAY_MEDIAN] = (delays[(count - 1) / 2] + delays[count / 2]) / 2;
  } else {
    status = nt_fail(err, NT_E_MEMORY, "no memory for %zu attack episodes", count);
  }
  free(detections), free(delays);
  return status;
}

static nt_status take_alarms(const job *j, const nt_episodes *episodes, nt_error *err) {
  double threshold = j->value[M_THRESHOLD];
  nt_benign_alarms alarms = nt_benign_alarm_rate(episodes, j->scores, j->labels, j->times, j->n,
                                                 threshold, j->o->gap_seconds);
  j->value[M_EPISODES] = (double)episodes->count;
  j->value[M_BENIGN_HOURS] = alarms.hours;
  if (isnan(threshold)) return NT_OK;
  j->value[M_ALARMS_PER_HOUR] = alarms.alarms_per_hour;
  j->value[M_INCIDENTS_PER_HOUR] = alarms.incidents_per_hour;
  return notice_episodes(j, episodes, err);
}

/* ---------------------------------------------------------------- the whole */

/* Episodes and blocks, and what follows from them. blocks stays empty without labels or times. */
static nt_status measure_in_time(const job *j, const nt_ranking *r, nt_blocks *blocks,
                                 nt_error *err) {
  if (!j->labels || !j->times) return NT_OK;
  nt_episodes episodes;
  nt_episode_options gap = {.gap_seconds = j->o->gap_seconds};
  nt_status status = nt_episodes_find(j->labels, j->times, j->n, &gap, &episodes, err);
  if (status != NT_OK) return status;
  status = take_alarms(j, &episodes, err);
  if (status == NT_OK)
    status = nt_blocks_make(j->times, j->labels, j->n, j->o->block_seconds, &episodes, blocks, err);
  nt_episodes_done(&episodes);
  if (status != NT_OK) return status;
  j->value[M_BLOCKS] = (double)blocks->count;
  j->value[M_ATTACK_BLOCKS] = (double)blocks->attack_blocks;
  return bootstrap_plain(j, r, blocks, err);
}

static nt_status measure_ranking(const job *j, const nt_ranking *r, nt_measured *measured,
                                 nt_blocks *blocks, nt_error *err) {
  measured->absence = j->labels ? nt_absence_text(nt_ranking_absence(r)) : "no labels are given";
  take_counts(j, nt_ranking_counts(r));
  take_rates(j, r);
  take_quantiles(r, measured);
  take_rates_at_threshold(j, &measured->above);
  take_alarm_share(j, &measured->alarms);
  nt_status status = take_areas(j, r, err);
  if (status == NT_OK) status = make_curves(j, r, measured, err);
  return status == NT_OK ? measure_in_time(j, r, blocks, err) : status;
}

static nt_status measure_all(const job *j, const char *why_no_times, const double *training,
                             size_t m, nt_measured *measured, nt_error *err) {
  nt_absence_facts facts = {.labels = j->labels,
                            .times = why_no_times,
                            .replicates = j->o->replicates > 0,
                            .of_benign = j->o->protocol.reference == NT_FPR_OF_BENIGN};
  nt_status status = fit_threshold(j, training, m, &measured->threshold, err);
  facts.threshold = measured->threshold.absence;
  nt_ranking *r = status == NT_OK ? nt_ranking_new(j->scores, j->labels, j->n, err) : NULL;
  if (!r) return err->status;
  nt_blocks blocks = {0};
  status = measure_ranking(j, r, measured, &blocks, err);
  nt_ranking_free(r); /* before the second one is made */
  if (status == NT_OK && smooths(j))
    status = measure_smoothed(j, blocks.block ? &blocks : NULL, err);
  facts.classes = measured->absence;
  facts.vary = nt_blocks_vary(&blocks);
  nt_absences_explain(&facts, j->value, measured->why);
  nt_blocks_done(&blocks);
  return status;
}

static bool all_finite(const double *times, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(times[i])) return false;
  return true;
}

nt_status nt_measure_run(const double *scores, const double *times, const uint8_t *labels, size_t n,
                         const double *training, size_t m, const nt_measure_options *options,
                         nt_measured *measured, nt_error *err) {
  nt_error local = {0};
  if (!err) err = &local;
  *measured = (nt_measured){.absence = ""};
  nt_measure_options o = options ? *options : nt_measure_defaults();
  if (check_options(&o, err) != NT_OK) return NT_E_ARGUMENT;
  measured->value = calloc(M_COUNT, sizeof *measured->value);
  measured->why = calloc(M_COUNT, sizeof *measured->why);
  if (!measured->value || !measured->why) {
    nt_measured_done(measured);
    return nt_fail(err, NT_E_MEMORY, "no memory for %d measures", M_COUNT);
  }
  for (int i = 0; i < M_COUNT; i++) measured->value[i] = NAN;
  bool finite = times && all_finite(times, n);
  const char *why_no_times = !times ? "no times are given" : finite ? "" : "a time is not finite";
  job j = {scores, finite ? times : NULL, labels, n, &o, measured->value};
  nt_status status = measure_all(&j, why_no_times, training, m, measured, err);
  if (status != NT_OK) nt_measured_done(measured);
  return status;
}

void nt_measured_done(nt_measured *measured) {
  free(measured->value), free(measured->why), free(measured->absences);
  nt_curve_done(&measured->roc), nt_curve_done(&measured->precision_recall);
  *measured = (nt_measured){.absence = ""};
}
