/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records numbered 0, 1, 2, ... at addresses that do not change: chunks of a power of two of
 * records, zero at first, aligned to cache lines. Memory that is never touched is never resident
 * (calloc of whole chunks).
 */
#ifndef NT_POOL_H
#define NT_POOL_H

#include <stddef.h>
#include <stdint.h>

#define NT_POOL_SHIFT 10
#define NT_POOL_CHUNK ((size_t)1 << NT_POOL_SHIFT)

typedef struct nt_pool {
  size_t record; /* bytes of one */
  size_t count;  /* records made */
  size_t chunks, capacity;
  char **chunk; /* aligned to 64 bytes */
  void **raw;   /* what free() gets */
} nt_pool;

/* A pool of nothing; nt_pool_done frees whatever it has by then. */
static inline nt_pool nt_pool_of(size_t record) {
  return (nt_pool){.record = record};
}
void nt_pool_done(nt_pool *pool);

/* Makes records up to `count` exist. 0: out of memory. */
int nt_pool_grow(nt_pool *pool, size_t count);

static inline void *nt_pool_at(const nt_pool *pool, size_t i) {
  return pool->chunk[i >> NT_POOL_SHIFT] + (i & (NT_POOL_CHUNK - 1)) * pool->record;
}

size_t nt_pool_bytes(const nt_pool *pool);

#endif
