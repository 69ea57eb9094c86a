/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/decoder.h"
#include "ensemble/kitnet_parts.h"
#include "parts.h"

nt_model_options nt_model_defaults(void) {
  nt_model_options options = {.kitnet = nt_kitnet_defaults(),
                              .tail_probability = NT_LOGNORMAL_TAIL};
  nt_parameter_fill(nt_extractor_parameters, NT_EXTRACTOR_PARAMETERS, &options.extractor);
  return options;
}

/* ---------------------------------------------------------------- made and released */

nt_model *nt_model_begin(const nt_model_options *options, size_t width, int given_map,
                         nt_error *err) {
  if (!(options->tail_probability > 0 && options->tail_probability < 1)) {
    nt_fail(err, NT_E_ARGUMENT, "tail_probability = %g: expected a number more than 0 and below 1",
            options->tail_probability);
    return NULL;
  }
  nt_model *m = calloc(1, sizeof *m);
  if (m) {
    *m = (nt_model){.options = *options,
                    .width = width,
                    .given_map = given_map,
                    .first_time = NAN,
                    .last_trained = NAN,
                    .threshold = {.fit = {.mean = NAN, .deviation = NAN},
                                  .value = NAN,
                                  .absence = "training has not ended"},
                    .row = calloc(width, sizeof *m->row)};
    nt_kitnet_training_rows(&options->kitnet, given_map, &m->train_from, &m->train_to);
    if (m->row) return m;
  }
  nt_model_free(m);
  nt_fail(err, NT_E_MEMORY, "no memory for a model of %zu columns", width);
  return NULL;
}

static nt_model *made(const nt_model_options *options, size_t width, int extracts,
                      const nt_feature_map *map, nt_error *err) {
  nt_model *m = nt_model_begin(options, width, map != NULL, err);
  if (!m) return NULL;
  if ((!extracts || (m->extractor = nt_extractor_new(&options->extractor, err))) &&
      (m->kitnet = nt_kitnet_new(width, &options->kitnet, map, err)))
    return m;
  nt_model_free(m);
  return NULL;
}

nt_model *nt_model_new(const nt_model_options *options, const nt_feature_map *map, nt_error *err) {
  if (nt_parameter_check_all(nt_extractor_parameters, NT_EXTRACTOR_PARAMETERS, &options->extractor,
                             err) != NT_OK)
    return NULL;
  return made(options, nt_profile_width(options->extractor.profile), 1, map, err);
}

nt_model *nt_model_new_of_rows(const nt_model_options *options, size_t width,
                               const nt_feature_map *map, nt_error *err) {
  return made(options, width, 0, map, err);
}

void nt_model_free(nt_model *m) {
  if (!m) return;
  nt_extractor_free(m->extractor);
  nt_kitnet_free(m->kitnet);
  nt_decoder_free(m->decoder);
  free(m->row);
  free(m->sample);
  nt_model_captures_free(m->captures, m->capture_count);
  free(m);
}

/* ---------------------------------------------------------------- what was learnt from */

/* A ring once it has its full length, which it reaches by doubling: a grace period may be long, and
 * the capture short. */
static nt_status keep(nt_model *m, double training, nt_error *err) {
  uint64_t most = nt_threshold_sample(m->options.kitnet.ad_grace);
  if (m->trained < most && m->trained == m->room) {
    size_t room = m->room ? 2 * m->room : 1024;
    if (room > most) room = (size_t)most;
    double *grown =
        room <= SIZE_MAX / sizeof *grown ? realloc(m->sample, room * sizeof *grown) : NULL;
    if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", room);
    m->sample = grown;
    m->room = room;
  }
  m->sample[m->trained++ % most] = training;
  return NT_OK;
}

nt_status nt_model_sample(const nt_model *m, double **sample, size_t *count, nt_error *err) {
  uint64_t most = nt_threshold_sample(m->options.kitnet.ad_grace);
  *count = (size_t)(m->trained < most ? m->trained : most);
  *sample = calloc(*count + 1, sizeof **sample);
  if (!*sample) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", *count);
  for (size_t i = 0; i < *count; i++) (*sample)[i] = m->sample[(m->trained - *count + i) % most];
  return NT_OK;
}

nt_status nt_model_fit(nt_model *m, nt_error *err) {
  double *sample;
  size_t count;
  nt_status status = nt_model_sample(m, &sample, &count, err);
  if (status == NT_OK)
    status = nt_threshold_fit(sample, count, m->options.tail_probability, &m->threshold, err);
  m->fitted = status == NT_OK;
  free(sample);
  return status;
}

nt_status nt_model_took(nt_model *m, const double *times, const double *training, size_t n,
                        nt_error *err) {
  nt_status status = NT_OK;
  for (size_t i = 0; status == NT_OK && i < n && m->taken + i < m->train_to; i++) {
    if (isnan(m->first_time)) m->first_time = times[i];
    if (!(times[i] <= m->last_trained)) m->last_trained = times[i];
    if (m->taken + i >= m->train_from) status = keep(m, training[i], err);
  }
  m->taken += n;
  if (status == NT_OK && !m->fitted && m->taken >= m->train_to) status = nt_model_fit(m, err);
  return status;
}

/* ---------------------------------------------------------------- one packet */

nt_status nt_model_push(nt_model *m, const nt_packet *packet, nt_verdict *verdict, nt_error *err) {
  *verdict = (nt_verdict){.phase = nt_kitnet_phase_of(m->kitnet), .training = NAN};
  if (!m->extractor)
    return nt_fail(err, NT_E_STATE, "the model is of rows of features: it takes no packets");
  if (m->broken)
    return nt_fail(err, NT_E_STATE, "the model takes nothing more: an earlier packet failed");
  nt_status status = nt_extractor_update(m->extractor, packet, 1, m->row, err);
  if (status == NT_OK)
    status = nt_kitnet_process(m->kitnet, m->row, 1, &verdict->score, &verdict->training, err);
  if (status == NT_OK) status = nt_model_took(m, &packet->time, &verdict->training, 1, err);
  m->broken = status != NT_OK;
  verdict->alarm = verdict->phase == NT_PHASE_EXECUTION && !isnan(m->threshold.value) &&
                   !(verdict->score < m->threshold.value);
  return status;
}

nt_status nt_model_push_frame(nt_model *m, const nt_frame *frame, nt_verdict *verdict,
                              nt_error *err) {
  nt_packet packet;
  *verdict = (nt_verdict){.phase = nt_kitnet_phase_of(m->kitnet), .training = NAN};
  if (!m->decoder && !(m->decoder = nt_decoder_new(err))) return NT_E_MEMORY;
  nt_status status = nt_decoder_decode(m->decoder, frame, &packet, err);
  return status == NT_OK ? nt_model_push(m, &packet, verdict, err) : status;
}

/* ---------------------------------------------------------------- what it is now */

nt_extractor *nt_model_extractor(nt_model *m) {
  return m->extractor;
}
nt_kitnet *nt_model_kitnet(nt_model *m) {
  return m->kitnet;
}
size_t nt_model_width(const nt_model *m) {
  return m->width;
}

static uint64_t between(uint64_t n, uint64_t from, uint64_t to) {
  return n < from ? 0 : (n < to ? n : to) - from;
}

void nt_model_facts_of(const nt_model *m, nt_model_facts *facts) {
  const nt_feature_map *map = nt_kitnet_map(m->kitnet);
  *facts = (nt_model_facts){.options = m->options,
                            .given_map = m->given_map,
                            .isa = nt_kitnet_isa(m->kitnet),
                            .phase = nt_kitnet_phase_of(m->kitnet),
                            .packets = m->taken,
                            .in_phase = {between(m->taken, 0, m->train_from),
                                         between(m->taken, m->train_from, m->train_to),
                                         between(m->taken, m->train_to, UINT64_MAX)},
                            .left = nt_kitnet_rows_left(m->kitnet),
                            .autoencoders = map ? map->autoencoders : 0,
                            .threshold = m->threshold,
                            .first_time = m->first_time,
                            .last_trained = m->last_trained};
  if (m->extractor) nt_extractor_usage_of(m->extractor, &facts->usage);
  facts->bytes = sizeof *m + (m->width + m->room) * sizeof(double) + nt_kitnet_memory(m->kitnet) +
                 (size_t)facts->usage.bytes;
}
