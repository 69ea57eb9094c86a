/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays that vectors can be loaded from. */
#ifndef NT_MEMORY_H
#define NT_MEMORY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* a x b elements of `size` bytes, with whatever is there, on a 64-byte boundary; freed with free().
 * NULL when memory is short or the product overflows. For what is written before it is read: pages
 * that are never written cost nothing. */
static inline void *nt_unset(size_t a, size_t b, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(a, b, &bytes) || __builtin_mul_overflow(bytes, size, &bytes) ||
      bytes > PTRDIFF_MAX - 64)
    return NULL;
  return aligned_alloc(64, bytes ? (bytes + 63) & ~(size_t)63 : 64);
}

/* Asks for huge pages under an array that is about to be written whole: one fault in place of 512.
 * A wish: nothing is lost where it is not granted. Arrays below 4 MiB are left alone. */
static inline void nt_prefer_huge_pages(void *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
  const size_t huge = (size_t)2 << 20;
  if (!memory || bytes < 2 * huge) return;
  size_t skip = -(uintptr_t)memory & (huge - 1);
  madvise((char *)memory + skip, (bytes - skip) & ~(huge - 1), MADV_HUGEPAGE);
#else
  (void)memory, (void)bytes;
#endif
}

/* As nt_unset, zeroed to the next 64-byte boundary. */
static inline void *nt_zeroed(size_t a, size_t b, size_t size) {
  void *p = nt_unset(a, b, size);
  if (p) memset(p, 0, (a * b * size + 63) & ~(size_t)63);
  return p;
}

#endif
