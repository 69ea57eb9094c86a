/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which bytes a run was about. */
#ifndef NT_DIGEST_H
#define NT_DIGEST_H

#include <stdint.h>
#include <sys/stat.h>

#include "../error.h"

typedef struct nt_digest {
  char sha256[65]; /* lower-case hexadecimal of the file as it lies there (compressed or not); "":
                      not known */
  int64_t bytes;   /* -1: not known */
  const char *why; /* why sha256 is "", static text; else NULL */
} nt_digest;

/* Reads the file once more; about 0.5 ns a byte on a processor with SHA instructions. Something
 * that cannot be read twice (a pipe) and a file that is not the one that `before` (its stat when
 * the run began) describes have no digest, which is not an error. */
void nt_digest_file(const char *path, const struct stat *before, nt_digest *digest);

#endif
