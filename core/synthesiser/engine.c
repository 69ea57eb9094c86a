/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine.h"

#include <string.h>

#include "ground/cancel.h"

static const double longest_gap =
    1e8; /* s, three years: keeps every sum of times far from overflow */

/* ---------------------------------------------------------------- the queue */

static bool earlier(const nt_engine *e, uint32_t a, uint32_t b) {
  return e->times[a] < e->times[b] || (e->times[a] == e->times[b] && a < b);
}

static void put(nt_engine *e, uint32_t place, uint32_t who) {
  e->queue[place] = who;
  e->places[who] = place;
}

static void settle(nt_engine *e, uint32_t place) {
  uint32_t who = e->queue[place], n = (uint32_t)e->activity_count;
  while (place && earlier(e, who, e->queue[(place - 1) / 2])) {
    put(e, place, e->queue[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  for (uint32_t child; (child = 2 * place + 1) < n; place = child) {
    if (child + 1 < n && earlier(e, e->queue[child + 1], e->queue[child])) child++;
    if (!earlier(e, e->queue[child], who)) break;
    put(e, place, e->queue[child]);
  }
  put(e, place, who);
}

void nt_engine_wake(nt_engine *e, nt_activity *a, int64_t time) {
  e->times[a->index] = time;
  settle(e, e->places[a->index]);
}

nt_status nt_engine_add(nt_engine *e, nt_activity *a, nt_error *err) {
  if (e->activity_count == NT_MAX_ACTIVITIES)
    return nt_fail(err, NT_E_LIMIT, "scenario %s: more than %d activities", e->name,
                   NT_MAX_ACTIVITIES);
  if (a->behaviour->tap) {
    if (e->tap_count == NT_MAX_TAPS)
      return nt_fail(err, NT_E_LIMIT, "scenario %s: more than %d activities that watch the others",
                     e->name, NT_MAX_TAPS);
    e->taps[e->tap_count++] = a;
  }
  a->index = (uint32_t)e->activity_count;
  e->activities[e->activity_count] = a;
  e->times[a->index] = NT_NEVER;
  put(e, (uint32_t)e->activity_count++, a->index);
  return NT_OK;
}

/* ---------------------------------------------------------------- frames */

static void failed(nt_engine *e, nt_status status) {
  if (e->status == NT_OK) e->status = status;
}

static void commit(nt_engine *e, nt_activity *who, uint32_t captured, uint32_t length,
                   uint32_t seconds, uint32_t nanoseconds) {
  nt_synthesis_result *r = e->result;
  if (e->status != NT_OK || r->packets == e->limit) return;
  nt_status status = nt_writer_commit(e->writer, seconds, nanoseconds, captured, length,
                                      who->attack, who->count->name, e->err);
  if (status != NT_OK) failed(e, status);
  r->packets++;
  if (!e->overlay || who == e->overlay) e->progressed++;
  who->sent++;
  who->count->packets++;
  if (who->attack && !r->attack_packets++) r->first_attack = r->packets;
}

static void commit_now(nt_engine *e, nt_activity *who, size_t captured, size_t length) {
  int64_t time = e->epoch * 1000000000 + e->now;
  if (time / 1000000000 > UINT32_MAX && e->status == NT_OK)
    failed(e, nt_fail(e->err, NT_E_LIMIT,
                      "scenario %s: packet %llu would lie beyond 2106, where pcap's seconds end",
                      e->name, (unsigned long long)e->result->packets + 1));
  if (captured > (size_t)e->snaplen) captured = (size_t)e->snaplen;
  commit(e, who, (uint32_t)captured, (uint32_t)length, (uint32_t)(time / 1000000000),
         (uint32_t)(time % 1000000000));
}

uint8_t *nt_engine_frame(nt_engine *e) {
  uint8_t *frame = nt_writer_reserve(e->writer, sizeof e->scratch, e->err);
  if (frame) return frame;
  failed(e, NT_E_IO);
  return e->scratch;
}

void nt_engine_send(nt_engine *e, nt_activity *a, size_t length) {
  nt_activity *who = a;
  for (size_t i = 0; i < e->tap_count; i++) {
    nt_activity *tap = e->taps[i];
    if (!tap->open || tap == a) continue;
    switch (tap->behaviour->tap(e, tap, nt_engine_frame(e), length, length, false)) {
    case NT_TAP_PASS:
      break;
    case NT_TAP_CLAIM:
      who = tap;
      break;
    case NT_TAP_TAKE:
      return;
    }
  }
  commit_now(e, who, length, length);
}

void nt_engine_send_claimed(nt_engine *e, nt_activity *a, size_t captured, size_t length) {
  commit_now(e, a, captured, length);
}

void nt_engine_send_fixed(nt_engine *e, nt_activity *a, const uint8_t *bytes, uint32_t captured,
                          uint32_t length, uint32_t seconds, uint32_t nanoseconds) {
  uint8_t *frame = nt_writer_reserve(e->writer, captured, e->err);
  if (!frame) {
    failed(e, NT_E_IO);
    return;
  }
  memcpy(frame, bytes, captured);
  for (size_t i = 0; i < e->tap_count; i++)
    if (e->taps[i]->open) e->taps[i]->behaviour->tap(e, e->taps[i], frame, captured, length, true);
  commit(e, a, captured, length, seconds, nanoseconds);
}

/* ---------------------------------------------------------------- gaps, windows */

bool nt_engine_ended(const nt_engine *e, const nt_activity *a) {
  return (double)e->progressed >= a->finish * (double)e->expected;
}

static double day_factor(const nt_engine *e) {
  double hour = e->diurnal_start + (double)e->now / 3600e9;
  hour -= 24 * (double)(int64_t)(hour / 24);
  int h = (int)hour;
  return e->diurnal[h] + (e->diurnal[h + 1] - e->diurnal[h]) * (hour - h);
}

static uint64_t benign_packets(const nt_engine *e) {
  return e->result->packets - e->result->attack_packets;
}

static double clamp(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

/* Keeps the activity's packets in their proportion to the benign ones, which do not depend on them.
 * With r = (own + 32) / (wanted + 32), gaps stretch by r^8, which is quick but leaves an error
 * where the scenario's own rate is far off, times a trim that moves 2 % a call until there is none.
 * Both leave the gaps' law visible. */
double nt_engine_pace(nt_engine *e, nt_activity *a) {
  double wanted = a->per_benign * (double)(benign_packets(e) - a->benign_before);
  double ratio = ((double)a->sent + 32) / (wanted + 32);
  double p2 = ratio * ratio, p4 = p2 * p2, p8 = p4 * p4;
  if (ratio > 1.02)
    a->trim *= 1.02;
  else if (ratio < 0.98)
    a->trim *= 0.98;
  a->trim = clamp(a->trim, 1e-4, 1e4);
  return clamp(p8, 0.001, 1000) * a->trim;
}

/* The factor on a drawn gap: from the wanted rate where that is known, else from the scenario's own
 * gap. */
static double stretch(nt_engine *e, nt_activity *a) {
  double factor = nt_engine_pace(e, a);
  if (!(a->quiet_gap > 0) || !(a->gap.mean > 0)) return factor;
  double each = (double)(a->sent + 1) / (double)++a->gaps; /* packets for one gap */
  return factor * each * a->quiet_gap / a->gap.mean;
}

int64_t nt_engine_after_gap(nt_engine *e, nt_activity *a) {
  if (nt_engine_ended(e, a)) return NT_NEVER;
  double gap = nt_law_draw(&a->gap, &a->chance);
  if (a->diurnal && e->has_diurnal) gap /= day_factor(e);
  if (a->share > 0) gap *= stretch(e, a);
  int64_t time = e->now + nt_ns_of_seconds(gap < longest_gap ? gap : longest_gap);
  if (a->busy.mean > 0 && time >= a->burst_end) {
    time = (a->burst_end > e->now ? a->burst_end : e->now) + nt_draw_ns(&a->idle, &a->chance);
    a->burst_end = time + nt_draw_ns(&a->busy, &a->chance);
  }
  return time;
}

/* Part of the packets that the activities with a share want together while `a` runs. */
static double shares_beside(const nt_engine *e, const nt_activity *a) {
  double sum = 0;
  for (size_t i = 0; i < e->activity_count; i++) {
    const nt_activity *b = e->activities[i];
    if (b->share > 0 && b->begin < a->finish && b->finish > a->begin)
      sum += b->share / (double)b->copies;
  }
  return sum < 0.99 ? sum : 0.99;
}

/* The window opens: shares become packets for each benign one, and the benign rate so far says
 * which mean gap that makes. */
static void open_window(nt_engine *e, nt_activity *a) {
  a->open = a->opened = true;
  a->trim = 1;
  a->benign_before = benign_packets(e);
  a->per_benign = a->share / (double)a->copies / (1 - shares_beside(e, a));
  double rate = e->now > 1000000000 ? (double)a->benign_before / ((double)e->now / 1e9) : 0;
  if (a->share > 0 && rate > 0 && !a->behaviour->paced) a->quiet_gap = 1 / (a->per_benign * rate);
  nt_engine_wake(e, a, e->now + nt_draw_ns(&a->start, &a->chance));
}

static void open_windows(nt_engine *e) {
  for (size_t i = 0; i < e->activity_count; i++) {
    nt_activity *a = e->activities[i];
    if (a->begin < 0) continue;
    if (!a->opened && (double)e->progressed >= a->begin * (double)e->expected)
      open_window(e, a);
    else if (a->open && nt_engine_ended(e, a))
      a->open = false;
  }
}

/* Smallest number of packets at which a window opens or ends, above the present one. */
static uint64_t next_mark(const nt_engine *e) {
  double mark = 1e18;
  for (size_t i = 0; i < e->activity_count; i++) {
    const nt_activity *a = e->activities[i];
    double begin = a->begin * (double)e->expected, finish = a->finish * (double)e->expected;
    if (a->begin < 0) continue;
    if (begin > (double)e->progressed && begin < mark) mark = begin;
    if (finish > (double)e->progressed && finish < mark) mark = finish;
  }
  return (uint64_t)mark + ((double)(uint64_t)mark < mark);
}

/* ---------------------------------------------------------------- the run */

static nt_status report(nt_engine *e, const nt_synthesis *what, nt_error *err) {
  if (nt_cancel_look(err) != NT_OK) return NT_E_STATE;
  uint64_t expected = e->overlay ? e->expected : e->limit;
  if (what->progress && what->progress(what->context, e->result->packets, expected))
    return nt_fail(err, NT_E_STATE, "stopped after %llu packets",
                   (unsigned long long)e->result->packets);
  return NT_OK;
}

nt_status nt_engine_run(nt_engine *e, const nt_synthesis *what, nt_error *err) {
  e->err = err;
  for (size_t i = 0; i < e->activity_count; i++) {
    nt_activity *a = e->activities[i];
    if (a->begin < 0) {
      a->open = true;
      nt_engine_wake(e, a, nt_draw_ns(&a->start, &a->chance));
    }
  }
  uint64_t mark = 0, told = 0;
  int64_t first = -1;
  while (e->result->packets < e->limit && e->status == NT_OK) {
    if (e->progressed >= mark) {
      open_windows(e);
      mark = next_mark(e);
    }
    nt_activity *a = e->activities[e->queue[0]];
    if (e->times[a->index] == NT_NEVER) break;
    if (e->times[a->index] > e->now) e->now = e->times[a->index];
    uint64_t before = e->result->packets;
    int64_t next = a->behaviour->step(e, a);
    nt_engine_wake(e, a, next);
    if (first < 0 && e->result->packets > before) first = e->now;
    if (e->result->packets - told >= 65536) {
      told = e->result->packets;
      nt_status status = report(e, what, err);
      if (status != NT_OK) return status;
    }
  }
  if (e->status != NT_OK) return e->status;
  e->result->seconds = first < 0 ? 0 : (double)(e->now - first) / 1e9;
  e->result->bytes = nt_writer_bytes(e->writer);
  return report(e, what, err);
}
