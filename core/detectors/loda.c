/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LODA: Pevny: Loda: Lightweight on-line detector of anomalies. Machine Learning 102, 2016.
 *
 * `projections` sparse random vectors, each with sqrt(width) normal weights on features drawn
 * without replacement; a histogram of the rows projected on each; the score is
 * -mean over the projections of ln density.
 *
 * The histograms are equi-width over the range of the held rows (online.h), with one open cell at
 * each end. The number of bins is given, or (bins = 0), as in the paper, the one of least penalised
 * likelihood on the held rows, for each projection by itself (Birge, Rozenholc: How many bins
 * should be put in a regular histogram. ESAIM P&S 10, 2006), of up to 100. They alternate: rows are
 * scored by the histograms of the last full window of `window` rows (none before the first), while
 * the running one is counted; with window = 0 there is one histogram, of all rows so far.
 *
 * Differences: the paper leaves open how an empty bin is scored: the density of a cell is
 * (count + 1) / (rows + cells) / bin width. The k of the paper is found on the training set; here
 * it is a parameter. Missing features (NaN) are not skipped: such a row scores NaN.
 */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#include "ground/memory.h"
#include "classes.h"
#include "online.h"

enum { PROJECTIONS, BINS, WINDOW, SHARED };
enum { MOST_BINS = 100, FEW_ROWS_BINS = 10 };

static const nt_parameter parameters[SHARED + NT_ONLINE_COUNT] = {
    [PROJECTIONS] = {.name = "projections",
                     .type = NT_PARAMETER_INTEGER,
                     .unit = "1",
                     .help = "random projections, each with a histogram (k)",
                     .preset = 100,
                     .least = 1,
                     .most = 1e5},
    [BINS] = {.name = "bins",
              .type = NT_PARAMETER_INTEGER,
              .unit = "1",
              .help = "bins of a histogram; 0: by penalised likelihood, up to 100",
              .preset = 0,
              .least = 0,
              .most = 1e5},
    [WINDOW] = {.name = "window",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "rows of a histogram, which the next rows are scored by; 0: all so far",
                .preset = 0,
                .least = 0,
                .most = 1e9},
    NT_ONLINE_PARAMETERS(SHARED, NT_SCALE_DEVIATION),
};

typedef struct histogram {
  double low, high, bin; /* of the held rows; width of a bin */
  size_t bins;           /* cells: 0 below low, 1 to bins, bins + 1 above high */
  uint32_t *latest, *reference;
} histogram;

typedef struct loda {
  nt_online online;
  size_t projections, weights, bins; /* weights: of one projection, not 0 */
  uint64_t window, rows, known;      /* rows counted in latest, in reference */
  size_t *features;                  /* projections x weights, ascending */
  double *weight;                    /* projections x weights */
  histogram *histograms;
  uint32_t *counts; /* of all histograms: latest, then reference */
  size_t cells;     /* of all histograms */
} loda;

static double project(const loda *l, size_t p, const double *row) {
  const size_t *feature = l->features + p * l->weights;
  const double *weight = l->weight + p * l->weights;
  double sum = 0;
  for (size_t i = 0; i < l->weights; i++) sum += weight[i] * row[feature[i]];
  return sum;
}

static size_t cell_of(const histogram *h, double z) {
  if (z < h->low) return 0;
  if (z > h->high) return h->bins + 1;
  size_t cell = (size_t)((z - h->low) / h->bin);
  return 1 + (cell < h->bins ? cell : h->bins - 1);
}

static void turn_window(loda *l) {
  for (size_t p = 0; p < l->projections; p++) {
    histogram *h = &l->histograms[p];
    uint32_t *full = h->latest;
    h->latest = h->reference;
    h->reference = full;
    memset(h->latest, 0, (h->bins + 2) * sizeof *h->latest);
  }
  l->known = l->rows;
  l->rows = 0;
}

static double loda_step(void *detector, const double *row, int keep) {
  loda *l = detector;
  double sum = 0, rows = (double)(l->window ? l->known : l->rows);
  for (size_t p = 0; p < l->projections; p++) {
    histogram *h = &l->histograms[p];
    size_t cell = cell_of(h, project(l, p, row));
    double count = (l->window ? h->reference : h->latest)[cell];
    sum += log((count + 1) / ((rows + (double)h->bins + 2) * h->bin));
    h->latest[cell] += (uint32_t)(keep && h->latest[cell] < UINT32_MAX);
  }
  if (keep && ++l->rows == l->window) turn_window(l);
  return rows > 0 ? -sum / (double)l->projections : NAN;
}

/* Penalised likelihood of `bins` bins for `count` values of [0, 1] (Birge, Rozenholc, eq. 3). */
static double quality(const double *z, size_t count, size_t bins) {
  uint32_t cells[MOST_BINS] = {0};
  for (size_t r = 0; r < count; r++) {
    size_t cell = (size_t)(z[r] * (double)bins);
    cells[cell < bins ? cell : bins - 1]++;
  }
  double likelihood = 0, b = (double)bins;
  for (size_t i = 0; i < bins; i++)
    if (cells[i]) likelihood += cells[i] * log(b * cells[i] / (double)count);
  return likelihood - (b - 1 + pow(log(b), 2.5));
}

static size_t choose_bins(const double *z, size_t count) {
  if (count < 3) return FEW_ROWS_BINS;
  size_t best = 1, most = (size_t)((double)count / log((double)count));
  if (most > MOST_BINS) most = MOST_BINS;
  double highest = quality(z, count, 1);
  for (size_t bins = 2; bins <= most; bins++) {
    double here = quality(z, count, bins);
    if (here > highest) {
      highest = here;
      best = bins;
    }
  }
  return best;
}

/* Range and bins of projection p; z has room for the rows projected. */
static void size_histogram(loda *l, size_t p, const double *rows, size_t count, double *z) {
  histogram *h = &l->histograms[p];
  h->low = HUGE_VAL;
  h->high = -HUGE_VAL;
  for (size_t r = 0; r < count; r++) {
    z[r] = project(l, p, rows + r * l->online.stride);
    h->low = fmin(h->low, z[r]);
    h->high = fmax(h->high, z[r]);
  }
  h->bins = l->bins ? l->bins : FEW_ROWS_BINS;
  h->bin = count ? (h->high - h->low) / (double)h->bins : 0;
  if (!(h->bin > 1e-12 * fabs(count ? h->high : 0))) { /* all alike: bins of width 1 about them */
    double middle = count ? h->low : 0;
    h->bin = 1;
    h->low = middle - 0.5 * (double)h->bins;
    h->high = middle + 0.5 * (double)h->bins;
    return;
  }
  if (l->bins) return;
  for (size_t r = 0; r < count; r++) z[r] = (z[r] - h->low) / (h->high - h->low);
  h->bins = choose_bins(z, count);
  h->bin = (h->high - h->low) / (double)h->bins;
}

static nt_status loda_start(void *detector, const double *rows, size_t count, nt_error *err) {
  loda *l = detector;
  double *z = nt_zeroed(1, count, sizeof *z);
  for (size_t p = 0; z && p < l->projections; p++) {
    size_histogram(l, p, rows, count, z);
    l->cells += l->histograms[p].bins + 2;
  }
  if (z) l->counts = nt_zeroed(2, l->cells, sizeof *l->counts);
  free(z);
  if (!l->counts)
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu histograms", l->projections);
  for (size_t p = 0, at = 0; p < l->projections; p++) {
    l->histograms[p].latest = l->counts + at;
    l->histograms[p].reference = l->counts + l->cells + at;
    at += l->histograms[p].bins + 2;
  }
  return NT_OK;
}

static nt_status draw(loda *l, const nt_detector_setting *setting, nt_error *err) {
  gsl_rng *random = nt_online_random(setting, err);
  size_t *all = nt_zeroed(1, setting->width, sizeof *all);
  if (!random || !all) {
    if (random) gsl_rng_free(random);
    free(all);
    return nt_fail(err, NT_E_MEMORY, "out of memory for a projection");
  }
  for (size_t c = 0; c < setting->width; c++) all[c] = c;
  for (size_t p = 0; p < l->projections; p++) {
    gsl_ran_choose(random, l->features + p * l->weights, l->weights, all, setting->width,
                   sizeof *all);
    for (size_t i = 0; i < l->weights; i++)
      l->weight[p * l->weights + i] = gsl_ran_gaussian(random, 1);
  }
  free(all);
  gsl_rng_free(random);
  return NT_OK;
}

static void loda_free(void *detector) {
  loda *l = detector;
  if (!l) return;
  nt_online_done(&l->online);
  free(l->features);
  free(l->weight);
  free(l->histograms);
  free(l->counts);
  free(l);
}

static void *loda_create(const nt_detector_setting *setting, const nt_value *values,
                         nt_error *err) {
  static const nt_online_model model = {.start = loda_start, .step = loda_step};
  loda *l = calloc(1, sizeof *l);
  if (!l) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  l->projections = (size_t)values[PROJECTIONS].number;
  l->bins = (size_t)values[BINS].number;
  l->window = (uint64_t)values[WINDOW].number;
  l->weights = (size_t)lround(sqrt((double)setting->width));
  l->features = nt_zeroed(l->projections, l->weights, sizeof *l->features);
  l->weight = nt_zeroed(l->projections, l->weights, sizeof *l->weight);
  l->histograms = nt_zeroed(1, l->projections, sizeof *l->histograms);
  if (!l->features || !l->weight || !l->histograms)
    nt_fail(err, NT_E_MEMORY, "out of memory for %zu projections", l->projections);
  else if (draw(l, setting, err) == NT_OK &&
           nt_online_init(&l->online, &model, setting, values + SHARED, err) == NT_OK)
    return l;
  loda_free(l);
  return NULL;
}

static size_t loda_memory(const void *detector) {
  const loda *l = detector;
  return sizeof *l + nt_online_memory(&l->online) +
         l->projections * (l->weights * 16 + sizeof *l->histograms) +
         2 * l->cells * sizeof *l->counts;
}

const nt_detector_class nt_detector_loda = {
    .name = "loda",
    .title = "LODA",
    .source = "Pevny: Loda: Lightweight on-line detector of anomalies. Machine Learning 102, 2016",
    .cost = "O(projections x sqrt(width)) a row; projections x (16 x sqrt(width) + 8 x bins) bytes",
    .flags = NT_DETECTOR_SEEDED,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = loda_create,
    .learn = nt_online_learn,
    .ready = nt_online_ready,
    .score = nt_online_score,
    .free = loda_free,
    .memory = loda_memory,
};
