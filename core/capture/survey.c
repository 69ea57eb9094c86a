/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "survey.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoder.h"

/* ---------------------------------------------------------------- hosts */

/* Open addressing, never more than half full. */
enum { SLOTS = 2 * NT_SURVEY_HOSTS, ROWS = 256 };

typedef struct host {
  uint8_t address[16];
  uint8_t length; /* 4, 6, 16; 0: a free slot */
  uint64_t packets, bytes;
} host;

static uint64_t hash_of(const uint8_t *address, size_t length) {
  uint64_t h = 1469598103934665603u ^ length; /* FNV-1a, folded */
  for (size_t i = 0; i < length; i++) h = (h ^ address[i]) * 1099511628211u;
  return h ^ (h >> 29);
}

static void count_host(nt_survey *s, host *hosts, const uint8_t *address, size_t length,
                       uint32_t bytes) {
  size_t i = hash_of(address, length) % SLOTS;
  while (hosts[i].length &&
         (hosts[i].length != length || memcmp(hosts[i].address, address, length) != 0))
    i = (i + 1) % SLOTS;
  if (!hosts[i].length) {
    if (s->hosts == NT_SURVEY_HOSTS) {
      s->untracked++;
      return;
    }
    memcpy(hosts[i].address, address, length);
    hosts[i].length = (uint8_t)length;
    s->hosts++;
  }
  hosts[i].packets++;
  hosts[i].bytes += bytes;
}

static void name_host(const host *h, nt_survey_host *named) {
  const uint8_t *a = h->address;
  named->packets = h->packets;
  named->bytes = h->bytes;
  if (h->length == 6)
    snprintf(named->name, sizeof named->name, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2],
             a[3], a[4], a[5]);
  else
    inet_ntop(h->length == 4 ? AF_INET : AF_INET6, a, named->name, sizeof named->name);
}

static int by_packets(const void *left, const void *right) {
  const host *a = left, *b = right;
  if (a->packets != b->packets) return a->packets > b->packets ? -1 : 1;
  if (a->length != b->length) return a->length < b->length ? -1 : 1;
  return memcmp(a->address, b->address, a->length);
}

static void find_tops(nt_survey *s, host *hosts) {
  qsort(hosts, SLOTS, sizeof *hosts, by_packets);
  while (s->tops < NT_SURVEY_TOP && hosts[s->tops].packets) {
    name_host(&hosts[s->tops], &s->top[s->tops]);
    s->tops++;
  }
}

/* ---------------------------------------------------------------- packets */

static void count_protocol(nt_survey *s, uint32_t present) {
  if (present & NT_HAS_ICMP_TYPE)
    s->icmp++;
  else if (present & NT_HAS_TCP)
    s->tcp++;
  else if (present & NT_HAS_UDP)
    s->udp++;
  else if (present & NT_HAS_ARP_OPCODE)
    s->arp++;
  else if (present & (NT_HAS_IP | NT_HAS_IPV6))
    s->ip++;
  else
    s->other++;
}

static void count_packet(nt_survey *s, host *hosts, const nt_packet *p, double *before) {
  if (s->packets++ == 0) s->first = s->last = *before = p->time;
  s->backwards += p->time < *before;
  *before = p->time;
  s->first = fmin(s->first, p->time);
  s->last = fmax(s->last, p->time);
  s->bytes += p->length;
  count_protocol(s, p->present);
  if (p->present & NT_HAS_IP)
    count_host(s, hosts, p->ip_src, 4, p->length);
  else if (p->present & NT_HAS_IPV6)
    count_host(s, hosts, p->ipv6_src, 16, p->length);
  else if (p->present & NT_HAS_ETH)
    count_host(s, hosts, p->eth_src, 6, p->length);
}

static void count_frame(nt_survey *s, const nt_frame *frame) {
  s->cut += frame->captured < frame->length;
  for (size_t i = 0; i < s->links; i++)
    if (s->link[i] == frame->link_type) return;
  if (s->links < NT_SURVEY_LINKS) s->link[s->links++] = frame->link_type;
}

static nt_status survey_frames(nt_capture *capture, nt_survey *s, host *hosts, nt_error *err) {
  nt_decoder *decoder = nt_decoder_new(err);
  if (!decoder) return NT_E_MEMORY;
  nt_status status;
  nt_frame frame;
  nt_packet packet;
  double before = 0;
  int got = 0;
  while ((status = nt_capture_next_frame(capture, &frame, &got, err)) == NT_OK && got) {
    if ((status = nt_decoder_decode(decoder, &frame, &packet, err)) != NT_OK) break;
    count_frame(s, &frame);
    count_packet(s, hosts, &packet, &before);
  }
  nt_decoder_free(decoder);
  return status;
}

static nt_status survey_records(nt_capture *capture, nt_survey *s, host *hosts, nt_error *err) {
  nt_packet packets[ROWS];
  nt_status status;
  double before = 0;
  size_t got = 0;
  do {
    status = nt_capture_read(capture, packets, ROWS, &got, err);
    for (size_t i = 0; status == NT_OK && i < got; i++)
      count_packet(s, hosts, &packets[i], &before);
  } while (status == NT_OK && got == ROWS);
  return status;
}

static nt_status survey_rows(nt_capture *capture, nt_survey *s, nt_error *err) {
  s->width = nt_capture_width(capture);
  double *rows = calloc(ROWS, (s->width ? s->width : 1) * sizeof *rows);
  if (!rows) return nt_fail(err, NT_E_MEMORY, "rows of %zu columns: out of memory", s->width);
  nt_status status;
  size_t got = 0;
  do {
    status = nt_capture_read_rows(capture, rows, NULL, ROWS, &got, err);
    if (status == NT_OK) s->packets += got;
  } while (status == NT_OK && got == ROWS);
  free(rows);
  return status;
}

nt_status nt_survey_of(const char *path, nt_survey *survey, nt_error *err) {
  *survey = (nt_survey){0};
  nt_capture *capture = nt_capture_open(path, err);
  if (!capture) return err ? err->status : NT_E_INPUT;
  survey->format = nt_capture_format_of(capture);
  host *hosts = calloc(SLOTS, sizeof *hosts);
  nt_status status;
  if (!hosts)
    status = nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  else if (survey->format == NT_FORMAT_FEATURES)
    status = survey_rows(capture, survey, err);
  else if (survey->format == NT_FORMAT_TSV)
    status = survey_records(capture, survey, hosts, err);
  else
    status = survey_frames(capture, survey, hosts, err);
  if (status == NT_OK) find_tops(survey, hosts);
  if (nt_capture_warning(capture))
    snprintf(survey->warning, sizeof survey->warning, "%s", nt_capture_warning(capture));
  free(hosts);
  nt_capture_close(capture);
  return status;
}
