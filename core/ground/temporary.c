/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "temporary.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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

static struct {
  char host[HOST + 1], boot[BOOT + 1];
  struct timespec started; /* the boot, by the clock that files are dated with */
} machine;
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
  struct timespec now, up;
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_BOOTTIME, &up);
  machine.started = (struct timespec){.tv_sec = now.tv_sec - up.tv_sec - 1};
}

void nt_origin_self(char text[NT_ORIGIN_TEXT]) {
  pthread_once(&machine_known, look_at_machine);
  snprintf(text, NT_ORIGIN_TEXT, "%s-%s-%ld", machine.host, machine.boot, (long)getpid());
}

nt_origin nt_origin_of(const char *text, const struct stat *s) {
  char host[HOST + 1], boot[BOOT + 1];
  pthread_once(&machine_known, look_at_machine);
  if (sscanf(text, "%8[0-9a-f]-%12[0-9a-f]-", host, boot) != 2 || strlen(host) != HOST ||
      strlen(boot) != BOOT || strcmp(boot, NO_BOOT) == 0 || strcmp(machine.boot, NO_BOOT) == 0)
    return NT_ORIGIN_ELSEWHERE;
  if (strcmp(boot, machine.boot) == 0) return NT_ORIGIN_HERE;
  /* Two machines may have one name ("localhost"): who still writes does so after our boot. */
  int earlier = s->st_mtim.tv_sec < machine.started.tv_sec;
  return earlier && strcmp(host, machine.host) == 0 ? NT_ORIGIN_GONE : NT_ORIGIN_ELSEWHERE;
}

/* ---------------------------------------------------------------- names */

/* The length of the folder's part of a path, its slash included; 0 for a bare name. */
static int folder_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (int)(slash - path) + 1 : 0;
}

static char *name_for(const char *path) {
  static uint32_t count;
  char origin[NT_ORIGIN_TEXT], *name;
  uint32_t chance;
  int folder = folder_length(path);
  nt_origin_self(origin);
  if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != (ssize_t)sizeof chance) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    chance = (uint32_t)now.tv_nsec + 2654435761u * __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
  }
  if (asprintf(&name, "%.*s.%.*s.%s-%08x.tmp", folder, path, (int)LONGEST, path + folder, origin,
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

nt_status nt_temporary_put(const char *from, const char *path, int unsynced, nt_error *err) {
  const char *what = NULL;
  if (!unsynced && sync_path(from, O_RDONLY) != 0)
    what = "be synced";
  else if (rename(from, path) != 0)
    what = "be renamed to";
  if (what) return nt_fail(err, NT_E_IO, "%s: cannot %s: %s", path, what, strerror(errno));
  char folder[PATH];
  int length = folder_length(path);
  /* Some file systems cannot sync a directory; the file itself is safe by then. */
  if (!unsynced && snprintf(folder, sizeof folder, "%.*s", length ? length : 1,
                            length ? path : ".") < (int)sizeof folder)
    sync_path(folder, O_RDONLY | O_DIRECTORY);
  return NT_OK;
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
    if (nt_origin_of(origin, &s) != NT_ORIGIN_ELSEWHERE) remove_unlocked(path, &s);
  }
  closedir(directory);
}

void nt_temporary_sweep_of(const char *path) {
  char folder[PATH], *real = realpath(path, NULL);
  if (real) path = real; /* a link's temporary file lies beside what it points to */
  int length = folder_length(path);
  if (snprintf(folder, sizeof folder, "%.*s", length ? length : 1, length ? path : ".") < PATH)
    nt_temporary_sweep(folder, path + length);
  free(real);
}
