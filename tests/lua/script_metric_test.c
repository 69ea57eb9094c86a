/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics written in Lua. */
#include <math.h>

#include "ground/team.h"
#include "script/script_metric.h"
#include "script_check.h"

static const char text[] =
    "calls = 0\n"
    "return {metrics = {\n"
    "{name = 'gap', run = function(scores, labels, times)\n"
    "  local high, low = -math.huge, -math.huge\n"
    "  for i, x in ipairs(scores) do\n"
    "    if labels[i] == 1 then high = math.max(high, x) else low = math.max(low, x) end\n"
    "  end\n"
    "  return (high - low) / (times[#times] - times[1])\n"
    "end},\n"
    "{name = 'unlabelled', run = function(_, labels) return labels and 1 or 0 end},\n"
    "{name = 'chance', run = function() return math.random() end},\n"
    "{name = 'calls', run = function() calls = calls + 1 return calls end},\n"
    "{name = 'none', run = function() return 0 / 0 end},\n"
    "{name = 'count', run = function(scores, labels, times) return #scores + #times end},\n"
    "{name = 'wrong', run = function() end},\n"
    "{name = 'keeps', run = function(scores) kept = kept or scores return kept[1] end},\n"
    "{name = 'idle'}}}";

static const double scores[] = {1, 5, 2, 9}, times[] = {10, 11, 12, 14};
static const uint8_t labels[] = {0, 0, 0, 1};

static nt_status call(script_worker **w, script *s, const char *name, double *value,
                      nt_error *err) {
  return script_metric_call(w, s, name, scores, labels, times, 4, value, err);
}

static void values(void) {
  nt_error err = {0};
  script *s = check_script(text);
  script_worker *w = NULL;
  double x = 0, y = 0;
  CHECK_OK(call(&w, s, "gap", &x, &err), err);
  CU_ASSERT_EQUAL(x, 1);
  CHECK_OK(script_metric_call(&w, s, "unlabelled", scores, NULL, times, 4, &x, &err), err);
  CU_ASSERT_EQUAL(x, 0);
  CHECK_OK(call(&w, s, "chance", &x, &err), err);
  CHECK_OK(call(&w, s, "chance", &y, &err), err);
  CU_ASSERT_EQUAL(x, y);
  CHECK_OK(call(&w, s, "none", &x, &err), err);
  CU_ASSERT(isnan(x));
  CHECK_OK(script_metric_call(&w, s, "count", NULL, NULL, NULL, 0, &x, &err), err);
  CU_ASSERT_EQUAL(x, 0);
  script_worker_free(w);
  script_free(s);
}

typedef struct calls {
  script *script;
  int good[4];
} calls;

static void call_often(void *context, size_t turn, int member) {
  calls *c = context;
  script_worker *w = NULL;
  (void)member;
  for (int i = 0; i < 20; i++) {
    nt_error e;
    double x = 0, n = 0;
    c->good[turn] += call(&w, c->script, "gap", &x, &e) == NT_OK && x == 1 &&
                     call(&w, c->script, "calls", &n, &e) == NT_OK && n == i + 1;
  }
  script_worker_free(w);
}

static void threads_agree(void) {
  calls c = {.script = check_script(text)};
  nt_team *team = nt_team_new(4, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(team);
  nt_team_each(team, 4, call_often, &c);
  nt_team_free(team);
  for (int i = 0; i < 4; i++) CU_ASSERT_EQUAL(c.good[i], 20);
  script_free(c.script);
}

static void mistakes(void) {
  nt_error err = {0};
  script *s = check_script(text);
  script_worker *w = NULL;
  double x;
  CU_ASSERT_EQUAL(call(&w, s, "wrong", &x, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "metric wrong: expected a number, or 0/0 where there is "
                                          "none, got nil"));
  CU_ASSERT_EQUAL(call(&w, s, "absent", &x, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "metric absent: the script has no metric of this name"));
  CU_ASSERT_EQUAL(call(&w, s, "idle", &x, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "run: expected a function, got nil"));
  CHECK_OK(call(&w, s, "keeps", &x, &err), err);
  CU_ASSERT_EQUAL(call(&w, s, "keeps", &x, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "metric keeps: experiments/x.lua:16: array used after"));
  CHECK_OK(call(&w, s, "gap", &x, &err), err); /* in a new state */
  script_worker_free(w);
  script_free(s);
}

static const check_case cases[] = {
    {"values", values}, {"on four threads", threads_agree}, {"mistakes", mistakes}};
CHECK_MAIN("metrics in Lua", cases)
