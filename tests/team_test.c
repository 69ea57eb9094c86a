/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ground/team.h"
#include "check.h"

enum { TURNS = 1000 };

typedef struct counts {
  nt_team *team;
  int done[TURNS], members[8];
  pthread_t first; /* the thread of turn 0 */
} counts;

static void count(void *context, size_t turn, int member) {
  counts *c = context;
  if (turn == 0) c->first = pthread_self();
  __atomic_add_fetch(&c->done[turn], 1, __ATOMIC_RELAXED);
  __atomic_add_fetch(&c->members[member], 1, __ATOMIC_RELAXED);
}

static void every_turn_is_done_once(void) {
  for (int size = 1; size <= 8; size++) {
    nt_error err;
    nt_team *team = nt_team_new(size, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(team);
    CU_ASSERT_EQUAL(nt_team_size(team), size);
    for (size_t turns = 0; turns <= TURNS; turns += turns < 3 ? 1 : 331) {
      counts c = {0};
      nt_team_each(team, turns, count, &c);
      size_t sum = 0;
      for (size_t i = 0; i < TURNS; i++) CU_ASSERT_EQUAL(c.done[i], i < turns);
      for (int i = 0; i < 8; i++) sum += (size_t)c.members[i];
      CU_ASSERT_EQUAL(sum, turns);
      if (turns > 0) CU_ASSERT(pthread_equal(c.first, pthread_self()));
    }
    nt_team_free(team);
  }
}

/* Turns run in parallel: one waits until another thread has begun another. */
static void wait_for_all(void *context, size_t turn, int member) {
  (void)turn, (void)member;
  pthread_barrier_wait(context);
}

static void threads_run_at_once(void) {
  pthread_barrier_t all;
  pthread_barrier_init(&all, NULL, 4);
  nt_team *team = nt_team_new(4, NULL);
  CU_ASSERT_EQUAL_FATAL(nt_team_size(team), 4);
  for (int i = 0; i < 100; i++) nt_team_each(team, 4, wait_for_all, &all);
  nt_team_free(team);
  pthread_barrier_destroy(&all);
}

static void share_inner(void *context, size_t turn, int member) {
  counts *c = context;
  (void)turn, (void)member;
  CU_ASSERT_PTR_EQUAL(nt_team_here(), c->team);
  nt_team_each(nt_team_here(), TURNS, count, c);
}

/* Threads that wait for the outer loop help with the inner one. */
static void share_barrier(void *context, size_t turn, int member) {
  (void)member;
  if (turn == 1) nt_team_each(nt_team_here(), 4, wait_for_all, context);
}

static void loops_within_loops(void) {
  nt_team *team = nt_team_new(4, NULL);
  for (int i = 0; i < 20; i++) {
    counts c = {.team = team};
    nt_team_each(team, 10, share_inner, &c);
    for (size_t k = 0; k < TURNS; k++) CU_ASSERT_EQUAL(c.done[k], 10);
  }
  CU_ASSERT_PTR_NULL(nt_team_here());
  pthread_barrier_t all;
  pthread_barrier_init(&all, NULL, 4);
  nt_team_each(team, 2, share_barrier, &all);
  pthread_barrier_destroy(&all);
  nt_team_free(team);
}

static void no_team_is_a_loop(void) {
  counts c = {0};
  nt_team_each(NULL, TURNS, count, &c);
  for (size_t k = 0; k < TURNS; k++) CU_ASSERT_EQUAL(c.done[k], 1);
  CU_ASSERT_EQUAL(c.members[0], TURNS);
}

/* A process with 64 MB of address space left has no room for 500 stacks. */
__attribute__((unused)) static int refused_threads(void) {
  struct rlimit limit;
  FILE *file = fopen("/proc/self/statm", "r");
  unsigned long pages = 0;
  if (!file || fscanf(file, "%lu", &pages) != 1) return 1;
  fclose(file);
  limit.rlim_cur = limit.rlim_max = pages * (unsigned long)sysconf(_SC_PAGESIZE) + (64u << 20);
  if (setrlimit(RLIMIT_AS, &limit) != 0) return 2;
  nt_team *team = nt_team_new(500, NULL);
  if (!team || nt_team_size(team) < 1 || nt_team_size(team) >= 500) return 3;
  static counts c;
  nt_team_each(team, TURNS, count, &c);
  for (size_t k = 0; k < TURNS; k++)
    if (c.done[k] != 1) return 4;
  nt_team_free(team);
  return 0;
}

static void refused_threads_are_done_without(void) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  printf("  [skipped: a sanitizer needs all addresses]\n");
#else
  int status;
  pid_t child = fork();
  if (child == 0) _exit(refused_threads());
  CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
  CU_ASSERT_EQUAL(status, 0);
#endif
}

static const check_case cases[] = {
    {"every turn is done once", every_turn_is_done_once},
    {"threads run at once", threads_run_at_once},
    {"loops within loops", loops_within_loops},
    {"no team is a loop", no_team_is_a_loop},
    {"refused threads are done without", refused_threads_are_done_without},
};

int main(void) {
  return check_main("team", cases, sizeof cases / sizeof *cases);
}
