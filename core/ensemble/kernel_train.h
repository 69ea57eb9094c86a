/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Training, compiled once for each instruction set; formulas in autoencoder.h, layouts in
 * kernels.h.
 *
 * The weights of a large autoencoder do not fit the first-level cache, so they are read as seldom
 * as the formulas allow. The step that a row makes them take and the sums of the next row's hidden
 * units are one walk over them (every sum has the order that it has alone): each call begins with
 * the first row's sums, and its last row stands for its own successor.
 */
#ifndef NT_KERNEL_TRAIN_H
#define NT_KERNEL_TRAIN_H

#include "kernels.h"
#include "vector_math.h"

#define TRAIN_UNITS 8 /* most units (vectors of units) whose sums are in registers at once */
#define STEP_UNITS (NT_LANES == 8 ? 8 : 4) /* of which two values are: AVX512 has 32 registers */

/* Runs `call` with k, a constant to the compiler, equal to n, 1 to 8. */
#define WITH_CASE(n, call)                                                                         \
  case n: {                                                                                        \
    enum { k = n };                                                                                \
    call;                                                                                          \
    break;                                                                                         \
  }
#define WITH_CONSTANT(n, call)                                                                     \
  switch (n) {                                                                                     \
    WITH_CASE(1, call)                                                                             \
    WITH_CASE(2, call)                                                                             \
    WITH_CASE(3, call)                                                                             \
    WITH_CASE(4, call)                                                                             \
    WITH_CASE(5, call)                                                                             \
    WITH_CASE(6, call)                                                                             \
    WITH_CASE(7, call)                                                                             \
    WITH_CASE(8, call)                                                                             \
  }

NT_INLINE nt_vector logistic(nt_vector t) {
  return nt_vector_logistic2(t * NT_SET1(NT_LOGISTIC_SCALE));
}

/* ---------------------------------------------------------------- one autoencoder in each lane */

/* out[j] = start[j] + sum over i of in[i] w[i * in_step + j * unit_step], for k units. */
NT_INLINE void group_sums(size_t k, nt_vector *out, const nt_vector *start, const nt_vector *in,
                          size_t inputs, const nt_vector *w, size_t in_step, size_t unit_step) {
  nt_vector acc[TRAIN_UNITS];
  NT_EACH (j, k) acc[j] = start ? start[j] : NT_SET1(0.0);
  for (size_t i = 0; i < inputs; i++, w += in_step) {
    nt_vector x = in[i];
    NT_EACH (j, k) acc[j] = NT_FMA(x, w[j * unit_step], acc[j]);
  }
  NT_EACH (j, k) out[j] = acc[j];
}

/* The same for any number of units. */
static void group_layer(nt_vector *out, size_t units, const nt_vector *start, const nt_vector *in,
                        size_t inputs, const nt_vector *w, size_t in_step, size_t unit_step) {
  for (size_t u = 0, block; u < units; u += block) {
    block = nt_block_of(units - u, TRAIN_UNITS);
    WITH_CONSTANT(block, group_sums(k, out + u, start ? start + u : NULL, in, inputs,
                                    w + u * unit_step, in_step, unit_step))
  }
}

NT_INLINE nt_vector normalised(nt_vector raw, nt_vector *min, nt_vector *max, nt_vector epsilon) {
  *max = NT_MAX(raw, *max);
  *min = NT_MIN(raw, *min);
  return (raw - *min) / (*max - *min + epsilon);
}

NT_INLINE void group_normalise(nt_group *g, const double *row, nt_vector *x) {
  nt_vector *min = (nt_vector *)g->min, *max = (nt_vector *)g->max;
  const nt_vector *mask = (const nt_vector *)g->visible_mask;
  nt_vector epsilon = *(const nt_vector *)g->epsilon;
  if (g->same_inputs) { /* units in the lanes, then each one's value in all lanes */
    double value[NT_LANES];
    for (size_t i = 0; i < g->visible; i += NT_LANES) {
      nt_vector_store(value, normalised(nt_vector_gather(row, g->features + i), min++, max++,
                                        NT_SET1(g->epsilon[0])));
      for (size_t j = 0; j < NT_LANES && i + j < g->visible; j++) x[i + j] = NT_SET1(value[j]);
    }
    return;
  }
  for (size_t i = 0; i < g->visible; i++)
    x[i] = nt_vector_keep(
        normalised(nt_vector_gather(row, g->features + i * NT_LANES), &min[i], &max[i], epsilon),
        mask[i]);
}

/* bias += rate d, or rate times the mean of d over the lane's own units. */
NT_INLINE void group_bias(const nt_group *g, nt_vector *bias, const nt_vector *d, size_t units,
                          nt_vector count) {
  nt_vector rate = *(const nt_vector *)g->rate, sum = NT_SET1(0.0);
  if (g->any_mean) {
    for (size_t i = 0; i < units; i++) sum += d[i];
    nt_vector mask = *(const nt_vector *)g->bias_mean, mean = sum / count;
    for (size_t i = 0; i < units; i++)
      bias[i] = NT_FMA(rate, nt_vector_choose(mask, mean, d[i]), bias[i]);
  } else {
    for (size_t i = 0; i < units; i++) bias[i] = NT_FMA(rate, d[i], bias[i]);
  }
}

/* w += rate (x d + e y) for the weights from all inputs to k hidden units, and these units' sums for
 * the next row, which replace y. */
NT_INLINE void group_step(size_t k, const nt_group *g, nt_vector *w, nt_vector *y,
                          const nt_vector *d, const nt_vector *bias) {
  const nt_vector *x = (const nt_vector *)g->x, *next = (const nt_vector *)g->next;
  const nt_vector *e = (const nt_vector *)g->e;
  nt_vector rate = *(const nt_vector *)g->rate;
  nt_vector units_y[TRAIN_UNITS], units_d[TRAIN_UNITS], acc[TRAIN_UNITS];
  NT_EACH (j, k) units_y[j] = y[j];
  NT_EACH (j, k) units_d[j] = d[j];
  NT_EACH (j, k) acc[j] = bias[j];
  for (size_t i = 0; i < g->visible; i++, w += g->hidden) {
    nt_vector rate_x = rate * x[i], rate_e = rate * e[i], next_x = next[i];
    NT_EACH (j, k) {
      w[j] = NT_FMA(rate_x, units_d[j], NT_FMA(rate_e, units_y[j], w[j]));
      acc[j] = NT_FMA(next_x, w[j], acc[j]);
    }
  }
  NT_EACH (j, k) y[j] = acc[j];
}

/* The same for all hidden units; the next row is then the current one. */
static void group_update(nt_group *g) {
  nt_vector *w = (nt_vector *)g->weights, *y = (nt_vector *)g->y, *d = (nt_vector *)g->g;
  const nt_vector *bias = (const nt_vector *)g->hidden_bias;
  for (size_t u = 0, block; u < g->hidden; u += block) {
    block = nt_block_of(g->hidden - u, STEP_UNITS);
    WITH_CONSTANT(block, group_step(k, g, w + u, y + u, d + u, bias + u))
  }
  double *x = g->x;
  g->x = g->next;
  g->next = x;
}

/* e, and the sums of d with it: a block's weights serve for both. Returns the sum of e^2. */
static nt_vector group_errors(nt_group *g) {
  nt_vector *w = (nt_vector *)g->weights, *x = (nt_vector *)g->x, *y = (nt_vector *)g->y;
  nt_vector *e = (nt_vector *)g->e, *d = (nt_vector *)g->g, sum = NT_SET1(0.0);
  const nt_vector *bias = (const nt_vector *)g->visible_bias;
  const nt_vector *mask = (const nt_vector *)g->visible_mask;
  for (size_t u = 0, block; u < g->visible; u += block, w += block * g->hidden) {
    block = nt_block_of(g->visible - u, TRAIN_UNITS);
    group_layer(e + u, block, bias + u, y, g->hidden, w, 1, g->hidden);
    for (size_t i = u; i < u + block; i++) {
      e[i] = nt_vector_keep(x[i] - logistic(e[i]), mask[i]);
      sum = NT_FMA(e[i], e[i], sum);
    }
    group_layer(d, g->hidden, u ? d : NULL, e + u, block, w, g->hidden, 1);
  }
  return sum;
}

/* One row, of which x and the hidden units' sums are there; makes those of `next`. */
static void group_row(nt_group *g, const double *next, double *errors) {
  nt_vector *y = (nt_vector *)g->y, *d = (nt_vector *)g->g;
  const nt_vector *mask = (const nt_vector *)g->hidden_mask;
  nt_vector hidden_count = *(const nt_vector *)g->hidden_count;
  nt_vector visible_count = *(const nt_vector *)g->visible_count;

  for (size_t j = 0; j < g->hidden; j++) y[j] = nt_vector_keep(logistic(y[j]), mask[j]);
  nt_vector sum = group_errors(g);
  for (size_t j = 0; j < g->hidden; j++) d[j] = d[j] * y[j] * (NT_SET1(1.0) - y[j]);
  group_bias(g, (nt_vector *)g->hidden_bias, d, g->hidden, hidden_count);
  group_bias(g, (nt_vector *)g->visible_bias, (const nt_vector *)g->e, g->visible, visible_count);
  group_normalise(g, next, (nt_vector *)g->next);
  group_update(g);

  double rmse[NT_LANES];
  nt_vector_store(rmse, NT_SQRT(sum / visible_count));
  for (size_t lane = 0; lane < g->used; lane++) errors[g->members[lane]] = rmse[lane];
}

static void train_group(nt_group *g, const double *rows, size_t width, size_t n, double *errors,
                        size_t stride) {
  if (n == 0) return;
  group_normalise(g, rows, (nt_vector *)g->x);
  group_layer((nt_vector *)g->y, g->hidden, (nt_vector *)g->hidden_bias, (nt_vector *)g->x,
              g->visible, (nt_vector *)g->weights, g->hidden, 1);
  for (size_t r = 0; r < n; r++)
    group_row(g, rows + (r + 1 < n ? r + 1 : r) * width, errors + r * stride);
}

/* ---------------------------------------------------------------- one, its units in the lanes */

/* out[j] = start[j] + sum over i of in[i] w[i * stride + j], for k vectors of units. */
NT_INLINE void single_sums(size_t k, double *out, const double *start, const double *in,
                           size_t inputs, const double *w, size_t stride) {
  nt_vector acc[TRAIN_UNITS];
  NT_EACH (j, k) acc[j] = start ? nt_vector_load(start + j * NT_LANES) : NT_SET1(0.0);
  for (size_t i = 0; i < inputs; i++, w += stride) {
    nt_vector x = NT_SET1(in[i]);
    NT_EACH (j, k) acc[j] = NT_FMA(x, nt_vector_load(w + j * NT_LANES), acc[j]);
  }
  NT_EACH (j, k) nt_vector_store(out + j * NT_LANES, acc[j]);
}

/* units: padded, a multiple of the lanes. */
static void single_layer(double *out, size_t units, const double *start, const double *in,
                         size_t inputs, const double *w) {
  for (size_t u = 0, block; u < units; u += block * NT_LANES) {
    block = nt_block_of((units - u) / NT_LANES, TRAIN_UNITS);
    WITH_CONSTANT(block,
                  single_sums(k, out + u, start ? start + u : NULL, in, inputs, w + u, units))
  }
}

NT_INLINE void single_normalise(nt_single *s, const double *row, double *x) {
  for (size_t i = 0; i < s->visible; i++) x[i] = row[s->features[i]];
  for (size_t i = s->visible; i < s->visible_stride; i++) x[i] = 0;
  for (size_t i = 0; i < s->visible_stride; i += NT_LANES) {
    nt_vector raw = nt_vector_load(x + i);
    nt_vector max = NT_MAX(raw, nt_vector_load(s->max + i));
    nt_vector min = NT_MIN(raw, nt_vector_load(s->min + i));
    nt_vector_store(s->max + i, max);
    nt_vector_store(s->min + i, min);
    nt_vector_store(x + i, (raw - min) / (max - min + NT_SET1(s->step.epsilon)));
  }
}

NT_INLINE void single_bias(double *bias, const double *d, size_t units, size_t padded,
                           const nt_step *step) {
  nt_vector rate = NT_SET1(step->rate);
  double mean = 0;
  if (step->bias_mean) {
    for (size_t i = 0; i < units; i++) mean += d[i];
    mean /= (double)units;
  }
  for (size_t i = 0; i < padded; i += NT_LANES)
    nt_vector_store(bias + i, NT_FMA(rate, step->bias_mean ? NT_SET1(mean) : nt_vector_load(d + i),
                                     nt_vector_load(bias + i)));
}

/* w += rate (x g + e y) for the weights to k vectors of hidden units, whose sums for the next row
 * become y of it. */
NT_INLINE void single_step(size_t k, nt_single *s, size_t u) {
  nt_vector rate = NT_SET1(s->step.rate), y[TRAIN_UNITS], g[TRAIN_UNITS], acc[TRAIN_UNITS];
  const nt_encoding *now = &s->now, *next = &s->next;
  double *w = s->weights + u;
  NT_EACH (j, k) y[j] = nt_vector_load(now->y + u + j * NT_LANES);
  NT_EACH (j, k) g[j] = nt_vector_load(s->g + u + j * NT_LANES);
  NT_EACH (j, k) acc[j] = nt_vector_load(s->hidden_bias + u + j * NT_LANES);
  for (size_t i = 0; i < s->visible; i++, w += s->hidden_stride) {
    nt_vector rate_x = rate * NT_SET1(now->x[i]), rate_e = rate * NT_SET1(s->e[i]);
    nt_vector next_x = NT_SET1(next->x[i]);
    NT_EACH (j, k) {
      nt_vector weight = nt_vector_load(w + j * NT_LANES);
      weight = NT_FMA(rate_x, g[j], NT_FMA(rate_e, y[j], weight));
      nt_vector_store(w + j * NT_LANES, weight);
      acc[j] = NT_FMA(next_x, weight, acc[j]);
    }
  }
  NT_EACH (j, k) nt_vector_store(next->y + u + j * NT_LANES, acc[j]);
}

/* The sums of k vectors of visible units, whose weights in `transposed` take the step of the row
 * before, which e is still of, on the way. */
NT_INLINE void single_decode(size_t k, nt_single *s, size_t u) {
  nt_vector rate = NT_SET1(s->step.rate), rate_x[TRAIN_UNITS], rate_e[TRAIN_UNITS],
            acc[TRAIN_UNITS];
  const nt_encoding *now = &s->now, *before = &s->next;
  double *w = s->transposed + u;
  NT_EACH (i, k) rate_x[i] = rate * nt_vector_load(before->x + u + i * NT_LANES);
  NT_EACH (i, k) rate_e[i] = rate * nt_vector_load(s->e + u + i * NT_LANES);
  NT_EACH (i, k) acc[i] = nt_vector_load(s->visible_bias + u + i * NT_LANES);
  for (size_t j = 0; j < s->hidden; j++, w += s->visible_stride) {
    nt_vector g = NT_SET1(s->g[j]), y = NT_SET1(before->y[j]), now_y = NT_SET1(now->y[j]);
    NT_EACH (i, k) {
      nt_vector weight = nt_vector_load(w + i * NT_LANES);
      weight = NT_FMA(rate_x[i], g, NT_FMA(rate_e[i], y, weight));
      nt_vector_store(w + i * NT_LANES, weight);
      acc[i] = NT_FMA(now_y, weight, acc[i]);
    }
  }
  NT_EACH (i, k) nt_vector_store(s->e + u + i * NT_LANES, acc[i]);
}

/* For each block of units, of which there are `units` (padded): step, with k vectors of them. */
#define SINGLE_BLOCKS(step, units)                                                                 \
  for (size_t u = 0, block; u < (units); u += block * NT_LANES) {                                  \
    block = nt_block_of(((units)-u) / NT_LANES, STEP_UNITS);                                       \
    WITH_CONSTANT(block, step(k, s, u))                                                            \
  }

/* One row, of which x and the hidden units' sums are there; makes those of `next`. */
static double single_row(nt_single *s, const double *next) {
  double *x = s->now.x, *y = s->now.y, sum = 0;
  for (size_t j = 0; j < s->hidden_stride; j += NT_LANES)
    nt_vector_store(y + j, logistic(nt_vector_load(y + j)));
  SINGLE_BLOCKS(single_decode, s->visible_stride)
  single_normalise(s, next, s->next.x);
  for (size_t i = 0; i < s->visible_stride; i += NT_LANES)
    nt_vector_store(s->e + i, nt_vector_load(x + i) - logistic(nt_vector_load(s->e + i)));
  for (size_t i = 0; i < s->visible; i++) sum = NT_SCALAR_FMA(s->e[i], s->e[i], sum);
  single_bias(s->visible_bias, s->e, s->visible, s->visible_stride, &s->step);
  single_layer(s->g, s->hidden_stride, NULL, s->e, s->visible, s->weights);
  for (size_t j = 0; j < s->hidden_stride; j += NT_LANES) {
    nt_vector here = nt_vector_load(y + j);
    nt_vector_store(s->g + j, nt_vector_load(s->g + j) * here * (NT_SET1(1.0) - here));
  }
  single_bias(s->hidden_bias, s->g, s->hidden, s->hidden_stride, &s->step);
  SINGLE_BLOCKS(single_step, s->hidden_stride)
  nt_encoding now = s->now;
  s->now = s->next;
  s->next = now;
  return sqrt(sum / (double)s->visible);
}

static void train_single(nt_single *s, const double *rows, size_t width, size_t n, double *errors,
                         size_t stride) {
  if (n == 0) return;
  single_normalise(s, rows, s->now.x);
  single_layer(s->now.y, s->hidden_stride, s->hidden_bias, s->now.x, s->visible, s->weights);
  for (size_t r = 0; r < n; r++)
    errors[r * stride + s->member] = single_row(s, rows + (r + 1 < n ? r + 1 : r) * width);
}

#endif
