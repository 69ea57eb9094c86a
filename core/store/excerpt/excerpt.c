/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks are laid out as IETF draft-ietf-opsawg-pcapng has them: type, length, body, length; options
 * of code, length and value behind a body, each filled up to four bytes.
 */
#include "excerpt.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "capture/blocks.h"
#include "store/file/output.h"

enum { NO_FACE = -1, PLAIN_FACE = 0, EARLY_FACE = 1 };
enum { COMMENT = 1, END = 0, RESOLUTION = 9, FCS_LENGTH = 13, TIME_OFFSET = 14 };
#define EARLY (INT64_C(1) << 33) /* s before the epoch at which the clock of early frames begins */

struct nt_excerpt {
  nt_capture *capture;
  nt_block_watch watch;
  nt_output output;
  FILE *to;
  uint64_t context;
  uint64_t at;    /* number of the packet that is read next */
  uint64_t last;  /* the packet that was chosen last */
  bool any;       /* there is one */
  int face[2];    /* of a pcap: number of an interface of each kind, or NO_FACE */
  int faces;      /* written so far */
  uint8_t *block; /* the one that is being made */
  size_t used, room;
  bool memory_short;
  nt_excerpt_counts counts;
};

/* ---------------------------------------------------------------- making a block */

static uint8_t *grow(nt_excerpt *e, size_t bytes) {
  if (e->used + bytes > e->room) {
    size_t room = 2 * (e->used + bytes);
    uint8_t *block = realloc(e->block, room);
    if (!block) {
      e->memory_short = true;
      return NULL;
    }
    e->block = block;
    e->room = room;
  }
  e->used += bytes;
  return e->block + e->used - bytes;
}

static void put(nt_excerpt *e, const void *bytes, size_t size) { /* filled up to four bytes */
  size_t padded = (size + 3) & ~(size_t)3;
  uint8_t *to = grow(e, padded);
  if (!to) return;
  if (size) memcpy(to, bytes, size);
  memset(to + size, 0, padded - size);
}

static void put32(nt_excerpt *e, uint32_t v, int swapped) {
  if (swapped) v = __builtin_bswap32(v);
  put(e, &v, sizeof v);
}

static void put_pair(nt_excerpt *e, uint16_t first, uint16_t second, int swapped) {
  uint16_t both[2] = {swapped ? __builtin_bswap16(first) : first,
                      swapped ? __builtin_bswap16(second) : second};
  put(e, both, sizeof both);
}

static void put_option(nt_excerpt *e, uint16_t code, const void *value, size_t size, int swapped) {
  put_pair(e, code, (uint16_t)size, swapped);
  put(e, value, size);
}

static void begin_block(nt_excerpt *e, uint32_t type, int swapped) {
  e->used = 0;
  put32(e, type, swapped);
  put32(e, 0, 0); /* its length, once it is known */
}

static nt_status write_out(nt_excerpt *e, const void *bytes, size_t size, nt_error *err) {
  if (fwrite(bytes, 1, size, e->to) == size) return NT_OK;
  return nt_fail(err, NT_E_IO, "%s: cannot be written: %s", e->output.path, strerror(errno));
}

static nt_status end_block(nt_excerpt *e, int swapped, nt_error *err) {
  uint32_t length = (uint32_t)e->used + 4;
  put32(e, length, swapped);
  if (e->memory_short)
    return nt_fail(err, NT_E_MEMORY, "%s: out of memory for a block", e->output.path);
  if (swapped) length = __builtin_bswap32(length);
  memcpy(e->block + 4, &length, sizeof length);
  return write_out(e, e->block, e->used, err);
}

/* ---------------------------------------------------------------- comments */

/* Appends the comment as an option, and the end of options. */
static void put_comment(nt_excerpt *e, const char *comment, int swapped) {
  static const char digits[] = "0123456789abcdef";
  size_t head = e->used, size = 0;
  if (*comment) {
    grow(e, 4);
    for (const unsigned char *p = (const unsigned char *)comment; *p; p++) {
      bool plain = (*p >= ' ' && *p != 0x7f) || *p == '\n';
      uint8_t *to = grow(e, plain ? 1 : 4);
      if (!to) return;
      if (plain)
        *to = *p;
      else
        memcpy(to, (char[]){'\\', 'x', digits[*p >> 4], digits[*p & 15]}, 4);
      size += plain ? 1 : 4;
    }
    while (e->used & 3) {
      uint8_t *to = grow(e, 1);
      if (!to) return;
      *to = 0;
    }
    uint16_t pair[2] = {COMMENT, (uint16_t)size};
    if (swapped) pair[0] = __builtin_bswap16(pair[0]), pair[1] = __builtin_bswap16(pair[1]);
    memcpy(e->block + head, pair, sizeof pair);
  }
  put_pair(e, END, 0, swapped);
}

static nt_status check_comment(const nt_excerpt *e, uint64_t packet, const char *comment,
                               nt_error *err) {
  size_t written = 0;
  for (const unsigned char *p = (const unsigned char *)comment; *p; p++)
    written += (*p >= ' ' && *p != 0x7f) || *p == '\n' ? 1 : 4;
  if (written > NT_COMMENT)
    return nt_fail(err, NT_E_ARGUMENT, "%s: comment of packet %llu: %zu bytes, at most %d expected",
                   e->output.path, (unsigned long long)packet, written, NT_COMMENT);
  json_t *text = json_string(comment); /* which checks */
  if (!text)
    return nt_fail(err, NT_E_ARGUMENT, "%s: comment of packet %llu is not UTF-8", e->output.path,
                   (unsigned long long)packet);
  json_decref(text);
  return NT_OK;
}

/* ---------------------------------------------------------------- packets of a pcapng */

static uint32_t get32(const uint8_t *p, int swapped) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return swapped ? __builtin_bswap32(v) : v;
}

static uint16_t get16(const uint8_t *p, int swapped) {
  uint16_t v;
  memcpy(&v, p, sizeof v);
  return swapped ? __builtin_bswap16(v) : v;
}

/* Copies the options of a block that lie in [from, to), but for their end. */
static void put_options(nt_excerpt *e, const uint8_t *from, const uint8_t *to, int swapped) {
  while (to - from >= 4 && get16(from, swapped) != END) {
    size_t size = 4 + (((size_t)get16(from + 2, swapped) + 3) & ~(size_t)3);
    if (size > (size_t)(to - from)) return; /* longer than its block: readers stop here */
    put(e, from, size);
    from += size;
  }
}

static nt_status copy_block(nt_excerpt *e, const nt_block *b, const nt_frame *frame,
                            const char *comment, nt_error *err) {
  enum { HEADER = 8, FIXED = 20 };
  int swapped = b->swapped;
  if (!*comment) return write_out(e, b->bytes, b->size, err);
  if (b->type == NT_BLOCK_SIMPLE_PACKET) {
    begin_block(e, NT_BLOCK_PACKET, swapped);
    for (int i = 0; i < 3; i++) put32(e, 0, swapped); /* the first interface, no time */
    put32(e, frame->captured, swapped);
    put32(e, frame->length, swapped);
    put(e, frame->data, frame->captured);
  } else {
    uint32_t padded = (get32(b->bytes + HEADER + 12, swapped) + 3) & ~3u;
    begin_block(e, b->type, swapped);
    put(e, b->bytes + HEADER, FIXED + padded);
    put_options(e, b->bytes + HEADER + FIXED + padded, b->bytes + b->size - 4, swapped);
  }
  put_comment(e, comment, swapped);
  return end_block(e, swapped, err);
}

static void see_block(void *context, const nt_block *block) {
  nt_excerpt *e = context;
  write_out(e, block->bytes, block->size, NULL); /* FILE keeps its error until the end */
}

/* ---------------------------------------------------------------- packets of a pcap */

static nt_status write_section(nt_excerpt *e, nt_error *err) {
  begin_block(e, NT_BLOCK_SECTION, 0);
  put32(e, 0x1a2b3c4d, 0);
  put_pair(e, 1, 0, 0);
  put32(e, UINT32_MAX, 0); /* a length that is not told */
  put32(e, UINT32_MAX, 0);
  return end_block(e, 0, err);
}

/* Times before the epoch, which damaged files have, need an interface whose clock begins earlier. */
static nt_status write_face(nt_excerpt *e, const nt_frame *frame, int kind, nt_error *err) {
  uint8_t resolution = nt_capture_has_nanoseconds(e->capture) ? 9 : 6;
  uint8_t fcs = (uint8_t)frame->fcs_length;
  int64_t offset = -EARLY;
  e->face[kind] = e->faces++;
  begin_block(e, NT_BLOCK_INTERFACE, 0);
  put_pair(e, (uint16_t)frame->link_type, 0, 0);
  put32(e, 0, 0); /* no limit on lengths */
  put_option(e, RESOLUTION, &resolution, 1, 0);
  if (fcs) put_option(e, FCS_LENGTH, &fcs, 1, 0);
  if (kind == EARLY_FACE) put_option(e, TIME_OFFSET, &offset, sizeof offset, 0);
  put_pair(e, END, 0, 0);
  return end_block(e, 0, err);
}

static nt_status write_frame(nt_excerpt *e, const nt_frame *frame, const char *comment,
                             nt_error *err) {
  int kind = frame->seconds < 0 ? EARLY_FACE : PLAIN_FACE;
  if (e->face[kind] == NO_FACE) {
    nt_status status = write_face(e, frame, kind, err);
    if (status != NT_OK) return status;
  }
  bool ns = nt_capture_has_nanoseconds(e->capture);
  uint64_t seconds = (uint64_t)(frame->seconds + (kind == EARLY_FACE ? EARLY : 0));
  uint64_t ticks = ns ? seconds * 1000000000 + frame->nanoseconds
                      : seconds * 1000000 + frame->nanoseconds / 1000;
  begin_block(e, NT_BLOCK_PACKET, 0);
  put32(e, (uint32_t)e->face[kind], 0);
  put32(e, (uint32_t)(ticks >> 32), 0);
  put32(e, (uint32_t)ticks, 0);
  put32(e, frame->captured, 0);
  put32(e, frame->length, 0);
  put(e, frame->data, frame->captured);
  if (*comment) put_comment(e, comment, 0);
  return end_block(e, 0, err);
}

/* ---------------------------------------------------------------- reading on */

static nt_status copy_frame(nt_excerpt *e, const nt_frame *frame, const char *comment,
                            nt_error *err) {
  nt_block block;
  if (nt_capture_frame_block(e->capture, &block)) return copy_block(e, &block, frame, comment, err);
  return write_frame(e, frame, comment, err);
}

/* Reads the next frame. *got 0: the capture ends. */
static nt_status next_frame(nt_excerpt *e, nt_frame *frame, int *got, nt_error *err) {
  nt_status status = nt_capture_next_frame(e->capture, frame, got, err);
  if (status == NT_OK && *got) e->at++;
  return status;
}

/* Is that packet a neighbour of the one that was chosen last? */
static bool follows(const nt_excerpt *e, uint64_t packet) {
  return e->any && packet > e->last && packet - e->last <= e->context;
}

nt_status nt_excerpt_add(nt_excerpt *e, uint64_t packet, const char *comment, nt_error *err) {
  if (e->any && packet <= e->last)
    return nt_fail(err, NT_E_ARGUMENT, "%s: packet %llu after packet %llu: numbers must rise",
                   e->output.path, (unsigned long long)packet, (unsigned long long)e->last);
  nt_status status = check_comment(e, packet, comment, err);
  while (status == NT_OK) {
    nt_frame frame;
    int got;
    uint64_t number = e->at;
    status = next_frame(e, &frame, &got, err);
    if (status == NT_OK && !got)
      status = nt_fail(err, NT_E_INPUT,
                       "packet %llu, counted from 0, is not in the capture, which has %llu",
                       (unsigned long long)packet, (unsigned long long)e->at);
    if (status != NT_OK) break;
    bool near = packet - number <= e->context || follows(e, number);
    if (number == packet || near)
      status = copy_frame(e, &frame, number == packet ? comment : "", err);
    if (status == NT_OK && near && number < packet) e->counts.neighbours++;
    if (number == packet) break;
  }
  if (status != NT_OK) return status;
  e->any = true;
  e->last = packet;
  e->counts.chosen++;
  return NT_OK;
}

static nt_status copy_last_neighbours(nt_excerpt *e, nt_error *err) {
  nt_status status = NT_OK;
  while (status == NT_OK && follows(e, e->at)) {
    nt_frame frame;
    int got;
    status = next_frame(e, &frame, &got, err);
    if (status != NT_OK || !got) return status;
    status = copy_frame(e, &frame, "", err);
    e->counts.neighbours++;
  }
  return status;
}

nt_status nt_excerpt_finish(nt_excerpt *e, nt_excerpt_counts *counts, nt_error *err) {
  nt_status status = copy_last_neighbours(e, err);
  if (status != NT_OK) return status;
  bool bad = fflush(e->to) != 0 || ferror(e->to);
  int why = errno;
  bad = fclose(e->to) != 0 || bad;
  e->to = NULL;
  if (bad) return nt_fail(err, NT_E_IO, "%s: cannot be written: %s", e->output.path, strerror(why));
  if (counts) *counts = e->counts;
  return nt_output_commit(&e->output, err);
}

/* ---------------------------------------------------------------- */

static nt_status begin(nt_excerpt *e, const char *capture, const char *output, nt_error *err) {
  nt_capture_format format = nt_capture_format_of(e->capture);
  if (format != NT_FORMAT_PCAP && format != NT_FORMAT_PCAPNG)
    return nt_fail(err, NT_E_INPUT, "%s: is of the format '%s', which holds no frames to copy",
                   capture, nt_capture_format_name(format));
  nt_status status = nt_output_begin(&e->output, output, err);
  if (status != NT_OK) return status;
  e->to = nt_output_file(&e->output);
  if (!e->to) return nt_fail(err, NT_E_IO, "%s: cannot be written: %s", output, strerror(errno));
  if (format == NT_FORMAT_PCAP) return write_section(e, err);
  nt_capture_watch_blocks(e->capture, &e->watch);
  return NT_OK;
}

nt_excerpt *nt_excerpt_open(const char *capture, const char *output, uint64_t context,
                            nt_error *err) {
  if (nt_output_refuse(output, capture, "capture", err) != NT_OK) return NULL;
  nt_excerpt *e = calloc(1, sizeof *e);
  if (!e) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", output);
    return NULL;
  }
  e->context = context;
  e->face[PLAIN_FACE] = e->face[EARLY_FACE] = NO_FACE;
  e->watch = (nt_block_watch){see_block, e};
  e->capture = nt_capture_open(capture, err);
  if (e->capture && begin(e, capture, output, err) == NT_OK) return e;
  nt_excerpt_free(e);
  return NULL;
}

void nt_excerpt_free(nt_excerpt *e) {
  if (!e) return;
  if (e->to) fclose(e->to);
  nt_output_discard(&e->output);
  nt_capture_close(e->capture);
  free(e->block);
  free(e);
}
