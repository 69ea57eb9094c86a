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

#include <ninetails/error.h>
#include <ninetails/parameter.h>

enum { NT_KEY_TEXT = 33, NT_KEYING_STATE = 640 };

typedef struct nt_keying {
  _Alignas(64) unsigned char state[NT_KEYING_STATE]; /* of XXH3: nothing is allocated */
} nt_keying;

void nt_keying_begin(nt_keying *keying, const char *what);
void nt_keying_text(nt_keying *keying, const char *text); /* NULL is a value of its own */
void nt_keying_integer(nt_keying *keying, uint64_t value);
void nt_keying_number(nt_keying *keying, double value); /* by its bits */
/* Name and value of every member that the rows name, but for those no result depends on. */
void nt_keying_options(nt_keying *keying, const nt_parameter *rows, size_t count,
                       const void *options);
void nt_keying_end(nt_keying *keying, char key[NT_KEY_TEXT]);

/* What tells a file from another, or from what it was before: also one whose size and time of
 * modification were put back, since nobody can set the time of the last change: where that alone is
 * another, the bytes tell. */
typedef struct nt_file_mark {
  uint64_t device, inode, size;
  int64_t modified, changed; /* ns since the epoch */
  int fresh; /* changed so recently, by the clock of its server, that the next change may bear the
                same time */
} nt_file_mark;

/*
 * SHA-256 of a file's bytes as they lie there. Reading a large capture takes a while, so the sum is
 * kept in `folder`, bound to the file's path and mark, and found there the next time; a note that
 * does not prove itself is not believed. sha256: 65 bytes. *mark: of the file before it was read.
 */
nt_status nt_key_of_file(const char *folder, const char *path, char *sha256, nt_file_mark *mark,
                         nt_error *err);
/* NT_E_INPUT: the file is not what it was when nt_key_of_file looked at it. A look at its mark; a
 * file that was fresh then is read again. */
nt_status nt_key_check_file(const char *path, const char *sha256, const nt_file_mark *mark,
                            nt_error *err);

#endif
