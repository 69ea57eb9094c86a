/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Suricata's alerts, as its eve.json has them: one JSON object a line, those with "event_type":
 * "alert" count. Laid onto packets by flow and time:
 *
 *     flow     protocol (TCP, UDP, ICMP, ARP, anything else), both addresses, and both ports where
 *              it is TCP or UDP and the alert has ports; in either direction
 *     time     the alert's, to the microsecond; a packet belongs to it from then on for `window`
 *     level    4 for severity 1, the highest; 3, 2, and 1 for severity 4 or more
 *
 * An alert without addresses (of Suricata's decoder) belongs to the packets of its microsecond.
 *
 * The file comes from a stranger: a line of more than NT_EVE_LINE bytes, one that is no JSON
 * object, and an alert without a time or with an address that is none, are counted and left out; a
 * line of more than NT_EVE_LONGEST bytes is NT_E_LIMIT: it may be a file without an end.
 */
#ifndef NT_EVE_H
#define NT_EVE_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/packet.h>

#define NT_EVE_LINE ((size_t)1 << 20) /* bytes */
#define NT_EVE_LONGEST ((size_t)1 << 26)
#define NT_EVE_ALERTS ((size_t)1 << 24) /* of a file; more is NT_E_LIMIT */

typedef struct nt_eve nt_eve;

typedef struct nt_eve_counts {
  uint64_t lines;  /* in all, empty ones left out */
  uint64_t broken; /* left out */
  uint64_t alerts; /* laid onto packets, or ready to be */
  uint64_t used;   /* of these, how many had a packet */
} nt_eve_counts;

/* Reads the file, compressed or not; errors name it; NT_E_STATE: cancelled (cancel.h). Memory: 48
 * bytes an alert, twice that while it sorts. O(n log n). */
nt_eve *nt_eve_read(const char *path, nt_error *err);
void nt_eve_free(nt_eve *eve); /* NULL is fine */

/* The level of a packet, 0 without an alert. window: s, at least 0. O(log n). Marks what it finds
 * as used. */
int nt_eve_level(nt_eve *eve, const nt_packet *packet, double window);

nt_eve_counts nt_eve_count(const nt_eve *eve);

/* Microseconds since the epoch of "2016-10-06T17:52:16.480000+1000"; the offset may be "+10:00",
 * "Z" or missing (then UTC), the fraction may be missing. 0: no such time. */
int nt_eve_time(const char *text, int64_t *microseconds);

#endif
