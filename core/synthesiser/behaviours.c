/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "behaviours.h"

#include <string.h>

#include "mistakes.h"

const nt_behaviour *const nt_behaviours[] = {
    &nt_behaviour_dialogue,  &nt_behaviour_udp,
    &nt_behaviour_rtp,       &nt_behaviour_arp,
    &nt_behaviour_neighbour, &nt_behaviour_ping,
    &nt_behaviour_dhcp,      &nt_behaviour_arp_sweep,
    &nt_behaviour_scan,      &nt_behaviour_probe,
    &nt_behaviour_syn_flood, &nt_behaviour_ssdp_flood,
    &nt_behaviour_arp_spoof, &nt_behaviour_bridge,
    &nt_behaviour_inject,    NULL,
};

const nt_behaviour *nt_behaviour_find(const char *name) {
  for (size_t i = 0; nt_behaviours[i]; i++)
    if (!strcmp(nt_behaviours[i]->name, name)) return nt_behaviours[i];
  return NULL;
}

static const char *name_at(const void *context, size_t i) {
  (void)context;
  return nt_behaviours[i] ? nt_behaviours[i]->name : NULL;
}

const char *nt_behaviour_nearest(const char *name) {
  return nt_nearest(name, name_at, NULL);
}
