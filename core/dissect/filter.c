/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRAMS = 16, SNAPLEN = 262144 };

struct nt_filter {
  char *expression;
  uint32_t count;
  struct {
    uint32_t link_type;
    struct bpf_program code;
  } program[PROGRAMS];
};

/* Files number some link types otherwise than libpcap's calls do. */
static int dlt_of(uint32_t link_type) {
  static const uint32_t differ[][2] = {{100, DLT_ATM_RFC1483}, {101, DLT_RAW}, {106, DLT_ATM_CLIP}};
  for (size_t i = 0; i < sizeof differ / sizeof *differ; i++)
    if (differ[i][0] == link_type) return (int)differ[i][1];
  return (int)link_type;
}

static nt_status compile(nt_filter *f, uint32_t link_type, nt_error *err) {
  if (f->count == PROGRAMS)
    return nt_fail(err, NT_E_LIMIT, "filter '%.200s': more than %d link types", f->expression,
                   PROGRAMS);
  pcap_t *p = pcap_open_dead(dlt_of(link_type), SNAPLEN);
  if (!p) return nt_fail(err, NT_E_MEMORY, "filter '%.200s': out of memory", f->expression);
  nt_status status = NT_OK;
  if (pcap_compile(p, &f->program[f->count].code, f->expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
    status = nt_fail(err, NT_E_ARGUMENT, "filter '%.200s': of link type %u: %s", f->expression,
                     link_type, pcap_geterr(p));
  else
    f->program[f->count++].link_type = link_type;
  pcap_close(p);
  return status;
}

nt_filter *nt_filter_new(const char *expression, nt_error *err) {
  enum { ETHERNET = 1, RADIOTAP = 127 };
  nt_filter *f = calloc(1, sizeof *f);
  if (f) f->expression = strdup(expression);
  if (!f || !f->expression) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a filter");
    nt_filter_free(f);
    return NULL;
  }
  if (compile(f, ETHERNET, err) == NT_OK || compile(f, RADIOTAP, NULL) == NT_OK) return f;
  nt_filter_free(f);
  return NULL;
}

void nt_filter_free(nt_filter *f) {
  if (!f) return;
  for (uint32_t i = 0; i < f->count; i++) pcap_freecode(&f->program[i].code);
  free(f->expression);
  free(f);
}

nt_status nt_filter_match(nt_filter *f, const nt_frame *frame, bool *match, nt_error *err) {
  uint32_t i = 0;
  while (i < f->count && f->program[i].link_type != frame->link_type) i++;
  if (i == f->count) {
    nt_status status = compile(f, frame->link_type, err);
    if (status != NT_OK) return status;
  }
  struct pcap_pkthdr header = {.caplen = frame->captured, .len = frame->length};
  *match = pcap_offline_filter(&f->program[i].code, &header, frame->data) != 0;
  return NT_OK;
}
