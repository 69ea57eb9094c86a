/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Squares computed without pow equal pow's in every bit. */
#include "extractor/reference_decay.h"

#include "check.h"
#include "packets.h"

enum { ROUNDS = 1000000 };

static double part(void) {
  return (double)packets_draw(1u << 31) * 0x1p-31 + (double)packets_draw(1u << 31) * 0x1p-62;
}

/* Random magnitudes from 2^-`range` to 2^range, and decimal numbers as captures have them. */
static double value(int i, int range) {
  double decimal = packets_draw(2000000000) * 1e-6;
  return i & 1 ? decimal : ldexp(1 + part(), (int)packets_draw(2 * (uint32_t)range) - range);
}

static int same(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

static void squares_are_those_of_pow(void) {
  static const double edges[] = {0,           -0.0,     1,        -3,     0x1p-63,
                                 0x1p63,      0x1p-540, INFINITY, 1e-310, 1 + 0x1p-52,
                                 2 - 0x1p-52, 0x1p300,  1500,     1e200};
  size_t wrong = 0;
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    lanes x = {edges[i], 1, 2, 3, 4}, out;
    CU_ASSERT(same(square(out, x, edges[i]), pow(edges[i], 2.0)));
    CU_ASSERT(same(out[0], pow(edges[i], 2.0)));
  }
  for (int i = 0; i < ROUNDS; i++) {
    lanes x = {0}, out;
    for (int l = 0; l < NT_LAMBDAS; l++) x[l] = value(i + l, 80);
    double v = value(i, 40), v2 = square(out, x, v);
    wrong += !same(v2, pow(v, 2.0));
    for (int l = 0; l < NT_LAMBDAS; l++) wrong += !same(out[l], pow(x[l], 2.0));
  }
  CU_ASSERT_EQUAL(wrong, 0);
}

static const check_case cases[] = {
    {"squares are those of pow", squares_are_those_of_pow},
};
CHECK_MAIN("squares of the references", cases)
