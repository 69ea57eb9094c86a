/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xStream: Manzoor, Lamba, Akoglu: xStream: Outlier Detection in Feature-Evolving Data Streams. KDD
 * 2018; for rows whose features are all known from the start.
 *
 *     StreamHash        y[k] = sqrt(3 / K) x sum of s_k(name of c) x[c], where s_k hashes the
 *                       column's name to -1, 0, 0, 0, 0 or 1: K = `projections` sparse projections
 *     half-space chain  `depth` components of y, drawn with replacement. Level 1 cuts its component
 *                       into bins of Delta, half the component's range among the held rows, from a
 *                       random shift on; a component that comes again has its bins halved. A row's
 *                       bin at level l is the tuple of its bins in all components cut so far.
 *     counts            of each level's bins in the last full window of `window` rows, in a
 *                       count-min sketch of `hashes` x `cells`
 *     score             -mean over the chains of min over l of (l + log2(1 + count))
 *
 * Rows before the first full window have no score. As in the authors' program (cmuxstream-core,
 * cpp/), Delta stays as the first rows gave it. Differences: that program counts exactly, in hash
 * maps; the sketch (the paper's) overcounts a bin by about window / cells on average with one hash.
 * A level changes one bin of the tuple, so its hash is updated in O(1) instead of computed in O(K).
 */
#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

#include "ground/memory.h"
#include "numeric/random.h"
#include "classes.h"
#include "online.h"

enum { PROJECTIONS, CHAINS, DEPTH, WINDOW, HASHES, CELLS, SHARED };

static const nt_parameter parameters[SHARED + NT_ONLINE_COUNT] = {
    [PROJECTIONS] = {.name = "projections",
                     .type = NT_PARAMETER_INTEGER,
                     .unit = "1",
                     .help = "components that rows are hashed to (K)",
                     .preset = 100,
                     .least = 1,
                     .most = 1e5},
    [CHAINS] = {.name = "chains",
                .type = NT_PARAMETER_INTEGER,
                .unit = "1",
                .help = "half-space chains (C)",
                .preset = 100,
                .least = 1,
                .most = 1e5},
    [DEPTH] = {.name = "depth",
               .type = NT_PARAMETER_INTEGER,
               .unit = "levels",
               .help = "levels of a chain (D)",
               .preset = 15,
               .least = 1,
               .most = 64},
    [WINDOW] = {.name = "window",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "rows whose counts the next rows are scored by",
                .preset = 256,
                .least = 1,
                .most = 65535},
    [HASHES] = {.name = "hashes",
                .type = NT_PARAMETER_INTEGER,
                .unit = "1",
                .help = "rows of a level's count-min sketch",
                .preset = 1,
                .least = 1,
                .most = 16},
    [CELLS] = {.name = "cells",
               .type = NT_PARAMETER_INTEGER,
               .unit = "1",
               .help = "counters of each of them",
               .preset = 512,
               .least = 1,
               .most = 0x1p31},
    NT_ONLINE_PARAMETERS(SHARED, NT_SCALE_DEVIATION),
};

/* One level of one chain. */
typedef struct level {
  uint32_t component;
  int32_t before;         /* the chain's level that cut this component last; -1: none */
  double inverse, offset; /* 1 / Delta, shift / Delta */
  uint64_t key;           /* of the component, for the hash of the tuple */
} level;

typedef struct cell {
  uint32_t window; /* in which `latest` was last counted */
  uint16_t latest, count;
} cell;

typedef struct xstream {
  nt_online online;
  size_t projections, padded, chains, depth, hashes, cells;
  uint64_t window, seen;
  uint32_t turn;   /* the running window, from 0 */
  double *hash;    /* width x padded: sqrt(3 / K) s_k(c) */
  double *y;       /* padded; the current row, projected */
  level *levels;   /* chains x depth */
  cell *sketches;  /* chains x depth x hashes x cells */
  cell **found;    /* chains x depth x hashes; of the current row */
  double *bins;    /* depth; of the current chain */
  uint64_t *mixed; /* depth; what a level adds to the hash of the tuple */
  gsl_rng *random; /* until the shifts are drawn */
} xstream;

static void project(const xstream *x, const double *row) {
  memset(x->y, 0, x->padded * sizeof *x->y);
  for (size_t c = 0; c < x->online.width; c++)
    x->online.lanes->add(x->y, row[c], x->hash + c * x->padded, x->padded);
}

/* The finaliser of MurmurHash3. */
static uint64_t mix(uint64_t h) {
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdu;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53u;
  return h ^ (h >> 33);
}

static int64_t whole(double bin) {
  return bin > 0x1p60    ? INT64_C(1) << 60
         : bin < -0x1p60 ? -(INT64_C(1) << 60)
                         : (int64_t)floor(bin);
}

/* Finds the cells of y in one chain, and asks the memory for them. */
static void locate(const xstream *x, size_t chain, cell **found) {
  const level *levels = x->levels + chain * x->depth;
  cell *sketch = x->sketches + chain * x->depth * x->hashes * x->cells;
  uint64_t tuple = 0;
  for (size_t d = 0; d < x->depth; d++) {
    const level *l = &levels[d];
    if (l->before < 0) {
      x->bins[d] = x->y[l->component] * l->inverse + l->offset;
    } else {
      x->bins[d] = 2 * x->bins[l->before] - l->offset;
      tuple -= x->mixed[l->before];
    }
    x->mixed[d] = mix(l->key ^ (uint64_t)whole(x->bins[d]));
    tuple += x->mixed[d];
    uint64_t hash = tuple;
    for (size_t h = 0; h < x->hashes; h++, sketch += x->cells) {
      hash = mix(hash);
      *found = sketch + (((hash >> 32) * x->cells) >> 32);
      __builtin_prefetch(*found++);
    }
  }
}

/* Rows of the last window in the bin of these cells; the row is counted where `keep`. */
static uint32_t count(const xstream *x, cell *const *found, int keep) {
  uint32_t least = UINT32_MAX;
  for (size_t h = 0; h < x->hashes; h++) {
    cell *c = found[h];
    if (c->window != x->turn) {
      c->count = x->turn - c->window == 1 ? c->latest : 0;
      c->latest = 0;
      c->window = x->turn;
    }
    if (c->count < least) least = c->count;
    c->latest = (uint16_t)(c->latest + keep);
  }
  return least;
}

static double xstream_step(void *detector, const double *row, int keep) {
  xstream *x = detector;
  double sum = 0;
  int first = x->turn == 0;
  cell **found = x->found;
  project(x, row);
  for (size_t c = 0; c < x->chains; c++) locate(x, c, x->found + c * x->depth * x->hashes);
  for (size_t c = 0; c < x->chains; c++) {
    double least = HUGE_VAL, weight = 1; /* 2^level */
    for (size_t d = 0; d < x->depth; d++, found += x->hashes) {
      weight *= 2;
      least = fmin(least, weight * (1.0 + count(x, found, keep)));
    }
    sum += log2(least);
  }
  if (keep && ++x->seen == x->window) {
    x->seen = 0;
    x->turn++;
  }
  return first ? NAN : -sum / (double)x->chains;
}

/* Delta of each component from the held rows, then shifts. */
static nt_status xstream_start(void *detector, const double *rows, size_t rows_count,
                               nt_error *err) {
  xstream *x = detector;
  double *low = nt_zeroed(3, x->padded, sizeof *low);
  if (!low) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu components", x->projections);
  double *high = low + x->padded, *delta = high + x->padded;
  for (size_t r = 0; r < rows_count; r++) {
    project(x, rows + r * x->online.stride);
    for (size_t k = 0; k < x->projections; k++) {
      low[k] = r ? fmin(low[k], x->y[k]) : x->y[k];
      high[k] = r ? fmax(high[k], x->y[k]) : x->y[k];
    }
  }
  for (size_t k = 0; k < x->projections; k++) {
    delta[k] = (high[k] - low[k]) / 2;
    if (!(delta[k] > 1e-9)) delta[k] = 1;
  }
  for (size_t chain = 0; chain < x->chains; chain++) {
    level *l = x->levels + chain * x->depth;
    for (size_t d = 0; d < x->depth; d++) {
      double shift = gsl_rng_uniform(x->random);
      l[d].inverse = 1 / delta[l[d].component];
      l[d].offset = l[d].before < 0 ? shift : l[l[d].before].offset;
    }
  }
  free(low);
  gsl_rng_free(x->random);
  x->random = NULL;
  return NT_OK;
}

static void draw(xstream *x, const nt_detector_setting *setting) {
  double unit = sqrt(3.0 / (double)x->projections);
  for (size_t k = 0; k < x->projections; k++) {
    uint64_t seed = gsl_rng_get(x->random);
    seed = (seed << 32) | gsl_rng_get(x->random);
    for (size_t c = 0; c < setting->width; c++) {
      const char *name = setting->columns[c];
      double u = (double)XXH3_64bits_withSeed(name, strlen(name), seed) * 0x1p-64;
      x->hash[c * x->padded + k] = u < 1.0 / 6 ? -unit : u < 1.0 / 3 ? unit : 0;
    }
  }
  for (size_t i = 0; i < x->chains * x->depth; i++) {
    level *l = &x->levels[i], *chain = x->levels + i / x->depth * x->depth;
    l->component = (uint32_t)nt_random_below(x->random, x->projections);
    l->key = mix(l->component + 1);
    l->before = (int32_t)(l - chain) - 1;
    while (l->before >= 0 && chain[l->before].component != l->component) l->before--;
  }
}

static void xstream_free(void *detector) {
  xstream *x = detector;
  if (!x) return;
  nt_online_done(&x->online);
  free(x->hash);
  free(x->y);
  free(x->levels);
  free(x->sketches);
  free(x->found);
  free(x->bins);
  free(x->mixed);
  if (x->random) gsl_rng_free(x->random);
  free(x);
}

static nt_status allocate(xstream *x, size_t width, nt_error *err) {
  size_t sketches;
  x->hash = nt_zeroed(width, x->padded, sizeof *x->hash);
  x->y = nt_zeroed(1, x->padded, sizeof *x->y);
  x->levels = nt_zeroed(x->chains, x->depth, sizeof *x->levels);
  x->found = nt_zeroed(x->chains, x->depth * x->hashes, sizeof *x->found);
  x->bins = nt_zeroed(1, x->depth, sizeof *x->bins);
  x->mixed = nt_zeroed(1, x->depth, sizeof *x->mixed);
  if (!__builtin_mul_overflow(x->chains * x->depth, x->hashes * x->cells, &sketches))
    x->sketches = nt_zeroed(1, sketches, sizeof *x->sketches);
  if (x->hash && x->y && x->levels && x->found && x->bins && x->mixed && x->sketches) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "out of memory for %zu chains of %zu sketches", x->chains,
                 x->depth);
}

static void *xstream_create(const nt_detector_setting *setting, const nt_value *values,
                            nt_error *err) {
  static const nt_online_model model = {.start = xstream_start, .step = xstream_step};
  xstream *x = calloc(1, sizeof *x);
  if (!x) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  x->projections = (size_t)values[PROJECTIONS].number;
  x->padded = nt_lanes_padded(x->projections);
  x->chains = (size_t)values[CHAINS].number;
  x->depth = (size_t)values[DEPTH].number;
  x->window = (uint64_t)values[WINDOW].number;
  x->hashes = (size_t)values[HASHES].number;
  x->cells = (size_t)values[CELLS].number;
  if (allocate(x, setting->width, err) == NT_OK &&
      nt_online_init(&x->online, &model, setting, values + SHARED, err) == NT_OK)
    x->random = nt_online_random(setting, err);
  if (x->random) {
    draw(x, setting);
    return x;
  }
  xstream_free(x);
  return NULL;
}

static size_t xstream_memory(const void *detector) {
  const xstream *x = detector;
  size_t levels = x->chains * x->depth;
  return sizeof *x + nt_online_memory(&x->online) +
         x->padded * (x->online.width + 1) * sizeof *x->hash + x->depth * 16 +
         levels * (sizeof *x->levels + x->hashes * (sizeof *x->found + x->cells * sizeof(cell))) +
         (x->random ? gsl_rng_size(x->random) : 0);
}

const nt_detector_class nt_detector_xstream = {
    .name = "xstream",
    .title = "xStream",
    .source = "Manzoor, Lamba, Akoglu: xStream: Outlier Detection in Feature-Evolving Data "
              "Streams. KDD 2018",
    .cost = "O(projections x width + chains x depth x hashes) a row; "
            "chains x depth x hashes x cells x 8 bytes",
    .flags = NT_DETECTOR_SEEDED,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = xstream_create,
    .learn = nt_online_learn,
    .ready = nt_online_ready,
    .score = nt_online_score,
    .free = xstream_free,
    .memory = xstream_memory,
};
