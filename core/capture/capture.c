/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/capture.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "decoder.h"
#include "feature_csv.h"
#include "frame_reader.h"
#include "source.h"
#include "tsv.h"

struct nt_capture {
  char *path;
  nt_source *source;
  nt_capture_format format;
  union {
    nt_pcap_file pcap;
    nt_pcapng_file pcapng;
    nt_feature_csv features;
  } as;
  nt_decoder *decoder; /* of frames; made when first asked for a packet record */
  uint64_t untimed;    /* frames without a time stamp */
  int remarked;        /* blocks that a pcapng ignored were reported */
  uint64_t no_packets; /* lines of a TSV that are no records */
  uint64_t count;      /* packets or rows given out */
  uint64_t line;       /* of a text: its lines read, so the number of the last one */
  int over;            /* the end, or damage, was met */
  nt_error failed;     /* sticks: every later read fails likewise */
  char warning[1024];
};

static const char *const format_names[] = {"pcap", "pcapng", "tsv", "features"};

const char *nt_capture_format_name(nt_capture_format format) {
  return format_names[format];
}

nt_capture_format nt_capture_format_of(const nt_capture *capture) {
  return capture->format;
}

const char *nt_capture_warning(const nt_capture *capture) {
  return capture->warning[0] ? capture->warning : NULL;
}

size_t nt_capture_width(const nt_capture *capture) {
  return capture->format == NT_FORMAT_FEATURES ? capture->as.features.width : 0;
}

const char *const *nt_capture_column_names(const nt_capture *capture) {
  return capture->format == NT_FORMAT_FEATURES ? capture->as.features.names : NULL;
}

int nt_capture_has_labels(const nt_capture *capture) {
  return capture->format == NT_FORMAT_FEATURES && capture->as.features.has_labels;
}

int nt_capture_has_times(const nt_capture *capture) {
  return capture->format == NT_FORMAT_FEATURES && capture->as.features.has_times;
}

/* ---------------------------------------------------------------- what is it? */

enum { FIRST_BYTES = 8 };

static nt_status unknown_content(const uint8_t *first, size_t count, nt_error *err) {
  char shown[3 * FIRST_BYTES + 1] = "";
  for (size_t i = 0; i < count; i++) snprintf(shown + 3 * i, 4, " %02x", first[i]);
  return nt_fail(
      err, NT_E_INPUT,
      "holds neither a capture (pcap, pcapng), nor the 19-column tshark TSV, nor a CSV of "
      "numbers: first bytes%s",
      shown);
}

static int looks_like_text(const nt_source *source) {
  enum { LOOKED_AT = 512 };
  const uint8_t *p = source->at;
  for (int i = 0; i < LOOKED_AT && p < source->end; i++, p++)
    if (*p < ' ' && *p != '\t' && *p != '\n' && *p != '\r') return 0;
  return 1;
}

/* Text: packet records when its first line says so, else rows of numbers. NT_E_INPUT with an empty
 * text: none of these. */
static nt_status open_text(nt_capture *c, nt_error *err) {
  nt_source *s = c->source;
  nt_line line;
  nt_packet packet;
  int got, timed;
  if (!looks_like_text(s)) return NT_E_INPUT;
  nt_status status = nt_source_line(s, &line, &got, err);
  if (status != NT_OK) return nt_fail_in(err, "line 1");
  c->format = NT_FORMAT_TSV;
  if (nt_tsv_is_header(&line)) {
    c->line = 1;
    status = nt_tsv_check_header(&line, err);
    return status == NT_OK ? NT_OK : nt_fail_in(err, "line 1");
  }
  s->at = (const uint8_t *)line.text;
  if (nt_tsv_read(&line, &packet, &timed, NULL) == NT_OK || nt_tsv_looks_so(&line)) return NT_OK;
  c->format = NT_FORMAT_FEATURES;
  status = nt_feature_csv_open(&c->as.features, s, err);
  c->line = c->as.features.header != NULL;
  return status;
}

/* Where the record or block at hand begins, in the decompressed bytes. */
static uint64_t frame_offset(const nt_capture *c) {
  return c->format == NT_FORMAT_PCAPNG ? c->as.pcapng.block_offset : nt_source_offset(c->source);
}

static nt_status open_content(nt_capture *c, nt_error *err) {
  nt_source *s = c->source;
  size_t have = nt_source_have(s, FIRST_BYTES);
  if (nt_pcap_is(s->at, have)) {
    c->format = NT_FORMAT_PCAP;
    if (nt_pcap_open(&c->as.pcap, s, err) == NT_OK) return NT_OK;
    return nt_fail_in(err, "before packet 0, at offset %llu", (unsigned long long)frame_offset(c));
  }
  if (nt_pcapng_is(s->at, have)) {
    c->format = NT_FORMAT_PCAPNG;
    if (nt_pcapng_open(&c->as.pcapng, s, err) == NT_OK) return NT_OK;
    return nt_fail_in(err, "before packet 0, at offset %llu", (unsigned long long)frame_offset(c));
  }
  uint8_t first[FIRST_BYTES];
  size_t count = have < FIRST_BYTES ? have : FIRST_BYTES;
  memcpy(first, s->at, count);
  if (count >= 3 && memcmp(first, "\xef\xbb\xbf", 3) == 0) s->at += 3; /* byte order mark */
  nt_error why = {.status = NT_OK};
  nt_status status = open_text(c, &why);
  if (status != NT_OK && !why.text[0]) return unknown_content(first, count, err);
  if (status != NT_OK && err) *err = why;
  return status;
}

static void warn(nt_capture *c, const char *text) {
  size_t used = strlen(c->warning);
  snprintf(c->warning + used, sizeof c->warning - used, "%s%s", used ? "; " : "", text);
}

/* What was concluded of an input that is read all the same. */
static void warn_of(nt_capture *c, const char *what) {
  char text[600];
  snprintf(text, sizeof text, "%.128s: %s", c->path, what);
  warn(c, text);
}

nt_capture *nt_capture_open(const char *path, nt_error *err) {
  return nt_capture_open_tapped(path, NULL, err);
}

nt_packing nt_capture_packing(const nt_capture *c) {
  return nt_source_packing(c->source);
}

int nt_capture_rest(nt_capture *c) {
  return nt_source_rest(c->source);
}

const char *nt_capture_fault(const nt_capture *c) {
  return c->source->fault.status == NT_OK ? NULL : c->source->fault.text;
}

nt_capture *nt_capture_open_tapped(const char *path, const nt_tap *tap, nt_error *err) {
  nt_source *source = nt_source_open_tapped(path, tap, err);
  if (!source) return NULL;
  nt_capture *c = calloc(1, sizeof *c);
  if (c) c->path = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
  if (!c || !c->path) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory for reading", path);
    nt_source_close(source);
    free(c);
    return NULL;
  }
  c->source = source;
  if (open_content(c, err) == NT_OK) {
    if (c->format == NT_FORMAT_FEATURES && c->as.features.note[0]) warn_of(c, c->as.features.note);
    return c;
  }
  nt_fail_in(err, "%s", c->path);
  nt_capture_close(c);
  return NULL;
}

void nt_capture_close(nt_capture *c) {
  if (!c) return;
  if (c->format == NT_FORMAT_PCAPNG) nt_pcapng_done(&c->as.pcapng);
  if (c->format == NT_FORMAT_FEATURES) nt_feature_csv_done(&c->as.features);
  nt_decoder_free(c->decoder);
  nt_source_close(c->source);
  free(c->path);
  free(c);
}

/* ---------------------------------------------------------------- when reading stops */

static nt_status give_error(const nt_capture *c, nt_error *err) {
  if (err) *err = c->failed;
  return c->failed.status;
}

/* `why` stands behind path and place already. Damage after the first packet ends the input, with a
 * warning; everything else is an error, now and ever after. */
static nt_status stop(nt_capture *c, int damage, const nt_error *why, nt_error *err) {
  c->over = 1;
  if (damage && why->status == NT_E_INPUT && c->count > 0) {
    warn(c, why->text);
    return NT_OK;
  }
  c->failed = *why;
  return give_error(c, err);
}

static nt_status stop_at_packet(nt_capture *c, nt_error *why, nt_error *err) {
  nt_fail_in(why, "%s: packet %llu at offset %llu", c->path, (unsigned long long)c->count,
             (unsigned long long)frame_offset(c));
  return stop(c, 1, why, err);
}

static nt_status stop_at_line(nt_capture *c, int damage, nt_error *why, nt_error *err) {
  nt_fail_in(why, "%s: line %llu", c->path, (unsigned long long)c->line);
  return stop(c, damage, why, err);
}

static nt_status refuse(const nt_capture *c, const char *wanted, nt_error *err) {
  return nt_fail(err, NT_E_INPUT, "%s: is of the format '%s', which holds no %s", c->path,
                 nt_capture_format_name(c->format), wanted);
}

/* ---------------------------------------------------------------- frames */

static void warn_untimed(nt_capture *c) { /* at the first such frame */
  if (c->untimed++) return;
  char text[128];
  snprintf(text, sizeof text,
           "packet %llu has no time stamp: its time, and that of others like it, reads as 0",
           (unsigned long long)c->count);
  warn_of(c, text);
}

static void warn_ignored(nt_capture *c) {
  if (!c->as.pcapng.remark[0] || c->remarked) return;
  c->remarked = 1;
  warn_of(c, c->as.pcapng.remark);
}

nt_status nt_capture_next_frame(nt_capture *c, nt_frame *frame, int *got, nt_error *err) {
  nt_error why;
  nt_status status;
  *got = 0;
  if (c->over) return give_error(c, err);
  if (c->format == NT_FORMAT_PCAP)
    status = nt_pcap_next(&c->as.pcap, c->source, frame, got, &why);
  else if (c->format == NT_FORMAT_PCAPNG)
    status = nt_pcapng_next(&c->as.pcapng, c->source, frame, got, &why);
  else
    return refuse(c, "frames", err);
  if (c->format == NT_FORMAT_PCAPNG) warn_ignored(c);
  if (status != NT_OK) return stop_at_packet(c, &why, err);
  if (c->format == NT_FORMAT_PCAPNG && c->as.pcapng.untimed) warn_untimed(c);
  c->over = !*got;
  c->count += (uint64_t)*got;
  return NT_OK;
}

void nt_capture_watch_blocks(nt_capture *c, const nt_block_watch *watch) {
  if (c->format == NT_FORMAT_PCAPNG) nt_pcapng_watch(&c->as.pcapng, watch);
}

int nt_capture_frame_block(const nt_capture *c, nt_block *block) {
  if (c->format == NT_FORMAT_PCAPNG) *block = c->as.pcapng.frame_block;
  return c->format == NT_FORMAT_PCAPNG;
}

int nt_capture_has_nanoseconds(const nt_capture *c) {
  return c->format == NT_FORMAT_PCAP && c->as.pcap.nanoseconds;
}

static nt_status read_frames(nt_capture *c, nt_packet *packets, size_t max, size_t *got,
                             nt_error *err) {
  if (!c->decoder && !(c->decoder = nt_decoder_new(err))) return nt_fail_in(err, "%s", c->path);
  while (*got < max) {
    nt_frame frame;
    nt_error why;
    int some;
    nt_status status = nt_capture_next_frame(c, &frame, &some, err);
    if (status != NT_OK || !some) return status;
    if (nt_decoder_decode(c->decoder, &frame, &packets[*got], &why) != NT_OK)
      return stop_at_packet(c, &why, err);
    ++*got;
  }
  return NT_OK;
}

/* ---------------------------------------------------------------- lines */

/* The next line; *got 0 at the end, which blank lines do not put off. */
static nt_status next_line(nt_capture *c, nt_line *line, int *got, nt_error *err) {
  nt_error why;
  *got = 0;
  if (c->over) return give_error(c, err);
  nt_status status = nt_source_line(c->source, line, got, &why);
  c->line++;
  if (status != NT_OK) return stop_at_line(c, 0, &why, err);
  if (!line->ended && c->source->fault.status != NT_OK) { /* whatever it is, it is not whole */
    *got = 0;
    why = c->source->fault;
    return stop_at_line(c, 1, &why, err);
  }
  if (*got && line->length == 0 && nt_source_have(c->source, 1) == 0)
    return next_line(c, line, got, err);
  c->over = !*got;
  return NT_OK;
}

/* Reports a pcapng block that is no packet, as tshark does; frames are read without it. */
static void warn_no_packet(nt_capture *c) {
  if (c->no_packets++) return;
  char text[128];
  snprintf(text, sizeof text,
           "line %llu has a length and nothing else: it, and others like it, are no packets",
           (unsigned long long)c->line);
  warn_of(c, text);
}

/* A last line without its newline that makes no sense is a line that was cut off: damage. */
static nt_status bad_line(nt_capture *c, const nt_line *line, nt_error *why, nt_error *err) {
  if (!line->ended) nt_fail_in(why, "the file ends inside a line");
  return stop_at_line(c, !line->ended, why, err);
}

static nt_status read_records(nt_capture *c, nt_packet *packets, size_t max, size_t *got,
                              nt_error *err) {
  while (*got < max) {
    nt_line line;
    nt_error why;
    int some, timed;
    nt_status status = next_line(c, &line, &some, err);
    if (status != NT_OK || !some) return status;
    if (nt_tsv_read(&line, &packets[*got], &timed, &why) != NT_OK)
      return bad_line(c, &line, &why, err);
    if (!timed && packets[*got].present == 0) {
      warn_no_packet(c);
      continue;
    }
    if (!timed) warn_untimed(c);
    ++*got;
    c->count++;
  }
  return NT_OK;
}

nt_status nt_capture_read(nt_capture *c, nt_packet *packets, size_t max, size_t *got,
                          nt_error *err) {
  *got = 0;
  if (c->format == NT_FORMAT_FEATURES) return refuse(c, "packets", err);
  return c->format == NT_FORMAT_TSV ? read_records(c, packets, max, got, err)
                                    : read_frames(c, packets, max, got, err);
}

nt_status nt_capture_read_rows(nt_capture *c, double *rows, double *times, size_t max, size_t *got,
                               nt_error *err) {
  *got = 0;
  if (c->format != NT_FORMAT_FEATURES) return refuse(c, "rows of features", err);
  const nt_feature_csv *csv = &c->as.features;
  for (; *got < max; ++*got, c->count++) {
    nt_line line;
    nt_error why;
    int some;
    nt_status status = next_line(c, &line, &some, err);
    if (status != NT_OK || !some) return status;
    double *time = times ? &times[*got] : NULL;
    if (time) *time = NAN;
    if (nt_feature_csv_read(csv, &line, rows + *got * csv->width, time, &why) != NT_OK)
      return bad_line(c, &line, &why, err);
  }
  return NT_OK;
}
