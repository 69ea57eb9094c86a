/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../checksum.h"
#include "../store/output.h"

void nt_keying_begin(nt_keying *keying, const char *what) {
  keying->state = XXH3_createState();
  if (!keying->state) abort(); /* 576 bytes: nothing can go on without them */
  XXH3_128bits_reset(keying->state);
  nt_keying_text(keying, what);
}

static void add(nt_keying *keying, const void *bytes, size_t size) {
  XXH3_128bits_update(keying->state, bytes, size);
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

void nt_keying_end(nt_keying *keying, char key[NT_KEY_TEXT]) {
  XXH128_hash_t hash = XXH3_128bits_digest(keying->state);
  XXH3_freeState(keying->state);
  snprintf(key, NT_KEY_TEXT, "%016llx%016llx", (unsigned long long)hash.high64,
           (unsigned long long)hash.low64);
}

/* ---------------------------------------------------------------- files */

static int read_note(const char *note, char *sha256) {
  FILE *file = fopen(note, "re");
  if (!file) return 0;
  int good = fread(sha256, 1, 64, file) == 64 && fgetc(file) == '\n';
  fclose(file);
  sha256[64] = 0;
  return good && strspn(sha256, "0123456789abcdef") == 64;
}

/* What cannot be noted is only computed again: no error. */
static void write_note(const char *note, const char *sha256) {
  nt_output output;
  if (nt_output_begin(&output, note, NULL) != NT_OK) return;
  FILE *file = fopen(output.temporary, "we");
  int good = file && fprintf(file, "%s\n", sha256) == 65;
  if (file && fclose(file) != 0) good = 0;
  if (good)
    nt_output_commit(&output, NULL);
  else
    nt_output_discard(&output);
}

nt_status nt_key_of_file(const char *folder, const char *path, char *sha256, nt_error *err) {
  struct stat s;
  if (stat(path, &s) != 0) return nt_fail(err, NT_E_IO, "%s: %s", path, strerror(errno));
  if (!S_ISREG(s.st_mode))
    return nt_fail(err, NT_E_INPUT,
                   "%s: is not a regular file: an experiment reads its inputs "
                   "more than once",
                   path);
  char key[NT_KEY_TEXT], note[4096], *real = realpath(path, NULL);
  nt_keying k;
  nt_keying_begin(&k, "file");
  nt_keying_text(&k, real ? real : path);
  nt_keying_integer(&k, (uint64_t)s.st_dev);
  nt_keying_integer(&k, (uint64_t)s.st_ino);
  nt_keying_integer(&k, (uint64_t)s.st_size);
  nt_keying_integer(&k, (uint64_t)s.st_mtim.tv_sec);
  nt_keying_integer(&k, (uint64_t)s.st_mtim.tv_nsec);
  nt_keying_end(&k, key);
  free(real);
  int fits = snprintf(note, sizeof note, "%s/%s.sha256", folder, key) < (int)sizeof note;
  if (fits && read_note(note, sha256)) return NT_OK;
  nt_status status = nt_checksum_file(path, "sha256", 0, sha256, NULL, err);
  if (status == NT_OK && fits) write_note(note, sha256);
  return status;
}
