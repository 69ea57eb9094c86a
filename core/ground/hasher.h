/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The SHA-256 of bytes as they stream past (OpenSSL): about 0.6 ns a byte on a processor with SHA
 * instructions, for the thread that has the bytes in its cache. To hand them to another thread
 * costs as much as it saves.
 */
#ifndef NT_HASHER_H
#define NT_HASHER_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

enum { NT_SHA256_TEXT = 65 }; /* 64 hexadecimal digits and the end */

typedef struct nt_hasher nt_hasher;

/* NULL: NT_E_MEMORY, or NT_E_STATE where this machine's OpenSSL refuses SHA-256. */
nt_hasher *nt_hasher_new(nt_error *err);
void nt_hasher_free(nt_hasher *hasher); /* NULL is fine */

void nt_hasher_put(nt_hasher *hasher, const void *bytes, size_t size);
/* The checksum of all that was put, lower-case; nothing may follow. */
void nt_hasher_end(nt_hasher *hasher, char hex[NT_SHA256_TEXT]);

uint64_t nt_hasher_bytes(const nt_hasher *hasher); /* that were put */
double nt_hasher_seconds(const nt_hasher *hasher); /* spent in nt_hasher_put */

#endif
