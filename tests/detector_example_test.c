/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The detector of CONTRIBUTING.md, which is in no table: compiled from that page (CMakeLists.txt),
 * scored by hand, held to the contract of the others. */
#include "check.h"
#include "detector_contract.h"

extern const nt_detector_class nt_detector_mean_distance;

static void it_keeps_the_contract(void) {
  CU_ASSERT_EQUAL(contract_broken(&nt_detector_mean_distance, NULL, 0, NULL, 0), 0);
}

static void it_does_what_it_says(void) {
  const nt_detector_class *class = &nt_detector_mean_distance;
  static const double rows[] = {0, 10, 4, 20, 5, 15};
  static const char *const columns[] = {"a", "b"};
  nt_detector_setting setting = {
      .kind = class, .width = 2, .columns = columns, .learn = 2, .rows = 3, .seed = 1};
  nt_rows learn = {.count = 2, .width = 2, .features = rows};
  nt_rows score = {.first = 2, .count = 1, .width = 2, .features = rows + 4};
  double out[3];
  nt_error err;
  nt_value power;
  nt_parameter_presets(class->parameters, 1, &power);
  void *detector = class->create(&setting, &power, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(detector);
  CHECK_OK(class->learn(detector, &learn, out, &err), err);
  CHECK_OK(class->score(detector, &score, out + 2, &err), err);
  CU_ASSERT_EQUAL(out[0], 100);
  CU_ASSERT_EQUAL(out[1], 116);
  CU_ASSERT_EQUAL(out[2], 9); /* from (2, 15) */
  class->free(detector);
}

static const check_case cases[] = {
    {"it keeps the contract", it_keeps_the_contract},
    {"it does what it says", it_does_what_it_says},
};
CHECK_MAIN("detector example", cases)
