/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/detectors: one constant a file, gathered by detectors.c. */
#ifndef NT_DETECTOR_CLASSES_H
#define NT_DETECTOR_CLASSES_H

#include <ninetails/detector.h>

extern const nt_detector_class nt_detector_autoencoder_single, nt_detector_box_plot,
    nt_detector_gaussian_mixture, nt_detector_gaussian_mixture_online, nt_detector_half_space_trees,
    nt_detector_inter_arrival, nt_detector_isolation_forest, nt_detector_kitnet, nt_detector_loda,
    nt_detector_mahalanobis, nt_detector_nearest_neighbours, nt_detector_one_feature,
    nt_detector_packet_index, nt_detector_packet_length, nt_detector_packet_rate, nt_detector_pca,
    nt_detector_pcstream2, nt_detector_random_cut_forest, nt_detector_suricata, nt_detector_xstream;

#endif
