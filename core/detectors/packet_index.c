/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The number of the packet as its score: what comes late in a capture is the attack, in many of
 * them. */
#include <stdlib.h>

#include "classes.h"
#include "side.h"

typedef struct packet_index {
  double sign;
} packet_index;

static const nt_parameter parameters[] = {
    NT_SIDE_PARAMETER(NT_SIDE_HIGH, "whether late or early packets are the anomalous ones")};

static void *index_create(const nt_detector_setting *setting, const nt_value *values,
                          nt_error *err) {
  (void)setting;
  packet_index *p = malloc(sizeof *p);
  if (!p)
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
  else
    p->sign = nt_side_sign(&values[0]);
  return p;
}

static nt_status index_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  const packet_index *p = detector;
  (void)err;
  for (size_t i = 0; i < rows->count; i++) scores[i] = p->sign * (double)(rows->first + i);
  return NT_OK;
}

static size_t index_memory(const void *detector) {
  (void)detector;
  return sizeof(packet_index);
}

const nt_detector_class nt_detector_packet_index = {
    .name = "packet_index",
    .title = "Packet index",
    .source = "none: the least that a detector has to beat",
    .cost = "O(1) a row; no memory to speak of",
    .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_BLIND,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = index_create,
    .learn = index_score,
    .score = index_score,
    .free = free,
    .memory = index_memory,
};
