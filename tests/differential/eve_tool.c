/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eve_tool CAPTURE: prints an anomaly and an alert for each packet as lines of EVE JSON. */
#include <stdio.h>

#include <ninetails/capture.h>

#include "dissect/dissection.h"
#include "dissect/eve_record.h"

static void print(const nt_dissection *d, uint64_t number) {
  static const nt_eve_pair metadata[] = {
      {"score", "3.1"}, {"feature", "a"}, {"feature", "b \"\xc3\xa4\""}};
  nt_error err;
  nt_eve_record r = {.seconds = d->frame.seconds,
                     .nanoseconds = d->frame.nanoseconds,
                     .packet = number,
                     .flow = d->flow,
                     .kind = NT_EVE_ANOMALY,
                     .anomaly = {"unknown", "ninetails.score", "packet"}};
  nt_eve_record_write(&r, stdout, &err);
  r.kind = NT_EVE_ALERT;
  r.capture = "some\tname.pcap";
  r.app_proto = "dns";
  r.alert.signature = "ninetails score above its threshold";
  r.alert.category = "Anomaly";
  r.alert.signature_id = 1000001;
  r.alert.severity = 3;
  r.alert.metadata = metadata;
  r.alert.metadata_count = sizeof metadata / sizeof *metadata;
  nt_eve_record_write(&r, stdout, &err);
}

int main(int argc, char **argv) {
  static nt_dissection d;
  nt_error err;
  nt_capture *capture = argc == 2 ? nt_capture_open(argv[1], &err) : NULL;
  nt_dissector *dissector = capture ? nt_dissector_new(&err) : NULL;
  if (!dissector) return 2;
  nt_frame frame;
  int got;
  uint64_t number = 0;
  while (nt_capture_next_frame(capture, &frame, &got, &err) == NT_OK && got &&
         nt_dissect(dissector, &frame, &d, &err) == NT_OK)
    print(&d, ++number);
  nt_dissector_free(dissector);
  nt_capture_close(capture);
  return 0;
}
