/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detectors written in Lua that are wrong: the error of each mistake, and bounds of memory and time. */
#include <signal.h>
#include <unistd.h>

#include "script_life.h"

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

#define DETECTOR(functions) "return {detectors = {{name = 'x',\n" functions "\n}}}"

/* ---------------------------------------------------------------- mistakes */

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
  return check_main("mistakes in Lua", cases, sizeof cases / sizeof *cases);
}
