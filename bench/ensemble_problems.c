/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One autoencoder by its size, and KitNETs on the rows of a capture. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include <ninetails/kitnet.h>

#include "ensemble/lone_autoencoder.h"
#include "problem.h"
#include "trace.h"

static const char *const phases[] = {"train", "execute", NULL};
static const char *const isas[] = {"auto", "plain", "avx2", "avx512", NULL};
enum { TRAIN, EXECUTE };

/* Additions and multiplications for one row: encoding, decoding and, in training, the errors
 * propagated back and two products for each weight. */
static double flops_of(double visible, double hidden, int phase) {
  return visible * hidden * (phase == TRAIN ? 10 : 4);
}

/* ---------------------------------------------------------------- one autoencoder */

enum { ROWS = 1024, AE_SIZE = 0, AE_PHASE, AE_ISA };
typedef struct autoencoder_state {
  size_t size;
  int phase;
  const nt_kernels *kernels;
  nt_lone_autoencoder *autoencoder;
  double *rows, *errors; /* [ROWS][size], [ROWS] */
} autoencoder_state;

static const nt_parameter autoencoder_parameters[] = {{.name = "size",
                                                       .type = NT_PARAMETER_INTEGER,
                                                       .unit = "columns",
                                                       .help = "visible units",
                                                       .preset = 10,
                                                       .least = 1,
                                                       .most = 10000},
                                                      {.name = "phase",
                                                       .type = NT_PARAMETER_CHOICE,
                                                       .help = "what it does with rows",
                                                       .preset = EXECUTE,
                                                       .choices = phases},
                                                      {.name = "isa",
                                                       .type = NT_PARAMETER_CHOICE,
                                                       .help = "kernels of which instruction set",
                                                       .preset = NT_ISA_AUTO,
                                                       .choices = isas}};

static void autoencoder_done(void *state) {
  autoencoder_state *s = state;
  if (!s) return;
  if (s->autoencoder) nt_lone_autoencoder_free(s->autoencoder);
  free(s->rows), free(s->errors);
  free(s);
}

static nt_lone_autoencoder *fresh(const autoencoder_state *s, const nt_kernels *kernels,
                                  double *errors, nt_error *err) {
  nt_step step = {.rate = 0.1, .epsilon = 1e-16};
  nt_lone_autoencoder *a = nt_lone_autoencoder_new(s->size, 0.75, 1234, &step, 1e-16, kernels, err);
  if (!a || s->phase == TRAIN) return a;
  nt_lone_autoencoder_learn(a, s->rows, ROWS, errors);
  if (nt_lone_autoencoder_ready(a, err) == NT_OK) return a;
  nt_lone_autoencoder_free(a);
  return NULL;
}

static void *autoencoder_setup(const nt_bench_setting *setting, nt_bench_work *work,
                               nt_error *err) {
  autoencoder_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  nt_isa isa = NT_ISA_PLAIN;
  s->size = (size_t)setting->values[AE_SIZE].number;
  s->phase = (int)setting->values[AE_PHASE].number;
  s->rows = nt_bench_room(ROWS * s->size, sizeof *s->rows, err);
  s->errors = nt_bench_room(ROWS, sizeof *s->errors, err);
  if (!s->rows || !s->errors ||
      nt_isa_resolve((nt_isa)setting->values[AE_ISA].number, &isa, err) != NT_OK) {
    autoencoder_done(s);
    return NULL;
  }
  nt_bench_noise(s->rows, ROWS * s->size, 1);
  s->kernels = nt_kernels_of(isa);
  s->autoencoder = fresh(s, s->kernels, s->errors, err);
  if (!s->autoencoder) {
    autoencoder_done(s);
    return NULL;
  }
  work->items = ROWS;
  work->flops = ROWS * flops_of((double)s->size, (double)((3 * s->size + 3) / 4), s->phase);
  work->moved = ROWS * (double)(s->size + 1) * sizeof(double);
  return s;
}

static void autoencoder_reset(void *state) {
  autoencoder_state *s = state;
  nt_error err;
  if (s->phase == EXECUTE) return;
  if (s->autoencoder) nt_lone_autoencoder_free(s->autoencoder);
  s->autoencoder = fresh(s, s->kernels, s->errors, &err);
}

static nt_status autoencoder_pass(void *state, nt_error *err) {
  autoencoder_state *s = state;
  if (!s->autoencoder) return nt_fail(err, NT_E_MEMORY, "out of memory for an autoencoder");
  if (s->phase == TRAIN)
    nt_lone_autoencoder_learn(s->autoencoder, s->rows, ROWS, s->errors);
  else
    nt_lone_autoencoder_score(s->autoencoder, s->rows, ROWS, s->errors);
  return NT_OK;
}

static nt_status autoencoder_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  autoencoder_state *s = state;
  double *expected = nt_bench_room(ROWS, sizeof *expected, err);
  nt_lone_autoencoder *plain =
      expected ? fresh(s, nt_kernels_of(NT_ISA_PLAIN), expected, err) : NULL;
  nt_status status = plain ? NT_OK : err->status;
  if (plain && s->phase == TRAIN) nt_lone_autoencoder_learn(plain, s->rows, ROWS, expected);
  if (plain && s->phase == EXECUTE) nt_lone_autoencoder_score(plain, s->rows, ROWS, expected);
  if (status == NT_OK)
    status = nt_bench_close(s->errors, expected, ROWS, 1e-9, "error", &proof->deviation, err);
  proof->digest = XXH3_64bits(s->errors, ROWS * sizeof *s->errors);
  strcpy(proof->how, "kernels of plain C");
  if (plain) nt_lone_autoencoder_free(plain);
  free(expected);
  return status;
}

const nt_bench_problem nt_bench_autoencoder = {.name = "autoencoder",
                                               .help = "one autoencoder on rows of noise",
                                               .item = "row",
                                               .threads = -1,
                                               NT_BENCH_PARAMETERS(autoencoder_parameters),
                                               .setup = autoencoder_setup,
                                               .reset = autoencoder_reset,
                                               .pass = autoencoder_pass,
                                               .verify = autoencoder_verify,
                                               .done = autoencoder_done};

/* ---------------------------------------------------------------- KitNETs on a capture */

enum { K_PHASE, K_M, K_KITNETS, K_ISA, K_PROFILE, MOST_KITNETS = 64, K_MAPPED = 5000 };
typedef struct kitnet_state {
  int phase;
  nt_kitnet_options options;
  size_t kitnets, width, count; /* count: rows after the map's */
  double *rows;                 /* [count][width] */
  nt_feature_map map;
  nt_kitnet *kitnet[MOST_KITNETS];
  double *scores[MOST_KITNETS], *training[MOST_KITNETS]; /* [count] */
} kitnet_state;

static const nt_parameter kitnet_parameters[] = {
    {.name = "phase",
     .type = NT_PARAMETER_CHOICE,
     .help = "what they do with rows",
     .preset = EXECUTE,
     .choices = phases},
    NT_BENCH_M,
    {.name = "kitnets",
     .type = NT_PARAMETER_INTEGER,
     .unit = "1",
     .help = "of one map and different seeds, that take the rows together",
     .preset = 1,
     .least = 1,
     .most = MOST_KITNETS},
    {.name = "isa",
     .type = NT_PARAMETER_CHOICE,
     .help = "kernels of which instruction set",
     .preset = NT_ISA_AUTO,
     .choices = isas},
    NT_BENCH_PROFILE};

static void free_kitnets(kitnet_state *s) {
  for (size_t i = 0; i < s->kitnets; i++) nt_kitnet_free(s->kitnet[i]);
  memset(s->kitnet, 0, sizeof s->kitnet);
}

static void kitnet_done(void *state) {
  kitnet_state *s = state;
  if (!s) return;
  free_kitnets(s);
  for (size_t i = 0; i < s->kitnets; i++) free(s->scores[i]), free(s->training[i]);
  nt_feature_map_done(&s->map);
  free(s->rows);
  free(s);
}

/* KitNET number i; for the execution phase it is trained with the first half of the rows. */
static nt_kitnet *make_kitnet(const kitnet_state *s, size_t i, nt_isa isa, double *scratch,
                              nt_error *err) {
  nt_kitnet_options o = s->options;
  o.isa = isa;
  o.seed += (uint32_t)i;
  o.ad_grace = s->phase == TRAIN ? (uint64_t)1 << 53 : s->count / 2;
  nt_kitnet *k = nt_kitnet_new(s->width, &o, &s->map, err);
  if (!k || s->phase == TRAIN) return k;
  if (nt_kitnet_process(k, s->rows, s->count / 2, scratch, NULL, err) == NT_OK) return k;
  nt_kitnet_free(k);
  return NULL;
}

/* Reads the rows of the capture and makes the map of the first ones. */
static nt_status kitnet_fill(kitnet_state *s, const char *path, nt_profile profile, nt_error *err) {
  nt_trace trace;
  nt_status status = nt_trace_read(path, &trace, err);
  if (status != NT_OK) return status;
  size_t mapped = trace.count / 4 < K_MAPPED ? trace.count / 4 : K_MAPPED;
  s->count = trace.count;
  s->rows = nt_bench_room(trace.count * s->width, sizeof *s->rows, err);
  status = s->rows ? nt_trace_extract(trace.packets, trace.count, profile, NT_BENCH_CHUNK, s->rows,
                                      0, err)
                   : NT_E_MEMORY;
  nt_trace_done(&trace);
  if (status != NT_OK) return status;
  nt_kitnet_options o = s->options;
  o.fm_grace = mapped;
  nt_kitnet *mapper = nt_kitnet_new(s->width, &o, NULL, err);
  if (!mapper) return err->status;
  status = nt_kitnet_process(mapper, s->rows, mapped + 1, s->scores[0], NULL, err);
  if (status == NT_OK) status = nt_feature_map_copy(nt_kitnet_map(mapper), &s->map, err);
  nt_kitnet_free(mapper);
  return status;
}

static nt_status kitnet_make_all(kitnet_state *s, nt_error *err) {
  free_kitnets(s);
  for (size_t i = 0; i < s->kitnets; i++)
    if (!(s->kitnet[i] = make_kitnet(s, i, s->options.isa, s->scores[i], err))) return err->status;
  return NT_OK;
}

static nt_status kitnet_prepare(kitnet_state *s, const nt_bench_setting *setting,
                                nt_bench_work *work, nt_error *err) {
  nt_profile profile = (nt_profile)setting->values[K_PROFILE].number;
  nt_trace trace;
  nt_status status = nt_trace_read(setting->capture, &trace, err); /* only its length is used */
  if (status != NT_OK) return status;
  size_t count = trace.count;
  nt_trace_done(&trace);
  if (count < 100)
    return nt_fail(err, NT_E_INPUT, "%s: %zu packets, 100 expected", setting->capture, count);
  for (size_t i = 0; i < s->kitnets; i++) {
    s->scores[i] = nt_bench_room(count, sizeof *s->scores[i], err);
    s->training[i] = nt_bench_room(count, sizeof *s->training[i], err);
    if (!s->scores[i] || !s->training[i]) return NT_E_MEMORY;
  }
  status = kitnet_fill(s, setting->capture, profile, err);
  if (status == NT_OK) status = kitnet_make_all(s, err);
  work->items = (double)count * (double)s->kitnets;
  double flops =
      flops_of((double)s->map.autoencoders, 0.75 * (double)s->map.autoencoders, s->phase);
  for (size_t i = 0; i < s->map.autoencoders; i++)
    flops += flops_of((double)s->map.sizes[i], (double)((3 * s->map.sizes[i] + 3) / 4), s->phase);
  work->flops = work->items * flops;
  work->moved = (double)count * (double)s->width * sizeof(double);
  return status;
}

static void *kitnet_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  kitnet_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->phase = (int)setting->values[K_PHASE].number;
  s->kitnets = (size_t)setting->values[K_KITNETS].number;
  s->width = nt_profile_width((nt_profile)setting->values[K_PROFILE].number);
  s->options = nt_kitnet_defaults();
  s->options.max_autoencoder = (size_t)setting->values[K_M].number;
  s->options.isa = (nt_isa)setting->values[K_ISA].number;
  if (kitnet_prepare(s, setting, work, err) == NT_OK) return s;
  kitnet_done(s);
  return NULL;
}

static void kitnet_reset(void *state) {
  kitnet_state *s = state;
  nt_error err;
  if (s->phase == TRAIN && kitnet_make_all(s, &err) != NT_OK) free_kitnets(s);
}

static nt_status kitnet_pass(void *state, nt_error *err) {
  kitnet_state *s = state;
  if (!s->kitnet[0]) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu KitNETs", s->kitnets);
  for (size_t i = 0; i < s->count; i += NT_BENCH_CHUNK) {
    size_t n = s->count - i < NT_BENCH_CHUNK ? s->count - i : NT_BENCH_CHUNK;
    double *scores[MOST_KITNETS], *training[MOST_KITNETS];
    for (size_t k = 0; k < s->kitnets; k++)
      scores[k] = s->scores[k] + i, training[k] = s->training[k] + i;
    nt_status status = nt_kitnet_process_together(s->kitnet, s->kitnets, s->rows + i * s->width, n,
                                                  scores, training, err);
    if (status != NT_OK) return status;
  }
  return NT_OK;
}

/* The last KitNET must equal one that runs alone with the plain C kernels. */
static nt_status kitnet_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  kitnet_state *s = state;
  size_t last = s->kitnets - 1, n = s->count < 20000 ? s->count : 20000;
  double *scores = nt_bench_room(s->count, sizeof *scores, err);
  double *training = nt_bench_room(s->count, sizeof *training, err);
  nt_kitnet *plain = scores && training ? make_kitnet(s, last, NT_ISA_PLAIN, scores, err) : NULL;
  nt_status status =
      plain ? nt_kitnet_process(plain, s->rows, n, scores, training, err) : err->status;
  double *const *of = s->phase == TRAIN ? s->training : s->scores;
  if (status == NT_OK)
    status = nt_bench_close(of[last], s->phase == TRAIN ? training : scores, n, 1e-9, "score",
                            &proof->deviation, err);
  proof->digest = 0;
  for (size_t k = 0; k < s->kitnets; k++)
    proof->digest = XXH3_64bits_withSeed(of[k], s->count * sizeof *of[k], proof->digest);
  snprintf(proof->how, sizeof proof->how, "kernels of plain C, %zu rows; %zu autoencoders", n,
           s->map.autoencoders);
  nt_kitnet_free(plain);
  free(scores), free(training);
  return status;
}

const nt_bench_problem nt_bench_kitnet = {.name = "kitnet",
                                          .help = "KitNETs on the rows of a capture",
                                          .item = "packet",
                                          .wants_capture = 1,
                                          .threads = -1,
                                          NT_BENCH_PARAMETERS(kitnet_parameters),
                                          .setup = kitnet_setup,
                                          .reset = kitnet_reset,
                                          .pass = kitnet_pass,
                                          .verify = kitnet_verify,
                                          .done = kitnet_done};
