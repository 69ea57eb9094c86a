/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training, compiled once for each instruction set; formulas in autoencoder.h, layouts in
 * kernels.h. */
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

NT_INLINE void group_normalise(nt_group *g, const double *row) {
  nt_vector *x = (nt_vector *)g->x, *min = (nt_vector *)g->min, *max = (nt_vector *)g->max;
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

/* w += rate (x d + e y) for the weights from one input to k units and the rows of g->visible. */
NT_INLINE void group_step(size_t k, nt_vector *w, size_t in_step, const nt_group *g,
                          const nt_vector *y, const nt_vector *d) {
  const nt_vector *x = (const nt_vector *)g->x, *e = (const nt_vector *)g->e;
  nt_vector rate = *(const nt_vector *)g->rate, units_y[TRAIN_UNITS], units_d[TRAIN_UNITS];
  NT_EACH (j, k) units_y[j] = y[j];
  NT_EACH (j, k) units_d[j] = d[j];
  for (size_t i = 0; i < g->visible; i++, w += in_step) {
    nt_vector rate_x = rate * x[i], rate_e = rate * e[i];
    NT_EACH (j, k) w[j] = NT_FMA(rate_x, units_d[j], NT_FMA(rate_e, units_y[j], w[j]));
  }
}

/* The same for all units. */
static void group_update(nt_group *g) {
  nt_vector *w = (nt_vector *)g->weights, *y = (nt_vector *)g->y, *d = (nt_vector *)g->g;
  for (size_t u = 0, block; u < g->hidden; u += block) {
    block = nt_block_of(g->hidden - u, STEP_UNITS);
    WITH_CONSTANT(block, group_step(k, w + u, g->hidden, g, y + u, d + u))
  }
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

static void group_row(nt_group *g, const double *row, double *errors) {
  size_t visible = g->visible, hidden = g->hidden;
  nt_vector *w = (nt_vector *)g->weights, *x = (nt_vector *)g->x, *y = (nt_vector *)g->y;
  nt_vector *e = (nt_vector *)g->e, *d = (nt_vector *)g->g;
  nt_vector *hidden_bias = (nt_vector *)g->hidden_bias,
            *visible_bias = (nt_vector *)g->visible_bias;
  const nt_vector *hidden_mask = (const nt_vector *)g->hidden_mask;
  const nt_vector *visible_mask = (const nt_vector *)g->visible_mask;
  nt_vector hidden_count = *(const nt_vector *)g->hidden_count;
  nt_vector visible_count = *(const nt_vector *)g->visible_count, sum = NT_SET1(0.0);

  group_normalise(g, row);
  group_layer(y, hidden, hidden_bias, x, visible, w, hidden, 1);
  for (size_t j = 0; j < hidden; j++) y[j] = nt_vector_keep(logistic(y[j]), hidden_mask[j]);
  group_layer(e, visible, visible_bias, y, hidden, w, 1, hidden);
  for (size_t i = 0; i < visible; i++) {
    e[i] = nt_vector_keep(x[i] - logistic(e[i]), visible_mask[i]);
    sum = NT_FMA(e[i], e[i], sum);
  }
  group_layer(d, hidden, NULL, e, visible, w, hidden, 1);
  for (size_t j = 0; j < hidden; j++) d[j] = d[j] * y[j] * (NT_SET1(1.0) - y[j]);
  group_update(g);
  group_bias(g, hidden_bias, d, hidden, hidden_count);
  group_bias(g, visible_bias, e, visible, visible_count);

  double rmse[NT_LANES];
  nt_vector_store(rmse, NT_SQRT(sum / visible_count));
  for (size_t lane = 0; lane < g->used; lane++) errors[g->members[lane]] = rmse[lane];
}

static void train_group(nt_group *g, const double *rows, size_t width, size_t n, double *errors,
                        size_t stride) {
  for (size_t r = 0; r < n; r++) group_row(g, rows + r * width, errors + r * stride);
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

NT_INLINE void single_normalise(nt_single *s, const double *row) {
  for (size_t i = 0; i < s->visible; i++) s->x[i] = row[s->features[i]];
  for (size_t i = s->visible; i < s->visible_stride; i++) s->x[i] = 0;
  for (size_t i = 0; i < s->visible_stride; i += NT_LANES) {
    nt_vector raw = nt_vector_load(s->x + i);
    nt_vector max = NT_MAX(raw, nt_vector_load(s->max + i));
    nt_vector min = NT_MIN(raw, nt_vector_load(s->min + i));
    nt_vector_store(s->max + i, max);
    nt_vector_store(s->min + i, min);
    nt_vector_store(s->x + i, (raw - min) / (max - min + NT_SET1(s->step.epsilon)));
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

static double single_row(nt_single *s, const double *row) {
  const nt_step *step = &s->step;
  size_t visible = s->visible, hidden = s->hidden;
  nt_vector rate = NT_SET1(step->rate);
  double sum = 0;

  single_normalise(s, row);
  single_layer(s->y, s->hidden_stride, s->hidden_bias, s->x, visible, s->weights);
  for (size_t j = 0; j < s->hidden_stride; j += NT_LANES)
    nt_vector_store(s->y + j, logistic(nt_vector_load(s->y + j)));
  single_layer(s->e, s->visible_stride, s->visible_bias, s->y, hidden, s->transposed);
  for (size_t i = 0; i < s->visible_stride; i += NT_LANES)
    nt_vector_store(s->e + i, nt_vector_load(s->x + i) - logistic(nt_vector_load(s->e + i)));
  for (size_t i = 0; i < visible; i++) sum = NT_SCALAR_FMA(s->e[i], s->e[i], sum);
  single_layer(s->g, s->hidden_stride, NULL, s->e, visible, s->weights);
  for (size_t j = 0; j < s->hidden_stride; j += NT_LANES) {
    nt_vector y = nt_vector_load(s->y + j);
    nt_vector_store(s->g + j, nt_vector_load(s->g + j) * y * (NT_SET1(1.0) - y));
  }
  for (size_t i = 0; i < visible; i++) {
    nt_vector rate_x = rate * NT_SET1(s->x[i]), rate_e = rate * NT_SET1(s->e[i]);
    double *w = s->weights + i * s->hidden_stride;
    for (size_t j = 0; j < s->hidden_stride; j += NT_LANES)
      nt_vector_store(w + j,
                      NT_FMA(rate_x, nt_vector_load(s->g + j),
                             NT_FMA(rate_e, nt_vector_load(s->y + j), nt_vector_load(w + j))));
  }
  for (size_t i = 0; i < s->visible_stride; i += NT_LANES) {
    nt_vector rate_x = rate * nt_vector_load(s->x + i), rate_e = rate * nt_vector_load(s->e + i);
    double *w = s->transposed + i;
    for (size_t j = 0; j < hidden; j++, w += s->visible_stride)
      nt_vector_store(
          w, NT_FMA(rate_x, NT_SET1(s->g[j]), NT_FMA(rate_e, NT_SET1(s->y[j]), nt_vector_load(w))));
  }
  single_bias(s->hidden_bias, s->g, hidden, s->hidden_stride, step);
  single_bias(s->visible_bias, s->e, visible, s->visible_stride, step);
  return sqrt(sum / (double)visible);
}

static void train_single(nt_single *s, const double *rows, size_t width, size_t n, double *errors,
                         size_t stride) {
  for (size_t r = 0; r < n; r++) errors[r * stride + s->member] = single_row(s, rows + r * width);
}

#endif
