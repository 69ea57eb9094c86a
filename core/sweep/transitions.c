/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The states of inputs, jobs and runs, and what changes with them: memory accounted for, leases,
 * counts. The lock is held.
 *
 *     input   waiting -> running -> ready (released once its jobs have ended) | failed
 *     job     waiting -> running -> ready: scored -> ended, when its last run is finished
 *                                -> waiting: interrupted, or its features are made again
 *                                -> failed -> ended, when each of its runs has a file with the
 * error
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "graph.h"

void nt_sweep_unload(input *in) {
  nt_feature_file_close(in->file);
  free(in->times);
  nt_labels_done(&in->labels);
  in->file = NULL;
  in->times = NULL;
  in->labels = (nt_labels){0};
}

void nt_sweep_drop_scores(job *j) {
  nt_score_record_done(&j->record);
  j->record = (nt_score_record){0};
  nt_feature_map_done(&j->map);
  j->map = (nt_feature_map){0};
}

void nt_sweep_give_back(nt_sweep *s, const char *key, nt_lease *lease) {
  char folder[NT_CACHE_PATH];
  nt_cache_folder(s->options->cache, NT_CACHE_LEASES, folder);
  nt_lease_give_back(folder, key, lease);
}

void nt_sweep_abort(nt_sweep *s, const nt_error *err) {
  int cut_off = err->status == NT_E_STATE && sweep_stops(s); /* no failure */
  if (s->failure.status == NT_OK && !cut_off) s->failure = *err;
  nt_flag_set(&s->stop, 1);
}

void nt_sweep_unread(nt_sweep *s, input *in, const nt_error *err) {
  if (in->renewed)
    nt_sweep_abort(s, err);
  else
    in->damaged = 1;
}

void nt_sweep_release_input(nt_sweep *s, input *in) {
  s->used -= sweep_bytes_of_input(in);
  nt_sweep_unload(in);
  in->state = WORK_WAITING;
}

static void release_if_done(nt_sweep *s, input *in) {
  if (in->unfinished == 0 && in->users == 0 && in->state == WORK_READY)
    nt_sweep_release_input(s, in);
}

void nt_sweep_input_ready(nt_sweep *s, input *in) {
  in->state = WORK_READY;
  s->used += sweep_bytes_of_input(in);
  s->open -= (size_t)in->data_wanted;
  in->data_wanted = 0;
  release_if_done(s, in);
}

void nt_sweep_job_ended(nt_sweep *s, job *j) {
  input *in = j->input;
  if (j->state == WORK_READY) in->users--;
  nt_sweep_drop_scores(j);
  s->used -= j->bytes;
  j->bytes = 0;
  nt_sweep_give_back(s, j->key, &j->lease);
  s->cost_done += j->cost;
  s->open--;
  in->unfinished--;
  release_if_done(s, in);
}

static void enqueue_runs(nt_sweep *s, job *j, const char *why) {
  for (size_t i = j->first_run; i != SIZE_MAX; i = s->runs[i].next_run) {
    run *r = &s->runs[i];
    if (r->state != NT_RUN_MISSING) continue;
    if (why) snprintf(r->why, sizeof r->why, "%s", why);
    s->queue[s->queue_tail++] = i;
  }
}

void nt_sweep_job_waits(nt_sweep *s, job *j) {
  nt_sweep_drop_scores(j);
  s->used -= j->bytes;
  j->bytes = 0;
  nt_sweep_give_back(s, j->key, &j->lease);
  j->state = WORK_WAITING;
}

void nt_sweep_scored(nt_sweep *s, job *j) {
  j->state = WORK_READY;
  j->input->users++; /* until it has ended */
  enqueue_runs(s, j, NULL);
}

void nt_sweep_job_failed(nt_sweep *s, job *j, const nt_error *err) {
  nt_sweep_drop_scores(j);
  j->state = WORK_FAILED;
  enqueue_runs(s, j, err->text);
}

void nt_sweep_wait(nt_sweep *s, double seconds) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += (long)(seconds * 1e9);
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  pthread_cond_timedwait(&s->changed, &s->lock, &until);
}
