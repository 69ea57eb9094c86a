/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model that takes one packet at a time gives the bits of the pipeline, whose batches are large. */
#include <math.h>

#include <ninetails/ninetails.h>

#include "check.h"
#include "directory.h"
#include "packets.h"
#include "small_capture.h"

static nt_model_options options_of(nt_profile profile, nt_isa isa) {
  nt_model_options o = nt_model_defaults();
  o.extractor.profile = profile;
  o.kitnet.fm_grace = 200;
  o.kitnet.ad_grace = 600;
  o.kitnet.isa = isa;
  return o;
}

/* ---------------------------------------------------------------- the batch path */

/* Scores and training errors of all packets, taken in batches. */
static void batch(const nt_model_options *o, packets p, size_t size, double *scores,
                  double *training) {
  nt_error err;
  size_t width = nt_profile_width(o->extractor.profile);
  nt_extractor *extractor = nt_extractor_new(&o->extractor, &err);
  nt_kitnet *kitnet = nt_kitnet_new(width, &o->kitnet, NULL, &err);
  double *rows = calloc(size, width * sizeof *rows);
  CU_ASSERT_FATAL(extractor && kitnet && rows);
  for (size_t i = 0, n; i < p.count; i += n) {
    n = p.count - i < size ? p.count - i : size;
    CHECK_OK(nt_extractor_update(extractor, p.at + i, n, rows, &err), err);
    CHECK_OK(nt_kitnet_process(kitnet, rows, n, scores + i, training + i, &err), err);
  }
  free(rows);
  nt_extractor_free(extractor);
  nt_kitnet_free(kitnet);
}

static nt_phase phase_at(const nt_model_options *o, size_t i) {
  return i <= o->kitnet.fm_grace                        ? NT_PHASE_MAPPING
         : i <= o->kitnet.fm_grace + o->kitnet.ad_grace ? NT_PHASE_TRAINING
                                                        : NT_PHASE_EXECUTION;
}

/* How many verdicts differ from the batch path's. */
static size_t differences(const nt_model_options *o, packets p) {
  nt_error err;
  double *scores = calloc(p.count, sizeof *scores), *training = calloc(p.count, sizeof *training);
  batch(o, p, 1000, scores, training);
  nt_model *model = nt_model_new(o, NULL, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  size_t wrong = 0;
  for (size_t i = 0; i < p.count; i++) {
    nt_verdict v;
    CHECK_OK(nt_model_push(model, &p.at[i], &v, &err), err);
    wrong += memcmp(&v.score, &scores[i], sizeof v.score) != 0 || v.phase != phase_at(o, i) ||
             memcmp(&v.training, &training[i], sizeof v.training) != 0;
  }
  nt_model_free(model);
  free(scores);
  free(training);
  return wrong;
}

static const nt_profile profiles[] = {NT_PROFILE_PY100, NT_PROFILE_CSV115, NT_PROFILE_STREAM};
static const nt_isa isas[] = {NT_ISA_PLAIN, NT_ISA_AVX2, NT_ISA_AVX512};

static int runs_here(nt_isa isa) {
  nt_isa resolved;
  return nt_isa_resolve(isa, &resolved, NULL) == NT_OK;
}

static void pushed_packets_have_the_bits_of_batches(void) {
  packets p = packets_of_trace();
  for (size_t i = 0; i < 3; i++)
    for (size_t k = 0; k < 3; k++) {
      if (!runs_here(isas[k])) continue;
      nt_model_options o = options_of(profiles[i], isas[k]);
      CU_ASSERT_EQUAL(differences(&o, p), 0);
    }
  free(p.at);
}

static void pushed_packets_have_the_bits_of_batches_on_captures(void) {
  for (size_t i = 0; i < PACKETS_CAPTURES - 1; i++) {
    char relative[256];
    snprintf(relative, sizeof relative, "data/labelled/%s", packets_captures[i].path);
    const char *path = check_shared(relative);
    packets p = path ? packets_of(path, 20000) : (packets){0};
    for (size_t k = 0; path && k < 3; k++) {
      nt_model_options o = options_of(profiles[k], NT_ISA_AUTO);
      CU_ASSERT_EQUAL(differences(&o, p), 0);
    }
    free(p.at);
  }
}

/* ---------------------------------------------------------------- frames, and `nt_run` */

static void frames_have_the_scores_and_the_threshold_of_a_run(void) {
  write_capture("in.pcap");
  nt_error err;
  nt_run_options run = nt_run_defaults();
  run.input = "in.pcap";
  run.kitnet.fm_grace = 500;
  run.kitnet.ad_grace = 3000;
  nt_run_result result;
  CHECK_OK(nt_run(&run, &result, &err), err);
  nt_model_options o = nt_model_defaults();
  o.kitnet = run.kitnet;
  nt_model *model = nt_model_new(&o, NULL, &err);
  nt_capture *capture = nt_capture_open("in.pcap", &err);
  CU_ASSERT_FATAL(model && capture);
  uint64_t i = 0, wrong = 0, alarms = 0;
  nt_frame frame;
  for (int got = 1; nt_capture_next_frame(capture, &frame, &got, &err) == NT_OK && got; i++) {
    nt_verdict v;
    CHECK_OK(nt_model_push_frame(model, &frame, &v, &err), err);
    wrong += memcmp(&v.score, &result.scores[i], sizeof v.score) != 0;
    alarms += (uint64_t)v.alarm;
  }
  nt_model_facts f;
  nt_model_facts_of(model, &f);
  CU_ASSERT_EQUAL(i, PACKETS);
  CU_ASSERT_EQUAL(wrong, 0);
  CU_ASSERT(alarms > 0);
  CU_ASSERT_EQUAL(alarms, result.summary.above);
  CU_ASSERT_EQUAL(memcmp(&f.threshold.value, &result.summary.threshold.value, sizeof(double)), 0);
  CU_ASSERT_EQUAL(f.threshold.fit.used, 1000);
  CU_ASSERT_EQUAL(f.last_trained - f.first_time, result.training_seconds);
  CU_ASSERT_EQUAL(memcmp(f.in_phase, result.pipeline.in_phase, sizeof f.in_phase), 0);
  CU_ASSERT_EQUAL(f.autoencoders, result.map.autoencoders);
  CU_ASSERT_EQUAL(memcmp(&f.usage, &result.pipeline.usage, sizeof f.usage), 0);
  nt_model_free(model);
  nt_capture_close(capture);
  nt_run_result_done(&result);
  unlink("in.pcap");
}

/* ---------------------------------------------------------------- phases, maps, mistakes */

static void facts_tell_the_phase(void) {
  packets p = packets_of_trace();
  nt_model_options o = options_of(NT_PROFILE_STREAM, NT_ISA_AUTO);
  nt_error err;
  nt_model *model = nt_model_new(&o, NULL, &err);
  nt_model_facts f;
  nt_verdict v;
  nt_model_facts_of(model, &f);
  CU_ASSERT_EQUAL(f.phase, NT_PHASE_MAPPING);
  CU_ASSERT_EQUAL(f.left, 201);
  CU_ASSERT(isnan(f.first_time));
  for (size_t i = 0; i < 900; i++) {
    CHECK_OK(nt_model_push(model, &p.at[i], &v, &err), err);
    nt_model_facts_of(model, &f);
    CU_ASSERT_EQUAL(f.phase, phase_at(&o, i + 1));
    CU_ASSERT_EQUAL(isnan(f.threshold.value), i < 800);
    CU_ASSERT_EQUAL(f.autoencoders == 0, i < 200);
  }
  CU_ASSERT_EQUAL(f.packets, 900);
  CU_ASSERT_EQUAL(f.left, UINT64_MAX);
  nt_model_free(model);
  free(p.at);
}

/* With a map training begins at once; with no training either, so does execution. */
static void a_given_map_leaves_out_the_mapping(void) {
  size_t sizes[] = {50, 50}, features[100];
  for (size_t i = 0; i < 100; i++) features[i] = i;
  const nt_feature_map map = {
      .autoencoders = 2, .sizes = sizes, .total = 100, .features = features};
  packets p = packets_of_trace();
  nt_model_options o = options_of(NT_PROFILE_STREAM, NT_ISA_AUTO);
  nt_error err;
  nt_verdict v;
  for (uint64_t ad = 0; ad < 2; ad++) {
    o.kitnet.ad_grace = ad;
    nt_model *model = nt_model_new(&o, &map, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    CHECK_OK(nt_model_push(model, p.at, &v, &err), err);
    CU_ASSERT_EQUAL(v.phase, ad ? NT_PHASE_TRAINING : NT_PHASE_EXECUTION);
    nt_model_facts f;
    nt_model_facts_of(model, &f);
    CU_ASSERT_EQUAL(f.phase, NT_PHASE_EXECUTION);
    CU_ASSERT(isnan(f.threshold.value) && *f.threshold.absence);
    CU_ASSERT_EQUAL(v.alarm, 0);
    nt_model_free(model);
  }
  features[3] = 100;
  CU_ASSERT_PTR_NULL(nt_model_new(&o, &map, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_INPUT);
  free(p.at);
}

static void mistakes_are_named(void) {
  nt_error err;
  nt_model_options o = nt_model_defaults();
  o.tail_probability = 1;
  CU_ASSERT_PTR_NULL(nt_model_new(&o, NULL, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
  CU_ASSERT_STRING_EQUAL(err.text,
                         "tail_probability = 1: expected a number more than 0 and below 1");
  o = nt_model_defaults();
  o.kitnet.hidden_ratio = 2;
  CU_ASSERT_PTR_NULL(nt_model_new(&o, NULL, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
  o = nt_model_defaults();
  o.extractor.profile = (nt_profile)7;
  CU_ASSERT_PTR_NULL(nt_model_new(&o, NULL, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
}

/* A time that is not finite is the first jitter of csv115: no map can be learnt from that. */
static void a_model_that_failed_takes_nothing_more(void) {
  nt_model_options o = options_of(NT_PROFILE_CSV115, NT_ISA_AUTO);
  o.kitnet.fm_grace = 2;
  nt_error err;
  nt_verdict v;
  nt_model *model = nt_model_new(&o, NULL, &err);
  nt_status status = NT_OK;
  for (int i = 0; i < 3; i++) {
    CU_ASSERT_EQUAL(status, NT_OK);
    nt_packet p = packets_tcp(INFINITY, 1, 2, 3, 4, 60);
    status = nt_model_push(model, &p, &v, &err);
  }
  CU_ASSERT_EQUAL(status, NT_E_INPUT);
  nt_packet p = packets_tcp(1, 1, 2, 3, 4, 60);
  CU_ASSERT_EQUAL(nt_model_push(model, &p, &v, &err), NT_E_STATE);
  nt_model_free(model);
}

static const check_case cases[] = {
    {"pushed packets have the bits of batches", pushed_packets_have_the_bits_of_batches},
    {"pushed packets have the bits of batches on captures [outside]",
     pushed_packets_have_the_bits_of_batches_on_captures},
    {"frames have the scores and the threshold of a run",
     frames_have_the_scores_and_the_threshold_of_a_run},
    {"facts tell the phase", facts_tell_the_phase},
    {"a given map leaves out the mapping", a_given_map_leaves_out_the_mapping},
    {"mistakes are named", mistakes_are_named},
    {"a model that failed takes nothing more", a_model_that_failed_takes_nothing_more},
};

int main(void) {
  char directory[] = "/tmp/ninetails-model-XXXXXX";
  if (!mkdtemp(directory) || chdir(directory) != 0) return 2;
  int result = check_main("model", cases, sizeof cases / sizeof *cases);
  int left = count_files();
  if (left) printf("%d files were left in %s\n", left, directory);
  remove_files();
  return left || rmdir(directory) != 0 ? 1 : result;
}
