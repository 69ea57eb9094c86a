/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an input file, through whichever decompressor and reader accepts them: frames and
 * packet records agree, every promised byte is readable, and an error names the file. */
#include <assert.h>

#include <ninetails/capture.h>

#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_FRAMES = 20000 }; /* frames read of a decompression bomb: more would only take time */

static void check_error(const nt_error *err, const file *f) {
  assert(err->status != NT_OK && strncmp(err->text, f->path, strlen(f->path)) == 0);
}

static void read_packets(nt_capture *frames, nt_capture *packets, const file *f) {
  int has_frames = nt_capture_format_of(frames) != NT_FORMAT_TSV;
  volatile uint8_t last;
  for (int i = 0; i < MAX_FRAMES; i++) {
    nt_error err = {0};
    nt_frame frame;
    nt_packet packet;
    size_t got;
    int some = 0;
    nt_status status = nt_capture_read(packets, &packet, 1, &got, &err);
    if (status != NT_OK) check_error(&err, f);
    if (has_frames) {
      assert(nt_capture_next_frame(frames, &frame, &some, &err) == status && (size_t)some == got);
      for (uint32_t k = 0; some && k < frame.captured; k++) last = frame.data[k];
      assert(!some || frame.nanoseconds <= 999999999);
    }
    if (!got) break;
    assert(packet.time > -1e308 && packet.time < 1e308);
  }
  (void)last;
}

static void read_rows(nt_capture *capture, const file *f) {
  double *row = malloc(nt_capture_width(capture) * sizeof *row), time;
  size_t got = 1;
  for (int i = 0; i < MAX_FRAMES && got; i++) {
    nt_error err = {0};
    if (nt_capture_read_rows(capture, row, &time, 1, &got, &err) != NT_OK) check_error(&err, f);
  }
  free(row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  file f = file_of(data, size);
  nt_error err = {0};
  nt_capture *a = nt_capture_open(f.path, &err), *b = nt_capture_open(f.path, &err);
  assert(!a == !b);
  if (!a)
    check_error(&err, &f);
  else if (nt_capture_format_of(a) == NT_FORMAT_FEATURES)
    read_rows(a, &f);
  else
    read_packets(a, b, &f);
  nt_capture_close(a);
  nt_capture_close(b);
  file_close(&f);
  return 0;
}
