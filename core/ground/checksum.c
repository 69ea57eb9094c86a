/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "checksum.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cancel.h"
#include "content.h"

enum { BLOCK = 1 << 18 };

static nt_status feed_file(const char *path, EVP_MD_CTX *context, char *block, uint64_t *bytes,
                           nt_error *err) {
  FILE *file = fopen(path, "rbe");
  if (!file) return nt_fail(err, NT_E_IO, "%s: %s", path, strerror(errno));
  size_t got;
  nt_status status = NT_OK;
  while ((status = nt_cancel_look(err)) == NT_OK && (got = fread(block, 1, BLOCK, file)) > 0) {
    EVP_DigestUpdate(context, block, got);
    *bytes += got;
  }
  int broken = ferror(file) ? errno : 0;
  fclose(file);
  if (status != NT_OK) return status;
  return broken ? nt_fail(err, NT_E_IO, "%s: %s", path, strerror(broken)) : NT_OK;
}

static nt_status feed_inside(const char *path, uint64_t most, EVP_MD_CTX *context, char *block,
                             uint64_t *bytes, nt_error *err) {
  nt_content *content = nt_content_open(path, NULL, err);
  if (!content) return err ? err->status : NT_E_IO;
  nt_content_bound(content, most);
  nt_status status;
  size_t got = 0;
  do {
    status = nt_content_read(content, block, BLOCK, &got, err);
    EVP_DigestUpdate(context, block, got);
    *bytes += got;
  } while (status == NT_OK && got == BLOCK);
  nt_content_close(content);
  return status;
}

nt_status nt_checksum_file(const char *path, const char *algorithm, uint64_t inside, char *hex,
                           uint64_t *bytes, nt_error *err) {
  nt_error own;
  uint64_t count = 0;
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const EVP_MD *md = strcmp(algorithm, "sha256") == 0 ? EVP_sha256()
                     : strcmp(algorithm, "md5") == 0  ? EVP_md5()
                                                      : NULL;
  if (!md) return nt_fail(err, NT_E_ARGUMENT, "checksum '%s': expected sha256 or md5", algorithm);
  if (!err) err = &own;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  char *block = malloc(BLOCK);
  nt_status status;
  if (!context || !block)
    status = nt_fail(err, NT_E_MEMORY, "%s: no memory for its checksum", path);
  else if (!EVP_DigestInit_ex(context, md, NULL))
    status = nt_fail(err, NT_E_STATE, "%s: this machine's OpenSSL refuses %s", path, algorithm);
  else
    status = inside ? feed_inside(path, inside, context, block, &count, err)
                    : feed_file(path, context, block, &count, err);
  if (status == NT_OK) {
    EVP_DigestFinal_ex(context, sum, &length);
    for (unsigned i = 0; i < length; i++) snprintf(hex + 2 * i, 3, "%02x", sum[i]);
    if (bytes) *bytes = count;
  }
  free(block);
  EVP_MD_CTX_free(context);
  return status;
}
