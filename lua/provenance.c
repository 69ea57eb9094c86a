/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provenance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cpu.h"
#include "version.h"

static void add(provenance *p, const char *name, const char *text) {
  if (text && p->count < PROVENANCE_NOTES) p->note[p->count++] = (nt_note){name, text};
}

/* A copy of the text. */
static void add_copy(provenance *p, const char *name, const char *text) {
  char *copy = p->count < PROVENANCE_NOTES ? strdup(text) : NULL;
  if (!copy) return;
  p->owned[p->count] = copy;
  add(p, name, copy);
}

static void add_field(lua_State *L, provenance *p, const char *name, const char *key) {
  lua_getfield(L, -1, key);
  if (lua_type(L, -1) == LUA_TSTRING) add(p, name, lua_tostring(L, -1));
  lua_pop(L, 1);
}

static void add_libraries(provenance *p) {
  nt_library libraries[16];
  char text[1024] = "";
  size_t count = nt_libraries(libraries, 16), used = 0;
  for (size_t i = 0; i < count && used < sizeof text; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s", i ? ", " : "",
                             libraries[i].name, libraries[i].version);
  add_copy(p, "libraries", text);
}

void provenance_read(lua_State *L, provenance *p, int threads) {
  const nt_build *build = nt_build_of();
  char text[512];
  time_t now = time(NULL);
  struct tm utc;
  *p = (provenance){0};
  add_field(L, p, "experiment", "name");
  add(p, "version", build->version);
  add(p, "commit", build->commit);
  add(p, "dirty", build->dirty ? "1" : "0");
  add(p, "compiler", build->compiler);
  add(p, "flags", build->flags);
  add_libraries(p);
  nt_cpu_model(text, sizeof text);
  add_copy(p, "cpu", text);
  nt_cpu_features(text, sizeof text);
  add_copy(p, "cpu_features", text);
  add(p, "isa", nt_isa_name(nt_isa_best()));
  if (gethostname(text, sizeof text) == 0) add_copy(p, "host", text);
  snprintf(text, sizeof text, "%d", threads);
  add_copy(p, "threads", text);
  gmtime_r(&now, &utc);
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  add_copy(p, "start", text);
  add_field(L, p, "command_line", "command_line");
  if (lua_getfield(L, -1, "script") == LUA_TTABLE) {
    add_field(L, p, "script_path", "path");
    add_field(L, p, "script", "text");
    add_field(L, p, "options", "options");
  }
  lua_pop(L, 1);
}

void provenance_done(provenance *p) {
  for (size_t i = 0; i < PROVENANCE_NOTES; i++) free(p->owned[i]);
  *p = (provenance){0};
}
