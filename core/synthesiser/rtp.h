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
  NT_NUMBER_ROW(type, member.fps, "fps", "1/s", 15, 0.1, 120, "pictures"),                         \
      NT_INTEGER_ROW(type, member.gop, "gop", "pictures", 30, 1, 1000,                             \
                     "from one I picture to the next"),                                            \
      NT_LAW_ROW(type, member.i_size, "i_size", "bytes", 40000, 64, 1e6, "of an I picture"),       \
      NT_LAW_ROW(type, member.p_size, "p_size", "bytes", 6000, 64, 1e6, "of a P picture"),         \
      NT_LAW_ROW(type, member.motion, "motion", "1", 1, 0.1, 10,                                   \
                 "factor on the size of P pictures"),                                              \
      NT_LAW_ROW(type, member.motion_for, "motion_for", "s", 10, 0.1, 1e5,                         \
                 "how long a factor lasts"),                                                       \
      NT_LAW_ROW(type, member.jitter, "jitter", "s", 0.0005, 0, 1, "of a picture's time"),         \
                                                                                                   \
      NT_INTEGER_ROW(type, member.payload, "payload", "bytes", 1400, 200, 1440,                    \
                     "most of one packet")

void nt_video_begin(nt_video *video, int64_t now, nt_chance *chance);
/* RTP header and payload of the next packet into out; returns its length. *next: when the one after
 * it leaves, over a link of the host given. */
uint32_t nt_video_packet(nt_video *video, nt_engine *engine, const nt_host *host, nt_chance *chance,
                         uint8_t *out, int64_t *next);

#endif
