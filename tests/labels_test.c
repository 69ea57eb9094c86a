/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/labels.h>

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

/* expected: as above, with the attack's letter (a for the first) in place of 1. */
static void check_names(const char *text, const char *expected, const char *names,
                        const char *note) {
  file f = file_of_text(text);
  nt_labels l;
  nt_error err = {0};
  char joined[256] = "";
  CHECK_OK(nt_labels_read(f.path, &l, &err), err);
  CU_ASSERT_EQUAL(l.count, strlen(expected));
  for (size_t i = 0; i < l.count; i++) {
    int named = expected[i] >= 'a';
    CU_ASSERT_EQUAL(l.value[i], named ? 1 : expected[i] - '0');
    CU_ASSERT_EQUAL(l.attack ? l.attack[i] : 0, named ? expected[i] - 'a' + 1 : 0);
  }
  for (size_t i = 0; i < l.name_count; i++)
    snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", i ? "|" : "",
             l.names[i]);
  CU_ASSERT_STRING_EQUAL(joined, names);
  CU_ASSERT_STRING_EQUAL(l.note, note);
  nt_labels_done(&l);
  file_close(&f);
}

/* Files in the forms of numpy.savetxt, pandas' to_csv and R's write.csv;
 * tests/differential/tables.py lets pandas and NumPy write them. */
static void other_programs_are_read(void) {
  static const char from_0[] = "packet numbers from 0";
  check_labels("0.0\n1.0\n", "01", "one value a line");
  check_labels("0.000000000000000000e+00\n1.000000000000000000e+00\n", "01", "one value a line");
  check_labels("False\nTrue\n", "01", "one value a line");
  check_labels("TRUE\nx\nFALSE\n", "120", "one value a line");
  check_labels("\xef\xbb\xbf"
               "0\r\n1\r\n",
               "01", "one value a line");
  check_labels("\xef\xbb\xbflabel\n0\n", "0", "one value a line");
  check_labels("label\n0\n1\n", "01", "one value a line");
  check_labels("Label\n0\n1\n", "01", "one value a line");
  check_labels("\"x\"\n0\n1\n", "01", "one value a line"); /* R's form without row names */
  check_labels("\"0\"\n\"1\"\n", "01", "one value a line");
  check_names("0\nFalse\nTrue\n", "01", "", "line 1, '0', is a header");
  check_names("0\n0.0\n1.0\n", "01", "", "line 1, '0', is a header");
  check_names("0\n1.0\n", "1", "", "line 1, '0', is a header");
  check_names("0\nBENIGN\nscan\n", "0a", "scan", "line 1, '0', is a header");
  check_names("is_bad\n0\n1\n", "01", "", "line 1, 'is_bad', is a header");
  check_names("0\n0\n1\n", "001", "", ""); /* the packet count shows one value too many */
  check_names(",0\n0,0\n1,1\n", "01", "", from_0);
  check_names(",label\n0,False\n1,True\n", "01", "", from_0);
  check_names("0,0\n1,1\n2,0\n", "010", "", from_0);
  check_names("0\t0\n1\t1\n", "01", "", from_0);
  check_names("0.000e+00 1.000e+00\n1.000e+00 0.000e+00\n", "10", "", from_0);
  check_names("packet;label\n0;0\n1;0\n", "00", "", from_0);
  check_names("1.0,0.0\n2.0,1.0\n", "01", "", "");
}

static void names_are_kept(void) {
  check_names("BENIGN\nMirai\nx\nMirai\nDoS Hulk\nbenign\n", "0a2ab0", "Mirai|DoS Hulk", "");
  check_names("Mirai\nNormal\n", "a0", "Mirai", ""); /* a value: names follow no header */
  check_names("label\nMirai\nNormal\n", "a0", "Mirai", "");
  check_names("attack\nMirai\nNormal\n", "a0", "Mirai", "");
  check_names("\"Web, \"\"A\"\"\"\n\"BENIGN\"\n", "a0", "Web, \"A\"", "");
  check_names(",Label\n0,BENIGN\n1,\"a;b, c\"\n", "0a", "a;b, c", "packet numbers from 0");
  check_names("1;normal.\n2;neptune.\n", "0a", "neptune.", "");
  check_names("packet_number,label,activity\n1,0,dns\n2,1,scan\n3,1,\n4,1,flood\n", "0a1b",
              "scan|flood", "");
  check_names("attack_cat,f1,f2,Label \n,1.5,2,0\nDoS,1,2.5,1\nnan,1,2,1\n", "0a1", "DoS", "");
  check_names("a\nb\n", "ab", "a|b", "no packet has a benign name (benign, normal, legitimate)");
  check_names("Benign\nWeb Attack \x96 XSS\n", "0a", "Web Attack \xef\xbf\xbd XSS", "");
  check_names("Benign\na\x1b[31m\xc2\x9b\xe2\x80\x93\n", "0a",
              "a\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd\xe2\x80\x93", "");
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
  check_refused("\xff\xfe"
                "0",
                "is UTF-16, UTF-8 expected");
  check_refused("label\n", "holds no labels");
  check_refused("0\nnan\n", "line 2: label 'nan', 0, 1 or x (excluded from metrics) expected");
  check_refused("0\n0,5\n", "line 2: label '0,5', 0, 1 or x");
  check_refused("0\n0.5\n", "line 2: label '0.5', 0, 1 or x");
  check_refused("0\n-1\n", "line 2: label '-1', 0, 1 or x");
  check_refused("0\n1 0\n", "line 2: label '1 0', 0, 1 or x");
  check_refused("benign\nscan\n1\n",
                "line 3: label '1', a name (benign, or that of an attack) or x expected");
  check_refused("benign\nNaN\n", "line 2: label 'NaN', a name");
  check_refused("packet,label,type\n1,1,Normal\n", "line 2: label 1, but column 3 says 'Normal'");
  check_refused(",0\n7,0\n8,1\n",
                "line 2: packet number 7, 0 or 1 expected: they count from there");
  check_refused(",0\n0,0\n2,1\n",
                "line 3: packet number 2, 1 expected: they count from 0 without gaps");
  check_refused("1.5,0\n2.5,1\n", "line 1: '1.5' is no packet number");
  check_refused("0\n2\n", "line 2: label '2', 0, 1 or x (excluded from metrics) expected");
  check_refused("0\n1\nattack\n",
                "line 3: label 'attack', 0, 1 or x (excluded from metrics) expected");
  check_refused("0\n\n1\n", "line 2: label '', 0, 1 or x (excluded from metrics) expected");
  check_refused("1;0\n3;0\n",
                "line 2: packet number 3, 2 expected: they count from 1 without gaps");
  check_refused("2;0\n3;0\n", "line 1: packet number 2, 0 or 1 expected");
  check_refused("1;0\n1;0\n", "line 2: packet number 1, 2 expected");
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
  file f = file_of_text("0\n0\n1\n");
  CHECK_OK(nt_labels_read(f.path, &l, &err), err);
  CU_ASSERT_EQUAL(nt_labels_check_count(&l, "x.csv", 2, &err), NT_E_INPUT);
  CU_ASSERT_STRING_EQUAL(err.text,
                         "x.csv: 3 labels, but the capture has 2 packets; line 1, '0', was read as "
                         "a label: if it is a header, one that says 'label' is expected");
  nt_labels_done(&l);
  file_close(&f);
  f = file_of_text("0\n0.0\n1.0\n");
  CHECK_OK(nt_labels_read(f.path, &l, &err), err);
  CU_ASSERT_EQUAL(nt_labels_check_count(&l, "x.csv", 3, &err), NT_E_INPUT);
  CU_ASSERT_STRING_EQUAL(err.text, "x.csv: 2 labels, but the capture has 3 packets (line 1, '0', "
                                   "is a header)");
  nt_labels_done(&l);
  file_close(&f);
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

/* The published files, with the counts of the cards beside them. */
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
  for (size_t i = 0; i < 2; i++) { /* several columns of labels: none is guessed */
    char relative[256];
    snprintf(relative, sizeof relative, "data/labelled/%s", others[i]);
    const char *path = check_shared(relative);
    nt_labels l;
    if (path) CU_ASSERT_EQUAL(nt_labels_read(path, &l, NULL), NT_E_INPUT);
  }
}

static const check_case cases[] = {
    {"formats are seen", formats_are_seen},
    {"other programs are read", other_programs_are_read},
    {"names are kept", names_are_kept},
    {"mistakes are named", mistakes_are_named},
    {"counts must agree", counts_must_agree},
    {"many labels are read", many_labels_are_read},
    {"published files [outside]", published_files},
};
CHECK_MAIN("labels", cases)
