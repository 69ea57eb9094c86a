/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zeroed arrays that vectors can be loaded from. */
#ifndef NT_MEMORY_H
#define NT_MEMORY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* a x b elements of `size` bytes, zeroed, on a 64-byte boundary; freed with free(). NULL when
 * memory is short or the product overflows. */
static inline void *nt_zeroed(size_t a, size_t b, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(a, b, &bytes) || __builtin_mul_overflow(bytes, size, &bytes) ||
      bytes > PTRDIFF_MAX - 64)
    return NULL;
  bytes = bytes ? (bytes + 63) & ~(size_t)63 : 64;
  void *p = aligned_alloc(64, bytes);
  if (p) memset(p, 0, bytes);
  return p;
}

#endif
