/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "overlay.h"

#include <stdlib.h>
#include <string.h>

#include <ninetails/capture.h>

/* ---------------------------------------------------------------- who is in the capture? */

enum { MAX_SPEAKERS = 4096, MAX_PAIRS = 16384, ETHERNET = 1 };

typedef struct speaker { /* an IPv4 address and the card that sent from it */
  uint8_t ip[4], mac[6];
  bool used, own; /* own: ARP says that the address is at this card */
  uint64_t packets;
} speaker;

typedef struct pair {
  uint16_t a, b; /* speakers */
  bool used;
  uint64_t packets;
} pair;

typedef struct census {
  speaker speakers[MAX_SPEAKERS]; /* hashed by address and card; what does not fit is not counted */
  pair pairs[MAX_PAIRS];
  uint32_t speaker_count, pair_count;
  uint64_t packets;
  int64_t first_second;
} census;

static uint32_t mix(const uint8_t *bytes, size_t count) {
  uint32_t hash = 2166136261u; /* FNV-1a */
  for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * 16777619u;
  return hash ^ hash >> 15;
}

static speaker *speaker_of(census *c, const uint8_t *ip, const uint8_t *mac) {
  uint8_t key[10];
  memcpy(key, ip, 4);
  memcpy(key + 4, mac, 6);
  for (uint32_t i = mix(key, 10);; i++) {
    speaker *s = &c->speakers[i % MAX_SPEAKERS];
    if (s->used && !memcmp(s->ip, ip, 4) && !memcmp(s->mac, mac, 6)) return s;
    if (s->used) continue;
    if (c->speaker_count == MAX_SPEAKERS / 2) return NULL;
    c->speaker_count++;
    s->used = true;
    memcpy(s->ip, ip, 4);
    memcpy(s->mac, mac, 6);
    return s;
  }
}

static void count_pair(census *c, const speaker *from, const speaker *to) {
  uint16_t a = (uint16_t)(from - c->speakers), b = (uint16_t)(to - c->speakers);
  if (a > b) {
    uint16_t t = a;
    a = b;
    b = t;
  }
  for (uint32_t i = (a * 40503u + b) * 2654435761u >> 8;; i++) {
    pair *p = &c->pairs[i % MAX_PAIRS];
    if (p->used && p->a == a && p->b == b) {
      p->packets++;
      return;
    }
    if (p->used) continue;
    if (c->pair_count == MAX_PAIRS / 2) return;
    c->pair_count++;
    *p = (pair){a, b, true, 1};
    return;
  }
}

static bool is_host_address(const uint8_t *ip) {
  return ip[0] && ip[0] < 224 && ip[0] != 127;
}

static void count_frame(census *c, const nt_frame *f) {
  const uint8_t *d = f->data;
  if (!c->packets++) c->first_second = f->seconds;
  if (f->seconds < c->first_second) c->first_second = f->seconds;
  if (f->captured < 42 || d[6] & 1) return;
  if (nt_frame_get16(d + 12) == 0x0806 && is_host_address(d + 28) && !memcmp(d + 6, d + 22, 6)) {
    speaker *s = speaker_of(c, d + 28, d + 22);
    if (s) s->own = true;
    return;
  }
  if (nt_frame_get16(d + 12) != 0x0800 || !is_host_address(d + 26)) return;
  speaker *s = speaker_of(c, d + 26, d + 6);
  if (!s) return;
  s->packets++;
  speaker *to = is_host_address(d + 30) && !(d[0] & 1) ? speaker_of(c, d + 30, d) : NULL;
  if (to) count_pair(c, s, to);
}

static bool same_mac(const speaker *a, const speaker *b) {
  return !memcmp(a->mac, b->mac, 6);
}

/* The card that speaks for most addresses, if for more than three: a router. Its own address is the
 * one ARP gave, else any of them. */
static speaker *find_router(census *c) {
  speaker *best = NULL;
  uint32_t best_rank = 0;
  for (int i = 0; i < MAX_SPEAKERS; i++) {
    speaker *s = &c->speakers[i];
    uint32_t addresses = 0;
    for (int k = 0; s->used && k < MAX_SPEAKERS; k++)
      addresses += c->speakers[k].used && same_mac(s, &c->speakers[k]);
    uint32_t rank = 2 * addresses + s->own;
    if (addresses <= 3 || rank <= best_rank) continue;
    best = s;
    best_rank = rank;
  }
  return best;
}

/* ---------------------------------------------------------------- fitting the scenario's hosts */

typedef struct cast { /* the capture's local hosts, busiest first */
  speaker *players[64];
  uint32_t count;
  speaker *router;
} cast;

static void add_player(cast *k, speaker *s) {
  if (!s->packets || (k->router && same_mac(s, k->router))) return;
  for (uint32_t i = 0; i < k->count; i++)
    if (same_mac(k->players[i], s)) return;
  if (k->count < 64) k->players[k->count++] = s;
}

static int by_packets(const void *a, const void *b) {
  const speaker *x = *(speaker *const *)a, *y = *(speaker *const *)b;
  if (x->packets != y->packets) return x->packets < y->packets ? 1 : -1;
  return memcmp(x->ip, y->ip, 4);
}

static nt_status choose_cast(census *c, cast *k, nt_error *err) {
  k->router = find_router(c);
  speaker **order = calloc(MAX_SPEAKERS, sizeof *order);
  if (!order) return nt_fail(err, NT_E_MEMORY, "out of memory for the capture's hosts");
  size_t n = 0;
  for (int i = 0; i < MAX_SPEAKERS; i++)
    if (c->speakers[i].used) order[n++] = &c->speakers[i];
  qsort(order, n, sizeof *order, by_packets);
  const pair *best = NULL;
  for (int i = 0; i < MAX_PAIRS; i++) {
    const pair *p = &c->pairs[i];
    bool local = p->used && !(k->router && (same_mac(&c->speakers[p->a], k->router) ||
                                            same_mac(&c->speakers[p->b], k->router)));
    if (local && (!best || p->packets > best->packets)) best = p;
  }
  if (best) { /* of the busiest pair, the one that is heard from more first */
    speaker *a = &c->speakers[best->a], *b = &c->speakers[best->b];
    add_player(k, a->packets >= b->packets ? a : b);
    add_player(k, a->packets >= b->packets ? b : a);
  }
  for (size_t i = 0; i < n; i++) add_player(k, order[i]);
  free(order);
  return NT_OK;
}

static bool taken(const census *c, const uint8_t *ip) {
  for (int i = 0; i < MAX_SPEAKERS; i++)
    if (c->speakers[i].used && !memcmp(c->speakers[i].ip, ip, 4)) return true;
  return false;
}

static void fit_hosts(nt_engine *e, const census *c, const cast *k) {
  const nt_host *router = NULL;
  for (size_t i = 0; i < e->scope.host_count && !router; i++) router = e->scope.hosts[i].via;
  uint32_t next = 0, unused = 254;
  const uint8_t *net = k->players[0]->ip;
  for (size_t i = 0; i < e->scope.host_count; i++) {
    nt_host *h = &e->scope.hosts[i];
    if (h->via || (h->group && h->ip[0] >= 224)) continue;
    uint8_t last = h->ip[3];
    if (h->attacker || h->group) {
      memcpy(h->ip, net, 3);
      h->ip[3] = last;
      while (h->attacker && unused && taken(c, h->ip)) h->ip[3] = (uint8_t)unused--;
      continue;
    }
    const speaker *s = h == router && k->router ? k->router : k->players[next++ % k->count];
    memcpy(h->ip, s->ip, 4);
    memcpy(h->mac, s->mac, 6);
    nt_host_derive_ip6(h);
  }
}

/* ---------------------------------------------------------------- the capture as an activity */

typedef struct benign {
  nt_activity base;
  const char *path;
  nt_capture *capture;
  nt_frame frame;
  int waiting; /* frame holds the next one */
} benign;

static nt_status next_frame(nt_engine *e, const char *path, nt_capture *capture, nt_frame *frame,
                            int *got, nt_error *err) {
  nt_status status = nt_capture_next_frame(capture, frame, got, err);
  if (status != NT_OK || !*got) return status;
  if (frame->link_type != ETHERNET)
    return nt_fail(err, NT_E_INPUT,
                   "%s: packet %llu has link type %u, attacks are laid over Ethernet (1)", path,
                   (unsigned long long)e->progressed + 1, (unsigned)frame->link_type);
  if (frame->seconds < 0 || frame->seconds > UINT32_MAX)
    return nt_fail(err, NT_E_INPUT, "%s: packet %llu has a time of %lld s, which pcap cannot hold",
                   path, (unsigned long long)e->progressed + 1, (long long)frame->seconds);
  return NT_OK;
}

static int64_t time_of(const nt_engine *e, const nt_frame *f) {
  return (f->seconds - e->epoch) * 1000000000 + f->nanoseconds;
}

static int64_t benign_step(nt_engine *e, nt_activity *a) {
  benign *b = (benign *)a;
  if (b->waiting)
    nt_engine_send_fixed(e, a, b->frame.data, b->frame.captured, b->frame.length,
                         (uint32_t)b->frame.seconds, b->frame.nanoseconds);
  nt_status status = next_frame(e, b->path, b->capture, &b->frame, &b->waiting, e->err);
  if (status != NT_OK) e->status = status;
  if (status == NT_OK && b->waiting) return time_of(e, &b->frame);
  e->limit = e->result->packets; /* the attacks end with the capture */
  return NT_NEVER;
}

static const nt_behaviour replay = {.name = "capture", .size = sizeof(benign), .step = benign_step};

static nt_status take_census(nt_engine *e, const char *path, census *c, nt_error *err) {
  nt_capture *capture = nt_capture_open(path, err);
  if (!capture) return err ? err->status : NT_E_IO;
  nt_status status = NT_OK;
  nt_frame frame;
  int got = 1;
  while (status == NT_OK) {
    status = next_frame(e, path, capture, &frame, &got, err);
    if (status != NT_OK || !got) break;
    count_frame(c, &frame);
    e->progressed++;
  }
  e->progressed = 0;
  nt_capture_close(capture);
  return status;
}

static nt_status add_benign(nt_engine *e, const char *path, nt_error *err) {
  benign *b = nt_scope_allocate(&e->scope, sizeof *b);
  if (!b) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  nt_synthesis_result *r = e->result;
  r->activities[r->activity_count] = (nt_synthesis_count){.name = "benign"};
  b->base = (nt_activity){.behaviour = &replay,
                          .name = "benign",
                          .begin = -1,
                          .finish = 2,
                          .copies = 1,
                          .count = &r->activities[r->activity_count++]};
  e->overlay = &b->base;
  b->path = path;
  b->capture = nt_capture_open(path, err);
  if (!b->capture) return err ? err->status : NT_E_IO;
  return nt_engine_add(e, &b->base, err);
}

nt_status nt_overlay_prepare(nt_engine *e, const char *path, nt_error *err) {
  census *c = calloc(1, sizeof *c);
  if (!c) return nt_fail(err, NT_E_MEMORY, "%s: out of memory for the capture's hosts", path);
  cast k = {.count = 0};
  nt_status status = take_census(e, path, c, err);
  if (status == NT_OK) status = choose_cast(c, &k, err);
  if (status == NT_OK && !k.count)
    status = nt_fail(err, NT_E_INPUT, "%s: no IPv4 host on Ethernet to attack in %llu packets",
                     path, (unsigned long long)c->packets);
  if (status == NT_OK) {
    fit_hosts(e, c, &k);
    e->epoch = c->first_second;
    e->expected = c->packets;
    status = add_benign(e, path, err);
  }
  free(c);
  return status;
}

void nt_overlay_done(nt_engine *e) {
  if (e->overlay) nt_capture_close(((benign *)e->overlay)->capture);
}
