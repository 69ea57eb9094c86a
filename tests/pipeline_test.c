/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <sys/stat.h>

#include <ninetails/ninetails.h>

#include "ground/checksum.h"
#include "metrics/measures.h"
#include "directory.h"
#include "small_capture.h"

/* ---------------------------------------------------------------- inputs of our own */

/* The folder's files whose names do not begin as those of the inputs do. */
static int count_outputs(void) {
  DIR *d = opendir(".");
  int count = 0;
  for (struct dirent *e; d && (e = readdir(d));)
    count += e->d_name[0] != 'i' && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  closedir(d);
  return count;
}

static nt_run_options small_options(void) {
  nt_run_options options = nt_run_defaults();
  options.input = "in.pcap";
  options.kitnet.fm_grace = 500;
  options.kitnet.ad_grace = 3000;
  return options;
}

static void inputs_are_made(void) {
  write_capture("in.pcap");
  write_labels("in.labels", PACKETS);
  write_labels("in.short", PACKETS - 1);
  write_labels("in.long", PACKETS + 1);
  CU_ASSERT_EQUAL(access("in.pcap", R_OK), 0);
}

/* ---------------------------------------------------------------- the pipeline */

typedef struct tally {
  uint64_t rows, blocks;
  int in_order;
  uint64_t fail_at; /* block at which the sink fails; 0: never */
  double *scores, *features;
} tally;

static nt_status tally_rows(void *context, const nt_pipeline_rows *rows, nt_error *err) {
  tally *t = context;
  t->in_order &= rows->first == t->rows;
  if (++t->blocks == t->fail_at) return nt_fail(err, NT_E_IO, "sink: full");
  memcpy(t->scores + t->rows, rows->scores, rows->count * sizeof *t->scores);
  memcpy(t->features + t->rows * rows->width, rows->features,
         rows->count * rows->width * sizeof *t->features);
  t->rows += rows->count;
  return NT_OK;
}

static nt_status run_pipeline(int threads, size_t chunk, tally *t, nt_pipeline_result *result,
                              nt_error *err) {
  nt_run_options o = small_options();
  nt_capture *capture = nt_capture_open(o.input, err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(capture);
  nt_extractor *extractor = nt_extractor_new(&o.extractor, err);
  nt_kitnet *kitnet = nt_kitnet_new(nt_profile_width(o.extractor.profile), &o.kitnet, NULL, err);
  const nt_pipeline_options options = {.extractor = extractor,
                                       .width = nt_profile_width(o.extractor.profile),
                                       .kitnet = kitnet,
                                       .threads = threads,
                                       .chunk = chunk,
                                       .sink = tally_rows,
                                       .sink_context = t};
  nt_status status = nt_pipeline_run(capture, &options, result, err);
  nt_kitnet_free(kitnet);
  nt_extractor_free(extractor);
  nt_capture_close(capture);
  return status;
}

static void bits_do_not_depend_on_threads_or_chunks(void) {
  static const struct {
    int threads;
    size_t chunk;
  } ways[] = {{1, 4096}, {2, 4096}, {3, 1000}, {4, 1}, {8, 77}, {1, PACKETS}, {2, 100000}, {0, 0}};
  size_t width = nt_profile_width(NT_PROFILE_STREAM);
  double *scores = NULL, *features = NULL;
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    nt_error err;
    nt_pipeline_result result;
    tally t = {.in_order = 1,
               .scores = calloc(PACKETS, sizeof(double)),
               .features = calloc(PACKETS * width, sizeof(double))};
    CHECK_OK(run_pipeline(ways[i].threads, ways[i].chunk, &t, &result, &err), err);
    CU_ASSERT(t.in_order);
    CU_ASSERT_EQUAL(t.rows, PACKETS);
    CU_ASSERT_EQUAL(result.packets, PACKETS);
    CU_ASSERT_EQUAL(result.in_phase[NT_PHASE_MAPPING], 501);
    CU_ASSERT_EQUAL(result.in_phase[NT_PHASE_TRAINING], 3000);
    CU_ASSERT_EQUAL(result.in_phase[NT_PHASE_EXECUTION], PACKETS - 3501);
    CU_ASSERT_EQUAL(result.rows[NT_STAGE_EXECUTE], PACKETS - 3501);
    CU_ASSERT_EQUAL(result.usage.packets, PACKETS);
    if (!scores) {
      scores = t.scores;
      features = t.features;
      continue;
    }
    CU_ASSERT_EQUAL(memcmp(t.scores, scores, PACKETS * sizeof *scores), 0);
    CU_ASSERT_EQUAL(memcmp(t.features, features, PACKETS * width * sizeof *features), 0);
    free(t.scores);
    free(t.features);
  }
  size_t zeros = 0;
  for (size_t i = 3501; i < PACKETS; i++) zeros += scores[i] == 0;
  CU_ASSERT_EQUAL(zeros, 0); /* else the comparison would compare nothing */
  free(scores);
  free(features);
}

static void failing_sink_ends_the_run(void) {
  size_t width = nt_profile_width(NT_PROFILE_STREAM);
  for (int threads = 1; threads <= 4; threads++) {
    nt_error err;
    nt_pipeline_result result;
    tally t = {.in_order = 1,
               .fail_at = 3,
               .scores = calloc(PACKETS, sizeof(double)),
               .features = calloc(PACKETS * width, sizeof(double))};
    CU_ASSERT_EQUAL(run_pipeline(threads, 100, &t, &result, &err), NT_E_IO);
    CU_ASSERT_STRING_EQUAL(err.text, "sink: full");
    CU_ASSERT_EQUAL(t.blocks, 3);
    CU_ASSERT_EQUAL(result.packets, 600); /* six rounds, whatever the number of threads */
    free(t.scores);
    free(t.features);
  }
}

/* ---------------------------------------------------------------- runs */

static void run_agrees_with_itself_through_files(void) {
  nt_error err;
  nt_run_options o = small_options();
  nt_run_result direct, again, mapped;
  CHECK_OK(nt_run(&o, &direct, &err), err);
  CU_ASSERT_EQUAL(direct.grace, 3501);
  CU_ASSERT(direct.map.autoencoders > 1);

  /* Features written as text and read back give the same scores, bit for bit. */
  o.score = 0;
  o.output = "features.csv";
  CHECK_OK(nt_run(&o, &again, &err), err);
  nt_run_result_done(&again);
  o = small_options();
  o.input = "features.csv";
  o.output = "scores.h5";
  CHECK_OK(nt_run(&o, &again, &err), err);
  CU_ASSERT_EQUAL(again.format, NT_FORMAT_FEATURES);
  CU_ASSERT_FALSE(again.extracted);
  CU_ASSERT_EQUAL(again.pipeline.packets, PACKETS);
  CU_ASSERT_EQUAL(memcmp(again.scores, direct.scores, PACKETS * sizeof *direct.scores), 0);

  /* A stored map replaces the mapping: training begins with the first row. */
  o = small_options();
  o.feature_map = "scores.h5";
  CHECK_OK(nt_run(&o, &mapped, &err), err);
  CU_ASSERT_EQUAL(mapped.grace, 3000);
  CU_ASSERT_EQUAL(mapped.map.total, direct.map.total);
  CU_ASSERT_EQUAL(memcmp(mapped.map.features, direct.map.features,
                         direct.map.total * sizeof *direct.map.features),
                  0);
  nt_run_result_done(&mapped);
  nt_run_result_done(&again);
  nt_run_result_done(&direct);
  unlink("features.csv");
  unlink("scores.h5");
}

/* Each mistake is an error that names it and leaves no output. */
static void mistakes_leave_no_output(void) {
  nt_run_options good = small_options(), bad[9];
  good.output = "out.h5";
  for (size_t i = 0; i < 9; i++) bad[i] = good;
  static const struct {
    nt_status status;
    const char *text;
  } expected[9] = {
      {NT_E_INPUT, "9001 packets, of which mapping takes the first 5000 + 1"},
      {NT_E_INPUT, "9000"},
      {NT_E_INPUT, "9002"},
      {NT_E_IO, "none.pcap"},
      {NT_E_IO, "none.labels"},
      {NT_E_ARGUMENT, "tail_probability = 1: expected"},
      {NT_E_ARGUMENT, "compression = 10: expected"},
      {NT_E_ARGUMENT, "would replace the input"},
      {NT_E_ARGUMENT, "expected only when scoring"},
  };
  bad[0].kitnet.fm_grace = 5000, bad[0].kitnet.ad_grace = 4000;
  bad[1].labels = "in.short";
  bad[2].labels = "in.long";
  bad[3].input = "none.pcap";
  bad[4].labels = "none.labels";
  bad[5].tail_probability = 1;
  bad[6].compression = 10;
  bad[7].output = bad[7].input;
  bad[8].score = 0, bad[8].labels = "in.labels";
  for (size_t i = 0; i < 9; i++) {
    nt_error err;
    nt_run_result result;
    nt_status status = nt_run(&bad[i], &result, &err);
    CU_ASSERT_EQUAL(status, expected[i].status);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, expected[i].text));
    if (status == NT_OK || !strstr(err.text, expected[i].text))
      printf("  mistake %zu: %s\n", i, status == NT_OK ? "accepted" : err.text);
    nt_run_result_done(&result);
    CU_ASSERT_EQUAL(count_outputs(), 0);
  }
}

static void cancelled_run_leaves_no_output(void) {
  nt_error err;
  nt_run_result result;
  volatile sig_atomic_t cancel = 1;
  nt_run_options o = small_options();
  o.output = "out.h5";
  o.cancel = &cancel;
  CU_ASSERT_EQUAL(nt_run(&o, &result, &err), NT_E_STATE);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "interrupted after "));
  nt_run_result_done(&result);
  CU_ASSERT_EQUAL(count_outputs(), 0);
}

static void shortest_capture_that_can_be_scored(void) {
  nt_error err;
  nt_run_result result;
  nt_run_options o = small_options();
  o.kitnet.fm_grace = 1000;
  o.kitnet.ad_grace = PACKETS - 1001 - 1;
  CHECK_OK(nt_run(&o, &result, &err), err);
  CU_ASSERT_EQUAL(result.summary.scored, 1);
  nt_run_result_done(&result);
  o.kitnet.ad_grace++;
  CU_ASSERT_EQUAL(nt_run(&o, &result, &err), NT_E_INPUT);
  nt_run_result_done(&result);
}

static void labels_give_counts_and_areas(void) {
  nt_error err;
  nt_run_result result;
  nt_run_options o = small_options();
  o.labels = "in.labels";
  CHECK_OK(nt_run(&o, &result, &err), err);
  const nt_run_summary *s = &result.summary;
  CU_ASSERT(s->labelled);
  CU_ASSERT_EQUAL(s->attacks, 300); /* 6010 to 9000 */
  CU_ASSERT_EQUAL(s->attacks + s->benign, s->scored);
  CU_ASSERT(s->auc > 0 && s->auc < 1 && s->eer > 0 && s->eer < 1);
  nt_run_result_done(&result);
}

/* ---------------------------------------------------------------- parts */

static void digest_is_that_of_the_standard(void) {
  FILE *f = fopen("abc", "w");
  fputs("abc", f);
  fclose(f);
  struct stat st;
  nt_digest digest;
  CU_ASSERT_EQUAL(stat("abc", &st), 0);
  nt_digest_file("abc", &st, &digest);
  CU_ASSERT_STRING_EQUAL(digest.sha256, /* FIPS 180-2, appendix B.1 */
                         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CU_ASSERT_EQUAL(digest.bytes, 3);
  st.st_size = 4; /* as if the file had been longer when the run began */
  nt_digest_file("abc", &st, &digest);
  CU_ASSERT_STRING_EQUAL(digest.sha256, "");
  CU_ASSERT_STRING_EQUAL(digest.why, "the input changed during the run");
  unlink("abc");
}

/* The checksum, taken beside the stages by whichever thread is free, is that of the file. */
static void digest_does_not_depend_on_threads(void) {
  nt_error err;
  char expected[NT_CHECKSUM_TEXT];
  CHECK_OK(nt_checksum_file("in.pcap", "sha256", 0, expected, NULL, &err), err);
  for (int threads = 1; threads <= 5; threads++) {
    nt_run_options o = small_options();
    nt_run_result result;
    o.output = "out.h5";
    o.threads = threads;
    CHECK_OK(nt_run(&o, &result, &err), err);
    const nt_digests *d = &result.digests;
    CU_ASSERT_STRING_EQUAL(d->file.sha256, expected);
    CU_ASSERT_STRING_EQUAL(d->content.sha256, expected);
    CU_ASSERT_EQUAL(d->file.bytes, d->content.bytes);
    CU_ASSERT(!d->file.why && !d->content.why); /* a reason replaces a missing checksum */
    CU_ASSERT_EQUAL(result.pipeline.rows[NT_STAGE_DIGEST], PACKETS);
    CU_ASSERT(result.pipeline.seconds[NT_STAGE_READ] >= 0);
    CU_ASSERT(result.seconds >= result.pipeline.wall_seconds); /* the stages are a part of it */
    nt_run_result_done(&result);
  }
  unlink("out.h5");
}

static void threshold_is_that_of_the_end_of_training(void) {
  nt_error err;
  nt_run_summary s;
  static double training[20000], scores[4] = {0, 1, 1e9, NAN};
  for (size_t i = 0; i < 20000; i++) /* 18000 extreme scores, then ln s = -1 and 1 in turn */
    training[i] = i < 18000 ? 1e6 : exp(i % 2 ? 1 : -1);
  CHECK_OK(nt_run_summarise(scores, 4, 1, training, 20000, NULL, 0.001, &s, &err), err);
  const nt_lognormal *fit = &s.threshold.fit;
  CU_ASSERT_EQUAL(fit->used, 2000);
  CU_ASSERT_DOUBLE_EQUAL(fit->mean, 0, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(fit->deviation, 1, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(s.threshold.value, exp(3.090232306167813), 1e-9); /* z of 0.999 */
  CU_ASSERT_EQUAL(s.above, 2);                                             /* 1e9 and NaN */
  CU_ASSERT_EQUAL(s.nan, 1);
  CU_ASSERT_EQUAL(s.scored, 3);
  CU_ASSERT_EQUAL(s.quantiles[0], 1);
  /* 5000 scores: a tenth is less than NT_THRESHOLD_LEAST, which is used; 10: all. */
  CHECK_OK(nt_run_summarise(scores, 4, 1, training + 15000, 5000, NULL, 0.001, &s, &err), err);
  CU_ASSERT_EQUAL(fit->used, NT_THRESHOLD_LEAST);
  CHECK_OK(nt_run_summarise(scores, 4, 1, training + 19990, 10, NULL, 0.001, &s, &err), err);
  CU_ASSERT_EQUAL(fit->used, 10);
  CHECK_OK(nt_run_summarise(scores, 4, 1, training, 1, NULL, 0.001, &s, &err), err);
  CU_ASSERT(isnan(s.threshold.value) && s.above == 0);
  CU_ASSERT_STRING_NOT_EQUAL(s.threshold.absence, "");
}

/* The figures of `score` and of an experiment's table come from one function. */
static void figures_are_those_of_an_experiment(void) {
  enum { N = 6000, GRACE = 2000, M = 1500 };
  static double scores[N], training[M], times[N];
  static uint8_t labels[N];
  for (size_t i = 0; i < N; i++) {
    scores[i] = i < GRACE ? 0 : exp(sin((double)i * i)) + (i % 7 == 0);
    if (i % 1000 == 999) scores[i] = i % 2000 == 999 ? NAN : INFINITY;
    labels[i] = i % 7 == 0 ? 1 : i % 50 == 1 ? NT_LABEL_EXCLUDED : 0;
    times[i] = (double)i;
  }
  for (size_t i = 0; i < M; i++) training[i] = i % 5 ? exp(cos((double)i * i)) : i % 10 ? NAN : 0;
  nt_error err;
  nt_run_summary s;
  nt_measured m;
  CHECK_OK(nt_run_summarise(scores, N, GRACE, training, M, labels, 0.01, &s, &err), err);
  nt_measure_options o = nt_measure_defaults();
  o.tail_probability = 0.01;
  size_t sample = (size_t)nt_threshold_sample(M);
  CHECK_OK(nt_measure_run(scores + GRACE, times + GRACE, labels + GRACE, N - GRACE,
                          training + M - sample, sample, &o, &m, &err),
           err);
  const struct {
    const char *name;
    double value;
  } same[] = {{"scored", (double)s.scored},
              {"attacks", (double)s.attacks},
              {"benign", (double)s.benign},
              {"excluded", (double)s.excluded},
              {"scores_nan", (double)s.nan},
              {"scores_infinite", (double)s.infinite},
              {"auc", s.auc},
              {"eer", s.eer},
              {"eer_nearest", s.eer_nearest},
              {"threshold", s.threshold.value},
              {"threshold_sample", (double)s.threshold.fit.used},
              {"threshold_tpr", s.threshold_tpr},
              {"threshold_fpr", s.threshold_fpr}};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    CU_ASSERT_EQUAL(m.value[nt_measure_find(same[i].name)], same[i].value);
    CU_ASSERT_FALSE(isnan(same[i].value));
  }
  CU_ASSERT(s.trains_on_attacks);
  CU_ASSERT_EQUAL(s.clean, 0);
  nt_measured_done(&m);
}

static void absent_figures_say_why(void) {
  static const double scores[] = {0, NAN, NAN, -NAN}, training[] = {1, 2, 3};
  static const uint8_t labels[] = {0, 0, 1, 0}, late[] = {0, 0, 0, 0};
  nt_error err;
  nt_run_summary s;
  CHECK_OK(nt_run_summarise(scores, 4, 1, training, 3, labels, 0.01, &s, &err), err);
  CU_ASSERT(isnan(s.auc) && isnan(s.eer) && isnan(s.eer_nearest));
  CU_ASSERT_STRING_EQUAL(s.absence, "every score is not a number");
  CU_ASSERT_EQUAL(s.clean, 2);
  CU_ASSERT_FALSE(s.trains_on_attacks);
  CHECK_OK(nt_run_summarise(scores, 4, 3, training, 3, labels, 0.01, &s, &err), err);
  CU_ASSERT(s.trains_on_attacks);
  CHECK_OK(nt_run_summarise(scores, 4, 1, training, 3, late, 0.01, &s, &err), err);
  CU_ASSERT_STRING_EQUAL(s.absence, "no attack packet is scored");
  CU_ASSERT_FALSE(s.trains_on_attacks);
  CHECK_OK(nt_run_summarise(scores, 4, 1, training, 3, NULL, 0.01, &s, &err), err);
  CU_ASSERT_STRING_EQUAL(s.absence, "no labels are given");
}

/* Figures of the public reference for real captures (py100, exact ties). */
static void areas_are_those_of_the_reference(void) {
  static const struct {
    const char *capture, *labels;
    uint64_t fm, ad;
    uint64_t attacks;
    double auc, eer;
  } known[] = {
#define MODBUS "data/labelled/modbus_cset16/"
      {MODBUS "moving_two_files_modbus_6RTU.pcap", MODBUS "moving_two_files_modbus_6RTU.labels.csv",
       50, 250, 75, 0.976758, 0.0562},
      {MODBUS "CnC_uploading_exe_modbus_6RTU_with_operate.pcap",
       MODBUS "CnC_uploading_exe_modbus_6RTU_with_operate.labels.csv", 100, 600, 121, 0.952986,
       0.0761},
      {MODBUS "characterization_modbus_6RTU_with_operate.pcap",
       MODBUS "characterization_modbus_6RTU_with_operate.labels.csv", 1000, 5000, 3436, 0.546604,
       0.4470},
      {"data/labelled/westermo_right/right_reduced.pcap.gz",
       "data/labelled/westermo_right/labels.csv.gz", 20, 90, 23214, 0.971396, 0.0426},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    char capture[4096];
    const char *path = check_shared(known[i].capture);
    if (!path) continue;
    snprintf(capture, sizeof capture, "%s", path);
    nt_run_options o = nt_run_defaults();
    o.input = capture;
    if (!(o.labels = check_shared(known[i].labels))) continue;
    o.extractor.profile = NT_PROFILE_PY100;
    o.kitnet.fm_grace = known[i].fm;
    o.kitnet.ad_grace = known[i].ad;
    nt_run_result result;
    nt_error err;
    CHECK_OK(nt_run(&o, &result, &err), err);
    CU_ASSERT_EQUAL(result.summary.attacks, known[i].attacks);
    CU_ASSERT_DOUBLE_EQUAL(result.summary.auc, known[i].auc, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(result.summary.eer_nearest, known[i].eer, 5e-5);
    nt_run_result_done(&result);
  }
}

static void inputs_are_removed(void) {
  static const char *const names[] = {"in.pcap", "in.labels", "in.short", "in.long"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(names[i]);
}

static const check_case cases[] = {
    {"inputs are made", inputs_are_made},
    {"bits do not depend on threads or chunks", bits_do_not_depend_on_threads_or_chunks},
    {"a failing sink ends the run", failing_sink_ends_the_run},
    {"a run agrees with itself through files", run_agrees_with_itself_through_files},
    {"mistakes leave no output", mistakes_leave_no_output},
    {"a cancelled run leaves no output", cancelled_run_leaves_no_output},
    {"the shortest capture that can be scored", shortest_capture_that_can_be_scored},
    {"labels give counts and areas", labels_give_counts_and_areas},
    {"the digest is that of the standard", digest_is_that_of_the_standard},
    {"the digest does not depend on threads", digest_does_not_depend_on_threads},
    {"the threshold is that of the end of training", threshold_is_that_of_the_end_of_training},
    {"figures are those of an experiment", figures_are_those_of_an_experiment},
    {"absent figures say why", absent_figures_say_why},
    {"areas are those of the reference [outside]", areas_are_those_of_the_reference},
    {"inputs are removed", inputs_are_removed},
};

DIRECTORY_MAIN("pipeline", cases)
