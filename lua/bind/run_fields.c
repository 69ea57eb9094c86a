/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_fields.h"

#include "metrics/curve.h"
#include "fields.h"

static void set_list(lua_State *L, const char *name, const size_t *values, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushinteger(L, (lua_Integer)values[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, name);
}

void set_map(lua_State *L, const nt_feature_map *map) {
  set_list(L, "sizes", map->sizes, map->autoencoders);
  set_list(L, "features", map->features, map->total);
  if (!map->distances) return;
  lua_createtable(L, (int)map->total, 0);
  for (size_t i = 0; i + 1 < map->total; i++) {
    lua_pushnumber(L, map->distances[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "distances");
}

nt_status make_curves(nt_run_arrays *a, nt_error *err) {
  nt_curve_options options = nt_curve_defaults();
  nt_ranking *ranking = nt_ranking_new(a->scores, a->labels, a->count, err);
  if (!ranking) return err->status;
  nt_status status = nt_curve_make(ranking, NT_CURVE_ROC, &options, &a->roc, err);
  if (status == NT_OK)
    status = nt_curve_make(ranking, NT_CURVE_PRECISION_RECALL, &options, &a->precision_recall, err);
  nt_ranking_free(ranking);
  return status;
}

void set_attack(lua_State *L, const char *name, const nt_attack_measured *measured) {
  set_text(L, "attack", name);
  set_integer(L, "packets", measured->packets);
  set_number(L, "auc", measured->auc);
  set_number(L, "average_precision", measured->average_precision);
  set_number(L, "tpr_at_fpr_1em3", measured->tpr);
}
