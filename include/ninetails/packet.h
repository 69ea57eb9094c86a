/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup packet Frames and packet records
 * A frame is what a capture file holds: bytes, a time and a link type.
 * A packet record is what a detector needs of it: the 19 header fields that Kitsune takes from
 * tshark.
 *
 * The fields are independent of each other and each is the FIRST of its name in the frame, as with
 * `tshark -T fields -E occurrence=f`: an ICMP error has the outer ip.src and the quoted packet's
 * tcp.srcport. A field whose bit in `present` is not set reads as zero and means an empty column.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_PACKET_H
#define NINETAILS_PACKET_H

#include <stdint.h>

#include <ninetails/error.h>

NT_BEGIN_DECLS

/** A frame of a capture file. */
typedef struct nt_frame {
  int64_t seconds;      /**< since the epoch, may be negative */
  uint32_t nanoseconds; /**< 0 .. 999,999,999 */
  uint32_t length;      /**< bytes on the wire (frame.len) */
  uint32_t captured;    /**< bytes at `data` */
  uint32_t link_type;   /**< LINKTYPE_* of the pcap registry, 0 .. 65535 */
  uint32_t fcs_length;  /**< bytes of frame check sequence at its end; 0: not stated */
  const uint8_t *data;  /**< owned by whoever filled the frame, valid until its next read */
} nt_frame;

/** Bits of nt_packet.present. Source and destination nearly always come together (the names without
 * _SRC or _DST are both bits); a frame cut between them, or a source route in place of ip.dst,
 * leaves the source alone. */
enum {
  NT_HAS_ETH_SRC = 1 << 0,
  NT_HAS_IP_SRC = 1 << 1,
  NT_HAS_TCP = 1 << 2,
  NT_HAS_UDP = 1 << 3,
  NT_HAS_ICMP_TYPE = 1 << 4,
  NT_HAS_ICMP_CODE = 1 << 5,
  NT_HAS_ARP_OPCODE = 1 << 6,
  NT_HAS_ARP_SRC_HW = 1 << 7,
  NT_HAS_ARP_SRC_IP = 1 << 8,
  NT_HAS_ARP_DST_HW = 1 << 9,
  NT_HAS_ARP_DST_IP = 1 << 10,
  NT_HAS_IPV6_SRC = 1 << 11,
  NT_HAS_IP_DST = 1 << 12,
  NT_HAS_IPV6_DST = 1 << 13,
  NT_HAS_ETH_DST = 1 << 14,
  NT_HAS_ETH = NT_HAS_ETH_SRC | NT_HAS_ETH_DST,
  NT_HAS_IP = NT_HAS_IP_SRC | NT_HAS_IP_DST,
  NT_HAS_IPV6 = NT_HAS_IPV6_SRC | NT_HAS_IPV6_DST
};

/** A packet record. */
typedef struct nt_packet {
  double time;      /**< s since the epoch: the double nearest to the decimal "sec.nnnnnnnnn" */
  uint32_t length;  /**< bytes on the wire */
  uint32_t present; /**< NT_HAS_* */
  uint8_t eth_src[6], eth_dst[6];              /**< eth.src, eth.dst */
  uint8_t ip_src[4], ip_dst[4];                /**< network order, as all addresses here */
  uint16_t tcp_src, tcp_dst, udp_src, udp_dst; /**< host order */
  uint16_t arp_opcode;                         /**< arp.opcode */
  uint8_t icmp_type, icmp_code;                /**< icmp.type, icmp.code */
  uint8_t arp_src_mac[6], arp_src_ip[4], arp_dst_mac[6],
      arp_dst_ip[4];                  /**< arp.{src,dst}.{hw_mac,proto_ipv4} */
  uint8_t ipv6_src[16], ipv6_dst[16]; /**< ipv6.src, ipv6.dst */
} nt_packet;

/** The double nearest to seconds + nanoseconds / 1e9, ties to even: what strtod makes of the
 * decimal text with nine digits. O(1). */
NT_API double nt_time_from_ns(int64_t seconds, uint32_t nanoseconds);

NT_END_DECLS
/** @} */
#endif
