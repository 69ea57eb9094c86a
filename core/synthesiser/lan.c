/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps a local network together: ARP, IPv6 neighbour discovery, DHCP, and pings. */
#include <stddef.h>
#include <string.h>

#include "behaviours.h"

/* ---------------------------------------------------------------- arp: refresh of a cache entry */

typedef struct lan {
  nt_activity base;
  bool asked;
  uint32_t number;
} lan;

/* Linux asks the address it knows (unicast) and falls back to a broadcast; a third of the refreshes
 * here. */
static int64_t arp_step(nt_engine *e, nt_activity *a) {
  lan *l = (lan *)a;
  uint8_t *frame = nt_engine_frame(e);
  l->asked = !l->asked;
  if (l->asked) {
    size_t length = nt_frame_arp(frame, a->from, a->from->ip, NULL, a->to->ip, 0);
    if (nt_chance_below(&a->chance, 3)) memcpy(frame, a->to->mac, 6);
    nt_engine_send(e, a, length);
    return e->now + nt_host_turn(a->to, &a->chance);
  }
  nt_engine_send(e, a, nt_frame_arp(frame, a->to, a->to->ip, a->from, a->from->ip, 1));
  return nt_engine_after_gap(e, a);
}

static nt_status local_pair(nt_engine *e, nt_activity *a, nt_error *err) {
  (void)e;
  if (!a->from->via && !a->to->via && !a->to->group) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "activity %s: from and to must be hosts of the local network",
                 a->name);
}

const nt_behaviour nt_behaviour_arp = {.name = "arp",
                                       .help = "question and answer",
                                       .size = sizeof(lan),
                                       .needs = NT_NEEDS_FROM | NT_NEEDS_TO,
                                       .prepare = local_pair,
                                       .step = arp_step};

/* ---------------------------------------------------------------- neighbour: RFC 4861 */

static int64_t neighbour_step(nt_engine *e, nt_activity *a) {
  lan *l = (lan *)a;
  uint8_t *frame = nt_engine_frame(e), *icmp = frame + 54;
  memset(icmp, 0, 32);
  l->asked = !l->asked;
  const nt_host *teller = l->asked ? a->from : a->to, *other = l->asked ? a->to : a->from;
  memcpy(icmp + 8, a->to->ip6, 16);
  icmp[24] = l->asked ? 1 : 2; /* link-layer address option of the source or the target */
  icmp[25] = 1;
  memcpy(icmp + 26, teller->mac, 6);
  if (l->asked) {
    const uint8_t *t = a->to->ip6;
    const uint8_t group[16] = {0xff, 2, [11] = 1, [12] = 0xff, t[13], t[14], t[15]};
    const uint8_t mac[6] = {0x33, 0x33, 0xff, t[13], t[14], t[15]};
    icmp[0] = 135;
    nt_engine_send(e, a, nt_frame_icmp6(frame, mac, teller, group, 32));
    return e->now + nt_host_turn(a->to, &a->chance);
  }
  icmp[0] = 136;
  icmp[4] = 0x60; /* solicited, override */
  nt_engine_send(e, a, nt_frame_icmp6(frame, other->mac, teller, other->ip6, 32));
  return nt_engine_after_gap(e, a);
}

const nt_behaviour nt_behaviour_neighbour = {.name = "neighbour",
                                             .help = "question and answer over IPv6",
                                             .size = sizeof(lan),
                                             .needs = NT_NEEDS_FROM | NT_NEEDS_TO,
                                             .prepare = local_pair,
                                             .step = neighbour_step};

/* ---------------------------------------------------------------- ping */

static int64_t ping_step(nt_engine *e, nt_activity *a) {
  lan *l = (lan *)a;
  uint8_t *frame = nt_engine_frame(e), *payload = frame + NT_ICMP_PAYLOAD;
  for (int i = 0; i < 56; i++) payload[i] = (uint8_t)i;
  l->asked = !l->asked;
  if (l->asked) l->number++;
  nt_host *from = l->asked ? a->from : a->to, *to = l->asked ? a->to : a->from;
  uint32_t rest = (0x1000u + a->index) << 16 | (l->number & 0xffff);
  nt_engine_send(e, a, nt_frame_icmp(frame, from, to, l->asked ? 8 : 0, 0, rest, 56));
  return l->asked ? e->now + nt_host_turn(a->to, &a->chance) : nt_engine_after_gap(e, a);
}

const nt_behaviour nt_behaviour_ping = {.name = "ping",
                                        .help = "echo request and reply",
                                        .size = sizeof(lan),
                                        .needs = NT_NEEDS_FROM | NT_NEEDS_TO,
                                        .step = ping_step};

/* ---------------------------------------------------------------- dhcp: RFC 2131 */

typedef struct dhcp {
  nt_activity base;
  int64_t lease;  /* s */
  bool renewing;  /* has an address: the next exchange is a unicast renewal */
  int stage;      /* 0 discover, 1 offer, 2 request, 3 acknowledge */
  uint32_t token; /* transaction */
} dhcp;

static const nt_parameter dhcp_parameters[] = {
    NT_INTEGER_ROW(dhcp, lease, "lease", "s", 86400, 1, 1e8, "that the server grants"),
    NT_FLAG_ROW(dhcp, renewing, "renewing", 0, "the client has an address when the trace begins"),
};

static uint8_t *option(uint8_t *at, uint8_t code, uint8_t length, const uint8_t *value) {
  at[0] = code;
  at[1] = length;
  memcpy(at + 2, value, length);
  return at + 2 + length;
}

static uint32_t dhcp_message(const dhcp *d, uint8_t *out) {
  const nt_activity *a = &d->base;
  static const uint8_t kinds[4] = {1, 2, 3, 5}, cookie[4] = {0x63, 0x82, 0x53, 0x63};
  static const uint8_t wanted[] = {1, 3, 6, 15, 42}, mask[4] = {255, 255, 255, 0};
  bool answer = d->stage & 1;
  uint8_t lease[4], *p = out + 240;
  nt_put32(lease, (uint32_t)d->lease);
  memset(out, 0, 300);
  out[0] = answer ? 2 : 1;
  out[1] = 1; /* Ethernet */
  out[2] = 6;
  nt_put32(out + 4, d->token);
  if (d->renewing) memcpy(out + 12, a->from->ip, 4);
  if (answer) memcpy(out + 16, a->from->ip, 4);
  memcpy(out + 28, a->from->mac, 6);
  memcpy(out + 236, cookie, 4);
  p = option(p, 53, 1, &kinds[d->stage]);
  if (answer || (d->stage == 2 && !d->renewing)) p = option(p, 54, 4, a->to->ip);
  if (answer) {
    p = option(p, 51, 4, lease);
    p = option(p, 1, 4, mask);
    p = option(p, 3, 4, a->to->ip);
    p = option(p, 6, 4, a->to->ip);
  } else {
    if (d->stage == 2 && !d->renewing) p = option(p, 50, 4, a->from->ip);
    p = option(p, 12, (uint8_t)strnlen(a->from->name, 32), (const uint8_t *)a->from->name);
    p = option(p, 55, sizeof wanted, wanted);
  }
  *p++ = 255;
  return p - out < 300 ? 300 : (uint32_t)(p - out); /* the least that BOOTP relays take */
}

static int64_t dhcp_step(nt_engine *e, nt_activity *a) {
  dhcp *d = (dhcp *)a;
  if (d->stage == 0) {
    d->token = (uint32_t)nt_chance_next(&a->chance);
    if (d->renewing) d->stage = 2;
  }
  bool answer = d->stage & 1;
  static const uint8_t unset[4] = {0, 0, 0, 0}, all[4] = {255, 255, 255, 255};
  nt_host client = *a->from, everyone = *a->to; /* before the lease: 0.0.0.0 to 255.255.255.255 */
  memcpy(client.ip, unset, 4);
  memcpy(everyone.ip, all, 4);
  everyone.group = true;
  uint8_t *frame = nt_engine_frame(e);
  uint32_t n = dhcp_message(d, frame + NT_UDP_PAYLOAD);
  size_t length;
  if (answer)
    length = nt_frame_udp(frame, a->to, 67, a->from, 68, n);
  else if (d->renewing)
    length = nt_frame_udp(frame, a->from, 68, a->to, 67, n);
  else
    length = nt_frame_udp(frame, &client, 68, &everyone, 67, n);
  nt_engine_send(e, a, length);
  int stage = d->stage;
  d->stage = (stage + 1) % 4;
  if (stage == 3) {
    d->renewing = true;
    return nt_engine_after_gap(e, a);
  }
  return e->now + nt_host_turn(answer ? a->from : a->to, &a->chance) + 1000000;
}

const nt_behaviour nt_behaviour_dhcp = {.name = "dhcp",
                                        .help = "lease and renewal",
                                        .size = sizeof(dhcp),
                                        .parameters = dhcp_parameters,
                                        .parameter_count =
                                            sizeof dhcp_parameters / sizeof *dhcp_parameters,
                                        .needs = NT_NEEDS_FROM | NT_NEEDS_TO,
                                        .prepare = local_pair,
                                        .step = dhcp_step};
