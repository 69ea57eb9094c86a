/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.files: what Lua's io cannot do.
 *
 *     files.stat(path)   --> {kind = "file" | "directory" | "other", size =, mtime = s, stamp =} or
 *                            nil. stamp: a text that is another one when the file has changed
 *     files.list(folder) --> sorted names without . and .., or nil: there is no such folder
 *     files.make_folders(path)                      with all above it
 *     files.checksum(path, "sha256", inside, most)  --> hexadecimal, bytes; inside: of what a
 *                            compressed file holds; more than `most` bytes of it are refused
 *     files.read(path, most) --> text, of a compressed file what it holds
 *     files.write(path, text, here), files.copy(path, to, here)   all of it or nothing
 *     files.keep(path, text)     likewise; a file that holds the same is left alone
 *     files.put(path, new_path)                     flushed to the disk, then renamed
 *     files.join {to = path, most = bytes, parts = {{path =, member =, most = bytes,
 *                 header = true | false}, ...}}
 *                        --> rows of each part. One file of many: members of archives, compressed
 *                            files; with header = true the first line of all but the first part is
 *                            left out, and is not counted as a row of any
 *
 * A file of the same bytes is left alone by join, too: another process may be working with it.
 *
 * here = true (always, with join and keep): a symbolic link where the file goes is replaced. Else it is
 * followed, as who names an output expects.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/cancel.h"
#include "ground/checksum.h"
#include "ground/content.h"
#include "ground/temporary.h"
#include "store/file/output.h"
#include "fields.h"
#include "modules.h"
#include "signals.h"

enum { BLOCK = 1 << 18 };

static int complain(lua_State *L, nt_status status, const char *path, const char *what) {
  nt_error err;
  nt_fail(&err, status, "%s: %s", path, what);
  return modules_raise(L, &err);
}

static int too_long(lua_State *L, const char *path, lua_Integer most) {
  nt_error err;
  nt_fail(&err, NT_E_LIMIT, "%s: more than %lld bytes: a text of at most so many is expected here",
          path, (long long)most);
  return modules_raise(L, &err);
}

static int raise_errno(lua_State *L, const char *path) {
  return complain(L, NT_E_IO, path, strerror(errno));
}

static int file_stat(lua_State *L) {
  struct stat s;
  if (stat(luaL_checkstring(L, 1), &s) != 0) return 0;
  char stamp[160];
  snprintf(stamp, sizeof stamp, "%lld %lld.%09ld %lld.%09ld %llu", (long long)s.st_size,
           (long long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec, (long long)s.st_ctim.tv_sec,
           s.st_ctim.tv_nsec, (unsigned long long)s.st_ino);
  lua_createtable(L, 0, 4);
  set_text(L, "stamp", stamp);
  set_text(L, "kind", S_ISREG(s.st_mode) ? "file" : S_ISDIR(s.st_mode) ? "directory" : "other");
  set_integer(L, "size", s.st_size);
  set_number(L, "mtime", (lua_Number)s.st_mtim.tv_sec + (lua_Number)s.st_mtim.tv_nsec * 1e-9);
  return 1;
}

static int real_path(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  char *real = realpath(path, NULL);
  if (!real) return raise_errno(L, path);
  lua_pushstring(L, real);
  free(real);
  return 1;
}

static int list(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  struct dirent **names;
  int count = scandir(path, &names, NULL, alphasort);
  if (count < 0 && (errno == ENOENT || errno == ENOTDIR)) return 0;
  if (count < 0) return raise_errno(L, path);
  lua_newtable(L);
  lua_Integer n = 0;
  for (int i = 0; i < count; i++) {
    if (strcmp(names[i]->d_name, ".") != 0 && strcmp(names[i]->d_name, "..") != 0) {
      lua_pushstring(L, names[i]->d_name);
      lua_rawseti(L, -2, ++n);
    }
    free(names[i]);
  }
  free(names);
  return 1;
}

static int make_folders(lua_State *L) {
  const char *given = luaL_checkstring(L, 1);
  if (!*given) given = "/"; /* what is left of "/name" without its name */
  size_t size = strlen(given) + 1;
  char *path = memcpy(lua_newuserdatauv(L, size, 0), given, size);
  for (char *slash = path; slash;) {
    slash = strchr(slash + 1, '/');
    if (slash) *slash = '\0';
    if (mkdir(path, 0777) != 0 && errno != EEXIST) return raise_errno(L, path);
    if (slash) *slash = '/';
  }
  struct stat s;
  if (stat(path, &s) != 0) return raise_errno(L, path);
  if (!S_ISDIR(s.st_mode)) return complain(L, NT_E_IO, path, "is not a folder");
  return 0;
}

static int checksum(lua_State *L) {
  char hex[NT_CHECKSUM_TEXT];
  uint64_t bytes;
  nt_error err;
  lua_Integer most = luaL_optinteger(L, 4, LUA_MAXINTEGER);
  uint64_t inside = lua_toboolean(L, 3) ? (uint64_t)(most > 0 ? most : 1) : 0;
  if (nt_checksum_file(luaL_checkstring(L, 1), luaL_checkstring(L, 2), inside, hex, &bytes, &err))
    return modules_raise(L, &err);
  lua_pushstring(L, hex);
  lua_pushinteger(L, (lua_Integer)bytes);
  return 2;
}

/* ---------------------------------------------------------------- all of it or nothing */

static int put(lua_State *L) {
  nt_error err;
  const char *from = luaL_checkstring(L, 1), *to = luaL_checkstring(L, 2);
  return nt_temporary_put(from, to, 0, &err) == NT_OK ? 0 : modules_raise(L, &err);
}

/* Before the first byte: what a killed process left of the same file goes. */
static void begin(lua_State *L, nt_output *output, const char *path, int here) {
  nt_error err;
  nt_temporary_sweep_of(path);
  if ((here ? nt_output_begin_here : nt_output_begin)(output, path, &err) != NT_OK)
    modules_raise(L, &err);
}

typedef nt_status committer(nt_output *output, nt_error *err);

/* After the last: `why` is an errno, 0 when all went well. */
static int end(lua_State *L, nt_output *output, const char *path, int why, committer *commit) {
  nt_error err;
  if (why) {
    nt_output_discard(output);
    errno = why;
    return raise_errno(L, path);
  }
  return commit(output, &err) == NT_OK ? 0 : modules_raise(L, &err);
}

static int write_text(lua_State *L, int here, committer *commit) {
  size_t size;
  const char *path = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &size);
  nt_output output;
  begin(L, &output, path, here);
  FILE *file = nt_output_file(&output);
  int why = file ? 0 : errno;
  if (file && fwrite(text, 1, size, file) != size) why = errno;
  if (file && fclose(file) != 0 && !why) why = errno;
  /* An output does not appear after it was interrupted; notes of ours that say where to go on do. */
  if (!why && !here && nt_flag_get(&nt_cancelled)) why = EINTR;
  return end(L, &output, path, why, commit);
}

static int write_whole(lua_State *L) {
  return write_text(L, lua_toboolean(L, 3), nt_output_commit);
}

static int write_alike(lua_State *L) {
  return write_text(L, 1, nt_output_commit_alike);
}

/* Copies descriptor to descriptor; 0 or an errno. */
static int copy_bytes(int from, int to) {
  while (!signals_caught()) {
    ssize_t n = copy_file_range(from, NULL, to, NULL, 1 << 26, 0);
    if (n == 0) return 0;
    if (n < 0 && errno != EINTR) break;
  }
  char block[1 << 16]; /* other file systems, and kernels that cannot */
  for (;;) {
    if (signals_caught()) return EINTR;
    ssize_t n = read(from, block, sizeof block);
    if (n == 0) return 0;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    for (ssize_t done = 0; done < n;) {
      ssize_t w = write(to, block + done, (size_t)(n - done));
      if (w < 0 && errno != EINTR) return errno;
      if (w > 0) done += w;
    }
  }
}

static int copy(lua_State *L) {
  const char *path = luaL_checkstring(L, 1), *to = luaL_checkstring(L, 2);
  nt_output output;
  begin(L, &output, to, lua_toboolean(L, 3));
  int in = open(path, O_RDONLY | O_CLOEXEC);
  if (in < 0) {
    int why = errno;
    nt_output_discard(&output);
    errno = why;
    return raise_errno(L, path);
  }
  int out = nt_temporary_writer(output.held);
  int why = out < 0 ? errno : copy_bytes(in, out);
  close(in);
  if (out >= 0 && close(out) != 0 && !why) why = errno;
  return end(L, &output, to, why, nt_output_commit);
}

static int content_gc(lua_State *L) {
  nt_content **content = luaL_checkudata(L, 1, "ninetails.files.content");
  nt_content_close(*content);
  *content = NULL;
  return 0;
}

static int read_inside(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  lua_Integer most = luaL_checkinteger(L, 2);
  nt_error err;
  nt_content **content = lua_newuserdatauv(L, sizeof *content, 0);
  *content = NULL;
  modules_close_at_end(L, "ninetails.files.content", content_gc);
  if (!(*content = nt_content_open(path, NULL, &err))) return modules_raise(L, &err);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  lua_Integer total = 0;
  for (size_t got = BLOCK; got == BLOCK;) {
    char *room = luaL_prepbuffsize(&buffer, BLOCK);
    if (nt_content_read(*content, room, BLOCK, &got, &err) != NT_OK) return modules_raise(L, &err);
    luaL_addsize(&buffer, got);
    if ((total += (lua_Integer)got) > most) return too_long(L, path, most);
  }
  luaL_pushresult(&buffer);
  return 1;
}

/* ---------------------------------------------------------------- one file of many */

typedef struct joined {
  nt_output output;
  FILE *out;
  char *block;
  uint64_t rows; /* of this part: lines, without a header */
  int skipping;  /* inside a header that is left out */
  char last;     /* byte written, '\n' at the start of a part */
  uint64_t left; /* bytes that may still come */
} joined;

static int write_block(joined *j, const char *bytes, size_t size) {
  if (j->skipping) {
    const char *end = memchr(bytes, '\n', size);
    if (!end) return 0;
    j->skipping = 0;
    size -= (size_t)(end + 1 - bytes);
    bytes = end + 1;
  }
  if (size == 0) return 0;
  for (const char *p = bytes; (p = memchr(p, '\n', size - (size_t)(p - bytes))); p++) j->rows++;
  j->last = bytes[size - 1];
  return fwrite(bytes, 1, size, j->out) == size ? 0 : -1;
}

static nt_status join_part(joined *j, const char *path, const char *member, uint64_t most,
                           const char *to, nt_error *err) {
  nt_content *content = nt_content_open(path, member, err);
  if (!content) return err->status;
  nt_content_bound(content, most < j->left ? most : j->left);
  nt_status status;
  size_t got = 0;
  do {
    status = nt_content_read(content, j->block, BLOCK, &got, err);
    j->left -= got;
    if (status == NT_OK && write_block(j, j->block, got) != 0)
      status = nt_fail(err, NT_E_IO, "%s: %s", to, strerror(errno));
  } while (status == NT_OK && got == BLOCK);
  nt_content_close(content);
  return status;
}

static int joined_gc(lua_State *L) {
  joined *j = luaL_checkudata(L, 1, "ninetails.files.joined");
  if (j->out) fclose(j->out);
  nt_output_discard(&j->output);
  free(j->block);
  *j = (joined){0};
  return 0;
}

static joined *new_joined(lua_State *L) {
  joined *j = lua_newuserdatauv(L, sizeof *j, 0);
  *j = (joined){0};
  modules_close_at_end(L, "ninetails.files.joined", joined_gc);
  return j;
}

/* The field `most` of the table at `index`, a number of bytes; all there can be without one. */
static uint64_t most_field(lua_State *L, int index) {
  lua_getfield(L, index, "most");
  lua_Integer most = luaL_optinteger(L, -1, LUA_MAXINTEGER);
  lua_pop(L, 1);
  return most > 0 ? (uint64_t)most : 0;
}

static int join(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_getfield(L, 1, "to");
  const char *to = luaL_checkstring(L, -1);
  lua_getfield(L, 1, "parts");
  int parts = lua_gettop(L);
  luaL_checktype(L, parts, LUA_TTABLE);
  lua_newtable(L);
  int counts = lua_gettop(L);
  joined *j = new_joined(L);
  nt_error err;
  j->left = most_field(L, 1);
  if (!(j->block = malloc(BLOCK))) return complain(L, NT_E_MEMORY, to, "out of memory");
  begin(L, &j->output, to, 1);
  if (!(j->out = nt_output_file(&j->output))) return raise_errno(L, to);
  nt_status status = NT_OK;
  for (lua_Integer i = 1; status == NT_OK && lua_rawgeti(L, parts, i) == LUA_TTABLE; i++) {
    lua_getfield(L, -1, "header");
    int header = lua_toboolean(L, -1);
    uint64_t most = most_field(L, lua_gettop(L) - 1);
    lua_getfield(L, -2, "member");
    lua_getfield(L, -3, "path");
    const char *path = lua_tostring(L, -1), *member = lua_tostring(L, -2);
    j->rows = 0;
    j->skipping = header && i > 1;
    j->last = '\n';
    status = path ? join_part(j, path, member, most, to, &err)
                  : nt_fail(&err, NT_E_ARGUMENT, "part %d has no path", (int)i);
    if (status == NT_OK && j->last != '\n') { /* the last line lacks its newline */
      j->rows++;
      if (lua_rawgeti(L, parts, i + 1) == LUA_TTABLE) fputc('\n', j->out);
      lua_pop(L, 1);
    }
    lua_pushinteger(L, (lua_Integer)j->rows - (header && i == 1));
    lua_rawseti(L, counts, i);
    lua_pop(L, 4);
  }
  if (fclose(j->out) != 0 && status == NT_OK)
    status = nt_fail(&err, NT_E_IO, "%s: %s", to, strerror(errno));
  j->out = NULL;
  if (status == NT_OK) status = nt_output_commit_alike(&j->output, &err);
  if (status != NT_OK) return modules_raise(L, &err); /* what is there so far goes with j */
  lua_pushvalue(L, counts);
  return 1;
}

int luaopen_ninetails_files(lua_State *L) {
  static const luaL_Reg functions[] = {{"stat", file_stat},    {"real", real_path},
                                       {"list", list},         {"make_folders", make_folders},
                                       {"checksum", checksum}, {"put", put},
                                       {"write", write_whole}, {"keep", write_alike},
                                       {"read", read_inside},  {"copy", copy},
                                       {"join", join},         {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
