/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of detectors: one line for each file of this folder. */
#include <string.h>

#include "classes.h"

const nt_detector_class *const nt_detectors[] = {
    &nt_detector_kitnet,
    /* the paper's comparators */
    &nt_detector_autoencoder_single,
    &nt_detector_isolation_forest,
    &nt_detector_gaussian_mixture,
    &nt_detector_gaussian_mixture_online,
    &nt_detector_pcstream2,
    &nt_detector_suricata,
    /* whether a data set is hard at all */
    &nt_detector_one_feature,
    &nt_detector_packet_length,
    &nt_detector_inter_arrival,
    &nt_detector_packet_rate,
    &nt_detector_packet_index,
    &nt_detector_box_plot,
    &nt_detector_mahalanobis,
    &nt_detector_pca,
    /* online */
    &nt_detector_half_space_trees,
    &nt_detector_loda,
    &nt_detector_random_cut_forest,
    &nt_detector_xstream,
    &nt_detector_nearest_neighbours,
    NULL,
};

const nt_detector_class *nt_detector_find(const char *name, nt_error *err) {
  for (size_t i = 0; nt_detectors[i]; i++)
    if (strcmp(nt_detectors[i]->name, name) == 0) return nt_detectors[i];
  nt_fail(err, NT_E_ARGUMENT, "no detector '%s'", name);
  return NULL;
}
