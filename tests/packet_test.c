/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times are the double nearest to the decimal, as strtod finds it. */
#include <inttypes.h>
#include <math.h>

#include <ninetails/packet.h>

#include "check.h"
#include "noise.h"

/* seconds + nanoseconds / 1e9 as a decimal with nine digits. */
static void decimal(char *text, size_t room, int64_t seconds, uint32_t nanoseconds) {
  __int128 total = (__int128)seconds * 1000000000 + nanoseconds;
  const char *sign = total < 0 ? "-" : "";
  if (total < 0) total = -total;
  snprintf(text, room, "%s%" PRIu64 ".%09u", sign, (uint64_t)(total / 1000000000),
           (unsigned)(total % 1000000000));
}

static int is_nearest(int64_t seconds, uint32_t nanoseconds) {
  char text[64];
  decimal(text, sizeof text, seconds, nanoseconds);
  double expected = strtod(text, NULL), time = nt_time_from_ns(seconds, nanoseconds);
  if (memcmp(&expected, &time, sizeof time) == 0) return 1;
  printf("  %s: strtod %a, ours %a\n", text, expected, time);
  return 0;
}

static void edges_are_rounded_once(void) {
  enum { FIRST_64_BITS = 262144 }; /* from here on 64 bits hold the fraction */
  static const int64_t seconds[] = {
      0, 1, 2, 3, 1023, FIRST_64_BITS - 1, FIRST_64_BITS, FIRST_64_BITS + 1, INT32_MAX, UINT32_MAX,
      (INT64_C(1) << 52) - 1, INT64_C(1) << 52,
      /* above 2^53 there is no fraction, but nanoseconds break ties */
      (INT64_C(1) << 53) - 1, INT64_C(1) << 53, (INT64_C(1) << 53) + 1, (INT64_C(1) << 54) + 2,
      (INT64_C(1) << 54) + 6, (INT64_C(1) << 60) + 64, INT64_MAX};
  static const uint32_t nanoseconds[] = {0,         1,         2,         249999999, 250000000,
                                         499999999, 500000000, 500000001, 976562500, 999999999};
  for (size_t s = 0; s < sizeof seconds / sizeof *seconds; s++)
    for (size_t n = 0; n < sizeof nanoseconds / sizeof *nanoseconds; n++) {
      CU_ASSERT(is_nearest(seconds[s], nanoseconds[n]));
      CU_ASSERT(is_nearest(-seconds[s], nanoseconds[n]));
    }
  CU_ASSERT(is_nearest(INT64_MIN, 0));
  CU_ASSERT(is_nearest(INT64_MIN, 1));
  CU_ASSERT_FALSE(signbit(nt_time_from_ns(0, 0)));
}

static void random_times_are_those_of_strtod(void) {
  uint64_t state = 1;
  int wrong = 0;
  for (int i = 0; i < 300000 && wrong < 5; i++) {
    int bits = 1 + (int)(63 * noise(&state)); /* all magnitudes are equally likely */
    int64_t seconds = (int64_t)ldexp(noise(&state), bits);
    if (noise(&state) < 0.3) seconds = -seconds;
    uint32_t nanoseconds = (uint32_t)(1e9 * noise(&state));
    if (noise(&state) < 0.2) nanoseconds -= nanoseconds % 1000; /* whole microseconds */
    wrong += !is_nearest(seconds, nanoseconds);
  }
  CU_ASSERT_EQUAL(wrong, 0);
}

/* Halfway between two doubles, as exactly as nine digits can: k / 512 s between 2^44 and 2^45 s. */
static void ties_go_to_the_even_neighbour(void) {
  uint64_t state = 2;
  int wrong = 0;
  for (int i = 0; i < 20000; i++) {
    int64_t seconds = (INT64_C(1) << 44) + (int64_t)ldexp(noise(&state), 44);
    uint32_t nanoseconds = (uint32_t)(512 * noise(&state)) * 1953125u;
    wrong += !is_nearest(seconds, nanoseconds);
    wrong += !is_nearest(seconds, nanoseconds + 1);
  }
  CU_ASSERT_EQUAL(wrong, 0);
}

static const check_case cases[] = {
    {"edges are rounded once", edges_are_rounded_once},
    {"random times are those of strtod", random_times_are_those_of_strtod},
    {"ties go to the even neighbour", ties_go_to_the_even_neighbour},
};

CHECK_MAIN("packet", cases)
