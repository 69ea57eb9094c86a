/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Problems from file to file: one capture through the detector, and sweeps of many runs. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <ninetails/run.h>

#include "ground/checksum.h"
#include "problem.h"
#include "store/run/run_file.h"
#include "sweep/sweep.h"
#include "trace.h"

static const char *const outputs[] = {"none", "h5", "csv", NULL};

/* ---------------------------------------------------------------- file to scores */

enum { S_PROFILE, S_M, S_THREADS, S_OUTPUT };
typedef struct score_state {
  nt_run_options options;
  char path[4096]; /* of the output; "": none */
  nt_run_result result;
} score_state;

static const nt_parameter score_parameters[] = {
    NT_BENCH_PROFILE,
    NT_BENCH_M,
    {.name = "threads",
     .type = NT_PARAMETER_INTEGER,
     .unit = "1",
     .help = "of the pipeline",
     .preset = 1,
     .least = 1,
     .most = 64},
    {.name = "output",
     .type = NT_PARAMETER_CHOICE,
     .help = "a file of scores, and the input's SHA-256",
     .preset = 0,
     .choices = outputs}};

static void score_done(void *state) {
  score_state *s = state;
  if (!s) return;
  if (*s->path) unlink(s->path);
  nt_run_result_done(&s->result);
  free((char *)s->options.input);
  free(s);
}

static void *score_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  score_state *s = nt_bench_room(1, sizeof *s, err);
  nt_trace trace;
  if (!s) return NULL;
  s->options = nt_run_defaults();
  s->options.input = strdup(setting->capture);
  if (!s->options.input || nt_trace_read(setting->capture, &trace, err) != NT_OK) {
    score_done(s);
    return NULL;
  }
  size_t count = trace.count;
  for (size_t i = 0; i < count; i++) work->file += 16 + trace.packets[i].length;
  nt_trace_done(&trace);
  s->options.extractor.profile = (nt_profile)setting->values[S_PROFILE].number;
  s->options.profile_given = 1;
  s->options.kitnet.fm_grace = count / 20;
  s->options.kitnet.ad_grace = count / 5;
  s->options.kitnet.max_autoencoder = (size_t)setting->values[S_M].number;
  s->options.threads = (int)setting->values[S_THREADS].number;
  int output = (int)setting->values[S_OUTPUT].number;
  if (output) {
    snprintf(s->path, sizeof s->path, "%s/scores.%s", setting->folder, outputs[output]);
    s->options.output = s->path;
  }
  work->items = (double)count;
  return s;
}

static void score_reset(void *state) {
  score_state *s = state;
  nt_run_result_done(&s->result);
  s->result = (nt_run_result){0};
  if (*s->path) unlink(s->path);
}

static nt_status score_pass(void *state, nt_error *err) {
  score_state *s = state;
  return nt_run(&s->options, &s->result, err);
}

/* The reference run has another number of threads and no output; another
 * reader takes the checksum. */
static nt_status score_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  score_state *s = state;
  nt_run_options other = s->options;
  nt_run_result result = {0};
  other.output = NULL;
  other.threads = s->options.threads == 1 ? 2 : 1;
  nt_status status = nt_run(&other, &result, err);
  size_t bytes = s->result.pipeline.packets * sizeof *s->result.scores;
  if (status == NT_OK && (result.pipeline.packets != s->result.pipeline.packets ||
                          memcmp(result.scores, s->result.scores, bytes) != 0))
    status = nt_fail(err, NT_E_STATE, "scores differ with %d threads", other.threads);
  nt_run_result_done(&result);
  if (s->result.scores) proof->digest = XXH3_64bits(s->result.scores, bytes);
  char hex[NT_CHECKSUM_TEXT];
  int summed = *s->path && strstr(s->path, ".h5") != NULL; /* text tables store none */
  if (status == NT_OK && summed)
    status = nt_checksum_file(s->options.input, "sha256", 0, hex, NULL, err);
  if (status == NT_OK && summed && strcmp(hex, s->result.digests.file.sha256) != 0)
    status =
        nt_fail(err, NT_E_STATE, "SHA-256 %s, %s expected", s->result.digests.file.sha256, hex);
  snprintf(proof->how, sizeof proof->how, "%d thread%s%s", other.threads,
           other.threads == 1 ? "" : "s", summed ? "; SHA-256 by another reader" : "");
  return status;
}

const nt_bench_problem nt_bench_score = {.name = "score",
                                         .help = "a capture's file to scores, as `ninetails score`",
                                         .item = "packet",
                                         .wants_capture = 1,
                                         .threads = S_THREADS,
                                         NT_BENCH_PARAMETERS(score_parameters),
                                         .setup = score_setup,
                                         .reset = score_reset,
                                         .pass = score_pass,
                                         .verify = score_verify,
                                         .done = score_done};

/* ---------------------------------------------------------------- sweeps */

enum { W_CONFIGURATIONS, W_JOBS, W_STATE, MOST_RUNS = 5000, MOST_VALUES = 32 };
enum { FIRST, AGAIN };
typedef struct sweep_state {
  size_t runs;
  int jobs, again;
  char *capture, *labels;
  char folder[3000];
  nt_value values[4][MOST_VALUES];
  nt_sweep_run run[MOST_RUNS];
  nt_sweep *sweep; /* made by the last pass */
  nt_sweep_outcome outcome;
  nt_status status; /* the error of a reset */
  nt_error err;
} sweep_state;

static const char *const starts[] = {"first", "again", NULL};
static const nt_parameter sweep_parameters[] = {
    {.name = "configurations",
     .type = NT_PARAMETER_INTEGER,
     .unit = "runs",
     .help = "4 sizes of the autoencoders, and seeds",
     .preset = 48,
     .least = 1,
     .most = MOST_RUNS},
    {.name = "jobs",
     .type = NT_PARAMETER_INTEGER,
     .unit = "1",
     .help = "threads",
     .preset = 1,
     .least = 1,
     .most = 64},
    {.name = "start",
     .type = NT_PARAMETER_CHOICE,
     .help = "first: nothing is there; again: all is done already",
     .preset = FIRST,
     .choices = starts}};

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *ftw) {
  (void)stat, (void)type, (void)ftw;
  return remove(path);
}

static void sweep_clear(sweep_state *s) {
  nt_sweep_free(s->sweep);
  s->sweep = NULL;
  if (*s->folder) nftw(s->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void sweep_done(void *state) {
  sweep_state *s = state;
  if (!s) return;
  sweep_clear(s);
  free(s->capture), free(s->labels);
  free(s);
}

static nt_status sweep_whole(sweep_state *s, nt_error *err) {
  char runs[4096], cache[4096], output[4096];
  snprintf(runs, sizeof runs, "%s/runs", s->folder);
  snprintf(cache, sizeof cache, "%s/cache", s->folder);
  snprintf(output, sizeof output, "%s/result.h5", s->folder);
  const nt_sweep_input input = {.name = "bench",
                                .capture = s->capture,
                                .labels = s->labels,
                                .extracted = 1,
                                .profile = NT_PROFILE_STREAM};
  nt_sweep_options options = {.output = output,
                              .folder = runs,
                              .cache = cache,
                              .jobs = s->jobs,
                              .cache_limit = (uint64_t)1 << 53,
                              .keep_scores = 1,
                              .compression = 1,
                              .measures = nt_measure_defaults()};
  nt_sweep_free(s->sweep);
  s->sweep = nt_sweep_new(&options, &input, 1, s->run, s->runs, err);
  if (!s->sweep) return err->status;
  nt_status status = nt_sweep_execute(s->sweep, &s->outcome, err);
  if (status == NT_OK && s->outcome.done + s->outcome.kept != s->runs)
    status = nt_fail(err, NT_E_STATE, "%zu of %zu runs are done, %zu failed", s->outcome.done,
                     s->runs, s->outcome.failed);
  return status;
}

static void *sweep_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  sweep_state *s = nt_bench_room(1, sizeof *s, err);
  nt_trace trace;
  if (!s) return NULL;
  s->runs = (size_t)setting->values[W_CONFIGURATIONS].number;
  s->jobs = (int)setting->values[W_JOBS].number;
  s->again = (int)setting->values[W_STATE].number == AGAIN;
  s->capture = strdup(setting->capture);
  s->labels = setting->labels ? strdup(setting->labels) : NULL;
  if (!s->capture || !s->labels || nt_trace_read(setting->capture, &trace, err) != NT_OK) {
    sweep_done(s);
    return NULL;
  }
  size_t count = trace.count;
  nt_trace_done(&trace);
  snprintf(s->folder, sizeof s->folder, "%s/sweep", setting->folder);
  static const double sizes[4] = {5, 10, 20, 35};
  const nt_detector_class *kitnet = nt_detector_find("kitnet", err);
  size_t m = kitnet
                 ? nt_parameter_find(kitnet->parameters, kitnet->parameter_count, "max_autoencoder")
                 : 0;
  if (!kitnet || kitnet->parameter_count > MOST_VALUES || m >= kitnet->parameter_count) {
    nt_fail(err, NT_E_STATE, "the detector kitnet has other parameters than this knows");
    sweep_done(s);
    return NULL;
  }
  for (size_t v = 0; v < 4; v++) {
    nt_parameter_presets(kitnet->parameters, kitnet->parameter_count, s->values[v]);
    s->values[v][m].number = sizes[v];
  }
  for (size_t i = 0; i < s->runs; i++)
    s->run[i] = (nt_sweep_run){.kind = kitnet,
                               .values = s->values[i % 4],
                               .fm_grace = count / 20,
                               .ad_grace = count / 5,
                               .seed = (uint32_t)(1 + i / 4),
                               .replicate = 1 + i / 4};
  work->items = (double)s->runs;
  return s;
}

static void sweep_reset(void *state) {
  sweep_state *s = state;
  if (s->again && s->sweep) return;
  sweep_clear(s);
  s->status = mkdir(s->folder, 0777) == 0
                  ? NT_OK
                  : nt_fail(&s->err, NT_E_IO, "%s: cannot be made", s->folder);
  if (s->status == NT_OK && s->again) s->status = sweep_whole(s, &s->err);
}

static nt_status sweep_pass(void *state, nt_error *err) {
  sweep_state *s = state;
  if (s->status == NT_OK) return sweep_whole(s, err);
  *err = s->err;
  return s->status;
}

/* Each run's file exists and its seal holds; each AUC lies in [0, 1] or has
 * a reason for its absence. */
static nt_status sweep_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  sweep_state *s = state;
  size_t wanted = s->again ? s->outcome.kept : s->outcome.done;
  if (wanted != s->runs)
    return nt_fail(err, NT_E_STATE, "%zu runs %s, %zu expected", wanted, s->again ? "kept" : "done",
                   s->runs);
  proof->digest = 0;
  for (size_t i = 0; i < s->runs; i++) {
    char path[4096];
    nt_sweep_status status;
    nt_run_record record;
    nt_sweep_status_of(s->sweep, i, &status);
    snprintf(path, sizeof path, "%s/runs/run-%s.h5", s->folder, status.key);
    if (nt_run_file_read(path, &record, err) != NT_OK) return err->status;
    double auc = -1;
    for (size_t c = 0; c < record.cells; c++)
      if (strcmp(record.cell[c].name, "auc") == 0) auc = record.cell[c].number;
    nt_run_record_done(&record);
    if (auc == auc && !(auc >= 0 && auc <= 1))
      return nt_fail(err, NT_E_STATE, "run %zu: AUC %g", i, auc);
    proof->digest = XXH3_64bits_withSeed(&auc, sizeof auc, proof->digest);
  }
  snprintf(proof->how, sizeof proof->how, "%zu run files read back", s->runs);
  return NT_OK;
}

const nt_bench_problem nt_bench_sweep = {
    .name = "sweep",
    .help = "runs of KitNET from a capture's file to a result file",
    .item = "run",
    .wants_capture = 1,
    .threads = W_JOBS,
    NT_BENCH_PARAMETERS(sweep_parameters),
    .setup = sweep_setup,
    .reset = sweep_reset,
    .pass = sweep_pass,
    .verify = sweep_verify,
    .done = sweep_done};
