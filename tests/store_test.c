/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <math.h>
#include <stdint.h>
#include <sys/stat.h>

#include "store/file/output.h"
#include "store/output/store.h"
#include "directory.h"

/* ---------------------------------------------------------------- texts */

static void write_file(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  fputs(text, f);
  fclose(f);
}

static char *read_file(const char *path) {
  static char text[1 << 16];
  FILE *f = fopen(path, "r");
  size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
  text[n] = 0;
  if (f) fclose(f);
  return text;
}

/* ---------------------------------------------------------------- output files */

static void output_appears_only_when_committed(void) {
  nt_error err;
  nt_output output;
  write_file("out", "before");
  CHECK_OK(nt_output_begin(&output, "out", &err), err);
  CU_ASSERT_EQUAL(count_files(), 2);
  write_file(output.temporary, "after");
  CU_ASSERT_STRING_EQUAL(read_file("out"), "before");
  CHECK_OK(nt_output_commit(&output, &err), err);
  CU_ASSERT_STRING_EQUAL(read_file("out"), "after");
  CU_ASSERT_EQUAL(count_files(), 1);

  CHECK_OK(nt_output_begin(&output, "out", &err), err);
  nt_output_discard(&output);
  CU_ASSERT_STRING_EQUAL(read_file("out"), "after");
  CU_ASSERT_EQUAL(count_files(), 1);
  nt_output_discard(&output); /* a second call is harmless */
  remove_files();
}

static void output_follows_symbolic_links(void) {
  nt_error err;
  nt_output output;
  write_file("target", "before");
  CU_ASSERT_EQUAL(symlink("target", "link"), 0);
  CHECK_OK(nt_output_begin(&output, "link", &err), err);
  write_file(output.temporary, "after");
  CHECK_OK(nt_output_commit(&output, &err), err);
  struct stat st;
  CU_ASSERT_EQUAL(lstat("link", &st), 0);
  CU_ASSERT(S_ISLNK(st.st_mode));
  CU_ASSERT_STRING_EQUAL(read_file("target"), "after");
  remove_files();
}

static void output_refuses_what_it_cannot_replace(void) {
  nt_error err;
  nt_output output;
  CU_ASSERT_EQUAL(nt_output_begin(&output, "none/out", &err), NT_E_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "none/out"));
  CU_ASSERT_EQUAL(nt_output_begin(&output, "/tmp", &err), NT_E_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "not a regular file"));
  CU_ASSERT_EQUAL(nt_output_begin(&output, "/dev/null", &err), NT_E_IO);

  write_file("in", "x");
  CU_ASSERT_EQUAL(symlink("in", "alias"), 0);
  CU_ASSERT_EQUAL(nt_output_refuse("alias", "in", "capture", &err), NT_E_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "would replace the capture"));
  CHECK_OK(nt_output_refuse("other", "in", "capture", &err), err);
  CHECK_OK(nt_output_refuse("in", "-", "capture", &err), err);
  CHECK_OK(nt_output_refuse(NULL, "in", "capture", &err), err);
  remove_files();
}

/* ---------------------------------------------------------------- stores */

#define WIDTH 3
static const char *const names[WIDTH] = {"a", "b,c", "d\"e"};
static const char *const units[WIDTH] = {"byte", "s^2", "1"};

static double value_of(size_t row, size_t column) {
  return sin((double)row * 0.1 + (double)column) * pow(10, (double)(row % 7));
}

/* Appends rows [from, from + count). */
static nt_status append_rows(nt_store *store, size_t from, size_t count, nt_error *err) {
  double *times = calloc(count + 1, sizeof *times), *scores = calloc(count + 1, sizeof *scores);
  double *features = calloc(count * WIDTH + 1, sizeof *features);
  uint8_t *labels = calloc(count + 1, 1);
  for (size_t i = 0; i < count; i++) {
    times[i] = 1e9 + (double)(from + i) / 3;
    scores[i] = value_of(from + i, 9);
    labels[i] = (uint8_t)((from + i) % 3);
    for (size_t j = 0; j < WIDTH; j++) features[i * WIDTH + j] = value_of(from + i, j);
  }
  nt_status status = nt_store_append(
      store,
      &(nt_store_rows){
          .count = count, .times = times, .features = features, .scores = scores, .labels = labels},
      err);
  free(times);
  free(scores);
  free(features);
  free(labels);
  return status;
}

static const nt_store_shape everything = {.width = WIDTH,
                                          .names = names,
                                          .units = units,
                                          .features = 1,
                                          .scores = 1,
                                          .labels = 1,
                                          .compression = 1};

/* Blocks that end off chunk borders, within chunks and across them. */
static const size_t blocks[] = {1,  NT_STORE_CHUNK - 3, 0, 2 * NT_STORE_CHUNK + 5,
                                17, NT_STORE_CHUNK};
#define ROWS (1 + NT_STORE_CHUNK - 3 + 2 * NT_STORE_CHUNK + 5 + 17 + NT_STORE_CHUNK)

static void check_column(hid_t file, const char *name, size_t columns, size_t offset) {
  static double read[ROWS * WIDTH];
  hid_t id = H5Dopen2(file, name, H5P_DEFAULT), space = H5Dget_space(id);
  CU_ASSERT_EQUAL_FATAL(H5Sget_simple_extent_npoints(space), (hssize_t)(ROWS * columns));
  CU_ASSERT(H5Dread(id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, read) >= 0);
  size_t wrong = 0;
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < columns; j++) wrong += read[i * columns + j] != value_of(i, j + offset);
  CU_ASSERT_EQUAL(wrong, 0);
  H5Sclose(space);
  H5Dclose(id);
}

static int h5_text_attribute_is(hid_t object, const char *name, const char *expected) {
  hid_t id = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(id);
  char *text = NULL;
  int same = H5Aread(id, type, &text) >= 0 && text && strcmp(text, expected) == 0;
  H5free_memory(text);
  H5Tclose(type);
  H5Aclose(id);
  return same;
}

static void hdf5_gives_back_what_it_was_given(void) {
  nt_error err;
  for (int compression = 0; compression <= 9; compression += 3) {
    nt_store *store = nt_store_create("x.h5", &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(store);
    nt_store_shape shape = everything;
    shape.compression = compression;
    CHECK_OK(nt_store_begin(store, &shape, &err), err);
    size_t from = 0;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; from += blocks[i++])
      CHECK_OK(append_rows(store, from, blocks[i], &err), err);
    CU_ASSERT_EQUAL(from, ROWS);
    CHECK_OK(nt_store_text(store, "name", "fuchs \xc3\xbc", &err), err);
    CHECK_OK(nt_store_integer(store, "count", INT64_MIN, &err), err);
    CHECK_OK(nt_store_number(store, "ratio", 0.1, &err), err);
    size_t sizes[] = {2, 1}, features[] = {2, 0, 1};
    CHECK_OK(nt_store_map(store, &(nt_feature_map){2, 3, sizes, features, NULL}, &err), err);
    CHECK_OK(nt_store_commit(store, &err), err);

    hid_t file = H5Fopen("x.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    check_column(file, "features", WIDTH, 0);
    check_column(file, "scores", 1, 9);
    CU_ASSERT(h5_text_attribute_is(file, "name", "fuchs \xc3\xbc"));
    H5Fclose(file);

    nt_feature_map map;
    CHECK_OK(nt_store_read_map("x.h5", &map, &err), err);
    CU_ASSERT(map.autoencoders == 2 && map.total == 3);
    CU_ASSERT(memcmp(map.sizes, sizes, sizeof sizes) == 0);
    CU_ASSERT(memcmp(map.features, features, sizeof features) == 0);
    nt_feature_map_done(&map);
    remove_files();
  }
}

/* More than eight attributes move to HDF5's dense storage, long texts to its heap. */
static void hdf5_takes_many_and_long_attributes(void) {
  nt_error err;
  nt_store *store = nt_store_create("x.h5", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(store);
  CHECK_OK(nt_store_begin(store, &everything, &err), err);
  char *longest = malloc(200001);
  memset(longest, 'x', 200000);
  longest[200000] = 0;
  char name[32];
  for (int i = 0; i < 100; i++) {
    snprintf(name, sizeof name, "attribute_%d", i);
    CHECK_OK(nt_store_text(store, name, i == 50 ? longest : "", &err), err);
  }
  CU_ASSERT_EQUAL(nt_store_text(store, "attribute_7", "again", &err), NT_E_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "attribute attribute_7"));
  CHECK_OK(nt_store_commit(store, &err), err);
  hid_t file = H5Fopen("x.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
  CU_ASSERT(h5_text_attribute_is(file, "attribute_50", longest));
  CU_ASSERT(h5_text_attribute_is(file, "attribute_99", ""));
  H5Fclose(file);
  free(longest);
  remove_files();
}

static void csv_reads_back_as_the_same_doubles(void) {
  nt_error err;
  const double odd[] = {
      0.1, -0.0, 1e300, 5e-324, NAN, -INFINITY, 1e15, 123456789012345680.0, 1.0 / 3, -1.0 / 0.7};
  enum { N = sizeof odd / sizeof *odd };
  nt_store *store = nt_store_create("x.CSV", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(store);
  nt_store_shape shape = {.width = 1, .names = names, .scores = 1, .labels = 1};
  CHECK_OK(nt_store_begin(store, &shape, &err), err);
  uint8_t labels[N] = {0, 1, 2};
  for (int i = 0; i < N; i += N / 2) /* packet numbers continue from block to block */
    CHECK_OK(nt_store_append(
                 store,
                 &(nt_store_rows){
                     .count = N / 2, .times = odd + i, .scores = odd + i, .labels = labels + i},
                 &err),
             err);
  CHECK_OK(nt_store_commit(store, &err), err);
  char *at = read_file("x.CSV");
  CU_ASSERT_EQUAL(strncmp(at, "packet,timestamp,score,label\n", 29), 0);
  at = strchr(at, '\n') + 1;
  for (int i = 0; i < N; i++) {
    CU_ASSERT_EQUAL(strtol(at, &at, 10), i);
    double time = strtod(at + 1, &at), score = strtod(at + 1, &at);
    CU_ASSERT(isnan(odd[i]) ? isnan(time) : memcmp(&time, &odd[i], sizeof time) == 0);
    CU_ASSERT(isnan(odd[i]) ? isnan(score) : memcmp(&score, &odd[i], sizeof score) == 0);
    CU_ASSERT_EQUAL(strtol(at + 1, &at, 10), labels[i]);
    CU_ASSERT_EQUAL(*at++, '\n');
  }
  remove_files();
}

static void csv_quotes_names_and_refuses_two_kinds(void) {
  nt_error err;
  nt_store *store = nt_store_create("x.csv", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(store);
  CU_ASSERT_EQUAL(nt_store_begin(store, &everything, &err), NT_E_ARGUMENT);
  nt_store_shape shape = {.width = WIDTH, .names = names, .features = 1};
  nt_store_discard(store);
  store = nt_store_create("x.csv", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(store);
  CHECK_OK(nt_store_begin(store, &shape, &err), err);
  CHECK_OK(nt_store_commit(store, &err), err);
  CU_ASSERT_STRING_EQUAL(read_file("x.csv"), "timestamp,a,\"b,c\",\"d\"\"e\"\n");
  remove_files();
}

static void endings_decide_the_format(void) {
  nt_error err;
  static const char *const bad[] = {"x", "x.", "x.txt", "h5", "x.h5/y", "dir.h5/x", "x.csv.gz"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CU_ASSERT_PTR_NULL(nt_store_create(bad[i], &err));
    CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, ".h5, .hdf5 or .csv"));
  }
  CU_ASSERT_PTR_NULL(nt_store_create("none/x.h5", &err));
  CU_ASSERT_EQUAL(err.status, NT_E_IO);
  static const char *const good[] = {"x.h5", "x.HDF5", "x.csv"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    nt_store *store = nt_store_create(good[i], &err);
    CU_ASSERT_PTR_NOT_NULL(store);
    CU_ASSERT_EQUAL(count_files(), 1);
    nt_store_discard(store);
    CU_ASSERT_EQUAL(count_files(), 0);
  }
  nt_store_discard(NULL);
}

static const char *path_on_full_disk;

/* A full disk gives an error and leaves nothing behind; HDF5 alone would crash at exit. */
static int write_until_full(void) {
  nt_error err;
  nt_store *store = nt_store_create(path_on_full_disk, &err);
  nt_store_shape shape = everything;
  shape.scores = shape.labels = 0;
  nt_status status = nt_store_begin(store, &shape, &err);
  for (size_t i = 0; status == NT_OK && i < 100; i++)
    status = append_rows(store, i * 1000, 1000, &err);
  if (status == NT_OK) {
    status = nt_store_commit(store, &err);
    store = NULL;
  }
  nt_store_discard(store);
  return status == NT_E_IO && strstr(err.text, strerror(EFBIG)) ? 0 : 1;
}

static void full_disk_leaves_nothing(void) {
  static const char *const paths[] = {"x.h5", "x.csv"};
  for (size_t i = 0; i < 2; i++) {
    path_on_full_disk = paths[i];
    CU_ASSERT(holds_on_full_disk(write_until_full, 1 << 16));
    CU_ASSERT_EQUAL(count_files(), 0);
  }
}

/* ---------------------------------------------------------------- foreign maps */

static void put_dataset(hid_t file, const char *name, hid_t type, int rank, const hsize_t *dims,
                        const void *values) {
  hid_t space = H5Screate_simple(rank, dims, NULL);
  hid_t id = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  if (values) H5Dwrite(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  H5Dclose(id);
  H5Sclose(space);
}

static void forged_maps_are_refused(void) {
  nt_error err;
  nt_feature_map map;
  const int64_t good[] = {1, 1}, negative[] = {1, -1};
  const double real[] = {1, 1};
  const hsize_t two[] = {2, 1}, none[] = {0, 0}, huge[] = {(hsize_t)1 << 40, 1};
  const struct {
    hid_t type;
    int rank;
    const hsize_t *dims;
    const void *values;
    const char *expected;
  } forged[] = {
      {H5T_NATIVE_INT64, 1, two, negative, "entry 1 is -1"},
      {H5T_NATIVE_DOUBLE, 1, two, real, "whole numbers"},
      {H5T_NATIVE_INT64, 2, two, good, "one dimension"},
      {H5T_NATIVE_INT64, 1, none, NULL, "0 entries"},
      {H5T_NATIVE_INT64, 1, huge, NULL, "entries, expected"},
  };
  for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
    hid_t file = H5Fcreate("m.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, "map", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    put_dataset(file, "map/sizes", H5T_NATIVE_INT64, 1, two, good);
    put_dataset(file, "map/features", forged[i].type, forged[i].rank, forged[i].dims,
                forged[i].values);
    H5Fclose(file);
    CU_ASSERT_EQUAL(nt_store_read_map("m.h5", &map, &err), NT_E_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, forged[i].expected));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "m.h5"));
    CU_ASSERT_PTR_NULL(map.sizes);
  }
  hid_t file = H5Fcreate("m.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  CU_ASSERT_EQUAL(nt_store_read_map("m.h5", &map, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no dataset /map/sizes"));
  remove_files();
}

static void text_maps_are_read_by_content(void) {
  nt_error err;
  nt_feature_map map;
  write_file("map.h5", "# not HDF5 in spite of its name\n0 2\n1\n");
  CHECK_OK(nt_store_read_map("map.h5", &map, &err), err);
  CU_ASSERT(map.autoencoders == 2 && map.total == 3);
  nt_feature_map_done(&map);
  CU_ASSERT_NOT_EQUAL(nt_store_read_map("none", &map, &err), NT_OK);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "none"));
  remove_files();
}

static const check_case cases[] = {
    {"an output appears only when committed", output_appears_only_when_committed},
    {"an output follows symbolic links", output_follows_symbolic_links},
    {"an output refuses what it cannot replace", output_refuses_what_it_cannot_replace},
    {"HDF5 gives back what it was given", hdf5_gives_back_what_it_was_given},
    {"HDF5 takes many and long attributes", hdf5_takes_many_and_long_attributes},
    {"CSV reads back as the same doubles", csv_reads_back_as_the_same_doubles},
    {"CSV quotes names, refuses two kinds of rows", csv_quotes_names_and_refuses_two_kinds},
    {"endings decide the format", endings_decide_the_format},
    {"a full disk leaves nothing", full_disk_leaves_nothing},
    {"forged maps are refused", forged_maps_are_refused},
    {"text maps are read by content", text_maps_are_read_by_content},
};

DIRECTORY_MAIN("store", cases)
