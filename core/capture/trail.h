/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The layers that the decoder entered on its way through a frame, in order: what core/dissect makes
 * a tree of. A decoder without a trail pays one comparison a layer.
 */
#ifndef NT_TRAIL_H
#define NT_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "decoder.h"

/* Each is a protocol's header, as decode_*.c knows it; dissect/protocols.c has a row for each. */
typedef enum nt_stop {
  NT_STOP_ETHERNET,
  NT_STOP_ISL,
  NT_STOP_FABRIC_PATH,
  NT_STOP_LLC,
  NT_STOP_SNAP,
  NT_STOP_VLAN,
  NT_STOP_PROVIDER_TAG,
  NT_STOP_BACKBONE_TAG,
  NT_STOP_REDUNDANCY_TAG,
  NT_STOP_HSR,
  NT_STOP_VNTAG,
  NT_STOP_ETAG,
  NT_STOP_VMWARE_LAB,
  NT_STOP_CISCO_METADATA,
  NT_STOP_GIGAMON,
  NT_STOP_ARISTA,
  NT_STOP_MACSEC,
  NT_STOP_RTMAC,
  NT_STOP_TRILL,
  NT_STOP_EXTREME_HEADER,
  NT_STOP_NSH,
  NT_STOP_DIRECTION,
  NT_STOP_PPP,
  NT_STOP_PPPOE,
  NT_STOP_CISCO_HDLC,
  NT_STOP_FRAME_RELAY,
  NT_STOP_NULL,
  NT_STOP_LOOP,
  NT_STOP_RAW,
  NT_STOP_LINUX_COOKED,
  NT_STOP_LINUX_COOKED_2,
  NT_STOP_NFLOG,
  NT_STOP_PFLOG,
  NT_STOP_ENC,
  NT_STOP_PKTAP,
  NT_STOP_IPNET,
  NT_STOP_SYMANTEC,
  NT_STOP_NETANALYZER,
  NT_STOP_FDDI,
  NT_STOP_TOKEN_RING,
  NT_STOP_ARCNET,
  NT_STOP_IP_OVER_FIBRE_CHANNEL,
  NT_STOP_IP_OVER_INFINIBAND,
  NT_STOP_IEEE1394,
  NT_STOP_SUN_ATM,
  NT_STOP_JUNIPER,
  NT_STOP_RADIOTAP,
  NT_STOP_PRISM,
  NT_STOP_AVS,
  NT_STOP_PPI,
  NT_STOP_WLAN,
  NT_STOP_ARP,
  NT_STOP_IPV4,
  NT_STOP_IPV6,
  NT_STOP_IPV6_OPTIONS,
  NT_STOP_IPV6_ROUTING,
  NT_STOP_IPV6_FRAGMENT,
  NT_STOP_TCP,
  NT_STOP_UDP,
  NT_STOP_UDP_LITE,
  NT_STOP_ICMP,
  NT_STOP_ICMPV6,
  NT_STOP_MPLS,
  NT_STOP_GRE,
  NT_STOP_ERSPAN,
  NT_STOP_AUTHENTICATION,
  NT_STOP_COMPRESSED,
  NT_STOP_NHRP,
  NT_STOP_ETHER_IP,
  NT_STOP_PIM,
  NT_STOP_L2TP,
  NT_STOP_VXLAN,
  NT_STOP_GENEVE,
  NT_STOP_GTP,
  NT_STOP_TEREDO,
  NT_STOP_AYIYA,
  NT_STOP_LISP,
  NT_STOP_LISP_CONTROL,
  NT_STOP_MULTICAST_TUNNEL,
  NT_STOP_TZSP,
  NT_STOP_CAPWAP,
  NT_STOP_LWAPP,
  NT_STOP_MOBILE_IP,
  NT_STOP_SFLOW,
  NT_STOP_OPENFLOW,
  NT_STOP_MSDP,
  NT_STOPS
} nt_stop;

typedef struct nt_trail_step {
  const uint8_t *data; /* in the frame, or in a datagram that was put together or inflated */
  uint32_t captured;   /* bytes of it and all above it, as far as they are here, ... */
  uint32_t length;     /* ... and as they were on the wire */
  nt_stop stop;
  bool quoted;   /* inside the quotation of an ICMP error or a sample */
  bool fragment; /* a first fragment, whose datagram is not whole */
} nt_trail_step;

enum { NT_TRAIL_STEPS = 64 }; /* more than any sound frame has; further ones are counted */

typedef struct nt_trail {
  nt_trail_step step[NT_TRAIL_STEPS];
  uint32_t count, left_out;
} nt_trail;

/* From the next frame on its layers are noted in *trail, which is the caller's and stays until it
 * is taken off (NULL). What steps point to stays until the next frame is decoded. */
void nt_decoder_note(nt_decoder *decoder, nt_trail *trail);

#endif
