/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as Suricata's eve.json, and as a time in it. */
#include <assert.h>

#include "detectors/eve.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  file f = file_of(data, size);
  nt_error err = {.status = NT_OK};
  nt_packet packets[] = {{.time = 1475740336.5, .present = NT_HAS_IP | NT_HAS_TCP},
                         {.time = 0, .present = NT_HAS_IPV6 | NT_HAS_ICMP_TYPE}};
  nt_eve *eve = nt_eve_read(f.path, &err);
  if (eve) {
    for (size_t i = 0; i < 2; i++) {
      int level = nt_eve_level(eve, &packets[i], i ? 1e300 : 1);
      assert(level >= 0 && level <= 4);
    }
    nt_eve_counts counts = nt_eve_count(eve);
    assert(counts.used <= counts.alerts && counts.alerts + counts.broken <= counts.lines);
  } else {
    assert(strncmp(err.text, f.path, strlen(f.path)) == 0);
  }
  nt_eve_free(eve);
  file_close(&f);
  char text[64] = "";
  int64_t time;
  memcpy(text, data, size < sizeof text ? size : sizeof text - 1);
  nt_eve_time(text, &time);
  return 0;
}
