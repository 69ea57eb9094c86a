/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets per second, damped: with w = 0 before the first packet, each packet at time t does
 *
 *     w = w exp(-(t - last) / window) + 1,  last = t,  score = w / window
 *
 * so that at a constant rate well above 1 / window the score is that rate. A packet that is not
 * newer than the newest one so far does not damp, nor move `last`: the clock of a capture may step
 * back.
 */
#include <math.h>
#include <stdlib.h>

#include "classes.h"
#include "side.h"

typedef struct packet_rate {
  double sign, window; /* s */
  double weight, last; /* s; last NaN: no packet yet */
} packet_rate;

enum { WINDOW, SIDE };

static const nt_parameter parameters[] = {
    [WINDOW] = {.name = "window",
                .type = NT_PARAMETER_NUMBER,
                .unit = "s",
                .help = "time in which a packet's weight falls to 1 / e",
                .preset = 1,
                .least = 1e-9,
                .most = 1e9},
    [SIDE] = NT_SIDE_PARAMETER(NT_SIDE_HIGH, "whether high or low rates are the anomalous ones")};

static void *rate_create(const nt_detector_setting *setting, const nt_value *values,
                         nt_error *err) {
  (void)setting;
  packet_rate *r = malloc(sizeof *r);
  if (!r)
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
  else
    *r = (packet_rate){
        .sign = nt_side_sign(&values[SIDE]), .window = values[WINDOW].number, .last = NAN};
  return r;
}

static nt_status rate_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  packet_rate *r = detector;
  for (size_t i = 0; i < rows->count; i++) {
    double time = rows->times[i];
    if (isnan(time))
      return nt_fail(err, NT_E_INPUT, "packet %llu has no time: the input has no times",
                     (unsigned long long)rows->first + i);
    if (time > r->last) r->weight *= exp(-(time - r->last) / r->window);
    r->last = time <= r->last ? r->last : time;
    r->weight += 1;
    scores[i] = r->sign * (r->weight / r->window);
  }
  return NT_OK;
}

static size_t rate_memory(const void *detector) {
  (void)detector;
  return sizeof(packet_rate);
}

const nt_detector_class nt_detector_packet_rate = {
    .name = "packet_rate",
    .title = "Packet rate",
    .source = "none: the least that a detector has to beat",
    .cost = "O(1) a row; no memory to speak of",
    .flags = NT_DETECTOR_TIMES | NT_DETECTOR_BLIND,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = rate_create,
    .learn = rate_score,
    .score = rate_score,
    .free = free,
    .memory = rate_memory,
};
