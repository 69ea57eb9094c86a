/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversation.h"

#include <stdlib.h>
#include <string.h>

enum { SYN = 0x02, RST = 0x04, ACK = 0x10 };

typedef struct segment {
  uint32_t sequence, length, captured;
  uint64_t packet;
  uint8_t *bytes;
} segment;

typedef struct half {
  bool begun;
  uint32_t next;    /* sequence number that is expected */
  segment *waiting; /* in the order of their sequence numbers, none before `next` */
  uint32_t count, room;
  size_t bytes;
} half;

struct nt_conversation {
  nt_flow_key key;
  nt_tuple first;
  bool any;
  nt_piece_taker taker;
  half side[2];
  nt_conversation_counts counts;
};

nt_conversation *nt_conversation_new(const nt_flow_key *flow, const nt_piece_taker *taker,
                                     nt_error *err) {
  nt_conversation *c = calloc(1, sizeof *c);
  if (!c) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a conversation");
    return NULL;
  }
  c->key = *flow;
  c->taker = *taker;
  return c;
}

void nt_conversation_free(nt_conversation *c) {
  if (!c) return;
  for (int i = 0; i < 2; i++) {
    for (uint32_t k = 0; k < c->side[i].count; k++) free(c->side[i].waiting[k].bytes);
    free(c->side[i].waiting);
  }
  free(c);
}

const nt_conversation_counts *nt_conversation_counts_of(const nt_conversation *c) {
  return &c->counts;
}

bool nt_conversation_flow(const nt_conversation *c, nt_tuple *flow) {
  *flow = c->first;
  return c->any;
}

/* ---------------------------------------------------------------- handing on */

static nt_status hand_on(nt_conversation *c, int which, uint64_t packet, const uint8_t *bytes,
                         uint64_t size, nt_error *err) {
  nt_piece piece = {which, packet, bytes, size};
  if (size == 0) return NT_OK;
  if (bytes) {
    c->counts.bytes[which] += size;
  } else {
    c->counts.missing[which] += size;
    c->counts.gaps[which]++;
  }
  return c->taker.take(c->taker.context, &piece, err);
}

/* What was captured of some bytes, and the rest as a gap. */
static nt_status hand_on_cut(nt_conversation *c, int which, uint64_t packet, const uint8_t *bytes,
                             uint32_t captured, uint32_t length, nt_error *err) {
  nt_status status = hand_on(c, which, packet, bytes, captured, err);
  if (status != NT_OK || captured >= length) return status;
  return hand_on(c, which, packet, NULL, length - captured, err);
}

static int32_t distance(uint32_t from, uint32_t to) { /* RFC 9293: modulo 2^32 */
  return (int32_t)(to - from);
}

/* A segment that begins at `next` or before it. */
static nt_status deliver(nt_conversation *c, int which, const segment *s, nt_error *err) {
  half *side = &c->side[which];
  uint32_t old = (uint32_t)distance(s->sequence, side->next);
  if (old >= s->length) {
    c->counts.again[which] += s->length;
    return NT_OK;
  }
  c->counts.again[which] += old;
  uint32_t captured = s->captured > old ? s->captured - old : 0;
  side->next = s->sequence + s->length;
  return hand_on_cut(c, which, s->packet, s->bytes + (captured ? old : 0), captured,
                     s->length - old, err);
}

static void drop_first(half *side) {
  segment *s = &side->waiting[0];
  side->bytes -= s->captured;
  free(s->bytes);
  side->count--;
  memmove(s, s + 1, side->count * sizeof *s);
}

/* Hands on the segments whose turn it is. */
static nt_status drain(nt_conversation *c, int which, nt_error *err) {
  half *side = &c->side[which];
  while (side->count && distance(side->next, side->waiting[0].sequence) <= 0) {
    nt_status status = deliver(c, which, &side->waiting[0], err);
    drop_first(side);
    if (status != NT_OK) return status;
  }
  return NT_OK;
}

/* Gives up what is missing before the first segment that waits. */
static nt_status skip_gap(nt_conversation *c, int which, nt_error *err) {
  half *side = &c->side[which];
  const segment *s = &side->waiting[0];
  uint32_t missing = s->sequence - side->next;
  uint64_t packet = s->packet;
  side->next = s->sequence;
  nt_status status = hand_on(c, which, packet, NULL, missing, err);
  return status == NT_OK ? drain(c, which, err) : status;
}

static nt_status skip_gaps(nt_conversation *c, int which, nt_error *err) {
  nt_status status = NT_OK;
  while (status == NT_OK && c->side[which].count) status = skip_gap(c, which, err);
  return status;
}

/* ---------------------------------------------------------------- waiting */

static uint32_t place_of(const half *side, uint32_t sequence) {
  uint32_t low = 0, high = side->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (distance(side->next, side->waiting[middle].sequence) <= distance(side->next, sequence))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static nt_status wait_for_turn(nt_conversation *c, int which, const segment *s, nt_error *err) {
  half *side = &c->side[which];
  if (side->count == side->room) {
    uint32_t room = side->room ? 2 * side->room : 16;
    segment *grown = realloc(side->waiting, room * sizeof *grown);
    if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory for segments that wait");
    side->waiting = grown;
    side->room = room;
  }
  segment kept = *s;
  kept.bytes = malloc(s->captured ? s->captured : 1);
  if (!kept.bytes) return nt_fail(err, NT_E_MEMORY, "out of memory for segments that wait");
  if (s->captured) memcpy(kept.bytes, s->bytes, s->captured);
  uint32_t at = place_of(side, s->sequence);
  memmove(side->waiting + at + 1, side->waiting + at, (side->count - at) * sizeof kept);
  side->waiting[at] = kept;
  side->count++;
  side->bytes += s->captured;
  while (side->bytes > NT_WAITING_BYTES || side->count >= NT_WAITING_SEGMENTS) {
    nt_status status = skip_gap(c, which, err);
    if (status != NT_OK) return status;
  }
  return NT_OK;
}

/* ---------------------------------------------------------------- TCP */

static uint32_t be32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* What the other side acknowledges it has: a gap before it is one of the capture. */
static nt_status acknowledge(nt_conversation *c, int which, uint32_t number, nt_error *err) {
  half *side = &c->side[which];
  nt_status status = NT_OK;
  while (status == NT_OK && side->count && distance(side->waiting[0].sequence, number) > 0)
    status = skip_gap(c, which, err);
  return status;
}

/* A SYN begins the side anew, unless it is the one that came before. */
static nt_status synchronise(nt_conversation *c, int which, uint32_t next, nt_error *err) {
  half *side = &c->side[which];
  if (side->begun && side->next == next) return NT_OK;
  nt_status status = skip_gaps(c, which, err);
  side->begun = true;
  side->next = next;
  return status;
}

static nt_status add_tcp(nt_conversation *c, int which, const nt_dissection *packet,
                         uint64_t number, nt_error *err) {
  const uint8_t *p = packet->transport->data;
  if (packet->transport->captured < 20) return NT_OK;
  uint8_t flags = p[13];
  segment s = {.sequence = be32(p + 4),
               .length = packet->payload_length,
               .captured = packet->payload_captured,
               .packet = number,
               .bytes = (uint8_t *)packet->payload}; /* only read */
  nt_status status = NT_OK;
  if (flags & ACK) status = acknowledge(c, !which, be32(p + 8), err);
  if (flags & SYN) {
    s.sequence++;
    if (status == NT_OK) status = synchronise(c, which, s.sequence, err);
  }
  if (status != NT_OK || flags & RST || s.length == 0) return status;
  half *side = &c->side[which];
  if (!side->begun) {
    side->begun = true;
    side->next = s.sequence;
  }
  if (distance(side->next, s.sequence) > 0) return wait_for_turn(c, which, &s, err);
  status = deliver(c, which, &s, err);
  return status == NT_OK ? drain(c, which, err) : status;
}

/* ---------------------------------------------------------------- */

static int side_of(nt_conversation *c, const nt_tuple *flow) {
  if (!c->any) {
    c->any = true;
    c->first = *flow;
  }
  if (memcmp(flow->src, c->first.src, sizeof flow->src) != 0) return 1;
  bool icmp = flow->protocol == 1 || flow->protocol == 58;
  return !icmp && flow->src_port != c->first.src_port;
}

nt_status nt_conversation_add(nt_conversation *c, const nt_dissection *packet, uint64_t number,
                              nt_error *err) {
  if (!packet->flow.version) return NT_OK;
  nt_flow_key key = nt_flow_key_of(&packet->flow);
  if (memcmp(&key, &c->key, sizeof key) != 0) return NT_OK;
  int which = side_of(c, &packet->flow);
  c->counts.packets[which]++;
  if (!packet->transport) return NT_OK;
  if (packet->transport->stop == NT_STOP_TCP) return add_tcp(c, which, packet, number, err);
  return hand_on_cut(c, which, number, packet->payload, packet->payload_captured,
                     packet->payload_length, err);
}

nt_status nt_conversation_end(nt_conversation *c, nt_error *err) {
  nt_status status = skip_gaps(c, 0, err);
  return status == NT_OK ? skip_gaps(c, 1, err) : status;
}
