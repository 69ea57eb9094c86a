/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checksums of files, through OpenSSL: the one that a data set's card states says that these are
 * the bytes. */
#ifndef NT_CHECKSUM_H
#define NT_CHECKSUM_H

#include <stdint.h>

#include <ninetails/error.h>

enum {
  NT_CHECKSUM_TEXT = 129
}; /* bytes that hold every algorithm's hexadecimal text and its end */

/*
 * algorithm: "sha256" or "md5" (many old data sets state only that). hex: NT_CHECKSUM_TEXT bytes,
 * lower case. inside 0: the file as it lies there; else the bytes inside it when it is compressed
 * (core/ground/content.h), of which more than `inside` are NT_E_LIMIT. bytes, where not NULL: how
 * many bytes were read. O(size), constant memory.
 */
nt_status nt_checksum_file(const char *path, const char *algorithm, uint64_t inside, char *hex,
                           uint64_t *bytes, nt_error *err);

#endif
