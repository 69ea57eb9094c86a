/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `ninetails bench` measures. A problem is a name with parameters, "kitnet:phase=execute,m=10",
 * and four hooks, after FFTW's libbench2: the same text says what is timed, what is checked and how
 * exact it is, so that what is timed is what was verified.
 *
 *     setup     allocates, reads inputs; not timed
 *     reset     before each pass, untimed; NULL: passes need nothing
 *     pass      what is timed: the same work, to the same bits, each time
 *     verify    looks at what the last pass left: its digest, and how far it lies from a reference
 *     done      releases; NULL state is fine
 */
#ifndef NT_BENCH_PROBLEM_H
#define NT_BENCH_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/parameter.h>

typedef struct nt_bench_setting {
  const nt_value *values;       /* one for each of the problem's parameters */
  const char *capture, *labels; /* paths for problems that read a capture, else NULL */
  const char *folder;           /* an existing folder for the problem's own files */
} nt_bench_setting;

/* The work of one pass. flops and bytes are the least that the formulas need, whoever computes
 * them; 0: not counted. moved: bytes to or from memory; file: bytes of files. */
typedef struct nt_bench_work {
  double items, flops, moved, file;
} nt_bench_work;

typedef struct nt_bench_proof {
  uint64_t digest;  /* XXH3 of the bits of the result */
  int exact;        /* the digest is the same on every machine and instruction set */
  double deviation; /* relative to the reference; 0: equal */
  char how[160];    /* what it was compared with */
} nt_bench_proof;

typedef struct nt_bench_problem {
  const char *name, *help;
  const char *item; /* the unit that is counted: "packet", "row", "key" */
  int wants_capture;
  int threads; /* index of the parameter with the number of threads; -1: one thread */
  const nt_parameter *parameters;
  size_t parameter_count;
  void *(*setup)(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err);
  void (*reset)(void *state);
  nt_status (*pass)(void *state, nt_error *err);
  /* NT_E_STATE when the result is wrong; the error says what differs. */
  nt_status (*verify)(void *state, nt_bench_proof *proof, nt_error *err);
  void (*done)(void *state);
} nt_bench_problem;

/* The problem's hooks of that name, for a table row. */
#define NT_BENCH_PARAMETERS(table)                                                                 \
  .parameters = (table), .parameter_count = sizeof(table) / sizeof *(table)

extern const nt_bench_problem *const nt_bench_problems[]; /* ends with NULL */

extern const nt_bench_problem nt_bench_fma, nt_bench_triad, nt_bench_read, nt_bench_calibration;
extern const nt_bench_problem nt_bench_decay, nt_bench_hash, nt_bench_extract, nt_bench_contacts;
extern const nt_bench_problem nt_bench_decode, nt_bench_linkage, nt_bench_map;
extern const nt_bench_problem nt_bench_autoencoder, nt_bench_kitnet;
extern const nt_bench_problem nt_bench_ranking, nt_bench_hdf5;
extern const nt_bench_problem nt_bench_score, nt_bench_sweep;

/* ---------------------------------------------------------------- what problems share */

/* Zeroed; NULL with NT_E_MEMORY. */
void *nt_bench_room(size_t count, size_t size, nt_error *err);

/* Doubles in [0, 1) that are the same everywhere: splitmix64. */
void nt_bench_noise(double *values, size_t count, uint64_t seed);
uint64_t nt_bench_next(uint64_t *state);

/* NT_E_STATE unless |a - b| <= most * |b| for all; the largest in *deviation. what: for the error. */
nt_status nt_bench_close(const double *got, const double *expected, size_t count, double most,
                         const char *what, double *deviation, nt_error *err);

#endif
