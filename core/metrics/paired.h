/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two detectors on the same packets: does the difference of their figures lie beyond chance?
 *
 *     DeLong's test of the AUCs takes packets as independent (delong.h): with millions of packets
 *     every difference is "significant". It is here because papers quote it.
 *     The paired block bootstrap draws the same attack episodes and stretches of benign traffic for
 *     both (bootstrap.h): what a difference on other attacks and other quiet hours would be.
 *
 * No p lies below its floor. More replicates lower that of drawing; that of the blocks remains: a
 * difference of the same sign in each of b blocks has the probability 2^(1 - b) where neither is
 * better, as in the sign test, and resampling so few blocks would make it look smaller.
 */
#ifndef NT_METRICS_PAIRED_H
#define NT_METRICS_PAIRED_H

#include "bootstrap.h"
#include "delong.h"

#define NT_PAIRED_MOST 20000

typedef struct nt_paired_options {
  double level;         /* of all intervals, in (0, 1); default 0.95 */
  size_t replicates;    /* at least 2; default 1000; 0: no bootstrap */
  double decides;       /* the p that decides, in (0, 1): the least level of a correction for many
                           tests, say. Where the p of `metric` may lie there, replicates are added
                           until their floor is a fifth of it; default 0: none is added */
  int metric;           /* NT_BOOT_AUC, ...; default NT_BOOT_AUC */
  size_t most;          /* replicates in all; default NT_PAIRED_MOST */
  double block_seconds; /* > 0; default 60 */
  double gap_seconds;   /* attack packets less than this apart are one episode; >= 0; default 60 */
  uint64_t seed;        /* default 1 */
} nt_paired_options;

nt_paired_options nt_paired_defaults(void);

/* Names of the figures: those of measures.h, in the order of NT_BOOT_AUC, .... */
extern const char *const nt_paired_names[NT_BOOT_METRICS];
/* Whether a higher value of it is better. */
bool nt_paired_higher_is_better(int metric);

typedef struct nt_paired {
  nt_score_counts counts; /* attacks, benign, ...: the same for both but for nan and infinite, which
                             are those of a */
  nt_absence absence;     /* not NT_PRESENT: every figure is NaN */
  size_t blocks, attack_blocks; /* 0: no bootstrap */
  size_t replicates;            /* that were drawn */
  double block_floor; /* 2^(1 - b), b the blocks that can be drawn otherwise: NaN without a
                         bootstrap */
  nt_delong_difference delong;
  double a[NT_BOOT_METRICS], b[NT_BOOT_METRICS];
  nt_bootstrap_result difference[NT_BOOT_METRICS]; /* of a - b; without a bootstrap defined is 0,
                                                      the rest NaN. p, floor: no less than
                                                      block_floor */
} nt_paired;

/*
 * n packets with their scores by either detector, times (s) and labels. times NULL, or any of them
 * not finite, or replicates 0: no bootstrap. Options out of range: NT_E_ARGUMENT; else the errors
 * of nt_ranking_new, nt_blocks_make and nt_bootstrap. Two sorts; O(n), and O(replicates n) for the
 * bootstrap. Memory: at most 52 bytes a packet and 128 a replicate while it runs. The same options
 * give the same bits; the first replicates are the same however many follow.
 */
nt_status nt_paired_compare(const double *a, const double *b, const double *times,
                            const uint8_t *labels, size_t n, const nt_paired_options *options,
                            nt_paired *result, nt_error *err);

#endif
