/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every detector of the table keeps the contract of detector.h, and the check
 * finds detectors that break it. */
#include <time.h>

#include "check.h"
#include "detector_contract.h"
#include "tcp_frames.h"

/* ---------------------------------------------------------------- Suricata's input */

enum { PACKETS = LEARN + 1000 };
static char capture_path[64], eve_path[64], other_eve_path[64];

static file make_capture(void) {
  dataset d = data_of(PACKETS, WIDTH, LEARN, NULL);
  frame_of *frames = calloc(PACKETS, sizeof *frames);
  for (size_t i = 0; i < PACKETS; i++)
    frames[i] = (frame_of){(int64_t)(d.times[i] * 1e6 + 0.5), FRAME_TCP, 1, (uint8_t)(2 + i % 3),
                           (uint16_t)(1000 + i % 7),          80};
  file f = frames_file(frames, PACKETS);
  free(frames);
  data_free(&d);
  return f;
}

static file make_eve(int severity) {
  char text[512];
  snprintf(text, sizeof text,
           "{\"timestamp\": \"2017-07-14T02:40:06.000000+0000\", \"event_type\": \"alert\", "
           "\"src_ip\": \"10.0.0.1\", \"src_port\": 1003, \"dest_ip\": \"10.0.0.2\", "
           "\"dest_port\": 80, \"proto\": \"TCP\", \"alert\": {\"severity\": %d}}\n",
           severity);
  return file_of_text(text);
}

static const contract_hint hints[] = {
    {.kind = "suricata",
     .parameter = "eve",
     .text = other_eve_path,
     .with = "eve",
     .with_text = eve_path},
    {.kind = "suricata", .parameter = "program", .excuse = "runs it: suricata_test.c"},
    {.kind = "suricata", .parameter = "rules", .excuse = "runs it: suricata_test.c"},
    {.kind = "suricata", .parameter = "seconds", .excuse = "runs it: suricata_test.c"},
    {.kind = "one_feature", .parameter = "feature", .text = "column_3"},
    {.kind = "pcstream2", .parameter = "models", .number = 1, .with = "phi", .with_number = 0.5},
};
#define HINTS (sizeof hints / sizeof *hints)

/* ---------------------------------------------------------------- the table */

static void table_keeps_the_contract(void) {
  for (size_t i = 0; nt_detectors[i]; i++) {
    clock_t start = clock();
    CU_ASSERT_EQUAL(contract_broken(nt_detectors[i], hints, HINTS, capture_path, 0), 0);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (seconds > 1) printf("  %s: %.1f s\n", nt_detectors[i]->name, seconds);
  }
}

static void names_are_unique_and_found(void) {
  nt_error err;
  for (size_t i = 0; nt_detectors[i]; i++)
    CU_ASSERT_PTR_EQUAL(nt_detector_find(nt_detectors[i]->name, &err), nt_detectors[i]);
  CU_ASSERT_PTR_NULL(nt_detector_find("kitsune", &err));
  CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "kitsune"));
}

static void hints_are_about_something(void) {
  for (size_t i = 0; i < HINTS; i++) {
    const nt_detector_class *class = nt_detector_find(hints[i].kind, NULL);
    if (!class) continue;
    CU_ASSERT(nt_parameter_find(class->parameters, class->parameter_count, hints[i].parameter) <
              class->parameter_count);
  }
}

/* ---------------------------------------------------------------- detectors that break it */

typedef struct faulty {
  uint64_t seed;
  size_t rows;
  double factor;
} faulty;

static void *faulty_create(const nt_detector_setting *setting, const nt_value *values,
                           nt_error *err) {
  (void)err;
  faulty *f = calloc(1, sizeof *f);
  f->seed = setting->seed;
  f->factor = values[0].number;
  return f;
}
static nt_status faulty_learn(void *detector, const nt_rows *rows, double *training,
                              nt_error *err) {
  (void)detector, (void)err;
  for (size_t i = 0; i < rows->count; i++) training[i] = NAN;
  return NT_OK;
}
static nt_status good_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  const faulty *f = detector;
  (void)err;
  for (size_t i = 0; i < rows->count; i++)
    scores[i] = f->factor * rows->features[i * rows->width] + 1e-6 * (double)f->seed;
  return NT_OK;
}
static size_t faulty_memory(const void *detector) {
  (void)detector;
  return sizeof(faulty);
}

static const nt_parameter factor[] = {{.name = "factor",
                                       .type = NT_PARAMETER_NUMBER,
                                       .unit = "1",
                                       .help = "what rows are multiplied by",
                                       .preset = 1,
                                       .least = 0,
                                       .most = 10}};
static const nt_detector_class good = {.name = "good",
                                       .title = "Good",
                                       .source = "this test",
                                       .cost = "O(1)",
                                       .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_SEEDED,
                                       .parameters = factor,
                                       .parameter_count = 1,
                                       .create = faulty_create,
                                       .learn = faulty_learn,
                                       .score = good_score,
                                       .free = free,
                                       .memory = faulty_memory};

static nt_status score_by_chunk(void *detector, const nt_rows *rows, double *scores,
                                nt_error *err) {
  good_score(detector, rows, scores, err);
  if (rows->count > 0) scores[0] += 1e-9 * (double)rows->count;
  return NT_OK;
}
static nt_status score_without_factor(void *detector, const nt_rows *rows, double *scores,
                                      nt_error *err) {
  ((faulty *)detector)->factor = 1;
  return good_score(detector, rows, scores, err);
}
static nt_status score_by_count(void *detector, const nt_rows *rows, double *scores,
                                nt_error *err) {
  good_score(detector, rows, scores, err);
  for (size_t i = 0; i < rows->count; i++) scores[i] += (double)((faulty *)detector)->rows++;
  return NT_OK;
}
static nt_status score_not_all(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  nt_rows some = *rows;
  if (rows->count > 0 && rows->first + rows->count == ROWS) some.count--;
  return good_score(detector, &some, scores, err);
}
static nt_status score_nan(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  good_score(detector, rows, scores, err);
  for (size_t i = 0; i < rows->count; i++)
    if (rows->first + i == 500) scores[i] = NAN;
  return NT_OK;
}
static nt_status score_wordless(void *detector, const nt_rows *rows, double *scores,
                                nt_error *err) {
  for (size_t i = 0; i < rows->count * rows->width; i++)
    if (!isfinite(rows->features[i])) return nt_fail(err, NT_E_INPUT, "no");
  return good_score(detector, rows, scores, err);
}
static size_t memory_of_rows(const void *detector) {
  return sizeof(faulty) + 8 * ((const faulty *)detector)->rows;
}

static void expect_broken(const char *what, nt_detector_class class) {
  int broken = contract_broken(&class, NULL, 0, NULL, 1);
  if (broken == 0) printf("  not seen: %s\n", what);
  CU_ASSERT(broken > 0);
}

static void the_check_sees_what_is_broken(void) {
  CU_ASSERT_EQUAL(contract_broken(&good, NULL, 0, NULL, 0), 0);
  nt_detector_class c = good;
  expect_broken("chunks", (c = good, c.score = score_by_chunk, c));
  expect_broken("ignored parameter", (c = good, c.score = score_without_factor, c));
  expect_broken("not FROZEN", (c = good, c.score = score_by_count, c));
  expect_broken("FROZEN all the same", (c = good, c.flags = NT_DETECTOR_SEEDED, c));
  expect_broken("SEEDED all the same", (c = good, c.flags = NT_DETECTOR_FROZEN, c));
  expect_broken("row left out", (c = good, c.score = score_not_all, c));
  expect_broken("NaN", (c = good, c.score = score_nan, c));
  expect_broken("error without a text", (c = good, c.score = score_wordless, c));
  expect_broken("endless memory", (c = good, c.score = score_by_count, c.memory = memory_of_rows,
                                   c.flags = NT_DETECTOR_SEEDED, c));
  expect_broken("needs no times", (c = good, c.flags |= NT_DETECTOR_TIMES, c));
  expect_broken("no source", (c = good, c.source = "", c));
  expect_broken("name", (c = good, c.name = "Good", c));
  expect_broken("no memory()", (c = good, c.memory = NULL, c));
  nt_parameter p = factor[0];
  expect_broken("preset", (p = factor[0], p.preset = 11, c = good, c.parameters = &p, c));
  expect_broken("unit", (p = factor[0], p.unit = NULL, c = good, c.parameters = &p, c));
  expect_broken("help", (p = factor[0], p.help = "stop.", c = good, c.parameters = &p, c));
}

static const check_case cases[] = {
    {"every detector keeps the contract", table_keeps_the_contract},
    {"names are unique, and found", names_are_unique_and_found},
    {"hints are about parameters that there are", hints_are_about_something},
    {"the check sees what is broken", the_check_sees_what_is_broken},
};

int main(void) {
  file capture = make_capture(), eve = make_eve(1), other = make_eve(2);
  snprintf(capture_path, sizeof capture_path, "%s", capture.path);
  snprintf(eve_path, sizeof eve_path, "%s", eve.path);
  snprintf(other_eve_path, sizeof other_eve_path, "%s", other.path);
  int failed = check_main("detector contract", cases, sizeof cases / sizeof *cases);
  file_close(&capture), file_close(&eve), file_close(&other);
  return failed;
}
