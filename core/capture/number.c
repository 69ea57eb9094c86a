/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * D. Lemire, "Number parsing at a gigabyte per second", Software: Practice and Experience 51
 * (2021), arXiv:2101.11408, section 5: up to 19 digits are an integer w < 2^64, and w * 10^q needs
 * the 64 leading bits of w * 5^q, the power of two being only an exponent. The table has 5^q to 128
 * bits; one 64 x 64 bit product decides nearly always, a second one almost all that is left. What
 * these cannot decide, and what has more digits or an exponent beyond the table, is left to strtod.
 */
#include "number.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LEAST_POWER = -64, GREATEST_POWER = 32, MAX_DIGITS = 19 };

/* 5^q = 0.1...b * 2^e: the first 128 bits b, cut off for q >= 0, rounded up for q < 0. */
static const uint64_t powers_of_five[GREATEST_POWER - LEAST_POWER + 1][2] = {
    {0xa87fea27a539e9a5, 0x3f2398d747b36225}, {0xd29fe4b18e88640e, 0x8eec7f0d19a03aae},
    {0x83a3eeeef9153e89, 0x1953cf68300424ad}, {0xa48ceaaab75a8e2b, 0x5fa8c3423c052dd8},
    {0xcdb02555653131b6, 0x3792f412cb06794e}, {0x808e17555f3ebf11, 0xe2bbd88bbee40bd1},
    {0xa0b19d2ab70e6ed6, 0x5b6aceaeae9d0ec5}, {0xc8de047564d20a8b, 0xf245825a5a445276},
    {0xfb158592be068d2e, 0xeed6e2f0f0d56713}, {0x9ced737bb6c4183d, 0x55464dd69685606c},
    {0xc428d05aa4751e4c, 0xaa97e14c3c26b887}, {0xf53304714d9265df, 0xd53dd99f4b3066a9},
    {0x993fe2c6d07b7fab, 0xe546a8038efe402a}, {0xbf8fdb78849a5f96, 0xde98520472bdd034},
    {0xef73d256a5c0f77c, 0x963e66858f6d4441}, {0x95a8637627989aad, 0xdde7001379a44aa9},
    {0xbb127c53b17ec159, 0x5560c018580d5d53}, {0xe9d71b689dde71af, 0xaab8f01e6e10b4a7},
    {0x9226712162ab070d, 0xcab3961304ca70e9}, {0xb6b00d69bb55c8d1, 0x3d607b97c5fd0d23},
    {0xe45c10c42a2b3b05, 0x8cb89a7db77c506b}, {0x8eb98a7a9a5b04e3, 0x77f3608e92adb243},
    {0xb267ed1940f1c61c, 0x55f038b237591ed4}, {0xdf01e85f912e37a3, 0x6b6c46dec52f6689},
    {0x8b61313bbabce2c6, 0x2323ac4b3b3da016}, {0xae397d8aa96c1b77, 0xabec975e0a0d081b},
    {0xd9c7dced53c72255, 0x96e7bd358c904a22}, {0x881cea14545c7575, 0x7e50d64177da2e55},
    {0xaa242499697392d2, 0xdde50bd1d5d0b9ea}, {0xd4ad2dbfc3d07787, 0x955e4ec64b44e865},
    {0x84ec3c97da624ab4, 0xbd5af13bef0b113f}, {0xa6274bbdd0fadd61, 0xecb1ad8aeacdd58f},
    {0xcfb11ead453994ba, 0x67de18eda5814af3}, {0x81ceb32c4b43fcf4, 0x80eacf948770ced8},
    {0xa2425ff75e14fc31, 0xa1258379a94d028e}, {0xcad2f7f5359a3b3e, 0x096ee45813a04331},
    {0xfd87b5f28300ca0d, 0x8bca9d6e188853fd}, {0x9e74d1b791e07e48, 0x775ea264cf55347e},
    {0xc612062576589dda, 0x95364afe032a819e}, {0xf79687aed3eec551, 0x3a83ddbd83f52205},
    {0x9abe14cd44753b52, 0xc4926a9672793543}, {0xc16d9a0095928a27, 0x75b7053c0f178294},
    {0xf1c90080baf72cb1, 0x5324c68b12dd6339}, {0x971da05074da7bee, 0xd3f6fc16ebca5e04},
    {0xbce5086492111aea, 0x88f4bb1ca6bcf585}, {0xec1e4a7db69561a5, 0x2b31e9e3d06c32e6},
    {0x9392ee8e921d5d07, 0x3aff322e62439fd0}, {0xb877aa3236a4b449, 0x09befeb9fad487c3},
    {0xe69594bec44de15b, 0x4c2ebe687989a9b4}, {0x901d7cf73ab0acd9, 0x0f9d37014bf60a11},
    {0xb424dc35095cd80f, 0x538484c19ef38c95}, {0xe12e13424bb40e13, 0x2865a5f206b06fba},
    {0x8cbccc096f5088cb, 0xf93f87b7442e45d4}, {0xafebff0bcb24aafe, 0xf78f69a51539d749},
    {0xdbe6fecebdedd5be, 0xb573440e5a884d1c}, {0x89705f4136b4a597, 0x31680a88f8953031},
    {0xabcc77118461cefc, 0xfdc20d2b36ba7c3e}, {0xd6bf94d5e57a42bc, 0x3d32907604691b4d},
    {0x8637bd05af6c69b5, 0xa63f9a49c2c1b110}, {0xa7c5ac471b478423, 0x0fcf80dc33721d54},
    {0xd1b71758e219652b, 0xd3c36113404ea4a9}, {0x83126e978d4fdf3b, 0x645a1cac083126ea},
    {0xa3d70a3d70a3d70a, 0x3d70a3d70a3d70a4}, {0xcccccccccccccccc, 0xcccccccccccccccd},
    {0x8000000000000000, 0x0000000000000000}, {0xa000000000000000, 0x0000000000000000},
    {0xc800000000000000, 0x0000000000000000}, {0xfa00000000000000, 0x0000000000000000},
    {0x9c40000000000000, 0x0000000000000000}, {0xc350000000000000, 0x0000000000000000},
    {0xf424000000000000, 0x0000000000000000}, {0x9896800000000000, 0x0000000000000000},
    {0xbebc200000000000, 0x0000000000000000}, {0xee6b280000000000, 0x0000000000000000},
    {0x9502f90000000000, 0x0000000000000000}, {0xba43b74000000000, 0x0000000000000000},
    {0xe8d4a51000000000, 0x0000000000000000}, {0x9184e72a00000000, 0x0000000000000000},
    {0xb5e620f480000000, 0x0000000000000000}, {0xe35fa931a0000000, 0x0000000000000000},
    {0x8e1bc9bf04000000, 0x0000000000000000}, {0xb1a2bc2ec5000000, 0x0000000000000000},
    {0xde0b6b3a76400000, 0x0000000000000000}, {0x8ac7230489e80000, 0x0000000000000000},
    {0xad78ebc5ac620000, 0x0000000000000000}, {0xd8d726b7177a8000, 0x0000000000000000},
    {0x878678326eac9000, 0x0000000000000000}, {0xa968163f0a57b400, 0x0000000000000000},
    {0xd3c21bcecceda100, 0x0000000000000000}, {0x84595161401484a0, 0x0000000000000000},
    {0xa56fa5b99019a5c8, 0x0000000000000000}, {0xcecb8f27f4200f3a, 0x0000000000000000},
    {0x813f3978f8940984, 0x4000000000000000}, {0xa18f07d736b90be5, 0x5000000000000000},
    {0xc9f2c9cd04674ede, 0xa400000000000000}, {0xfc6f7c4045812296, 0x4d00000000000000},
    {0x9dc5ada82b70b59d, 0xf020000000000000},
};

/* w * 10^q for w > 0, or -1 when the product is too close to call. */
static double scaled(uint64_t w, int q) {
  const uint64_t *five = powers_of_five[q - LEAST_POWER];
  int shift = __builtin_clzll(w);
  w <<= shift;
  unsigned __int128 product = (unsigned __int128)w * five[0];
  uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
  if ((high & 0x1ff) == 0x1ff) { /* a carry from below could reach the 55 bits that matter */
    uint64_t more = (uint64_t)((unsigned __int128)w * five[1] >> 64);
    low += more;
    if (low < more) high++;
    if (low == UINT64_MAX) return -1;
  }
  int top = (int)(high >> 63); /* the product has 127 or 128 bits */
  int drop = top + 9;          /* leaves 54 bits: the mantissa and one to round by */
  uint64_t mantissa = high >> drop;
  /* Exactly half way? Then everything below the last bit is zero, and half to even
   * takes it away. Only powers up to 5^23 leave a product of 64 bits, and only from
   * 5^-4 on can w be a multiple. */
  if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << drop == high) mantissa--;
  mantissa = (mantissa + 1) >> 1;
  /* floor(q log2(10)) = (q * 217706) >> 16 for |q| < 350 */
  int exponent = ((q * 217706) >> 16) + 64 - shift + drop - 9;
  uint64_t bits = (mantissa & ((UINT64_C(1) << 52) - 1)) | (uint64_t)(exponent + 1022) << 52;
  if (mantissa >> 53) bits = (uint64_t)(exponent + 1023) << 52; /* rounded up to a power of two */
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint64_t load(const char *p) {
  uint64_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

/* Eight ASCII digits at once: all bytes between '0' and '9'? Then their value, by pairs, fours,
 * eight. */
static int are_digits(uint64_t v) {
  return ((v + 0x4646464646464646) | (v - 0x3030303030303030)) >> 7 & 0x0101010101010101 ? 0 : 1;
}

static uint32_t eight_digits(uint64_t v) {
  v -= 0x3030303030303030;
  v = v * 10 + (v >> 8);
  v = ((v & 0x000000ff000000ff) * 0x000f424000000064 +
       (v >> 16 & 0x000000ff000000ff) * 0x0000271000000001) >>
      32;
  return (uint32_t)v;
}

static const char *digits(const char *p, const char *end, uint64_t *w) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  while (end - p >= 8 && are_digits(load(p))) {
    *w = *w * 100000000 + eight_digits(load(p));
    p += 8;
  }
#endif
  while (p < end && (unsigned char)(*p - '0') < 10) *w = *w * 10 + (uint64_t)(*p++ - '0');
  return p;
}

static const char *word(const char *p, const char *end, double *value) {
  static const struct {
    const char *text;
    size_t length;
    double value;
  } words[] = {
      {"infinity", 8, __builtin_inf()}, {"inf", 3, __builtin_inf()}, {"nan", 3, __builtin_nan("")}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if ((size_t)(end - p) < words[i].length || strncasecmp(p, words[i].text, words[i].length) != 0)
      continue;
    *value = words[i].value;
    return p + words[i].length;
  }
  return NULL;
}

/* glibc's newlocale of "C" is a constant: no allocation, and no influence of setlocale. */
static double by_strtod(const char *text) {
  locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  double value = c ? strtod_l(text, NULL, c) : strtod(text, NULL);
  if (c) freelocale(c);
  return value;
}

const char *nt_number_read(const char *text, const char *end, double *value) {
  const char *p = text;
  int negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+')) p++;
  uint64_t w = 0;
  const char *start = p;
  p = digits(p, end, &w);
  ptrdiff_t count = p - start;
  int q = 0;
  if (p < end && *p == '.') {
    const char *fraction = ++p;
    p = digits(p, end, &w);
    count += p - fraction;
    q = p - fraction < 10000 ? -(int)(p - fraction) : -10000;
  }
  if (count == 0) {
    p = word(start, end, value);
    if (p && negative) *value = -*value;
    return p;
  }
  if (end - p >= 2 && (*p == 'e' || *p == 'E')) {
    int minus = p[1] == '-', exponent = 0;
    const char *d = p + 1 + (minus || p[1] == '+'), *first = d;
    for (; d < end && (unsigned char)(*d - '0') < 10; d++)
      if (exponent < 100000) exponent = exponent * 10 + (*d - '0');
    if (d > first) {
      p = d;
      q += minus ? -exponent : exponent;
    }
  }
  if (count > MAX_DIGITS) { /* leading zeros do not count among the 19 */
    for (const char *z = start; z < p && (*z == '0' || *z == '.'); z++) count -= *z == '0';
  }
  double v = -1;
  if (count <= MAX_DIGITS && w == 0)
    v = 0;
  else if (count <= MAX_DIGITS && q >= LEAST_POWER && q <= GREATEST_POWER)
    v = scaled(w, q);
  *value = v < 0 ? by_strtod(text) : negative ? -v : v;
  return p;
}
