/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why figures of measures.h do not exist: what each needs, and what was not there. */
#ifndef NT_METRICS_ABSENCES_H
#define NT_METRICS_ABSENCES_H

#include <stdbool.h>

/* What the values themselves do not show. Texts are static; "": it is there. */
typedef struct nt_absence_facts {
  bool labels;           /* are given */
  const char *classes;   /* why attacks and benign packets cannot be ranked */
  const char *times;     /* why there is no time to rely on */
  const char *threshold; /* why there is none */
  bool replicates;       /* the bootstrap has some */
  bool vary;             /* its resamples can differ (nt_blocks_vary) */
  bool of_benign;        /* rates are shares of the benign packets */
} nt_absence_facts;

/* why[i]: the reason where value[i] is NaN, else NULL; both have nt_measure_count. Static texts. */
void nt_absences_explain(const nt_absence_facts *facts, const double *value, const char **why);

#endif
