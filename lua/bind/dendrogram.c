/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.dendrogram: how the first rows of a capture, or of a file of features, cluster the features.
 *
 *     local d = dendrogram.of {input = "traffic.pcap", rows = 5000, profile = "py100"}
 *     d.rows, d.profile = how many there were, and of which extractor (nil: features of unknown making)
 *     d.features = {column, ...} in the order of the leaves, d.distances = {x, ...} at which a leaf and the next are
 *     joined, d.names = {name of column 0, ...}
 *
 *     dendrogram.names "py100"     {name of column 0, ...} of a profile, nil where there is none of that name
 */
#include <lauxlib.h>
#include <stdlib.h>

#include <ninetails/capture.h>
#include <ninetails/extractor.h>

#include "ground/cancel.h"
#include "mapper/correlation.h"
#include "mapper/linkage.h"
#include "store/output/extracted.h"
#include "fields.h"
#include "modules.h"
#include "run_fields.h"

#define ROWS 1024 /* that are read at a time */

typedef struct reader {
  nt_extracted *extracted; /* a file of `extract`, or */
  nt_capture *capture;     /* anything else; */
  nt_extractor *extractor; /* NULL: it holds rows of features */
  nt_profile profile;
  int profile_known;
  size_t width;
  const char *const *names; /* NULL: the profile's, or none */
  nt_packet *packets;       /* ROWS of them */
  double *rows, *distance;
  nt_merge *merges;
  nt_correlation *correlation;
  nt_feature_map map;
} reader;

static int reader_close(lua_State *L) {
  reader *r = lua_touserdata(L, 1);
  nt_extracted_close(r->extracted);
  nt_capture_close(r->capture);
  nt_extractor_free(r->extractor);
  nt_correlation_free(r->correlation);
  nt_feature_map_done(&r->map);
  free(r->packets);
  free(r->rows);
  free(r->distance);
  free(r->merges);
  *r = (reader){0};
  return 0;
}

/* ---------------------------------------------------------------- rows */

static void look_at_profile(reader *r, const char *name) {
  nt_error unheard;
  r->profile_known = name && nt_profile_from_name(name, &r->profile, &unheard) == NT_OK &&
                     nt_profile_width(r->profile) == r->width;
}

static nt_status open_extracted(reader *r, const char *path, nt_error *err) {
  if (!(r->extracted = nt_extracted_open(path, err))) return err->status;
  r->width = nt_extracted_width(r->extracted);
  r->names = nt_extracted_names(r->extracted);
  look_at_profile(r, nt_extracted_text(r->extracted, "profile"));
  return NT_OK;
}

static nt_status open_capture(reader *r, const char *path, const char *profile, nt_error *err) {
  if (!(r->capture = nt_capture_open(path, err))) return err->status;
  if (nt_capture_format_of(r->capture) == NT_FORMAT_FEATURES) {
    r->width = nt_capture_width(r->capture);
    r->names = nt_capture_column_names(r->capture);
    return NT_OK;
  }
  nt_extractor_options options = {.profile = NT_PROFILE_STREAM};
  if (profile && nt_profile_from_name(profile, &options.profile, err) != NT_OK) return err->status;
  r->width = nt_profile_width(options.profile);
  r->profile = options.profile;
  r->profile_known = 1;
  r->extractor = nt_extractor_new(&options, err);
  return r->extractor ? NT_OK : err->status;
}

static nt_status allocate(reader *r, nt_error *err) {
  r->packets = r->extractor ? calloc(ROWS, sizeof *r->packets) : NULL;
  r->rows = calloc(ROWS, r->width * sizeof *r->rows);
  r->distance = calloc(r->width, r->width * sizeof *r->distance);
  r->merges = calloc(r->width, sizeof *r->merges);
  if ((r->extractor && !r->packets) || !r->rows || !r->distance || !r->merges)
    return nt_fail(err, NT_E_MEMORY, "out of memory for rows of %zu features", r->width);
  r->correlation = nt_correlation_new(r->width, err);
  return r->correlation ? NT_OK : err->status;
}

static nt_status read_rows(reader *r, size_t most, size_t *got, nt_error *err) {
  if (r->extracted) {
    double times[ROWS];
    return nt_extracted_read(r->extracted, r->rows, times, most, got, err);
  }
  if (!r->extractor) return nt_capture_read_rows(r->capture, r->rows, NULL, most, got, err);
  nt_status status = nt_capture_read(r->capture, r->packets, most, got, err);
  return status == NT_OK ? nt_extractor_update(r->extractor, r->packets, *got, r->rows, err)
                         : status;
}

static nt_status correlate(reader *r, uint64_t rows, nt_error *err) {
  size_t got = 1;
  for (uint64_t left = rows; left > 0 && got > 0; left -= got) {
    nt_status status = read_rows(r, left < ROWS ? (size_t)left : ROWS, &got, err);
    if (status != NT_OK) return status;
    nt_correlation_update(r->correlation, r->rows, got);
    if (nt_cancelled) return nt_fail(err, NT_E_STATE, "interrupted");
  }
  if (nt_correlation_rows(r->correlation) == 0) return nt_fail(err, NT_E_INPUT, "has no rows");
  nt_correlation_distance(r->correlation, r->distance);
  nt_status status = nt_linkage_single(r->distance, r->width, r->merges, err);
  return status == NT_OK ? nt_feature_map_cut(r->merges, r->width, r->width, &r->map, err) : status;
}

/* ---------------------------------------------------------------- what Lua sees */

static void push_profile_names(lua_State *L, nt_profile profile) {
  size_t width = nt_profile_width(profile);
  lua_createtable(L, (int)width, 0);
  for (size_t i = 0; i < width; i++) {
    lua_pushstring(L, nt_profile_feature_name(profile, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int names(lua_State *L) {
  nt_profile profile;
  nt_error unheard;
  if (nt_profile_from_name(luaL_checkstring(L, 1), &profile, &unheard) != NT_OK) return 0;
  push_profile_names(L, profile);
  return 1;
}

/* Of rows without a header: feature_0 and on, as `extract` and `score` name them. */
static void push_names(lua_State *L, const reader *r) {
  if (!r->names && r->profile_known) {
    push_profile_names(L, r->profile);
    return;
  }
  lua_createtable(L, (int)r->width, 0);
  for (size_t i = 0; i < r->width; i++) {
    if (r->names)
      lua_pushstring(L, r->names[i]);
    else
      lua_pushfstring(L, "feature_%d", (int)i);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int of(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "input");
  lua_getfield(L, 1, "profile");
  lua_getfield(L, 1, "rows");
  const char *path = luaL_checkstring(L, 2), *profile = luaL_optstring(L, 3, NULL);
  lua_Integer rows = luaL_checkinteger(L, 4);
  luaL_argcheck(L, rows > 0, 1, "rows: expected at least 1");
  reader *r = lua_newuserdatauv(L, sizeof *r, 0);
  *r = (reader){0};
  modules_close_at_end(L, "ninetails.dendrogram", reader_close);
  nt_error err;
  nt_status status =
      nt_extracted_is(path) ? open_extracted(r, path, &err) : open_capture(r, path, profile, &err);
  if (status == NT_OK) status = allocate(r, &err);
  if (status == NT_OK && (status = correlate(r, (uint64_t)rows, &err)) != NT_OK)
    nt_fail_in(&err, "%s", path);
  if (status != NT_OK) return modules_raise(L, &err);
  lua_createtable(L, 0, 6);
  set_map(L, &r->map);
  set_integer(L, "rows", nt_correlation_rows(r->correlation));
  if (r->profile_known) set_text(L, "profile", nt_profile_name(r->profile));
  push_names(L, r);
  lua_setfield(L, -2, "names");
  return 1;
}

int luaopen_ninetails_dendrogram(lua_State *L) {
  static const luaL_Reg functions[] = {{"of", of}, {"names", names}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
