/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run and data files that have gone by the time that all seems done. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "graph.h"

int nt_sweep_data_is_wanted(const nt_sweep *s, const input *in) {
  char path[NT_CACHE_PATH];
  nt_sweep_data_path(s, in, path);
  return nt_data_file_check(path, in->data_key, NULL) != NT_OK;
}

static size_t *counter_of(nt_sweep *s, nt_run_state state) {
  return state == NT_RUN_FAILED ? &s->failed : state == NT_RUN_DONE ? &s->done : &s->kept;
}

/* Whether the run's file exists and, if thorough, carries the run's key. */
static int is_there(const nt_sweep *s, const run *r, int thorough) {
  char path[NT_CACHE_PATH];
  nt_sweep_run_path(s, r->key, path);
  if (!thorough) return access(path, F_OK) == 0;
  nt_run_record record;
  if (nt_run_file_read(path, &record, NULL) != NT_OK) return 0;
  int its = strcmp(record.key, r->key) == 0;
  nt_run_record_done(&record);
  return its;
}

/* Back to WAITING, for the runs that are lost. */
static void reopen(nt_sweep *s, job *j, size_t runs) {
  j->runs_left = runs;
  j->state = WORK_WAITING;
  j->look_again = 0;
  j->input->unfinished++;
  j->input->renewed = 0;
  s->open++;
}

static size_t lost_of_job(nt_sweep *s, job *j, int thorough) {
  size_t lost = 0;
  for (size_t i = j->first_run; i != SIZE_MAX; i = s->runs[i].next_run) {
    run *r = &s->runs[i];
    if (r->state == NT_RUN_MISSING || is_there(s, r, thorough)) continue;
    r->gathered = 0;
    --*counter_of(s, r->state);
    r->state = NT_RUN_MISSING;
    snprintf(r->why, sizeof r->why, "its file was there, and was removed or replaced");
    lost++;
  }
  if (lost) reopen(s, j, lost);
  return lost;
}

static int has_runs(const nt_sweep *s, const input *in) {
  for (size_t i = 0; i < s->run_count; i++) {
    const run *r = &s->runs[i];
    if (s->jobs[r->job].input == in && (r->state == NT_RUN_KEPT || r->state == NT_RUN_DONE))
      return 1;
  }
  return 0;
}

size_t nt_sweep_lost(nt_sweep *s, int thorough) {
  size_t lost = 0;
  s->queue_head = s->queue_tail = 0;
  for (size_t i = 0; i < s->job_count; i++) lost += lost_of_job(s, &s->jobs[i], thorough);
  for (size_t i = 0; i < s->input_count; i++) {
    input *in = &s->inputs[i];
    if (in->state == WORK_FAILED || !has_runs(s, in) || !nt_sweep_data_is_wanted(s, in)) continue;
    in->data_wanted = 1;
    s->open++;
    lost++;
  }
  return lost;
}
