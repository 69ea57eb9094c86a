/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames (frames.h) through one decoder. */
#include "capture/decoder.h"
#include "frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(void *decoder, const nt_frame *frame) {
  nt_error err;
  nt_packet packet;
  if (nt_decoder_decode(decoder, frame, &packet, &err) != NT_OK) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  nt_error err;
  nt_decoder *decoder = nt_decoder_new(&err);
  if (!decoder) return 0;
  each_frame(data, size, decode, decoder);
  nt_decoder_free(decoder);
  return 0;
}
