/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup run One capture, from file to scores
 * A run: one capture through the pipeline, from files to files. What `ninetails extract` and
 * `ninetails score` do, and the way in for a program that embeds the detector
 * (core/examples/score.c).
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_RUN_H
#define NINETAILS_RUN_H

#include <ninetails/api.h>
#include <ninetails/attacks.h>
#include <ninetails/cpu.h>
#include <ninetails/digest.h>
#include <ninetails/error.h>
#include <ninetails/feature_map.h>
#include <ninetails/pipeline.h>
#include <ninetails/summary.h>

NT_BEGIN_DECLS

typedef struct nt_run_options {
  const char *input;  /**< a capture, packet records or feature rows; "-": standard input */
  const char *output; /**< .h5, .hdf5 or .csv; NULL: none */
  const char *labels; /**< a label file (labels.h); NULL: the input, if it is a table of features
                         with a column of labels, else none. Needs `score` */
  const char *feature_map;  /**< a map to use instead of learning one; NULL: none */
  const char *command_line; /**< for the output's attributes; NULL: left out */
  int score;                /**< 0: features only */
  int with_features;        /**< also store the features of a scored capture (HDF5) */
  int profile_given; /**< the profile was asked for: an error when the input is rows of features */
  int compression;   /**< of HDF5 outputs: 0 .. 9 */
  nt_extractor_options extractor;
  nt_kitnet_options kitnet;
  double tail_probability; /**< of the threshold, in (0, 1) */
  int threads;             /**< 0: as many as there are processors */

  void (*progress)(void *context, const nt_pipeline_result *so_far); /**< as in pipeline.h */
  void *progress_context;
  const volatile sig_atomic_t *cancel;
} nt_run_options;

/** The rows of nt_run_options: its own, then those of `extractor` and `kitnet`, each table with the
 * offset of its struct. */
typedef struct nt_run_table {
  const nt_parameter *rows;
  size_t count, offset;
} nt_run_table;
enum { NT_RUN_TABLES = 3 };
NT_API extern const nt_run_table nt_run_tables[NT_RUN_TABLES];

/** Their presets: Kitsune's defaults, profile stream, p = 0.001; input NULL. */
NT_API nt_run_options nt_run_defaults(void);

typedef struct nt_run_result {
  nt_capture_format format;
  char warning[512]; /**< what was wrong with the input although rows came of it; "": nothing */
  int extracted;     /**< 0: the input was rows of features */
  int profile_known; /**< of the extractor, or what a file of `extract` says; else `profile` does
                        not count */
  nt_profile profile;
  size_t width;
  nt_pipeline_result pipeline;
  nt_digests digests; /**< only when there is an output that stores them, else empty */
  double seconds; /**< wall time of the whole, from the first option checked to the output in its
                     place; the pipeline's own are in pipeline.wall_seconds */
  char start[32], end[32]; /**< ISO 8601, UTC */

  /** With options->score only: */
  nt_isa isa;
  nt_feature_map map;
  double *scores;          /**< pipeline.packets of them; 0 in the grace periods */
  size_t grace;            /**< how many were not scored */
  double training_seconds; /**< from the first packet to the last of training; NaN: no times */
  double window_filled;    /**< share of its weight in steady traffic that the slowest window of the
                              profile has by then; NaN likewise, and for features of unknown making */
  nt_run_summary summary;
  const char *labels_path; /**< what they were read from, options->labels or input; NULL: none */
  nt_labels labels;        /**< of all packets */
  nt_attack_measured *attacks; /**< of labels.name_count names */
} nt_run_result;

/**
 * Checks every option and opens every file before the first packet is read, runs, writes the
 * output. A capture that does not outlast the grace periods, and labels that are not as many as the
 * packets, are NT_E_INPUT; whatever fails, no output is left behind. *result is to be released by
 * nt_run_result_done in any case. Memory: the pipeline's, and when scoring 16 bytes a packet.
 */
NT_API nt_status nt_run(const nt_run_options *options, nt_run_result *result,
                        nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2);
NT_API void nt_run_result_done(nt_run_result *result);

NT_END_DECLS
/** @} */
#endif
