/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The traffic synthesiser: scenario, seed and packet count -> a capture file and its labels.
 *
 * A scenario (settings.h; written in Lua under datasets/scenarios/) names hosts and activities. An
 * activity is one behaviour (a camera's stream, a TCP dialogue, a scan, ...) with its parameters: a
 * state machine with a generator of its own, seeded by a hash of (seed, name, instance). One
 * priority queue of next event times drives them all, so the packets come out in time order, one at
 * a time, and memory is that of the activities whatever the number of packets. Same scenario, seed
 * and count: the same bytes on every machine, since nothing but integers and the IEEE operations +
 * - * / sqrt decides anything.
 *
 * Traffic goes into a file and nowhere else: there is no code here that could send it.
 * What such a trace can and cannot show is said in datasets/SCENARIOS.md.
 */
#ifndef NT_SYNTHESISER_H
#define NT_SYNTHESISER_H

#include <stdint.h>

#include <ninetails/error.h>

#include "settings.h"

typedef struct nt_synthesis {
  uint64_t seed;
  uint64_t packets;   /* exact length of the trace; with `over` the most to write, 0: no bound */
  const char *output; /* pcap with nanosecond times, written under a temporary name and renamed */
  const char *labels; /* CSV packet_number,label,activity (1-based); NULL: output + ".labels.csv" */
  const char *over; /* benign capture (pcap or pcapng, Ethernet) to lay the attacks over, or NULL */
  /* Called about every 65536 packets, and at the end; may be NULL. A result other than 0 stops the
   * run. */
  int (*progress)(void *context, uint64_t packets, uint64_t expected);
  void *context;
} nt_synthesis;

typedef struct nt_synthesis_count {
  const char *name; /* activity; valid as long as the scenario */
  int attack;
  uint64_t packets;
} nt_synthesis_count;

typedef struct nt_synthesis_result {
  uint64_t packets, attack_packets, bytes;
  uint64_t first_attack;          /* 1-based number of the first attack packet, 0 without one */
  double seconds;                 /* of trace time between the first and the last packet */
  nt_synthesis_count *activities; /* one for each activity name, in the scenario's order */
  size_t activity_count;
} nt_synthesis_result;

/* Runs the scenario. Errors: NT_E_ARGUMENT for the scenario's mistakes (naming activity, key, value
 * and what was expected), NT_E_INPUT for `over`, NT_E_IO for the outputs; nothing is left behind on
 * failure. O(packets x log activities). Free the result with nt_synthesis_done, also after a
 * failure. */
nt_status nt_synthesise(const nt_setting *scenario, const nt_synthesis *what,
                        nt_synthesis_result *result, nt_error *err);
void nt_synthesis_done(nt_synthesis_result *result);

#endif
