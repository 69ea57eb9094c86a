/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which bytes a run was about: the SHA-256 of those that it read, taken as it reads them, so of a
 * pipe too, and of no file that changed meanwhile.
 */
#ifndef NT_DIGEST_H
#define NT_DIGEST_H

#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>

#include "../capture/capture.h"
#include "../error.h"

typedef struct nt_digest {
  char sha256[65]; /* lower-case hexadecimal; "": not known */
  int64_t bytes;   /* -1: not known */
  const char *why; /* why sha256 is "", static text; else NULL */
} nt_digest;

/* Of a file as it lies there, and of what it holds: the same but where it is compressed. */
typedef struct nt_digests {
  nt_digest file, content;
} nt_digests;

typedef struct nt_digester nt_digester;

nt_digester *nt_digester_new(nt_error *err);
void nt_digester_free(nt_digester *digester); /* NULL is fine; after the capture is closed */

/* For nt_capture_open_tapped; the digester's own. */
const nt_stream_tap *nt_digester_tap(nt_digester *digester);
/* Once the capture is open, before it is read. */
void nt_digester_opened(nt_digester *digester, const nt_capture *capture);
/* Reads what is left of the capture, which nobody else reads any more, and ends. A zip is read once
 * more from `path`, if it is still the one that `before` (its stat when the run began) describes.
 * cancel not 0: stops early, without checksums. */
void nt_digester_end(nt_digester *digester, nt_capture *capture, const char *path,
                     const struct stat *before, const volatile sig_atomic_t *cancel,
                     nt_digests *digests);

/* What it took, by now, of the reading thread's time. */
double nt_digester_seconds(const nt_digester *digester);

/* Of a file that can be read twice and is no capture. */
void nt_digest_file(const char *path, const struct stat *before, nt_digest *digest);

#endif
