/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sweep from its start to the result file: threads at work, and one that watches. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ninetails/cpu.h>

#include "ground/team.h"
#include "store/file/output.h"
#include "store/run/result_file.h"
#include "engine.h"

/* ---------------------------------------------------------------- watching */

static void beat(nt_sweep *s) {
  for (size_t i = 0; i < s->input_count; i++) nt_lease_touch(&s->inputs[i].lease);
  for (size_t i = 0; i < s->mapping_count; i++) nt_lease_touch(&s->mappings[i].lease);
  for (size_t i = 0; i < s->job_count; i++) nt_lease_touch(&s->jobs[i].lease);
}

/* From what is left, by the estimate, and how fast the estimate was used up until now. */
static double remaining(const nt_sweep *s, double seconds) {
  double done = s->cost_done, all = 0;
  for (size_t i = 0; i < s->job_count; i++) all += s->jobs[i].cost;
  for (int i = 0; i < s->options->jobs; i++)
    if (s->workers[i].of > 0)
      done += s->workers[i].cost * (double)s->workers[i].rows / (double)s->workers[i].of;
  return done > 0 && seconds > 0.5 && all >= done ? (all - done) * seconds / done : NAN;
}

/* Tells what is going on. The lock is released while the caller's function runs. */
static void tell(nt_sweep *s, const char **what, char (*texts)[sizeof s->workers->text]) {
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
  double told = 0, beaten = nt_seconds();
  pthread_mutex_lock(&s->lock);
  while (s->working > 0) {
    double now = nt_seconds();
    if (nt_flag_get(s->options->cancel)) nt_flag_set(&s->stop, 1);
    if (now - beaten > NT_LEASE_BEAT) {
      beaten = now;
      beat(s);
    }
    if (what && texts && now - told > 0.1) {
      told = now;
      tell(s, what, texts);
    }
    if (s->working > 0) nt_sweep_wait(s, 0.1);
  }
  if (what && texts) tell(s, what, texts);
  pthread_mutex_unlock(&s->lock);
  free(what);
  free(texts);
}

/* ---------------------------------------------------------------- gathering */

typedef struct gathering {
  size_t count; /* of files */
  char **paths;
  const char **inside; /* the key that a run's file must have inside */
  const char **keys;   /* of all rows, in order */
  size_t key_count;
} gathering;

static int add_file(gathering *g, const char *path, const char *inside) {
  if (access(path, F_OK) != 0) return 1;
  g->inside[g->count] = inside;
  return (g->paths[g->count++] = strdup(path)) != NULL;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Rows that the result must have: of runs that have one key, one. */
static size_t expected_rows(const nt_sweep *s) {
  const char **keys = calloc(s->run_count + 1, sizeof *keys);
  size_t count = 0, rows = 0;
  for (size_t i = 0; keys && i < s->run_count; i++)
    if (s->runs[i].state != NT_RUN_MISSING) keys[count++] = s->runs[i].key;
  if (count) qsort(keys, count, sizeof *keys, by_text);
  for (size_t i = 0; i < count; i++) rows += i == 0 || strcmp(keys[i], keys[i - 1]) != 0;
  free(keys);
  return rows;
}

/* The table of the result file that is there, empty where its rows need not stay. */
static nt_status read_there(const nt_sweep_options *o, nt_table *there, nt_error *err) {
  *there = (nt_table){0};
  if (!o->keep_others || access(o->output, F_OK) != 0) return NT_OK;
  return nt_table_read(o->output, there, err);
}

/* The keys of the file that is there, in its order, in front of those of this sweep: the first
 * place of a key counts. How many are not of this sweep. */
static size_t add_keys_there(const nt_sweep *s, gathering *g, const nt_table *there) {
  const char **own = calloc(s->run_count + 1, sizeof *own);
  size_t others = 0;
  for (size_t i = 0; own && i < s->run_count; i++) own[i] = s->runs[i].key;
  if (own) qsort(own, s->run_count, sizeof *own, by_text);
  for (size_t i = 0; own && i < there->rows; i++) {
    const char *key = there->column[0].text[i];
    g->keys[g->key_count++] = key;
    others += !bsearch(&key, own, s->run_count, sizeof *own, by_text);
  }
  free(own);
  return own ? others : SIZE_MAX;
}

/* *rows: those of this sweep. */
static nt_status gather(nt_sweep *s, size_t *rows, nt_error *err) {
  const nt_sweep_options *o = s->options;
  nt_table there;
  if (read_there(o, &there, err) != NT_OK) return err->status;
  size_t most = s->run_count + s->input_count + there.rows + 2;
  gathering g = {.paths = calloc(most, sizeof *g.paths),
                 .inside = calloc(most, sizeof *g.inside),
                 .keys = calloc(most, sizeof *g.keys)};
  char path[NT_CACHE_PATH];
  int good = g.paths && g.inside && g.keys;
  size_t others = good ? add_keys_there(s, &g, &there) : 0;
  good = good && others != SIZE_MAX;
  for (size_t i = 0; good && i < s->run_count; i++) {
    g.keys[g.key_count++] = s->runs[i].key;
    nt_sweep_run_path(s, s->runs[i].key, path);
    if (s->runs[i].state != NT_RUN_MISSING) good = add_file(&g, path, s->runs[i].key);
  }
  for (size_t i = 0; good && i < s->input_count; i++) {
    nt_sweep_data_path(s, &s->inputs[i], path);
    good = add_file(&g, path, NULL);
  }
  if (good && others) good = add_file(&g, o->output, NULL); /* last: a run's own file counts */
  const nt_result_sources sources = {
      .count = g.count, .paths = (const char *const *)g.paths, .keys = g.inside};
  nt_status status =
      good ? nt_result_write(o->output, &sources, g.keys, g.key_count, o->note, o->notes, rows, err)
           : nt_fail(err, NT_E_MEMORY, "out of memory for %zu runs", s->run_count);
  if (rows && status == NT_OK) *rows -= others;
  nt_table_done(&there);
  for (size_t i = 0; g.paths && i < g.count; i++) free(g.paths[i]);
  free(g.paths);
  free(g.inside);
  free(g.keys);
  return status;
}

/* Names the runs that are not in the result, as far as they fit into an error's text. */
static nt_status tell_missing(const nt_sweep *s, size_t lost, nt_error *err) {
  enum { NAMED = 5 };
  char names[NAMED * 96] = "";
  size_t told = 0;
  for (size_t i = 0; i < s->run_count && told < NAMED; i++) {
    const run *r = &s->runs[i];
    if (r->state != NT_RUN_MISSING) continue;
    size_t used = strlen(names);
    snprintf(names + used, sizeof names - used, "%s%s (%.20s on %.30s)", told++ ? ", " : "", r->key,
             r->given->kind->name, s->inputs[r->given->input].given->name);
  }
  return nt_fail(err, NT_E_IO,
                 "%s: %zu files of runs or of what they share were there, and were removed or "
                 "replaced again and again while this sweep worked%s%s%s",
                 s->options->folder, lost, told ? "; missing: " : "", names,
                 told == NAMED ? ", ..." : "");
}

/* ---------------------------------------------------------------- all of it */

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

/* One thread more than there are jobs: it watches, and sleeps most of the time. */
static void watch_or_work(void *context, size_t turn, int member) {
  (void)member;
  if (turn == 0)
    watch(context);
  else
    nt_sweep_work(context, (int)turn - 1);
}

/* The caller's thread watches. Where not one more is to be had, it works. */
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

/* What cannot be written in the end is better known now. */
static nt_status probe(const char *path, nt_error *err) {
  nt_output output;
  nt_status status = nt_output_begin(&output, path, err);
  if (status == NT_OK) nt_output_discard(&output);
  return status;
}

/* Another process that begins anew, or a user, may take away what was there when it was looked at,
 * or done since: that is done again. */
enum { ROUNDS = 10 };

static nt_status work(nt_sweep *s, nt_error *err) {
  const nt_sweep_options *o = s->options;
  for (int round = 0;; round++) {
    if (s->open > 0 && run_threads(s, err) != NT_OK) return err->status;
    give_back_all(s);
    nt_status status = NT_OK;
    size_t rows = 0;
    if (s->failure.status != NT_OK || nt_flag_get(o->cancel) ||
        sweep_gives_up(s)) { /* what there is */
      if (o->output) status = gather(s, &rows, err);
      return s->failure.status == NT_OK ? status
                                        : nt_fail(err, s->failure.status, "%s", s->failure.text);
    }
    size_t lost = o->output ? nt_sweep_lost(s, 0) : 0;
    if (!lost && o->output) {
      status = gather(s, &rows, err);
      if (status != NT_OK || rows != expected_rows(s)) lost = nt_sweep_lost(s, 1);
    }
    if (!lost && status == NT_OK && o->output && rows != expected_rows(s))
      return nt_fail(err, NT_E_STATE, "%s: has %zu rows: expected %zu", o->output, rows,
                     expected_rows(s));
    if (!lost) return status;
    if (round == ROUNDS) return tell_missing(s, lost, err);
  }
}

nt_status nt_sweep_execute(nt_sweep *s, nt_sweep_outcome *outcome, nt_error *err) {
  nt_error unheard;
  if (!err) err = &unheard;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  s->started = nt_seconds();
  s->memory = s->options->memory ? s->options->memory : nt_cpu_memory() / 2;
  *outcome = (nt_sweep_outcome){0};
  if (s->options->output && probe(s->options->output, err) != NT_OK) return err->status;
  count_what_is_there(s);
  nt_status status = work(s, err);
  nt_costs_write(&s->costs, s->options->cache);
  conclude(s, outcome);
  size_t removed;
  uint64_t bytes;
  nt_cache_prune(s->options->cache, s->options->cache_limit, (double)now.tv_sec, &removed, &bytes,
                 NULL);
  return status;
}
