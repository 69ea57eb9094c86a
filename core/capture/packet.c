/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/packet.h>

#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define MANTISSA_BITS 53

static double power_of_two(int exponent) { /* -1022 .. 1023 */
  uint64_t bits = (uint64_t)(exponent + 1023) << 52;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* The whole seconds leave room for `shift` binary digits of fraction in the mantissa: those digits
 * are the quotient of ns * 2^shift by 1e9, and the remainder alone decides the rounding, so there
 * is only one. */
static double with_fraction(uint64_t seconds, uint32_t ns, int shift) {
  uint64_t quotient, remainder;
  /* Up to here, ns < 2^30, the product fits 64 bits: every time since 4 January 1970. */
  if (shift <= 34) {
    uint64_t product = (uint64_t)ns << shift;
    quotient = product / NS_PER_S;
    remainder = product % NS_PER_S;
  } else {
    unsigned __int128 product = (unsigned __int128)ns << shift;
    quotient = (uint64_t)(product / NS_PER_S);
    remainder = (uint64_t)(product % NS_PER_S);
  }
  uint64_t mantissa = (seconds << shift) + quotient;
  if (2 * remainder > NS_PER_S || (2 * remainder == NS_PER_S && (mantissa & 1))) mantissa++;
  return (double)mantissa * power_of_two(-shift); /* both factors and the product are exact */
}

/* More whole seconds than the mantissa holds: the fraction only breaks ties. */
static double without_fraction(uint64_t seconds, uint32_t ns, int drop) {
  uint64_t mantissa = seconds >> drop;
  uint64_t rest = seconds & ((UINT64_C(1) << drop) - 1), half = UINT64_C(1) << (drop - 1);
  if (rest > half || (rest == half && (ns > 0 || (mantissa & 1)))) mantissa++;
  return (double)mantissa * power_of_two(drop);
}

double nt_time_from_ns(int64_t seconds, uint32_t nanoseconds) {
  int negative = seconds < 0;
  uint64_t whole = (uint64_t)seconds;
  if (negative) {
    whole = UINT64_C(0) - whole;
    if (nanoseconds > 0) { /* -5 s + 0.25 s is -(4 s + 0.75 s) */
      whole--;
      nanoseconds = (uint32_t)NS_PER_S - nanoseconds;
    }
  }
  double time;
  if (whole == 0) {
    time = (double)nanoseconds / 1e9;
  } else {
    int width = 64 - __builtin_clzll(whole);
    time = width <= MANTISSA_BITS ? with_fraction(whole, nanoseconds, MANTISSA_BITS - width)
                                  : without_fraction(whole, nanoseconds, width - MANTISSA_BITS);
  }
  return negative ? -time : time;
}
