/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Byte strings that tests build, memory files with that content, and captures made of both. */
#ifndef NT_BYTES_H
#define NT_BYTES_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct bytes {
  uint8_t *data;
  size_t count, capacity;
} bytes;

static inline void bytes_reserve(bytes *b, size_t more) {
  if (b->count + more <= b->capacity) return;
  b->capacity = 2 * (b->count + more);
  b->data = realloc(b->data, b->capacity);
}

static inline void bytes_add(bytes *b, const void *data, size_t count) {
  bytes_reserve(b, count);
  if (count) memcpy(b->data + b->count, data, count);
  b->count += count;
}

static inline void bytes_text(bytes *b, const char *text) {
  bytes_add(b, text, strlen(text));
}

static inline void bytes_number(bytes *b, uint64_t value, size_t size, int big) {
  for (size_t i = 0; i < size; i++)
    bytes_add(b, &(uint8_t){(uint8_t)(value >> 8 * (big ? size - 1 - i : i))}, 1);
}

static inline void bytes_zero(bytes *b, size_t count) {
  while (count--) bytes_add(b, "", 1);
}

static inline void bytes_free(bytes *b) {
  free(b->data);
  *b = (bytes){0};
}

/* A memory file of these bytes; its path is valid until file_close. */
typedef struct file {
  int fd;
  char path[64];
} file;

static inline file file_of(const void *data, size_t count) {
  file f = {.fd = memfd_create("ninetails-test", MFD_CLOEXEC)};
  snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.fd);
  for (size_t done = 0; done < count;) {
    ssize_t n = write(f.fd, (const char *)data + done, count - done);
    if (n <= 0) abort();
    done += (size_t)n;
  }
  return f;
}

static inline file file_of_text(const char *text) {
  return file_of(text, strlen(text));
}
static inline void file_close(file *f) {
  close(f->fd);
}

/* ---------------------------------------------------------------- captures */

enum { MICROSECONDS = 0xa1b2c3d4, NANOSECONDS = 0xa1b23c4d };

static inline void pcap_header(bytes *b, uint32_t magic, int big, int major, int minor,
                               uint32_t link_type) {
  bytes_number(b, magic, 4, big);
  bytes_number(b, (uint64_t)major, 2, big);
  bytes_number(b, (uint64_t)minor, 2, big);
  bytes_zero(b, 8);
  bytes_number(b, 65535, 4, big);
  bytes_number(b, link_type, 4, big);
}

/* A record whose two lengths are `first` and `second`, in this order, behind `extra` bytes of a
 * longer header, then its data. */
static inline void pcap_record(bytes *b, int big, uint32_t seconds, uint32_t fraction,
                               uint32_t first, uint32_t second, const void *extra,
                               size_t extra_count, size_t data_count) {
  bytes_number(b, seconds, 4, big);
  bytes_number(b, fraction, 4, big);
  bytes_number(b, first, 4, big);
  bytes_number(b, second, 4, big);
  bytes_add(b, extra, extra_count);
  for (size_t i = 0; i < data_count; i++) bytes_add(b, &(uint8_t){(uint8_t)(i + 1)}, 1);
}

/* A pcapng block around `body`, padded to 32 bits. */
static inline void block(bytes *b, int big, uint32_t type, const bytes *body) {
  size_t padding = (4 - body->count % 4) % 4;
  bytes_number(b, type, 4, big);
  bytes_number(b, 12 + body->count + padding, 4, big);
  bytes_add(b, body->data, body->count);
  bytes_zero(b, padding);
  bytes_number(b, 12 + body->count + padding, 4, big);
}

static inline void section(bytes *b, int big) {
  bytes body = {0};
  bytes_number(&body, 0x1a2b3c4d, 4, big);
  bytes_number(&body, 1, 2, big);
  bytes_number(&body, 0, 2, big);
  bytes_number(&body, UINT64_MAX, 8, big);
  block(b, big, 0x0a0d0d0a, &body);
  bytes_free(&body);
}

/* An interface description block; options: its options, or NULL. */
static inline void interface(bytes *b, int big, uint32_t link_type, uint32_t snaplen,
                             const bytes *options) {
  bytes body = {0};
  bytes_number(&body, link_type, 2, big);
  bytes_zero(&body, 2);
  bytes_number(&body, snaplen, 4, big);
  if (options) bytes_add(&body, options->data, options->count);
  block(b, big, 1, &body);
  bytes_free(&body);
}

static inline void option(bytes *b, int big, uint32_t code, uint64_t value, size_t size) {
  bytes_number(b, code, 2, big);
  bytes_number(b, size, 2, big);
  bytes_number(b, value, size, big);
  bytes_zero(b, (4 - size % 4) % 4);
}

/* An enhanced packet block. */
static inline void packet(bytes *b, int big, uint32_t face, uint64_t ticks, uint32_t captured,
                          uint32_t length) {
  bytes body = {0};
  bytes_number(&body, face, 4, big);
  bytes_number(&body, ticks >> 32, 4, big);
  bytes_number(&body, ticks & UINT32_MAX, 4, big);
  bytes_number(&body, captured, 4, big);
  bytes_number(&body, length, 4, big);
  for (uint32_t i = 0; i < captured; i++) bytes_add(&body, &(uint8_t){(uint8_t)(i + 1)}, 1);
  block(b, big, 6, &body);
  bytes_free(&body);
}

#endif
