/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/detectors: one constant a file, gathered by detectors.c. */
#ifndef NT_DETECTOR_CLASSES_H
#define NT_DETECTOR_CLASSES_H

#include "detector.h"

extern const nt_detector_class nt_detector_kitnet;
extern const nt_detector_class nt_detector_gaussian_mixture_online;
extern const nt_detector_class nt_detector_half_space_trees;
extern const nt_detector_class nt_detector_loda;
extern const nt_detector_class nt_detector_nearest_neighbours;
extern const nt_detector_class nt_detector_pcstream2;
extern const nt_detector_class nt_detector_random_cut_forest;
extern const nt_detector_class nt_detector_xstream;

#endif
