/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who does what next. A thread that has nothing to do takes, in this order: a run whose scores are
 * there (which frees memory); an input to extract; features to cluster; a batch of jobs for one
 * pass, beginning with the costliest: those that can learn together, and, where the features are
 * too large for memory, others on the same input. Batches shrink as the work that is left does, so
 * that all threads end at about the same time. Nothing that comes out depends on any of it.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ground/team.h"
#include "engine.h"

/* s until something that another process works on is looked at again */
#define LOOK_AGAIN 0.5

enum {
  MOST_TOGETHER = 8, /* jobs that are alike in a batch: the lanes of the widest vector */
  MOST_IN_PASS = 16
};

typedef enum task_kind {
  TASK_NOTHING_LEFT,
  TASK_WAIT,
  TASK_EXTRACT,
  TASK_CORRELATE,
  TASK_LOAD,
  TASK_PASS,
  TASK_FINISH
} task_kind;

typedef struct task {
  task_kind kind;
  input *input;
  mapping *mapping;
  run *run;
  job *batch[MOST_IN_PASS];
  size_t count;
  uint64_t bytes; /* accounted for while it runs */
} task;

/* ---------------------------------------------------------------- leases */

/* Whether the stage is ours now; else its state is ELSEWHERE for a while. */
static int lease(nt_sweep *s, const char *key, nt_lease *lease, work_state *state,
                 double *look_again) {
  char folder[NT_CACHE_PATH];
  nt_error err;
  nt_cache_folder(s->options->cache, NT_CACHE_LEASES, folder);
  if (nt_lease_take(folder, key, lease, &err) != NT_OK) {
    nt_sweep_abort(s, &err);
    return 0;
  }
  if (lease->held) return 1;
  *state = WORK_ELSEWHERE;
  *look_again = nt_seconds() + LOOK_AGAIN;
  return 0;
}

static int is_due(work_state state, double look_again) {
  return state == WORK_WAITING || (state == WORK_ELSEWHERE && nt_seconds() >= look_again);
}

/* ---------------------------------------------------------------- one kind of task at a time */

/* What does not fit while nothing else is going on will not fit later either. */
static int fits(const nt_sweep *s, uint64_t bytes) {
  return nt_sweep_fits(s, bytes) || s->busy == 0;
}

static int take_finish(nt_sweep *s, task *t) {
  if (s->queue_head == s->queue_tail) return 0;
  run *r = &s->runs[s->queue[s->queue_head]];
  uint64_t bytes = nt_sweep_bytes_to_measure(&s->jobs[r->job]);
  if (!fits(s, bytes)) return 0;
  s->queue_head++;
  *t = (task){.kind = TASK_FINISH, .run = r, .bytes = bytes};
  return 1;
}

/* A file of the cache that failed a check is made again when nobody reads it any more. */
static void renew(nt_sweep *s, input *in) {
  if (!in->damaged || in->users > 0) return;
  nt_error err;
  nt_sweep_release_input(s, in);
  if (nt_cache_remove(s->options->cache, NT_CACHE_FEATURES, in->key, &err) != NT_OK)
    nt_sweep_abort(s, &err);
  in->damaged = 0;
  in->renewed = 1;
}

/* Inputs stay in memory until their jobs have ended, so that no more are taken than fit, unless
 * nothing else can be done. */
static int take_extract(nt_sweep *s, task *t, int whatever_it_takes) {
  for (size_t i = 0; i < s->input_count && !sweep_stops(s); i++) {
    input *in = &s->inputs[i];
    renew(s, in);
    if (!(in->unfinished || in->data_wanted) || !is_due(in->state, in->look_again)) continue;
    uint64_t bytes = nt_sweep_bytes_to_extract(in);
    if (!nt_sweep_fits(s, bytes) && !(whatever_it_takes && s->busy == 0)) continue;
    if (!nt_cache_has(s->options->cache, NT_CACHE_FEATURES, in->key) &&
        !lease(s, in->key, &in->lease, &in->state, &in->look_again))
      continue;
    in->state = WORK_RUNNING;
    *t = (task){.kind = TASK_EXTRACT, .input = in, .bytes = bytes};
    return 1;
  }
  return 0;
}

/* Ready to be looked at: its input is there, and nobody is at it. */
static int job_is_due(const job *j) {
  return j->runs_left > 0 && j->input->state == WORK_READY && !j->input->damaged &&
         is_due(j->state, j->look_again);
}

static int take_correlate(nt_sweep *s, task *t) {
  for (size_t i = 0; i < s->job_count && !sweep_stops(s); i++) {
    job *j = s->order[i];
    mapping *m = j->mapping;
    if (!m || j->cached || !job_is_due(j) || !is_due(m->state, m->look_again)) continue;
    if (!nt_cache_has(s->options->cache, NT_CACHE_CORRELATIONS, m->key) &&
        !lease(s, m->key, &m->lease, &m->state, &m->look_again))
      continue;
    m->state = WORK_RUNNING;
    m->input->users++;
    *t = (task){.kind = TASK_CORRELATE, .mapping = m};
    return 1;
  }
  return 0;
}

/* Runs that another process has finished while it held the lease. */
static void look_at_runs(nt_sweep *s, job *j) {
  pthread_mutex_lock(&s->store_lock);
  for (size_t i = j->first_run; i != SIZE_MAX; i = s->runs[i].next_run) {
    run *r = &s->runs[i];
    if (r->state != NT_RUN_MISSING) continue;
    nt_sweep_look_for_run(s, r);
    if (r->state == NT_RUN_MISSING) continue;
    *(r->state == NT_RUN_FAILED ? &s->failed : &s->kept) += 1;
    j->runs_left--;
  }
  pthread_mutex_unlock(&s->store_lock);
}

/* Whether the job is ours, and there is something to do. */
static int claim(nt_sweep *s, job *j) {
  if (!lease(s, j->key, &j->lease, &j->state, &j->look_again)) return 0;
  look_at_runs(s, j);
  if (j->runs_left > 0) {
    j->state = WORK_RUNNING;
    j->bytes = nt_sweep_bytes_of_job(j);
    s->used += j->bytes;
    return 1;
  }
  nt_sweep_job_ended(s, j);
  return 0;
}

/* One that can never fit is a failed run, not a machine that runs out of memory. */
static int too_large(nt_sweep *s, job *j) {
  nt_error err;
  if (nt_sweep_check_bytes(s, j, &err) == NT_OK || !claim(s, j)) return 0;
  nt_sweep_job_failed(s, j, &err);
  return 1;
}

static double waiting_cost(const nt_sweep *s) {
  double sum = 0;
  for (size_t i = 0; i < s->job_count; i++)
    if (s->jobs[i].runs_left > 0 && s->jobs[i].state == WORK_WAITING) sum += s->jobs[i].cost;
  return sum;
}

static double cost_of(const task *t) {
  double cost = 0;
  for (size_t i = 0; i < t->count; i++) cost += t->batch[i]->cost;
  return cost;
}

/* Whether the job, whose input is READY, can go into a pass now, with a batch that began with
 * `first` (NULL: alone). */
static int can_pass(const nt_sweep *s, const job *j, const job *first) {
  uint64_t bytes = nt_sweep_bytes_of_job(j);
  if (!first) bytes += nt_sweep_bytes_to_pass(j->input, MOST_IN_PASS);
  return job_is_due(j) && (!first || j->input == first->input) &&
         (!j->mapping || j->mapping->state == WORK_READY) &&
         !nt_cache_has(s->options->cache, NT_CACHE_SCORES, j->key) && fits(s, bytes);
}

/* Adds what may share the work of the job that was added last. */
static void join_alike(nt_sweep *s, task *t, double most_cost) {
  const job *like = t->batch[t->count - 1];
  size_t most = t->count + MOST_TOGETHER - 1;
  for (size_t i = 0; i < s->job_count && t->count < most && t->count < MOST_IN_PASS; i++) {
    job *j = s->order[i];
    if (nt_sweep_alike(like, j) && cost_of(t) + j->cost <= most_cost && can_pass(s, j, like) &&
        claim(s, j))
      t->batch[t->count++] = j;
  }
}

/* Features that the system cannot keep in memory beside what we are allowed to take: each pass
 * reads them from the disk, so one is to serve many. */
static int is_large(const nt_sweep *s, const input *in) {
  return in->rows * nt_feature_file_width(in->file) * sizeof(double) > s->memory;
}

/* Adds others on the same input, with what is alike to each: one reading serves them all. */
static void join_others(nt_sweep *s, task *t, double most_cost) {
  for (size_t i = 0; i < s->job_count && t->count < MOST_IN_PASS; i++) {
    job *j = s->order[i];
    if (cost_of(t) + j->cost > most_cost || !can_pass(s, j, t->batch[0]) || !claim(s, j)) continue;
    t->batch[t->count++] = j;
    join_alike(s, t, most_cost);
  }
}

static int take_pass(nt_sweep *s, task *t, job *j) {
  double left = waiting_cost(s);
  if (!can_pass(s, j, NULL) || !claim(s, j)) return 0;
  *t = (task){.kind = TASK_PASS,
              .batch = {j},
              .count = 1,
              .bytes = nt_sweep_bytes_to_pass(j->input, MOST_IN_PASS)};
  j->input->users++;
  join_alike(s, t, left / s->options->jobs);
  /* A hair more than a share, so that rounding leaves no last job to a pass of its own. */
  if (is_large(s, j->input)) join_others(s, t, left * (1 + 1e-9) / s->options->jobs);
  return 1;
}

static int take_load(nt_sweep *s, task *t, job *j) {
  uint64_t bytes = nt_sweep_bytes_of_job(j); /* the file is in memory while it is taken apart */
  if (!fits(s, 2 * bytes) || !claim(s, j)) return 0;
  *t = (task){.kind = TASK_LOAD, .batch = {j}, .count = 1, .bytes = bytes};
  return 1;
}

static int take_jobs(nt_sweep *s, task *t) {
  for (size_t i = 0; i < s->job_count && !sweep_stops(s); i++) {
    job *j = s->order[i];
    if (!job_is_due(j)) continue;
    if (s->busy == 0 && too_large(s, j)) return take_finish(s, t);
    /* What was there when the sweep began may have been pruned since, and what was not may be. */
    j->cached = nt_cache_has(s->options->cache, NT_CACHE_SCORES, j->key);
    if (j->cached ? take_load(s, t, j) : take_pass(s, t, j)) return 1;
    if (j->cached || !j->mapping || j->mapping->state != WORK_FAILED || !claim(s, j)) continue;
    nt_sweep_job_failed(s, j, &j->mapping->error);
    return take_finish(s, t);
  }
  return 0;
}

/* Jobs of an input that cannot be had fail with its reason. */
static int fail_of_inputs(nt_sweep *s) {
  int any = 0;
  for (size_t i = 0; i < s->input_count; i++) {
    if (s->inputs[i].state != WORK_FAILED || !s->inputs[i].data_wanted) continue;
    s->inputs[i].data_wanted = 0;
    s->open--;
  }
  for (size_t i = 0; i < s->job_count; i++) {
    job *j = &s->jobs[i];
    if (j->input->state != WORK_FAILED || j->runs_left == 0 || !is_due(j->state, j->look_again) ||
        !claim(s, j))
      continue;
    nt_sweep_job_failed(s, j, &j->input->error);
    any = 1;
  }
  return any;
}

static void take(nt_sweep *s, task *t) {
  *t = (task){.kind = TASK_NOTHING_LEFT};
  if (s->open == 0 || sweep_stops(s)) return;
  if (take_finish(s, t)) return;
  if (sweep_gives_up(s)) {
    if (s->busy > 0) t->kind = TASK_WAIT; /* its runs are to be finished, too */
    return;
  }
  if (take_extract(s, t, 0) || take_correlate(s, t) || take_jobs(s, t)) return;
  if (fail_of_inputs(s) && take_finish(s, t)) return;
  if (take_extract(s, t, 1)) return;
  t->kind = sweep_stops(s) || s->open == 0 ? TASK_NOTHING_LEFT : TASK_WAIT;
}

/* ---------------------------------------------------------------- working */

static void describe(nt_sweep *s, const task *t, worker *w) {
  const job *j = t->kind == TASK_FINISH ? &s->jobs[t->run->job] : t->batch[0];
  *w = (worker){0};
  switch (t->kind) {
  case TASK_EXTRACT:
    snprintf(w->text, sizeof w->text, "features of %s", t->input->given->name);
    break;
  case TASK_CORRELATE:
    snprintf(w->text, sizeof w->text, "map of %s", t->mapping->input->given->name);
    break;
  case TASK_FINISH:
    snprintf(w->text, sizeof w->text, "metrics of %s on %s", j->run->kind->name,
             j->input->given->name);
    break;
  case TASK_LOAD:
  case TASK_PASS:
    snprintf(w->text, sizeof w->text, "%s on %s", j->run->kind->name, j->input->given->name);
    if (t->count > 1) {
      size_t length = strlen(w->text);
      snprintf(w->text + length, sizeof w->text - length, " and %zu more", t->count - 1);
    }
    for (size_t i = 0; i < t->count; i++) w->cost += t->batch[i]->cost;
    break;
  default:
    break;
  }
}

/* What another process is at, when that is all there is to wait for. */
static void describe_wait(const nt_sweep *s, worker *w) {
  static const char waiting[] = "waiting for another process";
  *w = (worker){0};
  for (size_t i = 0; i < s->input_count && s->busy == 0 && !*w->text; i++)
    if (s->inputs[i].state == WORK_ELSEWHERE)
      snprintf(w->text, sizeof w->text, "%s: features of %s", waiting, s->inputs[i].given->name);
  for (size_t i = 0; i < s->mapping_count && s->busy == 0 && !*w->text; i++)
    if (s->mappings[i].state == WORK_ELSEWHERE)
      snprintf(w->text, sizeof w->text, "%s: map of %s", waiting,
               s->mappings[i].input->given->name);
  for (size_t i = 0; i < s->job_count && s->busy == 0 && !*w->text; i++) {
    const job *j = s->order[i];
    if (j->state == WORK_ELSEWHERE && j->runs_left > 0)
      snprintf(w->text, sizeof w->text, "%s: %s on %s", waiting, j->run->kind->name,
               j->input->given->name);
  }
}

static void perform(nt_sweep *s, int index, task *t) {
  switch (t->kind) {
  case TASK_EXTRACT:
    nt_sweep_extract(s, t->input);
    break;
  case TASK_CORRELATE:
    nt_sweep_correlate(s, t->mapping);
    break;
  case TASK_LOAD:
    nt_sweep_load(s, t->batch[0]);
    break;
  case TASK_PASS:
    nt_sweep_pass(s, &s->workers[index], t->batch, t->count);
    break;
  case TASK_FINISH:
    nt_sweep_finish(s, index, t->run);
    break;
  default:
    break;
  }
}

void nt_sweep_work(nt_sweep *s, int index) {
  pthread_mutex_lock(&s->lock);
  for (;;) {
    task t;
    take(s, &t);
    if (t.kind == TASK_NOTHING_LEFT) break;
    if (t.kind == TASK_WAIT) {
      if (index == 0) describe_wait(s, &s->workers[0]);
      nt_sweep_wait(s, 0.2);
      continue;
    }
    describe(s, &t, &s->workers[index]);
    s->busy++;
    s->used += t.bytes;
    pthread_mutex_unlock(&s->lock);
    perform(s, index, &t);
    pthread_mutex_lock(&s->lock);
    s->used -= t.bytes;
    s->busy--;
    s->workers[index] = (worker){0};
    pthread_cond_broadcast(&s->changed);
  }
  s->workers[index] = (worker){0};
  s->working--;
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
}
