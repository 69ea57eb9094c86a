/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage from a capture to its features, times and labels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/run.h>

#include "ground/team.h"
#include "sweep/graph.h"

/* ---------------------------------------------------------------- making the file */

typedef struct extraction {
  nt_sweep *sweep;
  nt_feature_writer *writer;
  const input *input;
  const nt_extractor *extractor; /* NULL: rows are given */
  uint64_t streams;              /* bytes, accounted for */
  int unwritten;                 /* it is the cache that failed, not the capture */
} extraction;

/* The extractor's streams are as many as the capture's addresses demand: nothing else is begun
 * beside them that does not fit. */
static void account_streams(extraction *e, uint64_t bytes) {
  pthread_mutex_lock(&e->sweep->lock);
  e->sweep->used = e->sweep->used - e->streams + bytes;
  pthread_mutex_unlock(&e->sweep->lock);
  e->streams = bytes;
}

/* After each round of the pipeline, when nobody works on the extractor. */
static void look_at_streams(void *context, const nt_pipeline_result *so_far) {
  extraction *e = context;
  nt_extractor_usage usage = {0};
  (void)so_far;
  if (e->extractor) nt_extractor_usage_of(e->extractor, &usage);
  account_streams(e, usage.bytes);
}

static nt_status take_rows(void *context, const nt_pipeline_rows *rows, nt_error *err) {
  extraction *e = context;
  const nt_sweep *s = e->sweep;
  if (e->streams > s->memory)
    return nt_fail(err, NT_E_LIMIT,
                   "%s: the streams of its addresses take %.0f MB by packet %llu: more than the "
                   "%.0f MB of memory allowed",
                   e->input->given->capture, (double)e->streams / 1e6,
                   (unsigned long long)rows->first + rows->count, (double)s->memory / 1e6);
  pthread_mutex_lock(&e->sweep->store_lock);
  nt_status status = nt_feature_writer_append(e->writer, rows->count, rows->features, rows->times,
                                              rows->sizes, err);
  pthread_mutex_unlock(&e->sweep->store_lock);
  e->unwritten = status != NT_OK;
  return status;
}

/* Names and units of the columns; those of rows without a header are numbered in `made`. */
typedef struct columns {
  const char **names, **units;
  char *made;
} columns;

static int name_columns(columns *c, const input *in, const nt_capture *capture, size_t width) {
  enum { EACH = 32 };
  const char *const *given = in->given->extracted ? NULL : nt_capture_column_names(capture);
  c->names = calloc(width, sizeof *c->names);
  c->units = calloc(width, sizeof *c->units);
  c->made = calloc(width, EACH);
  if (!c->names || !c->units || !c->made) return 0;
  for (size_t i = 0; i < width; i++) {
    snprintf(c->made + i * EACH, EACH, "feature_%zu", i);
    c->names[i] = in->given->extracted ? nt_profile_feature_name(in->given->profile, i)
                  : given              ? given[i]
                                       : c->made + i * EACH;
    c->units[i] = in->given->extracted ? nt_profile_feature_unit(in->given->profile, i) : "";
  }
  return 1;
}

static nt_feature_writer *open_writer(nt_sweep *s, const input *in, const nt_capture *capture,
                                      size_t width, nt_error *err) {
  char path[NT_CACHE_PATH];
  nt_cache_path(s->options->cache, NT_CACHE_FEATURES, in->key, path);
  columns c = {0};
  nt_feature_writer *writer = NULL;
  if (!name_columns(&c, in, capture, width)) {
    nt_fail(err, NT_E_MEMORY, "out of memory for %zu column names", width);
  } else {
    pthread_mutex_lock(&s->store_lock);
    writer = nt_feature_writer_create(
        path,
        &(nt_feature_shape){
            .width = width, .names = c.names, .units = c.units, .sizes = in->given->extracted},
        err);
    pthread_mutex_unlock(&s->store_lock);
  }
  free(c.names);
  free(c.units);
  free(c.made);
  return writer;
}

/* Features are shared by experiments: what one of them says of itself is not theirs. */
static int is_of_script(const char *note) {
  static const char *const names[] = {"experiment", "script", "script_path", "options",
                                      "command_line"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(note, names[i]) == 0) return 1;
  return 0;
}

static nt_status close_writer(nt_sweep *s, const input *in, const nt_capture *capture,
                              nt_feature_writer *writer, nt_status status, double seconds,
                              nt_error *err) {
  const char *warning = nt_capture_warning(capture);
  notes n;
  nt_sweep_notes(s, &n);
  pthread_mutex_lock(&s->store_lock);
  if (status == NT_OK) status = nt_feature_writer_text(writer, "key", in->key, err);
  if (status == NT_OK) status = nt_feature_writer_text(writer, "capture_sha256", in->sha256, err);
  if (status == NT_OK)
    status = nt_feature_writer_text(writer, "warning", warning ? warning : "", err);
  if (status == NT_OK) status = nt_feature_writer_number(writer, "seconds", seconds, err);
  for (size_t i = 0; i < n.count && status == NT_OK; i++)
    if (!is_of_script(n.note[i].name))
      status = nt_feature_writer_text(writer, n.note[i].name, n.note[i].text, err);
  if (status == NT_OK)
    status = nt_feature_writer_commit(writer, err);
  else
    nt_feature_writer_discard(writer);
  pthread_mutex_unlock(&s->store_lock);
  return status;
}

/* Threads for one of the inputs that are to be extracted, of which all begin at about the same
 * time: nothing else can, on them. */
static int threads_of_one(nt_sweep *s) {
  int inputs = 0;
  pthread_mutex_lock(&s->lock);
  for (size_t i = 0; i < s->input_count; i++) {
    const input *in = &s->inputs[i];
    int pending = in->state == WORK_RUNNING || (in->state == WORK_WAITING && in->unfinished > 0);
    inputs += pending && !nt_cache_has(s->options->cache, NT_CACHE_FEATURES, in->key);
  }
  pthread_mutex_unlock(&s->lock);
  int threads = inputs ? s->options->jobs / inputs : 1;
  return threads > 1 ? threads : 1;
}

static void learn_cost(nt_sweep *s, const input *in, const nt_pipeline_result *result) {
  char name[NT_COST_NAME];
  double seconds = 0;
  snprintf(name, sizeof name, "extract %s",
           in->given->extracted ? nt_profile_name(in->given->profile) : "rows");
  for (int i = 0; i < NT_STAGES; i++) seconds += result->seconds[i];
  pthread_mutex_lock(&s->lock);
  nt_costs_learn(&s->costs, name, 1e9 * seconds / (double)result->packets);
  pthread_mutex_unlock(&s->lock);
}

/* *not_its: whether it is not the capture's own fault: the cache's file could not be written, or
 * the capture has changed since it got its name. */
static nt_status extract(nt_sweep *s, const input *in, int *not_its, nt_error *err) {
  double start = nt_seconds();
  nt_capture *capture = nt_capture_open(in->given->capture, err);
  if (!capture) return err->status;
  int rows_given = nt_capture_format_of(capture) == NT_FORMAT_FEATURES;
  nt_status status = NT_OK;
  nt_extractor *extractor = NULL;
  nt_feature_writer *writer = NULL;
  if (rows_given == in->given->extracted)
    status = nt_fail(err, NT_E_INPUT, "%s: holds %s", in->given->capture,
                     rows_given ? "rows of features, to which no profile applies"
                                : "packets, for which a profile is needed");
  size_t width = rows_given ? nt_capture_width(capture) : nt_profile_width(in->given->profile);
  if (status == NT_OK && !rows_given) {
    extractor = nt_extractor_new(&(nt_extractor_options){.profile = in->given->profile}, err);
    if (!extractor) status = err->status;
  }
  if (status == NT_OK && !(writer = open_writer(s, in, capture, width, err))) {
    status = err->status;
    *not_its = 1;
  }
  if (writer) {
    extraction e = {.sweep = s, .writer = writer, .input = in, .extractor = extractor};
    nt_pipeline_result result;
    nt_pipeline_options options = {.extractor = extractor,
                                   .width = width,
                                   .threads = threads_of_one(s),
                                   .sink = take_rows,
                                   .sink_context = &e,
                                   .progress = look_at_streams,
                                   .progress_context = &e,
                                   .cancel = &s->stop};
    status = nt_pipeline_run(capture, &options, &result, err);
    double seconds = nt_seconds() - start;
    account_streams(&e, 0);
    *not_its = e.unwritten || status == NT_OK;
    if (nt_sweep_file_check(s, in->given->capture, err) != NT_OK) {
      status = NT_E_INPUT;
      *not_its = 1;
    }
    status = close_writer(s, in, capture, writer, status, seconds, err);
    if (status == NT_OK && result.packets > 0) learn_cost(s, in, &result);
  }
  nt_extractor_free(extractor);
  nt_capture_close(capture);
  return status;
}

/* ---------------------------------------------------------------- opening it */

static nt_status open_features(nt_sweep *s, input *in, nt_error *err) {
  char path[NT_CACHE_PATH];
  nt_cache_path(s->options->cache, NT_CACHE_FEATURES, in->key, path);
  in->file = nt_feature_file_open(path, err);
  if (!in->file) return err->status;
  const char *key = nt_feature_file_text(in->file, "key");
  if (!key || strcmp(key, in->key) != 0)
    return nt_fail(err, NT_E_INPUT, "%s: has the key %.100s inside", path,
                   key ? key : "of nothing");
  in->rows = nt_feature_file_rows(in->file);
  if (in->given->most && in->given->most < in->rows) in->rows = in->given->most;
  in->times = malloc((in->rows + 1) * sizeof *in->times);
  if (!in->times)
    return nt_fail(err, NT_E_MEMORY, "out of memory for the times of %llu packets",
                   (unsigned long long)in->rows);
  return nt_feature_file_read(in->file, 0, in->rows, NULL, in->times, NULL, err);
}

/* The features, from the cache or from the capture. A file of the cache that cannot be read, or
 * that is another's, is made again, once: it says nothing about the capture. */
static nt_status get_features(nt_sweep *s, input *in, int *not_its, nt_error *err) {
  nt_status status = NT_OK;
  int there = nt_cache_has(s->options->cache, NT_CACHE_FEATURES, in->key);
  for (int again = 0; again < 2; again++) {
    if (!there) status = extract(s, in, not_its, err);
    if (status != NT_OK) return status;
    status = open_features(s, in, err);
    if (status == NT_OK || status == NT_E_MEMORY) return status;
    nt_sweep_unload(in);
    *not_its = 1;
    if (again) return status;
    status = nt_cache_remove(s->options->cache, NT_CACHE_FEATURES, in->key, err);
    if (status != NT_OK) return status;
    *not_its = there = 0;
  }
  return status;
}

static nt_status get_labels(nt_sweep *s, input *in, int *not_its, nt_error *err) {
  const char *path = in->given->labels;
  if (!path) return NT_OK;
  nt_status status = nt_labels_read(path, &in->labels, err);
  if (nt_sweep_file_check(s, path, err) != NT_OK) {
    *not_its = 1;
    return NT_E_INPUT;
  }
  if (status != NT_OK) return status;
  return nt_labels_check_count(&in->labels, path, in->rows, err);
}

static nt_status load(nt_sweep *s, input *in, int *not_its, nt_error *err) {
  nt_status status = get_features(s, in, not_its, err);
  if (status != NT_OK) return status;
  *not_its = 0;
  if (in->rows == 0) return nt_fail(err, NT_E_INPUT, "%s: holds no packet", in->given->capture);
  return get_labels(s, in, not_its, err);
}

/* What all runs on this input share, beside their files. */
static nt_status write_data(nt_sweep *s, const input *in, nt_error *err) {
  char path[NT_CACHE_PATH];
  cells c;
  notes n;
  nt_sweep_data_path(s, in, path);
  nt_sweep_notes(s, &n);
  nt_status status = nt_sweep_data_cells(in, &c, err);
  pthread_mutex_lock(&s->store_lock);
  if (status == NT_OK)
    status =
        nt_data_file_write(path,
                           &(nt_data_record){.key = in->data_key,
                                             .name = in->given->name,
                                             .cells = c.count,
                                             .cell = c.cell,
                                             .notes = n.count,
                                             .note = n.note,
                                             .count = (size_t)in->rows,
                                             .times = in->times,
                                             .labels = in->labels.value,
                                             .attacks = in->labels.name_count,
                                             .attack_names = (const char *const *)in->labels.names,
                                             .attack = in->labels.attack},
                           s->options->compression, err);
  pthread_mutex_unlock(&s->store_lock);
  nt_sweep_cells_done(&c);
  return status;
}

void nt_sweep_extract(nt_sweep *s, input *in) {
  nt_error err = {0};
  nt_status status = NT_OK;
  int not_its = 0;
  status = load(s, in, &not_its, &err);
  if (status == NT_OK && in->data_wanted) {
    status = write_data(s, in, &err);
    not_its = status != NT_OK;
  }
  if (status != NT_OK) nt_sweep_unload(in);
  pthread_mutex_lock(&s->lock);
  nt_sweep_give_back(s, in->key, &in->lease);
  if (status == NT_OK) {
    nt_sweep_input_ready(s, in);
  } else if (sweep_stops(s)) {
    in->state = WORK_WAITING;
  } else if (not_its) {
    in->state = WORK_WAITING;
    nt_sweep_abort(s, &err);
  } else {
    in->error = err;
    in->state = WORK_FAILED;
  }
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
}
