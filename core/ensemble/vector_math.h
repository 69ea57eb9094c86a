/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The logistic function on vectors, to 3 ulp, in core/numeric/vector.h's terms.
 *
 * With k the integer nearest to s, 2^s = 2^k 2^f and |f| <= 1/2. On that interval
 *
 *     2^f = (Q + f P) / (Q - f P),
 *
 * P and Q quadratic in f^2: the form of tanh's continued fraction. The logistic function divides
 * anyway, so a rational function costs no division more:
 *
 *     1 / (1 + 2^s) = (Q - f P) / ((Q - f P) + 2^k (Q + f P)).
 *
 * Degree 5 thus does what takes a polynomial of degree 11. P / Q interpolates tanh(f ln(2) / 2) / f
 * in the five Chebyshev points of f^2 in [0, 1/4], solved with 80 digits; with its coefficients
 * rounded to double it is within 1.4e-17 of 2^f.
 */
#ifndef NT_VECTOR_MATH_H
#define NT_VECTOR_MATH_H

#include "numeric/vector.h"

/* 1 / (1 + 2^s). NaN stays NaN; from |s| = 1000 on it is 1 or 2^-1000. */
NT_INLINE nt_vector nt_vector_logistic2(nt_vector s) {
  /* Added to s it leaves k + 1023 in the lowest bits: the exponent of 2^k. */
  const double shifter = 0x1.8p52 + 1023;
  s = NT_MIN(NT_SET1(1000.0), s);
  s = NT_MAX(NT_SET1(-1000.0), s);
  nt_vector shifted = s + NT_SET1(shifter);
  nt_vector f = s - (shifted - NT_SET1(shifter));
  nt_vector power = (nt_vector)((nt_vector_bits)shifted << 52);
  nt_vector u = f * f;
  nt_vector p = NT_FMA(u + NT_SET1(0x1.b55f23b08ccfcp+9), u, NT_SET1(0x1.000efd798688ap+16)) * f;
  nt_vector q = NT_FMA(NT_FMA(NT_SET1(0x1.5a6782422028cp+5), u, NT_SET1(0x1.3b85c8838ac29p+13)), u,
                       NT_SET1(0x1.716a16a0fca8fp+17));
  nt_vector below = q - p, above = q + p;
  return below / NT_FMA(above, power, below);
}

/* -log2(e): the logistic function of t is nt_vector_logistic2(NT_LOGISTIC_SCALE * t). */
#define NT_LOGISTIC_SCALE (-0x1.71547652b82fep+0)

#endif
