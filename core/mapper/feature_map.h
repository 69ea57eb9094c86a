/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A feature map says which features each autoencoder of the ensemble sees.
 */
#ifndef NT_FEATURE_MAP_H
#define NT_FEATURE_MAP_H

#include <stddef.h>

#include "../error.h"
#include "linkage.h"

typedef struct nt_feature_map {
  size_t autoencoders; /* how many clusters */
  size_t total;        /* sum of sizes */
  size_t *sizes;       /* [autoencoders], each at least 1 */
  size_t *features;    /* [total], flattened in order of the clusters: column indices, 0-based */
} nt_feature_map;

/* Cuts the dendrogram of n points from the top: a branch with at most max_size leaves becomes one
 * autoencoder, its features in left-to-right leaf order; otherwise its left, then its right branch.
 * The arrays belong to *map: nt_feature_map_done. */
nt_status nt_feature_map_cut(const nt_merge *merges, size_t n, size_t max_size, nt_feature_map *map,
                             nt_error *err);

nt_status nt_feature_map_copy(const nt_feature_map *from, nt_feature_map *to, nt_error *err);
void nt_feature_map_done(nt_feature_map *map);

/* Whether both give every autoencoder the same features in the same order. */
int nt_feature_map_equal(const nt_feature_map *a, const nt_feature_map *b);

/* Bytes of the arrays. */
size_t nt_feature_map_memory(const nt_feature_map *map);

/* NT_E_INPUT unless every size is at least 1, they sum to total, and every index is below width. An
 * index may occur more than once or not at all (public maps leave features out): that is the
 * author's choice. */
nt_status nt_feature_map_check(const nt_feature_map *map, size_t width, nt_error *err);

/* Text form: one autoencoder a line, 0-based column indices separated by spaces or commas; '#'
 * starts a comment. Errors name path, line and value. */
nt_status nt_feature_map_read_text(const char *path, nt_feature_map *map, nt_error *err);

#endif
