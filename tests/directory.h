/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of files: a directory for each suite, damage, a full disk. */
#ifndef NT_TEST_DIRECTORY_H
#define NT_TEST_DIRECTORY_H

#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "check.h"

/* The number of files in the current directory, hidden ones included. */
static inline int count_files(void) {
  DIR *d = opendir(".");
  int count = 0;
  for (struct dirent *e; d && (e = readdir(d));)
    count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  closedir(d);
  return count;
}

static inline void remove_files(void) {
  DIR *d = opendir(".");
  for (struct dirent *e; d && (e = readdir(d));)
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) unlink(e->d_name);
  closedir(d);
}

typedef struct file_bytes {
  unsigned char *data;
  size_t size;
} file_bytes;

static inline file_bytes load_bytes(const char *path) {
  file_bytes bytes = {NULL, 0};
  FILE *f = fopen(path, "rb");
  if (!f) return bytes;
  fseek(f, 0, SEEK_END);
  bytes.size = (size_t)ftell(f);
  rewind(f);
  bytes.data = malloc(bytes.size + 1);
  if (fread(bytes.data, 1, bytes.size, f) != bytes.size) bytes.size = 0;
  fclose(f);
  return bytes;
}

static inline void save_bytes(const char *path, const void *data, size_t size) {
  FILE *f = fopen(path, "wb");
  fwrite(data, 1, size, f);
  fclose(f);
}

static inline int same_file(const char *path, file_bytes expected) {
  file_bytes now = load_bytes(path);
  int same = now.size == expected.size && memcmp(now.data, expected.data, now.size) == 0;
  free(now.data);
  return same;
}

/* Runs `run` in a child in which no file can grow beyond `limit` bytes, as on a full disk; the
 * child ends through exit, so that HDF5's exit handler runs. True if run returned 0. */
static inline int holds_on_full_disk(int (*run)(void), size_t limit) {
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    struct rlimit limits;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limits);
    limits.rlim_cur = limit;
    setrlimit(RLIMIT_FSIZE, &limits);
    exit(run());
  }
  int status;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The limit ends after the exit handlers: gcov writes its counts later still, and cut files of
 * counts would spoil those of all later tests. */
static __attribute__((destructor)) void end_full_disk(void) {
  struct rlimit limits;
  if (getrlimit(RLIMIT_FSIZE, &limits) != 0) return;
  limits.rlim_cur = limits.rlim_max;
  setrlimit(RLIMIT_FSIZE, &limits);
}

/* check_main in a new directory, which must be empty in the end. */
static inline int directory_main(const char *suite, const check_case *cases, size_t count) {
  char directory[] = "/tmp/ninetails-test-XXXXXX";
  if (!mkdtemp(directory) || chdir(directory) != 0) return 2;
  int code = check_main(suite, cases, count);
  int left = count_files();
  if (left) printf("%d files were left in %s\n", left, directory);
  remove_files();
  return left || rmdir(directory) != 0 ? 1 : code;
}
#define DIRECTORY_MAIN(suite, cases)                                                               \
  int main(void) {                                                                                 \
    return directory_main(suite, cases, sizeof(cases) / sizeof *(cases));                          \
  }

#endif
