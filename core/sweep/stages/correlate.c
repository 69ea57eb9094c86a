/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage from features to the clustering of their columns: distances after fm_grace + 1 rows,
 * kept in the cache, and the dendrogram of them, of which each m cuts its map.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mapper/correlation.h"
#include "sweep/graph.h"

static nt_status read_distances(const char *path, const mapping *m, size_t width, double *distance,
                                nt_error *err) {
  nt_feature_file *file = nt_feature_file_open(path, err);
  if (!file) return err->status;
  nt_status status = NT_OK;
  const char *key = nt_feature_file_text(file, "key");
  if (!key || strcmp(key, m->key) != 0)
    status =
        nt_fail(err, NT_E_INPUT, "%s: has the key %.100s inside", path, key ? key : "of nothing");
  else if (nt_feature_file_rows(file) != width || nt_feature_file_width(file) != width)
    status = nt_fail(err, NT_E_INPUT, "%s: is of another size", path);
  else
    status = nt_feature_file_read(file, 0, width, distance, NULL, NULL, err);
  nt_feature_file_close(file);
  return status;
}

static nt_status write_distances(nt_sweep *s, const char *path, const mapping *m,
                                 const double *distance, nt_error *err) {
  const input *in = m->input;
  size_t width = nt_feature_file_width(in->file);
  double *times = malloc(width * sizeof *times);
  if (!times) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu times", width);
  for (size_t i = 0; i < width; i++) times[i] = NAN;
  const nt_feature_shape shape = {.width = width, .names = nt_feature_file_names(in->file)};
  pthread_mutex_lock(&s->store_lock);
  nt_feature_writer *writer = nt_feature_writer_create(path, &shape, err);
  nt_status status = writer ? NT_OK : err->status;
  if (writer) {
    status = nt_feature_writer_append(writer, width, distance, times, NULL, err);
    if (status == NT_OK) status = nt_feature_writer_text(writer, "key", m->key, err);
    if (status == NT_OK)
      status = nt_feature_writer_commit(writer, err);
    else
      nt_feature_writer_discard(writer);
  }
  pthread_mutex_unlock(&s->store_lock);
  free(times);
  return status;
}

static nt_status compute_distances(nt_sweep *s, const mapping *m, double *distance, nt_error *err) {
  const input *in = m->input;
  size_t width = nt_feature_file_width(in->file);
  uint64_t rows = m->fm_grace + 1;
  if (rows > in->rows)
    return nt_fail(err, NT_E_INPUT,
                   "%llu packets, of which mapping takes the first %llu + 1 (fm_grace): none is "
                   "left, pass a smaller fm_grace",
                   (unsigned long long)in->rows, (unsigned long long)m->fm_grace);
  double *chunk = malloc(NT_FEATURE_CHUNK * width * sizeof *chunk);
  nt_correlation *correlation = nt_correlation_new(width, err);
  nt_status status = correlation ? NT_OK : err->status;
  if (!chunk) status = nt_fail(err, NT_E_MEMORY, "out of memory for rows of features");
  for (uint64_t at = 0; at < rows && status == NT_OK; at += NT_FEATURE_CHUNK) {
    /* Whole chunks, whose checksums are looked at. */
    size_t whole = in->rows - at < NT_FEATURE_CHUNK ? (size_t)(in->rows - at) : NT_FEATURE_CHUNK;
    size_t count = rows - at < whole ? (size_t)(rows - at) : whole;
    status = nt_feature_file_read(in->file, at, whole, chunk, NULL, NULL, err);
    if (status == NT_OK) nt_correlation_update(correlation, chunk, count);
    if (status == NT_OK && sweep_stops(s)) status = nt_fail(err, NT_E_STATE, "interrupted");
  }
  if (status == NT_OK) nt_correlation_distance(correlation, distance);
  nt_correlation_free(correlation);
  free(chunk);
  return status;
}

void nt_sweep_correlate(nt_sweep *s, mapping *m) {
  nt_error err = {0};
  char path[NT_CACHE_PATH];
  size_t width = nt_feature_file_width(m->input->file);
  int unread = 0, unwritten = 0;
  nt_cache_path(s->options->cache, NT_CACHE_CORRELATIONS, m->key, path);
  double *distance = calloc(width * width + 1, sizeof *distance);
  m->merges = calloc(width, sizeof *m->merges);
  nt_status status = NT_OK;
  if (!distance || !m->merges)
    status = nt_fail(&err, NT_E_MEMORY, "out of memory for the distances of %zu features", width);
  int found = status == NT_OK && nt_cache_has(s->options->cache, NT_CACHE_CORRELATIONS, m->key) &&
              read_distances(path, m, width, distance, &err) == NT_OK;
  if (status == NT_OK && !found) {
    status = compute_distances(s, m, distance, &err);
    unread = (status == NT_E_INPUT || status == NT_E_IO) && m->fm_grace < m->input->rows;
    if (status == NT_OK) {
      status = write_distances(s, path, m, distance, &err);
      unwritten = status != NT_OK;
    }
  }
  if (status == NT_OK) status = nt_linkage_single(distance, width, m->merges, &err);
  free(distance);
  pthread_mutex_lock(&s->lock);
  nt_sweep_give_back(s, m->key, &m->lease);
  m->input->users--;
  if (status == NT_OK) {
    m->state = WORK_READY;
  } else {
    free(m->merges);
    m->merges = NULL;
    m->error = err;
    if (unwritten) nt_sweep_abort(s, &err);
    if (unread) nt_sweep_unread(s, m->input, &err);
    m->state = sweep_stops(s) || m->input->damaged ? WORK_WAITING : WORK_FAILED;
  }
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
}
