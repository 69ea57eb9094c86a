/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios of the synthesiser as text: JSON with single quotes and bare
 * keys; ~ stands for a newline. */
#ifndef NINETAILS_SCENARIO_TEXT_H
#define NINETAILS_SCENARIO_TEXT_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthesiser/settings.h"

static inline const char *parse_value(const char *p, nt_setting *into, const char *key);

static inline const char *skip(const char *p) {
  while (isspace((unsigned char)*p) || *p == ',' || *p == ':') p++;
  return p;
}

static inline const char *parse_text(const char *p, char *out) {
  for (p++; *p && *p != '\''; p++) *out++ = *p == '~' ? '\n' : *p;
  *out = 0;
  return p + 1;
}

static inline const char *parse_members(const char *p, nt_setting *into) {
  char close = *p == '{' ? '}' : ']', key[64];
  for (p = skip(p + 1); *p && *p != close; p = skip(p)) {
    if (close == '}') {
      size_t n = strcspn(p, ": ");
      snprintf(key, sizeof key, "%.*s", (int)n, p);
      p = skip(p + n);
    }
    p = parse_value(p, into, close == '}' ? key : NULL);
  }
  return p + 1;
}

static inline const char *parse_value(const char *p, nt_setting *into, const char *key) {
  char text[4096], *end;
  if (*p == '{' || *p == '[') return parse_members(p, nt_setting_add_table(into, key));
  if (*p == '\'') {
    p = parse_text(p, text);
    nt_setting_add_text(into, key, text, strlen(text));
    return p;
  }
  if (!strncmp(p, "true", 4)) {
    nt_setting_add_flag(into, key, true);
    return p + 4;
  }
  nt_setting_add_number(into, key, strtod(p, &end));
  return end;
}

static inline nt_setting *scenario_of(const char *text) {
  nt_setting *root = nt_setting_new();
  parse_members(text, root);
  return root;
}

#define HOSTS                                                                                      \
  "hosts: [{name: 'recorder', ip: '10.0.0.1', mac: '02:00:00:00:00:01'},"                          \
  " {name: 'camera', ip: '10.0.0.2', mac: '02:00:00:00:00:02', stack: 'camera'},"                  \
  " {name: 'pc', ip: '10.0.0.3', mac: '02:00:00:00:00:03', stack: 'windows'},"                     \
  " {name: 'router', ip: '10.0.0.254', mac: '02:00:00:00:00:fe'},"                                 \
  " {name: 'web', ip: '192.0.2.1', via: 'router', delay: 0.02},"                                   \
  " {name: 'attacker', ip: '10.0.0.9', mac: '02:00:00:00:00:09', attacker: true},"                 \
  " {name: 'group', ip: '224.0.0.251'}],"

#endif
