/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.command: another program, from its start to its end.
 *
 *     local command = require "ninetails.command"
 *     local r = command.run {words = {"git", "rev-parse", "HEAD"}, folder = "/src",
 *                            environment = {"LC_ALL=C"}}
 *     print(r.code, r.signal, r.out, r.errors)   -- exit code, or the number of a signal; all of
 *                                                -- stdout, the end of stderr
 *     print(r.wall, r.cpu, r.peak)               -- s, s of all its threads, bytes
 *     command.run {words = ..., take = function(block) ... end}    -- stdout as it comes, kept nowhere
 *
 * No shell. Standard input is empty. Its group is its own: a signal to this program ends the other
 * one, with all that it started, and then this one. One that cannot be started is an error {status =
 * "io"}; how it ended is the caller's to judge.
 */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fields.h"
#include "ground/process.h"
#include "ground/team.h"
#include "modules.h"
#include "signals.h"
#include "texts.h"

enum { BLOCK = 1 << 16, LAST_WORDS = 4000 };

typedef struct child {
  pid_t pid;
  int out, errors; /* reading ends; -1: closed */
  char *text;      /* all of stdout */
  size_t size, room;
  char last[LAST_WORDS + 1]; /* of stderr */
  size_t last_size;
  const char **words, **environment;
} child;

static void close_end(int *file) {
  if (*file >= 0) close(*file);
  *file = -1;
}

static int child_gc(lua_State *L) {
  child *c = luaL_checkudata(L, 1, "ninetails.command.child");
  if (c->pid > 0) nt_process_kill(c->pid, NULL);
  close_end(&c->out), close_end(&c->errors);
  free(c->text), free(c->words), free(c->environment);
  *c = (child){.out = -1, .errors = -1};
  return 0;
}

static int complain(lua_State *L, const char *what, int why) {
  nt_error err;
  nt_fail(&err, NT_E_IO, "'%s' cannot be started: %s", what, strerror(why));
  return modules_raise(L, &err);
}

/* Reads stdout to the end of what is kept. */
static int take_out(child *c) {
  if (c->room - c->size < BLOCK) {
    size_t room = c->room ? 2 * c->room : 2 * BLOCK;
    char *more = realloc(c->text, room);
    if (!more) return ENOMEM;
    c->text = more, c->room = room;
  }
  ssize_t n = read(c->out, c->text + c->size, BLOCK);
  if (n > 0) c->size += (size_t)n;
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) close_end(&c->out);
  return 0;
}

static void take_errors(child *c) {
  char block[4096];
  ssize_t n = read(c->errors, block, sizeof block);
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) close_end(&c->errors);
  for (ssize_t i = 0; i < n; i++) {
    if (c->last_size == LAST_WORDS) {
      memmove(c->last, c->last + LAST_WORDS / 2, LAST_WORDS / 2);
      c->last_size = LAST_WORDS / 2;
    }
    c->last[c->last_size++] = block[i];
  }
}

/* Hands over what is kept, to the function at `take`; 0: it is kept on. */
static void hand_over(lua_State *L, child *c, int take) {
  if (!take || c->size == 0) return;
  lua_pushvalue(L, take);
  lua_pushlstring(L, c->text, c->size);
  c->size = 0;
  lua_call(L, 1, 0);
}

static void read_all(lua_State *L, child *c, int take) {
  while (c->out >= 0 || c->errors >= 0) {
    struct pollfd ends[] = {{.fd = c->out, .events = POLLIN}, {.fd = c->errors, .events = POLLIN}};
    int ready = poll(ends, 2, 1000);
    if (signals_caught()) signals_raise(L, "interrupted");
    if (ready <= 0) continue;
    if (ends[0].revents && take_out(c) != 0) luaL_error(L, "command: out of memory");
    hand_over(L, c, take);
    if (ends[1].revents) take_errors(c);
  }
}

static double seconds_of(struct timeval t) {
  return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static void start(lua_State *L, child *c, const char *folder) {
  int out[2] = {-1, -1}, errors[2] = {-1, -1};
  if (pipe2(out, O_CLOEXEC) != 0) complain(L, c->words[0], errno);
  c->out = out[0];
  if (pipe2(errors, O_CLOEXEC) != 0) {
    int why = errno;
    close(out[1]);
    complain(L, c->words[0], why);
  }
  c->errors = errors[0];
  nt_process process = {.words = c->words,
                        .environment = c->environment,
                        .folder = folder,
                        .input = NT_PROCESS_EMPTY,
                        .out = out[1],
                        .errors = errors[1]};
  int code = nt_process_start(&process, &c->pid);
  close(out[1]), close(errors[1]);
  if (code == 0) return;
  c->pid = 0;
  complain(L, c->words[0], code);
}

static int run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "folder");
  const char *folder = lua_tostring(L, -1); /* the table keeps it */
  int take = lua_getfield(L, 1, "take") == LUA_TFUNCTION ? lua_gettop(L) : 0;
  child *c = lua_newuserdatauv(L, sizeof *c, 0);
  *c = (child){.out = -1, .errors = -1};
  modules_close_at_end(L, "ninetails.command.child", child_gc);
  c->words = texts_of(L, 1, "words", NULL);
  c->environment = texts_of(L, 1, "environment", environ);
  luaL_argcheck(L, c->words[0], 1, "words: expected a list");
  double began = nt_seconds();
  start(L, c, folder);
  read_all(L, c, take);
  int status;
  struct rusage usage;
  while (wait4(c->pid, &status, 0, &usage) < 0)
    if (errno != EINTR)
      return complain(L, c->words[0], errno);
    else if (signals_caught())
      return signals_raise(L, "interrupted");
  c->pid = 0;
  lua_createtable(L, 0, 8);
  set_number(L, "wall", nt_seconds() - began);
  set_number(L, "cpu", seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  set_integer(L, "peak", (uint64_t)usage.ru_maxrss * 1024);
  if (WIFEXITED(status)) set_integer(L, "code", (uint64_t)WEXITSTATUS(status));
  if (WIFSIGNALED(status)) set_integer(L, "signal", (uint64_t)WTERMSIG(status));
  lua_pushlstring(L, c->text ? c->text : "", c->size);
  lua_setfield(L, -2, "out");
  lua_pushlstring(L, c->last, c->last_size);
  lua_setfield(L, -2, "errors");
  return 1;
}

int luaopen_ninetails_command(lua_State *L) {
  static const luaL_Reg functions[] = {{"run", run}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
