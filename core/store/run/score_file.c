/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Score files, laid out as run_file.h says. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file/output.h"
#include "store/file/seal.h"
#include "cells.h"
#include "run_file.h"

#define MARK UINT64_C(0x4e5453434f524534) /* which also tells the byte order */

typedef struct nt_score_head {
  uint64_t mark;
  char key[NT_SCORE_KEY - 1]; /* zeros behind a shorter one */
  uint64_t first, count, trained, autoencoders, total, distances, cells;
} nt_score_head;

/* ---------------------------------------------------------------- writing */

static void put_text(FILE *file, const char *text) {
  fwrite(text ? text : "", 1, text ? strlen(text) + 1 : 1, file);
}

/* Four texts with their zeros, then role, type, better, integer and number. */
static void put_cell(FILE *file, const nt_cell *cell) {
  put_text(file, cell->name);
  put_text(file, cell->unit);
  put_text(file, cell->long_name);
  put_text(file, cell->type == NT_CELL_TEXT ? cell->text : NULL);
  putc((int)cell->role, file);
  putc((int)cell->type, file);
  putc((int)cell->better, file);
  fwrite(&cell->integer, sizeof cell->integer, 1, file);
  fwrite(&cell->number, sizeof cell->number, 1, file);
}

static void put_all(FILE *file, const nt_score_record *r) {
  _Static_assert(sizeof(size_t) == sizeof(uint64_t), "a map's arrays are written as they stand");
  nt_score_head head = {.mark = MARK,
                        .first = r->first,
                        .count = r->count,
                        .trained = r->trained,
                        .autoencoders = r->map.autoencoders,
                        .total = r->map.total,
                        .distances = r->map.distances ? r->map.total - 1 : 0,
                        .cells = r->cells};
  memcpy(head.key, r->key, strnlen(r->key, sizeof head.key));
  fwrite(&head, sizeof head, 1, file);
  if (r->count) fwrite(r->scores, sizeof *r->scores, r->count, file);
  if (r->trained) fwrite(r->training, sizeof *r->training, r->trained, file);
  if (r->map.autoencoders) {
    fwrite(r->map.sizes, sizeof *r->map.sizes, r->map.autoencoders, file);
    fwrite(r->map.features, sizeof *r->map.features, r->map.total, file);
    if (head.distances) fwrite(r->map.distances, sizeof *r->map.distances, head.distances, file);
  }
  for (size_t i = 0; i < r->cells; i++) put_cell(file, &r->cell[i]);
}

nt_status nt_score_file_write(const char *path, const nt_score_record *record, nt_error *err) {
  nt_output output;
  nt_status status = nt_output_begin_here(&output, path, err);
  if (status != NT_OK) return status;
  FILE *file = nt_output_file(&output);
  int bad = file == NULL;
  if (file) {
    put_all(file, record);
    bad = fflush(file) != 0 || ferror(file);
    bad |= fclose(file) != 0;
  }
  if (bad) status = nt_fail(err, NT_E_IO, "%s: cannot be written: %s", path, strerror(errno));
  if (status == NT_OK) status = nt_seal_file(output.temporary, NULL, err);
  if (status == NT_OK) return nt_output_commit_unsynced(&output, err);
  nt_output_discard(&output);
  return status;
}

/* ---------------------------------------------------------------- reading */

typedef struct cursor {
  const char *at, *end;
} cursor;

static nt_status forged(nt_error *err) {
  return nt_fail(err, NT_E_INPUT, "is not a score file of ninetails");
}

/* count x size bytes, copied; *to is NULL where count is 0. */
static nt_status take_array(cursor *c, uint64_t count, size_t size, void *to, nt_error *err) {
  void *copy = NULL;
  if (count > (size_t)(c->end - c->at) / size) return forged(err);
  if (count && !(copy = malloc(count * size))) return nt_fail(err, NT_E_MEMORY, "out of memory");
  if (count) memcpy(copy, c->at, count * size);
  c->at += count * size;
  memcpy(to, &copy, sizeof copy);
  return NT_OK;
}

static const char *take_text(cursor *c) {
  const char *text = c->at, *zero = memchr(c->at, 0, (size_t)(c->end - c->at));
  if (!zero) return NULL;
  c->at = zero + 1;
  return text;
}

static nt_status take_cell(cursor *c, nt_cell *cell, nt_error *err) {
  nt_cell found = {0};
  found.name = take_text(c);
  found.unit = found.name ? take_text(c) : NULL;
  found.long_name = found.unit ? take_text(c) : NULL;
  found.text = found.long_name ? take_text(c) : NULL;
  size_t rest = 3 + sizeof found.integer + sizeof found.number;
  if (!found.text || (size_t)(c->end - c->at) < rest) return forged(err);
  unsigned role = (unsigned char)c->at[0], type = (unsigned char)c->at[1];
  unsigned better = (unsigned char)c->at[2];
  if (role > NT_ROLE_COST || type > NT_CELL_NUMBER || better > NT_MEASURE_LOWER) return forged(err);
  found.role = (nt_cell_role)role;
  found.type = (nt_cell_type)type;
  found.better = (nt_measure_better)better;
  memcpy(&found.integer, c->at + 3, sizeof found.integer);
  memcpy(&found.number, c->at + 3 + sizeof found.integer, sizeof found.number);
  c->at += rest;
  return nt_cell_copy(&found, cell, err);
}

static nt_status take_all(nt_score_record *r, const char *bytes, size_t size, nt_error *err) {
  nt_score_head head;
  if (size < sizeof head) return forged(err);
  memcpy(&head, bytes, sizeof head);
  cursor c = {bytes + sizeof head, bytes + size};
  if (head.mark != MARK || head.cells > size) return forged(err);
  memcpy(r->key, head.key, sizeof head.key);
  r->first = head.first;
  nt_status status = take_array(&c, head.count, sizeof *r->scores, &r->scores, err);
  if (status != NT_OK) return status;
  r->count = head.count;
  status = take_array(&c, head.trained, sizeof *r->training, &r->training, err);
  if (status != NT_OK) return status;
  r->trained = head.trained;
  status = take_array(&c, head.autoencoders, sizeof *r->map.sizes, &r->map.sizes, err);
  if (status == NT_OK)
    status = take_array(&c, head.total, sizeof *r->map.features, &r->map.features, err);
  if (status == NT_OK)
    status = take_array(&c, head.distances, sizeof *r->map.distances, &r->map.distances, err);
  if (status != NT_OK) return status;
  if (head.distances && head.distances != head.total - 1) return forged(err);
  r->map.autoencoders = head.autoencoders;
  r->map.total = head.total;
  if (r->map.autoencoders && nt_feature_map_check(&r->map, SIZE_MAX, err) != NT_OK)
    return forged(err);
  r->cell = calloc(head.cells + 1, sizeof *r->cell);
  if (!r->cell) return nt_fail(err, NT_E_MEMORY, "out of memory");
  for (; status == NT_OK && r->cells < head.cells; r->cells += status == NT_OK)
    status = take_cell(&c, &r->cell[r->cells], err);
  return status;
}

nt_status nt_score_file_read(const char *path, nt_score_record *record, nt_error *err) {
  *record = (nt_score_record){0};
  struct stat st;
  void *bytes = NULL;
  size_t size = 0;
  nt_status status;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 || fstat(fd, &st) != 0)
    status = nt_fail(err, NT_E_IO, "cannot be opened: %s", strerror(errno));
  else if (!S_ISREG(st.st_mode))
    status = nt_fail(err, NT_E_INPUT, "is not a regular file");
  else
    status = nt_seal_get(fd, (uint64_t)st.st_size, &bytes, &size, err);
  if (fd >= 0) close(fd);
  if (status == NT_OK) status = take_all(record, bytes, size, err);
  free(bytes);
  if (status == NT_OK) return NT_OK;
  nt_fail_in(err, "%s", path);
  nt_score_record_done(record);
  return status;
}

void nt_score_record_done(nt_score_record *record) {
  free(record->scores);
  free(record->training);
  nt_feature_map_done(&record->map);
  nt_cells_free(record->cell, record->cells);
  *record = (nt_score_record){0};
}
