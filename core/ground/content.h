/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes inside a file: what a compressed file (gzip, bzip2, xz, zstd) holds, what one member of
 * an archive (zip, rar, 7z, tar) holds, or, of any other file, its own bytes.
 */
#ifndef NT_CONTENT_H
#define NT_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

typedef struct nt_content nt_content;

/* member NULL: path is one file, compressed or not. Else path is an archive, and member the name of
 * a file in it. Errors name path and member; for a missing member, the names that there are (as
 * many as fit). A member that is a link is refused: its bytes would be another's. */
nt_content *nt_content_open(const char *path, const char *member, nt_error *err);
/* Reads of more than `bytes` bytes in all are NT_E_LIMIT from now on: what is small when packed may
 * be huge unpacked. */
void nt_content_bound(nt_content *content, uint64_t bytes);
/* *got < size only at the end. A file that ends early, or whose checksum is wrong, is NT_E_INPUT;
 * NT_E_STATE: cancelled (cancel.h). */
nt_status nt_content_read(nt_content *content, void *bytes, size_t size, size_t *got,
                          nt_error *err);
void nt_content_close(nt_content *content); /* NULL is fine */

#endif
