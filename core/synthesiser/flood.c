/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floods: SYNs without completion, and searches whose answers go to a third host. */
#include <stddef.h>
#include <string.h>

#include "behaviours.h"
#include "tcp_session.h"
#include "text.h"

/* ---------------------------------------------------------------- syn_flood */

/* As hping3 does it: source ports counting up, no options, a window of 512. The server answers
 * while its backlog has room: each half-open connection holds a place for a minute or so, hence
 * `answered`. */
typedef struct syn_flood {
  nt_activity base;
  int64_t port, window;
  bool spoofed; /* a fresh random source address each, behind `router`; else the attacker's own */
  nt_host *router;
  double answered; /* probability of a SYN-ACK */
  double reset;    /* probability that a RST meets the SYN-ACK: 1 unspoofed, sent by the kernel */
  int stage;
  uint16_t source;
  uint32_t sequence, answer;
  nt_host stranger;
} syn_flood;

static const nt_parameter syn_flood_parameters[] = {
    NT_INTEGER_ROW(syn_flood, port, "port", "1", 80, 1, 65535, "of the victim"),
    NT_INTEGER_ROW(syn_flood, window, "window", "bytes", 512, 1, 65535, "that the SYNs announce"),
    NT_FLAG_ROW(syn_flood, spoofed, "spoofed", 0,
                "each SYN has a random source address, behind `router`"),
    NT_HOST_ROW(syn_flood, router, "router", NT_OPTIONAL, "through which spoofed SYNs come"),
    NT_NUMBER_ROW(syn_flood, answered, "answered", "1", 0.3, 0, 1, "probability of a SYN-ACK"),
    NT_NUMBER_ROW(syn_flood, reset, "reset", "1", 1, 0, 1,
                  "probability that a RST meets the SYN-ACK"),
};

static nt_status syn_flood_prepare(nt_engine *e, nt_activity *a, nt_error *err) {
  (void)e;
  const syn_flood *f = (const syn_flood *)a;
  if (f->spoofed == (f->router != NULL)) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "activity %s: router goes with spoofed = true", a->name);
}

static void syn_flood_source(syn_flood *f, nt_host *out) {
  nt_chance *c = &f->base.chance;
  *out = *f->base.from;
  if (!f->spoofed) return;
  out->via = f->router;
  out->ip[0] = (uint8_t)nt_chance_between(c, 11, 126);
  nt_chance_fill(c, out->ip + 1, 3);
  out->delay = 0.03;
}

static int64_t syn_flood_step(nt_engine *e, nt_activity *a) {
  syn_flood *f = (syn_flood *)a;
  nt_chance *c = &a->chance;
  uint8_t *frame = nt_engine_frame(e);
  nt_tcp_header h = {.source = f->source, .target = (uint16_t)f->port};
  size_t length;
  if (f->stage == 0) {
    syn_flood_source(f, &f->stranger);
    h.source = ++f->source > 1024 ? f->source : (f->source = 1025);
    h.seq = f->sequence = (uint32_t)nt_chance_next(c);
    h.flags = NT_SYN;
    h.window = (uint16_t)f->window;
    h.id = (uint16_t)nt_chance_next(c);
    length = nt_frame_tcp(frame, &f->stranger, a->to, &h, 0);
    /* a spoofed frame still comes from the attacker's card */
    memcpy(frame + 6, nt_host_wire_mac(a->from), 6);
    nt_engine_send(e, a, length);
    if (nt_chance_uniform(c) >= f->answered) return nt_engine_after_gap(e, a);
    f->stage = 1;
    return e->now + nt_host_turn(a->to, c);
  }
  if (f->stage == 1) {
    f->answer = (uint32_t)nt_chance_next(c);
    h = (nt_tcp_header){.source = (uint16_t)f->port,
                        .target = f->source,
                        .seq = f->answer,
                        .ack = f->sequence + 1,
                        .flags = NT_SYN | NT_ACK,
                        .window = a->to->stack->window,
                        .id = 0};
    nt_tcp_syn_options(&h, a->to->stack, 1460, false, false, false, 0, 0);
    nt_engine_send(e, a, nt_frame_tcp(frame, a->to, &f->stranger, &h, 0));
    f->stage = nt_chance_uniform(c) < f->reset ? 2 : 0;
    return f->stage ? e->now + nt_host_turn(&f->stranger, c) : nt_engine_after_gap(e, a);
  }
  h.seq = f->sequence + 1;
  h.flags = NT_RST;
  nt_engine_send(e, a, nt_frame_tcp(frame, &f->stranger, a->to, &h, 0));
  f->stage = 0;
  return nt_engine_after_gap(e, a);
}

const nt_behaviour nt_behaviour_syn_flood = {
    .name = "syn_flood",
    .help = "SYNs",
    .size = sizeof(syn_flood),
    .parameters = syn_flood_parameters,
    .parameter_count = sizeof syn_flood_parameters / sizeof *syn_flood_parameters,
    .needs = NT_NEEDS_FROM | NT_NEEDS_TO,
    .prepare = syn_flood_prepare,
    .step = syn_flood_step,
};

/* ---------------------------------------------------------------- ssdp_flood */

/* The attacker searches with the victim's address as the source; every device answers to the
 * victim, several times (once for each service), and the victim's system complains now and then
 * that nobody listens. */
typedef struct ssdp_flood {
  nt_activity base;
  nt_host_list reflectors;
  nt_text_list text, reply;
  int64_t answers; /* of one reflector to one search */
  int64_t victim_port;
  nt_law complaint; /* s between port unreachables (Linux: one a second to each host) */
  int64_t complaint_at;
  nt_host *reflector;
  int64_t left;
  uint8_t quoted[28];
  bool complaining;
} ssdp_flood;

static const nt_parameter ssdp_flood_parameters[] = {
    NT_HOSTS_ROW(ssdp_flood, reflectors, "reflectors", 1, 1000, "devices that answer the searches"),
    NT_TEXTS_ROW(ssdp_flood, text, "text", 1, 100, "searches"),
    NT_TEXTS_ROW(ssdp_flood, reply, "reply", 1, 100, "answers"),
    NT_INTEGER_ROW(ssdp_flood, answers, "answers", "packets", 8, 1, 100,
                   "of one reflector to one search"),
    NT_INTEGER_ROW(ssdp_flood, victim_port, "victim_port", "1", 1900, 1, 65535,
                   "source port of the searches"),
    NT_LAW_ROW(ssdp_flood, complaint, "complaint", "s", 1, 0.001, 1e6,
               "between the port unreachables of the victim"),
};

static nt_status ssdp_flood_prepare(nt_engine *e, nt_activity *a, nt_error *err) {
  (void)e;
  ssdp_flood *f = (ssdp_flood *)a;
  if (!f->reflectors.count || !f->text.count || !f->reply.count)
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: reflectors, text and reply must be given",
                   a->name);
  nt_status status = nt_text_check(&f->text, a->name, NT_UDP_MAX - 64, err);
  return status == NT_OK ? nt_text_check(&f->reply, a->name, NT_UDP_MAX - 64, err) : status;
}

static uint32_t ssdp_text(ssdp_flood *f, const nt_text_list *texts, const nt_host *speaker,
                          uint8_t *out) {
  nt_chance *c = &f->base.chance;
  nt_blanks blanks = {f->base.to, speaker, 0, 0, (uint32_t)nt_chance_next(c)};
  uint32_t which = nt_chance_below(c, (uint32_t)texts->count);
  return nt_text_expand(texts->items[which], &blanks, c, out, NT_UDP_MAX);
}

static int64_t ssdp_search(nt_engine *e, ssdp_flood *f, uint8_t *frame) {
  nt_activity *a = &f->base;
  nt_chance *c = &a->chance;
  f->reflector = f->reflectors.items[nt_chance_below(c, (uint32_t)f->reflectors.count)];
  f->left = nt_chance_between(c, 1, (uint32_t)f->answers);
  nt_host disguise = *a->to; /* the victim's address from the attacker's card */
  memcpy(disguise.mac, nt_host_wire_mac(a->from), 6);
  disguise.via = NULL;
  uint32_t n = ssdp_text(f, &f->text, f->reflector, frame + NT_UDP_PAYLOAD);
  nt_engine_send(e, a,
                 nt_frame_udp(frame, &disguise, (uint16_t)f->victim_port, f->reflector, 1900, n));
  return e->now + nt_host_turn(f->reflector, c);
}

static int64_t ssdp_flood_step(nt_engine *e, nt_activity *a) {
  ssdp_flood *f = (ssdp_flood *)a;
  uint8_t *frame = nt_engine_frame(e);
  if (f->complaining) {
    memcpy(frame + NT_ICMP_PAYLOAD, f->quoted, 28);
    nt_engine_send(e, a, nt_frame_icmp(frame, a->to, f->reflector, 3, 3, 0, 28));
    f->complaining = false;
    f->complaint_at = e->now + nt_draw_ns(&f->complaint, &a->chance);
  } else if (!f->left)
    return ssdp_search(e, f, frame);
  else {
    uint32_t n = ssdp_text(f, &f->reply, f->reflector, frame + NT_UDP_PAYLOAD);
    size_t length = nt_frame_udp(frame, f->reflector, 1900, a->to, (uint16_t)f->victim_port, n);
    memcpy(f->quoted, frame + NT_IP_OFFSET, 28);
    nt_engine_send(e, a, length);
    f->left--;
    f->complaining = e->now >= f->complaint_at;
    if (f->complaining) return e->now + nt_host_turn(a->to, &a->chance);
  }
  if (f->left)
    return e->now + nt_host_wire_time(f->reflector, 400) + nt_chance_below(&a->chance, 40000);
  return nt_engine_after_gap(e, a);
}

const nt_behaviour nt_behaviour_ssdp_flood = {
    .name = "ssdp_flood",
    .help = "searches in the victim's name",
    .size = sizeof(ssdp_flood),
    .parameters = ssdp_flood_parameters,
    .parameter_count = sizeof ssdp_flood_parameters / sizeof *ssdp_flood_parameters,
    .needs = NT_NEEDS_FROM | NT_NEEDS_TO,
    .prepare = ssdp_flood_prepare,
    .step = ssdp_flood_step,
};
