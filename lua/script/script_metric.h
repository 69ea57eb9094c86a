/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Metrics written in Lua, inside a script: run(scores, labels, times) -> a number (0/0: does not
 * exist). Called on any worker thread, each with a state of its own that is made when first needed.
 */
#ifndef NINETAILS_SCRIPT_METRIC_H
#define NINETAILS_SCRIPT_METRIC_H

#include "script_state.h"

typedef struct script_worker script_worker;

/*
 * lua_metrics[name] of n scored packets -> *value. labels NULL: there are none, nil in Lua; times
 * are in s. The three are views that end with the call. math.random starts from 1 in each call.
 * *worker is NULL at first, of one thread, and of one script; script_worker_free it in the end. A
 * state in which something failed is closed, and the next call makes a new one.
 */
nt_status script_metric_call(script_worker **worker, const script *from, const char *name,
                             const double *scores, const uint8_t *labels, const double *times,
                             size_t n, double *value, nt_error *err);
void script_worker_free(script_worker *worker); /* NULL is fine */

#endif
