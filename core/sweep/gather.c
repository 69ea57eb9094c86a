/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run files -> the result file. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/run/result_file.h"
#include "graph.h"

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

size_t nt_sweep_rows_expected(const nt_sweep *s) {
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

nt_status nt_sweep_gather(nt_sweep *s, size_t *rows, nt_error *err) {
  const nt_sweep_options *o = s->options;
  *rows = nt_sweep_rows_expected(s);
  if (nt_sweep_is_gathered(s)) return NT_OK;
  nt_table there;
  if (read_there(o, &there, err) != NT_OK) return err->status;
  size_t most = s->run_count + s->input_count + there.rows + 2;
  gathering g = {.paths = calloc(most, sizeof *g.paths),
                 .inside = calloc(most, sizeof *g.inside),
                 .keys = calloc(most, sizeof *g.keys)};
  char path[NT_CACHE_PATH];
  int good = g.paths && g.inside && g.keys;
  size_t others = good ? add_keys_there(s, &g, &there) : 0, gathered = 0;
  good = good && others != SIZE_MAX;
  for (size_t i = 0; good && i < s->run_count; i++) {
    g.keys[g.key_count++] = s->runs[i].key;
    gathered += (size_t)s->runs[i].gathered;
    nt_sweep_run_path(s, s->runs[i].key, path);
    if (!s->runs[i].gathered && s->runs[i].state != NT_RUN_MISSING)
      good = add_file(&g, path, s->runs[i].key);
  }
  for (size_t i = 0; good && i < s->input_count; i++) {
    nt_sweep_data_path(s, &s->inputs[i], path);
    good = add_file(&g, path, NULL);
  }
  /* Last: a run's own file counts. */
  if (good && (others || gathered)) good = add_file(&g, o->output, NULL);
  const nt_result_sources sources = {
      .count = g.count, .paths = (const char *const *)g.paths, .keys = g.inside};
  nt_status status =
      good ? nt_result_write(o->output, &sources, g.keys, g.key_count, o->note, o->notes, rows, err)
           : nt_fail(err, NT_E_MEMORY, "out of memory for %zu runs", s->run_count);
  if (status == NT_OK) *rows -= others;
  nt_table_done(&there);
  for (size_t i = 0; g.paths && i < g.count; i++) free(g.paths[i]);
  free(g.paths);
  free(g.inside);
  free(g.keys);
  return status;
}
