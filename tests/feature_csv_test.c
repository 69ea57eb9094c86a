/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <ninetails/capture.h>

#include "capture/number.h"
#include "bytes.h"
#include "check.h"

/* ---------------------------------------------------------------- numbers */

static uint64_t bits_of(double v) {
  uint64_t bits;
  memcpy(&bits, &v, sizeof bits);
  return bits;
}

/* Same double and same end as strtod. */
static void check_number(const char *text) {
  char padded[1200], *end;
  size_t length = strlen(text);
  memcpy(padded, text, length);
  padded[length] = 0;
  double expected = strtod(padded, &end), found = 0;
  const char *stop = nt_number_read(padded, padded + length, &found);
  CU_ASSERT_PTR_EQUAL(stop, end == padded ? NULL : end);
  if (end == padded) return;
  if (isnan(expected))
    CU_ASSERT(isnan(found) && signbit(found) == signbit(expected))
  else
    CU_ASSERT_EQUAL(bits_of(found), bits_of(expected));
  if (bits_of(found) != bits_of(expected)) printf("  %s: %a, %a expected\n", text, found, expected);
}

/* Words, each a number or nearly one. */
static const char numbers[] =
    /* signs, points, exponents, and what lacks a part */
    "0 -0 +0 0.0 -0.0e5 1 +1 -1 1. .5 -.5 1e5 1E+5 1e-5 1e 1e+ 1.5e- e5 . - + --1 1.2.3 12abc "
    /* many digits */
    "00000000000000000000000001.5 0.00000000000000000000000000000015 123456789012345678 "
    "1234567890123456789 12345678901234567890 18446744073709551615 18446744073709551616 "
    "99999999999999999999 "
    /* neighbours of whole numbers and of powers of ten */
    "9007199254740992 9007199254740993 9007199254740994 9007199254740995 9007199254740991.5 "
    "4503599627370496.5 4503599627370497.5 1e22 1e23 8.5e22 "
    /* the ends of the range */
    "1e308 1.7976931348623157e308 1.7976931348623159e308 1e309 1e400 -1e400 1e-307 "
    "2.2250738585072014e-308 2.2250738585072011e-308 4.9e-324 2.4e-324 2.5e-324 1e-400 "
    "1e99999999999 1e-99999999999 0e99999999999 "
    /* names */
    "nan NaN -nan inf -inf INF Infinity -infinity infin nano "
    /* as files have them, and half way between two doubles */
    "1540446382.933899000 1540446382.9338990001 0.1 0.2 0.3 123456.789e3 "
    "1.000000000000000000e+00 9.999999999999999999e+18 5e-324 3e0 6.9294956446009195e15 "
    "3.7455744005952583e15 1.0000000000000002220446049250313 "
    "1.00000000000000011102230246251565 1.00000000000000011102230246251566 "
    "1.00000000000000011102230246251564 ";

static void numbers_have_their_forms(void) {
  char words[sizeof numbers];
  memcpy(words, numbers, sizeof numbers);
  int count = 0;
  for (char *word = strtok(words, " "); word; word = strtok(NULL, " "), count++) check_number(word);
  CU_ASSERT_EQUAL(count, 84);
  check_number("");
  char digits[1001];
  memset(digits, '7', 1000);
  digits[1000] = 0;
  check_number(digits);
  memcpy(digits, "0.", 2);
  check_number(digits);
}

static uint64_t next_random(uint64_t *state) { /* splitmix64 */
  uint64_t z = (*state += 0x9e3779b97f4a7c15);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/* Random doubles in every usual notation, and texts next to the midpoint of two doubles. */
static void numbers_are_rounded_correctly(void) {
  static const char *const forms[] = {"%.18e", "%.17g", "%.16e", "%.15g",
                                      "%.9f",  "%.6g",  "%.19e", "%.25e"};
  uint64_t state = 1;
  for (int i = 0; i < 200000; i++) {
    char text[400];
    uint64_t bits = next_random(&state);
    double v;
    memcpy(&v, &bits, sizeof v);
    if (i % 2) v = ldexp((double)(bits >> 11), (int)(bits & 127) - 64 - 53); /* ordinary sizes */
    if (!isfinite(v)) continue;
    snprintf(text, sizeof text, forms[i % 8], v);
    check_number(text);
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)bits,
             (int)(next_random(&state) % 120) - 75);
    check_number(text);
  }
  for (int i = 0; i < 100000; i++) { /* m + 1/2, m a mantissa: ties, and their neighbours */
    char text[400];
    unsigned long long m = next_random(&state) >> 11 | 1ull << 52;
    int shift = (int)(next_random(&state) % 11);
    snprintf(text, sizeof text, "%llu", ((m << 1) + 1) << shift >> (i % 2));
    check_number(text);
    snprintf(text, sizeof text, "%llu.5", m >> shift);
    check_number(text);
    snprintf(text, sizeof text, "%llu5e-1", m >> shift);
    check_number(text);
    snprintf(text, sizeof text, "%llu.50000000000000000000001", m);
    check_number(text);
  }
}

/* ---------------------------------------------------------------- files */

typedef struct table {
  size_t width, rows;
  int has_times, has_labels;
  double values[64], times[16];
  char name[8][32];
  int named;
  nt_error err;
  char warning[1024];
} table;

static void read_table(const char *text, table *t) {
  file f = file_of_text(text);
  memset(t, 0, sizeof *t);
  nt_capture *c = nt_capture_open(f.path, &t->err);
  if (c && nt_capture_format_of(c) == NT_FORMAT_FEATURES) {
    t->width = nt_capture_width(c);
    t->has_labels = nt_capture_has_labels(c);
    t->has_times = nt_capture_has_times(c);
    const char *const *names = nt_capture_column_names(c);
    t->named = names != NULL;
    for (size_t i = 0; names && i < t->width && i < 8; i++)
      snprintf(t->name[i], sizeof t->name[i], "%s", names[i]);
    size_t most = t->width ? 64 / t->width : 0;
    nt_status status = nt_capture_read_rows(c, t->values, t->times, most, &t->rows, &t->err);
    CU_ASSERT_EQUAL(status, t->err.status);
    if (nt_capture_warning(c)) snprintf(t->warning, sizeof t->warning, "%s", nt_capture_warning(c));
  }
  nt_capture_close(c);
  file_close(&f);
}

static void forms_of_tables(void) {
  static const char *const texts[] = {
      "1,2,3\n4,5,6\n",        "1,2,3\r\n4,5,6\r\n",
      "1;2;3\n4;5;6",          "1\t2\t3\n4\t5\t6\n\n",
      "1 2 3\n4 5 6\n",        "   1.0   2.0  3 \n 4 5   6\n",
      "1, 2, 3\n4 ,5 , 6\n",   "\xef\xbb\xbf+1,2,3\n4,5,6\n", /* a byte order mark */
      "a,b,c\n1,2,3\n4,5,6\n", "\"a\",\"b\",\"c\"\r\n1,2,3\r\n4,5,6",
      "a b c\n1 2 3\n4 5 6\n", " a ; b;c \n1;2;3\n4;5;6\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    table t;
    read_table(texts[i], &t);
    if (t.err.status) printf("  %zu: %s\n", i, t.err.text);
    CU_ASSERT_EQUAL(t.err.status, NT_OK);
    CU_ASSERT_STRING_EQUAL(t.warning, "");
    CU_ASSERT_EQUAL(t.width, 3);
    CU_ASSERT_EQUAL(t.rows, 2);
    for (int k = 0; k < 6; k++) CU_ASSERT_EQUAL(t.values[k], k + 1);
    CU_ASSERT(isnan(t.times[0]) && !t.has_times);
    CU_ASSERT_EQUAL(t.named, i >= 8);
    if (t.named)
      CU_ASSERT(!strcmp(t.name[0], "a") && !strcmp(t.name[1], "b") && !strcmp(t.name[2], "c"));
  }
}

static void a_column_of_times(void) {
  table t;
  read_table("timestamp,x,y\n10.5,1,2\n11.5,3,4\n", &t);
  CU_ASSERT_EQUAL(t.err.status, NT_OK);
  CU_ASSERT_EQUAL(t.width, 2);
  CU_ASSERT(t.has_times);
  CU_ASSERT_EQUAL(t.rows, 2);
  CU_ASSERT_STRING_EQUAL(t.name[0], "x");
  CU_ASSERT_EQUAL(t.times[1], 11.5);
  CU_ASSERT_EQUAL(t.values[0], 1);
  CU_ASSERT_EQUAL(t.values[3], 4);

  file f = file_of_text("timestamp;0;1\n10.5;1;2\n");
  nt_error err;
  nt_capture *c = nt_capture_open(f.path, &err);
  double row[2];
  size_t got;
  CHECK_OK(nt_capture_read_rows(c, row, NULL, 1, &got, &err), err); /* times are not requested */
  CU_ASSERT_EQUAL(got, 1);
  CU_ASSERT_EQUAL(row[1], 2);
  nt_capture_close(c);
  file_close(&f);

  read_table("timestamp\n1\n2\n", &t); /* a lone column of times is a feature */
  CU_ASSERT_EQUAL(t.width, 1);
  CU_ASSERT_EQUAL(t.rows, 2);
}

static void check_left_out(const char *text, const char *names, size_t rows, double sum,
                           const char *warning) {
  table t;
  char joined[300] = "";
  double found = 0;
  read_table(text, &t);
  if (t.err.status) printf("  '%s': %s\n", text, t.err.text);
  CU_ASSERT_EQUAL(t.err.status, NT_OK);
  for (size_t i = 0; i < t.width && i < 8; i++)
    snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", i ? "|" : "",
             t.name[i]);
  for (size_t i = 0; i < t.width * t.rows; i++) found += t.values[i];
  CU_ASSERT_STRING_EQUAL(joined, names);
  CU_ASSERT_EQUAL(t.rows, rows);
  CU_ASSERT_EQUAL(found, sum);
  const char *said = strstr(t.warning, ": "); /* after the path */
  if (said ? strcmp(said + 2, warning) != 0 : *warning != 0) printf("  '%s'\n", t.warning);
  CU_ASSERT(said ? strcmp(said + 2, warning) == 0 : *warning == 0);
}

/* Tables of pandas and R: columns that are no features are left out, and the warning names them. */
static void columns_that_are_no_features(void) {
  static const char counts[] = "line 1, which counts from 0 to 2, is a header and no row";
  static const char index[] = "column 1, '', is an index and no feature";
  check_left_out("0,1,2\n0.5,1,2\n4,5,6\n", "0|1|2", 2, 18.5, counts);
  check_left_out("0,1\n0.5,1.0\n", "0|1", 1, 1.5,
                 "line 1, which counts from 0 to 1, is a header and no row");
  check_left_out("0,1\n5,10\n", "|", 2, 16, ""); /* without names, two columns may be a row */
  check_left_out("0\n1\n2\n", "", 3, 3, "");
  check_left_out("0,1,2.0\n0.5,1,2\n", "||", 2, 6.5, "");
  check_left_out(",0,1,2\n0,0.5,1,2\n1,4,5,6\n", "0|1|2", 2, 18.5, index);
  check_left_out("\"\",\"a\"\n\"1\",10\n\"2\",20\n", "a", 2, 30, index);
  check_left_out(",a\n2020-01-01 00:00,10\n", "a", 1, 10, index);
  check_left_out(
      "Unnamed: 0,Unnamed: 0.1,a\n0,0,10\n", "a", 1, 10,
      "column 1, 'Unnamed: 0', is an index and no feature; column 2, 'Unnamed: 0.1', is an "
      "index and no feature");
  check_left_out(",timestamp,a,b\n0,5.5,1,2\n", "a|b", 1, 3, index);
  check_left_out("a,b, Label\n1,2,0\n3,4,1\n", "a|b", 2, 10,
                 "column 3, 'Label', says what a packet is and is no feature");
  check_left_out("a,class,b,attack_cat\n1,\"x,y\",2,\n3,BENIGN,4,DoS Hulk\n", "a|b", 2, 10,
                 "column 2, 'class', says what a packet is and is no feature; column 4, "
                 "'attack_cat', says what a packet is and is no feature");
  check_left_out("type,b\n1,2\n", "type|b", 1, 3, ""); /* a type may be ICMP's */
  table t;
  read_table("a,Label\n1,0\n", &t);
  CU_ASSERT(t.has_labels);
  read_table("a,attack\n1,0\n", &t);
  CU_ASSERT(!t.has_labels && t.width == 1);
  read_table("label\n0\n1\n", &t);
  CU_ASSERT_EQUAL(t.err.status, NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(
      strstr(t.err.text, "line 1: no column is a feature: column 1, 'label', says"));
}

static void what_is_no_number_is_kept_apart(void) {
  table t;
  read_table("nan,inf,-inf\n1e999,-0,NaN\n", &t);
  CU_ASSERT_EQUAL(t.err.status, NT_OK);
  CU_ASSERT_EQUAL(t.rows, 2);
  CU_ASSERT(!t.named && isnan(t.values[0]) && t.values[1] == INFINITY && t.values[2] == -INFINITY);
  CU_ASSERT(t.values[3] == INFINITY && signbit(t.values[4]) && isnan(t.values[5]));
}

static void bad_rows_are_named(void) {
  static const struct {
    const char *text, *error;
    size_t rows;
  } bad[] = {
      {"1,2,3\n4,5\n6,7,8\n", "line 2: 2 columns, 3 expected", 1},
      {"1,2,3\n4,5,6,7\n6,7,8\n", "line 2: 4 columns, 3 expected", 1},
      {"1,2,3\n4,x,6\n6,7,8\n", "line 2: column 2 is 'x', a number expected", 1},
      {"1,2,3\n4,,6\n6,7,8\n", "line 2: column 2 is '', a number expected", 1},
      {"1,2,3\n4,5,\n6,7,8\n", "line 2: column 3 is '', a number expected", 1},
      {"1,2,3\n4,5,6,\n6,7,8\n", "line 2: 4 columns, 3 expected", 1},
      {"a;b\n0,5;1,5\n", "line 2: column 1 is '0,5', a number with a decimal point expected", 0},
      {"1.0;2\n0,5;1,5\n", "line 2: column 1 is '0,5', a number with a decimal point expected", 1},
      {"0,5;1,5\n", "line 1: column 2 is '5;1', a number with a decimal point expected", 0},
      {"1,2,3\n4,5 5,6\n6,7,8\n", "line 2: column 2 is '5 5', a number expected", 1},
      {"1,2,3\n\n6,7,8\n", "line 2: 1 columns, 3 expected", 1},
      {"a,b\n1,2\n3;4\n", "line 3: 1 columns, 2 expected", 1},
      {"1,abc,3\n", "line 1: column 2 is 'abc', a number expected", 0},
      {"1 2 3\n4 5\n", "line 2: 2 columns, 3 expected", 1},
      {"1 2 3\n4 5 6 7\n", "line 2: 4 columns, 3 expected", 1},
      {"timestamp,a\n1,2\n3\n", "line 3: 1 columns, 2 expected", 1},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    table t;
    read_table(bad[i].text, &t);
    CU_ASSERT_EQUAL(t.rows, bad[i].rows);
    CU_ASSERT_EQUAL(t.err.status, NT_E_INPUT);
    if (!strstr(t.err.text, bad[i].error)) printf("  '%s' lacks '%s'\n", t.err.text, bad[i].error);
    CU_ASSERT_PTR_NOT_NULL(strstr(t.err.text, bad[i].error));
  }
}

static void a_cut_last_row_is_a_warning(void) {
  table t;
  read_table("1,2,3\n4,5,6\n7,8", &t);
  CU_ASSERT_EQUAL(t.err.status, NT_OK);
  CU_ASSERT_EQUAL(t.rows, 2);
  CU_ASSERT_PTR_NOT_NULL(
      strstr(t.warning, "line 3: the file ends inside a line: 2 columns, 3 expected"));
  read_table("1,2,3\n4,5,-", &t);
  CU_ASSERT_EQUAL(t.rows, 1);
  CU_ASSERT_PTR_NOT_NULL(strstr(t.warning, "line 2: the file ends inside a line: column 3 is '-'"));
}

static void width_has_a_limit(void) {
  for (int wide = 0; wide < 2; wide++) {
    bytes b = {0};
    for (int i = 0; i < 65536 + wide; i++) bytes_text(&b, i ? ",1" : "1");
    bytes_text(&b, "\n");
    file f = file_of(b.data, b.count);
    nt_error err = {0};
    nt_capture *c = nt_capture_open(f.path, &err);
    CU_ASSERT_EQUAL(c == NULL, wide);
    CU_ASSERT_EQUAL(err.status, wide ? NT_E_LIMIT : NT_OK);
    if (wide)
      CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "line 1: 65537 columns, at most 65536 expected"));
    nt_capture_close(c);
    file_close(&f);
    bytes_free(&b);
  }
  bytes b = {0}; /* a line without an end is not read for ever */
  bytes_reserve(&b, 5 << 20);
  b.count = 5 << 20;
  memset(b.data, '7', b.count);
  file f = file_of(b.data, b.count);
  nt_error err = {0};
  CU_ASSERT_PTR_NULL(nt_capture_open(f.path, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_LIMIT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "line 1: a line of more than 4194304 bytes"));
  file_close(&f);
  bytes_free(&b);
}

/* Numbers in the form of the published CSV files come back bit for bit,
 * whatever the size of the reads. */
static void wide_rows_come_back(void) {
  enum { WIDTH = 115, ROWS = 700 };
  static double written[ROWS][WIDTH], read[ROWS][WIDTH];
  bytes b = {0};
  uint64_t state = 7;
  for (int i = 0; i < ROWS; i++) {
    for (int k = 0; k < WIDTH; k++) {
      char text[40];
      uint64_t r = next_random(&state);
      written[i][k] = ldexp((double)(r >> 11), (int)(r & 63) - 80);
      snprintf(text, sizeof text, "%.18e%c", written[i][k], k == WIDTH - 1 ? '\n' : ',');
      bytes_text(&b, text);
    }
  }
  file f = file_of(b.data, b.count);
  nt_error err;
  nt_capture *c = nt_capture_open(f.path, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  CU_ASSERT_EQUAL_FATAL(nt_capture_width(c), WIDTH);
  size_t rows = 0, got, step = 1;
  do {
    size_t want = rows + step < ROWS ? step : ROWS - rows + 1;
    double spare[WIDTH];
    if (rows == ROWS) {
      CHECK_OK(nt_capture_read_rows(c, spare, NULL, 1, &got, &err), err);
      CU_ASSERT_EQUAL(got, 0);
      break;
    }
    if (rows + want > ROWS) want = ROWS - rows;
    CHECK_OK(nt_capture_read_rows(c, read[rows], NULL, want, &got, &err), err);
    CU_ASSERT_EQUAL(got, want);
    rows += got;
    step = step * 3 + 1;
  } while (got);
  CU_ASSERT_EQUAL(rows, ROWS);
  CU_ASSERT_EQUAL(memcmp(read, written, sizeof read), 0);
  nt_capture_close(c);
  file_close(&f);
  bytes_free(&b);
}

static const check_case cases[] = {
    {"numbers have their forms", numbers_have_their_forms},
    {"numbers are rounded correctly", numbers_are_rounded_correctly},
    {"forms of tables", forms_of_tables},
    {"a column of times", a_column_of_times},
    {"columns that are no features", columns_that_are_no_features},
    {"what is no number is kept apart", what_is_no_number_is_kept_apart},
    {"bad rows are named", bad_rows_are_named},
    {"a cut last row is a warning", a_cut_last_row_is_a_warning},
    {"width has a limit", width_has_a_limit},
    {"wide rows come back", wide_rows_come_back},
};
CHECK_MAIN("feature_csv", cases)
