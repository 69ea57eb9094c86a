/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a site's answer. libcurl parses HTTP itself: status lines, redirects, chunks. Fuzzed
 * is what reads the result: header lines (ETag, Last-Modified, Content-Range), the first bytes of a
 * body, addresses.
 */
#define luaopen_ninetails_fetch fuzz_luaopen_ninetails_fetch
#include "bind/fetch.c"

#include <assert.h>

#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_headers(attempt *a, const uint8_t *data, size_t size) {
  for (size_t at = 0, length; at < size; at += length) {
    const uint8_t *end = memchr(data + at, '\n', size - at);
    length = end ? (size_t)(end - data) - at + 1 : size - at;
    char *line = malloc(length + !length); /* exact size: sanitizers see reads beyond it */
    assert(line);
    memcpy(line, data + at, length);
    assert(on_header(line, 1, length, a) == length);
    free(line);
  }
  assert(strlen(a->etag) < sizeof a->etag && strlen(a->modified) < sizeof a->modified);
  assert(!strpbrk(validator_of(a), "\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  attempt a = {.fd = -1, .offset = 5, .validator = "\"one\"", .curl = curl_easy_init()};
  assert(a.curl);
  read_headers(&a, data, size);
  is_the_rest(&a);
  char *body = malloc(size + 1);
  assert(body);
  memcpy(body, data, size);
  is_page(&a, body, size);
  body[size] = 0;
  if (!bad_url(body)) assert(strlen(body) <= LONGEST_URL && !strpbrk(body, "\r\n\t "));
  free(body);
  curl_easy_cleanup(a.curl);
  return 0;
}
