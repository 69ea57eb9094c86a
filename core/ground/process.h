/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Another program, in a group of its own, so that whatever it starts ends with it: no shell, an
 * empty standard input, default signals, and no other file of ours than the two that it writes to.
 */
#ifndef NT_PROCESS_H
#define NT_PROCESS_H

#include <sys/types.h>

/* words: NULL-terminated, the first the program, looked up in PATH; folder NULL: this one; out and
 * errors: files that it writes to, which stay the caller's. Returns an errno: 0, and *pid. */
int nt_process_start(const char *const *words, const char *const *environment, const char *folder,
                     int out, int errors, pid_t *pid);

/* Kills the group and waits for its first process, whose status comes to *status (may be NULL). */
void nt_process_kill(pid_t pid, int *status);

#endif
