/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/detectors: one constant a file, gathered by detectors.c. */
#ifndef NT_DETECTOR_CLASSES_H
#define NT_DETECTOR_CLASSES_H

#include "detector.h"

extern const nt_detector_class nt_detector_kitnet;

#endif
