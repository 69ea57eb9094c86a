/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The SHA-256 of bytes as they stream past (OpenSSL), taken by whichever thread has time: one
 * thread puts bytes, and any thread works on those that wait. About 0.6 ns a byte on a processor
 * with SHA instructions.
 */
#ifndef NT_HASHER_H
#define NT_HASHER_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum { NT_SHA256_TEXT = 65 }; /* 64 hexadecimal digits and the end */

typedef struct nt_hasher nt_hasher;

/* direct: bytes are hashed as they are put, while they are in the cache, which is best where there
 * is one thread only; else they are copied into 16 MiB and wait. NULL: NT_E_MEMORY, or NT_E_STATE
 * where this machine's OpenSSL refuses SHA-256. */
nt_hasher *nt_hasher_new(int direct, nt_error *err);
void nt_hasher_free(nt_hasher *hasher); /* NULL is fine */

/* One thread at a time; where the room is used up it works on its own. */
void nt_hasher_put(nt_hasher *hasher, const void *bytes, size_t size);
/* Hashes what waits, without waiting for more; where another thread does so already, nothing. */
void nt_hasher_work(nt_hasher *hasher);
/* The checksum of all that was put, lower-case; nothing may follow. */
void nt_hasher_end(nt_hasher *hasher, char hex[NT_SHA256_TEXT]);

uint64_t nt_hasher_bytes(const nt_hasher *hasher); /* that were put */
double nt_hasher_seconds(const nt_hasher *hasher); /* spent in nt_hasher_put, if direct */

#endif
