/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tsv.h"

#include <arpa/inet.h>
#include <string.h>

#include "number.h"

typedef enum kind { TIME, UINT32, UINT16, UINT8, MAC, IPV4, IPV6 } kind;

static const struct column {
  const char *name;
  kind kind;
  uint32_t present;
  size_t offset;
} columns[] = {
#define FIELD(name, kind, present, member)                                                         \
  { name, kind, present, offsetof(nt_packet, member) }
    FIELD("frame.time_epoch", TIME, 0, time),
    FIELD("frame.len", UINT32, 0, length),
    FIELD("eth.src", MAC, NT_HAS_ETH_SRC, eth_src),
    FIELD("eth.dst", MAC, NT_HAS_ETH_DST, eth_dst),
    FIELD("ip.src", IPV4, NT_HAS_IP_SRC, ip_src),
    FIELD("ip.dst", IPV4, NT_HAS_IP_DST, ip_dst),
    FIELD("tcp.srcport", UINT16, NT_HAS_TCP, tcp_src),
    FIELD("tcp.dstport", UINT16, NT_HAS_TCP, tcp_dst),
    FIELD("udp.srcport", UINT16, NT_HAS_UDP, udp_src),
    FIELD("udp.dstport", UINT16, NT_HAS_UDP, udp_dst),
    FIELD("icmp.type", UINT8, NT_HAS_ICMP_TYPE, icmp_type),
    FIELD("icmp.code", UINT8, NT_HAS_ICMP_CODE, icmp_code),
    FIELD("arp.opcode", UINT16, NT_HAS_ARP_OPCODE, arp_opcode),
    FIELD("arp.src.hw_mac", MAC, NT_HAS_ARP_SRC_HW, arp_src_mac),
    FIELD("arp.src.proto_ipv4", IPV4, NT_HAS_ARP_SRC_IP, arp_src_ip),
    FIELD("arp.dst.hw_mac", MAC, NT_HAS_ARP_DST_HW, arp_dst_mac),
    FIELD("arp.dst.proto_ipv4", IPV4, NT_HAS_ARP_DST_IP, arp_dst_ip),
    FIELD("ipv6.src", IPV6, NT_HAS_IPV6_SRC, ipv6_src),
    FIELD("ipv6.dst", IPV6, NT_HAS_IPV6_DST, ipv6_dst),
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---------------------------------------------------------------- values */

/* Each returns the end of what it has read, or NULL. */

static const char *read_unsigned(const char *p, const char *end, uint32_t max, uint32_t *value) {
  uint64_t v = 0;
  const char *start = p;
  for (; p < end && (unsigned char)(*p - '0') < 10; p++) {
    v = v * 10 + (uint64_t)(*p - '0');
    if (v > max) return NULL;
  }
  *value = (uint32_t)v;
  return p > start ? p : NULL;
}

static int hex_digit(unsigned char c) {
  if ((unsigned char)(c - '0') < 10) return c - '0';
  c |= 0x20;
  return (unsigned char)(c - 'a') < 6 ? c - 'a' + 10 : -1;
}

static const char *read_mac(const char *p, const char *end, uint8_t *mac) {
  if (end - p < 17) return NULL;
  for (int i = 0; i < 6; i++, p += 3) {
    int high = hex_digit((unsigned char)p[0]), low = hex_digit((unsigned char)p[1]);
    if ((high | low) < 0 || (i < 5 && p[2] != ':')) return NULL;
    mac[i] = (uint8_t)(high << 4 | low);
  }
  return p - 1;
}

static const char *read_ipv4(const char *p, const char *end, uint8_t *address) {
  for (int i = 0; i < 4; i++) {
    uint32_t v;
    if (i && (p == end || *p++ != '.')) return NULL;
    p = read_unsigned(p, end, 255, &v);
    if (!p) return NULL;
    address[i] = (uint8_t)v;
  }
  return p;
}

static const char *read_ipv6(const char *p, const char *end, uint8_t *address) {
  char text[INET6_ADDRSTRLEN];
  size_t n = 0;
  while (p < end && *p != '\t' && *p != ',' && n < sizeof text - 1) text[n++] = *p++;
  text[n] = 0;
  return inet_pton(AF_INET6, text, address) == 1 ? p : NULL;
}

static const char *read_value(kind k, const char *p, const char *end, void *to) {
  uint32_t v = 0;
  switch (k) {
  case TIME: {
    double time;
    p = nt_number_read(p, end, &time);
    if (!p || !(__builtin_fabs(time) < __builtin_inf())) return NULL;
    memcpy(to, &time, sizeof time);
    return p;
  }
  case UINT32:
    if ((p = read_unsigned(p, end, UINT32_MAX, &v))) memcpy(to, &v, sizeof v);
    return p;
  case UINT16:
    if ((p = read_unsigned(p, end, UINT16_MAX, &v))) memcpy(to, &(uint16_t){(uint16_t)v}, 2);
    return p;
  case UINT8:
    if ((p = read_unsigned(p, end, UINT8_MAX, &v))) *(uint8_t *)to = (uint8_t)v;
    return p;
  case MAC:
    return read_mac(p, end, to);
  case IPV4:
    return read_ipv4(p, end, to);
  case IPV6:
    return read_ipv6(p, end, to);
  }
  return NULL;
}

/* ---------------------------------------------------------------- lines */

static const char *const kind_names[] = {
    "seconds since the epoch",  "a whole number below 2^32",         "a whole number below 65536",
    "a whole number below 256", "an address like 00:1b:44:11:3a:b7", "an IPv4 address",
    "an IPv6 address"};

static const char *next_tab(const char *p, const char *end) {
  while (p < end && *p != '\t') p++;
  return p;
}

static int shown(const char *from, const char *to) { /* length of what an error shows of a value */
  return to - from < 60 ? (int)(to - from) : 60;
}

/* Of several occurrences the first counts; the others must make sense, too, or be
 * empty. What every frame has, it has once: a comma there is one that stands for a
 * decimal point, or for thousands. */
static const char *skip_occurrences(const struct column *c, const char *p, const char *end) {
  while (p < end && *p == ',') {
    union {
      double time;
      uint8_t bytes[16];
    } unused;
    if (c->present == 0) return NULL;
    p++;
    if (p == end || *p == '\t' || *p == ',') continue;
    p = read_value(c->kind, p, end, &unused);
    if (!p) return NULL;
  }
  return p;
}

static nt_status bad_value(int column, const char *p, const char *end, nt_error *err) {
  const struct column *c = &columns[column];
  const char *stop = next_tab(p, end);
  int comma = c->kind == TIME && memchr(p, ',', (size_t)(stop - p));
  return nt_fail(err, NT_E_INPUT, "column %d (%s) is '%.*s', %s expected%s", column + 1, c->name,
                 shown(p, stop), p, kind_names[c->kind], comma ? ", with a decimal point" : "");
}

nt_status nt_tsv_read(const nt_line *line, nt_packet *packet, int *timed, nt_error *err) {
  const char *p = line->text, *end = p + line->length;
  memset(packet, 0, sizeof *packet);
  *timed = p < end && *p != '\t';
  for (int i = 0; i < COLUMNS; i++) {
    const struct column *c = &columns[i];
    if (p < end && *p != '\t') {
      const char *stop = read_value(c->kind, p, end, (uint8_t *)packet + c->offset);
      if (stop && stop < end && *stop == ',') stop = skip_occurrences(c, stop, end);
      if (!stop || (stop < end && *stop != '\t')) return bad_value(i, p, end, err);
      packet->present |= c->present;
      p = stop;
    } else if (c->kind == UINT32) { /* the length is of every frame */
      return nt_fail(err, NT_E_INPUT, "column %d (%s) is empty", i + 1, c->name);
    }
    int last = i == COLUMNS - 1;
    if ((p < end) == last) {
      int found = i + 1;
      for (; p < end; p++) found += *p == '\t';
      return nt_fail(err, NT_E_INPUT, "%d columns, %d expected", found, COLUMNS);
    }
    p++;
  }
  return NT_OK;
}

int nt_tsv_looks_so(const nt_line *line) {
  int tabs = 0;
  for (size_t i = 0; i < line->length; i++) tabs += line->text[i] == '\t';
  return tabs == COLUMNS - 1 && memchr(line->text, ':', line->length);
}

int nt_tsv_is_header(const nt_line *line) {
  const char *p = line->text, *end = p + line->length, *tab;
  for (; p <= end; p = tab + 1) {
    tab = next_tab(p, end);
    for (int i = 0; i < COLUMNS; i++) {
      size_t n = strlen(columns[i].name);
      if ((size_t)(tab - p) == n && memcmp(p, columns[i].name, n) == 0) return 1;
    }
  }
  return 0;
}

nt_status nt_tsv_check_header(const nt_line *line, nt_error *err) {
  const char *p = line->text, *end = p + line->length, *tab;
  int i = 0;
  for (; p <= end; p = tab + 1, i++) {
    tab = next_tab(p, end);
    const char *expected = i < COLUMNS ? columns[i].name : "nothing";
    if (i >= COLUMNS || strlen(expected) != (size_t)(tab - p) ||
        memcmp(p, expected, (size_t)(tab - p)) != 0)
      return nt_fail(err, NT_E_INPUT, "column %d of the header is '%.*s', '%s' expected", i + 1,
                     shown(p, tab), p, expected);
  }
  if (i < COLUMNS)
    return nt_fail(err, NT_E_INPUT, "the header ends after %d columns, '%s' expected", i,
                   columns[i].name);
  return NT_OK;
}
