/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an input file: whichever reader takes them (pcap, pcapng, TSV, feature CSV, through
 * whichever decompressor), it gives packets or rows, then an end, a warning or an error with a
 * text. */
#include <assert.h>

#include "../bytes.h"
#include "capture/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { AT_ONCE = 16, MOST_WIDTH = 4096 };

static size_t read_some(nt_capture *capture, nt_error *err, nt_status *status) {
  static nt_packet packets[AT_ONCE];
  static double rows[AT_ONCE * MOST_WIDTH], times[AT_ONCE];
  size_t got = 0;
  if (nt_capture_format_of(capture) != NT_FORMAT_FEATURES)
    *status = nt_capture_read(capture, packets, AT_ONCE, &got, err);
  else if (nt_capture_width(capture) <= MOST_WIDTH)
    *status = nt_capture_read_rows(capture, rows, times, AT_ONCE, &got, err);
  assert(got <= AT_ONCE);
  return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  file f = file_of(data, size);
  nt_error err = {.status = NT_OK};
  nt_capture *capture = nt_capture_open(f.path, &err);
  if (capture) {
    nt_status status = NT_OK;
    while (read_some(capture, &err, &status) == AT_ONCE && status == NT_OK) continue;
    assert(status == NT_OK || (err.status == status && err.text[0]));
    nt_capture_close(capture);
  } else {
    assert(err.status != NT_OK && err.text[0]);
  }
  file_close(&f);
  return 0;
}
