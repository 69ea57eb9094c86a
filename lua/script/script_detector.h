/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Detectors written in Lua, inside a script, as the detectors of include/ninetails/detector.h.
 *
 *     nt.detector {
 *       name = "far_from_mean",
 *       parameters = {scale = 1.0},
 *       fit = function(self, rows, times, sizes, first) ... end,
 *       score = function(self, row, i, time, size) return x end,
 *     }
 *
 * A parameter is its default, or {name =, default =, least =, most =, above =, below =, type =,
 * unit =, help =} in a list.
 *
 * Its functions, all with the instance first; only one of score and score_rows has to be there:
 *
 *     new(setting, values) -> self
 *         setting: width, columns (names), learn and rows (how many), seed, capture (path or nil).
 *         Without it self = {values =, width =, columns =}. Either way self:helper() finds the
 *         detector's fields, unless new gave self a metatable with an __index of its own
 *     fit(self, rows, times, sizes, first)
 *         each chunk of rows to learn from, rows[i][j]; cut anyhow
 *     learn(self, row, i, time, size) -> x
 *         or each row; x, a number, is what the row scored before, for thresholds
 *     ready(self)
 *         after the last of them
 *     score(self, row, i, time, size) -> x
 *         a number for each row
 *     score_rows(self, rows, scores, times, sizes, first)
 *         or scores[k] = x for a chunk of rows
 *     remark(self) -> text
 *         after the run
 *
 * i and first count the packets of the data set from 1; sizes may be nil; row and rows are nil for
 * a detector with blind = true. Views end with the call that they are given to.
 *
 * score may learn from the row once it has its score: nothing has to be declared for that. Fields
 * that promise or ask for something: frozen = true (score changes nothing in self), seeded = false
 * (math.random is not used: repeats are one run), blind, times, sizes = true (NT_DETECTOR_*); texts
 * title, source, cost. math.random is seeded with the run's seed.
 */
#ifndef NINETAILS_SCRIPT_DETECTOR_H
#define NINETAILS_SCRIPT_DETECTOR_H

#include <ninetails/detector.h>

#include "script_state.h"

/*
 * The class of the script's detector `name`, found by running the script once. NULL: err says why.
 * The class may be used by any number of threads at once; each instance has a Lua state of its own,
 * closed by free. It outlives its instances, and the script outlives it. Cost: a run of the script
 * for each class and each instance, some 100 kB each.
 */
nt_detector_class *script_class_new(const script *from, const char *name, nt_error *err);
void script_class_free(nt_detector_class *class); /* NULL is fine */

#endif
