/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a scored run and its capture to the packets that stand out, and why.
 *
 * The run's detector is repeated over the capture: its scores must come out equal bit for bit, and
 * the capture be the run's by its checksum and count, else the inspection is refused with both
 * named. What is said about a score is then of the detector that gave it (contributions.h).
 *
 * Which packets qualify: those whose score is at least a threshold, or NaN:
 *     NT_SELECT_TOP         the `value` highest scores; of equal ones the earlier packets
 *     NT_SELECT_ABOVE       threshold = value
 *     NT_SELECT_LOGNORMAL   exceeded by a share `value` of the scores at the end of training, were
 *                           they log-normal (ninetails/metrics.h)
 *     NT_SELECT_DEVIATIONS  mean + value x standard deviation of the run's finite scores
 *
 * Memory: 8 bytes a packet of the run, 64 MiB at most for what training saw, and for each packet
 * that qualifies 64 bytes and 32 for each feature that is named. One pass, O(packets) but for the
 * sort of TOP.
 */
#ifndef NT_INSPECTION_H
#define NT_INSPECTION_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/metrics.h>
#include <ninetails/run.h>

#include "extractor/key_table.h"
#include "extractor/meaning.h"
#include "store/run/scored_run.h"
#include "recipe.h"
#include "training_range.h"

typedef enum nt_select {
  NT_SELECT_TOP,
  NT_SELECT_ABOVE,
  NT_SELECT_LOGNORMAL,
  NT_SELECT_DEVIATIONS
} nt_select;

#define NT_MOST_NAMED 1000 /* features of a packet, and packets of an incident, that are named */

typedef struct nt_inspection_options {
  const char *result;  /* as nt_scored_run_read takes it */
  const char *run;     /* the run's key; NULL: a file of `score` */
  const char *capture; /* a file */
  nt_select select;
  double value;
  size_t named;  /* features to name, 1 .. NT_MOST_NAMED; at most as many as the map has */
  int fidelity;  /* also put what is named back to the median, and score again */
  uint32_t seed; /* of the features that fidelity compares with */
  int threads;   /* as nt_run's */
  void (*progress)(void *context, const nt_pipeline_result *so_far);
  void *progress_context;
  const volatile sig_atomic_t *cancel;
} nt_inspection_options;

/* A packet that qualifies. */
typedef struct nt_anomaly {
  uint64_t packet; /* its number, from 0 */
  double time, score;
  uint32_t length;
  uint32_t host[2]; /* NT_SOURCE, NT_DESTINATION: numbers of nt_inspection.hosts */
  uint16_t port[2];
  uint16_t attack;                 /* from 1; 0: none with a name */
  uint8_t label;                   /* 0, 1, NT_LABEL_EXCLUDED; 0 without labels */
  uint8_t cause;                   /* nt_cause: that with the largest share */
  uint8_t ports;                   /* NT_PORT_*: what kind of ports */
  uint8_t mac_kind, source_mac[6]; /* as nt_identity has them */
} nt_anomaly;

/* A feature that is named: those with the largest shares in the score come first. */
typedef struct nt_named {
  uint32_t column, autoencoder;
  double share; /* of the feature in its autoencoder's error */
  double part;  /* of that autoencoder in the score; share x part is the feature's in the score */
  double value;
} nt_named;

typedef struct nt_inspection {
  nt_scored_run run;
  nt_recipe recipe;
  size_t width, named; /* columns; features named a packet, 0: not of KitNET */
  nt_training_range range;
  nt_lognormal fit; /* deviation NaN: there is none */
  double threshold; /* the least score that qualifies */
  size_t count;     /* packets that qualify, in their order */
  nt_anomaly *anomaly;
  nt_named *name;                   /* [count][named] */
  double *left_named, *left_random; /* [count] fidelity: score after / score before; else NULL */
  nt_key_table *hosts;              /* keys of NT_HOST_KEY bytes: kind of address, address */
  nt_pipeline_result pipeline;
  int frames;        /* the capture has frames, and is no table of packet records */
  char warning[512]; /* of the capture */
} nt_inspection;
enum { NT_HOST_KEY = 17 };

/* NT_E_ARGUMENT: options; NT_E_INPUT: files, and what does not belong together. On failure nothing
 * is left to free. */
nt_status nt_inspect(const nt_inspection_options *options, nt_inspection *inspection,
                     nt_error *err);
void nt_inspection_done(nt_inspection *inspection);

/* P(S > score) under the fit: NaN without one, 1 at 0 and below, 0 at infinity and NaN. */
double nt_inspection_tail(const nt_inspection *inspection, double score);

/* The address of a host of this inspection. */
void nt_host_text(const nt_inspection *inspection, uint32_t host, char *text, size_t size);

#endif
