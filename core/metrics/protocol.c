/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol.h"

#include <math.h>
#include <stdlib.h>

nt_evaluation nt_protocol_defaults(void) {
  return (nt_evaluation){0};
}
nt_evaluation nt_protocol_paper(void) {
  return (nt_evaluation){.smoothing = 30, .fold_auc = true, .reference = NT_FPR_OF_BENIGN};
}

/* A window is the tail of one block of `window` scores and the head of the next. */
nt_status nt_smooth(const double *scores, size_t n, size_t window, double *smoothed,
                    nt_error *err) {
  if (window == 0)
    return nt_fail(err, NT_E_ARGUMENT, "smoothing over 0 packets: at least 1 expected");
  if (window > n) {
    for (size_t i = 0; i < n; i++) smoothed[i] = 0;
    return NT_OK;
  }
  double *tail =
      malloc(window * sizeof *tail); /* tail[j]: sum of the last block from its j-th score on */
  if (!tail) return nt_fail(err, NT_E_MEMORY, "no memory to smooth over %zu packets", window);
  for (size_t block = 0; block < n; block += window) {
    size_t length = n - block < window ? n - block : window;
    double head = 0;
    for (size_t j = 0; j < length; j++) {
      head += scores[block + j];
      if (j + 1 == window)
        smoothed[block + j] = head / (double)window;
      else
        smoothed[block + j] = block > 0 ? (tail[j + 1] + head) / (double)window : 0;
    }
    double sum = 0;
    for (size_t j = length; j-- > 0;) tail[j] = sum += scores[block + j];
  }
  free(tail);
  return NT_OK;
}

static void take_rates(const nt_ranking *ranking, nt_fpr_reference reference, nt_summary *summary) {
  for (int i = 0; i < NT_NAMED_FPRS; i++)
    summary->at_fpr[i] = nt_point_at_fpr(ranking, nt_named_fpr[i], reference);
}

static nt_status take_smoothed_rates(const double *scores, const uint8_t *labels, size_t n,
                                     const nt_evaluation *protocol, nt_summary *summary,
                                     nt_error *err) {
  double *smoothed = calloc(n ? n : 1, sizeof *smoothed);
  if (!smoothed) return nt_fail(err, NT_E_MEMORY, "no memory for %zu smoothed scores", n);
  nt_status status = nt_smooth(scores, n, protocol->smoothing, smoothed, err);
  nt_ranking *ranking = status == NT_OK ? nt_ranking_new(smoothed, labels, n, err) : NULL;
  free(smoothed);
  if (!ranking) return status == NT_OK ? NT_E_MEMORY : status;
  take_rates(ranking, protocol->reference, summary);
  nt_ranking_free(ranking);
  return NT_OK;
}

nt_status nt_summarise(const double *scores, const uint8_t *labels, size_t n,
                       const nt_evaluation *protocol, nt_summary *summary, nt_error *err) {
  nt_evaluation p = protocol ? *protocol : nt_protocol_defaults();
  nt_error local = {0};
  if (!err) err = &local;
  nt_ranking *ranking = nt_ranking_new(scores, labels, n, err);
  if (!ranking) return err->status;
  double auc = nt_auc(ranking);
  *summary = (nt_summary){
      .counts = *nt_ranking_counts(ranking),
      .absence = nt_ranking_absence(ranking),
      .auc = p.fold_auc ? fmax(auc, 1 - auc) : auc,
      .eer = nt_equal_error_rate(ranking),
      .average_precision = nt_average_precision(ranking),
      .best_f1 = nt_best_f1(ranking),
  };
  take_rates(ranking, p.reference, summary);
  nt_ranking_free(ranking);
  return p.smoothing > 1 ? take_smoothed_rates(scores, labels, n, &p, summary, err) : NT_OK;
}
