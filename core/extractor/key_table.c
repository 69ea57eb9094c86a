/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "pool.h"

#define MOST_KEYS ((uint32_t)1 << 30) /* their 2^31 slots are distinguished by 32 bits of hash */

typedef struct slot {
  uint32_t hash;   /* its low half: where to look, and whether to compare */
  uint32_t number; /* of the key, plus 1; 0: free */
} slot;

struct nt_key_table {
  slot *slots; /* a power of two of them */
  size_t mask;
  uint32_t count;
  size_t key_size; /* 0: ends has where each key ends */
  size_t *ends;    /* [count_capacity] */
  size_t count_capacity;
  char *keys; /* one after the other */
  size_t keys_size, keys_capacity;
  uint8_t secret[XXH3_SECRET_SIZE_MIN + 56];
};

/* A seed that an attacker cannot guess; where the system has no random bytes, the clock and
 * the address of the table are the best there is. */
static void draw_secret(nt_key_table *table) {
  uint8_t seed[64];
  if (getrandom(seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    memset(seed, 0, sizeof seed);
    memcpy(seed, &now, sizeof now);
    memcpy(seed + sizeof now, &table, sizeof table);
  }
  XXH3_generateSecret(table->secret, sizeof table->secret, seed, sizeof seed);
}

nt_key_table *nt_key_table_new(size_t key_size) {
  nt_key_table *table = calloc(1, sizeof *table);
  if (!table) return NULL;
  table->key_size = key_size;
  table->mask = 63;
  table->slots = calloc(table->mask + 1, sizeof *table->slots);
  if (!table->slots) {
    free(table);
    return NULL;
  }
  draw_secret(table);
  return table;
}

void nt_key_table_free(nt_key_table *table) {
  if (!table) return;
  free(table->slots);
  free(table->ends);
  free(table->keys);
  free(table);
}

uint32_t nt_key_table_count(const nt_key_table *table) {
  return table->count;
}

const void *nt_key_table_key(const nt_key_table *table, uint32_t number, size_t *size) {
  if (table->key_size) {
    *size = table->key_size;
    return table->keys + number * table->key_size;
  }
  size_t start = number ? table->ends[number - 1] : 0;
  *size = table->ends[number] - start;
  return table->keys + start;
}

size_t nt_key_table_bytes(const nt_key_table *table) {
  return sizeof *table + (table->mask + 1) * sizeof *table->slots +
         (table->key_size ? 0 : table->count * sizeof *table->ends) + table->keys_size;
}

uint32_t nt_key_table_hash(const nt_key_table *table, const void *key, size_t size) {
  uint32_t h = (uint32_t)XXH3_64bits_withSecret(key, size, table->secret, sizeof table->secret);
  __builtin_prefetch(&table->slots[h & table->mask]);
  return h;
}

static int equal(const nt_key_table *table, uint32_t number, const void *key, size_t size) {
  size_t there;
  const void *bytes = nt_key_table_key(table, number, &there);
  return there == size && memcmp(bytes, key, size) == 0;
}

/* The free slot where a key of this hash that is not there goes. */
static slot *free_slot(slot *slots, size_t mask, uint32_t h) {
  size_t i = h & mask;
  while (slots[i].number) i = (i + 1) & mask;
  return &slots[i];
}

/* Twice the slots. Hashes are kept, so no key is looked at. 0: out of memory. */
static int widen(nt_key_table *table) {
  size_t mask = 2 * table->mask + 1;
  slot *slots = nt_pool_zeroed((mask + 1) * sizeof *slots);
  if (!slots) return 0;
  for (size_t i = 0; i <= table->mask; i++)
    if (table->slots[i].number) *free_slot(slots, mask, table->slots[i].hash) = table->slots[i];
  free(table->slots);
  table->slots = slots;
  table->mask = mask;
  return 1;
}

/* Room for one more key of `size` bytes, and for its slot; there is some also where all keys are
 * empty, so that each lies somewhere. 0: out of memory. */
static int reserve(nt_key_table *table, size_t size) {
  if (!table->keys || table->keys_size + size > table->keys_capacity) {
    size_t capacity = 2 * table->keys_capacity + size + 1024;
    char *keys = realloc(table->keys, capacity);
    if (!keys) return 0;
    table->keys = keys;
    table->keys_capacity = capacity;
  }
  if (!table->key_size && table->count == table->count_capacity) {
    size_t capacity = 2 * table->count_capacity + 32;
    size_t *ends = realloc(table->ends, capacity * sizeof *ends);
    if (!ends) return 0;
    table->ends = ends;
    table->count_capacity = capacity;
  }
  return 2 * ((size_t)table->count + 1) <= table->mask + 1 || widen(table);
}

uint32_t nt_key_table_put(nt_key_table *table, const void *key, size_t size) {
  return nt_key_table_put_hashed(table, key, size, nt_key_table_hash(table, key, size));
}

uint32_t nt_key_table_put_hashed(nt_key_table *table, const void *key, size_t size, uint32_t h) {
  for (size_t i = h & table->mask; table->slots[i].number; i = (i + 1) & table->mask)
    if (table->slots[i].hash == h && equal(table, table->slots[i].number - 1, key, size))
      return table->slots[i].number - 1;
  if (table->count == MOST_KEYS || !reserve(table, size)) return NT_KEY_TABLE_FULL;
  memcpy(table->keys + table->keys_size, key, size);
  table->keys_size += size;
  if (!table->key_size) table->ends[table->count] = table->keys_size;
  *free_slot(table->slots, table->mask, h) = (slot){h, ++table->count};
  return table->count - 1;
}
