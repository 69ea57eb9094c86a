/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a scenario's settings to an engine that is ready to run. */
#ifndef NT_SYNTHESISER_SCENARIO_H
#define NT_SYNTHESISER_SCENARIO_H

#include "engine.h"

/* attacks_only: leaves out the activities that are no attacks (a capture takes their place). */
nt_status nt_scenario_load(nt_engine *engine, const nt_setting *scenario, uint64_t seed,
                           bool attacks_only, nt_error *err);

/* What can be said in a scenario, besides the parameters that behaviours have of their own
 * (nt_behaviours); ended by a table without title. */
typedef struct nt_scenario_table {
  const char *title;
  const nt_parameter *parameters;
  size_t count;
} nt_scenario_table;
extern const nt_scenario_table nt_scenario_tables[];

#endif
