/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "ground/flag.h"
#include "ground/memory.h"

#define BLOCK ((size_t)1 << 18)

typedef struct seal {
  uint64_t covered, checksum;
  char mark[8];
} seal;

static const char mark[8] = {'N', 'T', 'S', 'E', 'A', 'L', '1', '\n'};

static nt_status refused(nt_error *err, const char *what) {
  return nt_fail(err, NT_E_IO, "cannot be %s: %s", what, strerror(errno));
}

nt_status nt_read_at(int fd, uint64_t offset, void *to, size_t size, nt_error *err) {
  char *at = to;
  while (size > 0) {
    ssize_t got = pread(fd, at, size, (off_t)offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refused(err, "read");
    if (got == 0) return nt_fail(err, NT_E_INPUT, "the file is cut short");
    at += got;
    offset += (uint64_t)got;
    size -= (size_t)got;
  }
  return NT_OK;
}

static nt_status append(int fd, const void *from, size_t size, nt_error *err) {
  const char *at = from;
  while (size > 0) {
    ssize_t put = write(fd, at, size);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return refused(err, "written");
    at += put;
    size -= (size_t)put;
  }
  return NT_OK;
}

/* The checksum of the first `size` bytes. */
static nt_status sum_file(int fd, uint64_t size, const volatile sig_atomic_t *cancel, uint64_t *sum,
                          nt_error *err) {
  XXH3_state_t *state = XXH3_createState();
  char *block = malloc(BLOCK);
  nt_status status = NT_OK;
  if (!state || !block || XXH3_64bits_reset(state) != XXH_OK)
    status = nt_fail(err, NT_E_MEMORY, "out of memory");
  for (uint64_t at = 0; status == NT_OK && at < size;) {
    size_t part = size - at < BLOCK ? (size_t)(size - at) : BLOCK;
    status = nt_read_at(fd, at, block, part, err);
    if (status == NT_OK) XXH3_64bits_update(state, block, part);
    if (nt_flag_get(cancel)) status = nt_fail(err, NT_E_STATE, "interrupted");
    at += part;
  }
  if (status == NT_OK) *sum = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  free(block);
  return status;
}

static int open_file(const char *path, int flags, uint64_t *bytes, nt_error *err) {
  struct stat st;
  int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 || fstat(fd, &st) != 0) {
    refused(err, "opened");
  } else if (!S_ISREG(st.st_mode)) {
    nt_fail(err, NT_E_INPUT, "is not a regular file");
  } else {
    *bytes = (uint64_t)st.st_size;
    return fd;
  }
  if (fd >= 0) close(fd);
  return -1;
}

static nt_status done(int fd, const char *path, nt_status status, nt_error *err) {
  if (fd >= 0) close(fd);
  if (status != NT_OK) nt_fail_in(err, "%s", path);
  return status;
}

nt_status nt_seal_file(const char *path, const volatile sig_atomic_t *cancel, nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  seal s = {0};
  memcpy(s.mark, mark, sizeof mark);
  int fd = open_file(path, O_RDWR | O_APPEND, &s.covered, err);
  nt_status status = fd < 0 ? err->status : sum_file(fd, s.covered, cancel, &s.checksum, err);
  if (status == NT_OK) status = append(fd, &s, sizeof s, err);
  return done(fd, path, status, err);
}

/* Reads the seal; NT_OK with s->covered 0 where there is none. */
static nt_status read_seal(int fd, uint64_t bytes, seal *s, nt_error *err) {
  *s = (seal){0};
  if (bytes < sizeof *s) return NT_OK;
  nt_status status = nt_read_at(fd, bytes - sizeof *s, s, sizeof *s, err);
  if (memcmp(s->mark, mark, sizeof mark) != 0) *s = (seal){0};
  return status;
}

nt_status nt_seal_check(const char *path, int *sealed, const volatile sig_atomic_t *cancel,
                        nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  uint64_t bytes = 0, sum = 0;
  seal s = {0};
  int fd = open_file(path, O_RDONLY, &bytes, err);
  nt_status status = fd < 0 ? err->status : read_seal(fd, bytes, &s, err);
  int there = memcmp(s.mark, mark, sizeof mark) == 0;
  if (sealed) *sealed = there;
  if (status == NT_OK && there) {
    if (s.covered == bytes - sizeof s) status = sum_file(fd, s.covered, cancel, &sum, err);
    if (status == NT_OK && (s.covered != bytes - sizeof s || sum != s.checksum))
      status = nt_fail(err, NT_E_INPUT, "is damaged: its checksum differs");
  }
  return done(fd, path, status, err);
}

nt_status nt_seal_put(const char *path, const void *payload, size_t size, nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  uint64_t bytes;
  seal s = {.covered = size, .checksum = XXH3_64bits(payload, size)};
  memcpy(s.mark, mark, sizeof mark);
  int fd = open_file(path, O_WRONLY | O_APPEND, &bytes, err);
  nt_status status = fd < 0 ? err->status : append(fd, payload, size, err);
  if (status == NT_OK) status = append(fd, &s, sizeof s, err);
  return done(fd, path, status, err);
}

nt_status nt_seal_get(int fd, uint64_t bytes, void **payload, size_t *size, nt_error *err) {
  seal s;
  *payload = NULL;
  nt_status status = read_seal(fd, bytes, &s, err);
  if (status != NT_OK) return status;
  if (s.covered == 0) return nt_fail(err, NT_E_INPUT, "has no index of ninetails behind its end");
  if (s.covered > bytes - sizeof s) return nt_fail(err, NT_E_INPUT, "the file is cut short");
  *size = s.covered;
  *payload = nt_zeroed(s.covered, 1, 1);
  if (!*payload) return nt_fail(err, NT_E_MEMORY, "out of memory");
  status = nt_read_at(fd, bytes - sizeof s - s.covered, *payload, s.covered, err);
  if (status == NT_OK && XXH3_64bits(*payload, s.covered) != s.checksum)
    status = nt_fail(err, NT_E_INPUT, "its index is damaged: the checksum differs");
  if (status == NT_OK) return NT_OK;
  free(*payload);
  *payload = NULL;
  return status;
}
