/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer target: frames into one decoder. The input's first two bytes choose the link type and
 * the third the check sequence; each frame is a byte for its captured length, one for what the
 * snapshot cut off (in units of 8), and the bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  nt_error err;
  nt_decoder *decoder = size >= 3 ? nt_decoder_new(&err) : NULL;
  if (!decoder) return 0;
  nt_frame frame = {.link_type = (uint32_t)(data[0] << 8 | data[1]) % 300,
                    .fcs_length = data[2] % 8};
  for (size_t at = 3; at + 2 <= size;) {
    frame.captured = data[at];
    if (frame.captured > size - at - 2) frame.captured = (uint32_t)(size - at - 2);
    frame.length = frame.captured + 8u * data[at + 1];
    uint8_t *copy = malloc(frame.captured ? frame.captured : 1); /* its end is watched */
    if (!copy) break;
    memcpy(copy, data + at + 2, frame.captured);
    frame.data = copy;
    nt_packet packet;
    if (nt_decoder_decode(decoder, &frame, &packet, &err) != NT_OK) abort();
    free(copy);
    frame.seconds++;
    at += 2 + frame.captured;
  }
  nt_decoder_free(decoder);
  return 0;
}
