/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

static int set_files(posix_spawn_file_actions_t *files, const nt_process *p) {
  int code = p->input == NT_PROCESS_EMPTY
                 ? posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0)
                 : posix_spawn_file_actions_adddup2(files, p->input, 0);
  if (code == 0) code = posix_spawn_file_actions_adddup2(files, p->out, 1);
  if (code == 0) code = posix_spawn_file_actions_adddup2(files, p->errors, 2);
  if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(files, 3);
  if (code == 0 && p->folder) code = posix_spawn_file_actions_addchdir_np(files, p->folder);
  return code;
}

static int set_attributes(posix_spawnattr_t *attributes, int in_our_group) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  short group = in_our_group ? 0 : POSIX_SPAWN_SETPGROUP;
  int code = posix_spawnattr_setflags(
      attributes, (short)(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  if (code == 0) code = posix_spawnattr_setpgroup(attributes, 0);
  if (code == 0) code = posix_spawnattr_setsigmask(attributes, &none);
  if (code == 0) code = posix_spawnattr_setsigdefault(attributes, &all);
  return code;
}

int nt_process_start(const nt_process *p, pid_t *pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  int code = posix_spawn_file_actions_init(&files);
  if (code != 0) return code;
  if ((code = posix_spawnattr_init(&attributes)) != 0) {
    posix_spawn_file_actions_destroy(&files);
    return code;
  }
  code = set_files(&files, p);
  if (code == 0) code = set_attributes(&attributes, p->in_our_group);
  if (code == 0)
    code = posix_spawnp(pid, p->words[0], &files, &attributes, (char *const *)p->words,
                        (char *const *)p->environment);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  return code;
}

void nt_process_kill(pid_t pid, int *status) {
  kill(-pid, SIGKILL);
  while (waitpid(pid, status, 0) < 0 && errno == EINTR) {
  }
}
