/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The length of the packet as its score: shows whether a data set is hard at all. */
#include <stdlib.h>

#include "classes.h"
#include "side.h"

typedef struct packet_length {
  double sign;
} packet_length;

static const nt_parameter parameters[] = {
    NT_SIDE_PARAMETER(NT_SIDE_HIGH, "whether long or short packets are the anomalous ones")};

static void *length_create(const nt_detector_setting *setting, const nt_value *values,
                           nt_error *err) {
  (void)setting;
  packet_length *p = malloc(sizeof *p);
  if (!p)
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
  else
    p->sign = nt_side_sign(&values[0]);
  return p;
}

static nt_status length_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  const packet_length *p = detector;
  if (!rows->sizes)
    return nt_fail(err, NT_E_INPUT, "the input has no lengths of packets: expected a capture");
  for (size_t i = 0; i < rows->count; i++) scores[i] = p->sign * rows->sizes[i];
  return NT_OK;
}

static size_t length_memory(const void *detector) {
  (void)detector;
  return sizeof(packet_length);
}

const nt_detector_class nt_detector_packet_length = {
    .name = "packet_length",
    .title = "Packet length",
    .source = "none: the least that a detector has to beat",
    .cost = "O(1) a row; no memory to speak of",
    .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_SIZES | NT_DETECTOR_BLIND,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = length_create,
    .learn = length_score,
    .score = length_score,
    .free = free,
    .memory = length_memory,
};
