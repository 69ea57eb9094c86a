/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lease.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ground/temporary.h"

enum { PATH = 4096, OWNER = 512, ATTEMPTS = 100 };

/* ---------------------------------------------------------------- void or not */

/* What of a lease changes with each beat and with each holder. Never 0. */
static uint64_t state_of(const struct stat *s) {
  uint64_t state = (uint64_t)s->st_mtim.tv_sec * 1000000000u + (uint64_t)s->st_mtim.tv_nsec;
  return (state * 31 + (uint64_t)s->st_ino) | 1;
}

static double seconds_of(struct timespec t) {
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A clock that nobody sets. */
static double own_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return seconds_of(now);
}

/* Watches it: whether it has stood still for too long. */
static int stands_still(nt_lease *lease, const struct stat *s) {
  uint64_t state = state_of(s);
  double now = own_clock();
  if (state != lease->seen) {
    lease->seen = state;
    lease->since = now;
  }
  return now - lease->since > NT_LEASE_STALE;
}

/* "HOST ORIGIN\n". 0: a machine lost power before it was on the disk, since it got its name whole. */
static int read_origin(int fd, char *origin) {
  char owner[OWNER + 1], host[OWNER + 1];
  ssize_t got = pread(fd, owner, OWNER, 0);
  if (got <= 0) return 0;
  owner[got] = 0;
  return owner[got - 1] == '\n' && sscanf(owner, "%512s %63s", host, origin) == 2;
}

/* fd: the open lease. 1 of a process of this machine: its lock is ours by then. */
static int is_void(int fd, const char *folder, nt_lease *lease) {
  struct stat s;
  char origin[NT_ORIGIN_TEXT];
  if (fstat(fd, &s) != 0 || !read_origin(fd, origin)) return 1;
  switch (nt_origin_of(origin, folder, &s)) {
  case NT_ORIGIN_GONE:
    return 1;
  case NT_ORIGIN_HERE:
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return 1;
    if (errno == EWOULDBLOCK) break; /* it lives; but does it work? */
    __attribute__((fallthrough));    /* no locks here: as from elsewhere */
  case NT_ORIGIN_ELSEWHERE:
    if (nt_folder_clock(folder) - seconds_of(s.st_mtim) > NT_LEASE_STALE) return 1;
  }
  return stands_still(lease, &s);
}

/* ---------------------------------------------------------------- taking and giving back */

/* Whether the path still names the open file. */
static int is_at(int fd, const char *path) {
  struct stat open_file, there;
  return fstat(fd, &open_file) == 0 && lstat(path, &there) == 0 &&
         open_file.st_ino == there.st_ino && open_file.st_dev == there.st_dev;
}

/* Written aside, whole by the time that it has its name; whoever is first to give it has it. */
static nt_status make(const char *folder, const char *path, nt_lease *lease, nt_error *err) {
  char host[256] = "", origin[NT_ORIGIN_TEXT], owner[OWNER];
  int held;
  gethostname(host, sizeof host - 1);
  nt_origin_self(folder, origin);
  int length = snprintf(owner, sizeof owner, "%s %s\n", *host ? host : "?", origin);
  char *name = nt_temporary_create(path, &held, err);
  if (!name) return err ? err->status : NT_E_IO;
  errno = 0;
  int written = write(held - 1, owner, (size_t)length) == length, why = errno ? errno : ENOSPC;
  int claimed = written ? nt_temporary_claim(name, path) : 0;
  if (claimed < 0) why = errno;
  if (claimed > 0)
    *lease = (nt_lease){.held = held};
  else
    unlink(name);
  if (claimed <= 0) nt_temporary_release(&held);
  free(name);
  if (written && (claimed >= 0 || why == ENOENT || why == ESTALE)) return NT_OK;
  return nt_fail(err, NT_E_IO, "%s: cannot be written: %s", path, strerror(why));
}

nt_status nt_lease_take(const char *folder, const char *key, nt_lease *lease, nt_error *err) {
  char path[PATH];
  if (lease->held) return NT_OK;
  if (snprintf(path, sizeof path, "%s/%s.lease", folder, key) >= PATH)
    return nt_fail(err, NT_E_LIMIT, "%s: the path is too long", folder);
  int fd = -1;
  errno = ESTALE; /* another host has just removed it: again */
  for (int i = 0; fd < 0 && errno == ESTALE && i < ATTEMPTS; i++)
    fd = open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno != ENOENT)
    return nt_fail(err, NT_E_IO, "%s: cannot be opened: %s", path, strerror(errno));
  int there = fd >= 0 && !is_void(fd, folder, lease);
  if (fd >= 0 && !there && is_at(fd, path)) unlink(path);
  if (fd >= 0) close(fd);
  return there ? NT_OK : make(folder, path, lease, err);
}

void nt_lease_touch(const nt_lease *lease) {
  if (lease->held) futimens(lease->held - 1, NULL);
}

void nt_lease_give_back(const char *folder, const char *key, nt_lease *lease) {
  char path[PATH];
  if (!lease->held) return;
  if (snprintf(path, sizeof path, "%s/%s.lease", folder, key) < PATH &&
      is_at(lease->held - 1, path))
    unlink(path);
  nt_temporary_release(&lease->held);
  *lease = (nt_lease){0};
}

void nt_lease_remove_stale(const char *folder) {
  char path[PATH];
  DIR *directory = opendir(folder);
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    const char *dot = strrchr(entry->d_name, '.');
    if (!dot || strcmp(dot, ".lease") != 0 ||
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= PATH)
      continue;
    int fd = open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) continue;
    nt_lease stranger = {0};
    if (is_void(fd, folder, &stranger) && is_at(fd, path)) unlink(path);
    close(fd);
  }
  if (directory) closedir(directory);
}
