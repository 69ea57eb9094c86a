/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A frame's way through the layers begins at the table of link types.
 */
#include <stdlib.h>

#include "decode.h"

nt_layer nt_find_layer(const nt_numbered_layer *table, size_t count, uint32_t number) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (table[middle].number < number)
      low = middle + 1;
    else
      high = middle;
  }
  return low < count && table[low].number == number ? table[low].layer : NULL;
}

/* Link types with a header that the capture file adds: tshark takes it for the file's, not the
 * packet's, and does not count it in frame.len. */
static const struct {
  uint32_t link_type, bytes;
} added_headers[] = {
    {123, 4}, {139, 4}, {144, 16}, {177, 16}, {196, 5},
    {201, 4}, {204, 1}, {209, 5},  {245, 2},  {254, 4},
};

static nt_outcome ppp_with_direction(nt_decoder *d, nt_view v) {
  nt_mark(d, NT_STOP_DIRECTION, v);
  return nt_skip(&v, 1) ? nt_enter(d, nt_ppp_hdlc, v) : NT_CUT;
}

enum { LINK_ETHERNET = 1 };

static const nt_numbered_layer link_types[] = {
    {0, nt_null},
    {LINK_ETHERNET, nt_ethernet},
    {6, nt_token_ring},
    {7, nt_arcnet},
    {9, nt_ppp_hdlc},
    {10, nt_fddi},
    {11, nt_llc}, /* RFC 1483 */
    {12, nt_raw},
    {13, nt_llc},
    {14, nt_raw},
    {50, nt_ppp_hdlc},
    {51, nt_pppoe},
    {99, nt_symantec},
    {100, nt_llc}, /* RFC 1483 */
    {101, nt_raw},
    {104, nt_cisco_hdlc},
    {105, nt_wlan},
    {106, nt_ip}, /* classical IP over ATM */
    {107, nt_frame_relay},
    {108, nt_loop},
    {109, nt_enc},
    {112, nt_cisco_hdlc},
    {113, nt_linux_cooked},
    {117, nt_pflog},
    {119, nt_prism},
    {122, nt_ip_over_fibre_channel},
    {123, nt_sun_atm},
    {127, nt_radiotap},
    {128, nt_tzsp},
    {129, nt_arcnet_linux},
    {130, nt_juniper_multilink_ppp},
    {131, nt_juniper_multilink_frame_relay},
    {133, nt_juniper_gateway},
    {135, nt_juniper_atm2},
    {136, nt_juniper_services},
    {137, nt_juniper_atm1},
    {138, nt_ieee1394},
    {149, nt_pktap}, /* "user 2", which Darwin took for it */
    {163, nt_avs},
    {167, nt_juniper_ethernet},
    {178, nt_juniper_ethernet},
    {179, nt_juniper_ppp},
    {180, nt_juniper_frame_relay},
    {181, nt_juniper_hdlc},
    {183, nt_juniper_voice},
    {184, nt_juniper_virtual_network},
    {192, nt_ppi},
    {204, ppp_with_direction},
    {226, nt_ipnet},
    {228, nt_ip},
    {229, nt_ipv6},
    {239, nt_nflog},
    {240, nt_netanalyzer},
    {242, nt_ip_over_infiniband},
    {258, nt_pktap},
    {276, nt_linux_cooked_2},
};

nt_outcome nt_link_layer(nt_decoder *d, uint32_t link_type, nt_view v) {
  nt_layer layer = nt_find_layer(link_types, sizeof link_types / sizeof *link_types, link_type);
  return layer ? nt_enter(d, layer, v) : NT_TAKEN;
}

nt_decoder *nt_decoder_new(nt_error *err) {
  nt_decoder *d = calloc(1, sizeof *d);
  if (d) d->fragments = nt_reassembly_new();
  if (d) nt_fill_udp_listeners(d->udp_listener);
  if (!d || !d->fragments) {
    nt_decoder_free(d);
    nt_fail(err, NT_E_MEMORY, "out of memory for a packet decoder");
    return NULL;
  }
  return d;
}

void nt_decoder_free(nt_decoder *decoder) {
  if (!decoder) return;
  nt_reassembly_free(decoder->fragments);
  free(decoder);
}

void nt_decoder_note(nt_decoder *d, nt_trail *trail) {
  d->trail = trail;
}

void nt_mark_step(nt_decoder *d, nt_stop stop, nt_view v) {
  nt_trail *t = d->trail;
  if (t->count == NT_TRAIL_STEPS) {
    t->left_out++;
    return;
  }
  t->step[t->count++] = (nt_trail_step){.data = v.data,
                                        .captured = v.captured,
                                        .length = v.length,
                                        .stop = stop,
                                        .quoted = d->in_error,
                                        .fragment = d->incomplete};
}

static void begin(nt_decoder *d, nt_packet *packet) {
  d->packet = packet;
  d->vlan = 0;
  d->in_error = d->incomplete = d->failed = d->ipv6_chain = d->inflated_used = false;
  d->layers = d->vlan_tags = d->network_size = 0;
  nt_reassembly_release(d->fragments);
  if (d->trail) d->trail->count = d->trail->left_out = 0;
}

static uint32_t added_header(uint32_t link_type) {
  for (size_t i = 0; i < sizeof added_headers / sizeof *added_headers; i++)
    if (added_headers[i].link_type == link_type) return added_headers[i].bytes;
  return 0;
}

nt_status nt_decoder_decode(nt_decoder *decoder, const nt_frame *frame, nt_packet *packet,
                            nt_error *err) {
  memset(packet, 0, sizeof *packet);
  packet->time = nt_time_from_ns(frame->seconds, frame->nanoseconds);
  begin(decoder, packet);
  nt_view v = {frame->data, frame->captured, frame->length};
  if (v.length > INT32_MAX) v.length = INT32_MAX; /* as tshark */
  packet->length = v.length;
  if (v.length < v.captured) v.length = v.captured;
  if (frame->link_type == LINK_ETHERNET) {
    nt_ethernet_fcs(decoder, v, frame->fcs_length);
  } else {
    uint32_t added = added_header(frame->link_type);
    if (added <= v.length) packet->length -= added;
    nt_link_layer(decoder, frame->link_type, v);
  }
  if (decoder->failed) return nt_fail(err, NT_E_MEMORY, "out of memory for fragments of datagrams");
  return NT_OK;
}
