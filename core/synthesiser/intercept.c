/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The man in the middle, in two ways. arp_spoof: forged ARP replies turn the victims' frames to the
 * attacker's card, who passes them on; a mirror port sees both legs. bridge: a box on the cable
 * holds every frame of the hosts behind it for a moment and changes nothing in it.
 */
#include <stddef.h>
#include <string.h>

#include "behaviours.h"

/* ---------------------------------------------------------------- frames on their way through */

enum { PLACES = 1024, FRAME_ROOM = 1520 };

typedef struct passage {
  struct {
    int64_t at;
    uint32_t captured, length; /* bytes here, and on the wire */
    uint8_t bytes[FRAME_ROOM];
  } * places;
  uint32_t first, count;
  double mbps;  /* of the way out: frames leave one after the other */
  int64_t free; /* ns: when that way is free again */
} passage;

static nt_status passage_prepare(nt_engine *e, nt_activity *a, passage *p, nt_error *err) {
  p->places = nt_scope_allocate(&e->scope, PLACES * sizeof *p->places);
  return p->places ? NT_OK : nt_fail(err, NT_E_MEMORY, "activity %s: out of memory", a->name);
}

/* false: no room (the box drops what it cannot hold; here the frame just stays with its sender) */
static bool passage_enter(nt_engine *e, nt_activity *a, passage *p, const nt_law *hold,
                          const uint8_t *frame, size_t captured, size_t length) {
  if (p->count == PLACES || captured > FRAME_ROOM) return false;
  uint32_t place = (p->first + p->count++) % PLACES;
  int64_t at = e->now + nt_draw_ns(hold, &a->chance);
  if (at < p->free) at = p->free;
  p->free =
      at + (int64_t)((double)(length + 24) * 8000 / p->mbps); /* 24: as in nt_host_wire_time */
  p->places[place].at = at;
  p->places[place].captured = (uint32_t)captured;
  p->places[place].length = (uint32_t)length;
  memcpy(p->places[place].bytes, frame, captured);
  if (p->count == 1 && at < e->times[a->index]) nt_engine_wake(e, a, at);
  return true;
}

static int64_t passage_due(const passage *p) {
  return p->count ? p->places[p->first].at : NT_NEVER;
}

static void passage_leave(nt_engine *e, nt_activity *a, passage *p) {
  uint8_t *frame = nt_engine_frame(e);
  size_t captured = p->places[p->first].captured, length = p->places[p->first].length;
  memcpy(frame, p->places[p->first].bytes, captured);
  p->first = (p->first + 1) % PLACES;
  p->count--;
  nt_engine_send_claimed(e, a, captured, length);
}

/* ---------------------------------------------------------------- arp_spoof */

typedef struct arp_spoof {
  nt_activity base;
  nt_host_list victims; /* everything between any two of them is turned */
  nt_law hold;          /* s that the attacker keeps a frame */
  bool decrements;      /* forwards by the kernel: TTL one less; ettercap itself leaves it */
  passage passage;
  uint32_t pair; /* of victims, next to be poisoned */
  int64_t poison_at;
  bool begun;
} arp_spoof;

static const nt_parameter arp_spoof_parameters[] = {
    NT_HOSTS_ROW(arp_spoof, victims, "victims", 2, 64,
                 "all that they send each other goes through the attacker"),
    NT_LAW_ROW(arp_spoof, hold, "hold", "s", 0.0003, 0, 1, "how long the attacker keeps a frame"),
    NT_NUMBER_ROW(arp_spoof, passage.mbps, "mbps", "Mbit/s", 100, 0.1, 10000,
                  "of the attacker's link"),
    NT_FLAG_ROW(arp_spoof, decrements, "decrements", 1,
                "the kernel forwards and takes one off the TTL"),
};

static nt_status arp_spoof_prepare(nt_engine *e, nt_activity *a, nt_error *err) {
  arp_spoof *s = (arp_spoof *)a;
  if (!s->victims.count)
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: victims must be given", a->name);
  for (size_t i = 0; i < s->victims.count; i++)
    if (s->victims.items[i]->via || s->victims.items[i]->group)
      return nt_fail(err, NT_E_ARGUMENT, "activity %s: victim %s is not on the local network",
                     a->name, s->victims.items[i]->name);
  return passage_prepare(e, a, &s->passage, err);
}

static const nt_host *host_of_mac(const nt_host_list *hosts, const uint8_t *mac) {
  for (size_t i = 0; i < hosts->count; i++)
    if (!memcmp(hosts->items[i]->mac, mac, 6)) return hosts->items[i];
  return NULL;
}

static void decrement_ttl(uint8_t *ip) {
  ip[8]--;
  uint32_t sum = nt_frame_get16(ip + 10) + 0x100; /* RFC 1141 */
  nt_put16(ip + 10, (sum & 0xffff) + (sum >> 16));
}

static nt_tap_verdict arp_spoof_tap(nt_engine *e, nt_activity *a, uint8_t *frame, size_t captured,
                                    size_t length, bool fixed) {
  arp_spoof *s = (arp_spoof *)a;
  bool turned = s->begun && captured >= 34 && nt_frame_get16(frame + 12) == 0x0800 &&
                host_of_mac(&s->victims, frame) && host_of_mac(&s->victims, frame + 6);
  if (!turned || s->passage.count == PLACES || captured > FRAME_ROOM) return NT_TAP_PASS;
  uint8_t copy[FRAME_ROOM];
  memcpy(copy, frame, captured);
  memcpy(copy + 6, a->from->mac, 6);
  if (s->decrements && copy[22] > 1) decrement_ttl(copy + NT_IP_OFFSET);
  passage_enter(e, a, &s->passage, &s->hold, copy, captured, length);
  if (fixed) return NT_TAP_PASS; /* its first leg is as the capture has it */
  memcpy(frame, a->from->mac, 6);
  return NT_TAP_CLAIM;
}

/* "The other's address is at my card", to every victim about every other. */
static void poison(nt_engine *e, arp_spoof *s) {
  nt_activity *a = &s->base;
  uint32_t n = (uint32_t)s->victims.count, told = s->pair / (n - 1), about = s->pair % (n - 1);
  about += about >= told;
  uint8_t *frame = nt_engine_frame(e);
  const nt_host *victim = s->victims.items[told];
  size_t length = nt_frame_arp(frame, a->from, s->victims.items[about]->ip, victim, victim->ip, 1);
  nt_engine_send_claimed(e, a, length, length);
  s->pair = (s->pair + 1) % (n * (n - 1));
  s->poison_at = s->pair ? e->now + 10000000 : nt_engine_after_gap(e, a);
}

static int64_t arp_spoof_step(nt_engine *e, nt_activity *a) {
  arp_spoof *s = (arp_spoof *)a;
  if (!s->begun) {
    s->begun = true;
    s->poison_at = e->now;
  }
  if (passage_due(&s->passage) <= e->now)
    passage_leave(e, a, &s->passage);
  else if (s->poison_at <= e->now)
    poison(e, s);
  int64_t due = passage_due(&s->passage);
  return due < s->poison_at ? due : s->poison_at;
}

const nt_behaviour nt_behaviour_arp_spoof = {
    .name = "arp_spoof",
    .help = "man in the middle",
    .size = sizeof(arp_spoof),
    .parameters = arp_spoof_parameters,
    .parameter_count = sizeof arp_spoof_parameters / sizeof *arp_spoof_parameters,
    .needs = NT_NEEDS_FROM,
    .prepare = arp_spoof_prepare,
    .step = arp_spoof_step,
    .tap = arp_spoof_tap,
};

/* ---------------------------------------------------------------- bridge */

typedef struct bridge {
  nt_activity base;
  nt_host_list behind; /* hosts whose cable the box sits on */
  nt_law hold;
  passage passage;
} bridge;

static const nt_parameter bridge_parameters[] = {
    NT_HOSTS_ROW(bridge, behind, "behind", 1, 64, "hosts whose cable the box sits in"),
    NT_LAW_ROW(bridge, hold, "hold", "s", 0.0004, 0, 1, "how long the box keeps a frame"),
    NT_NUMBER_ROW(bridge, passage.mbps, "mbps", "Mbit/s", 100, 0.1, 10000, "of the box's link"),
};

static nt_status bridge_prepare(nt_engine *e, nt_activity *a, nt_error *err) {
  bridge *b = (bridge *)a;
  if (!b->behind.count)
    return nt_fail(err, NT_E_ARGUMENT, "activity %s: behind must be given", a->name);
  return passage_prepare(e, a, &b->passage, err);
}

/* Over a capture, whose packets stay as they are, the port is taken to see both sides of the box:
 * each frame comes once more. */
static nt_tap_verdict bridge_tap(nt_engine *e, nt_activity *a, uint8_t *frame, size_t captured,
                                 size_t length, bool fixed) {
  bridge *b = (bridge *)a;
  bool through =
      captured >= 14 && (host_of_mac(&b->behind, frame) || host_of_mac(&b->behind, frame + 6));
  if (!through || !passage_enter(e, a, &b->passage, &b->hold, frame, captured, length))
    return NT_TAP_PASS;
  return fixed ? NT_TAP_PASS : NT_TAP_TAKE;
}

static int64_t bridge_step(nt_engine *e, nt_activity *a) {
  bridge *b = (bridge *)a;
  if (passage_due(&b->passage) <= e->now) passage_leave(e, a, &b->passage);
  return passage_due(&b->passage);
}

const nt_behaviour nt_behaviour_bridge = {
    .name = "bridge",
    .help = "a box in the cable",
    .size = sizeof(bridge),
    .parameters = bridge_parameters,
    .parameter_count = sizeof bridge_parameters / sizeof *bridge_parameters,
    .needs = 0,
    .prepare = bridge_prepare,
    .step = bridge_step,
    .tap = bridge_tap,
};
