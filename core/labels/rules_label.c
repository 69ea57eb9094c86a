/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules over a capture: one pass, one label for each packet. */
#include <stdlib.h>
#include <string.h>

#include "rules.h"

enum { BATCH = 1024 };

static uint8_t label_of(const nt_rule *attack, const nt_rule *exclude, const nt_packet *p,
                        uint64_t number) {
  if (exclude && nt_rule_takes(exclude, p, number)) return NT_LABEL_EXCLUDED;
  return attack && nt_rule_takes(attack, p, number);
}

static nt_status make_room(nt_labels *labels, size_t *room, int named, nt_error *err) {
  if (*room - labels->count >= BATCH) return NT_OK;
  size_t wanted = *room * 2 + BATCH;
  uint8_t *grown = realloc(labels->value, wanted);
  if (grown) labels->value = grown;
  uint16_t *attack = named && grown ? realloc(labels->attack, wanted * sizeof *attack) : NULL;
  if (attack) labels->attack = attack;
  if (!grown || (named && !attack))
    return nt_fail(err, NT_E_MEMORY, "%zu labels: out of memory", wanted);
  *room = wanted;
  return NT_OK;
}

/* Names come in the order of their first packet, as of a label file. */
static nt_status put_attack(nt_labels *labels, const char *const *names, uint16_t given,
                            nt_error *err) {
  uint16_t *attack = &labels->attack[labels->count];
  *attack = labels->count && given ? attack[-1] : 0; /* often the same */
  return given ? nt_labels_name(labels, names[given - 1], strlen(names[given - 1]), attack, err)
               : NT_OK;
}

nt_status nt_rules_label(nt_capture *capture, const nt_rule *attack, const nt_rule *exclude,
                         const char *const *names, size_t name_count, nt_labels *labels,
                         nt_error *err) {
  *labels = (nt_labels){.format = "rule"};
  if (nt_capture_format_of(capture) == NT_FORMAT_FEATURES)
    return nt_fail(err, NT_E_ARGUMENT,
                   "rows of features have no addresses: a rule needs a capture of packets");
  nt_packet *packets = malloc(BATCH * sizeof *packets);
  if (!packets) return nt_fail(err, NT_E_MEMORY, "a batch of packets: out of memory");
  nt_status status;
  size_t room = 0, got = 0;
  do {
    if ((status = make_room(labels, &room, name_count > 0, err)) != NT_OK) break;
    if ((status = nt_capture_read(capture, packets, BATCH, &got, err)) != NT_OK) break;
    for (size_t i = 0; i < got && status == NT_OK; i++) {
      const uint64_t number = labels->count + 1;
      uint8_t value = label_of(attack, exclude, &packets[i], number);
      labels->value[labels->count] = value;
      if (name_count > 0)
        status = put_attack(labels, names,
                            value == 1 ? nt_rule_attack(attack, &packets[i], number) : 0, err);
      labels->count++;
    }
  } while (status == NT_OK && got == BATCH);
  if (labels->name_count == 0) {
    free(labels->attack);
    labels->attack = NULL;
  }
  free(packets);
  if (status != NT_OK) nt_labels_done(labels);
  return status;
}
