/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Suricata, an intrusion detection system by signatures, in the paper's comparison: a packet's
 * score is the level of the worst alert on its flow within `window` seconds before it (eve.h), 0
 * without one. How the paper laid alerts onto packets is not known; it had one score for each
 * packet.
 *
 * Nothing is learnt; which alerts there are depends on Suricata's rules. They are read from `eve`,
 * or Suricata is run over the capture (suricata_run.h).
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <ninetails/capture.h>

#include "classes.h"
#include "suricata_run.h"

enum { BATCH = 1024 };

typedef struct suricata {
  uint8_t *levels; /* one for each packet */
  size_t count, capacity;
  uint64_t marked; /* packets with an alert */
  nt_eve_counts counts;
} suricata;

enum { EVE, WINDOW, PROGRAM, RULES, SECONDS };

static const nt_parameter parameters[] = {
    [EVE] = {.name = "eve",
             .type = NT_PARAMETER_TEXT,
             .help =
                 "the eve.json that Suricata wrote for the capture; without it, Suricata is run"},
    [WINDOW] = {.name = "window",
                .type = NT_PARAMETER_NUMBER,
                .unit = "s",
                .help = "how long after an alert the packets of its flow have its score",
                .preset = 1,
                .least = 0,
                .most = 1e9},
    [PROGRAM] = {.name = "program",
                 .type = NT_PARAMETER_TEXT,
                 .help = "Suricata's executable, a path or a name",
                 .preset_text = "suricata"},
    [RULES] = {.name = "rules",
               .type = NT_PARAMETER_TEXT,
               .help = "a file of rules for it to use alone; without it, as it is configured"},
    [SECONDS] = {.name = "seconds",
                 .type = NT_PARAMETER_NUMBER,
                 .unit = "s",
                 .help = "most time for Suricata to run",
                 .preset = 3600,
                 .least = 0,
                 .above = 1,
                 .most = 1e9},
};

static void suricata_free(void *detector) {
  suricata *s = detector;
  if (!s) return;
  free(s->levels);
  free(s);
}

static nt_status make_room(suricata *s, nt_error *err) {
  if (s->capacity - s->count >= BATCH) return NT_OK;
  size_t capacity = 2 * s->capacity + BATCH;
  uint8_t *grown = realloc(s->levels, capacity);
  if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu packets", capacity);
  s->levels = grown;
  s->capacity = capacity;
  return NT_OK;
}

/* The level of every packet of the capture. */
static nt_status lay(suricata *s, nt_eve *eve, double window, const char *path, nt_error *err) {
  nt_capture *capture = nt_capture_open(path, err);
  nt_packet *packets = malloc(BATCH * sizeof *packets);
  nt_status status = NT_OK;
  size_t got = BATCH;
  if (!capture)
    status = err ? err->status : NT_E_IO;
  else if (!packets)
    status = nt_fail(err, NT_E_MEMORY, "a batch of packets: out of memory");
  else if (nt_capture_format_of(capture) == NT_FORMAT_FEATURES)
    status =
        nt_fail(err, NT_E_ARGUMENT,
                "%s: rows of features have no addresses: Suricata's alerts need packets", path);
  while (status == NT_OK && got == BATCH) {
    if ((status = make_room(s, err)) != NT_OK) break;
    if ((status = nt_capture_read(capture, packets, BATCH, &got, err)) != NT_OK) break;
    for (size_t i = 0; i < got; i++, s->count++) {
      s->levels[s->count] = (uint8_t)nt_eve_level(eve, &packets[i], window);
      s->marked += s->levels[s->count] > 0;
    }
  }
  free(packets);
  nt_capture_close(capture);
  return status;
}

static nt_eve *alerts_of(const nt_detector_setting *setting, const nt_value *values,
                         nt_error *err) {
  const char *path = values[EVE].text, *rules = values[RULES].text, *program = values[PROGRAM].text;
  if (path && *path) return nt_eve_read(path, err);
  nt_suricata_command command = {.program = program && *program ? program : "suricata",
                                 .rules = rules && *rules ? rules : NULL,
                                 .seconds = values[SECONDS].number};
  return nt_suricata_run(&command, setting->capture, err);
}

static void *suricata_create(const nt_detector_setting *setting, const nt_value *values,
                             nt_error *err) {
  if (!setting->capture) {
    nt_fail(err, NT_E_INPUT, "the input is no capture: Suricata's alerts need its packets");
    return NULL;
  }
  nt_eve *eve = alerts_of(setting, values, err);
  if (!eve) return NULL;
  suricata *s = calloc(1, sizeof *s);
  nt_status status = s ? lay(s, eve, values[WINDOW].number, setting->capture, err)
                       : nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
  if (s) s->counts = nt_eve_count(eve);
  nt_eve_free(eve);
  if (status == NT_OK) return s;
  suricata_free(s);
  return NULL;
}

static nt_status suricata_score(void *detector, const nt_rows *rows, double *scores,
                                nt_error *err) {
  const suricata *s = detector;
  for (size_t i = 0; i < rows->count; i++) {
    if (rows->first + i >= s->count)
      return nt_fail(err, NT_E_INPUT, "packet %" PRIu64 ": the capture has %zu", rows->first + i,
                     s->count);
    scores[i] = s->levels[rows->first + i];
  }
  return NT_OK;
}

static size_t suricata_memory(const void *detector) {
  const suricata *s = detector;
  return sizeof *s + s->capacity;
}

static void suricata_remark(const void *detector, char *text, size_t size) {
  const suricata *s = detector;
  int used = snprintf(text, size, "%" PRIu64 " alerts, %" PRIu64 " of them on %" PRIu64 " packets",
                      s->counts.alerts, s->counts.used, s->marked);
  if (s->counts.broken > 0 && used > 0 && (size_t)used < size)
    snprintf(text + used, size - (size_t)used, "; %" PRIu64 " of %" PRIu64 " lines left out",
             s->counts.broken, s->counts.lines);
}

const nt_detector_class nt_detector_suricata = {
    .name = "suricata",
    .title = "Suricata",
    .source = "Open Information Security Foundation: Suricata, https://suricata.io",
    .cost = "the capture is read once before the first row, and by Suricata where it is run; O(log "
            "alerts) a row; 1 byte a packet, and 48 an alert while they are laid onto packets",
    .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_CAPTURE | NT_DETECTOR_BLIND,
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = suricata_create,
    .learn = suricata_score,
    .score = suricata_score,
    .free = suricata_free,
    .memory = suricata_memory,
    .remark = suricata_remark,
};
