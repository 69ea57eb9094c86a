/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sweep from its start to the result file: threads that work, and one that watches. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ninetails/platform.h>

#include "ground/allowance.h"
#include "ground/team.h"
#include "store/file/output.h"
#include "graph.h"

/* ---------------------------------------------------------------- watching */

static void beat(nt_sweep *s) {
  for (size_t i = 0; i < s->input_count; i++) nt_lease_touch(&s->inputs[i].lease);
  for (size_t i = 0; i < s->mapping_count; i++) nt_lease_touch(&s->mappings[i].lease);
  for (size_t i = 0; i < s->job_count; i++) nt_lease_touch(&s->jobs[i].lease);
}

/* Estimated seconds that are left, scaled by how the estimate has held so far. */
static double remaining(const nt_sweep *s, double seconds) {
  double done = s->cost_done, all = 0;
  for (size_t i = 0; i < s->job_count; i++) all += s->jobs[i].cost;
  for (int i = 0; i < s->options->jobs; i++)
    if (s->workers[i].of > 0)
      done += s->workers[i].cost * (double)s->workers[i].rows / (double)s->workers[i].of;
  return done > 0 && seconds > 0.5 && all >= done ? (all - done) * seconds / done : NAN;
}

/* Calls the caller's progress function, without the lock. */
static void report_progress(nt_sweep *s, const char **what,
                            char (*texts)[sizeof s->workers->text]) {
  const nt_sweep_options *o = s->options;
  if (!o->progress) return;
  double seconds = nt_seconds() - s->started;
  nt_sweep_progress p = {.total = s->run_count,
                         .kept = s->kept,
                         .done = s->done,
                         .failed = s->failed,
                         .seconds = seconds,
                         .remaining = remaining(s, seconds),
                         .rate = seconds > 0 ? (double)s->scored_rows / seconds : 0,
                         .what = what};
  for (int i = 0; i < o->jobs; i++) {
    if (!*s->workers[i].text) continue;
    memcpy(texts[p.running], s->workers[i].text, sizeof *texts);
    what[p.running] = texts[p.running];
    p.running++;
  }
  pthread_mutex_unlock(&s->lock);
  o->progress(o->progress_context, &p);
  pthread_mutex_lock(&s->lock);
}

static void watch(nt_sweep *s) {
  size_t jobs = (size_t)s->options->jobs;
  const char **what = calloc(jobs, sizeof *what);
  char(*texts)[sizeof s->workers->text] = calloc(jobs, sizeof *texts);
  double reported = 0, beaten = nt_seconds();
  pthread_mutex_lock(&s->lock);
  while (s->working > 0) {
    double now = nt_seconds();
    if (nt_flag_get(s->options->cancel)) nt_flag_set(&s->stop, 1);
    if (now - beaten > NT_LEASE_BEAT) {
      beaten = now;
      beat(s);
    }
    if (what && texts && now - reported > 0.1) {
      reported = now;
      report_progress(s, what, texts);
    }
    if (s->working > 0) nt_sweep_wait(s, 0.1);
  }
  if (what && texts) report_progress(s, what, texts);
  pthread_mutex_unlock(&s->lock);
  free(what);
  free(texts);
}

/* ---------------------------------------------------------------- the whole */

/* Names the runs that are not in the result, the first few of them. */
static nt_status fail_missing(const nt_sweep *s, size_t lost, nt_error *err) {
  enum { NAMED = 5 };
  char names[NAMED * 96] = "";
  size_t named = 0;
  for (size_t i = 0; i < s->run_count && named < NAMED; i++) {
    const run *r = &s->runs[i];
    if (r->state != NT_RUN_MISSING) continue;
    size_t used = strlen(names);
    snprintf(names + used, sizeof names - used, "%s%s (%.20s on %.30s)", named++ ? ", " : "",
             r->key, r->given->kind->name, s->inputs[r->given->input].given->name);
  }
  return nt_fail(err, NT_E_IO,
                 "%s: %zu files of runs or of what they share were there, and were removed or "
                 "replaced again and again while this sweep worked%s%s%s",
                 s->options->folder, lost, named ? "; missing: " : "", names,
                 named == NAMED ? ", ..." : "");
}

static void count_what_is_there(nt_sweep *s) {
  for (size_t i = 0; i < s->run_count; i++) {
    const run *r = &s->runs[i];
    s->kept += r->state == NT_RUN_KEPT;
    s->failed += r->state == NT_RUN_FAILED;
    if (r->state != NT_RUN_FAILED) s->jobs[r->job].input->data_wanted = 1;
  }
  for (size_t i = 0; i < s->input_count; i++) {
    input *in = &s->inputs[i];
    in->data_wanted = in->data_wanted && nt_sweep_data_is_wanted(s, in);
    s->open += (size_t)in->data_wanted;
  }
  for (size_t i = 0; i < s->job_count; i++) s->open += s->jobs[i].runs_left > 0;
  s->failed_before = s->failed;
}

/* Thread 0 watches, and sleeps most of the time. */
static void watch_or_work(void *context, size_t turn, int member) {
  (void)member;
  if (turn == 0)
    watch(context);
  else
    nt_sweep_work(context, (int)turn - 1);
}

/* One thread more than there are jobs; a single one works without being watched. */
static nt_status run_threads(nt_sweep *s, nt_error *err) {
  nt_team *team = nt_team_new(s->options->jobs + 1, err);
  if (!team) return NT_E_MEMORY;
  size_t threads = (size_t)nt_team_size(team);
  s->working = threads > 1 ? (int)threads - 1 : 1;
  s->threads = s->working;
  if (threads > 1)
    nt_team_each(team, threads, watch_or_work, s);
  else
    nt_sweep_work(s, 0);
  nt_team_free(team);
  return NT_OK;
}

static void give_back_all(nt_sweep *s) {
  for (size_t i = 0; i < s->job_count; i++)
    nt_sweep_give_back(s, s->jobs[i].key, &s->jobs[i].lease);
}

static void conclude(nt_sweep *s, nt_sweep_outcome *outcome) {
  *outcome = (nt_sweep_outcome){.kept = s->kept,
                                .done = s->done,
                                .failed = s->failed,
                                .missing = s->run_count - s->kept - s->done - s->failed,
                                .threads = s->threads,
                                .interrupted = nt_flag_get(s->options->cancel) != 0,
                                .gave_up = sweep_gives_up(s),
                                .seconds = nt_seconds() - s->started};
  outcome->rate = outcome->seconds > 0 ? (double)s->scored_rows / outcome->seconds : 0;
  outcome->gave_up = outcome->gave_up && outcome->missing > 0;
  const char *why = s->failure.status != NT_OK ? s->failure.text
                    : outcome->gave_up         ? "not begun, as too many others had failed"
                                               : "interrupted";
  for (size_t i = 0; i < s->run_count; i++)
    if (s->runs[i].state == NT_RUN_MISSING && !*s->runs[i].why)
      snprintf(s->runs[i].why, sizeof s->runs[i].why, "%s", why);
}

/* Fails now if the result could not be written in the end. */
static nt_status probe(const char *path, nt_error *err) {
  nt_output output;
  nt_status status = nt_output_begin(&output, path, err);
  if (status == NT_OK) nt_output_discard(&output);
  return status;
}

/* Another process that begins anew, or a user, may remove run files after the plan: their runs are
 * done again, up to so many times. */
enum { ROUNDS = 10 };

/* The result file that was there may have been replaced since: then from the runs' own files alone. */
static nt_status gather_now(nt_sweep *s, size_t *rows, nt_error *err) {
  nt_status status = nt_sweep_gather(s, rows, err);
  if ((status != NT_OK || *rows != nt_sweep_rows_expected(s)) && nt_sweep_forget_gathered(s))
    status = nt_sweep_gather(s, rows, err);
  return status;
}

static void key_of_gathering(const nt_sweep *s, char key[NT_KEY_TEXT]) {
  char *folder = realpath(s->options->folder, NULL);
  nt_keying k;
  nt_keying_begin(&k, "gather");
  nt_keying_text(&k, folder);
  nt_keying_end(&k, key);
  free(folder);
}

/* Of several processes that end at about the same time one gathers; the others find that it has. */
static nt_status gather(nt_sweep *s, size_t *rows, nt_error *err) {
  char folder[NT_CACHE_PATH], key[NT_KEY_TEXT];
  nt_lease lease = {0};
  nt_error refused;
  nt_cache_folder(s->options->cache, NT_CACHE_LEASES, folder);
  key_of_gathering(s, key);
  for (;;) {
    nt_sweep_look_in_gathered(s);
    if (nt_sweep_is_gathered(s) || sweep_stops(s) || lease.held) break;
    if (nt_lease_take(folder, key, &lease, &refused) != NT_OK) break;
    if (lease.held) continue; /* it may have been gathered before the lease was given back */
    pthread_mutex_lock(&s->lock);
    nt_sweep_wait(s, 0.1);
    pthread_mutex_unlock(&s->lock);
  }
  nt_status status = gather_now(s, rows, err);
  nt_lease_give_back(folder, key, &lease);
  return status;
}

static nt_status work(nt_sweep *s, nt_error *err) {
  const nt_sweep_options *o = s->options;
  for (int round = 0;; round++) {
    if (s->open > 0 && run_threads(s, err) != NT_OK) return err->status;
    give_back_all(s);
    nt_status status = NT_OK;
    size_t rows = 0;
    if (s->failure.status != NT_OK || nt_flag_get(o->cancel) ||
        sweep_gives_up(s)) { /* gather what there is */
      if (o->output) status = gather(s, &rows, err);
      return s->failure.status == NT_OK ? status
                                        : nt_fail(err, s->failure.status, "%s", s->failure.text);
    }
    size_t lost = o->output ? nt_sweep_lost(s, 0) : 0;
    if (!lost && o->output) {
      status = gather(s, &rows, err);
      if (status != NT_OK || rows != nt_sweep_rows_expected(s)) lost = nt_sweep_lost(s, 1);
    }
    if (!lost && status == NT_OK && o->output && rows != nt_sweep_rows_expected(s))
      return nt_fail(err, NT_E_STATE, "%s: has %zu rows: expected %zu", o->output, rows,
                     nt_sweep_rows_expected(s));
    if (!lost) return status;
    if (round == ROUNDS) return fail_missing(s, lost, err);
  }
}

nt_status nt_sweep_execute(nt_sweep *s, nt_sweep_outcome *outcome, nt_error *err) {
  nt_error unheard;
  if (!err) err = &unheard;
  s->started = nt_seconds();
  nt_allowance mine;
  nt_allowance_of(&mine);
  s->memory = s->options->memory ? s->options->memory : mine.memory / 2;
  *outcome = (nt_sweep_outcome){0};
  if (s->options->output && probe(s->options->output, err) != NT_OK) return err->status;
  count_what_is_there(s);
  nt_status status = work(s, err);
  nt_costs_write(&s->costs, s->options->cache);
  conclude(s, outcome);
  size_t removed;
  uint64_t bytes;
  nt_cache_prune(s->options->cache, s->options->cache_limit, s->begun, &removed, &bytes, NULL);
  return status;
}
