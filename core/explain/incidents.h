/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets that qualify, gathered into incidents: what somebody looks at in place of a hundred
 * thousand rows. The rules, which look at no label:
 *
 *     entity    host: of a packet's two hosts the one that more of the qualifying packets have as
 *               source or destination, so that a scan belongs to who scans, and a flood from many
 *               addresses to whom it hits; of equal ones the source, and an address before none.
 *               pair: both hosts, whichever direction. flow: both with their ports
 *     cause     the kind of feature (extractor/meaning.h) with the largest share in the score
 *     gap       packets of one entity and cause are one incident as long as none comes more than
 *               `gap` seconds after the latest before it; one without a time belongs to that, too
 *     order     by excess, the sum over its packets of ln(score / threshold), at most NT_MOST_EXCESS
 *               each; of equal ones that which begins first
 *
 * O(packets) but for that sort of the incidents. Memory: 12 bytes a packet, 200 an incident.
 */
#ifndef NT_INCIDENTS_H
#define NT_INCIDENTS_H

#include "inspection.h"

typedef enum nt_entity { NT_ENTITY_HOST, NT_ENTITY_PAIR, NT_ENTITY_FLOW } nt_entity;

enum { NT_MOST_EXCESS = 100, NT_SHOWN = 3 };

typedef struct nt_counted {
  uint32_t what; /* a host, a port, a column */
  double count;  /* packets; of a column the sum of its shares in their scores */
} nt_counted;

typedef struct nt_incident {
  uint32_t host[2]; /* [1] counts of pairs and flows: as its first packet has them */
  uint16_t port[2]; /* of flows */
  uint8_t ports;    /* NT_PORT_* of its first packet */
  uint8_t cause;
  size_t first, peak; /* indices of nt_inspection.anomaly */
  double start, end, excess;
  uint64_t packets, sent; /* sent: of the host, or of host[0] */
  uint64_t attack_packets;
  uint16_t attack;            /* the one with a name that most of them are of; 0: none */
  uint64_t peers, ports_seen; /* distinct other hosts, and ports of destinations */
  nt_counted peer[NT_SHOWN], destination_port[NT_SHOWN], feature[NT_SHOWN]; /* the most; count 0:
                                                                               there are no more */
  size_t evidence[NT_SHOWN]; /* the highest scores, from the highest on */
  size_t evidences;
} nt_incident;

/* How an attack that the labels name (or, where they name none, all of them) was met. */
typedef struct nt_met {
  uint64_t packets, qualifying, incidents;
} nt_met;

typedef struct nt_incidents {
  size_t count;
  nt_incident *incident; /* in their order */
  uint64_t touching;     /* incidents with an attack's packet */
  size_t attacks;        /* 0: no labels, or no attack */
  nt_met *met;           /* [attacks], in the order of attack_name */
} nt_incidents;

/* gap: seconds, not negative. NT_E_MEMORY, NT_E_ARGUMENT. nt_incidents_done. */
nt_status nt_incidents_of(const nt_inspection *in, nt_entity entity, double gap, nt_incidents *to,
                          nt_error *err);
void nt_incidents_done(nt_incidents *to);

/* What the record of a packet that qualifies still has of its identity: all that words are of. */
void nt_anomaly_identity(const nt_inspection *inspection, const nt_anomaly *anomaly,
                         nt_identity *identity);

#endif
