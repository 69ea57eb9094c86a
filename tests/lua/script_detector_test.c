/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detectors written in Lua: the contract of a detector, threads, and the errors of wrong ones. */
#include <math.h>

#include "ground/team.h"
#include "script/script_detector.h"
#include "script_check.h"

enum { ROWS = 600, LEARN = 200, WIDTH = 5 };

static double features[ROWS * WIDTH], times[ROWS];
static uint32_t sizes[ROWS];

static void fill(void) {
  uint64_t x = 12345;
  for (size_t i = 0; i < ROWS * WIDTH; i++) {
    x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
    features[i] = (double)(x >> 40) / 1e6;
  }
  for (size_t i = 0; i < ROWS; i++) {
    times[i] = 1000 + (double)i / 8;
    sizes[i] = (uint32_t)(60 + i % 7);
  }
}

static nt_rows rows_from(size_t first, size_t count) {
  return (nt_rows){.first = first,
                   .count = count,
                   .width = WIDTH,
                   .features = features + first * WIDTH,
                   .times = times + first,
                   .sizes = sizes + first};
}

static void *create(const nt_detector_class *class, uint64_t seed, nt_error *err) {
  static const char *const columns[WIDTH] = {"a", "b", "c", "d", "e"};
  nt_value values[8];
  nt_parameter_presets(class->parameters, class->parameter_count, values);
  nt_detector_setting setting = {.kind = class,
                                 .width = WIDTH,
                                 .columns = columns,
                                 .learn = LEARN,
                                 .rows = ROWS,
                                 .seed = seed};
  return class->create(&setting, values, err);
}

/* Learns and scores in chunks; scores: ROWS - LEARN. Rows are passed as copies that are freed after
 * the call, so that sanitizers see later reads. */
static nt_status drive(const nt_detector_class *class, void *d, size_t chunk, double *scores,
                       nt_error *err) {
  nt_status status = NT_OK;
  double training[ROWS];
  for (size_t at = 0; at < ROWS && !status;) {
    size_t end = at < LEARN ? LEARN : ROWS, count = end - at < chunk ? end - at : chunk;
    nt_rows rows = rows_from(at, count);
    double *copy = malloc(count * WIDTH * sizeof *copy), *out = malloc(count * sizeof *out);
    memcpy(copy, rows.features, count * WIDTH * sizeof *copy);
    rows.features = copy;
    if (at == LEARN) status = class->ready(d, err);
    if (!status)
      status =
          at < LEARN ? class->learn(d, &rows, training, err) : class->score(d, &rows, out, err);
    if (!status && at >= LEARN && scores) memcpy(scores + at - LEARN, out, count * sizeof *out);
    free(copy);
    free(out);
    at += count;
  }
  return status;
}

/* Runs a detector whose functions are `body`, to its error; "" when there is none. */
static const char *error_of(const char *body, size_t chunk) {
  static nt_error err;
  err = (nt_error){0};
  script *s = check_script(body);
  nt_detector_class *class = script_class_new(s, "x", &err);
  void *d = class ? create(class, 7, &err) : NULL;
  if (d) drive(class, d, chunk, NULL, &err);
  if (class) class->free(d);
  script_class_free(class);
  script_free(s);
  return err.text;
}

#define EXPECT(text, part)                                                                         \
  do {                                                                                             \
    const char *text_ = (text);                                                                    \
    if (!strstr(text_, part)) printf("  got: %s\n  expected: %s\n", text_, part);                  \
    CU_ASSERT_PTR_NOT_NULL(strstr(text_, part));                                                   \
  } while (0)

/* ---------------------------------------------------------------- as a detector */

static const char far[] =
    "FIRST = math.random()\n"
    "return {detectors = {{name = 'x', parameters = {{name = 'scale', default = 2, least = 0, most = "
    "10, help = 'h', unit = 's', type = 'integer'}, {name = 'how', choices = {'sum', 'max'}, default "
    "= 'max'}, {name = 'path', default = 'p'}},\n"
    "  new = function(setting, values)\n"
    "    assert(setting.width == 5 and setting.columns[5] == 'e' and setting.learn == 200)\n"
    "    assert(setting.rows == 600 and setting.seed == 7 and setting.capture == nil)\n"
    "    assert(values.scale == 2 and math.type(values.scale) == 'integer' and values.how == 'max')\n"
    "    local noise = math.random()\n"
    "    assert(noise == FIRST)\n"
    "    return {n = 0, mean = {0, 0, 0, 0, 0}, v = values, noise = noise}\n"
    "  end,\n"
    "  learn = function(self, row, i, time, size)\n"
    "    assert(#row == 5 and time == 1000 + (i - 1) / 8 and size == 60 + (i - 1) % 7)\n"
    "    self.n = self.n + 1\n"
    "    for j, x in ipairs(row) do self.mean[j] = self.mean[j] + x end\n"
    "    return self.n > 1 and row[1] or nil\n"
    "  end,\n"
    "  ready = function(self) for j = 1, 5 do self.mean[j] = self.mean[j] / self.n end end,\n"
    "  score = function(self, row)\n"
    "    local sum = self.noise + math.random()\n"
    "    for j = 1, #row do sum = sum + (row[j] - self.mean[j]) ^ 2 * self.v.scale end\n"
    "    return sum\n"
    "  end,\n"
    "  remark = function(self) return 'learnt ' .. self.n end}}}";

static void describes_itself(void) {
  nt_error err = {0};
  script *s = check_script(far);
  nt_detector_class *c = script_class_new(s, "x", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  CU_ASSERT_STRING_EQUAL(c->name, "x");
  CU_ASSERT_STRING_EQUAL(c->title, "x");
  CU_ASSERT_EQUAL(c->flags, NT_DETECTOR_SEEDED);
  CU_ASSERT_EQUAL_FATAL(c->parameter_count, 3);
  const nt_parameter *p = c->parameters;
  CU_ASSERT_STRING_EQUAL(p[0].name, "scale");
  CU_ASSERT_EQUAL(p[0].type, NT_PARAMETER_INTEGER);
  CU_ASSERT(p[0].preset == 2 && p[0].least == 0 && p[0].most == 10);
  CU_ASSERT_STRING_EQUAL(p[0].unit, "s");
  CU_ASSERT_EQUAL(p[1].type, NT_PARAMETER_CHOICE);
  CU_ASSERT_STRING_EQUAL(p[1].choices[1], "max");
  CU_ASSERT(p[1].preset == 1 && p[1].choices[2] == NULL);
  CU_ASSERT_STRING_EQUAL(p[2].preset_text, "p");
  CU_ASSERT_PTR_NULL(script_class_new(s, "y", &err));
  EXPECT(err.text, "detector y: the script has no detector of this name: it has x");
  script_class_free(c);
  script_free(s);
}

typedef struct instances {
  nt_detector_class *kind;
  double together[8][ROWS - LEARN];
  int good[8];
} instances;

static void drive_one(void *context, size_t i, int member) {
  instances *all = context;
  nt_error e = {0};
  (void)member;
  void *mine = create(all->kind, 7, &e);
  all->good[i] = mine && drive(all->kind, mine, 1 + i * 13, all->together[i], &e) == NT_OK;
  all->kind->free(mine);
}

/* Four instances at once, each in chunks of its own size, come to the bits of one alone. */
static void threads_agree(void) {
  nt_error err = {0};
  script *s = check_script(far);
  nt_detector_class *c = script_class_new(s, "x", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  static double alone[ROWS - LEARN];
  static instances all;
  void *d = create(c, 7, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(d);
  CHECK_OK(drive(c, d, ROWS, alone, &err), err);
  char text[64];
  c->remark(d, text, sizeof text);
  CU_ASSERT_STRING_EQUAL(text, "learnt 200");
  CU_ASSERT(c->memory(d) > 10000 && c->memory(d) < 2000000);
  c->free(d);
  all.kind = c;
  nt_team *team = nt_team_new(4, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(team);
  nt_team_each(team, 8, drive_one, &all);
  nt_team_free(team);
  for (int i = 0; i < 8; i++)
    CU_ASSERT(all.good[i] && memcmp(alone, all.together[i], sizeof alone) == 0);
  d = create(c, 8, &err);
  CU_ASSERT_PTR_NULL(d); /* its assert on the seed fails; the class stays usable */
  EXPECT(err.text, "assertion failed");
  script_class_free(c);
  script_free(s);
}

static void training_scores(void) {
  nt_error err = {0};
  script *s = check_script(far);
  nt_detector_class *c = script_class_new(s, "x", &err);
  void *d = c ? create(c, 7, &err) : NULL;
  CU_ASSERT_PTR_NOT_NULL_FATAL(d);
  nt_rows rows = rows_from(0, 3);
  double training[3];
  CHECK_OK(c->learn(d, &rows, training, &err), err);
  CU_ASSERT(isnan(training[0]) && training[1] == features[WIDTH]);
  c->free(d);
  script_class_free(c);
  script_free(s);
}

/* What the input lacks, and what a detector does not look at, is nil. */
static void without_features(void) {
  nt_error err = {0};
  script *s =
      check_script("return {detectors = {{name = 'x', blind = true, times = true, sizes = true,\n"
                   "fit = function(self, rows, times, sizes) assert(not rows and not sizes) end,\n"
                   "score = function(self, row, i, time, size)\n"
                   "  assert(row == nil and size == nil) return time end}}}");
  nt_detector_class *c = script_class_new(s, "x", &err);
  void *d = c ? create(c, 7, &err) : NULL;
  CU_ASSERT_PTR_NOT_NULL_FATAL(d);
  CU_ASSERT_EQUAL(c->flags,
                  NT_DETECTOR_SEEDED | NT_DETECTOR_BLIND | NT_DETECTOR_TIMES | NT_DETECTOR_SIZES);
  nt_rows rows = rows_from(0, 3);
  rows.features = NULL;
  rows.sizes = NULL;
  double out[3];
  CHECK_OK(c->learn(d, &rows, out, &err), err);
  CHECK_OK(c->score(d, &rows, out, &err), err);
  CU_ASSERT_EQUAL(out[2], times[2]);
  c->free(d);
  script_class_free(c);
  script_free(s);
}

/* self:helper() of a table that new() made, whatever its metatable; a class looks in itself. */
static void helpers_of_new(void) {
  static const char *const made[] = {
      "{twice = 2}",
      "setmetatable({twice = 2}, {__gc = function() end, __metatable = 'hidden'})",
      "setmetatable({twice = 2}, {__index = {double = function(self, x) return 2 * x end}})",
  };
  for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
    nt_error err = {0};
    char text[512];
    snprintf(text, sizeof text,
             "return {detectors = {{name = 'x', new = function() return %s end,\n"
             "double = function(self, x) return self.twice * x end,\n"
             "score = function(self, row) return self:double(row[1]) end}}}",
             made[i]);
    script *s = check_script(text);
    nt_detector_class *c = script_class_new(s, "x", &err);
    void *d = c ? create(c, 7, &err) : NULL;
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    nt_rows rows = rows_from(0, 3);
    double out[3] = {0};
    CHECK_OK(c->score(d, &rows, out, &err), err);
    CU_ASSERT_EQUAL(out[2], 2 * features[2 * WIDTH]);
    c->free(d);
    script_class_free(c);
    script_free(s);
  }
}

/* fit and score_rows over chunks give what learn and score give row by row. */
static void chunks_of_rows(void) {
  nt_error err = {0};
  script *s = check_script(
      "return {detectors = {{name = 'x', parameters = {scale = 2}, frozen = true, seeded = false,\n"
      "  fit = function(self, rows, times, sizes, first)\n"
      "    assert(#rows == #times and #rows == #sizes and rows.width == 5 and self.width == 5)\n"
      "    assert(times[1] == 1000 + (first - 1) / 8)\n"
      "    for i, row in ipairs(rows) do self:add(row, sizes[i]) end\n"
      "  end,\n"
      "  add = function(self, row, size) self.total = (self.total or 0) + row[3] + size end,\n"
      "  score_rows = function(self, rows, scores, times, sizes, first)\n"
      "    for i = 1, #rows do scores[i] = rows:at(i, 2) * self.values.scale + self.total end\n"
      "  end}}}");
  nt_detector_class *c = script_class_new(s, "x", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  CU_ASSERT_EQUAL(c->flags, NT_DETECTOR_FROZEN);
  double total = 0, scores[ROWS - LEARN];
  for (size_t i = 0; i < LEARN; i++) total = total + features[i * WIDTH + 2] + sizes[i];
  for (size_t chunk = 1; chunk < ROWS; chunk = chunk * 3 + 1) {
    void *d = create(c, 1, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    CHECK_OK(drive(c, d, chunk, scores, &err), err);
    int same = 1;
    for (size_t i = 0; i < ROWS - LEARN; i++)
      same &= scores[i] == features[(i + LEARN) * WIDTH + 1] * 2 + total;
    CU_ASSERT(same);
    c->free(d);
  }
  script_class_free(c);
  script_free(s);
}

/* ---------------------------------------------------------------- mistakes */

#define DETECTOR(functions) "return {detectors = {{name = 'x',\n" functions "\n}}}"

static void errors_say_where(void) {
  EXPECT(error_of(DETECTOR("score = function(self, row) return row.x end"), 10),
         "detector x: experiments/x.lua:2: an array has no field 'x'");
  const char *text =
      error_of(DETECTOR("scale = function(self, row)\n return row[1] + self.none\n end,\n"
                        "score = function(self, row)\n local x = self:scale(row)\n"
                        " return x\n end"),
               10);
  EXPECT(text,
         "detector x: experiments/x.lua:3: attempt to perform arithmetic on a nil value (field "
         "'none')\nstack traceback:\n\t");
  EXPECT(text, "\n\texperiments/x.lua:6: in function <experiments/x.lua:5>");
  CU_ASSERT_PTR_NULL(strstr(text, "[C]: in ?"));
  EXPECT(error_of("return {detectors = ", 10),
         "detector x: experiments/x.lua:1: unexpected symbol");
  EXPECT(error_of("error {status = 'script', message = 'the reason'}", 10),
         "detector x: the reason");
  EXPECT(error_of("error(setmetatable({}, {__tostring = function() return 'told' end}))", 10),
         "detector x: told");
  EXPECT(error_of("error()", 10), "detector x: nil");
  text = error_of("local function f() error(('\\u{fc}'):rep(5000)) end f()", 10);
  EXPECT(text,
         "\u00fc...\nstack traceback:\n\t[C]: in function 'error'\n\texperiments/x.lua:1: in ");
  CU_ASSERT(strlen(text) < sizeof((nt_error *)0)->text);
  EXPECT(error_of(DETECTOR("score = function(self, row) return self:score(row) + 1 end"), 10),
         "stack overflow");
}

static void wrong_shapes(void) {
  EXPECT(error_of("return 1", 10), "it has none");
  EXPECT(error_of(DETECTOR("fit = print"), 10), "one function of score and score_rows, got none");
  EXPECT(error_of(DETECTOR("score = print, score_rows = print"), 10), "got both");
  EXPECT(error_of(DETECTOR("score = print, fit = print, learn = print"), 10),
         "fit and learn, got both");
  EXPECT(error_of(DETECTOR("score = 1"), 10), "score: expected a function, got a number");
  EXPECT(error_of(DETECTOR("score = print, title = 1"), 10), "title: expected a text");
  EXPECT(error_of(DETECTOR("score = print, new = function() end"), 10), "new returned nothing");
  EXPECT(error_of(DETECTOR("score = print, parameters = {a = {}}"), 10),
         "parameter a: expected a number as its default, got a nil");
  EXPECT(error_of(DETECTOR("score = print, parameters = {{default = 1}}"), 10), "has no name");
  EXPECT(error_of(DETECTOR("score = print, parameters = {a = {type = 'float'}}"), 10),
         "type 'float'");
  EXPECT(
      error_of(DETECTOR("score = print, parameters = {a = {choices = {'p'}, default = 'q'}}"), 10),
      "'q' is none");
  EXPECT(
      error_of(DETECTOR("score = print, parameters = {a = {choices = {{}}, default = nil}}"), 10),
      "choice 1: expected a text");
  EXPECT(error_of(DETECTOR("score = print, parameters = {a = {default = 3, most = 2}}"), 10),
         "the default of a = 3: expected a number at most 2");
  EXPECT(error_of(DETECTOR("score = print, parameters = {{name = 'a', default = 1}, a = 2}"), 10),
         "two parameters 'a'");
}

static void scores_are_numbers(void) {
  EXPECT(error_of(DETECTOR("score = function(self, row, i) if i ~= 417 then return i end end"), 10),
         "detector x: experiments/x.lua:2: score of row 417: expected a number, got nil");
  EXPECT(error_of(DETECTOR("score = function() return '1' end"), 10),
         "expected a number, got string");
  CU_ASSERT_STRING_EQUAL(error_of(DETECTOR("score = function() return 0/0 end"), 10), "");
  EXPECT(error_of(DETECTOR("learn = function() return {} end, score = print"), 10),
         "learn of row 1: expected a number, got table");
  EXPECT(error_of(
             DETECTOR("score_rows = function(_, rows, s)\n for i = 1, #s - 1 do s[i] = i end end"),
             10),
         "score_rows of row 210: expected a number, got none");
  EXPECT(error_of(DETECTOR("score_rows = function(_, rows, s) s[1] = {} end"), 10),
         "element 1: expected a number, got table");
  EXPECT(error_of(DETECTOR("score_rows = function(_, rows, s) s[#s + 1] = 1 end"), 10),
         "index 11 is out of range: expected 1 to 10");
  EXPECT(error_of(DETECTOR("score_rows = function(_, rows, s) rows[1][1] = 1 end"), 10),
         "read-only");
  EXPECT(error_of(DETECTOR("score = function(self, row) row[1] = 1 end"), 10), "read-only");
  EXPECT(error_of(DETECTOR("score = function(self, row) return row[7] end"), 10),
         "x.lua:2: index 7 is out of range: expected 1 to 5");
}

/* Views, their rows, columns and iterators are invalid after their call. */
static void kept_views(void) {
  static const char ended[] = "array used after the call that it was lent to ended";
  EXPECT(error_of(DETECTOR("score = function(self, row) local x = self.kept and self.kept[1] or 0\n"
                           "self.kept = row return x end"),
                  ROWS), /* within the same chunk */
         ended);
  EXPECT(error_of(DETECTOR("fit = function(self, rows) self.kept = rows end,\n"
                           "score = function(self, row) return #self.kept end"),
                  100),
         ended);
  EXPECT(error_of(DETECTOR("fit = function(self, rows) self.kept = rows[1] end,\n"
                           "score = function(self, row) return self.kept:sum() end"),
                  100),
         ended);
  EXPECT(error_of(DETECTOR("fit = function(self, rows) self.kept = rows:column(1) end,\n"
                           "score = function(self, row) return self.kept[1] end"),
                  100),
         ended);
  EXPECT(error_of(DETECTOR("fit = function(self, rows) self.f, self.a, self.i = pairs(rows) end,\n"
                           "score = function(self, row) return self.f(self.a, self.i) end"),
                  100),
         ended);
  EXPECT(error_of(DETECTOR("fit = function(self, rows, times)\n"
                           "self.kept = coroutine.wrap(function() while true do coroutine.yield() "
                           "local _ = times[1] end end) self.kept() end,\n"
                           "score = function(self, row) return self.kept() end"),
                  100),
         ended);
  EXPECT(error_of(
             DETECTOR("score_rows = function(self, rows, scores) if self.kept then self.kept[1] = "
                      "1 end self.kept = scores for i = 1, #scores do scores[i] = 1 end end"),
             100),
         ended);
  /* Views are invalid after an error too, when the state is closed; errors
   * of finalizers are dropped. */
  EXPECT(error_of(DETECTOR("score = function(self, row)\n"
                           "kept = setmetatable({row}, {__gc = function(t) seen = t[1][1] end})\n"
                           "error('once') end"),
                  100),
         "once");
}

/* ---------------------------------------------------------------- bounds */

static void memory_is_bounded(void) {
  static const char *const hogs[] = {
      DETECTOR("score = function() local t = {} while true do t[#t + 1] = {} end end"),
      DETECTOR("score = function() return #('x'):rep(1 << 30) end"),
      DETECTOR("fit = function() return require 'ninetails.array'.new(1 << 33) end, score = print"),
      "local t = {} while true do t[#t + 1] = ('x'):rep(#t) end"};
  for (size_t i = 0; i < sizeof hogs / sizeof *hogs; i++) {
    nt_error err = {0};
    script *s = check_script(hogs[i]);
    s->memory = (size_t)32 << 20;
    nt_detector_class *c = script_class_new(s, "x", &err);
    void *d = c ? create(c, 7, &err) : NULL;
    if (d) CU_ASSERT_NOT_EQUAL(drive(c, d, 10, NULL, &err), NT_OK);
    CU_ASSERT_EQUAL(err.status, NT_E_LIMIT);
    EXPECT(err.text, "detector x: not enough memory: at most 32 MiB");
    if (d) CU_ASSERT(c->memory(d) < (size_t)34 << 20);
    if (c) c->free(d);
    script_class_free(c);
    script_free(s);
  }
}

static volatile sig_atomic_t cancel;

static void on_alarm(int number) {
  (void)number;
  cancel = 1;
}

static void endless_loops_end(void) {
  static const char *const loops[] = {
      DETECTOR("score = function() while true do end end"),
      DETECTOR("score = function() while true do pcall(function() while true do end end) end end"),
      DETECTOR(
          "score = function() while true do coroutine.wrap(pcall)(function() while true do end "
          "end) end end"),
      DETECTOR("fit = function() for _ = 1, math.huge do end end, score = print"),
      "while true do end"};
  signal(SIGALRM, on_alarm);
  for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
    nt_error err = {0};
    script *s = check_script(loops[i]);
    s->cancel = &cancel;
    cancel = 0;
    ualarm(50000, 0);
    nt_detector_class *c = script_class_new(s, "x", &err);
    void *d = c ? create(c, 7, &err) : NULL;
    if (d) drive(c, d, 10, NULL, &err);
    CU_ASSERT_EQUAL(err.status, NT_E_STATE);
    EXPECT(err.text, "interrupted");
    if (c) c->free(d);
    script_class_free(c);
    script_free(s);
  }
}

static void options_arrive(void) {
  nt_error err = {0};
  script *s = check_script("error('level ' .. SET.level .. SET.more)");
  CHECK_OK(script_set(s, "level", "3", &err), err);
  CHECK_OK(script_set(s, "more", "x", &err), err);
  CU_ASSERT_PTR_NULL(script_class_new(s, "x", &err));
  EXPECT(err.text, "level 3x");
  script_free(s);
}

static const check_case cases[] = {
    {"a detector describes itself", describes_itself},
    {"four threads come to the same bits", threads_agree},
    {"scores before learning", training_scores},
    {"without features and sizes", without_features},
    {"helpers, where new made self", helpers_of_new},
    {"chunks of rows", chunks_of_rows},
    {"errors say where, with a traceback", errors_say_where},
    {"wrong detectors", wrong_shapes},
    {"scores that are no numbers, access out of range", scores_are_numbers},
    {"views end with their call", kept_views},
    {"memory is bounded", memory_is_bounded},
    {"endless loops end when told", endless_loops_end},
    {"options of --set arrive", options_arrive},
};

int main(void) {
  fill();
  return check_main("detectors in Lua", cases, sizeof cases / sizeof *cases);
}
