/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a profile is to extractor.c: six functions. Inside core/extractor only.
 */
#ifndef NT_PROFILE_H
#define NT_PROFILE_H

#include <ninetails/extractor.h>

#include "ground/state.h"

#define NT_LAMBDAS 5
/* Decay factors in the order of the columns, per second (Kitsune, section IV-C; netStat.py). */
static const double nt_lambda[NT_LAMBDAS] = {5, 3, 1, 0.1, 0.01};

typedef struct nt_profile_type {
  void *(*create)(const nt_extractor_options *options, nt_error *err);
  void (*destroy)(void *state);
  nt_status (*update)(void *state, const nt_packet *packets, size_t n, double *rows, nt_error *err);
  void (*usage)(const void *state, nt_extractor_usage *usage); /* all but packets */
  nt_status (*put)(const void *state, const nt_state_writer *to, nt_error *err); /* kept.h */
  nt_status (*take)(void *state, const nt_state_reader *from, nt_error *err);    /* a fresh one */
} nt_profile_type;

extern const nt_profile_type nt_profile_py100, nt_profile_csv115, nt_profile_stream;

#endif
