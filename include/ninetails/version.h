/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup version Version
 * What this library is: its version, the commit and the compiler that made it, and the libraries
 * below it. All texts are static.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_VERSION_H
#define NINETAILS_VERSION_H

#include <stddef.h>

#include <ninetails/api.h>

NT_BEGIN_DECLS

typedef struct nt_build {
  const char *version; /**< "0.1.0" */
  const char *commit;  /**< 40 hexadecimal digits; "unknown" without a git checkout */
  int dirty; /**< 1: the checkout had changes that are in no commit; 0 also when unknown */
  const char *compiler; /**< "gcc 12.2.0" */
  const char *flags;    /**< the core's flags, without those of the instruction sets' own files */
  /** Checksums of the sources that a stage is computed by: what a cached result was made by, also
   * between two commits, and whatever else a commit changed. */
  const char *extract, *map, *score, *measure;
} nt_build;

NT_API const nt_build *nt_build_of(void);

typedef struct nt_library {
  const char *name;
  char version[64]; /**< at run time where the library can tell */
} nt_library;

/** Fills at most max entries, returns how many there are: HDF5, libpcap, libarchive, GSL, xxHash,
 * OpenSSL. */
NT_API size_t nt_libraries(nt_library *libraries, size_t max) NT_NONNULL(1);

NT_END_DECLS
/** @} */
#endif
