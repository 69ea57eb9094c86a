/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "digest.h"

#include <string.h>

#include "../checksum.h"

static int unchanged(const char *path, const struct stat *before) {
  struct stat now;
  return stat(path, &now) == 0 && before->st_dev == now.st_dev && before->st_ino == now.st_ino &&
         before->st_size == now.st_size && before->st_mtim.tv_sec == now.st_mtim.tv_sec &&
         before->st_mtim.tv_nsec == now.st_mtim.tv_nsec;
}

void nt_digest_file(const char *path, const struct stat *before, nt_digest *digest) {
  *digest = (nt_digest){.bytes = -1};
  if (strcmp(path, "-") == 0 || !S_ISREG(before->st_mode)) {
    digest->why = "the input cannot be read twice";
    return;
  }
  char hex[NT_CHECKSUM_TEXT];
  if (unchanged(path, before) && nt_checksum_file(path, "sha256", 0, hex, NULL, NULL) == NT_OK &&
      unchanged(path, before)) {
    digest->bytes = before->st_size;
    memcpy(digest->sha256, hex, sizeof digest->sha256);
  } else {
    digest->why = "the input changed during the run";
  }
}
