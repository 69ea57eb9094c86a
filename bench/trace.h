/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A capture in memory: its packet records, and rows of features made of them. */
#ifndef NT_BENCH_TRACE_H
#define NT_BENCH_TRACE_H

#include <ninetails/capture.h>
#include <ninetails/extractor.h>

enum { NT_BENCH_CHUNK = 1024 };

typedef struct nt_trace {
  nt_packet *packets; /* [count] */
  size_t count;
} nt_trace;

/* Reads all packets; released by nt_trace_done. */
nt_status nt_trace_read(const char *path, nt_trace *trace, nt_error *err);
void nt_trace_done(nt_trace *trace);

/* count x width doubles of a fresh extractor, in chunks of `chunk` packets; rows for all, or (ring:
 * only the last chunk is kept) one chunk. */
nt_status nt_trace_extract(const nt_packet *packets, size_t count, nt_profile profile, size_t chunk,
                           double *rows, int ring, nt_error *err);

extern const char *const nt_bench_profiles[]; /* in the order of nt_profile */

/* Parameter rows shared by several problems. */
#define NT_BENCH_PROFILE                                                                           \
  {                                                                                                \
    .name = "profile", .type = NT_PARAMETER_CHOICE, .help = "which features",                      \
    .preset = NT_PROFILE_STREAM, .choices = nt_bench_profiles                                      \
  }
#define NT_BENCH_M                                                                                 \
  {                                                                                                \
    .name = "m", .type = NT_PARAMETER_INTEGER, .unit = "columns",                                  \
    .help = "most features of an autoencoder", .preset = 10, .least = 1, .most = 115               \
  }

#endif
