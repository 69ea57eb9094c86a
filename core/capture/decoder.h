/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames -> packet records: link layers, tunnels and headers down to the ports, as tshark 4.0 with
 * default preferences sees them, IP fragments put together (the ports show on the fragment that
 * completes the datagram). Frames go in in capture order; the decoder keeps the fragments of
 * unfinished datagrams, in bounded memory (NT_DECODER_MAX_BYTES; the oldest datagram goes first).
 *
 * Any byte string is a valid frame: what cannot be decoded leaves its fields absent.
 */
#ifndef NT_DECODER_H
#define NT_DECODER_H

#include <stddef.h>

#include <ninetails/error.h>
#include <ninetails/packet.h>

#define NT_DECODER_MAX_BYTES ((size_t)64 << 20) /* fragments kept, their bookkeeping included */

typedef struct nt_decoder nt_decoder;

nt_decoder *nt_decoder_new(nt_error *err); /* NULL: out of memory */
void nt_decoder_free(nt_decoder *decoder);

/* Fills *packet from *frame. O(captured bytes of the headers). Fails only with NT_E_MEMORY. */
nt_status nt_decoder_decode(nt_decoder *decoder, const nt_frame *frame, nt_packet *packet,
                            nt_error *err);

#endif
