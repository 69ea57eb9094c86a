/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/run.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ground/flag.h"
#include "ground/team.h"
#include "model/model.h"
#include "store/file/output.h"
#include "store/output/store.h"
#include "judge.h"
#include "record.h"

/* Everything that a run holds, released in one place. */
typedef struct run {
  nt_run_options own; /* with the options of the model that was loaded */
  const nt_run_options *options;
  nt_run_result *result;
  nt_store *store;
  nt_capture *capture;     /* NULL: the input is `source` */
  nt_extracted *source;    /* what `extract` wrote; else NULL */
  nt_digester *digester;   /* NULL: nobody stores checksums */
  nt_extractor *extractor; /* where nothing is scored */
  nt_model *model;
  struct stat input; /* as it was at the beginning */
  double start;      /* nt_seconds() */
  pthread_mutex_t hdf5;
  double *times;                /* of all packets, where there are labels */
  size_t score_room, time_room; /* of result->scores and times */
} run;

static void put_utc(char text[32]) {
  time_t now = time(NULL);
  struct tm utc;
  gmtime_r(&now, &utc);
  strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* ---------------------------------------------------------------- before the first packet */

static nt_status check_model_options(const nt_run_options *o, nt_error *err) {
  const char *model = o->load ? o->load : o->save;
  if (model && !o->score)
    return nt_fail(err, NT_E_ARGUMENT, "model %s: expected only when scoring", model);
  if (o->load && o->feature_map)
    return nt_fail(err, NT_E_ARGUMENT, "feature map %s: model %s has one of its own, or learns it",
                   o->feature_map, o->load);
  if (o->load && o->profile_given)
    return nt_fail(err, NT_E_ARGUMENT, "profile %s: model %s has one of its own",
                   nt_profile_name(o->extractor.profile), o->load);
  return NT_OK;
}

/* What is written must replace nothing that is read, nor each other. */
static nt_status check_outputs(const nt_run_options *o, nt_error *err) {
  const struct {
    const char *path, *what;
  } inputs[] = {{o->input, "input"},
                {o->labels, "label file"},
                {o->feature_map, "feature map"},
                {o->save, "model"},
                {o->load, "model"}};
  const size_t count = sizeof inputs / sizeof *inputs, before_models = count - 2;
  nt_status status = NT_OK;
  for (size_t i = 0; status == NT_OK && i < count; i++)
    status = nt_output_refuse(o->output, inputs[i].path, inputs[i].what, err);
  for (size_t i = 0; status == NT_OK && i < before_models; i++)
    status = nt_output_refuse(o->save, inputs[i].path, inputs[i].what, err);
  if (status == NT_OK && o->save && o->output && strcmp(o->save, o->output) == 0)
    return nt_fail(err, NT_E_ARGUMENT, "%s: named both as output and as model", o->save);
  if (status != NT_OK || !o->save) return status;
  nt_output place; /* a folder that is not there is found now, and not after the last packet */
  status = nt_output_begin(&place, o->save, err);
  if (status == NT_OK) nt_output_discard(&place);
  return status;
}

static nt_status check_options(const nt_run_options *o, nt_error *err) {
  if (!o->input)
    return nt_fail(err, NT_E_ARGUMENT, "no input: expected the path of a capture, or -");
  if (o->labels && !o->score)
    return nt_fail(err, NT_E_ARGUMENT, "labels %s: expected only when scoring", o->labels);
  for (size_t i = 0; i < (o->score ? NT_RUN_TABLES : NT_RUN_TABLES - 1); i++) {
    const nt_run_table *t = &nt_run_tables[i];
    if (nt_parameter_check_all(t->rows, t->count, (const char *)o + t->offset, err) != NT_OK)
      return err->status;
  }
  nt_status status = check_model_options(o, err);
  return status == NT_OK ? check_outputs(o, err) : status;
}

/* A column of labels in a table of features counts where no other labels are given; not of a pipe,
 * which cannot be read again, and the warning says so. */
static nt_status open_labels(run *r, nt_error *err) {
  const nt_run_options *o = r->options;
  int own = r->capture && nt_capture_has_labels(r->capture) && strcmp(o->input, "-") != 0;
  r->result->labels_path = o->labels ? o->labels : own ? o->input : NULL;
  if (!r->result->labels_path) return NT_OK;
  return nt_labels_read(r->result->labels_path, &r->result->labels, err);
}

static nt_model *new_model(const run *r, nt_error *err) {
  const nt_run_options *o = r->options;
  const nt_model_options options = {o->extractor, o->kitnet, o->tail_probability};
  nt_feature_map map = {0};
  nt_model *model = NULL;
  nt_status status = NT_OK;
  if (o->feature_map) {
    status = nt_store_read_map(o->feature_map, &map, err);
    if (status == NT_OK && nt_feature_map_check(&map, r->result->width, err) != NT_OK)
      status = nt_fail_in(err, "%s", o->feature_map);
  }
  const nt_feature_map *given = o->feature_map ? &map : NULL;
  if (status == NT_OK)
    model = r->result->extracted ? nt_model_new(&options, given, err)
                                 : nt_model_new_of_rows(&options, r->result->width, given, err);
  nt_feature_map_done(&map);
  return model;
}

/* From here on the model's options are those of the run. */
static void take_options(run *r) {
  nt_model_facts facts;
  nt_run_result *result = r->result;
  nt_model_facts_of(r->model, &facts);
  r->own.extractor = result->extractor = facts.options.extractor;
  r->own.kitnet = result->kitnet = facts.options.kitnet;
  r->own.tail_probability = result->tail_probability = facts.options.tail_probability;
  result->given_map = facts.given_map;
  result->taken_before = facts.packets;
  result->isa = facts.isa;
}

static nt_status load_model(run *r, nt_error *err) {
  const nt_run_options *o = r->options;
  r->model = nt_model_load_as(o->load, o->tail_given ? &o->tail_probability : NULL,
                              o->kitnet.isa != NT_ISA_AUTO ? &o->kitnet.isa : NULL, err);
  if (!r->model) return err->status;
  take_options(r);
  return NT_OK;
}

/* A model takes what it took before: packets, or rows of as many columns. */
static nt_status check_fit(const run *r, nt_error *err) {
  const nt_run_options *o = r->options;
  int extracts = nt_model_extractor(r->model) != NULL;
  if (extracts && !r->result->extracted)
    return nt_fail(err, NT_E_INPUT, "%s: holds rows of features: model %s takes packets", o->input,
                   o->load);
  if (!extracts && r->result->extracted)
    return nt_fail(err, NT_E_INPUT, "%s: holds packets: model %s takes rows of %zu features",
                   o->input, o->load, nt_model_width(r->model));
  if (nt_model_width(r->model) != r->result->width)
    return nt_fail(err, NT_E_INPUT, "%s: rows of %zu features: model %s takes rows of %zu",
                   o->input, r->result->width, o->load, nt_model_width(r->model));
  return NT_OK;
}

static nt_status open_detector(run *r, nt_error *err) {
  if (open_labels(r, err) != NT_OK) return err->status;
  if (r->model) return check_fit(r, err);
  if (!(r->model = new_model(r, err))) return err->status;
  take_options(r);
  return NT_OK;
}

/* Names of the columns; those of rows without a header are numbered. *made: to be freed with its
 * texts. */
static nt_status column_names(const run *r, const char ***names, const char ***units, char **made,
                              nt_error *err) {
  size_t width = r->result->width, each = sizeof "feature_" + 20;
  const char *const *given = r->source              ? nt_extracted_names(r->source)
                             : r->result->extracted ? NULL
                                                    : nt_capture_column_names(r->capture);
  *names = calloc(width, sizeof **names);
  *units = r->result->extracted ? calloc(width, sizeof **units) : NULL;
  *made = calloc(width, each);
  if (!*names || !*made || (r->result->extracted && !*units))
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu column names", width);
  for (size_t i = 0; i < width; i++) {
    if (r->result->extracted) {
      (*names)[i] = nt_profile_feature_name(r->result->profile, i);
      (*units)[i] = nt_profile_feature_unit(r->result->profile, i);
    } else if (given) {
      (*names)[i] = given[i];
    } else {
      snprintf(*made + i * each, each, "feature_%zu", i);
      (*names)[i] = *made + i * each;
    }
  }
  return NT_OK;
}

static nt_status begin_store(run *r, nt_error *err) {
  const char **names = NULL, **units = NULL;
  char *made = NULL;
  nt_status status = column_names(r, &names, &units, &made, err);
  if (status == NT_OK)
    status = nt_store_begin(
        r->store,
        &(nt_store_shape){.width = r->result->width,
                          .names = names,
                          .units = units,
                          .features = !r->options->score || r->options->with_features,
                          .scores = r->options->score,
                          .labels = r->result->labels_path != NULL,
                          .attacks = r->result->labels.name_count,
                          .attack_names = (const char *const *)r->result->labels.names,
                          .compression = r->options->compression},
        err);
  free(names);
  free(units);
  free(made);
  return status;
}

static int wants_digests(const run *r) {
  return r->options->save || (r->store && nt_store_has_attributes(r->store));
}

static nt_status open_capture(run *r, nt_error *err) {
  const nt_run_options *o = r->options;
  nt_run_result *result = r->result;
  if (wants_digests(r) && !(r->digester = nt_digester_new(err))) return err->status;
  const nt_tap *tap = r->digester ? nt_digester_tap(r->digester) : NULL;
  if (!(r->capture = nt_capture_open_tapped(o->input, tap, err))) return err->status;
  if (r->digester) nt_digester_opened(r->digester, r->capture);
  result->format = nt_capture_format_of(r->capture);
  result->extracted = result->profile_known = result->format != NT_FORMAT_FEATURES;
  result->profile = r->options->extractor.profile;
  result->width =
      result->extracted ? nt_profile_width(result->profile) : nt_capture_width(r->capture);
  return NT_OK;
}

static nt_status open_source(run *r, nt_error *err) {
  nt_run_result *result = r->result;
  if (!(r->source = nt_extracted_open(r->options->input, err))) return err->status;
  const char *profile = nt_extracted_text(r->source, "profile");
  result->format = NT_FORMAT_FEATURES;
  result->width = nt_extracted_width(r->source);
  result->profile_known = profile &&
                          nt_profile_from_name(profile, &result->profile, NULL) == NT_OK &&
                          nt_profile_width(result->profile) == result->width;
  return NT_OK;
}

static nt_status open_all(run *r, nt_error *err) {
  const nt_run_options *o = r->options;
  nt_run_result *result = r->result;
  int piped = strcmp(o->input, "-") == 0;
  if (!piped && stat(o->input, &r->input) != 0) memset(&r->input, 0, sizeof r->input);
  if (o->load && load_model(r, err) != NT_OK) return err->status;
  if (o->output && !(r->store = nt_store_create(o->output, err))) return err->status;
  nt_status status =
      !piped && nt_extracted_is(o->input) ? open_source(r, err) : open_capture(r, err);
  if (status != NT_OK) return status;
  if (!result->extracted && o->profile_given)
    return nt_fail(err, NT_E_ARGUMENT,
                   "%s: holds rows of features, to which no profile applies (%s was asked for)",
                   o->input, nt_profile_name(o->extractor.profile));
  if (result->extracted && !o->score && !(r->extractor = nt_extractor_new(&o->extractor, err)))
    return err->status;
  if (o->score && open_detector(r, err) != NT_OK) return err->status;
  return r->store ? begin_store(r, err) : NT_OK;
}

/* ---------------------------------------------------------------- while it runs */

/* Makes room for `need` doubles, doubling. */
static nt_status reserve(double **values, size_t *room, size_t need, nt_error *err) {
  if (need <= *room) return NT_OK;
  size_t more = *room > need / 2 ? *room * 2 : need;
  double *grown =
      more <= SIZE_MAX / sizeof **values ? realloc(*values, more * sizeof **values) : NULL;
  if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", more);
  *values = grown;
  *room = more;
  return NT_OK;
}

static nt_status keep_scores(run *r, const nt_pipeline_rows *rows, nt_error *err) {
  nt_run_result *result = r->result;
  uint64_t begin = rows->first, end = begin + rows->count;
  if (reserve(&result->scores, &r->score_room, (size_t)end, err) != NT_OK) return NT_E_MEMORY;
  memcpy(result->scores + begin, rows->scores, rows->count * sizeof *rows->scores);
  if (result->labels_path) {
    if (reserve(&r->times, &r->time_room, (size_t)end, err) != NT_OK) return NT_E_MEMORY;
    memcpy(r->times + begin, rows->times, rows->count * sizeof *rows->times);
  }
  return nt_model_took(r->model, rows->times, rows->training, rows->count, err);
}

/* HDF5 is for one thread at a time: rows come of one file while scores go to another. */
static nt_status read_source(void *context, double *features, double *times, size_t max,
                             size_t *got, nt_error *err) {
  run *r = context;
  pthread_mutex_lock(&r->hdf5);
  nt_status status = nt_extracted_read(r->source, features, times, max, got, err);
  pthread_mutex_unlock(&r->hdf5);
  return status;
}

static nt_status append(run *r, const nt_store_rows *rows, nt_error *err) {
  pthread_mutex_lock(&r->hdf5);
  nt_status status = nt_store_append(r->store, rows, err);
  pthread_mutex_unlock(&r->hdf5);
  return status;
}

static nt_status take_rows(void *context, const nt_pipeline_rows *rows, nt_error *err) {
  run *r = context;
  if (rows->scores && keep_scores(r, rows, err) != NT_OK) return err->status;
  if (!r->store) return NT_OK;
  /* Labels that end early are reported at the end, with both counts; the file is not kept then. */
  const nt_labels *labels = &r->result->labels;
  if (r->result->labels_path && rows->first + rows->count > labels->count) return NT_OK;
  return append(r,
                &(nt_store_rows){.count = rows->count,
                                 .times = rows->times,
                                 .features = rows->features,
                                 .scores = rows->scores,
                                 .labels = labels->value ? labels->value + rows->first : NULL,
                                 .attack = labels->attack ? labels->attack + rows->first : NULL},
                err);
}

/* ---------------------------------------------------------------- after the last packet */

static nt_status too_short(const run *r, nt_error *err) {
  const nt_kitnet_options *k = &r->options->kitnet;
  unsigned long long packets = r->result->pipeline.packets, before = r->result->taken_before;
  char taken[64] = "";
  if (before) snprintf(taken, sizeof taken, " after the %llu of the model", before);
  if (r->result->given_map)
    return nt_fail(err, NT_E_INPUT,
                   "%s: %llu packets%s, of which training takes the first %llu (ad-grace): "
                   "none is left to score, pass a smaller ad-grace",
                   r->options->input, packets, taken, (unsigned long long)k->ad_grace);
  return nt_fail(err, NT_E_INPUT,
                 "%s: %llu packets%s, of which mapping takes the first %llu + 1 (fm-grace) and "
                 "training the next %llu (ad-grace): none is left to score, pass smaller grace "
                 "periods",
                 r->options->input, packets, taken, (unsigned long long)k->fm_grace,
                 (unsigned long long)k->ad_grace);
}

static void look_at_windows(const run *r) {
  nt_run_result *result = r->result;
  nt_model_facts facts;
  nt_model_facts_of(r->model, &facts);
  result->training_seconds = facts.last_trained - facts.first_time;
  result->window_filled =
      result->profile_known
          ? 1 - exp2(-result->training_seconds / nt_profile_half_life(result->profile))
          : NAN;
}

static nt_status judge_attacks(nt_run_result *result, nt_error *err) {
  const nt_labels *labels = &result->labels;
  if (labels->name_count == 0) return NT_OK;
  result->attacks = calloc(labels->name_count, sizeof *result->attacks);
  if (!result->attacks)
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu attacks", labels->name_count);
  return nt_measure_attacks(result->scores + result->grace, labels, result->grace,
                            labels->count - result->grace, result->attacks, err);
}

static nt_status judge_scores(run *r, nt_error *err) {
  nt_run_result *result = r->result;
  const nt_labels *labels = &result->labels;
  double *sample = NULL;
  size_t fitted;
  result->measured = calloc(1, sizeof *result->measured);
  if (!result->measured) return nt_fail(err, NT_E_MEMORY, "out of memory for the figures of a run");
  nt_status status = nt_model_sample(r->model, &sample, &fitted, err);
  const nt_judged judged = {.scores = result->scores,
                            .times = r->times,
                            .n = (size_t)result->pipeline.packets,
                            .grace = result->grace,
                            .training = sample,
                            .m = fitted,
                            .labels = labels->value,
                            .tail = r->options->tail_probability};
  if (status == NT_OK) status = nt_judge(&judged, result->measured, &result->summary, err);
  free(sample);
  return status == NT_OK ? judge_attacks(result, err) : status;
}

/* Nothing was scored, and the model is what the run is for. */
static void say_nothing(nt_run_summary *s) {
  *s = (nt_run_summary){.threshold = {.value = NAN, .absence = "training has not ended"},
                        .auc = NAN,
                        .eer = NAN,
                        .eer_nearest = NAN,
                        .threshold_tpr = NAN,
                        .threshold_fpr = NAN,
                        .alarms = {.share = NAN},
                        .absence = "no packet was scored"};
  for (int i = 0; i < NT_QUANTILES; i++) s->quantiles[i] = NAN;
}

static nt_status judge(run *r, nt_error *err) {
  nt_run_result *result = r->result;
  const nt_pipeline_result *p = &result->pipeline;
  if (result->labels_path &&
      nt_labels_check_count(&result->labels, result->labels_path, p->packets, err) != NT_OK)
    return err->status;
  int scored = p->in_phase[NT_PHASE_EXECUTION] > 0;
  if (!scored && (!r->options->save || r->options->output)) return too_short(r, err);
  result->grace = (size_t)(p->packets - p->in_phase[NT_PHASE_EXECUTION]);
  look_at_windows(r);
  const nt_kitnet *kitnet = nt_model_kitnet(r->model);
  result->phase = nt_kitnet_phase_of(kitnet);
  const nt_feature_map *map = nt_kitnet_map(kitnet);
  nt_status status = map ? nt_feature_map_copy(map, &result->map, err) : NT_OK;
  if (status != NT_OK) return status;
  if (scored) return judge_scores(r, err);
  say_nothing(&result->summary);
  return NT_OK;
}

static double digest_seconds(const void *digester) {
  return nt_digester_seconds(digester);
}

/* The checksums end with the input, whose last bytes no packet may need. */
static nt_status finish_digests(run *r, nt_error *err) {
  nt_run_result *result = r->result;
  double start = nt_seconds();
  if (r->source && wants_digests(r)) {
    nt_digest_file(r->options->input, &r->input, &result->digests.file);
    result->digests.content = result->digests.file;
    result->pipeline.seconds[NT_STAGE_DIGEST] += nt_seconds() - start;
    result->pipeline.rows[NT_STAGE_DIGEST] = result->pipeline.packets;
  }
  if (!r->digester) return NT_OK;
  nt_digester_end(r->digester, r->capture, r->options->input, &r->input, r->options->cancel,
                  &result->digests);
  result->pipeline.seconds[NT_STAGE_DIGEST] += nt_seconds() - start;
  if (!nt_flag_get(r->options->cancel)) return NT_OK;
  return nt_fail(err, NT_E_STATE, "interrupted after %llu packets",
                 (unsigned long long)result->pipeline.packets);
}

static nt_status finish_store(run *r, nt_error *err) {
  nt_run_result *result = r->result;
  result->seconds = nt_seconds() - r->start; /* for the file: all but its last steps */
  nt_status status = NT_OK;
  if (r->options->score) status = nt_store_map(r->store, &result->map, err);
  if (status == NT_OK && result->attacks) status = nt_store_attacks(r->store, result->attacks, err);
  if (status == NT_OK) status = nt_record(r->store, r->options, result, err);
  if (status == NT_OK && r->source) status = nt_record_source(r->store, r->source, err);
  if (status != NT_OK) return status;
  nt_store *store = r->store;
  r->store = NULL;
  return nt_store_commit(store, err);
}

static nt_status save_model(run *r, nt_error *err) {
  const nt_run_options *o = r->options;
  nt_status status = nt_model_saw(r->model, o->input, r->result->digests.content.sha256,
                                  r->result->pipeline.packets, err);
  return status == NT_OK ? nt_model_save(r->model, o->save, err) : status;
}

static nt_status run_all(run *r, nt_error *err) {
  const nt_run_options *o = r->options;
  nt_run_result *result = r->result;
  nt_status status = open_all(r, err);
  if (status != NT_OK) return status;
  nt_extractor *extractor = r->model ? nt_model_extractor(r->model) : r->extractor;
  const nt_pipeline_options pipeline = {.extractor = extractor,
                                        .width = result->width,
                                        .kitnet = r->model ? nt_model_kitnet(r->model) : NULL,
                                        .threads = o->threads,
                                        .rows = r->source ? read_source : NULL,
                                        .rows_context = r,
                                        .tap_seconds = r->digester ? digest_seconds : NULL,
                                        .tap_context = r->digester,
                                        .sink = r->store || o->score ? take_rows : NULL,
                                        .sink_context = r,
                                        .progress = o->progress,
                                        .progress_context = o->progress_context,
                                        .cancel = o->cancel};
  status = nt_pipeline_run(r->capture, &pipeline, &result->pipeline, err);
  if (status != NT_OK) return status;
  const char *warning = r->capture ? nt_capture_warning(r->capture) : NULL;
  int unread = r->capture && o->score && !result->labels_path && nt_capture_has_labels(r->capture);
  if (warning)
    snprintf(result->warning, sizeof result->warning, "%s%s", warning,
             unread ? "; of a pipe it serves as no labels either" : "");
  if (o->score && (status = judge(r, err)) != NT_OK) return status;
  if ((status = finish_digests(r, err)) != NT_OK) return status;
  put_utc(result->end);
  if (r->store && (status = finish_store(r, err)) != NT_OK) return status;
  return o->save ? save_model(r, err) : NT_OK;
}

nt_status nt_run(const nt_run_options *options, nt_run_result *result, nt_error *err) {
  nt_error unheard;
  if (!err) err = &unheard;
  *result = (nt_run_result){.digests = {.file.bytes = -1, .content.bytes = -1}};
  put_utc(result->start);
  nt_status status = check_options(options, err);
  if (status != NT_OK) return status;
  run r = {
      .own = *options, .result = result, .start = nt_seconds(), .hdf5 = PTHREAD_MUTEX_INITIALIZER};
  r.options = &r.own;
  status = run_all(&r, err);
  nt_store_discard(r.store);
  nt_model_free(r.model);
  nt_extractor_free(r.extractor);
  nt_capture_close(r.capture);
  nt_extracted_close(r.source);
  nt_digester_free(r.digester);
  free(r.times);
  result->seconds = nt_seconds() - r.start;
  return status;
}

void nt_run_result_done(nt_run_result *result) {
  nt_feature_map_done(&result->map);
  nt_labels_done(&result->labels);
  if (result->measured) nt_measured_done(result->measured);
  free(result->measured);
  free(result->attacks);
  free(result->scores);
  *result = (nt_run_result){0};
}

double nt_run_figure(const nt_run_result *result, const char *name) {
  size_t i = nt_measure_find(name);
  return result->measured && i < nt_measure_count ? result->measured->value[i] : NAN;
}
