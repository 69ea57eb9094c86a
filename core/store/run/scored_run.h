/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One scored run as a whole: scores, labels and attacks of its packets, and all that its file says
 * of how it came about, whichever kind of file it is: what `ninetails score -o` wrote, a run of a
 * result file, or a run's own file.
 */
#ifndef NT_SCORED_RUN_H
#define NT_SCORED_RUN_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/feature_map.h>

#include "run_file.h"

typedef struct nt_scored_run {
  uint64_t first; /* the packet that the first score is of */
  size_t count;
  double *scores;   /* [count] */
  uint8_t *labels;  /* [count]; NULL: none */
  uint16_t *attack; /* [count] which of the names, from 1; 0: none. NULL: no names */
  size_t attacks;
  char **attack_name; /* [attacks] */
  nt_feature_map map; /* autoencoders 0: none */
  size_t facts;
  nt_note *fact; /* parameters, figures, provenance, and what is said of the data, as texts; of
                    equal names the first counts, in this order */
} nt_scored_run;

/* key: of a run; NULL: the file is what `score` wrote. A key that is not there is NT_E_ARGUMENT, a
 * run without scores NT_E_INPUT. nt_scored_run_done. O(packets). */
nt_status nt_scored_run_read(const char *path, const char *key, nt_scored_run *run, nt_error *err);
void nt_scored_run_done(nt_scored_run *run);

/* The text of this name, or NULL. */
const char *nt_scored_run_fact(const nt_scored_run *run, const char *name);

#endif
