/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packet records for tests of the extractor: read from captures (the committed trace, the reference
 * captures), and made up.
 */
#ifndef NT_PACKETS_H
#define NT_PACKETS_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/capture.h>

typedef struct packets {
  nt_packet *at;
  size_t count;
} packets;

/* ---------------------------------------------------------------- from captures */

/* The first `most` packets of a capture, or all if it has fewer. An unreadable capture gives none,
 * and its error is printed. */
static inline packets packets_of(const char *path, size_t most) {
  packets p = {calloc(most, sizeof *p.at), 0};
  nt_error err = {.text = "no packets"};
  nt_capture *capture = nt_capture_open(path, &err);
  if (!p.at) abort();
  if (capture && nt_capture_read(capture, p.at, most, &p.count, &err) != NT_OK)
    printf("  after %zu packets: %s\n", p.count, err.text);
  if (!p.count) printf("  %s: %s\n", path, err.text);
  nt_capture_close(capture);
  return p;
}

static inline packets packets_of_trace(void) {
  return packets_of(NT_TEST_DIR "/golden/trace.tsv.gz", 5000);
}

/* The paths of reference/NAME.h5 and of its capture in data/labelled/. */
typedef struct packets_capture {
  const char *name, *path;
  size_t packets;
} packets_capture;

static const packets_capture packets_captures[] = {
    {"CnC_uploading_exe_modbus_6RTU_with_operate",
     "modbus_cset16/CnC_uploading_exe_modbus_6RTU_with_operate.pcap", 1426},
    {"moving_two_files_modbus_6RTU", "modbus_cset16/moving_two_files_modbus_6RTU.pcap", 3319},
    {"characterization_modbus_6RTU_with_operate",
     "modbus_cset16/characterization_modbus_6RTU_with_operate.pcap", 12296},
    {"westermo_right", "westermo_right/right_reduced.pcap.gz", 35067},
    {"kitsune_mirai_head", "kitsune_mirai_partial/mirai.pcap.tsv.gz", 38362},
    {"qut_dnp3_attacks", "qut_dnp3/attacks_testing_infrequent.attacker.pcap.zip", 309036}};
#define PACKETS_CAPTURES (sizeof packets_captures / sizeof *packets_captures)

/* ---------------------------------------------------------------- made up */

static uint64_t packets_state = 88172645463325252u;

/* A random number in 0 .. n - 1 (xorshift64). */
static inline uint32_t packets_draw(uint32_t n) {
  packets_state ^= packets_state << 13;
  packets_state ^= packets_state >> 7;
  packets_state ^= packets_state << 17;
  return (uint32_t)((packets_state >> 32) % n);
}

/* A TCP packet between two hosts 10.a.a.a, numbered from and to. */
static inline nt_packet packets_tcp(double time, uint32_t from, uint32_t to, uint16_t source_port,
                                    uint16_t destination_port, uint32_t length) {
  nt_packet p = {.time = time, .length = length, .present = NT_HAS_ETH | NT_HAS_IP | NT_HAS_TCP};
  uint32_t a = htonl(0x0a000000u + from), b = htonl(0x0a000000u + to);
  memcpy(p.ip_src, &a, 4);
  memcpy(p.ip_dst, &b, 4);
  memcpy(p.eth_src + 2, &a, 4);
  memcpy(p.eth_dst + 2, &b, 4);
  p.tcp_src = source_port;
  p.tcp_dst = destination_port;
  return p;
}

#endif
