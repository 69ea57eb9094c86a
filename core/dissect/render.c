/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dissections as JSON and as lines for people. Of a packet's bytes only digits, dots, and what
 * isprint() holds of ASCII get out. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "dissection.h"

/* ---------------------------------------------------------------- values */

static void hex_text(const uint8_t *bytes, uint32_t size, char *text) {
  enum { MOST = (NT_FIELD_TEXT - 3) / 2 };
  uint32_t shown = size < MOST ? size : MOST;
  for (uint32_t i = 0; i < shown; i++) sprintf(text + 2 * i, "%02x", bytes[i]);
  snprintf(text + 2 * shown, 3, "%s", shown < size ? ".." : "");
}

void nt_field_text(const nt_field *f, char *text) {
  const uint8_t *b = f->bytes;
  switch (f->kind) {
  case NT_FIELD_NUMBER:
  case NT_FIELD_LITTLE:
    snprintf(text, NT_FIELD_TEXT, "%" PRIu64, f->number);
    break;
  case NT_FIELD_HEX:
    snprintf(text, NT_FIELD_TEXT, "0x%0*" PRIx64, (int)(2 * f->size), f->number);
    break;
  case NT_FIELD_MAC:
    snprintf(text, NT_FIELD_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4],
             b[5]);
    break;
  case NT_FIELD_IPV4:
    inet_ntop(AF_INET, b, text, NT_FIELD_TEXT);
    break;
  case NT_FIELD_IPV6:
    inet_ntop(AF_INET6, b, text, NT_FIELD_TEXT);
    break;
  case NT_FIELD_BYTES:
    hex_text(b, f->size, text);
    break;
  }
}

/* ---------------------------------------------------------------- JSON */

/* Text of ours, or of nDPI: ASCII. */
static void json_text(const char *text, FILE *to) {
  fputc('"', to);
  for (const unsigned char *p = (const unsigned char *)text; *p; p++)
    if (*p == '"' || *p == '\\')
      fprintf(to, "\\%c", *p);
    else if (*p < ' ' || *p > '~')
      fprintf(to, "\\u%04x", *p);
    else
      fputc(*p, to);
  fputc('"', to);
}

static void json_field(const nt_dissected *layer, const nt_field *f, FILE *to) {
  char text[NT_FIELD_TEXT];
  fputs("{\"name\": ", to);
  json_text(f->name, to);
  if (f->kind <= NT_FIELD_LITTLE) {
    fprintf(to, ", \"value\": %" PRIu64, f->number);
  } else if (f->kind == NT_FIELD_BYTES) { /* all of them */
    fputs(", \"value\": \"", to);
    for (uint32_t i = 0; i < f->size; i++) fprintf(to, "%02x", f->bytes[i]);
    fputc('"', to);
  } else {
    nt_field_text(f, text);
    fprintf(to, ", \"value\": \"%s\"", text);
  }
  if (f->text) {
    fputs(", \"text\": ", to);
    json_text(f->text, to);
  }
  fprintf(to, ", \"offset\": %u, \"length\": %u}",
          layer->offset + (uint32_t)(f->bytes - layer->step->data), f->size);
}

static void json_fields(const nt_dissected *layer, FILE *to) {
  nt_fields fields;
  nt_fields_of(layer->step, &fields);
  fputs(", \"fields\": [", to);
  for (uint32_t i = 0; i < fields.count; i++) {
    if (i) fputs(", ", to);
    json_field(layer, &fields.field[i], to);
  }
  fputc(']', to);
  if (fields.left_out) fprintf(to, ", \"fields_left_out\": %u", fields.left_out);
}

static uint32_t depth_of(const nt_dissection *d, uint32_t index) {
  uint32_t depth = 0;
  for (int i = d->layer[index].parent; i >= 0; i = d->layer[i].parent) depth++;
  return depth;
}

/* Layers come in the order of a tree that is walked from its root on. */
static void json_layers(const nt_dissection *d, FILE *to) {
  uint32_t open = 0;
  fputs(", \"layers\": [", to);
  for (uint32_t i = 0; i < d->layers; i++) {
    const nt_dissected *layer = &d->layer[i];
    uint32_t depth = depth_of(d, i);
    bool sibling = depth < open;
    for (; open > depth; open--) fputs("]}", to);
    if (sibling) fputs(", ", to);
    fputs("{\"layer\": ", to);
    json_text(layer->protocol->filter, to);
    fputs(", \"protocol\": ", to);
    json_text(layer->protocol->name, to);
    fprintf(to, ", \"offset\": %u, \"length\": %u", layer->offset, layer->header);
    if (!layer->in_frame) fputs(", \"in\": \"datagram\"", to);
    if (layer->step->quoted) fputs(", \"quoted\": true", to);
    json_fields(layer, to);
    fputs(", \"layers\": [", to);
    open = depth + 1;
  }
  for (; open > 0; open--) fputs("]}", to);
  fputc(']', to);
}

static void json_flow(const nt_dissection *d, FILE *to) {
  char src[NT_ENDPOINT], dst[NT_ENDPOINT], id[NT_COMMUNITY_ID];
  const nt_tuple *flow = &d->flow;
  if (!flow->version) return;
  nt_address_text(flow, false, src);
  nt_address_text(flow, true, dst);
  nt_community_id(flow, 0, id);
  fprintf(to, ", \"flow\": {\"src\": \"%s\", \"dst\": \"%s\"", src, dst);
  bool icmp = flow->protocol == 1 || flow->protocol == 58;
  if (flow->has_ports && !icmp)
    fprintf(to, ", \"src_port\": %u, \"dst_port\": %u", flow->src_port, flow->dst_port);
  fprintf(to, ", \"proto\": %u, \"flow_id\": %" PRIu64 ", \"community_id\": \"%s\"}",
          flow->protocol, nt_flow_id(flow), id);
}

/* Seconds with nine decimals, as a number of JSON; times before 1970 are negative. */
static void time_text(const nt_frame *frame, char *text, size_t size) {
  int64_t s = frame->seconds;
  uint32_t ns = frame->nanoseconds;
  const char *sign = "";
  uint64_t whole = (uint64_t)s;
  if (s < 0) { /* -5 s + 0.25 s is -(4 s + 0.75 s) */
    sign = "-";
    whole = UINT64_C(0) - whole;
    if (ns) {
      whole--;
      ns = 1000000000 - ns;
    }
  }
  snprintf(text, size, "%s%" PRIu64 ".%09" PRIu32, sign, whole, ns);
}

void nt_dissection_json(const nt_dissection *d, uint64_t number, FILE *to) {
  char when[48];
  time_text(&d->frame, when, sizeof when);
  fprintf(to,
          "{\"number\": %" PRIu64
          ", \"time\": %s, \"length\": %u, \"captured\": %u, \"link_type\": %u, \"chain\": ",
          number, when, d->frame.length, d->frame.captured, d->frame.link_type);
  json_text(d->chain, to);
  json_flow(d, to);
  if (d->application) {
    fputs(", \"application\": ", to);
    json_text(d->application, to);
  }
  if (d->service) {
    fputs(", \"service\": ", to);
    json_text(d->service, to);
  }
  if (d->transport)
    fprintf(to, ", \"payload\": {\"length\": %u, \"captured\": %u}", d->payload_length,
            d->payload_captured);
  json_layers(d, to);
  if (d->trail.left_out) fprintf(to, ", \"layers_left_out\": %u", d->trail.left_out);
  fputc('}', to);
}

/* ---------------------------------------------------------------- for people */

static void utc_text(const nt_frame *frame, char *text, size_t size) {
  time_t seconds = (time_t)frame->seconds;
  struct tm tm;
  char date[64];
  if (!gmtime_r(&seconds, &tm) || !strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm)) {
    time_text(frame, text, size);
    return;
  }
  snprintf(text, size, "%s.%09" PRIu32 "Z", date, frame->nanoseconds);
}

void nt_dissection_brief(const nt_dissection *d, uint64_t number, FILE *to) {
  char when[80];
  utc_text(&d->frame, when, sizeof when);
  fprintf(to, "%" PRIu64 "  %s  %u bytes  %s", number, when, d->frame.length,
          d->chain[0] ? d->chain : "unknown");
  if (d->service) fprintf(to, " (%s)", d->service);
  if (d->flow.version) {
    char src[NT_ENDPOINT], dst[NT_ENDPOINT];
    nt_endpoint_text(&d->flow, false, src);
    nt_endpoint_text(&d->flow, true, dst);
    fprintf(to, "  %s -> %s", src, dst);
  }
  fputc('\n', to);
}

static void people_layer(const nt_dissection *d, uint32_t index, FILE *to) {
  const nt_dissected *layer = &d->layer[index];
  int indent = 2 + 2 * (int)depth_of(d, index);
  nt_fields fields;
  char text[NT_FIELD_TEXT];
  if (indent > 40) indent = 40;
  fprintf(to, "%*s%s, %u bytes at %u%s%s\n", indent, "", layer->protocol->name, layer->header,
          layer->offset, layer->in_frame ? "" : " of the datagram that this packet completes",
          layer->step->quoted ? ", quoted" : "");
  nt_fields_of(layer->step, &fields);
  for (uint32_t i = 0; i < fields.count; i++) {
    const nt_field *f = &fields.field[i];
    nt_field_text(f, text);
    fprintf(to, "%*s%s: %s", indent + 2, "", f->name, text);
    if (f->text) fprintf(to, " (%s)", f->text);
    fputc('\n', to);
  }
  if (fields.left_out) fprintf(to, "%*sand %u fields more\n", indent + 2, "", fields.left_out);
}

void nt_dissection_text(const nt_dissection *d, uint64_t number, FILE *to) {
  nt_dissection_brief(d, number, to);
  if (d->flow.version) {
    char id[NT_COMMUNITY_ID];
    nt_community_id(&d->flow, 0, id);
    fprintf(to, "  flow %s\n", id);
  }
  for (uint32_t i = 0; i < d->layers; i++) people_layer(d, i, to);
  if (d->trail.left_out) fprintf(to, "  and %u layers more\n", d->trail.left_out);
  if (d->transport) {
    fprintf(to, "  payload, %u bytes", d->payload_length);
    if (d->payload_captured < d->payload_length) fprintf(to, ", %u captured", d->payload_captured);
    fputc('\n', to);
  }
}

void nt_hexdump(const uint8_t *bytes, size_t count, uint64_t first, int indent, FILE *to) {
  enum { WIDTH = 16 };
  for (size_t at = 0; at < count; at += WIDTH) {
    size_t here = count - at < WIDTH ? count - at : WIDTH;
    fprintf(to, "%*s%08" PRIx64 " ", indent, "", first + at);
    for (size_t i = 0; i < WIDTH; i++) {
      if (i == WIDTH / 2) fputc(' ', to);
      if (i < here)
        fprintf(to, " %02x", bytes[at + i]);
      else
        fputs("   ", to);
    }
    fputs("  ", to);
    for (size_t i = 0; i < here; i++) {
      uint8_t b = bytes[at + i];
      fputc(b >= ' ' && b <= '~' ? b : '.', to);
    }
    fputc('\n', to);
  }
}
