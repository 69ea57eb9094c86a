/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "metrics/alarms.h"
#include "metrics_check.h"

enum { N = 12 };
static const uint8_t labels[N] = {0, 1, 1, 0, 1, 2, 1, 0, 0, 0, 1, 0};
static const double times[N] = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 200, 210};

static void episodes_follow_the_gaps(void) {
  const struct {
    nt_episode_options options;
    size_t count, first[3], last[3], attacks[3];
  } cases[] = {
      {{0, 0}, 3, {1, 4, 10}, {2, 6, 10}, {2, 2, 1}},  /* an excluded packet ends no episode */
      {{1, 0}, 3, {1, 4, 10}, {2, 6, 10}, {2, 2, 1}},  /* one benign packet is not fewer than 1 */
      {{2, 0}, 2, {1, 10}, {6, 10}, {4, 1}},           /* a gap of one packet is bridged */
      {{4, 0}, 1, {1}, {10}, {5}},                     /* a gap of three packets is bridged */
      {{0, 20}, 3, {1, 4, 10}, {2, 6, 10}, {2, 2, 1}}, /* 20 s are not less than 20 s */
      {{0, 20.5}, 2, {1, 10}, {6, 10}, {4, 1}},        /* 20 s are bridged */
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    nt_episodes e;
    nt_error err;
    CHECK_OK(nt_episodes_find(labels, times, N, &cases[c].options, &e, &err), err);
    CU_ASSERT_EQUAL_FATAL(e.count, cases[c].count);
    for (size_t i = 0; i < e.count; i++) {
      CU_ASSERT_EQUAL(e.episode[i].first, cases[c].first[i]);
      CU_ASSERT_EQUAL(e.episode[i].last, cases[c].last[i]);
      CU_ASSERT_EQUAL(e.episode[i].attacks, cases[c].attacks[i]);
    }
    nt_episodes_done(&e);
  }
}

static void episodes_hold_every_attack_once(void) {
  uint64_t seed = 31;
  for (int round = 0; round < 200; round++) {
    sample s = random_sample(&seed);
    nt_episode_options o = {random_below(&seed, 4), (double)random_below(&seed, 3)};
    nt_episodes e;
    nt_error err;
    CHECK_OK(nt_episodes_find(s.labels, s.times, s.n, &o, &e, &err), err);
    uint64_t attacks = 0, held = 0;
    for (size_t i = 0; i < s.n; i++) attacks += s.labels[i] == 1;
    for (size_t i = 0; i < e.count; i++) {
      held += e.episode[i].attacks;
      CU_ASSERT(s.labels[e.episode[i].first] == 1 && s.labels[e.episode[i].last] == 1);
      if (i > 0) CU_ASSERT(e.episode[i].first > e.episode[i - 1].last);
    }
    CU_ASSERT_EQUAL(held, attacks);
    nt_episodes_done(&e);
  }
}

static void bad_gaps_are_refused(void) {
  nt_episodes e;
  nt_error err;
  CU_ASSERT_EQUAL(nt_episodes_find(labels, times, N, &(nt_episode_options){0, -1}, &e, &err),
                  NT_E_ARGUMENT);
  CU_ASSERT_EQUAL(nt_episodes_find(labels, NULL, N, &(nt_episode_options){0, 5}, &e, &err),
                  NT_E_ARGUMENT);
  CHECK_OK(nt_episodes_find(labels, NULL, N, NULL, &e, &err), err);
  nt_episodes_done(&e);
  CHECK_OK(nt_episodes_find(NULL, NULL, 0, NULL, &e, &err), err);
  CU_ASSERT_EQUAL(e.count, 0);
  nt_episodes_done(&e);
}

static void delays_run_from_the_onset(void) {
  /* The alarm at benign packet 3 lies inside the second case's episode: luck, not detection. */
  const double scores[N] = {9, 0, 5, 9, 4, 9, NAN, 0, 0, 0, 1, 0};
  nt_episodes e;
  nt_error err;
  CHECK_OK(nt_episodes_find(labels, times, N, NULL, &e, &err), err);
  nt_detection d[3];
  nt_detect(&e, scores, labels, times, 5, d);
  CU_ASSERT_EQUAL(d[0].alarm, 2);
  CU_ASSERT_EQUAL(d[0].delay, 10);
  CU_ASSERT_EQUAL(d[0].packets, 1);
  CU_ASSERT_EQUAL(d[1].alarm, 6); /* a NaN score is an alarm */
  CU_ASSERT_EQUAL(d[1].delay, 20);
  CU_ASSERT_EQUAL(d[2].alarm, SIZE_MAX);
  CU_ASSERT(isnan(d[2].delay));
  nt_episodes_done(&e);
  CHECK_OK(nt_episodes_find(labels, times, N, &(nt_episode_options){2, 0}, &e, &err), err);
  nt_detect(&e, scores, labels, times, 6, d);
  CU_ASSERT_EQUAL(d[0].alarm, 6);
  CU_ASSERT_EQUAL(d[0].packets, 5);
  nt_episodes_done(&e);
}

static void benign_alarms_are_counted_outside_episodes(void) {
  const double scores[N] = {9, 9, 9, 9, 9, 9, 9, 9, 9, NAN, 9, 0};
  nt_episodes e;
  nt_error err;
  CHECK_OK(nt_episodes_find(labels, times, N, &(nt_episode_options){2, 0}, &e, &err), err);
  /* outside: packet 0; packets 7 to 9 (20 s); packet 11. Alarms: 0, 7, 8, 9. */
  nt_benign_alarms a = nt_benign_alarm_rate(&e, scores, labels, times, N, 5, 15);
  CU_ASSERT_EQUAL(a.alarms, 4);
  CU_ASSERT_EQUAL(a.incidents, 2);
  CHECK_CLOSE(a.hours, 20 / 3600.0, 1e-15);
  CHECK_CLOSE(a.alarms_per_hour, 4 * 180, 1e-12);
  CHECK_CLOSE(a.incidents_per_hour, 2 * 180, 1e-12);
  a = nt_benign_alarm_rate(&e, scores, labels, times, N, 5, 0);
  CU_ASSERT_EQUAL(a.incidents, 4);
  nt_episodes_done(&e);
  a = nt_benign_alarm_rate(&(nt_episodes){0}, scores, labels, times, 1, 5, 0);
  CU_ASSERT(isnan(a.alarms_per_hour));
  CU_ASSERT_EQUAL(a.alarms, 1);
}

static const check_case cases[] = {
    {"episodes follow the gaps", episodes_follow_the_gaps},
    {"episodes hold every attack once", episodes_hold_every_attack_once},
    {"bad gaps are refused", bad_gaps_are_refused},
    {"delays run from the onset", delays_run_from_the_onset},
    {"benign alarms are counted outside episodes", benign_alarms_are_counted_outside_episodes},
};
CHECK_MAIN("alarms", cases)
