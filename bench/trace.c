/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

const char *const nt_bench_profiles[] = {"py100", "csv115", "stream", NULL};

nt_status nt_trace_read(const char *path, nt_trace *trace, nt_error *err) {
  *trace = (nt_trace){0};
  nt_capture *capture = nt_capture_open(path, err);
  if (!capture) return err->status;
  nt_status status = NT_OK;
  size_t room = 0, got = NT_BENCH_CHUNK;
  while (status == NT_OK && got == NT_BENCH_CHUNK) {
    if (room - trace->count < NT_BENCH_CHUNK) {
      room = room ? 2 * room : 1 << 16;
      nt_packet *more = realloc(trace->packets, room * sizeof *more);
      if (!more) {
        status = nt_fail(err, NT_E_MEMORY, "%s: out of memory for %zu packets", path, room);
        break;
      }
      trace->packets = more;
    }
    status = nt_capture_read(capture, trace->packets + trace->count, NT_BENCH_CHUNK, &got, err);
    trace->count += got;
  }
  nt_capture_close(capture);
  if (status == NT_OK && trace->count == 0)
    status = nt_fail(err, NT_E_INPUT, "%s: no packet", path);
  if (status != NT_OK) nt_trace_done(trace);
  return status;
}

void nt_trace_done(nt_trace *trace) {
  free(trace->packets);
  *trace = (nt_trace){0};
}

nt_status nt_trace_extract(const nt_packet *packets, size_t count, nt_profile profile, size_t chunk,
                           double *rows, int ring, nt_error *err) {
  nt_extractor_options options = {.profile = profile};
  size_t width = nt_profile_width(profile);
  nt_extractor *extractor = nt_extractor_new(&options, err);
  if (!extractor) return err->status;
  nt_status status = NT_OK;
  for (size_t i = 0; i < count && status == NT_OK; i += chunk) {
    size_t n = count - i < chunk ? count - i : chunk;
    status = nt_extractor_update(extractor, packets + i, n, ring ? rows : rows + i * width, err);
  }
  nt_extractor_free(extractor);
  return status;
}
