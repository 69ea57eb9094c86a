/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "paired.h"

#include <math.h>
#include <stdlib.h>

#include "precision_recall.h"

nt_paired_options nt_paired_defaults(void) {
  return (nt_paired_options){.level = 0.95,
                             .replicates = 1000,
                             .metric = NT_BOOT_AUC,
                             .most = NT_PAIRED_MOST,
                             .block_seconds = 60,
                             .gap_seconds = 60,
                             .seed = 1};
}

const char *const nt_paired_names[NT_BOOT_METRICS] = {
    "auc",
    "eer",
    "average_precision",
    "tpr_at_fpr_0",
    "tpr_at_fpr_1em5",
    "tpr_at_fpr_1em4",
    "tpr_at_fpr_1em3",
    "tpr_at_fpr_1em2",
};

bool nt_paired_higher_is_better(int metric) {
  return metric != NT_BOOT_EER;
}

static nt_status check_options(const nt_paired_options *o, nt_error *err) {
  if (o->replicates == 1)
    return nt_fail(err, NT_E_ARGUMENT, "1 bootstrap replicate: 0 (none) or at least 2 expected");
  if (!(o->block_seconds > 0))
    return nt_fail(err, NT_E_ARGUMENT, "blocks of %g s: more than 0 expected", o->block_seconds);
  if (!(o->gap_seconds >= 0))
    return nt_fail(err, NT_E_ARGUMENT, "episode gap of %g s: at least 0 expected", o->gap_seconds);
  if (!(o->decides >= 0 && o->decides < 1))
    return nt_fail(err, NT_E_ARGUMENT, "a p of %g decides: 0 to below 1 expected", o->decides);
  if (o->metric < 0 || o->metric >= NT_BOOT_METRICS)
    return nt_fail(err, NT_E_ARGUMENT, "metric %d: 0 to %d expected", o->metric,
                   NT_BOOT_METRICS - 1);
  return NT_OK; /* DeLong's functions look at the level */
}

static bool all_finite(const double *times, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(times[i])) return false;
  return true;
}

static void take_figures(const nt_ranking *r, double *figures) {
  figures[NT_BOOT_AUC] = nt_auc(r);
  figures[NT_BOOT_EER] = nt_equal_error_rate(r).interpolated;
  figures[NT_BOOT_AVERAGE_PRECISION] = nt_average_precision(r);
  for (int f = 0; f < NT_NAMED_FPRS; f++)
    figures[NT_BOOT_TPR + f] = nt_point_at_fpr(r, nt_named_fpr[f], NT_FPR_OF_BENIGN).tpr;
}

/* The tables of both, replicates x NT_BOOT_METRICS each. */
typedef struct tables {
  double *a, *b;
  size_t replicates;
} tables;

/* Draws replicates until there are `count`. a before b: one ranking's working memory at a time. */
static nt_status draw(const nt_ranking *a, const nt_ranking *b, const nt_blocks *blocks,
                      uint64_t seed, size_t count, tables *t, nt_error *err) {
  size_t bytes = NT_BOOT_METRICS * sizeof *t->a;
  double *more_a = count <= SIZE_MAX / bytes ? realloc(t->a, count * bytes) : NULL;
  if (more_a) t->a = more_a;
  double *more_b = more_a ? realloc(t->b, count * bytes) : NULL;
  if (more_b) t->b = more_b;
  if (!more_b) return nt_fail(err, NT_E_MEMORY, "no memory for %zu replicates", count);
  size_t from = t->replicates * NT_BOOT_METRICS;
  nt_bootstrap_options same = {
      .replicates = count - t->replicates, .seed = seed, .first = t->replicates};
  nt_status status = nt_bootstrap(a, blocks, &same, t->a + from, err);
  if (status == NT_OK) status = nt_bootstrap(b, blocks, &same, t->b + from, err);
  t->replicates = count;
  return status;
}

/* Replicates with which the p that decides is known: as many as there are where it lies so far
 * above that more of them would change nothing. */
static size_t enough(const tables *t, const nt_bootstrap_result *so_far, double block_floor,
                     const nt_paired_options *o) {
  double needed = ceil(10 / o->decides); /* a floor of decides / 5 */
  bool clear = so_far->p >= 10 * so_far->floor && so_far->p > 2 * o->decides;
  if (!(o->decides > 0) || clear || block_floor > o->decides || isnan(so_far->p))
    return t->replicates;
  size_t count = needed < (double)o->most ? (size_t)needed : o->most;
  return count > t->replicates + 1 ? count : t->replicates;
}

/* The least p of as many blocks as can be drawn otherwise. */
static double floor_of(const nt_blocks *blocks) {
  size_t attack = blocks->attack_blocks, benign = blocks->count - attack;
  size_t free_blocks = (attack > 1 ? attack : 0) + (benign > 1 ? benign : 0);
  return free_blocks > 1000 ? 0 : ldexp(1, 1 - (int)free_blocks);
}

static nt_status resample(const nt_ranking *a, const nt_ranking *b, const nt_blocks *blocks,
                          const nt_paired_options *o, nt_paired *result, nt_error *err) {
  tables t = {0};
  nt_bootstrap_result so_far;
  result->block_floor = floor_of(blocks);
  nt_status status = draw(a, b, blocks, o->seed, o->replicates, &t, err);
  if (status == NT_OK)
    status = nt_bootstrap_interval(t.a, t.b, t.replicates, o->metric, o->level, &so_far, err);
  size_t count = status == NT_OK ? enough(&t, &so_far, result->block_floor, o) : 0;
  if (count > t.replicates) status = draw(a, b, blocks, o->seed, count, &t, err);
  for (int m = 0; status == NT_OK && m < NT_BOOT_METRICS; m++) {
    nt_bootstrap_result *d = &result->difference[m];
    status = nt_bootstrap_interval(t.a, t.b, t.replicates, m, o->level, d, err);
    if (d->p < result->block_floor) d->p = result->block_floor; /* a NaN stays */
    if (d->floor < result->block_floor) d->floor = result->block_floor;
  }
  result->replicates = t.replicates;
  free(t.a), free(t.b);
  return status;
}

static nt_status bootstrap(const nt_ranking *a, const nt_ranking *b, const double *times,
                           const uint8_t *labels, const nt_paired_options *o, nt_paired *result,
                           nt_error *err) {
  size_t n = result->counts.given;
  if (!times || o->replicates == 0 || result->absence != NT_PRESENT || !all_finite(times, n))
    return NT_OK;
  nt_episodes episodes;
  nt_blocks blocks = {0};
  nt_episode_options gap = {.gap_seconds = o->gap_seconds};
  nt_status status = nt_episodes_find(labels, times, n, &gap, &episodes, err);
  if (status != NT_OK) return status;
  status = nt_blocks_make(times, labels, n, o->block_seconds, &episodes, &blocks, err);
  nt_episodes_done(&episodes);
  if (status == NT_OK && nt_blocks_vary(&blocks)) status = resample(a, b, &blocks, o, result, err);
  result->blocks = blocks.count, result->attack_blocks = blocks.attack_blocks;
  nt_blocks_done(&blocks);
  return status;
}

static nt_status compare(const nt_ranking *a, const nt_ranking *b, const double *times,
                         const uint8_t *labels, const nt_paired_options *o, nt_paired *result,
                         nt_error *err) {
  result->counts = *nt_ranking_counts(a);
  result->absence = nt_ranking_absence(a);
  if (result->absence == NT_PRESENT) result->absence = nt_ranking_absence(b); /* only NaN scores */
  take_figures(a, result->a);
  take_figures(b, result->b);
  nt_status status = nt_delong_compare(a, b, o->level, &result->delong, err);
  return status == NT_OK ? bootstrap(a, b, times, labels, o, result, err) : status;
}

nt_status nt_paired_compare(const double *a, const double *b, const double *times,
                            const uint8_t *labels, size_t n, const nt_paired_options *options,
                            nt_paired *result, nt_error *err) {
  nt_error local = {0};
  if (!err) err = &local;
  nt_paired_options o = options ? *options : nt_paired_defaults();
  *result = (nt_paired){.block_floor = NAN};
  for (int m = 0; m < NT_BOOT_METRICS; m++)
    result->difference[m] = (nt_bootstrap_result){0, NAN, NAN, NAN, NAN, NAN};
  if (check_options(&o, err) != NT_OK) return NT_E_ARGUMENT;
  nt_ranking *first = nt_ranking_new(a, labels, n, err);
  nt_ranking *second = first ? nt_ranking_new(b, labels, n, err) : NULL;
  nt_status status = second ? compare(first, second, times, labels, &o, result, err) : err->status;
  nt_ranking_free(first), nt_ranking_free(second);
  return status;
}
