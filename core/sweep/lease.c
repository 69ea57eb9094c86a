/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lease.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 4096, OWNER = 512 };

/* Clock ticks from boot to the start of a process: tells a process from a later one with its
 * number. 0: there is none. */
static unsigned long long start_of(long pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%ld/stat", pid);
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  size_t got = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[got] = 0;
  char *at = strrchr(text, ')'); /* the name before it may hold anything */
  if (at && (at[1] == 0 || at[2] == 'Z' || at[2] == 'X'))
    return 0; /* killed, and not yet waited for */
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  return at ? strtoull(at, NULL, 10) : 0;
}

static void describe_self(char *owner) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  snprintf(owner, OWNER, "%s %ld %llu\n", host, (long)getpid(), start_of((long)getpid()));
}

static int read_owner(const char *path, char *owner) {
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  size_t got = fread(owner, 1, OWNER - 1, file);
  fclose(file);
  owner[got] = 0;
  return 1;
}

static double age_of(const struct stat *s) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (double)(now.tv_sec - s->st_mtim.tv_sec) +
         1e-9 * (double)(now.tv_nsec - s->st_mtim.tv_nsec);
}

/* Whether the owner's process is known to be gone: only this host's can be looked at. */
static int owner_gone(const char *owner) {
  char host[256] = "", theirs[256];
  long pid;
  unsigned long long start;
  gethostname(host, sizeof host - 1);
  if (sscanf(owner, "%255s %ld %llu", theirs, &pid, &start) != 3)
    return 1; /* whoever wrote it was stopped at it: writing is done under the lock */
  return strcmp(host, theirs) == 0 && start_of(pid) != start;
}

static int lease_void(const char *path) {
  char owner[OWNER];
  struct stat s;
  if (stat(path, &s) != 0 || !read_owner(path, owner)) return 1;
  return age_of(&s) > NT_LEASE_STALE || owner_gone(owner);
}

static int put_owner(const char *path) {
  char owner[OWNER];
  describe_self(owner);
  int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0) return -1;
  int bad = write(fd, owner, strlen(owner)) != (ssize_t)strlen(owner);
  int saved = errno;
  if (close(fd) != 0 && !bad) bad = 1, saved = errno;
  if (bad) unlink(path);
  errno = saved;
  return bad ? -1 : 0;
}

/* The lock on the folder, to be closed; -1 with errno. lock: PATH bytes, its file. */
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

nt_status nt_lease_take(const char *folder, const char *key, nt_lease_answer *answer,
                        nt_error *err) {
  char path[PATH], lock[PATH];
  *answer = NT_LEASE_ELSEWHERE;
  if (snprintf(path, sizeof path, "%s/%s.lease", folder, key) >= PATH)
    return nt_fail(err, NT_E_LIMIT, "%s: the path is too long", folder);
  int fd = lock_folder(folder, lock);
  if (fd < 0) return nt_fail(err, NT_E_IO, "%s: cannot be locked: %s", lock, strerror(errno));
  nt_status status = NT_OK;
  if (lease_void(path)) {
    if (put_owner(path) == 0)
      *answer = NT_LEASE_TAKEN;
    else
      status = nt_fail(err, NT_E_IO, "%s: cannot be written: %s", path, strerror(errno));
  }
  close(fd);
  return status;
}

void nt_lease_touch(const char *folder, const char *key) {
  char path[PATH];
  if (snprintf(path, sizeof path, "%s/%s.lease", folder, key) < PATH)
    utimensat(AT_FDCWD, path, NULL, 0);
}

void nt_lease_give_back(const char *folder, const char *key) {
  char path[PATH], self[OWNER], owner[OWNER];
  if (snprintf(path, sizeof path, "%s/%s.lease", folder, key) >= PATH) return;
  describe_self(self);
  if (read_owner(path, owner) && strcmp(owner, self) == 0) unlink(path);
}

void nt_lease_sweep_out_void(const char *folder) {
  char lock[PATH], path[PATH];
  int fd = lock_folder(folder, lock);
  DIR *directory = fd < 0 ? NULL : opendir(folder);
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    const char *dot = strrchr(entry->d_name, '.');
    if (dot && strcmp(dot, ".lease") == 0 &&
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < PATH && lease_void(path))
      unlink(path);
  }
  if (directory) closedir(directory);
  if (fd >= 0) close(fd);
}

/* The PID of ".NAME.PID.tmp", or 0. of: the only NAME that counts; NULL: any. */
static long temporary_of(const char *name, const char *of) {
  size_t length = strlen(name);
  if (name[0] != '.' || length < 7 || strcmp(name + length - 4, ".tmp") != 0) return 0;
  const char *at = name + length - 4;
  while (at > name && at[-1] >= '0' && at[-1] <= '9') at--;
  if (at < name + 2 || at[-1] != '.') return 0;
  size_t own = (size_t)(at - name) - 2;
  if (of && (strlen(of) != own || memcmp(of, name + 1, own) != 0)) return 0;
  return strtol(at, NULL, 10);
}

void nt_lease_sweep_out(const char *folder, const char *name) {
  DIR *directory = opendir(folder);
  if (!directory) return;
  for (struct dirent *entry; (entry = readdir(directory));) {
    struct stat s;
    long pid = temporary_of(entry->d_name, name);
    if (!pid || fstatat(dirfd(directory), entry->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0) continue;
    int gone = start_of(pid) == 0 && age_of(&s) > NT_LEASE_STALE;
    if (gone || pid == (long)getpid()) unlinkat(dirfd(directory), entry->d_name, 0);
  }
  closedir(directory);
}
