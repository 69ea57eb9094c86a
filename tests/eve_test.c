/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mapping of alerts in hand-made eve.json files to packets. */
#include <math.h>

#include "detectors/eve.h"
#include "check.h"
#include "packets.h"
#include "tcp_frames.h"

/* 2016-10-06T07:52:16 UTC */
enum { START = 1475740336 };

/* ---------------------------------------------------------------- times */

static void times_with_and_without_offset(void) {
  static const struct {
    const char *text;
    int64_t time;
  } good[] = {{"2016-10-06T17:52:16.480000+1000", START * 1000000LL + 480000},
              {"2016-10-06T07:52:16.480000+0000", START * 1000000LL + 480000},
              {"2016-10-06T07:52:16.48Z", START * 1000000LL + 480000},
              {"2016-10-06T07:52:16", START * 1000000LL},
              {"2016-10-06T03:22:16.000001-04:30", START * 1000000LL + 1},
              {"2016-10-06T07:52:16.4800009999+0000", START * 1000000LL + 480000},
              {"1969-12-31T23:59:59.500000+0000", -500000},
              {"2016-02-29T00:00:00Z", 1456704000000000LL}};
  static const char *const bad[] = {"",
                                    "2016",
                                    "2016-10-06 07:52:16",
                                    "2016-13-06T07:52:16",
                                    "2016-00-06T07:52:16",
                                    "2016-10-32T07:52:16",
                                    "2016-10-06T24:52:16",
                                    "2016-10-06T07:60:16",
                                    "2016-10-06T07:52:61",
                                    "2016-10-06T07:52:16.5+1",
                                    "2016-10-06T07:52:16.5+10000",
                                    "2016-10-06T07:52:16.5+2500",
                                    "2016-10-06T07:52:16.5 ",
                                    "2016-1a-06T07:52:16",
                                    "-016-10-06T07:52:16"};
  int64_t time;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    CU_ASSERT(nt_eve_time(good[i].text, &time));
    CU_ASSERT_EQUAL(time, good[i].time);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (nt_eve_time(bad[i], &time)) printf("  '%s' is taken\n", bad[i]);
    CU_ASSERT_FALSE(nt_eve_time(bad[i], &time));
  }
}

/* ---------------------------------------------------------------- files */

static nt_eve *eve_of(const char *text) {
  file f = file_of_text(text);
  nt_error err = {0};
  nt_eve *eve = nt_eve_read(f.path, &err);
  if (!eve) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(eve);
  file_close(&f);
  return eve;
}

/* An alert `after` s after START. */
static const char *alert(double after, const char *tuple, int severity) {
  static char text[8][512];
  static int turn;
  char *out = text[turn = (turn + 1) % 8];
  snprintf(out, 512,
           "{\"timestamp\": \"2016-10-06T17:52:%09.6f+1000\", \"event_type\": \"alert\", %s%s"
           "\"alert\": {\"signature_id\": 1, \"severity\": %d}}\n",
           16 + after, tuple, *tuple ? ", " : "", severity);
  return out;
}

static const char tcp[] =
    "\"src_ip\": \"10.0.0.1\", \"src_port\": 1000, \"dest_ip\": \"10.0.0.2\", "
    "\"dest_port\": 80, \"proto\": \"TCP\"";

static nt_packet packet_at(double after, nt_packet p) {
  p.time = START + after;
  return p;
}

static int level(nt_eve *eve, double after, nt_packet p, double window) {
  p = packet_at(after, p);
  return nt_eve_level(eve, &p, window);
}

static void flow_and_time(void) {
  nt_eve *eve = eve_of(alert(1.5, tcp, 1));
  nt_packet there = packets_tcp(0, 1, 2, 1000, 80, 60), back = packets_tcp(0, 2, 1, 80, 1000, 60);
  nt_packet other_port = packets_tcp(0, 1, 2, 1001, 80, 60);
  nt_packet crossed = packets_tcp(0, 1, 2, 80, 1000, 60),
            other = packets_tcp(0, 1, 3, 1000, 80, 60);
  nt_packet udp = there;
  udp.present ^= NT_HAS_TCP | NT_HAS_UDP;
  udp.udp_src = 1000, udp.udp_dst = 80;
  CU_ASSERT_EQUAL(level(eve, 1.5, there, 0), 4);
  CU_ASSERT_EQUAL(level(eve, 1.5, back, 0), 4);
  CU_ASSERT_EQUAL(level(eve, 1.499999, there, 10), 0); /* just before the alert */
  CU_ASSERT_EQUAL(level(eve, 1.500001, there, 0), 0);
  CU_ASSERT_EQUAL(level(eve, 3.5, there, 2), 4);
  CU_ASSERT_EQUAL(level(eve, 3.500001, there, 2), 0);
  CU_ASSERT_EQUAL(level(eve, 1.5, other_port, 2), 0);
  CU_ASSERT_EQUAL(level(eve, 1.5, crossed, 2), 0);
  CU_ASSERT_EQUAL(level(eve, 1.5, other, 2), 0);
  CU_ASSERT_EQUAL(level(eve, 1.5, udp, 2), 0);
  CU_ASSERT_EQUAL(level(eve, 1e9, there, 1e300), 4);
  there.time = NAN;
  CU_ASSERT_EQUAL(nt_eve_level(eve, &there, 2), 0);
  there.time = 1e300;
  CU_ASSERT_EQUAL(nt_eve_level(eve, &there, 2), 0);
  nt_eve_free(eve);
}

static void the_worst_alert_of_the_window_counts(void) {
  char text[2048] = "";
  const int severities[] = {3, 1, 2, 4, 200};
  for (int i = 0; i < 5; i++) strcat(text, alert(i, tcp, severities[i]));
  nt_eve *eve = eve_of(text);
  nt_packet p = packets_tcp(0, 1, 2, 1000, 80, 60);
  const int expected[] = {2, 4, 3, 1, 1, 0}, in_two[] = {2, 4, 4, 4, 3, 1, 1, 0};
  for (int i = 0; i < 6; i++) CU_ASSERT_EQUAL(level(eve, i, p, 0.5), expected[i]);
  for (int i = 0; i < 8; i++) CU_ASSERT_EQUAL(level(eve, i, p, 2), in_two[i]);
  nt_eve_counts counts = nt_eve_count(eve);
  CU_ASSERT_EQUAL(counts.alerts, 5);
  CU_ASSERT_EQUAL(counts.used, 5);
  CU_ASSERT_EQUAL(counts.broken, 0);
  nt_eve_free(eve);
}

static void alerts_without_ports_or_addresses(void) {
  char text[4096] = "";
  strcat(text, alert(0,
                     "\"src_ip\": \"10.0.0.1\", \"dest_ip\": \"10.0.0.2\", \"proto\": \"ICMP\", "
                     "\"icmp_type\": 8",
                     2));
  strcat(text,
         alert(0, "\"src_ip\": \"10.0.0.1\", \"dest_ip\": \"10.0.0.2\", \"proto\": \"ARP\"", 3));
  strcat(text,
         alert(0, "\"src_ip\": \"10.0.0.5\", \"dest_ip\": \"10.0.0.6\", \"proto\": \"002\"", 3));
  strcat(text, alert(0,
                     "\"src_ip\": \"fe80::1\", \"dest_ip\": \"ff02:0000:0000:0000:0000:0000:0000:"
                     "0001\", \"proto\": \"IPv6-ICMP\"",
                     1));
  strcat(text, alert(5, "", 3));
  nt_eve *eve = eve_of(text);
  nt_packet tcp_packet = packets_tcp(0, 1, 2, 1000, 80, 60);
  nt_packet icmp = tcp_packet; /* an ICMP error carries the ports of the quoted packet */
  icmp.present |= NT_HAS_ICMP_TYPE | NT_HAS_ICMP_CODE;
  CU_ASSERT_EQUAL(level(eve, 0, icmp, 1), 3);
  CU_ASSERT_EQUAL(level(eve, 0, tcp_packet, 1), 0);
  nt_packet arp = {.present = NT_HAS_ARP_OPCODE | NT_HAS_ARP_SRC_IP | NT_HAS_ARP_DST_IP,
                   .arp_src_ip = {10, 0, 0, 2},
                   .arp_dst_ip = {10, 0, 0, 1}};
  CU_ASSERT_EQUAL(level(eve, 0, arp, 1), 2);
  nt_packet igmp = {.present = NT_HAS_IP, .ip_src = {10, 0, 0, 5}, .ip_dst = {10, 0, 0, 6}};
  CU_ASSERT_EQUAL(level(eve, 0, igmp, 1), 2);
  nt_packet six = {
      .present = NT_HAS_IPV6, .ipv6_src = {0xfe, 0x80, [15] = 1}, .ipv6_dst = {0xff, 2, [15] = 1}};
  CU_ASSERT_EQUAL(level(eve, 0, six, 1), 4);
  nt_packet nothing = {0};
  CU_ASSERT_EQUAL(level(eve, 0, nothing, 1), 0);
  CU_ASSERT_EQUAL(level(eve, 5, nothing, 1), 2);
  CU_ASSERT_EQUAL(level(eve, 5.5, nothing, 1), 0); /* that microsecond alone */
  CU_ASSERT_EQUAL(level(eve, 5, tcp_packet, 1), 2);
  nt_eve_free(eve);
}

/* ---------------------------------------------------------------- damage */

static void broken_lines_are_counted(void) {
  static const char *const broken[] = {
      "nonsense",
      "[1, 2]",
      "{\"event_type\": \"alert\"}",
      "{\"event_type\": \"alert\", \"timestamp\": \"2016-10-06T17:52:16+1000\", \"alert\": 3}",
      "{\"event_type\": \"alert\", \"timestamp\": 7, \"alert\": {\"severity\": 1}}",
      "{\"event_type\": \"alert\", \"timestamp\": \"2016-10-06T17:52:16+1000\", \"src_ip\": \"x\", "
      "\"dest_ip\": \"10.0.0.1\", \"alert\": {\"severity\": 1}}",
      "{\"event_type\": \"alert\", \"timestamp\": \"2016-10-06T17:52:16+1000\", \"src_ip\": "
      "\"10.0.0.1\", \"dest_ip\": \"fe80::1\", \"alert\": {\"severity\": 1}}",
      "{\"event_type\": \"alert\", \"timestamp\": \"2016-10-06T17:52:16+1000\", \"src_ip\": "
      "\"10.0.0.1\", \"alert\": {\"severity\": \"high\"}}",
      "{\"a\": 1e999}",
      "{\"a\": \"\\ud800\"}",
      "{\"unfinished\": "};
  bytes b = {0};
  bytes_text(&b, "\r\n\n{\"event_type\": \"flow\", \"src_ip\": 3}\r\n");
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
    bytes_text(&b, broken[i]), bytes_text(&b, "\n");
  bytes_text(&b, alert(0, tcp, 1));
  for (int i = 0; i < 100000; i++) bytes_text(&b, "["); /* deep nesting */
  bytes_text(&b, "\n");
  bytes_text(&b, "{\"event_type\": \"alert\", \"long\": \""); /* a long string */
  for (size_t i = 0; i <= NT_EVE_LINE; i++) bytes_text(&b, "x");
  bytes_text(&b, "\"}\n");
  bytes_text(&b, alert(1, tcp, 1));
  bytes_text(&b, "{\"cut off");
  bytes_zero(&b, 1);
  nt_eve *eve = eve_of((bytes_zero(&b, 1), (char *)b.data));
  nt_eve_counts counts = nt_eve_count(eve);
  CU_ASSERT_EQUAL(counts.alerts, 2);
  CU_ASSERT_EQUAL(counts.broken, sizeof broken / sizeof *broken + 3);
  CU_ASSERT_EQUAL(counts.lines, counts.broken + counts.alerts + 1);
  nt_eve_free(eve);
  bytes_free(&b);
}

static void a_line_of_just_the_bound(void) {
  bytes b = {0};
  const char *line = alert(0, tcp, 1);
  bytes_add(&b, line, strlen(line) - 1);
  while (b.count < NT_EVE_LINE) bytes_text(&b, " ");
  bytes_text(&b, "\n");
  bytes_add(&b, line, strlen(line) - 1); /* the last line lacks its newline */
  bytes_zero(&b, 1);
  nt_eve *eve = eve_of((char *)b.data);
  CU_ASSERT_EQUAL(nt_eve_count(eve).alerts, 2);
  nt_eve_free(eve);
  bytes_free(&b);
}

static void files_that_are_none(void) {
  nt_error err;
  CU_ASSERT_PTR_NULL(nt_eve_read("/nowhere/eve.json", &err));
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nowhere/eve.json"));
  CU_ASSERT_PTR_NULL(nt_eve_read("/nowhere/eve.json", NULL));
  nt_eve *eve = eve_of(""); /* an empty file of an idle capture */
  CU_ASSERT_EQUAL(nt_eve_count(eve).lines, 0);
  nt_packet p = packets_tcp(START, 1, 2, 1000, 80, 60);
  CU_ASSERT_EQUAL(nt_eve_level(eve, &p, 1), 0);
  nt_eve_free(eve);
  nt_eve_free(NULL);
}

/* A flood of alerts on one flow costs no more time than other files of that size. */
static void many_alerts_on_one_flow(void) {
  enum { MANY = 20000 };
  bytes b = {0};
  for (int i = 0; i < MANY; i++) bytes_text(&b, alert(i % 40 + i * 1e-5, tcp, 1 + i % 4));
  bytes_zero(&b, 1);
  nt_eve *eve = eve_of((char *)b.data);
  nt_packet p = packets_tcp(0, 1, 2, 1000, 80, 60);
  for (int i = 0; i < MANY; i++) CU_ASSERT(level(eve, 41 + i * 1e-6, p, 1000) == 4);
  CU_ASSERT_EQUAL(nt_eve_count(eve).used, MANY);
  nt_eve_free(eve);
  bytes_free(&b);
}

static const check_case cases[] = {
    {"times with and without an offset", times_with_and_without_offset},
    {"flow and time", flow_and_time},
    {"the worst alert of the window counts", the_worst_alert_of_the_window_counts},
    {"alerts without ports or addresses", alerts_without_ports_or_addresses},
    {"broken lines are counted", broken_lines_are_counted},
    {"a line of just the bound", a_line_of_just_the_bound},
    {"files that are none", files_that_are_none},
    {"many alerts on one flow", many_alerts_on_one_flow},
};
CHECK_MAIN("eve", cases)
