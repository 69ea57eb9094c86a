/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop of resample.h for one instruction set (numeric/vector.h). */
#include <string.h>

#include "numeric/vector.h"
#include "resample.h"

typedef uint64_t counts __attribute__((vector_size(sizeof(nt_vector)), may_alias));
typedef uint32_t weights __attribute__((vector_size(sizeof(nt_vector) / 2), may_alias));
enum { PARTS = NT_RESAMPLES / NT_LANES };

/* Of integers below 2^52, exactly. */
NT_INLINE nt_vector doubles_of(counts n) {
  const counts exponent = (counts){0} + 0x4330000000000000u; /* of 2^52 */
  return (nt_vector)(n | exponent) - NT_SET1(0x1p52);
}

typedef struct lanes {
  counts attacks[PARTS], benign[PARTS], step_attacks[PARTS], step_benign[PARTS];
} lanes;

NT_INLINE void meet(lanes *p, const nt_resample_item *met, const nt_resample_weights *weight) {
  counts count = (counts){0} + (uint64_t)met->count;
  counts is_attack = (counts){0} - (uint64_t)(met->tag & NT_TAG_ATTACK);
  NT_EACH (i, PARTS) {
    weights drawn;
    memcpy(&drawn, weight[NT_TAG_BLOCK(met->tag)] + i * NT_LANES, sizeof drawn);
    counts here = __builtin_convertvector(drawn, counts) * count;
    p->step_attacks[i] += here & is_attack;
    p->step_benign[i] += here & ~is_attack;
  }
}

NT_INLINE void turn(lanes *p, counts *pairs, nt_vector *sum) {
  NT_EACH (i, PARTS) {
    counts attacks = p->step_attacks[i], benign = p->step_benign[i];
    pairs[i] += benign * (2 * p->attacks[i] + attacks);
    p->attacks[i] += attacks;
    p->benign[i] += benign;
    p->step_attacks[i] = p->step_benign[i] = (counts){0};
    counts alarms = p->attacks[i] + p->benign[i];
    alarms += (counts)(alarms == 0) & 1;
    sum[i] += doubles_of(attacks) * doubles_of(p->attacks[i]) / doubles_of(alarms);
  }
}

void NT_FOR_ISA(nt_resample_areas)(const nt_resample_item *items, size_t count,
                                   const nt_resample_weights *weight, nt_resample_position *mark,
                                   nt_resample_counts doubled_pairs,
                                   double precision_sum[NT_RESAMPLES]) {
  _Static_assert(sizeof(lanes) == sizeof *mark, "marks are copied as they are");
  lanes p = {0};
  counts pairs[PARTS] = {{0}};
  nt_vector sum[PARTS] = {{0}};
  for (size_t i = 0, marks = count / NT_RESAMPLE_STRIDE + 1; marks > 0; marks--, mark++) {
    memcpy(mark, &p, sizeof p);
    size_t end = count - i < NT_RESAMPLE_STRIDE ? count : i + NT_RESAMPLE_STRIDE;
    for (; i < end; i++) {
      meet(&p, &items[i], weight);
      if (items[i].tag & NT_TAG_CORNER) turn(&p, pairs, sum);
    }
  }
  memcpy(doubled_pairs, pairs, sizeof pairs);
  memcpy(precision_sum, sum, sizeof sum);
}
