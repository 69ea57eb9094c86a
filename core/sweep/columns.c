/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run's row of the table says. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "graph.h"

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

/* ---------------------------------------------------------------- what has no other table */

enum {
  RUN,
  DATASET,
  PROFILE,
  DETECTOR,
  STATUS,
  REASON,
  PACKETS,
  FIRST,
  ABSENCE,
  SECONDS_EXTRACT,
  SECONDS_MAP,
  SECONDS_LEARN,
  SECONDS_SCORE,
  SHARED_BY,
  MEMORY_DETECTOR,
  REMARK,
  SECONDS_MEASURE,
  MEMORY_PEAK,
  CAPTURE,
  SHA256,
  LABELS,
  LABELS_SHA256,
  ORIGIN,
  INPUT_WARNING,
  COLUMNS,
  COLUMNS_OF_A_RUN = CAPTURE /* those before it */
};

static const nt_cell columns[COLUMNS] = {
    [RUN] = {"run", "", "the run's key", NT_ROLE_IDENTITY, NT_CELL_TEXT, .text = ""},
    [DATASET] = {"dataset", "", "data set", NT_ROLE_IDENTITY, NT_CELL_TEXT, .text = ""},
    [PROFILE] = {"profile", "", "profile of the extractor", NT_ROLE_IDENTITY, NT_CELL_TEXT,
                 .text = ""},
    [DETECTOR] = {"detector", "", "detector", NT_ROLE_IDENTITY, NT_CELL_TEXT, .text = ""},
    [STATUS] = {"status", "", "how it ended", NT_ROLE_IDENTITY, NT_CELL_TEXT, .text = ""},
    [REASON] = {"reason", "", "why it failed", NT_ROLE_IDENTITY, NT_CELL_TEXT, .text = ""},
    [PACKETS] = {"packets", "packets", "packets of the data set", NT_ROLE_IDENTITY, NT_CELL_INTEGER,
                 .text = ""},
    [FIRST] = {"first", "packets", "the first scored packet (0-based)", NT_ROLE_IDENTITY,
               NT_CELL_INTEGER, .text = ""},
    [ABSENCE] = {"absence", "", "why which metrics are missing", NT_ROLE_METRIC, NT_CELL_TEXT,
                 .text = ""},
    [SECONDS_EXTRACT] = {"seconds_extract", "s", "time to extract the features, once for all runs",
                         NT_ROLE_COST, NT_CELL_NUMBER, .text = ""},
    [SECONDS_MAP] = {"seconds_map", "s", "time to cut the feature map", NT_ROLE_COST,
                     NT_CELL_NUMBER, .text = ""},
    [SECONDS_LEARN] = {"seconds_learn", "s", "time to learn", NT_ROLE_COST, NT_CELL_NUMBER,
                       .text = ""},
    [SECONDS_SCORE] = {"seconds_score", "s", "time to score", NT_ROLE_COST, NT_CELL_NUMBER,
                       .text = ""},
    [SHARED_BY] = {"shared_by", "1", "configurations that shared this work", NT_ROLE_COST,
                   NT_CELL_INTEGER, .text = ""},
    [MEMORY_DETECTOR] = {"memory_detector", "byte", "memory of the detector", NT_ROLE_COST,
                         NT_CELL_INTEGER, .text = ""},
    [REMARK] = {"remark", "", "what the detector had to say", NT_ROLE_COST, NT_CELL_TEXT,
                .text = ""},
    [SECONDS_MEASURE] = {"seconds_measure", "s", "time to compute the metrics", NT_ROLE_COST,
                         NT_CELL_NUMBER, .text = ""},
    [MEMORY_PEAK] = {"memory_peak", "byte", "most memory of the program until then", NT_ROLE_COST,
                     NT_CELL_INTEGER, .text = ""},
    [CAPTURE] = {"capture", "", "the file it was read from", NT_ROLE_IDENTITY, NT_CELL_TEXT,
                 .text = ""},
    [SHA256] = {"sha256", "", "of the capture's bytes", NT_ROLE_IDENTITY, NT_CELL_TEXT, .text = ""},
    [LABELS] = {"labels", "", "the file that the labels were read from", NT_ROLE_IDENTITY,
                NT_CELL_TEXT, .text = ""},
    [LABELS_SHA256] = {"labels_sha256", "", "of the label file's bytes", NT_ROLE_IDENTITY,
                       NT_CELL_TEXT, .text = ""},
    [ORIGIN] = {"origin", "", "where it comes from", NT_ROLE_IDENTITY, NT_CELL_TEXT, .text = ""},
    [INPUT_WARNING] = {"input_warning", "", "what is wrong with the capture", NT_ROLE_IDENTITY,
                       NT_CELL_TEXT, .text = ""},
};

const char *nt_sweep_column(size_t i) {
  return i < COLUMNS_OF_A_RUN ? columns[i].name : NULL;
}

static int add_text(cells *c, int column, const char *text) {
  nt_cell cell = columns[column];
  if (text) cell.text = text;
  return add(c, &cell) != NULL;
}

static int add_integer(cells *c, int column, uint64_t value) {
  nt_cell cell = columns[column];
  cell.integer = (int64_t)value;
  return add(c, &cell) != NULL;
}

static int add_number(cells *c, int column, double value) {
  nt_cell cell = columns[column];
  cell.number = value;
  return add(c, &cell) != NULL;
}

/* A parameter's, whatever it is of. */
static int add_parameter(cells *c, const nt_parameter *p, nt_value value) {
  nt_cell cell = {.name = p->column ? p->column : p->name,
                  .unit = p->unit                        ? p->unit
                          : p->type == NT_PARAMETER_FLAG ? "1"
                                                         : "",
                  .long_name = p->help,
                  .role = NT_ROLE_PARAMETER,
                  .type = NT_CELL_TEXT,
                  .text = value.text ? value.text : ""};
  if (p->type == NT_PARAMETER_CHOICE) cell.text = p->choices[(size_t)value.number];
  if (p->type == NT_PARAMETER_INTEGER || p->type == NT_PARAMETER_FLAG) {
    cell.type = NT_CELL_INTEGER;
    cell.integer = (int64_t)value.number;
  }
  if (p->type == NT_PARAMETER_NUMBER) {
    cell.type = NT_CELL_NUMBER;
    cell.number = value.number;
  }
  return add(c, &cell) != NULL;
}

static int add_options(cells *c, const nt_parameter *rows, size_t count, const void *options) {
  int good = 1;
  for (size_t i = 0; i < count && good; i++)
    good = add_parameter(c, &rows[i], nt_parameter_get(&rows[i], options));
  return good;
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
  int failed = r->state == NT_RUN_FAILED;
  return add_text(c, RUN, r->key) && add_text(c, DATASET, in->name) &&
         add_text(c, PROFILE, in->extracted ? nt_profile_name(in->profile) : "rows") &&
         add_text(c, DETECTOR, r->given->kind->name) &&
         add_text(c, STATUS, failed ? "failed" : "done") &&
         add_text(c, REASON, failed ? r->why : "");
}

static int add_parameters(cells *c, const nt_sweep *s, const nt_sweep_run *r) {
  int good = add_options(c, nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, r);
  for (size_t i = 0; i < r->kind->parameter_count && good; i++)
    good = add_parameter(c, &r->kind->parameters[i], r->values[i]);
  return good &&
         add_options(c, nt_measure_parameters, NT_MEASURE_PARAMETERS, &s->options->measures);
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
  int good = add_integer(c, PACKETS, j->input->rows) && add_integer(c, FIRST, j->record.first);
  for (size_t i = 0; i < nt_measure_count && good; i++)
    good = add_measure(c, &nt_measures[i], measured->value[i]);
  for (size_t i = 0; i < s->options->extra.count && good; i++)
    good = add_measure(c, &s->options->extra.measure[i], extra[i]);
  return good && add_text(c, ABSENCE, measured->absences);
}

static int add_job_costs(cells *c, const job_costs *costs) {
  return add_number(c, SECONDS_MAP, costs->map) && add_number(c, SECONDS_LEARN, costs->learn) &&
         add_number(c, SECONDS_SCORE, costs->score) && add_integer(c, SHARED_BY, costs->shared) &&
         add_integer(c, MEMORY_DETECTOR, costs->memory) && add_text(c, REMARK, costs->remark);
}

static int add_costs(cells *c, const nt_sweep *s, const run *r, double measure_seconds) {
  const job *j = &s->jobs[r->job];
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return add_number(c, SECONDS_EXTRACT, nt_feature_file_number(j->input->file, "seconds")) &&
         add_job_costs(c, &j->costs) && add_number(c, SECONDS_MEASURE, measure_seconds) &&
         add_integer(c, MEMORY_PEAK, (uint64_t)usage.ru_maxrss * 1024);
}

nt_status nt_sweep_cells(const nt_sweep *s, const run *r, const nt_measured *measured,
                         const double *extra, double measure_seconds, cells *c, nt_error *err) {
  *c = (cells){0};
  int good = add_identity(c, s, r) && add_parameters(c, s, r->given);
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
    int column = 0;
    while (column < COLUMNS && strcmp(cell->name, columns[column].name) != 0) column++;
    if (column == SECONDS_MAP) costs->map = cell->number;
    if (column == SECONDS_LEARN) costs->learn = cell->number;
    if (column == SECONDS_SCORE) costs->score = cell->number;
    if (column == SHARED_BY) costs->shared = (uint64_t)cell->integer;
    if (column == MEMORY_DETECTOR) costs->memory = (uint64_t)cell->integer;
    if (column == REMARK) snprintf(costs->remark, sizeof costs->remark, "%s", cell->text);
  }
}

nt_status nt_sweep_data_cells(const input *in, cells *c, nt_error *err) {
  const nt_sweep_input *given = in->given;
  *c = (cells){0};
  int good = add_text(c, DATASET, given->name) && add_text(c, CAPTURE, given->capture) &&
             add_text(c, SHA256, in->sha256) && add_text(c, LABELS, given->labels) &&
             add_text(c, LABELS_SHA256, in->labels_sha256) && add_text(c, ORIGIN, given->origin) &&
             add_text(c, INPUT_WARNING, nt_feature_file_text(in->file, "warning")) &&
             add_integer(c, PACKETS, in->rows);
  return ended(good, err);
}
