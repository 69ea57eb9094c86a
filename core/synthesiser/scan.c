/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking for victims: ARP sweeps of the local network, SYN and UDP scans of ports with the answers
 * that open, closed and absent hosts give, and the odd probes by which a scanner tells operating
 * systems apart.
 */
#include <stddef.h>
#include <string.h>

#include "behaviours.h"
#include "tcp_session.h"

/* ---------------------------------------------------------------- arp_sweep: who is there? */

typedef struct arp_sweep {
  nt_activity base;
  int64_t first, last; /* last byte of the addresses asked for */
  int64_t sweeps;      /* passes over all of them, 0: without end */
  int64_t at, done;
  nt_host *present; /* who is to answer */
} arp_sweep;

static const nt_parameter arp_sweep_parameters[] = {
    NT_INTEGER_ROW(arp_sweep, first, "first", "1", 1, 0, 255, "last byte of the first address"),
    NT_INTEGER_ROW(arp_sweep, last, "last", "1", 254, 0, 255, "last byte of the last address"),
    NT_INTEGER_ROW(arp_sweep, sweeps, "sweeps", "1", 1, 0, 1e9,
                   "how often all are asked; 0: without end"),
};

static nt_host *local_host(const nt_engine *e, const uint8_t ip[4]) {
  for (size_t i = 0; i < e->scope.host_count; i++) {
    nt_host *h = &e->scope.hosts[i];
    if (!h->via && !h->group && !memcmp(h->ip, ip, 4)) return h;
  }
  return NULL;
}

static int64_t after_one_address(nt_engine *e, arp_sweep *s) {
  if (s->at > s->last) {
    s->at = s->first;
    if (++s->done == s->sweeps) return NT_NEVER;
  }
  return nt_engine_after_gap(e, &s->base);
}

static int64_t arp_sweep_step(nt_engine *e, nt_activity *a) {
  arp_sweep *s = (arp_sweep *)a;
  uint8_t *frame = nt_engine_frame(e);
  if (s->present) {
    nt_engine_send(e, a, nt_frame_arp(frame, s->present, s->present->ip, a->from, a->from->ip, 1));
    s->present = NULL;
    return after_one_address(e, s);
  }
  uint8_t ip[4] = {a->from->ip[0], a->from->ip[1], a->from->ip[2], (uint8_t)s->at++};
  nt_engine_send(e, a, nt_frame_arp(frame, a->from, a->from->ip, NULL, ip, 0));
  s->present = local_host(e, ip);
  if (s->present == a->from) s->present = NULL;
  return s->present ? e->now + nt_host_turn(s->present, &a->chance) : after_one_address(e, s);
}

static nt_status arp_sweep_prepare(nt_engine *e, nt_activity *a, nt_error *err) {
  (void)e;
  arp_sweep *s = (arp_sweep *)a;
  s->at = s->first;
  if (s->first <= s->last) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "activity %s: first %d lies above last %d", a->name,
                 (int)s->first, (int)s->last);
}

const nt_behaviour nt_behaviour_arp_sweep = {
    .name = "arp_sweep",
    .help = "who is there?",
    .size = sizeof(arp_sweep),
    .parameters = arp_sweep_parameters,
    .parameter_count = sizeof arp_sweep_parameters / sizeof *arp_sweep_parameters,
    .needs = NT_NEEDS_FROM,
    .prepare = arp_sweep_prepare,
    .step = arp_sweep_step,
};

/* ---------------------------------------------------------------- scan: which ports are open? */

enum { MAX_PORTS = 4096 };

typedef struct scan {
  nt_activity base;
  nt_host_list targets; /* empty: random addresses behind `router` */
  nt_host *router;
  const nt_setting *ports, *open;
  int64_t top;              /* 0: the list; else ports 1 .. top in shuffled order */
  bool address_as_sequence; /* Mirai's scanner: sequence number = target address */
  bool fresh_port;          /* a new source port for each probe */
  double alive, listening;  /* random addresses: probability to be there, and to listen */
  double udp_part;          /* of the probes */
  int64_t window, mss;      /* of the SYN; mss 0: no options */
  uint16_t list[MAX_PORTS], open_list[64];
  uint32_t port_count, open_count;
  uint64_t probe;   /* counts probes */
  uint32_t start;   /* shuffle of the present sweep */
  int stage;        /* 0 probe, 1 answer, 2 the scanner's reset */
  nt_host stranger; /* the random target */
  nt_host *target;
  uint16_t port, source;
  uint32_t sequence;
  bool udp, open_port, answers; /* answers: the target is there */
  uint8_t quoted[28];           /* IP and UDP header of the probe, for ICMP */
} scan;

static const nt_parameter scan_parameters[] = {
    NT_HOSTS_ROW(scan, targets, "targets", 1, 1000,
                 "hosts that are scanned, instead of random addresses"),
    NT_HOST_ROW(scan, router, "router", NT_OPTIONAL, "behind which random addresses are scanned"),
    NT_TABLE_ROW(scan, ports, "ports", NT_OPTIONAL, "list of ports"),
    NT_TABLE_ROW(scan, open, "open", NT_OPTIONAL, "ports of the targets that are open"),
    NT_INTEGER_ROW(scan, top, "top", "ports", 0, 0, MAX_PORTS,
                   "1 to this many in shuffled order, instead of `ports`"),
    NT_FLAG_ROW(scan, address_as_sequence, "address_as_sequence", 0,
                "the sequence number is the address of the target"),
    NT_FLAG_ROW(scan, fresh_port, "fresh_port", 0, "each probe has another source port"),
    NT_NUMBER_ROW(scan, alive, "alive", "1", 0.03, 0, 1,
                  "probability that a random address is there"),
    NT_NUMBER_ROW(scan, listening, "listening", "1", 0.1, 0, 1, "probability that it listens"),
    NT_NUMBER_ROW(scan, udp_part, "udp_part", "1", 0, 0, 1, "share of the probes that are UDP"),
    NT_INTEGER_ROW(scan, window, "window", "bytes", 1024, 1, 65535, "that the SYNs announce"),
    NT_INTEGER_ROW(scan, mss, "mss", "bytes", 1460, 0, 65535, "option of the SYNs; 0: no options"),
};

static nt_status read_ports(const char *what, const nt_setting *list, uint16_t *out, uint32_t max,
                            uint32_t *count, nt_error *err) {
  for (const nt_setting *s = list ? list->first : NULL; s; s = s->next) {
    if (s->kind != NT_SETTING_NUMBER || s->key || !(s->number >= 1 && s->number <= 65535) ||
        *count == max)
      return nt_fail(err, NT_E_ARGUMENT,
                     "activity %s: a list of ports has at most %u of 1 to 65535", what, max);
    out[(*count)++] = (uint16_t)s->number;
  }
  return NT_OK;
}

static nt_status scan_prepare(nt_engine *e, nt_activity *a, nt_error *err) {
  (void)e;
  scan *s = (scan *)a;
  if (!s->targets.count == !s->router)
    return nt_fail(err, NT_E_ARGUMENT,
                   "activity %s: either targets, or router for random addresses behind it",
                   a->name);
  nt_status status = read_ports(a->name, s->ports, s->list, MAX_PORTS, &s->port_count, err);
  if (status == NT_OK) status = read_ports(a->name, s->open, s->open_list, 64, &s->open_count, err);
  for (int64_t p = 1; p <= s->top && s->port_count < MAX_PORTS; p++)
    s->list[s->port_count++] = (uint16_t)p;
  if (status == NT_OK && !s->port_count)
    status = nt_fail(err, NT_E_ARGUMENT, "activity %s: ports or top must be given", a->name);
  return status;
}

/* Public addresses, as Mirai's get_random_ip leaves out the reserved ones. */
static void choose_stranger(scan *s) {
  nt_chance *c = &s->base.chance;
  s->stranger = (nt_host){.name = "stranger",
                          .stack = nt_stack_find("embedded"),
                          .via = s->router,
                          .hops = (uint8_t)nt_chance_between(c, 6, 20),
                          .delay = 0.01 + 0.12 * nt_chance_uniform(c),
                          .mbps = 10,
                          .next_id = (uint16_t)nt_chance_next(c)};
  do {
    nt_put32(s->stranger.ip, (uint32_t)nt_chance_next(c));
  } while (s->stranger.ip[0] == 0 || s->stranger.ip[0] == 10 || s->stranger.ip[0] == 127 ||
           s->stranger.ip[0] >= 224 || (s->stranger.ip[0] == 192 && s->stranger.ip[1] == 168) ||
           (s->stranger.ip[0] == 172 && s->stranger.ip[1] >> 4 == 1));
  s->target = &s->stranger;
}

/* All ports of one target, in an order that a multiplication by a unit shuffles, then the next
 * target. */
static void choose_target(scan *s) {
  nt_chance *c = &s->base.chance;
  if (s->router) {
    choose_stranger(s);
    s->port = s->list[nt_chance_below(c, s->port_count)];
    s->answers = nt_chance_uniform(c) < s->alive;
    s->open_port = nt_chance_uniform(c) < s->listening;
  } else {
    uint32_t place = (uint32_t)(s->probe % s->port_count);
    if (!place) s->start = (uint32_t)nt_chance_next(c);
    uint32_t sweep = (uint32_t)(s->probe / s->port_count);
    s->target = s->targets.items[sweep % s->targets.count];
    uint64_t step = 2654435761u; /* coprime to any port count that is no multiple of this prime */
    s->port = s->list[(place * step + s->start) % s->port_count];
    s->answers = true;
    s->open_port = false;
    for (uint32_t i = 0; i < s->open_count; i++) s->open_port |= s->open_list[i] == s->port;
  }
  s->probe++;
}

static void send_tcp(nt_engine *e, scan *s, nt_host *from, nt_host *to, nt_tcp_header *h) {
  bool out = from == s->base.from;
  h->source = out ? s->source : s->port;
  h->target = out ? s->port : s->source;
  h->id = from->next_id++;
  uint8_t *frame = nt_engine_frame(e);
  nt_engine_send(e, &s->base, nt_frame_tcp(frame, from, to, h, 0));
}

static int64_t send_probe(nt_engine *e, scan *s) {
  nt_activity *a = &s->base;
  nt_chance *c = &a->chance;
  choose_target(s);
  if (!s->source || s->fresh_port || s->probe % s->port_count == 1)
    s->source = (uint16_t)nt_chance_between(c, 33000, 61000);
  s->udp = s->udp_part > 0 && nt_chance_uniform(c) < s->udp_part;
  s->stage = 1;
  if (s->udp) {
    uint8_t *frame = nt_engine_frame(e);
    size_t length = nt_frame_udp(frame, a->from, s->source, s->target, s->port, 0);
    memcpy(s->quoted, frame + NT_IP_OFFSET, 28);
    nt_engine_send(e, a, length);
  } else {
    s->sequence =
        s->address_as_sequence ? nt_frame_get32(s->target->ip) : (uint32_t)nt_chance_next(c);
    nt_tcp_header h = {.seq = s->sequence, .flags = NT_SYN, .window = (uint16_t)s->window};
    if (s->mss) {
      const uint8_t option[4] = {2, 4, (uint8_t)(s->mss >> 8), (uint8_t)s->mss};
      memcpy(h.options, option, 4);
      h.option_length = 4;
    }
    send_tcp(e, s, a->from, s->target, &h);
  }
  bool silent = !s->answers || (s->udp && s->open_port);
  if (!silent) return e->now + nt_host_turn(s->target, c);
  s->stage = 0;
  return nt_engine_after_gap(e, a);
}

static int64_t send_answer(nt_engine *e, scan *s) {
  nt_activity *a = &s->base;
  s->stage = 0;
  if (s->udp) { /* port unreachable, with the probe's headers quoted (RFC 792) */
    uint8_t *frame = nt_engine_frame(e);
    memcpy(frame + NT_ICMP_PAYLOAD, s->quoted, 28);
    nt_engine_send(e, a, nt_frame_icmp(frame, s->target, a->from, 3, 3, 0, 28));
    return nt_engine_after_gap(e, a);
  }
  nt_tcp_header h = {.ack = s->sequence + 1, .flags = NT_RST | NT_ACK};
  if (s->open_port) {
    h.flags = NT_SYN | NT_ACK;
    h.seq = (uint32_t)nt_chance_next(&a->chance);
    h.window = s->target->stack->window;
    nt_tcp_syn_options(&h, s->target->stack, 1460, false, false, false, 0, 0);
    s->stage = 2;
  }
  send_tcp(e, s, s->target, a->from, &h);
  return s->stage ? e->now + nt_host_turn(a->from, &a->chance) : nt_engine_after_gap(e, a);
}

static int64_t scan_step(nt_engine *e, nt_activity *a) {
  scan *s = (scan *)a;
  if (s->stage == 0) return send_probe(e, s);
  if (s->stage == 1) return send_answer(e, s);
  nt_tcp_header h = {.seq = s->sequence + 1, .flags = NT_RST};
  send_tcp(e, s, a->from, s->target, &h);
  s->stage = 0;
  return nt_engine_after_gap(e, a);
}

const nt_behaviour nt_behaviour_scan = {
    .name = "scan",
    .help = "SYN and UDP scan, of hosts or of random addresses",
    .size = sizeof(scan),
    .parameters = scan_parameters,
    .parameter_count = sizeof scan_parameters / sizeof *scan_parameters,
    .needs = NT_NEEDS_FROM,
    .prepare = scan_prepare,
    .step = scan_step,
};

/* ---------------------------------------------------------------- probe: what system is it? */

typedef struct probe {
  nt_activity base;
  nt_host_list targets;
  int64_t open, closed; /* a port of each kind */
  uint32_t at;          /* which target and which probe */
  bool answering;
  uint16_t source;
  uint32_t sequence;
} probe;

static const nt_parameter probe_parameters[] = {
    NT_HOSTS_ROW(probe, targets, "targets", 1, 1000, "hosts that are probed"),
    NT_INTEGER_ROW(probe, open, "open", "1", NT_REQUIRED, 1, 65535,
                   "a port of the targets that is open"),
    NT_INTEGER_ROW(probe, closed, "closed", "1", NT_REQUIRED, 1, 65535, "a port that is closed"),
};

/* After the TCP probes of Nmap's second-generation OS detection (its book, chapter 8): six SYNs of
 * differing windows, one with ECN, and T2 to T7; what a common stack answers. */
static const struct {
  uint8_t flags, answer; /* answer 0: silence */
  uint16_t window;
  bool closed;
} probes[] = {{NT_SYN, NT_SYN | NT_ACK, 1, false},
              {NT_SYN, NT_SYN | NT_ACK, 63, false},
              {NT_SYN, NT_SYN | NT_ACK, 4, false},
              {NT_SYN, NT_SYN | NT_ACK, 4, false},
              {NT_SYN, NT_SYN | NT_ACK, 16, false},
              {NT_SYN, NT_SYN | NT_ACK, 512, false},
              {NT_SYN | 0xc0, NT_SYN | NT_ACK, 3, false},
              {0, 0, 128, false},
              {NT_SYN | NT_FIN | NT_URG | NT_PSH, NT_SYN | NT_ACK, 256, false},
              {NT_ACK, NT_RST, 1024, false},
              {NT_SYN, NT_RST | NT_ACK, 31337, true},
              {NT_ACK, NT_RST, 32768, true},
              {NT_FIN | NT_PSH | NT_URG, NT_RST | NT_ACK, 65535, true}};
enum { PROBES = sizeof probes / sizeof *probes };

static nt_status probe_prepare(nt_engine *e, nt_activity *a, nt_error *err) {
  (void)e;
  if (((probe *)a)->targets.count) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "activity %s: targets must be given", a->name);
}

static int64_t probe_step(nt_engine *e, nt_activity *a) {
  probe *p = (probe *)a;
  uint32_t k = p->at % PROBES;
  nt_host *target = p->targets.items[p->at / PROBES % p->targets.count];
  uint16_t port = (uint16_t)(probes[k].closed ? p->closed : p->open);
  uint8_t *frame = nt_engine_frame(e);
  nt_tcp_header h = {.window = probes[k].window};
  if (!p->answering) {
    p->source = (uint16_t)nt_chance_between(&a->chance, 33000, 61000);
    p->sequence = (uint32_t)nt_chance_next(&a->chance);
    h.source = p->source;
    h.target = port;
    h.seq = p->sequence;
    h.flags = probes[k].flags;
    h.id = a->from->next_id++;
    static const uint8_t options[20] = {3,    3,    10,   1,    2, 4, 5, 0xb4, 8, 10,
                                        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,    4, 2};
    memcpy(h.options, options, 20);
    h.option_length = 20;
    nt_engine_send(e, a, nt_frame_tcp(frame, a->from, target, &h, 0));
    if (probes[k].answer) {
      p->answering = true;
      return e->now + nt_host_turn(target, &a->chance);
    }
  } else {
    h.source = port;
    h.target = p->source;
    h.flags = probes[k].answer;
    if (h.flags & NT_ACK) h.ack = p->sequence + 1;
    h.window = h.flags & NT_SYN ? target->stack->window : 0;
    h.id = target->next_id++;
    if (h.flags & NT_SYN) {
      h.seq = (uint32_t)nt_chance_next(&a->chance);
      nt_tcp_syn_options(&h, target->stack, 1460, false, false, false, 0, 0);
    }
    nt_engine_send(e, a, nt_frame_tcp(frame, target, a->from, &h, 0));
    p->answering = false;
  }
  p->at++;
  return nt_engine_after_gap(e, a);
}

const nt_behaviour nt_behaviour_probe = {
    .name = "probe",
    .help = "operating system probes",
    .size = sizeof(probe),
    .parameters = probe_parameters,
    .parameter_count = sizeof probe_parameters / sizeof *probe_parameters,
    .needs = NT_NEEDS_FROM,
    .prepare = probe_prepare,
    .step = probe_step,
};
