/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * records CAPTURE: the packet records of a capture as text, one line for each packet, the columns
 * those of
 *
 *     tshark -T fields -E occurrence=f -e frame.time_epoch -e frame.len -e eth.src ... -e ipv6.dst
 *
 * except for the time, which has 17 digits. A test's tool: tshark.py compares its lines with
 * tshark's.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <ninetails/capture.h>

static void column(bool there, const char *text) {
  printf("\t%s", there ? text : "");
}

static void number(bool there, unsigned value) {
  char text[16];
  snprintf(text, sizeof text, "%u", value);
  column(there, text);
}

static void mac(bool there, const uint8_t *a) {
  char text[32];
  snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
  column(there, text);
}

static void address(bool there, int family, const uint8_t *a) {
  char text[INET6_ADDRSTRLEN];
  inet_ntop(family, a, text, sizeof text);
  column(there, text);
}

static void print(const nt_packet *p) {
  uint32_t has = p->present;
  printf("%.17g\t%" PRIu32, p->time, p->length);
  mac(has & NT_HAS_ETH_SRC, p->eth_src);
  mac(has & NT_HAS_ETH_DST, p->eth_dst);
  address(has & NT_HAS_IP_SRC, AF_INET, p->ip_src);
  address(has & NT_HAS_IP_DST, AF_INET, p->ip_dst);
  number(has & NT_HAS_TCP, p->tcp_src);
  number(has & NT_HAS_TCP, p->tcp_dst);
  number(has & NT_HAS_UDP, p->udp_src);
  number(has & NT_HAS_UDP, p->udp_dst);
  number(has & NT_HAS_ICMP_TYPE, p->icmp_type);
  number(has & NT_HAS_ICMP_CODE, p->icmp_code);
  number(has & NT_HAS_ARP_OPCODE, p->arp_opcode);
  mac(has & NT_HAS_ARP_SRC_HW, p->arp_src_mac);
  address(has & NT_HAS_ARP_SRC_IP, AF_INET, p->arp_src_ip);
  mac(has & NT_HAS_ARP_DST_HW, p->arp_dst_mac);
  address(has & NT_HAS_ARP_DST_IP, AF_INET, p->arp_dst_ip);
  address(has & NT_HAS_IPV6_SRC, AF_INET6, p->ipv6_src);
  address(has & NT_HAS_IPV6_DST, AF_INET6, p->ipv6_dst);
  putchar('\n');
}

int main(int argc, char **argv) {
  enum { BATCH = 256 };
  static nt_packet packets[BATCH];
  nt_error err;
  if (argc != 2) {
    fprintf(stderr, "usage: records CAPTURE\n");
    return 1;
  }
  nt_capture *capture = nt_capture_open(argv[1], &err);
  if (!capture) {
    fprintf(stderr, "records: %s\n", err.text);
    return 2;
  }
  size_t got = 0;
  nt_status status;
  while ((status = nt_capture_read(capture, packets, BATCH, &got, &err)) == NT_OK && got > 0)
    for (size_t i = 0; i < got; i++) print(&packets[i]);
  if (status != NT_OK) fprintf(stderr, "records: %s\n", err.text);
  const char *warning = nt_capture_warning(capture);
  if (warning) fprintf(stderr, "records: %s\n", warning);
  nt_capture_close(capture);
  return status == NT_OK ? 0 : 2;
}
