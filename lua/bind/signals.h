/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIGINT and SIGTERM while long work of the core runs: they set a flag, which the core looks at.
 * Signals are the process's: one flag for all.
 */
#ifndef NINETAILS_SIGNALS_H
#define NINETAILS_SIGNALS_H
#include <signal.h>

#include "ground/cancel.h" /* whose flag they set to their number */

typedef struct signals {
  struct sigaction interrupt, terminate;
} signals;

/* Clears the flag, and catches each signal once, so that a second ^C ends what hangs. from_stdin: a
 * read of standard input that waits for a pipe comes back, too. */
void signals_catch(signals *before, int from_stdin);
/* Returns the signal's number, 0: none; and clears the flag: what comes next is not cancelled. */
int signals_restore(const signals *before);
const char *signals_name(int caught); /* "TERM" or "INT" */

#endif
