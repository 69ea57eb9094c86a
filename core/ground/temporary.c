/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "temporary.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

enum {
  HOST = 8,
  BOOT = 12,       /* hexadecimal digits */
  LONGEST = 200,   /* bytes of NAME that are kept: the whole name has to fit into 255 */
  ATTEMPTS = 1000, /* to find a free name that no sweep removes meanwhile */
  PATH = 4096
};
#define NO_BOOT "000000000000"

/* ---------------------------------------------------------------- where a file comes from */

static struct { char host[HOST + 1], boot[BOOT + 1]; } machine;
static pthread_once_t machine_known = PTHREAD_ONCE_INIT;

static void look_at_machine(void) {
  char name[256] = "", id[64] = "";
  gethostname(name, sizeof name - 1);
  snprintf(machine.host, sizeof machine.host, "%08x",
           (unsigned)(XXH3_64bits(name, strlen(name)) >> 32));
  FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
  size_t got = file ? fread(id, 1, sizeof id - 1, file) : 0, digits = 0;
  if (file) fclose(file);
  for (size_t i = 0; i < got && digits < BOOT; i++)
    if (isxdigit((unsigned char)id[i]))
      machine.boot[digits++] = (char)tolower((unsigned char)id[i]);
  if (digits < BOOT) strcpy(machine.boot, NO_BOOT);
}

/* This boot, as it is seen through the mount that the folder lies on. */
static void boot_of(const char *folder, char boot[BOOT + 1]) {
  struct stat s;
  pthread_once(&machine_known, look_at_machine);
  if (strcmp(machine.boot, NO_BOOT) == 0 || stat(folder, &s) != 0)
    memcpy(boot, NO_BOOT, sizeof NO_BOOT);
  else
    snprintf(boot, BOOT + 1, "%012llx",
             (unsigned long long)XXH3_64bits_withSeed(machine.boot, BOOT, (uint64_t)s.st_dev) >>
                 (64 - 4 * BOOT));
}

void nt_origin_self(const char *folder, char text[NT_ORIGIN_TEXT]) {
  char boot[BOOT + 1];
  boot_of(folder, boot);
  snprintf(text, NT_ORIGIN_TEXT, "%s-%s-%ld", machine.host, boot, (long)getpid());
}

static double seconds_of(struct timespec t) {
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

nt_origin nt_origin_of(const char *text, const char *folder, const struct stat *s) {
  char host[HOST + 1], boot[BOOT + 1], own[BOOT + 1];
  boot_of(folder, own);
  if (sscanf(text, "%8[0-9a-f]-%12[0-9a-f]-", host, boot) != 2 || strlen(host) != HOST ||
      strlen(boot) != BOOT || strcmp(boot, NO_BOOT) == 0 || strcmp(own, NO_BOOT) == 0)
    return NT_ORIGIN_ELSEWHERE;
  if (strcmp(boot, own) == 0) return NT_ORIGIN_HERE;
  if (strcmp(host, machine.host) != 0) return NT_ORIGIN_ELSEWHERE;
  /* Two machines may have one name ("localhost"): who still writes does so after our boot. */
  struct timespec up;
  clock_gettime(CLOCK_BOOTTIME, &up);
  double age = nt_folder_clock(folder) - seconds_of(s->st_mtim);
  return age > seconds_of(up) + 1 ? NT_ORIGIN_GONE : NT_ORIGIN_ELSEWHERE;
}

/* ---------------------------------------------------------------- names */

/* The length of the folder's part of a path, its slash included; 0 for a bare name. */
static int folder_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (int)(slash - path) + 1 : 0;
}

/* The folder itself, "." of a bare name; PATH bytes. 0: too long. */
static int folder_of(const char *path, char *folder) {
  int length = folder_length(path);
  return snprintf(folder, PATH, "%.*s", length ? length : 1, length ? path : ".") < PATH;
}

static char *name_for(const char *path) {
  static uint32_t count;
  char origin[NT_ORIGIN_TEXT], *name;
  uint32_t chance;
  int length = folder_length(path);
  char folder[PATH];
  folder_of(path, folder);
  nt_origin_self(folder, origin);
  if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != (ssize_t)sizeof chance) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    chance = (uint32_t)now.tv_nsec + 2654435761u * __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
  }
  if (asprintf(&name, "%.*s.%.*s.%s-%08x.tmp", length, path, (int)LONGEST, path + length, origin,
               (unsigned)chance) < 0)
    return NULL;
  return name;
}

/* Where HOST-BOOT-PID-RANDOM begins in such a name, of `of` (NULL: any); NULL: it is none. */
static const char *origin_in(const char *name, const char *of) {
  size_t length = strlen(name), own;
  if (name[0] != '.' || length < 6 || strcmp(name + length - 4, ".tmp") != 0) return NULL;
  const char *at = name + length - 4;
  while (at > name + 1 && at[-1] != '.') at--;
  char host[HOST + 1], boot[BOOT + 1];
  unsigned chance;
  long pid;
  int end = 0;
  if (sscanf(at, "%8[0-9a-f]-%12[0-9a-f]-%ld-%8x%n", host, boot, &pid, &chance, &end) != 4 ||
      strcmp(at + end, ".tmp") != 0 || at < name + 2)
    return NULL;
  own = (size_t)(at - name) - 2;
  if (of && (strnlen(of, LONGEST) != own || memcmp(of, name + 1, own) != 0)) return NULL;
  return at;
}

/* ---------------------------------------------------------------- creating */

/* Whether the open file is ours now: locked, and still where it was made. */
static int keep(int fd, const char *name) {
  struct stat mine, there;
  if (flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) return 0;
  return fstat(fd, &mine) == 0 && lstat(name, &there) == 0 && mine.st_ino == there.st_ino &&
         mine.st_dev == there.st_dev;
}

static int open_file(const char *name) {
  return open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
}

static int open_folder(const char *name) {
  if (mkdir(name, 0700) != 0) return -1;
  int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), why = errno;
  if (fd < 0) rmdir(name);
  errno = why;
  return fd;
}

static char *create(const char *path, int *held, int (*open_it)(const char *), nt_error *err) {
  *held = 0;
  for (int i = 0; i < ATTEMPTS; i++) {
    char *name = name_for(path);
    if (!name) {
      nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
      return NULL;
    }
    int fd = open_it(name);
    if (fd < 0 && errno == ESTALE) {
      free(name);
      continue;
    }
    if (fd >= 0 && keep(fd, name)) {
      *held = fd + 1;
      return name;
    }
    int why = errno;
    free(name);
    if (fd >= 0)
      close(fd); /* swept between its making and its lock */
    else if (why != EEXIST) {
      nt_fail(err, NT_E_IO, "%s: cannot be written: %s", path, strerror(why));
      return NULL;
    }
  }
  nt_fail(err, NT_E_IO, "%s: cannot be written: no name for it is free", path);
  return NULL;
}

char *nt_temporary_create(const char *path, int *held, nt_error *err) {
  return create(path, held, open_file, err);
}

char *nt_temporary_create_folder(const char *path, int *held, nt_error *err) {
  return create(path, held, open_folder, err);
}

int nt_temporary_writer(int held) {
  return fcntl(held - 1, F_DUPFD_CLOEXEC, 0);
}

void nt_temporary_release(int *held) {
  if (*held) close(*held - 1);
  *held = 0;
}

double nt_folder_clock(const char *folder) {
  char path[PATH];
  struct stat s;
  double now = NAN;
  int held = 0;
  char *name = snprintf(path, sizeof path, "%s/clock", folder) < PATH
                   ? nt_temporary_create(path, &held, NULL)
                   : NULL;
  /* Written, as some servers date what is made by the clock of who makes it. */
  if (name && write(held - 1, "", 1) == 1 && fstat(held - 1, &s) == 0) now = seconds_of(s.st_mtim);
  if (name) unlink(name);
  nt_temporary_release(&held);
  free(name);
  return now;
}

/* ---------------------------------------------------------------- renaming */

static int sync_path(const char *path, int flags) {
  int fd = open(path, flags | O_CLOEXEC);
  if (fd < 0) return -1;
  int result = fsync(fd);
  int saved = errno;
  close(fd);
  errno = saved;
  return result;
}

/* Some file systems cannot sync a directory; the file itself is safe by then. */
static void sync_folder(const char *path) {
  char folder[PATH];
  if (folder_of(path, folder)) sync_path(folder, O_RDONLY | O_DIRECTORY);
}

/* A handle of the folder that the server has forgotten is looked up again. */
static int rename_again(const char *from, const char *path) {
  int refused = -1;
  for (int i = 0; refused && i < ATTEMPTS && (i == 0 || errno == ESTALE); i++)
    refused = rename(from, path);
  return refused;
}

nt_status nt_temporary_put(const char *from, const char *path, int unsynced, nt_error *err) {
  const char *what = NULL;
  if (!unsynced && sync_path(from, O_RDONLY) != 0)
    what = "be synced";
  else if (rename_again(from, path) != 0)
    what = "be renamed to";
  if (what) return nt_fail(err, NT_E_IO, "%s: cannot %s: %s", path, what, strerror(errno));
  if (!unsynced) sync_folder(path);
  return NT_OK;
}

int nt_temporary_claim(const char *from, const char *path) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, path, RENAME_NOREPLACE) == 0) return 1;
  if (errno == EEXIST) return 0;
  if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) return -1;
  /* NFS, say. What was done may be reported as refused when the answer was lost: the number of names
   * tells. */
  struct stat s;
  int linked = link(from, path) == 0, why = errno;
  if (linked || (why == EEXIST && stat(from, &s) == 0 && s.st_nlink == 2)) {
    unlink(from);
    return 1;
  }
  if (why == EEXIST) return 0;
  /* Neither is supported: who comes between loses work, no more. */
  if (access(path, F_OK) == 0) return 0;
  return rename(from, path) == 0 ? 1 : -1;
}

int nt_temporary_same(const char *a, const char *b) {
  FILE *x = fopen(a, "re"), *y = fopen(b, "re");
  int same = x && y ? 1 : -1;
  while (same == 1) {
    char p[1 << 13], q[1 << 13];
    size_t m = fread(p, 1, sizeof p, x), n = fread(q, 1, sizeof q, y);
    if (ferror(x) || ferror(y)) same = -1;
    if (m != n || memcmp(p, q, m) != 0) same = same < 0 ? same : 0;
    if (m == 0) break;
  }
  if (x) fclose(x);
  if (y) fclose(y);
  return same;
}

nt_status nt_temporary_settle(const char *from, const char *path, nt_error *err) {
  if (sync_path(from, O_RDONLY) != 0)
    return nt_fail(err, NT_E_IO, "%s: cannot be synced: %s", path, strerror(errno));
  for (int i = 0; i < ATTEMPTS; i++) {
    int claimed = nt_temporary_claim(from, path);
    if (claimed < 0 && errno != ESTALE)
      return nt_fail(err, NT_E_IO, "%s: cannot be renamed to: %s", path, strerror(errno));
    if (claimed > 0) sync_folder(path);
    if (claimed > 0) return NT_OK;
    int same = claimed == 0 ? nt_temporary_same(from, path) : -1;
    if (same == 1) unlink(from);
    if (same == 1) return NT_OK;
    if (same == 0) return nt_temporary_put(from, path, 0, err);
  } /* gone meanwhile: again */
  return nt_fail(err, NT_E_IO, "%s: cannot be renamed to, nor read", path);
}

/* ---------------------------------------------------------------- sweeping */

static int remove_entry(const char *path, const struct stat *s, int kind, struct FTW *walk) {
  (void)s, (void)kind, (void)walk;
  remove(path);
  return 0;
}

/* Removes the file, or the folder with what is in it, if it is not locked. */
static void remove_unlocked(const char *path, const struct stat *s) {
  int folder = S_ISDIR(s->st_mode);
  if (folder && s->st_uid != geteuid()) return;
  int fd = open(path, O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (folder ? O_RDONLY : O_RDWR));
  if (fd < 0) return;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
    if (folder)
      nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    else
      unlink(path);
  }
  close(fd);
}

void nt_temporary_sweep(const char *folder, const char *name) {
  char path[PATH];
  DIR *directory = opendir(folder);
  if (!directory) return;
  for (struct dirent *entry; (entry = readdir(directory));) {
    struct stat s;
    const char *origin = origin_in(entry->d_name, name);
    if (!origin || snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= PATH ||
        lstat(path, &s) != 0 || !(S_ISREG(s.st_mode) || S_ISDIR(s.st_mode)))
      continue;
    if (nt_origin_of(origin, folder, &s) != NT_ORIGIN_ELSEWHERE) remove_unlocked(path, &s);
  }
  closedir(directory);
}

void nt_temporary_sweep_of(const char *path) {
  char folder[PATH], *real = realpath(path, NULL);
  if (real) path = real; /* a link's temporary file lies beside what it points to */
  if (folder_of(path, folder)) nt_temporary_sweep(folder, path + folder_length(path));
  free(real);
}
