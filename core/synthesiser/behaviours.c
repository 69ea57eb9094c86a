/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "behaviours.h"

#include <string.h>

static const nt_behaviour *const behaviours[] = {
    &nt_behaviour_dialogue,  &nt_behaviour_udp,       &nt_behaviour_rtp,
    &nt_behaviour_arp,       &nt_behaviour_neighbour, &nt_behaviour_ping,
    &nt_behaviour_dhcp,      &nt_behaviour_arp_sweep, &nt_behaviour_scan,
    &nt_behaviour_probe,     &nt_behaviour_syn_flood, &nt_behaviour_ssdp_flood,
    &nt_behaviour_arp_spoof, &nt_behaviour_bridge,    &nt_behaviour_inject,
};
enum { COUNT = sizeof behaviours / sizeof *behaviours };

const nt_behaviour *nt_behaviour_find(const char *name) {
  for (size_t i = 0; i < COUNT; i++)
    if (!strcmp(behaviours[i]->name, name)) return behaviours[i];
  return NULL;
}

static const char *name_at(const void *context, size_t i) {
  (void)context;
  return i < COUNT ? behaviours[i]->name : NULL;
}

const char *nt_behaviour_nearest(const char *name) {
  return nt_nearest(name, name_at, NULL);
}
