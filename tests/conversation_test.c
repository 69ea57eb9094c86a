/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reassembly of TCP streams from segments in every disorder. */
#include "bytes.h"
#include "check.h"
#include "dissect/conversation.h"

enum { SYN = 2, ACK = 0x10, CLIENT = 0, SERVER = 1 };

typedef struct segment {
  int side;
  uint32_t sequence, acknowledged;
  int flags;
  const char *data;
} segment;

typedef struct heard {
  char text[2][4096]; /* what each side sent, a gap of n bytes as [n] */
  size_t used[2];
  nt_dissector *dissector;
  nt_conversation *conversation;
  uint64_t number;
} heard;

static nt_status hear(void *context, const nt_piece *piece, nt_error *err) {
  heard *h = context;
  if (h->used[piece->side] + 64 > sizeof h->text[0]) return NT_OK; /* the text is full */
  char *to = h->text[piece->side] + h->used[piece->side];
  size_t room = sizeof h->text[0] - h->used[piece->side];
  (void)err;
  int n = piece->bytes ? snprintf(to, room, "%.*s", (int)piece->size, (const char *)piece->bytes)
                       : snprintf(to, room, "[%llu]", (unsigned long long)piece->size);
  h->used[piece->side] += (size_t)n;
  return NT_OK;
}

static void say(heard *h, const segment *s, uint32_t cut) {
  bytes b = {0};
  nt_error err;
  nt_dissection d;
  size_t size = strlen(s->data);
  bytes_add(&b, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0\x45\0", 16);
  bytes_number(&b, 40 + size, 2, 1);
  bytes_add(&b, "\0\7\0\0\x40\x06\0\0", 8);
  bytes_number(&b, s->side == CLIENT ? 0x0a000001 : 0x0a000002, 4, 1);
  bytes_number(&b, s->side == CLIENT ? 0x0a000002 : 0x0a000001, 4, 1);
  bytes_number(&b, s->side == CLIENT ? 0x9c400050 : 0x00509c40, 4, 1);
  bytes_number(&b, s->sequence, 4, 1);
  bytes_number(&b, s->acknowledged, 4, 1);
  bytes_number(&b, 0x5000 | (uint32_t)s->flags, 2, 1);
  bytes_zero(&b, 6);
  bytes_text(&b, s->data);
  nt_frame frame = {.link_type = 1,
                    .length = (uint32_t)b.count,
                    .captured = (uint32_t)b.count - cut,
                    .data = b.data};
  CHECK_OK(nt_dissect(h->dissector, &frame, &d, &err), err);
  if (!h->conversation) {
    nt_flow_key key = nt_flow_key_of(&d.flow);
    h->conversation = nt_conversation_new(&key, &(nt_piece_taker){hear, h}, &err);
  }
  CHECK_OK(nt_conversation_add(h->conversation, &d, ++h->number, &err), err);
  bytes_free(&b);
}

static nt_conversation_counts end(heard *h) {
  nt_error err;
  CHECK_OK(nt_conversation_end(h->conversation, &err), err);
  nt_conversation_counts counts = *nt_conversation_counts_of(h->conversation);
  nt_conversation_free(h->conversation);
  nt_dissector_free(h->dissector);
  return counts;
}

static heard begin(void) {
  nt_error err;
  return (heard){.dissector = nt_dissector_new(&err)};
}

static nt_conversation_counts say_all(const segment *segments, size_t count, const char *client,
                                      const char *server) {
  heard *h = malloc(sizeof *h);
  *h = begin();
  for (size_t i = 0; i < count; i++) say(h, &segments[i], 0);
  nt_conversation_counts counts = end(h);
  CU_ASSERT_STRING_EQUAL(h->text[CLIENT], client);
  CU_ASSERT_STRING_EQUAL(h->text[SERVER], server);
  free(h);
  return counts;
}
#define SAY(segments, client, server)                                                              \
  say_all(segments, sizeof(segments) / sizeof *(segments), client, server)

static void in_order_and_wrapped(void) {
  static const segment said[] = {
      {CLIENT, 0xfffffffe, 0, SYN, ""},
      {SERVER, 99, 0xffffffff, SYN | ACK, ""},
      {CLIENT, 0xffffffff, 100, ACK, "GET "}, /* the sequence number wraps at 2^32 */
      {CLIENT, 3, 100, ACK, "/"},
      {SERVER, 100, 4, ACK, "200"},
  };
  nt_conversation_counts c = SAY(said, "GET /", "200");
  CU_ASSERT(c.packets[CLIENT] == 3 && c.packets[SERVER] == 2);
  CU_ASSERT(c.bytes[CLIENT] == 5 && c.missing[CLIENT] == 0 && c.again[CLIENT] == 0);
}

static void out_of_order_and_again(void) {
  static const segment said[] = {
      {CLIENT, 1, 0, SYN, ""},       {CLIENT, 8, 0, ACK, "world"}, {CLIENT, 2, 0, ACK, "hel"},
      {CLIENT, 2, 0, ACK, "hello "}, /* of retransmitted bytes the first copy counts */
      {CLIENT, 4, 0, ACK, "LLO "},
  };
  nt_conversation_counts c = SAY(said, "hello world", "");
  CU_ASSERT(c.again[CLIENT] == 3 + 4 && c.gaps[CLIENT] == 0);
}

/* Bytes that the receiver acknowledges have arrived, so the capture lost them. */
static void gap_that_is_acknowledged(void) {
  static const segment said[] = {
      {CLIENT, 1, 0, SYN, ""},        {CLIENT, 2, 0, ACK, "one"},  {CLIENT, 10, 0, ACK, "three"},
      {SERVER, 500, 15, ACK, "well"}, {CLIENT, 15, 504, ACK, "!"},
  };
  nt_conversation_counts c = SAY(said, "one[5]three!", "well");
  CU_ASSERT(c.missing[CLIENT] == 5 && c.gaps[CLIENT] == 1);
}

static void gap_at_the_end(void) {
  static const segment said[] = {{CLIENT, 1, 0, SYN, ""},
                                 {CLIENT, 2, 0, ACK, "a"},
                                 {CLIENT, 9, 0, ACK, "c"},
                                 {CLIENT, 5, 0, ACK, "b"}};
  SAY(said, "a[2]b[3]c", "");
}

static void new_connection_on_the_same_ports(void) {
  static const segment said[] = {{CLIENT, 1, 0, SYN, ""},
                                 {CLIENT, 2, 0, ACK, "first"},
                                 {CLIENT, 1, 0, SYN, ""}, /* a repeated SYN begins nothing */
                                 {CLIENT, 90000, 0, SYN, ""},
                                 {CLIENT, 90001, 0, ACK, "second"}};
  SAY(said, "firstsecond", "");
}

static void cut_segments(void) {
  heard h = begin();
  say(&h, &(segment){CLIENT, 1, 0, ACK, "abcdef"}, 2);
  say(&h, &(segment){CLIENT, 7, 0, ACK, "g"}, 0);
  nt_conversation_counts c = end(&h);
  CU_ASSERT_STRING_EQUAL(h.text[CLIENT], "abcd[2]g");
  CU_ASSERT(c.bytes[CLIENT] == 5 && c.missing[CLIENT] == 2);
}

/* Segments whose predecessors never come: memory stays within its bound, and
 * what is given up is reported. */
static void bounded(void) {
  heard h = begin();
  say(&h, &(segment){CLIENT, 0, 0, SYN, ""}, 0);
  for (uint32_t i = 0; i < 3 * NT_WAITING_SEGMENTS; i++)
    say(&h, &(segment){CLIENT, 10 + 20 * i, 0, ACK, ""}, 0);
  for (uint32_t i = 0; i < NT_WAITING_SEGMENTS + 3; i++)
    say(&h, &(segment){CLIENT, 10 + 4 * i, 0, ACK, "x"}, 0);
  nt_conversation_counts before = *nt_conversation_counts_of(h.conversation);
  CU_ASSERT(before.gaps[CLIENT] >= 3);
  nt_conversation_counts c = end(&h);
  CU_ASSERT_EQUAL(c.bytes[CLIENT], NT_WAITING_SEGMENTS + 3);
  CU_ASSERT_EQUAL(c.gaps[CLIENT], NT_WAITING_SEGMENTS + 3);
  CU_ASSERT_EQUAL(c.missing[CLIENT], 9 + 3 * (NT_WAITING_SEGMENTS + 2));
}

static const check_case cases[] = {
    {"in order, and across 2^32", in_order_and_wrapped},
    {"out of order, and again", out_of_order_and_again},
    {"a gap that is acknowledged", gap_that_is_acknowledged},
    {"a gap at the end", gap_at_the_end},
    {"a new connection on the same ports", new_connection_on_the_same_ports},
    {"segments cut short", cut_segments},
    {"bounded", bounded},
};
CHECK_MAIN("conversation", cases)
