/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The result file of an experiment, gathered from its runs:
 *
 *     /                          attributes: the notes it was written with (version, commit, ...,
 *     |                          the script's text); when it was written (end); how many runs are
 *     |                          done, failed, and not there of those that were asked for
 *     |                          (runs_done, runs_failed, runs_missing)
 *     |- runs/                   the table: one row a run, one dataset a column
 *     |   |- run        r        text     the run's key; the dimension scale of all the others
 *     |   |- dataset    r        text
 *     |   |- detector   r        text
 *     |   |- status     r        text     "done" or "failed"
 *     |   |- reason     r        text     why it failed, else ""
 *     |   |- m, ...     r        parameters: int64, float64 or text
 *     |   `- auc, ...   r        metrics and costs: float64 or int64
 *     |                          each with attributes units, long_name, role, and better ("higher"
 *     |                          or "lower") where it is known which value of a metric is
 *     |- run/KEY/                what one run left (a failed one: provenance, or no group); KEY as
 *     |   |                      in runs/run
 *     |   |- scores     k        float64  attributes: `first`, the packet that the first is of;
 *     |   |                               `data`, the name of the group below data/
 *     |   |- roc/       fpr, tpr, threshold; attribute deviation (curve.h)
 *     |   |- precision_recall/   recall, precision, threshold
 *     |   |- map/       sizes, features, distances (store.h)
 *     |   |- attacks/   where labels name attacks, one row an attack: attack, packets, auc,
 *     |   |             average_precision, tpr_at_fpr_1em3 (ninetails/metrics.h)
 *     |   `- provenance/         attributes
 *     `- data/NAME/              timestamps n, labels n; where labels name attacks, attack_name k
 *                                and attack n (which of the k, from 1; 0: none); attributes:
 *                                sha256, packets, ...; provenance/
 *
 * A run without a value in a column has NaN, "" or, among integers, the number that the column's
 * attribute _FillValue tells: -1, or INT64_MIN where a run has -1.
 *
 * A run's own file (run_file.h) is what lies below run/KEY, with the row's cells as attributes of
 * its root, in order; so gathering copies compressed chunks as they are, and a result file can be
 * made again from run files, and from other result files.
 *
 * Axes: columns lie over `run`; tpr and threshold over `fpr`; precision over `recall`; labels over
 * `timestamps`; scores over `packet`, which has a length alone. Scores cannot lie over timestamps,
 * of which there are more: packet `first + i` has scores[i].
 *
 *     import h5py, pandas
 *     with h5py.File("results/quickstart.h5") as f:
 *         runs = pandas.DataFrame({name: column.asstr()[:] if column.dtype == object else column[:]
 *                                  for name, column in f["runs"].items()})
 *
 * One thread at a time over all handles (store.h).
 */
#ifndef NT_RESULT_FILE_H
#define NT_RESULT_FILE_H

#include <signal.h>

#include "run_file.h"

/* Where runs come from: a run's file, or every run of a result file, by the file's content. */
typedef struct nt_result_sources {
  size_t count;
  const char *const *paths; /* run files, data files and result files, in any order */
  const char *const *keys;  /* what each run file must say that its key is; NULL: whatever it is,
                               of all or of one */
  const volatile sig_atomic_t *cancel; /* not 0: NT_E_STATE at the next run; may be NULL */
} nt_result_sources;

/*
 * Writes the result file at `path`, whole or not at all. Rows come in the order of `keys` (those
 * that no source has are left out), or, keys NULL, in the order of the sources. Of runs with the
 * same key the first counts. Columns: the union of all cells in order of first appearance; a column
 * that is integer in one run and number in another becomes number, and one that is text in some run
 * text. A source that is damaged is NT_E_INPUT with its name: gathering never leaves out silently.
 * Data sets that several sources have are written once. `path` may be one of the sources. *runs,
 * where not NULL: how many rows were written. O(runs x columns) and the bytes copied.
 */
nt_status nt_result_write(const char *path, const nt_result_sources *sources,
                          const char *const *keys, size_t key_count, const nt_note *notes,
                          size_t note_count, size_t *runs, nt_error *err);

typedef struct nt_column {
  char *name, *unit, *long_name;
  nt_cell_role role;
  nt_measure_better better;
  nt_cell_type type;
  char **text; /* rows, of a text column */
  int64_t *integer;
  double *number;
  int missing; /* whether some row of an integer column has no value: it is `fill` there */
  int64_t fill;
} nt_column;

typedef struct nt_table {
  size_t rows, columns;
  nt_column *column;
  size_t notes;
  nt_note *note; /* the root's attributes, as texts */
} nt_table;

/* The table of runs of a result file, or of one run's file (one row), column `run` first.
 * nt_table_done. A large file is not read whole: HDF5's checksums alone tell of damage to it. */
nt_status nt_table_read(const char *path, nt_table *table, nt_error *err);
void nt_table_done(nt_table *table);

/* Arrays of one run (of a run's own file: its own key, and neither times nor labels); every pointer
 * may be NULL. A key that is not there is NT_E_ARGUMENT. Owned by the caller: free. labels: those
 * of the scored packets, NULL when the data set has none. */
typedef struct nt_run_arrays {
  uint64_t first;
  size_t count;
  double *scores, *times;
  double *grace_times; /* [first] of the packets before the scored ones */
  uint8_t *labels;
  nt_curve roc, precision_recall; /* count 0: none */
  nt_feature_map map;             /* autoencoders 0: none */
} nt_run_arrays;
nt_status nt_result_run(const char *path, const char *key, nt_run_arrays *arrays, nt_error *err);
void nt_run_arrays_done(nt_run_arrays *arrays);

/* How well each run separates the attacks that the labels name from benign traffic: a row a run and
 * attack, in the order of the table of runs. nt_attack_rows_done. */
typedef struct nt_attack_row {
  char *run, *attack;
  nt_attack_measured measured;
} nt_attack_row;
typedef struct nt_attack_rows {
  size_t count;
  nt_attack_row *row;
} nt_attack_rows;
nt_status nt_result_attacks(const char *path, nt_attack_rows *rows, nt_error *err);
void nt_attack_rows_done(nt_attack_rows *rows);

/* What `ninetails score -o` wrote: the scored packets alone, no curves. */
typedef struct nt_scores_file {
  nt_run_arrays arrays;
  size_t notes;
  nt_note *note;          /* the root's attributes, as texts */
  nt_attack_rows attacks; /* whose runs are "" */
} nt_scores_file;
/* Any other file is NT_E_INPUT. nt_scores_done. */
nt_status nt_scores_read(const char *path, nt_scores_file *scores, nt_error *err);
void nt_scores_done(nt_scores_file *scores);

/* What scores take, of all runs together. */
typedef struct nt_result_size {
  uint64_t file;   /* bytes of the file */
  uint64_t scores; /* bytes of all scores as they are in memory */
  uint64_t stored; /* bytes that they take in the file */
  uint64_t runs;   /* rows of the table */
} nt_result_size;
nt_status nt_result_sizes(const char *path, nt_result_size *size, nt_error *err);

#endif
