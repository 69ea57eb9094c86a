/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * H.264 video in RTP (RFC 3550, 6184): pictures in groups that start with a large I picture, sizes
 * drawn from the scenario's laws and swayed together by the scene's motion, each picture cut into
 * FU-A fragments that leave at the speed of the link.
 */
#ifndef NT_SYNTHESISER_RTP_H
#define NT_SYNTHESISER_RTP_H

#include "engine.h"

typedef struct nt_video {
  double fps;
  int64_t gop;                   /* pictures from one I picture to the next */
  nt_law i_size, p_size;         /* bytes */
  nt_law motion;                 /* factor on p_size ... */
  nt_law motion_for;             /* ... for so many seconds */
  nt_law jitter;                 /* s, of a picture's time */
  int64_t payload_type, payload; /* largest RTP payload, bytes */
  uint32_t ssrc, clock;          /* RTP timestamp of the first picture */
  uint16_t sequence;
  uint64_t picture; /* counts pictures */
  int64_t begun;    /* ns: time of picture 0 */
  double factor;
  int64_t factor_until;
  uint32_t left;           /* bytes of the present picture not yet sent */
  uint32_t headers;        /* parameter sets still to come in front of it */
  bool first;              /* the next fragment is the picture's first */
  uint32_t packets, bytes; /* for the sender report */
} nt_video;

#define NT_VIDEO_PARAMETERS(type, member)                                                          \
  {"fps", NT_P_NUMBER, offsetof(type, member.fps), 0.1, 120, 15, NULL},                            \
      {"gop", NT_P_INTEGER, offsetof(type, member.gop), 1, 1000, 30, NULL},                        \
      {"i_size", NT_P_LAW, offsetof(type, member.i_size), 64, 1e6, 40000, NULL},                   \
      {"p_size", NT_P_LAW, offsetof(type, member.p_size), 64, 1e6, 6000, NULL},                    \
      {"motion", NT_P_LAW, offsetof(type, member.motion), 0.1, 10, 1, NULL},                       \
      {"motion_for", NT_P_LAW, offsetof(type, member.motion_for), 0.1, 1e5, 10, NULL},             \
      {"jitter", NT_P_LAW, offsetof(type, member.jitter), 0, 1, 0.0005, NULL},                     \
      {"payload_type", NT_P_INTEGER, offsetof(type, member.payload_type), 96, 127, 96, NULL}, {    \
    "payload", NT_P_INTEGER, offsetof(type, member.payload), 200, 1440, 1400, NULL                 \
  }

void nt_video_begin(nt_video *video, int64_t now, nt_chance *chance);
/* RTP header and payload of the next packet into out; returns its length. *next: when the one after
 * it leaves, over a link of the host given. */
uint32_t nt_video_packet(nt_video *video, nt_engine *engine, const nt_host *host, nt_chance *chance,
                         uint8_t *out, int64_t *next);

#endif
