/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "behaviours.h"
#include "dialogue.h"

/* ---------------------------------------------------------------- hosts */

typedef struct host_form {
  const char *name, *mac, *ip, *via;
  int stack;
  int64_t hops;
  double delay, mbps;
  bool attacker;
} host_form;

static const nt_parameter host_parameters[] = {
    NT_TEXT_ROW(host_form, name, "name", NT_REQUIRED, "by which activities know it"),
    NT_TEXT_ROW(host_form, ip, "ip", NT_REQUIRED, "IPv4 address"),
    NT_TEXT_ROW(host_form, mac, "mac", NT_OPTIONAL,
                "hardware address; without it and `via` the host is a group"),
    NT_TEXT_ROW(host_form, via, "via", NT_OPTIONAL, "router behind which it lies"),
    NT_CHOICE_ROW(host_form, stack, "stack", nt_stack_names,
                  "TTL, window, options and IP identifiers of its system"),
    NT_INTEGER_ROW(host_form, hops, "hops", "1", 9, 1, 30,
                   "routers on its way, where it has `via`"),
    NT_NUMBER_ROW(host_form, delay, "delay", "s", 0.00015, 0, 1, "one way from the mirror port"),
    NT_NUMBER_ROW(host_form, mbps, "mbps", "Mbit/s", 100, 0.1, 10000, "of its link"),
    NT_FLAG_ROW(host_form, attacker, "attacker", 0, "over a capture it gets an unused address"),
};

/* Names go into labels and into messages on the wire. */
static bool proper_name(const char *name) {
  size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-");
  return n && !name[n] && n <= 64;
}

/* count fields of the given base between separators, each 0..255 */
static bool parse_bytes(const char *text, char separator, int base, int count, uint8_t *out) {
  for (int i = 0; i < count; i++) {
    unsigned value = 0, digits = 0;
    for (;; text++, digits++) {
      int d = *text >= '0' && *text <= '9'   ? *text - '0'
              : *text >= 'a' && *text <= 'f' ? *text - 'a' + 10
              : *text >= 'A' && *text <= 'F' ? *text - 'A' + 10
                                             : 99;
      if (d >= base || digits == 3) break;
      value = value * (unsigned)base + (unsigned)d;
    }
    if (!digits || value > 255 || *text != (i + 1 < count ? separator : 0)) return false;
    out[i] = (uint8_t)value;
    text++;
  }
  return true;
}

static nt_status read_host(nt_engine *e, const nt_setting *s, nt_host *h, nt_error *err) {
  host_form form = {0};
  nt_parameter_set set = {host_parameters, sizeof host_parameters / sizeof *host_parameters, &form};
  const nt_setting *name = nt_setting_find(s, "name");
  char what[96];
  snprintf(what, sizeof what, "host %.64s",
           name && name->kind == NT_SETTING_TEXT ? name->text : "without a name");
  nt_status status = nt_parameters_read(&e->scope, what, s, &set, 1, err);
  if (status != NT_OK) return status;
  if (!proper_name(form.name))
    return nt_fail(err, NT_E_ARGUMENT, "%s: a name has 1 to 64 of a-z 0-9 _ . -", what);
  if (nt_scope_host(&e->scope, form.name))
    return nt_fail(err, NT_E_ARGUMENT, "%s: there are two of this name", what);
  *h = (nt_host){.name = form.name,
                 .stack = nt_stack_find(nt_stack_names[form.stack]),
                 .hops = (uint8_t)form.hops,
                 .delay = form.delay,
                 .mbps = form.mbps,
                 .attacker = form.attacker};
  if (!parse_bytes(form.ip, '.', 10, 4, h->ip))
    return nt_fail(err, NT_E_ARGUMENT, "%s: ip is %s, expected a.b.c.d", what, form.ip);
  h->group = h->ip[0] >= 224 || (!form.mac && !form.via);
  if (h->group && h->ip[0] < 224 && h->ip[3] != 255)
    return nt_fail(err, NT_E_ARGUMENT, "%s: mac or via must be given", what);
  if (form.mac && !parse_bytes(form.mac, ':', 16, 6, h->mac))
    return nt_fail(err, NT_E_ARGUMENT, "%s: mac is %s, expected aa:bb:cc:dd:ee:ff", what, form.mac);
  if (form.via) {
    h->via = nt_scope_host(&e->scope, form.via);
    if (!h->via || h->via->via || h->via->group)
      return nt_fail(err, NT_E_ARGUMENT, "%s: via is %s, expected a local host listed before it",
                     what, form.via);
  }
  nt_host_derive_ip6(h);
  return NT_OK;
}

static nt_status read_hosts(nt_engine *e, const nt_setting *list, uint64_t seed, nt_error *err) {
  size_t count = nt_setting_list_length(list);
  if (!count || count > 10000)
    return nt_fail(err, NT_E_ARGUMENT, "scenario %s: hosts has %zu items, expected 1 to 10000",
                   e->name, count);
  e->scope.hosts = nt_scope_allocate(&e->scope, count * sizeof(nt_host));
  if (!e->scope.hosts) return nt_fail(err, NT_E_MEMORY, "scenario %s: out of memory", e->name);
  for (const nt_setting *s = list->first; s; s = s->next) {
    nt_host *h = &e->scope.hosts[e->scope.host_count];
    nt_status status = read_host(e, s, h, err);
    if (status != NT_OK) return status;
    nt_chance chance;
    nt_chance_seed(&chance, seed, h->name, 0);
    h->next_id = (uint16_t)nt_chance_next(&chance);
    h->clock = (uint32_t)nt_chance_next(&chance);
    h->next_port = (uint16_t)nt_chance_between(&chance, h->stack->first_port, h->stack->last_port);
    e->scope.host_count++;
  }
  return NT_OK;
}

/* ---------------------------------------------------------------- activities */

typedef struct activity_form {
  const char *behaviour, *name;
} activity_form;

static const nt_parameter form_parameters[] = {
    NT_TEXT_ROW(activity_form, behaviour, "behaviour", NT_REQUIRED, "what it does"),
    NT_TEXT_ROW(activity_form, name, "name", NT_REQUIRED, "in the labels"),
};

static const nt_parameter activity_parameters[] = {
    NT_HOST_ROW(nt_activity, from, "from", NT_OPTIONAL, "who begins"),
    NT_HOST_ROW(nt_activity, to, "to", NT_OPTIONAL, "who answers"),
    NT_FLAG_ROW(nt_activity, attack, "attack", 0, "its packets have label 1"),
    NT_FLAG_ROW(nt_activity, diurnal, "diurnal", 0, "follows the hours of the day"),
    NT_LAW_ROW(nt_activity, start, "start", "s", 0, 0, 1e6, "before its first exchange"),
    NT_LAW_ROW(nt_activity, gap, "gap", "s", 1, 0, 1e6, "between exchanges"),
    NT_LAW_ROW(nt_activity, busy, "busy", "s", 0, 0, 1e6, "spells with exchanges; 0: always"),
    NT_LAW_ROW(nt_activity, idle, "idle", "s", 0, 0, 1e6, "spells without"),
    NT_NUMBER_ROW(nt_activity, begin, "begin", "1", -1, 0, 1,
                  "fraction of the trace's packets at which it begins; without it, at `start`"),
    NT_NUMBER_ROW(nt_activity, finish, "finish", "1", 2, 0, 1,
                  "fraction at which it ends; without it, never"),
    NT_NUMBER_ROW(nt_activity, share, "share", "1", 0, 0, 0.99,
                  "wanted part of the packets in between; 0: as the gaps make it"),
    NT_INTEGER_ROW(nt_activity, copies, "copies", "1", 1, 1, 1000, "how many of it there are"),
};

static nt_synthesis_count *count_of(nt_engine *e, const char *name, bool attack) {
  nt_synthesis_result *r = e->result;
  for (size_t i = 0; i < r->activity_count; i++)
    if (!strcmp(r->activities[i].name, name)) return &r->activities[i];
  r->activities[r->activity_count] = (nt_synthesis_count){.name = name, .attack = attack};
  return &r->activities[r->activity_count++];
}

static nt_status check_activity(const nt_engine *e, const nt_activity *a, nt_error *err) {
  unsigned needs = a->behaviour->needs;
  if ((needs & NT_NEEDS_FROM && !a->from) || (needs & NT_NEEDS_TO && !a->to))
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: %s must be given", a->name,
                   needs & NT_NEEDS_FROM && !a->from ? "from" : "to");
  if (a->from && a->from->group)
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: from is %s, a group cannot send", a->name,
                   a->from->name);
  if (a->finish < a->begin)
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: finish %g lies before begin %g", a->name,
                   a->finish, a->begin);
  if ((a->share > 0 || a->behaviour->tap) && a->begin < 0)
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: begin must be given with %s", a->name,
                   a->share > 0 ? "share" : "this behaviour");
  if (a->attack && a->begin < 0)
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: an attack needs begin", a->name);
  if (a->count->attack != a->attack)
    return nt_fail(err, NT_E_ARGUMENT,
                   "scenario %s: of the activities called %s some are attacks, some not", e->name,
                   a->name);
  return NT_OK;
}

static uint64_t earlier_of_name(const nt_engine *e, const char *name) {
  uint64_t n = 0;
  for (size_t i = 0; i < e->activity_count; i++) n += !strcmp(e->activities[i]->name, name);
  return n;
}

static nt_status add_activity(nt_engine *e, const nt_setting *s, uint64_t seed, bool attacks_only,
                              nt_error *err) {
  const nt_setting *which = nt_setting_find(s, "behaviour"), *name = nt_setting_find(s, "name");
  char what[96];
  snprintf(what, sizeof what, "activity %.64s",
           name && name->kind == NT_SETTING_TEXT ? name->text : "without a name");
  activity_form form = {0};
  const char *behaviour = which && which->kind == NT_SETTING_TEXT ? which->text : "";
  const nt_behaviour *b = nt_behaviour_find(behaviour);
  if (!b)
    return nt_fail(err, NT_E_ARGUMENT, "%s: behaviour is %s, the nearest known is %s", what,
                   *behaviour ? behaviour : "not given", nt_behaviour_nearest(behaviour));
  nt_activity *a = nt_scope_allocate(&e->scope, b->size);
  if (!a) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", what);
  const nt_parameter_set sets[] = {
      {form_parameters, sizeof form_parameters / sizeof *form_parameters, &form},
      {activity_parameters, sizeof activity_parameters / sizeof *activity_parameters, a},
      {b->parameters, b->parameter_count, a}};
  nt_status status = nt_parameters_read(&e->scope, what, s, sets, 3, err);
  if (status != NT_OK) return status;
  if (!proper_name(form.name))
    return nt_fail(err, NT_E_ARGUMENT, "%s: a name has 1 to 64 of a-z 0-9 _ . -", what);
  if (attacks_only && !a->attack) return NT_OK;
  a->behaviour = b;
  a->name = form.name;
  a->count = count_of(e, form.name, a->attack);
  nt_chance_seed(&a->chance, seed, form.name, earlier_of_name(e, form.name));
  status = check_activity(e, a, err);
  if (status == NT_OK) status = nt_engine_add(e, a, err);
  if (status == NT_OK && b->prepare) status = b->prepare(e, a, err);
  return status;
}

static nt_status add_copies(nt_engine *e, const nt_setting *s, uint64_t seed, bool attacks_only,
                            nt_error *err) {
  const nt_setting *copies = nt_setting_find(s, "copies");
  nt_status status = add_activity(e, s, seed, attacks_only, err);
  double n = status == NT_OK && copies ? copies->number : 1;
  for (double i = 1; i < n && status == NT_OK; i++)
    status = add_activity(e, s, seed, attacks_only, err);
  return status;
}

/* ---------------------------------------------------------------- the whole */

typedef struct scenario_form {
  const char *name, *description;
  int64_t epoch, snaplen;
  double start_hour;
  const nt_setting *hosts, *activities, *hours;
} scenario_form;

static const nt_parameter scenario_parameters[] = {
    NT_ROW(scenario_form, name, "name", "in messages", NT_REQUIRED, .type = NT_PARAMETER_TEXT,
           .unkeyed = 1),
    NT_ROW(scenario_form, description, "description", "for people", NT_OPTIONAL,
           .type = NT_PARAMETER_TEXT, .unkeyed = 1),
    NT_INTEGER_ROW(scenario_form, epoch, "epoch", "s", 1488186000, 0, 4e9,
                   "since 1970, of the first moment"),
    NT_INTEGER_ROW(scenario_form, snaplen, "snaplen", "bytes", 65535, 14, 65535,
                   "of a frame that are captured"),
    NT_NUMBER_ROW(scenario_form, start_hour, "start_hour", "h", 9, 0, 24,
                  "of the day at the first moment"),
    NT_TABLE_ROW(scenario_form, hours, "diurnal", NT_OPTIONAL, "24 factors, one for each hour"),
    NT_TABLE_ROW(scenario_form, hosts, "hosts", NT_REQUIRED, "a list of hosts"),
    NT_TABLE_ROW(scenario_form, activities, "activities", NT_REQUIRED, "a list of activities"),
};

static nt_status read_diurnal(nt_engine *e, const nt_setting *hours, nt_error *err) {
  size_t n = 0;
  for (const nt_setting *s = hours->first; s; s = s->next) {
    if (s->key) continue; /* "source" */
    if (s->kind != NT_SETTING_NUMBER || !(s->number >= 0.01 && s->number <= 100) || n == 24) {
      n = 0;
      break;
    }
    e->diurnal[n++] = s->number;
  }
  if (n != 24)
    return nt_fail(err, NT_E_ARGUMENT,
                   "scenario %s: diurnal must be 24 factors of 0.01 to 100, one for each hour",
                   e->name);
  e->diurnal[24] = e->diurnal[0];
  e->has_diurnal = true;
  return NT_OK;
}

static nt_status allocate_tables(nt_engine *e, nt_error *err) {
  nt_scope *scope = &e->scope;
  e->activities = nt_scope_allocate(scope, NT_MAX_ACTIVITIES * sizeof *e->activities);
  e->times = nt_scope_allocate(scope, NT_MAX_ACTIVITIES * sizeof *e->times);
  e->queue = nt_scope_allocate(scope, NT_MAX_ACTIVITIES * sizeof *e->queue);
  e->places = nt_scope_allocate(scope, NT_MAX_ACTIVITIES * sizeof *e->places);
  e->result->activities = calloc(NT_MAX_ACTIVITIES + 1, sizeof *e->result->activities);
  if (!e->activities || !e->times || !e->queue || !e->places || !e->result->activities)
    return nt_fail(err, NT_E_MEMORY, "scenario %s: out of memory", e->name);
  return NT_OK;
}

nt_status nt_scenario_load(nt_engine *e, const nt_setting *scenario, uint64_t seed,
                           bool attacks_only, nt_error *err) {
  scenario_form form = {0};
  nt_parameter_set set = {scenario_parameters,
                          sizeof scenario_parameters / sizeof *scenario_parameters, &form};
  nt_status status = nt_parameters_read(&e->scope, "scenario", scenario, &set, 1, err);
  if (status != NT_OK) return status;
  e->name = form.name;
  e->epoch = form.epoch;
  e->snaplen = form.snaplen;
  e->diurnal_start = form.start_hour;
  if (form.hours) status = read_diurnal(e, form.hours, err);
  if (status == NT_OK) status = allocate_tables(e, err);
  if (status == NT_OK) status = read_hosts(e, form.hosts, seed, err);
  if (status != NT_OK) return status;
  if (!nt_setting_list_length(form.activities))
    return nt_fail(err, NT_E_ARGUMENT, "scenario %s: activities is empty", e->name);
  for (const nt_setting *s = form.activities->first; s && status == NT_OK; s = s->next)
    status = add_copies(e, s, seed, attacks_only, err);
  return status;
}

/* ---------------------------------------------------------------- what can be said */

#define TABLE(title, rows)                                                                         \
  { (title), (rows), sizeof(rows) / sizeof *(rows) }

const nt_scenario_table nt_scenario_tables[] = {
    TABLE("a scenario", scenario_parameters),
    TABLE("a host", host_parameters),
    TABLE("every activity", form_parameters),
    TABLE("every activity", activity_parameters),
    {"a message of a dialogue's `lines`", nt_line_parameters, NT_LINE_PARAMETERS},
    {NULL, NULL, 0},
};
