/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dns.h"

#include <stdio.h>
#include <string.h>

#include "frame.h"

int nt_dns_name_ok(const char *name) {
  size_t label = 0, length = strlen(name);
  if (!length || length > 200) return 0;
  for (const char *p = name; *p; p++) {
    label = *p == '.' ? 0 : label + 1;
    if (label > 63 || (*p == '.' && (p == name || p[-1] == '.' || !p[1]))) return 0;
  }
  return 1;
}

static uint8_t *put_name(uint8_t *out, const char *name) {
  while (*name) {
    size_t n = strcspn(name, ".");
    *out++ = (uint8_t)n;
    memcpy(out, name, n);
    out += n;
    name += n + (name[n] == '.');
  }
  *out++ = 0;
  return out;
}

static uint8_t *header(uint8_t *out, uint16_t id, uint16_t flags, uint16_t questions,
                       uint16_t answers, uint16_t authorities, uint16_t additional) {
  const uint16_t words[6] = {id, flags, questions, answers, authorities, additional};
  for (int i = 0; i < 6; i++, out += 2) nt_put16(out, words[i]);
  return out;
}

static uint8_t *question(uint8_t *out, const char *name, uint16_t type, uint16_t class_) {
  out = put_name(out, name);
  nt_put16(out, type);
  nt_put16(out + 2, class_);
  return out + 4;
}

/* Type, class, time to live and length of a record whose name stands already. */
static uint8_t *record(uint8_t *out, uint16_t type, uint16_t class_, uint32_t ttl,
                       uint16_t length) {
  nt_put16(out, type);
  nt_put16(out + 2, class_);
  nt_put32(out + 4, ttl);
  nt_put16(out + 8, length);
  return out + 10;
}

uint32_t nt_dns_ask(const nt_dns_question *q, uint8_t *out) {
  uint8_t *p = header(out, q->id, 0x0100, 1, 0, 0, 0);
  return (uint32_t)(question(p, q->name, q->type, 1) - out);
}

uint32_t nt_dns_answer(const nt_dns_question *q, nt_chance *chance, uint8_t *out) {
  uint16_t count = (uint16_t)nt_chance_between(chance, 1, 3), size = q->type == 28 ? 16 : 4;
  uint8_t *p = header(out, q->id, 0x8180, 1, count, 0, 0);
  p = question(p, q->name, q->type, 1);
  uint32_t ttl = nt_chance_between(chance, 20, 3600);
  for (uint16_t i = 0; i < count; i++) {
    nt_put16(p, 0xc00c); /* the question's name */
    p = record(p + 2, q->type, 1, ttl, size);
    nt_chance_fill(chance, p, size);
    static const uint8_t documentation[4] = {0x20, 0x01, 0x0d, 0xb8}; /* RFC 3849 */
    static const uint8_t benchmark[2] = {198, 18};                    /* RFC 2544 */
    memcpy(p, size == 16 ? documentation : benchmark, size == 16 ? 4 : 2);
    p += size;
  }
  return (uint32_t)(p - out);
}

uint32_t nt_mdns_ask(const char *service, uint8_t *out) {
  uint8_t *p = header(out, 0, 0, 1, 0, 0, 0);
  return (uint32_t)(question(p, service, 12, 1) - out);
}

uint32_t nt_mdns_announce(const char *service, const nt_host *host, uint16_t port, uint8_t *out) {
  uint8_t *p = header(out, 0, 0x8400, 0, 4, 0, 0);
  char local[80];
  snprintf(local, sizeof local, "%.60s.local", host->name);
  uint8_t *service_at = p, *length;
  p = put_name(p, service); /* PTR: service -> instance */
  p = record(p, 12, 1, 4500, 0);
  length = p - 2;
  uint8_t *instance_at = p;
  size_t n = strnlen(host->name, 60);
  *p++ = (uint8_t)n;
  memcpy(p, host->name, n);
  p += n;
  nt_put16(p, 0xc000 | (uint32_t)(service_at - out));
  p += 2;
  nt_put16(length, (uint32_t)(p - length - 2));
  uint16_t instance = (uint16_t)(0xc000 | (instance_at - out));
  nt_put16(p, instance); /* SRV: instance -> host and port */
  p = record(p + 2, 33, 0x8001, 120, 0);
  length = p - 2;
  nt_put32(p, 0);
  nt_put16(p + 4, port);
  uint8_t *local_at = p + 6;
  p = put_name(local_at, local);
  nt_put16(length, (uint32_t)(p - length - 2));
  nt_put16(p, instance); /* TXT */
  static const char text[] = "\x09"
                             "txtvers=1"
                             "\x06"
                             "path=/";
  p = record(p + 2, 16, 0x8001, 4500, sizeof text - 1);
  memcpy(p, text, sizeof text - 1);
  p += sizeof text - 1;
  nt_put16(p, 0xc000 | (uint32_t)(local_at - out)); /* A */
  p = record(p + 2, 1, 0x8001, 120, 4);
  memcpy(p, host->ip, 4);
  return (uint32_t)(p + 4 - out);
}

static void put_ntp_time(uint8_t *out,
                         int64_t time) { /* seconds since 1900 and a binary fraction */
  nt_put32(out, (uint32_t)(time / 1000000000 + 2208988800));
  nt_put32(out + 4, (uint32_t)(((uint64_t)(time % 1000000000) << 32) / 1000000000));
}

uint32_t nt_ntp_ask(int64_t time, uint8_t *out) {
  memset(out, 0, 48);
  out[0] = 0x23; /* version 4, client */
  out[2] = 6;
  out[3] = 0xec;
  put_ntp_time(out + 40, time);
  return 48;
}

uint32_t nt_ntp_answer(int64_t asked, int64_t time, nt_chance *chance, uint8_t *out) {
  memset(out, 0, 48);
  out[0] = 0x24; /* version 4, server */
  out[1] = 2;
  out[2] = 6;
  out[3] = 0xe9;
  nt_put32(out + 4, nt_chance_between(chance, 0x100, 0x2000));
  nt_put32(out + 8, nt_chance_between(chance, 0x100, 0x1000));
  static const uint8_t upstream[4] = {192, 0, 2, 123};
  memcpy(out + 12, upstream, 4);
  put_ntp_time(out + 16, time - 500000000000 - (int64_t)nt_chance_below(chance, 400) * 1000000000);
  put_ntp_time(out + 24, asked);
  put_ntp_time(out + 32, time - 60000);
  put_ntp_time(out + 40, time - 20000);
  return 48;
}
