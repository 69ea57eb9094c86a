/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths of runs; and files whose checksums are in keys: one that changes meanwhile makes its key
 * wrong, so it is checked again before a result is committed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

void nt_sweep_run_path(const nt_sweep *s, const char *key, char *path) {
  snprintf(path, NT_CACHE_PATH, "%s/run-%s.h5", s->options->folder, key);
}

void nt_sweep_data_path(const nt_sweep *s, const input *in, char *path) {
  snprintf(path, NT_CACHE_PATH, "%s/data-%s.h5", s->options->folder, in->data_key);
}

static const known_file *find(const nt_sweep *s, const char *path) {
  for (size_t i = 0; i < s->file_count; i++)
    if (strcmp(s->files[i].path, path) == 0) return &s->files[i];
  return NULL;
}

nt_status nt_sweep_file_key(nt_sweep *s, const char *path, char *sha256, nt_error *err) {
  char folder[NT_CACHE_PATH];
  const known_file *known = find(s, path);
  if (known) {
    memcpy(sha256, known->sha256, sizeof known->sha256);
    return NT_OK;
  }
  known_file *grown = realloc(s->files, (s->file_count + 1) * sizeof *grown);
  if (!grown) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  s->files = grown;
  known_file *file = &grown[s->file_count];
  nt_cache_folder(s->options->cache, NT_CACHE_FILES, folder);
  nt_status status = nt_key_of_file(folder, path, file->sha256, &file->mark, err);
  if (status != NT_OK) return status;
  file->path = path;
  memcpy(sha256, file->sha256, sizeof file->sha256);
  s->file_count++;
  return NT_OK;
}

nt_status nt_sweep_file_check(const nt_sweep *s, const char *path, nt_error *err) {
  const known_file *known = find(s, path);
  return known ? nt_key_check_file(path, known->sha256, &known->mark, err) : NT_OK;
}

nt_status nt_sweep_job_files_check(const nt_sweep *s, const job *j, nt_error *err) {
  const nt_detector_class *class = j->run->kind;
  nt_status status = NT_OK;
  if (class->flags & NT_DETECTOR_CAPTURE)
    status = nt_sweep_file_check(s, j->input->given->capture, err);
  for (size_t i = 0; i < class->parameter_count && status == NT_OK; i++)
    if (class->parameters[i].type == NT_PARAMETER_TEXT && j->run->values[i].text)
      status = nt_sweep_file_check(s, j->run->values[i].text, err);
  return status;
}
