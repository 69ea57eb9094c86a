/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints how far profile stream lies from py100 on each reference capture: for each table and
 * statistic the greatest deviation, and how many values lie outside the criterion of deviation.h.
 * Exit code: 0 all inside, 1 some outside, 4 nothing could be measured.
 *
 * usage: stream_deviation [SHARED]; SHARED: the folder with data/labelled (default: as the
 * tests)
 */
#include "deviation.h"
#include "packets.h"

static double *extract(nt_profile profile, const packets *p) {
  nt_error err;
  double *rows = malloc(p->count * nt_profile_width(profile) * sizeof *rows);
  nt_extractor *x = nt_extractor_new(&(nt_extractor_options){.profile = profile}, &err);
  if (rows && x && nt_extractor_update(x, p->at, p->count, rows, &err) == NT_OK) {
    nt_extractor_free(x);
    return rows;
  }
  fprintf(stderr, "stream_deviation: %s\n", x && rows ? err.text : "out of memory");
  exit(4);
}

/* The number of values outside the criterion; (size_t)-1: not measured. */
static size_t measure(const char *shared, const packets_capture *capture) {
  char path[4096];
  snprintf(path, sizeof path, "%s/data/labelled/%s", shared, capture->path);
  packets p = packets_of(path, capture->packets);
  if (!p.count) return (size_t)-1;
  double *want = extract(NT_PROFILE_PY100, &p), *got = extract(NT_PROFILE_STREAM, &p);
  deviation_report report;
  if (!deviation_measure(p.at, p.count, want, got, &report)) exit(4);
  printf("%s\n", capture->name);
  deviation_print(&report);
  free(want);
  free(got);
  free(p.at);
  return deviation_outside(&report);
}

int main(int argc, char **argv) {
  const char *root = getenv("NINETAILS_SHARED");
  const char *shared = argc > 1 ? argv[1] : root && *root ? root : NT_SHARED_DIR;
  size_t measured = 0, outside = 0;
  for (size_t i = 0; i < PACKETS_CAPTURES; i++) {
    size_t n = measure(shared, &packets_captures[i]);
    if (n == (size_t)-1) continue;
    measured++;
    outside += n;
  }
  printf("%zu captures, %zu values outside: relative %g, or %g of m^2\n", measured, outside,
         RELATIVE, NOISE);
  return !measured ? 4 : outside > 0;
}
