/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/sweep: a pass and its groups, made in pass_begin.c, run in pass.c. */
#ifndef NT_SWEEP_PASS_H
#define NT_SWEEP_PASS_H

#include "sweep/graph.h"

/* Jobs that go through the rows together: one, or several of one class. */
typedef struct group {
  size_t count;
  job **jobs;
  void **detectors;
  double **place; /* scratch: where each one's results go */
  const nt_detector_class *kind;
  uint64_t learn_from, score_from, tail_from;
  int is_ready, failed;
  double learn, score; /* s */
} group;

typedef struct pass {
  nt_sweep *sweep;
  input *input;
  size_t width, group_count;
  size_t count; /* of jobs: fewer than were given where they do not fit */
  group *groups;
  job **jobs;
  void **detectors; /* one each, in the order of jobs; the groups point into these */
  double **place;
  double *features, *training;
  int unread; /* rows could not be read: no detector's failure */
  uint32_t *sizes;
} pass;

/* Whether there is memory for it; nt_pass_end in any case. */
int nt_pass_begin(pass *p, nt_sweep *s, job **batch, size_t count);
/* Makes groups of a batch, which has the jobs that are alike next to each other (schedule.c), and
 * their detectors. Those that cannot be made have failed. */
void nt_pass_group(pass *p);
/* The jobs of a group fail together; when the sweep ends, they wait instead. */
void nt_pass_fail(pass *p, group *g, const nt_error *err);
/* Bytes that a detector says it holds. */
uint64_t nt_pass_memory_of(const pass *p, size_t i);
void nt_pass_end(pass *p, size_t count);

#endif
