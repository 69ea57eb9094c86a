/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads that share loops. OpenMP's run-time library ends the process where a thread cannot be
 * had, and its threads spin while they wait: this one makes do with the threads that there are, and
 * sleeps.
 *
 * Within the body of a loop another loop may be shared: the team's members that have nothing else
 * to do take part in it.
 */
#ifndef NT_TEAM_H
#define NT_TEAM_H

#include <stddef.h>

#include <ninetails/error.h>

typedef struct nt_team nt_team;

/* One turn of a loop. `member`: which thread of the team it is, 0 to size - 1; 0 is the caller. */
typedef void nt_team_work(void *context, size_t turn, int member);

/* The calling thread and at most `wanted` - 1 new ones, fewer where the system refuses a thread:
 * nt_team_size tells. NULL: NT_E_MEMORY. */
nt_team *nt_team_new(int wanted, nt_error *err);
void nt_team_free(nt_team *team); /* NULL is fine; not within a loop */
int nt_team_size(const nt_team *team);

/* The team within whose loop the calling thread works; NULL: none. */
nt_team *nt_team_here(void);

/* Calls work(context, turn, member) for each turn from 0 to count - 1, in any order but that the
 * caller takes the first, and returns once all are done. team NULL: all by the caller, in order, as
 * member 0. Not by two threads at once, but for threads within a loop of the team. */
void nt_team_each(nt_team *team, size_t count, nt_team_work *work, void *context);

/* How many threads are worth having: OMP_NUM_THREADS of the environment, as other numerical
 * programs have it, else the processors that the process may use. At least 1. */
int nt_team_most(void);

/* Seconds of a clock that only goes forward. */
double nt_seconds(void);

#endif
