/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <hdf5.h>
#include <math.h>

#include "store/run/result_file.h"
#include "directory.h"

#define PACKETS 6000
#define FIRST 1000
#define SCORED (PACKETS - FIRST)

static double times[PACKETS], scores[SCORED];
static uint8_t labels[PACKETS];
static double xs[5] = {0, 0.25, 0.25, 0.5, 1}, ys[5] = {0, 0, 0.5, 1, 1},
              thresholds[5] = {INFINITY, 4, 3, 2, -1};
static size_t map_sizes[] = {2, 1}, map_features[] = {7, 0, 3};
static double map_distances[] = {0.125, 0.5};

static void fill(void) {
  for (size_t i = 0; i < PACKETS; i++) {
    times[i] = i == 3000 ? NAN : 1e9 + (double)i / 7;
    labels[i] = (uint8_t)(i % 3);
  }
  for (size_t i = 0; i < SCORED; i++) scores[i] = i % 11 ? sin((double)i) : i % 2 ? NAN : -INFINITY;
}

static nt_cell text(const char *name, const char *value) {
  return (nt_cell){name, "", name, NT_ROLE_IDENTITY, NT_CELL_TEXT, value, 0, 0, 0};
}
static nt_cell integer(const char *name, int64_t value) {
  return (nt_cell){name, "1", "a whole number", NT_ROLE_PARAMETER, NT_CELL_INTEGER, NULL, value,
                   0,    0};
}
static nt_cell number(const char *name, double value) {
  return (nt_cell){name, "s", "a number", NT_ROLE_METRIC,   NT_CELL_NUMBER,
                   NULL, 0,   value,      NT_MEASURE_HIGHER};
}

/* A complete run; its scores are those of all others plus `shift`. */
static void write_run(const char *path, const char *key, const nt_cell *cells, size_t count,
                      double shift) {
  nt_error err;
  static double shifted[SCORED];
  for (size_t i = 0; i < SCORED; i++) shifted[i] = scores[i] + shift;
  const nt_curve curve = {5, xs, ys, thresholds, 0.001};
  const nt_feature_map map = {2, 3, map_sizes, map_features, map_distances};
  const nt_note notes[] = {{"host", "here"}, {"key", key}};
  const nt_run_record run = {.key = key,
                             .cells = count,
                             .cell = cells,
                             .notes = 2,
                             .note = notes,
                             .first = FIRST,
                             .count = SCORED,
                             .scores = shifted,
                             .roc = &curve,
                             .precision_recall = &curve,
                             .map = &map};
  CHECK_OK(nt_run_file_write(path, &run, 4, &err), err);
}

static void write_failed(const char *path, const char *key, const nt_cell *cells, size_t count) {
  nt_error err;
  const nt_run_record run = {.key = key, .cells = count, .cell = cells};
  CHECK_OK(nt_run_file_write(path, &run, 4, &err), err);
}

static void write_data(const char *path, const char *name) {
  nt_error err;
  const nt_cell cells[] = {text("sha256", "abc"), integer("packets", PACKETS)};
  const nt_data_record data = {
      .name = name, .cells = 2, .cell = cells, .count = PACKETS, .times = times, .labels = labels};
  CHECK_OK(nt_data_file_write(path, &data, 4, &err), err);
}

static nt_status gather(const char *path, const char *const *sources, size_t count, size_t *rows,
                        nt_error *err) {
  const nt_result_sources from = {.count = count, .paths = sources};
  return nt_result_write(path, &from, NULL, 0, NULL, 0, rows, err);
}

/* run files a, b (failed), c and data d. */
static const char *const all[] = {"a", "b", "d", "c"};
static void write_all(void) {
  const nt_cell a[] = {text("dataset", "set"), text("status", "done"), text("reason", ""),
                       integer("m", 10),       number("auc", 0.75),    integer("packets", 6000)};
  const nt_cell b[] = {text("dataset", "set"), text("status", "failed"),
                       text("reason", "no \xc3\xbc"), number("m", 2.5)};
  const nt_cell c[] = {text("dataset", "set"), text("status", "done"), text("extra", "yes"),
                       integer("packets", 7),  number("auc", NAN),     integer("trees", -1)};
  write_run("a", "aaaa", a, 6, 0);
  write_failed("b", "bbbb", b, 4);
  write_run("c", "cccc", c, 6, 1);
  write_data("d", "set");
}

static const nt_column *column(const nt_table *table, const char *name) {
  for (size_t i = 0; i < table->columns; i++)
    if (strcmp(table->column[i].name, name) == 0) return &table->column[i];
  printf("  no column %s\n", name);
  return NULL;
}

static int has_texts(const nt_table *table, const char *name, const char *a, const char *b,
                     const char *c) {
  const nt_column *k = column(table, name);
  return k && k->type == NT_CELL_TEXT && strcmp(k->text[0], a) == 0 && strcmp(k->text[1], b) == 0 &&
         strcmp(k->text[2], c) == 0;
}

/* Whether the table holds what write_all wrote. */
static void check_table(const nt_table *t) {
  CU_ASSERT_EQUAL_FATAL(t->rows, 3);
  static const char *const order[] = {"run", "dataset", "status", "reason", "m",
                                      "auc", "packets", "extra",  "trees"};
  CU_ASSERT_EQUAL_FATAL(t->columns, 9);
  for (size_t i = 0; i < 9; i++) CU_ASSERT_STRING_EQUAL(t->column[i].name, order[i]);
  CU_ASSERT(has_texts(t, "run", "aaaa", "bbbb", "cccc"));
  CU_ASSERT(has_texts(t, "status", "done", "failed", "done"));
  CU_ASSERT(has_texts(t, "reason", "", "no \xc3\xbc", ""));
  CU_ASSERT(has_texts(t, "extra", "", "", "yes"));
  const nt_column *m = column(t, "m"), *auc = column(t, "auc");
  const nt_column *packets = column(t, "packets"), *trees = column(t, "trees");
  CU_ASSERT(m->type == NT_CELL_NUMBER && m->number[0] == 10 && m->number[1] == 2.5 &&
            isnan(m->number[2]));
  CU_ASSERT(m->role == NT_ROLE_PARAMETER && strcmp(m->unit, "1") == 0 &&
            strcmp(m->long_name, "a whole number") == 0);
  CU_ASSERT(auc->role == NT_ROLE_METRIC && auc->number[0] == 0.75 && isnan(auc->number[1]) &&
            isnan(auc->number[2]));
  CU_ASSERT(packets->type == NT_CELL_INTEGER && packets->integer[0] == 6000 &&
            packets->integer[1] == -1 && packets->integer[2] == 7);
  CU_ASSERT(packets->missing && packets->fill == -1);
  CU_ASSERT(trees->integer[0] == INT64_MIN && trees->integer[2] == -1);
  CU_ASSERT(trees->missing && trees->fill == INT64_MIN);
}

static int same_curve(const nt_curve *c) {
  return c->count == 5 && memcmp(c->x, xs, sizeof xs) == 0 && memcmp(c->y, ys, sizeof ys) == 0 &&
         memcmp(c->threshold, thresholds, sizeof thresholds) == 0 && c->deviation == 0.001;
}

static void check_run(const char *path, const char *key, double shift, int with_data) {
  nt_error err;
  nt_run_arrays a;
  CHECK_OK(nt_result_run(path, key, &a, &err), err);
  CU_ASSERT_EQUAL(a.first, FIRST);
  CU_ASSERT_EQUAL_FATAL(a.count, SCORED);
  size_t wrong = 0;
  for (size_t i = 0; i < SCORED; i++) {
    double expected = scores[i] + shift;
    wrong += memcmp(&a.scores[i], &expected, sizeof expected) != 0;
  }
  CU_ASSERT_EQUAL(wrong, 0);
  CU_ASSERT(same_curve(&a.roc) && same_curve(&a.precision_recall));
  if (with_data) {
    CU_ASSERT(a.times && memcmp(a.times, times + FIRST, SCORED * sizeof *times) == 0);
    CU_ASSERT(a.labels && memcmp(a.labels, labels + FIRST, SCORED) == 0);
  } else {
    CU_ASSERT(!a.times && !a.labels);
  }
  nt_run_arrays_done(&a);
}

static void check_result(const char *path) {
  nt_error err;
  nt_table table;
  nt_run_arrays arrays;
  CHECK_OK(nt_table_read(path, &table, &err), err);
  check_table(&table);
  nt_table_done(&table);
  check_run(path, "aaaa", 0, 1);
  check_run(path, "cccc", 1, 1);
  CHECK_OK(nt_result_run(path, "bbbb", &arrays, &err), err);
  CU_ASSERT(arrays.count == 0 && !arrays.scores && arrays.roc.count == 0);
  nt_run_arrays_done(&arrays);
  CU_ASSERT_EQUAL(nt_result_run(path, "eeee", &arrays, &err), NT_E_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "has no run eeee"));
  nt_result_size size;
  CHECK_OK(nt_result_sizes(path, &size, &err), err);
  CU_ASSERT(size.runs == 3 && size.scores == 2 * SCORED * 8);
  CU_ASSERT(size.stored > 1000 && size.stored < size.scores && size.file > size.stored);
}

static void gathers_run_files(void) {
  nt_error err;
  size_t rows = 0;
  write_all();
  CHECK_OK(gather("r.h5", all, 4, &rows, &err), err);
  CU_ASSERT_EQUAL(rows, 3);
  check_result("r.h5");
  /* A result gathered from itself alone, into itself, and from one half and the whole. */
  const char *const itself[] = {"r.h5"};
  CHECK_OK(gather("r.h5", itself, 1, &rows, &err), err);
  CU_ASSERT_EQUAL(rows, 3);
  check_result("r.h5");
  const char *const half[] = {"a", "b"}, *const parts[] = {"half", "r.h5"};
  CHECK_OK(gather("half", half, 2, &rows, &err), err);
  CHECK_OK(gather("whole", parts, 2, &rows, &err), err);
  CU_ASSERT_EQUAL(rows, 3);
  check_result("whole");
  check_run("a", "aaaa", 0, 0); /* a run's own file */
  nt_table table;
  CHECK_OK(nt_table_read("a", &table, &err), err);
  CU_ASSERT(table.rows == 1 && table.columns == 7 && table.notes == 2);
  CU_ASSERT_STRING_EQUAL(table.note[0].text, "here");
  nt_table_done(&table);
  remove_files();
}

static void keys_order_rows_and_choose_them(void) {
  nt_error err;
  size_t rows = 0;
  write_all();
  const nt_result_sources from = {.count = 4, .paths = all};
  const char *const keys[] = {"cccc", "none", "aaaa", "cccc"};
  CHECK_OK(nt_result_write("r.h5", &from, keys, 4, NULL, 0, &rows, &err), err);
  CU_ASSERT_EQUAL(rows, 2);
  nt_table table;
  nt_run_arrays arrays;
  CHECK_OK(nt_table_read("r.h5", &table, &err), err);
  CU_ASSERT_EQUAL_FATAL(table.rows, 2);
  CU_ASSERT_STRING_EQUAL(table.column[0].text[0], "cccc");
  CU_ASSERT_STRING_EQUAL(table.column[0].text[1], "aaaa");
  CU_ASSERT_EQUAL(column(&table, "m")->type, NT_CELL_INTEGER); /* its number was in run bbbb */
  nt_table_done(&table);
  CU_ASSERT_EQUAL(nt_result_run("r.h5", "bbbb", &arrays, &err), NT_E_ARGUMENT);
  CHECK_OK(nt_result_write("r.h5", &from, keys, 0, NULL, 0, &rows, &err), err);
  CU_ASSERT_EQUAL(rows, 0);
  CHECK_OK(nt_table_read("r.h5", &table, &err), err);
  CU_ASSERT(table.rows == 0 && table.columns == 1);
  nt_table_done(&table);
  remove_files();
}

static void first_of_a_key_wins(void) {
  nt_error err;
  size_t rows = 0;
  const nt_cell one[] = {integer("m", 1)}, two[] = {integer("m", 2)};
  write_run("one", "kkkk", one, 1, 0);
  write_run("two", "kkkk", two, 1, 1);
  const char *const sources[][2] = {{"one", "two"}, {"two", "one"}};
  for (int i = 0; i < 2; i++) {
    nt_table table;
    CHECK_OK(gather("r.h5", sources[i], 2, &rows, &err), err);
    CU_ASSERT_EQUAL(rows, 1);
    CHECK_OK(nt_table_read("r.h5", &table, &err), err);
    CU_ASSERT(table.rows == 1 && column(&table, "m")->integer[0] == i + 1);
    nt_table_done(&table);
    check_run("r.h5", "kkkk", i, 0);
  }
  remove_files();
}

static void columns_grow_to_hold_their_values(void) {
  nt_error err;
  nt_table table;
  const nt_cell a[] = {integer("x", 3), integer("y", 1)};
  const nt_cell b[] = {number("x", 0.1), text("y", "two")};
  const nt_cell c[] = {text("x", "three"), number("y", NAN)};
  write_failed("a", "aaaa", a, 2);
  write_failed("b", "bbbb", b, 2);
  write_failed("c", "cccc", c, 2);
  const char *const sources[] = {"a", "b", "c"};
  CHECK_OK(gather("r.h5", sources, 3, NULL, &err), err);
  CHECK_OK(nt_table_read("r.h5", &table, &err), err);
  CU_ASSERT(has_texts(&table, "x", "3", "0.1", "three"));
  CU_ASSERT(has_texts(&table, "y", "1", "two", ""));
  nt_table_done(&table);
  remove_files();
}

/* Files of version 0.1.0 are gathered with those of today. */
static void former_names_are_todays(void) {
  nt_error err;
  nt_table table;
  const nt_cell old[] = {number("tpr_at_fpr_1e-3", 0.25)}, now[] = {number("tpr_at_fpr_1em3", 0.5)};
  const nt_cell both[] = {old[0], now[0]};
  write_failed("old", "aaaa", old, 1);
  write_failed("now", "bbbb", now, 1);
  const char *const sources[] = {"old", "now"};
  CHECK_OK(gather("r.h5", sources, 2, NULL, &err), err);
  CHECK_OK(nt_table_read("r.h5", &table, &err), err);
  CU_ASSERT_EQUAL_FATAL(table.columns, 2);
  CU_ASSERT_EQUAL(column(&table, "tpr_at_fpr_1em3")->number[0], 0.25);
  CU_ASSERT_EQUAL(column(&table, "tpr_at_fpr_1em3")->number[1], 0.5);
  nt_table_done(&table);

  file_bytes good = load_bytes("r.h5");
  save_bytes("older", good.data, good.size - 24); /* without its seal */
  free(good.data);
  hid_t file = H5Fopen("older", H5F_ACC_RDWR, H5P_DEFAULT);
  H5Lmove(file, "runs/tpr_at_fpr_1em3", file, "runs/tpr_at_fpr_1e-3", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  CHECK_OK(nt_table_read("older", &table, &err), err);
  CU_ASSERT_STRING_EQUAL(table.column[1].name, "tpr_at_fpr_1em3");
  CU_ASSERT_EQUAL(table.column[1].number[1], 0.5);
  nt_table_done(&table);

  write_failed("both", "cccc", both, 2);
  CU_ASSERT_EQUAL(nt_table_read("both", &table, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "column tpr_at_fpr_1em3 is there twice"));
  file = H5Fopen("older", H5F_ACC_RDWR, H5P_DEFAULT);
  H5Lcopy(file, "runs/tpr_at_fpr_1e-3", file, "runs/tpr_at_fpr_1em3", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  CU_ASSERT_EQUAL(nt_table_read("older", &table, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is tpr_at_fpr_1em3, which is there already"));
  remove_files();
}

static int has_note(const nt_table *t, const char *name, const char *text) {
  for (size_t i = 0; i < t->notes; i++)
    if (strcmp(t->note[i].name, name) == 0) return strcmp(t->note[i].text, text) == 0;
  return 0;
}

static void notes_are_attributes(void) {
  nt_error err;
  nt_table table;
  char *script = malloc((1 << 20) + 1);
  memset(script, 'x', 1 << 20);
  script[1 << 20] = 0;
  write_all();
  const nt_result_sources from = {.count = 4, .paths = all};
  const nt_note notes[] = {{"script", script}, {"name", "quickstart"}, {"options", ""}};
  CHECK_OK(nt_result_write("r.h5", &from, NULL, 0, notes, 3, NULL, &err), err);
  CHECK_OK(nt_table_read("r.h5", &table, &err), err);
  CU_ASSERT_EQUAL_FATAL(table.notes, 7);
  for (size_t i = 0; i < 3; i++) {
    CU_ASSERT_STRING_EQUAL(table.note[i].name, notes[i].name);
    CU_ASSERT_STRING_EQUAL(table.note[i].text, notes[i].text);
  }
  CU_ASSERT_STRING_EQUAL(table.note[3].name, "end");
  CU_ASSERT(strlen(table.note[3].text) == 20 && table.note[3].text[19] == 'Z');
  CU_ASSERT(has_note(&table, "runs_done", "2") && has_note(&table, "runs_failed", "1"));
  CU_ASSERT(has_note(&table, "runs_missing", "0"));
  nt_table_done(&table);
  const char *const keys[] = {"aaaa", "none", "cccc", "nor this"};
  CHECK_OK(nt_result_write("r.h5", &from, keys, 4, NULL, 0, NULL, &err), err);
  CHECK_OK(nt_table_read("r.h5", &table, &err), err);
  CU_ASSERT(has_note(&table, "runs_done", "2") && has_note(&table, "runs_failed", "0"));
  CU_ASSERT(has_note(&table, "runs_missing", "2"));
  nt_table_done(&table);
  const nt_note twice[] = {{"a", "1"}, {"a", "2"}};
  CU_ASSERT_NOT_EQUAL(nt_result_write("r2.h5", &from, NULL, 0, twice, 2, NULL, &err), NT_OK);
  CU_ASSERT_NOT_EQUAL(access("r2.h5", F_OK), 0);
  free(script);
  remove_files();
}

/* ---------------------------------------------------------------- damage */

static void damaged_sources_are_named(void) {
  nt_error err;
  write_all();
  CHECK_OK(gather("r.h5", all, 4, NULL, &err), err);
  file_bytes before = load_bytes("r.h5");
  static const char *const names[] = {"a", "d", "r.h5"};
  for (size_t k = 0; k < 3; k++) {
    file_bytes good = load_bytes(names[k]);
    for (size_t at = 0; at + 8 < good.size; at += good.size / 60) {
      good.data[at] ^= 4;
      save_bytes("bad", good.data, good.size);
      good.data[at] ^= 4;
      const char *const sources[] = {"b", "bad"};
      CU_ASSERT_EQUAL(gather("r.h5", sources, 2, NULL, &err), NT_E_INPUT);
      CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "bad: "));
    }
    free(good.data);
  }
  save_bytes("bad", "nothing of HDF5", 15);
  H5Fclose(H5Fcreate("other", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  const char *const wrong[][1] = {{"bad"}, {"other"}, {"none"}};
  CU_ASSERT_EQUAL(gather("r.h5", wrong[0], 1, NULL, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(gather("r.h5", wrong[1], 1, NULL, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(gather("r.h5", wrong[2], 1, NULL, &err), NT_E_IO);
  CU_ASSERT(same_file("r.h5", before));
  nt_table table;
  nt_result_size size;
  nt_run_arrays arrays;
  CU_ASSERT_EQUAL(nt_table_read("d", &table, &err), NT_E_INPUT); /* data alone is no table */
  CU_ASSERT_EQUAL(nt_result_sizes("other", &size, &err), NT_E_INPUT);
  CU_ASSERT_EQUAL(nt_result_run("bad", "aaaa", &arrays, &err), NT_E_INPUT);
  free(before.data);
  remove_files();
}

/* Files of other programs, without a seal and with other shapes. */
static void forged_results_are_refused(void) {
  nt_error err;
  write_all();
  CHECK_OK(gather("r.h5", all, 4, NULL, &err), err);
  static const char *const links[] = {"runs/run",        "runs/auc",         "runs/dataset",
                                      "run/aaaa/scores", "run/aaaa/roc/tpr", "data/set/labels"};
  for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
    file_bytes good = load_bytes("r.h5");
    save_bytes("forged", good.data, good.size - 24);
    free(good.data);
    hid_t file = H5Fopen("forged", H5F_ACC_RDWR, H5P_DEFAULT);
    CU_ASSERT(file >= 0);
    H5Ldelete(file, links[i], H5P_DEFAULT);
    const hsize_t huge[2] = {(hsize_t)1 << 45, 2};
    hid_t space = H5Screate_simple(1 + i % 2, huge, NULL), create = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[2] = {1000, 2};
    H5Pset_chunk(create, 1 + i % 2, chunk);
    H5Dclose(
        H5Dcreate2(file, links[i], H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, create, H5P_DEFAULT));
    H5Pclose(create);
    H5Sclose(space);
    H5Fclose(file);
    const char *const sources[] = {"forged"};
    CU_ASSERT_EQUAL(gather("out", sources, 1, NULL, &err), NT_E_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "forged: "));
    nt_table table;
    nt_run_arrays arrays;
    nt_status status = i < 3 ? nt_table_read("forged", &table, &err)
                             : nt_result_run("forged", "aaaa", &arrays, &err);
    CU_ASSERT_EQUAL(status, NT_E_INPUT);
  }
  CU_ASSERT_NOT_EQUAL(access("out", F_OK), 0);
  remove_files();
}

static int gather_until_full(void) {
  nt_error err;
  nt_status status = gather("r.h5", all, 4, NULL, &err);
  if (status != NT_E_IO) printf("  %d: %s\n", status, err.text);
  return status == NT_E_IO ? 0 : 1;
}

static void full_disk_leaves_the_old_file(void) {
  nt_error err;
  write_all();
  const char *const one[] = {"b"};
  CHECK_OK(gather("r.h5", one, 1, NULL, &err), err);
  file_bytes before = load_bytes("r.h5");
  for (size_t limit = 64; limit < 100000; limit *= 3) {
    CU_ASSERT(holds_on_full_disk(gather_until_full, limit));
    CU_ASSERT(same_file("r.h5", before));
    CU_ASSERT_EQUAL(count_files(), 5);
  }
  free(before.data);
  remove_files();
}

static const check_case cases[] = {
    {"run files are gathered, and gathered again", gathers_run_files},
    {"keys order the rows and choose them", keys_order_rows_and_choose_them},
    {"the first of a key wins", first_of_a_key_wins},
    {"columns grow to hold their values", columns_grow_to_hold_their_values},
    {"former names of measures are today's", former_names_are_todays},
    {"notes are attributes", notes_are_attributes},
    {"damaged sources are named", damaged_sources_are_named},
    {"forged results are refused", forged_results_are_refused},
    {"a full disk leaves the old file", full_disk_leaves_the_old_file},
};

int main(void) {
  fill();
  return directory_main("result file", cases, sizeof cases / sizeof *cases);
}
