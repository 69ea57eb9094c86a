/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract of detector.h, as far as a program can check it. contract_broken() counts the
 * violations of a class and prints each; it knows nothing of any class but its hints. */
#ifndef NT_DETECTOR_CONTRACT_H
#define NT_DETECTOR_CONTRACT_H

#include <ctype.h>
#include <stdarg.h>
#include <time.h>

#include "detector_data.h"

/* A hint: what cannot be guessed about a parameter. */
typedef struct contract_hint {
  const char *kind, *parameter;
  const char *text; /* a value to try for a TEXT */
  double number;    /* a value to try for other types; 0: guess */
  const char *with; /* another parameter to set first, or NULL ... */
  const char *with_text;
  double with_number; /* ... and its value */
  const char *excuse; /* why no value changes a score here; NULL: one must */
} contract_hint;

typedef struct contract {
  const nt_detector_class *kind;
  const contract_hint *hints;
  size_t hint_count;
  const char *capture;
  nt_value presets[MOST_PARAMETERS]; /* presets, with the values that hints require */
  int quiet, broken;
} contract;

static inline void __attribute__((format(printf, 2, 3)))
breaks(contract *c, const char *format, ...) {
  c->broken++;
  if (c->quiet) return;
  va_list args;
  va_start(args, format);
  printf("  %s: ", c->kind->name);
  vprintf(format, args);
  printf("\n");
  va_end(args);
}

static inline int has(const contract *c, unsigned flag) {
  return (c->kind->flags & flag) != 0;
}

/* ---------------------------------------------------------------- what is declared */

static inline int is_word(const char *name) {
  if (!name || !islower((unsigned char)*name)) return 0;
  for (; *name; name++)
    if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) && *name != '_') return 0;
  return 1;
}

static inline int is_line(const char *text) {
  return text && *text && !strchr(text, '\n');
}

static inline void check_value(contract *c, const nt_parameter *p, double number, int good) {
  nt_error err = {0};
  int ok = nt_parameter_check(p, &(nt_value){.number = number, .text = p->preset_text}, &err) == 0;
  if (ok != good) breaks(c, "%s = %.17g is %s", p->name, number, ok ? "taken" : "refused");
  if (!ok && !strstr(err.text, p->name)) breaks(c, "%s: error '%s'", p->name, err.text);
}

static inline void check_parameter(contract *c, const nt_parameter *p) {
  size_t choices = 0;
  if (!is_word(p->name)) breaks(c, "parameter '%s' is not of lower-case words", p->name);
  if (!is_line(p->help) || p->help[strlen(p->help) - 1] == '.') breaks(c, "%s: help", p->name);
  while (p->type == NT_PARAMETER_CHOICE && p->choices && p->choices[choices])
    if (!is_word(p->choices[choices++])) breaks(c, "%s: names of choices", p->name);
  if (p->type == NT_PARAMETER_TEXT) return;
  check_value(c, p, p->preset, 1);
  check_value(c, p, NAN, 0);
  if (p->type == NT_PARAMETER_CHOICE) {
    if (choices < 2) breaks(c, "%s: %zu choices", p->name, choices);
    check_value(c, p, (double)choices, 0), check_value(c, p, -1, 0), check_value(c, p, 0.5, 0);
    return;
  }
  int whole = p->type == NT_PARAMETER_INTEGER;
  if (!is_line(p->unit)) breaks(c, "%s has no unit", p->name);
  double low = whole ? p->least - 1 : nextafter(p->least, -HUGE_VAL);
  double high = whole ? p->most + 1 : nextafter(p->most, HUGE_VAL);
  if (whole) check_value(c, p, p->preset + 0.5, 0);
  if (p->above) check_value(c, p, p->least, 0);
  if (p->below) check_value(c, p, p->most, 0);
  if (isfinite(p->least)) check_value(c, p, low, 0);
  if (isfinite(p->least) && !p->above) check_value(c, p, p->least, 1);
  if (isfinite(p->most) && high != p->most) check_value(c, p, high, 0);
  if (isfinite(p->most) && !p->below) check_value(c, p, p->most, 1);
}

static inline void check_declaration(contract *c) {
  const nt_detector_class *k = c->kind;
  if (!is_word(k->name)) breaks(c, "its name is not of lower-case words");
  if (!is_line(k->title) || !is_line(k->source) || !is_line(k->cost))
    breaks(c, "title, source and cost are one line each");
  if (!k->create || !k->learn || !k->score || !k->free || !k->memory)
    breaks(c, "has no create, learn, score, free or memory");
  if (!k->preview != !has(c, NT_DETECTOR_ORACLE)) breaks(c, "preview is what an ORACLE has");
  if (!k->together != !k->learn_together || !k->together != !k->score_together)
    breaks(c, "together, learn_together and score_together: all or none");
  if (has(c, NT_DETECTOR_BLIND) && has(c, NT_DETECTOR_MAPPED)) breaks(c, "BLIND with a map");
  if (has(c, NT_DETECTOR_MAPPED) &&
      (k->parameter_count == 0 || k->parameters[0].type != NT_PARAMETER_INTEGER))
    breaks(c, "the first parameter of a MAPPED class cuts the map");
  for (size_t p = 0; p < k->parameter_count; p++) {
    check_parameter(c, &k->parameters[p]);
    if (nt_parameter_find(k->parameters, k->parameter_count, k->parameters[p].name) != p)
      breaks(c, "two parameters %s", k->parameters[p].name);
  }
}

/* ---------------------------------------------------------------- scores */

/* A life that must succeed and write every score. */
static inline void live_well(contract *c, const dataset *d, const nt_value *values, uint64_t seed,
                             uint64_t cuts, life *l) {
  live(c->kind, d, values, seed, cuts, l);
  if (l->status != NT_OK) breaks(c, "%s: %s", l->step, l->err.text);
  for (size_t r = d->learn; l->status == NT_OK && r < d->rows; r++)
    if (isnan(l->scores[r]) || l->scores[r] == -12345) {
      breaks(c, "the score of row %zu is %g", r, l->scores[r]);
      break;
    }
  for (size_t r = first_row(c->kind, d); l->status == NT_OK && r < d->learn; r++)
    if (l->training[r] == -12345) {
      breaks(c, "the training score of row %zu is not written", r);
      break;
    }
}

static inline void check_scores(contract *c, const dataset *d) {
  life whole = life_new(d->rows), other = life_new(d->rows);
  live_well(c, d, c->presets, 1234, 0, &whole);
  for (uint64_t cuts = 1; cuts <= 3; cuts++) {
    live_well(c, d, c->presets, 1234, cuts, &other);
    if (!same_life(&whole, &other, d->rows))
      breaks(c, "other chunks (%d), other scores", (int)cuts);
  }
  live_well(c, d, c->presets, 1234, 0, &other);
  if (!same_life(&whole, &other, d->rows)) breaks(c, "the same seed, other scores");
  live_well(c, d, c->presets, 4321, 0, &other);
  if (same_life(&whole, &other, d->rows) == has(c, NT_DETECTOR_SEEDED))
    breaks(c, "another seed, %s scores", has(c, NT_DETECTOR_SEEDED) ? "the same" : "other");
  if (same(whole.scores, whole.again, d->rows) != has(c, NT_DETECTOR_FROZEN))
    breaks(c, "scored again, %s scores", has(c, NT_DETECTOR_FROZEN) ? "other" : "the same");
  life_free(&whole), life_free(&other);
}

/* ---------------------------------------------------------------- parameters */

static inline const contract_hint *hint_of(const contract *c, const char *parameter) {
  for (size_t i = 0; i < c->hint_count; i++)
    if (strcmp(c->hints[i].kind, c->kind->name) == 0 &&
        strcmp(c->hints[i].parameter, parameter) == 0)
      return &c->hints[i];
  return NULL;
}

/* The i-th number to try for a parameter; 0 when there are no more. */
static inline int candidate(const nt_parameter *p, size_t i, double *number) {
  if (p->type == NT_PARAMETER_CHOICE) {
    *number = (double)i;
    return p->choices[i] != NULL;
  }
  double x = p->preset;
  const double numbers[] = {2 * x,    ceil(x / 2), 10 * x,  ceil(x / 10), x + 1,
                            x - 1,    x / 2,       x / 10,  1000 * x,     ceil(x / 1e3),
                            x / 1000, p->least,    1e6 * x, 0.5};
  if (i >= sizeof numbers / sizeof *numbers) return 0;
  *number = numbers[i];
  return 1;
}

/* Whether this value instead of the preset changes what can be observed: scores,
 * training errors, the remark. */
static inline int changes(contract *c, const dataset *d, const nt_value *base, size_t p,
                          nt_value value, const life *before, life *after) {
  nt_value values[MOST_PARAMETERS];
  memcpy(values, base, sizeof values);
  values[p] = value;
  if (nt_parameter_check(&c->kind->parameters[p], &value, NULL) != NT_OK) return 0;
  live(c->kind, d, values, 1234, 0, after);
  if (after->status != NT_OK && !*after->err.text)
    breaks(c, "%s: an error without a text", after->step);
  return after->status == NT_OK &&
         (!same_life(before, after, d->rows) || strcmp(before->remark, after->remark) != 0);
}

static inline void check_effect(contract *c, const dataset *d, size_t p) {
  const nt_parameter *parameter = &c->kind->parameters[p];
  const contract_hint *hint = hint_of(c, parameter->name);
  nt_value base[MOST_PARAMETERS];
  life before = life_new(d->rows), after = life_new(d->rows);
  int changed = 0;
  memcpy(base, c->presets, sizeof base);
  if (hint && hint->with) {
    size_t other = nt_parameter_find(c->kind->parameters, c->kind->parameter_count, hint->with);
    base[other] = (nt_value){.number = hint->with_number, .text = hint->with_text};
  }
  live_well(c, d, base, 1234, 0, &before);
  if (hint && (hint->text || hint->number != 0))
    changed = changes(c, d, base, p, (nt_value){hint->number, hint->text}, &before, &after);
  else if (parameter->type != NT_PARAMETER_TEXT)
    for (double number = 0, i = 0; !changed && candidate(parameter, (size_t)i, &number); i++)
      changed = changes(c, d, base, p, (nt_value){.number = number}, &before, &after);
  if (!changed && !(hint && hint->excuse))
    breaks(c, "no value of %s that was tried changes anything", parameter->name);
  life_free(&before), life_free(&after);
}

/* ---------------------------------------------------------------- unusable rows */

/* Any status is fine if the error has a text. */
static inline life *survives(contract *c, const dataset *d, life *l, const char *what) {
  live(c->kind, d, c->presets, 1234, 7, l);
  if (l->status != NT_OK && (l->status > NT_E_STATE || strlen(l->err.text) < 10))
    breaks(c, "%s: %s: status %d, '%s'", what, l->step, (int)l->status, l->err.text);
  return l;
}

static inline double hostile_value(int kind, uint64_t *state) {
  static const double values[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 4e-320, -0.0, 1e16};
  if (kind == 0) return values[(size_t)(8 * noise(state))];
  return kind == 1 ? NAN : kind == 2 ? 1e300 * (noise(state) - 0.5) : 4;
}

static inline void check_hostile_rows(contract *c) {
  static const char *const kinds[] = {"odd values", "all NaN", "huge values", "all constant"};
  static const size_t shapes[][3] = {{ROWS, 1, LEARN}, {ROWS, 2, LEARN}, {3, WIDTH, 0},
                                     {4, WIDTH, 1},    {5, WIDTH, 2},    {8, WIDTH, 5},
                                     {40, 1, 3},       {5, WIDTH, 5},    {FIRST + 2, 2, FIRST + 1}};
  uint64_t state = 3;
  for (int kind = 0; kind < 4; kind++) {
    dataset d = data_of(ROWS, WIDTH, LEARN, c->capture);
    life l = life_new(ROWS);
    for (size_t i = 0; i < ROWS * WIDTH; i++)
      if (kind > 0 || noise(&state) < 0.02) d.features[i] = hostile_value(kind, &state);
    survives(c, &d, &l, kinds[kind]);
    life_free(&l), data_free(&d);
  }
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    dataset d = data_of(shapes[i][0], shapes[i][1], shapes[i][2], c->capture);
    life l = life_new(d.rows);
    survives(c, &d, &l, "few rows or columns");
    life_free(&l), data_free(&d);
  }
}

static inline void check_missing_inputs(contract *c) {
  static const struct {
    unsigned flag;
    const char *what;
  } inputs[] = {{NT_DETECTOR_TIMES, "time"},
                {NT_DETECTOR_SIZES, "length"},
                {NT_DETECTOR_CAPTURE, "capture"},
                {NT_DETECTOR_ORACLE, "label"}};
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    dataset d = data_of(ROWS, WIDTH, LEARN, i == 2 ? NULL : c->capture);
    life l = life_new(ROWS);
    for (size_t r = 0; i == 0 && r < ROWS; r++) d.times[r] = NAN;
    d.without_sizes = i == 1;
    d.without_labels = i == 3;
    survives(c, &d, &l, inputs[i].what);
    if (has(c, inputs[i].flag) && l.status == NT_OK) breaks(c, "works without %s", inputs[i].what);
    if (has(c, inputs[i].flag) && l.status != NT_OK && !strstr(l.err.text, inputs[i].what))
      breaks(c, "without %s it says '%s'", inputs[i].what, l.err.text);
    if (!has(c, inputs[i].flag) && l.status != NT_OK)
      breaks(c, "needs %s: %s", inputs[i].what, l.err.text);
    life_free(&l), data_free(&d);
  }
}

/* ---------------------------------------------------------------- memory */

/* Feeds 20,000 rows, or as many as half a second allows. */
static inline void check_memory(contract *c) {
  enum { TURNS = 20, PART = 1000 };
  dataset d = data_of(LEARN + PART, WIDTH, LEARN, c->capture);
  nt_feature_map map = map_of(WIDTH, 5);
  nt_error err = {0};
  size_t held[TURNS] = {0}, turns = 0;
  void *detector = data_create(c->kind, &d, c->presets, 1, &map, &err);
  if (detector && c->kind->memory && c->kind->memory(detector) == 0)
    breaks(c, "holds no memory right after create");
  nt_status status = detector ? NT_OK : err.status;
  if (status == NT_OK)
    status =
        data_pass(c->kind, detector, &d, first_row(c->kind, &d), LEARN, STEP_LEARN, 0, NULL, &err);
  if (status == NT_OK && c->kind->ready) status = c->kind->ready(detector, &err);
  if (status == NT_OK && c->kind->preview)
    status = data_pass(c->kind, detector, &d, LEARN, d.rows, STEP_PREVIEW, 0, NULL, &err);
  for (clock_t start = clock(); status == NT_OK && turns < TURNS; turns++) {
    status = data_pass(c->kind, detector, &d, LEARN, d.rows, STEP_SCORE, 0, NULL, &err);
    held[turns] = c->kind->memory ? c->kind->memory(detector) : 0;
    if (turns > 4 && clock() - start > CLOCKS_PER_SEC / 2) {
      turns++;
      break;
    }
  }
  if (status != NT_OK) breaks(c, "20,000 rows: %s", err.text);
  if (turns && held[turns - 1] < 4) breaks(c, "holds %zu bytes", held[turns - 1]);
  if (turns && (double)held[turns - 1] > 1.2 * (double)held[turns / 2])
    breaks(c, "holds %zu bytes after %zu,000 rows, %zu after %zu,000", held[turns / 2],
           turns / 2 + 1, held[turns - 1], turns);
  c->kind->free(detector);
  c->kind->free(NULL);
  nt_feature_map_done(&map);
  data_free(&d);
}

/* ---------------------------------------------------------------- together */

enum { GROUP = 3 };

static inline nt_status pass_together(const contract *c, void **detectors, const dataset *d,
                                      size_t from, size_t to, int learning, life *lives,
                                      nt_error *err) {
  nt_status status = NT_OK;
  uint64_t state = 11;
  for (size_t r = from, n; r < to && status == NT_OK; r += n) {
    n = (size_t)(100 * noise(&state));
    if (n > to - r) n = to - r;
    double *out[GROUP];
    for (int i = 0; i < GROUP; i++) out[i] = (learning ? lives[i].training : lives[i].scores) + r;
    chunk part = chunk_of(c->kind, d, r, r + n, 0);
    status = (learning ? c->kind->learn_together : c->kind->score_together)(detectors, GROUP,
                                                                            &part.rows, out, err);
    chunk_free(&part);
  }
  return status;
}

/* Instances of different seeds score the same in one pass as one by one. */
static inline void check_together(contract *c, const dataset *d) {
  if (!c->kind->together) return;
  if (!c->kind->together(c->presets, c->presets)) return;
  nt_feature_map map = map_of(d->width, (size_t)c->presets[0].number);
  life alone = life_new(d->rows), lives[GROUP];
  void *detectors[GROUP];
  nt_error err = {0};
  nt_status status = NT_OK;
  for (int i = 0; i < GROUP; i++) {
    lives[i] = life_new(d->rows);
    for (size_t r = 0; r <= d->rows; r++) lives[i].scores[r] = lives[i].training[r] = NAN;
    detectors[i] = data_create(c->kind, d, c->presets, 1 + (uint64_t)i, &map, &err);
    if (!detectors[i]) status = err.status;
  }
  if (status == NT_OK)
    status = pass_together(c, detectors, d, first_row(c->kind, d), d->learn, 1, lives, &err);
  for (int i = 0; c->kind->ready && status == NT_OK && i < GROUP; i++)
    status = c->kind->ready(detectors[i], &err);
  if (status == NT_OK) status = pass_together(c, detectors, d, d->learn, d->rows, 0, lives, &err);
  if (status != NT_OK) breaks(c, "together: %s", err.text);
  for (int i = 0; i < GROUP; i++) {
    live_well(c, d, c->presets, 1 + (uint64_t)i, 0, &alone);
    if (!same_life(&alone, &lives[i], d->rows)) breaks(c, "together, other scores than alone");
    c->kind->free(detectors[i]);
    life_free(&lives[i]);
  }
  life_free(&alone);
  nt_feature_map_done(&map);
}

/* ---------------------------------------------------------------- all of it */

static inline int contract_broken(const nt_detector_class *class, const contract_hint *hints,
                                  size_t hint_count, const char *capture, int quiet) {
  contract c = {
      .kind = class, .hints = hints, .hint_count = hint_count, .capture = capture, .quiet = quiet};
  check_declaration(&c);
  nt_parameter_presets(class->parameters, class->parameter_count, c.presets);
  for (size_t p = 0; p < class->parameter_count; p++) { /* its own hint: always needed */
    const contract_hint *hint = hint_of(&c, class->parameters[p].name);
    if (hint && hint->with && strcmp(hint->with, hint->parameter) == 0)
      c.presets[p] = (nt_value){.number = hint->with_number, .text = hint->with_text};
  }
  dataset d = data_of(ROWS, WIDTH, LEARN, capture);
  check_scores(&c, &d);
  for (size_t p = 0; p < class->parameter_count; p++) check_effect(&c, &d, p);
  check_together(&c, &d);
  data_free(&d);
  check_hostile_rows(&c);
  check_missing_inputs(&c);
  check_memory(&c);
  return c.broken;
}

#endif
