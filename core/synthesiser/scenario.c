/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "behaviours.h"

/* ---------------------------------------------------------------- hosts */

typedef struct host_form {
  const char *name, *mac, *ip, *via;
  int stack;
  int64_t hops;
  double delay, mbps;
  bool attacker;
} host_form;

static const nt_behaviour_parameter host_parameters[] = {
    {"name", NT_P_TEXT, offsetof(host_form, name), 0, 0, NT_REQUIRED, NULL},
    {"ip", NT_P_TEXT, offsetof(host_form, ip), 0, 0, NT_REQUIRED, NULL},
    {"mac", NT_P_TEXT, offsetof(host_form, mac), 0, 0, 0, NULL},
    {"via", NT_P_TEXT, offsetof(host_form, via), 0, 0, 0, NULL},
    {"stack", NT_P_CHOICE, offsetof(host_form, stack), 0, 0, 0, nt_stack_names},
    {"hops", NT_P_INTEGER, offsetof(host_form, hops), 1, 30, 9, NULL},
    {"delay", NT_P_NUMBER, offsetof(host_form, delay), 0, 1, 0.00015, NULL},
    {"mbps", NT_P_NUMBER, offsetof(host_form, mbps), 0.1, 10000, 100, NULL},
    {"attacker", NT_P_FLAG, offsetof(host_form, attacker), 0, 1, 0, NULL},
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

static const nt_behaviour_parameter form_parameters[] = {
    {"behaviour", NT_P_TEXT, offsetof(activity_form, behaviour), 0, 0, NT_REQUIRED, NULL},
    {"name", NT_P_TEXT, offsetof(activity_form, name), 0, 0, NT_REQUIRED, NULL},
};

static const nt_behaviour_parameter activity_parameters[] = {
    {"from", NT_P_HOST, offsetof(nt_activity, from), 0, 0, 0, NULL},
    {"to", NT_P_HOST, offsetof(nt_activity, to), 0, 0, 0, NULL},
    {"attack", NT_P_FLAG, offsetof(nt_activity, attack), 0, 1, 0, NULL},
    {"diurnal", NT_P_FLAG, offsetof(nt_activity, diurnal), 0, 1, 0, NULL},
    {"start", NT_P_LAW, offsetof(nt_activity, start), 0, 1e6, 0, NULL},
    {"gap", NT_P_LAW, offsetof(nt_activity, gap), 0, 1e6, 1, NULL},
    {"busy", NT_P_LAW, offsetof(nt_activity, busy), 0, 1e6, 0, NULL},
    {"idle", NT_P_LAW, offsetof(nt_activity, idle), 0, 1e6, 0, NULL},
    {"begin", NT_P_NUMBER, offsetof(nt_activity, begin), 0, 1, -1, NULL},
    {"finish", NT_P_NUMBER, offsetof(nt_activity, finish), 0, 1, 2, NULL},
    {"share", NT_P_NUMBER, offsetof(nt_activity, share), 0, 0.99, 0, NULL},
    {"copies", NT_P_INTEGER, offsetof(nt_activity, copies), 1, 1000, 1, NULL},
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

static const nt_behaviour_parameter scenario_parameters[] = {
    {"name", NT_P_TEXT, offsetof(scenario_form, name), 0, 0, NT_REQUIRED, NULL},
    {"description", NT_P_TEXT, offsetof(scenario_form, description), 0, 0, 0, NULL},
    {"epoch", NT_P_INTEGER, offsetof(scenario_form, epoch), 0, 4e9, 1488186000, NULL},
    {"snaplen", NT_P_INTEGER, offsetof(scenario_form, snaplen), 14, 65535, 65535, NULL},
    {"start_hour", NT_P_NUMBER, offsetof(scenario_form, start_hour), 0, 24, 9, NULL},
    {"diurnal", NT_P_TABLE, offsetof(scenario_form, hours), 0, 0, 0, NULL},
    {"hosts", NT_P_TABLE, offsetof(scenario_form, hosts), 0, 0, NT_REQUIRED, NULL},
    {"activities", NT_P_TABLE, offsetof(scenario_form, activities), 0, 0, NT_REQUIRED, NULL},
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
