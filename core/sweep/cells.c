/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run's row of the table says. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "engine.h"

static nt_cell *add(cells *c, const nt_cell *cell) {
  if (c->count == c->room) {
    size_t room = c->room ? 2 * c->room : 64;
    nt_cell *grown = realloc(c->cell, room * sizeof *grown);
    if (!grown) return NULL;
    c->cell = grown;
    c->room = room;
  }
  c->cell[c->count] = *cell;
  return &c->cell[c->count++];
}

static int add_text(cells *c, const char *name, const char *long_name, nt_cell_role role,
                    const char *text) {
  return add(c, &(nt_cell){.name = name,
                           .unit = "",
                           .long_name = long_name,
                           .role = role,
                           .type = NT_CELL_TEXT,
                           .text = text ? text : ""}) != NULL;
}

static int add_integer(cells *c, const char *name, const char *unit, const char *long_name,
                       nt_cell_role role, uint64_t value) {
  return add(c, &(nt_cell){.name = name,
                           .unit = unit,
                           .long_name = long_name,
                           .role = role,
                           .type = NT_CELL_INTEGER,
                           .integer = (int64_t)value}) != NULL;
}

static int add_number(cells *c, const char *name, const char *unit, const char *long_name,
                      nt_cell_role role, double value) {
  return add(c, &(nt_cell){.name = name,
                           .unit = unit,
                           .long_name = long_name,
                           .role = role,
                           .type = NT_CELL_NUMBER,
                           .number = value}) != NULL;
}

static nt_status ended(int good, nt_error *err) {
  return good ? NT_OK : nt_fail(err, NT_E_MEMORY, "out of memory for the row of a run");
}

void nt_sweep_cells_done(cells *c) {
  free(c->cell);
  *c = (cells){0};
}

/* ---------------------------------------------------------------- a run */

static int add_identity(cells *c, const nt_sweep *s, const run *r) {
  const nt_sweep_input *in = s->inputs[r->given->input].given;
  const nt_cell_role role = NT_ROLE_IDENTITY;
  int failed = r->state == NT_RUN_FAILED;
  return add_text(c, "run", "the run's key", role, r->key) &&
         add_text(c, "dataset", "data set", role, in->name) &&
         add_text(c, "profile", "profile of the extractor", role,
                  in->extracted ? nt_profile_name(in->profile) : "rows") &&
         add_text(c, "detector", "detector", role, r->given->kind->name) &&
         add_text(c, "status", "how it ended", role, failed ? "failed" : "done") &&
         add_text(c, "reason", "why it failed", role, failed ? r->why : "");
}

static int add_parameter(cells *c, const nt_parameter *p, const nt_value *value) {
  const nt_cell_role role = NT_ROLE_PARAMETER;
  const char *unit = p->unit ? p->unit : "";
  switch (p->type) {
  case NT_PARAMETER_INTEGER:
    return add(c, &(nt_cell){.name = p->name,
                             .unit = unit,
                             .long_name = p->help,
                             .role = role,
                             .type = NT_CELL_INTEGER,
                             .integer = (int64_t)value->number}) != NULL;
  case NT_PARAMETER_NUMBER:
    return add_number(c, p->name, unit, p->help, role, value->number);
  case NT_PARAMETER_CHOICE:
    return add_text(c, p->name, p->help, role, p->choices[(size_t)value->number]);
  case NT_PARAMETER_TEXT:
    return add_text(c, p->name, p->help, role, value->text);
  }
  return 0;
}

static int add_parameters(cells *c, const run *r) {
  const nt_sweep_run *given = r->given;
  const nt_cell_role role = NT_ROLE_PARAMETER;
  int good = add_integer(c, "replicate", "1", "which repeat of the configuration", role,
                         given->replicate) &&
             add_integer(c, "seed", "1", "of the detector's random numbers", role, given->seed) &&
             add_integer(c, "fm_grace", "packets", "packets (and one more) for the feature map",
                         role, given->fm_grace) &&
             add_integer(c, "ad_grace", "packets", "packets for training after those", role,
                         given->ad_grace);
  for (size_t i = 0; i < given->kind->parameter_count && good; i++)
    good = add_parameter(c, &given->kind->parameters[i], &given->values[i]);
  return good;
}

static int add_protocol(cells *c, const nt_measure_options *o) {
  const nt_cell_role role = NT_ROLE_PARAMETER;
  return add_integer(c, "smoothing", "packets", "window of the mean for rates at given FPRs", role,
                     o->protocol.smoothing) &&
         add_integer(c, "fold_auc", "1", "1: the AUC is max(AUC, 1 - AUC)", role,
                     o->protocol.fold_auc) &&
         add_text(c, "fpr_reference", "of what a false positive rate is a share", role,
                  o->protocol.reference == NT_FPR_OF_ALL ? "all" : "benign") &&
         add_number(c, "tail_probability", "1", "of the log-normal threshold", role,
                    o->tail_probability) &&
         add_number(c, "level", "1", "confidence level of intervals", role, o->level) &&
         add_number(c, "max_fpr", "1", "where the partial AUC ends", role, o->max_fpr) &&
         add_integer(c, "bootstrap_replicates", "1", "resamples of the block bootstrap", role,
                     o->replicates) &&
         add_integer(c, "bootstrap_seed", "1", "of the block bootstrap", role, o->seed) &&
         add_integer(c, "curve_points", "1", "most points of a stored curve", role,
                     o->curve_points) &&
         add_number(c, "block_seconds", "s", "length of a block of benign traffic", role,
                    o->block_seconds) &&
         add_number(c, "gap_seconds", "s", "attack packets closer than this are one episode", role,
                    o->gap_seconds);
}

static int add_measure(cells *c, const nt_measure *m, double value) {
  int whole = m->integer && !isnan(value);
  return add(c, &(nt_cell){.name = m->name,
                           .unit = m->unit,
                           .long_name = m->long_name,
                           .role = NT_ROLE_METRIC,
                           .type = whole ? NT_CELL_INTEGER : NT_CELL_NUMBER,
                           .integer = whole ? (int64_t)value : 0,
                           .number = value,
                           .better = m->better}) != NULL;
}

static int add_metrics(cells *c, const nt_sweep *s, const run *r, const nt_measured *measured,
                       const double *extra) {
  const job *j = &s->jobs[r->job];
  int good = add_integer(c, "packets", "packets", "packets of the data set", NT_ROLE_IDENTITY,
                         j->input->rows) &&
             add_integer(c, "first", "packets", "the first scored packet (0-based)",
                         NT_ROLE_IDENTITY, j->record.first);
  for (size_t i = 0; i < nt_measure_count && good; i++)
    good = add_measure(c, &nt_measures[i], measured->value[i]);
  for (size_t i = 0; i < s->options->extra.count && good; i++)
    good = add_measure(c, &s->options->extra.measure[i], extra[i]);
  return good &&
         add_text(c, "absence", "why metrics are missing", NT_ROLE_METRIC, measured->absence);
}

static int add_job_costs(cells *c, const job_costs *costs) {
  const nt_cell_role role = NT_ROLE_COST;
  return add_number(c, "seconds_map", "s", "time to cut the feature map", role, costs->map) &&
         add_number(c, "seconds_learn", "s", "time to learn", role, costs->learn) &&
         add_number(c, "seconds_score", "s", "time to score", role, costs->score) &&
         add_integer(c, "shared_by", "1", "configurations that shared this work", role,
                     costs->shared) &&
         add_integer(c, "memory_detector", "byte", "memory of the detector", role, costs->memory) &&
         add_text(c, "remark", "what the detector had to say", role, costs->remark);
}

static int add_costs(cells *c, const nt_sweep *s, const run *r, double measure_seconds) {
  const job *j = &s->jobs[r->job];
  const nt_cell_role role = NT_ROLE_COST;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return add_number(c, "seconds_extract", "s", "time to extract the features, once for all runs",
                    role, nt_feature_file_number(j->input->file, "seconds")) &&
         add_job_costs(c, &j->costs) &&
         add_number(c, "seconds_measure", "s", "time to compute the metrics", role,
                    measure_seconds) &&
         add_integer(c, "memory_peak", "byte", "most memory of the program until then", role,
                     (uint64_t)usage.ru_maxrss * 1024);
}

nt_status nt_sweep_cells(const nt_sweep *s, const run *r, const nt_measured *measured,
                         const double *extra, double measure_seconds, cells *c, nt_error *err) {
  *c = (cells){0};
  int good =
      add_identity(c, s, r) && add_parameters(c, r) && add_protocol(c, &s->options->measures);
  if (good && measured)
    good = add_metrics(c, s, r, measured, extra) && add_costs(c, s, r, measure_seconds);
  return ended(good, err);
}

/* ---------------------------------------------------------------- provenance */

void nt_sweep_notes(const nt_sweep *s, notes *n) {
  time_t now = time(NULL);
  struct tm utc;
  gmtime_r(&now, &utc);
  strftime(n->written, sizeof n->written, "%Y-%m-%dT%H:%M:%SZ", &utc);
  n->count = s->options->notes;
  if (n->count) memcpy(n->note, s->options->note, n->count * sizeof *n->note);
  n->note[n->count++] = (nt_note){.name = "written", .text = n->written};
}

/* ---------------------------------------------------------------- scores and data sets */

nt_status nt_sweep_cost_cells(const job *j, cells *c, nt_error *err) {
  *c = (cells){0};
  return ended(add_job_costs(c, &j->costs), err);
}

void nt_sweep_costs_from(const nt_score_record *record, job_costs *costs) {
  *costs = (job_costs){0};
  for (size_t i = 0; i < record->cells; i++) {
    const nt_cell *cell = &record->cell[i];
    if (strcmp(cell->name, "seconds_map") == 0) costs->map = cell->number;
    if (strcmp(cell->name, "seconds_learn") == 0) costs->learn = cell->number;
    if (strcmp(cell->name, "seconds_score") == 0) costs->score = cell->number;
    if (strcmp(cell->name, "shared_by") == 0) costs->shared = (uint64_t)cell->integer;
    if (strcmp(cell->name, "memory_detector") == 0) costs->memory = (uint64_t)cell->integer;
    if (strcmp(cell->name, "remark") == 0)
      snprintf(costs->remark, sizeof costs->remark, "%s", cell->text);
  }
}

nt_status nt_sweep_data_cells(const input *in, cells *c, nt_error *err) {
  const nt_cell_role role = NT_ROLE_IDENTITY;
  const char *warning = nt_feature_file_text(in->file, "warning");
  *c = (cells){0};
  int good =
      add_text(c, "dataset", "data set", role, in->given->name) &&
      add_text(c, "capture", "the file it was read from", role, in->given->capture) &&
      add_text(c, "sha256", "of the capture's bytes", role, in->sha256) &&
      add_text(c, "labels", "the file that the labels were read from", role, in->given->labels) &&
      add_text(c, "labels_sha256", "of the label file's bytes", role, in->labels_sha256) &&
      add_text(c, "origin", "where it comes from", role, in->given->origin) &&
      add_text(c, "input_warning", "what is wrong with the capture", role, warning) &&
      add_integer(c, "packets", "packets", "packets of the data set", role, in->rows);
  return ended(good, err);
}
