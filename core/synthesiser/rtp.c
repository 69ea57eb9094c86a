/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rtp.h"

#include <stddef.h>
#include <string.h>

#include "behaviours.h"

enum { RTP_HEADER = 12, FU_HEADER = 2 };

/* ---------------------------------------------------------------- video */

static int64_t picture_time(const nt_video *v) {
  return v->begun + (int64_t)((double)v->picture * 1e9 / v->fps);
}

static void next_picture(nt_video *v, int64_t now, nt_chance *chance) {
  bool intra = v->picture % (uint64_t)v->gop == 0;
  if (now >= v->factor_until) {
    v->factor = nt_law_draw(&v->motion, chance);
    v->factor_until = now + nt_draw_ns(&v->motion_for, chance);
  }
  double size = nt_law_draw(intra ? &v->i_size : &v->p_size, chance);
  v->left = (uint32_t)(intra ? size : size * v->factor) + 1;
  v->headers = intra ? 2 : 0;
  v->first = true;
}

void nt_video_begin(nt_video *v, int64_t now, nt_chance *chance) {
  v->begun = now;
  v->ssrc = (uint32_t)nt_chance_next(chance);
  v->clock = (uint32_t)nt_chance_next(chance);
  v->sequence = (uint16_t)nt_chance_next(chance);
  next_picture(v, now, chance);
}

static void rtp_header(nt_video *v, bool marker, uint8_t *out) {
  out[0] = 0x80;
  out[1] = (uint8_t)(v->payload_type | (marker ? 0x80 : 0));
  nt_put16(out + 2, v->sequence++);
  nt_put32(out + 4, v->clock + (uint32_t)((double)v->picture * 90000 / v->fps));
  nt_put32(out + 8, v->ssrc);
}

/* Sequence and picture parameter set, one small packet each. */
static uint32_t parameter_set(nt_video *v, uint8_t *out) {
  static const uint8_t sps[] = {0x67, 0x64, 0x00, 0x1f, 0xac, 0xd9, 0x40, 0x50, 0x05,
                                0xbb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00,
                                0x00, 0x03, 0x03, 0xc0, 0xf1, 0x83, 0x19, 0x60};
  static const uint8_t pps[] = {0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0};
  bool sequence = v->headers-- == 2;
  uint32_t n = sequence ? sizeof sps : sizeof pps;
  rtp_header(v, false, out);
  memcpy(out + RTP_HEADER, sequence ? sps : pps, n);
  return RTP_HEADER + n;
}

static uint32_t fragment(nt_video *v, const nt_engine *e, nt_chance *chance, uint8_t *out) {
  bool intra = v->picture % (uint64_t)v->gop == 0;
  uint32_t room = (uint32_t)v->payload - FU_HEADER, n = v->left < room ? v->left : room;
  v->left -= n;
  rtp_header(v, v->left == 0, out);
  uint8_t type = intra ? 5 : 1, importance = intra ? 0x60 : 0x40;
  out[RTP_HEADER] = importance | 28;
  out[RTP_HEADER + 1] = (uint8_t)((v->first ? 0x80 : 0) | (v->left ? 0 : 0x40) | type);
  memcpy(out + RTP_HEADER + FU_HEADER, e->pool[0] + nt_chance_below(chance, NT_POOL - NT_FRAME_MAX),
         n);
  v->first = false;
  return RTP_HEADER + FU_HEADER + n;
}

uint32_t nt_video_packet(nt_video *v, nt_engine *e, const nt_host *host, nt_chance *chance,
                         uint8_t *out, int64_t *next) {
  uint32_t n = v->headers ? parameter_set(v, out) : fragment(v, e, chance, out);
  v->packets++;
  v->bytes += n - RTP_HEADER;
  int64_t wire = nt_host_wire_time(host, n + NT_UDP_PAYLOAD);
  *next = e->now + wire + nt_chance_below(chance, (uint32_t)(wire / 4 + 1));
  if (v->left) return n;
  v->picture++;
  int64_t due = picture_time(v) + nt_draw_ns(&v->jitter, chance);
  if (due > *next) *next = due;
  next_picture(v, due, chance);
  return n;
}

/* ---------------------------------------------------------------- rtp, with RTCP */

typedef struct rtp {
  nt_activity base;
  nt_video video;
  int64_t source_port, target_port; /* RTCP on the next ones */
  nt_law report;                    /* s between sender reports */
  int64_t report_at, answer_at, video_at;
  bool begun;
} rtp;

static const nt_parameter rtp_parameters[] = {
    NT_VIDEO_PARAMETERS(rtp, video),
    NT_INTEGER_ROW(rtp, video.payload_type, "payload_type", "1", 96, 96, 127, "of RTP"),
    NT_INTEGER_ROW(rtp, source_port, "source_port", "1", NT_REQUIRED, 1, 65534,
                   "of the sender; RTCP has the next one"),
    NT_INTEGER_ROW(rtp, target_port, "target_port", "1", NT_REQUIRED, 1, 65534,
                   "of the receiver; RTCP has the next one"),
    NT_LAW_ROW(rtp, report, "report", "s", 5, 0.1, 1e5, "between sender reports"),
};

static void ntp_now(const nt_engine *e, uint8_t *out) {
  int64_t time = e->epoch * 1000000000 + e->now;
  nt_put32(out, (uint32_t)(time / 1000000000 + 2208988800));
  nt_put32(out + 4, (uint32_t)(((uint64_t)(time % 1000000000) << 32) / 1000000000));
}

/* The source description that each compound RTCP packet carries (RFC 3550 section 6.5). */
static uint32_t description(uint32_t ssrc, const nt_host *host, uint8_t *out) {
  uint32_t n = (uint32_t)strnlen(host->name, 32), body = (4 + 2 + n + 1 + 3) / 4 * 4;
  memset(out, 0, 4 + body);
  out[0] = 0x81;
  out[1] = 202;
  nt_put16(out + 2, body / 4);
  nt_put32(out + 4, ssrc);
  out[8] = 1; /* CNAME */
  out[9] = (uint8_t)n;
  memcpy(out + 10, host->name, n);
  return 4 + body;
}

static uint32_t sender_report(const nt_engine *e, const rtp *r, uint8_t *out) {
  const nt_video *v = &r->video;
  out[0] = 0x80;
  out[1] = 200;
  nt_put16(out + 2, 6);
  nt_put32(out + 4, v->ssrc);
  ntp_now(e, out + 8);
  nt_put32(out + 16, v->clock + (uint32_t)((double)(e->now - v->begun) * 90000 / 1e9));
  nt_put32(out + 20, v->packets);
  nt_put32(out + 24, v->bytes);
  return 28 + description(v->ssrc, r->base.from, out + 28);
}

static uint32_t receiver_report(rtp *r, uint8_t *out) {
  const nt_video *v = &r->video;
  memset(out, 0, 32);
  out[0] = 0x81; /* one report block */
  out[1] = 201;
  nt_put16(out + 2, 7);
  nt_put32(out + 4, ~v->ssrc);
  nt_put32(out + 8, v->ssrc);
  nt_put32(out + 16, (uint16_t)(v->sequence - 1)); /* highest sequence number received */
  nt_put32(out + 20, nt_chance_between(&r->base.chance, 20, 400)); /* jitter */
  return 32 + description(~v->ssrc, r->base.to, out + 32);
}

static int64_t earliest(const rtp *r) {
  int64_t t = r->video_at < r->report_at ? r->video_at : r->report_at;
  return t < r->answer_at ? t : r->answer_at;
}

static int64_t rtp_step(nt_engine *e, nt_activity *a) {
  rtp *r = (rtp *)a;
  uint8_t *frame = nt_engine_frame(e), *out = frame + NT_UDP_PAYLOAD;
  uint16_t source = (uint16_t)r->source_port, target = (uint16_t)r->target_port;
  if (!r->begun) {
    r->begun = true;
    nt_video_begin(&r->video, e->now, &a->chance);
    r->video_at = e->now;
    r->report_at = e->now + nt_draw_ns(&r->report, &a->chance);
    r->answer_at = NT_NEVER;
  }
  if (r->video_at <= e->now) {
    uint32_t n = nt_video_packet(&r->video, e, a->from, &a->chance, out, &r->video_at);
    nt_engine_send(e, a, nt_frame_udp(frame, a->from, source, a->to, target, n));
  } else if (r->report_at <= e->now) {
    uint32_t n = sender_report(e, r, out);
    nt_engine_send(e, a, nt_frame_udp(frame, a->from, source + 1, a->to, target + 1, n));
    r->report_at = e->now + nt_draw_ns(&r->report, &a->chance);
    r->answer_at = e->now + nt_host_turn(a->to, &a->chance) + 2000000;
  } else {
    uint32_t n = receiver_report(r, out);
    nt_engine_send(e, a, nt_frame_udp(frame, a->to, target + 1, a->from, source + 1, n));
    r->answer_at = NT_NEVER;
  }
  return nt_engine_ended(e, a) ? NT_NEVER : earliest(r);
}

const nt_behaviour nt_behaviour_rtp = {
    .name = "rtp",
    .help = "H.264 video in RTP, with RTCP",
    .size = sizeof(rtp),
    .parameters = rtp_parameters,
    .parameter_count = sizeof rtp_parameters / sizeof *rtp_parameters,
    .needs = NT_NEEDS_FROM | NT_NEEDS_TO,
    .step = rtp_step,
};

/* ---------------------------------------------------------------- inject: another's stream */

/* Watches for RTP from a camera to the recorder, then sends pictures of its own with the same
 * addresses, ports, SSRC and running sequence numbers, so that the recorder takes them for the
 * camera's. */
typedef struct inject {
  nt_activity base;
  nt_video video;
  nt_host *camera;
  bool seen, begun;
  uint16_t source_port, target_port, sequence;
  uint32_t ssrc, clock;
} inject;

static const nt_parameter inject_parameters[] = {
    NT_VIDEO_PARAMETERS(inject, video),
    NT_HOST_ROW(inject, camera, "camera", NT_REQUIRED, "whose stream is imitated"),
};

static nt_tap_verdict inject_tap(nt_engine *e, nt_activity *a, uint8_t *frame, size_t captured,
                                 size_t length, bool fixed) {
  (void)e;
  (void)length;
  (void)fixed;
  inject *i = (inject *)a;
  const uint8_t *udp = frame + NT_L4_OFFSET, *rtp_ = udp + 8;
  bool media = captured >= NT_UDP_PAYLOAD + RTP_HEADER && nt_frame_get16(frame + 12) == 0x0800 &&
               frame[14] == 0x45 && frame[23] == 17 && !memcmp(frame + 26, i->camera->ip, 4) &&
               !memcmp(frame + 30, a->to->ip, 4) && rtp_[0] >> 6 == 2 && (rtp_[1] & 0x7f) >= 96;
  if (!media) return NT_TAP_PASS;
  i->seen = true;
  i->source_port = (uint16_t)nt_frame_get16(udp);
  i->target_port = (uint16_t)nt_frame_get16(udp + 2);
  i->sequence = (uint16_t)nt_frame_get16(rtp_ + 2);
  i->clock = nt_frame_get32(rtp_ + 4);
  i->ssrc = nt_frame_get32(rtp_ + 8);
  i->video.payload_type = rtp_[1] & 0x7f;
  return NT_TAP_PASS;
}

static int64_t inject_step(nt_engine *e, nt_activity *a) {
  inject *i = (inject *)a;
  nt_video *v = &i->video;
  if (nt_engine_ended(e, a)) return NT_NEVER;
  if (!i->seen) return e->now + 100000000;
  if (!i->begun) {
    nt_video_begin(v, e->now, &a->chance);
    v->ssrc = i->ssrc;
    v->clock = i->clock;
    v->sequence = (uint16_t)(i->sequence + 1);
    i->begun = true;
  }
  nt_host disguise = *i->camera; /* the camera's address from the attacker's card */
  memcpy(disguise.mac, nt_host_wire_mac(a->from), 6);
  uint8_t *frame = nt_engine_frame(e);
  int64_t next;
  uint32_t n = nt_video_packet(v, e, a->from, &a->chance, frame + NT_UDP_PAYLOAD, &next);
  size_t length = nt_frame_udp(frame, &disguise, i->source_port, a->to, i->target_port, n);
  i->camera->next_id = disguise.next_id;
  nt_engine_send(e, a, length);
  return next;
}

const nt_behaviour nt_behaviour_inject = {
    .name = "inject",
    .help = "video with another's identity",
    .size = sizeof(inject),
    .parameters = inject_parameters,
    .parameter_count = sizeof inject_parameters / sizeof *inject_parameters,
    .needs = NT_NEEDS_FROM | NT_NEEDS_TO,
    .step = inject_step,
    .tap = inject_tap,
};
