/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pool.h"

#include <stdlib.h>

#include "ground/memory.h"

void *nt_pool_zeroed(size_t bytes) {
  char *memory = calloc(1, bytes);
  nt_prefer_huge_pages(memory, bytes);
  return memory;
}

static size_t chunk_bytes(const nt_pool *pool, size_t chunk) {
  return (pool->record << (NT_POOL_SHIFT + chunk)) + 63;
}

void nt_pool_done(nt_pool *pool) {
  for (size_t i = 0; i < pool->chunks; i++) free(pool->raw[i]);
  *pool = nt_pool_of(pool->record);
}

size_t nt_pool_bytes(const nt_pool *pool) {
  return pool->count * pool->record;
}

int nt_pool_grow(nt_pool *pool, size_t count) {
  while (((((size_t)1 << pool->chunks) - 1) << NT_POOL_SHIFT) < count) {
    if (pool->chunks == NT_POOL_CHUNKS) return 0;
    void *raw = nt_pool_zeroed(chunk_bytes(pool, pool->chunks));
    if (!raw) return 0;
    pool->raw[pool->chunks] = raw;
    pool->chunk[pool->chunks++] = (char *)raw + (-(uintptr_t)raw & 63);
  }
  if (count > pool->count) pool->count = count;
  return 1;
}
