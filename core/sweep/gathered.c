/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the result file has already. Of a run that is in it, the run's own file need not be read
 * again: neither to know that it is done, nor to gather it. And when nothing has been added there is
 * nothing to gather.
 */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file/seal.h"
#include "graph.h"

static int mark_of(const char *path, nt_file_mark *mark) {
  struct stat s;
  if (stat(path, &s) != 0) return 0;
  *mark = (nt_file_mark){.device = (uint64_t)s.st_dev,
                         .inode = (uint64_t)s.st_ino,
                         .size = (uint64_t)s.st_size,
                         .modified = (int64_t)s.st_mtim.tv_sec * 1000000000 + s.st_mtim.tv_nsec,
                         .changed = (int64_t)s.st_ctim.tv_sec * 1000000000 + s.st_ctim.tv_nsec};
  return 1;
}

static int same_mark(const nt_file_mark *a, const nt_file_mark *b) {
  return a->device == b->device && a->inode == b->inode && a->size == b->size &&
         a->modified == b->modified && a->changed == b->changed;
}

static void read_result(nt_sweep *s) {
  const nt_sweep_options *o = s->options;
  nt_file_mark after;
  int sealed = 0;
  nt_table_done(&s->result);
  if (!mark_of(o->output, &s->gathered)) return;
  if (nt_seal_check(o->output, &sealed, o->cancel, NULL) != NT_OK || !sealed) return;
  if (nt_table_read(o->output, &s->result, NULL) != NT_OK) return;
  if (mark_of(o->output, &after) && same_mark(&s->gathered, &after)) return;
  nt_table_done(&s->result); /* another process has replaced it meanwhile */
}

static const nt_column *column_of(const nt_table *table, const char *name) {
  for (size_t i = 0; i < table->columns; i++)
    if (strcmp(table->column[i].name, name) == 0 && table->column[i].type == NT_CELL_TEXT)
      return &table->column[i];
  return NULL;
}

typedef struct placed {
  const char *key;
  size_t row;
} placed;

static int by_key(const void *a, const void *b) {
  return strcmp(((const placed *)a)->key, ((const placed *)b)->key);
}

/* While the sweep is planned the row says what has become of the run; later it must say the same. */
static void take(nt_sweep *s, run *r, const char *status, const char *reason) {
  char path[NT_CACHE_PATH];
  int failed = strcmp(status, "failed") == 0, planned = s->started > 0;
  if (!failed && strcmp(status, "done") != 0) return;
  if (planned ? r->state == NT_RUN_MISSING || (r->state == NT_RUN_FAILED) != failed
              : failed && s->options->retry)
    return;
  nt_sweep_run_path(s, r->key, path);
  if (access(path, F_OK) != 0) return;
  r->gathered = 1;
  if (planned) return;
  r->state = failed ? NT_RUN_FAILED : NT_RUN_KEPT;
  if (failed) snprintf(r->why, sizeof r->why, "%s", reason);
}

static void look_in(nt_sweep *s) {
  const nt_table *t = &s->result;
  const nt_column *status = column_of(t, "status"), *reason = column_of(t, "reason");
  placed *entries = t->rows ? calloc(t->rows, sizeof *entries) : NULL;
  if (!entries || !status || !reason) {
    free(entries);
    return;
  }
  for (size_t i = 0; i < t->rows; i++) entries[i] = (placed){t->column[0].text[i], i};
  qsort(entries, t->rows, sizeof *entries, by_key);
  for (size_t i = 0; i < s->run_count; i++) {
    const placed wanted = {.key = s->runs[i].key};
    const placed *found = bsearch(&wanted, entries, t->rows, sizeof *entries, by_key);
    if (found) take(s, &s->runs[i], status->text[found->row], reason->text[found->row]);
  }
  free(entries);
}

static int by_text(const void *a, const void *b) {
  return strcmp(a, b);
}

static void keep(void *node) {
  (void)node; /* keys are the runs' */
}

void nt_sweep_look_in_gathered(nt_sweep *s) {
  nt_file_mark now;
  const nt_sweep_options *o = s->options;
  if (!o->output || o->fresh || (s->started > 0 && o->retry)) return;
  if (mark_of(o->output, &now) && same_mark(&s->gathered, &now)) return;
  nt_sweep_forget_gathered(s);
  read_result(s);
  look_in(s);
}

/* Every run is in it, and nothing else, in the order of the plan: the first place of a key counts. If
 * other rows stay, they and the order are those of the file. */
static int same_rows(const nt_sweep *s) {
  const nt_table *t = &s->result;
  void *seen = NULL;
  size_t rows = 0;
  int same = 1;
  for (size_t i = 0; i < s->run_count && same; i++) {
    const char *key = s->runs[i].key;
    const char *const *found = tsearch(key, &seen, by_text);
    same = found && s->runs[i].gathered;
    if (!same || s->options->keep_others || *found != key) continue;
    same = rows < t->rows && strcmp(t->column[0].text[rows], key) == 0;
    rows++;
  }
  tdestroy(seen, keep);
  return same && (s->options->keep_others || rows == t->rows);
}

/* Notes that tell who gathered, when and where: nothing of what is gathered. */
static int is_of_the_occasion(const char *name) {
  static const char *const names[] = {"start", "host", "cpu", "cpu_features", "threads"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i], name) == 0) return 1;
  return 0;
}

static int same_notes(const nt_sweep *s) {
  const nt_sweep_options *o = s->options;
  for (size_t i = 0; i < o->notes; i++) {
    size_t k = 0;
    if (is_of_the_occasion(o->note[i].name)) continue;
    while (k < s->result.notes && strcmp(s->result.note[k].name, o->note[i].name) != 0) k++;
    if (k == s->result.notes || strcmp(s->result.note[k].text, o->note[i].text) != 0) return 0;
  }
  return 1;
}

int nt_sweep_is_gathered(const nt_sweep *s) {
  nt_file_mark now;
  return s->result.rows > 0 && same_rows(s) && same_notes(s) && mark_of(s->options->output, &now) &&
         same_mark(&s->gathered, &now);
}

int nt_sweep_forget_gathered(nt_sweep *s) {
  int any = 0;
  for (size_t i = 0; i < s->run_count; i++) {
    any |= s->runs[i].gathered;
    s->runs[i].gathered = 0;
  }
  return any;
}
