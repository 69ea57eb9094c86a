/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames of a capture in memory, for tests of readers. */
#ifndef NT_COUNT_FRAMES_H
#define NT_COUNT_FRAMES_H

#include <ninetails/capture.h>

#include "bytes.h"
#include "check.h"

/* Reads all frames of these bytes; the error or warning goes into text. */
static inline size_t count_frames(const void *data, size_t count, char *text, size_t size) {
  file f = file_of(data, count);
  nt_error err = {0};
  nt_frame frame;
  int got = 1;
  size_t frames = 0;
  *text = 0;
  nt_capture *c = nt_capture_open(f.path, &err);
  while (c && nt_capture_next_frame(c, &frame, &got, &err) == NT_OK && got) frames++;
  if (err.status != NT_OK) snprintf(text, size, "%s", err.text);
  if (c && nt_capture_warning(c)) {
    CU_ASSERT_EQUAL(err.status, NT_OK);
    snprintf(text, size, "%s", nt_capture_warning(c));
  }
  if (*text) CU_ASSERT_PTR_NOT_NULL(strstr(text, f.path));
  nt_capture_close(c);
  file_close(&f);
  return frames;
}

#endif
