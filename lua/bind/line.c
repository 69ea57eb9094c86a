/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.line: lines that somebody types on a terminal, edited, completed and remembered by GNU
 * readline.
 *
 *     local line = require "ninetails.line"
 *     local words, why = line.plain()    -- as the terminal gives it; nil, "end" or "signal", of
 *                                        -- which signals.forget() tells
 *     line.edits                         -- false: built without readline, there is nothing below
 *     line.history("/.../history", 1000) -- reads it; keeps the last 1000 lines there from now on
 *     local words, why = line.read("> ", complete)  -- as plain()
 *     line.remember(words)               -- one line, the newest of the history
 *
 * complete(word) gives a list of what the word, with dots and colons, may become. The keys of a
 * terminal that send signals are keys of read(): ^C drops the line ("signal", though none was
 * sent), ^Z suspends the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "modules.h"
#include "signals.h"

static int waking[2] = {-1, -1}; /* a pipe that signals write to */

/* From now on a signal wakes who polls: one that came before is seen by signals_caught(). */
static void wake_from_now(lua_State *L) {
  char bytes[64];
  if (waking[0] < 0 && pipe2(waking, O_CLOEXEC | O_NONBLOCK) != 0)
    luaL_error(L, "line: no pipe: %s", strerror(errno));
  while (read(waking[0], bytes, sizeof bytes) > 0) continue;
  signals_wake(waking[1]);
}

/* The line, or nil and why there is none. */
static int give(lua_State *L, const char *words, const char *why) {
  if (words) {
    lua_pushstring(L, words);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, why);
  return 2;
}

/* A terminal has input when it has a line. Its end is none for ever: one may go on typing. */
static int read_plain(lua_State *L) {
  struct pollfd files[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.events = POLLIN}};
  char *words = NULL;
  size_t room = 0;
  ssize_t length = -1;
  wake_from_now(L);
  files[1].fd = waking[0];
  while (!signals_caught() && (poll(files, 2, -1) < 0 || !files[0].revents)) continue;
  if (!signals_caught()) length = getline(&words, &room, stdin);
  signals_wake(-1);
  clearerr(stdin);
  if (length > 0 && words[length - 1] == '\n') words[length - 1] = '\0';
  int count = give(L, length > 0 ? words : NULL, signals_caught() ? "signal" : "end");
  free(words);
  return count;
}

#ifdef NINETAILS_READLINE
#include <readline/history.h>
#include <readline/readline.h>

/* readline has one line at a time, in its own globals. */
static struct {
  char *words; /* malloc'd; NULL: the input has ended */
  int ended, dropped;
  lua_State *L; /* complete() is on its stack at 2 */
} reading;

/* ---------------------------------------------------------------- keys */

static void take(char *words) {
  reading.words = words;
  reading.ended = 1;
  rl_callback_handler_remove(); /* gives the terminal back before Lua prints */
}

static void prepare_terminal(int meta) {
  struct termios mode;
  rl_prep_terminal(meta);
  if (tcgetattr(fileno(rl_instream), &mode) != 0) return;
  mode.c_lflag &= ~(tcflag_t)ISIG;
  tcsetattr(fileno(rl_instream), TCSADRAIN, &mode);
}

static int on_drop(int count, int key) {
  (void)count, (void)key;
  reading.dropped = 1;
  return 0;
}

static int on_suspend(int count, int key) {
  (void)count, (void)key;
  rl_deprep_terminal();
  raise(SIGTSTP);
  prepare_terminal(1);
  return rl_forced_update_display();
}

/* ---------------------------------------------------------------- completion */

/* The candidates are a list at the top of the stack. */
static char *candidate(const char *word, int state) {
  static lua_Integer next;
  (void)word;
  next = state ? next + 1 : 1;
  const char *text =
      lua_rawgeti(reading.L, -1, next) == LUA_TSTRING ? lua_tostring(reading.L, -1) : NULL;
  char *copy = text ? strdup(text) : NULL; /* readline frees it */
  lua_pop(reading.L, 1);
  return copy;
}

/* An error of complete() must not jump over readline: then there are no candidates. */
static char **complete(const char *word, int start, int end) {
  (void)start, (void)end;
  lua_State *L = reading.L;
  rl_attempted_completion_over = 1; /* never names of files */
  rl_completion_append_character = '\0';
  if (!lua_isfunction(L, 2) || !lua_checkstack(L, 4)) return NULL;
  lua_pushvalue(L, 2);
  lua_pushstring(L, word);
  int good = lua_pcall(L, 1, 1, 0) == LUA_OK && lua_istable(L, -1);
  char **found = good ? rl_completion_matches(word, candidate) : NULL;
  lua_pop(L, 1);
  return found;
}

/* ---------------------------------------------------------------- reading */

static void begin(void) {
  static int is_set;
  if (is_set) return;
  is_set = 1;
  rl_readline_name = "ninetails";
  rl_outstream = stdout;
  rl_catch_signals = 0;              /* those that are not keys are signals.c's */
  rl_persistent_signal_handlers = 1; /* of the window's size */
  rl_prep_term_function = prepare_terminal;
  rl_attempted_completion_function = complete;
  rl_basic_word_break_characters = " \t\n\"\\'`@$><=;|&{}()[]+-*/%^#~,";
  rl_initialize();
  Keymap maps[] = {emacs_standard_keymap, vi_insertion_keymap, vi_movement_keymap};
  for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
    rl_bind_key_in_map('C' & 0x1f, on_drop, maps[i]);
    rl_bind_key_in_map('Z' & 0x1f, on_suspend, maps[i]);
  }
}

static void drop(void) {
  rl_free_line_state();
  rl_callback_sigcleanup();
  rl_echo_signal_char(SIGINT);
  rl_crlf();
  rl_callback_handler_remove();
}

static void wait_for_line(void) {
  struct pollfd files[] = {{.fd = fileno(rl_instream), .events = POLLIN},
                           {.fd = waking[0], .events = POLLIN}};
  while (!reading.ended) {
    if (signals_caught()) reading.dropped = 1;
    if (reading.dropped) {
      drop();
      return;
    }
    if (poll(files, 2, -1) < 0)
      rl_check_signals(); /* the window has another size */
    else if (files[0].revents)
      rl_callback_read_char();
  }
}

static int read_line(lua_State *L) {
  const char *prompt = luaL_checkstring(L, 1);
  lua_settop(L, 2);
  begin();
  reading.L = L;
  reading.words = NULL;
  reading.ended = reading.dropped = 0;
  wake_from_now(L);
  rl_callback_handler_install(prompt, take);
  wait_for_line();
  signals_wake(-1);
  int count = give(L, reading.words, reading.ended ? "end" : "signal");
  free(reading.words);
  return count;
}

/* ---------------------------------------------------------------- history */

static struct {
  char *path; /* NULL: it is kept nowhere */
  int most, appended;
} history;

static int refuse(lua_State *L, const char *what, int why) {
  nt_error err;
  nt_fail(&err, NT_E_IO, "%s: %s: %s", history.path, what, strerror(why));
  free(history.path);
  history.path = NULL; /* said once */
  return modules_raise(L, &err);
}

static int keep_history(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  history.most = (int)luaL_checkinteger(L, 2);
  history.path = strdup(path);
  if (!history.path) return luaL_error(L, "line: out of memory");
  begin();
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return refuse(L, "history cannot be written", errno);
  close(file);
  stifle_history(history.most);
  int why = read_history(path);
  if (why) return refuse(L, "history cannot be read", why);
  history_truncate_file(path, history.most);
  return 0;
}

static int remember(lua_State *L) {
  const char *words = luaL_checkstring(L, 1);
  HIST_ENTRY *newest = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  if (words[strspn(words, " \t")] == '\0' || (newest && strcmp(newest->line, words) == 0)) return 0;
  add_history(words);
  if (!history.path) return 0;
  int why = append_history(1, history.path);
  if (why) return refuse(L, "history cannot be written", why);
  if (++history.appended < history.most) return 0;
  history_truncate_file(history.path, history.most);
  history.appended = 0;
  return 0;
}
#endif

int luaopen_ninetails_line(lua_State *L) {
  static const luaL_Reg functions[] = {{"plain", read_plain},
#ifdef NINETAILS_READLINE
                                       {"read", read_line},
                                       {"history", keep_history},
                                       {"remember", remember},
#endif
                                       {NULL, NULL}};
  luaL_newlib(L, functions);
#ifdef NINETAILS_READLINE
  lua_pushboolean(L, 1);
#else
  lua_pushboolean(L, 0);
#endif
  lua_setfield(L, -2, "edits");
  return 1;
}
