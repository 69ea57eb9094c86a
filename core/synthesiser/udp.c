/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UDP exchanges: a request to a server, a group or a broadcast address, and the answers of one or
 * more hosts to the port it came from. DNS, multicast DNS, NTP, SSDP search and announcement,
 * discovery.
 */
#include <stddef.h>
#include <string.h>

#include "behaviours.h"
#include "dns.h"
#include "engine.h"
#include "text.h"

enum { ASK_TEXT, ASK_RANDOM, ASK_DNS, ASK_NTP, ASK_MDNS, ASK_MDNS_ANNOUNCE };
static const char *const protocol_names[] = {"text", "random",        "dns", "ntp",
                                             "mdns", "mdns_announce", NULL};

typedef struct udp {
  nt_activity base;
  int protocol;
  int64_t port, client_port; /* client_port 0: ephemeral */
  bool ip6, answered;
  nt_text_list text, reply, names;
  nt_law size, reply_size, reply_delay;
  nt_host_list responders;
  uint16_t open_port;
  uint32_t replies; /* that have been sent to the present request */
  bool asked;
  int64_t asked_at;
  nt_dns_question question;
} udp;

static const nt_parameter udp_parameters[] = {
    NT_CHOICE_ROW(udp, protocol, "protocol", protocol_names, "what the packets say"),
    NT_INTEGER_ROW(udp, port, "port", "1", NT_REQUIRED, 1, 65535, "of the server"),
    NT_INTEGER_ROW(udp, client_port, "client_port", "1", 0, 0, 65535,
                   "of the client; 0: an ephemeral one for each request"),
    NT_FLAG_ROW(udp, ip6, "ip6", 0, "over IPv6"),
    NT_FLAG_ROW(udp, answered, "answered", 0, "the server answers"),
    NT_TEXTS_ROW(udp, text, "text", 1, 1000,
                 "requests of protocol text, one of them drawn each time"),
    NT_TEXTS_ROW(udp, reply, "reply", 1, 1000, "answers of protocol text"),
    NT_TEXTS_ROW(udp, names, "names", 1, 1000,
                 "names that DNS asks for, services of multicast DNS"),
    NT_LAW_ROW(udp, size, "size", "bytes", 64, 1, NT_UDP_MAX,
               "payload of a request of protocol random"),
    NT_LAW_ROW(udp, reply_size, "reply_size", "bytes", 64, 1, NT_UDP_MAX,
               "payload of an answer of protocol random"),
    NT_LAW_ROW(udp, reply_delay, "reply_delay", "s", 0.0005, 0, 100,
               "from the request to its answer"),
    NT_HOSTS_ROW(udp, responders, "responders", 1, 1000, "hosts that answer a multicast request"),
};

static nt_status udp_prepare(nt_engine *e, nt_activity *a, nt_error *err) {
  udp *u = (udp *)a;
  (void)e;
  bool named = u->protocol == ASK_DNS || u->protocol >= ASK_MDNS;
  if (named != (u->names.count > 0))
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: names go with protocol dns and mdns", a->name);
  if ((u->protocol == ASK_TEXT) != (u->text.count > 0))
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: text goes with protocol text", a->name);
  for (size_t i = 0; i < u->names.count; i++)
    if (!nt_dns_name_ok(u->names.items[i]->text))
      return nt_fail(err, NT_E_ARGUMENT, "activity %s: %.80s is no domain name", a->name,
                     u->names.items[i]->text);
  if (u->answered && a->to->group)
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: to is a group: name its responders instead",
                   a->name);
  nt_status status = nt_text_check(&u->text, a->name, NT_UDP_MAX - 64, err);
  return status == NT_OK ? nt_text_check(&u->reply, a->name, NT_UDP_MAX - 64, err) : status;
}

static uint32_t random_payload(nt_engine *e, nt_chance *c, const nt_law *size, uint8_t *out) {
  uint32_t n = (uint32_t)nt_law_draw(size, c);
  memcpy(out, e->pool[0] + nt_chance_below(c, NT_POOL - NT_FRAME_MAX), n);
  return n;
}

static uint32_t text_payload(const nt_text_list *texts, const nt_host *client,
                             const nt_host *server, nt_chance *c, uint8_t *out) {
  nt_blanks blanks = {client, server, 0, 0, (uint32_t)nt_chance_next(c)};
  uint32_t which = nt_chance_below(c, (uint32_t)texts->count);
  return nt_text_expand(texts->items[which], &blanks, c, out, NT_UDP_MAX);
}

static uint32_t request(nt_engine *e, udp *u, uint8_t *out) {
  nt_chance *c = &u->base.chance;
  const char *name = NULL;
  if (u->names.count) name = u->names.items[nt_chance_below(c, (uint32_t)u->names.count)]->text;
  switch (u->protocol) {
  case ASK_TEXT:
    return text_payload(&u->text, u->base.from, u->base.to, c, out);
  case ASK_DNS:
    u->question =
        (nt_dns_question){(uint16_t)nt_chance_next(c), name, nt_chance_below(c, 4) ? 1 : 28};
    return nt_dns_ask(&u->question, out);
  case ASK_NTP:
    return nt_ntp_ask(e->epoch * 1000000000 + e->now, out);
  case ASK_MDNS:
    return nt_mdns_ask(name, out);
  case ASK_MDNS_ANNOUNCE:
    return nt_mdns_announce(name, u->base.from, 554, out);
  default:
    return random_payload(e, c, &u->size, out);
  }
}

static uint32_t answer(nt_engine *e, udp *u, const nt_host *responder, uint8_t *out) {
  nt_chance *c = &u->base.chance;
  if (u->reply.count) return text_payload(&u->reply, u->base.from, responder, c, out);
  int64_t epoch = e->epoch * 1000000000;
  if (u->protocol == ASK_DNS) return nt_dns_answer(&u->question, c, out);
  if (u->protocol == ASK_NTP) return nt_ntp_answer(epoch + u->asked_at, epoch + e->now, c, out);
  return random_payload(e, c, &u->reply_size, out);
}

static nt_host *responder_of(const udp *u, uint32_t i) {
  if (u->responders.count) return i < u->responders.count ? u->responders.items[i] : NULL;
  return u->answered && !i ? u->base.to : NULL;
}

static void send_request(nt_engine *e, udp *u) {
  nt_activity *a = &u->base;
  u->open_port = u->client_port ? (uint16_t)u->client_port : nt_host_take_port(a->from);
  u->asked_at = e->now;
  uint8_t *frame = nt_engine_frame(e);
  size_t length;
  if (u->ip6) {
    uint32_t n = request(e, u, frame + NT_UDP6_PAYLOAD);
    length = nt_frame_udp6(frame, a->from, u->open_port, a->to, (uint16_t)u->port, n);
  } else {
    uint32_t n = request(e, u, frame + NT_UDP_PAYLOAD);
    length = nt_frame_udp(frame, a->from, u->open_port, a->to, (uint16_t)u->port, n);
  }
  nt_engine_send(e, a, length);
}

static int64_t udp_step(nt_engine *e, nt_activity *a) {
  udp *u = (udp *)a;
  if (!u->asked) {
    send_request(e, u);
    u->replies = 0;
  } else {
    nt_host *responder = responder_of(u, u->replies++);
    uint8_t *frame = nt_engine_frame(e);
    uint32_t n = answer(e, u, responder, frame + NT_UDP_PAYLOAD);
    nt_engine_send(e, a,
                   nt_frame_udp(frame, responder, (uint16_t)u->port, a->from, u->open_port, n));
  }
  nt_host *next = responder_of(u, u->replies);
  u->asked = next != NULL;
  if (!next) return nt_engine_after_gap(e, a);
  return e->now + nt_host_turn(next, &a->chance) + nt_draw_ns(&u->reply_delay, &a->chance);
}

const nt_behaviour nt_behaviour_udp = {
    .name = "udp",
    .help = "a request and its answers",
    .size = sizeof(udp),
    .parameters = udp_parameters,
    .parameter_count = sizeof udp_parameters / sizeof *udp_parameters,
    .needs = NT_NEEDS_FROM | NT_NEEDS_TO,
    .prepare = udp_prepare,
    .step = udp_step,
};
