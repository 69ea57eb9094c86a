/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evidence.h"

#include <stdio.h>
#include <string.h>

#include "capture/decoder.h"
#include "ground/flag.h"

enum { CHAIN = 128 };

static void put_chain(const nt_packet *packet, char *chain) {
  static const struct {
    uint32_t bits;
    const char *name;
  } layers[] = {{NT_HAS_ETH, "eth"},   {NT_HAS_ARP_OPCODE, "arp"}, {NT_HAS_IP, "ip"},
                {NT_HAS_IPV6, "ipv6"}, {NT_HAS_ICMP_TYPE, "icmp"}, {NT_HAS_TCP, "tcp"},
                {NT_HAS_UDP, "udp"}};
  size_t used = 0;
  *chain = '\0';
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
    if (packet->present & layers[i].bits)
      used += (size_t)snprintf(chain + used, CHAIN - used, "%s%s", used ? ":" : "", layers[i].name);
}

/* The next packet: of frames their records, too. *got 0 at the end. */
static nt_status next(nt_capture *capture, nt_decoder *decoder, nt_frame *frame, nt_packet *packet,
                      int *got, nt_error *err) {
  size_t read = 0;
  if (!decoder) {
    nt_status status = nt_capture_read(capture, packet, 1, &read, err);
    *got = read == 1;
    return status;
  }
  nt_status status = nt_capture_next_frame(capture, frame, got, err);
  if (status != NT_OK || !*got) return status;
  return nt_decoder_decode(decoder, frame, packet, err);
}

static nt_status read_all(nt_capture *capture, nt_decoder *decoder, const uint64_t *numbers,
                          size_t count, nt_evidence_sink *sink, void *context,
                          const volatile sig_atomic_t *cancel, nt_error *err) {
  nt_frame frame;
  nt_packet packet;
  size_t at = 0;
  for (uint64_t number = 0; at < count; number++) {
    int got;
    nt_status status = next(capture, decoder, &frame, &packet, &got, err);
    if (status != NT_OK) return status;
    if (!got)
      return nt_fail(err, NT_E_INPUT, "ends after %llu packets: expected one of number %llu",
                     (unsigned long long)number, (unsigned long long)numbers[at]);
    if (nt_flag_get(cancel))
      return nt_fail(err, NT_E_STATE, "interrupted after %llu packets", (unsigned long long)number);
    if (number != numbers[at]) continue;
    char chain[CHAIN];
    put_chain(&packet, chain);
    nt_evidence e = {
        .number = number, .packet = &packet, .frame = decoder ? &frame : NULL, .chain = chain};
    status = sink(context, &e, err);
    if (status != NT_OK) return status;
    while (at < count && numbers[at] == number) at++;
  }
  return NT_OK;
}

nt_status nt_evidence_read(const char *path, const uint64_t *numbers, size_t count,
                           nt_evidence_sink *sink, void *context,
                           const volatile sig_atomic_t *cancel, nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  nt_capture *capture = nt_capture_open(path, err);
  if (!capture) return err->status;
  nt_capture_format format = nt_capture_format_of(capture);
  nt_decoder *decoder = NULL;
  nt_status status = NT_OK;
  if (format == NT_FORMAT_PCAP || format == NT_FORMAT_PCAPNG) {
    decoder = nt_decoder_new(err);
    if (!decoder) status = NT_E_MEMORY;
  }
  if (status == NT_OK)
    status = read_all(capture, decoder, numbers, count, sink, context, cancel, err);
  nt_decoder_free(decoder);
  nt_capture_close(capture);
  return status;
}
