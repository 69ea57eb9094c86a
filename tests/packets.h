/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packet records for tests of the extractor: from the 19-column TSV that the public references read
 * (as committed, or as tshark makes it of a reference capture), and made up. Reading text here, not
 * through core/capture, keeps the extractor's exactness a statement about the extractor alone.
 */
#ifndef NT_PACKETS_H
#define NT_PACKETS_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/packet.h"

typedef struct packets {
  nt_packet *at;
  size_t count;
} packets;

/* ---- TSV */

static int packets_mac(const char *text, uint8_t *mac) {
  unsigned b[6];
  if (sscanf(text, "%x:%x:%x:%x:%x:%x", b, b + 1, b + 2, b + 3, b + 4, b + 5) != 6) return 0;
  for (int i = 0; i < 6; i++) mac[i] = (uint8_t)b[i];
  return 1;
}

static uint16_t packets_number(const char *text) {
  return (uint16_t)strtoul(text, NULL, 10);
}

static void packets_parse(char *line, nt_packet *p) {
  char *column[19], *rest = line;
  line[strcspn(line, "\n")] = 0;
  for (int i = 0; i < 19; i++) column[i] = rest ? strsep(&rest, "\t") : line + strlen(line);
  memset(p, 0, sizeof *p);
  p->time = strtod(column[0], NULL);
  p->length = (uint32_t)strtoul(column[1], NULL, 10);
#define HAVE(bit, i, call)                                                                         \
  if (column[i][0] && (call)) p->present |= (bit)
  HAVE(NT_HAS_ETH, 2, packets_mac(column[2], p->eth_src) && packets_mac(column[3], p->eth_dst));
  HAVE(NT_HAS_IP, 4,
       inet_pton(AF_INET, column[4], p->ip_src) && inet_pton(AF_INET, column[5], p->ip_dst));
  HAVE(NT_HAS_TCP, 6,
       (p->tcp_src = packets_number(column[6]), p->tcp_dst = packets_number(column[7]), 1));
  HAVE(NT_HAS_UDP, 8,
       (p->udp_src = packets_number(column[8]), p->udp_dst = packets_number(column[9]), 1));
  HAVE(NT_HAS_ICMP_TYPE, 10, (p->icmp_type = (uint8_t)packets_number(column[10]), 1));
  HAVE(NT_HAS_ICMP_CODE, 11, (p->icmp_code = (uint8_t)packets_number(column[11]), 1));
  HAVE(NT_HAS_ARP_OPCODE, 12, (p->arp_opcode = packets_number(column[12]), 1));
  HAVE(NT_HAS_ARP_SRC_HW, 13, packets_mac(column[13], p->arp_src_mac));
  HAVE(NT_HAS_ARP_SRC_IP, 14, inet_pton(AF_INET, column[14], p->arp_src_ip));
  HAVE(NT_HAS_ARP_DST_HW, 15, packets_mac(column[15], p->arp_dst_mac));
  HAVE(NT_HAS_ARP_DST_IP, 16, inet_pton(AF_INET, column[16], p->arp_dst_ip));
  HAVE(NT_HAS_IPV6, 17,
       inet_pton(AF_INET6, column[17], p->ipv6_src) &&
           inet_pton(AF_INET6, column[18], p->ipv6_dst));
#undef HAVE
}

/* What a shell command prints: a header, then a record a line. At most `most` of them (0: all). */
static packets packets_of(const char *command, size_t most) {
  packets p = {NULL, 0};
  size_t capacity = 0;
  char line[4096];
  FILE *f = popen(command, "r");
  if (!f || !fgets(line, sizeof line, f)) {
    if (f) pclose(f);
    return p;
  }
  while (fgets(line, sizeof line, f) && (!most || p.count < most)) {
    if (p.count == capacity) {
      capacity = 2 * capacity + 1024;
      p.at = realloc(p.at, capacity * sizeof *p.at);
      if (!p.at) abort();
    }
    packets_parse(line, &p.at[p.count++]);
  }
  pclose(f);
  return p;
}

static inline packets packets_of_trace(void) {
  return packets_of("gzip -dc '" NT_TEST_DIR "/golden/trace.tsv.gz'", 0);
}

/* ---- reference captures: NAME.h5 in reference/, and the capture it was made of in data/labelled/
 */

typedef struct packets_capture {
  const char *name, *path, *unpack;
  size_t packets;
} packets_capture;

static const packets_capture packets_captures[] = {
    {"CnC_uploading_exe_modbus_6RTU_with_operate",
     "modbus_cset16/CnC_uploading_exe_modbus_6RTU_with_operate.pcap", "cat", 1426},
    {"moving_two_files_modbus_6RTU", "modbus_cset16/moving_two_files_modbus_6RTU.pcap", "cat",
     3319},
    {"characterization_modbus_6RTU_with_operate",
     "modbus_cset16/characterization_modbus_6RTU_with_operate.pcap", "cat", 12296},
    {"westermo_right", "westermo_right/right_reduced.pcap.gz", "gzip -dc", 35067},
    {"kitsune_mirai_head", "kitsune_mirai_partial/mirai.pcap.tsv.gz", "gzip -dc", 38362},
    {"qut_dnp3_attacks", "qut_dnp3/attacks_testing_infrequent.attacker.pcap.zip", "unzip -p",
     309036}};
#define PACKETS_CAPTURES (sizeof packets_captures / sizeof *packets_captures)

#define PACKETS_TSHARK                                                                             \
  "tshark -r - -T fields -E header=y -E occurrence=f -e frame.time_epoch -e frame.len "            \
  "-e eth.src -e eth.dst -e ip.src -e ip.dst -e tcp.srcport -e tcp.dstport -e udp.srcport "        \
  "-e udp.dstport -e icmp.type -e icmp.code -e arp.opcode -e arp.src.hw_mac "                      \
  "-e arp.src.proto_ipv4 -e arp.dst.hw_mac -e arp.dst.proto_ipv4 -e ipv6.src -e ipv6.dst "         \
  "2>/dev/null"

/* `path`: where the capture lies. No packets: no tshark. */
static inline packets packets_of_capture(const packets_capture *capture, const char *path) {
  char command[8192];
  int tsv = strstr(path, ".tsv") != NULL;
  snprintf(command, sizeof command, "%s '%s'%s", capture->unpack, path,
           tsv ? "" : " | " PACKETS_TSHARK);
  return packets_of(command, capture->packets);
}

/* ---- made up */

static uint64_t packets_state = 88172645463325252u;

/* 0 .. n - 1 (xorshift64). */
static inline uint32_t packets_draw(uint32_t n) {
  packets_state ^= packets_state << 13;
  packets_state ^= packets_state >> 7;
  packets_state ^= packets_state << 17;
  return (uint32_t)((packets_state >> 32) % n);
}

/* Between hosts 10.a.a.a numbered from and to, over TCP. */
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
