/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model into its file and back. What follows from the rest is not kept: phases from the count of
 * packets, the threshold from the scores that it is fitted to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ensemble/kitnet_parts.h"
#include "extractor/kept.h"
#include "ground/temporary.h"
#include "store/model/model_file.h"
#include "parts.h"

/* What the options of extractor and KitNET do not tell. */
typedef struct form {
  double tail_probability;
  uint64_t width;
  uint32_t extracts, given_map;
} form;
#define OF(member) NT_PARAMETER_OF(form, member)
#define MOST_WIDTH 0x1p20

static const nt_parameter form_rows[] = {
    {.name = "tail_probability",
     .type = NT_PARAMETER_NUMBER,
     .above = 1,
     .most = 1,
     .below = 1,
     OF(tail_probability)},
    {.name = "width", .type = NT_PARAMETER_INTEGER, .least = 1, .most = MOST_WIDTH, OF(width)},
    {.name = "extracts", .type = NT_PARAMETER_FLAG, OF(extracts)},
    {.name = "given_map", .type = NT_PARAMETER_FLAG, OF(given_map)},
};

enum { TABLES = 3 };
static void tables_of(form *f, nt_model_options *o, nt_model_table tables[TABLES]) {
  tables[0] = (nt_model_table){form_rows, sizeof form_rows / sizeof *form_rows, f};
  tables[1] = (nt_model_table){nt_extractor_parameters, NT_EXTRACTOR_PARAMETERS, &o->extractor};
  tables[2] = (nt_model_table){nt_kitnet_parameters, NT_KITNET_PARAMETERS, &o->kitnet};
}

/* ---------------------------------------------------------------- saving */

static nt_status put_state(const void *context, const nt_state_writer *to, nt_error *err) {
  const nt_model *m = context;
  const double times[2] = {m->first_time, m->last_trained};
  double *sample;
  size_t count;
  nt_status status = m->extractor ? nt_extractor_put(m->extractor, to, err) : NT_OK;
  if (status == NT_OK) status = nt_kitnet_put(m->kitnet, to, err);
  if (status == NT_OK)
    status = nt_state_put(to, "training", "times", NT_STATE_NUMBER, times, 2, err);
  if (status == NT_OK) status = nt_model_sample(m, &sample, &count, err);
  if (status != NT_OK) return status;
  status = nt_state_put(to, "training", "scores", NT_STATE_NUMBER, sample, count, err);
  free(sample);
  return status;
}

nt_status nt_model_save(const nt_model *m, const char *path, nt_error *err) {
  if (m->broken)
    return nt_fail(err, NT_E_STATE, "%s: the model cannot be saved: an earlier packet failed",
                   path);
  nt_model_facts facts;
  nt_model_facts_of(m, &facts);
  nt_model_options options = m->options;
  form f = {options.tail_probability, m->width, m->extractor != NULL, (uint32_t)m->given_map};
  nt_model_table tables[TABLES];
  tables_of(&f, &options, tables);
  const nt_cell cells[] = {
      {.name = "phase", .type = NT_CELL_TEXT, .text = nt_phase_name(facts.phase)},
      {.name = "packets", .type = NT_CELL_INTEGER, .integer = (int64_t)facts.packets},
      {.name = "autoencoders", .type = NT_CELL_INTEGER, .integer = (int64_t)facts.autoencoders},
      {.name = "streams", .type = NT_CELL_INTEGER, .integer = (int64_t)facts.usage.streams},
      {.name = "threshold", .type = NT_CELL_NUMBER, .number = facts.threshold.value},
      {.name = "threshold_log_mean", .type = NT_CELL_NUMBER, .number = facts.threshold.fit.mean},
      {.name = "threshold_log_deviation",
       .type = NT_CELL_NUMBER,
       .number = facts.threshold.fit.deviation}};
  const nt_model_record record = {.table = tables,
                                  .tables = TABLES,
                                  .capture = m->captures,
                                  .captures = m->capture_count,
                                  .fact = cells,
                                  .facts = sizeof cells / sizeof *cells,
                                  .isa = facts.isa,
                                  .fill = put_state,
                                  .context = m};
  nt_temporary_sweep_of(path); /* what a killed save left */
  return nt_model_file_write(path, &record, err);
}

/* ---------------------------------------------------------------- loading */

static nt_status take_options(nt_model_file *file, form *f, nt_model_options *o, nt_error *err) {
  nt_model_table tables[TABLES];
  nt_status status = NT_OK;
  tables_of(f, o, tables);
  for (int i = 0; i < TABLES && status == NT_OK; i++)
    status = nt_model_file_get_options(file, &tables[i], err);
  if (status == NT_OK && f->extracts && f->width != nt_profile_width(o->extractor.profile))
    status =
        nt_fail(err, NT_E_INPUT, "%llu columns: profile %s has %zu", (unsigned long long)f->width,
                nt_profile_name(o->extractor.profile), nt_profile_width(o->extractor.profile));
  o->tail_probability = f->tail_probability;
  return status;
}

/* The training scores, the newest of as many as there were. */
static nt_status take_training(nt_model *m, const nt_state_reader *from, nt_error *err) {
  double times[2];
  void *list;
  size_t count;
  nt_status status = nt_state_take_into(from, "training", "times", NT_STATE_NUMBER, times, 2, err);
  if (status == NT_OK)
    status = nt_state_take(from, "training", "scores", NT_STATE_NUMBER, &list, &count, err);
  if (status != NT_OK) return status;
  m->first_time = times[0];
  m->last_trained = times[1];
  uint64_t to = m->taken < m->train_to ? m->taken : m->train_to;
  m->trained = to > m->train_from ? to - m->train_from : 0;
  uint64_t most = nt_threshold_sample(m->options.kitnet.ad_grace);
  if (count != (m->trained < most ? m->trained : most))
    status =
        nt_fail(err, NT_E_INPUT, "training/scores: %zu values: expected those of training", count);
  else if (!(m->sample = calloc(count + 1, sizeof *m->sample)))
    status = nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", count);
  m->room = count;
  for (size_t i = 0; status == NT_OK && most > 0 && i < count; i++)
    m->sample[(m->trained - count + i) % most] = ((const double *)list)[i];
  free(list);
  return status == NT_OK && m->taken >= m->train_to ? nt_model_fit(m, err) : status;
}

static nt_status take_all(nt_model *m, nt_model_file *file, int extracts, nt_error *err) {
  const nt_state_reader from = nt_model_file_state(file);
  if (extracts && !(m->extractor = nt_extractor_take(&m->options.extractor, &from, err)))
    return err->status;
  m->kitnet = nt_kitnet_take(m->width, &m->options.kitnet, m->given_map, &from, err);
  if (!m->kitnet) return err->status;
  nt_extractor_usage usage = {.packets = m->taken = nt_kitnet_rows(m->kitnet)};
  if (m->extractor) nt_extractor_usage_of(m->extractor, &usage);
  if (usage.packets != m->taken)
    return nt_fail(err, NT_E_INPUT, "extractor and detector have not taken the same packets");
  nt_status status = take_training(m, &from, err);
  if (status != NT_OK) return status;
  return nt_model_file_get_captures(file, &m->captures, &m->capture_count, err);
}

nt_model *nt_model_load_as(const char *path, const double *tail, const nt_isa *isa, nt_error *err) {
  nt_error own;
  nt_model_options options = nt_model_defaults();
  form f = {0};
  nt_model *m = NULL;
  if (!err) err = &own;
  nt_model_file *file = nt_model_file_open(path, err);
  if (!file) return NULL;
  nt_status status = take_options(file, &f, &options, err);
  if (tail) options.tail_probability = *tail;
  if (isa) options.kitnet.isa = *isa;
  if (status == NT_OK && !(m = nt_model_begin(&options, f.width, (int)f.given_map, err)))
    status = err->status;
  if (status == NT_OK) status = take_all(m, file, (int)f.extracts, err);
  nt_model_file_close(file);
  if (status == NT_OK) return m;
  nt_fail_in(err, "%s", path);
  nt_model_free(m);
  return NULL;
}

nt_model *nt_model_load(const char *path, nt_error *err) {
  return nt_model_load_as(path, NULL, NULL, err);
}

/* ---------------------------------------------------------------- provenance */

nt_status nt_model_saw(nt_model *m, const char *input, const char *sha256, uint64_t packets,
                       nt_error *err) {
  nt_model_capture *more = realloc(m->captures, (m->capture_count + 1) * sizeof *more);
  if (!more) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu captures", m->capture_count);
  m->captures = more;
  more[m->capture_count] = (nt_model_capture){strdup(input), strdup(sha256), packets};
  nt_model_capture *c = &more[m->capture_count++];
  if (c->input && c->sha256) return NT_OK;
  free(c->input);
  free(c->sha256);
  m->capture_count--;
  return nt_fail(err, NT_E_MEMORY, "out of memory for the name of a capture");
}
