/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_fields.h"

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
}

void set_attack(lua_State *L, const char *name, const nt_attack_measured *measured) {
  set_text(L, "attack", name);
  set_integer(L, "packets", measured->packets);
  set_number(L, "auc", measured->auc);
  set_number(L, "average_precision", measured->average_precision);
  set_number(L, "tpr_at_fpr_1em3", measured->tpr);
}
