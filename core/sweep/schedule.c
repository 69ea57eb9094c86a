/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of tasks. An idle thread takes, in this order: a run whose scores exist, to measure it
 * (which frees memory); an input to extract; features to cluster; a batch of jobs for one pass,
 * beginning with the costliest: those that can learn together and, if the features exceed the
 * memory, others on the same input. Batches shrink with the work that is left, so that all threads
 * end at about the same time. No result depends on the order.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ground/team.h"
#include "graph.h"

/* s until the scheduler looks again at what another process works on */
#define LOOK_AGAIN 0.5

enum {
  MOST_TOGETHER = 8, /* jobs that learn together: the lanes of the widest vector */
  MOST_IN_PASS = 16
};

typedef enum task_kind {
  TASK_NOTHING_LEFT,
  TASK_WAIT,
  TASK_EXTRACT,
  TASK_CORRELATE,
  TASK_LOAD,
  TASK_PASS,
  TASK_MEASURE
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

/* Takes the lease of a stage. 0: another process has it, and the state is ELSEWHERE for a while. */
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

/* Or nothing else runs: what does not fit now never will. */
static int fits(const nt_sweep *s, uint64_t bytes) {
  return nt_sweep_fits(s, bytes) || s->busy == 0;
}

static int take_measure(nt_sweep *s, task *t) {
  if (s->queue_head == s->queue_tail) return 0;
  run *r = &s->runs[s->queue[s->queue_head]];
  uint64_t bytes = nt_sweep_bytes_to_measure(&s->jobs[r->job]);
  if (!fits(s, bytes)) return 0;
  s->queue_head++;
  *t = (task){.kind = TASK_MEASURE, .run = r, .bytes = bytes};
  return 1;
}

/* Removes a cached file that failed a check once nobody reads it; it is then extracted again. */
static void renew(nt_sweep *s, input *in) {
  if (!in->damaged || in->users > 0) return;
  nt_error err;
  nt_sweep_release_input(s, in);
  if (nt_cache_remove(s->options->cache, NT_CACHE_FEATURES, in->key, &err) != NT_OK)
    nt_sweep_abort(s, &err);
  in->damaged = 0;
  in->renewed = 1;
}

/* Inputs stay in memory until their jobs have ended, so only as many are taken as fit, unless
 * nothing else can be done (whatever_it_takes). */
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

/* Its input is READY, and nobody works on it. */
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

/* Counts the runs that another process has finished while it held the lease. */
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

/* Takes the job's lease and memory. 0: another process has it, or nothing is left to do. What has
 * been done meanwhile is seen before a lease is made for it, and what was done until the lease was
 * given back after. */
static int claim(nt_sweep *s, job *j) {
  look_at_runs(s, j);
  if (j->runs_left > 0) {
    if (!lease(s, j->key, &j->lease, &j->state, &j->look_again)) return 0;
    look_at_runs(s, j);
  }
  if (j->runs_left > 0) {
    j->state = WORK_RUNNING;
    j->bytes = nt_sweep_bytes_of_job(j);
    s->used += j->bytes;
    return 1;
  }
  nt_sweep_job_ended(s, j);
  return 0;
}

/* Fails a job that can never fit, before the machine runs out of memory. */
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

/* Whether the job can go into a pass now: into the batch that began with `first`, or (NULL) into
 * its own. */
static int can_pass(const nt_sweep *s, const job *j, const job *first) {
  uint64_t bytes = nt_sweep_bytes_of_job(j);
  if (!first) bytes += nt_sweep_bytes_to_pass(j->input, MOST_IN_PASS);
  return job_is_due(j) && (!first || j->input == first->input) &&
         (!j->mapping || j->mapping->state == WORK_READY) &&
         !nt_cache_has(s->options->cache, NT_CACHE_SCORES, j->key) && fits(s, bytes);
}

/* Adds the jobs that can learn together with the one that was added last. */
static void join_together(nt_sweep *s, task *t, double most_cost) {
  const job *like = t->batch[t->count - 1];
  size_t most = t->count + MOST_TOGETHER - 1;
  for (size_t i = 0; i < s->job_count && t->count < most && t->count < MOST_IN_PASS; i++) {
    job *j = s->order[i];
    if (nt_sweep_together(like, j) && cost_of(t) + j->cost <= most_cost && can_pass(s, j, like) &&
        claim(s, j))
      t->batch[t->count++] = j;
  }
}

/* Features beyond the memory allowed are read from the disk by each
 * pass, so one pass serves many. */
static int is_large(const nt_sweep *s, const input *in) {
  return in->rows * nt_feature_file_width(in->file) * sizeof(double) > s->memory;
}

/* Adds other jobs on the same input, and with each those that can learn together with it. */
static void join_others(nt_sweep *s, task *t, double most_cost) {
  for (size_t i = 0; i < s->job_count && t->count < MOST_IN_PASS; i++) {
    job *j = s->order[i];
    if (cost_of(t) + j->cost > most_cost || !can_pass(s, j, t->batch[0]) || !claim(s, j)) continue;
    t->batch[t->count++] = j;
    join_together(s, t, most_cost);
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
  join_together(s, t, left / s->options->jobs);
  /* A little more than a share, so that rounding does not leave the last
   * job to a pass of its own. */
  if (is_large(s, j->input)) join_others(s, t, left * (1 + 1e-9) / s->options->jobs);
  return 1;
}

static int take_load(nt_sweep *s, task *t, job *j) {
  uint64_t bytes = nt_sweep_bytes_of_job(j); /* the file is in memory while it is parsed */
  if (!fits(s, 2 * bytes) || !claim(s, j)) return 0;
  *t = (task){.kind = TASK_LOAD, .batch = {j}, .count = 1, .bytes = bytes};
  return 1;
}

static int take_jobs(nt_sweep *s, task *t) {
  for (size_t i = 0; i < s->job_count && !sweep_stops(s); i++) {
    job *j = s->order[i];
    if (!job_is_due(j)) continue;
    if (s->busy == 0 && too_large(s, j)) return take_measure(s, t);
    /* The cache may have been pruned, or filled by another process, since the plan. */
    j->cached = nt_cache_has(s->options->cache, NT_CACHE_SCORES, j->key);
    if (j->cached ? take_load(s, t, j) : take_pass(s, t, j)) return 1;
    if (j->cached || !j->mapping || j->mapping->state != WORK_FAILED || !claim(s, j)) continue;
    nt_sweep_job_failed(s, j, &j->mapping->error);
    return take_measure(s, t);
  }
  return 0;
}

/* When an input fails, its jobs fail with the same error. */
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
  if (take_measure(s, t)) return;
  if (sweep_gives_up(s)) {
    if (s->busy > 0) t->kind = TASK_WAIT; /* the runs of what is busy are still to be measured */
    return;
  }
  if (take_extract(s, t, 0) || take_correlate(s, t) || take_jobs(s, t)) return;
  if (fail_of_inputs(s) && take_measure(s, t)) return;
  if (take_extract(s, t, 1)) return;
  t->kind = sweep_stops(s) || s->open == 0 ? TASK_NOTHING_LEFT : TASK_WAIT;
}

/* ---------------------------------------------------------------- working */

static void describe(nt_sweep *s, const task *t, worker *w) {
  const job *j = t->kind == TASK_MEASURE ? &s->jobs[t->run->job] : t->batch[0];
  *w = (worker){0};
  switch (t->kind) {
  case TASK_EXTRACT:
    snprintf(w->text, sizeof w->text, "features of %s", t->input->given->name);
    break;
  case TASK_CORRELATE:
    snprintf(w->text, sizeof w->text, "map of %s", t->mapping->input->given->name);
    break;
  case TASK_MEASURE:
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

/* Names the work of another process if that is all there is to wait for. */
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
  case TASK_MEASURE:
    nt_sweep_measure(s, index, t->run);
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
