/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/capture.h>

#include <stdlib.h>
#include <string.h>

#include "ground/checksum.h"
#include "ground/flag.h"
#include "ground/hasher.h"

struct nt_digester {
  nt_hasher *file, *content; /* file NULL: the same as content, or not read in order */
  nt_tap tap;
};

static void put_file(void *context, const void *bytes, size_t size) {
  nt_digester *d = context;
  if (d->file) nt_hasher_put(d->file, bytes, size);
}

static void put_content(void *context, const void *bytes, size_t size) {
  nt_digester *d = context;
  nt_hasher_put(d->content, bytes, size);
}

nt_digester *nt_digester_new(nt_error *err) {
  nt_digester *d = calloc(1, sizeof *d);
  if (!d) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a checksum");
    return NULL;
  }
  d->tap = (nt_tap){.file = put_file, .content = put_content, .context = d};
  if ((d->file = nt_hasher_new(err)) && (d->content = nt_hasher_new(err))) return d;
  nt_digester_free(d);
  return NULL;
}

void nt_digester_free(nt_digester *d) {
  if (!d) return;
  nt_hasher_free(d->file);
  nt_hasher_free(d->content);
  free(d);
}

const nt_tap *nt_digester_tap(nt_digester *d) {
  return &d->tap;
}

void nt_digester_opened(nt_digester *d, const nt_capture *capture) {
  if (nt_capture_packing(capture) == NT_PACKING_FILTER) return;
  nt_hasher_free(d->file);
  d->file = NULL;
}

static void take(nt_hasher *hasher, nt_digest *digest) {
  *digest = (nt_digest){.bytes = (int64_t)nt_hasher_bytes(hasher)};
  nt_hasher_end(hasher, digest->sha256);
}

static nt_digest unknown(const char *why) {
  return (nt_digest){.bytes = -1, .why = why};
}

void nt_digester_end(nt_digester *d, nt_capture *capture, const char *path,
                     const struct stat *before, const volatile sig_atomic_t *cancel,
                     nt_digests *digests) {
  digests->file = digests->content = unknown("the run was interrupted");
  while (nt_capture_rest(capture))
    if (nt_flag_get(cancel)) return;
  nt_packing packing = nt_capture_packing(capture);
  int broken = nt_capture_fault(capture) != NULL;
  if (broken)
    digests->content = unknown(packing == NT_PACKING_NONE ? "the input cannot be read to its end"
                                                          : "the compressed data are damaged");
  else
    take(d->content, &digests->content);
  if (packing == NT_PACKING_FILTER)
    take(d->file, &digests->file);
  else if (packing == NT_PACKING_ZIP)
    nt_digest_file(path, before, &digests->file);
  else
    digests->file = digests->content;
}

double nt_digester_seconds(const nt_digester *d) {
  return nt_hasher_seconds(d->content) + (d->file ? nt_hasher_seconds(d->file) : 0);
}

static int unchanged(const char *path, const struct stat *before) {
  struct stat now;
  return stat(path, &now) == 0 && before->st_dev == now.st_dev && before->st_ino == now.st_ino &&
         before->st_size == now.st_size && before->st_mtim.tv_sec == now.st_mtim.tv_sec &&
         before->st_mtim.tv_nsec == now.st_mtim.tv_nsec &&
         before->st_ctim.tv_sec == now.st_ctim.tv_sec &&
         before->st_ctim.tv_nsec == now.st_ctim.tv_nsec;
}

void nt_digest_file(const char *path, const struct stat *before, nt_digest *digest) {
  char hex[NT_CHECKSUM_TEXT];
  *digest = unknown("the input changed during the run");
  if (!unchanged(path, before) || nt_checksum_file(path, "sha256", 0, hex, NULL, NULL) != NT_OK ||
      !unchanged(path, before))
    return;
  *digest = (nt_digest){.bytes = before->st_size};
  memcpy(digest->sha256, hex, sizeof digest->sha256);
}
