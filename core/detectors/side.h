/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/detectors: which end of a single quantity is the anomalous one. */
#ifndef NT_DETECTOR_SIDE_H
#define NT_DETECTOR_SIDE_H

#include <ninetails/parameter.h>

enum { NT_SIDE_HIGH, NT_SIDE_LOW };
static const char *const nt_side_names[] = {"high", "low", NULL};

#define NT_SIDE_PARAMETER(preset_side, text)                                                       \
  {                                                                                                \
    .name = "side", .type = NT_PARAMETER_CHOICE, .help = text, .preset = (preset_side),            \
    .choices = nt_side_names                                                                       \
  }

/* What the quantity is multiplied by to be a score. */
static inline double nt_side_sign(const nt_value *side) {
  return side->number == NT_SIDE_HIGH ? 1 : -1;
}

#endif
