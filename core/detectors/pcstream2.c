/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcStream2: Mirsky, Halpern, Upadhyay, Toledo: Enhanced Situation Space Mining for Data
 * Streams. SAC 2017, Algorithm 2; the second version of pcStream (Mirsky, Shapira, Rokach, Elovici.
 * PAKDD 2015), with windowed PCA (not that paper's JIT-PCA). Checked against the text of the paper
 * and the authors' pcStream2.m (repository ymirsky/pcStream).
 *
 * A model is a cluster: the last `memory` rows given to it, their mean m and the fewest principal
 * components (directions p, deviations s) that hold `variance` of their variance. The distance of x
 * to it is the Mahalanobis distance within that subspace, sqrt(sum over them of (p'(x - m) / s)^2).
 * The score of a row is its distance to the closest model. Learning it:
 *
 *     push      the current model stays where the row is within phi of it; else the closest model
 *               becomes the current one. Row, distance and model go into a buffer of t_min rows.
 *     process   the row that leaves the buffer is given to its model.
 *     detect    when the first, the last and more than half of the full buffer are beyond phi, the
 *               buffer becomes a new model, the current one.
 *
 * The first t_min rows make the first model and have no score.
 *
 * Differences. (1) Paper and programs multiply by s where they speak of the Mahalanobis distance:
 * `distance` = "published" does that; phi then has another unit. (2) They fit a model anew for each
 * row given to it, O(memory width^2 + width^3); here after `refresh` of them, or a quarter of the
 * rows at the last fit if that is less; refresh = 1 is theirs. (3) At the bound of `models`, the
 * model that was given a row longest ago is merged into the one of the closest mean, as in the 2015
 * paper, keeping the newest half of the memory from each. (4) A model of equal rows has no
 * direction: the distance to it is Euclidean. (5) The authors' programs run with phi from 1 to 4 on
 * few features; rows of a normal cluster lie at about sqrt(components) from it, hence a preset
 * of 10.
 */
#include <math.h>
#include <stdlib.h>

#include "ground/memory.h"
#include "numeric/linear.h"
#include "classes.h"
#include "online.h"

enum { PHI, T_MIN, VARIANCE, MEMORY, MODELS, REFRESH, DISTANCE, SHARED };
enum { MAHALANOBIS, PUBLISHED };

static const char *const distance_names[] = {"mahalanobis", "published", NULL};

static const nt_parameter parameters[SHARED + NT_ONLINE_COUNT] = {
    [PHI] = {.name = "phi",
             .type = NT_PARAMETER_NUMBER,
             .unit = "1",
             .help = "distance beyond which a row drifts (driftThreshold)",
             .preset = 10,
             .least = 0,
             .above = 1,
             .most = HUGE_VAL},
    [T_MIN] = {.name = "t_min",
               .type = NT_PARAMETER_INTEGER,
               .unit = "rows",
               .help = "least duration of a cluster, and size of the first",
               .preset = 20,
               .least = 2,
               .most = 1e6},
    [VARIANCE] = {.name = "variance",
                  .type = NT_PARAMETER_NUMBER,
                  .unit = "1",
                  .help = "part of a cluster's variance that its components hold (rho)",
                  .preset = 0.98,
                  .least = 0,
                  .above = 1,
                  .most = 1},
    [MEMORY] = {.name = "memory",
                .type = NT_PARAMETER_INTEGER,
                .unit = "rows",
                .help = "latest rows of a cluster that it is modelled by (m)",
                .preset = 500,
                .least = 2,
                .most = 1e6},
    [MODELS] = {.name = "models",
                .type = NT_PARAMETER_INTEGER,
                .unit = "1",
                .help = "most clusters",
                .preset = 20,
                .least = 1,
                .most = 10000},
    [REFRESH] = {.name = "refresh",
                 .type = NT_PARAMETER_INTEGER,
                 .unit = "rows",
                 .help = "most rows given to a cluster before it is fitted anew",
                 .preset = 100,
                 .least = 1,
                 .most = 1e9},
    [DISTANCE] = {.name = "distance",
                  .type = NT_PARAMETER_CHOICE,
                  .help = "components divided by their deviations, or multiplied, as published",
                  .choices = distance_names},
    NT_ONLINE_PARAMETERS(SHARED, NT_SCALE_DEVIATION),
};

typedef struct cluster {
  double *rows;         /* memory x stride; a ring */
  size_t count, next;   /* rows held, place of the next */
  double *mean;         /* stride */
  double *transform;    /* width x stride, `dimensions` of them in use: p / s, or p s */
  size_t dimensions;    /* 0: Euclidean */
  size_t fitted, given; /* rows at the last fit, rows given since */
  uint64_t touched;     /* when it was last given a row */
} cluster;

typedef struct pending {
  double distance;
  size_t cluster;
} pending;

typedef struct pcstream {
  nt_online online;
  size_t t_min, memory, most, refresh;
  double phi, variance;
  int published;
  size_t count, current;
  cluster *clusters;
  double *numbers; /* of all clusters */
  double *buffer;  /* t_min x stride; a ring */
  pending *pending;
  size_t buffered, first; /* rows in the buffer, place of the oldest */
  uint64_t clock;
  double *away, *parts;         /* stride each */
  double *products;             /* width x stride */
  double *covariance, *vectors; /* width x width each */
  double *values, *room;        /* width, NT_EIGEN_ROOM width */
} pcstream;

static void subtract(const pcstream *s, const double *row, const double *mean) {
  for (size_t c = 0; c < s->online.width; c++) s->away[c] = row[c] - mean[c];
}

static double distance(const pcstream *s, const cluster *k, const double *row) {
  size_t stride = s->online.stride;
  subtract(s, row, k->mean);
  if (k->dimensions == 0) return sqrt(s->online.lanes->dot(s->away, s->away, stride));
  double sum = 0;
  s->online.lanes->multiply(k->transform, k->dimensions, s->away, stride, s->parts);
  for (size_t d = 0; d < k->dimensions; d++) sum += s->parts[d] * s->parts[d];
  return sqrt(sum);
}

static void find_mean(const pcstream *s, cluster *k) {
  size_t stride = s->online.stride;
  memset(k->mean, 0, stride * sizeof(double));
  for (size_t r = 0; r < k->count; r++)
    s->online.lanes->add(k->mean, 1, k->rows + r * stride, stride);
  for (size_t c = 0; c < stride; c++) k->mean[c] /= (double)k->count;
}

/* Its lower half, all that the eigenvalues are taken from, and some beyond. */
static void find_covariance(const pcstream *s, const cluster *k) {
  size_t stride = s->online.stride, width = s->online.width;
  memset(s->products, 0, width * stride * sizeof *s->products);
  for (size_t r = 0; r < k->count; r++) {
    subtract(s, k->rows + r * stride, k->mean);
    for (size_t a = 0; a < width; a++)
      s->online.lanes->add(s->products + a * stride, s->away[a], s->away, nt_lanes_padded(a + 1));
  }
  for (size_t a = 0; a < width; a++)
    for (size_t b = 0; b <= a; b++)
      s->covariance[a * width + b] = s->products[a * stride + b] / (double)(k->count - 1);
}

/* Components in falling order of variance, until enough of it is held. */
static void find_components(const pcstream *s, cluster *k) {
  double total = 0, held = 0;
  size_t width = s->online.width;
  nt_eigen_in(s->covariance, width, s->values, s->vectors, s->room);
  double largest = s->values[0];
  for (size_t d = 0; d < width; d++) total += fmax(s->values[d], 0);
  for (k->dimensions = 0; k->dimensions < width; k->dimensions++) {
    double variance = s->values[k->dimensions];
    double *to = k->transform + k->dimensions * s->online.stride;
    if (!(variance > 1e-12 * largest) || held >= s->variance * total) break;
    double factor = s->published ? sqrt(variance) : 1 / sqrt(variance);
    const double *vector = s->vectors + k->dimensions * width;
    for (size_t c = 0; c < width; c++) to[c] = factor * vector[c];
    held += variance;
  }
}

static void fit(const pcstream *s, cluster *k) {
  k->fitted = k->count;
  k->given = 0;
  k->dimensions = 0;
  find_mean(s, k);
  if (k->count < 2) return;
  find_covariance(s, k);
  double trace = 0;
  for (size_t c = 0; c < s->online.width; c++) trace += s->covariance[c * (s->online.width + 1)];
  if (trace > 1e-20) find_components(s, k); /* less is the rounding of equal rows */
}

static void put(const pcstream *s, cluster *k, const double *row) {
  memcpy(k->rows + k->next * s->online.stride, row, s->online.stride * sizeof *row);
  k->next = (k->next + 1) % s->memory;
  if (k->count < s->memory) k->count++;
}

static void give(pcstream *s, cluster *k, const double *row) {
  put(s, k, row);
  k->touched = ++s->clock;
  k->given++;
  if (k->given >= s->refresh || 4 * k->given >= k->fitted) fit(s, k);
}

static size_t closest(const pcstream *s, const double *row, double *least) {
  size_t best = 0;
  *least = HUGE_VAL;
  for (size_t i = 0; i < s->count; i++) {
    double d = distance(s, &s->clusters[i], row);
    if (d < *least) {
      *least = d;
      best = i;
    }
  }
  return best;
}

/* The n newest rows of a cluster, oldest first, into another one. */
static void copy_newest(const pcstream *s, const cluster *from, size_t n, cluster *to) {
  if (n > from->count) n = from->count;
  for (size_t i = 0; i < n; i++) {
    size_t place = (from->next + s->memory - n + i) % s->memory;
    put(s, to, from->rows + place * s->online.stride);
  }
}

static void swap(cluster *a, cluster *b) {
  cluster kept = *a;
  *a = *b;
  *b = kept;
}

/* The cluster whose mean is closest to that of `old`; count: there is no other. */
static size_t neighbour(const pcstream *s, size_t old) {
  size_t near = s->count;
  double least = HUGE_VAL;
  for (size_t i = 0; i < s->count; i++) {
    double sum = 0;
    for (size_t c = 0; c < s->online.width; c++) {
      double away = s->clusters[i].mean[c] - s->clusters[old].mean[c];
      sum += away * away;
    }
    if (i == old || !(sum < least)) continue;
    least = sum;
    near = i;
  }
  return near;
}

/* Makes room for one: indices of clusters change. */
static void merge(pcstream *s) {
  size_t old = 0;
  for (size_t i = 1; i < s->count; i++)
    if (s->clusters[i].touched < s->clusters[old].touched) old = i;
  size_t near = neighbour(s, old);
  if (near < s->count) {
    cluster *spare = &s->clusters[s->most];
    spare->count = spare->next = 0;
    copy_newest(s, &s->clusters[old], s->memory / 2, spare);
    copy_newest(s, &s->clusters[near], s->memory - s->memory / 2, spare);
    spare->touched = s->clusters[near].touched;
    fit(s, spare);
    swap(spare, &s->clusters[near]);
  }
  s->count--;
  swap(&s->clusters[old], &s->clusters[s->count]);
}

/* The rows of the buffer become a cluster; none of them is pending any more. */
static void found(pcstream *s) {
  if (s->count == s->most) merge(s);
  cluster *k = &s->clusters[s->count];
  k->count = k->next = 0;
  for (size_t i = 0; i < s->buffered; i++)
    put(s, k, s->buffer + (s->first + i) % s->t_min * s->online.stride);
  k->touched = ++s->clock;
  fit(s, k);
  s->current = s->count++;
  s->buffered = 0;
}

static int emerging(const pcstream *s) {
  size_t beyond = 0, last = (s->first + s->t_min - 1) % s->t_min;
  for (size_t i = 0; i < s->t_min; i++) beyond += s->pending[i].distance > s->phi;
  return s->pending[s->first].distance > s->phi && s->pending[last].distance > s->phi &&
         2 * beyond > s->t_min;
}

static void push(pcstream *s, const double *row, pending p) {
  size_t stride = s->online.stride;
  if (s->buffered == s->t_min) { /* process: the oldest leaves */
    give(s, &s->clusters[s->pending[s->first].cluster], s->buffer + s->first * stride);
    s->first = (s->first + 1) % s->t_min;
    s->buffered--;
  }
  size_t place = (s->first + s->buffered++) % s->t_min;
  memcpy(s->buffer + place * stride, row, stride * sizeof *row);
  s->pending[place] = p;
}

static double pcstream_step(void *detector, const double *row, int keep) {
  pcstream *s = detector;
  double score = NAN;
  size_t near = s->count ? closest(s, row, &score) : 0;
  if (!keep) return score;
  pending p = {.distance = score, .cluster = near};
  if (s->count) {
    double here = distance(s, &s->clusters[s->current], row);
    if (here <= s->phi) p = (pending){.distance = here, .cluster = s->current};
    s->current = p.cluster;
  }
  push(s, row, p);
  if (s->buffered == s->t_min && (s->count == 0 || emerging(s))) found(s);
  return score;
}

static void pcstream_free(void *detector) {
  pcstream *s = detector;
  if (!s) return;
  nt_online_done(&s->online);
  free(s->clusters);
  free(s->numbers);
  free(s->buffer);
  free(s->pending);
  free(s->away);
  free(s->parts);
  free(s->products);
  free(s->covariance);
  free(s->vectors);
  free(s->values);
  free(s->room);
  free(s);
}

static size_t numbers_each(const pcstream *s) {
  return (s->memory + 1 + s->online.width) * s->online.stride;
}

static nt_status allocate(pcstream *s, nt_error *err) {
  size_t stride = s->online.stride, width = s->online.width, bytes;
  s->clusters = nt_zeroed(1, s->most + 1, sizeof *s->clusters);
  /* calloc: what is not used yet costs nothing. */
  if (!__builtin_mul_overflow(numbers_each(s), sizeof(double), &bytes))
    s->numbers = calloc(s->most + 1, bytes);
  s->buffer = nt_zeroed(s->t_min, stride, sizeof *s->buffer);
  s->pending = nt_zeroed(1, s->t_min, sizeof *s->pending);
  s->away = nt_zeroed(1, stride, sizeof *s->away);
  s->parts = nt_zeroed(1, stride, sizeof *s->parts);
  s->products = nt_zeroed(width, stride, sizeof *s->products);
  if (!s->clusters || !s->numbers || !s->buffer || !s->pending || !s->away || !s->parts ||
      !s->products)
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu clusters of %zu rows", s->most,
                   s->memory);
  for (size_t i = 0; i <= s->most; i++) {
    s->clusters[i].rows = s->numbers + i * numbers_each(s);
    s->clusters[i].mean = s->clusters[i].rows + s->memory * stride;
    s->clusters[i].transform = s->clusters[i].mean + stride;
  }
  s->covariance = nt_zeroed(width, width, sizeof *s->covariance);
  s->vectors = nt_zeroed(width, width, sizeof *s->vectors);
  s->values = nt_zeroed(1, width, sizeof *s->values);
  s->room = nt_zeroed(NT_EIGEN_ROOM, width, sizeof *s->room);
  if (s->covariance && s->vectors && s->values && s->room) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "out of memory for components of %zu features", width);
}

static void *pcstream_create(const nt_detector_setting *setting, const nt_value *values,
                             nt_error *err) {
  static const nt_online_model model = {.step = pcstream_step};
  pcstream *s = calloc(1, sizeof *s);
  if (!s) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  s->phi = values[PHI].number;
  s->t_min = (size_t)values[T_MIN].number;
  s->variance = values[VARIANCE].number;
  s->memory = (size_t)values[MEMORY].number;
  s->most = (size_t)values[MODELS].number;
  s->refresh = (size_t)values[REFRESH].number;
  s->published = values[DISTANCE].number == PUBLISHED;
  if (nt_online_init(&s->online, &model, setting, values + SHARED, err) == NT_OK &&
      allocate(s, err) == NT_OK)
    return s;
  pcstream_free(s);
  return NULL;
}

static size_t pcstream_memory(const void *detector) {
  const pcstream *s = detector;
  size_t width = s->online.width;
  return sizeof *s + nt_online_memory(&s->online) +
         (s->most + 1) * (sizeof *s->clusters + numbers_each(s) * sizeof(double)) +
         s->t_min * (s->online.stride * sizeof(double) + sizeof *s->pending) +
         (2 * width * width + (width + 2) * s->online.stride + (1 + NT_EIGEN_ROOM) * width) *
             sizeof(double);
}

static void pcstream_remark(const void *detector, char *text, size_t size) {
  const pcstream *s = detector;
  snprintf(text, size, "%zu clusters at the end", s->count);
}

const nt_detector_class nt_detector_pcstream2 = {
    .name = "pcstream2",
    .title = "pcStream2",
    .source = "Mirsky, Halpern, Upadhyay, Toledo: Enhanced Situation Space Mining for "
              "Data Streams. SAC 2017; with windowed PCA",
    .cost =
        "O(models x components x width) a row, and O(memory x width^2 + width^3) each `refresh` "
        "rows; models x (memory + width) x width x 8 bytes",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = pcstream_create,
    .learn = nt_online_learn,
    .ready = nt_online_ready,
    .score = nt_online_score,
    .free = pcstream_free,
    .memory = pcstream_memory,
    .remark = pcstream_remark,
};
