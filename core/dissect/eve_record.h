/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of EVE JSON, Suricata's log, of type `anomaly` or `alert`: one line each. Names and forms of
 * the members are those that Suricata 7 and later write.
 */
#ifndef NT_EVE_RECORD_H
#define NT_EVE_RECORD_H

#include <stdio.h>

#include "community_id.h"

typedef struct nt_eve_pair {
  const char *name, *value;
} nt_eve_pair;

/* Texts are UTF-8; what is NULL or 0, but for the times, is left out. */
typedef struct nt_eve_record {
  int64_t seconds; /* of the packet */
  uint32_t nanoseconds;
  uint64_t packet; /* its number in the capture, from 1: pcap_cnt */
  const char *capture;
  nt_tuple flow;
  const char *app_proto; /* in Suricata's spelling: lower case */
  enum { NT_EVE_ANOMALY, NT_EVE_ALERT } kind;
  struct { /* NT_EVE_ANOMALY */
    const char *type, *event, *layer;
  } anomaly;
  struct { /* NT_EVE_ALERT */
    uint32_t signature_id, severity;
    const char *signature, *category;
    const nt_eve_pair *metadata; /* a name that is given again adds to its values */
    size_t metadata_count;
  } alert;
} nt_eve_record;

/* Writes the line and its newline. NT_E_ARGUMENT: a text is not UTF-8. NT_E_MEMORY. Whether the
 * stream took it, ferror(to) tells. */
nt_status nt_eve_record_write(const nt_eve_record *record, FILE *to, nt_error *err);

/* "2026-01-02T03:04:05.678901+0000" in text[NT_EVE_RECORD_TIME]. */
enum { NT_EVE_RECORD_TIME = 48 };
void nt_eve_record_time(int64_t seconds, uint32_t nanoseconds, char *text);

#endif
