/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hasher.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "team.h"

struct nt_hasher {
  EVP_MD_CTX *context;
  uint64_t bytes;
  double seconds;
};

nt_hasher *nt_hasher_new(nt_error *err) {
  nt_hasher *h = calloc(1, sizeof *h);
  if (h) h->context = EVP_MD_CTX_new();
  if (!h || !h->context) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a checksum");
  } else if (!EVP_DigestInit_ex(h->context, EVP_sha256(), NULL)) {
    nt_fail(err, NT_E_STATE, "this machine's OpenSSL refuses SHA-256");
  } else {
    return h;
  }
  nt_hasher_free(h);
  return NULL;
}

void nt_hasher_free(nt_hasher *h) {
  if (!h) return;
  EVP_MD_CTX_free(h->context);
  free(h);
}

void nt_hasher_put(nt_hasher *h, const void *bytes, size_t size) {
  double start = nt_seconds();
  EVP_DigestUpdate(h->context, bytes, size);
  h->bytes += size;
  h->seconds += nt_seconds() - start;
}

void nt_hasher_end(nt_hasher *h, char hex[NT_SHA256_TEXT]) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_DigestFinal_ex(h->context, sum, &length);
  for (unsigned i = 0; i < length; i++) snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}

uint64_t nt_hasher_bytes(const nt_hasher *h) {
  return h->bytes;
}

double nt_hasher_seconds(const nt_hasher *h) {
  return h->seconds;
}
