/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup pipeline Pipeline
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
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_PIPELINE_H
#define NINETAILS_PIPELINE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/api.h>
#include <ninetails/capture.h>
#include <ninetails/error.h>
#include <ninetails/extractor.h>
#include <ninetails/kitnet.h>

NT_BEGIN_DECLS

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

/** What the sink is handed: `count` rows beginning at packet `first`; valid during the call only.
 */
typedef struct nt_pipeline_rows {
  uint64_t first;
  size_t count, width;
  const double *times;    /**< s since the epoch, NaN where the input has none */
  const double *features; /**< count x width */
  const uint32_t *sizes;  /**< bytes on the wire; NULL when the input is rows of features */
  const double *scores;   /**< NULL without a detector; 0 in the grace periods */
  const double *training; /**< the same; RMSE in training, NaN in the other phases */
} nt_pipeline_rows;

typedef struct nt_pipeline_result {
  uint64_t packets;
  uint64_t in_phase[3];      /**< packets by nt_phase; all 0 without a detector */
  double seconds[NT_STAGES]; /**< spent in each stage; they overlap when threads > 1 */
  uint64_t rows[NT_STAGES];  /**< rows that went through each stage */
  double wall_seconds;
  int threads;              /**< in use: never more than there are stages to overlap */
  nt_extractor_usage usage; /**< all 0 when the input was rows of features */
} nt_pipeline_result;

typedef struct nt_pipeline_options {
  nt_extractor *extractor; /**< NULL for an input of feature rows */
  size_t width;            /**< columns of a row: nt_profile_width or nt_capture_width */
  nt_kitnet *kitnet;       /**< NULL: features only. Its rows must be of `width` */
  int threads;             /**< 1 or more; 0: as many as there are processors */
  size_t chunk;            /**< rows; 0: NT_PIPELINE_CHUNK */

  /** Called once for each chunk in order, maybe from another thread, never twice at a time. May be
   * NULL. */
  nt_status (*sink)(void *context, const nt_pipeline_rows *rows, nt_error *err);
  void *sink_context;
  /** Rows of features in place of a capture, which is NULL then: at most max of them, *got 0 at the
   * end. Called by the thread that runs the pipeline. */
  nt_status (*rows)(void *context, double *features, double *times, size_t max, size_t *got,
                    nt_error *err);
  void *rows_context;
  /** Seconds that the capture's tap took by now, which are the digest's and not the read stage's.
   * May be NULL. */
  double (*tap_seconds)(const void *context);
  const void *tap_context;
  /** Called after each round from the calling thread. May be NULL. */
  void (*progress)(void *context, const nt_pipeline_result *so_far);
  void *progress_context;
  /** Not 0: stop at the next chunk with NT_E_STATE "interrupted after N packets". May be NULL. */
  const volatile sig_atomic_t *cancel;
} nt_pipeline_options;

/** Runs the capture to its end. Extractor and detector go on from the state they are in, and stay
 * the caller's. The error of the earliest chunk is the one reported; *result then has what was done
 * until there. */
NT_API nt_status nt_pipeline_run(nt_capture *capture, const nt_pipeline_options *options,
                                 nt_pipeline_result *result, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(2, 3);

NT_END_DECLS
/** @} */
#endif
