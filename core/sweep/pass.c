/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage from features to scores: one pass over an input's rows, chunk by chunk, in which
 * several detectors learn and are scored. Detectors of one class that may (detector.h, together)
 * form a group and do it in one call; all others take the chunk in turn, while it is in the cache
 * of the processor.
 */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

/* Of the rows that taught the detector, the last tenth, at least so many, set its threshold. */
#define TAIL_LEAST 1000

/* Jobs that go through the rows together: one, or several of one class. */
typedef struct group {
  size_t count;
  job **jobs;
  void **detectors;
  double **place; /* scratch: where each one's results go */
  const nt_detector_class *class;
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
  double *features, *times, *training;
  uint32_t *sizes;
} pass;

/* ---------------------------------------------------------------- what belongs together */

static double map_size(const job *j) {
  const nt_detector_class *class = j->run->class;
  size_t i = nt_parameter_find(class->parameters, class->parameter_count, "max_autoencoder");
  return i < class->parameter_count ? j->run->values[i].number : 0;
}

int sweep_alike(const job *a, const job *b) {
  const nt_detector_class *class = a->run->class;
  return class == b->run->class && class->together && a->input == b->input &&
         a->mapping == b->mapping && a->run->fm_grace == b->run->fm_grace &&
         a->run->ad_grace == b->run->ad_grace && map_size(a) == map_size(b) &&
         class->together(a->run->values, b->run->values);
}

/* ---------------------------------------------------------------- before the first row */

static nt_status check_needs(const job *j, nt_error *err) {
  const input *in = j->input;
  const nt_sweep_run *r = j->run;
  if ((r->class->flags & NT_DETECTOR_SIZES) && !nt_feature_file_has_sizes(in->file))
    return nt_fail(err, NT_E_INPUT, "it needs the packets' sizes, which rows of features lack");
  if ((r->class->flags & NT_DETECTOR_CAPTURE) && !in->given->extracted)
    return nt_fail(err, NT_E_INPUT, "it reads packets, and there are only rows of features");
  if ((r->class->flags & NT_DETECTOR_ORACLE) && !in->labels.value)
    return nt_fail(err, NT_E_INPUT, "it chooses by labels, and there are none");
  if (in->rows > score_from(j)) return NT_OK;
  return nt_fail(err, NT_E_INPUT,
                 "%llu packets, of which the first %llu + 1 (fm_grace) and the next %llu "
                 "(ad_grace) are learnt from: none is left to score, pass smaller grace periods",
                 (unsigned long long)in->rows, (unsigned long long)r->fm_grace,
                 (unsigned long long)r->ad_grace);
}

static nt_status make_detector(pass *p, size_t i, nt_error *err) {
  job *j = p->jobs[i];
  const input *in = p->input;
  nt_status status = check_needs(j, err);
  double start = omp_get_wtime();
  if (status == NT_OK && j->mapping)
    status = nt_feature_map_cut(j->mapping->merges, p->width, (size_t)map_size(j), &j->map, err);
  j->costs.map = omp_get_wtime() - start;
  if (status != NT_OK) return status;
  uint64_t learn = score_from(j) - learn_from(j);
  uint64_t tail = learn / 10 > TAIL_LEAST ? learn / 10 : TAIL_LEAST;
  j->record = (nt_score_record){.first = score_from(j),
                                .count = (size_t)(in->rows - score_from(j)),
                                .trained = (size_t)(tail < learn ? tail : learn)};
  j->record.scores = malloc(j->record.count * sizeof(double));
  j->record.training = malloc((j->record.trained + 1) * sizeof(double));
  if (!j->record.scores || !j->record.training)
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", j->record.count);
  const nt_detector_setting setting = {.class = j->run->class,
                                       .width = p->width,
                                       .columns = nt_feature_file_names(in->file),
                                       .learn = learn,
                                       .rows = in->rows,
                                       .seed = j->run->seed,
                                       .capture = in->given->extracted ? in->given->capture : NULL,
                                       .map = j->mapping ? &j->map : NULL};
  p->detectors[i] = j->run->class->create(&setting, j->run->values, err);
  return p->detectors[i] ? NT_OK : err->status;
}

void sweep_drop_scores(job *j) {
  nt_score_record_done(&j->record);
  j->record = (nt_score_record){0};
  nt_feature_map_done(&j->map);
  j->map = (nt_feature_map){0};
}

/* The jobs of a group fail together. */
static void fail_group(pass *p, group *g, const nt_error *err) {
  g->failed = 1;
  pthread_mutex_lock(&p->sweep->lock);
  for (size_t i = 0; i < g->count; i++) {
    if (sweep_stops(p->sweep)) /* it was told to end */
      sweep_job_waits(p->sweep, g->jobs[i]);
    else
      sweep_job_failed(p->sweep, g->jobs[i], err);
  }
  pthread_mutex_unlock(&p->sweep->lock);
}

static int begin(pass *p, nt_sweep *s, job **batch, size_t count) {
  *p = (pass){.sweep = s, .input = batch[0]->input, .count = count, .jobs = batch};
  p->width = nt_feature_file_width(p->input->file);
  p->groups = calloc(count, sizeof *p->groups);
  p->detectors = calloc(count, sizeof *p->detectors);
  p->place = calloc(count, sizeof *p->place);
  p->features = malloc(NT_FEATURE_CHUNK * p->width * sizeof *p->features);
  p->times = malloc(NT_FEATURE_CHUNK * sizeof *p->times);
  p->sizes = malloc(NT_FEATURE_CHUNK * sizeof *p->sizes);
  p->training = malloc(NT_FEATURE_CHUNK * count * sizeof *p->training);
  return p->groups && p->detectors && p->place && p->features && p->times && p->sizes &&
         p->training;
}

static uint64_t memory_of(const pass *p, size_t i) {
  const nt_detector_class *class = p->jobs[i]->run->class;
  return class->memory ? class->memory(p->detectors[i]) : 0;
}

/* Accounts for detector i, which holds so much or will. Where that is too much beside all others
 * that work, it and what comes after it are put back, until there is room. */
static int make_room(pass *p, size_t i, uint64_t bytes) {
  nt_sweep *s = p->sweep;
  if (bytes) sweep_account(s, p->jobs[i], bytes);
  if (sweep_fits(s, 0) || (i == 0 && s->busy == 1)) return 1;
  if (p->detectors[i]) p->jobs[i]->run->class->free(p->detectors[i]);
  p->detectors[i] = NULL;
  for (size_t k = i; k < p->count; k++) sweep_job_waits(s, p->jobs[k]);
  p->count = i;
  return 0;
}

/* Makes detector i where there is room for it. What one takes is known when the first of its class
 * is there: those whose size nobody knows are made one after the other. */
static nt_status make_in_room(pass *p, size_t i, nt_error *err) {
  nt_sweep *s = p->sweep;
  job *j = p->jobs[i];
  pthread_mutex_lock(&s->lock);
  int known = j->detector_bytes > 0;
  pthread_mutex_unlock(&s->lock);
  if (!known) pthread_mutex_lock(&s->making);
  pthread_mutex_lock(&s->lock);
  int room = make_room(p, i, j->detector_bytes);
  pthread_mutex_unlock(&s->lock);
  nt_status status = room ? make_detector(p, i, err) : NT_OK;
  if (room && status == NT_OK) {
    uint64_t bytes = memory_of(p, i);
    pthread_mutex_lock(&s->lock);
    sweep_account(s, j, bytes);
    status = sweep_check_bytes(s, j, err);
    if (status == NT_OK) make_room(p, i, bytes);
    pthread_mutex_unlock(&s->lock);
  }
  if (!known) pthread_mutex_unlock(&s->making);
  return status;
}

/* A batch has the jobs that are alike next to each other (schedule.c). */
static void make_groups(pass *p) {
  for (size_t i = 0; i < p->count;) {
    size_t end = i + 1;
    while (end < p->count && sweep_alike(p->jobs[i], p->jobs[end])) end++;
    const job *j = p->jobs[i];
    group *g = &p->groups[p->group_count++];
    *g = (group){.count = end - i,
                 .jobs = p->jobs + i,
                 .detectors = p->detectors + i,
                 .place = p->place + i,
                 .class = j->run->class,
                 .learn_from = learn_from(j),
                 .score_from = score_from(j)};
    nt_error err = {0};
    for (size_t k = i; k < end && k < p->count && !g->failed; k++)
      if (make_in_room(p, k, &err) != NT_OK) fail_group(p, g, &err);
    if (p->count < end) g->count = p->count - i;
    if (g->count == 0) p->group_count--;
    if (g->count > 0 && !g->failed) g->tail_from = g->score_from - g->jobs[0]->record.trained;
    i = end;
  }
}

static void end(pass *p, size_t count) {
  for (size_t i = 0; p->detectors && i < count; i++)
    if (p->detectors[i]) p->jobs[i]->run->class->free(p->detectors[i]);
  free(p->groups);
  free(p->detectors);
  free(p->place);
  free(p->features);
  free(p->times);
  free(p->sizes);
  free(p->training);
}

/* ---------------------------------------------------------------- rows */

/* Rows from .. to - 1 of the chunk, as the class wants to see them. */
static nt_rows part_of(const nt_rows *chunk, uint64_t from, uint64_t to, unsigned flags) {
  size_t skip = (size_t)(from - chunk->first);
  nt_rows part = *chunk;
  part.first = from;
  part.count = (size_t)(to - from);
  part.features = flags & NT_DETECTOR_BLIND ? NULL : chunk->features + skip * chunk->width;
  part.times = chunk->times + skip;
  part.sizes = chunk->sizes ? chunk->sizes + skip : NULL;
  return part;
}

static nt_status read_chunk(const pass *p, uint64_t first, nt_rows *chunk, nt_error *err) {
  const input *in = p->input;
  uint64_t left = in->rows - first;
  int sizes = nt_feature_file_has_sizes(in->file);
  *chunk = (nt_rows){.first = first,
                     .count = left < NT_FEATURE_CHUNK ? (size_t)left : NT_FEATURE_CHUNK,
                     .width = p->width,
                     .features = p->features,
                     .times = in->times + first,
                     .sizes = sizes ? p->sizes : NULL};
  return nt_feature_file_read(in->file, first, chunk->count, p->features, NULL,
                              sizes ? p->sizes : NULL, err);
}

static nt_status learn(pass *p, group *g, const nt_rows *part, nt_error *err) {
  double start = omp_get_wtime();
  for (size_t i = 0; i < g->count; i++) g->place[i] = p->training + i * NT_FEATURE_CHUNK;
  nt_status status = g->count > 1
                         ? g->class->learn_together(g->detectors, g->count, part, g->place, err)
                         : g->class->learn(g->detectors[0], part, g->place[0], err);
  g->learn += omp_get_wtime() - start;
  uint64_t end = part->first + part->count;
  if (status != NT_OK || end <= g->tail_from) return status;
  uint64_t from = part->first > g->tail_from ? part->first : g->tail_from;
  for (size_t i = 0; i < g->count; i++)
    memcpy(g->jobs[i]->record.training + (from - g->tail_from), g->place[i] + (from - part->first),
           (size_t)(end - from) * sizeof(double));
  return status;
}

static nt_status score(group *g, const nt_rows *part, double *const *place, nt_error *err) {
  double start = omp_get_wtime();
  nt_status status = g->count > 1
                         ? g->class->score_together(g->detectors, g->count, part, place, err)
                         : g->class->score(g->detectors[0], part, place[0], err);
  g->score += omp_get_wtime() - start;
  return status;
}

/* A detector that has no score for a row that it learns gets one for the last of them afterwards,
 * where scoring does not change it. */
static nt_status score_tail(pass *p, group *g, nt_error *err) {
  const nt_score_record *first = &g->jobs[0]->record;
  for (size_t i = 0; i < first->trained; i++)
    if (!isnan(first->training[i])) return NT_OK;
  if (!(g->class->flags & NT_DETECTOR_FROZEN)) return NT_OK;
  nt_status status = NT_OK;
  for (uint64_t at = g->tail_from; at < g->score_from && status == NT_OK;) {
    nt_rows chunk;
    status = read_chunk(p, at, &chunk, err);
    uint64_t end = at + chunk.count < g->score_from ? at + chunk.count : g->score_from;
    nt_rows part = part_of(&chunk, at, end, g->class->flags);
    for (size_t i = 0; i < g->count; i++)
      g->place[i] = g->jobs[i]->record.training + (at - g->tail_from);
    if (status == NT_OK) status = score(g, &part, g->place, err);
    at = end;
  }
  return status;
}

static nt_status preview(pass *p, group *g, nt_error *err) {
  nt_status status = NT_OK;
  for (uint64_t at = g->score_from; at < p->input->rows && status == NT_OK;) {
    nt_rows chunk;
    status = read_chunk(p, at, &chunk, err);
    nt_rows part = part_of(&chunk, at, at + chunk.count, g->class->flags);
    part.labels = p->input->labels.value + at;
    for (size_t i = 0; i < g->count && status == NT_OK; i++)
      status = g->class->preview(g->detectors[i], &part, err);
    at += chunk.count;
  }
  return status;
}

/* After the last row of learning. It may read other rows into the chunk's place. */
static nt_status make_ready(pass *p, group *g, nt_error *err) {
  double start = omp_get_wtime();
  nt_status status = NT_OK;
  for (size_t i = 0; i < g->count && g->class->ready && status == NT_OK; i++)
    status = g->class->ready(g->detectors[i], err);
  g->learn += omp_get_wtime() - start;
  g->is_ready = 1;
  if (status == NT_OK && (g->class->flags & NT_DETECTOR_ORACLE)) status = preview(p, g, err);
  if (status == NT_OK) status = score_tail(p, g, err);
  return status;
}

static nt_status advance(pass *p, group *g, const nt_rows *chunk, nt_error *err) {
  uint64_t begin = chunk->first, end = chunk->first + chunk->count;
  nt_status status = NT_OK;
  if (end > g->learn_from && begin < g->score_from) {
    uint64_t from = begin > g->learn_from ? begin : g->learn_from;
    uint64_t to = end < g->score_from ? end : g->score_from;
    nt_rows part = part_of(chunk, from, to, g->class->flags);
    if (to > from) status = learn(p, g, &part, err);
  }
  if (status == NT_OK && !g->is_ready && end > g->score_from) {
    nt_rows same;
    status = make_ready(p, g, err);
    nt_error second = {0};
    if (read_chunk(p, chunk->first, &same, &second) != NT_OK && status == NT_OK)
      status = nt_fail(err, second.status, "%s", second.text);
  }
  if (status != NT_OK || end <= g->score_from) return status;
  uint64_t from = begin > g->score_from ? begin : g->score_from;
  nt_rows part = part_of(chunk, from, end, g->class->flags);
  for (size_t i = 0; i < g->count; i++)
    g->place[i] = g->jobs[i]->record.scores + (from - g->score_from);
  return score(g, &part, g->place, err);
}

static size_t advance_all(pass *p, const nt_rows *chunk) {
  size_t alive = 0;
  for (size_t i = 0; i < p->group_count && !sweep_stops(p->sweep); i++) {
    group *g = &p->groups[i];
    nt_error err = {0};
    if (!g->failed && advance(p, g, chunk, &err) != NT_OK) fail_group(p, g, &err);
    if (!g->failed) alive += g->count;
  }
  return alive;
}

static void account(pass *p, worker *w, size_t rows, size_t alive) {
  nt_sweep *s = p->sweep;
  pthread_mutex_lock(&s->lock);
  w->rows += rows;
  s->scored_rows += rows * alive;
  for (size_t i = 0; i < p->count; i++)
    if (p->detectors[i] && p->jobs[i]->state == WORK_RUNNING)
      sweep_account(s, p->jobs[i], memory_of(p, i)); /* detectors may grow */
  pthread_mutex_unlock(&s->lock);
}

/* NT_OK also where every detector failed: they have told. */
static nt_status stream(pass *p, worker *w, nt_error *err) {
  uint64_t at = p->input->rows;
  size_t alive = 0;
  for (size_t i = 0; i < p->group_count; i++) {
    if (p->groups[i].failed) continue;
    alive += p->groups[i].count;
    if (p->groups[i].learn_from < at) at = p->groups[i].learn_from;
  }
  at -= at % NT_FEATURE_CHUNK; /* whole chunks are checked against their sums */
  pthread_mutex_lock(&p->sweep->lock);
  w->rows = 0;
  w->of = p->input->rows - at;
  pthread_mutex_unlock(&p->sweep->lock);
  while (at < p->input->rows && alive > 0) {
    nt_rows chunk;
    nt_status status = read_chunk(p, at, &chunk, err);
    if (status != NT_OK) return status;
    alive = advance_all(p, &chunk);
    account(p, w, chunk.count, alive);
    at += chunk.count;
    if (sweep_stops(p->sweep)) return nt_fail(err, NT_E_STATE, "interrupted");
  }
  return NT_OK;
}

/* ---------------------------------------------------------------- after the last row */

static nt_status write_scores(nt_sweep *s, job *j, nt_error *err) {
  char path[NT_CACHE_PATH];
  cells c;
  nt_cache_path(s->options->cache, NT_CACHE_SCORES, j->key, path);
  nt_status status = sweep_cost_cells(j, &c, err);
  if (status == NT_OK) {
    nt_score_record record = j->record;
    record.map = j->map;
    record.cells = c.count;
    record.cell = c.cell;
    status = nt_score_file_write(path, &record, err);
  }
  sweep_cells_done(&c);
  return status;
}

static void conclude(pass *p, group *g) {
  nt_sweep *s = p->sweep;
  for (size_t i = 0; i < g->count; i++) {
    job *j = g->jobs[i];
    j->costs.learn = g->learn / (double)g->count;
    j->costs.score = g->score / (double)g->count;
    j->costs.shared = g->count;
    j->costs.memory = memory_of(p, (size_t)(g->jobs - p->jobs) + i);
    if (g->class->remark)
      g->class->remark(g->detectors[i], j->costs.remark, sizeof j->costs.remark);
    g->class->free(g->detectors[i]);
    g->detectors[i] = NULL;
    nt_error err = {0};
    nt_status status = write_scores(s, j, &err);
    pthread_mutex_lock(&s->lock);
    double rows = (double)(p->input->rows - g->learn_from);
    nt_costs_learn(&s->costs, g->class->name, 1e9 * (j->costs.learn + j->costs.score) / rows);
    if (status == NT_OK) {
      sweep_account(s, j, 0);
      sweep_scored(s, j);
    } else {
      sweep_job_waits(s, j);
      sweep_abort(s, &err);
    }
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
  }
}

void sweep_pass(nt_sweep *s, worker *w, job **batch, size_t count) {
  pass p;
  nt_error err = {0};
  nt_status status = NT_OK;
  if (begin(&p, s, batch, count)) {
    make_groups(&p);
    status = stream(&p, w, &err);
  } else {
    status = nt_fail(&err, NT_E_MEMORY, "out of memory for rows of %zu features", p.width);
  }
  for (size_t i = 0; i < p.group_count && status == NT_OK; i++)
    if (!p.groups[i].failed) conclude(&p, &p.groups[i]);
  pthread_mutex_lock(&s->lock);
  /* What could not be read is made again, once; whoever waits for it waits on. */
  int damaged = status == NT_E_INPUT || status == NT_E_IO;
  if (damaged && !p.input->renewed) p.input->damaged = 1;
  for (size_t i = 0; i < p.count && status != NT_OK; i++) {
    if (batch[i]->state != WORK_RUNNING) continue;
    if (sweep_stops(s) || p.input->damaged)
      sweep_job_waits(s, batch[i]);
    else
      sweep_job_failed(s, batch[i], &err);
  }
  p.input->users--;
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
  end(&p, count);
}

void sweep_load(nt_sweep *s, job *j) {
  char path[NT_CACHE_PATH];
  nt_error err = {0};
  nt_cache_path(s->options->cache, NT_CACHE_SCORES, j->key, path);
  nt_status status = nt_score_file_read(path, &j->record, &err);
  if (status == NT_OK &&
      (j->record.first != score_from(j) || j->record.first + j->record.count != j->input->rows))
    status = nt_fail(&err, NT_E_INPUT, "%s: is of another size", path);
  pthread_mutex_lock(&s->lock);
  if (status == NT_OK) {
    j->map = j->record.map;
    j->record.map = (nt_feature_map){0};
    sweep_costs_from(&j->record, &j->costs);
    sweep_scored(s, j);
  } else { /* damaged: it is computed again */
    nt_cache_remove(s->options->cache, NT_CACHE_SCORES, j->key);
    j->cached = 0;
    sweep_job_waits(s, j);
  }
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
}
