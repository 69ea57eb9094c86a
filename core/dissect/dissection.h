/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A packet as a tree of layers: which protocols, where each header stands, its fields; the flow that
 * the packet belongs to, its payload, and the protocol above layer 4 where nDPI knows it.
 *
 *     nt_dissector *dissector = nt_dissector_new(&err);
 *     while (... nt_capture_next_frame(capture, &frame, &got, &err) == NT_OK && got) {
 *       nt_dissect(dissector, &frame, &dissection, &err);     dissection.chain: "Ethernet:IPv4:UDP:DNS"
 *     }
 *
 * Link layers and headers are those that the decoder of packet records enters, with its bounds:
 * nothing is decoded here that it does not decode. A dissector sees all frames of a capture in
 * order, for it puts fragments together and follows flows.
 *
 * Memory: NT_DECODER_MAX_BYTES of fragments, and NT_FLOWS flows, the oldest of which is forgotten.
 */
#ifndef NT_DISSECTION_H
#define NT_DISSECTION_H

#include <stdio.h>

#include "community_id.h"
#include "protocols.h"

enum { NT_CHAIN = 512, NT_NO_PARENT = -1 };

typedef struct nt_dissected {
  const nt_protocol_row *protocol;
  const nt_trail_step *step; /* its bytes, as far as they are captured, with all that it carries */
  int parent;                /* index of the layer that carries it; NT_NO_PARENT: none */
  bool in_frame;             /* false: in a datagram put together of fragments, or inflated */
  uint32_t offset;           /* from the frame's first byte, or from that datagram's */
  uint32_t header;           /* bytes of the header that are captured */
} nt_dissected;

typedef struct nt_dissection {
  nt_frame frame;
  nt_packet packet; /* the packet record, as nt_capture_read gives it */
  nt_trail trail;
  nt_dissected layer[NT_TRAIL_STEPS];
  uint32_t layers;
  nt_tuple flow; /* of the innermost IP header that no error message quotes; version 0: none */
  const uint8_t *payload; /* behind the header of the flow's transport, or NULL */
  uint32_t payload_captured, payload_length; /* bytes of it here, and on the wire */
  const nt_trail_step *transport;            /* the flow's TCP, UDP, ... layer, or NULL */
  const char *application;                   /* "DNS"; NULL: not known */
  const char *service;                       /* "Google", or NULL */
  char chain[NT_CHAIN];                      /* "Ethernet:IPv4:UDP:DNS"; ends in "..." where cut */
} nt_dissection;

typedef struct nt_dissector nt_dissector;

/* NULL: out of memory. */
nt_dissector *nt_dissector_new(nt_error *err);
void nt_dissector_free(nt_dissector *dissector);

/* Fails with NT_E_MEMORY alone. What the dissection points to stays until the next frame is
 * dissected, and as long as the frame's bytes do. O(headers). */
nt_status nt_dissect(nt_dissector *dissector, const nt_frame *frame, nt_dissection *dissection,
                     nt_error *err);

/* "nDPI 4.2.0", or NULL where the library was built without it. */
const char *nt_dissector_classifier(void);

/* ---------------------------------------------------------------- as text */

enum { NT_FIELD_TEXT = 64 };

/* A field's value in at most NT_FIELD_TEXT bytes: "10.0.0.1", "0x0800", "17"; of bytes their
 * hexadecimal digits, ".." where there are more. */
void nt_field_text(const nt_field *field, char *text);

/* One JSON object, without a newline: number, times, lengths, chain, flow, layers as a tree. `number`
 * counts packets from 1. Nothing of a packet gets into it unescaped. */
void nt_dissection_json(const nt_dissection *dissection, uint64_t number, FILE *to);

/* Lines for people: a head, the layers with their fields. */
void nt_dissection_text(const nt_dissection *dissection, uint64_t number, FILE *to);
/* The head alone. */
void nt_dissection_brief(const nt_dissection *dissection, uint64_t number, FILE *to);

/* Lines of 16 bytes: offset from `first`, hexadecimal digits, text. Each after `indent` blanks. */
void nt_hexdump(const uint8_t *bytes, size_t count, uint64_t first, int indent, FILE *to);

#endif
