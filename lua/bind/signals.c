/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fields.h"
#include "modules.h"

enum { INSTRUCTIONS = 10000 }; /* of Lua between two looks: about 0.1 ms */

static volatile sig_atomic_t caught_signal, goes_on, writes_stdout, wakes = -1;
static int is_told, times_raised;

/* ---------------------------------------------------------------- catching */

/* A read that waits for a pipe would go on waiting where the signal came just before it: standard
 * input becomes empty instead, and whoever reads sees the flag before the end of its input. A write
 * likewise: whoever should read it does not, and what the command says would lack its end. */
static void release_streams(void) {
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) return;
  dup2(nothing, STDIN_FILENO);
  if (nt_flag_get(&writes_stdout)) dup2(nothing, STDOUT_FILENO);
  if (nothing > STDERR_FILENO) close(nothing);
}

static void on_signal(int number) {
  int waiting = nt_flag_get(&wakes), before = errno;
  if (waiting < 0 && nt_flag_get(&caught_signal)) { /* what hangs ends at once */
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  nt_flag_set(&caught_signal, number);
  nt_flag_set(&nt_cancelled, number);
  if (!nt_flag_get(&goes_on)) release_streams();
  if (waiting >= 0 && write(waiting, "", 1) < 0) errno = before; /* it is full: awake anyhow */
}

/* Without SA_RESTART, so that a read that waits comes back. A background job of a shell has SIGINT
 * ignored: it stays so. */
void signals_catch(void) {
  struct sigaction action = {.sa_handler = on_signal}, before;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaddset(&action.sa_mask, SIGUSR1);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGUSR1, &action, NULL); /* of batch systems, before a job's time is over */
  if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
    sigaction(SIGINT, &action, NULL);
}

void signals_wake(int file) {
  nt_flag_set(&wakes, file);
}

int signals_caught(void) {
  return nt_flag_get(&caught_signal);
}

static const struct {
  int number;
  const char *name;
} known[] = {{SIGINT, "INT"}, {SIGTERM, "TERM"}, {SIGUSR1, "USR1"}, {SIGPIPE, "PIPE"}};

const char *signals_name(int caught) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].number == caught) return known[i].name;
  return known[0].name;
}

int signals_number(const char *name) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].name, name) == 0) return known[i].number;
  return known[0].number;
}

/* What stdout still holds goes out, unless nobody takes it. */
void signals_die(int number) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  if (poll(&out, 1, 0) == 1 && (out.revents & POLLOUT)) fflush(stdout);
  signal(number, SIG_DFL);
  raise(number);
}

void signals_told(void) {
  is_told = 1;
}

void signals_cancel(void) {
  nt_flag_set(&nt_cancelled, SIGINT);
}

/* A signal that comes in between is seen by the second line. */
void signals_uncancel(void) {
  nt_flag_set(&nt_cancelled, 0);
  if (signals_caught()) nt_flag_set(&nt_cancelled, signals_caught());
}

/* ---------------------------------------------------------------- Lua */

/* After the first error there is time to clean up; then every instruction raises, in the thread
 * that runs and, where it ends, in the next: a pcall() or a coroutine in a loop cannot go on. */
static void look(lua_State *L, lua_Debug *unused) {
  (void)unused;
  if (!signals_caught() || is_told) return;
  signals_raise(L, "interrupted");
}

int signals_raise(lua_State *L, const char *message) {
  if (lua_gethook(L) == look)
    lua_sethook(L, look, LUA_MASKCOUNT, times_raised++ ? 1 : INSTRUCTIONS);
  lua_createtable(L, 0, 3);
  set_text(L, "status", "interrupted");
  set_text(L, "message", message);
  set_text(L, "signal", signals_name(signals_caught()));
  return lua_error(L);
}

int signals_call_back(lua_State *L, int arguments) {
  if (signals_caught()) {
    lua_pop(L, arguments + 1);
    return 1;
  }
  if (lua_pcall(L, arguments, 0, 0) == LUA_OK) return 1;
  if (!signals_caught()) return 0;
  lua_pop(L, 1);
  return 1;
}

static int call(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_insert(L, 1); /* explain, f */
  lua_Hook before = lua_gethook(L);
  int mask = lua_gethookmask(L), count = lua_gethookcount(L);
  lua_sethook(L, look, LUA_MASKCOUNT, INSTRUCTIONS);
  int good = lua_pcall(L, 0, 1, 1) == LUA_OK;
  lua_sethook(L, before, mask, count);
  lua_pushboolean(L, good);
  lua_replace(L, 1);
  lua_pushstring(L, signals_caught() ? signals_name(signals_caught()) : NULL);
  return 3;
}

static int writes(lua_State *L) {
  nt_flag_set(&writes_stdout, lua_toboolean(L, 1));
  return 0;
}

static int go_on(lua_State *L) {
  (void)L;
  nt_flag_set(&goes_on, 1);
  return 0;
}

static int forget(lua_State *L) {
  int caught = signals_caught();
  is_told = times_raised = 0;
  nt_flag_set(&caught_signal, 0);
  nt_flag_set(&nt_cancelled, 0);
  if (!caught) return 0;
  lua_pushstring(L, signals_name(caught));
  return 1;
}

int luaopen_ninetails_signals(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"call", call}, {"writes", writes}, {"goes_on", go_on}, {"forget", forget}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
