/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hosts of a scenario: addresses, the habits of their operating
 * system, and where they stand. */
#ifndef NT_SYNTHESISER_HOST_H
#define NT_SYNTHESISER_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "chance.h"

/* Habits of a TCP/IP stack that show in headers. */
typedef struct nt_stack {
  const char *name;
  uint8_t ttl;
  bool df;          /* sets "don't fragment" (path MTU discovery) */
  bool per_flow_id; /* IP ids count within a TCP connection, else over the whole host */
  bool timestamps, sack;
  int8_t scale;                   /* window scale, -1: not offered */
  uint16_t window;                /* first advertised, unscaled */
  uint16_t steady;                /* advertised later on, scaled */
  uint16_t first_port, last_port; /* ephemeral */
} nt_stack;

const nt_stack *nt_stack_find(const char *name);
extern const char *const nt_stack_names[]; /* ends with NULL */

typedef struct nt_host nt_host;
struct nt_host {
  const char *name;
  uint8_t mac[6], ip[4], ip6[16]; /* ip6: link-local, from the MAC (RFC 4291 appendix A) */
  const nt_stack *stack;
  nt_host *via;     /* the router behind which it lies; NULL: on the local network */
  uint8_t hops;     /* routers between it and the local network */
  double delay;     /* s, one way between the mirror port and the host */
  double mbps;      /* of its link */
  bool attacker;    /* with an overlay: gets an unused address, not a host of the capture */
  bool group;       /* multicast or broadcast */
  uint16_t next_id; /* IP identification */
  uint16_t next_port;
  uint32_t clock; /* TCP timestamp offset, ms */
};

void nt_host_derive_ip6(nt_host *host);
const uint8_t *nt_host_wire_mac(const nt_host *host); /* its own or its router's */
uint16_t nt_host_take_port(nt_host *host);

/* ns from the mirror port to the host and back, with a little jitter. */
int64_t nt_host_turn(const nt_host *host, nt_chance *chance);
/* ns that `bytes` take on the host's link. */
int64_t nt_host_wire_time(const nt_host *host, uint32_t bytes);

#endif
