/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host.h"

#include <string.h>

/* TTL, window and option habits of the families, as passive fingerprinting knows them; "embedded"
 * stands for the small stacks (lwIP, vendor RTOS) of plugs and doorbells. */
static const nt_stack stacks[] = {
    {"linux", 64, true, true, true, true, 7, 64240, 501, 32768, 60999},
    {"windows", 128, true, false, false, true, 8, 64240, 1026, 49152, 65535},
    {"camera", 64, true, true, true, true, 4, 14600, 1810, 32768, 60999},
    {"embedded", 64, false, false, false, false, -1, 5840, 5840, 49152, 65535},
    {"bsd", 64, true, false, true, true, 6, 65535, 1029, 49152, 65535},
};
const char *const nt_stack_names[] = {"linux", "windows", "camera", "embedded", "bsd", NULL};

const nt_stack *nt_stack_find(const char *name) {
  for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++)
    if (!strcmp(stacks[i].name, name)) return &stacks[i];
  return NULL;
}

void nt_host_derive_ip6(nt_host *host) {
  const uint8_t *m = host->mac;
  const uint8_t ip6[16] = {0xfe,     0x80, 0,    0,    0,    0,    0,    0,
                           m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]};
  memcpy(host->ip6, ip6, 16);
}

const uint8_t *nt_host_wire_mac(const nt_host *host) {
  return host->via ? host->via->mac : host->mac;
}

uint16_t nt_host_take_port(nt_host *host) {
  const nt_stack *stack = host->stack;
  if (host->next_port < stack->first_port || host->next_port >= stack->last_port)
    host->next_port = stack->first_port;
  return host->next_port++;
}

int64_t nt_host_turn(const nt_host *host, nt_chance *chance) {
  double turn = 2 * host->delay * (1 + 0.25 * nt_chance_uniform(chance));
  return (int64_t)(turn * 1e9) + 20000 + nt_chance_below(chance, 60000);
}

int64_t nt_host_wire_time(const nt_host *host, uint32_t bytes) {
  /* preamble, start delimiter, check sequence and gap: 24 bytes more than the frame holds */
  return (int64_t)((double)(bytes + 24) * 8000.0 / host->mbps);
}
