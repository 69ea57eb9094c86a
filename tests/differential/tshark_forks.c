/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into tshark: one start, which takes 0.3 s, serves many captures.
 *
 * $TSHARK_FORKS names a file with three lines for each capture: the capture, the file for standard
 * output, the file for standard error. When tshark opens the capture of its command line, it forks
 * for each of these in turn instead, and the child opens that capture: the rest is tshark's own code
 * in a process that has seen no other capture. The parent prints `exit CODE` or `signal NUMBER` for
 * each and ends.
 *
 * Tables of names, which tshark reads for each capture in spite of -n, are hidden: that halves the
 * time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENDED_BADLY = 99 };
typedef struct wtap wtap;
typedef wtap *open_offline(const char *, unsigned, int *, char **, int);

static void fail(const char *what) {
  fprintf(stderr, "tshark_forks: %s: %s\n", what, strerror(errno));
  _exit(ENDED_BADLY);
}

static void send_to(const char *path, int descriptor) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, descriptor) < 0) fail(path);
  close(file);
}

/* The next line without its end; false at the end of the file. */
static int line_of(FILE *list, char **line, size_t *size) {
  ssize_t length = getline(line, size, list);
  if (length < 1) return 0;
  (*line)[length - 1] = '\0';
  return 1;
}

/* Returns the capture that this child opens; the first process does not return. */
static const char *capture_of_child(const char *list_path) {
  static char *capture, *out, *err;
  size_t sizes[3] = {0, 0, 0};
  FILE *list = fopen(list_path, "r");
  if (!list) fail(list_path);
  while (line_of(list, &capture, sizes) && line_of(list, &out, sizes + 1) &&
         line_of(list, &err, sizes + 2)) {
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (!child) {
      close(fileno(list)); /* an exit of the child would reset the shared offset */
      send_to(out, STDOUT_FILENO);
      send_to(err, STDERR_FILENO);
      return capture;
    }
    int status;
    if (waitpid(child, &status, 0) < 0) fail("waitpid");
    if (WIFSIGNALED(status))
      printf("signal %d\n", WTERMSIG(status));
    else
      printf("exit %d\n", WEXITSTATUS(status));
  }
  fflush(stdout);
  _exit(0);
}

wtap *wtap_open_offline(const char *path, unsigned type, int *error, char **info, int random);

wtap *wtap_open_offline(const char *path, unsigned type, int *error, char **info, int random) {
  const char *list = getenv("TSHARK_FORKS");
  open_offline *next = (open_offline *)dlsym(RTLD_NEXT, "wtap_open_offline");
  if (!next) fail("tshark has no wtap_open_offline");
  return next(list ? capture_of_child(list) : path, type, error, info, random);
}

FILE *fopen(const char *path, const char *mode) {
  static const char *const tables[] = {"/manuf", "/wka", "/enterprises.tsv", "/services"};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    const size_t length = strlen(path), tail = strlen(tables[i]);
    if (length >= tail && strcmp(path + length - tail, tables[i]) == 0) {
      errno = ENOENT;
      return NULL;
    }
  }
  FILE *(*next)(const char *, const char *) =
      (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
  return next(path, mode);
}
