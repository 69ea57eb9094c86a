/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provenance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ninetails/platform.h>

void nt_provenance_add(nt_provenance *p, const char *name, const char *text) {
  if (text && p->count < NT_PROVENANCE_NOTES) p->note[p->count++] = (nt_note){name, text};
}

void nt_provenance_add_copy(nt_provenance *p, const char *name, const char *text) {
  char *copy = text && p->count < NT_PROVENANCE_NOTES ? strdup(text) : NULL;
  if (!copy) return;
  p->owned[p->count] = copy;
  nt_provenance_add(p, name, copy);
}

static void add_libraries(nt_provenance *p) {
  nt_library libraries[16];
  char text[1024] = "";
  size_t count = nt_libraries(libraries, 16), used = 0;
  for (size_t i = 0; i < count && used < sizeof text; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s", i ? ", " : "",
                             libraries[i].name, libraries[i].version);
  nt_provenance_add_copy(p, "libraries", text);
}

static void add_machine(nt_provenance *p, nt_isa isa) {
  char text[512];
  nt_cpu_model(text, sizeof text);
  nt_provenance_add_copy(p, "cpu", text);
  nt_cpu_features(text, sizeof text);
  nt_provenance_add_copy(p, "cpu_features", text);
  nt_provenance_add(p, "isa", nt_isa_name(isa));
  if (gethostname(text, sizeof text) == 0) {
    text[sizeof text - 1] = 0;
    nt_provenance_add_copy(p, "host", text);
  }
}

void nt_provenance_make(nt_provenance *p, int threads, nt_isa isa) {
  const nt_build *build = nt_build_of();
  char text[64];
  time_t now = time(NULL);
  struct tm utc;
  *p = (nt_provenance){0};
  nt_provenance_add(p, "version", build->version);
  nt_provenance_add(p, "commit", build->commit);
  nt_provenance_add(p, "dirty", build->dirty ? "1" : "0");
  nt_provenance_add(p, "compiler", build->compiler);
  nt_provenance_add(p, "flags", build->flags);
  add_libraries(p);
  add_machine(p, isa);
  snprintf(text, sizeof text, "%d", threads);
  nt_provenance_add_copy(p, "threads", text);
  gmtime_r(&now, &utc);
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  nt_provenance_add_copy(p, "start", text);
}

void nt_provenance_done(nt_provenance *p) {
  for (size_t i = 0; i < NT_PROVENANCE_NOTES; i++) free(p->owned[i]);
  *p = (nt_provenance){0};
}
