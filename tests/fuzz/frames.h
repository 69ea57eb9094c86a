/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Splits a fuzzer's bytes into frames. The first two bytes choose the link type, the third the
 * check sequence; each frame is a byte for its captured length, one for what the snapshot length
 * cut off (in units of 8), and its bytes. They lie in an allocation of exactly their size, so that
 * sanitizers see reads beyond it. */
#ifndef NT_FUZZ_FRAMES_H
#define NT_FUZZ_FRAMES_H

#include <stdlib.h>
#include <string.h>

#include <ninetails/packet.h>

/* Calls `take` for each frame; its data live during the call. */
static inline void each_frame(const uint8_t *data, size_t size,
                              void (*take)(void *context, const nt_frame *frame), void *context) {
  if (size < 3) return;
  nt_frame frame = {.link_type = (uint32_t)(data[0] << 8 | data[1]) % 300,
                    .fcs_length = data[2] % 8};
  for (size_t at = 3; at + 2 <= size;) {
    frame.captured = data[at];
    if (frame.captured > size - at - 2) frame.captured = (uint32_t)(size - at - 2);
    frame.length = frame.captured + 8u * data[at + 1];
    uint8_t *copy = malloc(frame.captured ? frame.captured : 1);
    if (!copy) return;
    memcpy(copy, data + at + 2, frame.captured);
    frame.data = copy;
    take(context, &frame);
    free(copy);
    frame.seconds++;
    at += 2 + frame.captured;
  }
}

#endif
