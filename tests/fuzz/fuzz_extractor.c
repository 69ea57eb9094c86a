/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoded frames into the extractor of every profile: rows are the same however the packets
 * are batched. The input's first two bytes are the link type; each frame is a byte for its
 * length, one for the time that has passed (its sixth power in microseconds, backwards where
 * it is odd), and its bytes. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/extractor.h>

#include "capture/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_PACKETS = 256, MOST_WIDTH = 128 };

static size_t decode(const uint8_t *data, size_t size, nt_packet *packets) {
  nt_error err;
  nt_decoder *decoder = size >= 2 ? nt_decoder_new(&err) : NULL;
  size_t count = 0;
  double time = 1e9;
  for (size_t at = 2; decoder && at + 2 <= size && count < MOST_PACKETS; count++) {
    nt_frame frame = {.link_type = (uint32_t)(data[0] << 8 | data[1]) % 300};
    frame.captured = data[at] < size - at - 2 ? data[at] : (uint32_t)(size - at - 2);
    frame.length = frame.captured;
    frame.data = data + at + 2;
    double step = (double)data[at + 1];
    step = step * step * step * step * step * step * 1e-6;
    time += data[at + 1] & 1 ? -step : step;
    if (nt_decoder_decode(decoder, &frame, &packets[count], &err) != NT_OK) abort();
    packets[count].time = time;
    at += 2 + frame.captured;
  }
  nt_decoder_free(decoder);
  return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static nt_packet packets[MOST_PACKETS];
  static double rows[MOST_PACKETS][MOST_WIDTH], all[MOST_PACKETS * MOST_WIDTH];
  size_t count = decode(data, size, packets);
  for (int profile = NT_PROFILE_PY100; profile <= NT_PROFILE_STREAM; profile++) {
    nt_error err;
    nt_extractor_options options = {.profile = (nt_profile)profile};
    size_t width = nt_profile_width(options.profile);
    assert(width <= MOST_WIDTH);
    nt_extractor *one = nt_extractor_new(&options, &err), *many = nt_extractor_new(&options, &err);
    assert(one && many);
    for (size_t i = 0; i < count; i++)
      if (nt_extractor_update(one, &packets[i], 1, rows[i], &err) != NT_OK) abort();
    if (nt_extractor_update(many, packets, count, all, &err) != NT_OK) abort();
    for (size_t i = 0; i < count; i++)
      assert(memcmp(rows[i], all + i * width, width * sizeof **rows) == 0);
    nt_extractor_free(one);
    nt_extractor_free(many);
  }
  return 0;
}
