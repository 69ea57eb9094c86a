/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage from features to scores: one pass over an input's rows, chunk by chunk, in which
 * several detectors learn and are scored. Detectors of one class that may (detector.h, together)
 * form a group and do it in one call; all others take the chunk in turn, while it is in the cache
 * of the processor.
 */
#include "pass.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/team.h"

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

static nt_status read_chunk(pass *p, uint64_t first, nt_rows *chunk, nt_error *err) {
  const input *in = p->input;
  uint64_t left = in->rows - first;
  int sizes = nt_feature_file_has_sizes(in->file);
  *chunk = (nt_rows){.first = first,
                     .count = left < NT_FEATURE_CHUNK ? (size_t)left : NT_FEATURE_CHUNK,
                     .width = p->width,
                     .features = p->features,
                     .times = in->times + first,
                     .sizes = sizes ? p->sizes : NULL};
  nt_status status = nt_feature_file_read(in->file, first, chunk->count, p->features, NULL,
                                          sizes ? p->sizes : NULL, err);
  if (status != NT_OK) p->unread = 1;
  return status;
}

/* What each one's share of the time may be. */
static nt_status check_time(const pass *p, const group *g, const char *phase, nt_error *err) {
  double most = p->sweep->options->run_seconds;
  if (most <= 0 || (g->learn + g->score) / (double)g->count <= most) return NT_OK;
  return nt_fail(err, NT_E_LIMIT,
                 "detector %s: took longer than %g s, the limit of a run, and had got to %s",
                 g->kind->name, most, phase);
}

static nt_status learn(pass *p, group *g, const nt_rows *part, nt_error *err) {
  double start = nt_seconds();
  for (size_t i = 0; i < g->count; i++) g->place[i] = p->training + i * NT_FEATURE_CHUNK;
  nt_status status = g->count > 1
                         ? g->kind->learn_together(g->detectors, g->count, part, g->place, err)
                         : g->kind->learn(g->detectors[0], part, g->place[0], err);
  g->learn += nt_seconds() - start;
  uint64_t end = part->first + part->count;
  if (status == NT_OK) status = check_time(p, g, "learn", err);
  if (status != NT_OK || end <= g->tail_from) return status;
  uint64_t from = part->first > g->tail_from ? part->first : g->tail_from;
  for (size_t i = 0; i < g->count; i++)
    memcpy(g->jobs[i]->record.training + (from - g->tail_from), g->place[i] + (from - part->first),
           (size_t)(end - from) * sizeof(double));
  return status;
}

static nt_status score(const pass *p, group *g, const nt_rows *part, double *const *place,
                       nt_error *err) {
  double start = nt_seconds();
  nt_status status = g->count > 1
                         ? g->kind->score_together(g->detectors, g->count, part, place, err)
                         : g->kind->score(g->detectors[0], part, place[0], err);
  g->score += nt_seconds() - start;
  return status == NT_OK ? check_time(p, g, "score", err) : status;
}

/* A detector that has no score for a row that it learns gets one for the last of them afterwards,
 * where scoring does not change it. */
static nt_status score_tail(pass *p, group *g, nt_error *err) {
  const nt_score_record *first = &g->jobs[0]->record;
  for (size_t i = 0; i < first->trained; i++)
    if (!isnan(first->training[i])) return NT_OK;
  if (!(g->kind->flags & NT_DETECTOR_FROZEN)) return NT_OK;
  nt_status status = NT_OK;
  for (uint64_t at = g->tail_from; at < g->score_from && status == NT_OK;) {
    nt_rows chunk;
    status = read_chunk(p, at, &chunk, err);
    uint64_t end = at + chunk.count < g->score_from ? at + chunk.count : g->score_from;
    nt_rows part = part_of(&chunk, at, end, g->kind->flags);
    for (size_t i = 0; i < g->count; i++)
      g->place[i] = g->jobs[i]->record.training + (at - g->tail_from);
    if (status == NT_OK) status = score(p, g, &part, g->place, err);
    at = end;
  }
  return status;
}

/* Without labels there is nothing to show: whoever has to choose by them says that it cannot. */
static nt_status preview(pass *p, group *g, nt_error *err) {
  nt_status status = NT_OK;
  if (!p->input->labels.value) return NT_OK;
  for (uint64_t at = g->score_from; at < p->input->rows && status == NT_OK;) {
    nt_rows chunk;
    status = read_chunk(p, at, &chunk, err);
    nt_rows part = part_of(&chunk, at, at + chunk.count, g->kind->flags);
    part.labels = p->input->labels.value + at;
    for (size_t i = 0; i < g->count && status == NT_OK; i++)
      status = g->kind->preview(g->detectors[i], &part, err);
    at += chunk.count;
  }
  return status;
}

/* After the last row of learning. It may read other rows into the chunk's place. */
static nt_status make_ready(pass *p, group *g, nt_error *err) {
  double start = nt_seconds();
  nt_status status = NT_OK;
  for (size_t i = 0; i < g->count && g->kind->ready && status == NT_OK; i++)
    status = g->kind->ready(g->detectors[i], err);
  g->learn += nt_seconds() - start;
  g->is_ready = 1;
  if (status == NT_OK) status = check_time(p, g, "ready", err);
  if (status == NT_OK && (g->kind->flags & NT_DETECTOR_ORACLE)) status = preview(p, g, err);
  if (status == NT_OK) status = score_tail(p, g, err);
  return status;
}

static nt_status advance(pass *p, group *g, const nt_rows *chunk, nt_error *err) {
  uint64_t begin = chunk->first, end = chunk->first + chunk->count;
  nt_status status = NT_OK;
  if (end > g->learn_from && begin < g->score_from) {
    uint64_t from = begin > g->learn_from ? begin : g->learn_from;
    uint64_t to = end < g->score_from ? end : g->score_from;
    nt_rows part = part_of(chunk, from, to, g->kind->flags);
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
  nt_rows part = part_of(chunk, from, end, g->kind->flags);
  for (size_t i = 0; i < g->count; i++)
    g->place[i] = g->jobs[i]->record.scores + (from - g->score_from);
  return score(p, g, &part, g->place, err);
}

/* err: of rows that could not be read (p->unread). */
static size_t advance_all(pass *p, const nt_rows *chunk, nt_error *err) {
  size_t alive = 0;
  for (size_t i = 0; i < p->group_count && !sweep_stops(p->sweep); i++) {
    group *g = &p->groups[i];
    if (!g->failed && advance(p, g, chunk, err) != NT_OK) {
      if (p->unread) return 0;
      nt_pass_fail(p, g, err);
    }
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
      nt_sweep_account(s, p->jobs[i], nt_pass_memory_of(p, i)); /* detectors may grow */
  pthread_mutex_unlock(&s->lock);
}

/* NT_OK also where every detector failed: each has reported its error. */
static nt_status feed_detectors(pass *p, worker *w, nt_error *err) {
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
    alive = advance_all(p, &chunk, err);
    if (p->unread) return err->status;
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
  nt_status status = nt_sweep_cost_cells(j, &c, err);
  if (status == NT_OK) {
    nt_score_record record = j->record;
    memcpy(record.key, j->key, sizeof record.key);
    record.map = j->map;
    record.cells = c.count;
    record.cell = c.cell;
    status = nt_score_file_write(path, &record, err);
  }
  nt_sweep_cells_done(&c);
  return status;
}

static void conclude(pass *p, group *g) {
  nt_sweep *s = p->sweep;
  for (size_t i = 0; i < g->count; i++) {
    job *j = g->jobs[i];
    j->costs.learn = g->learn / (double)g->count;
    j->costs.score = g->score / (double)g->count;
    j->costs.shared = g->count;
    j->costs.memory = nt_pass_memory_of(p, (size_t)(g->jobs - p->jobs) + i);
    if (g->kind->remark) g->kind->remark(g->detectors[i], j->costs.remark, sizeof j->costs.remark);
    g->kind->free(g->detectors[i]);
    g->detectors[i] = NULL;
    nt_error err = {0};
    nt_status status = nt_sweep_job_files_check(s, j, &err);
    if (status == NT_OK) status = write_scores(s, j, &err);
    pthread_mutex_lock(&s->lock);
    double rows = (double)(p->input->rows - g->learn_from);
    nt_costs_learn(&s->costs, g->kind->name, 1e9 * (j->costs.learn + j->costs.score) / rows);
    if (status == NT_OK) {
      nt_sweep_account(s, j, 0);
      nt_sweep_scored(s, j);
    } else {
      nt_sweep_job_waits(s, j);
      nt_sweep_abort(s, &err);
    }
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
  }
}

void nt_sweep_pass(nt_sweep *s, worker *w, job **batch, size_t count) {
  pass p;
  nt_error err = {0};
  nt_status status = NT_OK;
  if (nt_pass_begin(&p, s, batch, count)) {
    nt_pass_group(&p);
    status = feed_detectors(&p, w, &err);
  } else {
    status = nt_fail(&err, NT_E_MEMORY, "out of memory for rows of %zu features", p.width);
  }
  for (size_t i = 0; i < p.group_count && status == NT_OK; i++)
    if (!p.groups[i].failed) conclude(&p, &p.groups[i]);
  pthread_mutex_lock(&s->lock);
  if (p.unread) nt_sweep_unread(s, p.input, &err);
  for (size_t i = 0; i < p.count && status != NT_OK; i++) {
    if (batch[i]->state != WORK_RUNNING) continue;
    if (sweep_stops(s) || p.input->damaged)
      nt_sweep_job_waits(s, batch[i]);
    else
      nt_sweep_job_failed(s, batch[i], &err);
  }
  p.input->users--;
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
  nt_pass_end(&p, count);
}

void nt_sweep_load(nt_sweep *s, job *j) {
  char path[NT_CACHE_PATH];
  nt_error err = {0};
  nt_cache_path(s->options->cache, NT_CACHE_SCORES, j->key, path);
  nt_status status = nt_score_file_read(path, &j->record, &err);
  if (status == NT_OK && strcmp(j->record.key, j->key) != 0)
    status = nt_fail(&err, NT_E_INPUT, "%s: has the key %.32s inside", path, j->record.key);
  if (status == NT_OK &&
      (j->record.first != score_from(j) || j->record.first + j->record.count != j->input->rows))
    status = nt_fail(&err, NT_E_INPUT, "%s: is of another size", path);
  pthread_mutex_lock(&s->lock);
  if (status == NT_OK) {
    j->map = j->record.map;
    j->record.map = (nt_feature_map){0};
    nt_sweep_costs_from(&j->record, &j->costs);
    nt_sweep_scored(s, j);
  } else { /* damaged, or another's: it is computed again */
    if (status == NT_E_MEMORY ||
        nt_cache_remove(s->options->cache, NT_CACHE_SCORES, j->key, &err) != NT_OK)
      nt_sweep_abort(s, &err);
    j->cached = 0;
    nt_sweep_job_waits(s, j);
  }
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
}
