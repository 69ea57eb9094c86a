/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of the two layouts of training (kernels.h), and the way of an autoencoder into them and
 * out again. */
#ifndef NT_LAYOUT_H
#define NT_LAYOUT_H

#include "autoencoder.h"
#include "kernels.h"

/* What a lane of a group, or a single, is made with. features: [visible], copied by a group, and
 * outliving a single. */
typedef struct nt_slot {
  size_t visible, hidden;
  nt_step step;
  const size_t *features;
  size_t member;
} nt_slot;

/* For up to `lanes` autoencoders, none of them larger. 0 when memory is short; nt_group_done in
 * any case. */
int nt_group_allocate(nt_group *g, size_t lanes, size_t visible, size_t hidden);
void nt_group_done(nt_group *g);
/* Takes the next lane, and says which. Once all are added: nt_group_finalise. */
size_t nt_group_add(nt_group *g, size_t lanes, const nt_slot *slot);
void nt_group_finalise(nt_group *g, size_t lanes);
/* Weights, biases, min and max of the autoencoder in `lane`, of the sizes it was added with. Those
 * of a group whose lanes have the same inputs have one min and max. */
void nt_group_put(nt_group *g, size_t lanes, size_t lane, const nt_autoencoder *a);
void nt_group_get(const nt_group *g, size_t lanes, size_t lane, nt_autoencoder *a);
size_t nt_group_memory(const nt_group *g, size_t lanes); /* bytes below the struct */

int nt_single_allocate(nt_single *s, const nt_slot *slot);
void nt_single_done(nt_single *s);
void nt_single_put(nt_single *s, const nt_autoencoder *a);
void nt_single_get(const nt_single *s, nt_autoencoder *a);
size_t nt_single_memory(const nt_single *s);

#endif
