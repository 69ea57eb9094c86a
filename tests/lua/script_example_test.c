/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Lua detector of CONTRIBUTING.md, as printed there. */
#include <math.h>

#include "script/script_detector.h"
#include "script_check.h"

enum { ROWS = 40, LEARN = 25, WIDTH = 3 };

/* The first Lua block after the heading. */
static char *example(void) {
  static char page[1 << 16];
  FILE *file = fopen(NT_TEST_DIR "/../CONTRIBUTING.md", "rb");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  page[fread(page, 1, sizeof page - 1, file)] = 0;
  fclose(file);
  char *text = strstr(page, "## To add a detector in Lua");
  if (text) text = strstr(text, "```lua\n");
  char *end = text ? strstr(text, "\n```\n") : NULL;
  CU_ASSERT_PTR_NOT_NULL_FATAL(end);
  end[1] = 0;
  return text + strlen("```lua\n");
}

/* Replaces module ninetails, of which only the detector's side is built. */
static void load_as_it_is(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  int there = lua_getfield(L, -1, "ninetails.experiment") != LUA_TNIL;
  lua_pop(L, 2);
  if (there) return;
  load_plainly(L);
  static const char module[] = "package.preload.ninetails = function()\n"
                               "  local function same(t) t.name = t.name or 'kitnet' return t end\n"
                               "  return {experiment = same, detector = same, kitnet = same}\n"
                               "end";
  if (luaL_dostring(L, module)) lua_error(L);
}

static void as_it_stands(void) {
  static double features[ROWS * WIDTH], times[ROWS], out[ROWS];
  static const char *const columns[WIDTH] = {"a", "b", "c"};
  nt_error err = {0};
  script *s = check_script(example());
  s->prepare = load_as_it_is;
  nt_detector_class *c = script_class_new(s, "far_from_mean", &err);
  if (!c) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  CU_ASSERT_EQUAL_FATAL(c->parameter_count, 1);
  CU_ASSERT_STRING_EQUAL(c->parameters[0].name, "power");
  double sum[WIDTH] = {0};
  for (size_t i = 0; i < ROWS * WIDTH; i++) features[i] = (double)(i * 7919 % 101);
  for (size_t i = 0; i < LEARN * WIDTH; i++) sum[i % WIDTH] += features[i];
  nt_detector_setting setting = {
      .kind = c, .width = WIDTH, .columns = columns, .learn = LEARN, .rows = ROWS, .seed = 1};
  nt_value power = {.number = 2};
  void *d = c->create(&setting, &power, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(d);
  nt_rows rows = {.count = LEARN, .width = WIDTH, .features = features, .times = times};
  CHECK_OK(c->learn(d, &rows, out, &err), err);
  CHECK_OK(c->ready(d, &err), err);
  rows = (nt_rows){.first = LEARN,
                   .count = ROWS - LEARN,
                   .width = WIDTH,
                   .features = features + LEARN * WIDTH,
                   .times = times + LEARN};
  CHECK_OK(c->score(d, &rows, out, &err), err);
  for (size_t i = 0; i < rows.count; i++) {
    double far = 0;
    for (size_t j = 0; j < WIDTH; j++) far += pow(rows.features[i * WIDTH + j] - sum[j] / LEARN, 2);
    CU_ASSERT_DOUBLE_EQUAL(out[i], far, 1e-12 * far);
  }
  c->free(d);
  script_class_free(c);
  script_free(s);
}

static const check_case cases[] = {{"as it stands on the page", as_it_stands}};
CHECK_MAIN("the detector of CONTRIBUTING.md", cases)
