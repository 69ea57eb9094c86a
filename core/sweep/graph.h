/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The graph of a sweep: inputs, mappings, jobs and runs. plan.c makes it, schedule.c hands out its
 * nodes, stages/ works on them. Inside core/sweep only.
 *
 * One lock guards every `state`, the counters and the queue. A thread that has taken a task owns
 * its node until it sets the next state. A second lock keeps HDF5 to one thread.
 */
#ifndef NT_SWEEP_GRAPH_H
#define NT_SWEEP_GRAPH_H

#include <pthread.h>

#include <ninetails/labels.h>

#include "ground/flag.h"
#include "mapper/linkage.h"
#include "store/output/feature_file.h"
#include "store/run/result_file.h"
#include "sweep/cache/cache.h"
#include "sweep/cache/costs.h"
#include "sweep/cache/lease.h"
#include "sweep.h"

typedef enum work_state {
  WORK_WAITING,
  WORK_RUNNING,   /* a thread of this process works on it */
  WORK_ELSEWHERE, /* another process holds its lease: look again after `look_again` */
  WORK_READY,
  WORK_FAILED
} work_state;

/* The features of one capture in one profile. */
typedef struct input {
  const nt_sweep_input *given;
  char sha256[65], labels_sha256[65]; /* "": no labels */
  char key[NT_KEY_TEXT], data_key[NT_KEY_TEXT];
  int cached; /* when the sweep began */
  work_state state;
  nt_lease lease;
  double look_again;
  nt_error error;
  /* READY: */
  nt_feature_file *file;
  uint64_t rows;
  double *times;
  nt_labels labels;
  size_t unfinished;    /* jobs on it; at 0 the arrays above are released */
  size_t users;         /* passes that read it now */
  int damaged, renewed; /* its cached file failed a check; it was made again for that reason */
  int data_wanted;      /* its data file beside the run files is missing or damaged */
} input;

/* The clustering of an input's features after fm_grace + 1 rows. */
typedef struct mapping {
  input *input;
  uint64_t fm_grace;
  char key[NT_KEY_TEXT];
  int cached;
  work_state state;
  nt_lease lease;
  double look_again;
  nt_error error;
  nt_merge *merges; /* READY: width - 1 */
} mapping;

/* The costs of a job's scores, and the detector's remark. */
typedef struct job_costs {
  double map, learn, score; /* s; of work that `shared` configurations did together, a share */
  uint64_t memory;          /* bytes of the detector */
  uint64_t shared;
  char remark[512];
} job_costs;

/* The scores of one configuration and seed: one file of the cache, measured by one run or more. */
typedef struct job {
  input *input;
  mapping *mapping; /* of a MAPPED class, else NULL */
  const nt_sweep_run *run;
  char key[NT_KEY_TEXT];
  int cached;
  work_state state;
  double look_again;
  nt_lease lease;
  double cost;                 /* s, estimated */
  size_t first_run, runs_left; /* into sweep->runs, a list through next_run */
  nt_feature_map map;
  nt_score_record record;  /* from the scoring until the last run has ended */
  job_costs costs;         /* likewise */
  uint64_t bytes;          /* its share of nt_sweep.used */
  uint64_t detector_bytes; /* the most that its detector has held; 0: not known yet */
} job;

typedef struct run {
  const nt_sweep_run *given;
  char key[NT_KEY_TEXT];
  size_t job, next_run; /* SIZE_MAX ends the list */
  nt_run_state state;
  int gathered; /* the result file has it, as it was when the sweep began (gathered.c) */
  char why[sizeof((nt_error *)0)->text];
} run;

/* A file that a key was made of. */
typedef struct known_file {
  const char *path; /* the caller's */
  char sha256[65];
  nt_file_mark mark;
} known_file;

/* What one thread works on, for the progress line. */
typedef struct worker {
  char text[160];    /* "": nothing */
  uint64_t rows, of; /* of the pass, for an estimate of what is left */
  double cost;
} worker;

struct nt_sweep {
  const nt_sweep_options *options;
  size_t input_count, mapping_count, job_count, run_count;
  input *inputs;
  mapping *mappings;
  job *jobs;
  job **order; /* costliest first */
  run *runs;
  known_file *files;
  size_t file_count;
  nt_costs costs;
  nt_table result;       /* what the result file has; no rows: nothing that counts */
  nt_file_mark gathered; /* of that file */
  double seconds;        /* estimated */
  double begun;          /* by the clock of the cache's folder */

  /* While it executes: */
  pthread_mutex_t lock, store_lock;
  pthread_mutex_t making; /* taken before `lock`: a detector whose size is not known is made */
  pthread_cond_t changed;
  volatile sig_atomic_t stop; /* cancelled, or a file could not be written */
  nt_error failure;           /* why, when it was the latter */
  worker *workers;
  double started;
  size_t *queue, queue_head, queue_tail; /* runs to be finished: each is queued once */
  size_t open;                           /* jobs with runs that have not ended, and data_wanted */
  int busy;                              /* threads that hold a task */
  int working;                           /* threads that have not returned yet */
  int threads;                           /* threads that the system gave */
  uint64_t memory, used;                 /* bytes */
  uint64_t scored_rows;                  /* through detectors */
  double cost_done;                      /* of jobs that are done */
  size_t kept, done, failed;
  size_t failed_before; /* of the failed: found so, not run */
};

/* The sweep ends: no task is begun, and a task that is cut short has not failed. The caller's flag
 * is read here, too: a detector that polls it may return before the watching thread has passed it
 * on. */
static inline int sweep_stops(const nt_sweep *s) {
  return nt_flag_get(&s->stop) || nt_flag_get(s->options->cancel);
}

/* most_failures is reached: no task is begun, those that run are finished. */
static inline int sweep_gives_up(const nt_sweep *s) {
  return s->options->most_failures > 0 && s->failed - s->failed_before >= s->options->most_failures;
}

static inline uint64_t learn_from(const job *j) {
  return j->mapping ? j->run->fm_grace + 1 : 0;
}
static inline uint64_t score_from(const job *j) {
  return j->run->fm_grace + 1 + j->run->ad_grace;
}

/* Times, labels and their attacks, while the input is READY. */
enum { SWEEP_INPUT_BYTES = sizeof(double) + sizeof(uint8_t) + sizeof(uint16_t) }; /* a packet */
static inline uint64_t sweep_bytes_of_input(const input *in) {
  return in->rows * SWEEP_INPUT_BYTES;
}

/* memory_budget.c, with the lock held. Whether `bytes` more are within the memory allowed. */
int nt_sweep_fits(const nt_sweep *s, uint64_t bytes);
/* Bytes that a stage holds while it works; an input and a job hold theirs until they have ended. */
uint64_t nt_sweep_bytes_to_extract(const input *in);
uint64_t nt_sweep_bytes_to_pass(const input *in, size_t jobs);
uint64_t nt_sweep_bytes_to_measure(const job *j);
uint64_t nt_sweep_bytes_of_job(const job *j);
/* The job's detector holds `detector` bytes now. */
void nt_sweep_account(nt_sweep *s, job *j, uint64_t detector);
/* NT_E_LIMIT: the job alone needs more than the memory allowed. */
nt_status nt_sweep_check_bytes(const nt_sweep *s, const job *j, nt_error *err);
/* files.c: the SHA-256 of a file; the sweep remembers it for nt_sweep_file_check. */
nt_status nt_sweep_file_key(nt_sweep *s, const char *path, char *sha256, nt_error *err);
/* NT_E_INPUT: the file has changed since. NT_OK for a file without a key. */
nt_status nt_sweep_file_check(const nt_sweep *s, const char *path, nt_error *err);
/* Of the files that the job's detector reads by itself. */
nt_status nt_sweep_job_files_check(const nt_sweep *s, const job *j, nt_error *err);
/* plan.c: packets of an input: counted, stated or estimated from the file's size. */
double nt_sweep_rows_of(const input *in);

/* The stages, in stages/. The thread that took the task calls them without the lock. */
void nt_sweep_extract(nt_sweep *s, input *in);
void nt_sweep_correlate(nt_sweep *s, mapping *m);
void nt_sweep_pass(nt_sweep *s, worker *w, job **batch, size_t count);
void nt_sweep_load(nt_sweep *s, job *j); /* reads scores from the cache */
void nt_sweep_measure(nt_sweep *s, int index, run *r);
/* Whether two jobs may learn and score in one call (detector.h, `together`). */
int nt_sweep_together(const job *a, const job *b);

void nt_sweep_unload(input *in);                   /* releases what a READY input holds */
void nt_sweep_input_ready(nt_sweep *s, input *in); /* lock held, as for the next */
void nt_sweep_release_input(nt_sweep *s, input *in);

/* transitions.c; the lock is held for all of them down to nt_sweep_work. The job's scores are in
 * job->record. */
void nt_sweep_scored(nt_sweep *s, job *j);
/* Back to WAITING; any worker may take it. */
void nt_sweep_job_waits(nt_sweep *s, job *j);
void nt_sweep_job_failed(nt_sweep *s, job *j, const nt_error *err);
/* Features that cannot be read are made again once; jobs that wait for them do not fail. A second
 * time the sweep ends with err. */
void nt_sweep_unread(nt_sweep *s, input *in, const nt_error *err);
/* Ends the sweep, for example when a file cannot be written. */
void nt_sweep_abort(nt_sweep *s, const nt_error *err);
/* Waits for a change, for at most that many seconds (less than 1). */
void nt_sweep_wait(nt_sweep *s, double seconds);
/* lost.c: reopens runs and data files that have gone since the plan or since they were written
 * (another process began anew, or somebody removed or replaced them), and returns how many.
 * thorough: reads them, too. Without the lock, while no thread works. */
size_t nt_sweep_lost(nt_sweep *s, int thorough);
/* Whether the data file of an input, beside the run files, has to be written. */
int nt_sweep_data_is_wanted(const nt_sweep *s, const input *in);
/* Every run of the job has ended. */
void nt_sweep_job_ended(nt_sweep *s, job *j);

void nt_sweep_drop_scores(job *j);

/* plan.c: sets a run KEPT or FAILED whose file says so. Both locks are held. */
void nt_sweep_look_for_run(nt_sweep *s, run *r);

/* Returns a lease of this process. */
void nt_sweep_give_back(nt_sweep *s, const char *key, nt_lease *lease);
/* Works until nothing is left to do, as worker `index`. */
void nt_sweep_work(nt_sweep *s, int index);

/* gathered.c: looks at the result file that is there, if it counts: whole, sealed, and another one
 * than was looked at before. While the sweep is planned (keys are known, no run is looked for yet) runs
 * that it has are set KEPT or FAILED. A run whose own file is gone is not among them. */
void nt_sweep_look_in_gathered(nt_sweep *s);
/* Whether the result file is what would be gathered now, and nobody has touched it. */
int nt_sweep_is_gathered(const nt_sweep *s);
/* From now on all count by their own files; whether any did not. */
int nt_sweep_forget_gathered(nt_sweep *s);

/* gather.c: writes the result file of all runs that have ended; *rows: those of this sweep. */
nt_status nt_sweep_gather(nt_sweep *s, size_t *rows, nt_error *err);
/* Rows that it must have: one for each key. */
size_t nt_sweep_rows_expected(const nt_sweep *s);

/* columns.c: a run's row of the table. measured, extra: NULL for a failed run, whose reason is
 * r->why. The texts belong to the sweep; *c to the caller: nt_sweep_cells_done. */
typedef struct cells {
  size_t count, room;
  nt_cell *cell;
} cells;
nt_status nt_sweep_cells(const nt_sweep *s, const run *r, const nt_measured *measured,
                         const double *extra, double measure_seconds, cells *c, nt_error *err);
nt_status nt_sweep_data_cells(const input *in, cells *c, nt_error *err);
/* A job's costs as the cells of its score file, and back. */
nt_status nt_sweep_cost_cells(const job *j, cells *c, nt_error *err);
void nt_sweep_costs_from(const nt_score_record *record, job_costs *costs);
void nt_sweep_cells_done(cells *c);
/* Provenance of a file that is written now. Texts are the caller's and *text's. */
typedef struct notes {
  size_t count;
  nt_note note[NT_SWEEP_NOTES + 1];
  char written[32];
} notes;
void nt_sweep_notes(const nt_sweep *s, notes *n);

/* files.c: the path of a run's file; path: NT_CACHE_PATH bytes. */
void nt_sweep_run_path(const nt_sweep *s, const char *key, char *path);
void nt_sweep_data_path(const nt_sweep *s, const input *in, char *path);

#endif
