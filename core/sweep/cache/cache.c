/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/temporary.h"
#include "lease.h"

const char *nt_cache_kind_name(nt_cache_kind kind) {
  static const char *const names[NT_CACHE_KINDS] = {"files", "features", "correlations", "scores",
                                                    "leases"};
  return names[kind];
}

void nt_cache_folder(const char *folder, nt_cache_kind kind, char *path) {
  snprintf(path, NT_CACHE_PATH, "%s/%s", folder, nt_cache_kind_name(kind));
}

static const char *const endings[NT_CACHE_KINDS] = {
    [NT_CACHE_FEATURES] = ".h5", [NT_CACHE_CORRELATIONS] = ".h5", [NT_CACHE_SCORES] = ".scores"};

void nt_cache_path(const char *folder, nt_cache_kind kind, const char *key, char *path) {
  snprintf(path, NT_CACHE_PATH, "%s/%s/%s%s", folder, nt_cache_kind_name(kind), key, endings[kind]);
}

/* mkdir -p */
static nt_status make_folder(const char *folder, nt_error *err) {
  char path[NT_CACHE_PATH];
  snprintf(path, sizeof path, "%s", folder);
  for (char *at = path + 1; *at; at++) {
    if (*at != '/') continue;
    *at = 0;
    mkdir(path, 0777); /* what is wrong shows in the last one */
    *at = '/';
  }
  if (mkdir(path, 0777) == 0 || errno == EEXIST) return NT_OK;
  return nt_fail(err, NT_E_IO, "%s: cannot be made: %s", folder, strerror(errno));
}

nt_status nt_cache_open(const char *folder, nt_error *err) {
  if (strlen(folder) + 64 > NT_CACHE_PATH)
    return nt_fail(err, NT_E_LIMIT, "%s: the path is too long", folder);
  for (int kind = 0; kind < NT_CACHE_KINDS; kind++) {
    char path[NT_CACHE_PATH];
    nt_cache_folder(folder, (nt_cache_kind)kind, path);
    nt_status status = make_folder(path, err);
    if (status != NT_OK) return status;
    if (access(path, W_OK | X_OK) != 0)
      return nt_fail(err, NT_E_IO, "%s: cannot be written: %s", path, strerror(errno));
    nt_temporary_sweep(path, NULL);
  }
  nt_temporary_sweep(folder, NULL);
  char leases[NT_CACHE_PATH];
  nt_cache_folder(folder, NT_CACHE_LEASES, leases);
  nt_lease_remove_stale(leases);
  return NT_OK;
}

int nt_cache_has(const char *folder, nt_cache_kind kind, const char *key) {
  char path[NT_CACHE_PATH];
  nt_cache_path(folder, kind, key, path);
  return utimensat(AT_FDCWD, path, NULL, 0) == 0;
}

nt_status nt_cache_remove(const char *folder, nt_cache_kind kind, const char *key, nt_error *err) {
  char path[NT_CACHE_PATH];
  nt_cache_path(folder, kind, key, path);
  if (unlink(path) == 0 || errno == ENOENT) return NT_OK;
  return nt_fail(err, NT_E_IO, "%s: cannot be removed: %s", path, strerror(errno));
}

/* ---------------------------------------------------------------- listing and pruning */

typedef struct listing {
  nt_cache_entry *entries;
  size_t count, room;
} listing;

static nt_status add_entry(listing *l, const nt_cache_entry *entry, nt_error *err) {
  if (l->count == l->room) {
    size_t room = l->room ? 2 * l->room : 64;
    nt_cache_entry *grown = realloc(l->entries, room * sizeof *grown);
    if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu cache entries", room);
    l->entries = grown;
    l->room = room;
  }
  l->entries[l->count++] = *entry;
  return NT_OK;
}

static nt_status list_kind(const char *folder, nt_cache_kind kind, listing *l, nt_error *err) {
  char path[NT_CACHE_PATH];
  nt_cache_folder(folder, kind, path);
  DIR *directory = opendir(path);
  if (!directory)
    return errno == ENOENT ? NT_OK : nt_fail(err, NT_E_IO, "%s: %s", path, strerror(errno));
  nt_status status = NT_OK;
  for (struct dirent *e; status == NT_OK && (e = readdir(directory));) {
    struct stat s;
    if (strlen(e->d_name) < NT_KEY_TEXT || strcmp(e->d_name + NT_KEY_TEXT - 1, endings[kind]) != 0)
      continue;
    if (fstatat(dirfd(directory), e->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(s.st_mode))
      continue; /* gone meanwhile, or not ours */
    nt_cache_entry entry = {.kind = kind,
                            .bytes = (uint64_t)s.st_blocks * 512,
                            .used = (double)s.st_mtim.tv_sec + 1e-9 * (double)s.st_mtim.tv_nsec};
    memcpy(entry.key, e->d_name, NT_KEY_TEXT - 1);
    status = add_entry(l, &entry, err);
  }
  closedir(directory);
  return status;
}

static int by_use(const void *a, const void *b) {
  const nt_cache_entry *x = a, *y = b;
  if (x->used != y->used) return x->used < y->used ? -1 : 1;
  return strcmp(x->key, y->key);
}

nt_status nt_cache_list(const char *folder, nt_cache_entry **entries, size_t *count,
                        nt_error *err) {
  static const nt_cache_kind kinds[] = {NT_CACHE_FEATURES, NT_CACHE_CORRELATIONS, NT_CACHE_SCORES};
  listing l = {0};
  nt_status status = NT_OK;
  for (size_t i = 0; status == NT_OK && i < sizeof kinds / sizeof *kinds; i++)
    status = list_kind(folder, kinds[i], &l, err);
  if (status != NT_OK) {
    free(l.entries);
    l = (listing){0};
  }
  if (l.count) qsort(l.entries, l.count, sizeof *l.entries, by_use);
  *entries = l.entries;
  *count = l.count;
  return status;
}

nt_status nt_cache_prune(const char *folder, uint64_t limit, double since, size_t *removed,
                         uint64_t *bytes, nt_error *err) {
  nt_cache_entry *entries;
  size_t count;
  *removed = 0;
  *bytes = 0;
  nt_status status = nt_cache_list(folder, &entries, &count, err);
  if (status != NT_OK) return status;
  uint64_t total = 0;
  for (size_t i = 0; i < count; i++) total += entries[i].bytes;
  for (size_t i = 0; i < count && total > limit && entries[i].used <= since; i++) {
    if (nt_cache_remove(folder, entries[i].kind, entries[i].key, NULL) != NT_OK) continue;
    total -= entries[i].bytes;
    *bytes += entries[i].bytes;
    ++*removed;
  }
  free(entries);
  return NT_OK;
}
