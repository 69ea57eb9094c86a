/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup digest Checksums of what was read
 * Which bytes a run was about: the SHA-256 of those that it read, taken as it reads them, so of a
 * pipe too, and of no file that changed meanwhile.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_DIGEST_H
#define NINETAILS_DIGEST_H

#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>

#include <ninetails/api.h>
#include <ninetails/capture.h>
#include <ninetails/error.h>

NT_BEGIN_DECLS

typedef struct nt_digest {
  char sha256[65]; /**< lower-case hexadecimal; "": not known */
  int64_t bytes;   /**< -1: not known */
  const char *why; /**< why sha256 is "", static text; else NULL */
} nt_digest;

/** Of a file as it lies there, and of what it holds: the same but where it is compressed. */
typedef struct nt_digests {
  nt_digest file, content;
} nt_digests;

typedef struct nt_digester nt_digester;

NT_API nt_digester *nt_digester_new(nt_error *err) NT_MUST_CHECK;
NT_API void
nt_digester_free(nt_digester *digester); /**< NULL is fine; after the capture is closed */

/** For nt_capture_open_tapped; the digester's own. */
NT_API const nt_tap *nt_digester_tap(nt_digester *digester) NT_NONNULL(1);
/** Once the capture is open, before it is read. */
NT_API void nt_digester_opened(nt_digester *digester, const nt_capture *capture) NT_NONNULL(1, 2);
/** Reads what is left of the capture, which nobody else reads any more, and ends. A zip is read
 * once more from `path`, if it is still the one that `before` (its stat when the run began)
 * describes. cancel not 0: stops early, without checksums. */
NT_API void nt_digester_end(nt_digester *digester, nt_capture *capture, const char *path,
                            const struct stat *before, const volatile sig_atomic_t *cancel,
                            nt_digests *digests) NT_NONNULL(1, 3, 4, 6);

/** What it took, by now, of the reading thread's time. */
NT_API double nt_digester_seconds(const nt_digester *digester) NT_NONNULL(1);

/** Of a file that can be read twice and is no capture. */
NT_API void nt_digest_file(const char *path, const struct stat *before, nt_digest *digest)
    NT_NONNULL(1, 2, 3);

NT_END_DECLS
/** @} */
#endif
