/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layout.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

/* The next n doubles of one allocation. */
static double *take(double **cursor, size_t n) {
  double *p = *cursor;
  *cursor += n;
  return p;
}

static void set_mask(double *mask) {
  memset(mask, 0xff, sizeof *mask);
}

/* ---------------------------------------------------------------- groups */

int nt_group_allocate(nt_group *g, size_t lanes, size_t visible, size_t hidden) {
  /* (v + 4) (h + 7) vectors: v h weights, 7 v, 4 h, 5 for rates and counts, and some to spare. */
  double *p = nt_zeroed(visible + 4, (hidden + 7) * lanes, sizeof *p);
  *g = (nt_group){.visible = visible,
                  .hidden = hidden,
                  .weights = p,
                  .members = calloc(lanes, sizeof *g->members),
                  .features = calloc(visible * lanes, sizeof *g->features)};
  if (!p || !g->members || !g->features) return 0;
  p += visible * hidden * lanes;
  size_t v = visible * lanes, h = hidden * lanes;
  g->hidden_bias = take(&p, h), g->hidden_mask = take(&p, h);
  g->y = take(&p, h), g->g = take(&p, h);
  g->visible_bias = take(&p, v), g->visible_mask = take(&p, v);
  g->min = take(&p, v), g->max = take(&p, v);
  g->x = take(&p, v), g->next = take(&p, v), g->e = take(&p, v);
  g->hidden_count = take(&p, lanes), g->visible_count = take(&p, lanes);
  g->rate = take(&p, lanes), g->epsilon = take(&p, lanes), g->bias_mean = take(&p, lanes);
  for (size_t lane = 0; lane < lanes; lane++) g->visible_count[lane] = g->hidden_count[lane] = 1;
  return 1;
}

void nt_group_done(nt_group *g) {
  free(g->weights);
  free(g->members);
  free(g->features);
}

size_t nt_group_memory(const nt_group *g, size_t lanes) {
  return ((g->visible + 4) * (g->hidden + 7) * sizeof(double) + sizeof *g->members +
          g->visible * sizeof *g->features) *
         lanes;
}

size_t nt_group_add(nt_group *g, size_t lanes, const nt_slot *slot) {
  size_t lane = g->used++;
  g->members[lane] = slot->member;
  for (size_t i = 0; i < slot->visible; i++) {
    g->features[i * lanes + lane] = slot->features[i];
    set_mask(&g->visible_mask[i * lanes + lane]);
  }
  for (size_t j = 0; j < slot->hidden; j++) set_mask(&g->hidden_mask[j * lanes + lane]);
  g->visible_count[lane] = (double)slot->visible;
  g->hidden_count[lane] = (double)slot->hidden;
  g->rate[lane] = slot->step.rate;
  g->epsilon[lane] = slot->step.epsilon;
  if (slot->step.bias_mean) {
    set_mask(&g->bias_mean[lane]);
    g->any_mean = 1;
  }
  return lane;
}

void nt_group_finalise(nt_group *g, size_t lanes) {
  g->same_inputs = 1;
  for (size_t lane = 0; lane < g->used; lane++) {
    g->same_inputs &=
        g->epsilon[lane] == g->epsilon[0] && g->visible_count[lane] == (double)g->visible;
    for (size_t i = 0; i < g->visible; i++)
      g->same_inputs &= g->features[i * lanes + lane] == g->features[i * lanes];
  }
  if (!g->same_inputs) return;
  for (size_t i = 0; i < g->visible; i++) g->features[i] = g->features[i * lanes];
  for (size_t i = g->visible; i % lanes != 0; i++) g->features[i] = 0;
}

void nt_group_put(nt_group *g, size_t lanes, size_t lane, const nt_autoencoder *a) {
  for (size_t i = 0; i < a->visible; i++) {
    size_t at = i * lanes + lane, range = g->same_inputs ? i : at;
    for (size_t j = 0; j < a->hidden; j++)
      g->weights[(i * g->hidden + j) * lanes + lane] = a->weights[i * a->hidden + j];
    g->visible_bias[at] = a->visible_bias[i];
    g->min[range] = a->min[i];
    g->max[range] = a->max[i];
  }
  for (size_t j = 0; j < a->hidden; j++) g->hidden_bias[j * lanes + lane] = a->hidden_bias[j];
}

void nt_group_get(const nt_group *g, size_t lanes, size_t lane, nt_autoencoder *a) {
  for (size_t i = 0; i < a->visible; i++) {
    size_t at = i * lanes + lane, range = g->same_inputs ? i : at;
    for (size_t j = 0; j < a->hidden; j++)
      a->weights[i * a->hidden + j] = g->weights[(i * g->hidden + j) * lanes + lane];
    a->visible_bias[i] = g->visible_bias[at];
    a->min[i] = g->min[range];
    a->max[i] = g->max[range];
  }
  for (size_t j = 0; j < a->hidden; j++) a->hidden_bias[j] = g->hidden_bias[j * lanes + lane];
}

/* ---------------------------------------------------------------- singles */

static size_t padded(size_t units) {
  return (units + NT_SINGLE_PADDING - 1) & ~(size_t)(NT_SINGLE_PADDING - 1);
}

int nt_single_allocate(nt_single *s, const nt_slot *slot) {
  size_t v = padded(slot->visible), h = padded(slot->hidden);
  /* (2 v + 4) (h + 3): 2 v h weights, 6 v, 4 h and some to spare. */
  double *p = nt_zeroed(2 * v + 4, h + 3, sizeof *p);
  *s = (nt_single){.visible = slot->visible,
                   .hidden = slot->hidden,
                   .visible_stride = v,
                   .hidden_stride = h,
                   .step = slot->step,
                   .member = slot->member,
                   .features = slot->features,
                   .weights = p};
  if (!p) return 0;
  p += slot->visible * h;
  s->transposed = take(&p, slot->hidden * v);
  s->hidden_bias = take(&p, h);
  s->now.y = take(&p, h), s->next.y = take(&p, h), s->g = take(&p, h);
  s->visible_bias = take(&p, v);
  s->min = take(&p, v), s->max = take(&p, v);
  s->now.x = take(&p, v), s->next.x = take(&p, v), s->e = take(&p, v);
  return 1;
}

void nt_single_done(nt_single *s) {
  free(s->weights);
}

size_t nt_single_memory(const nt_single *s) {
  return (2 * s->visible_stride + 4) * (s->hidden_stride + 3) * sizeof(double);
}

/* Both copies of the weights are up to date: the step between them is nothing. */
void nt_single_put(nt_single *s, const nt_autoencoder *a) {
  memset(s->next.x, 0, s->visible_stride * sizeof *s->next.x);
  memset(s->next.y, 0, s->hidden_stride * sizeof *s->next.y);
  memset(s->e, 0, s->visible_stride * sizeof *s->e);
  memset(s->g, 0, s->hidden_stride * sizeof *s->g);
  for (size_t i = 0; i < a->visible; i++) {
    for (size_t j = 0; j < a->hidden; j++)
      s->weights[i * s->hidden_stride + j] = s->transposed[j * s->visible_stride + i] =
          a->weights[i * a->hidden + j];
    s->visible_bias[i] = a->visible_bias[i];
    s->min[i] = a->min[i];
    s->max[i] = a->max[i];
  }
  memcpy(s->hidden_bias, a->hidden_bias, a->hidden * sizeof *a->hidden_bias);
}

void nt_single_get(const nt_single *s, nt_autoencoder *a) {
  for (size_t i = 0; i < a->visible; i++) {
    memcpy(a->weights + i * a->hidden, s->weights + i * s->hidden_stride,
           a->hidden * sizeof *a->weights);
    a->visible_bias[i] = s->visible_bias[i];
    a->min[i] = s->min[i];
    a->max[i] = s->max[i];
  }
  memcpy(a->hidden_bias, s->hidden_bias, a->hidden * sizeof *a->hidden_bias);
}
