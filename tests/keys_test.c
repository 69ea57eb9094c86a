/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every parameter is in a key: whatever can be told is told otherwise, and the key is another. */
#include <stdlib.h>
#include <unistd.h>

#include "sweep/graph.h"

#include "sweep_plans.h"

/* A plan of one run, whose values the tests change in place. */
typedef struct single {
  nt_sweep_options options;
  nt_sweep_input input;
  nt_sweep_run run;
  nt_value values[64];
} single;

typedef struct keys {
  char features[NT_KEY_TEXT], scores[NT_KEY_TEXT], run[NT_KEY_TEXT];
} keys;

static single begin(const nt_detector_class *class) {
  single s = {.input = {.name = "small",
                        .capture = "in.pcap",
                        .labels = "in.labels",
                        .extracted = 1,
                        .profile = NT_PROFILE_STREAM}};
  nt_parameter_fill(nt_sweep_parameters, NT_SWEEP_PARAMETERS, &s.options);
  nt_parameter_fill(nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, &s.run);
  nt_parameter_presets(class->parameters, class->parameter_count, s.values);
  s.options.folder = "runs";
  s.options.cache = "cache";
  s.options.measures = nt_measure_defaults();
  s.run.kind = class;
  return s;
}

static keys keys_of(single *s) {
  nt_error err = {0};
  keys k = {"", "", ""};
  s->run.values = s->values;
  nt_sweep *sweep = nt_sweep_new(&s->options, &s->input, 1, &s->run, 1, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(sweep);
  memcpy(k.features, sweep->inputs[0].key, sizeof k.features);
  memcpy(k.scores, sweep->jobs[0].key, sizeof k.scores);
  memcpy(k.run, sweep->runs[0].key, sizeof k.run);
  nt_sweep_free(sweep);
  return k;
}

/* Another value within the range. */
static nt_value flipped(const nt_parameter *p, nt_value value) {
  const double candidates[] = {1 - value.number, value.number + 1, value.number / 2,
                               value.number - 1, value.number * 2};
  if (p->type == NT_PARAMETER_TEXT) return (nt_value){.text = "another"};
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
    nt_value other = {.number = candidates[i]};
    if (other.number != value.number && nt_parameter_check(p, &other, NULL) == NT_OK) return other;
  }
  CU_FAIL("no other value is within the range");
  return value;
}

#define DIFFERS(a, b, part) (strcmp((a).part, (b).part) != 0)

static void expect(const char *what, int differs, int expected) {
  CU_ASSERT_EQUAL(differs, expected);
  if (differs != expected) printf("  %s: the key is %s\n", what, differs ? "another" : "the same");
}

static void parameters_of_detectors(void) {
  for (size_t d = 0; nt_detectors[d]; d++) {
    const nt_detector_class *class = nt_detectors[d];
    single s = begin(class);
    keys before = keys_of(&s);
    for (size_t i = 0; i < class->parameter_count; i++) {
      nt_value kept = s.values[i];
      s.values[i] = flipped(&class->parameters[i], kept);
      keys after = keys_of(&s);
      expect(class->parameters[i].name, DIFFERS(before, after, scores), 1);
      expect(class->parameters[i].name, DIFFERS(before, after, run), 1);
      s.values[i] = kept;
    }
  }
}

/* Every row of a table, of a struct that is a part of the plan. */
static void flip_all(single *s, const nt_parameter *rows, size_t count, void *options,
                     int scores_too) {
  keys before = keys_of(s);
  for (size_t i = 0; i < count; i++) {
    const nt_parameter *p = &rows[i];
    nt_value kept = nt_parameter_get(p, options);
    if (p->type == NT_PARAMETER_TEXT) continue; /* folders: the keys lie in them */
    nt_parameter_put(p, flipped(p, kept), options);
    keys after = keys_of(s);
    expect(p->name, DIFFERS(before, after, run), !p->unkeyed);
    expect(p->name, DIFFERS(before, after, scores), scores_too && !p->unkeyed);
    nt_parameter_put(p, kept, options);
  }
}

static void what_metrics_are_told(void) {
  single s = begin(nt_detectors[0]);
  flip_all(&s, nt_measure_parameters, NT_MEASURE_PARAMETERS, &s.options.measures, 0);
}

static void what_a_sweep_is_told(void) {
  single s = begin(nt_detectors[0]);
  flip_all(&s, nt_sweep_parameters, NT_SWEEP_PARAMETERS, &s.options, 0);
}

static void what_a_run_is_told(void) {
  single s = begin(nt_detectors[0]);
  CU_ASSERT(nt_detectors[0]->flags & NT_DETECTOR_SEEDED);
  flip_all(&s, &nt_sweep_run_parameters[NT_SWEEP_SEED], NT_SWEEP_RUN_PARAMETERS - NT_SWEEP_SEED,
           &s.run, 1);
  flip_all(&s, &nt_sweep_run_parameters[NT_SWEEP_REPLICATE], 1, &s.run, 0);
}

/* Scores of a detector without random numbers are computed once for all seeds. */
static void seeds_of_what_has_none(void) {
  single s = begin(nt_detector_find("mahalanobis", NULL));
  flip_all(&s, &nt_sweep_run_parameters[NT_SWEEP_SEED], 1, &s.run, 0);
}

static void what_inputs_are_told(void) {
  single s = begin(nt_detectors[0]);
  keys before = keys_of(&s), after;
  s.input.profile = NT_PROFILE_CSV115;
  after = keys_of(&s);
  expect("profile", DIFFERS(before, after, features), 1);
  expect("profile", DIFFERS(before, after, scores), 1);
  s.input.extracted = 0;
  after = keys_of(&s);
  expect("rows", DIFFERS(before, after, features), 1);
  s = begin(nt_detectors[0]);
  s.input.labels = NULL;
  after = keys_of(&s);
  expect("labels", DIFFERS(before, after, scores), 0);
  expect("labels", DIFFERS(before, after, run), 1);
}

/* ---------------------------------------------------------------- no member without a row */

/* Bytes of a struct that no row names: padding, and what is told by other means. */
static size_t unnamed(const nt_parameter *rows, size_t count, size_t size) {
  unsigned char named[1024] = {0};
  CU_ASSERT_FATAL(size <= sizeof named);
  for (size_t i = 0; i < count; i++) {
    CU_ASSERT_FATAL(rows[i].size > 0 && rows[i].offset + rows[i].size <= size);
    for (size_t b = 0; b < rows[i].size; b++) {
      CU_ASSERT_FALSE(named[rows[i].offset + b]); /* nor one with two */
      named[rows[i].offset + b] = 1;
    }
  }
  size_t left = 0;
  for (size_t b = 0; b < size; b++) left += !named[b];
  return left;
}

static void every_member_has_a_row(void) {
  /* 3 bytes after a bool, 4 after an enum at the end, 4 before an uint64_t. */
  CU_ASSERT_EQUAL(unnamed(nt_measure_parameters, NT_MEASURE_PARAMETERS, sizeof(nt_measure_options)),
                  3);
  CU_ASSERT_EQUAL(unnamed(nt_kitnet_parameters, NT_KITNET_PARAMETERS, sizeof(nt_kitnet_options)),
                  4);
  CU_ASSERT_EQUAL(
      unnamed(nt_extractor_parameters, NT_EXTRACTOR_PARAMETERS, sizeof(nt_extractor_options)), 4);
  /* input, kind, values, code; 4 after the seed */
  CU_ASSERT_EQUAL(unnamed(nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, sizeof(nt_sweep_run)),
                  sizeof(size_t) + 3 * sizeof(void *) + 4);
}

int main(void) {
  static char directory[] = "/tmp/ninetails-keys-XXXXXX";
  static const check_case cases[] = {
      {"parameters of detectors", parameters_of_detectors},
      {"what metrics are told", what_metrics_are_told},
      {"what a sweep is told", what_a_sweep_is_told},
      {"what a run is told", what_a_run_is_told},
      {"seeds of what has none", seeds_of_what_has_none},
      {"what inputs are told", what_inputs_are_told},
      {"every member has a row", every_member_has_a_row},
  };
  if (!mkdtemp(directory) || chdir(directory) != 0) return 2;
  write_capture("in.pcap");
  write_labels("in.labels", PACKETS);
  int failed = check_main("keys", cases, sizeof cases / sizeof *cases);
  char command[256];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  return system(command) != 0 || failed;
}
