/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tcp_session.h"

#include <string.h>

enum { SYN, SYN_ACK, FIRST_ACK, TALK, FIN, FIN_ACK, LAST_ACK, RESET, OVER };
enum { RECORD = 16384, RECORD_HEADER = 5 };
static const int64_t delayed_ack = 40000000, minimum_rto = 200000000;

/* ---------------------------------------------------------------- one segment */

static uint32_t clock_of(const nt_engine *e, const nt_host *host) {
  return host->clock + (uint32_t)(e->now / 1000000);
}

void nt_tcp_syn_options(nt_tcp_header *h, const nt_stack *stack, uint16_t mss, bool sack,
                        bool timestamps, bool scaled, uint32_t clock, uint32_t echo) {
  uint8_t *o = h->options;
  *o++ = 2;
  *o++ = 4;
  nt_put16(o, mss);
  o += 2;
  if (timestamps) { /* Linux: SACK permitted, timestamps */
    const uint8_t lead[4] = {sack ? 4 : 1, sack ? 2 : 1, 8, 10};
    memcpy(o, lead, 4);
    nt_put32(o + 4, clock);
    nt_put32(o + 8, echo);
    o += 12;
    if (scaled) {
      const uint8_t scale[4] = {1, 3, 3, (uint8_t)stack->scale};
      memcpy(o, scale, 4);
      o += 4;
    }
  } else { /* Windows: scale, SACK permitted */
    if (scaled) {
      const uint8_t scale[4] = {1, 3, 3, (uint8_t)stack->scale};
      memcpy(o, scale, 4);
      o += 4;
    }
    if (sack) {
      static const uint8_t permitted[4] = {1, 1, 4, 2};
      memcpy(o, permitted, 4);
      o += 4;
    }
  }
  h->option_length = (uint8_t)(o - h->options);
}

static void segment_options(nt_engine *e, const nt_tcp_session *s, int side, nt_tcp_header *h,
                            uint32_t sack_left, uint32_t sack_right) {
  const nt_tcp_side *self = &s->side[side];
  uint8_t *o = h->options;
  if (s->timestamps) {
    static const uint8_t lead[4] = {1, 1, 8, 10};
    memcpy(o, lead, 4);
    nt_put32(o + 4, clock_of(e, self->host));
    nt_put32(o + 8, self->echo);
    o += 12;
  }
  if (sack_left != sack_right) {
    static const uint8_t lead[4] = {1, 1, 5, 10};
    memcpy(o, lead, 4);
    nt_put32(o + 4, sack_left);
    nt_put32(o + 8, sack_right);
    o += 12;
  }
  h->option_length = (uint8_t)(o - h->options);
}

/* The advertised window grows from the stack's first value as the receiver's buffer is tuned to the
 * flow. */
static uint16_t advertised(const nt_tcp_session *s, int side) {
  const nt_stack *stack = s->side[side].host->stack;
  if (!s->scaled) return stack->window;
  uint32_t window = stack->steady + 8 * (s->side[side].heard / 16);
  return window > 4u * stack->steady ? (uint16_t)(4 * stack->steady) : (uint16_t)window;
}

static uint16_t take_id(nt_tcp_side *side) {
  return side->host->stack->per_flow_id ? side->id++ : side->host->next_id++;
}

static nt_tcp_header header_of(nt_tcp_session *s, int side, uint8_t flags, uint32_t seq,
                               uint32_t ack) {
  return (nt_tcp_header){.source = s->side[side].port,
                         .target = s->side[!side].port,
                         .seq = seq,
                         .ack = flags & NT_ACK ? ack : 0,
                         .flags = flags,
                         .window = advertised(s, side),
                         .id = take_id(&s->side[side])};
}

static void send_header(nt_engine *e, nt_activity *a, nt_tcp_session *s, int side,
                        const nt_tcp_header *h, size_t payload) {
  uint8_t *frame = nt_engine_frame(e);
  size_t length = nt_frame_tcp(frame, s->side[side].host, s->side[!side].host, h, payload);
  s->side[!side].echo = clock_of(e, s->side[side].host);
  nt_engine_send(e, a, length);
}

static void send_plain(nt_engine *e, nt_activity *a, nt_tcp_session *s, int side, uint8_t flags,
                       uint32_t ack) {
  nt_tcp_header h = header_of(s, side, flags, s->side[side].next, ack);
  segment_options(e, s, side, &h, 0, 0);
  send_header(e, a, s, side, &h, 0);
}

static void send_syn(nt_engine *e, nt_activity *a, nt_tcp_session *s, int side) {
  const nt_stack *stack = s->side[side].host->stack;
  bool answer = side == 1;
  nt_tcp_header h = header_of(s, side, answer ? NT_SYN | NT_ACK : NT_SYN, s->side[side].next,
                              s->side[!side].next);
  h.window = stack->window;
  nt_tcp_syn_options(&h, stack, 1460, answer ? s->sack : stack->sack,
                     answer ? s->timestamps : stack->timestamps,
                     answer ? s->scaled : stack->scale >= 0, clock_of(e, s->side[side].host),
                     answer ? s->side[side].echo : 0);
  send_header(e, a, s, side, &h, 0);
  s->side[side].next++;
}

/* Bytes [from, from + count) of a body; they can be asked for again, as retransmissions do. */
static void copy_body(const nt_engine *e, const nt_tcp_message *m, uint64_t from, uint32_t count,
                      uint8_t *out) {
  const uint8_t *pool = e->pool[m->fill == NT_BODY_TEXT];
  while (count) {
    uint32_t run, at = (uint32_t)((m->body_at + from) & (NT_POOL - 1));
    uint64_t in_record = from % (RECORD + RECORD_HEADER);
    if (m->fill == NT_BODY_TLS && in_record < RECORD_HEADER) {
      uint64_t rest = m->body - (from - in_record);
      uint32_t length = rest > RECORD + RECORD_HEADER ? RECORD : (uint32_t)(rest - RECORD_HEADER);
      const uint8_t record[RECORD_HEADER] = {23, 3, 3, (uint8_t)(length >> 8), (uint8_t)length};
      *out = record[in_record];
      run = 1;
    } else {
      run = NT_POOL - at;
      if (m->fill == NT_BODY_TLS && run > RECORD + RECORD_HEADER - in_record)
        run = (uint32_t)(RECORD + RECORD_HEADER - in_record);
      if (run > count) run = count;
      memcpy(out, pool + at, run);
    }
    out += run;
    from += run;
    count -= run;
  }
}

static void send_data(nt_engine *e, nt_activity *a, nt_tcp_session *s, uint32_t seq, uint64_t said,
                      uint32_t length) {
  const nt_tcp_message *m = &s->message;
  int side = m->sender;
  bool last = said + length == m->head + m->body;
  nt_tcp_header h = header_of(s, side, last ? NT_ACK | NT_PSH : NT_ACK, seq, s->side[!side].next);
  segment_options(e, s, side, &h, 0, 0);
  uint8_t *frame = nt_engine_frame(e), *out = frame + nt_tcp_payload_offset(&h);
  uint32_t from_head = said < m->head ? m->head - (uint32_t)said : 0;
  if (from_head > length) from_head = length;
  memcpy(out, s->head + (from_head ? said : 0), from_head);
  copy_body(e, m, said + from_head - m->head, length - from_head, out + from_head);
  size_t size = nt_frame_tcp(frame, s->side[side].host, s->side[!side].host, &h, length);
  s->side[!side].echo = clock_of(e, s->side[side].host);
  s->side[!side].heard += !s->lost; /* a steady window while ACKs are duplicates */
  nt_engine_send(e, a, size);
}

/* ---------------------------------------------------------------- acknowledgements */

static nt_tcp_pending *pending(nt_tcp_session *s, uint32_t i) {
  return &s->acks[(s->ack_first + i) % NT_TCP_ACKS];
}

/* An acknowledgement says all that those due at its time or later would have said. */
static void forget_from(nt_tcp_session *s, int64_t at, bool duplicates) {
  while (s->ack_count && pending(s, s->ack_count - 1)->at >= at &&
         (duplicates || !pending(s, s->ack_count - 1)->duplicate))
    s->ack_count--;
}

static void schedule_ack(nt_tcp_session *s, int side, int64_t at, uint32_t ack, bool duplicate) {
  forget_from(s, at, !duplicate);
  if (s->ack_count == NT_TCP_ACKS) s->ack_count--;
  if (s->ack_count && pending(s, s->ack_count - 1)->at >= at)
    at = pending(s, s->ack_count - 1)->at + 1;
  *pending(s, s->ack_count++) = (nt_tcp_pending){at, ack, (uint8_t)side, duplicate};
}

static void send_ack(nt_engine *e, nt_activity *a, nt_tcp_session *s) {
  nt_tcp_pending p = *pending(s, 0);
  s->ack_first = (s->ack_first + 1) % NT_TCP_ACKS;
  s->ack_count--;
  int sender = !p.side;
  bool holes = s->lost && p.ack == s->lost_seq && s->sack && p.duplicate;
  nt_tcp_header h = header_of(s, p.side, NT_ACK, s->side[p.side].next, p.ack);
  uint32_t left = s->lost_seq + s->lost_length;
  segment_options(e, s, p.side, &h, holes ? left : 0, holes ? s->side[sender].next : 0);
  send_header(e, a, s, p.side, &h, 0);
  if (sender != s->message.sender) return; /* the turn has changed since */
  int64_t back = nt_host_turn(s->side[sender].host, &a->chance);
  if (p.duplicate) {
    if (s->lost && p.ack == s->una && ++s->duplicates == 3) {
      s->retransmit_at = e->now + back;
      s->window = s->window > 4 ? s->window / 2 : 2;
    }
    s->una = p.ack;
    return;
  }
  bool was_full = s->side[sender].next - s->una >= s->window * s->mss;
  s->una = p.ack;
  if (s->window < s->max_window) s->window++;
  if (was_full && s->at < e->now + back) s->at = e->now + back;
}

/* ---------------------------------------------------------------- talking */

static uint64_t left_to_say(const nt_tcp_session *s) {
  return s->message.head + s->message.body - s->said;
}

/* The message is out and nothing of it is missing: who speaks next, or the end. */
static void turn_over(nt_engine *e, nt_activity *a, nt_tcp_session *s) {
  int hearer = !s->message.sender;
  int64_t heard = e->now + nt_host_turn(s->side[hearer].host, &a->chance);
  nt_tcp_message next = {0};
  bool more = s->next(e, a, s, &next);
  int speaker = more ? next.sender : s->end == NT_END_SERVER;
  int64_t think = more ? next.think : 100000;
  s->at = speaker == hearer ? heard + think : e->now + think;
  if (speaker == hearer) { /* its next segment acknowledges, if it comes soon enough */
    if (think < delayed_ack) forget_from(s, s->at, true);
    s->una = s->side[speaker].next;
    s->unacked = 0;
  }
  s->message = next;
  s->said = 0;
  if (more) return;
  s->state = s->end == NT_END_OPEN ? OVER : s->end == NT_END_RESET ? RESET : FIN;
}

static void lose(nt_engine *e, nt_tcp_session *s, uint32_t seq, uint64_t said, uint32_t length) {
  double round = 2 * (s->side[0].host->delay + s->side[1].host->delay);
  int64_t rto = nt_ns_of_seconds(3 * round);
  s->lost = true;
  s->lost_seq = seq;
  s->lost_said = said;
  s->lost_length = length;
  s->duplicates = 0;
  s->retransmit_at = e->now + (rto > minimum_rto ? rto : minimum_rto);
}

static void say(nt_engine *e, nt_activity *a, nt_tcp_session *s) {
  nt_tcp_side *self = &s->side[s->message.sender];
  nt_host *hearer = s->side[!s->message.sender].host;
  uint64_t rest = left_to_say(s), said = s->said;
  uint32_t length = rest < s->mss ? (uint32_t)rest : s->mss, seq = self->next;
  bool lose_it = !s->lost && s->loss > 0 && nt_chance_uniform(&a->chance) < s->loss;
  if (!lose_it) send_data(e, a, s, seq, said, length);
  self->next += length;
  s->said += length;
  s->at = e->now + nt_host_wire_time(self->host, length + 66) + nt_chance_below(&a->chance, 4000);
  if (lose_it) {
    lose(e, s, seq, said, length);
    return;
  }
  int64_t back = e->now + nt_host_turn(hearer, &a->chance);
  if (s->lost)
    schedule_ack(s, !s->message.sender, back, s->lost_seq, true);
  else if (++s->unacked >= 2) {
    schedule_ack(s, !s->message.sender, back, self->next, false);
    s->unacked = 0;
  } else
    schedule_ack(s, !s->message.sender, back + delayed_ack, self->next, false);
  if (left_to_say(s) == 0 && !s->lost) turn_over(e, a, s);
}

static void say_again(nt_engine *e, nt_activity *a, nt_tcp_session *s) {
  nt_host *hearer = s->side[!s->message.sender].host;
  send_data(e, a, s, s->lost_seq, s->lost_said, s->lost_length);
  s->lost = false;
  s->retransmit_at = NT_NEVER;
  int64_t back = e->now + nt_host_turn(hearer, &a->chance);
  schedule_ack(s, !s->message.sender, back, s->side[s->message.sender].next, false);
  s->unacked = 0;
  if (left_to_say(s) == 0) turn_over(e, a, s);
}

static bool may_say(const nt_tcp_session *s) {
  return left_to_say(s) && s->side[s->message.sender].next - s->una < s->window * s->mss;
}

static int64_t next_time(const nt_tcp_session *s) {
  bool waiting = s->state == OVER || (s->state == TALK && !may_say(s));
  int64_t time = waiting ? NT_NEVER : s->at;
  if (s->lost && s->retransmit_at < time) time = s->retransmit_at;
  if (s->ack_count && s->acks[s->ack_first].at < time) time = s->acks[s->ack_first].at;
  return time;
}

static void talk(nt_engine *e, nt_activity *a, nt_tcp_session *s) {
  if (s->lost && s->retransmit_at <= e->now)
    say_again(e, a, s);
  else
    say(e, a, s);
}

/* ---------------------------------------------------------------- begin and end */

void nt_tcp_open(nt_engine *e, nt_activity *a, nt_tcp_session *s, nt_host *client, nt_host *server,
                 uint16_t server_port, bool established, nt_tcp_next *next) {
  const nt_stack *c = client->stack, *v = server->stack;
  double loss = s->loss;
  nt_tcp_end end = s->end;
  uint32_t max_window = s->max_window;
  memset(s, 0, offsetof(nt_tcp_session, head));
  s->loss = loss;
  s->end = end;
  s->max_window = max_window;
  s->next = next;
  s->timestamps = c->timestamps && v->timestamps;
  s->sack = c->sack && v->sack;
  s->scaled = c->scale >= 0 && v->scale >= 0;
  s->mss = s->timestamps ? 1448 : 1460;
  s->window = max_window < 10 ? max_window : 10; /* RFC 6928 */
  s->retransmit_at = NT_NEVER;
  for (int i = 0; i < 2; i++)
    s->side[i] = (nt_tcp_side){.host = i ? server : client,
                               .port = i ? server_port : nt_host_take_port(client),
                               .id = (uint16_t)nt_chance_next(&a->chance),
                               .next = (uint32_t)nt_chance_next(&a->chance)};
  s->at = e->now;
  if (!established) return;
  s->side[0].echo = clock_of(e, server);
  s->side[1].echo = clock_of(e, client);
  s->una = s->side[0].next;
  s->message.sender = 1;
  s->state = TALK;
  turn_over(e, a, s);
}

int64_t nt_tcp_step(nt_engine *e, nt_activity *a, nt_tcp_session *s) {
  int closer = s->end == NT_END_SERVER;
  if (s->ack_count && s->acks[s->ack_first].at <= e->now) {
    send_ack(e, a, s);
    return next_time(s);
  }
  switch (s->state) {
  case SYN:
    send_syn(e, a, s, 0);
    s->at = e->now + nt_host_turn(s->side[1].host, &a->chance);
    s->state = SYN_ACK;
    break;
  case SYN_ACK:
    send_syn(e, a, s, 1);
    s->at = e->now + nt_host_turn(s->side[0].host, &a->chance);
    s->state = FIRST_ACK;
    break;
  case FIRST_ACK:
    send_plain(e, a, s, 0, NT_ACK, s->side[1].next);
    s->state = TALK;
    s->una = s->side[0].next;
    s->message = (nt_tcp_message){.sender = 0};
    turn_over(e, a, s);
    break;
  case TALK:
    talk(e, a, s);
    break;
  case FIN:
    send_plain(e, a, s, closer, NT_FIN | NT_ACK, s->side[!closer].next);
    s->side[closer].next++;
    s->ack_count = 0;
    s->at = e->now + nt_host_turn(s->side[!closer].host, &a->chance);
    s->state = FIN_ACK;
    break;
  case FIN_ACK:
    send_plain(e, a, s, !closer, NT_FIN | NT_ACK, s->side[closer].next);
    s->side[!closer].next++;
    s->at = e->now + nt_host_turn(s->side[closer].host, &a->chance);
    s->state = LAST_ACK;
    break;
  case LAST_ACK:
    send_plain(e, a, s, closer, NT_ACK, s->side[!closer].next);
    s->state = OVER;
    break;
  case RESET:
    send_plain(e, a, s, 0, NT_RST | NT_ACK, s->side[1].next);
    s->ack_count = 0;
    s->state = OVER;
    break;
  default:
    break;
  }
  return next_time(s);
}
