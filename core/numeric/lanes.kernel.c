/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops of lanes.h for one instruction set (vector.h). */
#include "vector.h"
#include "lanes.h"

/* Vectors in eight doubles, or in sixteen floats. */
#define PARTS (8 / NT_LANES)

typedef float floats __attribute__((vector_size(sizeof(nt_vector)), may_alias));
typedef int float_mask __attribute__((vector_size(sizeof(nt_vector)), may_alias));
enum { FLOATS = 2 * NT_LANES };

NT_INLINE floats float_load(const float *p) {
  floats v;
  memcpy(&v, p, sizeof v);
  return v;
}
NT_INLINE floats float_pick(float_mask mask, floats a, floats b) {
  return (floats)((mask & (float_mask)a) | (~mask & (float_mask)b));
}

NT_INLINE double sum_of(const nt_vector *sum) {
  double v[8];
  memcpy(v, sum, sizeof v);
  return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}
NT_INLINE float sum_of_floats(const floats *sum) {
  float v[16];
  memcpy(v, sum, sizeof v);
  for (int i = 0; i < 8; i++) v[i] += v[i + 8];
  return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}

NT_INLINE double dot(const double *a, const double *b, size_t n) {
  nt_vector sum[PARTS] = {{0}};
  for (size_t i = 0; i < n; i += 8)
    NT_EACH (p, PARTS)
      sum[p] += nt_vector_load(a + i + p * NT_LANES) * nt_vector_load(b + i + p * NT_LANES);
  return sum_of(sum);
}

static double lanes_dot(const double *a, const double *b, size_t n) {
  return dot(a, b, n);
}

static void lanes_add(double *to, double factor, const double *from, size_t n) {
  nt_vector f = NT_SET1(factor);
  for (size_t i = 0; i < n; i += NT_LANES)
    nt_vector_store(to + i, nt_vector_load(to + i) + f * nt_vector_load(from + i));
}

static void lanes_multiply(const double *m, size_t rows, const double *x, size_t n, double *y) {
  for (size_t r = 0; r < rows; r++) y[r] = dot(m + r * n, x, n);
}

static void lanes_rank_one(double *m, size_t rows, const double *z, size_t n, double factor,
                           double stretch) {
  nt_vector s = NT_SET1(stretch);
  for (size_t r = 0; r < rows; r++) {
    nt_vector own = NT_SET1(factor * z[r]);
    double *row = m + r * n;
    for (size_t i = 0; i < n; i += NT_LANES)
      nt_vector_store(row + i, (nt_vector_load(row + i) - own * nt_vector_load(z + i)) * s);
  }
}

static int lanes_distances(const double *block, const double *x, size_t width, double most,
                           double *out) {
  nt_vector sum[PARTS] = {{0}};
  for (size_t c = 0; c < width;) {
    size_t end = c + 16 < width ? c + 16 : width;
    for (; c < end; c++) {
      nt_vector here = NT_SET1(x[c]);
      NT_EACH (p, PARTS) {
        nt_vector away = nt_vector_load(block + c * 8 + p * NT_LANES) - here;
        sum[p] += away * away;
      }
    }
    memcpy(out, sum, sizeof sum);
    int beyond = 1;
    for (size_t lane = 0; lane < 8; lane++) beyond &= out[lane] > most;
    if (beyond) return 0;
  }
  return 1;
}

static void lanes_distances_together(const double *const *blocks, const double *x, size_t width,
                                     double *out) {
  nt_vector sum[NT_LANES_TOGETHER][PARTS] = {{{0}}};
  for (size_t c = 0; c < width; c++) {
    nt_vector here = NT_SET1(x[c]);
    NT_EACH (b, NT_LANES_TOGETHER)
      NT_EACH (p, PARTS) {
        nt_vector away = nt_vector_load(blocks[b] + c * 8 + p * NT_LANES) - here;
        sum[b][p] += away * away;
      }
  }
  memcpy(out, sum, sizeof sum);
}

/* Of `blocks` blocks side by side, so that their sums do not wait for each other. */
NT_INLINE void least_of(const double *block, size_t blocks, const double *x, size_t width,
                        double *least) {
  nt_vector sum[NT_LANES_TOGETHER][PARTS] = {{{0}}};
  for (size_t c = 0; c < width; c++) {
    nt_vector here = NT_SET1(x[c]);
    NT_EACH (b, blocks)
      NT_EACH (p, PARTS) {
        nt_vector away = nt_vector_load(block + (b * width + c) * 8 + p * NT_LANES) - here;
        sum[b][p] = NT_FMA(away, away, sum[b][p]);
      }
  }
  NT_EACH (b, blocks) {
    double v[8];
    memcpy(v, sum[b], sizeof v);
    for (size_t i = 0; i < 4; i++) v[i] = v[i] < v[i + 4] ? v[i] : v[i + 4];
    for (size_t i = 0; i < 2; i++) v[i] = v[i] < v[i + 2] ? v[i] : v[i + 2];
    least[b] = v[0] < v[1] ? v[0] : v[1];
  }
}

static size_t lanes_least_distances(const double *blocks, size_t count, const double *x,
                                    size_t width, double *least) {
  size_t b = 0;
  for (; b + NT_LANES_TOGETHER <= count; b += NT_LANES_TOGETHER)
    least_of(blocks + b * width * 8, NT_LANES_TOGETHER, x, width, least + b);
  for (; b < count; b++) least_of(blocks + b * width * 8, 1, x, width, least + b);
  nt_vector low = NT_SET1(least[0]);
  for (b = 0; b + NT_LANES <= count; b += NT_LANES) low = NT_MIN(nt_vector_load(least + b), low);
  double all = least[0];
  for (size_t lane = 0; lane < NT_LANES; lane++) all = low[lane] < all ? low[lane] : all;
  for (; b < count; b++) all = least[b] < all ? least[b] : all;
  for (b = 0; b + 1 < count && least[b] != all;) b++;
  return b;
}

static float lanes_outside(const float *low, const float *high, const float *x, size_t n) {
  floats sum[PARTS] = {{0}}, none = {0};
  for (size_t i = 0; i < n; i += 16)
    NT_EACH (p, PARTS) {
      floats here = float_load(x + i + p * FLOATS);
      floats below = float_load(low + i + p * FLOATS) - here;
      floats above = here - float_load(high + i + p * FLOATS);
      floats out = float_pick(below > above, below, above);
      sum[p] += float_pick(out > none, out, none);
    }
  return sum_of_floats(sum);
}

static int lanes_join(float *low, float *high, const float *low1, const float *high1,
                      const float *low2, const float *high2, size_t n, float *span) {
  floats sum[PARTS] = {{0}};
  float_mask changed = {0};
  for (size_t i = 0; i < n; i += 16)
    NT_EACH (p, PARTS) {
      size_t at = i + p * FLOATS;
      floats a = float_load(low1 + at), b = float_load(low2 + at);
      floats y = float_load(high1 + at), z = float_load(high2 + at);
      a = float_pick(a < b, a, b);
      z = float_pick(y > z, y, z);
      changed |= (a != float_load(low + at)) | (z != float_load(high + at));
      memcpy(low + at, &a, sizeof a);
      memcpy(high + at, &z, sizeof z);
      sum[p] += z - a;
    }
  *span = sum_of_floats(sum);
  int any = 0;
  for (int lane = 0; lane < FLOATS; lane++) any |= changed[lane];
  return any != 0;
}

const nt_lanes NT_FOR_ISA(nt_lanes) = {.dot = lanes_dot,
                                       .add = lanes_add,
                                       .multiply = lanes_multiply,
                                       .rank_one = lanes_rank_one,
                                       .distances = lanes_distances,
                                       .distances_together = lanes_distances_together,
                                       .least_distances = lanes_least_distances,
                                       .outside = lanes_outside,
                                       .join = lanes_join};
