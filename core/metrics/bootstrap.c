/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bootstrap.h"

#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/platform.h>

#include "ground/cancel.h"
#include "ground/team.h"
#include "numeric/random.h"
#include "resample.h"

nt_bootstrap_options nt_bootstrap_defaults(void) {
  return (nt_bootstrap_options){.replicates = 1000, .seed = 1};
}

/* ---------------------------------------------------------------- the ranking to be walked */

/*
 * The ranking, most anomalous first, as a resample sees it. Corners of the curve are the ends of
 * the steps, save between steps of benign packets alone: those lie on one horizontal line of the
 * ROC, and no metric here changes where such steps are taken as one. Between two corners order does
 * not matter, so packets of the same block and label are one item.
 */
typedef nt_resample_item item;

typedef struct walk {
  size_t count, marks;
  item *items;                /* [count] */
  uint32_t *attacks, *benign; /* [blocks] scored packets of each block */
  const nt_blocks *blocks;
} walk;

/* Whether step k holds an attack. */
static bool has_attack(const nt_steps *s, size_t k) {
  return s->attacks[k] > (k ? s->attacks[k - 1] : 0);
}

/* slot: for each block and label, 1 + the index of its latest item; 2 * blocks entries, all 0. */
static void fill(walk *w, const nt_steps *steps, const uint32_t *order, size_t *slot) {
  size_t i = 0, start = 0; /* packet; first item since the last corner */
  for (size_t k = 0; k < steps->count; k++) {
    for (size_t end = (size_t)steps->attacks[k] + steps->benign[k]; i < end; i++) {
      uint32_t block = w->blocks->block[NT_ORDER_INDEX(order[i])];
      uint32_t attack = NT_ORDER_ATTACK(order[i]);
      size_t *at = &slot[2 * (size_t)block + attack];
      if (*at <= start) { /* none since the last corner */
        w->items[w->count] = (item){.tag = NT_TAG(block, attack)};
        *at = ++w->count;
      }
      w->items[*at - 1].count++;
      (attack ? w->attacks : w->benign)[block]++;
    }
    if (k + 1 < steps->count && !has_attack(steps, k) && !has_attack(steps, k + 1)) continue;
    w->items[w->count - 1].tag |= NT_TAG_CORNER;
    start = w->count;
  }
}

static nt_status walk_init(walk *w, const nt_ranking *ranking, const nt_blocks *blocks,
                           nt_error *err) {
  size_t packets = nt_ranking_counts(ranking)->scored;
  *w = (walk){.blocks = blocks};
  w->items = calloc(packets + 1, sizeof *w->items);
  w->attacks = calloc(blocks->count + 1, sizeof *w->attacks);
  w->benign = calloc(blocks->count + 1, sizeof *w->benign);
  size_t *slot = calloc(2 * blocks->count + 1, sizeof *slot);
  bool ok = w->items && w->attacks && w->benign && slot;
  if (ok) {
    nt_steps steps = nt_ranking_steps(ranking);
    fill(w, &steps, nt_ranking_order(ranking), slot);
    w->marks = w->count / NT_RESAMPLE_STRIDE + 1;
  }
  free(slot);
  return ok ? NT_OK
            : nt_fail(err, NT_E_MEMORY, "no memory to bootstrap %zu packets in %zu blocks", packets,
                      blocks->count);
}

static void walk_done(walk *w) {
  free(w->items), free(w->attacks), free(w->benign);
}

/* ---------------------------------------------------------------- one replicate */

/* A place on the curve of one resample: weighted counts. */
typedef struct position {
  uint64_t attacks, benign;           /* alarmed up to the last corner */
  uint64_t step_attacks, step_benign; /* seen since */
} position;

static position position_of(const nt_resample_position *p, size_t lane) {
  return (position){p->attacks[lane], p->benign[lane], p->step_attacks[lane], p->step_benign[lane]};
}

/* What one thread needs, for replicates side by side; the generator's state is kept here since
 * gsl_rng_alloc aborts without memory. */
typedef struct worker {
  nt_resample_weights *weight; /* [blocks] how often each was drawn */
  nt_resample_position *mark;  /* [marks] where every NT_RESAMPLE_STRIDE-th item was met */
  void *state;                 /* of gsl_rng_mt19937 */
} worker;

/* SplitMix64's output function: seeds that differ in one bit become unrelated ones. */
static uint64_t mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15ull;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ z >> 27) * 0x94d049bb133111ebull;
  return z ^ z >> 31;
}

static void draw(const nt_blocks *blocks, gsl_rng *rng, nt_resample_weights *weight, size_t lane) {
  size_t attack = blocks->attack_blocks, benign = blocks->count - attack;
  for (size_t i = 0; i < attack; i++) weight[nt_random_below(rng, attack)][lane]++;
  for (size_t i = 0; i < benign; i++) weight[attack + nt_random_below(rng, benign)][lane]++;
}

static position totals_of(const walk *w, const nt_resample_weights *weight, size_t lane) {
  position t = {0};
  for (size_t b = 0; b < w->blocks->count; b++) {
    t.attacks += (uint64_t)weight[b][lane] * w->attacks[b];
    t.benign += (uint64_t)weight[b][lane] * w->benign[b];
  }
  return t;
}

static void meet(position *p, const item *met, const nt_resample_weights *weight, size_t lane) {
  uint64_t here = (uint64_t)weight[NT_TAG_BLOCK(met->tag)][lane] * met->count;
  uint64_t attack = here & -(uint64_t)(met->tag & NT_TAG_ATTACK);
  p->step_attacks += attack;
  p->step_benign += here - attack;
}

static void turn(position *p) {
  p->attacks += p->step_attacks, p->benign += p->step_benign;
  p->step_attacks = p->step_benign = 0;
}

static nt_resample_areas *best_areas(void) {
#if defined(__x86_64__)
  if (nt_isa_best() == NT_ISA_AVX512) return nt_resample_areas_avx512;
  if (nt_isa_best() == NT_ISA_AVX2) return nt_resample_areas_avx2;
#endif
  return nt_resample_areas_plain;
}

/* Whether a corner lies beyond a crossing; false at the start of the curve, true at its end, once
 * true always. */
typedef bool beyond(const position *corner, const position *total, double limit);

static bool beyond_fpr(const position *corner, const position *total, double limit) {
  return (double)corner->benign / (double)total->benign > limit;
}
static bool beyond_equal_errors(const position *corner, const position *total, double limit) {
  (void)limit;
  return (total->attacks - corner->attacks) * total->benign <= corner->benign * total->attacks;
}

/* The corners before and after the crossing; after = before where no corner is beyond it. */
static void find_crossing(const walk *w, const worker *me, size_t lane, const position *total,
                          beyond *is_beyond, double limit, position *before, position *after) {
  size_t low = 0, high = w->marks; /* the last mark not beyond */
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    position here = position_of(&me->mark[middle], lane);
    if (is_beyond(&here, total, limit))
      high = middle;
    else
      low = middle;
  }
  position p = position_of(&me->mark[low], lane);
  *before = *after = p;
  for (size_t i = low * NT_RESAMPLE_STRIDE; i < w->count; i++) {
    meet(&p, &w->items[i], me->weight, lane);
    if (!(w->items[i].tag & NT_TAG_CORNER)) continue;
    turn(&p);
    *after = p;
    if (is_beyond(&p, total, limit)) return;
    *before = p;
  }
}

static double excess_misses(const position *p, const position *total) {
  return (double)(total->attacks - p->attacks) * (double)total->benign -
         (double)p->benign * (double)total->attacks;
}

/* Whether all its products can be exact. */
static bool is_light(const position *total) {
  uint64_t product;
  return !__builtin_mul_overflow(total->attacks, total->benign, &product) && product >> 62 == 0;
}

/* One replicate, of which the areas are known. */
static void take(const walk *w, const worker *me, size_t lane, const position *total,
                 uint64_t doubled_pairs, double precision_sum, double *row) {
  position before, after;
  row[NT_BOOT_AUC] = (double)doubled_pairs / (2 * (double)(total->attacks * total->benign));
  row[NT_BOOT_AVERAGE_PRECISION] = precision_sum / (double)total->attacks;

  find_crossing(w, me, lane, total, beyond_equal_errors, 0, &before, &after);
  double from = excess_misses(&before, total), to = excess_misses(&after, total);
  double steps = (double)(after.benign - before.benign);
  row[NT_BOOT_EER] = ((double)before.benign + from / (from - to) * steps) / (double)total->benign;
  for (int f = 0; f < NT_NAMED_FPRS; f++) {
    find_crossing(w, me, lane, total, beyond_fpr, nt_named_fpr[f], &before, &after);
    row[NT_BOOT_TPR + f] = (double)before.attacks / (double)total->attacks;
  }
}

/* `count` replicates, at most NT_RESAMPLES, from number `first` on: as many rows. */
static nt_status replicate(const walk *w, worker *me, uint32_t first, size_t count, double *rows) {
  position total[NT_RESAMPLES];
  nt_resample_counts doubled_pairs;
  double precision_sum[NT_RESAMPLES];
  memset(me->weight, 0, w->blocks->count * sizeof *me->weight);
  for (size_t lane = 0; lane < count; lane++) {
    gsl_rng rng = {.type = gsl_rng_mt19937, .state = me->state};
    gsl_rng_set(&rng, (uint32_t)(first + lane));
    draw(w->blocks, &rng, me->weight, lane);
    total[lane] = totals_of(w, me->weight, lane);
    if (!is_light(&total[lane])) return NT_E_LIMIT;
  }
  best_areas()(w->items, w->count, (const nt_resample_weights *)me->weight, me->mark, doubled_pairs,
               precision_sum);
  for (size_t lane = 0; lane < count; lane++) {
    double *row = rows + lane * NT_BOOT_METRICS;
    for (int i = 0; i < NT_BOOT_METRICS; i++) row[i] = NAN;
    if (total[lane].attacks > 0 && total[lane].benign > 0)
      take(w, me, lane, &total[lane], doubled_pairs[lane], precision_sum[lane], row);
  }
  return NT_OK;
}

/* ---------------------------------------------------------------- all of them */

typedef struct job {
  const walk *w;
  worker *workers; /* one for each member of the team */
  size_t replicates;
  uint32_t base; /* the first one's seed */
  double *table;
  bool failed;
} job;

static void run_some(void *context, size_t turn, int member) {
  job *j = context;
  if (nt_flag_get(&nt_cancelled)) return;
  size_t first = turn * NT_RESAMPLES, left = j->replicates - first;
  size_t count = left < NT_RESAMPLES ? left : NT_RESAMPLES;
  if (replicate(j->w, &j->workers[member], (uint32_t)(j->base + first), count,
                j->table + first * NT_BOOT_METRICS) != NT_OK)
    __atomic_store_n(&j->failed, true, __ATOMIC_RELAXED);
}

static nt_status run(const walk *w, const nt_bootstrap_options *o, worker *workers, nt_team *team,
                     double *table) {
  /* mt19937 takes 32 bits of seed: consecutive ones, so that no two replicates are equal */
  job j = {w, workers, o->replicates, (uint32_t)(mix(o->seed) + o->first), table, false};
  nt_team_each(team, (o->replicates + NT_RESAMPLES - 1) / NT_RESAMPLES, run_some, &j);
  return j.failed ? NT_E_LIMIT : nt_cancel_look(NULL);
}

static nt_status run_in_team(const walk *w, const nt_bootstrap_options *o, nt_team *team,
                             double *table, nt_error *err) {
  int threads = nt_team_size(team);
  worker *workers = calloc((size_t)threads, sizeof *workers);
  if (!workers) return nt_fail(err, NT_E_MEMORY, "no memory for %d bootstrap threads", threads);
  nt_status status = NT_OK;
  for (int i = 0; i < threads; i++) {
    workers[i].weight = calloc(w->blocks->count + 1, sizeof *workers[i].weight);
    workers[i].mark = calloc(w->marks, sizeof *workers[i].mark);
    workers[i].state = calloc(1, gsl_rng_mt19937->size);
    if (!workers[i].weight || !workers[i].mark || !workers[i].state)
      status = nt_fail(err, NT_E_MEMORY, "no memory to resample %zu blocks", w->blocks->count);
  }
  if (status == NT_OK) status = run(w, o, workers, team, table);
  if (status == NT_E_LIMIT)
    nt_fail(
        err, status,
        "bootstrap: a resample of more than 2^31 packets of each class; smaller blocks expected");
  if (status == NT_E_STATE) nt_cancel_look(err);
  for (int i = 0; i < threads; i++)
    free(workers[i].weight), free(workers[i].mark), free(workers[i].state);
  free(workers);
  return status;
}

/* Within somebody's loop all threads have work already. */
static nt_status run_in_parallel(const walk *w, const nt_bootstrap_options *o, double *table,
                                 nt_error *err) {
  nt_team *team = nt_team_new(nt_team_here() ? 1 : nt_team_most(), err);
  if (!team) return NT_E_MEMORY;
  nt_status status = run_in_team(w, o, team, table, err);
  nt_team_free(team);
  return status;
}

nt_status nt_bootstrap(const nt_ranking *ranking, const nt_blocks *blocks,
                       const nt_bootstrap_options *options, double *table, nt_error *err) {
  nt_bootstrap_options o = options ? *options : nt_bootstrap_defaults();
  uint64_t given = nt_ranking_counts(ranking)->given;
  if (o.replicates < 2)
    return nt_fail(err, NT_E_ARGUMENT, "%zu bootstrap replicates: at least 2 expected",
                   o.replicates);
  if (blocks->packets != given)
    return nt_fail(err, NT_E_ARGUMENT, "blocks of %zu packets: %llu expected, as in the ranking",
                   blocks->packets, (unsigned long long)given);
  walk w;
  nt_status status = walk_init(&w, ranking, blocks, err);
  if (status == NT_OK) status = run_in_parallel(&w, &o, table, err);
  walk_done(&w);
  return status;
}

/* ---------------------------------------------------------------- intervals */

nt_status nt_bootstrap_interval(const double *table, const double *other, size_t replicates,
                                int metric, double level, nt_bootstrap_result *result,
                                nt_error *err) {
  *result = (nt_bootstrap_result){0, NAN, NAN, NAN, NAN, NAN};
  if (!(level > 0 && level < 1) || metric < 0 || metric >= NT_BOOT_METRICS)
    return nt_fail(err, NT_E_ARGUMENT,
                   "bootstrap interval of metric %d at level %g: 0 to %d and (0, 1) expected",
                   metric, level, NT_BOOT_METRICS - 1);
  double *values = calloc(replicates + 1, sizeof *values);
  if (!values) return nt_fail(err, NT_E_MEMORY, "no memory for %zu replicates", replicates);
  size_t n = 0, above = 0, below = 0; /* at or above 0, at or below it */
  for (size_t i = 0; i < replicates; i++) {
    size_t at = i * NT_BOOT_METRICS + (size_t)metric;
    double value = other ? table[at] - other[at] : table[at];
    if (isnan(value)) continue;
    values[n++] = value;
    above += value >= 0;
    below += value <= 0;
  }
  result->defined = n;
  if (n >= 2) {
    gsl_sort(values, 1, n);
    result->low = gsl_stats_quantile_from_sorted_data(values, 1, n, (1 - level) / 2);
    result->high = gsl_stats_quantile_from_sorted_data(values, 1, n, (1 + level) / 2);
    result->standard_error = gsl_stats_sd(values, 1, n);
    result->floor = fmin(1, 2 / (double)(n + 1));
    result->p = fmin(1, 2 * (double)((above < below ? above : below) + 1) / (double)(n + 1));
  }
  free(values);
  return NT_OK;
}
