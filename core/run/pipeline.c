/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/run.h>

#include <stdlib.h>

#include "ground/flag.h"
#include "ground/team.h"

/* The rows of the drawing in the header. */
enum { READ, EXTRACT, DETECT, STORE, STEPS };

/* What travels through the steps. */
typedef struct slot {
  uint64_t first;
  size_t count;
  nt_packet *packets; /* NULL when the input is rows of features */
  double *times, *features, *scores, *training;
  uint32_t *sizes; /* NULL likewise */
} slot;

typedef struct pipeline {
  nt_capture *capture;
  const nt_pipeline_options *options;
  nt_pipeline_result *result; /* each step writes only its own stages' entries */
  size_t chunk;
  int at_end; /* the read step has seen the end */
  uint64_t round;
  slot slots[STEPS];
  nt_error errors[STEPS]; /* the first failure of each step; status NT_OK: none */
} pipeline;

typedef nt_status step_function(pipeline *p, slot *s, nt_error *err);

const char *nt_stage_name(nt_stage stage) {
  static const char *const names[] = {"read",    "extract", "map",   "train",
                                      "execute", "store",   "digest"};
  return names[stage];
}

/* ---------------------------------------------------------------- the steps */

/* Adds the time since `start` to a stage. */
static void account(pipeline *p, nt_stage stage, double start, size_t rows) {
  p->result->seconds[stage] += nt_seconds() - start;
  p->result->rows[stage] += rows;
}

/* What the tap took is the digest's. */
static double tapped(const pipeline *p) {
  return p->options->tap_seconds ? p->options->tap_seconds(p->options->tap_context) : 0;
}

static void account_read(pipeline *p, double start, double tapped_before, size_t rows) {
  account(p, NT_STAGE_READ, start, rows);
  if (!p->options->tap_seconds) return;
  double seconds = tapped(p) - tapped_before;
  p->result->seconds[NT_STAGE_READ] -= seconds;
  p->result->seconds[NT_STAGE_DIGEST] += seconds;
  p->result->rows[NT_STAGE_DIGEST] += rows;
}

static nt_status read_step(pipeline *p, slot *s, nt_error *err) {
  s->count = 0;
  if (p->at_end) return NT_OK;
  double start = nt_seconds(), before = tapped(p);
  nt_status status = NT_OK;
  if (s->packets) {
    status = nt_capture_read(p->capture, s->packets, p->chunk, &s->count, err);
    for (size_t i = 0; i < s->count; i++) {
      s->times[i] = s->packets[i].time;
      s->sizes[i] = s->packets[i].length;
    }
  } else if (p->options->rows) {
    status =
        p->options->rows(p->options->rows_context, s->features, s->times, p->chunk, &s->count, err);
  } else {
    status = nt_capture_read_rows(p->capture, s->features, s->times, p->chunk, &s->count, err);
  }
  s->first = p->result->packets;
  p->result->packets += s->count;
  p->at_end = status != NT_OK || s->count < p->chunk;
  account_read(p, start, before, s->count);
  return status;
}

static nt_status extract_step(pipeline *p, slot *s, nt_error *err) {
  if (!s->packets) return NT_OK;
  double start = nt_seconds();
  nt_status status =
      nt_extractor_update(p->options->extractor, s->packets, s->count, s->features, err);
  account(p, NT_STAGE_EXTRACT, start, s->count);
  return status;
}

/* The detector is called once for each phase that the chunk touches, so that each is timed by
 * itself. */
static nt_status detect_step(pipeline *p, slot *s, nt_error *err) {
  nt_kitnet *kitnet = p->options->kitnet;
  if (!kitnet) return NT_OK;
  static const nt_stage stage_of[] = {NT_STAGE_MAP, NT_STAGE_TRAIN, NT_STAGE_EXECUTE};
  size_t width = p->options->width;
  for (size_t done = 0; done < s->count;) {
    nt_phase phase = nt_kitnet_phase_of(kitnet);
    uint64_t left = nt_kitnet_rows_left(kitnet);
    size_t n = s->count - done < left ? s->count - done : (size_t)left;
    double start = nt_seconds();
    nt_status status = nt_kitnet_process(kitnet, s->features + done * width, n, s->scores + done,
                                         s->training + done, err);
    if (status != NT_OK) return status;
    account(p, stage_of[phase], start, n);
    p->result->in_phase[phase] += n;
    done += n;
  }
  return NT_OK;
}

static nt_status store_step(pipeline *p, slot *s, nt_error *err) {
  if (!p->options->sink) return NT_OK;
  int scored = p->options->kitnet != NULL;
  nt_pipeline_rows rows = {.first = s->first,
                           .count = s->count,
                           .width = p->options->width,
                           .times = s->times,
                           .features = s->features,
                           .sizes = s->sizes,
                           .packets = s->packets,
                           .scores = scored ? s->scores : NULL,
                           .training = scored ? s->training : NULL};
  double start = nt_seconds();
  nt_status status = p->options->sink(p->options->sink_context, &rows, err);
  account(p, NT_STAGE_STORE, start, s->count);
  return status;
}

static step_function *const steps[STEPS] = {
    [READ] = read_step, [EXTRACT] = extract_step, [DETECT] = detect_step, [STORE] = store_step};

/* ---------------------------------------------------------------- slots */

static void slots_free(pipeline *p) {
  for (int i = 0; i < STEPS; i++) {
    free(p->slots[i].packets);
    free(p->slots[i].times);
    free(p->slots[i].features);
    free(p->slots[i].scores);
    free(p->slots[i].training);
    free(p->slots[i].sizes);
  }
}

/* calloc checks chunk x width; a NULL that was asked for differs from one that was not. */
static nt_status slots_new(pipeline *p, nt_error *err) {
  const nt_pipeline_options *o = p->options;
  int complete = p->chunk <= SIZE_MAX / sizeof(double) / (o->width ? o->width : 1);
  for (int i = 0; complete && i < STEPS; i++) {
    slot *s = &p->slots[i];
    s->times = calloc(p->chunk, sizeof *s->times);
    s->features = calloc(p->chunk * o->width, sizeof *s->features);
    complete = s->times && s->features;
    if (o->extractor) {
      complete &= (s->packets = calloc(p->chunk, sizeof *s->packets)) != NULL;
      complete &= (s->sizes = calloc(p->chunk, sizeof *s->sizes)) != NULL;
    }
    if (o->kitnet) {
      complete &= (s->scores = calloc(p->chunk, sizeof *s->scores)) != NULL;
      complete &= (s->training = calloc(p->chunk, sizeof *s->training)) != NULL;
    }
  }
  if (complete) return NT_OK;
  slots_free(p);
  return nt_fail(err, NT_E_MEMORY, "out of memory for %d chunks of %zu rows of %zu columns", STEPS,
                 p->chunk, o->width);
}

/* ---------------------------------------------------------------- rounds */

/* In which order threads take the steps: the caller's takes the first and reads, so that a signal
 * to the program interrupts a read that waits; long steps come before short ones. */
static const int turns[STEPS] = {READ, DETECT, EXTRACT, STORE};

/* Step i works on the chunk that was read i rounds ago. All steps of a round run to its end, also
 * when one fails, so that what was done does not depend on the number of threads. */
static void run_step(void *context, size_t turn, int member) {
  (void)member;
  pipeline *p = context;
  int i = turns[turn];
  slot *s = &p->slots[(p->round + STEPS - (uint64_t)i) % STEPS];
  if (p->round < (uint64_t)i || (i != READ && s->count == 0)) return;
  steps[i](p, s, &p->errors[i]);
}

/* The failure nearest to the end of the pipeline is the one of the earliest chunk. */
static const nt_error *earliest_error(const pipeline *p) {
  for (int i = STEPS - 1; i >= 0; i--)
    if (p->errors[i].status != NT_OK) return &p->errors[i];
  return NULL;
}

/* Until all that was read has gone through all steps, a step fails, or the caller cancels. */
static nt_status run_rounds(pipeline *p, nt_team *team, double start, nt_error *err) {
  const nt_pipeline_options *o = p->options;
  uint64_t last = 0; /* rounds still to run once the end was seen */
  for (p->round = 0; !p->at_end || last < STEPS - 1; p->round++) {
    if (p->at_end) last++;
    nt_team_each(team, STEPS, run_step, p);
    p->result->wall_seconds = nt_seconds() - start;
    if (o->progress) o->progress(o->progress_context, p->result);
    if (nt_flag_get(o->cancel)) /* which is why a step may have failed */
      return nt_fail(err, NT_E_STATE, "interrupted after %llu packets",
                     (unsigned long long)p->result->packets);
    if (earliest_error(p)) break;
  }
  const nt_error *error = earliest_error(p);
  return error ? nt_fail(err, error->status, "%s", error->text) : NT_OK;
}

nt_status nt_pipeline_run(nt_capture *capture, const nt_pipeline_options *options,
                          nt_pipeline_result *result, nt_error *err) {
  *result = (nt_pipeline_result){0};
  double start = nt_seconds();
  pipeline p = {.capture = capture,
                .options = options,
                .result = result,
                .chunk = options->chunk ? options->chunk : NT_PIPELINE_CHUNK};
  nt_status status = slots_new(&p, err);
  if (status != NT_OK) return status;
  int threads = options->threads > 0 ? options->threads : nt_team_most();
  nt_team *team = nt_team_new(threads < STEPS ? threads : STEPS, err);
  if (team) {
    result->threads = nt_team_size(team);
    status = run_rounds(&p, team, start, err);
  } else {
    status = NT_E_MEMORY;
  }
  nt_team_free(team);
  if (options->extractor) nt_extractor_usage_of(options->extractor, &result->usage);
  slots_free(&p);
  result->wall_seconds = nt_seconds() - start;
  return status;
}
