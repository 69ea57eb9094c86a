/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The name of a result: a hash of everything that it depends on, as 32 hexadecimal digits. Parts
 * are hashed with their lengths, so that "ab", "c" and "a", "bc" are two names.
 *
 *     nt_keying k;
 *     nt_keying_begin(&k, "features");
 *     nt_keying_text(&k, sha256);
 *     nt_keying_end(&k, key);
 */
#ifndef NT_SWEEP_KEY_H
#define NT_SWEEP_KEY_H

#include <stddef.h>
#include <stdint.h>
#include <xxhash.h>

#include "../error.h"

enum { NT_KEY_TEXT = 33 };

typedef struct nt_keying {
  XXH3_state_t *state;
} nt_keying;

void nt_keying_begin(nt_keying *keying, const char *what);
void nt_keying_text(nt_keying *keying, const char *text); /* NULL is a value of its own */
void nt_keying_integer(nt_keying *keying, uint64_t value);
void nt_keying_number(nt_keying *keying, double value); /* by its bits */
void nt_keying_end(nt_keying *keying, char key[NT_KEY_TEXT]);

/*
 * SHA-256 of a file's bytes as they lie there. Reading a large capture takes a while, so the sum is
 * kept in `folder` under the file's path, size, inode and time of change, and found there the next
 * time. sha256: 65 bytes.
 */
nt_status nt_key_of_file(const char *folder, const char *path, char *sha256, nt_error *err);

#endif
