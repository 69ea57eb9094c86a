/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <ninetails/parameter.h>

#include "check.h"

static const char *const colours[] = {"red", "green", NULL};
static const nt_parameter parameters[] = {
    {.name = "trees", .type = NT_PARAMETER_INTEGER, .preset = 100, .least = 1, .most = 1000},
    {.name = "rate",
     .type = NT_PARAMETER_NUMBER,
     .preset = 0.1,
     .least = 0,
     .above = 1,
     .most = HUGE_VAL},
    {.name = "share",
     .type = NT_PARAMETER_NUMBER,
     .preset = 0.5,
     .least = 0,
     .most = 1,
     .below = 1},
    {.name = "colour", .type = NT_PARAMETER_CHOICE, .preset = 1, .choices = colours},
    {.name = "path", .type = NT_PARAMETER_TEXT, .preset_text = "best"},
    {.name = "any", .type = NT_PARAMETER_NUMBER, .least = -HUGE_VAL, .most = HUGE_VAL},
    {.name = "count", .type = NT_PARAMETER_INTEGER, .least = 0, .most = HUGE_VAL},
};
enum { TREES, RATE, SHARE, COLOUR, PATH, ANY, COUNT, PARAMETERS };

static void presets(void) {
  nt_value values[PARAMETERS];
  nt_parameter_presets(parameters, PARAMETERS, values);
  CU_ASSERT_EQUAL(values[TREES].number, 100);
  CU_ASSERT_EQUAL(values[RATE].number, 0.1);
  CU_ASSERT_EQUAL(values[COLOUR].number, 1);
  CU_ASSERT_STRING_EQUAL(values[PATH].text, "best");
  CU_ASSERT_PTR_NULL(values[TREES].text);
}

static void find(void) {
  CU_ASSERT_EQUAL(nt_parameter_find(parameters, PARAMETERS, "trees"), TREES);
  CU_ASSERT_EQUAL(nt_parameter_find(parameters, PARAMETERS, "path"), PATH);
  CU_ASSERT_EQUAL(nt_parameter_find(parameters, PARAMETERS, "tree"), PARAMETERS);
  CU_ASSERT_EQUAL(nt_parameter_find(parameters, PARAMETERS, ""), PARAMETERS);
  CU_ASSERT_EQUAL(nt_parameter_find(NULL, 0, "trees"), 0);
}

static nt_status check(size_t p, double number, nt_error *err) {
  return nt_parameter_check(&parameters[p], &(nt_value){.number = number}, err);
}

static void values_in_range_are_taken(void) {
  static const struct {
    size_t parameter;
    double number;
  } good[] = {{TREES, 1}, {TREES, 1000}, {TREES, 7},  {RATE, 4e-324}, {RATE, 1e308},
              {SHARE, 0}, {SHARE, .9},   {COLOUR, 0}, {COLOUR, 1},    {ANY, -1e308},
              {ANY, 0},   {PATH, NAN},   {COUNT, 0},  {COUNT, 0x1p53}};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    nt_error err = {0};
    CHECK_OK(check(good[i].parameter, good[i].number, &err), err);
  }
}

static void others_are_refused_by_name_value_and_range(void) {
  static const struct {
    size_t parameter;
    double number;
    const char *text;
  } bad[] = {
      {TREES, 0, "trees = 0: expected a whole number at least 1 and at most 1000"},
      {TREES, 1001, "trees = 1001: expected a whole number at least 1 and at most 1000"},
      {TREES, 1.5, "trees = 1.5: expected a whole number at least 1 and at most 1000"},
      {TREES, NAN, "trees = nan: expected a whole number at least 1 and at most 1000"},
      {RATE, 0, "rate = 0: expected a number more than 0"},
      {RATE, -0.1, "rate = -0.1: expected a number more than 0"},
      {RATE, INFINITY, "rate = inf: expected a number more than 0"},
      {SHARE, 1, "share = 1: expected a number at least 0 and less than 1"},
      {ANY, -INFINITY, "any = -inf: expected a number"},
      {ANY, NAN, "any = nan: expected a number"},
      {COUNT, 0x1p54, "count = 18014398509481984: expected a whole number at least 0"},
      {COLOUR, 2, "colour: no choice 2: expected red, green"},
      {COLOUR, -1, "colour: no choice -1: expected red, green"},
      {COLOUR, 0.5, "colour: no choice 0.5: expected red, green"},
      {COLOUR, NAN, "colour: no choice nan: expected red, green"},
      {COLOUR, INFINITY, "colour: no choice inf: expected red, green"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nt_error err = {0};
    CU_ASSERT_EQUAL(check(bad[i].parameter, bad[i].number, &err), NT_E_ARGUMENT);
    if (strcmp(err.text, bad[i].text) != 0) printf("  '%s', not '%s'\n", err.text, bad[i].text);
    CU_ASSERT_STRING_EQUAL(err.text, bad[i].text);
    CU_ASSERT_EQUAL(check(bad[i].parameter, bad[i].number, NULL), NT_E_ARGUMENT);
  }
}

static void printed(size_t parameter, double number, const char *value, const char *expected) {
  char text[40];
  nt_parameter_print(&parameters[parameter], &(nt_value){number, value}, text, sizeof text);
  CU_ASSERT_STRING_EQUAL(text, expected);
}

static void values_print_so_that_they_read_back(void) {
  printed(TREES, 10, NULL, "10");
  printed(COUNT, 9007199254740991.0, NULL, "9007199254740991");
  printed(RATE, 0.1, NULL, "0.1");
  printed(RATE, 1000, NULL, "1000");
  printed(RATE, 1e-16, NULL, "1e-16");
  printed(ANY, -2.5, NULL, "-2.5");
  printed(COLOUR, 0, NULL, "red");
  printed(PATH, 0, "a b", "a b");
  printed(PATH, 0, NULL, "");
  const double numbers[] = {1.0 / 3,       0.1 + 0.2, 4e-324, 1.7976931348623157e308,
                            123456789.125, -0.0};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    char text[40];
    nt_parameter_print(&parameters[ANY], &(nt_value){.number = numbers[i]}, text, sizeof text);
    CU_ASSERT_EQUAL(strtod(text, NULL), numbers[i]);
  }
}

static void texts_are_cut(void) {
  char text[4] = "xxx";
  nt_parameter_print(&parameters[PATH], &(nt_value){.text = "a long path"}, text, sizeof text);
  CU_ASSERT_STRING_EQUAL(text, "a l");
  nt_parameter_print(&parameters[COLOUR], &(nt_value){.number = 1}, text, sizeof text);
  CU_ASSERT_STRING_EQUAL(text, "gre");
}

static const check_case cases[] = {
    {"presets", presets},
    {"find by name", find},
    {"values in range are taken", values_in_range_are_taken},
    {"others are refused, by name, value and range", others_are_refused_by_name_value_and_range},
    {"values print so that they read back", values_print_so_that_they_read_back},
    {"texts are cut to size", texts_are_cut},
};
CHECK_MAIN("parameter", cases)
