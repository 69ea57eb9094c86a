/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time since the packet before it, in the order of the capture, as a packet's score. The first
 * packet, and one that is not newer than the packet before it, has the time 0.
 */
#include <math.h>
#include <stdlib.h>

#include "classes.h"
#include "side.h"

typedef struct inter_arrival {
  double sign, previous; /* s; NaN: no packet yet */
} inter_arrival;

static const nt_parameter parameters[] = {
    NT_SIDE_PARAMETER(NT_SIDE_LOW, "whether long or short times between packets are anomalous")};

static void *arrival_create(const nt_detector_setting *setting, const nt_value *values,
                            nt_error *err) {
  (void)setting;
  inter_arrival *a = malloc(sizeof *a);
  if (!a)
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
  else
    *a = (inter_arrival){.sign = nt_side_sign(&values[0]), .previous = NAN};
  return a;
}

static nt_status arrival_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  inter_arrival *a = detector;
  for (size_t i = 0; i < rows->count; i++) {
    double time = rows->times[i];
    if (isnan(time))
      return nt_fail(err, NT_E_INPUT, "packet %llu has no time: the input has no times",
                     (unsigned long long)rows->first + i);
    scores[i] = time > a->previous ? a->sign * (time - a->previous) : 0;
    a->previous = time;
  }
  return NT_OK;
}

static size_t arrival_memory(const void *detector) {
  (void)detector;
  return sizeof(inter_arrival);
}

const nt_detector_class nt_detector_inter_arrival = {
    .name = "inter_arrival",
    .title = "Inter-arrival time",
    .source = "none: the least that a detector has to beat",
    .cost = "O(1) a row; no memory to speak of",
    .flags = NT_DETECTOR_TIMES | NT_DETECTOR_BLIND,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = arrival_create,
    .learn = arrival_score,
    .score = arrival_score,
    .free = free,
    .memory = arrival_memory,
};
