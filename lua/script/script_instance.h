/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of detectors in Lua: the class (script_class.c) and its instances (script_detector.c). */
#ifndef NINETAILS_SCRIPT_INSTANCE_H
#define NINETAILS_SCRIPT_INSTANCE_H

#include "script_detector.h"

typedef struct script_class {
  nt_detector_class kind;
  const script *script;
  char *name;
  script_state state; /* holds the class's texts */
} script_class;

static inline script_class *script_class_of(const nt_detector_class *class) {
  return (script_class *)((char *)class - offsetof(script_class, kind));
}

/* create, learn, ..., free of an instance -> *class. */
void script_instance_functions(nt_detector_class *class);
/* Pushes the table of the script that the state is of: lua_detectors[name]. May raise errors. */
void script_push_found(lua_State *L, const script_state *s);

#endif
