/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup feature_map Feature map
 * A feature map says which features each autoencoder of the ensemble sees.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_FEATURE_MAP_H
#define NINETAILS_FEATURE_MAP_H

#include <stddef.h>

#include <ninetails/error.h>

NT_BEGIN_DECLS

/** Clusters of features, one an autoencoder, and the dendrogram that they were cut from. Single
 * linkage joins neighbours in `features` at the greatest distance that lies between them, so the
 * order of the features and the distance of each to the next tell the whole dendrogram. */
typedef struct nt_feature_map {
  size_t autoencoders; /**< how many clusters */
  size_t total;        /**< sum of sizes */
  size_t *sizes;       /**< [autoencoders], each at least 1 */
  size_t *features;    /**< [total], flattened in order of the clusters: column indices, 0-based */
  double *distances; /**< [total - 1], at which the clusters of features i and i + 1 of the list are
                          joined; NULL: the map was given, not cut from a dendrogram */
} nt_feature_map;

/** A copy that is the caller's: nt_feature_map_done. NT_E_MEMORY. */
NT_API nt_status nt_feature_map_copy(const nt_feature_map *from, nt_feature_map *to,
                                     nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2);
/** Frees the arrays. */
NT_API void nt_feature_map_done(nt_feature_map *map);

/** Whether both give every autoencoder the same features in the same order. */
NT_API int nt_feature_map_equal(const nt_feature_map *a, const nt_feature_map *b) NT_NONNULL(1, 2);

/** Bytes of the arrays. */
NT_API size_t nt_feature_map_memory(const nt_feature_map *map) NT_NONNULL(1);

/** NT_E_INPUT unless every size is at least 1, they sum to total, and every index is below width.
 * An index may occur more than once or not at all (public maps leave features out): that is the
 * author's choice. */
NT_API nt_status nt_feature_map_check(const nt_feature_map *map, size_t width,
                                      nt_error *err) NT_MUST_CHECK NT_NONNULL(1);

/** Text form: one autoencoder a line, 0-based column indices separated by spaces or commas; '#'
 * starts a comment. Errors name path, line and value. */
NT_API nt_status nt_feature_map_read_text(const char *path, nt_feature_map *map,
                                          nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2);

NT_END_DECLS
/** @} */
#endif
