/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/metrics.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "precision_recall.h"
#include "roc.h"

/* Benign packets first, then those of one attack after another. */
typedef struct sorted {
  double *scores;
  uint8_t *labels;
  size_t benign;
} sorted;

/* The scores of the packets that are benign (attack 0) or of one attack; returns how many. */
static size_t take(const double *scores, const nt_labels *labels, size_t first, size_t n,
                   uint16_t attack, double *to) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    uint8_t wanted = attack > 0;
    if (labels->value[first + i] == wanted && (!attack || labels->attack[first + i] == attack))
      to[count++] = scores[i];
  }
  return count;
}

static nt_status measure(const sorted *s, size_t packets, nt_attack_measured *m, nt_error *err) {
  *m = (nt_attack_measured){packets, NAN, NAN, NAN};
  memset(s->labels + s->benign, 1, packets);
  nt_ranking *ranking = nt_ranking_new(s->scores, s->labels, s->benign + packets, err);
  if (!ranking) return err->status;
  m->auc = nt_auc(ranking);
  m->average_precision = nt_average_precision(ranking);
  m->tpr = nt_point_at_fpr(ranking, NT_ATTACK_FPR, NT_FPR_OF_BENIGN).tpr;
  nt_ranking_free(ranking);
  return NT_OK;
}

nt_status nt_measure_attacks(const double *scores, const nt_labels *labels, size_t first, size_t n,
                             nt_attack_measured *measured, nt_error *err) {
  nt_error unheard;
  if (!err) err = &unheard;
  sorted s = {.scores = malloc((n + 1) * sizeof *s.scores), .labels = calloc(n + 1, 1)};
  nt_status status = NT_OK;
  if (!s.scores || !s.labels)
    status = nt_fail(err, NT_E_MEMORY, "out of memory for the attacks of %zu packets", n);
  else
    s.benign = take(scores, labels, first, n, 0, s.scores);
  for (size_t a = 0; a < labels->name_count && status == NT_OK; a++) {
    size_t packets = take(scores, labels, first, n, (uint16_t)(a + 1), s.scores + s.benign);
    status = measure(&s, packets, &measured[a], err);
    if (status != NT_OK) nt_fail_in(err, "attack '%s'", labels->names[a]);
  }
  free(s.scores);
  free(s.labels);
  return status;
}
