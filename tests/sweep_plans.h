/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the tests of sweeps: small plans and their outcomes. */
#ifndef NT_SWEEP_PLANS_H
#define NT_SWEEP_PLANS_H

#include <math.h>
#include <string.h>

#include <ninetails/ninetails.h>

#include "store/run/result_file.h"
#include "sweep/sweep.h"
#include "check.h"
#include "small_capture.h"

/* ---------------------------------------------------------------- plans */

#define KITNET_PARAMETERS 6
enum { RUNS = 8 };

typedef struct plan {
  nt_sweep_options options;
  nt_sweep_input inputs[2];
  nt_sweep_run runs[RUNS];
  nt_value values[RUNS][KITNET_PARAMETERS];
  size_t run_count;
} plan;

/* Two profiles, each with KitNET of two m and two seeds. */
static inline void small_plan(plan *p, const char *folder) {
  *p = (plan){.options = {.folder = folder,
                          .cache = "cache",
                          .jobs = 2,
                          .cache_limit = (uint64_t)1 << 53,
                          .keep_scores = 1,
                          .compression = 1,
                          .measures = nt_measure_defaults()},
              .run_count = RUNS};
  p->options.measures.replicates = 20;
  for (int i = 0; i < 2; i++)
    p->inputs[i] = (nt_sweep_input){.name = "small",
                                    .capture = "in.pcap",
                                    .labels = "in.labels",
                                    .extracted = 1,
                                    .profile = i ? NT_PROFILE_CSV115 : NT_PROFILE_STREAM};
  for (size_t i = 0; i < RUNS; i++) {
    nt_parameter_presets(nt_detectors[0]->parameters, KITNET_PARAMETERS, p->values[i]);
    p->values[i][0].number = i & 2 ? 5 : 10;
    p->runs[i] = (nt_sweep_run){.input = i / 4,
                                .kind = nt_detectors[0],
                                .values = p->values[i],
                                .fm_grace = 500,
                                .ad_grace = 3000,
                                .seed = i & 1 ? 77 : 1234,
                                .replicate = 1 + (i & 1)};
  }
}

static inline nt_status execute(plan *p, nt_sweep_outcome *outcome, nt_error *err) {
  nt_sweep *sweep = nt_sweep_new(&p->options, p->inputs, 2, p->runs, p->run_count, err);
  if (!sweep) return err->status;
  nt_status status = nt_sweep_execute(sweep, outcome, err);
  nt_sweep_free(sweep);
  return status;
}

static inline nt_sweep_outcome run_plan(plan *p) {
  nt_error err = {0};
  nt_sweep_outcome outcome = {0};
  CHECK_OK(execute(p, &outcome, &err), err);
  return outcome;
}

static inline double number_of(const nt_table *table, const char *column, size_t row) {
  for (size_t i = 0; i < table->columns; i++) {
    const nt_column *c = &table->column[i];
    if (strcmp(c->name, column) != 0) continue;
    return c->type == NT_CELL_INTEGER ? (double)c->integer[row] : c->number[row];
  }
  return NAN;
}

static inline const char *text_of(const nt_table *table, const char *column, size_t row) {
  for (size_t i = 0; i < table->columns; i++)
    if (strcmp(table->column[i].name, column) == 0) return table->column[i].text[row];
  return "";
}

static inline void empty(const char *folder) {
  char command[256];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  CU_ASSERT_EQUAL(system(command), 0);
}

/* All results that do not depend on time: the scores, and every cell that is no cost. */
static inline void check_same(const char *a, const char *b) {
  nt_table x, y;
  nt_error err = {0};
  CHECK_OK(nt_table_read(a, &x, &err), err);
  CHECK_OK(nt_table_read(b, &y, &err), err);
  CU_ASSERT_EQUAL_FATAL(x.rows, y.rows);
  CU_ASSERT_EQUAL_FATAL(x.columns, y.columns);
  for (size_t c = 0; c < x.columns; c++) {
    const nt_column *u = &x.column[c], *v = &y.column[c];
    CU_ASSERT_STRING_EQUAL(u->name, v->name);
    for (size_t r = 0; r < x.rows && u->role != NT_ROLE_COST; r++) {
      if (u->type == NT_CELL_TEXT) CU_ASSERT_STRING_EQUAL(u->text[r], v->text[r]);
      if (u->type == NT_CELL_INTEGER) CU_ASSERT_EQUAL(u->integer[r], v->integer[r]);
      if (u->type == NT_CELL_NUMBER)
        CU_ASSERT_EQUAL(memcmp(&u->number[r], &v->number[r], sizeof(double)), 0);
    }
  }
  for (size_t r = 0; r < x.rows; r++) {
    nt_run_arrays s, t;
    CHECK_OK(nt_result_run(a, text_of(&x, "run", r), &s, &err), err);
    CHECK_OK(nt_result_run(b, text_of(&y, "run", r), &t, &err), err);
    CU_ASSERT_EQUAL_FATAL(s.count, t.count);
    CU_ASSERT_EQUAL(memcmp(s.scores, t.scores, s.count * sizeof(double)), 0);
    CU_ASSERT_EQUAL(memcmp(s.times, t.times, s.count * sizeof(double)), 0);
    CU_ASSERT_EQUAL_FATAL(s.labels == NULL, t.labels == NULL);
    if (s.labels) CU_ASSERT_EQUAL(memcmp(s.labels, t.labels, s.count), 0);
    nt_run_arrays_done(&s);
    nt_run_arrays_done(&t);
  }
  nt_table_done(&x);
  nt_table_done(&y);
}

#endif
