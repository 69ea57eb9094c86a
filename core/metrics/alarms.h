/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an operator would notice: how long an attack runs before its first alarm, and how often
 * benign traffic rings.
 *
 * An episode is a run of attack packets in capture order. Attack packets of one campaign are often
 * interleaved with benign ones, so two runs are one episode when fewer than gap_packets benign
 * packets, or less than gap_seconds of time, lie between them. Excluded packets neither end an
 * episode nor count.
 *
 * A packet is alarmed if its score is >= threshold or NaN, as in nt_point_at_threshold.
 */
#ifndef NT_METRICS_ALARMS_H
#define NT_METRICS_ALARMS_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

typedef struct nt_episode_options {
  uint64_t gap_packets; /* default 0: any benign packet ends a run */
  double gap_seconds;   /* default 0: no time is short enough; >= 0 */
} nt_episode_options;

typedef struct nt_episode {
  size_t first, last; /* packet indices of its first and last attack packet */
  uint64_t attacks;   /* attack packets in it */
} nt_episode;

typedef struct nt_episodes {
  size_t count;
  nt_episode *episode; /* [count] in capture order, owned by this struct: nt_episodes_done */
} nt_episodes;

/* times (seconds) may be NULL when gap_seconds is 0. options NULL: the defaults. O(n). */
nt_status nt_episodes_find(const uint8_t *labels, const double *times, size_t n,
                           const nt_episode_options *options, nt_episodes *episodes, nt_error *err);
void nt_episodes_done(nt_episodes *episodes);

typedef struct nt_detection {
  size_t alarm; /* index of the first alarmed attack packet; SIZE_MAX: the episode was missed */
  double delay; /* seconds from the onset to it; NaN: missed. A clock that steps back can make it
                   negative */
  uint64_t packets; /* packets from the onset to it, itself excluded; attack packets and others */
} nt_detection;

/* detections: episodes->count entries, owned by the caller. Only alarms on attack packets count:
 * one on a benign packet inside an episode is luck. O(packets of the episodes). */
void nt_detect(const nt_episodes *episodes, const double *scores, const uint8_t *labels,
               const double *times, double threshold, nt_detection *detections);

typedef struct nt_benign_alarms {
  uint64_t alarms;    /* alarmed benign packets outside every episode */
  uint64_t incidents; /* the same with alarms less than incident_seconds after the previous one
                         counted once */
  double hours;       /* observed outside the episodes */
  double alarms_per_hour, incidents_per_hour; /* NaN where hours is 0 */
} nt_benign_alarms;

/*
 * False alarms on the traffic outside the episodes. Its duration is the sum of the time steps
 * between neighbouring packets that both lie outside and belong to the same stretch; steps back in
 * time count 0. O(n).
 */
nt_benign_alarms nt_benign_alarm_rate(const nt_episodes *episodes, const double *scores,
                                      const uint8_t *labels, const double *times, size_t n,
                                      double threshold, double incident_seconds);

#endif
