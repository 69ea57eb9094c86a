/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts for tests: text that returns {detectors = {...}, metrics = {...}}, loaded without the
 * checks of ninetails.experiment. SET holds the options of --set. */
#ifndef NT_SCRIPT_CHECK_H
#define NT_SCRIPT_CHECK_H

#include <lauxlib.h>

#include "script/script_state.h"
#include "check.h"

static const char plain_experiment[] =
    "package.preload['ninetails.experiment'] = function()\n"
    "  return {load = function(text, chunk, set)\n"
    "    SET = set\n"
    "    local f, why = load(text, chunk, 't')\n"
    "    if not f then error(why, 0) end\n"
    "    local returned, spec = f(), {lua_detectors = {}, lua_metrics = {}}\n"
    "    if type(returned) ~= 'table' then return spec end\n"
    "    for _, d in ipairs(returned.detectors or {}) do spec.lua_detectors[d.name] = d end\n"
    "    for _, m in ipairs(returned.metrics or {}) do spec.lua_metrics[m.name] = m end\n"
    "    return spec\n"
    "  end}\n"
    "end";

static inline void load_plainly(lua_State *L) {
  if (luaL_dostring(L, plain_experiment)) lua_error(L);
}

static inline script *check_script(const char *text) {
  script *s = script_new(text, strlen(text), "@experiments/x.lua");
  CU_ASSERT_PTR_NOT_NULL_FATAL(s);
  s->prepare = load_plainly;
  return s;
}

/* Asserts that the text contains the part; prints both when it does not. */
#define EXPECT(text, part)                                                                         \
  do {                                                                                             \
    const char *text_ = (text);                                                                    \
    if (!strstr(text_, part)) printf("  got: %s\n  expected: %s\n", text_, part);                  \
    CU_ASSERT_PTR_NOT_NULL(strstr(text_, part));                                                   \
  } while (0)

#endif
