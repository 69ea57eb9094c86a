/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup platform Platform
 * What this library is, and what it runs on.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_PLATFORM_H
#define NINETAILS_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

NT_BEGIN_DECLS

/**
 * @name Version
 * What this library is: its version, the commit and the compiler that made it, and the libraries
 * below it. All texts are static.
 * @{
 */

/** What made this library. */
typedef struct nt_build {
  const char *version; /**< "0.2.0" */
  const char *commit;  /**< 40 hexadecimal digits; "unknown" without a git checkout */
  int dirty; /**< 1: the checkout had changes that are in no commit; 0 also when unknown */
  const char *compiler; /**< "gcc 12.2.0" */
  const char *flags;    /**< the core's flags, without those of the instruction sets' own files */
  /** Checksums of the sources that a stage is computed by: what a cached result was made by, also
   * between two commits, and whatever else a commit changed. */
  const char *extract, *map, *score, *measure;
} nt_build;

/** This library. Static. */
NT_API const nt_build *nt_build_of(void);

/** One of the libraries below this one. */
typedef struct nt_library {
  const char *name; /**< static text */
  char version[64]; /**< of the library at run time, where it says so */
} nt_library;

/** Fills at most max entries, returns how many there are: HDF5, libpcap, libarchive, GSL, xxHash,
 * OpenSSL. */
NT_API size_t nt_libraries(nt_library *libraries, size_t max) NT_NONNULL(1);

/** @} */

/**
 * @name Instruction sets
 * Instruction sets, chosen at run time. NINETAILS_ISA=auto|plain|avx2|avx512 in the environment
 * caps the choice.
 * @{
 */

/** Kernels for which instruction set. */
typedef enum nt_isa { NT_ISA_AUTO, NT_ISA_PLAIN, NT_ISA_AVX2, NT_ISA_AVX512 } nt_isa;

/** NT_E_ARGUMENT: NINETAILS_ISA is none of these. Programs ask once, as they begin. */
NT_API nt_status nt_isa_check(nt_error *err) NT_MUST_CHECK;
/** The best this machine has (AVX2 means AVX2 with FMA; AVX512 means F, DQ, BW and VL), within the
 * cap; a cap that is none (nt_isa_check) caps nothing. */
NT_API nt_isa nt_isa_best(void);
/** AUTO -> the best; asking for more than the machine has, or a wrong NINETAILS_ISA, is
 * NT_E_ARGUMENT. */
NT_API nt_status nt_isa_resolve(nt_isa wanted, nt_isa *isa, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(2);
/** "auto", "plain", "avx2", "avx512"; the reverse is NT_E_ARGUMENT for any other text. */
NT_API const char *nt_isa_name(nt_isa isa);
/** The instruction set of that name. */
NT_API nt_status nt_isa_from_name(const char *name, nt_isa *isa, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(1, 2);

/** "sse2 avx avx2 fma avx512f ..." into text (cut to size), for
 * `ninetails version` and provenance. */
NT_API void nt_cpu_features(char *text, size_t size) NT_NONNULL(1);
/** Processors that are online, at least 1. */
NT_API int nt_cpu_count(void);
/** The machine's memory in bytes. */
NT_API uint64_t nt_cpu_memory(void);
/** The processor's own name, or "unknown". */
NT_API void nt_cpu_model(char *text, size_t size) NT_NONNULL(1);

/** @} */

NT_END_DECLS
/** @} */
#endif
