/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch of jobs -> groups of detectors, ready for the first row. */
#include <stdlib.h>
#include <string.h>

#include <ninetails/metrics.h>

#include "ground/team.h"
#include "pass.h"

/* ---------------------------------------------------------------- what belongs together */

static double map_size(const job *j) {
  const nt_detector_class *class = j->run->kind;
  size_t i = nt_parameter_find(class->parameters, class->parameter_count, "max_autoencoder");
  return i < class->parameter_count ? j->run->values[i].number : 0;
}

int nt_sweep_together(const job *a, const job *b) {
  const nt_detector_class *class = a->run->kind;
  return class == b->run->kind && class->together && a->input == b->input &&
         a->mapping == b->mapping && a->run->fm_grace == b->run->fm_grace &&
         a->run->ad_grace == b->run->ad_grace && map_size(a) == map_size(b) &&
         class->together(a->run->values, b->run->values);
}

/* ---------------------------------------------------------------- before the first row */

static nt_status check_needs(const job *j, nt_error *err) {
  const input *in = j->input;
  const nt_sweep_run *r = j->run;
  if ((r->kind->flags & NT_DETECTOR_SIZES) && !nt_feature_file_has_sizes(in->file))
    return nt_fail(err, NT_E_INPUT, "it needs the packets' sizes, which rows of features lack");
  if ((r->kind->flags & NT_DETECTOR_CAPTURE) && !in->given->extracted)
    return nt_fail(err, NT_E_INPUT, "it reads packets, and there are only rows of features");
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
  double start = nt_seconds();
  if (status == NT_OK && j->mapping)
    status = nt_feature_map_cut(j->mapping->merges, p->width, (size_t)map_size(j), &j->map, err);
  j->costs.map = nt_seconds() - start;
  if (status != NT_OK) return status;
  uint64_t learn = score_from(j) - learn_from(j);
  j->record = (nt_score_record){.first = score_from(j),
                                .count = (size_t)(in->rows - score_from(j)),
                                .trained = (size_t)nt_threshold_sample(learn)};
  j->record.scores = malloc(j->record.count * sizeof(double));
  j->record.training = malloc((j->record.trained + 1) * sizeof(double));
  if (!j->record.scores || !j->record.training)
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", j->record.count);
  const nt_detector_setting setting = {.kind = j->run->kind,
                                       .width = p->width,
                                       .columns = nt_feature_file_names(in->file),
                                       .learn = learn,
                                       .rows = in->rows,
                                       .seed = j->run->seed,
                                       .capture = in->given->extracted ? in->given->capture : NULL,
                                       .map = j->mapping ? &j->map : NULL};
  p->detectors[i] = j->run->kind->create(&setting, j->run->values, err);
  return p->detectors[i] ? NT_OK : err->status;
}

void nt_pass_fail(pass *p, group *g, const nt_error *err) {
  nt_error changed;
  nt_status status = NT_OK;
  g->failed = 1;
  for (size_t i = 0; i < g->count && status == NT_OK; i++)
    status = nt_sweep_job_files_check(p->sweep, g->jobs[i], &changed);
  pthread_mutex_lock(&p->sweep->lock);
  if (status != NT_OK)
    nt_sweep_abort(p->sweep, &changed); /* whatever came of it is not its fault */
  for (size_t i = 0; i < g->count; i++) {
    if (sweep_stops(p->sweep)) /* the sweep ends */
      nt_sweep_job_waits(p->sweep, g->jobs[i]);
    else
      nt_sweep_job_failed(p->sweep, g->jobs[i], err);
  }
  pthread_mutex_unlock(&p->sweep->lock);
}

int nt_pass_begin(pass *p, nt_sweep *s, job **batch, size_t count) {
  *p = (pass){.sweep = s, .input = batch[0]->input, .count = count, .jobs = batch};
  p->width = nt_feature_file_width(p->input->file);
  p->groups = calloc(count, sizeof *p->groups);
  p->detectors = calloc(count, sizeof *p->detectors);
  p->place = calloc(count, sizeof *p->place);
  p->features = malloc(NT_FEATURE_CHUNK * p->width * sizeof *p->features);
  p->sizes = malloc(NT_FEATURE_CHUNK * sizeof *p->sizes);
  p->training = malloc(NT_FEATURE_CHUNK * count * sizeof *p->training);
  return p->groups && p->detectors && p->place && p->features && p->sizes && p->training;
}

uint64_t nt_pass_memory_of(const pass *p, size_t i) {
  const nt_detector_class *class = p->jobs[i]->run->kind;
  return class->memory ? class->memory(p->detectors[i]) : 0;
}

/* Accounts for what detector i holds, or is expected to (0: nobody knows). Whether that is too much
 * beside all others that work. */
static int is_too_much(pass *p, size_t i, uint64_t bytes) {
  nt_sweep *s = p->sweep;
  pthread_mutex_lock(&s->lock);
  if (bytes) nt_sweep_account(s, p->jobs[i], bytes);
  int full = !nt_sweep_fits(s, 0) && (i > 0 || s->busy > 1);
  pthread_mutex_unlock(&s->lock);
  return full;
}

static uint64_t expected_bytes(pass *p, size_t i) {
  pthread_mutex_lock(&p->sweep->lock);
  uint64_t bytes = p->jobs[i]->detector_bytes;
  pthread_mutex_unlock(&p->sweep->lock);
  return bytes;
}

static nt_status make_if_room(pass *p, size_t i, int *full, nt_error *err) {
  *full = is_too_much(p, i, expected_bytes(p, i));
  if (*full) return NT_OK;
  nt_status status = make_detector(p, i, err);
  if (status != NT_OK) return status;
  *full = is_too_much(p, i, nt_pass_memory_of(p, i));
  return nt_sweep_check_bytes(p->sweep, p->jobs[i], err);
}

/* Makes detector i, or *full: it has to wait. What one takes is known when the first of its class
 * is there: those whose size nobody knows are made one after the other. */
static nt_status make_in_room(pass *p, size_t i, int *full, nt_error *err) {
  int known = expected_bytes(p, i) > 0;
  if (!known) pthread_mutex_lock(&p->sweep->making);
  nt_status status = make_if_room(p, i, full, err);
  if (!known) pthread_mutex_unlock(&p->sweep->making);
  return status;
}

/* Job i waits for another pass. */
static void put_back(pass *p, size_t i) {
  if (p->detectors[i]) p->jobs[i]->run->kind->free(p->detectors[i]);
  p->detectors[i] = NULL;
  pthread_mutex_lock(&p->sweep->lock);
  nt_sweep_job_waits(p->sweep, p->jobs[i]);
  pthread_mutex_unlock(&p->sweep->lock);
  p->count--;
  memmove(p->jobs + i, p->jobs + i + 1, (p->count - i) * sizeof *p->jobs);
}

static void make_group(pass *p, size_t from, size_t end) {
  const job *j = p->jobs[from];
  group *g = &p->groups[p->group_count++];
  *g = (group){.count = end - from,
               .jobs = p->jobs + from,
               .detectors = p->detectors + from,
               .place = p->place + from,
               .kind = j->run->kind,
               .learn_from = learn_from(j),
               .score_from = score_from(j)};
  for (size_t i = 0; i < g->count && !g->failed;) {
    nt_error err = {0};
    int full = 0;
    if (make_in_room(p, from + i, &full, &err) != NT_OK) {
      nt_pass_fail(p, g, &err);
    } else if (full) {
      put_back(p, from + i);
      g->count--;
    } else {
      i++;
    }
  }
  if (g->count == 0)
    p->group_count--;
  else if (!g->failed)
    g->tail_from = g->score_from - g->jobs[0]->record.trained;
}

void nt_pass_group(pass *p) {
  for (size_t from = 0; from < p->count;) {
    size_t end = from + 1, all = p->count;
    while (end < p->count && nt_sweep_together(p->jobs[from], p->jobs[end])) end++;
    make_group(p, from, end);
    from = end - (all - p->count);
  }
}

void nt_pass_end(pass *p, size_t count) {
  for (size_t i = 0; p->detectors && i < count; i++)
    if (p->detectors[i]) p->jobs[i]->run->kind->free(p->detectors[i]);
  free(p->groups);
  free(p->detectors);
  free(p->place);
  free(p->features);
  free(p->sizes);
  free(p->training);
}
