/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reporting.h"

#include "signals.h"

void reporting_progress(void *context, const nt_pipeline_result *p) {
  reporting *r = context;
  if (r->failed || p->wall_seconds - r->reported < 0.05) return;
  r->reported = p->wall_seconds;
  nt_phase phase = p->in_phase[NT_PHASE_EXECUTION]  ? NT_PHASE_EXECUTION
                   : p->in_phase[NT_PHASE_TRAINING] ? NT_PHASE_TRAINING
                                                    : NT_PHASE_MAPPING;
  lua_pushvalue(r->L, r->function);
  lua_pushinteger(r->L, (lua_Integer)p->packets);
  lua_pushnumber(r->L, p->wall_seconds);
  lua_pushstring(r->L, nt_phase_name(phase));
  r->failed = !signals_call_back(r->L, 3);
  if (r->failed) signals_cancel();
}
