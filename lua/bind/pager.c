/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.pager: a program that shows a text page by page on the terminal that stdout is.
 *
 *     local pager = require "ninetails.pager"
 *     local rows = pager.rows()   -- of that terminal; nil where nobody could turn pages: it is none,
 *                                 -- not this session's, or another job's
 *     local p = pager.start {words = {"less"}, environment = {"LESS=FRX"}}
 *     if not p:write(text) then ... end -- false: it reads no more
 *     local code = p:finish()     -- once the user has left it; the number of a signal + 128
 *     print(p:room())             -- bytes that it may have been given without having read one
 *
 * The pager is in our group, since it works with the keys of our terminal, and ^C is for both: what
 * makes the text ends, the pager stays until the user leaves it. A second one ends nothing. SIGTERM
 * is for us alone, and is handed on. A pager that was killed leaves the terminal as it found it.
 */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ground/process.h"
#include "modules.h"
#include "signals.h"
#include "texts.h"

enum { LOOK = 1000, ROWS = 24 }; /* ms between two looks; of terminals that do not say */

typedef struct pager {
  pid_t pid; /* 0: it has ended */
  int text;  /* writing end; -1: closed */
  int room, code;
  int wakes[2]; /* a pipe that signals write to */
  struct termios before;
  void (*on_pipe)(int); /* before it was started */
} pager;

static int rows(lua_State *L) {
  struct winsize size;
  pid_t front = tcgetpgrp(STDOUT_FILENO); /* -1 unless it is the terminal of this session */
  if (front < 0 || front != getpgrp()) return 0;
  int known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
  lua_pushinteger(L, known ? size.ws_row : ROWS);
  return 1;
}

static void close_end(int *file) {
  if (*file >= 0) close(*file);
  *file = -1;
}

/* ---------------------------------------------------------------- its end */

/* Waits without losing a signal: the first SIGTERM is handed on. */
static int wait_for_end(pager *p) {
  int status = 0, told = 0;
  struct pollfd files[] = {{.fd = (int)syscall(SYS_pidfd_open, p->pid, 0), .events = POLLIN},
                           {.fd = p->wakes[0], .events = POLLIN}};
  char bytes[64];
  for (;;) {
    if (signals_caught() == SIGTERM && !told++) kill(p->pid, SIGTERM);
    pid_t done = waitpid(p->pid, &status, files[0].fd < 0 ? 0 : WNOHANG);
    if (done == p->pid || (done < 0 && errno != EINTR)) break;
    if (done == 0) poll(files, 2, -1);
    while (read(p->wakes[0], bytes, sizeof bytes) > 0) continue;
  }
  close_end(&files[0].fd);
  return status;
}

static void end(pager *p) {
  close_end(&p->text);
  if (p->pid > 0) {
    int status = wait_for_end(p);
    p->pid = 0;
    p->code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (WIFSIGNALED(status)) tcsetattr(STDOUT_FILENO, TCSADRAIN, &p->before);
    signals_wake(-1);
    signal(SIGPIPE, p->on_pipe);
  }
  close_end(&p->wakes[0]), close_end(&p->wakes[1]);
}

static pager *self(lua_State *L) {
  return luaL_checkudata(L, 1, "ninetails.pager");
}

static int gc(lua_State *L) {
  end(self(L));
  return 0;
}

static int finish(lua_State *L) {
  pager *p = self(L);
  end(p);
  lua_pushinteger(L, p->code);
  return 1;
}

/* ---------------------------------------------------------------- its text */

/* 1; 0: nobody reads. A signal is seen at the latest at the next look. */
static int give(lua_State *L, const pager *p, const char *text, size_t size) {
  struct pollfd file = {.fd = p->text, .events = POLLOUT};
  while (size > 0) {
    if (signals_caught()) signals_raise(L, "interrupted");
    ssize_t n = write(p->text, text, size);
    if (n >= 0)
      text += n, size -= (size_t)n;
    else if (errno == EAGAIN)
      poll(&file, 1, LOOK);
    else if (errno != EINTR)
      return 0;
  }
  return 1;
}

static int write_text(lua_State *L) {
  const pager *p = self(L);
  size_t size;
  const char *text = luaL_checklstring(L, 2, &size);
  lua_pushboolean(L, p->text >= 0 && give(L, p, text, size));
  return 1;
}

static int room(lua_State *L) {
  lua_pushinteger(L, self(L)->room);
  return 1;
}

/* ---------------------------------------------------------------- its start */

/* Returns an errno. */
static int open_pipes(pager *p, int *reading) {
  int text[2];
  if (pipe2(p->wakes, O_CLOEXEC | O_NONBLOCK) != 0 || pipe2(text, O_CLOEXEC) != 0) return errno;
  *reading = text[0];
  p->text = text[1];
  p->room = fcntl(p->text, F_GETPIPE_SZ);
  if (fcntl(p->text, F_SETFL, O_NONBLOCK) != 0 || tcgetattr(STDOUT_FILENO, &p->before) != 0)
    return errno;
  return 0;
}

static int start(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  pager *p = lua_newuserdatauv(L, sizeof *p, 0);
  *p = (pager){.text = -1, .wakes = {-1, -1}};
  luaL_setmetatable(L, "ninetails.pager");
  const char **words = texts_of(L, 1, "words", NULL);
  const char **environment = texts_of(L, 1, "environment", environ);
  int reading = -1, code = open_pipes(p, &reading);
  nt_process process = {.words = words,
                        .environment = environment,
                        .input = reading,
                        .out = STDOUT_FILENO,
                        .errors = STDERR_FILENO,
                        .in_our_group = 1};
  nt_error err;
  if (code == 0) code = words[0] ? nt_process_start(&process, &p->pid) : EINVAL;
  if (code != 0)
    nt_fail(&err, NT_E_IO, "the pager '%s' cannot be started: %s", words[0] ? words[0] : "",
            strerror(code));
  free(words), free(environment);
  close_end(&reading);
  if (code != 0) {
    p->pid = 0;
    end(p);
    return modules_raise(L, &err);
  }
  p->on_pipe = signal(SIGPIPE, SIG_IGN);
  signals_wake(p->wakes[1]);
  return 1;
}

int luaopen_ninetails_pager(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"write", write_text}, {"finish", finish}, {"room", room}, {"__gc", gc}, {NULL, NULL}};
  static const luaL_Reg functions[] = {{"rows", rows}, {"start", start}, {NULL, NULL}};
  luaL_newmetatable(L, "ninetails.pager");
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
