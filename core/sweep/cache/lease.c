/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lease.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ground/temporary.h"

enum { PATH = 4096, OWNER = 512 };

/* ---------------------------------------------------------------- clocks */

static double seconds_of(struct timespec t) {
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A clock that nobody sets. */
static double own_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return seconds_of(now);
}

/* The clock that dates files here, another machine's perhaps: asked by touching a file of ours. */
static double clock_of(int lock) {
  struct stat s;
  return futimens(lock, NULL) == 0 && fstat(lock, &s) == 0 ? seconds_of(s.st_mtim) : 0;
}

/* ---------------------------------------------------------------- the lock on the folder */

/* To be closed; -1 with errno. lock: PATH bytes, its file. */
static int lock_folder(const char *folder, char *lock) {
  if (snprintf(lock, PATH, "%s/lock", folder) >= PATH) {
    errno = ENAMETOOLONG;
    return -1;
  }
  int fd = open(lock, O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0 || flock(fd, LOCK_EX) == 0) return fd;
  int saved = errno;
  close(fd);
  errno = saved;
  return -1;
}

/* ---------------------------------------------------------------- void or not */

/* What of a lease changes with each beat and with each holder. Never 0. */
static uint64_t state_of(const struct stat *s) {
  uint64_t state = (uint64_t)s->st_mtim.tv_sec * 1000000000u + (uint64_t)s->st_mtim.tv_nsec;
  return (state * 31 + (uint64_t)s->st_ino) | 1;
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

/* "HOST ORIGIN\n". 0: whoever wrote it was stopped at it, since writing is done under the lock. */
static int read_origin(int fd, char *origin) {
  char owner[OWNER + 1], host[OWNER + 1];
  ssize_t got = pread(fd, owner, OWNER, 0);
  if (got <= 0) return 0;
  owner[got] = 0;
  return owner[got - 1] == '\n' && sscanf(owner, "%512s %63s", host, origin) == 2;
}

/* fd: the open lease. With the folder locked: `lock`. */
static int is_void(int fd, int lock, nt_lease *lease) {
  struct stat s;
  char origin[NT_ORIGIN_TEXT];
  if (fstat(fd, &s) != 0 || !read_origin(fd, origin)) return 1;
  switch (nt_origin_of(origin, &s)) {
  case NT_ORIGIN_GONE:
    return 1;
  case NT_ORIGIN_HERE:
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return 1;
    if (errno == EWOULDBLOCK) break; /* it lives; but does it work? */
    __attribute__((fallthrough));    /* no locks here: as from elsewhere */
  case NT_ORIGIN_ELSEWHERE:
    if (clock_of(lock) - seconds_of(s.st_mtim) > NT_LEASE_STALE) return 1;
  }
  return stands_still(lease, &s);
}

/* ---------------------------------------------------------------- taking and giving back */

static nt_status make(const char *path, nt_lease *lease, nt_error *err) {
  char host[256] = "", origin[NT_ORIGIN_TEXT], owner[OWNER];
  gethostname(host, sizeof host - 1);
  nt_origin_self(origin);
  int length = snprintf(owner, sizeof owner, "%s %s\n", *host ? host : "?", origin);
  int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0 || write(fd, owner, (size_t)length) != length) {
    nt_fail(err, NT_E_IO, "%s: cannot be written: %s", path, strerror(errno ? errno : ENOSPC));
    if (fd < 0) return NT_E_IO;
    unlink(path);
    close(fd);
    return NT_E_IO;
  }
  flock(fd, LOCK_EX | LOCK_NB); /* where there are no locks, beats alone tell */
  *lease = (nt_lease){.held = fd + 1};
  return NT_OK;
}

static nt_status take(const char *path, int lock, nt_lease *lease, nt_error *err) {
  int fd = open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno != ENOENT)
    return nt_fail(err, NT_E_IO, "%s: cannot be opened: %s", path, strerror(errno));
  if (fd >= 0) {
    int gone = is_void(fd, lock, lease);
    if (gone && unlink(path) != 0 && errno != ENOENT)
      gone = -1, nt_fail(err, NT_E_IO, "%s: cannot be removed: %s", path, strerror(errno));
    close(fd);
    if (gone < 0) return NT_E_IO;
    if (!gone) return NT_OK;
  }
  errno = 0;
  return make(path, lease, err);
}

nt_status nt_lease_take(const char *folder, const char *key, nt_lease *lease, nt_error *err) {
  char path[PATH], lock[PATH];
  if (lease->held) return NT_OK;
  if (snprintf(path, sizeof path, "%s/%s.lease", folder, key) >= PATH)
    return nt_fail(err, NT_E_LIMIT, "%s: the path is too long", folder);
  int fd = lock_folder(folder, lock);
  if (fd < 0) return nt_fail(err, NT_E_IO, "%s: cannot be locked: %s", lock, strerror(errno));
  nt_status status = take(path, fd, lease, err);
  close(fd);
  return status;
}

void nt_lease_touch(const nt_lease *lease) {
  if (lease->held) futimens(lease->held - 1, NULL);
}

void nt_lease_give_back(const char *folder, const char *key, nt_lease *lease) {
  char path[PATH];
  struct stat mine, there;
  if (!lease->held) return;
  int fd = lease->held - 1;
  if (snprintf(path, sizeof path, "%s/%s.lease", folder, key) < PATH && fstat(fd, &mine) == 0 &&
      lstat(path, &there) == 0 && mine.st_ino == there.st_ino && mine.st_dev == there.st_dev)
    unlink(path);
  close(fd);
  *lease = (nt_lease){0};
}

void nt_lease_remove_stale(const char *folder) {
  char lock[PATH], path[PATH];
  int locked = lock_folder(folder, lock);
  DIR *directory = locked < 0 ? NULL : opendir(folder);
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    const char *dot = strrchr(entry->d_name, '.');
    if (!dot || strcmp(dot, ".lease") != 0 ||
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= PATH)
      continue;
    int fd = open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) continue;
    nt_lease stranger = {0};
    if (is_void(fd, locked, &stranger)) unlink(path);
    close(fd);
  }
  if (directory) closedir(directory);
  if (locked >= 0) close(locked);
}
