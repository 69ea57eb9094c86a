/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The protocol under which scores and labels become figures (measures.h).
 *
 * The plotting scripts of the Kitsune paper's co-author (tomerdoi/R_PerformanceHandlers,
 * Plot_Kitsune_Paper_4.R and MeasuresComputingHandler.R) treat scores in ways that change the
 * figures. Each is a switch here, off unless asked for:
 *
 *   smoothing   TPR at a given FPR is taken from the mean of the last 30 scores;
 *               AUC and EER are of the scores themselves
 *   fold_auc    max(AUC, 1 - AUC): a detector that ranks attacks lowest passes for a good one
 *   reference   one script takes "FPR 0.001" as the top 0.1 % of all packets, attacks included
 */
#ifndef NT_METRICS_PROTOCOL_H
#define NT_METRICS_PROTOCOL_H

#include "precision_recall.h"
#include "roc.h"

typedef struct nt_evaluation {
  size_t smoothing; /* packets in the window of nt_smooth for the TPRs; 0 or 1: none */
  bool fold_auc;
  nt_fpr_reference reference;
} nt_evaluation;

nt_evaluation nt_protocol_defaults(void); /* all off */
nt_evaluation nt_protocol_paper(void);    /* smoothing 30, fold_auc, FPR of the benign packets */

/*
 * smoothed[i] = mean of scores[i - window + 1 .. i], and 0 for the first window - 1 packets (for
 * all where n < window), as R's rollmean(x, window, fill = 0, align = "right"). Each window is
 * summed afresh from parts of two blocks (van Herk 1992) where R carries a running sum: after a
 * score of 1e22 R's sum has lost every small one, this one has not. A NaN or infinity affects the
 * windows that hold it and no other. The arrays must not overlap. window >= 1 (else NT_E_ARGUMENT).
 * O(n) time, 8 bytes * min(window, n) while it runs.
 */
nt_status nt_smooth(const double *scores, size_t n, size_t window, double *smoothed, nt_error *err);

#endif
