/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#define XXH_INLINE_ALL /* the size of its state is then ours to know */
#include <xxhash.h>

#include "ground/checksum.h"
#include "ground/temporary.h"
#include "store/file/output.h"

_Static_assert(sizeof(XXH3_state_t) <= NT_KEYING_STATE && _Alignof(XXH3_state_t) <= 64,
               "a hash in the making fits");

static XXH3_state_t *state_of(nt_keying *keying) {
  return (XXH3_state_t *)(void *)keying->state;
}

void nt_keying_begin(nt_keying *keying, const char *what) {
  XXH3_INITSTATE(state_of(keying));
  XXH3_128bits_reset(state_of(keying));
  nt_keying_text(keying, what);
}

static void add(nt_keying *keying, const void *bytes, size_t size) {
  XXH3_128bits_update(state_of(keying), bytes, size);
}

void nt_keying_integer(nt_keying *keying, uint64_t value) {
  add(keying, &value, sizeof value);
}

void nt_keying_number(nt_keying *keying, double value) {
  add(keying, &value, sizeof value);
}

void nt_keying_text(nt_keying *keying, const char *text) {
  nt_keying_integer(keying, text ? strlen(text) : UINT64_MAX);
  if (text) add(keying, text, strlen(text));
}

void nt_keying_options(nt_keying *keying, const nt_parameter *rows, size_t count,
                       const void *options) {
  for (size_t i = 0; i < count; i++) {
    if (rows[i].unkeyed) continue;
    nt_value value = nt_parameter_get(&rows[i], options);
    nt_keying_text(keying, rows[i].name);
    if (rows[i].type == NT_PARAMETER_TEXT)
      nt_keying_text(keying, value.text);
    else
      nt_keying_number(keying, value.number);
  }
}

void nt_keying_end(nt_keying *keying, char key[NT_KEY_TEXT]) {
  XXH128_hash_t hash = XXH3_128bits_digest(state_of(keying));
  snprintf(key, NT_KEY_TEXT, "%016llx%016llx", (unsigned long long)hash.high64,
           (unsigned long long)hash.low64);
}

/* ---------------------------------------------------------------- files */

/* Of a change that follows within this time the clock of a file system may not tell. */
#define TICK INT64_C(2000000000)

static int64_t nanoseconds(struct timespec t) {
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The same where the file is on a server whose clock is not known here. */
#define FAR_TICK (INT64_C(3600) * 1000000000)

/* File systems whose files may be dated by another machine (statfs(2)). */
static int is_remote(const char *path) {
  static const uint32_t remote[] = {
      0x00006969 /* NFS */,  0x0000517b /* SMB */, 0xff534d42 /* CIFS */, 0xfe534d42 /* SMB2 */,
      0x65735546 /* FUSE */, 0x01021997 /* 9P */,  0x00c36400 /* Ceph */, 0x0bd00bd0 /* Lustre */,
      0x47504653 /* GPFS */, 0x5346414f /* AFS */, 0x01161970 /* GFS2 */, 0x7461636f /* OCFS2 */};
  struct statfs s;
  if (statfs(path, &s) != 0) return 1;
  for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
    if ((uint32_t)s.f_type == remote[i]) return 1;
  return 0;
}

/* By the clock that dated the file: that of `folder`, where both lie on one file system. */
static int is_fresh(const char *folder, const char *path, const nt_file_mark *mark) {
  struct stat s;
  if (stat(folder, &s) == 0 && (uint64_t)s.st_dev == mark->device) {
    double age = nt_folder_clock(folder) - 1e-9 * (double)mark->changed;
    return !(age >= 1e-9 * (double)TICK);
  }
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now) - mark->changed < (is_remote(path) ? FAR_TICK : TICK);
}

static nt_status look_at(const char *path, nt_file_mark *mark, nt_error *err) {
  struct stat s;
  if (stat(path, &s) != 0) return nt_fail(err, NT_E_IO, "%s: %s", path, strerror(errno));
  if (!S_ISREG(s.st_mode))
    return nt_fail(err, NT_E_INPUT,
                   "%s: is not a regular file: an experiment reads its inputs "
                   "more than once",
                   path);
  *mark = (nt_file_mark){.device = (uint64_t)s.st_dev,
                         .inode = (uint64_t)s.st_ino,
                         .size = (uint64_t)s.st_size,
                         .modified = nanoseconds(s.st_mtim),
                         .changed = nanoseconds(s.st_ctim)};
  return NT_OK;
}

static void key_of_note(const char *path, const nt_file_mark *mark, char key[NT_KEY_TEXT]) {
  char *real = realpath(path, NULL);
  nt_keying k;
  nt_keying_begin(&k, "file");
  nt_keying_text(&k, real ? real : path);
  nt_keying_integer(&k, mark->device);
  nt_keying_integer(&k, mark->inode);
  nt_keying_integer(&k, mark->size);
  nt_keying_integer(&k, (uint64_t)mark->modified);
  nt_keying_integer(&k, (uint64_t)mark->changed);
  nt_keying_end(&k, key);
  free(real);
}

/* What proves that a note is that of this key, and whole. */
static void seal_of_note(const char *key, const char *sha256, char seal[NT_KEY_TEXT]) {
  nt_keying k;
  nt_keying_begin(&k, "note");
  nt_keying_text(&k, key);
  nt_keying_text(&k, sha256);
  nt_keying_end(&k, seal);
}

/* "SHA256 SEAL\n" */
static int read_note(const char *note, const char *key, char *sha256) {
  char found[65], seal[NT_KEY_TEXT], expected[NT_KEY_TEXT];
  FILE *file = fopen(note, "re");
  if (!file) return 0;
  int good = fscanf(file, "%64[0-9a-f] %32[0-9a-f]", found, seal) == 2 && strlen(found) == 64;
  fclose(file);
  if (!good) return 0;
  seal_of_note(key, found, expected);
  if (strcmp(seal, expected) != 0) return 0;
  memcpy(sha256, found, sizeof found);
  return 1;
}

/* What cannot be noted is only computed again: no error. */
static void write_note(const char *note, const char *key, const char *sha256) {
  nt_output output;
  char seal[NT_KEY_TEXT];
  if (nt_output_begin_here(&output, note, NULL) != NT_OK) return;
  seal_of_note(key, sha256, seal);
  FILE *file = nt_output_file(&output);
  int good = file && fprintf(file, "%s %s\n", sha256, seal) > 0;
  if (file && fclose(file) != 0) good = 0;
  if (good)
    nt_output_commit(&output, NULL);
  else
    nt_output_discard(&output);
}

/* bytes_too: whatever its mark says. A name more or less of a file changes the time of its last change
 * alone: then its bytes tell. */
static nt_status check(const char *path, const char *sha256, const nt_file_mark *mark,
                       int bytes_too, nt_error *err) {
  nt_file_mark now;
  char again[NT_CHECKSUM_TEXT] = "";
  nt_status status = look_at(path, &now, err);
  if (status != NT_OK) return nt_fail(err, NT_E_INPUT, "%s: was there, and is not now", path);
  int same = now.device == mark->device && now.inode == mark->inode && now.size == mark->size &&
             now.modified == mark->modified;
  if (same && (bytes_too || now.changed != mark->changed)) {
    status = nt_checksum_file(path, "sha256", 0, again, NULL, err);
    if (status != NT_OK) return status;
    same = strcmp(again, sha256) == 0;
  }
  if (same) return NT_OK;
  return nt_fail(err, NT_E_INPUT,
                 "%s: has changed since its checksum was taken: nothing that was read of it since "
                 "is kept; run it again",
                 path);
}

nt_status nt_key_of_file(const char *folder, const char *path, char *sha256, nt_file_mark *mark,
                         nt_error *err) {
  char key[NT_KEY_TEXT], note[4096];
  nt_status status = look_at(path, mark, err);
  if (status != NT_OK) return status;
  mark->fresh = is_fresh(folder, path, mark);
  key_of_note(path, mark, key);
  int fits = snprintf(note, sizeof note, "%s/%s.sha256", folder, key) < (int)sizeof note;
  if (fits && read_note(note, key, sha256)) return NT_OK;
  status = nt_checksum_file(path, "sha256", 0, sha256, NULL, err);
  if (status == NT_OK) status = check(path, sha256, mark, 0, err);
  if (status == NT_OK && fits && !mark->fresh) write_note(note, key, sha256);
  return status;
}

nt_status nt_key_check_file(const char *path, const char *sha256, const nt_file_mark *mark,
                            nt_error *err) {
  return check(path, sha256, mark, mark->fresh, err);
}
