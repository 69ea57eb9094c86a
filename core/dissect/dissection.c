/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissection.h"

#include <stdlib.h>
#include <string.h>

#include "application.h"

struct nt_dissector {
  nt_decoder *decoder;
  nt_classifier *classifier;
};

const char *nt_dissector_classifier(void) {
  return nt_classifier_name();
}

nt_dissector *nt_dissector_new(nt_error *err) {
  nt_dissector *d = calloc(1, sizeof *d);
  if (!d) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a dissector");
    return NULL;
  }
  d->decoder = nt_decoder_new(err);
  d->classifier = d->decoder ? nt_classifier_new(err) : NULL;
  if (d->classifier) return d;
  nt_dissector_free(d);
  return NULL;
}

void nt_dissector_free(nt_dissector *d) {
  if (!d) return;
  nt_decoder_free(d->decoder);
  nt_classifier_free(d->classifier);
  free(d);
}

/* ---------------------------------------------------------------- the tree */

static bool lies_in(const nt_trail_step *inner, const nt_trail_step *outer) {
  uintptr_t a = (uintptr_t)inner->data, b = (uintptr_t)outer->data;
  return a >= b && a + inner->captured <= b + outer->captured;
}

/* The last layer before it whose bytes hold this one's. Where it lies in a datagram of its own, that
 * is the layer that completed the datagram: the one just before. */
static int parent_of(const nt_dissection *d, uint32_t index) {
  const nt_trail_step *step = &d->trail.step[index];
  for (int i = (int)index - 1; i >= 0; i--)
    if (lies_in(step, &d->trail.step[i])) return i;
  return (int)index - 1;
}

/* Where the bytes that a layer lies in begin. */
static const uint8_t *origin_of(const nt_dissection *d, uint32_t index, bool *in_frame) {
  const uint8_t *p = d->trail.step[index].data, *frame = d->frame.data;
  *in_frame =
      (uintptr_t)p >= (uintptr_t)frame && (uintptr_t)p <= (uintptr_t)frame + d->frame.captured;
  if (*in_frame) return frame;
  int parent = (int)index;
  for (int i = d->layer[index].parent; i >= 0; i = d->layer[i].parent) {
    if (!lies_in(&d->trail.step[index], &d->trail.step[i])) break;
    parent = i;
  }
  return d->trail.step[parent].data;
}

/* Up to the first layer that this one carries, where nothing else tells. */
static uint32_t header_of(const nt_dissection *d, uint32_t index) {
  const nt_trail_step *step = &d->trail.step[index];
  const nt_protocol_row *row = nt_protocol_row_of(step->stop);
  uint32_t size = row->header;
  if (!size && row->measure) size = row->measure(step);
  if (!size && index + 1 < d->trail.count && lies_in(&step[1], step))
    size = (uint32_t)(step[1].data - step->data);
  else if (!size)
    size = step->captured;
  return size < step->captured ? size : step->captured;
}

static void build_tree(nt_dissection *d) {
  d->layers = d->trail.count;
  for (uint32_t i = 0; i < d->layers; i++) {
    nt_dissected *layer = &d->layer[i];
    layer->step = &d->trail.step[i];
    layer->protocol = nt_protocol_row_of(layer->step->stop);
    layer->parent = parent_of(d, i);
    layer->header = header_of(d, i);
    layer->offset = (uint32_t)(layer->step->data - origin_of(d, i, &layer->in_frame));
  }
}

/* ---------------------------------------------------------------- flow and payload */

static uint16_t be16(const uint8_t *p) {
  return (uint16_t)(p[0] << 8 | p[1]);
}

static void put_address(nt_tuple *flow, const nt_trail_step *s) {
  bool six = s->stop == NT_STOP_IPV6;
  uint32_t at = six ? 8 : 12, size = six ? 16 : 4;
  memset(flow, 0, sizeof *flow);
  if (s->captured < at + 2 * size) return;
  flow->version = six ? 6 : 4;
  flow->protocol = s->data[six ? 6 : 9];
  memcpy(flow->src, s->data + at, size);
  memcpy(flow->dst, s->data + at + size, size);
}

static void put_ports(nt_dissection *d, const nt_dissected *layer) {
  static const uint8_t protocol_of[NT_STOPS] = {[NT_STOP_TCP] = 6,
                                                [NT_STOP_UDP] = 17,
                                                [NT_STOP_UDP_LITE] = 136,
                                                [NT_STOP_ICMP] = 1,
                                                [NT_STOP_ICMPV6] = 58};
  const nt_trail_step *s = layer->step;
  bool icmp = s->stop == NT_STOP_ICMP || s->stop == NT_STOP_ICMPV6;
  nt_tuple *flow = &d->flow;
  if (s->captured < 4 || !flow->version) return;
  flow->protocol = protocol_of[s->stop];
  flow->has_ports = true;
  flow->src_port = icmp ? s->data[0] : be16(s->data);
  flow->dst_port = icmp ? s->data[1] : be16(s->data + 2);
  d->transport = s;
  uint32_t header = layer->header, size = s->captured, length = s->length;
  if (s->stop == NT_STOP_UDP && s->captured >= 8) { /* what UDP says is its own */
    uint32_t told = be16(s->data + 4);
    if (told >= 8 && told < length) length = told;
    if (size > length) size = length;
  }
  if (header > size) header = size;
  d->payload = s->data + header;
  d->payload_captured = size - header;
  d->payload_length = length > header ? length - header : 0;
}

/* The ports of SCTP, which the decoder does not enter, stand first as those of UDP do. */
static void put_sctp(nt_dissection *d, const nt_dissected *ip) {
  enum { SCTP = 132 };
  const nt_trail_step *s = ip->step;
  if (d->transport || d->flow.protocol != SCTP || s->captured < ip->header + 4) return;
  if (s->stop == NT_STOP_IPV4 && be16(s->data + 6) & 0x1fff) return; /* a later fragment */
  const uint8_t *p = s->data + ip->header;
  d->flow.has_ports = true;
  d->flow.src_port = be16(p);
  d->flow.dst_port = be16(p + 2);
}

/* An extension header, whose first byte names what follows, has the last word on the protocol. */
static bool names_next(nt_stop stop) {
  return stop == NT_STOP_IPV6_OPTIONS || stop == NT_STOP_IPV6_ROUTING ||
         stop == NT_STOP_IPV6_FRAGMENT || stop == NT_STOP_AUTHENTICATION;
}

static bool is_transport(nt_stop stop) {
  return stop == NT_STOP_TCP || stop == NT_STOP_UDP || stop == NT_STOP_UDP_LITE ||
         stop == NT_STOP_ICMP || stop == NT_STOP_ICMPV6;
}

static void forget_transport(nt_dissection *d) {
  d->transport = NULL;
  d->payload = NULL;
  d->payload_captured = d->payload_length = 0;
}

static void find_flow(nt_dissection *d) {
  const nt_dissected *ip = NULL;
  memset(&d->flow, 0, sizeof d->flow);
  forget_transport(d);
  for (uint32_t i = 0; i < d->layers; i++) {
    const nt_dissected *layer = &d->layer[i];
    const nt_trail_step *s = layer->step;
    if (s->quoted) continue;
    if (s->stop == NT_STOP_IPV4 || s->stop == NT_STOP_IPV6) {
      ip = layer;
      forget_transport(d);
      put_address(&d->flow, s);
    } else if (ip && names_next(s->stop) && s->captured) {
      d->flow.protocol = s->data[0];
      ip = layer;
    } else if (ip && is_transport(s->stop) && !d->transport) {
      put_ports(d, layer);
    }
  }
  if (ip) put_sctp(d, ip);
}

/* ---------------------------------------------------------------- the chain */

static void join(char *chain, const char *name) {
  static const char cut[] = "...";
  size_t used = strlen(chain), size = strlen(name);
  if (used + size + 2 + sizeof cut > NT_CHAIN) {
    if (used < sizeof cut || strcmp(chain + used - 3, cut) != 0)
      memcpy(chain + used, cut, sizeof cut);
    return;
  }
  if (used) chain[used++] = ':';
  memcpy(chain + used, name, size + 1);
}

static void build_chain(nt_dissection *d) {
  d->chain[0] = '\0';
  for (uint32_t i = 0; i < d->layers; i++) join(d->chain, d->layer[i].protocol->name);
  if (d->application) join(d->chain, d->application);
}

/* ---------------------------------------------------------------- */

/* The IP header that the flow's ports belong to, with what it carries in one piece. */
static const nt_trail_step *whole_packet(const nt_dissection *d) {
  for (uint32_t i = d->layers; i-- > 0;) {
    const nt_trail_step *s = &d->trail.step[i];
    if (!s->quoted && (s->stop == NT_STOP_IPV4 || s->stop == NT_STOP_IPV6))
      return d->transport && lies_in(d->transport, s) ? s : NULL;
  }
  return NULL;
}

static nt_status find_application(nt_dissector *dissector, nt_dissection *d, nt_error *err) {
  d->application = d->service = NULL;
  if (!d->transport || !(d->flow.protocol == 6 || d->flow.protocol == 17)) return NT_OK;
  const nt_trail_step *packet = whole_packet(d);
  uint64_t ms = (uint64_t)(d->frame.seconds < 0 ? 0 : d->frame.seconds) * 1000 +
                d->frame.nanoseconds / 1000000;
  nt_application found;
  nt_status status = nt_classify(dissector->classifier, &d->flow, packet ? packet->data : NULL,
                                 packet ? packet->captured : 0, ms, &found, err);
  if (status != NT_OK) return status;
  d->application = found.name;
  d->service = found.service;
  return NT_OK;
}

nt_status nt_dissect(nt_dissector *dissector, const nt_frame *frame, nt_dissection *d,
                     nt_error *err) {
  d->frame = *frame;
  nt_decoder_note(dissector->decoder, &d->trail);
  nt_status status = nt_decoder_decode(dissector->decoder, frame, &d->packet, err);
  nt_decoder_note(dissector->decoder, NULL);
  if (status != NT_OK) return status;
  build_tree(d);
  find_flow(d);
  status = find_application(dissector, d, err);
  build_chain(d);
  return status;
}
