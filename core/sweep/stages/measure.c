/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage from scores to a run's file: metrics, curves, costs and provenance. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/team.h"
#include "sweep/graph.h"

typedef struct measurement {
  nt_measured measured;
  double *extra;               /* of the metrics that are not the library's */
  nt_attack_measured *attacks; /* of the attacks that labels name; NULL: none */
  double seconds;
} measurement;

static nt_status measure_attacks(const input *in, const nt_score_record *record, measurement *m,
                                 nt_error *err) {
  const nt_labels *labels = &in->labels;
  if (labels->name_count == 0) return NT_OK;
  m->attacks = calloc(labels->name_count, sizeof *m->attacks);
  if (!m->attacks)
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu attacks", labels->name_count);
  return nt_measure_attacks(record->scores, labels, record->first, record->count, m->attacks, err);
}

static nt_status measure(nt_sweep *s, int index, const run *r, measurement *m, nt_error *err) {
  const job *j = &s->jobs[r->job];
  const input *in = j->input;
  const nt_score_record *record = &j->record;
  const nt_sweep_extra *extra = &s->options->extra;
  const double *times = in->times + record->first;
  const uint8_t *labels = in->labels.value ? in->labels.value + record->first : NULL;
  double start = nt_seconds();
  nt_status status = nt_measure_run(record->scores, times, labels, record->count, record->training,
                                    record->trained, &s->options->measures, &m->measured, err);
  m->extra = calloc(extra->count + 1, sizeof *m->extra);
  if (status == NT_OK && !m->extra)
    status = nt_fail(err, NT_E_MEMORY, "out of memory for %zu metrics", extra->count);
  if (status == NT_OK && extra->count)
    status = extra->run(extra->context, index, record->scores, times, labels, record->count,
                        m->extra, err);
  if (status == NT_OK)
    status = nt_measured_explain(&m->measured, extra->measure, m->extra, extra->count, err);
  if (status == NT_OK) status = measure_attacks(in, record, m, err);
  m->seconds = nt_seconds() - start;
  return status;
}

/* m NULL: of a failed run. */
static nt_status write_run(nt_sweep *s, const run *r, const measurement *m, nt_error *err) {
  char path[NT_CACHE_PATH];
  const job *j = &s->jobs[r->job];
  cells c;
  nt_sweep_run_path(s, r->key, path);
  nt_status status = nt_sweep_cells(s, r, m ? &m->measured : NULL, m ? m->extra : NULL,
                                    m ? m->seconds : 0, &c, err);
  notes n;
  nt_sweep_notes(s, &n);
  nt_run_record record = {
      .key = r->key, .cells = c.count, .cell = c.cell, .note = n.note, .notes = n.count};
  if (m) {
    record.first = j->record.first;
    record.roc = &m->measured.roc;
    record.precision_recall = &m->measured.precision_recall;
    record.map = j->mapping ? &j->map : NULL;
    record.attack = m->attacks;
    record.attacks = m->attacks ? j->input->labels.name_count : 0;
    record.attack_names = (const char *const *)j->input->labels.names;
  }
  if (m && s->options->keep_scores) {
    record.count = j->record.count;
    record.scores = j->record.scores;
  }
  if (status == NT_OK)
    status = nt_run_file_write_among(path, &record, s->options->compression, &s->store_lock, err);
  nt_sweep_cells_done(&c);
  return status;
}

/* The run has ended: with scores (m), or for the reason r->why. */
static void put_end(nt_sweep *s, run *r, const measurement *m) {
  nt_error err = {0};
  r->state = m ? NT_RUN_DONE : NT_RUN_FAILED;
  nt_status status = write_run(s, r, m, &err);
  pthread_mutex_lock(&s->lock);
  job *j = &s->jobs[r->job];
  if (status == NT_OK) {
    *(m ? &s->done : &s->failed) += 1;
  } else {
    r->state = NT_RUN_MISSING;
    snprintf(r->why, sizeof r->why, "%s", err.text);
    nt_sweep_abort(s, &err);
  }
  if (--j->runs_left == 0) nt_sweep_job_ended(s, j);
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
}

void nt_sweep_measure(nt_sweep *s, int index, run *r) {
  job *j = &s->jobs[r->job];
  if (j->state == WORK_FAILED) {
    put_end(s, r, NULL);
    return;
  }
  measurement m = {0};
  nt_error err = {0};
  if (measure(s, index, r, &m, &err) == NT_OK) {
    put_end(s, r, &m);
  } else if (sweep_stops(s)) { /* the sweep ends: the scores are in the cache */
    pthread_mutex_lock(&s->lock);
    if (--j->runs_left == 0) nt_sweep_job_ended(s, j);
    pthread_mutex_unlock(&s->lock);
  } else {
    snprintf(r->why, sizeof r->why, "%s", err.text);
    put_end(s, r, NULL);
  }
  nt_measured_done(&m.measured);
  free(m.extra);
  free(m.attacks);
}
