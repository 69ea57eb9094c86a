/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Another program: no shell, default signals, and no other file of ours than the three that it is
 * given. It is in a group of its own, so that whatever it starts ends with it; one that the user
 * works with at the terminal is in ours.
 */
#ifndef NT_PROCESS_H
#define NT_PROCESS_H

#include <sys/types.h>

enum { NT_PROCESS_EMPTY = -1 }; /* as input: there is none */

typedef struct nt_process {
  const char *const *words; /* NULL-terminated, the first the program, looked up in PATH */
  const char *const *environment;
  const char *folder;     /* NULL: this one */
  int input, out, errors; /* files that it reads and writes, which stay the caller's */
  int in_our_group;
} nt_process;

/* Returns an errno: 0, and *pid. */
int nt_process_start(const nt_process *process, pid_t *pid);

/* Kills a group of its own and waits for its first process, whose status comes to *status (may be NULL). */
void nt_process_kill(pid_t pid, int *status);

#endif
