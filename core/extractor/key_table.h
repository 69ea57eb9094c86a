/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Byte strings -> dense numbers 0, 1, 2, ... in order of first appearance.
 *
 * Open addressing with linear probing, at most half full. Keys come from the traffic, so from an
 * adversary: the hash is XXH3 with a 192-byte secret drawn from the system for each table, unknown
 * to whoever crafts packets. Numbers do not depend on the secret.
 */
#ifndef NT_KEY_TABLE_H
#define NT_KEY_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define NT_KEY_TABLE_FULL UINT32_MAX

typedef struct nt_key_table nt_key_table;

/* key_size: of every key, at least 1. 0: keys differ in size. NULL: out of memory. */
nt_key_table *nt_key_table_new(size_t key_size);
void nt_key_table_free(nt_key_table *table);

/* The key's hash; its slot is on its way into the cache meanwhile. For put_hashed, whenever. */
uint32_t nt_key_table_hash(const nt_key_table *table, const void *key, size_t size);

/* The key's number, new where it was not there (number == the count before). O(size) amortised.
 * NT_KEY_TABLE_FULL: out of memory, or 2^30 keys. */
uint32_t nt_key_table_put(nt_key_table *table, const void *key, size_t size);
uint32_t nt_key_table_put_hashed(nt_key_table *table, const void *key, size_t size, uint32_t hash);

uint32_t nt_key_table_count(const nt_key_table *table);
/* The bytes of key `number`, valid until the next put. */
const void *nt_key_table_key(const nt_key_table *table, uint32_t number, size_t *size);
/* Memory that was touched, bytes: room for keys to come does not count. */
size_t nt_key_table_bytes(const nt_key_table *table);

#endif
