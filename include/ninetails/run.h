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

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/capture.h>
#include <ninetails/error.h>
#include <ninetails/extractor.h>
#include <ninetails/feature_map.h>
#include <ninetails/kitnet.h>
#include <ninetails/labels.h>
#include <ninetails/metrics.h>
#include <ninetails/platform.h>

NT_BEGIN_DECLS

/**
 * @name Pipeline
 * One capture on its way: records -> feature rows -> scores -> a sink, in chunks.
 *
 * Four stages work on four neighbouring chunks at the same time (software pipelining):
 *
 *     round      r      r+1    r+2    r+3
 *     read       c0     c1     c2     c3
 *     extract           c0     c1     c2
 *     detect                   c0     c1
 *     store                           c0
 *
 * Each stage sees the chunks in order and only ever one at a time, so the bits that come out are
 * the same for any number of threads; memory is four chunks plus the extractor's streams, whatever
 * the length of the capture.
 * @{
 */

/** Rows of a chunk by default; a multiple of the store's chunk keeps its writes whole. */
#define NT_PIPELINE_CHUNK 4096

typedef enum nt_stage {
  NT_STAGE_READ,    /**< reading and decoding */
  NT_STAGE_EXTRACT, /**< AfterImage */
  NT_STAGE_MAP,     /**< correlation and clustering */
  NT_STAGE_TRAIN,
  NT_STAGE_EXECUTE,
  NT_STAGE_STORE,  /**< the sink */
  NT_STAGE_DIGEST, /**< the checksum of what is read, within the read step */
  NT_STAGES
} nt_stage;
/** "read", "extract", "map", "train", "execute", "store", "digest" */
NT_API const char *nt_stage_name(nt_stage stage);

/** What the sink is handed: `count` rows beginning at packet `first`; valid during the call only. */
typedef struct nt_pipeline_rows {
  uint64_t first;           /**< the packet of the first row, from 0 */
  size_t count, width;      /**< rows, and columns of a row */
  const double *times;      /**< s since the epoch, NaN where the input has none */
  const double *features;   /**< count x width */
  const uint32_t *sizes;    /**< bytes on the wire; NULL when the input is rows of features */
  const nt_packet *packets; /**< the records of the rows; NULL likewise */
  const double *scores;     /**< NULL without a detector; 0 in the grace periods */
  const double *training;   /**< the same; RMSE in training, NaN in the other phases */
} nt_pipeline_rows;

/** What went through, and how long it took. */
typedef struct nt_pipeline_result {
  uint64_t packets;          /**< packets, or rows */
  uint64_t in_phase[3];      /**< packets by nt_phase; all 0 without a detector */
  double seconds[NT_STAGES]; /**< spent in each stage; they overlap when threads > 1 */
  uint64_t rows[NT_STAGES];  /**< rows that went through each stage */
  double wall_seconds;       /**< of the whole */
  int threads;               /**< in use: never more than there are stages to overlap */
  nt_extractor_usage usage;  /**< all 0 when the input was rows of features */
} nt_pipeline_result;

/** What goes through the pipeline, and the functions that it reports to. */
typedef struct nt_pipeline_options {
  nt_extractor *extractor; /**< NULL for an input of feature rows */
  size_t width;            /**< columns of a row: nt_profile_width or nt_capture_width */
  nt_kitnet *kitnet;       /**< NULL: features only. Its rows must be of `width` */
  int threads;             /**< 1 or more; 0: as many as there are processors */
  size_t chunk;            /**< rows; 0: NT_PIPELINE_CHUNK */

  /** Called once for each chunk in order, maybe from another thread, never twice at a time. May be
   * NULL. */
  nt_status (*sink)(void *context, const nt_pipeline_rows *rows, nt_error *err);
  void *sink_context; /**< its first argument */
  /** Rows of features in place of a capture, which is NULL then: at most max of them, *got 0 at the
   * end. Called by the thread that runs the pipeline. */
  nt_status (*rows)(void *context, double *features, double *times, size_t max, size_t *got,
                    nt_error *err);
  void *rows_context; /**< its first argument */
  /** Seconds that the capture's tap took by now, which are the digest's and not the read stage's.
   * May be NULL. */
  double (*tap_seconds)(const void *context);
  const void *tap_context; /**< its argument */
  /** Called after each round from the calling thread. May be NULL. */
  void (*progress)(void *context, const nt_pipeline_result *so_far);
  void *progress_context; /**< its first argument */
  /** Not 0: stop at the next chunk with NT_E_STATE "interrupted after N packets". May be NULL. */
  const volatile sig_atomic_t *cancel;
} nt_pipeline_options;

/** Runs the capture to its end. Extractor and detector go on from the state they are in, and stay
 * the caller's. The error of the earliest chunk is the one reported; *result then has what was done
 * until there. */
NT_API nt_status nt_pipeline_run(nt_capture *capture, const nt_pipeline_options *options,
                                 nt_pipeline_result *result, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(2, 3);

/** @} */

/**
 * @name What is said about scores
 * What is said about the scores of one run: the figures that an experiment's table has under the
 * same names (metrics/measures.h), from the same functions, and what a reader must know to trust
 * them.
 * @{
 */

/** The figures. */
typedef struct nt_run_summary {
  uint64_t scored;                /**< packets in execution, without those labelled excluded */
  uint64_t nan, infinite;         /**< among them */
  double quantiles[NT_QUANTILES]; /**< of them all, NaN ranked highest (metrics/ranking.h) */
  nt_threshold threshold;         /**< metrics.h says of which training scores */
  uint64_t above;                 /**< scored packets at or above the threshold, or NaN */
  nt_alarm_share alarms;          /**< of the benign packets; without labels of all */

  int labelled;                       /**< the rest counts */
  uint64_t attacks, benign, excluded; /**< packets in execution by label */
  double auc;                         /**< NaN: does not exist */
  double eer, eer_nearest; /**< likewise: interpolated, and at the nearest step (metrics/roc.h) */
  double threshold_tpr,
      threshold_fpr;     /**< NaN where there are no packets to alarm, or no threshold */
  const char *absence;   /**< why AUC and EER are NaN; "" where they are not. Static */
  uint64_t clean;        /**< packets before the first that is an attack or excluded */
  int trains_on_attacks; /**< the capture has attacks, and the grace periods do not end before them
                          */
} nt_run_summary;

/** scores: n of them, of which the first `grace` were not scored; training: the m RMSEs of the
 * training phase, in order; labels: n, or NULL. tail in (0, 1). O(n log n); at most 40 bytes a
 * packet of scratch. */
NT_API nt_status nt_run_summarise(const double *scores, size_t n, size_t grace,
                                  const double *training, size_t m, const uint8_t *labels,
                                  double tail, nt_run_summary *summary, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(1, 8);

/** @} */

/**
 * @name A run
 * @{
 */

/** Options of a run. */
typedef struct nt_run_options {
  const char *input;  /**< a capture, packet records or feature rows; "-": standard input */
  const char *output; /**< .h5, .hdf5 or .csv; NULL: none */
  const char *labels; /**< a label file (labels.h); NULL: the input, if it is a table of features
                         with a column of labels, else none. Needs `score` */
  const char *feature_map; /**< a map to use instead of learning one; NULL: none */
  const char *load; /**< a model to go on from (model.h), in place of a new one; NULL: none. Its own
                       options count, not those below; but tail_probability where tail_given, and
                       kitnet.isa unless NT_ISA_AUTO */
  const char *save; /**< the file that the model is saved to after the last packet; NULL: none. A
                       capture may then end within the grace periods, unless there is an output */
  const char *command_line; /**< for the output's attributes; NULL: left out */
  int score;                /**< 0: features only */
  int with_features;        /**< also store the features of a scored capture (HDF5) */
  int profile_given; /**< the profile was asked for: an error when the input is rows of features */
  int tail_given;    /**< the tail probability was asked for: see `load` */
  int compression;   /**< of HDF5 outputs: 0 .. 9 */
  nt_extractor_options extractor; /**< profile and bound of memory */
  nt_kitnet_options kitnet;       /**< with `score` only */
  double tail_probability;        /**< of the threshold, in (0, 1) */
  int threads;                    /**< 0: as many as there are processors */

  void (*progress)(void *context, const nt_pipeline_result *so_far); /**< as the pipeline's */
  void *progress_context;                                            /**< its first argument */
  const volatile sig_atomic_t *cancel;                               /**< as the pipeline's */
} nt_run_options;

/** The rows of nt_run_options: its own, then those of `extractor` and `kitnet`, each table with the
 * offset of its struct. */
typedef struct nt_run_table {
  const nt_parameter *rows; /**< as nt_parameter_get and its like take them */
  size_t count;             /**< how many */
  size_t offset;            /**< of their struct in nt_run_options */
} nt_run_table;
/** How many tables there are. */
enum { NT_RUN_TABLES = 3 };
/** The tables. */
NT_API extern const nt_run_table nt_run_tables[NT_RUN_TABLES];

/** Their presets: Kitsune's defaults, profile stream, p = 0.001; input NULL. */
NT_API nt_run_options nt_run_defaults(void);

/** What came of a run. */
typedef struct nt_run_result {
  nt_capture_format format; /**< of the input */
  char warning[512];  /**< what was wrong with the input although rows came of it; "": nothing */
  int extracted;      /**< 0: the input was rows of features */
  int profile_known;  /**< of the extractor, or what a file of `extract` says; else `profile` does
                         not count */
  nt_profile profile; /**< of the features */
  size_t width;       /**< columns of a row */
  nt_pipeline_result pipeline; /**< what went through it */
  nt_digests digests;          /**< only when there is an output that stores them, else empty */
  double seconds; /**< wall time of the whole, from the first option checked to the output in its
                     place; the pipeline's own are in pipeline.wall_seconds */
  char start[32], end[32]; /**< ISO 8601, UTC */

  /** With options->score only: */
  nt_isa isa;
  nt_extractor_options extractor; /**< the options that counted: with `load` those of the model */
  nt_kitnet_options kitnet;       /**< likewise */
  double tail_probability;        /**< likewise */
  int given_map;                  /**< the map was given, now or to the model */
  uint64_t taken_before;          /**< packets that a loaded model had taken before these */
  nt_phase phase;                 /**< that the model is in after the last packet */
  nt_feature_map map;      /**< which features each autoencoder saw; none while it is learnt */
  double *scores;          /**< pipeline.packets of them; 0 in the grace periods */
  size_t grace;            /**< how many were not scored */
  double training_seconds; /**< from the first packet to the last of training; NaN: no times */
  double window_filled;    /**< share of its weight in steady traffic that the slowest window of the
                              profile has by then; NaN likewise, and for features of unknown making */
  nt_run_summary summary;  /**< what is said about the scores */
  const char *labels_path; /**< what they were read from, options->labels or input; NULL: none */
  nt_labels labels;        /**< of all packets */
  nt_attack_measured *attacks;  /**< of labels.name_count names */
  struct nt_measured *measured; /**< for nt_run_figure */
} nt_run_result;

/**
 * Checks every option and opens every file before the first packet is read, runs, writes the
 * output. A capture that does not outlast the grace periods, and labels that are not as many as the
 * packets, are NT_E_INPUT; whatever fails, no output is left behind, but where only the model could
 * not be saved, which comes last. *result is to be released by nt_run_result_done in any case.
 * Where nothing was scored (`save`), `summary` says nothing. Memory: the pipeline's, and when
 * scoring 8 bytes a packet, with labels 16, and in the end what metrics take (40 bytes a packet).
 */
NT_API nt_status nt_run(const nt_run_options *options, nt_run_result *result,
                        nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2);
NT_API void nt_run_result_done(nt_run_result *result);

/** Any figure of a table of runs, by its name there ("auc", "partial_auc", "episodes", ...); NaN:
 * there is none of that name, or it does not exist for this capture. */
NT_API double nt_run_figure(const nt_run_result *result, const char *name) NT_NONNULL(1, 2);

/** @} */

NT_END_DECLS
/** @} */
#endif
