/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a compressed file, and as an archive with a member. */
#include <assert.h>

#include "ground/content.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 24 }; /* bytes read of a decompression bomb: more would only take time */

static void read_all(const char *path, const char *member) {
  nt_error err = {.status = NT_OK};
  nt_content *content = nt_content_open(path, member, &err);
  static char piece[1 << 16];
  size_t got = sizeof piece;
  for (size_t all = 0; content && got == sizeof piece && all < MOST; all += got)
    if (nt_content_read(content, piece, sizeof piece, &got, &err) != NT_OK) break;
  if (err.status != NT_OK) assert(strstr(err.text, path));
  nt_content_close(content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  file f = file_of(data, size);
  read_all(f.path, NULL);
  read_all(f.path, "us.pcap");
  file_close(&f);
  return 0;
}
