/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static nt_status io_error(nt_error *err, const char *path, const char *what) {
  return nt_fail(err, NT_E_IO, "%s: cannot %s: %s", path, what, strerror(errno));
}

/* The length of the directory part of path, its slash included; 0 for a bare name. */
static int directory_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (int)(slash - path) + 1 : 0;
}

nt_status nt_output_begin(nt_output *output, const char *path, nt_error *err) {
  *output = (nt_output){0};
  struct stat st;
  int there = stat(path, &st) == 0;
  if (there && !S_ISREG(st.st_mode))
    return nt_fail(err, NT_E_IO, "%s: is not a regular file, cannot be replaced by an output",
                   path);
  output->path = there ? realpath(path, NULL) : strdup(path);
  if (!output->path) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  int directory = directory_length(output->path);
  if (asprintf(&output->temporary, "%.*s.%s.%ld.tmp", directory, output->path,
               output->path + directory, (long)getpid()) < 0) {
    output->temporary = NULL;
    nt_output_discard(output);
    return nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  }
  /* O_EXCL: a file of this name is not ours to touch, neither now nor in nt_output_discard. */
  int fd = open(output->temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0) {
    nt_status status = io_error(err, path, "be written");
    if (errno == EEXIST) status = io_error(err, output->temporary, "be created");
    free(output->temporary);
    output->temporary = NULL;
    nt_output_discard(output);
    return status;
  }
  close(fd);
  return NT_OK;
}

static int sync_path(const char *path, int flags) {
  int fd = open(path, flags | O_CLOEXEC);
  if (fd < 0) return -1;
  int result = fsync(fd);
  int saved = errno;
  close(fd);
  errno = saved;
  return result;
}

static nt_status put_in_place(nt_output *output, nt_error *err) {
  if (rename(output->temporary, output->path) != 0)
    return io_error(err, output->path, "be renamed to");
  free(output->temporary);
  output->temporary = NULL;
  return NT_OK;
}

nt_status nt_output_commit(nt_output *output, nt_error *err) {
  nt_status status = NT_OK;
  if (sync_path(output->temporary, O_RDWR) != 0)
    status = io_error(err, output->path, "be synced");
  else
    status = put_in_place(output, err);
  if (status == NT_OK) {
    /* Some file systems cannot sync a directory; the file itself is safe by then. */
    int directory = directory_length(output->path);
    output->path[directory] = 0;
    sync_path(directory ? output->path : ".", O_RDONLY | O_DIRECTORY);
  }
  nt_output_discard(output);
  return status;
}

nt_status nt_output_commit_unsynced(nt_output *output, nt_error *err) {
  nt_status status = put_in_place(output, err);
  nt_output_discard(output);
  return status;
}

void nt_output_discard(nt_output *output) {
  if (output->temporary) unlink(output->temporary);
  free(output->temporary);
  free(output->path);
  *output = (nt_output){0};
}

nt_status nt_output_refuse(const char *path, const char *input, const char *what, nt_error *err) {
  struct stat a, b;
  if (!path || !input || strcmp(input, "-") == 0) return NT_OK;
  if (stat(path, &a) != 0 || stat(input, &b) != 0) return NT_OK;
  if (a.st_dev != b.st_dev || a.st_ino != b.st_ino) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "%s: the output would replace the %s %s", path, what, input);
}
