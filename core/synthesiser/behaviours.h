/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of behaviours: what an activity of a scenario can do. */
#ifndef NT_SYNTHESISER_BEHAVIOURS_H
#define NT_SYNTHESISER_BEHAVIOURS_H

#include "engine.h"

const nt_behaviour *nt_behaviour_find(const char *name);
const char *nt_behaviour_nearest(const char *name);

#endif
