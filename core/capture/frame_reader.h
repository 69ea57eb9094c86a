/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Readers of frames, one for each file format. Neither knows the file's name or counts packets:
 * capture.c does, and puts both in front of their error texts.
 *
 * Where a `next` fails, NT_E_INPUT is damage of the file; what came before it stands. The place is
 * the source's offset for pcap, block_offset for pcapng.
 */
#ifndef NT_FRAME_READER_H
#define NT_FRAME_READER_H

#include <string.h>

#include <ninetails/packet.h>

#include "blocks.h"
#include "source.h"

/* ---------------------------------------------------------------- pcap */

typedef struct nt_pcap_file {
  int swapped;           /* byte order is not this machine's */
  int nanoseconds;       /* the fraction of a second is in ns, else in us */
  int lengths;           /* which length comes first: see pcap_file.c */
  uint32_t header;       /* bytes of a record's header */
  uint32_t padding;      /* bytes between header and frame that both lengths count */
  uint32_t max_captured; /* of a frame of this link type */
  uint32_t link_type, fcs_length;
} nt_pcap_file;

int nt_pcap_is(const uint8_t *bytes, size_t count);
nt_status nt_pcap_open(nt_pcap_file *file, nt_source *source, nt_error *err);
nt_status nt_pcap_next(nt_pcap_file *file, nt_source *source, nt_frame *frame, int *got,
                       nt_error *err);

/* ---------------------------------------------------------------- pcapng */

typedef struct nt_pcapng_interface nt_pcapng_interface;

typedef struct nt_pcapng_file {
  int swapped;                     /* of the section that is being read */
  int untimed;                     /* the last frame has no time stamp */
  uint64_t block_offset;           /* of the block that was read last */
  nt_pcapng_interface *interfaces; /* of the section */
  size_t count, capacity;
  nt_block frame_block; /* of the last frame; its bytes stay until the next */
  uint8_t *section;     /* the section header, as it lies in the file */
  uint32_t section_size;
  const nt_block_watch *watch; /* or NULL */
  char remark[128];            /* what was ignored, the first time; "": nothing */
} nt_pcapng_file;

int nt_pcapng_is(const uint8_t *bytes, size_t count);
nt_status nt_pcapng_open(nt_pcapng_file *file, nt_source *source, nt_error *err);
nt_status nt_pcapng_next(nt_pcapng_file *file, nt_source *source, nt_frame *frame, int *got,
                         nt_error *err);
/* Shows it the section that is open. */
void nt_pcapng_watch(nt_pcapng_file *file, const nt_block_watch *watch);
void nt_pcapng_done(nt_pcapng_file *file);

/* ---------------------------------------------------------------- what both need */

static inline uint16_t nt_get16(const uint8_t *p, int swapped) {
  uint16_t v;
  memcpy(&v, p, sizeof v);
  return swapped ? __builtin_bswap16(v) : v;
}

static inline uint32_t nt_get32(const uint8_t *p, int swapped) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return swapped ? __builtin_bswap32(v) : v;
}

/* The longest frame that a file may hold, by its link type (Wireshark's bounds): 128 MiB for D-Bus
 * and USB, 8 MiB for Elektrobit, 256 KiB for all others. */
static inline uint32_t nt_max_captured(uint32_t link_type) {
  switch (link_type) {
  case 186:
  case 189:
  case 220:
  case 249:
  case 266: /* USB */
  case 231: /* D-Bus */
    return UINT32_C(128) << 20;
  case 279: /* Elektrobit high-speed capture and replay */
    return UINT32_C(8) << 20;
  default:
    return UINT32_C(256) << 10;
  }
}

/* Fails with the source's own fault, or else says how much of `what` the file still holds. */
nt_status nt_cut_off(const nt_source *source, const char *what, uint64_t needed, nt_error *err);

#endif
