/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in a capture: counts, times, link types, protocols and the hosts that send most. */
#ifndef NT_SURVEY_H
#define NT_SURVEY_H

#include <stdint.h>

#include <ninetails/capture.h>
#include <ninetails/error.h>

enum {
  NT_SURVEY_LINKS = 8,       /* link types counted separately */
  NT_SURVEY_HOSTS = 1 << 16, /* hosts that are counted; packets of further ones go to untracked */
  NT_SURVEY_TOP = 8
};

typedef struct nt_survey_host {
  char name[48];           /* IPv4, IPv6 or, where there is neither, Ethernet address */
  uint64_t packets, bytes; /* sent; bytes on the wire */
} nt_survey_host;

typedef struct nt_survey {
  nt_capture_format format;
  uint64_t packets; /* or rows, when format is NT_FORMAT_FEATURES: then the fields below are 0, but
                       for width */
  size_t width;
  uint64_t bytes;     /* on the wire */
  uint64_t cut;       /* packets of which the file does not hold all bytes */
  uint64_t backwards; /* packets whose time is before that of the packet before */
  double first, last; /* earliest and latest time, s since the epoch */
  uint64_t tcp, udp, icmp, arp, ip, other; /* packets, each counted once (labels/rules.h) */
  size_t links;
  uint32_t link[NT_SURVEY_LINKS]; /* LINKTYPE_*; none for TSV */
  uint64_t hosts, untracked;      /* how many send; packets of hosts that found no room */
  size_t tops;
  nt_survey_host top[NT_SURVEY_TOP]; /* most packets first, then by name */
  char warning[512];                 /* nt_capture_warning, or "" */
} nt_survey;

/* Reads the whole of path once. O(packets), at most about 5 MB. Errors name path. */
nt_status nt_survey_of(const char *path, nt_survey *survey, nt_error *err);

#endif
