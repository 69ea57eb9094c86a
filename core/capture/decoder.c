/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A frame's way through the layers begins at the table of link types.
 */
#include "decode.h"

#include <stdlib.h>

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

static const nt_numbered_layer link_types[] = {
    {12, nt_ip}, {14, nt_ip}, {101, nt_ip}, {228, nt_ip}, {229, nt_ipv6},
};

nt_decoder *nt_decoder_new(nt_error *err) {
  nt_decoder *d = calloc(1, sizeof *d);
  if (d) d->fragments = nt_reassembly_new();
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

static void begin(nt_decoder *d, nt_packet *packet) {
  d->packet = packet;
  d->vlan = 0;
  d->in_error = d->incomplete = d->failed = d->ipv6_chain = false;
  d->layers = d->vlan_tags = 0;
  nt_reassembly_release(d->fragments);
}

nt_status nt_decoder_decode(nt_decoder *decoder, const nt_frame *frame, nt_packet *packet,
                            nt_error *err) {
  memset(packet, 0, sizeof *packet);
  packet->time = nt_time_from_ns(frame->seconds, frame->nanoseconds);
  packet->length = frame->length;
  begin(decoder, packet);
  nt_view v = {frame->data, frame->captured, frame->length};
  if (v.length < v.captured) v.length = v.captured;
  if (frame->link_type == 1) {
    nt_ethernet_fcs(decoder, v, frame->fcs_length);
  } else {
    nt_layer layer =
        nt_find_layer(link_types, sizeof link_types / sizeof *link_types, frame->link_type);
    if (layer) layer(decoder, v);
  }
  if (decoder->failed) return nt_fail(err, NT_E_MEMORY, "out of memory for fragments of datagrams");
  return NT_OK;
}
