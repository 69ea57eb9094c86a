/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of behaviours: what an activity of a scenario can do. */
#ifndef NT_SYNTHESISER_BEHAVIOURS_H
#define NT_SYNTHESISER_BEHAVIOURS_H

#include "engine.h"

extern const nt_behaviour nt_behaviour_dialogue;                    /* dialogue.c */
extern const nt_behaviour nt_behaviour_udp;                         /* udp.c */
extern const nt_behaviour nt_behaviour_rtp, nt_behaviour_inject;    /* rtp.c */
extern const nt_behaviour nt_behaviour_arp, nt_behaviour_neighbour; /* lan.c */
extern const nt_behaviour nt_behaviour_ping, nt_behaviour_dhcp;
extern const nt_behaviour nt_behaviour_arp_sweep, nt_behaviour_scan; /* scan.c */
extern const nt_behaviour nt_behaviour_probe;
extern const nt_behaviour nt_behaviour_syn_flood, nt_behaviour_ssdp_flood; /* flood.c */
extern const nt_behaviour nt_behaviour_arp_spoof, nt_behaviour_bridge;     /* intercept.c */

/* All of them, ended by NULL. */
extern const nt_behaviour *const nt_behaviours[];

/* NULL: there is none of this name. */
const nt_behaviour *nt_behaviour_find(const char *name);
const char *nt_behaviour_nearest(const char *name);

#endif
