/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapng (IETF draft-ietf-opsawg-pcapng): a file of sections, a section of blocks, each with its
 * type, its length in front and again behind. Section headers set the byte order, interface
 * descriptions set link type and time resolution, and three kinds of block hold frames. All others
 * are skipped by their length.
 *
 * Unlike libpcap, and like tshark, this reads sections of different byte order and interfaces of
 * different link types in one file.
 */
#include <stdio.h>
#include <stdlib.h>

#include "frame_reader.h"

enum {
  BYTE_ORDER_MAGIC = 0x1a2b3c4d,
  NO_MORE_OPTIONS = 0,
  FCS_LENGTH = 13,
  TIME_OFFSET = 14,
  RESOLUTION = 9
};

enum {
  BLOCK_HEADER = 8, /* type, length */
  BLOCK_OVERHEAD = 12,
  MAX_OPTIONS = 128 << 10,              /* that a block with a frame may hold beside it */
  MAX_DESCRIPTION = 1 << 20,            /* of a section or an interface */
  MAX_SHOWN = 16 << 20,                 /* of names or secrets that are copied */
  MAX_SKIPPED = (128 << 20) + (1 << 18) /* of any other block; Wireshark's bound is a little less */
};
#define MAX_INTERFACES ((size_t)1 << 20)

struct nt_pcapng_interface {
  uint32_t link_type, snaplen, fcs_length, max_captured;
  uint64_t
      units; /* ticks of its clock in a second; 0: more than 64 bits hold, as `resolution` says */
  uint8_t resolution;
  int64_t offset; /* s, added to every time */
};

int nt_pcapng_is(const uint8_t *bytes, size_t count) {
  return count >= 4 && nt_get32(bytes, 0) == NT_BLOCK_SECTION; /* reads the same both ways */
}

void nt_pcapng_done(nt_pcapng_file *file) {
  free(file->interfaces);
  free(file->section);
  file->interfaces = NULL;
  file->section = NULL;
}

/* ---------------------------------------------------------------- blocks */

typedef struct block {
  uint32_t type, length, padded; /* padded: to whole 32-bit words, as it lies in the file */
  const uint8_t *body;           /* length - BLOCK_OVERHEAD bytes of it count */
} block;

/* Makes the whole block available and compares its two lengths. */
static nt_status take_block(const nt_pcapng_file *file, nt_source *source, block *b, uint32_t least,
                            uint32_t most, nt_error *err) {
  if (b->length < least + BLOCK_OVERHEAD || b->length > most)
    return nt_fail(err, NT_E_INPUT, "block of type %u claims %u bytes, %u to %u expected", b->type,
                   b->length, least + BLOCK_OVERHEAD, most);
  if (nt_source_have(source, b->padded) < b->padded)
    return nt_cut_off(source, "a block", b->padded, err);
  b->body = source->at + BLOCK_HEADER;
  uint32_t again = nt_get32(source->at + b->padded - 4, file->swapped);
  if (again != b->length)
    return nt_fail(err, NT_E_INPUT, "block of type %u claims %u bytes in front and %u behind",
                   b->type, b->length, again);
  return NT_OK;
}

/* Whoever watches sees a block that is whole. */
static void show_block(const nt_pcapng_file *file, const nt_source *source, const block *b) {
  nt_block shown = {b->type, source->at, b->padded, file->swapped};
  if (file->watch) file->watch->see(file->watch->context, &shown);
}

static nt_status keep_section(nt_pcapng_file *file, const nt_source *source, const block *b,
                              nt_error *err) {
  uint8_t *kept = realloc(file->section, b->padded);
  if (!kept) return nt_fail(err, NT_E_MEMORY, "out of memory for a section header");
  memcpy(kept, source->at, b->padded);
  file->section = kept;
  file->section_size = b->padded;
  return NT_OK;
}

void nt_pcapng_watch(nt_pcapng_file *file, const nt_block_watch *watch) {
  nt_block section = {NT_BLOCK_SECTION, file->section, file->section_size, file->swapped};
  file->watch = watch;
  watch->see(watch->context, &section);
}

static nt_status skip_block(const nt_pcapng_file *file, nt_source *source, const block *b,
                            nt_error *err) {
  if (b->length < BLOCK_OVERHEAD || b->length > MAX_SKIPPED)
    return nt_fail(err, NT_E_INPUT, "block of type %u claims %u bytes, %u to %u expected", b->type,
                   b->length, BLOCK_OVERHEAD, MAX_SKIPPED);
  uint64_t skipped = nt_source_skip(source, b->padded - 4);
  if (skipped < b->padded - 4 || nt_source_have(source, 4) < 4)
    return nt_cut_off(source, "a block", b->padded - skipped, err);
  uint32_t again = nt_get32(source->at, file->swapped);
  if (again != b->length)
    return nt_fail(err, NT_E_INPUT, "block of type %u claims %u bytes in front and %u behind",
                   b->type, b->length, again);
  source->at += 4;
  return NT_OK;
}

/* ---------------------------------------------------------------- options */

typedef struct option {
  uint16_t code, length;
  const uint8_t *value;
} option;

/* The next option between *p and end; 0 when there is none, -1 when it is longer than the block. */
static int next_option(const uint8_t **p, const uint8_t *end, int swapped, option *o) {
  if (end - *p < 4) return 0;
  o->code = nt_get16(*p, swapped);
  o->length = nt_get16(*p + 2, swapped);
  o->value = *p + 4;
  if (o->code == NO_MORE_OPTIONS) return 0;
  if (o->length > end - o->value) return -1;
  size_t padded = (o->length + (size_t)3) & ~(size_t)3;
  *p = (size_t)(end - o->value) < padded ? end : o->value + padded;
  return 1;
}

static nt_status bad_option(const option *o, nt_error *err) {
  return nt_fail(err, NT_E_INPUT, "option %u claims %u bytes, more than its block holds", o->code,
                 o->length);
}

enum { BINARY = 0x80 }; /* of a resolution: 2^-n, else 10^-n */

static uint64_t power_of_ten(int exponent) { /* 0 to 19 */
  uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

static uint64_t units_of(uint8_t resolution) {
  int exponent = resolution & 0x7f;
  if (resolution & BINARY) return exponent < 64 ? UINT64_C(1) << exponent : 0;
  return exponent < 20 ? power_of_ten(exponent) : 0;
}

/* An option whose value is of another length than it should be says nothing, as in tshark; the
 * capture's warning names it. */
static int has_length(nt_pcapng_file *file, const option *o, uint16_t length) {
  if (o->length == length) return 1;
  if (!file->remark[0])
    snprintf(file->remark, sizeof file->remark,
             "interface %zu: option %u has %u bytes, %u expected: it is ignored", file->count,
             o->code, o->length, length);
  return 0;
}

static nt_status interface_options(nt_pcapng_file *file, nt_pcapng_interface *face,
                                   const uint8_t *p, const uint8_t *end, nt_error *err) {
  option o;
  int more;
  while ((more = next_option(&p, end, file->swapped, &o)) > 0) {
    if (o.code == RESOLUTION && has_length(file, &o, 1)) {
      face->resolution = o.value[0];
      face->units = units_of(face->resolution);
    }
    if (o.code == FCS_LENGTH && has_length(file, &o, 1)) face->fcs_length = o.value[0];
    if (o.code == TIME_OFFSET && has_length(file, &o, 8)) {
      uint64_t v;
      memcpy(&v, o.value, sizeof v);
      face->offset = (int64_t)(file->swapped ? __builtin_bswap64(v) : v);
    }
  }
  return more < 0 ? bad_option(&o, err) : NT_OK;
}

/* ---------------------------------------------------------------- descriptions */

static nt_status read_section(nt_pcapng_file *file, nt_source *source, block *b, nt_error *err) {
  enum { FIXED = 16 };
  if (nt_source_have(source, BLOCK_HEADER + 4) < BLOCK_HEADER + 4)
    return nt_cut_off(source, "a section header", BLOCK_OVERHEAD + FIXED, err);
  const uint8_t *magic = source->at + BLOCK_HEADER;
  if (nt_get32(magic, 0) != BYTE_ORDER_MAGIC && nt_get32(magic, 1) != BYTE_ORDER_MAGIC)
    return nt_fail(err, NT_E_INPUT, "section header with the byte order %02x %02x %02x %02x",
                   magic[0], magic[1], magic[2], magic[3]);
  file->swapped = nt_get32(magic, 0) != BYTE_ORDER_MAGIC;
  b->length = nt_get32(source->at + 4, file->swapped);
  b->padded = (b->length & 3) ? (b->length | 3) + 1 : b->length;
  nt_status status = take_block(file, source, b, FIXED, MAX_DESCRIPTION, err);
  if (status != NT_OK) return status;
  uint16_t major = nt_get16(b->body + 4, file->swapped),
           minor = nt_get16(b->body + 6, file->swapped);
  if (major != 1 || (minor != 0 && minor != 2))
    return nt_fail(err, NT_E_INPUT, "pcapng version %u.%u, 1.0 expected", major, minor);
  option o;
  int more;
  const uint8_t *p = b->body + FIXED, *end = b->body + b->length - BLOCK_OVERHEAD;
  do more = next_option(&p, end, file->swapped, &o);
  while (more > 0);
  if (more < 0) return bad_option(&o, err);
  file->count = 0;
  status = keep_section(file, source, b, err);
  if (status != NT_OK) return status;
  show_block(file, source, b);
  source->at += b->padded;
  return NT_OK;
}

static nt_status read_interface(nt_pcapng_file *file, nt_source *source, block *b, nt_error *err) {
  enum { FIXED = 8 };
  nt_status status = take_block(file, source, b, FIXED, MAX_DESCRIPTION, err);
  if (status != NT_OK) return status;
  if (file->count == file->capacity) {
    size_t capacity = file->capacity ? 2 * file->capacity : 8;
    if (capacity > MAX_INTERFACES)
      return nt_fail(err, NT_E_LIMIT, "more than %zu interfaces in a section", MAX_INTERFACES);
    void *grown = realloc(file->interfaces, capacity * sizeof *file->interfaces);
    if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu interfaces", capacity);
    file->interfaces = grown;
    file->capacity = capacity;
  }
  nt_pcapng_interface *face = &file->interfaces[file->count];
  *face = (nt_pcapng_interface){.link_type = nt_get16(b->body, file->swapped),
                                .snaplen = nt_get32(b->body + 4, file->swapped),
                                .units = 1000000};
  face->max_captured = nt_max_captured(face->link_type);
  status =
      interface_options(file, face, b->body + FIXED, b->body + b->length - BLOCK_OVERHEAD, err);
  if (status != NT_OK) return status;
  file->count++;
  show_block(file, source, b);
  source->at += b->padded;
  return NT_OK;
}

/* ---------------------------------------------------------------- frames */

/* Of a clock that needs more than 64 bits for a second: every time is below one. */
static uint32_t fine_nanoseconds(uint8_t resolution, uint64_t ticks) {
  int exponent = resolution & 0x7f;
  if (!(resolution & BINARY))
    return (uint32_t)(exponent < 29 ? ticks / power_of_ten(exponent - 9) : 0);
  return (uint32_t)(exponent < 94 ? (unsigned __int128)ticks * 1000000000 >> exponent : 0);
}

static void set_time(nt_frame *frame, const nt_pcapng_interface *face, uint64_t ticks) {
  if (face->units == 0) {
    frame->seconds = face->offset;
    frame->nanoseconds = fine_nanoseconds(face->resolution, ticks);
    return;
  }
  uint64_t seconds = ticks / face->units, rest = ticks % face->units;
  frame->seconds = (int64_t)((uint64_t)face->offset + seconds);
  if (face->units == 1000000)
    frame->nanoseconds = (uint32_t)rest * 1000;
  else if (rest <= UINT64_MAX / 1000000000)
    frame->nanoseconds = (uint32_t)(rest * 1000000000 / face->units);
  else
    frame->nanoseconds = (uint32_t)((unsigned __int128)rest * 1000000000 / face->units);
}

static nt_status no_interface(const nt_pcapng_file *file, uint32_t id, nt_error *err) {
  return nt_fail(err, NT_E_INPUT, "frame of interface %u, but %zu are described before it", id,
                 file->count);
}

/* Enhanced packet blocks, and the packet blocks that they replaced: the same but for the
 * interface's number, which shares its word with a count of drops. */
static nt_status read_packet(nt_pcapng_file *file, nt_source *source, block *b, nt_frame *frame,
                             nt_error *err) {
  enum { FIXED = 20 };
  if (nt_source_have(source, BLOCK_HEADER + FIXED) < BLOCK_HEADER + FIXED)
    return nt_cut_off(source, "a block", b->padded, err);
  int swapped = file->swapped;
  const uint8_t *head = source->at + BLOCK_HEADER;
  uint32_t id = b->type == NT_BLOCK_OLD_PACKET ? nt_get16(head, swapped) : nt_get32(head, swapped);
  if (id >= file->count) return no_interface(file, id, err);
  const nt_pcapng_interface *face = &file->interfaces[id];
  uint32_t captured = nt_get32(head + 12, swapped);
  if (captured > face->max_captured)
    return nt_fail(err, NT_E_INPUT, "frame claims %u bytes, at most %u expected", captured,
                   face->max_captured);
  nt_status status = take_block(file, source, b, FIXED + captured,
                                BLOCK_OVERHEAD + FIXED + captured + 3 + MAX_OPTIONS, err);
  if (status != NT_OK) return status;
  const uint8_t *p = b->body;
  set_time(frame, face, (uint64_t)nt_get32(p + 4, swapped) << 32 | nt_get32(p + 8, swapped));
  frame->captured = captured;
  frame->length = nt_get32(p + 16, swapped);
  frame->link_type = face->link_type;
  frame->fcs_length = face->fcs_length;
  frame->data = p + FIXED;
  file->frame_block = (nt_block){b->type, source->at, b->padded, swapped};
  source->at += b->padded;
  return NT_OK;
}

/* Simple packet blocks belong to the first interface and have no time: it reads as 0. */
static nt_status read_simple(nt_pcapng_file *file, nt_source *source, block *b, nt_frame *frame,
                             nt_error *err) {
  enum { FIXED = 4 };
  if (file->count == 0) return no_interface(file, 0, err);
  const nt_pcapng_interface *face = &file->interfaces[0];
  nt_status status =
      take_block(file, source, b, FIXED, BLOCK_OVERHEAD + FIXED + face->max_captured + 3, err);
  if (status != NT_OK) return status;
  uint32_t length = nt_get32(b->body, file->swapped), captured = length;
  if (face->snaplen && captured > face->snaplen) captured = face->snaplen;
  if (captured > b->length - BLOCK_OVERHEAD - FIXED)
    return nt_fail(err, NT_E_INPUT, "frame claims %u bytes, its block holds %u", captured,
                   b->length - BLOCK_OVERHEAD - FIXED);
  *frame = (nt_frame){.length = length,
                      .captured = captured,
                      .link_type = face->link_type,
                      .fcs_length = face->fcs_length,
                      .data = b->body + FIXED};
  file->untimed = 1;
  file->frame_block = (nt_block){b->type, source->at, b->padded, file->swapped};
  source->at += b->padded;
  return NT_OK;
}

/* Names and secrets are only shown. */
static nt_status read_shown(const nt_pcapng_file *file, nt_source *source, block *b,
                            nt_error *err) {
  nt_status status = take_block(file, source, b, 0, MAX_SHOWN, err);
  if (status != NT_OK) return status;
  show_block(file, source, b);
  source->at += b->padded;
  return NT_OK;
}

nt_status nt_pcapng_open(nt_pcapng_file *file, nt_source *source, nt_error *err) {
  block b = {.type = NT_BLOCK_SECTION};
  return read_section(file, source, &b, err);
}

nt_status nt_pcapng_next(nt_pcapng_file *file, nt_source *source, nt_frame *frame, int *got,
                         nt_error *err) {
  *got = file->untimed = 0;
  for (;;) {
    file->block_offset = nt_source_offset(source);
    size_t have = nt_source_have(source, BLOCK_HEADER);
    if (have < BLOCK_HEADER) {
      if (have == 0 && source->fault.status == NT_OK) return NT_OK;
      return nt_cut_off(source, "a block header", BLOCK_HEADER, err);
    }
    block b = {.type = nt_get32(source->at, file->swapped),
               .length = nt_get32(source->at + 4, file->swapped)};
    b.padded = (b.length & 3) ? (b.length | 3) + 1 : b.length;
    nt_status status;
    switch (b.type) {
    case NT_BLOCK_SECTION:
      status = read_section(file, source, &b, err);
      break;
    case NT_BLOCK_INTERFACE:
      status = read_interface(file, source, &b, err);
      break;
    case NT_BLOCK_PACKET:
    case NT_BLOCK_OLD_PACKET:
      *got = 1;
      status = read_packet(file, source, &b, frame, err);
      break;
    case NT_BLOCK_SIMPLE_PACKET:
      *got = 1;
      status = read_simple(file, source, &b, frame, err);
      break;
    case NT_BLOCK_NAMES:
    case NT_BLOCK_SECRETS:
      status = file->watch ? read_shown(file, source, &b, err) : skip_block(file, source, &b, err);
      break;
    default:
      status = skip_block(file, source, &b, err);
    }
    if (status != NT_OK) *got = 0;
    if (status != NT_OK || *got) return status;
  }
}
