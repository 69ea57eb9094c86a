/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ground/temporary.h"

enum { BUFFER = 1 << 20, RECORD_HEADER = 16, LABEL_LINE = 256 };

typedef struct buffered {
  int fd, held;
  char *path, *partial; /* final and temporary name */
  uint8_t *buffer;
  size_t used, size;
} buffered;

struct nt_writer {
  buffered capture, labels;
  uint64_t packets, bytes;
};

static nt_status buffered_open(buffered *s, const char *path, nt_error *err) {
  s->path = strdup(path);
  s->buffer = malloc(BUFFER);
  s->size = BUFFER;
  if (!s->path || !s->buffer)
    return nt_fail(err, NT_E_MEMORY, "%s: out of memory for the write buffer", path);
  nt_temporary_sweep_of(path);
  s->partial = nt_temporary_create(path, &s->held, err);
  if (!s->partial) return NT_E_IO;
  s->fd = nt_temporary_writer(s->held);
  if (s->fd < 0) return nt_fail(err, NT_E_IO, "%s: cannot be written: %s", path, strerror(errno));
  return NT_OK;
}

static nt_status buffered_flush(buffered *s, nt_error *err) {
  size_t done = 0;
  while (done < s->used) {
    ssize_t n = write(s->fd, s->buffer + done, s->used - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return nt_fail(err, NT_E_IO, "%s: cannot be written: %s", s->path, strerror(errno));
    done += (size_t)n;
  }
  s->used = 0;
  return NT_OK;
}

static nt_status buffered_close(buffered *s, nt_error *err) {
  nt_status status = buffered_flush(s, err);
  if (status != NT_OK) return status;
  int closed = close(s->fd);
  s->fd = -1;
  if (closed == 0) return NT_OK;
  return nt_fail(err, NT_E_IO, "%s: cannot be closed: %s", s->path, strerror(errno));
}

static nt_status buffered_put(buffered *s, nt_error *err) {
  nt_status status = nt_temporary_settle(s->partial, s->path, err);
  if (status != NT_OK) return status;
  free(s->partial);
  s->partial = NULL;
  return NT_OK;
}

static void buffered_done(buffered *s) {
  if (s->fd >= 0) close(s->fd);
  if (s->partial) unlink(s->partial);
  nt_temporary_release(&s->held);
  free(s->partial);
  free(s->path);
  free(s->buffer);
}

static void little32(uint8_t *p, uint32_t v) {
  for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (8 * i));
}

nt_writer *nt_writer_open(const char *output, const char *labels, uint32_t snaplen, nt_error *err) {
  nt_writer *w = calloc(1, sizeof *w);
  if (!w) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", output);
    return NULL;
  }
  w->capture.fd = w->labels.fd = -1;
  if (buffered_open(&w->capture, output, err) != NT_OK ||
      buffered_open(&w->labels, labels, err) != NT_OK) {
    nt_writer_free(w);
    return NULL;
  }
  uint8_t *h = w->capture.buffer;
  little32(h, 0xa1b23c4d);
  little32(h + 4, 2 | 4 << 16); /* version 2.4 */
  memset(h + 8, 0, 8);
  little32(h + 16, snaplen);
  little32(h + 20, 1); /* LINKTYPE_ETHERNET */
  w->capture.used = 24;
  static const char header[] = "packet_number,label,activity\n";
  memcpy(w->labels.buffer, header, sizeof header - 1);
  w->labels.used = sizeof header - 1;
  return w;
}

uint8_t *nt_writer_reserve(nt_writer *w, size_t bytes, nt_error *err) {
  buffered *s = &w->capture;
  size_t need = bytes + RECORD_HEADER;
  if (s->used + need > s->size && buffered_flush(s, err) != NT_OK) return NULL;
  if (need > s->size) {
    uint8_t *more = realloc(s->buffer, need);
    if (!more) {
      nt_fail(err, NT_E_MEMORY, "%s: out of memory for a frame of %zu bytes", s->path, bytes);
      return NULL;
    }
    s->buffer = more;
    s->size = need;
  }
  return s->buffer + s->used + RECORD_HEADER;
}

static size_t decimal(uint8_t *out, uint64_t v) {
  uint8_t digits[20];
  size_t n = 0;
  do digits[n++] = (uint8_t)('0' + v % 10);
  while (v /= 10);
  for (size_t i = 0; i < n; i++) out[i] = digits[n - 1 - i];
  return n;
}

static nt_status write_label(nt_writer *w, int label, const char *activity, nt_error *err) {
  buffered *s = &w->labels;
  if (s->used + LABEL_LINE > s->size) {
    nt_status status = buffered_flush(s, err);
    if (status != NT_OK) return status;
  }
  uint8_t *p = s->buffer + s->used;
  p += decimal(p, w->packets);
  *p++ = ',';
  *p++ = label ? '1' : '0';
  *p++ = ',';
  size_t length = strlen(activity);
  memcpy(p, activity, length);
  p += length;
  *p++ = '\n';
  s->used = (size_t)(p - s->buffer);
  return NT_OK;
}

nt_status nt_writer_commit(nt_writer *w, uint32_t seconds, uint32_t nanoseconds, uint32_t captured,
                           uint32_t length, int label, const char *activity, nt_error *err) {
  buffered *s = &w->capture;
  uint8_t *h = s->buffer + s->used;
  little32(h, seconds);
  little32(h + 4, nanoseconds);
  little32(h + 8, captured);
  little32(h + 12, length);
  s->used += RECORD_HEADER + captured;
  w->packets++;
  w->bytes += RECORD_HEADER + captured;
  if (s->used > BUFFER - 2048) {
    nt_status status = buffered_flush(s, err);
    if (status != NT_OK) return status;
  }
  return write_label(w, label, activity, err);
}

uint64_t nt_writer_bytes(const nt_writer *w) {
  return w->bytes + 24;
}

nt_status nt_writer_finish(nt_writer *w, nt_error *err) {
  nt_status status = buffered_close(&w->capture, err);
  if (status == NT_OK) status = buffered_close(&w->labels, err);
  if (status != NT_OK) return status;
  /* Others that are there are not of this capture. */
  if (nt_temporary_same(w->labels.partial, w->labels.path) == 0) unlink(w->labels.path);
  status = buffered_put(&w->capture, err);
  return status == NT_OK ? buffered_put(&w->labels, err) : status;
}

void nt_writer_free(nt_writer *w) {
  if (!w) return;
  buffered_done(&w->capture);
  buffered_done(&w->labels);
  free(w);
}
