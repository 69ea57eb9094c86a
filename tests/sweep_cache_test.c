/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a sweep does with the files that it finds in place of its own: files under another's name,
 * damaged files, captures that change, runs that disappear. */
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <time.h>

#include "store/output/feature_file.h"
#include "sweep/cache/cache.h"
#include "sweep/cache/key.h"
#include "sweep_plans.h"

static char directory[] = "/tmp/ninetails-cache-XXXXXX";

/* Two captures of one size and two grace periods give several files of
 * the same form for each kind. */
static void twin_plan(plan *p, const char *output) {
  small_plan(p, "runs");
  p->options.output = output;
  p->inputs[1].name = "other";
  p->inputs[1].capture = "other.pcap";
  p->inputs[1].labels = "other.labels";
  p->inputs[1].profile = NT_PROFILE_STREAM;
  for (size_t i = 0; i < RUNS; i++) p->runs[i].fm_grace = i & 2 ? 500 : 600;
}

static void shell(const char *command) {
  CU_ASSERT_EQUAL(system(command), 0);
}

static void flip(const char *path, long at) {
  FILE *f = fopen(path, "r+b");
  CU_ASSERT_PTR_NOT_NULL_FATAL(f);
  fseek(f, at, SEEK_SET);
  int byte = fgetc(f);
  fseek(f, at, SEEK_SET);
  fputc(byte ^ 0x55, f);
  fclose(f);
}

static long size_of(const char *path) {
  struct stat s;
  return stat(path, &s) == 0 ? (long)s.st_size : -1;
}

/* The first file of the pattern. */
static const char *first_of(const char *pattern) {
  static char path[256];
  glob_t found;
  CU_ASSERT_EQUAL_FATAL(glob(pattern, 0, NULL, &found), 0);
  snprintf(path, sizeof path, "%s", found.gl_pathv[0]);
  globfree(&found);
  return path;
}

/* ---------------------------------------------------------------- tests */

static void inputs_are_made(void) {
  plan p;
  write_capture("in.pcap");
  write_capture("other.pcap");
  write_labels("in.labels", PACKETS);
  write_labels("other.labels", PACKETS);
  for (int i = 0; i < 500; i++) flip("other.pcap", 24 + i * 76 + 12); /* the packet's length */
  flip("other.labels", 2 * (PACKETS - 3));
  shell("sed -i '8999s/.*/1/' other.labels");
  twin_plan(&p, "expected.h5");
  CU_ASSERT_EQUAL(run_plan(&p).done, RUNS);
  shell("mkdir good && cp -a runs cache good/");
}

static void restore(const char *without) {
  char command[256];
  snprintf(command, sizeof command, "rm -rf runs cache found.h5 && cp -a good/. . && rm -rf %s",
           without);
  shell(command);
}

/* Renames each file of the pattern to the name of the next. Returns how many there are. */
static size_t rotate(const char *pattern) {
  glob_t found;
  CU_ASSERT_EQUAL_FATAL(glob(pattern, 0, NULL, &found), 0);
  size_t n = found.gl_pathc;
  rename(found.gl_pathv[0], "aside");
  for (size_t i = 0; i + 1 < n; i++) rename(found.gl_pathv[i + 1], found.gl_pathv[i]);
  rename("aside", found.gl_pathv[n - 1]);
  globfree(&found);
  return n;
}

typedef struct kind {
  const char *files, *hidden_by; /* and the files that hide them */
  size_t count;
} kind;

static const kind kinds[] = {
    {"runs/run-*.h5", "x", RUNS},
    {"runs/data-*.h5", "x", 2},
    {"cache/scores/*.scores", "runs/run-*", RUNS},
    {"cache/correlations/*.h5", "runs/run-* cache/scores/*", 4},
    {"cache/features/*.h5", "runs/run-* cache/scores/* cache/correlations/*", 2},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void files_under_anothers_name_are_refused(void) {
  plan p;
  for (int i = 0; i < KINDS; i++) {
    restore(kinds[i].hidden_by);
    CU_ASSERT_EQUAL(rotate(kinds[i].files), kinds[i].count);
    twin_plan(&p, "found.h5");
    nt_sweep_outcome outcome = run_plan(&p);
    CU_ASSERT_EQUAL(outcome.done, i == 1 ? 0 : RUNS);
    check_same("expected.h5", "found.h5");
  }
  /* One run's file is copied over another's: that run is computed again. */
  restore("x");
  shell("set -- runs/run-*; cp $1 $2");
  CU_ASSERT_EQUAL(run_plan(&p).done, 1);
  check_same("expected.h5", "found.h5");
  /* Once a run is in the result, its row counts. */
  shell("set -- runs/run-*; cp $1 $2");
  CU_ASSERT_EQUAL(run_plan(&p).kept, RUNS);
  check_same("expected.h5", "found.h5");
}

static ino_t inode_of(const char *path) {
  struct stat s;
  return stat(path, &s) == 0 ? s.st_ino : 0;
}

/* Whether the result file is the same file after another start with this note; its runs
 * are the same in any case. */
static int is_left_alone(size_t kept, const char *text) {
  plan p;
  const nt_note said = {"said", text};
  shell("ln -f found.h5 before 2> /dev/null || true"); /* keeps the inode number in use */
  ino_t before = inode_of("found.h5");
  twin_plan(&p, "found.h5");
  p.options.notes = 1;
  p.options.note = &said;
  CU_ASSERT_EQUAL(run_plan(&p).kept, kept);
  check_same("expected.h5", "found.h5");
  return inode_of("found.h5") == before;
}

static void what_is_gathered_is_not_gathered_again(void) {
  restore("x");
  CU_ASSERT(!is_left_alone(RUNS, "one"));
  CU_ASSERT(is_left_alone(RUNS, "one"));
  CU_ASSERT(!is_left_alone(RUNS, "two")); /* another provenance */
  CU_ASSERT(is_left_alone(RUNS, "two"));
  shell("rm -f $(ls runs/run-* | head -n 1)");
  CU_ASSERT(!is_left_alone(RUNS - 1, "two")); /* computed again; the others come from the result */
  long size = size_of("found.h5");
  for (long at = size - 1; at > 0; at -= size / 5) {
    shell("cp found.h5 copy && mv copy found.h5");
    flip("found.h5", at);
    CU_ASSERT(!is_left_alone(RUNS, "two"));
    CU_ASSERT(is_left_alone(RUNS, "two"));
  }
}

static void check_damaged(const kind *k, const char *path, long at) {
  plan p;
  restore(k->hidden_by);
  flip(path, at);
  twin_plan(&p, "found.h5");
  nt_sweep_outcome outcome = run_plan(&p);
  if (outcome.failed || outcome.done + outcome.kept != RUNS) printf("  %s: byte %ld\n", path, at);
  CU_ASSERT_EQUAL(outcome.failed, 0);
  CU_ASSERT_EQUAL(outcome.done + outcome.kept, RUNS);
  check_same("expected.h5", "found.h5");
}

/* Whichever byte is changed, the result has the same bits and no run fails. */
static void damaged_files_are_made_again(void) {
  for (int i = 0; i < KINDS; i++) {
    restore("x");
    char path[256];
    snprintf(path, sizeof path, "%s", first_of(kinds[i].files));
    long size = size_of(path);
    for (long at = 0; at < size; at += size / 6 + 1) check_damaged(&kinds[i], path, at);
    for (long at = 24; at > 0; at -= 8) check_damaged(&kinds[i], path, size - at); /* the seal */
  }
}

/* Times are read before any detector exists. */
static void damaged_times_fail_no_run(void) {
  nt_error err;
  restore("x");
  char path[256];
  snprintf(path, sizeof path, "%s", first_of("cache/features/*.h5"));
  nt_feature_file *file = nt_feature_file_open(path, &err);
  double times[8];
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  CHECK_OK(nt_feature_file_read(file, 5000, 8, NULL, times, NULL, &err), err);
  nt_feature_file_close(file);
  long size = size_of(path);
  char *bytes = malloc((size_t)size);
  FILE *f = fopen(path, "rb");
  CU_ASSERT_EQUAL_FATAL(fread(bytes, 1, (size_t)size, f), (size_t)size);
  fclose(f);
  char *at = memmem(bytes, (size_t)size, times, sizeof times);
  CU_ASSERT_PTR_NOT_NULL_FATAL(at);
  check_damaged(&kinds[4], path, at - bytes);
  free(bytes);
}

/* A file that is in the way and cannot be removed ends the sweep with one error that names it. */
static void what_cannot_be_removed_is_named(void) {
  for (int i = 0; i < KINDS; i++) {
    plan p;
    nt_error err = {0};
    nt_sweep_outcome outcome;
    char path[256], command[600];
    restore(kinds[i].hidden_by);
    snprintf(path, sizeof path, "%s", first_of(kinds[i].files));
    snprintf(command, sizeof command, "rm %s; mkdir -p %s/within", path, path);
    shell(command);
    twin_plan(&p, "found.h5");
    CU_ASSERT_EQUAL(execute(&p, &outcome, &err), NT_E_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    CU_ASSERT_EQUAL(outcome.failed, 0);
    p.options.fresh = 1;
    CU_ASSERT_EQUAL(execute(&p, &outcome, &err), NT_E_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    snprintf(command, sizeof command, "rm -r %s", path);
    shell(command);
    p.options.fresh = 0;
    CU_ASSERT_EQUAL(run_plan(&p).failed, 0);
    check_same("expected.h5", "found.h5");
  }
}

/* ---------------------------------------------------------------- files that change */

/* Changes a byte and keeps the size and the time of modification. */
static void change(const char *path, long at) {
  struct stat s;
  CU_ASSERT_EQUAL_FATAL(stat(path, &s), 0);
  flip(path, at);
  const struct timespec times[2] = {s.st_atim, s.st_mtim};
  CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void marks_see_what_times_hide(void) {
  char before[65], after[65];
  nt_file_mark mark, again;
  nt_error err = {0};
  do { /* repeated where this process had to wait in between */
    write_capture("marked.pcap");
    CHECK_OK(nt_key_of_file("cache/files", "marked.pcap", before, &mark, &err), err);
  } while (!mark.fresh && err.status == NT_OK);
  CHECK_OK(nt_key_check_file("marked.pcap", before, &mark, &err), err);
  CU_ASSERT(mark.fresh); /* fresh marks make a sweep read the bytes too */
  CU_ASSERT_EQUAL(
      nt_key_check_file("marked.pcap",
                        "0000000000000000000000000000000000000000000000000000000000000000", &mark,
                        &err),
      NT_E_INPUT);
  change("marked.pcap", 5000);
  CU_ASSERT_EQUAL(nt_key_check_file("marked.pcap", before, &mark, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "marked.pcap: has changed"));
  CHECK_OK(nt_key_of_file("cache/files", "marked.pcap", after, &again, &err), err);
  CU_ASSERT_STRING_NOT_EQUAL(before, after);
  CU_ASSERT_EQUAL(again.modified, mark.modified);
  unlink("marked.pcap");
  CU_ASSERT_EQUAL(nt_key_check_file("marked.pcap", before, &mark, &err), NT_E_INPUT);
}

/* Files that are old enough for a note of their checksum. */
static const char *const old_files[] = {"/proc/self/exe", "/bin/sh"};

static void note_of(const char *file, char *sha256, char *note) {
  nt_file_mark mark;
  nt_error err = {0};
  glob_t found;
  shell("rm -rf notes && mkdir notes");
  do CHECK_OK(nt_key_of_file("notes", file, sha256, &mark, &err), err);
  while (mark.fresh); /* the executable was just built */
  CU_ASSERT_EQUAL_FATAL(glob("notes/*.sha256", 0, NULL, &found), 0);
  strcpy(note, found.gl_pathv[0]);
  globfree(&found);
}

static void notes_prove_themselves(void) {
  char sha256[2][65], again[65], note[2][256];
  nt_file_mark mark;
  nt_error err = {0};
  note_of(old_files[1], sha256[1], note[1]);
  shell("cp notes/* other.note");
  note_of(old_files[0], sha256[0], note[0]);
  CU_ASSERT_STRING_NOT_EQUAL(sha256[0], sha256[1]);
  for (long at = 0; at < size_of(note[0]); at += 7) {
    FILE *f = fopen(note[0], "r+b");
    fseek(f, at, SEEK_SET);
    int digit = fgetc(f);
    fseek(f, at, SEEK_SET);
    fputc(digit == '7' ? '3' : '7', f);
    fclose(f);
    CHECK_OK(nt_key_of_file("notes", old_files[0], again, &mark, &err), err);
    CU_ASSERT_STRING_EQUAL(again, sha256[0]);
  }
  char command[600];
  snprintf(command, sizeof command, "cp other.note %s", note[0]);
  shell(command);
  CHECK_OK(nt_key_of_file("notes", old_files[0], again, &mark, &err), err);
  CU_ASSERT_STRING_EQUAL(again, sha256[0]);
}

static size_t count_of(const char *pattern) {
  glob_t found;
  size_t count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
  globfree(&found);
  return count;
}

/* A capture that changes between its checksum and its reading: nothing of it is kept, and
 * once it is restored all is well. */
static void what_changes_meanwhile_leaves_nothing(void) {
  static const struct {
    const char *file;
    long at;
  } changes[] = {{"in.pcap", 24 + 76 * 700 + 12}, {"in.labels", 2 * 7000}};
  for (int i = 0; i < 2; i++) {
    plan p;
    nt_error err = {0};
    nt_sweep_outcome outcome;
    char command[256];
    restore("runs cache");
    snprintf(command, sizeof command, "cp -a %s kept", changes[i].file);
    shell(command);
    twin_plan(&p, "found.h5");
    nt_sweep *sweep = nt_sweep_new(&p.options, p.inputs, 2, p.runs, p.run_count, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sweep);
    change(changes[i].file, changes[i].at);
    CU_ASSERT_EQUAL(nt_sweep_execute(sweep, &outcome, &err), NT_E_INPUT);
    snprintf(command, sizeof command, "%s: has changed since", changes[i].file);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, command));
    CU_ASSERT_EQUAL(outcome.failed, 0);
    CU_ASSERT(outcome.missing >= RUNS / 2);
    nt_sweep_free(sweep);
    snprintf(command, sizeof command, "cp -a kept %s", changes[i].file);
    shell(command);
    CU_ASSERT_EQUAL(run_plan(&p).failed, 0);
    check_same("expected.h5", "found.h5");
  }
}

/* ---------------------------------------------------------------- runs that disappear */

typedef struct thief {
  const char *command;
  size_t times, came;
} thief;

/* After the last run, before the result is gathered. */
static void take_away(void *context, const nt_sweep_progress *progress) {
  thief *t = context;
  if (progress->done + progress->kept < progress->total || t->came >= t->times) return;
  t->came++;
  shell(t->command);
}

static nt_status with_thief(thief *t, nt_sweep_outcome *outcome, nt_error *err) {
  plan p;
  restore("runs/run-*");
  twin_plan(&p, "found.h5");
  p.options.progress = take_away;
  p.options.progress_context = t;
  return execute(&p, outcome, err);
}

static void runs_that_are_taken_away_are_run_again(void) {
  static const char *const commands[] = {
      "rm -f runs/run-*", "rm -f $(ls runs/run-* | head -n 3)", "rm -f runs/data-*",
      "set -- runs/run-*; cp $1 $2; rm -f $3", "rm -f runs/* cache/*/*.h5 cache/*/*.scores"};
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    nt_error err = {0};
    nt_sweep_outcome outcome = {0};
    thief t = {commands[i], 2, 0};
    CHECK_OK(with_thief(&t, &outcome, &err), err);
    CU_ASSERT_EQUAL(t.came, 2);
    CU_ASSERT_EQUAL(outcome.done, RUNS);
    CU_ASSERT_EQUAL(outcome.missing, 0);
    check_same("expected.h5", "found.h5");
  }
}

static void runs_that_do_not_stay_are_named(void) {
  nt_error err = {0};
  nt_sweep_outcome outcome = {0};
  /* one each round, however often the end of one is reported */
  thief t = {"set -- runs/run-*; [ $# -lt 8 ] || rm -f $1", 1000, 0};
  CU_ASSERT_EQUAL(with_thief(&t, &outcome, &err), NT_E_IO);
  CU_ASSERT_EQUAL(outcome.missing, 1);
  CU_ASSERT_EQUAL(outcome.done, RUNS - 1);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "removed or replaced"));
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "(kitnet on "));
  CU_ASSERT_EQUAL(count_of("runs/run-*"), RUNS - 1);
}

int main(void) {
  static const check_case cases[] = {
      {"inputs are made", inputs_are_made},
      {"files under another's name are refused", files_under_anothers_name_are_refused},
      {"what is gathered is not gathered again", what_is_gathered_is_not_gathered_again},
      {"damaged files are made again", damaged_files_are_made_again},
      {"damaged times fail no run", damaged_times_fail_no_run},
      {"what cannot be removed is named", what_cannot_be_removed_is_named},
      {"marks see what times hide", marks_see_what_times_hide},
      {"notes prove themselves", notes_prove_themselves},
      {"what changes meanwhile leaves nothing", what_changes_meanwhile_leaves_nothing},
      {"runs that are taken away are run again", runs_that_are_taken_away_are_run_again},
      {"runs that do not stay are named", runs_that_do_not_stay_are_named},
  };
  if (!mkdtemp(directory) || chdir(directory) != 0) return 2;
  int failed = check_main("sweep cache", cases, sizeof cases / sizeof *cases);
  char command[256];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  return system(command) != 0 || failed;
}
