/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a scenario's settings to an engine that is ready to run. */
#ifndef NT_SYNTHESISER_SCENARIO_H
#define NT_SYNTHESISER_SCENARIO_H

#include "engine.h"

/* attacks_only: leaves out the activities that are no attacks (a capture takes their place). */
nt_status nt_scenario_load(nt_engine *engine, const nt_setting *scenario, uint64_t seed,
                           bool attacks_only, nt_error *err);

#endif
