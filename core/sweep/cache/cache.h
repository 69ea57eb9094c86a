/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cache of stages: results under names made of what they depend on (key.h), shared by all
 * experiments of a user.
 *
 *     FOLDER/files/         checksums of inputs, by path and mark (key.h)
 *     FOLDER/features/      KEY.h5   rows of features (store/output/feature_file.h)
 *     FOLDER/correlations/  KEY.h5   distances between features, of which maps are cut
 *     FOLDER/scores/        KEY.scores  scores of one detector (store/run/run_file.h)
 *     FOLDER/leases/                 who works on what (lease.h)
 *
 * Everything in it can be computed again: it may be pruned, or removed, at any time that nobody
 * works with it. A file that is used is touched, so that the least recently used go first.
 */
#ifndef NT_SWEEP_CACHE_H
#define NT_SWEEP_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

#include "key.h"

typedef enum nt_cache_kind {
  NT_CACHE_FILES,
  NT_CACHE_FEATURES,
  NT_CACHE_CORRELATIONS,
  NT_CACHE_SCORES,
  NT_CACHE_LEASES,
  NT_CACHE_KINDS
} nt_cache_kind;
/* "files", "features", ...: the folder's name */
const char *nt_cache_kind_name(nt_cache_kind kind);

enum { NT_CACHE_PATH = 4096 };

/* Makes the folders, and removes what killed processes left. NT_E_IO names the folder. */
nt_status nt_cache_open(const char *folder, nt_error *err);

/* FOLDER/KIND, or the file of a result (features, correlations, scores) into path (NT_CACHE_PATH
 * bytes). nt_cache_open has seen to it that they fit. */
void nt_cache_folder(const char *folder, nt_cache_kind kind, char *path);
void nt_cache_path(const char *folder, nt_cache_kind kind, const char *key, char *path);

/* Whether the file is there; if so it is touched. */
int nt_cache_has(const char *folder, nt_cache_kind kind, const char *key);
/* NT_E_IO: it is there still. */
nt_status nt_cache_remove(const char *folder, nt_cache_kind kind, const char *key, nt_error *err);

typedef struct nt_cache_entry {
  nt_cache_kind kind;
  char key[NT_KEY_TEXT];
  uint64_t bytes; /* on the disk */
  double used;    /* s since the epoch */
} nt_cache_entry;

/* All results (features, correlations, scores), least recently used first; *entries to be freed by
 * the caller. A folder that does not exist is an empty cache. */
nt_status nt_cache_list(const char *folder, nt_cache_entry **entries, size_t *count, nt_error *err);

/* Removes the least recently used until at most `limit` bytes are left; what was used after `since`
 * (s since the epoch) stays. *removed, *bytes: what went. */
nt_status nt_cache_prune(const char *folder, uint64_t limit, double since, size_t *removed,
                         uint64_t *bytes, nt_error *err);

#endif
