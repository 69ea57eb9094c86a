/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup detector Detectors
 * A detector: rows in, a score a row out; higher is more anomalous. KitNET, what the paper compares
 * it with, what shows whether a data set is hard at all, and the online detectors of today, behind
 * one interface: a constant nt_detector_class, one file for each, listed in detectors.c.
 *
 *     create -> learn (the rows of the grace periods, in order, in chunks) -> ready
 *            -> score (the rows after them, in order, in chunks) -> free
 *
 * What a new detector has to keep (tests/detector_contract_test.c holds every one of the table to
 * it):
 *   1. Scores depend on the rows, the values and the seed alone: not on how the rows are cut into
 *      chunks, not on threads, not on addresses or time. Random numbers come from a generator of
 *      its own (GSL's mt19937) made in create from setting->seed.
 *   2. It learns from the rows that learn() shows it, and, where it is online (not
 *      NT_DETECTOR_FROZEN), from rows after it has scored them: the score of a row never depends on
 *      the row's own label or on later rows.
 *   3. Any finite row is scored with a number; NaN and infinity in a row give whatever comes of
 *      them, never a crash, never an endless loop. A NaN score ranks as most anomalous.
 *   4. A detector that cannot do its work says why: create, learn, ready and score fail with an
 *      nt_error that names the value. It prints nothing.
 *   5. Memory is bounded by its parameters and the width unless its `cost` says otherwise.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_DETECTOR_H
#define NINETAILS_DETECTOR_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/feature_map.h>
#include <ninetails/parameter.h>

NT_BEGIN_DECLS

/** Bits of nt_detector_class.flags. */
enum {
  NT_DETECTOR_FROZEN = 1 << 0, /**< score() changes nothing: rows may be scored more than once */
  NT_DETECTOR_SEEDED = 1 << 1, /**< the seed matters; without it repeats are one and the same run */
  NT_DETECTOR_MAPPED = 1 << 2, /**< wants the feature map of the first fm_grace + 1 rows, and learns
                                  from the ad_grace rows after them; others learn from all
                                  fm_grace + 1 + ad_grace */
  NT_DETECTOR_ORACLE = 1 << 3, /**< has a preview of the rows that it will score, with their labels:
                                  no detector, a bound; tables must say so */
  NT_DETECTOR_TIMES = 1 << 4,  /**< needs times */
  NT_DETECTOR_SIZES = 1 << 5,  /**< needs sizes on the wire: not to be had from rows of features */
  NT_DETECTOR_CAPTURE = 1 << 6, /**< reads the capture file itself */
  NT_DETECTOR_BLIND = 1 << 7    /**< does not look at the features: rows->features is NULL */
};

/** `count` rows, the first of them packet `first` of the data set (0-based). Valid during a call. */
typedef struct nt_rows {
  uint64_t first;         /**< the packet of the first row, from 0 */
  size_t count, width;    /**< rows, and columns of a row */
  const double *features; /**< count x width, row-major; NULL for a BLIND detector */
  const double *times;    /**< count; s since the epoch, NaN where the input has none */
  const uint32_t *sizes;  /**< count; bytes on the wire; NULL: the input has none */
  const uint8_t *labels;  /**< count; in preview() only, else NULL (labels.h) */
} nt_rows;

/** Arguments of create() besides its values. Everything is valid during create() only, but for
 * `map`, which outlives the detector. */
typedef struct nt_detector_setting {
  const struct nt_detector_class *kind; /**< the one whose create() is called */
  size_t width;                         /**< columns of a row, at least 1 */
  const char *const *columns;           /**< their names, `width` of them */
  uint64_t learn, rows;                 /**< rows that learn() will bring, and rows in all */
  uint64_t seed;                        /**< not 0 */
  const char *capture;       /**< path of the capture; NULL: rows of features without one */
  const nt_feature_map *map; /**< for a MAPPED detector, else NULL */
} nt_detector_setting;

/** A detector: its names, its parameters, and its functions. */
typedef struct nt_detector_class {
  const char *name;   /**< "kitnet", "isolation_forest" */
  const char *title;  /**< "Isolation forest" */
  const char *source; /**< who described it, and where: author, title, venue, year */
  const char *cost; /**< time a row to learn and to score, and memory, in terms of the parameters */
  unsigned flags;   /**< NT_DETECTOR_* */
  const nt_parameter *parameters; /**< its settings, in the order of create()'s values */
  size_t parameter_count;         /**< how many */

  /** values: one for each parameter, each within its range already; texts are valid during the
   * call. NULL: err says why. */
  void *(*create)(const nt_detector_setting *setting, const nt_value *values, nt_error *err);
  /** training: rows->count doubles; what each row scored before it was learnt, NaN where the
   * detector has no score for it yet. They serve as benign scores to set a threshold by. */
  nt_status (*learn)(void *detector, const nt_rows *rows, double *training, nt_error *err);
  /** Once, after the last row of learning, of which there may be none. Offline detectors fit here.
   * May be NULL. */
  nt_status (*ready)(void *detector, nt_error *err);
  /** Of an ORACLE: all rows that will be scored, with labels, before the
   * first score(). Else NULL. */
  nt_status (*preview)(void *detector, const nt_rows *rows, nt_error *err);
  /** rows->count scores, in order; NT_DETECTOR_FROZEN says whether this changes the detector. */
  nt_status (*score)(void *detector, const nt_rows *rows, double *scores, nt_error *err);
  void (*free)(void *detector);           /**< NULL is fine */
  size_t (*memory)(const void *detector); /**< bytes held now, its own struct and all below it */

  /** May all three be NULL. together: whether two instances of these values, on the same rows and
   * map and whatever their seeds, may share a pass; those that may learn from (score) the same rows
   * in one call, to the same bits as one by one. */
  int (*together)(const nt_value *a, const nt_value *b);
  /** learn() of `count` instances on the same rows. */
  nt_status (*learn_together)(void *const *detectors, size_t count, const nt_rows *rows,
                              double *const *training, nt_error *err);
  /** score() of `count` instances on the same rows. */
  nt_status (*score_together)(void *const *detectors, size_t count, const nt_rows *rows,
                              double *const *scores, nt_error *err);
  /** A remark after the run, a line or two, into text (cut to size); may be NULL. For
   * example which feature an oracle chose. */
  void (*remark)(const void *detector, char *text, size_t size);
} nt_detector_class;

/** Every detector, in the order of tables; NULL ends the list. */
NT_API extern const nt_detector_class *const nt_detectors[];

/** NULL with NT_E_ARGUMENT. */
NT_API const nt_detector_class *nt_detector_find(const char *name, nt_error *err) NT_NONNULL(1);

NT_END_DECLS
/** @} */
#endif
