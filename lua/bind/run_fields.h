/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several modules say of a run, as fields of the table on the top of the stack. */
#ifndef NINETAILS_RUN_FIELDS_H
#define NINETAILS_RUN_FIELDS_H

#include <lua.h>

#include <ninetails/feature_map.h>
#include <ninetails/metrics.h>

/* sizes = {n, ...}, features = {column, ...} */
void set_map(lua_State *L, const nt_feature_map *map);

/* attack = name, packets =, auc =, average_precision =, tpr_at_fpr_1em3 = */
void set_attack(lua_State *L, const char *name, const nt_attack_measured *measured);

#endif
