/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside core/detectors: what the online detectors share. Features range from 0 to 1e12, so each
 * detector sees rows that are scaled column by column, and all of them need some rows before they
 * can begin:
 *
 *     the first `scale_rows` learning rows are held back; at the last of them (or at the end of
 *     learning) the scale is set from them, start() sees them all, and then they are learnt in
 *     order. Each later row is scored, and then learnt: in learning always, afterwards if
 *     `learning` is "always".
 *
 * Training scores of the held rows are NaN. A column without spread among the held rows is shifted
 * but not stretched: it counts in its own unit when it moves later, and one that hardly moved
 * among them can outweigh all others: `clip` bounds what a column can do. A row with NaN or
 * infinity is scored NaN and never learnt. A row that cannot be scored after learning, because
 * nothing was learnt yet, is scored 0. Values are bounded to +-1e100 before and +-1e60 after
 * scaling, so that sums of squares stay finite.
 *
 * Memory beyond the model's: scale_rows x width doubles, until the scale is set.
 */
#ifndef NT_ONLINE_H
#define NT_ONLINE_H

#include <gsl/gsl_rng.h>

#include <ninetails/detector.h>

#include "numeric/lanes.h"

/* Rows are `stride` doubles long: the width padded with zeros to whole eights. */
typedef struct nt_online_model {
  /* All held rows (count may be 0) before the first is learnt. May be NULL. */
  nt_status (*start)(void *detector, const double *rows, size_t count, nt_error *err);
  /* The score of a finite, scaled row, from the rows before it; NaN while there are too few. The
   * row is learnt afterwards where `keep`. */
  double (*step)(void *detector, const double *row, int keep);
} nt_online_model;

/* The first member of every online detector. */
typedef struct nt_online {
  const nt_online_model *model;
  const nt_lanes *lanes;
  size_t width, stride;
  int scale;            /* nt_online_scale */
  double limit;         /* of the magnitude of a scaled value */
  int always;           /* learns after the learning rows, too */
  uint64_t learn;       /* how many learning rows there are */
  int started;          /* the scale is set */
  double *shift, *gain; /* stride each: scaled = (x - shift) * gain */
  double *row;          /* stride; the current row, scaled */
  double *held;         /* most x stride, unscaled; NULL once started */
  size_t count, most;   /* rows in held, and room */
} nt_online;

enum nt_online_scale { NT_SCALE_NONE, NT_SCALE_DEVIATION, NT_SCALE_RANGE };
extern const char *const nt_online_scales[], *const nt_online_learnings[];

/* The four shared parameters, the last of a table; `at` is their first index. */
#define NT_ONLINE_COUNT 4
#define NT_ONLINE_PARAMETERS(at, scale_preset)                                                     \
  [(at)] = {.name = "scale",                                                                       \
            .type = NT_PARAMETER_CHOICE,                                                           \
            .help = "columns as they are, by mean and deviation, or by minimum and range",         \
            .preset = (scale_preset),                                                              \
            .choices = nt_online_scales},                                                          \
  [(at) + 1] = {.name = "scale_rows",                                                              \
                .type = NT_PARAMETER_INTEGER,                                                      \
                .unit = "rows",                                                                    \
                .help = "first learning rows, from which the scale is set",                        \
                .preset = 5000,                                                                    \
                .least = 1,                                                                        \
                .most = 1e7},                                                                      \
  [(at) + 2] = {.name = "clip",                                                                    \
                .type = NT_PARAMETER_NUMBER,                                                       \
                .unit = "1",                                                                       \
                .help = "most that a scaled value counts, above or below 0; 0: no limit",          \
                .preset = 0,                                                                       \
                .least = 0,                                                                        \
                .most = 1e60},                                                                     \
  [(at) + 3] = {.name = "learning",                                                                \
                .type = NT_PARAMETER_CHOICE,                                                       \
                .help =                                                                            \
                    "learns from every row after it is scored, or from the learning rows only",    \
                .choices = nt_online_learnings}

/* values: of the shared parameters. The detector is zeroed and has the class's model. */
nt_status nt_online_init(nt_online *online, const nt_online_model *model,
                         const nt_detector_setting *setting, const nt_value *values, nt_error *err);
void nt_online_done(nt_online *online);
size_t nt_online_memory(const nt_online *online);

/* Members of nt_detector_class; the detector begins with its nt_online. */
nt_status nt_online_learn(void *detector, const nt_rows *rows, double *training, nt_error *err);
nt_status nt_online_ready(void *detector, nt_error *err);
nt_status nt_online_score(void *detector, const nt_rows *rows, double *scores, nt_error *err);

/* mt19937 from the run's seed. NULL: out of memory, err says so. */
gsl_rng *nt_online_random(const nt_detector_setting *setting, nt_error *err);

#endif
