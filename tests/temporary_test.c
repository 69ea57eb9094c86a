/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ground/flag.h"
#include "ground/temporary.h"
#include "store/file/output.h"
#include "check.h"

static char directory[] = "/tmp/ninetails-temporary-XXXXXX";

static int there(const char *path) {
  return access(path, F_OK) == 0;
}

static int count_files(void) {
  int count = 0;
  DIR *d = opendir(".");
  for (struct dirent *e; (e = readdir(d));) count += e->d_name[0] != '.' || strlen(e->d_name) > 2;
  closedir(d);
  return count;
}

static void make_file(const char *path, time_t modified) {
  FILE *f = fopen(path, "w");
  CU_ASSERT_PTR_NOT_NULL_FATAL(f);
  fputs("x", f);
  fclose(f);
  const struct timespec times[2] = {{.tv_sec = modified}, {.tv_sec = modified}};
  if (modified) utimensat(AT_FDCWD, path, times, 0);
}

static void two_that_write_one_file_have_two_names(void) {
  nt_error err;
  int a_held, b_held;
  char *a = nt_temporary_create("out", &a_held, &err),
       *b = nt_temporary_create("out", &b_held, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(a);
  CU_ASSERT_PTR_NOT_NULL_FATAL(b);
  CU_ASSERT_STRING_NOT_EQUAL(a, b);
  char number[32];
  snprintf(number, sizeof number, "-%ld-", (long)getpid());
  CU_ASSERT_PTR_NOT_NULL(strstr(a, number));
  nt_temporary_sweep(".", NULL);
  CU_ASSERT(there(a) && there(b)); /* both writers are at work */
  nt_temporary_release(&a_held);
  nt_temporary_sweep_of("other");
  CU_ASSERT(there(a));
  nt_temporary_sweep_of("out");
  CU_ASSERT(!there(a) && there(b));
  CHECK_OK(nt_temporary_put(b, "out", 0, &err), err);
  nt_temporary_release(&b_held);
  CU_ASSERT(there("out"));
  CU_ASSERT_EQUAL(count_files(), 1);
  unlink("out");
  free(a);
  free(b);
}

/* HOST-BOOT of this machine, or with one of the two replaced. */
static void name_of(char *name, size_t size, const char *host, const char *boot, const char *rest) {
  char self[NT_ORIGIN_TEXT];
  nt_origin_self(".", self);
  snprintf(name, size, ".out.%.8s-%.12s-%s.tmp", host ? host : self, boot ? boot : self + 9, rest);
}

static void what_is_swept_is_of_this_host_and_dead(void) {
  static const char other_boot[] = "0123456789ab", other_host[] = "01234567";
  const time_t old = 1000000000;
  char names[6][128];
  /* Files of this boot that are not locked: process 1 of a container is another
   * process than process 1 here. */
  name_of(names[0], sizeof names[0], NULL, NULL, "1-00000000");
  name_of(names[1], sizeof names[1], other_host, NULL, "1-00000000");
  name_of(names[2], sizeof names[2], NULL, other_boot, "1-00000000"); /* before this boot */
  name_of(names[3], sizeof names[3], NULL, other_boot, "1-00000001"); /* being written now */
  name_of(names[4], sizeof names[4], other_host, other_boot, "1-00000000");
  strcpy(names[5], ".out.12345.tmp"); /* no name of ours */
  for (int i = 0; i < 6; i++) make_file(names[i], i == 3 ? 0 : old);
  nt_temporary_sweep(".", NULL);
  static const int stays[6] = {0, 0, 0, 1, 1, 1};
  for (int i = 0; i < 6; i++) CU_ASSERT_EQUAL(there(names[i]), stays[i]);
  for (int i = 0; i < 6; i++) unlink(names[i]);
}

static void a_killed_process_leaves_what_the_next_sweeps(void) {
  int ends[2];
  char name[512] = "";
  CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    int held;
    const char *mine = nt_temporary_create("out", &held, NULL);
    if (write(ends[1], mine, strlen(mine)) < 0) _exit(1);
    for (;;) pause();
  }
  CU_ASSERT(read(ends[0], name, sizeof name - 1) > 0);
  nt_temporary_sweep(".", NULL);
  CU_ASSERT(there(name));
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  close(ends[0]);
  close(ends[1]);
  nt_temporary_sweep(".", NULL);
  CU_ASSERT(!there(name));
}

static volatile sig_atomic_t done;
static void *sweep_on(void *unused) {
  while (!nt_flag_get(&done)) nt_temporary_sweep(".", NULL);
  return unused;
}

static void nobody_sweeps_what_is_being_made(void) {
  pthread_t sweepers[2];
  int committed = 0;
  done = 0;
  for (int i = 0; i < 2; i++) pthread_create(&sweepers[i], NULL, sweep_on, NULL);
  for (int i = 0; i < 2000; i++) {
    nt_output output;
    nt_error err = {0};
    nt_status status = nt_output_begin(&output, "out", &err);
    if (status == NT_OK) status = nt_output_commit_unsynced(&output, &err);
    committed += status == NT_OK;
  }
  nt_flag_set(&done, 1);
  for (int i = 0; i < 2; i++) pthread_join(sweepers[i], NULL);
  CU_ASSERT_EQUAL(committed, 2000);
  CU_ASSERT_EQUAL(count_files(), 1);
  unlink("out");
}

static void long_names_fit(void) {
  char path[300] = "./";
  memset(path + 2, 'n', 255);
  nt_error err;
  nt_output output;
  CHECK_OK(nt_output_begin(&output, path, &err), err);
  nt_temporary_release(&output.held);
  nt_temporary_sweep_of(path);
  CU_ASSERT(!there(output.temporary));
  nt_output_discard(&output);
}

static void folders_go_with_what_is_in_them(void) {
  int held;
  nt_error err;
  char inside[512], *name = nt_temporary_create_folder("./place", &held, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(name);
  snprintf(inside, sizeof inside, "%s/file", name);
  make_file(inside, 0);
  nt_temporary_sweep_of("./place");
  CU_ASSERT(there(inside));
  nt_temporary_release(&held);
  nt_temporary_sweep_of("./place");
  CU_ASSERT(!there(name));
  free(name);
}

static void what_cannot_be_written_is_named(void) {
  int held = 7;
  nt_error err = {0};
  CU_ASSERT_PTR_NULL(nt_temporary_create("none/out", &held, &err));
  CU_ASSERT_EQUAL(held, 0);
  CU_ASSERT_EQUAL(err.status, NT_E_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "none/out: cannot be written: No such file"));
  CU_ASSERT_EQUAL(nt_temporary_put("none", "out", 0, &err), NT_E_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "out: cannot be synced"));
  nt_temporary_sweep("none", NULL);
}

static ino_t inode_of(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 ? st.st_ino : 0;
}

static void write_text(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  CU_ASSERT_PTR_NOT_NULL_FATAL(f);
  fputs(text, f);
  fclose(f);
}

static void what_is_alike_is_left_alone(void) {
  nt_error err;
  static const struct {
    const char *text;
    int changes;
  } rounds[] = {{"one", 1}, {"one", 0}, {"two", 1}, {"two, and longer", 1}, {"two, and longer", 0}};
  for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
    ino_t before = inode_of("out");
    write_text("mine", rounds[i].text);
    CHECK_OK(nt_temporary_settle("mine", "out", &err), err);
    CU_ASSERT_EQUAL(inode_of("out") != before, rounds[i].changes);
    CU_ASSERT(!there("mine"));
    write_text("mine", rounds[i].text);
    CU_ASSERT_EQUAL(nt_temporary_same("mine", "out"), 1);
    unlink("mine");
  }
  CU_ASSERT_EQUAL(nt_temporary_settle("none", "out", &err), NT_E_IO);
  CU_ASSERT_EQUAL(nt_temporary_same("none", "out"), -1);
  unlink("out");
}

static void one_of_many_has_the_name(void) {
  enum { MANY = 8 };
  for (int round = 0; round < 20; round++) {
    pid_t children[MANY];
    int winners = 0;
    for (int i = 0; i < MANY; i++)
      if ((children[i] = fork()) == 0) {
        char name[16];
        snprintf(name, sizeof name, "mine%d", i);
        write_text(name, name);
        int claimed = nt_temporary_claim(name, "claimed");
        if (claimed == 0 && inode_of(name) == 0) _exit(2); /* unchanged */
        unlink(name);
        _exit(claimed);
      }
    for (int i = 0; i < MANY; i++) {
      int status;
      waitpid(children[i], &status, 0);
      CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
      winners += WEXITSTATUS(status) == 1;
    }
    CU_ASSERT_EQUAL(winners, 1);
    unlink("claimed");
  }
}

static void a_folder_has_a_clock(void) {
  struct stat st;
  make_file("dated", 0);
  CU_ASSERT_EQUAL_FATAL(stat("dated", &st), 0);
  double now = nt_folder_clock(".");
  CU_ASSERT(now >= (double)st.st_mtim.tv_sec && now < (double)st.st_mtim.tv_sec + 3600);
  CU_ASSERT(isnan(nt_folder_clock("none")));
  unlink("dated");
  CU_ASSERT_EQUAL(count_files(), 0);
}

int main(void) {
  static const check_case cases[] = {
      {"two that write one file have two names", two_that_write_one_file_have_two_names},
      {"what is swept is of this host, and dead", what_is_swept_is_of_this_host_and_dead},
      {"a killed process leaves what the next sweeps",
       a_killed_process_leaves_what_the_next_sweeps},
      {"nobody sweeps what is being made", nobody_sweeps_what_is_being_made},
      {"what is alike is left alone", what_is_alike_is_left_alone},
      {"one of many has the name", one_of_many_has_the_name},
      {"a folder has a clock", a_folder_has_a_clock},
      {"long names fit", long_names_fit},
      {"folders go with what is in them", folders_go_with_what_is_in_them},
      {"what cannot be written is named", what_cannot_be_written_is_named},
  };
  if (!mkdtemp(directory) || chdir(directory) != 0) return 2;
  int failed = check_main("temporary", cases, sizeof cases / sizeof *cases);
  return rmdir(directory) != 0 || failed;
}
