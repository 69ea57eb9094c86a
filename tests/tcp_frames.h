/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Captures of small Ethernet frames: TCP, UDP and ICMP over IPv4, and ARP. */
#ifndef NT_TCP_FRAMES_H
#define NT_TCP_FRAMES_H

#include "bytes.h"

enum { FRAME_ICMP = 1, FRAME_TCP = 6, FRAME_UDP = 17, FRAME_ARP = 0x806 };

/* Between 10.0.0.source and 10.0.0.destination; time in microseconds since the epoch. */
typedef struct frame_of {
  int64_t time;
  int kind; /* FRAME_* */
  uint8_t source, destination;
  uint16_t source_port, destination_port;
} frame_of;

static inline void frame_address(bytes *b, uint8_t host) {
  bytes_number(b, 0x0a000000u + host, 4, 1);
}

static inline void frame_ip(bytes *b, const frame_of *f) {
  bytes_number(b, 0x45000028, 4, 1); /* 40 bytes in all */
  bytes_number(b, 0x00004000, 4, 1);
  bytes_number(b, 0x40000000u | (uint32_t)f->kind << 16, 4, 1);
  frame_address(b, f->source);
  frame_address(b, f->destination);
  if (f->kind == FRAME_ICMP) bytes_number(b, 0x08000000, 4, 1);
  if (f->kind != FRAME_ICMP) {
    bytes_number(b, f->source_port, 2, 1);
    bytes_number(b, f->destination_port, 2, 1);
  }
  bytes_zero(b, 8);
  bytes_number(b, f->kind == FRAME_TCP ? 0x50100400 : 0, 4, 1);
  bytes_zero(b, 4);
}

static inline void frame_arp(bytes *b, const frame_of *f) {
  bytes_number(b, 0x0001080006040001, 8, 1);
  bytes_number(b, f->source, 6, 1);
  frame_address(b, f->source);
  bytes_zero(b, 6);
  frame_address(b, f->destination);
}

static inline void frame_add(bytes *b, const frame_of *f) {
  bytes frame = {0};
  bytes_number(&frame, f->destination, 6, 1);
  bytes_number(&frame, f->source, 6, 1);
  bytes_number(&frame, f->kind == FRAME_ARP ? FRAME_ARP : 0x800, 2, 1);
  if (f->kind == FRAME_ARP)
    frame_arp(&frame, f);
  else
    frame_ip(&frame, f);
  bytes_number(b, (uint64_t)(f->time / 1000000), 4, 0);
  bytes_number(b, (uint64_t)(f->time % 1000000), 4, 0);
  bytes_number(b, frame.count, 4, 0);
  bytes_number(b, frame.count, 4, 0);
  bytes_add(b, frame.data, frame.count);
  bytes_free(&frame);
}

/* A pcap file of these frames. */
static inline file frames_file(const frame_of *frames, size_t count) {
  bytes b = {0};
  pcap_header(&b, MICROSECONDS, 0, 2, 4, 1);
  for (size_t i = 0; i < count; i++) frame_add(&b, &frames[i]);
  file f = file_of(b.data, b.count);
  bytes_free(&b);
  return f;
}

#endif
