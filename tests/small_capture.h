/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pcap of UDP packets among a handful of hosts, and labels: every tenth of the last third is an
 * attack. */
#ifndef NT_SMALL_CAPTURE_H
#define NT_SMALL_CAPTURE_H

#include <stdint.h>
#include <stdio.h>

#define PACKETS 9001

static uint32_t random_state = 1;
static inline uint32_t random_below(uint32_t n) {
  random_state = random_state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)random_state * n) >> 32);
}

static inline void put_u32(FILE *f, uint32_t x) {
  fwrite(&x, 4, 1, f);
}

static inline void write_capture(const char *path) {
  FILE *f = fopen(path, "wb");
  put_u32(f, 0xa1b2c3d4);
  const uint16_t version[] = {2, 4};
  fwrite(version, sizeof version, 1, f);
  put_u32(f, 0), put_u32(f, 0), put_u32(f, 65535), put_u32(f, 1);
  random_state = 1;
  for (uint32_t i = 0; i < PACKETS; i++) {
    uint8_t frame[60] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 46};
    uint8_t from = (uint8_t)random_below(5), to = (uint8_t)(5 + random_below(5));
    frame[11] = from, frame[5] = to;
    frame[22] = 64, frame[23] = 17; /* TTL, UDP */
    frame[26] = 10, frame[29] = from, frame[30] = 10, frame[33] = to;
    frame[34] = 4, frame[35] = from, frame[37] = 53, frame[39] = 26;
    put_u32(f, 1000000000 + i / 100), put_u32(f, i % 100 * 10000 + random_below(5000));
    put_u32(f, sizeof frame), put_u32(f, (uint32_t)sizeof frame + random_below(1000));
    fwrite(frame, sizeof frame, 1, f);
  }
  fclose(f);
}

static inline void write_labels(const char *path, size_t count) {
  FILE *f = fopen(path, "w");
  for (size_t i = 0; i < count; i++) fprintf(f, "%d\n", i > count / 3 * 2 && i % 10 == 0);
  fclose(f);
}

#endif
