/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is to do: the keys of all stages, and which of them are there already. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ninetails/platform.h>

#include "ground/temporary.h"
#include "graph.h"

const char *nt_run_state_name(nt_run_state state) {
  static const char *const names[] = {"missing", "kept", "done", "failed"};
  return names[state];
}

const char *nt_stage_state_name(nt_stage_state state) {
  static const char *const names[] = {"none", "missing", "cached"};
  return names[state];
}

/* Of a fresh sweep: what is there does not count. What cannot be removed would. */
static void forget(nt_sweep *s, nt_cache_kind kind, const char *key) {
  nt_error err;
  if (!s->options->fresh || nt_cache_remove(s->options->cache, kind, key, &err) == NT_OK) return;
  if (s->failure.status == NT_OK) s->failure = err;
}

static void forget_run(nt_sweep *s, const run *r) {
  char path[NT_CACHE_PATH];
  if (!s->options->fresh) return;
  nt_sweep_run_path(s, r->key, path);
  if (unlink(path) != 0 && errno != ENOENT && s->failure.status == NT_OK)
    nt_fail(&s->failure, NT_E_IO, "%s: cannot be removed: %s", path, strerror(errno));
}

/* ---------------------------------------------------------------- inputs */

static nt_status plan_input(nt_sweep *s, input *in, nt_error *err) {
  const nt_build *build = nt_build_of();
  nt_status status = nt_sweep_file_key(s, in->given->capture, in->sha256, err);
  if (status == NT_OK && in->given->labels)
    status = nt_sweep_file_key(s, in->given->labels, in->labels_sha256, err);
  if (status != NT_OK) return nt_fail_in(err, "data set %s", in->given->name);
  nt_keying k;
  nt_keying_begin(&k, "features");
  nt_keying_text(&k, in->sha256);
  nt_keying_text(&k, in->given->extracted ? nt_profile_name(in->given->profile) : NULL);
  nt_keying_text(&k, build->extract);
  nt_keying_text(&k, build->compiler);
  nt_keying_text(&k, build->flags);
  nt_keying_end(&k, in->key);
  nt_keying_begin(&k, "data");
  nt_keying_integer(&k, NT_RUN_FILE_FORMAT);
  nt_keying_text(&k, in->given->name);
  nt_keying_text(&k, in->sha256);
  nt_keying_text(&k, in->labels_sha256);
  nt_keying_integer(&k, in->given->most);
  nt_keying_end(&k, in->data_key);
  forget(s, NT_CACHE_FEATURES, in->key);
  in->cached = nt_cache_has(s->options->cache, NT_CACHE_FEATURES, in->key);
  return NT_OK;
}

static mapping *plan_mapping(nt_sweep *s, input *in, uint64_t fm_grace) {
  for (size_t i = 0; i < s->mapping_count; i++)
    if (s->mappings[i].input == in && s->mappings[i].fm_grace == fm_grace) return &s->mappings[i];
  mapping *m = &s->mappings[s->mapping_count++];
  m->input = in;
  m->fm_grace = fm_grace;
  nt_keying k;
  nt_keying_begin(&k, "correlations");
  nt_keying_text(&k, in->key);
  nt_keying_integer(&k, fm_grace);
  nt_keying_text(&k, nt_build_of()->map);
  nt_keying_end(&k, m->key);
  forget(s, NT_CACHE_CORRELATIONS, m->key);
  m->cached = nt_cache_has(s->options->cache, NT_CACHE_CORRELATIONS, m->key);
  return m;
}

/* ---------------------------------------------------------------- jobs and runs */

/* A text that names a file stands for what is in it. */
static nt_status key_value(nt_sweep *s, nt_keying *k, const nt_parameter *p, const nt_value *value,
                           nt_error *err) {
  char text[64], sha256[65];
  struct stat st;
  nt_keying_text(k, p->name);
  if (p->type != NT_PARAMETER_TEXT) {
    nt_parameter_print(p, value, text, sizeof text);
    nt_keying_text(k, text);
    return NT_OK;
  }
  nt_keying_text(k, value->text);
  if (!value->text || stat(value->text, &st) != 0 || !S_ISREG(st.st_mode)) return NT_OK;
  nt_status status = nt_sweep_file_key(s, value->text, sha256, err);
  if (status == NT_OK) nt_keying_text(k, sha256);
  return status;
}

static nt_status key_of_scores(nt_sweep *s, const input *in, const nt_sweep_run *r, char *key,
                               nt_error *err) {
  const nt_build *build = nt_build_of();
  nt_status status = NT_OK;
  nt_keying k;
  nt_keying_begin(&k, "scores");
  nt_keying_text(&k, in->key);
  nt_keying_integer(&k, in->given->most);
  nt_keying_text(&k, r->kind->name);
  for (size_t i = 0; i < r->kind->parameter_count && status == NT_OK; i++)
    status = key_value(s, &k, &r->kind->parameters[i], &r->values[i], err);
  nt_sweep_run scored = *r; /* but for what scores do not depend on */
  scored.replicate = 0;
  if (!(r->kind->flags & NT_DETECTOR_SEEDED)) scored.seed = 0;
  nt_keying_options(&k, nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, &scored);
  nt_keying_text(&k, r->kind->flags & NT_DETECTOR_ORACLE ? in->labels_sha256 : NULL);
  nt_keying_text(&k, r->code);
  nt_keying_text(&k, build->map);
  nt_keying_text(&k, build->score);
  nt_keying_text(&k, nt_isa_best() == NT_ISA_PLAIN ? "plain" : "fma");
  nt_keying_end(&k, key);
  return status;
}

static void key_of_run(const nt_sweep *s, const input *in, const nt_sweep_run *r,
                       const char *scores, char *key) {
  const nt_sweep_extra *extra = &s->options->extra;
  nt_keying k;
  nt_keying_begin(&k, "run");
  nt_keying_integer(&k, NT_RUN_FILE_FORMAT);
  nt_keying_text(&k, scores);
  nt_keying_text(&k, in->data_key);
  nt_keying_options(&k, nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, r);
  nt_keying_options(&k, nt_measure_parameters, NT_MEASURE_PARAMETERS, &s->options->measures);
  nt_keying_options(&k, nt_sweep_parameters, NT_SWEEP_PARAMETERS, s->options);
  nt_keying_text(&k, extra->count ? extra->code : NULL);
  for (size_t i = 0; i < extra->count; i++) nt_keying_text(&k, extra->measure[i].name);
  nt_keying_text(&k, nt_build_of()->measure);
  nt_keying_end(&k, key);
}

static nt_status check_run(const nt_sweep *s, size_t i, nt_error *err) {
  const nt_sweep_run *r = s->runs[i].given;
  if (r->input >= s->input_count)
    return nt_fail(err, NT_E_ARGUMENT, "run %zu: no input %zu", i + 1, r->input + 1);
  nt_status status = NT_OK;
  for (size_t p = 0; p < r->kind->parameter_count && status == NT_OK; p++)
    status = nt_parameter_check(&r->kind->parameters[p], &r->values[p], err);
  if (status == NT_OK)
    status = nt_parameter_check_all(nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, r, err);
  if (status != NT_OK)
    nt_fail_in(err, "run %zu (%s on %s)", i + 1, r->kind->name, s->inputs[r->input].given->name);
  return status;
}

/* What the run's file says, when there is one that can be read and says that it is this run's. */
void nt_sweep_look_for_run(nt_sweep *s, run *r) {
  char path[NT_CACHE_PATH];
  nt_sweep_run_path(s, r->key, path);
  if (access(path, F_OK) != 0) return;
  int failed;
  char reason[sizeof r->why];
  if (nt_run_file_read_outcome(path, r->key, &failed, reason, sizeof reason, NULL) != NT_OK)
    return; /* damaged, or another's: run again */
  if (failed && s->options->retry) return;
  r->state = failed ? NT_RUN_FAILED : NT_RUN_KEPT;
  if (failed) memcpy(r->why, reason, sizeof reason);
}

/* Runs in the order of their jobs' keys, equal ones in the order given. */
typedef struct keyed {
  char key[NT_KEY_TEXT];
  size_t run;
} keyed;

static int by_key(const void *a, const void *b) {
  const keyed *x = a, *y = b;
  int order = strcmp(x->key, y->key);
  return order ? order : (x->run > y->run) - (x->run < y->run);
}

static void new_job(nt_sweep *s, const keyed *first) {
  job *j = &s->jobs[s->job_count++];
  j->run = s->runs[first->run].given;
  j->input = &s->inputs[j->run->input];
  j->first_run = SIZE_MAX;
  memcpy(j->key, first->key, sizeof j->key);
  if (j->run->kind->flags & NT_DETECTOR_MAPPED)
    j->mapping = plan_mapping(s, j->input, j->run->fm_grace);
  forget(s, NT_CACHE_SCORES, j->key);
  j->cached = nt_cache_has(s->options->cache, NT_CACHE_SCORES, j->key);
}

/* The list of a job's runs keeps their order: they are put in front, last first. */
static void plan_jobs(nt_sweep *s, const keyed *sorted) {
  for (size_t i = 0; i < s->run_count; i++)
    if (i == 0 || strcmp(sorted[i].key, sorted[i - 1].key) != 0) new_job(s, &sorted[i]);
  size_t at = s->job_count;
  for (size_t i = s->run_count; i-- > 0;) {
    if (i + 1 == s->run_count || strcmp(sorted[i].key, sorted[i + 1].key) != 0) at--;
    job *j = &s->jobs[at];
    run *r = &s->runs[sorted[i].run];
    r->job = at;
    r->next_run = j->first_run;
    j->first_run = sorted[i].run;
    if (r->state == NT_RUN_MISSING) j->runs_left++;
  }
}

static nt_status plan_runs(nt_sweep *s, nt_error *err) {
  keyed *sorted = calloc(s->run_count + 1, sizeof *sorted);
  if (!sorted) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu runs", s->run_count);
  nt_status status = NT_OK;
  for (size_t i = 0; i < s->run_count && status == NT_OK; i++) {
    run *r = &s->runs[i];
    const input *in = &s->inputs[r->given->input];
    status = check_run(s, i, err);
    if (status == NT_OK) status = key_of_scores(s, in, r->given, sorted[i].key, err);
    sorted[i].run = i;
    if (status != NT_OK) break;
    key_of_run(s, in, r->given, sorted[i].key, r->key);
    forget_run(s, r);
  }
  if (status == NT_OK) nt_sweep_look_in_gathered(s);
  for (size_t i = 0; i < s->run_count && status == NT_OK; i++)
    if (!s->runs[i].gathered) nt_sweep_look_for_run(s, &s->runs[i]);
  if (status == NT_OK) {
    qsort(sorted, s->run_count, sizeof *sorted, by_key);
    plan_jobs(s, sorted);
  }
  free(sorted);
  return status;
}

/* ---------------------------------------------------------------- what it will cost */

double nt_sweep_rows_of(const input *in) {
  if (in->given->packets) return (double)in->given->packets;
  struct stat s;
  return stat(in->given->capture, &s) == 0 ? (double)s.st_size / 150 : 0;
}

static int by_cost(const void *a, const void *b) {
  const job *x = *(job *const *)a, *y = *(job *const *)b;
  if (x->cost != y->cost) return x->cost < y->cost ? 1 : -1;
  return (x > y) - (x < y);
}

static void estimate(nt_sweep *s) {
  char name[NT_COST_NAME];
  s->seconds = 0;
  for (size_t i = 0; i < s->job_count; i++) {
    job *j = &s->jobs[i];
    double rows = nt_sweep_rows_of(j->input);
    double score = j->cached ? 0 : nt_costs_of(&s->costs, j->run->kind->name, 2000);
    double measure = nt_costs_of(&s->costs, "measure", 2000) * (double)j->runs_left;
    j->cost = j->runs_left ? 1e-9 * rows * (score + measure) : 0;
    s->seconds += j->cost;
    if (j->runs_left) j->input->unfinished++;
    s->order[i] = j;
  }
  qsort(s->order, s->job_count, sizeof *s->order, by_cost);
  for (size_t i = 0; i < s->input_count; i++) {
    const input *in = &s->inputs[i];
    snprintf(name, sizeof name, "extract %s",
             in->given->extracted ? nt_profile_name(in->given->profile) : "rows");
    if (in->unfinished && !in->cached)
      s->seconds += 1e-9 * nt_sweep_rows_of(in) * nt_costs_of(&s->costs, name, 1500);
  }
}

static nt_status make_folder(const char *path, nt_error *err) {
  if (strlen(path) + 64 > NT_CACHE_PATH)
    return nt_fail(err, NT_E_LIMIT, "%s: the path is too long", path);
  if (mkdir(path, 0777) != 0 && errno != EEXIST)
    return nt_fail(err, NT_E_IO, "%s: cannot be made: %s", path, strerror(errno));
  if (access(path, W_OK | X_OK) != 0)
    return nt_fail(err, NT_E_IO, "%s: cannot be written: %s", path, strerror(errno));
  nt_temporary_sweep(path, NULL);
  return NT_OK;
}

static int allocate(nt_sweep *s, size_t inputs, size_t runs) {
  s->inputs = calloc(inputs + 1, sizeof *s->inputs);
  s->runs = calloc(runs + 1, sizeof *s->runs);
  s->jobs = calloc(runs + 1, sizeof *s->jobs);
  s->order = calloc(runs + 1, sizeof *s->order);
  s->mappings = calloc(runs + 1, sizeof *s->mappings);
  s->queue = calloc(runs + 1, sizeof *s->queue);
  s->workers = calloc((size_t)s->options->jobs, sizeof *s->workers);
  return s->inputs && s->runs && s->jobs && s->order && s->mappings && s->queue && s->workers;
}

static nt_status plan(nt_sweep *s, const nt_sweep_input *inputs, size_t input_count,
                      const nt_sweep_run *runs, size_t run_count, nt_error *err) {
  const nt_sweep_options *o = s->options;
  if (nt_parameter_check_all(nt_sweep_parameters, NT_SWEEP_PARAMETERS, o, err) != NT_OK)
    return err->status;
  if (!allocate(s, input_count, run_count))
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu runs", run_count);
  s->input_count = input_count;
  s->run_count = run_count;
  for (size_t i = 0; i < input_count; i++) s->inputs[i].given = &inputs[i];
  for (size_t i = 0; i < run_count; i++) s->runs[i].given = &runs[i];
  nt_status status = nt_cache_open(o->cache, err);
  if (status == NT_OK) s->begun = nt_folder_clock(o->cache);
  if (status == NT_OK) status = make_folder(o->folder, err);
  if (status == NT_OK && o->output) nt_temporary_sweep_of(o->output);
  for (size_t i = 0; i < input_count && status == NT_OK; i++)
    status = plan_input(s, &s->inputs[i], err);
  if (status == NT_OK) status = plan_runs(s, err);
  if (status == NT_OK && s->failure.status != NT_OK)
    status = nt_fail(err, s->failure.status, "%s", s->failure.text);
  if (status != NT_OK) return status;
  nt_costs_read(&s->costs, o->cache);
  estimate(s);
  return NT_OK;
}

nt_sweep *nt_sweep_new(const nt_sweep_options *options, const nt_sweep_input *inputs,
                       size_t input_count, const nt_sweep_run *runs, size_t run_count,
                       nt_error *err) {
  nt_error unheard;
  if (!err) err = &unheard;
  nt_sweep *s = calloc(1, sizeof *s);
  if (!s) {
    nt_fail(err, NT_E_MEMORY, "out of memory");
    return NULL;
  }
  s->options = options;
  pthread_mutex_init(&s->lock, NULL);
  pthread_mutex_init(&s->store_lock, NULL);
  pthread_mutex_init(&s->making, NULL);
  pthread_cond_init(&s->changed, NULL);
  if (plan(s, inputs, input_count, runs, run_count, err) == NT_OK) return s;
  nt_sweep_free(s);
  return NULL;
}

void nt_sweep_free(nt_sweep *s) {
  if (!s) return;
  for (size_t i = 0; s->inputs && i < s->input_count; i++) {
    nt_feature_file_close(s->inputs[i].file);
    free(s->inputs[i].times);
    nt_labels_done(&s->inputs[i].labels);
  }
  for (size_t i = 0; i < s->mapping_count; i++) free(s->mappings[i].merges);
  for (size_t i = 0; i < s->job_count; i++) {
    nt_feature_map_done(&s->jobs[i].map);
    nt_score_record_done(&s->jobs[i].record);
  }
  pthread_mutex_destroy(&s->lock);
  pthread_mutex_destroy(&s->store_lock);
  pthread_mutex_destroy(&s->making);
  pthread_cond_destroy(&s->changed);
  nt_table_done(&s->result);
  free(s->inputs);
  free(s->mappings);
  free(s->jobs);
  free(s->runs);
  free(s->order);
  free(s->queue);
  free(s->workers);
  free(s->files);
  free(s);
}

/* ---------------------------------------------------------------- reporting */

static nt_stage_state stage_of(int cached) {
  return cached ? NT_STAGE_CACHED : NT_STAGE_MISSING;
}

void nt_sweep_status_of(const nt_sweep *s, size_t i, nt_sweep_status *status) {
  const run *r = &s->runs[i];
  const job *j = &s->jobs[r->job];
  *status = (nt_sweep_status){
      .key = r->key,
      .state = r->state,
      .why = r->why,
      .features = stage_of(j->input->cached),
      .map = j->mapping ? stage_of(j->mapping->cached) : NT_STAGE_NONE,
      .scores = stage_of(j->cached),
      .seconds = r->state == NT_RUN_MISSING && j->runs_left ? j->cost / (double)j->runs_left : 0};
}

double nt_sweep_seconds(const nt_sweep *s) {
  return s->seconds / s->options->jobs;
}
