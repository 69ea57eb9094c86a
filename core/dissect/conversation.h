/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the two sides of a flow sent each other, in order: TCP put together (RFC 9293, section 3.4:
 * sequence numbers modulo 2^32), everything else packet by packet.
 *
 * Of bytes that come twice the first ones count. Bytes that are missing are a gap, as soon as the
 * other side has acknowledged what lies behind them, or too much waits behind them (NT_WAITING of
 * bytes or segments a side), or the capture ends. A connection that was open before the capture
 * began starts with its first segment there.
 *
 * Memory: what waits, at most NT_WAITING_BYTES and NT_WAITING_SEGMENTS a side.
 */
#ifndef NT_CONVERSATION_H
#define NT_CONVERSATION_H

#include "dissection.h"

enum { NT_WAITING_BYTES = 4 << 20, NT_WAITING_SEGMENTS = 8192 };

typedef struct nt_piece {
  int side;        /* 0: whoever sent the first packet; 1: the other */
  uint64_t packet; /* whose bytes they are, counted from 1; of a gap, the one behind it, 0: none */
  const uint8_t *bytes; /* NULL: a gap; valid during the call */
  uint64_t size;        /* bytes, at least 1 */
} nt_piece;

typedef struct nt_piece_taker {
  nt_status (*take)(void *context, const nt_piece *piece, nt_error *err);
  void *context;
} nt_piece_taker;

typedef struct nt_conversation_counts {
  uint64_t packets[2], bytes[2]; /* of each side: its packets; bytes handed on */
  uint64_t missing[2], gaps[2];  /* bytes in gaps, and how many gaps */
  uint64_t again[2];             /* bytes that came again */
} nt_conversation_counts;

typedef struct nt_conversation nt_conversation;

/* NULL: out of memory. */
nt_conversation *nt_conversation_new(const nt_flow_key *flow, const nt_piece_taker *taker,
                                     nt_error *err);
void nt_conversation_free(nt_conversation *conversation);

/* A packet of the capture, of any flow: others are not looked at. Fails with NT_E_MEMORY, or as the
 * taker does. */
nt_status nt_conversation_add(nt_conversation *conversation, const nt_dissection *packet,
                              uint64_t number, nt_error *err);
/* Hands on what waits. */
nt_status nt_conversation_end(nt_conversation *conversation, nt_error *err);

const nt_conversation_counts *nt_conversation_counts_of(const nt_conversation *conversation);
/* The flow as its first packet had it; false: there was none yet. */
bool nt_conversation_flow(const nt_conversation *conversation, nt_tuple *flow);

#endif
