/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "team.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "allowance.h"

enum { MOST = 1024 }; /* threads, whatever the environment says */

/* A loop that is being worked on, on its caller's stack. */
typedef struct loop {
  struct loop *older;
  nt_team_work *work;
  void *context;
  size_t count, next, done;
} loop;

typedef struct member {
  nt_team *team;
  pthread_t thread;
  int number;
} member;

struct nt_team {
  pthread_mutex_t lock;
  pthread_cond_t changed; /* a loop began or ended, or the team is over */
  loop *newest;
  bool over;
  int size; /* the caller counts */
  member *members;
};

/* Where the calling thread works. */
static _Thread_local nt_team *here;
static _Thread_local int here_as;

nt_team *nt_team_here(void) {
  return here;
}

/* ---------------------------------------------------------------- loops */

/* One turn, without the lock while it is worked on. */
static void take_turn(nt_team *team, loop *l, int number) {
  size_t turn = l->next++;
  pthread_mutex_unlock(&team->lock);
  l->work(l->context, turn, number);
  pthread_mutex_lock(&team->lock);
  if (++l->done == l->count) pthread_cond_broadcast(&team->changed);
}

/* The newest loop with turns left, not older than `oldest`. */
static loop *with_turns(const nt_team *team, const loop *oldest) {
  for (loop *l = team->newest; l; l = l->older) {
    if (l->next < l->count) return l;
    if (l == oldest) return NULL;
  }
  return NULL;
}

static void *member_main(void *context) {
  const member *me = context;
  nt_team *team = me->team;
  here = team;
  here_as = me->number;
  pthread_mutex_lock(&team->lock);
  while (!team->over) {
    loop *l = with_turns(team, NULL);
    if (l)
      take_turn(team, l, me->number);
    else
      pthread_cond_wait(&team->changed, &team->lock);
  }
  pthread_mutex_unlock(&team->lock);
  return NULL;
}

static void forget(nt_team *team, const loop *l) {
  loop **at = &team->newest;
  while (*at != l) at = &(*at)->older;
  *at = l->older;
}

static void share(nt_team *team, loop *l, int number) {
  pthread_mutex_lock(&team->lock);
  l->older = team->newest;
  team->newest = l;
  if (l->count > 1) pthread_cond_broadcast(&team->changed);
  take_turn(team, l, number); /* the first one: no other thread had the lock */
  while (l->done < l->count) {
    loop *other = with_turns(team, l);
    if (other)
      take_turn(team, other, number);
    else
      pthread_cond_wait(&team->changed, &team->lock);
  }
  forget(team, l);
  pthread_mutex_unlock(&team->lock);
}

void nt_team_each(nt_team *team, size_t count, nt_team_work *work, void *context) {
  if (!team || team->size == 1 || count == 1) {
    int number = team && here == team ? here_as : 0;
    for (size_t turn = 0; turn < count; turn++) work(context, turn, number);
    return;
  }
  if (count == 0) return;
  nt_team *before = here;
  int before_as = here_as, number = before == team ? before_as : 0;
  here = team;
  here_as = number;
  loop l = {.work = work, .context = context, .count = count};
  share(team, &l, number);
  here = before;
  here_as = before_as;
}

/* ---------------------------------------------------------------- threads */

/* As many as the system grants. */
static void start_members(nt_team *team, int wanted) {
  for (; team->size < wanted; team->size++) {
    member *m = &team->members[team->size];
    *m = (member){.team = team, .number = team->size};
    if (pthread_create(&m->thread, NULL, member_main, m) != 0) break;
  }
}

nt_team *nt_team_new(int wanted, nt_error *err) {
  if (wanted < 1) wanted = 1;
  nt_team *team = calloc(1, sizeof *team);
  if (team) team->members = calloc((size_t)wanted, sizeof *team->members);
  if (!team || !team->members) {
    free(team);
    nt_fail(err, NT_E_MEMORY, "out of memory for %d threads", wanted);
    return NULL;
  }
  pthread_mutex_init(&team->lock, NULL);
  pthread_cond_init(&team->changed, NULL);
  team->size = 1;
  start_members(team, wanted);
  return team;
}

void nt_team_free(nt_team *team) {
  if (!team) return;
  pthread_mutex_lock(&team->lock);
  team->over = true;
  pthread_cond_broadcast(&team->changed);
  pthread_mutex_unlock(&team->lock);
  for (int i = 1; i < team->size; i++) pthread_join(team->members[i].thread, NULL);
  pthread_cond_destroy(&team->changed);
  pthread_mutex_destroy(&team->lock);
  free(team->members);
  free(team);
}

int nt_team_size(const nt_team *team) {
  return team->size;
}

int nt_team_most(void) {
  nt_allowance mine;
  nt_allowance_of(&mine);
  return mine.processors < MOST ? mine.processors : MOST;
}

double nt_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
