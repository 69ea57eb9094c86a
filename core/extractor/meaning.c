/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meaning.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"

/* ---------------------------------------------------------------- the words
 *
 * In them %s is the source, %S it with its port, %m its MAC in brackets, where it has one; %d, %D the destination; %w the window;
 * %f and %b what the table says of one direction and of both.
 */

typedef struct table {
  const char *name, *from, *both;
  int times; /* its values are times between packets, not sizes */
} table;

static const table tables[] = {
    {"MI_dir", "from %s%m", NULL, 0},
    {"H", "from %s", NULL, 0},
    {"HH", "from %s", "from %s and from %d", 0},
    {"HH_jit", "from %s to %d", NULL, 1},
    {"HpHp", "from %S", "from %S and from %D", 0},
};

typedef struct statistic {
  const char *name;
  int times; /* as of the table; -1: of any */
  nt_cause cause;
  const char *words;
} statistic;

static const statistic statistics[] = {
    {"weight", -1, NT_CAUSE_RATE, "packets %f in %w"},
    {"mean", 0, NT_CAUSE_SIZE, "mean size of packets %f in %w"},
    {"variance", 0, NT_CAUSE_SIZE, "variance of the size of packets %f in %w"},
    {"std", 0, NT_CAUSE_SIZE, "standard deviation of the size of packets %f in %w"},
    {"mean", 1, NT_CAUSE_TIMING, "mean time between packets %f in %w"},
    {"variance", 1, NT_CAUSE_TIMING, "variance of the time between packets %f in %w"},
    {"magnitude", 0, NT_CAUSE_SIZE, "magnitude of the mean sizes of packets %b in %w"},
    {"radius", 0, NT_CAUSE_SIZE, "radius of the variances of the size of packets %b in %w"},
    {"covariance", 0, NT_CAUSE_BOTH, "covariance of the sizes of packets %b in %w"},
    {"pcc", 0, NT_CAUSE_BOTH, "correlation of the sizes of packets %b in %w"},
};

const char *nt_cause_name(nt_cause cause) {
  static const char *const names[] = {"rate", "size", "timing", "both directions", "other"};
  return names[cause];
}

/* ---------------------------------------------------------------- parts of a name */

typedef struct meaning {
  const table *table;
  const statistic *statistic;
  double decay;
} meaning;

/* 0: the name has no such form. "HH" is no beginning of "HH_jit_L5_mean": "_L" follows the name. */
static int take_apart(const char *name, meaning *m) {
  m->table = NULL;
  m->statistic = NULL;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    size_t length = strlen(tables[i].name);
    if (strncmp(name, tables[i].name, length) != 0 || strncmp(name + length, "_L", 2) != 0)
      continue;
    char *rest;
    m->table = &tables[i];
    m->decay = strtod(name + length + 2, &rest);
    for (size_t k = 0; k < sizeof statistics / sizeof *statistics; k++)
      if (*rest == '_' && strcmp(rest + 1, statistics[k].name) == 0 &&
          (statistics[k].times < 0 || statistics[k].times == tables[i].times))
        m->statistic = &statistics[k];
    return m->statistic != NULL && m->decay > 0;
  }
  return 0;
}

static int meaning_of(nt_profile profile, size_t column, meaning *m) {
  const char *name = nt_profile_feature_name(profile, column);
  return name && take_apart(name, m);
}

nt_cause nt_feature_cause(nt_profile profile, size_t column) {
  meaning m;
  return meaning_of(profile, column, &m) ? m.statistic->cause : NT_CAUSE_OTHER;
}

/* ---------------------------------------------------------------- texts */

static void mac_text(const uint8_t *a, char *text, size_t size) {
  snprintf(text, size, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
}

void nt_identity_address(const nt_identity *id, int end, char *text, size_t size) {
  int source = end == NT_SOURCE;
  uint8_t kind = source ? id->source_kind : id->destination_kind;
  const uint8_t *a = source ? id->source : id->destination;
  char address[INET6_ADDRSTRLEN] = "?";
  if (kind == NT_ADDRESS_MAC) mac_text(a, address, sizeof address);
  if (kind == NT_ADDRESS_IPV4) inet_ntop(AF_INET, a, address, sizeof address);
  if (kind == NT_ADDRESS_IPV6) inet_ntop(AF_INET6, a, address, sizeof address);
  snprintf(text, size, "%s", address);
}

void nt_identity_endpoint(const nt_identity *id, int end, char *text, size_t size) {
  const uint16_t *port = end == NT_SOURCE ? id->source_port : id->destination_port;
  char address[INET6_ADDRSTRLEN];
  nt_identity_address(id, end, address, sizeof address);
  if (id->port_kind != NT_PORT_NUMBER && id->port_kind != NT_PORT_TWO)
    snprintf(text, size, "%s", address);
  else if (strchr(address, ':'))
    snprintf(text, size, "[%s]:%u", address, port[0]);
  else
    snprintf(text, size, "%s:%u", address, port[0]);
}

typedef struct words {
  char *text;
  size_t size, used;
} words;

static void add(words *w, const char *text) {
  size_t room = w->size - w->used;
  int length = snprintf(w->text + w->used, room, "%s", text);
  w->used += (size_t)length < room ? (size_t)length : room - 1;
}

/* Templates hold one another at most twice: statistic, table, value. */
static void fill(words *w, const char *format, const meaning *m, const nt_identity *id) {
  char value[64], mac[18], letter[2] = "";
  for (const char *p = format; *p; p++) {
    if (*p != '%') {
      letter[0] = *p;
      add(w, letter);
      continue;
    }
    *value = '\0';
    switch (*++p) {
    case 'f':
      fill(w, m->table->from, m, id);
      break;
    case 'b':
      fill(w, m->table->both, m, id);
      break;
    case 's':
      nt_identity_address(id, NT_SOURCE, value, sizeof value);
      break;
    case 'd':
      nt_identity_address(id, NT_DESTINATION, value, sizeof value);
      break;
    case 'S':
      nt_identity_endpoint(id, NT_SOURCE, value, sizeof value);
      break;
    case 'D':
      nt_identity_endpoint(id, NT_DESTINATION, value, sizeof value);
      break;
    case 'm':
      if (id->mac_kind != NT_ADDRESS_MAC) break;
      mac_text(id->source_mac, mac, sizeof mac);
      snprintf(value, sizeof value, " (%s)", mac);
      break;
    default: /* w */
      snprintf(value, sizeof value, "%.3g s", 1 / m->decay);
      break;
    }
    add(w, value);
  }
}

void nt_feature_words(nt_profile profile, size_t column, const nt_identity *identity, char *text,
                      size_t size) {
  meaning m;
  words w = {text, size, 0};
  if (size == 0) return;
  *text = '\0';
  if (meaning_of(profile, column, &m)) fill(&w, m.statistic->words, &m, identity);
}
