/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ring of blocks between one thread that fills them and whoever hashes: `filled` grows by the
 * one, `hashed` by the other, who holds `turn`.
 */
#include "hasher.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "team.h"

enum { BLOCK = 1 << 18, BLOCKS = 64 };

struct nt_hasher {
  EVP_MD_CTX *context;
  pthread_mutex_t turn;
  atomic_size_t filled, hashed; /* blocks, since the beginning */
  size_t used;                  /* bytes in the block that is being filled */
  uint64_t bytes;
  double seconds;
  unsigned char *block; /* BLOCKS x BLOCK; NULL: direct */
};

static unsigned char *block_of(const nt_hasher *h, size_t i) {
  return h->block + i % BLOCKS * BLOCK;
}

nt_hasher *nt_hasher_new(int direct, nt_error *err) {
  nt_hasher *h = calloc(1, sizeof *h);
  if (h) {
    pthread_mutex_init(&h->turn, NULL);
    h->context = EVP_MD_CTX_new();
    h->block = direct ? NULL : malloc((size_t)BLOCKS * BLOCK);
  }
  if (!h || !h->context || (!direct && !h->block)) {
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
  pthread_mutex_destroy(&h->turn);
  free(h->block);
  free(h);
}

/* With the turn: blocks until `enough` of the ring is free. */
static void hash_until(nt_hasher *h, size_t enough) {
  size_t at = atomic_load_explicit(&h->hashed, memory_order_relaxed);
  while (atomic_load_explicit(&h->filled, memory_order_acquire) - at > BLOCKS - enough) {
    EVP_DigestUpdate(h->context, block_of(h, at), BLOCK);
    atomic_store_explicit(&h->hashed, ++at, memory_order_release);
  }
}

static size_t room_of(const nt_hasher *h) {
  return BLOCKS - (atomic_load_explicit(&h->filled, memory_order_relaxed) -
                   atomic_load_explicit(&h->hashed, memory_order_acquire));
}

void nt_hasher_put(nt_hasher *h, const void *bytes, size_t size) {
  const unsigned char *from = bytes;
  h->bytes += size;
  if (!h->block) {
    double start = nt_seconds();
    EVP_DigestUpdate(h->context, bytes, size);
    h->seconds += nt_seconds() - start;
    return;
  }
  while (size > 0) {
    while (room_of(h) == 0) { /* another thread may be at it, and make room */
      pthread_mutex_lock(&h->turn);
      hash_until(h, 1);
      pthread_mutex_unlock(&h->turn);
    }
    size_t filled = atomic_load_explicit(&h->filled, memory_order_relaxed);
    size_t part = BLOCK - h->used < size ? BLOCK - h->used : size;
    memcpy(block_of(h, filled) + h->used, from, part);
    h->used += part;
    from += part;
    size -= part;
    if (h->used < BLOCK) continue;
    h->used = 0;
    atomic_store_explicit(&h->filled, filled + 1, memory_order_release);
  }
}

void nt_hasher_work(nt_hasher *h) {
  if (pthread_mutex_trylock(&h->turn) != 0) return;
  hash_until(h, BLOCKS);
  pthread_mutex_unlock(&h->turn);
}

void nt_hasher_end(nt_hasher *h, char hex[NT_SHA256_TEXT]) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  pthread_mutex_lock(&h->turn);
  hash_until(h, BLOCKS);
  if (h->used) EVP_DigestUpdate(h->context, block_of(h, atomic_load(&h->filled)), h->used);
  EVP_DigestFinal_ex(h->context, sum, &length);
  pthread_mutex_unlock(&h->turn);
  for (unsigned i = 0; i < length; i++) snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}

uint64_t nt_hasher_bytes(const nt_hasher *h) {
  return h->bytes;
}
double nt_hasher_seconds(const nt_hasher *h) {
  return h->seconds;
}
