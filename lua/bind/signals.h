/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIGINT and SIGTERM, for the whole of a command. The first one sets nt_cancelled
 * (ground/cancel.h), which all that takes long looks at: C by itself, Lua through a hook that
 * signals.call() sets. What goes on then ends as by an error, and cleans up. The second one ends
 * the process at once. Signals are the process's: one state for all.
 *
 *     local signals = require "ninetails.signals"
 *     local good, result, signal = signals.call(f, explain)  -- xpcall, in which signals are heard;
 *                                                            -- signal: "INT", "TERM" or nil
 *     signals.writes(true)     -- to stdout, until false: a signal ends what waits for its reader
 *     signals.goes_on()    -- for who does after a signal: else standard input ends with it
 *     local name = signals.forget()  -- which one came, or nil; as if none had come
 */
#ifndef NINETAILS_SIGNALS_H
#define NINETAILS_SIGNALS_H
#include <lua.h>

#include "ground/cancel.h" /* whose flag they set to their number */

void signals_catch(void);             /* once, before all else */
int signals_caught(void);             /* 0: none */
const char *signals_name(int caught); /* "TERM" or "INT" */
int signals_number(const char *name); /* of these and "PIPE" */
void signals_die(int number);         /* as if it had never been caught, so that shells see it */
/* While somebody waits for input and goes on after a signal: each one writes a byte to the file (a
 * pipe that does not block), and none ends the process. -1: nobody waits. */
void signals_wake(int file);
void signals_told(void); /* a result says that one came: no error needs to */
int signals_raise(lua_State *L, const char *message); /* {status = "interrupted", ...} */

/* Ends the C code that calls Lua back, when that has failed; signals_uncancel once it has ended:
 * what comes next is cancelled by a signal alone. */
void signals_cancel(void);
void signals_uncancel(void);

/* Calls the function and its arguments on the top of the stack without results. 0: it failed, and
 * its error is on the top. A signal is no failure: the caller of this sees the flag. */
int signals_call_back(lua_State *L, int arguments);

#endif
