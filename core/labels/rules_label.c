/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules over a capture: one pass, one label for each packet. */
#include <stdlib.h>

#include "rules.h"

enum { BATCH = 1024 };

static uint8_t label_of(const nt_rule *attack, const nt_rule *exclude, const nt_packet *p,
                        uint64_t number) {
  if (exclude && nt_rule_takes(exclude, p, number)) return NT_LABEL_EXCLUDED;
  return attack && nt_rule_takes(attack, p, number);
}

static nt_status make_room(nt_labels *labels, size_t *room, nt_error *err) {
  if (*room - labels->count >= BATCH) return NT_OK;
  size_t wanted = *room * 2 + BATCH;
  uint8_t *grown = wanted > *room ? realloc(labels->value, wanted) : NULL;
  if (!grown) return nt_fail(err, NT_E_MEMORY, "%zu labels: out of memory", wanted);
  labels->value = grown;
  *room = wanted;
  return NT_OK;
}

nt_status nt_rules_label(nt_capture *capture, const nt_rule *attack, const nt_rule *exclude,
                         nt_labels *labels, nt_error *err) {
  *labels = (nt_labels){.format = "rule"};
  if (nt_capture_format_of(capture) == NT_FORMAT_FEATURES)
    return nt_fail(err, NT_E_ARGUMENT,
                   "rows of features have no addresses: a rule needs a capture of packets");
  nt_packet *packets = malloc(BATCH * sizeof *packets);
  if (!packets) return nt_fail(err, NT_E_MEMORY, "a batch of packets: out of memory");
  nt_status status;
  size_t room = 0, got = 0;
  do {
    if ((status = make_room(labels, &room, err)) != NT_OK) break;
    if ((status = nt_capture_read(capture, packets, BATCH, &got, err)) != NT_OK) break;
    for (size_t i = 0; i < got; i++, labels->count++)
      labels->value[labels->count] = label_of(attack, exclude, &packets[i], labels->count + 1);
  } while (got == BATCH);
  free(packets);
  if (status != NT_OK) nt_labels_done(labels);
  return status;
}
