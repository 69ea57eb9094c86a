/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The block bootstrap: how much would the metrics vary if the traffic had brought other attacks and
 * other quiet hours?
 *
 * A replicate draws, with replacement, as many attack blocks as there are and as many benign ones
 * (blocks.h), and computes the metrics with each packet weighted by how often its block was drawn.
 * No packet is copied and nothing is sorted: one pass over the ranking serves several
 * replicates.
 *
 * Replicate i has a generator of its own (GSL's mt19937), seeded by the seed and i: results do not
 * depend on the number of threads, and two rankings of the same packets bootstrapped with the same
 * seed and blocks see the same resamples, so that the difference of their tables is the paired
 * bootstrap.
 */
#ifndef NT_METRICS_BOOTSTRAP_H
#define NT_METRICS_BOOTSTRAP_H

#include "blocks.h"
#include "ranking.h"
#include "roc.h"

enum {
  NT_BOOT_AUC,
  NT_BOOT_EER, /* interpolated */
  NT_BOOT_AVERAGE_PRECISION,
  NT_BOOT_TPR, /* at nt_named_fpr[0], the others follow */
  NT_BOOT_METRICS = NT_BOOT_TPR + NT_NAMED_FPRS
};

typedef struct nt_bootstrap_options {
  size_t replicates; /* default 1000, at least 2 */
  uint64_t seed;     /* default 1 */
  size_t first;      /* number of the first one, so that a table can be continued; default 0 */
} nt_bootstrap_options;

nt_bootstrap_options nt_bootstrap_defaults(void);

/*
 * table: replicates x NT_BOOT_METRICS doubles, row-major, owned by the caller. A replicate that
 * drew no benign packet (possible only where every benign packet shares a block with attacks), and
 * every one of a ranking without one of the classes, is a row of NaN. Blocks of another number of
 * packets, or fewer than 2 replicates: NT_E_ARGUMENT. Resamples too heavy for exact products
 * (2^62): NT_E_LIMIT. O(n) for each replicate or less (packets of one block between two corners
 * of the curve count as one), in parallel over replicates. Memory: at most 8 bytes a packet;
 * for each thread 32 bytes a block and 1 byte for 2 packets.
 */
nt_status nt_bootstrap(const nt_ranking *ranking, const nt_blocks *blocks,
                       const nt_bootstrap_options *options, double *table, nt_error *err);

typedef struct nt_bootstrap_result {
  size_t defined;        /* replicates that are not NaN: the figures are of these */
  double low, high;      /* percentiles (1 - level) / 2 and (1 + level) / 2 */
  double standard_error; /* standard deviation of the replicates */
  double p;              /* two-sided, of 0: 2 min(share <= 0, share >= 0), both with one added */
  double floor;          /* the least p that so many replicates can give, 2 / (defined + 1) */
} nt_bootstrap_result;

/* Interval of one metric, or (other not NULL: another table of the same size) of the difference
 * table - other. 0 < level < 1. Fewer than 2 defined replicates: NaN.
 * O(replicates log replicates). */
nt_status nt_bootstrap_interval(const double *table, const double *other, size_t replicates,
                                int metric, double level, nt_bootstrap_result *result,
                                nt_error *err);

#endif
