/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several modules say of a run, as fields of the table on the top of the stack. */
#ifndef NINETAILS_RUN_FIELDS_H
#define NINETAILS_RUN_FIELDS_H

#include <lua.h>

#include <ninetails/feature_map.h>
#include <ninetails/metrics.h>

#include "store/run/result_file.h"

/* sizes = {n, ...}, features = {column, ...}, distances = {x, ...}, one fewer, or nil */
void set_map(lua_State *L, const nt_feature_map *map);

/* The curves of arrays that have labels and no curves of their own. */
nt_status make_curves(nt_run_arrays *arrays, nt_error *err);

/* attack = name, packets =, auc =, average_precision =, tpr_at_fpr_1em3 = */
void set_attack(lua_State *L, const char *name, const nt_attack_measured *measured);

#endif
