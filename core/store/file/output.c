/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/temporary.h"

static nt_status begin(nt_output *output, const char *path, int follow, nt_error *err) {
  *output = (nt_output){0};
  struct stat st;
  int there = (follow ? stat(path, &st) : lstat(path, &st)) == 0;
  if (there && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
    return nt_fail(err, NT_E_IO, "%s: is not a regular file, cannot be replaced by an output",
                   path);
  output->path = there && follow ? realpath(path, NULL) : strdup(path);
  if (!output->path) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  output->temporary = nt_temporary_create(output->path, &output->held, err);
  if (output->temporary) return NT_OK;
  nt_output_discard(output);
  return err ? err->status : NT_E_IO;
}

nt_status nt_output_begin(nt_output *output, const char *path, nt_error *err) {
  return begin(output, path, 1, err);
}

nt_status nt_output_begin_here(nt_output *output, const char *path, nt_error *err) {
  return begin(output, path, 0, err);
}

FILE *nt_output_file(const nt_output *output) {
  int fd = nt_temporary_writer(output->held);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
  int why = errno;
  if (!file && fd >= 0) close(fd);
  errno = why;
  return file;
}

static nt_status conclude(nt_output *output, nt_status status) {
  if (status == NT_OK) {
    free(output->temporary);
    output->temporary = NULL;
  }
  nt_output_discard(output);
  return status;
}

nt_status nt_output_commit(nt_output *output, nt_error *err) {
  return conclude(output, nt_temporary_put(output->temporary, output->path, 0, err));
}

nt_status nt_output_commit_unsynced(nt_output *output, nt_error *err) {
  return conclude(output, nt_temporary_put(output->temporary, output->path, 1, err));
}

nt_status nt_output_commit_alike(nt_output *output, nt_error *err) {
  return conclude(output, nt_temporary_settle(output->temporary, output->path, err));
}

void nt_output_discard(nt_output *output) {
  if (output->temporary) unlink(output->temporary);
  nt_temporary_release(&output->held);
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
