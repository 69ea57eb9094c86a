/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ninetails.fetch: one attempt to bring a file over HTTP, through libcurl. What to do with the
 * outcome (try again, check, rename, explain) is for lua/dataset/download.lua.
 *
 *     fetch.attempt {url =, to =, validator =, expected =, most =, patience =, authorities =,
 *                    progress = function(done, total or nil) end}
 *         --> {outcome =, message =, status = of HTTP, bytes = in the file now, validator =,
 *              url = after redirects}
 *     fetch.sleep(seconds)  or until a signal
 *
 *     url          http or https; redirects lead from https to https alone
 *     to           the unfinished file; what is no file of its own (a link) is refused. What is
 *                  there already is continued when `validator` (the ETag or Last-Modified it came
 *                  with) is given and the site says that it still holds (If-Range)
 *     expected     bytes of the whole file, where known: another size is refused before it is
 *                  downloaded, and what goes on longer than that is cut off
 *     most         bytes that it may have, where `expected` is not known
 *     patience     seconds for a connection, and for less than 1 byte/s, before the attempt ends
 *     authorities  a file of certificates to trust instead of the system's
 *     outcome      "done"; "again": cut off or busy, worth another attempt; "over": what is there
 *                  cannot be continued, start over; "login": a page for people instead of the
 *                  file; "wrong": more bytes than there may be; "no": refused for good;
 *                  "interrupted": by a signal
 */
#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ground/team.h"
#include "fields.h"
#include "modules.h"
#include "signals.h"

enum { LONGEST_URL = 2048 };

typedef struct attempt {
  lua_State *L;
  int progress; /* index of the function, 0: none */
  int failed;   /* it raised an error, which is on the stack */
  CURL *curl;
  struct curl_slist *headers;
  int fd;
  curl_off_t offset;   /* what was there before */
  curl_off_t expected; /* -1: not known */
  curl_off_t most;
  int secure;          /* an answer came over https: none may come over http from then on */
  int begun;           /* the first byte of the answer was looked at */
  int written;         /* errno of a failed write */
  const char *verdict; /* an outcome found while the answer came in, or NULL */
  char message[300];
  char etag[200], modified[100], range[100]; /* headers of the answer, "" when absent */
  const char *validator;                     /* what is there came with it */
} attempt;

static size_t refuse(attempt *a, const char *verdict, const char *message) {
  a->verdict = verdict;
  snprintf(a->message, sizeof a->message, "%s", message);
  return 0;
}

/* ---------------------------------------------------------------- what the site says */

/* What goes back to the site as it came, and into a note of lines, is
 * text of one line or nothing. */
static void keep_header(const char *line, size_t size, const char *name, char *value, size_t room) {
  size_t n = strlen(name);
  if (size <= n || strncasecmp(line, name, n) != 0) return;
  while (n < size && (line[n] == ' ' || line[n] == '\t')) n++;
  while (size > n && strchr("\r\n \t", line[size - 1])) size--;
  for (size_t i = n; i < size; i++)
    if (iscntrl((unsigned char)line[i])) size = n;
  snprintf(value, room, "%.*s", (int)(size - n < room ? size - n : 0), line + n);
}

static size_t on_header(char *line, size_t one, size_t size, void *data) {
  attempt *a = data;
  char *scheme = NULL;
  (void)one;
  if (size > 5 && strncmp(line, "HTTP/", 5) == 0) { /* a new answer */
    *a->etag = *a->modified = *a->range = '\0';
    curl_easy_getinfo(a->curl, CURLINFO_SCHEME, &scheme);
    int secure = scheme && strcasecmp(scheme, "https") == 0;
    if (a->secure && !secure) return refuse(a, "no", "a redirect leads from https to http");
    a->secure = secure;
  }
  keep_header(line, size, "etag:", a->etag, sizeof a->etag);
  keep_header(line, size, "last-modified:", a->modified, sizeof a->modified);
  keep_header(line, size, "content-range:", a->range, sizeof a->range);
  return size;
}

/* A strong ETag, or the date; "" when the site gives neither (then nothing can be continued). */
static const char *validator_of(const attempt *a) {
  return *a->etag == '"' ? a->etag : a->modified;
}

static int is_page(const attempt *a, const char *bytes, size_t size) {
  char *type = NULL;
  curl_easy_getinfo(a->curl, CURLINFO_CONTENT_TYPE, &type);
  if (type && strncasecmp(type, "text/html", 9) == 0) return 1;
  while (size > 0 && strchr(" \t\r\n\xef\xbb\xbf", *bytes)) bytes++, size--;
  return (size >= 14 && strncasecmp(bytes, "<!doctype html", 14) == 0) ||
         (size >= 5 && strncasecmp(bytes, "<html", 5) == 0);
}

/* Whether a 206 is the rest of the file that was begun. */
static int is_the_rest(const attempt *a) {
  long long from;
  if (sscanf(a->range, "bytes %lld-", &from) != 1 || from != a->offset) return 0;
  const char *validator = validator_of(a);
  return !*validator || strcmp(validator, a->validator) == 0;
}

/* Looks at the answer before its first byte goes to the file. 0: refused. */
static size_t begin(attempt *a, const char *bytes, size_t size) {
  long status = 0;
  curl_off_t length = -1;
  char text[200];
  curl_easy_getinfo(a->curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(a->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  a->begun = 1;
  if (status != 206 && is_page(a, bytes, size))
    return refuse(a, "login", "the site answers with a page instead of the file");
  if (status == 206 && !is_the_rest(a))
    return refuse(a, "over", "the site sends another part than the one asked for");
  if (status != 206 &&
      a->offset > 0) { /* the file has changed, or the site cannot continue: from the start */
    if (ftruncate(a->fd, 0) != 0 || lseek(a->fd, 0, SEEK_SET) != 0) {
      a->written = errno;
      return 0;
    }
    a->offset = 0;
  }
  /* Whatever length a site claims, a difference of two that are not negative does not overflow. */
  unsigned long long offered = (unsigned long long)a->offset + (unsigned long long)length;
  if (a->expected >= 0 && length >= 0 && length != a->expected - a->offset) {
    snprintf(text, sizeof text, "the site offers %llu bytes, %lld expected", offered,
             (long long)a->expected);
    return refuse(a, "no", text);
  }
  if (length > a->most - a->offset) {
    snprintf(text, sizeof text, "the site offers %llu bytes, at most %lld expected", offered,
             (long long)a->most);
    return refuse(a, "no", text);
  }
  return 1;
}

/* Whether `size` bytes more are not more than there may be. */
static int is_room(attempt *a, size_t size) {
  curl_off_t at = lseek(a->fd, 0, SEEK_CUR);
  if (at >= 0 && (curl_off_t)size <= a->most - at) return 1;
  char text[100];
  snprintf(text, sizeof text, "the site sends more than %lld bytes", (long long)a->most);
  refuse(a, "wrong", text);
  return 0;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *data) {
  attempt *a = data;
  (void)one;
  if ((!a->begun && !begin(a, bytes, size)) || !is_room(a, size)) return 0;
  for (size_t done = 0; done < size;) {
    ssize_t n = write(a->fd, bytes + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      a->written = errno;
      return 0;
    }
    done += (size_t)n;
  }
  return size;
}

static int on_progress(void *data, curl_off_t total, curl_off_t done, curl_off_t upload_total,
                       curl_off_t uploaded) {
  attempt *a = data;
  (void)upload_total, (void)uploaded;
  if (signals_caught()) return 1;
  if (!a->progress || done == 0) return 0;
  lua_pushvalue(a->L, a->progress);
  lua_pushinteger(a->L, a->offset + done);
  if (total > 0 && total <= INT64_MAX - a->offset) /* a site may claim any length */
    lua_pushinteger(a->L, a->offset + total);
  else
    lua_pushnil(a->L);
  a->failed = !signals_call_back(a->L, 2);
  return a->failed;
}

/* ---------------------------------------------------------------- one attempt */

/* What curl's code and the status of HTTP amount to. */
static const char *outcome_of(attempt *a, CURLcode code, long status) {
  if (code == CURLE_ABORTED_BY_CALLBACK && signals_caught()) return "interrupted";
  if (a->verdict) return a->verdict;
  const char *why = curl_easy_strerror(code);
  if (code == CURLE_OK) return "done";
  if (status >= 400) {
    snprintf(a->message, sizeof a->message, "the site answers %ld", status);
    if (status == 401 || status == 403) return "login";
    if (status == 416) return "over";
    return status == 408 || status == 425 || status == 429 || status >= 500 ? "again" : "no";
  }
  snprintf(a->message, sizeof a->message, "%s", why);
  switch (code) {
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_CONNECT:
  case CURLE_PARTIAL_FILE:
  case CURLE_OPERATION_TIMEDOUT:
  case CURLE_GOT_NOTHING:
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
  case CURLE_HTTP2:
  case CURLE_HTTP2_STREAM:
    return "again";
  case CURLE_TOO_MANY_REDIRECTS:
    snprintf(a->message, sizeof a->message, "more than 10 redirects");
    return "no";
  case CURLE_UNSUPPORTED_PROTOCOL:
    snprintf(a->message, sizeof a->message,
             "a redirect leads to something else than http and https, or away from https");
    return "no";
  default:
    return "no";
  }
}

static int is_https(const char *url) {
  return strncasecmp(url, "https://", 8) == 0;
}

/* What is wrong with an address, or NULL. */
static const char *bad_url(const char *url) {
  if (strlen(url) > LONGEST_URL) return "longer than 2048 bytes";
  if (!is_https(url) && strncasecmp(url, "http://", 7) != 0) return "neither http nor https";
  for (const char *p = url; *p; p++)
    if (*p <= ' ' || *p > '~') return "has a blank, a control character or one that is not ASCII";
  return NULL;
}

static void set_protocols(CURL *c, int https) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, https ? "https" : "http,https");
#else
  curl_easy_setopt(c, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS,
                   (long)(https ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static void set_options(attempt *a, const char *url, long patience, const char *authorities) {
  CURL *c = a->curl;
  curl_easy_setopt(c, CURLOPT_URL, url);
  set_protocols(c, is_https(url));
  curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (*authorities) curl_easy_setopt(c, CURLOPT_CAINFO, authorities);
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(c, CURLOPT_MAXREDIRS, 10L);
  curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_USERAGENT, "ninetails");
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, patience);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, patience);
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, a);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, a);
  curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(c, CURLOPT_XFERINFODATA, a);
}

/* Opens the unfinished file at its end, or empties it when it cannot be continued. Only a file of
 * its own: neither a link to another, nor a pipe or a device. 0, or an errno. */
static int open_unfinished(attempt *a, const char *to, const char *validator) {
  struct stat s;
  a->fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (a->fd < 0 || flock(a->fd, LOCK_EX | LOCK_NB) != 0 || fstat(a->fd, &s) != 0) return errno;
  if (!S_ISREG(s.st_mode) || s.st_nlink > 1) return ELOOP;
  if ((!*validator || s.st_size > a->most) && ftruncate(a->fd, 0) != 0) return errno;
  a->offset = lseek(a->fd, 0, SEEK_END);
  return a->offset < 0 ? errno : 0;
}

/* Asks for the rest, on condition that the file is still the one that was begun. */
static int ask_for_rest(attempt *a, const char *validator) {
  char text[300];
  if (a->offset == 0) return 0;
  snprintf(text, sizeof text, "%lld-", (long long)a->offset);
  curl_easy_setopt(a->curl, CURLOPT_RANGE, text);
  snprintf(text, sizeof text, "If-Range: %.200s", validator);
  a->headers = curl_slist_append(NULL, text);
  curl_easy_setopt(a->curl, CURLOPT_HTTPHEADER, a->headers);
  return a->headers ? 0 : ENOMEM;
}

/* Also when a Lua error passes by: the file's lock must not outlive the attempt. */
static int attempt_close(lua_State *L) {
  attempt *a = luaL_checkudata(L, 1, "ninetails.fetch.attempt");
  curl_slist_free_all(a->headers);
  if (a->curl) curl_easy_cleanup(a->curl);
  if (a->fd >= 0) close(a->fd);
  a->headers = NULL;
  a->curl = NULL;
  a->fd = -1;
  return 0;
}

static attempt *new_attempt(lua_State *L) {
  attempt *a = lua_newuserdatauv(L, sizeof *a, 0);
  *a = (attempt){.L = L, .fd = -1};
  modules_close_at_end(L, "ninetails.fetch.attempt", attempt_close);
  return a;
}

static int raise_io(lua_State *L, const char *path, int code) {
  nt_error err;
  if (code == EWOULDBLOCK)
    nt_fail(&err, NT_E_STATE, "%s: another download is writing to it", path);
  else if (code == ELOOP || code == ENXIO)
    nt_fail(&err, NT_E_IO, "%s: is a link or no file; nothing is written through it", path);
  else
    nt_fail(&err, NT_E_IO, "%s: %s", path, strerror(code));
  return modules_raise(L, &err);
}

static const char *text_field(lua_State *L, const char *key, const char *otherwise) {
  lua_getfield(L, 1, key);
  return lua_isnil(L, -1) ? otherwise : luaL_checkstring(L, -1);
}

static int push_result(lua_State *L, attempt *a, CURLcode code) {
  long status = 0;
  char *url = NULL;
  struct stat s;
  curl_easy_getinfo(a->curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(a->curl, CURLINFO_EFFECTIVE_URL, &url);
  lua_createtable(L, 0, 6);
  set_text(L, "outcome", outcome_of(a, code, status));
  set_text(L, "message", a->message);
  set_text(L, "validator", validator_of(a));
  set_text(L, "url", url ? url : "");
  set_integer(L, "status", status);
  set_integer(L, "bytes", fstat(a->fd, &s) == 0 ? s.st_size : 0);
  return 1;
}

static int try_once(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  const char *url = text_field(L, "url", ""), *to = text_field(L, "to", "");
  const char *validator = text_field(L, "validator", "");
  lua_getfield(L, 1, "expected");
  lua_Integer expected = luaL_optinteger(L, -1, -1);
  lua_getfield(L, 1, "patience");
  long patience = (long)luaL_optinteger(L, -1, 60);
  lua_getfield(L, 1, "most");
  lua_Integer most = luaL_optinteger(L, -1, LUA_MAXINTEGER);
  const char *authorities = text_field(L, "authorities", ""), *bad = bad_url(url);
  if (bad) {
    lua_createtable(L, 0, 2);
    set_text(L, "outcome", "no");
    set_text(L, "message", bad);
    return 1;
  }
  attempt *a = new_attempt(L);
  a->expected = expected;
  a->most = expected >= 0 ? expected : most;
  a->validator = validator;
  if (lua_getfield(L, 1, "progress") == LUA_TFUNCTION) a->progress = lua_gettop(L);
  if (!(a->curl = curl_easy_init())) return raise_io(L, url, ENOMEM);
  int problem = open_unfinished(a, to, validator);
  if (!problem) problem = ask_for_rest(a, validator);
  if (problem) return raise_io(L, to, problem);
  set_options(a, url, patience, authorities);
  CURLcode code = curl_easy_perform(a->curl);
  if (a->failed) return lua_error(L);
  if (a->written) return raise_io(L, to, a->written);
  /* An answer without a body never came to on_body: an empty file, which may still be the wrong
   * one. */
  if (code == CURLE_OK && !a->begun && !begin(a, "", 0) && a->written)
    return raise_io(L, to, a->written);
  return push_result(L, a, code);
}

static int sleep_seconds(lua_State *L) {
  double seconds = luaL_checknumber(L, 1);
  double end = nt_seconds() + fmin(seconds, 3600);
  const struct timespec moment = {.tv_nsec = 50000000}; /* a signal may come just before it */
  while (nt_seconds() < end && !signals_caught()) nanosleep(&moment, NULL);
  return 0;
}

/* Lua states of several threads may open the module at once. */
static pthread_once_t curl_is_ready = PTHREAD_ONCE_INIT;
static void make_curl_ready(void) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

int luaopen_ninetails_fetch(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"attempt", try_once}, {"sleep", sleep_seconds}, {NULL, NULL}};
  pthread_once(&curl_is_ready, make_curl_ready);
  luaL_newlib(L, functions);
  return 1;
}
