/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DNS, multicast DNS and NTP messages (RFC 1035, 6762, 6763, 5905). */
#ifndef NT_SYNTHESISER_DNS_H
#define NT_SYNTHESISER_DNS_H

#include "host.h"

typedef struct nt_dns_question {
  uint16_t id;
  const char *name; /* dotted; its labels at most 63 bytes: nt_dns_name_ok */
  uint16_t type;    /* 1 A, 28 AAAA, 12 PTR */
} nt_dns_question;

int nt_dns_name_ok(const char *name);

/* Each writes at most 512 bytes to out and returns the length. */
uint32_t nt_dns_ask(const nt_dns_question *q, uint8_t *out);
uint32_t nt_dns_answer(const nt_dns_question *q, nt_chance *chance, uint8_t *out);
/* A service that `host` offers: PTR, SRV, TXT and A records; port in the SRV. */
uint32_t nt_mdns_announce(const char *service, const nt_host *host, uint16_t port, uint8_t *out);
uint32_t nt_mdns_ask(const char *service, uint8_t *out);

/* time: ns since the epoch. */
uint32_t nt_ntp_ask(int64_t time, uint8_t *out);
uint32_t nt_ntp_answer(int64_t asked, int64_t time, nt_chance *chance, uint8_t *out);

#endif
