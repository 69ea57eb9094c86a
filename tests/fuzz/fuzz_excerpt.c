/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a capture of which an excerpt is made: the excerpt opens and has as many packets as
 * were copied, byte for byte those of the capture. */
#include <assert.h>
#include <unistd.h>

#include "bytes.h"
#include "store/excerpt/excerpt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 200 };

/* Copies every third packet from the second on with a neighbour on each side. */
static nt_status copy(const char *from, const char *to, nt_excerpt_counts *counts) {
  nt_error err;
  nt_excerpt *e = nt_excerpt_open(from, to, 1, &err);
  if (!e) return err.status;
  nt_status status = NT_OK;
  for (uint64_t i = 1; i < MOST && status == NT_OK; i += 3)
    status = nt_excerpt_add(e, i, "a\tcomment \xc3\xa4", &err);
  status = nt_excerpt_finish(e, counts, &err);
  nt_excerpt_free(e);
  return status;
}

static void compare(const char *from, const char *to, const nt_excerpt_counts *counts) {
  nt_error err;
  nt_capture *a = nt_capture_open(from, &err), *b = nt_capture_open(to, &err);
  uint64_t packets = 0;
  assert(a && b && nt_capture_format_of(b) == NT_FORMAT_PCAPNG);
  for (;; packets++) {
    nt_frame x, y;
    int left = 0, right = 0;
    nt_status status = nt_capture_next_frame(b, &y, &right, &err);
    assert(status == NT_OK);
    if (!right) break;
    status = nt_capture_next_frame(a, &x, &left, &err);
    assert(status == NT_OK && left);
    assert(x.captured == y.captured && x.length == y.length && x.link_type == y.link_type);
    assert(x.seconds == y.seconds && x.nanoseconds / 1000 == y.nanoseconds / 1000);
    assert(!x.captured || memcmp(x.data, y.data, x.captured) == 0);
  }
  assert(packets == counts->chosen + counts->neighbours && !nt_capture_fault(b));
  nt_capture_close(a);
  nt_capture_close(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char output[] = "/tmp/ninetails-fuzz-XXXXXX";
  int made = mkstemp(output);
  file f = file_of(data, size);
  nt_excerpt_counts counts = {0};
  if (made >= 0 && copy(f.path, output, &counts) == NT_OK && counts.chosen > 0)
    compare(f.path, output, &counts);
  if (made >= 0) {
    close(made);
    unlink(output);
  }
  file_close(&f);
  return 0;
}
