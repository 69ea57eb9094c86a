/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signals.h"

#include <fcntl.h>
#include <unistd.h>

static volatile sig_atomic_t stdin_waits;

/* A read that waits for a pipe would go on waiting: standard input becomes empty instead, and the
 * run sees the flag before it could take that for the end of its input. */
static void on_signal(int number) {
  nt_flag_set(&nt_cancelled, number);
  int nothing = stdin_waits ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
  if (nothing < 0) return;
  dup2(nothing, STDIN_FILENO);
  close(nothing);
}

/* Without SA_RESTART, so that a read that waits for a pipe comes back. */
void signals_catch(signals *before, int from_stdin) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  nt_flag_set(&nt_cancelled, 0);
  stdin_waits = from_stdin;
  sigaction(SIGINT, &action, &before->interrupt);
  sigaction(SIGTERM, &action, &before->terminate);
  /* A background job of a shell has SIGINT ignored: it stays so. */
  if (before->interrupt.sa_handler == SIG_IGN) sigaction(SIGINT, &before->interrupt, NULL);
}

int signals_restore(const signals *before) {
  sigaction(SIGINT, &before->interrupt, NULL);
  sigaction(SIGTERM, &before->terminate, NULL);
  int caught = nt_flag_get(&nt_cancelled);
  nt_flag_set(&nt_cancelled, 0);
  return caught;
}

const char *signals_name(int caught) {
  return caught == SIGTERM ? "TERM" : "INT";
}
