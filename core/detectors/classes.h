/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/detectors: one constant a file, gathered by detectors.c. */
#ifndef NT_DETECTOR_CLASSES_H
#define NT_DETECTOR_CLASSES_H

#include "detector.h"

extern const nt_detector_class nt_detector_kitnet;
extern const nt_detector_class nt_detector_isolation_forest, nt_detector_gaussian_mixture,
    nt_detector_mahalanobis, nt_detector_pca, nt_detector_box_plot;
extern const nt_detector_class nt_detector_autoencoder_single, nt_detector_suricata;
extern const nt_detector_class nt_detector_one_feature, nt_detector_packet_length,
    nt_detector_inter_arrival, nt_detector_packet_rate, nt_detector_packet_index;
extern const nt_detector_class nt_detector_gaussian_mixture_online;
extern const nt_detector_class nt_detector_half_space_trees;
extern const nt_detector_class nt_detector_loda;
extern const nt_detector_class nt_detector_nearest_neighbours;
extern const nt_detector_class nt_detector_pcstream2;
extern const nt_detector_class nt_detector_random_cut_forest;
extern const nt_detector_class nt_detector_xstream;

#endif
