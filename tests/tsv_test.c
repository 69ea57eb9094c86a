/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/capture.h>

#include "bytes.h"
#include "check.h"

#define HEADER                                                                                     \
  "frame.time_epoch\tframe.len\teth.src\teth.dst\tip.src\tip.dst\ttcp.srcport\ttcp.dstport\t"      \
  "udp.srcport\tudp.dstport\ticmp.type\ticmp.code\tarp.opcode\tarp.src.hw_mac\t"                   \
  "arp.src.proto_ipv4\tarp.dst.hw_mac\tarp.dst.proto_ipv4\tipv6.src\tipv6.dst"
#define MACS "5c:cf:7f:05:f2:c6\t4C:09:D4:c6:12:7b"

static size_t read_all(const char *text, nt_packet *packets, size_t max, nt_error *err,
                       char *warning, size_t size) {
  file f = file_of_text(text);
  size_t got = 0;
  *err = (nt_error){0};
  *warning = 0;
  nt_capture *c = nt_capture_open(f.path, err);
  if (c) {
    CU_ASSERT_EQUAL(nt_capture_format_of(c), NT_FORMAT_TSV);
    CU_ASSERT_EQUAL(nt_capture_read(c, packets, max, &got, err), err->status);
    if (nt_capture_warning(c)) snprintf(warning, size, "%s", nt_capture_warning(c));
  }
  if (*warning) CU_ASSERT_EQUAL(strncmp(warning, f.path, strlen(f.path)), 0);
  if (err->status) CU_ASSERT_EQUAL(strncmp(err->text, f.path, strlen(f.path)), 0);
  nt_capture_close(c);
  file_close(&f);
  return got;
}

/* Every column is set once, in three rows; with and without header, either line end, with and
 * without the last newline. */
static void all_columns_are_read(void) {
  static const char *const rows[] = {
      "1540446382.933899000\t60\t" MACS
      "\t192.168.2.108\t52.25.66.250\t30696\t8280\t\t\t\t\t\t\t\t\t\t\t",
      "1.5\t0\t" MACS
      "\t\t\t\t\t\t\t\t\t2\t00:00:00:00:00:01\t10.0.0.1\t00:00:00:00:00:02\t10.0.0.2\t\t",
      "-.25\t4294967295\t\t\t1.2.3.4\t9.8.7.6\t\t\t65535\t0\t3\t255\t\t\t\t\t\tfe80::1\t::ffff:9.8.7.6",
  };
  for (int form = 0; form < 8; form++) {
    const char *newline = form & 1 ? "\r\n" : "\n";
    char text[4096];
    snprintf(text, sizeof text, "%s%s%s%s%s%s%s%s", form & 2 ? HEADER : "", form & 2 ? newline : "",
             rows[0], newline, rows[1], newline, rows[2], form & 4 ? newline : "");
    nt_packet p[8], tcp = {0}, arp = {0}, quoted = {0};
    nt_error err;
    char warning[1024];
    CU_ASSERT_EQUAL_FATAL(read_all(text, p, 8, &err, warning, sizeof warning), 3);
    CU_ASSERT_EQUAL(err.status, NT_OK);
    CU_ASSERT_STRING_EQUAL(warning, "");

    tcp.time = 1540446382.933899;
    tcp.length = 60;
    tcp.present = NT_HAS_ETH | NT_HAS_IP | NT_HAS_TCP;
    memcpy(tcp.eth_src, "\x5c\xcf\x7f\x05\xf2\xc6", 6);
    memcpy(tcp.eth_dst, "\x4c\x09\xd4\xc6\x12\x7b", 6);
    memcpy(tcp.ip_src, "\xc0\xa8\x02\x6c", 4);
    memcpy(tcp.ip_dst, "\x34\x19\x42\xfa", 4);
    tcp.tcp_src = 30696;
    tcp.tcp_dst = 8280;
    CU_ASSERT_EQUAL(memcmp(&p[0], &tcp, sizeof tcp), 0);

    arp.time = 1.5;
    arp.present = NT_HAS_ETH | NT_HAS_ARP_OPCODE | NT_HAS_ARP_SRC_HW | NT_HAS_ARP_SRC_IP |
                  NT_HAS_ARP_DST_HW | NT_HAS_ARP_DST_IP;
    memcpy(arp.eth_src, tcp.eth_src, 6);
    memcpy(arp.eth_dst, tcp.eth_dst, 6);
    arp.arp_opcode = 2;
    arp.arp_src_mac[5] = 1;
    arp.arp_dst_mac[5] = 2;
    memcpy(arp.arp_src_ip, "\x0a\0\0\1", 4);
    memcpy(arp.arp_dst_ip, "\x0a\0\0\2", 4);
    CU_ASSERT_EQUAL(memcmp(&p[1], &arp, sizeof arp), 0);

    quoted.time = -0.25;
    quoted.length = UINT32_MAX;
    quoted.present = NT_HAS_IP | NT_HAS_UDP | NT_HAS_ICMP_TYPE | NT_HAS_ICMP_CODE | NT_HAS_IPV6;
    memcpy(quoted.ip_src, "\1\2\3\4", 4);
    memcpy(quoted.ip_dst, "\x09\x08\x07\x06", 4);
    quoted.udp_src = 65535;
    quoted.icmp_type = 3;
    quoted.icmp_code = 255;
    memcpy(quoted.ipv6_src, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    memcpy(quoted.ipv6_dst, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x09\x08\x07\x06", 16);
    CU_ASSERT_EQUAL(memcmp(&p[2], &quoted, sizeof quoted), 0);
  }
}

static void the_first_occurrence_counts(void) {
  nt_packet p[4];
  nt_error err;
  char warning[1024];
  CU_ASSERT_EQUAL_FATAL(
      read_all("1\t2\t" MACS
               "\t1.1.1.1,2.2.2.2\t3.3.3.3,4.4.4.4\t5,6\t7,8,9\t\t\t3,0\t1,\t\t\t\t\t\t"
               "::1,::2\t::3,::4\n",
               p, 4, &err, warning, sizeof warning),
      1);
  CU_ASSERT_EQUAL(p[0].ip_src[0], 1);
  CU_ASSERT_EQUAL(p[0].ip_dst[3], 3);
  CU_ASSERT_EQUAL(p[0].tcp_src, 5);
  CU_ASSERT_EQUAL(p[0].tcp_dst, 7);
  CU_ASSERT_EQUAL(p[0].icmp_type, 3);
  CU_ASSERT_EQUAL(p[0].icmp_code, 1);
  CU_ASSERT_EQUAL(p[0].ipv6_src[15], 1);
  CU_ASSERT_EQUAL(p[0].ipv6_dst[15], 3);
}

#define ROW "1\t60\t" MACS "\t1.1.1.1\t2.2.2.2\t1\t2\t\t\t\t\t\t\t\t\t\t\t\n"

static void bad_values_are_named(void) {
  static const struct {
    const char *row, *text;
  } bad[] = {
      {"x\t60\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n",
       "line 2: column 1 (frame.time_epoch) is 'x', seconds since the epoch expected"},
      {"nan\t60\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "column 1 (frame.time_epoch) is 'nan'"},
      {"1540446382,5\t60\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n",
       "line 2: column 1 (frame.time_epoch) is '1540446382,5', seconds since the epoch "
       "expected, with a decimal point"},
      {"1\t1,314\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n",
       "line 2: column 2 (frame.len) is '1,314', a whole number below 2^32 expected"},
      {"1\t60\t\t\t\t\t80,x\t\t\t\t\t\t\t\t\t\t\t\t\n", "column 7 (tcp.srcport) is '80,x'"},
      {"1\t60\t\t\t\t\t80,70000\t\t\t\t\t\t\t\t\t\t\t\t\n",
       "column 7 (tcp.srcport) is '80,70000', a whole number below 65536 expected"},
      {"1\t60\t\t\t1.2.3.4,5\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "column 5 (ip.src) is '1.2.3.4,5'"},
      {"1\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "column 2 (frame.len) is empty"},
      {"1\t4294967296\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n",
       "column 2 (frame.len) is '4294967296', a whole number below 2^32 expected"},
      {"1\t-1\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "column 2 (frame.len) is '-1'"},
      {"1\t60\t5c:cf:7f:05:f2\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n",
       "column 3 (eth.src) is '5c:cf:7f:05:f2'"},
      {"1\t60\t5c:cf:7f:05:f2:c6:01\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "column 3 (eth.src)"},
      {"1\t60\t\t5c-cf-7f-05-f2-c6\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "column 4 (eth.dst)"},
      {"1\t60\t\t\t1.2.3\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n",
       "column 5 (ip.src) is '1.2.3', an IPv4 address"},
      {"1\t60\t\t\t\t1.2.3.256\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "column 6 (ip.dst) is '1.2.3.256'"},
      {"1\t60\t\t\t\t\t65536\t\t\t\t\t\t\t\t\t\t\t\t\n", "column 7 (tcp.srcport) is '65536'"},
      {"1\t60\t\t\t\t\t80 \t\t\t\t\t\t\t\t\t\t\t\t\n", "column 7 (tcp.srcport) is '80 '"},
      {"1\t60\t\t\t\t\t\t\t\t\t256\t\t\t\t\t\t\t\t\n", "column 11 (icmp.type) is '256'"},
      {"1\t60\t\t\t\t\t\t\t\t\t\t\t0x1\t\t\t\t\t\t\n", "column 13 (arp.opcode) is '0x1'"},
      {"1\t60\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t1.2.3.4\t\n", "column 18 (ipv6.src) is '1.2.3.4'"},
      {"1\t60\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t::1x\n", "column 19 (ipv6.dst) is '::1x'"},
      {"1\t60\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "18 columns, 19 expected"},
      {"1\t60\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "20 columns, 19 expected"},
      {"\n", "line 2: 1 columns, 19 expected"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char text[4096], warning[1024];
    nt_packet p[8];
    nt_error err;
    snprintf(text, sizeof text, "%s%s%s", ROW, bad[i].row, ROW);
    CU_ASSERT_EQUAL(read_all(text, p, 8, &err, warning, sizeof warning), 1);
    CU_ASSERT_EQUAL(err.status, NT_E_INPUT);
    if (!strstr(err.text, bad[i].text)) printf("  '%s' lacks '%s'\n", err.text, bad[i].text);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i].text));
  }
}

/* The first line too is checked, where there is no header. */
static void decimal_commas_are_refused_at_once(void) {
  nt_packet p[8];
  nt_error err;
  char warning[1024];
  file f = file_of_text("1,5\t60\t" MACS "\t1.1.1.1\t2.2.2.2\t1\t2\t\t\t\t\t\t\t\t\t\t\t\n");
  nt_capture *c = nt_capture_open(f.path, &err);
  size_t got;
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  CU_ASSERT_EQUAL(nt_capture_read(c, p, 8, &got, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "line 1: column 1 (frame.time_epoch) is '1,5', seconds"));
  nt_capture_close(c);
  file_close(&f);
  CU_ASSERT_EQUAL(read_all(ROW, p, 8, &err, warning, sizeof warning), 1);
}

/* What tshark 4.0 prints of simple packet blocks (no time) and of custom blocks (a length alone):
 * the same packets as of the pcapng itself, which pcapng_test reads. */
static void frames_without_a_time(void) {
  nt_packet p[8];
  nt_error err;
  char warning[1024];
  size_t got =
      read_all(HEADER "\n" ROW "\t42\t" MACS "\t10.0.0.1\t10.0.0.2\t\t\t53\t53\t\t\t\t\t\t\t\t\t\n"
                      "\t12\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n" ROW
                      "\t12\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n",
               p, 8, &err, warning, sizeof warning);
  CU_ASSERT_EQUAL(err.status, NT_OK);
  CU_ASSERT_EQUAL_FATAL(got, 3);
  CU_ASSERT_EQUAL(p[1].time, 0);
  CU_ASSERT_EQUAL(p[1].length, 42);
  CU_ASSERT_EQUAL(p[1].udp_src, 53);
  CU_ASSERT_EQUAL(p[2].time, 1);
  CU_ASSERT_PTR_NOT_NULL(strstr(warning,
                                ": packet 1 has no time stamp: its time, and that of others "
                                "like it, reads as 0; "));
  CU_ASSERT_PTR_NOT_NULL(strstr(warning, ": line 4 has a length and nothing else: it, and others "
                                         "like it, are no packets"));
}

static void errors_stay(void) {
  file f = file_of_text(ROW "x\n" ROW);
  nt_error err;
  nt_packet p[8];
  size_t got;
  nt_capture *c = nt_capture_open(f.path, &err);
  for (int i = 0; i < 3; i++) {
    CU_ASSERT_EQUAL(nt_capture_read(c, p, 8, &got, &err), NT_E_INPUT);
    CU_ASSERT_EQUAL(got, i == 0 ? 1 : 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "line 2: "));
  }
  nt_capture_close(c);
  file_close(&f);
}

static void headers_are_checked(void) {
  static const struct {
    const char *text, *error;
  } headers[] = {
      {"frame.time_epoch\tframe.len\teth.src\tip.src\n",
       "line 1: column 4 of the header is 'ip.src', "
       "'eth.dst' expected"},
      {HEADER "\ttcp.flags\n",
       "line 1: column 20 of the header is 'tcp.flags', 'nothing' expected"},
      {"frame.time_epoch\tframe.len\n",
       "line 1: the header ends after 2 columns, 'eth.src' expected"},
      {"No.\tframe.len\n", "line 1: column 1 of the header is 'No.', 'frame.time_epoch' expected"},
  };
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    nt_packet p[8];
    nt_error err;
    char warning[1024];
    CU_ASSERT_EQUAL(read_all(headers[i].text, p, 8, &err, warning, sizeof warning), 0);
    CU_ASSERT_EQUAL(err.status, NT_E_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, headers[i].error));
  }
  nt_packet p[8];
  nt_error err;
  char warning[1024];
  CU_ASSERT_EQUAL(read_all(HEADER "\n", p, 8, &err, warning, sizeof warning), 0);
  CU_ASSERT_EQUAL(err.status, NT_OK);
}

/* A file cut anywhere gives its complete rows, and a warning unless the
 * cut lies between two rows. */
static void every_truncation_keeps_whole_rows(void) {
  const char *whole = HEADER "\n" ROW ROW ROW;
  size_t head = strlen(HEADER) + 1, row = strlen(ROW);
  for (size_t n = head; n <= strlen(whole); n++) {
    char text[4096], warning[1024];
    nt_packet p[8];
    nt_error err;
    memcpy(text, whole, n);
    text[n] = 0;
    size_t rows = (n - head) / row, rest = (n - head) % row;
    if (rest == row - 1) rows++, rest = 0; /* only the newline is missing */
    size_t got = read_all(text, p, 8, &err, warning, sizeof warning);
    CU_ASSERT_EQUAL(got, rows);
    int warned = *warning != 0, failed = err.status != NT_OK;
    CU_ASSERT_EQUAL(warned, rest != 0 && rows > 0);
    CU_ASSERT_EQUAL(failed, rest != 0 && rows == 0);
    if (warned) CU_ASSERT_PTR_NOT_NULL(strstr(warning, "the file ends inside a line"));
  }
}

/* The published head of Kitsune's Mirai is cut off inside its 38,364th row. (The golden outputs of
 * the reference are those of its first 38,362 rows.) */
static void published_head_of_mirai(void) {
  const char *path = check_shared("data/labelled/kitsune_mirai_partial/mirai.pcap.tsv.gz");
  if (!path) return;
  char tsv[4096];
  snprintf(tsv, sizeof tsv, "%s", path);
  const char *pcap = check_shared("data/labelled/kitsune_mirai_partial/mirai_head_rebuilt.pcap.gz");
  nt_error err = {0};
  nt_capture *a = nt_capture_open(tsv, &err), *b = pcap ? nt_capture_open(pcap, &err) : NULL;
  CU_ASSERT_PTR_NOT_NULL_FATAL(a);
  enum { MAX = 40000 };
  nt_packet *p = calloc(2 * MAX, sizeof *p);
  size_t from_tsv = 0, from_pcap = 0;
  CHECK_OK(nt_capture_read(a, p, MAX, &from_tsv, &err), err);
  CU_ASSERT_EQUAL(from_tsv, 38363);
  CU_ASSERT_PTR_NOT_NULL_FATAL(nt_capture_warning(a));
  CU_ASSERT_PTR_NOT_NULL(strstr(nt_capture_warning(a), "line 38365: the file ends inside a line: "
                                                       "column 6 (ip.dst) is '192.1'"));
  if (b) { /* the pcap was made from the TSV, so both give the same records */
    CHECK_OK(nt_capture_read(b, p + MAX, MAX, &from_pcap, &err), err);
    CU_ASSERT_EQUAL(from_pcap, from_tsv);
    CU_ASSERT_EQUAL(memcmp(p, p + MAX, from_tsv * sizeof *p), 0);
  }
  free(p);
  nt_capture_close(a);
  nt_capture_close(b);
}

static const check_case cases[] = {
    {"all columns are read", all_columns_are_read},
    {"the first occurrence counts", the_first_occurrence_counts},
    {"bad values are named", bad_values_are_named},
    {"decimal commas are refused at once", decimal_commas_are_refused_at_once},
    {"frames without a time", frames_without_a_time},
    {"errors stay", errors_stay},
    {"headers are checked", headers_are_checked},
    {"every truncation keeps whole rows", every_truncation_keeps_whole_rows},
    {"the published head of Mirai [outside]", published_head_of_mirai},
};
CHECK_MAIN("tsv", cases)
