/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "digest.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK ((size_t)1 << 18)

static int same_file(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
         a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* 32 bytes into sum, or 0. */
static int hash_descriptor(int fd, unsigned char sum[EVP_MAX_MD_SIZE]) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  unsigned char *block = malloc(BLOCK);
  int good = context && block && EVP_DigestInit_ex(context, EVP_sha256(), NULL);
  ssize_t got = 0;
  while (good && (got = read(fd, block, BLOCK)) > 0)
    good = EVP_DigestUpdate(context, block, (size_t)got);
  good = good && got == 0 && EVP_DigestFinal_ex(context, sum, NULL);
  free(block);
  EVP_MD_CTX_free(context);
  return good;
}

void nt_digest_file(const char *path, const struct stat *before, nt_digest *digest) {
  *digest = (nt_digest){.bytes = -1};
  if (strcmp(path, "-") == 0 || !S_ISREG(before->st_mode)) {
    digest->why = "the input cannot be read twice";
    return;
  }
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat now;
  unsigned char sum[EVP_MAX_MD_SIZE];
  if (fd < 0 || fstat(fd, &now) != 0 || !same_file(before, &now) || !hash_descriptor(fd, sum) ||
      fstat(fd, &now) != 0 || !same_file(before, &now)) {
    digest->why = "the input changed during the run";
  } else {
    digest->bytes = now.st_size;
    for (int i = 0; i < 32; i++) snprintf(digest->sha256 + 2 * i, 3, "%02x", sum[i]);
  }
  if (fd >= 0) close(fd);
}
