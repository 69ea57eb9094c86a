/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One vector of doubles and what is done with it, for a kernel template that is compiled once for
 * each instruction set: the build compiles each NAME.kernel.c with NT_ISA (plain, avx2, avx512) and
 * NT_VECTOR_AVX512, NT_VECTOR_AVX2 or neither (plain, any machine that GCC or clang knows).
 * Everything else is the compilers' own vector arithmetic.
 *
 *   NT_FOR_ISA(name)     name_plain, name_avx2, name_avx512: what such a file defines
 *   NT_LANES             doubles in a vector
 *   NT_FMA(a, b, c)      a * b + c: one rounding with AVX2 and AVX512, two in plain
 *   NT_MIN, NT_MAX(a, b) a where a is less (greater) than b, else b: b when either is NaN
 */
#ifndef NT_VECTOR_H
#define NT_VECTOR_H

#include <math.h>
#include <string.h>

#define NT_JOIN_(name, isa) name##_##isa
#define NT_JOIN(name, isa) NT_JOIN_(name, isa)
#define NT_FOR_ISA(name) NT_JOIN(name, NT_ISA)

#define NT_INLINE static inline __attribute__((always_inline))
/* Before a loop of few, constant turns over an array of vectors: unrolled, the array lives in
 * registers. */
#define NT_UNROLL _Pragma("GCC unroll 16")
#define NT_EACH(i, count) NT_UNROLL for (size_t i = 0; i < (count); i++)

#if defined(NT_VECTOR_AVX512)
#include <immintrin.h>
#define NT_LANES 8
typedef __m512d nt_vector;
typedef __m512i nt_vector_bits;
#define NT_SET1(a) _mm512_set1_pd(a)
#define NT_FMA(a, b, c) _mm512_fmadd_pd(a, b, c)
#define NT_MIN(a, b) _mm512_min_pd(a, b)
#define NT_MAX(a, b) _mm512_max_pd(a, b)
#define NT_SQRT(a) _mm512_sqrt_pd(a)
#define NT_SCALAR_FMA(a, b, c) __builtin_fma(a, b, c)

#elif defined(NT_VECTOR_AVX2)
#include <immintrin.h>
#define NT_LANES 4
typedef __m256d nt_vector;
typedef __m256i nt_vector_bits;
#define NT_SET1(a) _mm256_set1_pd(a)
#define NT_FMA(a, b, c) _mm256_fmadd_pd(a, b, c)
#define NT_MIN(a, b) _mm256_min_pd(a, b)
#define NT_MAX(a, b) _mm256_max_pd(a, b)
#define NT_SQRT(a) _mm256_sqrt_pd(a)
#define NT_SCALAR_FMA(a, b, c) __builtin_fma(a, b, c)

#else
#define NT_LANES 2
typedef double nt_vector __attribute__((vector_size(16), may_alias));
typedef long long nt_vector_bits __attribute__((vector_size(16), may_alias));
#define NT_SET1(a) nt_vector_set1(a)
#define NT_FMA(a, b, c) ((a) * (b) + (c))
#define NT_MIN(a, b) nt_vector_select((nt_vector_bits)((a) < (b)), a, b)
#define NT_MAX(a, b) nt_vector_select((nt_vector_bits)((a) > (b)), a, b)
#define NT_SQRT(a) nt_vector_sqrt(a)
#define NT_SCALAR_FMA(a, b, c) ((a) * (b) + (c))

NT_INLINE nt_vector nt_vector_set1(double a) {
  return (nt_vector){a, a};
}
NT_INLINE nt_vector nt_vector_select(nt_vector_bits mask, nt_vector a, nt_vector b) {
  return (nt_vector)((mask & (nt_vector_bits)a) | (~mask & (nt_vector_bits)b));
}
NT_INLINE nt_vector nt_vector_sqrt(nt_vector a) {
  return (nt_vector){sqrt(a[0]), sqrt(a[1])};
}
#endif

/* Of any alignment. */
NT_INLINE nt_vector nt_vector_load(const double *p) {
  nt_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}
NT_INLINE void nt_vector_store(double *p, nt_vector v) {
  memcpy(p, &v, sizeof v);
}

/* One double for each lane, `step` apart. */
NT_INLINE nt_vector nt_vector_strided(const double *p, size_t step) {
#if NT_LANES == 8
  return (nt_vector){p[0],        p[step],     p[2 * step], p[3 * step],
                     p[4 * step], p[5 * step], p[6 * step], p[7 * step]};
#elif NT_LANES == 4
  return (nt_vector){p[0], p[step], p[2 * step], p[3 * step]};
#else
  return (nt_vector){p[0], p[step]};
#endif
}

/* row[index[lane]] for each lane. */
NT_INLINE nt_vector nt_vector_gather(const double *row, const size_t *index) {
#if NT_LANES == 8
  return (nt_vector){row[index[0]], row[index[1]], row[index[2]], row[index[3]],
                     row[index[4]], row[index[5]], row[index[6]], row[index[7]]};
#elif NT_LANES == 4
  return (nt_vector){row[index[0]], row[index[1]], row[index[2]], row[index[3]]};
#else
  return (nt_vector){row[index[0]], row[index[1]]};
#endif
}

/* The lanes that mask (all ones or all zeroes each) keeps, 0 in the others. */
NT_INLINE nt_vector nt_vector_keep(nt_vector v, nt_vector mask) {
  return (nt_vector)((nt_vector_bits)v & (nt_vector_bits)mask);
}
/* The lanes of a that mask keeps, those of b in the others. */
NT_INLINE nt_vector nt_vector_choose(nt_vector mask, nt_vector a, nt_vector b) {
  nt_vector_bits bits = (nt_vector_bits)mask;
  return (nt_vector)((bits & (nt_vector_bits)a) | (~bits & (nt_vector_bits)b));
}

#endif
