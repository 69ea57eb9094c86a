/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the machine can do at most, measured beside everything else: multiplications fused with
 * additions in registers, McCalpin's triad (STREAM, 1995) through memory, reading of a file that the
 * system has in memory. And the calibration: a fixed mix of such work, none of the library's own, by
 * whose time each measurement is divided, so that a machine that is slow today is slow in both.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <ninetails/platform.h>

#include "problem.h"

/* ---------------------------------------------------------------- fused multiply-adds */

/* x <- x * a + b from 1 on tends to b / (1 - a) = 1.25. Sixteen vectors hide the latency. */
enum { FMA_STEPS = 1 << 16, FMA_VECTORS = 16 };
static const double fma_a = 0.6, fma_b = 0.5;

typedef struct fma_state {
  nt_isa isa;
  size_t lanes;
  double sum;
} fma_state;

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static double fma_avx512(void) {
  __m512d x[FMA_VECTORS], a = _mm512_set1_pd(fma_a), b = _mm512_set1_pd(fma_b);
  for (int i = 0; i < FMA_VECTORS; i++) x[i] = _mm512_set1_pd(1 + i);
  for (int s = 0; s < FMA_STEPS; s++) {
#pragma GCC unroll 16
    for (int i = 0; i < FMA_VECTORS; i++) x[i] = _mm512_fmadd_pd(x[i], a, b);
  }
  double lanes[8], sum = 0;
  for (int i = 0; i < FMA_VECTORS; i++) {
    _mm512_storeu_pd(lanes, x[i]);
    for (int l = 0; l < 8; l++) sum += lanes[l];
  }
  return sum;
}

__attribute__((target("avx2,fma"))) static double fma_avx2(void) {
  __m256d x[12], a = _mm256_set1_pd(fma_a), b = _mm256_set1_pd(fma_b);
  for (int i = 0; i < 12; i++) x[i] = _mm256_set1_pd(1 + i);
  for (int s = 0; s < FMA_STEPS; s++) {
#pragma GCC unroll 12
    for (int i = 0; i < 12; i++) x[i] = _mm256_fmadd_pd(x[i], a, b);
  }
  double lanes[4], sum = 0;
  for (int i = 0; i < 12; i++) {
    _mm256_storeu_pd(lanes, x[i]);
    for (int l = 0; l < 4; l++) sum += lanes[l];
  }
  return sum;
}
#endif

static double fma_plain(void) {
  double x[8], sum = 0;
  for (int i = 0; i < 8; i++) x[i] = 1 + i;
  for (int s = 0; s < FMA_STEPS; s++) {
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) x[i] = x[i] * fma_a + fma_b;
  }
  for (int i = 0; i < 8; i++) sum += x[i];
  return sum;
}

static void *fma_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  (void)setting;
  fma_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->isa = nt_isa_best();
#if !defined(__x86_64__)
  s->isa = NT_ISA_PLAIN;
#endif
  s->lanes = s->isa == NT_ISA_AVX512 ? 8 * FMA_VECTORS : s->isa == NT_ISA_AVX2 ? 48 : 8;
  work->items = (double)s->lanes * FMA_STEPS;
  work->flops = 2 * work->items;
  return s;
}

static nt_status fma_pass(void *state, nt_error *err) {
  fma_state *s = state;
  (void)err;
#if defined(__x86_64__)
  if (s->isa == NT_ISA_AVX512)
    s->sum = fma_avx512();
  else if (s->isa == NT_ISA_AVX2)
    s->sum = fma_avx2();
  else
#endif
    s->sum = fma_plain();
  return NT_OK;
}

static nt_status fma_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  fma_state *s = state;
  double limit = (double)s->lanes * fma_b / (1 - fma_a);
  proof->digest = XXH3_64bits(&s->sum, sizeof s->sum);
  strcpy(proof->how, "the limit b / (1 - a) of x <- x a + b");
  return nt_bench_close(&s->sum, &limit, 1, 1e-14, "sum", &proof->deviation, err);
}

const nt_bench_problem nt_bench_fma = {.name = "fma",
                                       .help =
                                           "multiplications fused with additions, in registers: "
                                           "the most that one core computes",
                                       .item = "fma",
                                       .threads = -1,
                                       .setup = fma_setup,
                                       .pass = fma_pass,
                                       .verify = fma_verify,
                                       .done = free};

/* ---------------------------------------------------------------- triad */

typedef struct triad_state {
  size_t count;
  double *a, *b, *c;
} triad_state;

static const nt_parameter triad_parameters[] = {{.name = "megabytes",
                                                 .type = NT_PARAMETER_INTEGER,
                                                 .unit = "MB",
                                                 .help = "of the three arrays together",
                                                 .preset = 192,
                                                 .least = 1,
                                                 .most = 65536}};

static void triad_done(void *state) {
  triad_state *s = state;
  if (!s) return;
  free(s->a), free(s->b), free(s->c);
  free(s);
}

static void *triad_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  triad_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->count = (size_t)(setting->values[0].number * 1e6 / (3 * sizeof(double)));
  s->a = nt_bench_room(s->count, sizeof *s->a, err);
  s->b = nt_bench_room(s->count, sizeof *s->b, err);
  s->c = nt_bench_room(s->count, sizeof *s->c, err);
  if (!s->a || !s->b || !s->c) {
    triad_done(s);
    return NULL;
  }
  for (size_t i = 0; i < s->count; i++) s->b[i] = (double)(i % 64), s->c[i] = (double)(i % 32);
  work->items = (double)s->count;
  work->flops = 2 * work->items;
  work->moved = 24 * work->items;
  return s;
}

static nt_status triad_pass(void *state, nt_error *err) {
  triad_state *s = state;
  double *restrict a = s->a;
  const double *restrict b = s->b, *restrict c = s->c;
  (void)err;
  for (size_t i = 0; i < s->count; i++) a[i] = b[i] + 3 * c[i];
  return NT_OK;
}

static nt_status triad_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  triad_state *s = state;
  for (size_t i = 0; i < s->count; i++)
    if (s->a[i] != (double)(i % 64 + 3 * (i % 32)))
      return nt_fail(err, NT_E_STATE, "element %zu is %g", i, s->a[i]);
  proof->digest = XXH3_64bits(s->a, s->count * sizeof *s->a);
  proof->exact = 1;
  strcpy(proof->how, "whole numbers, each known");
  return NT_OK;
}

const nt_bench_problem nt_bench_triad = {
    .name = "triad",
    .help = "a = b + 3 c of arrays that no cache holds: the most that memory brings",
    .item = "element",
    .threads = -1,
    NT_BENCH_PARAMETERS(triad_parameters),
    .setup = triad_setup,
    .pass = triad_pass,
    .verify = triad_verify,
    .done = triad_done};

/* ---------------------------------------------------------------- reading */

enum { BLOCK = 1 << 18 };
typedef struct read_state {
  char *path, *block;
  uint64_t bytes, before; /* read in the last pass; size of the file */
} read_state;

static void read_done(void *state) {
  read_state *s = state;
  if (!s) return;
  free(s->path), free(s->block);
  free(s);
}

/* Reads the whole file; with `hash` every byte is looked at. */
static nt_status read_all(read_state *s, XXH3_state_t *hash, nt_error *err) {
  int file = open(s->path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return nt_fail(err, NT_E_IO, "%s: %s", s->path, strerror(errno));
  ssize_t got;
  s->bytes = 0;
  while ((got = read(file, s->block, BLOCK)) > 0) {
    s->bytes += (uint64_t)got;
    if (hash) XXH3_64bits_update(hash, s->block, (size_t)got);
  }
  nt_status status = got < 0 ? nt_fail(err, NT_E_IO, "%s: %s", s->path, strerror(errno)) : NT_OK;
  close(file);
  return status;
}

static void *read_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  read_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->path = strdup(setting->capture);
  s->block = nt_bench_room(BLOCK, 1, err);
  if (!s->path || !s->block || read_all(s, NULL, err) != NT_OK) {
    read_done(s);
    return NULL;
  }
  s->before = s->bytes;
  work->items = work->file = (double)s->bytes;
  return s;
}

static nt_status read_pass(void *state, nt_error *err) {
  return read_all(state, NULL, err);
}

static nt_status read_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  read_state *s = state;
  if (s->bytes != s->before)
    return nt_fail(err, NT_E_STATE, "%s: %llu bytes, there were %llu", s->path,
                   (unsigned long long)s->bytes, (unsigned long long)s->before);
  XXH3_state_t *hash = XXH3_createState();
  if (!hash || XXH3_64bits_reset(hash) != XXH_OK) {
    XXH3_freeState(hash);
    return nt_fail(err, NT_E_MEMORY, "out of memory");
  }
  nt_status status = read_all(s, hash, err);
  proof->digest = XXH3_64bits_digest(hash);
  proof->exact = 1;
  strcpy(proof->how, "the file's size");
  XXH3_freeState(hash);
  return status;
}

const nt_bench_problem nt_bench_read = {.name = "read",
                                        .help = "the capture's bytes from the system's memory, by "
                                                "read(2): the most that files bring",
                                        .item = "byte",
                                        .wants_capture = 1,
                                        .threads = -1,
                                        .setup = read_setup,
                                        .pass = read_pass,
                                        .verify = read_verify,
                                        .done = read_done};

/* ---------------------------------------------------------------- calibration */

/*
 * One third each, about: a chain of whole numbers (splitmix64), sums of products, steps through a
 * random cycle over 1 MB. About 3 ms.
 */
#define CALIBRATION_DIGEST UINT64_C(0x07d3f61c48a5379d)
enum { CYCLE = 1 << 17, CHAIN = 400000, PRODUCTS = 500, STEPS = 150000, VECTOR = 1024 };

typedef struct calibration {
  uint64_t *next; /* [CYCLE] the next step of a cycle through all */
  double values[VECTOR];
  uint64_t whole, at;
  double sum;
} calibration;

static void calibration_done(void *state) {
  calibration *c = state;
  if (c) free(c->next);
  free(c);
}

static void *calibration_setup(const nt_bench_setting *setting, nt_bench_work *work,
                               nt_error *err) {
  (void)setting;
  calibration *c = nt_bench_room(1, sizeof *c, err);
  if (!c) return NULL;
  c->next = nt_bench_room(CYCLE, sizeof *c->next, err);
  if (!c->next) {
    calibration_done(c);
    return NULL;
  }
  uint64_t seed = 1;
  for (size_t i = 0; i < CYCLE; i++) c->next[i] = i;
  for (size_t i = CYCLE - 1; i > 0; i--) { /* Sattolo's shuffle makes one cycle */
    size_t j = nt_bench_next(&seed) % i;
    uint64_t kept = c->next[i];
    c->next[i] = c->next[j], c->next[j] = kept;
  }
  nt_bench_noise(c->values, VECTOR, 2);
  work->items = 1;
  return c;
}

static nt_status calibration_pass(void *state, nt_error *err) {
  calibration *c = state;
  uint64_t seed = 3, whole = 0, at = 0;
  double sums[4] = {0};
  (void)err;
  for (int i = 0; i < CHAIN; i++) whole ^= nt_bench_next(&seed);
  for (int p = 0; p < PRODUCTS; p++)
    for (int i = 0; i < VECTOR; i += 4)
      for (int l = 0; l < 4; l++) sums[l] = sums[l] * 0.5 + c->values[i + l];
  for (int i = 0; i < STEPS; i++) at = c->next[at];
  c->whole = whole, c->at = at;
  c->sum = sums[0] + sums[1] + sums[2] + sums[3];
  return NT_OK;
}

static nt_status calibration_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  calibration *c = state;
  uint64_t parts[3] = {c->whole, c->at, 0};
  memcpy(parts + 2, &c->sum, sizeof c->sum);
  proof->digest = XXH3_64bits(parts, sizeof parts);
  proof->exact = 1;
  strcpy(proof->how, "the digest that it always has");
  if (proof->digest != CALIBRATION_DIGEST)
    return nt_fail(err, NT_E_STATE, "digest %016llx", (unsigned long long)proof->digest);
  return NT_OK;
}

const nt_bench_problem nt_bench_calibration = {
    .name = "calibration",
    .help = "a fixed mix of work that is none of the library's: what times are divided by",
    .item = "pass",
    .threads = -1,
    .setup = calibration_setup,
    .pass = calibration_pass,
    .verify = calibration_verify,
    .done = calibration_done};
