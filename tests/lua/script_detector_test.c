/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detectors written in Lua keep the contract of a detector, also on threads. */
#include <math.h>

#include "ground/team.h"
#include "script_life.h"

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

static const check_case cases[] = {
    {"a detector describes itself", describes_itself},
    {"four threads come to the same bits", threads_agree},
    {"scores before learning", training_scores},
    {"without features and sizes", without_features},
    {"helpers, where new made self", helpers_of_new},
    {"chunks of rows", chunks_of_rows},
};

int main(void) {
  fill();
  return check_main("detectors in Lua", cases, sizeof cases / sizeof *cases);
}
