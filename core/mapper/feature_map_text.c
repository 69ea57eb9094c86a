/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text form of a feature map, read character by character: no line is too long. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/feature_map.h>

/* More indices, or a higher one, than this is taken for damage rather than for a map. */
#define MAX_INDICES ((size_t)1 << 24)

typedef struct reader {
  const char *path;
  FILE *file;
  size_t line;
  size_t room; /* of both arrays of the map */
} reader;

static nt_status append(reader *r, nt_feature_map *map, size_t index, int first, nt_error *err) {
  if (map->total == MAX_INDICES)
    return nt_fail(err, NT_E_LIMIT, "%s, line %zu: more than %zu indices", r->path, r->line,
                   MAX_INDICES);
  if (map->total == r->room) {
    size_t room = r->room ? 2 * r->room : 64;
    size_t *sizes = realloc(map->sizes, room * sizeof *sizes);
    if (sizes) map->sizes = sizes;
    size_t *features = realloc(map->features, room * sizeof *features);
    if (features) map->features = features;
    if (!sizes || !features)
      return nt_fail(err, NT_E_MEMORY, "%s: no memory for %zu indices", r->path, room);
    r->room = room;
  }
  if (first) map->sizes[map->autoencoders++] = 0;
  map->sizes[map->autoencoders - 1]++;
  map->features[map->total++] = index;
  return NT_OK;
}

/* A column index that starts with digit c. */
static nt_status read_index(reader *r, int c, size_t *index, nt_error *err) {
  *index = 0;
  for (; c >= '0' && c <= '9'; c = getc(r->file)) {
    *index = *index * 10 + (size_t)(c - '0');
    if (*index >= MAX_INDICES)
      return nt_fail(err, NT_E_INPUT, "%s, line %zu: column %zu...: expected below %zu", r->path,
                     r->line, *index, MAX_INDICES);
  }
  if (c != EOF) ungetc(c, r->file);
  return NT_OK;
}

static nt_status read_lines(reader *r, nt_feature_map *map, nt_error *err) {
  int c, first = 1, comment = 0, separated = 1;
  while ((c = getc(r->file)) != EOF) {
    if (c == '\n') {
      r->line++;
      first = separated = 1;
      comment = 0;
    } else if (comment) {
      continue;
    } else if (c == '#') {
      comment = 1;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == ',') {
      separated = 1;
    } else if (c >= '0' && c <= '9' && separated) {
      size_t index;
      nt_status status = read_index(r, c, &index, err);
      if (status == NT_OK) status = append(r, map, index, first, err);
      if (status != NT_OK) return status;
      first = separated = 0;
    } else {
      return nt_fail(err, NT_E_INPUT,
                     c > ' ' && c < 127 ? "%s, line %zu: '%c': expected column indices"
                                        : "%s, line %zu: byte %d: expected column indices",
                     r->path, r->line, c);
    }
  }
  if (ferror(r->file)) return nt_fail(err, NT_E_IO, "%s: %s", r->path, strerror(errno));
  if (map->total == 0)
    return nt_fail(err, NT_E_INPUT, "%s: no autoencoder: expected one a line", r->path);
  return NT_OK;
}

nt_status nt_feature_map_read_text(const char *path, nt_feature_map *map, nt_error *err) {
  reader r = {.path = path, .file = fopen(path, "rb"), .line = 1};
  *map = (nt_feature_map){0};
  if (!r.file) return nt_fail(err, NT_E_IO, "%s: %s", path, strerror(errno));
  nt_status status = read_lines(&r, map, err);
  fclose(r.file);
  if (status != NT_OK) nt_feature_map_done(map);
  return status;
}
