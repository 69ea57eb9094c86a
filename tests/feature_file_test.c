/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <hdf5.h>
#include <math.h>

#include "ground/team.h"
#include "store/file/seal.h"
#include "store/output/feature_file.h"
#include "directory.h"

#define WIDTH 5
#define ROWS (2 * NT_FEATURE_CHUNK + 777)
static const char *const names[WIDTH] = {"a", "fuchs \xc3\xbc", "", "MI_dir_L5_weight", "e"};
static const char *const units[WIDTH] = {"byte", "s^2", "1", "1", ""};

static double features[ROWS * WIDTH], times[ROWS];
static uint32_t sizes[ROWS];

static void fill(void) {
  uint64_t state = 7;
  for (size_t i = 0; i < ROWS * WIDTH; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    memcpy(&features[i], &state, sizeof state); /* any bits: NaN with payload, inf, denormals */
  }
  for (size_t i = 0; i < ROWS; i++) {
    times[i] = i % 100 ? 1e9 + (double)i / 3 : NAN;
    sizes[i] = (uint32_t)(i * 2654435761u);
  }
  features[0] = INFINITY, features[1] = -0.0, features[2] = NAN;
}

static nt_feature_writer *begin(const char *path, int with_sizes) {
  nt_error err;
  const nt_feature_shape shape = {
      .width = WIDTH, .names = names, .units = units, .sizes = with_sizes};
  nt_feature_writer *writer = nt_feature_writer_create(path, &shape, &err);
  if (!writer) printf("  %s\n", err.text);
  return writer;
}

static nt_status append(nt_feature_writer *writer, size_t from, size_t count, nt_error *err) {
  return nt_feature_writer_append(writer, count, features + from * WIDTH, times + from,
                                  sizes + from, err);
}

/* Writes blocks that do not end at chunk borders, one of them larger than a chunk. */
static void write_rows(const char *path, size_t rows, int with_sizes) {
  nt_error err;
  nt_feature_writer *writer = begin(path, with_sizes);
  CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
  static const size_t blocks[] = {0, 1, 100, NT_FEATURE_CHUNK + 50};
  for (size_t from = 0, i = 0; from < rows; i++) {
    size_t count = blocks[i % 4] < rows - from ? blocks[i % 4] : rows - from;
    CHECK_OK(append(writer, from, count, &err), err);
    from += count;
  }
  CHECK_OK(nt_feature_writer_text(writer, "profile", "stream", &err), err);
  CHECK_OK(nt_feature_writer_text(writer, "empty", "", &err), err);
  CHECK_OK(nt_feature_writer_number(writer, "seconds", 0.1, &err), err);
  CHECK_OK(nt_feature_writer_commit(writer, &err), err);
}

/* Whether rows first .. first + count - 1 read as written; only the requested arrays. */
static int reads_back(const nt_feature_file *file, size_t first, size_t count, nt_error *err) {
  double *x = malloc((count * WIDTH + 1) * sizeof *x), *t = malloc((count + 1) * sizeof *t);
  uint32_t *s = malloc((count + 1) * sizeof *s);
  int with_sizes = nt_feature_file_has_sizes(file);
  int same = nt_feature_file_read(file, first, count, x, t, with_sizes ? s : NULL, err) == NT_OK;
  same = same && memcmp(x, features + first * WIDTH, count * WIDTH * sizeof *x) == 0 &&
         memcmp(t, times + first, count * sizeof *t) == 0 &&
         (!with_sizes || memcmp(s, sizes + first, count * sizeof *s) == 0);
  free(x);
  free(t);
  free(s);
  return same;
}

static void reads_back_bit_for_bit(void) {
  static const size_t lengths[] = {
      0, 1, NT_FEATURE_CHUNK - 1, NT_FEATURE_CHUNK, NT_FEATURE_CHUNK + 1, ROWS};
  nt_error err;
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    size_t rows = lengths[i];
    int with_sizes = i % 2;
    write_rows("f.h5", rows, with_sizes);
    nt_feature_file *file = nt_feature_file_open("f.h5", &err);
    if (!file) printf("  %s\n", err.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(nt_feature_file_rows(file), rows);
    CU_ASSERT_EQUAL(nt_feature_file_width(file), WIDTH);
    CU_ASSERT_EQUAL(nt_feature_file_has_sizes(file), with_sizes);
    for (size_t j = 0; j < WIDTH; j++)
      CU_ASSERT_STRING_EQUAL(nt_feature_file_names(file)[j], names[j]);
    CU_ASSERT_STRING_EQUAL(nt_feature_file_text(file, "profile"), "stream");
    CU_ASSERT_STRING_EQUAL(nt_feature_file_text(file, "empty"), "");
    CU_ASSERT_EQUAL(nt_feature_file_number(file, "seconds"), 0.1);
    CU_ASSERT(isnan(nt_feature_file_number(file, "none")));
    CU_ASSERT(isnan(nt_feature_file_number(file, "profile")));
    CU_ASSERT_PTR_NULL(nt_feature_file_text(file, "none"));
    CU_ASSERT_PTR_NULL(nt_feature_file_text(file, "seconds"));
    CU_ASSERT(reads_back(file, 0, rows, &err));
    for (size_t first = 0; first < rows; first += 1301)
      CU_ASSERT(reads_back(file, first, rows - first < 2000 ? rows - first : 2000, &err));
    CHECK_OK(nt_feature_file_read(file, 0, rows, NULL, NULL, NULL, &err), err);
    CU_ASSERT_EQUAL(nt_feature_file_read(file, rows, 1, NULL, NULL, NULL, &err), NT_E_ARGUMENT);
    CU_ASSERT_EQUAL(nt_feature_file_read(file, UINT64_MAX, 2, NULL, NULL, NULL, &err),
                    NT_E_ARGUMENT);
    if (!with_sizes)
      CU_ASSERT_EQUAL(nt_feature_file_read(file, 0, 0, NULL, NULL, sizes, &err), NT_E_ARGUMENT);
    nt_feature_file_close(file);
  }
  remove_files();
}

/* HDF5 reads the same numbers: the file is an ordinary one. */
static void is_an_hdf5_file(void) {
  write_rows("f.h5", ROWS, 1);
  static double read[ROWS * WIDTH];
  hid_t file = H5Fopen("f.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t id = H5Dopen2(file, "features", H5P_DEFAULT);
  CU_ASSERT(H5Dread(id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, read) >= 0);
  CU_ASSERT(memcmp(read, features, sizeof read) == 0);
  H5Dclose(id);
  H5Fclose(file);
  remove_files();
}

typedef struct reading {
  nt_feature_file *file;
  int good[400];
} reading;

static void read_some(void *context, size_t i, int member) {
  reading *r = context;
  nt_error own;
  (void)member;
  size_t first = i * 1987 % ROWS, count = i * 733 % (ROWS - first) + 1;
  r->good[i] = reads_back(r->file, first, count, &own);
}

static void many_threads_read_at_once(void) {
  nt_error err;
  write_rows("f.h5", ROWS, 1);
  nt_feature_file *file = nt_feature_file_open("f.h5", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  unlink("f.h5"); /* an open file stays readable after the cache removes it */
  reading r = {.file = file};
  nt_team *team = nt_team_new(8, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(team);
  nt_team_each(team, 400, read_some, &r);
  nt_team_free(team);
  int good = 0;
  for (int i = 0; i < 400; i++) good += r.good[i];
  CU_ASSERT_EQUAL(good, 400);
  nt_feature_file_close(file);
  CU_ASSERT_EQUAL(count_files(), 0);
}

static void appears_only_when_committed(void) {
  nt_error err;
  write_rows("f.h5", 10, 0);
  file_bytes before = load_bytes("f.h5");
  nt_feature_writer *writer = begin("f.h5", 0);
  CHECK_OK(append(writer, 0, ROWS, &err), err);
  CU_ASSERT(same_file("f.h5", before));
  nt_feature_writer_discard(writer);
  CU_ASSERT(same_file("f.h5", before));
  CU_ASSERT_EQUAL(count_files(), 1);
  nt_feature_writer_discard(NULL);
  const nt_feature_shape none = {.width = 0}, wide = {.width = 1 << 20};
  CU_ASSERT_PTR_NULL(nt_feature_writer_create("g.h5", &none, &err));
  CU_ASSERT_PTR_NULL(nt_feature_writer_create("g.h5", &wide, &err));
  CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
  CU_ASSERT_PTR_NULL(begin("none/f.h5", 0));
  writer = begin("g.h5", 1);
  CU_ASSERT_EQUAL(nt_feature_writer_append(writer, 1, features, times, NULL, &err), NT_E_ARGUMENT);
  nt_feature_writer_discard(writer);
  free(before.data);
  remove_files();
}

static int write_until_full(void) {
  nt_error err;
  const nt_feature_shape shape = {.width = WIDTH, .names = names, .sizes = 1};
  nt_feature_writer *writer = nt_feature_writer_create("f.h5", &shape, &err);
  nt_status status = writer ? NT_OK : err.status;
  for (int i = 0; status == NT_OK && i < 10; i++) status = append(writer, 0, ROWS, &err);
  if (status == NT_OK)
    status = nt_feature_writer_commit(writer, &err);
  else
    nt_feature_writer_discard(writer);
  if (status != NT_E_IO) printf("  %d: %s\n", status, err.text);
  return status == NT_E_IO && strstr(err.text, "f.h5") && strstr(err.text, "too large") ? 0 : 1;
}

static void full_disk_leaves_the_old_file(void) {
  write_rows("f.h5", 10, 0);
  file_bytes before = load_bytes("f.h5");
  static const size_t limits[] = {100, 5000, 200000, 400000, 1000000};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    CU_ASSERT(holds_on_full_disk(write_until_full, limits[i]));
    CU_ASSERT(same_file("f.h5", before));
    CU_ASSERT_EQUAL(count_files(), 1);
  }
  free(before.data);
  remove_files();
}

/* 0: refused; 1: read, unchanged; 2: read with other numbers. */
static int open_and_read(const char *path) {
  nt_error err = {NT_OK, ""};
  nt_feature_file *file = nt_feature_file_open(path, &err);
  int same = 0, width = WIDTH;
  if (file) {
    width = (int)nt_feature_file_width(file);
    for (int j = 0; j < width && j < WIDTH; j++)
      if (strcmp(nt_feature_file_names(file)[j], names[j]) != 0) width = -1;
    if (nt_feature_file_rows(file) == NT_FEATURE_CHUNK + 9 && width == WIDTH)
      same = reads_back(file, 0, NT_FEATURE_CHUNK + 9, &err);
  }
  int refused = err.status == NT_E_INPUT && strstr(err.text, path) == err.text;
  nt_feature_file_close(file);
  return refused ? 0 : same ? 1 : 2;
}

/* A change of any single byte is refused or changes nothing. */
static void damage_is_found(void) {
  write_rows("f.h5", NT_FEATURE_CHUNK + 9, 1);
  file_bytes good = load_bytes("f.h5");
  CU_ASSERT_EQUAL(open_and_read("f.h5"), 1);
  size_t refused = 0, harmless = 0, wrong = 0;
  for (size_t at = 0; at < good.size;
       at += at % 5 + (at > 8000 && at + 8000 < good.size ? 601 : 3)) {
    unsigned char saved = good.data[at];
    good.data[at] ^= (unsigned char)(1u << at % 8);
    save_bytes("bad.h5", good.data, good.size);
    good.data[at] = saved;
    int result = open_and_read("bad.h5");
    refused += result == 0, harmless += result == 1, wrong += result == 2;
    if (result == 2) printf("  byte %zu of %zu: read, but wrong\n", at, good.size);
  }
  printf("  %zu refused, %zu harmless, %zu wrong\n", refused, harmless, wrong);
  CU_ASSERT_EQUAL(wrong, 0);
  CU_ASSERT(refused > 300);
  for (size_t size = 0; size < good.size; size += size / 3 + 1) {
    save_bytes("bad.h5", good.data, size);
    CU_ASSERT_EQUAL(open_and_read("bad.h5"), 0);
  }
  free(good.data);
  remove_files();
}

static void other_files_are_refused(void) {
  save_bytes("bad.h5", "not HDF5 at all\n", 16);
  CU_ASSERT_EQUAL(open_and_read("bad.h5"), 0);
  H5Fclose(H5Fcreate("bad.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  CU_ASSERT_EQUAL(open_and_read("bad.h5"), 0);
  /* Datasets of the right name and the wrong shape; more rows than the file can hold. */
  static const hsize_t shapes[][2] = {{1, 10}, {(hsize_t)1 << 50, 5}, {1 << 13, (hsize_t)1 << 40}};
  for (size_t i = 0; i < 3; i++) {
    hid_t file = H5Fcreate("bad.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(2, shapes[i], NULL), create = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[2] = {i ? NT_FEATURE_CHUNK : 1, i == 2 ? 5 : shapes[i][1]};
    H5Pset_chunk(create, 2, chunk);
    hid_t id =
        H5Dcreate2(file, "features", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, create, H5P_DEFAULT);
    H5Dclose(id);
    H5Pclose(create);
    H5Sclose(space);
    H5Fclose(file);
    CU_ASSERT_EQUAL(open_and_read("bad.h5"), 0);
  }
  nt_error err;
  CU_ASSERT_PTR_NULL(nt_feature_file_open("none.h5", &err));
  CU_ASSERT_EQUAL(err.status, NT_E_IO);
  CU_ASSERT_PTR_NULL(nt_feature_file_open("/tmp", &err));
  CU_ASSERT_EQUAL(err.status, NT_E_INPUT);
  remove_files();
}

/* A forged index with a valid checksum: no byte of it leads out of the file. The
 * sanitizers would see a wrong bound. */
static void forged_indexes_do_no_harm(void) {
  nt_error err;
  write_rows("f.h5", NT_FEATURE_CHUNK + 9, 1);
  file_bytes good = load_bytes("f.h5");
  uint64_t covered;
  memcpy(&covered, good.data + good.size - 24, sizeof covered);
  size_t body = good.size - 24 - covered, opened = 0;
  for (size_t at = 0; at < covered; at++)
    for (int bit = 0; bit < 8; bit += 7) {
      good.data[body + at] ^= (unsigned char)(1 << bit);
      save_bytes("bad.h5", good.data, body);
      CHECK_OK(nt_seal_put("bad.h5", good.data + body, at % 2 ? covered : covered - at % 64, &err),
               err);
      good.data[body + at] ^= (unsigned char)(1 << bit);
      nt_feature_file *file = nt_feature_file_open("bad.h5", &err);
      if (!file) continue;
      opened++;
      double x[WIDTH + 64];
      if (nt_feature_file_width(file) < WIDTH + 64)
        nt_feature_file_read(file, nt_feature_file_rows(file) - 1, 1, x, times, sizes, &err);
      nt_feature_file_text(file, "none");
      nt_feature_file_close(file);
    }
  CU_ASSERT(opened > 0);
  free(good.data);
  remove_files();
}

/* A long text is stored as an attribute too. */
static void long_texts_fit(void) {
  nt_error err;
  char *text = malloc((1 << 20) + 1);
  memset(text, 'x', 1 << 20);
  text[1 << 20] = 0;
  nt_feature_writer *writer = begin("f.h5", 0);
  CHECK_OK(nt_feature_writer_text(writer, "script", text, &err), err);
  CU_ASSERT_EQUAL(nt_feature_writer_text(writer, "script", "again", &err), NT_E_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "script"));
  CHECK_OK(nt_feature_writer_commit(writer, &err), err);
  nt_feature_file *file = nt_feature_file_open("f.h5", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  CU_ASSERT_STRING_EQUAL(nt_feature_file_text(file, "script"), text);
  nt_feature_file_close(file);
  free(text);
  remove_files();
}

static const check_case cases[] = {
    {"rows read back bit for bit", reads_back_bit_for_bit},
    {"it is an HDF5 file", is_an_hdf5_file},
    {"many threads read at once", many_threads_read_at_once},
    {"it appears only when committed", appears_only_when_committed},
    {"a full disk leaves the old file", full_disk_leaves_the_old_file},
    {"damage is found", damage_is_found},
    {"other files are refused", other_files_are_refused},
    {"forged indexes do no harm", forged_indexes_do_no_harm},
    {"long texts fit", long_texts_fit},
};

int main(void) {
  fill();
  return directory_main("feature file", cases, sizeof cases / sizeof *cases);
}
