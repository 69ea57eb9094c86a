/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "labels/labels.h"

#include "bytes.h"
#include "check.h"

static void check_labels(const char *text, const char *expected, const char *format) {
  file f = file_of_text(text);
  nt_labels l;
  nt_error err = {0};
  CHECK_OK(nt_labels_read(f.path, &l, &err), err);
  CU_ASSERT_EQUAL(l.count, strlen(expected));
  for (size_t i = 0; i < l.count; i++) CU_ASSERT_EQUAL(l.value[i], expected[i] - '0');
  if (l.format) CU_ASSERT_STRING_EQUAL(l.format, format);
  nt_labels_done(&l);
  CU_ASSERT_PTR_NULL(l.value);
  file_close(&f);
}

static void formats_are_seen(void) {
  check_labels("0\n1\n0\n", "010", "one value a line");
  check_labels("1", "1", "one value a line");
  check_labels("0\nx\n1\n", "021", "one value a line"); /* x: excluded from metrics */
  check_labels("1;x\n2;0\n", "20", "packet;label");
  check_labels("0\r\n1\r\n\r\n", "01", "one value a line");
  check_labels("\"\",\"x\"\n\"1\",0\n\"2\",1\n", "01", "R's export");
  check_labels("\"\",\"x\"\r\n\"1\",0\r\n\"2\",1", "01", "R's export");
  check_labels("1;0\r\n2;0\r\n3;1\r\n", "001", "packet;label");
  check_labels("packet;label\n1;0\n2;1\n", "01", "packet;label");
  check_labels("packet_number,label\n1,0\n2,1\n3,1\n", "011", "packet_number,label");
  check_labels("packet_number,label\n1,0\n2,1\n3,1", "011", "packet_number,label");
  check_labels("1,1\n2,0\n", "10", "packet_number,label");
  check_labels("packet_number,label,activity\n1,0,dns\n2,1,scan\n", "01", "packet_number,label");
}

static void check_refused(const char *text, const char *expected) {
  file f = file_of_text(text);
  nt_labels l;
  nt_error err = {0};
  CU_ASSERT_EQUAL(nt_labels_read(f.path, &l, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(nt_labels_read(f.path, &l, NULL), NT_E_INPUT);
  CU_ASSERT_EQUAL(l.count, 0);
  CU_ASSERT_PTR_NULL(l.value);
  CU_ASSERT_EQUAL(strncmp(err.text, f.path, strlen(f.path)), 0);
  if (!strstr(err.text, expected)) printf("  '%s' lacks '%s'\n", err.text, expected);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, expected));
  file_close(&f);
}

static void mistakes_are_named(void) {
  check_refused("", "is empty");
  check_refused("packet_number,label\n", "holds no labels");
  check_refused("label\n0\n1\n",
                "line 1: label 'label', 0, 1 or x (excluded from metrics) expected");
  check_refused("0\n2\n", "line 2: label '2', 0, 1 or x (excluded from metrics) expected");
  check_refused("0\n1.0\n", "line 2: label '1.0', 0, 1 or x (excluded from metrics) expected");
  check_refused("0\nattack\n",
                "line 2: label 'attack', 0, 1 or x (excluded from metrics) expected");
  check_refused("0\n\n1\n", "line 2: label '', 0, 1 or x (excluded from metrics) expected");
  check_refused("1;0\n3;0\n",
                "line 2: packet number 3, 2 expected: they count from 1 without gaps");
  check_refused("1;0\n1;0\n", "line 2: packet number 1, 2 expected");
  check_refused("packet;label\n0;0\n1;0\n", "line 2: packet number 0, 1 expected");
  check_refused("packet;label\n1;0\nx;0\n", "line 3: 'x' is no packet number");
  check_refused("packet;label\n1;0\n-2;0\n", "line 3: '-2' is no packet number");
  check_refused("packet;label\n1;0\n18446744073709551618;0\n", "is no packet number");
  check_refused("1,0\n2,benign\n",
                "line 2: label 'benign', 0, 1 or x (excluded from metrics) expected");
  check_refused("1,0\n2\n", "line 2: 1 columns, 2 expected");
  check_refused("1,0\n2,0,0\n", "line 2: 3 columns, 2 expected");
  check_refused("1,0\n2,\n", "line 2: label '', 0, 1 or x (excluded from metrics) expected");
  check_refused("packet_number,interval,attack\n1,0,x\n",
                "line 1: 3 columns, 2 (packet number, label) or 1 expected");
  check_refused("packet_number,label,activity\n1,0\n", "line 2: 2 columns, 3 expected");
  check_refused("x,0\n1,0\n", "line 1: 'x' is no packet number");
  nt_labels l;
  nt_error err;
  CU_ASSERT_EQUAL(nt_labels_read("/nonexistent", &l, &err), NT_E_IO);
  CU_ASSERT_STRING_EQUAL(err.text, "/nonexistent: cannot be opened: No such file or directory");
}

static void counts_must_agree(void) {
  nt_labels l = {.count = 10};
  nt_error err;
  CU_ASSERT_EQUAL(nt_labels_check_count(&l, "x", 10, &err), NT_OK);
  CU_ASSERT_EQUAL(nt_labels_check_count(&l, "x.csv", 9, &err), NT_E_INPUT);
  CU_ASSERT_STRING_EQUAL(err.text, "x.csv: 10 labels, but the capture has 9 packets");
  CU_ASSERT_EQUAL(nt_labels_check_count(&l, "x", 11, NULL), NT_E_INPUT);
}

static void many_labels_are_read(void) {
  enum { COUNT = 300000 };
  bytes b = {0};
  bytes_reserve(&b, 16 * COUNT);
  for (size_t i = 0; i < COUNT; i++)
    b.count += (size_t)sprintf((char *)b.data + b.count, "%zu,%d\n", i + 1, i % 3 == 0);
  file f = file_of(b.data, b.count);
  nt_labels l;
  nt_error err;
  CHECK_OK(nt_labels_read(f.path, &l, &err), err);
  CU_ASSERT_EQUAL_FATAL(l.count, COUNT);
  size_t wrong = 0;
  for (size_t i = 0; i < COUNT; i++) wrong += l.value[i] != (i % 3 == 0);
  CU_ASSERT_EQUAL(wrong, 0);
  nt_labels_done(&l);
  file_close(&f);
  bytes_free(&b);
}

/* The published files; counts from the cards that lie beside them. */
static void published_files(void) {
  static const struct {
    const char *path;
    size_t count, ones, first; /* first: 1-based, 0 for none */
    const char *format;
  } files[] = {
      {"kitsune_mirai_partial/mirai_labels.csv.gz", 764137, 642516, 121622, "one value a line"},
      {"modbus_cset16/CnC_uploading_exe_modbus_6RTU_with_operate_labeled.csv", 1426, 121, 811,
       "packet;label"},
      {"modbus_cset16/characterization_modbus_6RTU_with_operate_labeled.csv", 12296, 6719, 3,
       "packet;label"},
      {"modbus_cset16/moving_two_files_modbus_6RTU_labeled.csv", 3319, 75, 325, "packet;label"},
      {"modbus_cset16/CnC_uploading_exe_modbus_6RTU_with_operate.labels.csv", 1426, 121, 811,
       "packet_number,label"},
      {"modbus_cset16/characterization_modbus_6RTU_with_operate.labels.csv", 12296, 6719, 3,
       "packet_number,label"},
      {"modbus_cset16/moving_two_files_modbus_6RTU.labels.csv", 3319, 75, 325,
       "packet_number,label"},
      {"qut_dnp3/attacks_testing_infrequent.labels.csv.gz", 309036, 9816, 18339,
       "packet_number,label"},
      {"qut_dnp3/control_testing_frequent.labels.csv.gz", 301709, 0, 0, "packet_number,label"},
      {"westermo_right/labels.csv.gz", 35067, 23214, 122, "packet_number,label"},
  };
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char relative[256];
    snprintf(relative, sizeof relative, "data/labelled/%s", files[i].path);
    const char *path = check_shared(relative);
    if (!path) continue;
    nt_labels l;
    nt_error err;
    CHECK_OK(nt_labels_read(path, &l, &err), err);
    CHECK_OK(nt_labels_check_count(&l, path, files[i].count, &err), err);
    size_t ones = 0, first = 0;
    for (size_t k = 0; k < l.count; k++) {
      if (l.value[k] && !first) first = k + 1;
      ones += l.value[k];
    }
    CU_ASSERT_EQUAL(ones, files[i].ones);
    CU_ASSERT_EQUAL(first, files[i].first);
    if (l.format) CU_ASSERT_STRING_EQUAL(l.format, files[i].format);
    nt_labels_done(&l);
  }
  static const char *const others[] = {"qut_dnp3/attacks_testing_infrequent.labels_interval.csv.gz",
                                       "westermo_right/labels_all_strategies.csv.gz"};
  for (size_t i = 0; i < 2; i++) { /* several labels a packet: which one is not guessed */
    char relative[256];
    snprintf(relative, sizeof relative, "data/labelled/%s", others[i]);
    const char *path = check_shared(relative);
    nt_labels l;
    if (path) CU_ASSERT_EQUAL(nt_labels_read(path, &l, NULL), NT_E_INPUT);
  }
}

static const check_case cases[] = {
    {"formats are seen", formats_are_seen},   {"mistakes are named", mistakes_are_named},
    {"counts must agree", counts_must_agree}, {"many labels are read", many_labels_are_read},
    {"published files", published_files},
};
CHECK_MAIN("labels", cases)
