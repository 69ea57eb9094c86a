/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pool.h"

#include <stdlib.h>

static size_t chunk_bytes(const nt_pool *pool) {
  return NT_POOL_CHUNK * pool->record + 63;
}

void nt_pool_done(nt_pool *pool) {
  for (size_t i = 0; i < pool->chunks; i++) free(pool->raw[i]);
  free(pool->raw);
  free(pool->chunk);
  *pool = nt_pool_of(pool->record);
}

size_t nt_pool_bytes(const nt_pool *pool) {
  return pool->chunks * chunk_bytes(pool) + pool->capacity * 2 * sizeof(void *);
}

static int more_room(nt_pool *pool) {
  size_t capacity = 2 * pool->capacity + 8;
  char **chunk = realloc(pool->chunk, capacity * sizeof *chunk);
  if (chunk) pool->chunk = chunk;
  void **raw = realloc(pool->raw, capacity * sizeof *raw);
  if (raw) pool->raw = raw;
  if (!chunk || !raw) return 0;
  pool->capacity = capacity;
  return 1;
}

int nt_pool_grow(nt_pool *pool, size_t count) {
  while (pool->chunks * NT_POOL_CHUNK < count) {
    if (pool->chunks == pool->capacity && !more_room(pool)) return 0;
    void *raw = calloc(1, chunk_bytes(pool));
    if (!raw) return 0;
    pool->raw[pool->chunks] = raw;
    pool->chunk[pool->chunks++] = (char *)(((uintptr_t)raw + 63) & ~(uintptr_t)63);
  }
  if (count > pool->count) pool->count = count;
  return 1;
}
