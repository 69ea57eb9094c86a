/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue.h"

#include <stddef.h>
#include <string.h>

#include "behaviours.h"
#include "tls.h"

/* ---------------------------------------------------------------- the script */

static const char *const side_names[] = {"client", "server", NULL};
static const char *const fill_names[] = {"random", "text", "tls", NULL};

const nt_parameter nt_line_parameters[NT_LINE_PARAMETERS] = {
    NT_CHOICE_ROW(nt_dialogue_line, sender, "sender", side_names, "who speaks"),
    NT_TEXTS_ROW(nt_dialogue_line, text, "text", 1, 1000,
                 "what is said, blanks filled in; one of the texts drawn"),
    NT_LAW_ROW(nt_dialogue_line, body, "body", "bytes", 0, 0, 1e9, "that follow the text"),
    NT_CHOICE_ROW(nt_dialogue_line, fill, "fill", fill_names, "what the body is of"),
    NT_CHOICE_ROW(nt_dialogue_line, tls, "tls", nt_tls_flights,
                  "a handshake flight in the text's place"),
    NT_TEXT_ROW(nt_dialogue_line, sni, "sni", NT_OPTIONAL, "server name of a client hello"),
    NT_LAW_ROW(nt_dialogue_line, think, "think", "s", 0.0005, 0, 1e6, "before the message"),
    NT_NUMBER_ROW(nt_dialogue_line, mutate, "mutate", "1", 0, 0, 1,
                  "probability that the text is damaged"),
    NT_LAW_ROW(nt_dialogue_line, repeat, "repeat_times", "1", 0, 0, 1e9,
               "how often `lines` are gone through"),
    NT_TABLE_ROW(nt_dialogue_line, lines, "lines", NT_OPTIONAL, "messages that are repeated"),
};

static nt_status read_lines(nt_scope *scope, const char *what, const nt_setting *table,
                            nt_script *script, int depth, nt_error *err) {
  for (const nt_setting *s = table->first; s; s = s->next) {
    if (script->count == NT_MAX_LINES || depth > NT_MAX_DEPTH)
      return nt_fail(err, NT_E_LIMIT, "%s: more than %d lines or %d nested repeats", what,
                     NT_MAX_LINES, NT_MAX_DEPTH);
    uint32_t place = script->count++;
    nt_dialogue_line *line = &script->lines[place];
    nt_parameter_set set = {nt_line_parameters, NT_LINE_PARAMETERS, line};
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

static const nt_parameter dialogue_parameters[] = {
    NT_INTEGER_ROW(dialogue, port, "port", "1", NT_REQUIRED, 1, 65535, "of the server"),
    NT_CHOICE_ROW(dialogue, end, "closes", end_names, "who ends the connection, and how"),
    NT_NUMBER_ROW(dialogue, loss, "loss", "1", 0, 0, 0.3,
                  "probability that a data segment is lost"),
    NT_INTEGER_ROW(dialogue, window, "window", "segments", 32, 1, 40,
                   "most of the congestion window"),
    NT_FLAG_ROW(dialogue, established, "established", 0, "the connection is older than the trace"),
    NT_HOSTS_ROW(dialogue, targets, "targets", 1, 1000,
                 "servers, one of them drawn for each connection; `to` is one alone"),
    NT_TABLE_ROW(dialogue, lines, "lines", NT_OPTIONAL, "messages in their order"),
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
    .help = "a TCP connection with handshake, options, windows, delayed acknowledgements, losses",
    .size = sizeof(dialogue),
    .parameters = dialogue_parameters,
    .parameter_count = sizeof dialogue_parameters / sizeof *dialogue_parameters,
    .needs = NT_NEEDS_FROM,
    .paced = true,
    .prepare = dialogue_prepare,
    .step = dialogue_step,
};
