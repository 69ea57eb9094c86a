/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue.h"

#include <stddef.h>
#include <string.h>

#include "behaviours.h"
#include "tls.h"

/* ---------------------------------------------------------------- the script */

static const char *const side_names[] = {"client", "server", NULL};
static const char *const fill_names[] = {"random", "text", "tls", NULL};

static const nt_behaviour_parameter line_parameters[] = {
    {"sender", NT_P_CHOICE, offsetof(nt_dialogue_line, sender), 0, 0, 0, side_names},
    {"text", NT_P_TEXTS, offsetof(nt_dialogue_line, text), 1, 1000, 0, NULL},
    {"body", NT_P_LAW, offsetof(nt_dialogue_line, body), 0, 1e9, 0, NULL},
    {"fill", NT_P_CHOICE, offsetof(nt_dialogue_line, fill), 0, 0, 0, fill_names},
    {"tls", NT_P_CHOICE, offsetof(nt_dialogue_line, tls), 0, 0, 0, nt_tls_flights},
    {"sni", NT_P_TEXT, offsetof(nt_dialogue_line, sni), 0, 0, 0, NULL},
    {"think", NT_P_LAW, offsetof(nt_dialogue_line, think), 0, 1e6, 0.0005, NULL},
    {"mutate", NT_P_NUMBER, offsetof(nt_dialogue_line, mutate), 0, 1, 0, NULL},
    {"repeat_times", NT_P_LAW, offsetof(nt_dialogue_line, repeat), 0, 1e9, 0, NULL},
    {"lines", NT_P_TABLE, offsetof(nt_dialogue_line, lines), 0, 0, 0, NULL},
};

static nt_status read_lines(nt_scope *scope, const char *what, const nt_setting *table,
                            nt_script *script, int depth, nt_error *err) {
  for (const nt_setting *s = table->first; s; s = s->next) {
    if (script->count == NT_MAX_LINES || depth > NT_MAX_DEPTH)
      return nt_fail(err, NT_E_LIMIT, "%s: more than %d lines or %d nested repeats", what,
                     NT_MAX_LINES, NT_MAX_DEPTH);
    uint32_t place = script->count++;
    nt_dialogue_line *line = &script->lines[place];
    nt_parameter_set set = {line_parameters, sizeof line_parameters / sizeof *line_parameters,
                            line};
    nt_status status = nt_parameters_read(scope, what, s, &set, 1, err);
    if (status == NT_OK) status = nt_text_check(&line->text, what, NT_TCP_HEAD, err);
    if (status == NT_OK && line->sni && strlen(line->sni) > 255)
      status = nt_fail(err, NT_E_ARGUMENT, "%s: sni has more than 255 bytes", what);
    if (status == NT_OK && !line->lines && !line->text.count && !line->tls && line->body.max <= 0)
      status = nt_fail(err, NT_E_ARGUMENT, "%s: line %u says nothing", what, place + 1);
    if (status == NT_OK && line->lines) {
      line->first = script->count;
      status = read_lines(scope, what, line->lines, script, depth + 1, err);
      line->last = script->count;
    }
    if (status != NT_OK) return status;
  }
  return NT_OK;
}

nt_status nt_script_read(nt_scope *scope, const char *what, const nt_setting *table,
                         nt_script *script, nt_error *err) {
  script->lines = nt_scope_allocate(scope, NT_MAX_LINES * sizeof *script->lines);
  if (!script->lines) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", what);
  nt_status status = read_lines(scope, what, table, script, 1, err);
  if (status == NT_OK && !script->count)
    status = nt_fail(err, NT_E_ARGUMENT, "%s: lines is empty", what);
  return status;
}

/* ---------------------------------------------------------------- reading it aloud */

void nt_reading_begin(nt_reading *r, const nt_host *client, const nt_host *server,
                      nt_chance *chance) {
  *r = (nt_reading){.blanks = {client, server, 0, 0, (uint32_t)nt_chance_next(chance)}};
}

/* Moves to the next line that says something; NULL at the end. */
static const nt_dialogue_line *advance(const nt_script *script, nt_reading *r, nt_chance *chance) {
  for (;;) {
    while (r->depth && r->at == script->lines[r->loops[r->depth - 1].line].last) {
      uint32_t line = r->loops[r->depth - 1].line;
      if (--r->loops[r->depth - 1].left)
        r->at = script->lines[line].first;
      else
        r->depth--;
    }
    if (r->at == script->count) return NULL;
    const nt_dialogue_line *line = &script->lines[r->at];
    if (!line->lines) {
      r->at++;
      return line;
    }
    uint32_t times = (uint32_t)nt_law_draw(&line->repeat, chance);
    if (times && line->last > line->first) { /* depth was bounded when the script was read */
      r->loops[r->depth].line = r->at;
      r->loops[r->depth++].left = times;
      r->at = line->first;
    } else
      r->at = line->last;
  }
}

static uint64_t body_length(const nt_dialogue_line *line, nt_chance *chance) {
  uint64_t length = (uint64_t)nt_law_draw(&line->body, chance);
  if (line->fill != NT_BODY_TLS || !length) return length;
  uint64_t records = (length + 16383) / 16384;
  return length + 5 * records; /* the last record holds at least one byte */
}

bool nt_reading_next(const nt_script *script, nt_reading *r, nt_activity *a,
                     nt_tcp_session *session, nt_tcp_message *m) {
  nt_chance *chance = &a->chance;
  do {
    const nt_dialogue_line *line = advance(script, r, chance);
    if (!line) return false;
    *m = (nt_tcp_message){.sender = line->sender,
                          .think = nt_draw_ns(&line->think, chance),
                          .body = body_length(line, chance),
                          .body_at = nt_chance_below(chance, NT_POOL),
                          .fill = (nt_tcp_body)line->fill};
    r->blanks.number += line->sender == 0;
    r->blanks.body = m->body;
    if (line->tls)
      m->head = nt_tls_flight(line->tls, line->sni, chance, session->head);
    else if (line->text.count) {
      uint32_t which = nt_chance_below(chance, (uint32_t)line->text.count);
      m->head =
          nt_text_expand(line->text.items[which], &r->blanks, chance, session->head, NT_TCP_HEAD);
      if (line->mutate > 0 && nt_chance_uniform(chance) < line->mutate)
        m->head = nt_text_mutate(session->head, m->head, NT_TCP_HEAD, chance);
    }
  } while (m->head + m->body == 0);
  return true;
}

/* ---------------------------------------------------------------- the behaviour */

typedef struct dialogue {
  nt_activity base;
  int64_t port;
  int end;
  double loss;
  int64_t window;
  bool established;
  nt_host_list targets;
  const nt_setting *lines;
  nt_script script;
  nt_reading reading;
  bool talking;
  nt_tcp_session session;
} dialogue;

static const char *const end_names[] = {"client", "server", "reset", "open", NULL};

static const nt_behaviour_parameter dialogue_parameters[] = {
    {"port", NT_P_INTEGER, offsetof(dialogue, port), 1, 65535, NT_REQUIRED, NULL},
    {"closes", NT_P_CHOICE, offsetof(dialogue, end), 0, 0, 0, end_names},
    {"loss", NT_P_NUMBER, offsetof(dialogue, loss), 0, 0.3, 0, NULL},
    {"window", NT_P_INTEGER, offsetof(dialogue, window), 1, 40, 32, NULL},
    {"established", NT_P_FLAG, offsetof(dialogue, established), 0, 1, 0, NULL},
    {"targets", NT_P_HOSTS, offsetof(dialogue, targets), 1, 1000, 0, NULL},
    {"lines", NT_P_TABLE, offsetof(dialogue, lines), 0, 0, 0, NULL},
};

static nt_status dialogue_prepare(nt_engine *e, nt_activity *a, nt_error *err) {
  dialogue *d = (dialogue *)a;
  if (!a->to && !d->targets.count)
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: to or targets must be given", a->name);
  if (!d->lines) return nt_fail(err, NT_E_ARGUMENT, "activity %s: lines must be given", a->name);
  return nt_script_read(&e->scope, a->name, d->lines, &d->script, err);
}

static bool dialogue_next(nt_engine *e, nt_activity *a, nt_tcp_session *s, nt_tcp_message *m) {
  dialogue *d = (dialogue *)a;
  if (a->attack && nt_engine_ended(e, a)) return false;
  if (!nt_reading_next(&d->script, &d->reading, a, s, m)) return false;
  if (a->share > 0) m->think = (int64_t)((double)m->think * nt_engine_pace(e, a));
  return true;
}

static int64_t dialogue_step(nt_engine *e, nt_activity *a) {
  dialogue *d = (dialogue *)a;
  if (!d->talking) {
    nt_host *server = a->to;
    if (d->targets.count)
      server = d->targets.items[nt_chance_below(&a->chance, (uint32_t)d->targets.count)];
    d->talking = true;
    d->session.loss = d->loss;
    d->session.end = (nt_tcp_end)d->end;
    d->session.max_window = (uint32_t)d->window;
    nt_reading_begin(&d->reading, a->from, server, &a->chance);
    nt_tcp_open(e, a, &d->session, a->from, server, (uint16_t)d->port, d->established && !a->sent,
                dialogue_next);
    if (d->established && !a->sent) return d->session.at;
  }
  int64_t next = nt_tcp_step(e, a, &d->session);
  if (next != NT_NEVER) return next;
  d->talking = false;
  return nt_engine_after_gap(e, a);
}

const nt_behaviour nt_behaviour_dialogue = {
    .name = "dialogue",
    .size = sizeof(dialogue),
    .parameters = dialogue_parameters,
    .parameter_count = sizeof dialogue_parameters / sizeof *dialogue_parameters,
    .needs = NT_NEEDS_FROM,
    .paced = true,
    .prepare = dialogue_prepare,
    .step = dialogue_step,
};
