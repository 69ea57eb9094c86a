/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An experiment: many runs (a detector with its parameters and a seed, on a data set), as a tree of
 * stages, each computed once.
 *
 *     capture, profile            -> features       once a capture and profile
 *     features, fm_grace          -> correlations   once a grace period
 *     correlations, m             -> map            cut in microseconds, kept in memory
 *     map, features, detector,
 *       parameters, seed          -> scores         once, whatever is measured on them
 *     scores, labels, protocol    -> a run's file   metrics, curves, costs, provenance
 *     run files                   -> the result file
 *
 * The result of a stage has a name, the hash of everything that it depends on: inputs' SHA-256,
 * parameters, and a checksum of the sources that compute it. What is there under that name is used,
 * by this experiment and by any other with the same cache; what is missing is computed by `jobs`
 * threads. Each file has its key inside, too, and a checksum: one that lies under another's name,
 * or is damaged, counts as missing and is never a run's failure. A capture or labels that change
 * between their checksum and their reading end the sweep, and nothing of it is kept. Scores that
 * share a map are computed together, and several in one pass over the features.
 *
 * Nothing that comes out depends on the number of threads, on the order of the work, or on how
 * often it was interrupted. Each file appears whole or not at all, so whatever kills the program,
 * the next start goes on with what is missing. Processes that work on the same experiment share the
 * work (lease.h), and one of them gathers. A run that fails is a file with its reason; the others go
 * on. A run that the result file has, with its seal intact, is not read again, and a result file that
 * is what would be gathered stays as it is.
 */
#ifndef NT_SWEEP_H
#define NT_SWEEP_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/detector.h>
#include <ninetails/error.h>
#include <ninetails/extractor.h>

#include "metrics/measures.h"
#include "store/run/run_file.h"
#include "sweep/cache/key.h"

typedef struct nt_sweep_input {
  const char *name;    /* of the data set, [A-Za-z0-9_.-]+: two inputs with one name are one capture
                          with the same labels, in two profiles */
  const char *capture; /* path */
  const char *labels;  /* path of a label file (ninetails/labels.h); NULL: none */
  const char *origin;  /* for people: where it comes from; NULL: nothing to say */
  uint64_t packets;    /* about how many, for estimates; 0: not known */
  uint64_t most; /* the capture's first packets that count; 0: all. The features are those of all
                    of it, so that its parts share them; labels are of the part alone */
  int extracted; /* 0: the capture is rows of features, and profile does not count */
  nt_profile profile;
} nt_sweep_input;

typedef struct nt_sweep_run {
  size_t input; /* index */
  const nt_detector_class *kind;
  const nt_value *values; /* one for each parameter of the class */
  const char *code; /* what computes the scores, when that is not this library: a text; else NULL */
  uint64_t fm_grace, ad_grace;
  uint32_t seed;      /* at least 1 */
  uint64_t replicate; /* which repeat of this configuration it is; for the table */
} nt_sweep_run;

enum {
  NT_SWEEP_REPLICATE,
  NT_SWEEP_SEED,
  NT_SWEEP_FM_GRACE,
  NT_SWEEP_AD_GRACE,
  NT_SWEEP_RUN_PARAMETERS
};
extern const nt_parameter nt_sweep_run_parameters[NT_SWEEP_RUN_PARAMETERS];

/* Metrics that are not the library's own. */
typedef struct nt_sweep_extra {
  size_t count;
  const nt_measure *measure;
  const char *code; /* what computes them */
  /* n scored packets; values: `count` numbers. worker: 0 .. jobs - 1, never one twice at a time. */
  nt_status (*run)(void *context, int worker, const double *scores, const double *times,
                   const uint8_t *labels, size_t n, double *values, nt_error *err);
  void *context;
} nt_sweep_extra;

typedef struct nt_sweep_progress {
  size_t total, kept, done, failed; /* runs; kept: were there before */
  double seconds;                   /* since the start */
  double remaining;                 /* s; NaN: not known yet */
  double rate;                      /* packets/s through detectors, all configurations together */
  size_t running;
  const char *const *what; /* `running` texts: what each busy thread does, or is waited for */
} nt_sweep_progress;

enum { NT_SWEEP_NOTES = 64 };

typedef struct nt_sweep_options {
  const char *output; /* the result file; NULL: not gathered */
  const char *folder; /* of run files; made when it is missing */
  const char *cache;  /* cache.h */
  int jobs;           /* threads at work, at least 1 */
  uint64_t
      memory; /* bytes that arrays may take, in all; 0: half of what is for us (allowance.h). A capture
                         whose streams (extractor.h) take more fails */
  uint64_t cache_limit;
  int fresh;            /* nothing that is there already counts */
  int retry;            /* failed runs are run again */
  int keep_others;      /* rows of the result file whose runs are not of this sweep stay in it */
  double run_seconds;   /* most that a detector may learn and score; 0: no limit. Looked at between
                           chunks: a run that takes longer fails, and says in which phase */
  size_t most_failures; /* once so many runs have failed in this sweep, nothing more is begun; 0: no
                           limit */
  int keep_scores;      /* 0: run files hold no scores (the cache still does) */
  int compression;      /* of run files, 0 to 9 */
  nt_measure_options measures;
  nt_sweep_extra extra;
  size_t notes; /* provenance, at most NT_SWEEP_NOTES: version, script, command line */
  const nt_note *note;
  /* From the calling thread, about ten times a second. May be NULL. */
  void (*progress)(void *context, const nt_sweep_progress *progress);
  void *progress_context;
  const volatile sig_atomic_t *cancel; /* not 0: stop at the next chunk; may be NULL */
} nt_sweep_options;

/* The rows of what is one value of the options: paths, limits, switches. */
enum { NT_SWEEP_PARAMETERS = 13 };
extern const nt_parameter nt_sweep_parameters[NT_SWEEP_PARAMETERS];

/* Column i of a run's row that is none of a parameter or a metric; NULL behind the last. */
const char *nt_sweep_column(size_t i);

typedef enum nt_run_state {
  NT_RUN_MISSING, /* to do; after nt_sweep_execute: not done, see why */
  NT_RUN_KEPT,    /* its file was there */
  NT_RUN_DONE,
  NT_RUN_FAILED /* its file says why */
} nt_run_state;
/* "missing", "kept", "done", "failed" */
const char *nt_run_state_name(nt_run_state state);

typedef enum nt_stage_state { NT_STAGE_NONE, NT_STAGE_MISSING, NT_STAGE_CACHED } nt_stage_state;
/* "none", "missing", "cached" */
const char *nt_stage_state_name(nt_stage_state state);

typedef struct nt_sweep_status {
  const char *key;
  nt_run_state state;
  const char *why; /* of a failed run; of a missing one after the sweep; "" else */
  nt_stage_state features, map, scores;
  double seconds; /* what is left to do for it, estimated; of work that runs share, a share */
} nt_sweep_status;

typedef struct nt_sweep nt_sweep;

/*
 * Looks at every input (hashes what it has not seen before) and at what is there already; computes
 * and changes nothing, but makes the folders and removes what killed processes left behind.
 * options, inputs and runs, with all they point to, must outlive the sweep. NT_E_ARGUMENT names a
 * run whose values are out of range; NT_E_IO an input or a folder.
 */
nt_sweep *nt_sweep_new(const nt_sweep_options *options, const nt_sweep_input *inputs,
                       size_t input_count, const nt_sweep_run *runs, size_t run_count,
                       nt_error *err);
void nt_sweep_free(nt_sweep *sweep);

/* Of run i, in the order given. Texts belong to the sweep. */
void nt_sweep_status_of(const nt_sweep *sweep, size_t i, nt_sweep_status *status);
/* Of all that is to be done, on `jobs` threads. */
double nt_sweep_seconds(const nt_sweep *sweep);

typedef struct nt_sweep_outcome {
  size_t kept, done, failed, missing;
  int threads;     /* that ran them: fewer than options->jobs where the system gave no more */
  int interrupted; /* by options->cancel */
  int gave_up;     /* options->most_failures have failed, and there would have been more to do */
  double seconds;
  double rate; /* packets/s through detectors */
} nt_sweep_outcome;

/* Once. Failed runs are no error of the sweep. NT_E_IO (a full disk, say) ends it: what is done is
 * done, the rest is missing; so does NT_E_INPUT: a capture or labels that have changed since
 * nt_sweep_new. The result file is gathered in any case, of the runs that there are. When all is
 * done it has a row for each key: a run whose file somebody took away meanwhile is run again, and
 * NT_E_IO names those that are taken away again and again. */
nt_status nt_sweep_execute(nt_sweep *sweep, nt_sweep_outcome *outcome, nt_error *err);

#endif
