/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames to packet records: by hand, as tshark decodes them
 * (golden/decoder.tsv), damaged, and nested. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>

#include "capture/decoder.h"
#include "check.h"
#include "noise.h"

/* ---------------------------------------------------------------- records in words */

typedef struct words {
  char text[512];
  size_t used;
} words;

static __attribute__((format(printf, 2, 3))) void add(words *w, const char *format, ...) {
  va_list values;
  va_start(values, format);
  w->used += (size_t)vsnprintf(w->text + w->used, sizeof w->text - w->used, format, values);
  va_end(values);
}

static void add_mac(words *w, const uint8_t *a) {
  add(w, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void add_address(words *w, int family, const uint8_t *a) {
  char text[INET6_ADDRSTRLEN];
  add(w, "%s", inet_ntop(family, a, text, sizeof text));
}

/* A record as "len=60 eth=SRC>DST ip=SRC>DST ...": only the fields that are present. */
static words in_words(const nt_packet *p) {
  words w = {.used = 0};
  uint32_t has = p->present;
  add(&w, "len=%" PRIu32, p->length);
  if (has & NT_HAS_ETH) add(&w, " eth=");
  if (has & NT_HAS_ETH_SRC) add_mac(&w, p->eth_src);
  if (has & NT_HAS_ETH) add(&w, ">");
  if (has & NT_HAS_ETH_DST) add_mac(&w, p->eth_dst);
  if (has & NT_HAS_IP) add(&w, " ip=");
  if (has & NT_HAS_IP_SRC) add_address(&w, AF_INET, p->ip_src);
  if (has & NT_HAS_IP) add(&w, ">");
  if (has & NT_HAS_IP_DST) add_address(&w, AF_INET, p->ip_dst);
  if (has & NT_HAS_TCP) add(&w, " tcp=%u>%u", p->tcp_src, p->tcp_dst);
  if (has & NT_HAS_UDP) add(&w, " udp=%u>%u", p->udp_src, p->udp_dst);
  if (has & NT_HAS_ICMP_TYPE) add(&w, " icmp=%u>", p->icmp_type);
  if (has & NT_HAS_ICMP_CODE) add(&w, "%u", p->icmp_code);
  if (has & NT_HAS_ARP_OPCODE) add(&w, " arp=%u>", p->arp_opcode);
  if (has & (NT_HAS_ARP_SRC_HW | NT_HAS_ARP_SRC_IP)) add(&w, " arp.src=");
  if (has & NT_HAS_ARP_SRC_HW) add_mac(&w, p->arp_src_mac);
  if (has & (NT_HAS_ARP_SRC_HW | NT_HAS_ARP_SRC_IP)) add(&w, ">");
  if (has & NT_HAS_ARP_SRC_IP) add_address(&w, AF_INET, p->arp_src_ip);
  if (has & (NT_HAS_ARP_DST_HW | NT_HAS_ARP_DST_IP)) add(&w, " arp.dst=");
  if (has & NT_HAS_ARP_DST_HW) add_mac(&w, p->arp_dst_mac);
  if (has & (NT_HAS_ARP_DST_HW | NT_HAS_ARP_DST_IP)) add(&w, ">");
  if (has & NT_HAS_ARP_DST_IP) add_address(&w, AF_INET, p->arp_dst_ip);
  if (has & NT_HAS_IPV6) add(&w, " ipv6=");
  if (has & NT_HAS_IPV6_SRC) add_address(&w, AF_INET6, p->ipv6_src);
  if (has & NT_HAS_IPV6) add(&w, ">");
  if (has & NT_HAS_IPV6_DST) add_address(&w, AF_INET6, p->ipv6_dst);
  return w;
}

/* Only known bits are set, and absent fields are zero. */
static bool is_valid(const nt_packet *p) {
  static const uint8_t zero[16];
  const struct {
    uint32_t bit;
    const void *field;
    size_t size;
  } fields[] = {
      {NT_HAS_ETH_SRC, p->eth_src, 6},        {NT_HAS_ETH_DST, p->eth_dst, 6},
      {NT_HAS_IP_SRC, p->ip_src, 4},          {NT_HAS_IP_DST, p->ip_dst, 4},
      {NT_HAS_TCP, &p->tcp_src, 2},           {NT_HAS_TCP, &p->tcp_dst, 2},
      {NT_HAS_UDP, &p->udp_src, 2},           {NT_HAS_UDP, &p->udp_dst, 2},
      {NT_HAS_ICMP_TYPE, &p->icmp_type, 1},   {NT_HAS_ICMP_CODE, &p->icmp_code, 1},
      {NT_HAS_ARP_OPCODE, &p->arp_opcode, 2}, {NT_HAS_ARP_SRC_HW, p->arp_src_mac, 6},
      {NT_HAS_ARP_SRC_IP, p->arp_src_ip, 4},  {NT_HAS_ARP_DST_HW, p->arp_dst_mac, 6},
      {NT_HAS_ARP_DST_IP, p->arp_dst_ip, 4},  {NT_HAS_IPV6_SRC, p->ipv6_src, 16},
      {NT_HAS_IPV6_DST, p->ipv6_dst, 16},
  };
  uint32_t known = 0;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    known |= fields[i].bit;
    if (!(p->present & fields[i].bit) && memcmp(fields[i].field, zero, fields[i].size) != 0)
      return false;
  }
  return (p->present & ~known) == 0;
}

/* ---------------------------------------------------------------- frames */

static nt_decoder *new_decoder(void) {
  nt_error err = {0};
  nt_decoder *d = nt_decoder_new(&err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(d);
  return d;
}

/* The first `captured` bytes of a frame, in an allocation of exactly that size, so that the address
 * sanitizer sees reads beyond it. */
static nt_packet decode(nt_decoder *d, uint32_t link_type, const uint8_t *data, size_t captured,
                        size_t length) {
  uint8_t *copy = malloc(captured ? captured : 1);
  if (captured) memcpy(copy, data, captured);
  nt_frame frame = {.seconds = 5,
                    .nanoseconds = 250000000,
                    .length = (uint32_t)length,
                    .captured = (uint32_t)captured,
                    .link_type = link_type,
                    .data = copy};
  nt_packet packet;
  memset(&packet, 0xff, sizeof packet);
  nt_error err = {0};
  CHECK_OK(nt_decoder_decode(d, &frame, &packet, &err), err);
  free(copy);
  return packet;
}

static size_t from_hex(uint8_t *bytes, size_t room, const char *hex) {
  size_t size = 0;
  for (unsigned byte; size < room && sscanf(hex, "%2x", &byte) == 1;) {
    bytes[size++] = (uint8_t)byte;
    for (hex += 2; *hex == ' ';) hex++;
  }
  return size;
}

/* Frames written out from the RFCs; the expected fields are read off by eye. */
static const struct {
  uint32_t link_type;
  const char *hex, *words;
} by_hand[] = {
    {1,
     "0a0b0c0d0e0f 010203040506 0800"
     "4500 0028 0001 4000 40 06 0000 c0a80001 08080808"
     "d431 01bb 00000001 00000002 5010 ffff 0000 0000",
     "len=54 eth=01:02:03:04:05:06>0a:0b:0c:0d:0e:0f ip=192.168.0.1>8.8.8.8 tcp=54321>443"},
    {1,
     "0a0b0c0d0e0f 010203040506 8100 2003 0800"
     "4500 001c 0001 0000 40 11 0000 c0a80001 08080808"
     "0035 d431 0008 0000",
     "len=46 eth=01:02:03:04:05:06>0a:0b:0c:0d:0e:0f ip=192.168.0.1>8.8.8.8 udp=53>54321"},
    {1,
     "ffffffffffff 010203040506 0806"
     "0001 0800 06 04 0001 010203040506 c0a80001 000000000000 c0a80002",
     "len=42 eth=01:02:03:04:05:06>ff:ff:ff:ff:ff:ff arp=1> arp.src=01:02:03:04:05:06>192.168.0.1"
     " arp.dst=00:00:00:00:00:00>192.168.0.2"},
    {1, /* port unreachable: the addresses of the outer header, the ports of the quoted packet */
     "0a0b0c0d0e0f 010203040506 0800"
     "4500 0038 0001 0000 40 01 0000 c0a80001 08080808"
     "03 03 0000 00000000"
     "4500 001c 0002 0000 40 11 0000 08080808 c0a80001 1388 0035 0008 0000",
     "len=70 eth=01:02:03:04:05:06>0a:0b:0c:0d:0e:0f ip=192.168.0.1>8.8.8.8 udp=5000>53 icmp=3>3"},
    {1, /* ICMPv6 has no icmp.type */
     "0a0b0c0d0e0f 010203040506 86dd"
     "60000000 0008 3a 40 20010db8000000000000000000000001 fe800000000000000000000000000002"
     "80 00 0000 0001 0001",
     "len=62 eth=01:02:03:04:05:06>0a:0b:0c:0d:0e:0f ipv6=2001:db8::1>fe80::2"},
    {101, /* 6in4: both families */
     "4500 0044 0001 0000 40 29 0000 c0a80001 08080808"
     "60000000 0008 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002"
     "0001 0002 0008 0000",
     "len=68 ip=192.168.0.1>8.8.8.8 udp=1>2 ipv6=2001:db8::1>2001:db8::2"},
    {1, /* spanning tree in 802.3 */
     "0180c2000000 010203040506 0026 424203 0000000000",
     "len=22 eth=01:02:03:04:05:06>01:80:c2:00:00:00"},
    {1, "0a0b0c0d0e0f 010203040506 88cc 0000", /* LLDP */
     "len=16 eth=01:02:03:04:05:06>0a:0b:0c:0d:0e:0f"},
    {1, "0a0b0c0d0e0f 0102030405", "len=11"}, /* tshark shows no incomplete header */
    {250, "4500 001c 0001 0000 40 11 0000 c0a80001 08080808 0001 0002 0008 0000", "len=28"},
};

static void frames_known_by_eye(void) {
  nt_decoder *d = new_decoder();
  for (size_t i = 0; i < sizeof by_hand / sizeof *by_hand; i++) {
    uint8_t bytes[256];
    size_t size = from_hex(bytes, sizeof bytes, by_hand[i].hex);
    nt_packet p = decode(d, by_hand[i].link_type, bytes, size, size);
    CU_ASSERT_STRING_EQUAL(in_words(&p).text, by_hand[i].words);
    CU_ASSERT_EQUAL(p.time, 5.25);
  }
  nt_decoder_free(d);
}

/* ---------------------------------------------------------------- golden frames */

typedef struct golden_frame {
  uint8_t bytes[1024];
  size_t size;
  char words[512];
} golden_frame;

typedef struct family {
  char name[64], digest[32];
  uint32_t link_type;
  golden_frame frames[128];
  size_t count;
} family;

/* Calls check for each family of golden/decoder.tsv. */
static void for_each_family(void (*check)(const family *)) {
  FILE *file = fopen(NT_TEST_DIR "/golden/decoder.tsv", "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  static family f;
  char line[8192];
  size_t families = 0;
  for (bool more = true; more;) {
    more = fgets(line, sizeof line, file) != NULL;
    bool begins = more && strncmp(line, "family\t", 7) == 0;
    if (families && (!more || begins)) check(&f);
    if (begins) {
      f.count = 0;
      families++;
      CU_ASSERT_EQUAL_FATAL(
          sscanf(line, "family\t%63[^\t]\t%" SCNu32 "\t%31s", f.name, &f.link_type, f.digest), 3);
    } else if (more) {
      CU_ASSERT_FATAL(f.count < sizeof f.frames / sizeof *f.frames);
      golden_frame *g = &f.frames[f.count++];
      char *tab = strchr(line, '\t');
      CU_ASSERT_PTR_NOT_NULL_FATAL(tab);
      *tab = '\0';
      g->size = from_hex(g->bytes, sizeof g->bytes, line);
      CU_ASSERT_EQUAL(2 * g->size, strlen(line));
      snprintf(g->words, sizeof g->words, "%.*s", (int)strcspn(tab + 1, "\n"), tab + 1);
    }
  }
  fclose(file);
  CU_ASSERT(families > 50);
}

static void check_whole(const family *f) {
  nt_decoder *d = new_decoder();
  for (size_t i = 0; i < f->count; i++) {
    const golden_frame *g = &f->frames[i];
    nt_packet p = decode(d, f->link_type, g->bytes, g->size, g->size);
    words w = in_words(&p);
    if (strcmp(w.text, g->words) != 0)
      printf("  %s, frame %zu: tshark %s, ours %s\n", f->name, i + 1, g->words, w.text);
    CU_ASSERT_STRING_EQUAL(w.text, g->words);
  }
  nt_decoder_free(d);
}

static void frames_decode_as_tshark_does(void) {
  for_each_family(check_whole);
}

/* FNV-1a over the words and a newline. */
static void digest(uint64_t *value, const nt_packet *p) {
  words w = in_words(p);
  add(&w, "\n");
  for (size_t i = 0; i < w.used; i++)
    *value = (*value ^ (uint8_t)w.text[i]) * UINT64_C(0x100000001b3);
}

/* The order is that of crafted.variants(). */
static void check_cut(const family *f) {
  nt_decoder *d = new_decoder();
  uint64_t value = UINT64_C(0xcbf29ce484222325);
  for (size_t i = 0; i < f->count; i++) {
    const golden_frame *g = &f->frames[i];
    nt_packet p = decode(d, f->link_type, g->bytes, g->size, g->size);
    digest(&value, &p);
    p = decode(d, f->link_type, g->bytes, g->size, g->size + 40);
    digest(&value, &p);
    for (size_t size = 0; size < g->size; size++) { /* a snapshot: the length on the wire stays */
      p = decode(d, f->link_type, g->bytes, size, g->size);
      CU_ASSERT(is_valid(&p));
      digest(&value, &p);
    }
    for (size_t size = 1; size < g->size; size++) { /* a frame of that length */
      p = decode(d, f->link_type, g->bytes, size, size);
      CU_ASSERT(is_valid(&p));
      digest(&value, &p);
    }
  }
  char text[32];
  snprintf(text, sizeof text, "%016" PRIx64, value);
  if (strcmp(f->digest, "-") != 0) CU_ASSERT_STRING_EQUAL(text, f->digest);
  nt_decoder_free(d);
}

static void frames_cut_at_every_byte_too(void) {
  for_each_family(check_cut);
}

static void check_damaged(const family *f) {
  nt_decoder *d = new_decoder();
  uint64_t state = f->link_type;
  for (size_t i = 0; i < 40 * f->count; i++) {
    golden_frame g = f->frames[i % f->count];
    for (int flips = 1 + (int)(6 * noise(&state)); flips > 0; flips--)
      g.bytes[(size_t)(noise(&state) * (double)g.size)] ^= (uint8_t)(1 << (int)(8 * noise(&state)));
    nt_packet p = decode(d, f->link_type, g.bytes, g.size, g.size);
    CU_ASSERT(is_valid(&p));
    CU_ASSERT(p.length <= g.size);
  }
  nt_decoder_free(d);
}

static void flipped_bits_leave_valid_records(void) {
  for_each_family(check_damaged);
}

/* ---------------------------------------------------------------- nesting */

/* A frame of `link_type` that repeats `unit` to the end, whatever the layers make of it. */
static void nested(uint32_t link_type, const char *first, const char *unit, const char *expected) {
  static uint8_t bytes[65536];
  uint8_t part[128];
  size_t used = from_hex(bytes, sizeof bytes, first), size = from_hex(part, sizeof part, unit);
  for (; used + size <= sizeof bytes; used += size) memcpy(bytes + used, part, size);
  nt_decoder *d = new_decoder();
  nt_packet p = decode(d, link_type, bytes, used, used);
  CU_ASSERT(is_valid(&p));
  CU_ASSERT_PTR_NOT_NULL(strstr(in_words(&p).text, expected));
  nt_decoder_free(d);
}

static void nesting_is_bounded(void) {
#define MACS "0a0b0c0d0e0f 010203040506"
#define ETH "eth=01:02:03:04:05:06>0a:0b:0c:0d:0e:0f"
#define IPV4(protocol) "4500 0000 0001 0000 40 " protocol " 0000 c0a80001 08080808"
#define IPV6(next, length)                                                                         \
  "60000000" length next "40 20010db8000000000000000000000001 20010db8000000000000000000000002"
  nested(1, MACS, "8100 0001", ETH);                             /* tags */
  nested(1, MACS "88e7", "00000001" MACS "88e7", ETH);           /* provider backbone tags */
  nested(1, MACS "8847", "00001040", ETH);                       /* MPLS labels */
  nested(1, MACS "8847", "00001140 00000000" MACS "8847", ETH);  /* pseudowires */
  nested(1, MACS "6558", MACS "6558", ETH);                      /* transparent Ethernet */
  nested(1, MACS "893f", "000000000000 893f", ETH);              /* 802.1BR tags */
  nested(101, "", IPV4("04"), "ip=192.168.0.1>8.8.8.8");         /* IP in IP */
  nested(101, "", IPV4("2f") "00000800", "ip=192.168.0.1");      /* GRE */
  nested(101, "", IPV4("8f") MACS "0800", "ip=192.168.0.1");     /* Ethernet in IP */
  nested(101, "", IPV4("01") "03000000 00000000", "icmp=3>0");   /* quotes of quotes */
  nested(101, "", IPV6("29", "ffd0"), "ipv6=2001:db8::1");       /* IPv6 in IPv6 */
  nested(101, IPV6("3c", "ffd0"), "3c00 010400000000", "ipv6="); /* destination options */
  nested(101, IPV6("2c", "ffd0"), "2c00 000000000001", "ipv6="); /* fragment headers */
  nested(9, "ff03 003d", "c0000001 003d", "len=65536");          /* PPP multilink */
  nested(192, "", "0000 0800 c0000000", "len=65536");            /* PPI in PPI */
  nested(101, "", IPV4("11") "0001 12b5 0000 0000 0800000000000700" MACS "0800", "udp=1>4789");
}

/* ---------------------------------------------------------------- lengths */

static void lengths_are_those_of_the_wire(void) {
  nt_decoder *d = new_decoder();
  uint8_t bytes[256];
  size_t size = from_hex(bytes, sizeof bytes, by_hand[0].hex);
  CU_ASSERT_EQUAL(decode(d, 1, bytes, size, 1500).length, 1500);
  CU_ASSERT_EQUAL(decode(d, 1, bytes, size, 0).length, 0); /* less than was captured */
  CU_ASSERT(decode(d, 1, bytes, size, 0).present & NT_HAS_TCP);
  CU_ASSERT_EQUAL(decode(d, 1, bytes, size, UINT32_MAX).length, INT32_MAX);
  CU_ASSERT_EQUAL(decode(d, 1, bytes, 0, 0).present, 0);
  nt_decoder_free(d);
}

/* A check sequence is no payload, not even where it looks like ports. */
static void check_sequences_are_left_out(void) {
  nt_decoder *d = new_decoder();
  uint8_t bytes[256];
  nt_frame frame = {.link_type = 1, .data = bytes};
  frame.length = frame.captured =
      (uint32_t)from_hex(bytes, sizeof bytes, MACS "0800" IPV4("11") "0001 0002");
  nt_packet p;
  CU_ASSERT_EQUAL(nt_decoder_decode(d, &frame, &p, NULL), NT_OK);
  CU_ASSERT(p.present & NT_HAS_UDP);
  frame.fcs_length = 4;
  CU_ASSERT_EQUAL(nt_decoder_decode(d, &frame, &p, NULL), NT_OK);
  CU_ASSERT_FALSE(p.present & NT_HAS_UDP);
  CU_ASSERT(p.present & NT_HAS_IP);
  frame.fcs_length = UINT32_MAX; /* the largest value there is */
  CU_ASSERT_EQUAL(nt_decoder_decode(d, &frame, &p, NULL), NT_OK);
  CU_ASSERT(is_valid(&p));
  nt_decoder_free(d);
}

static const check_case cases[] = {
    {"frames known by eye", frames_known_by_eye},
    {"frames decode as tshark does", frames_decode_as_tshark_does},
    {"frames cut at every byte, too", frames_cut_at_every_byte_too},
    {"flipped bits leave valid records", flipped_bits_leave_valid_records},
    {"nesting is bounded", nesting_is_bounded},
    {"lengths are those of the wire", lengths_are_those_of_the_wire},
    {"check sequences are left out", check_sequences_are_left_out},
};

CHECK_MAIN("decoder", cases)
