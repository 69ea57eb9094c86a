/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <hdf5.h>
#include <math.h>

#include "ground/team.h"
#include "store/file/seal.h"
#include "store/run/run_file.h"
#include "directory.h"

#define KEY "0123456789abcdef0123456789abcdef"

static const nt_cell cells[] = {
    {"dataset", "", "data set", NT_ROLE_IDENTITY, NT_CELL_TEXT, "westermo_right", 0, 0,
     NT_MEASURE_NEITHER},
    {"detector", "", "detector", NT_ROLE_IDENTITY, NT_CELL_TEXT, "kitnet \xc3\xbc", 0, 0,
     NT_MEASURE_NEITHER},
    {"reason", "", "why it failed", NT_ROLE_IDENTITY, NT_CELL_TEXT, "", 0, 0, NT_MEASURE_NEITHER},
    {"seed", "1", "seed", NT_ROLE_PARAMETER, NT_CELL_INTEGER, NULL, INT64_MIN, 0,
     NT_MEASURE_NEITHER},
    {"auc", "1", "area under the ROC curve", NT_ROLE_METRIC, NT_CELL_NUMBER, NULL, 0, 0.1,
     NT_MEASURE_HIGHER},
    {"eer", "1", "equal error rate", NT_ROLE_METRIC, NT_CELL_NUMBER, NULL, 0, NAN,
     NT_MEASURE_LOWER},
    {"f-1.best", "1", "F1", NT_ROLE_METRIC, NT_CELL_NUMBER, NULL, 0, -INFINITY, NT_MEASURE_HIGHER},
    {"seconds_score", "s", "time to score", NT_ROLE_COST, NT_CELL_NUMBER, NULL, 0, 5e-324,
     NT_MEASURE_NEITHER},
};
#define CELLS (sizeof cells / sizeof *cells)

static int same_bits(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

static int same_cells(const nt_cell *read, size_t count) {
  if (count != CELLS) return 0;
  for (size_t i = 0; i < CELLS; i++) {
    const nt_cell *a = &read[i], *b = &cells[i];
    if (strcmp(a->name, b->name) != 0 || strcmp(a->unit, b->unit) != 0 ||
        strcmp(a->long_name, b->long_name) != 0 || a->role != b->role || a->type != b->type ||
        a->better != b->better || a->integer != b->integer || !same_bits(a->number, b->number) ||
        (b->type == NT_CELL_TEXT && strcmp(a->text, b->text) != 0))
      return 0;
  }
  return 1;
}

static double scores[5000];
static char *script; /* 1 MB */
static nt_note notes[] = {{"version", "1.0"}, {"empty", ""}, {"script", NULL}};

static nt_run_record a_run(void) {
  for (size_t i = 0; i < 5000; i++) scores[i] = i % 7 ? sin((double)i) : i % 2 ? NAN : INFINITY;
  notes[2].text = script;
  return (nt_run_record){.key = KEY,
                         .cells = CELLS,
                         .cell = cells,
                         .notes = 3,
                         .note = notes,
                         .first = 12345678901,
                         .count = 5000,
                         .scores = scores};
}

static void runs_read_back(void) {
  nt_error err;
  nt_run_record run = a_run(), read;
  CHECK_OK(nt_run_file_write("r.h5", &run, 4, &err), err);
  CHECK_OK(nt_run_file_read("r.h5", &read, &err), err);
  CU_ASSERT_STRING_EQUAL(read.key, KEY);
  CU_ASSERT(same_cells(read.cell, read.cells));
  CU_ASSERT_EQUAL_FATAL(read.notes, 3);
  for (size_t i = 0; i < 3; i++) {
    CU_ASSERT_STRING_EQUAL(read.note[i].name, notes[i].name);
    CU_ASSERT_STRING_EQUAL(read.note[i].text, notes[i].text);
  }
  nt_run_record_done(&read);
  nt_run_record_done(&read); /* a second call is harmless */

  static double back[5000];
  hid_t file = H5Fopen("r.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t id = H5Dopen2(file, "scores", H5P_DEFAULT);
  CU_ASSERT(H5Dread(id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0);
  CU_ASSERT(memcmp(back, scores, sizeof back) == 0);
  H5Dclose(id);
  H5Fclose(file);
  remove_files();
}

static void failed_runs_have_no_arrays(void) {
  nt_error err;
  nt_run_record run = a_run(), read;
  run.count = 0, run.scores = NULL, run.notes = 0;
  CHECK_OK(nt_run_file_write("r.h5", &run, 0, &err), err);
  CHECK_OK(nt_run_file_read("r.h5", &read, &err), err);
  CU_ASSERT(same_cells(read.cell, read.cells) && read.notes == 0);
  nt_run_record_done(&read);
  run.cells = 0;
  CHECK_OK(nt_run_file_write("r.h5", &run, 0, &err), err);
  CHECK_OK(nt_run_file_read("r.h5", &read, &err), err);
  CU_ASSERT(read.cells == 0);
  nt_run_record_done(&read);
  remove_files();
}

static void names_are_checked(void) {
  nt_error err;
  nt_run_record run = a_run();
  static const char *const bad[] = {"", "a b", "a/b", ".", "a:b", "\xc3\xbc", "-a"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const nt_cell cell = {.name = bad[i]};
    run.cells = 1, run.cell = &cell;
    CU_ASSERT_EQUAL(nt_run_file_write("r.h5", &run, 4, &err), NT_E_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "r.h5: column"));
  }
  const nt_cell twice[] = {{.name = "b"}, {.name = "a"}, {.name = "b"}};
  run.cells = 3, run.cell = twice;
  CU_ASSERT_EQUAL(nt_run_file_write("r.h5", &run, 4, &err), NT_E_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "column b is there twice"));
  const nt_cell key[] = {{.name = "run", .type = NT_CELL_TEXT, .text = "other"}};
  run.cells = 1, run.cell = key;
  CU_ASSERT_EQUAL(nt_run_file_write("r.h5", &run, 4, &err), NT_E_ARGUMENT);
  run = a_run();
  run.key = "a/b";
  CU_ASSERT_EQUAL(nt_run_file_write("r.h5", &run, 4, &err), NT_E_ARGUMENT);
  run = a_run();
  CU_ASSERT_EQUAL(nt_run_file_write("r.h5", &run, 10, &err), NT_E_ARGUMENT);
  const nt_data_record data = {.name = ".."};
  CU_ASSERT_EQUAL(nt_data_file_write("d.h5", &data, 4, &err), NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(count_files(), 0);
}

/* ---------------------------------------------------------------- score files */

static size_t map_sizes[] = {2, 1}, map_features[] = {7, 0, 3};

static nt_score_record a_score(void) {
  nt_run_record run = a_run();
  return (nt_score_record){
      .first = run.first,
      .count = 5000,
      .trained = 100,
      .scores = scores,
      .training = scores + 4000,
      .map = {.autoencoders = 2, .total = 3, .sizes = map_sizes, .features = map_features},
      .cells = CELLS,
      .cell = (nt_cell *)cells};
}

static int same_score(const nt_score_record *a, const nt_score_record *b) {
  return a->first == b->first && a->count == b->count && a->trained == b->trained &&
         memcmp(a->scores, b->scores, a->count * sizeof *a->scores) == 0 &&
         memcmp(a->training, b->training, a->trained * sizeof *a->training) == 0 &&
         a->map.autoencoders == 2 && a->map.total == 3 &&
         memcmp(a->map.sizes, map_sizes, sizeof map_sizes) == 0 &&
         memcmp(a->map.features, map_features, sizeof map_features) == 0 &&
         same_cells(a->cell, a->cells);
}

static void scores_read_back(void) {
  nt_error err;
  nt_score_record score = a_score(), read;
  CHECK_OK(nt_score_file_write("s", &score, &err), err);
  CHECK_OK(nt_score_file_read("s", &read, &err), err);
  CU_ASSERT(same_score(&read, &score));
  nt_score_record_done(&read);
  const nt_score_record nothing = {.first = 3};
  CHECK_OK(nt_score_file_write("s", &nothing, &err), err);
  CHECK_OK(nt_score_file_read("s", &read, &err), err);
  CU_ASSERT(read.first == 3 && read.count == 0 && read.trained == 0 && read.cells == 0 &&
            read.map.autoencoders == 0 && !read.scores && !read.training);
  nt_score_record_done(&read);
  remove_files();
}

typedef struct writing {
  nt_score_record score;
  int good[64];
} writing;

static void write_and_read(void *context, size_t i, int member) {
  writing *w = context;
  char path[32];
  nt_score_record read;
  (void)member;
  snprintf(path, sizeof path, "s%zu", i);
  if (nt_score_file_write(path, &w->score, NULL) != NT_OK) return;
  if (nt_score_file_read(path, &read, NULL) != NT_OK) return;
  w->good[i] = same_score(&read, &w->score);
  nt_score_record_done(&read);
}

static void threads_write_scores_at_once(void) {
  writing w = {.score = a_score()};
  nt_team *team = nt_team_new(8, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(team);
  nt_team_each(team, 64, write_and_read, &w);
  nt_team_free(team);
  int good = 0;
  for (int i = 0; i < 64; i++) good += w.good[i];
  CU_ASSERT_EQUAL(good, 64);
  remove_files();
}

/* ---------------------------------------------------------------- damage and full disks */

static int refuses_run(const char *path) {
  nt_error err;
  nt_run_record read;
  nt_status status = nt_run_file_read(path, &read, &err);
  nt_run_record_done(&read);
  return status == NT_E_INPUT && strncmp(err.text, path, strlen(path)) == 0;
}

static int refuses_score(const char *path) {
  nt_error err;
  nt_score_record read;
  nt_status status = nt_score_file_read(path, &read, &err);
  nt_score_record_done(&read);
  return status == NT_E_INPUT && strncmp(err.text, path, strlen(path)) == 0;
}

/* Every byte matters, except those of the seal's mark: without it a run file counts as
 * changed by another program. */
static void damage_is_found(int (*refuses)(const char *), size_t mark) {
  file_bytes good = load_bytes("good");
  size_t missed = 0, tried = 0;
  for (size_t at = 0; at + mark < good.size; at += 97, tried++) {
    good.data[at] ^= (unsigned char)(1u << at % 8);
    save_bytes("bad", good.data, good.size);
    good.data[at] ^= (unsigned char)(1u << at % 8);
    missed += !refuses("bad");
  }
  CU_ASSERT(tried > 400);
  CU_ASSERT_EQUAL(missed, 0);
  for (size_t size = 0; size + 24 < good.size; size += size / 2 + 1) {
    save_bytes("bad", good.data, size);
    CU_ASSERT(refuses("bad"));
  }
  save_bytes("bad", "no such file\n", 13);
  CU_ASSERT(refuses("bad"));
  free(good.data);
}

static void damaged_runs_are_refused(void) {
  nt_error err;
  nt_run_record run = a_run();
  run.notes = 2;
  CHECK_OK(nt_run_file_write("good", &run, 4, &err), err);
  damage_is_found(refuses_run, 8);
  const double times[] = {1, 2};
  const nt_data_record data = {.name = "d", .count = 2, .times = times};
  CHECK_OK(nt_data_file_write("bad", &data, 4, &err), err);
  CU_ASSERT(refuses_run("bad"));
  CU_ASSERT_EQUAL(nt_run_file_read("none", &run, &err), NT_E_IO);
  remove_files();
}

static void damaged_scores_are_refused(void) {
  nt_error err;
  nt_score_record score = a_score();
  CHECK_OK(nt_score_file_write("good", &score, &err), err);
  damage_is_found(refuses_score, 0);
  CU_ASSERT_EQUAL(nt_score_file_read("none", &score, &err), NT_E_IO);
  remove_files();
}

/* Forged score files with a valid seal. */
static void forged_scores_do_no_harm(void) {
  nt_error err;
  nt_score_record score = a_score(), read;
  score.count = 3;
  CHECK_OK(nt_score_file_write("good", &score, &err), err);
  file_bytes good = load_bytes("good");
  size_t refused = 0;
  for (size_t at = 0; at + 24 < good.size; at++)
    for (int bit = 0; bit < 8; bit += 7) {
      good.data[at] ^= (unsigned char)(1 << bit);
      save_bytes("bad", good.data, good.size - 24 - at % 64);
      CHECK_OK(nt_seal_file("bad", NULL, &err), err);
      good.data[at] ^= (unsigned char)(1 << bit);
      refused += nt_score_file_read("bad", &read, &err) != NT_OK;
      nt_score_record_done(&read);
    }
  CU_ASSERT(refused > 100);
  free(good.data);
  remove_files();
}

static int write_until_full(void) {
  nt_error err;
  nt_run_record run = a_run();
  nt_score_record score = a_score();
  static const double times[5000];
  const nt_data_record data = {.name = "d", .count = 5000, .times = times};
  nt_status a = nt_run_file_write("f", &run, 0, &err), b = nt_score_file_write("f", &score, &err);
  nt_status c = nt_data_file_write("f", &data, 0, &err);
  return a == NT_E_IO && b == NT_E_IO && c == NT_E_IO && strstr(err.text, "f: ") == err.text ? 0
                                                                                             : 1;
}

static void full_disk_leaves_the_old_file(void) {
  save_bytes("f", "before", 6);
  file_bytes before = load_bytes("f");
  for (size_t limit = 64; limit < 40000; limit *= 3) {
    CU_ASSERT(holds_on_full_disk(write_until_full, limit));
    CU_ASSERT(same_file("f", before));
    CU_ASSERT_EQUAL(count_files(), 1);
  }
  free(before.data);
  remove_files();
}

static const check_case cases[] = {
    {"runs read back", runs_read_back},
    {"failed runs have no arrays", failed_runs_have_no_arrays},
    {"names are checked", names_are_checked},
    {"scores read back bit for bit", scores_read_back},
    {"threads write scores at once", threads_write_scores_at_once},
    {"damaged runs are refused", damaged_runs_are_refused},
    {"damaged scores are refused", damaged_scores_are_refused},
    {"forged scores do no harm", forged_scores_do_no_harm},
    {"a full disk leaves the old file", full_disk_leaves_the_old_file},
};

int main(void) {
  script = malloc((1 << 20) + 1);
  memset(script, '-', 1 << 20);
  script[1 << 20] = 0;
  int failed = directory_main("run file", cases, sizeof cases / sizeof *cases);
  free(script);
  return failed;
}
