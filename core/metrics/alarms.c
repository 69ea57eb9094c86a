/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarms.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <ninetails/labels.h>

static bool alarmed(double score, double threshold) {
  return score >= threshold || isnan(score);
}

/* ---------------------------------------------------------------- episodes */

static nt_status append(nt_episodes *episodes, size_t *room, nt_episode episode, nt_error *err) {
  if (episodes->count == *room) {
    size_t more = *room ? 2 * *room : 16;
    nt_episode *grown = reallocarray(episodes->episode, more, sizeof *grown);
    if (!grown) return nt_fail(err, NT_E_MEMORY, "no memory for %zu attack episodes", more);
    episodes->episode = grown;
    *room = more;
  }
  episodes->episode[episodes->count++] = episode;
  return NT_OK;
}

nt_status nt_episodes_find(const uint8_t *labels, const double *times, size_t n,
                           const nt_episode_options *options, nt_episodes *episodes,
                           nt_error *err) {
  nt_episode_options o = options ? *options : (nt_episode_options){0};
  *episodes = (nt_episodes){0};
  if (!(o.gap_seconds >= 0) || (o.gap_seconds > 0 && !times))
    return nt_fail(err, NT_E_ARGUMENT, "episode gap of %g s: at least 0 expected%s", o.gap_seconds,
                   times ? "" : ", and 0 where packets have no times");
  size_t room = 0;
  uint64_t benign_since = 0;
  for (size_t i = 0; i < n; i++) {
    if (labels[i] == 0) benign_since++;
    if (labels[i] != 1) continue;
    nt_episode *open = episodes->count ? &episodes->episode[episodes->count - 1] : NULL;
    bool same = open && (benign_since == 0 || benign_since < o.gap_packets ||
                         (o.gap_seconds > 0 && times[i] - times[open->last] < o.gap_seconds));
    if (same) {
      open->last = i;
      open->attacks++;
    } else if (append(episodes, &room, (nt_episode){i, i, 1}, err) != NT_OK) {
      nt_episodes_done(episodes);
      return NT_E_MEMORY;
    }
    benign_since = 0;
  }
  return NT_OK;
}

void nt_episodes_done(nt_episodes *episodes) {
  free(episodes->episode);
  *episodes = (nt_episodes){0};
}

/* ---------------------------------------------------------------- detection delay */

void nt_detect(const nt_episodes *episodes, const double *scores, const uint8_t *labels,
               const double *times, double threshold, nt_detection *detections) {
  for (size_t e = 0; e < episodes->count; e++) {
    const nt_episode *episode = &episodes->episode[e];
    size_t i = episode->first;
    while (i <= episode->last && !(labels[i] == 1 && alarmed(scores[i], threshold))) i++;
    bool found = i <= episode->last;
    detections[e] = (nt_detection){
        .alarm = found ? i : SIZE_MAX,
        .delay = found ? times[i] - times[episode->first] : NAN,
        .packets = found ? i - episode->first : 0,
    };
  }
}

/* ---------------------------------------------------------------- false alarms */

typedef struct false_alarms {
  nt_benign_alarms *sum;
  double seconds, last_alarm;
} false_alarms;

/* One stretch outside the episodes: packets [from, to). */
static void add_stretch(false_alarms *f, const double *scores, const uint8_t *labels,
                        const double *times, size_t from, size_t to, double threshold,
                        double incident_seconds) {
  for (size_t i = from; i < to; i++) {
    if (i > from) f->seconds += fmax(0, times[i] - times[i - 1]);
    if (labels[i] != 0 || !alarmed(scores[i], threshold)) continue;
    f->sum->alarms++;
    f->sum->incidents += !(times[i] - f->last_alarm < incident_seconds);
    f->last_alarm = times[i];
  }
}

nt_benign_alarms nt_benign_alarm_rate(const nt_episodes *episodes, const double *scores,
                                      const uint8_t *labels, const double *times, size_t n,
                                      double threshold, double incident_seconds) {
  nt_benign_alarms sum = {0};
  false_alarms f = {.sum = &sum, .last_alarm = -INFINITY};
  size_t from = 0;
  for (size_t e = 0; e < episodes->count; e++) {
    add_stretch(&f, scores, labels, times, from, episodes->episode[e].first, threshold,
                incident_seconds);
    from = episodes->episode[e].last + 1;
  }
  add_stretch(&f, scores, labels, times, from, n, threshold, incident_seconds);
  sum.hours = f.seconds / 3600;
  sum.alarms_per_hour = sum.hours > 0 ? (double)sum.alarms / sum.hours : NAN;
  sum.incidents_per_hour = sum.hours > 0 ? (double)sum.incidents / sum.hours : NAN;
  return sum;
}
