/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.pattern: Lua's patterns, for those that come with foreign files: a match takes time and memory that
 * grow with the length of the pattern times that of the text, where string.match takes as many
 * steps as a power of it.
 *
 *     pattern.match(text, pattern) --> as string.match; an error is of the kind that commands raise
 *     pattern.check(pattern)       --> nil, or what is wrong with it
 *
 * Without what cannot be had so: %b, %f, back references, and captures of positions.
 *
 * The pattern is made a program whose steps either take a byte or try two ways, the better one
 * first. A way that failed from some step at some byte fails from there again, whatever led there,
 * so that no pair of the two is tried twice.
 */
#include <ctype.h>
#include <lauxlib.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "modules.h"

enum {
  MOST_PATTERN = 500,           /* bytes */
  STEPS = 3 * MOST_PATTERN + 8, /* of a program: at most three for each byte of the pattern */
  CAPTURES = 32,                /* as in Lua */
  MOST_TEXT = 1 << 16,          /* bytes */
  SET = (UCHAR_MAX + 1) / 64    /* words of a set of bytes */
};

typedef enum step_kind { TAKE, TRY, SAVE, AT_END, DONE } step_kind;

typedef struct pattern_step {
  step_kind kind;
  unsigned first, second; /* TRY: next steps; SAVE: first = which place */
  uint64_t set[SET];      /* TAKE: of these bytes one */
} pattern_step;

typedef struct program {
  pattern_step step[STEPS];
  unsigned steps, captures;
  int anchored;
  const char *wrong; /* NULL: nothing */
} program;

/* ---------------------------------------------------------------- sets of bytes */

static void add_byte(uint64_t *set, unsigned c) {
  set[c / 64] |= (uint64_t)1 << c % 64;
}

static int has_byte(const uint64_t *set, unsigned char c) {
  return (int)(set[c / 64] >> c % 64 & 1);
}

static void invert(uint64_t *set) {
  for (int i = 0; i < SET; i++) set[i] = ~set[i];
}

static int is_zero(int c) {
  return c == 0;
}

/* What stands behind a %: a class, or the byte itself. */
static void add_class(uint64_t *set, unsigned char name) {
  static const struct {
    char name;
    int (*is)(int);
  } classes[] = {{'a', isalpha}, {'c', iscntrl},  {'d', isdigit}, {'g', isgraph},
                 {'l', islower}, {'p', ispunct},  {'s', isspace}, {'u', isupper},
                 {'w', isalnum}, {'x', isxdigit}, {'z', is_zero}};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
    if (tolower(name) != classes[i].name) continue;
    for (int c = 0; c <= UCHAR_MAX; c++)
      if (!classes[i].is(c) == (isupper(name) != 0)) add_byte(set, (unsigned)c);
    return;
  }
  add_byte(set, name);
}

/* ---------------------------------------------------------------- from the pattern to a program */

typedef struct reader {
  const unsigned char *at, *end;
  program *program;
} reader;

static void refuse(reader *r, const char *wrong) {
  if (!r->program->wrong) r->program->wrong = wrong;
  r->at = r->end;
}

static pattern_step *new_step(program *p, step_kind kind) {
  pattern_step *s = &p->step[p->steps++];
  memset(s, 0, sizeof *s);
  s->kind = kind;
  return s;
}

/* Where the set ends that begins at r->at: its first byte is one of it,
 * also a "]". NULL: nowhere. */
static const unsigned char *end_of_set(const reader *r) {
  const unsigned char *p = r->at;
  do {
    if (p >= r->end) return NULL;
    if (*p++ == '%' && p < r->end) p++;
  } while (p >= r->end || *p != ']');
  return p;
}

/* Behind "[". */
static void read_set(reader *r, uint64_t *set) {
  int inverted = r->at < r->end && *r->at == '^';
  if (inverted) r->at++;
  const unsigned char *end = end_of_set(r);
  if (!end) return refuse(r, "malformed pattern (missing ']')");
  while (r->at < end) {
    unsigned char c = *r->at++;
    if (c == '%' && r->at < end) {
      add_class(set, *r->at++);
    } else if (end - r->at >= 2 && *r->at == '-') {
      for (unsigned other = c; other <= r->at[1]; other++) add_byte(set, other);
      r->at += 2;
    } else {
      add_byte(set, c);
    }
  }
  r->at++;
  if (inverted) invert(set);
}

/* One byte of some kind, and how often. */
static void read_item(reader *r) {
  uint64_t set[SET] = {0};
  unsigned char c = *r->at++;
  if (c == '.') {
    invert(set);
  } else if (c == '[') {
    read_set(r, set);
  } else if (c == '%') {
    if (r->at == r->end) return refuse(r, "malformed pattern (ends with '%')");
    if (isdigit(*r->at) || *r->at == 'b' || *r->at == 'f')
      return refuse(r, "a pattern with %b, %f or a back reference, which a card's cannot have");
    add_class(set, *r->at++);
  } else {
    add_byte(set, c);
  }
  program *p = r->program;
  char often = r->at < r->end && strchr("*+-?", *r->at) && *r->at ? (char)*r->at++ : '1';
  if (often == '+') memcpy(new_step(p, TAKE)->set, set, sizeof set);
  unsigned here = p->steps;
  if (often != '1') new_step(p, TRY);
  memcpy(new_step(p, TAKE)->set, set, sizeof set);
  if (often == '*' || often == '+' || often == '-') new_step(p, TRY)->first = here;
  if (often == '1') return;
  p->step[here].first = often == '-' ? p->steps : here + 1;
  p->step[here].second = often == '-' ? here + 1 : p->steps;
  if (often != '?') p->step[p->steps - 1].second = here; /* back, either way */
}

static void read_capture(reader *r, unsigned *open, unsigned *depth) {
  program *p = r->program;
  if (r->at[-1] == '(') {
    if (r->at < r->end && *r->at == ')')
      return refuse(r, "a capture of a position, a text was expected");
    if (p->captures == CAPTURES) return refuse(r, "too many captures");
    open[(*depth)++] = p->captures;
    new_step(p, SAVE)->first = 2 * p->captures++;
  } else if (*depth == 0) {
    refuse(r, "invalid pattern capture");
  } else {
    new_step(p, SAVE)->first = 2 * open[--*depth] + 1;
  }
}

static void compile(program *p, const char *pattern, size_t length) {
  reader r = {(const unsigned char *)pattern, (const unsigned char *)pattern + length, p};
  unsigned open[CAPTURES], depth = 0;
  p->steps = p->captures = 0;
  p->wrong = length > MOST_PATTERN ? "a pattern of more than 500 bytes" : NULL;
  if (p->wrong) return;
  p->anchored = length > 0 && *pattern == '^';
  r.at += p->anchored;
  while (r.at < r.end) {
    if (*r.at == '(' || *r.at == ')') {
      r.at++;
      read_capture(&r, open, &depth);
    } else if (*r.at == '$' && r.at + 1 == r.end) {
      r.at++;
      new_step(p, AT_END);
    } else {
      read_item(&r);
    }
  }
  if (depth > 0) refuse(&r, "unfinished capture");
  new_step(p, DONE);
}

/* ---------------------------------------------------------------- matching */

typedef struct way {
  unsigned step; /* STEPS + place: put `at` back there */
  uint32_t at;
} way;

typedef struct matching {
  const program *program;
  const unsigned char *text;
  size_t length;
  uint64_t *tried; /* a bit for each pair of step and place */
  way *ways;       /* still to be tried, the next one last */
  size_t count, room;
  size_t start, end; /* of the match */
  uint32_t place[2 * CAPTURES];
} matching;

static int push(matching *m, unsigned step, size_t at) {
  if (m->count == m->room) {
    size_t room = m->room ? 2 * m->room : 64;
    way *grown = realloc(m->ways, room * sizeof *grown);
    if (!grown) return 0;
    m->ways = grown;
    m->room = room;
  }
  m->ways[m->count++] = (way){step, (uint32_t)at};
  return 1;
}

/* Whether this pair is new, which it is no longer. */
static int is_new(matching *m, unsigned step, size_t at) {
  size_t bit = step * (m->length + 1) + at;
  uint64_t mask = (uint64_t)1 << bit % 64;
  if (m->tried[bit / 64] & mask) return 0;
  m->tried[bit / 64] |= mask;
  return 1;
}

/* Goes one way until it ends. 1: at the end of the pattern; 0: nowhere; -1: out of memory. */
static int follow(matching *m, unsigned step, size_t at) {
  while (is_new(m, step, at)) {
    const pattern_step *s = &m->program->step[step];
    switch (s->kind) {
    case TAKE:
      if (at == m->length || !has_byte(s->set, m->text[at])) return 0;
      at++, step++;
      break;
    case TRY:
      if (s->second != s->first && !push(m, s->second, at)) return -1;
      step = s->first;
      break;
    case SAVE:
      if (!push(m, STEPS + s->first, m->place[s->first])) return -1;
      m->place[s->first] = (uint32_t)at;
      step++;
      break;
    case AT_END:
      if (at != m->length) return 0;
      step++;
      break;
    case DONE:
      m->end = at;
      return 1;
    }
  }
  return 0;
}

/* From one place of the text; as follow. What failed from another place fails from here, too. */
static int match_at(matching *m, size_t start) {
  int found = 0;
  m->count = 0;
  m->start = start;
  if (!push(m, 0, start)) return -1;
  while (found == 0 && m->count > 0) {
    way w = m->ways[--m->count];
    if (w.step >= STEPS)
      m->place[w.step - STEPS] = w.at;
    else
      found = follow(m, w.step, w.at);
  }
  return found;
}

/* As follow, from wherever it matches first. */
static int match_anywhere(matching *m) {
  size_t bits = m->program->steps * (m->length + 1);
  int found = 0;
  m->tried = calloc(bits / 64 + 1, sizeof *m->tried);
  if (!m->tried) return -1;
  size_t last = m->program->anchored ? 0 : m->length;
  for (size_t start = 0; found == 0 && start <= last; start++) found = match_at(m, start);
  free(m->tried);
  free(m->ways);
  return found;
}

/* ---------------------------------------------------------------- the module */

static int raise(lua_State *L, nt_status status, const char *what) {
  nt_error err;
  nt_fail(&err, status, "%s", what);
  return modules_raise(L, &err);
}

static int match(lua_State *L) {
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *pattern = luaL_checklstring(L, 2, &pattern_length);
  program p;
  if (length > MOST_TEXT) return raise(L, NT_E_LIMIT, "a text of more than 65536 bytes");
  compile(&p, pattern, pattern_length);
  if (p.wrong) return raise(L, NT_E_INPUT, p.wrong);
  matching m = {.program = &p, .text = (const unsigned char *)text, .length = length};
  int found = match_anywhere(&m);
  if (found < 0) return raise(L, NT_E_MEMORY, "a pattern: out of memory");
  if (found == 0) lua_pushnil(L);
  if (found == 0) return 1;
  if (p.captures == 0) lua_pushlstring(L, text + m.start, m.end - m.start);
  luaL_checkstack(L, CAPTURES, NULL);
  for (unsigned i = 0; i < p.captures; i++)
    lua_pushlstring(L, text + m.place[2 * i], m.place[2 * i + 1] - m.place[2 * i]);
  return p.captures ? (int)p.captures : 1;
}

static int check(lua_State *L) {
  size_t length;
  const char *pattern = luaL_checklstring(L, 1, &length);
  program p;
  compile(&p, pattern, length);
  lua_pushstring(L, p.wrong);
  return 1;
}

int luaopen_ninetails_pattern(lua_State *L) {
  static const luaL_Reg functions[] = {{"match", match}, {"check", check}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
