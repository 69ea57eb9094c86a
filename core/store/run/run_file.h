/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One run, one file. A run is one detector with one set of parameters and one seed on one data set;
 * its file has everything that is known of it, so that a result file can be rebuilt from run files
 * alone (result_file.h, where the layout is drawn).
 *
 * A run is a row of the table of runs: a list of cells, each with a name, a unit and a role. What
 * the cells are is up to the caller; nothing here knows a metric by its name.
 */
#ifndef NT_RUN_FILE_H
#define NT_RUN_FILE_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/metrics.h>
#include <ninetails/error.h>
#include <ninetails/feature_map.h>

#include "metrics/curve.h"
#include "metrics/measures.h"

/* Of run files and data files: another number where older ones cannot be read any more. */
#define NT_RUN_FILE_FORMAT 2

typedef enum nt_cell_type { NT_CELL_TEXT, NT_CELL_INTEGER, NT_CELL_NUMBER } nt_cell_type;

typedef enum nt_cell_role {
  NT_ROLE_IDENTITY,  /* which run: key, data set, detector, status, reason */
  NT_ROLE_PARAMETER, /* its parameters: m, grace periods, seed, protocol */
  NT_ROLE_METRIC,    /* what came out */
  NT_ROLE_COST       /* what it took: seconds, bytes */
} nt_cell_role;
/* "identity", "parameter", "metric", "cost" */
const char *nt_cell_role_name(nt_cell_role role);

typedef struct nt_cell {
  const char *name;      /* "auc": a column's name, [A-Za-z0-9_.-]+; "run" is taken, by the key */
  const char *unit;      /* "1", "s", "byte"; "" for texts */
  const char *long_name; /* "area under the ROC curve" */
  nt_cell_role role;
  nt_cell_type type;
  const char *text;
  int64_t integer;
  double number;            /* NaN: does not exist, for example for want of attacks */
  nt_measure_better better; /* of two values of a metric */
} nt_cell;

/* Name and text of one line of provenance. */
typedef struct nt_note {
  const char *name, *text;
} nt_note;

typedef struct nt_run_record {
  const char *key; /* 32 hexadecimal digits */
  size_t cells;
  const nt_cell *cell;
  size_t notes;
  const nt_note *note; /* provenance; a text may be long (a script) */
  const char *data;    /* name of its nt_data_record; NULL: the cell `dataset` */
  /* A failed run, and one whose scores are not to be kept, has none of the rest: count 0, NULL. */
  uint64_t first; /* the first scored packet (0-based) */
  size_t count;
  const double *scores; /* count; scores[0] is that of packet `first` */
  const nt_curve *roc, *precision_recall;
  const nt_feature_map *map;
  size_t attacks; /* with names; 0: none */
  const char *const *attack_names;
  const nt_attack_measured *attack;
} nt_run_record;

/* Whole or not at all (output.h). compression: deflate's level, 0 to 9. */
nt_status nt_run_file_write(const char *path, const nt_run_record *record, int compression,
                            nt_error *err);
/* By one of several threads that write run files: HDF5 is for one at a time, and `lock` is held
 * while it is at work, but not while scores are deflated and the file is synced. */
nt_status nt_run_file_write_among(const char *path, const nt_run_record *record, int compression,
                                  pthread_mutex_t *lock, nt_error *err);

/* Key, cells and notes of a run's file; the record points into memory of its own: release with
 * nt_run_record_done. NT_E_INPUT: not such a file, or damaged. */
nt_status nt_run_file_read(const char *path, nt_run_record *record, nt_error *err);
void nt_run_record_done(nt_run_record *record);
/* What a run's file says of its end, which takes a few reads instead of all its cells: *failed, and
 * then the reason, cut to `size` bytes. NT_E_INPUT: not the file of run `key`, damaged, or neither
 * done nor failed. */
nt_status nt_run_file_read_outcome(const char *path, const char *key, int *failed, char *reason,
                                   size_t size, nt_error *err);

/* What the runs of one data set share: written once beside them. */
typedef struct nt_data_record {
  const char *key;  /* as of a run; NULL: it has none */
  const char *name; /* of the data set, with profile: [A-Za-z0-9_.-]+ */
  size_t cells;
  const nt_cell *cell; /* sha256, path, packets, attacks, ... */
  size_t notes;
  const nt_note *note; /* provenance */
  size_t count;
  const double *times;
  const uint8_t *labels; /* NULL: without labels */
  size_t attacks;        /* with names; 0: none */
  const char *const *attack_names;
  const uint16_t *attack; /* count: which of them, from 1; 0: none */
} nt_data_record;
nt_status nt_data_file_write(const char *path, const nt_data_record *record, int compression,
                             nt_error *err);
/* NT_E_INPUT: it is not a data file of this key, as it was written. O(size). */
nt_status nt_data_file_check(const char *path, const char *key, nt_error *err);

/*
 * The scores of one run alone, as the cache of stages keeps them: `count` scores from packet
 * `first` on, the `trained` benign scores that a threshold is fitted to, the map (may be NULL), and
 * cells (costs). No HDF5: threads write and read theirs at once. Numbers in this machine's byte
 * order:
 *
 *     nt_score_head (score_file.c) | scores | training | map sizes | map features (u64) | cells |
 *     seal (seal.h) over all of it
 *
 * Not synced: the seal tells when a machine lost power before it was on the disk.
 */
enum { NT_SCORE_KEY = 33 };
typedef struct nt_score_record {
  char key[NT_SCORE_KEY]; /* what these are the scores of; readers compare it */
  uint64_t first;
  size_t count, trained;
  double *scores, *training;
  nt_feature_map map; /* autoencoders 0: none */
  size_t cells;
  nt_cell *cell;
} nt_score_record;
nt_status nt_score_file_write(const char *path, const nt_score_record *record, nt_error *err);
/* Everything read is owned by *record: nt_score_record_done. */
nt_status nt_score_file_read(const char *path, nt_score_record *record, nt_error *err);
void nt_score_record_done(nt_score_record *record);

#endif
