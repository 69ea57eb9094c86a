/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script_metric.h"

#include <lauxlib.h>
#include <stdlib.h>

#include "script_instance.h"

struct script_worker {
  script_state state;
};

typedef struct job {
  script_state *state;
  const double *scores, *times;
  const uint8_t *labels;
  size_t n;
  double value;
} job;

static int run(lua_State *L) {
  job *j = lua_touserdata(L, 1);
  const array_lease *lease = &j->state->lease;
  script_state_seed(L, 1);
  script_push_found(L, j->state);
  if (lua_getfield(L, -1, "run") != LUA_TFUNCTION)
    return luaL_error(L, "run: expected a function, got %s", luaL_typename(L, -1));
  array_push(L, ARRAY_F64, j->scores, j->n, 0, lease);
  array_push(L, ARRAY_U8, j->labels, j->n, 0, lease);
  array_push(L, ARRAY_F64, j->times, j->n, 0, lease);
  lua_call(L, 3, 1);
  if (lua_type(L, -1) != LUA_TNUMBER)
    return luaL_error(L, "expected a number, or 0/0 where there is none, got %s",
                      luaL_typename(L, -1));
  j->value = lua_tonumber(L, -1);
  return 0;
}

nt_status script_metric_call(script_worker **worker, const script *from, const char *name,
                             const double *scores, const uint8_t *labels, const double *times,
                             size_t n, double *value, nt_error *err) {
  nt_status status = NT_OK;
  if (!*worker) {
    *worker = calloc(1, sizeof **worker);
    if (!*worker) return nt_fail(err, NT_E_MEMORY, "out of memory for metric %s", name);
    status = script_state_open(&(*worker)->state, from, 1, "metric", name, err);
  }
  job j = {&(*worker)->state, scores, times, labels, n, 0};
  if (n == 0) j.scores = j.times = &j.value; /* empty, not absent */
  (*worker)->state.name = name;
  (*worker)->state.phase = "run";
  (*worker)->state.spent = 0; /* of another run */
  if (!status) status = script_state_call(&(*worker)->state, run, &j, err);
  *value = j.value;
  if (!status) return NT_OK;
  script_worker_free(*worker);
  *worker = NULL;
  return status;
}

void script_worker_free(script_worker *worker) {
  if (!worker) return;
  script_state_close(&worker->state);
  free(worker);
}
