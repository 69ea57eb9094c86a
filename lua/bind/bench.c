/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.bench.kernels: problems that are timed and checked (bench/problem.h).
 *
 *     local kernels = require "ninetails.bench.kernels"
 *     kernels.problems()   --> {{name =, help =, item =, wants_capture =, parameters = {...}}, ...}
 *     kernels.parse "kitnet:m=10,phase=train"
 *                          --> {text = "kitnet:phase=train", name = "kitnet", threads = 1,
 *                               values = {phase = "train", ...}}; text: what differs from the presets
 *     kernels.measure {problem =, folder =, capture =, labels =, passes = 5, seconds = 1, once = false}
 *                          --> {passes = {{wall =, cpu =, calibration =}, ...}, items =, flops =,
 *                               moved =, file =, digest = hex, exact =, deviation =, how =,
 *                               instructions = number or nil, calibration_digest =}
 *         times in s; each pass has the calibration's time just before it. Ends after `passes`, or
 *         once they took `seconds`, but for one pass. What the last pass left is verified: an error
 *         {status = "state"} where it is wrong. instructions: of one pass, where the system counts.
 *         once: a single pass, for who counts from outside.
 *     kernels.timed_function   the function that callgrind is to count
 *     kernels.digest(text)     hexadecimal XXH3
 *     kernels.append(path, line)   to the end of a file, by one process at a time, synced; a line
 *                              that a process left without its end is ended first
 */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "bench/problem.h"
#include "ground/temporary.h"
#include "fields.h"
#include "modules.h"
#include "parameters.h"
#include "signals.h"

enum { MOST_PARAMETERS = 8, MOST_PASSES = 1000, MOST_TEXT = 400 };

static int complain(lua_State *L, nt_status status, const char *what, const char *text) {
  nt_error err;
  nt_fail(&err, status, "%s: %s", what, text);
  return modules_raise(L, &err);
}

/* ---------------------------------------------------------------- problems as text */

static const nt_bench_problem *find_problem(lua_State *L, const char *name, size_t length) {
  for (size_t i = 0; nt_bench_problems[i]; i++)
    if (strlen(nt_bench_problems[i]->name) == length &&
        strncmp(nt_bench_problems[i]->name, name, length) == 0)
      return nt_bench_problems[i];
  lua_pushlstring(L, name, length);
  nt_error err;
  nt_fail(&err, NT_E_ARGUMENT,
          "problem '%.60s': no such problem; `ninetails bench list --problems` names them",
          lua_tostring(L, -1));
  modules_raise(L, &err);
  return NULL;
}

/* Sets the value of "key=value". */
static void parse_value(lua_State *L, const nt_bench_problem *p, const char *key, const char *word,
                        nt_value *values) {
  nt_error err;
  size_t i = nt_parameter_find(p->parameters, p->parameter_count, key);
  if (i == p->parameter_count) {
    nt_fail(&err, NT_E_ARGUMENT, "problem %s has no parameter '%.60s'", p->name, key);
    modules_raise(L, &err);
  }
  const nt_parameter *parameter = &p->parameters[i];
  if (parameter->type == NT_PARAMETER_CHOICE) {
    size_t choice = nt_parameter_choice(parameter, word);
    values[i].number = (double)choice;
    if (parameter->choices[choice]) return;
    nt_fail(&err, NT_E_ARGUMENT, "problem %s: %s: no choice '%.60s'", p->name, key, word);
    modules_raise(L, &err);
  }
  char *end;
  values[i].number = strtod(word, &end);
  if (end == word || *end) {
    nt_fail(&err, NT_E_ARGUMENT, "problem %s: %s '%.60s': expected a number", p->name, key, word);
    modules_raise(L, &err);
  }
  if (nt_parameter_check(parameter, &values[i], &err) != NT_OK) {
    nt_fail_in(&err, "problem %s", p->name);
    modules_raise(L, &err);
  }
}

static const nt_bench_problem *parse(lua_State *L, const char *text, nt_value *values) {
  char copy[MOST_TEXT];
  if (strlen(text) >= sizeof copy)
    complain(L, NT_E_LIMIT, "problem", "a text of 400 letters or more");
  memcpy(copy, text, strlen(text) + 1);
  size_t length = strcspn(copy, ":");
  const nt_bench_problem *p = find_problem(L, copy, length);
  nt_parameter_presets(p->parameters, p->parameter_count, values);
  if (!copy[length]) return p;
  char *rest;
  for (char *word = strtok_r(copy + length + 1, ",", &rest); word;
       word = strtok_r(NULL, ",", &rest)) {
    char *equal = strchr(word, '=');
    if (!equal) complain(L, NT_E_ARGUMENT, text, "expected NAME:KEY=VALUE,KEY=VALUE");
    *equal = '\0';
    parse_value(L, p, word, equal + 1, values);
  }
  return p;
}

/* Pushes the text: what differs from the presets, in the order of the table. */
static void push_canonical(lua_State *L, const nt_bench_problem *p, const nt_value *values) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addstring(&b, p->name);
  char separator = ':';
  for (size_t i = 0; i < p->parameter_count; i++) {
    nt_value preset;
    char text[64];
    nt_parameter_presets(&p->parameters[i], 1, &preset);
    if (preset.number == values[i].number) continue;
    nt_parameter_print(&p->parameters[i], &values[i], text, sizeof text);
    luaL_addchar(&b, separator);
    luaL_addstring(&b, p->parameters[i].name);
    luaL_addchar(&b, '=');
    luaL_addstring(&b, text);
    separator = ',';
  }
  luaL_pushresult(&b);
}

static int parse_text(lua_State *L) {
  nt_value values[MOST_PARAMETERS];
  const nt_bench_problem *p = parse(L, luaL_checkstring(L, 1), values);
  lua_createtable(L, 0, 6);
  push_canonical(L, p, values);
  lua_setfield(L, -2, "text");
  set_text(L, "name", p->name);
  set_text(L, "item", p->item);
  set_flag(L, "wants_capture", p->wants_capture);
  set_integer(L, "threads", p->threads < 0 ? 1 : (uint64_t)values[p->threads].number);
  lua_createtable(L, 0, (int)p->parameter_count);
  for (size_t i = 0; i < p->parameter_count; i++) {
    if (p->parameters[i].type == NT_PARAMETER_CHOICE)
      set_text(L, p->parameters[i].name, p->parameters[i].choices[(size_t)values[i].number]);
    else
      set_number(L, p->parameters[i].name, values[i].number);
  }
  lua_setfield(L, -2, "values");
  return 1;
}

static int problems(lua_State *L) {
  lua_newtable(L);
  for (size_t i = 0; nt_bench_problems[i]; i++) {
    const nt_bench_problem *p = nt_bench_problems[i];
    lua_createtable(L, 0, 5);
    set_text(L, "name", p->name);
    set_text(L, "help", p->help);
    set_text(L, "item", p->item);
    set_flag(L, "wants_capture", p->wants_capture);
    parameters_push(L, p->parameters, p->parameter_count);
    lua_setfield(L, -2, "parameters");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* ---------------------------------------------------------------- timing */

typedef struct held {
  const nt_bench_problem *problem, *calibration;
  void *state, *beside;
  int counter;  /* of instructions; -1: the system has none */
  char *folder; /* the problem's own, empty when it is done */
  int lock;     /* that it is in use */
} held;

static int held_gc(lua_State *L) {
  held *h = luaL_checkudata(L, 1, "ninetails.bench.held");
  if (h->state) h->problem->done(h->state);
  if (h->beside) h->calibration->done(h->beside);
  if (h->counter >= 0) close(h->counter);
  if (h->folder) {
    rmdir(h->folder);
    nt_temporary_release(&h->lock);
    free(h->folder);
  }
  *h = (held){.counter = -1};
  return 0;
}

static double clock_of(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int open_counter(void) {
  struct perf_event_attr attr = {.type = PERF_TYPE_HARDWARE,
                                 .size = sizeof attr,
                                 .config = PERF_COUNT_HW_INSTRUCTIONS,
                                 .disabled = 1,
                                 .inherit = 1,
                                 .exclude_kernel = 1,
                                 .exclude_hv = 1};
  return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* callgrind counts what happens inside this one (--toggle-collect). */
__attribute__((noinline)) nt_status nt_bench_timed(const nt_bench_problem *problem, void *state,
                                                   size_t turns, nt_error *err);
__attribute__((noinline)) nt_status nt_bench_timed(const nt_bench_problem *problem, void *state,
                                                   size_t turns, nt_error *err) {
  nt_status status = NT_OK;
  for (size_t i = 0; i < turns && status == NT_OK; i++) status = problem->pass(state, err);
  return status;
}

typedef struct pass_times {
  double wall, cpu;
} pass_times;

/* So many turns, timed; times of one. */
static pass_times time_pass(lua_State *L, const nt_bench_problem *problem, void *state,
                            size_t turns) {
  nt_error err;
  if (problem->reset) problem->reset(state);
  double wall = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
  nt_status status = nt_bench_timed(problem, state, turns, &err);
  cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  wall = clock_of(CLOCK_MONOTONIC) - wall;
  if (status != NT_OK) modules_raise(L, &err);
  if (signals_caught()) signals_raise(L, "interrupted");
  return (pass_times){wall / (double)turns, cpu / (double)turns};
}

/* Doubled until they take 4 ms: short passes are timed together. One where each needs a reset. */
static size_t turns_of(lua_State *L, held *h) {
  size_t turns = 1;
  if (h->problem->reset) return 1;
  while (turns < 1u << 20 && time_pass(L, h->problem, h->state, turns).wall * (double)turns < 0.004)
    turns *= 2;
  return turns;
}

static const char *text_field(lua_State *L, const char *name, int needed) {
  lua_getfield(L, 1, name);
  const char *text = lua_tostring(L, -1); /* the table keeps it */
  lua_pop(L, 1);
  if (needed && !text) complain(L, NT_E_ARGUMENT, "measure", "a field is missing");
  return text;
}

static void set_digest(lua_State *L, const char *name, uint64_t digest) {
  char hex[17];
  snprintf(hex, sizeof hex, "%016llx", (unsigned long long)digest);
  set_text(L, name, hex);
}

/* Fills the list on the top with passes. */
static void put_passes(lua_State *L, held *h, int passes, double seconds, int once) {
  size_t turns = once ? 1 : turns_of(L, h);
  double start = clock_of(CLOCK_MONOTONIC);
  for (int i = 1; i <= passes; i++) {
    double calibration = time_pass(L, h->calibration, h->beside, 1).cpu;
    pass_times t = time_pass(L, h->problem, h->state, turns);
    lua_createtable(L, 0, 3);
    set_number(L, "wall", t.wall);
    set_number(L, "cpu", t.cpu);
    set_number(L, "calibration", calibration);
    lua_rawseti(L, -2, i);
    if (clock_of(CLOCK_MONOTONIC) - start > seconds) break;
  }
}

static void put_instructions(lua_State *L, held *h) {
  uint64_t count = 0;
  h->counter = open_counter();
  if (h->counter < 0) return;
  if (h->problem->reset) h->problem->reset(h->state);
  nt_error err;
  ioctl(h->counter, PERF_EVENT_IOC_ENABLE, 0);
  nt_status status = nt_bench_timed(h->problem, h->state, 1, &err);
  ioctl(h->counter, PERF_EVENT_IOC_DISABLE, 0);
  if (status != NT_OK) modules_raise(L, &err);
  if (read(h->counter, &count, sizeof count) == sizeof count && count)
    set_number(L, "instructions", (double)count);
}

static void put_proof(lua_State *L, held *h, const char *problem) {
  nt_bench_proof proof = {0}, calibration = {0};
  nt_error err;
  if (h->problem->verify(h->state, &proof, &err) != NT_OK) {
    nt_fail_in(&err, "%s: the result is wrong", problem);
    modules_raise(L, &err);
  }
  if (h->calibration->verify(h->beside, &calibration, &err) != NT_OK) {
    nt_fail_in(&err, "calibration: the result is wrong");
    modules_raise(L, &err);
  }
  set_digest(L, "digest", proof.digest);
  set_digest(L, "calibration_digest", calibration.digest);
  set_flag(L, "exact", proof.exact);
  set_number(L, "deviation", proof.deviation);
  set_text(L, "how", proof.how);
}

/* In `folder`; what killed processes left there goes. */
static void make_folder(lua_State *L, held *h, const char *folder) {
  char path[3000];
  nt_error err;
  if (snprintf(path, sizeof path, "%s/measure", folder) >= (int)sizeof path)
    complain(L, NT_E_ARGUMENT, "folder", "a path of 3000 bytes or more");
  nt_temporary_sweep_of(path);
  h->folder = nt_temporary_create_folder(path, &h->lock, &err);
  if (!h->folder) modules_raise(L, &err);
}

static int measure(lua_State *L) {
  nt_value values[MOST_PARAMETERS];
  nt_error err;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  const char *text = text_field(L, "problem", 1);
  nt_bench_setting setting = {.values = values,
                              .capture = text_field(L, "capture", 0),
                              .labels = text_field(L, "labels", 0)};
  const char *folder = text_field(L, "folder", 1);
  double passes = get_number(L, 1, "passes", 5), seconds = get_number(L, 1, "seconds", 1);
  lua_getfield(L, 1, "once");
  int once = lua_toboolean(L, -1);
  lua_pop(L, 1);
  held *h = lua_newuserdatauv(L, sizeof *h, 0);
  *h = (held){
      .problem = parse(L, text, values), .calibration = &nt_bench_calibration, .counter = -1};
  modules_close_at_end(L, "ninetails.bench.held", held_gc);
  if (!(passes >= 1 && passes <= MOST_PASSES))
    return complain(L, NT_E_ARGUMENT, text, "passes: expected 1 to 1000");
  if (h->problem->wants_capture && !(setting.capture && setting.labels))
    return complain(L, NT_E_ARGUMENT, text, "wants a capture and its labels");
  make_folder(L, h, folder);
  setting.folder = h->folder;
  nt_bench_work work = {0}, none;
  nt_fail(&err, NT_E_MEMORY, "out of memory");
  h->beside = h->calibration->setup(&(nt_bench_setting){0}, &none, &err);
  h->state = h->beside ? h->problem->setup(&setting, &work, &err) : NULL;
  if (!h->state) {
    nt_fail_in(&err, "%s", text);
    return modules_raise(L, &err);
  }
  lua_createtable(L, 0, 12);
  lua_newtable(L);
  put_passes(L, h, once ? 1 : (int)passes, seconds, once);
  lua_setfield(L, -2, "passes");
  if (!once) put_instructions(L, h);
  put_proof(L, h, text);
  set_number(L, "items", work.items);
  set_number(L, "flops", work.flops);
  set_number(L, "moved", work.moved);
  set_number(L, "file", work.file);
  set_text(L, "item", h->problem->item);
  return 1;
}

/* ---------------------------------------------------------------- history */

static int digest(lua_State *L) {
  size_t length;
  char hex[17];
  const char *text = luaL_checklstring(L, 1, &length);
  snprintf(hex, sizeof hex, "%016llx", (unsigned long long)XXH3_64bits(text, length));
  lua_pushstring(L, hex);
  return 1;
}

/* Writes all; 0 or an errno. */
static int write_all(int file, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t n = write(file, bytes, size);
    if (n < 0 && errno != EINTR) return errno;
    if (n > 0) bytes += n, size -= (size_t)n;
  }
  return 0;
}

static int append(lua_State *L) {
  size_t size;
  const char *path = luaL_checkstring(L, 1), *line = luaL_checklstring(L, 2, &size);
  int file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return complain(L, NT_E_IO, path, strerror(errno));
  int why = 0;
  char last = '\n';
  while (flock(file, LOCK_EX) != 0 && !why)
    if (errno != EINTR || signals_caught()) why = errno;
  off_t end = why ? 0 : lseek(file, 0, SEEK_END);
  if (!why && end > 0 && pread(file, &last, 1, end - 1) != 1) why = EIO;
  if (!why && last != '\n') why = write_all(file, "\n", 1);
  if (!why) why = write_all(file, line, size);
  if (!why && fsync(file) != 0) why = errno;
  if (close(file) != 0 && !why) why = errno;
  return why ? complain(L, NT_E_IO, path, strerror(why)) : 0;
}

int luaopen_ninetails_bench(lua_State *L) {
  static const luaL_Reg functions[] = {{"problems", problems}, {"parse", parse_text},
                                       {"measure", measure},   {"digest", digest},
                                       {"append", append},     {NULL, NULL}};
  luaL_newlib(L, functions);
  set_text(L, "timed_function", "nt_bench_timed");
  return 1;
}
