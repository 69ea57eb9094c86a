/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The extractor's profile stream: against py100 on made-up traffic, and its own properties. */
#include <math.h>

#include <ninetails/platform.h>

#include "differential/deviation.h"
#include "extractor/stream.h"
#include "check.h"
#include "packets.h"

enum { WIDTH = 100 };

/* The rows of a whole trace, `batch` packets at a time. */
static double *extract_with(nt_extractor_options options, const packets *p, size_t batch,
                            nt_extractor_usage *usage) {
  nt_error err;
  double *rows = calloc(p->count + 1, WIDTH * sizeof *rows);
  nt_extractor *x = nt_extractor_new(&options, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(x);
  for (size_t i = 0; i < p->count; i += batch) {
    size_t n = p->count - i < batch ? p->count - i : batch;
    CHECK_OK(nt_extractor_update(x, p->at + i, n, rows + i * WIDTH, &err), err);
    if (!usage) continue;
    nt_extractor_usage_of(x, usage);
    CU_ASSERT_TRUE(!options.max_streams || usage->streams <= options.max_streams);
    CU_ASSERT_TRUE(!options.max_streams || usage->pairs <= 4 * options.max_streams + 2 * batch);
  }
  nt_extractor_free(x);
  return rows;
}

static double *extract(nt_profile profile, const packets *p, size_t batch) {
  return extract_with((nt_extractor_options){.profile = profile}, p, batch, NULL);
}

static size_t bytes_of(const packets *p) {
  return p->count * WIDTH * sizeof(double);
}

/* ---------------------------------------------------------------- traffic */

static packets room_for(size_t count) {
  packets p = {calloc(count, sizeof *p.at), count};
  if (!p.at) abort();
  return p;
}

static double later(double *clock, uint32_t most_us) {
  return *clock += packets_draw(most_us) * 1e-6;
}

/* Random pairs of hosts talk in both directions, so every packet touches many pairs. */
static packets clique(size_t count) {
  packets p = room_for(count);
  double clock = 1.5e9;
  for (size_t i = 0; i < count; i++) {
    uint32_t a = packets_draw(12), b = (a + 1 + packets_draw(11)) % 12;
    p.at[i] = packets_tcp(later(&clock, 30000), a, b, (uint16_t)(a % 3), (uint16_t)(b % 3),
                          60 + packets_draw(1400));
  }
  return p;
}

/* One host scans new addresses, a few answer, and it returns to some of them. */
static packets scan(size_t count) {
  packets p = room_for(count);
  double clock = 1.5e9;
  for (size_t i = 0; i < count; i++) {
    uint32_t target = 1000 + (packets_draw(4) ? (uint32_t)i : packets_draw((uint32_t)i + 1));
    if (packets_draw(7))
      p.at[i] = packets_tcp(later(&clock, 9000), 1, target, 999, 22, 60 + packets_draw(3));
    else
      p.at[i] = packets_tcp(later(&clock, 9000), target, 1, 22, 999, 54 + packets_draw(90));
  }
  return p;
}

static packets ping_pong(size_t count) {
  packets p = room_for(count);
  double clock = 1.5e9;
  for (size_t i = 0; i < count; i++)
    p.at[i] = packets_tcp(later(&clock, 2000000), i & 1, !(i & 1), 5, 5, 64 + packets_draw(2));
  return p;
}

/* Clients and servers: bursts at one instant, pauses in which weights decay to nothing,
 * hosts that send to themselves. */
static packets mixture(size_t count) {
  packets p = room_for(count);
  double clock = 1.5e9;
  for (size_t i = 0; i < count;) {
    uint32_t a = packets_draw(40), b = 100 + packets_draw(5), gap = packets_draw(3) ? 20000 : 1;
    if (packets_draw(60) == 0) clock += packets_draw(100000) * 0.1;
    if (packets_draw(30) == 0) b = a;
    uint16_t port = (uint16_t)(1024 + packets_draw(9));
    for (size_t k = packets_draw(20); k-- && i < count; i++)
      p.at[i] = packets_draw(2)
                    ? packets_tcp(later(&clock, gap), a, b, port, 80, 60)
                    : packets_tcp(later(&clock, gap), b, a, 80, port, packets_draw(1515));
  }
  return p;
}

/* The committed trace with every timestamp that goes backwards raised to its predecessor's
 * (stream.h). */
static packets monotone_trace(size_t count) {
  packets p = packets_of_trace();
  if (p.count > count) p.count = count;
  for (size_t i = 1; i < p.count; i++)
    if (p.at[i].time < p.at[i - 1].time) p.at[i].time = p.at[i - 1].time;
  return p;
}

static packets (*const kinds[])(size_t) = {clique, scan, ping_pong, mixture, monotone_trace};
#define KINDS (sizeof kinds / sizeof *kinds)

/* ---------------------------------------------------------------- against py100 */

static void agrees_with_py100(void) {
  for (size_t k = 0; k < KINDS; k++) {
    packets p = kinds[k](4000);
    double *want = extract(NT_PROFILE_PY100, &p, p.count);
    double *got = extract(NT_PROFILE_STREAM, &p, p.count);
    deviation_report report;
    CU_ASSERT_FATAL(deviation_measure(p.at, p.count, want, got, &report));
    CU_ASSERT_EQUAL(deviation_outside(&report), 0);
    if (deviation_outside(&report)) deviation_print(&report);
    CU_ASSERT_TRUE(report.of[TABLE_HH][COVARIANCE].values > p.count);
    CU_ASSERT_TRUE(report.of[TABLE_HH][PCC].values > 20);
    free(want);
    free(got);
    free(p.at);
  }
}

/* ---------------------------------------------------------------- properties */

static void rows_do_not_depend_on_batches(void) {
  static const size_t batches[] = {1, 3, 17, 1000};
  for (size_t k = 0; k < KINDS; k++) {
    packets p = kinds[k](3000);
    double *whole = extract(NT_PROFILE_STREAM, &p, p.count);
    for (size_t b = 0; b < 4; b++) {
      double *parts = extract(NT_PROFILE_STREAM, &p, batches[b]);
      CU_ASSERT_EQUAL(memcmp(whole, parts, bytes_of(&p)), 0);
      free(parts);
    }
    free(whole);
    free(p.at);
  }
}

/* Each extractor hashes with its own secret, so no two probe alike; their rows are equal. */
static void rows_do_not_depend_on_the_hash(void) {
  packets p = mixture(5000);
  double *first = extract(NT_PROFILE_STREAM, &p, 64);
  for (int i = 0; i < 5; i++) {
    double *again = extract(NT_PROFILE_STREAM, &p, 64);
    CU_ASSERT_EQUAL(memcmp(first, again, bytes_of(&p)), 0);
    free(again);
  }
  free(first);
  free(p.at);
}

static void rows_do_not_depend_on_the_instruction_set(void) {
  const char *before = getenv("NINETAILS_ISA");
  char *kept = before ? strdup(before) : NULL;
  for (size_t k = 0; k < KINDS; k++) {
    packets p = kinds[k](3000);
    setenv("NINETAILS_ISA", "plain", 1);
    double *plain = extract(NT_PROFILE_STREAM, &p, p.count);
    for (int isa = NT_ISA_AVX2; isa <= NT_ISA_AVX512; isa++) {
      if (nt_isa_resolve((nt_isa)isa, &(nt_isa){0}, NULL) != NT_OK) continue;
      setenv("NINETAILS_ISA", nt_isa_name((nt_isa)isa), 1);
      double *rows = extract(NT_PROFILE_STREAM, &p, p.count);
      CU_ASSERT_EQUAL(memcmp(plain, rows, bytes_of(&p)), 0);
      free(rows);
    }
    free(plain);
    free(p.at);
  }
  if (kept)
    setenv("NINETAILS_ISA", kept, 1);
  else
    unsetenv("NINETAILS_ISA");
  free(kept);
}

static void constant_streams_have_no_variance(void) {
  packets p = room_for(4000);
  double clock = 1.5e9;
  for (size_t i = 0; i < p.count; i++) {
    clock += packets_draw(50) ? packets_draw(5000) * 1e-6 : packets_draw(4000);
    p.at[i] = i & 1 ? packets_tcp(clock, 1, 2 + packets_draw(5), 7, 80, 61)
                    : packets_tcp(clock, 2 + packets_draw(5), 1, 80, 7, 1499);
  }
  double *rows = extract(NT_PROFILE_STREAM, &p, p.count);
  size_t wrong = 0;
  for (size_t i = 0; i < p.count; i++)
    for (int l = 0; l < 5; l++) {
      const double *hh = rows + i * WIDTH + 15 + 7 * l;
      wrong += rows[i * WIDTH + 3 * l + 2] != 0; /* MI */
      wrong += hh[1] != p.at[i].length || hh[2] != 0 || hh[3] != 0 || hh[5] != 0 || hh[6] != 0;
    }
  CU_ASSERT_EQUAL(wrong, 0);
  free(rows);
  free(p.at);
}

/* An old value leaves no residue: variances are 0 or above the floor, pcc stays finite. */
static void variances_die(void) {
  packets p = room_for(3000);
  double clock = 1.5e9;
  for (size_t i = 0; i < p.count; i++) {
    clock += i % 100 ? 1.0 : 90000.0;
    p.at[i] = packets_tcp(clock, i & 1, !(i & 1), 1, 1, i % 100 < 2 ? 1500 : 60);
  }
  double *rows = extract(NT_PROFILE_STREAM, &p, p.count);
  size_t wrong = 0, dead = 0;
  for (size_t i = 0; i < p.count; i++)
    for (int l = 0; l < 5; l++) {
      const double *hh = rows + i * WIDTH + 15 + 7 * l;
      wrong += hh[2] != 0 && hh[2] < NT_VARIANCE_FLOOR * hh[1] * hh[1];
      wrong += !(fabs(hh[6]) < 100);
      dead += hh[2] == 0;
    }
  for (size_t i = 0; i < p.count * WIDTH; i++) wrong += !isfinite(rows[i]);
  CU_ASSERT_EQUAL(wrong, 0);
  CU_ASSERT_TRUE(dead > p.count);
  free(rows);
  free(p.at);
}

/* Records out of order and from any year neither decay nor give NaN. */
static void time_may_jump(void) {
  packets p = mixture(3000);
  for (size_t i = 0; i < p.count; i++) {
    uint32_t what = packets_draw(20);
    if (what < 3) p.at[i].time -= packets_draw(1000) * 1e-3;
    if (what == 3) p.at[i].time = -1e9 + packets_draw(1000);
    if (what == 4) p.at[i].time = 1.7e10;
  }
  double *rows = extract(NT_PROFILE_STREAM, &p, p.count);
  size_t wrong = 0;
  for (size_t i = 0; i < p.count * WIDTH; i++) wrong += !isfinite(rows[i]);
  for (size_t i = 0; i < p.count; i++) wrong += rows[i * WIDTH] < 1;
  CU_ASSERT_EQUAL(wrong, 0);
  free(rows);
  free(p.at);
}

static void factors_are_powers_of_two(void) {
  double f[NT_LAMBDAS], worst = 0;
  nt_stream_factors(0, f);
  for (int l = 0; l < NT_LAMBDAS; l++) CU_ASSERT_EQUAL(f[l], 1.0);
  for (int i = 0; i < 200000; i++) {
    double dt = packets_draw(1u << 31) * (i & 1 ? 5e-8 : 1e-9);
    nt_stream_factors(dt, f);
    for (int l = 0; l < NT_LAMBDAS; l++) {
      double want = exp2(-nt_lambda[l] * dt);
      worst = fmax(worst, fabs(f[l] - want) / want);
    }
  }
  CU_ASSERT_TRUE(worst < 3.4e-16);
  nt_stream_factors(1e300, f);
  for (int l = 0; l < NT_LAMBDAS; l++) CU_ASSERT_TRUE(f[l] > 0 && f[l] < 1e-300);
}

/* ---------------------------------------------------------------- bounded memory */

/* Two hosts talk all the time, among many that appear once. */
static packets crowd(size_t count) {
  packets p = room_for(count);
  double clock = 1.5e9;
  for (size_t i = 0; i < count; i++) {
    uint32_t a = 1 + packets_draw(2), server = 50 + packets_draw(9);
    double t = later(&clock, 20000);
    p.at[i] = i % 3
                  ? packets_tcp(t, a, 3 - a, (uint16_t)a, (uint16_t)(3 - a), 60 + packets_draw(900))
                  : packets_tcp(t, 100 + (uint32_t)i, server, 9, 80, 60);
  }
  return p;
}

static void bounded_streams_keep_the_heavy(void) {
  packets p = crowd(30000);
  nt_extractor_usage usage;
  nt_extractor_options bounded = {.profile = NT_PROFILE_STREAM, .max_streams = 500};
  double *few = extract_with(bounded, &p, 1, &usage);
  double *again = extract_with(bounded, &p, 1000, &usage);
  double *all = extract(NT_PROFILE_STREAM, &p, 1000);
  CU_ASSERT_EQUAL(memcmp(few, again, bytes_of(&p)), 0);
  CU_ASSERT_TRUE(usage.dropped > 20000);
  size_t different = 0;
  for (size_t i = 0; i < p.count; i++)
    if (i % 3) different += memcmp(few + i * WIDTH, all + i * WIDTH, WIDTH * sizeof *few) != 0;
  CU_ASSERT_EQUAL(different, 0);
  free(few);
  free(again);
  free(all);
  free(p.at);
}

/* All kinds of traffic under a bound so tight that everything is evicted and returns. */
static void tight_bounds_are_kept(void) {
  for (size_t k = 0; k < KINDS; k++) {
    packets p = kinds[k](3000);
    nt_extractor_usage usage;
    nt_extractor_options tight = {.profile = NT_PROFILE_STREAM, .max_streams = 64};
    double *one = extract_with(tight, &p, 1, &usage);
    double *many = extract_with(tight, &p, p.count, &usage);
    size_t wrong = 0;
    for (size_t i = 0; i < p.count * WIDTH; i++) wrong += !isfinite(one[i]);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(memcmp(one, many, bytes_of(&p)), 0);
    free(one);
    free(many);
    free(p.at);
  }
}

static const check_case cases[] = {
    {"agrees with py100", agrees_with_py100},
    {"rows do not depend on batches", rows_do_not_depend_on_batches},
    {"rows do not depend on the hash", rows_do_not_depend_on_the_hash},
    {"rows do not depend on the instruction set", rows_do_not_depend_on_the_instruction_set},
    {"constant streams have no variance", constant_streams_have_no_variance},
    {"variances die", variances_die},
    {"time may jump", time_may_jump},
    {"factors are powers of two", factors_are_powers_of_two},
    {"bounded streams keep the heavy ones", bounded_streams_keep_the_heavy},
    {"tight bounds are kept", tight_bounds_are_kept},
};
CHECK_MAIN("stream", cases)
