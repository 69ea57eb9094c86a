/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records numbered 0, 1, 2, ... at addresses that do not change: chunks of 1024, 2048, 4096, ...
 * records, zero at first, aligned to cache lines. Memory that is never touched is never resident.
 */
#ifndef NT_POOL_H
#define NT_POOL_H

#include <stddef.h>
#include <stdint.h>

#define NT_POOL_SHIFT 10
#define NT_POOL_CHUNKS 40

typedef struct nt_pool {
  size_t record; /* bytes of one */
  size_t count;  /* records made */
  size_t chunks;
  char *chunk[NT_POOL_CHUNKS]; /* aligned to 64 bytes */
  void *raw[NT_POOL_CHUNKS];   /* what free() gets */
} nt_pool;

/* A pool of nothing; nt_pool_done frees whatever it has by then. */
static inline nt_pool nt_pool_of(size_t record) {
  return (nt_pool){.record = record};
}
void nt_pool_done(nt_pool *pool);

/* Makes records up to `count` exist. 0: out of memory. */
int nt_pool_grow(nt_pool *pool, size_t count);

static inline void *nt_pool_at(const nt_pool *pool, size_t i) {
  size_t from_start =
      i + ((size_t)1 << NT_POOL_SHIFT); /* chunk k starts at 2^(k + shift) of these */
  unsigned k = 63u - (unsigned)__builtin_clzll(from_start);
  return pool->chunk[k - NT_POOL_SHIFT] + (from_start - ((size_t)1 << k)) * pool->record;
}

/* Of the records that were made: what lies behind them was never touched. */
size_t nt_pool_bytes(const nt_pool *pool);

/* calloc for arrays that grow large: those ask for huge pages, which a million new streams would
 * otherwise fault in by the four kilobytes. NULL: out of memory. */
void *nt_pool_zeroed(size_t bytes);

#endif
