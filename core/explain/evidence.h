/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The packets themselves, of which a pass over the detector keeps little: a second reading of the
 * capture that hands over those that are asked for, in their order.
 */
#ifndef NT_EVIDENCE_H
#define NT_EVIDENCE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/capture.h>
#include <ninetails/error.h>
#include <ninetails/packet.h>

typedef struct nt_evidence {
  uint64_t number; /* from 0 */
  const nt_packet *packet;
  const nt_frame *frame; /* NULL: the capture is a table of packet records */
  const char *chain;     /* "eth:ip:udp": what the record shows */
} nt_evidence;

/* Called for each; valid during the call. */
typedef nt_status nt_evidence_sink(void *context, const nt_evidence *evidence, nt_error *err);

/* numbers: `count` packets, ascending. NT_E_INPUT when the capture ends before the last of them.
 * O(packets up to the last one); memory: the decoder's. cancel may be NULL. */
nt_status nt_evidence_read(const char *path, const uint64_t *numbers, size_t count,
                           nt_evidence_sink *sink, void *context,
                           const volatile sig_atomic_t *cancel, nt_error *err);

#endif
