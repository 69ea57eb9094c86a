/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "store/run/provenance.h"
#include "judge.h"

/* One attribute: its name, and how it is written. Numbers that are not known (NaN) and texts that
 * are NULL are left out: an attribute that is there has a value. */
typedef struct entry {
  const char *name;
  enum { TEXT, INTEGER, NUMBER } type;
  const char *text;
  int64_t integer;
  double number;
} entry;
#define T(key, value)                                                                              \
  { .name = key, .type = TEXT, .text = value }
#define I(key, value)                                                                              \
  { .name = key, .type = INTEGER, .integer = (int64_t)(value) }
#define N(key, value)                                                                              \
  { .name = key, .type = NUMBER, .number = value }

/* Values of options, by the rows of their table. */
static nt_status put_options(nt_store *store, const nt_parameter *rows, size_t count,
                             const void *options, nt_error *err) {
  nt_status status = NT_OK;
  for (size_t i = 0; i < count && status == NT_OK; i++) {
    const nt_parameter *p = &rows[i];
    const char *name = p->column ? p->column : p->name;
    nt_value value = nt_parameter_get(p, options);
    if (p->unkeyed) continue;
    if (p->type == NT_PARAMETER_CHOICE) value.text = p->choices[(size_t)value.number];
    if (value.text)
      status = nt_store_text(store, name, value.text, err);
    else if (p->type == NT_PARAMETER_NUMBER)
      status = nt_store_number(store, name, value.number, err);
    else if (p->type != NT_PARAMETER_TEXT)
      status = nt_store_integer(store, name, (int64_t)value.number, err);
  }
  return status;
}

static nt_status put(nt_store *store, const entry *entries, size_t count, nt_error *err) {
  for (size_t i = 0; i < count; i++) {
    const entry *e = &entries[i];
    nt_status status = NT_OK;
    if (e->type == TEXT && e->text) status = nt_store_text(store, e->name, e->text, err);
    if (e->type == INTEGER) status = nt_store_integer(store, e->name, e->integer, err);
    if (e->type == NUMBER && !isnan(e->number))
      status = nt_store_number(store, e->name, e->number, err);
    if (status != NT_OK) return status;
  }
  return NT_OK;
}
#define PUT(entries) put(store, entries, sizeof(entries) / sizeof *(entries), err)

/* What made the file, as every file of ours says it. */
static nt_status record_program(nt_store *store, const nt_run_options *o, const nt_run_result *r,
                                nt_error *err) {
  nt_provenance p;
  const entry entries[] = {
      T("title", o->score ? NT_TITLE_SCORES : NT_TITLE_FEATURES),
      T("program", "ninetails"),
  };
  nt_provenance_make(&p, r->pipeline.threads, o->score ? r->isa : nt_isa_best());
  nt_provenance_add(&p, "command_line", o->command_line);
  nt_status status = PUT(entries);
  for (size_t i = 0; i < p.count && status == NT_OK; i++) {
    int start = strcmp(p.note[i].name, "start") == 0; /* of the run, not of its record */
    status = nt_store_text(store, p.note[i].name, start ? r->start : p.note[i].text, err);
  }
  nt_provenance_done(&p);
  return status == NT_OK ? nt_store_text(store, "end", r->end, err) : status;
}

/* NAME_sha256 and NAME_bytes, or NAME_sha256_missing. */
static nt_status record_digest(nt_store *store, const char *name, const nt_digest *digest,
                               nt_error *err) {
  char sum[32], missing[32], bytes[32];
  snprintf(sum, sizeof sum, "%s_sha256", name);
  snprintf(missing, sizeof missing, "%s_sha256_missing", name);
  snprintf(bytes, sizeof bytes, "%s_bytes", name);
  const entry entries[] = {
      T(sum, *digest->sha256 ? digest->sha256 : NULL),
      T(missing, digest->why),
  };
  nt_status status = PUT(entries);
  return status == NT_OK && digest->bytes >= 0 ? nt_store_integer(store, bytes, digest->bytes, err)
                                               : status;
}

/* What it was made of, and with which parameters. */
static nt_status record_input(nt_store *store, const nt_run_options *o, const nt_run_result *r,
                              nt_error *err) {
  const entry entries[] = {
      T("input", o->input),
      T("input_format", nt_capture_format_name(r->format)),
      T("input_warning", *r->warning ? r->warning : NULL),
      T("profile", r->profile_known ? nt_profile_name(r->profile) : NULL),
      I("packets", r->pipeline.packets),
      I("streams", r->pipeline.usage.streams),
      I("stream_pairs", r->pipeline.usage.pairs),
      I("streams_dropped", r->pipeline.usage.dropped),
      I("extractor_bytes", r->pipeline.usage.bytes),
  };
  nt_status status = PUT(entries);
  if (status == NT_OK) /* the profile may be another: that of the file of features */
    status = put_options(store, &nt_extractor_parameters[NT_EXTRACTOR_PROFILE + 1],
                         NT_EXTRACTOR_PARAMETERS - 1, &o->extractor, err);
  if (status == NT_OK) status = record_digest(store, "input", &r->digests.file, err);
  if (status == NT_OK) status = record_digest(store, "content", &r->digests.content, err);
  return status;
}

/* The figures that exist, by the names that they have in a table of runs, and their protocol. */
static nt_status record_figures(nt_store *store, const nt_run_options *o, const nt_run_result *r,
                                nt_error *err) {
  const nt_measure_options protocol = nt_judge_options(o->tail_probability);
  nt_status status =
      put_options(store, nt_measure_parameters, NT_MEASURE_PARAMETERS, &protocol, err);
  for (size_t i = 0; i < nt_measure_count && status == NT_OK; i++) {
    double value = r->measured->value[i];
    if (isnan(value)) continue;
    status = nt_measures[i].integer
                 ? nt_store_integer(store, nt_measures[i].name, (int64_t)value, err)
                 : nt_store_number(store, nt_measures[i].name, value, err);
  }
  return status;
}

static nt_status record_detector(nt_store *store, const nt_run_options *o, const nt_run_result *r,
                                 nt_error *err) {
  const nt_run_summary *s = &r->summary;
  const entry entries[] = {
      T("feature_map", o->feature_map),
      T("loaded_model", o->load),
      I("autoencoders", r->map.autoencoders),
      I("packets_mapping", r->pipeline.in_phase[NT_PHASE_MAPPING]),
      I("packets_training", r->pipeline.in_phase[NT_PHASE_TRAINING]),
      I("packets_scored", r->pipeline.in_phase[NT_PHASE_EXECUTION]),
      N("training_seconds", r->training_seconds),
      N("window_filled", r->window_filled),
      N("threshold_log_mean", s->threshold.fit.mean),
      N("threshold_log_deviation", s->threshold.fit.deviation),
      T("threshold_missing", *s->threshold.absence ? s->threshold.absence : NULL),
      I("above_threshold", s->above),
  };
  nt_status status =
      put_options(store, nt_kitnet_parameters, NT_KITNET_PARAMETERS, &o->kitnet, err);
  if (status == NT_OK) status = PUT(entries);
  if (status == NT_OK && o->load)
    status = nt_store_integer(store, "packets_before", (int64_t)r->taken_before, err);
  if (status == NT_OK) status = record_figures(store, o, r, err);
  if (status != NT_OK || !s->labelled) return status;
  const entry labelled[] = {
      T("labels", r->labels_path),
      T("labels_format", r->labels.format),
      T("labels_note", *r->labels.note ? r->labels.note : NULL),
      I("clean", s->clean),
      I("trains_on_attacks", s->trains_on_attacks),
      T("auc_missing", *s->absence ? s->absence : NULL),
  };
  return PUT(labelled);
}

/* How long it took: of each stage in seconds, which overlap when there is more than one thread. */
static nt_status record_timing(nt_store *store, const nt_run_result *r, nt_error *err) {
  nt_status status = nt_store_number(store, "seconds", r->seconds, err);
  for (int i = 0; i < NT_STAGES && status == NT_OK; i++) {
    char name[64];
    snprintf(name, sizeof name, "seconds_%s", nt_stage_name((nt_stage)i));
    if (r->pipeline.rows[i]) status = nt_store_number(store, name, r->pipeline.seconds[i], err);
  }
  return status;
}

nt_status nt_record(nt_store *store, const nt_run_options *options, const nt_run_result *result,
                    nt_error *err) {
  nt_status status = record_program(store, options, result, err);
  if (status == NT_OK) status = record_input(store, options, result, err);
  if (status == NT_OK && options->score) status = record_detector(store, options, result, err);
  if (status == NT_OK) status = record_timing(store, result, err);
  return status;
}

nt_status nt_record_source(nt_store *store, const nt_extracted *source, nt_error *err) {
  static const char *const names[] = {"input",          "input_format",  "input_sha256",
                                      "content_sha256", "input_warning", "version",
                                      "commit",         "command_line",  "start"};
  nt_status status = NT_OK;
  for (size_t i = 0; i < sizeof names / sizeof *names && status == NT_OK; i++) {
    char name[64];
    const char *text = nt_extracted_text(source, names[i]);
    snprintf(name, sizeof name, "source_%s", names[i]);
    if (text) status = nt_store_text(store, name, text, err);
  }
  return status;
}
