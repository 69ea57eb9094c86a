/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An experiment's script, and the Lua states that run its functions on worker threads.
 *
 * A script is text with the options that --set gave it: constant, so that any number of threads may
 * run it. Each of them runs it whole, in a state of its own, and takes the function that it needs:
 * states share nothing. A state is used by one thread at a time, not always the same.
 *
 * What a script cannot do to us: use more memory than script.memory (it gets Lua's error "not
 * enough memory"), go on for ever (script.cancel is looked at between instructions; only a single
 * call of a C function, such as string.find with a hard pattern, and __gc metamethods are waited
 * for), take longer than script.seconds (looked at in the same way), or raise an error that is not
 * caught. Everything comes back as an nt_error:
 *
 *     detector far_from_mean: experiments/x.lua:12: attempt to index a nil value (local 'row')
 *     stack traceback:
 *             experiments/x.lua:12: in function 'distance'
 *             experiments/x.lua:30: in function <experiments/x.lua:29>
 *
 * with as many whole lines as fit. What is left to its author: pairs() goes through keys that are
 * texts in another order in each process, so no score should depend on that.
 */
#ifndef NINETAILS_SCRIPT_STATE_H
#define NINETAILS_SCRIPT_STATE_H

#include <lua.h>
#include <signal.h>
#include <stddef.h>

#include <ninetails/error.h>

#include "array.h"

#define SCRIPT_MEMORY ((size_t)1 << 30) /* bytes; script_new's */

typedef struct script {
  char *text, *chunk; /* chunk: "@experiments/x.lua" */
  size_t length;
  size_t options; /* --set name=value */
  char **names, **values;
  size_t memory;                       /* most bytes of one state */
  double seconds;                      /* most that a state's calls may take in all; 0: no limit */
  const volatile sig_atomic_t *cancel; /* not 0: whatever runs ends with an error; may be NULL */
  /* NULL, or called in each new state, once modules are registered and before the script runs. May
   * raise errors. For tests. */
  void (*prepare)(lua_State *L);
} script;

/* Copies; NULL: out of memory. memory, cancel and prepare may be set before it is first used. */
script *script_new(const char *text, size_t length, const char *chunk);
nt_status script_set(script *s, const char *name, const char *value, nt_error *err);
void script_free(script *s); /* after all that was made of it */

typedef struct script_state {
  lua_State *L;
  const script *script;
  size_t used;       /* bytes that Lua holds */
  double spent;      /* s, by calls that have ended; whose state serves many may begin again at 0 */
  double deadline;   /* of the call that runs, as nt_seconds() */
  int late;          /* it did not keep it */
  const char *phase; /* what is called: "learn", "score"; static */
  int refused;       /* it asked for more than script->memory */
  array_lease lease; /* of every array that a call was given */
  int spec;          /* reference in the registry: what experiment.load returned */
  const char *kind;  /* for messages: "detector", "metric"; static */
  const char *name;  /* and its name; outlives the state */
} script_state;

/* A new state that has run the script. seed is math.random's; with 0, math.random is an error once
 * the script has run. On failure *s is unchanged, with nothing to close. *s does not move while it
 * is open. */
nt_status script_state_open(script_state *s, const script *from, uint64_t seed, const char *kind,
                            const char *name, nt_error *err);
void script_state_close(script_state *s); /* also of one that is all zeroes */

/*
 * Calls f(L) in protected mode with `job` as its only argument (a light userdata); what it returns
 * is dropped. Inside, anything may raise an error. Arrays that it lends under s->lease end with the
 * call. NT_E_INPUT: an error in Lua; NT_E_LIMIT: too much memory or time; NT_E_STATE: cancelled.
 */
nt_status script_state_call(script_state *s, lua_CFunction f, void *job, nt_error *err);

/* Starts math.random from a seed again. May raise errors. */
void script_state_seed(lua_State *L, uint64_t seed);
/* Pushes require("ninetails.script.functions")[function]. May raise errors. */
void script_state_helper(lua_State *L, const char *function);
/* The state that L belongs to. */
script_state *script_state_of(lua_State *L);

#endif
