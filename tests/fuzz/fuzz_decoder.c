/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two bytes of link type, then frames of up to 255 bytes each behind its length: any byte string is
 * a frame, and fragments of one frame meet those of the next. */
#include <assert.h>

#include "../bytes.h"
#include "capture/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  nt_frame frame = {.seconds = 1, .link_type = (uint32_t)data[0] << 8 | data[1]};
  nt_error err;
  nt_decoder *decoder = nt_decoder_new(&err);
  for (size_t at = 2; at < size; at += frame.captured) {
    size_t left = size - at - 1;
    frame.captured = data[at] < left ? data[at] : (uint32_t)left;
    at++;
    /* A copy of its own, so that the sanitizer sees a read past the frame. */
    uint8_t *copy = malloc(frame.captured ? frame.captured : 1);
    memcpy(copy, data + at, frame.captured);
    frame.data = copy;
    frame.length = frame.captured + (data[0] & 1 ? 100 : 0);
    nt_packet packet;
    nt_status status = nt_decoder_decode(decoder, &frame, &packet, &err);
    assert(status == NT_OK && packet.length == frame.length);
    free(copy);
  }
  nt_decoder_free(decoder);
  return 0;
}
