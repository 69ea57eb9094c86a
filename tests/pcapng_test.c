/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/capture.h>

#include "count_frames.h"

typedef struct expected {
  int64_t seconds;
  uint32_t nanoseconds, length, captured, link_type, fcs_length;
} expected;

static void check_frames_text(const bytes *b, const expected *e, size_t count, const char *text) {
  file f = file_of(b->data, b->count);
  nt_error err = {0};
  nt_capture *c = nt_capture_open(f.path, &err);
  nt_frame frame;
  int got = 1;
  for (size_t i = 0; i < count && c; i++) {
    CHECK_OK(nt_capture_next_frame(c, &frame, &got, &err), err);
    CU_ASSERT_EQUAL_FATAL(got, 1);
    CU_ASSERT_EQUAL(frame.seconds, e[i].seconds);
    CU_ASSERT_EQUAL(frame.nanoseconds, e[i].nanoseconds);
    CU_ASSERT_EQUAL(frame.length, e[i].length);
    CU_ASSERT_EQUAL(frame.captured, e[i].captured);
    CU_ASSERT_EQUAL(frame.link_type, e[i].link_type);
    CU_ASSERT_EQUAL(frame.fcs_length, e[i].fcs_length);
    if (frame.captured) CU_ASSERT_EQUAL(frame.data[frame.captured - 1], (uint8_t)frame.captured);
  }
  if (c && nt_capture_next_frame(c, &frame, &got, &err) == NT_OK) CU_ASSERT_EQUAL(got, 0);
  const char *said = err.status != NT_OK ? err.text : c ? nt_capture_warning(c) : NULL;
  if (text && (!said || !strstr(said, text))) printf("  '%s' lacks '%s'\n", said ? said : "", text);
  if (!text && said) printf("  %s\n", said);
  CU_ASSERT(text ? said && strstr(said, text) != NULL : said == NULL);
  if (said) CU_ASSERT_PTR_NOT_NULL(strstr(said, f.path));
  nt_capture_close(c);
  file_close(&f);
}

static void check_frames(const bytes *b, const expected *e, size_t count) {
  check_frames_text(b, e, count, NULL);
}

static void resolutions_and_offsets(void) {
  static const struct {
    int resolution; /* -1: not stated */
    int64_t offset;
    uint64_t ticks;
    int64_t seconds;
    uint32_t nanoseconds;
  } clocks[] = {
      {-1, 0, 1340954905298858, 1340954905, 298858000},
      {6, 0, 1340954905298858, 1340954905, 298858000},
      {9, 0, 1340954905298858999, 1340954905, 298858999},
      {3, 0, 1340954905298, 1340954905, 298000000},
      {0, 0, 1340954905, 1340954905, 0},
      {12, 0, 1340954905298858, 1340, 954905298},
      {0x80 | 20, 0, (UINT64_C(5) << 20) + (1 << 19), 5, 500000000},
      {0x80 | 32, 0, (UINT64_C(5) << 32) + 1, 5, 0},
      {0x80 | 32, 0, (UINT64_C(5) << 32) + 5, 5, 1},
      {9, 100, 7, 100, 7},
      {6, -100, 7, -100, 7000},
      {6, 0, UINT64_MAX, 18446744073709, 551615000},
      {0x80 | 63, 0, UINT64_C(3) << 62, 1, 500000000},
      {19, 0, UINT64_C(15000000000000000000), 1, 500000000},
      {20, 0, UINT64_C(15000000000000000000), 0, 150000000},
      {20, 7, UINT64_MAX, 7, 184467440},
      {28, 0, UINT64_MAX, 0, 1},
      {29, 0, UINT64_MAX, 0, 0},
      {127, 0, UINT64_MAX, 0, 0},
      {0x80 | 64, 0, UINT64_C(3) << 62, 0, 750000000},
      {0x80 | 65, -2, UINT64_MAX, -2, 499999999},
      {0x80 | 93, 0, UINT64_MAX, 0, 1},
      {0x80 | 94, 0, UINT64_MAX, 0, 0},
      {0x80 | 127, 0, UINT64_MAX, 0, 0},
  };
  for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
    for (int big = 0; big < 2; big++) {
      bytes options = {0}, b = {0};
      option(&options, big, 2, 0x3068746500, 5); /* a name, 5 bytes and padding */
      if (clocks[i].resolution >= 0) option(&options, big, 9, (uint64_t)clocks[i].resolution, 1);
      if (clocks[i].offset) option(&options, big, 14, (uint64_t)clocks[i].offset, 8);
      option(&options, big, 13, 4, 1);
      option(&options, big, 0, 0, 0);
      option(&options, big, 13, 2, 1); /* an option after the end of options */
      section(&b, big);
      interface(&b, big, 1, 0, &options);
      packet(&b, big, 0, clocks[i].ticks, 61, 90);
      expected e = {clocks[i].seconds, clocks[i].nanoseconds, 90, 61, 1, 4};
      check_frames(&b, &e, 1);
      bytes_free(&options);
      bytes_free(&b);
    }
  }
}

/* Tolerated without a warning, as by tshark. */
static void odd_options_are_ignored_and_told(void) {
  bytes options = {0}, b = {0};
  option(&options, 0, 9, 9, 2);  /* if_tsresol of two bytes */
  option(&options, 0, 14, 1, 4); /* if_tsoffset of four */
  option(&options, 0, 0, 0, 0);
  section(&b, 0);
  interface(&b, 0, 1, 0, &options);
  packet(&b, 0, 0, 1340954905298858, 61, 90);
  expected e = {1340954905, 298858000, 90, 61, 1, 0};
  check_frames_text(&b, &e, 1, ": interface 0: option 9 has 2 bytes, 1 expected: it is ignored");
  bytes_free(&options);
  bytes_free(&b);
}

static void sections_and_interfaces_differ(void) {
  bytes b = {0};
  for (int big = 0; big < 2; big++) {
    section(&b, big);
    interface(&b, big, big ? 101 : 1, 0, NULL);
    interface(&b, big, 113, 0, NULL);
    packet(&b, big, 1, 5000000, 10, 10);
    packet(&b, big, 0, 4000000, 11, 12);
  }
  const expected e[] = {
      {5, 0, 10, 10, 113, 0}, {4, 0, 12, 11, 1, 0}, {5, 0, 10, 10, 113, 0}, {4, 0, 12, 11, 101, 0}};
  check_frames(&b, e, 4);
  packet(&b, 1, 2, 0, 1, 1); /* a new section has none of the first one's interfaces */
  packet(&b, 1, 0, 0, 1, 1);
  check_frames_text(&b, e, 4, "frame of interface 2, but 2 are described before it");
  bytes_free(&b);
}

/* Packet blocks of the first pcapng drafts, and simple packet blocks, which
 * have no time and one length. */
static void older_and_simpler_blocks(void) {
  for (int big = 0; big < 2; big++) {
    bytes b = {0}, old = {0}, simple = {0};
    section(&b, big);
    interface(&b, big, 1, 7, NULL);
    interface(&b, big, 105, 0, NULL);
    bytes_number(&old, 1, 2, big);      /* interface */
    bytes_number(&old, 0xffff, 2, big); /* drops count: unknown */
    bytes_number(&old, 0, 4, big);
    bytes_number(&old, 3000001, 4, big);
    bytes_number(&old, 3, 4, big);
    bytes_number(&old, 1500, 4, big);
    bytes_add(&old, "\1\2\3", 3);
    block(&b, big, 2, &old);
    expected e[] = {{3, 1000, 1500, 3, 105, 0}, {0, 0, 9, 7, 1, 0}, {0, 0, 2, 2, 1, 0}};
    check_frames(&b, e, 1);
    bytes_number(&simple, 9, 4, big); /* the interface's snapshot length leaves 7 */
    bytes_add(&simple, "\1\2\3\4\5\6\7", 7);
    block(&b, big, 3, &simple);
    bytes_free(&simple);
    bytes_number(&simple, 2, 4, big);
    bytes_add(&simple, "\1\2", 2);
    block(&b, big, 3, &simple);
    check_frames_text(&b, e, 3, "packet 1 has no time stamp");
    bytes_free(&b);
    bytes_free(&old);
    bytes_free(&simple);
  }
}

static void other_blocks_are_skipped(void) {
  static const uint32_t types[] = {4, 5, 10, 0xbad, 0x40000bad, 0x80000001, 9, 0x204};
  bytes b = {0}, body = {0};
  section(&b, 0);
  interface(&b, 0, 1, 0, NULL);
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    bytes_zero(&body, 1000);
    block(&b, 0, types[i], &body);
  }
  bytes_zero(&body, 3000000); /* larger than any window */
  block(&b, 0, 10, &body);
  packet(&b, 0, 0, 1, 1, 1);
  const expected e = {0, 1000, 1, 1, 1, 0};
  check_frames(&b, &e, 1);
  bytes_free(&b);
  bytes_free(&body);
}

/* ---------------------------------------------------------------- damage */

static size_t ends[3]; /* of the blocks that hold frames */

static bytes small_file(int big) {
  bytes b = {0}, options = {0};
  section(&b, big);
  option(&options, big, 9, 6, 1);
  interface(&b, big, 1, 0, &options);
  for (int i = 0; i < 3; i++) {
    packet(&b, big, 0, 1000000, 13, 60);
    ends[i] = b.count;
  }
  bytes_free(&options);
  return b;
}

static void every_truncation_keeps_whole_blocks(void) {
  for (int big = 0; big < 2; big++) {
    bytes b = small_file(big);
    for (size_t n = 1; n <= b.count; n++) {
      char text[1024];
      size_t whole = (n >= ends[0]) + (n >= ends[1]) + (n >= ends[2]);
      CU_ASSERT_EQUAL(count_frames(b.data, n, text, sizeof text), whole);
      if (n > ends[0] && n != ends[1] && n != ends[2]) {
        char place[64];
        snprintf(place, sizeof place, "packet %zu at offset %zu: the file ends inside", whole,
                 ends[whole - 1]);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, place));
      }
    }
    bytes_free(&b);
  }
}

static void bit_flips_do_no_harm(void) {
  bytes b = small_file(1);
  for (size_t bit = 0; bit < 8 * b.count; bit++) {
    char text[1024];
    b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    CU_ASSERT(count_frames(b.data, b.count, text, sizeof text) <= 4);
    b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  bytes_free(&b);
}

/* One number of a small file is wrong: the expected warning, and what was read before it. */
static void impossible_blocks_are_refused(void) {
  enum { SECTION = 0, INTERFACE = 28, PACKET = 56, AGAIN = 56 + 48 };
  static const struct {
    size_t at;
    uint32_t value;
    size_t frames;
    const char *text;
  } wrong[] = {
      {SECTION + 4, 24, 0, "block of type 168627466 claims 24 bytes, 28 to 1048576 expected"},
      {SECTION + 8, 0x11223344, 0, "section header with the byte order 44 33 22 11"},
      {SECTION + 12, 0x00000002, 0, "pcapng version 2.0, 1.0 expected"},
      {INTERFACE + 4, 16, 0, "block of type 1 claims 16 bytes, 20 to 1048576 expected"},
      {INTERFACE + 4, 1 << 21, 0, "block of type 1 claims 2097152 bytes, 20 to 1048576 expected"},
      {INTERFACE + 16, 9 | 80 << 16, 0, "option 9 claims 80 bytes, more than its block holds"},
      {AGAIN + 4, 44, 1, "packet 1 at offset 104: block of type 6 claims 44 bytes, 45 to "},
      {AGAIN + 4, 52, 1, "block of type 6 claims 52 bytes in front and "},
      {AGAIN + 4, 0xfffffffc, 1, "block of type 6 claims 4294967292 bytes, 45 to 131120 expected"},
      {AGAIN + 4, 0xffffffff, 1, "block of type 6 claims 4294967295 bytes, 45 to 131120 expected"},
      {AGAIN + 8, 1, 1, "frame of interface 1, but 1 are described before it"},
      {AGAIN + 20, 1400000000, 1, "frame claims 1400000000 bytes, at most 262144 expected"},
      {AGAIN + 20, 17, 1, "block of type 6 claims 48 bytes, 49 to 131124 expected"},
      {AGAIN + 0, 77, 2, NULL}, /* an unknown block is skipped */
      {AGAIN + 44, 47, 1, "block of type 6 claims 48 bytes in front and 47 behind"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    bytes b = small_file(0);
    memcpy(b.data + wrong[i].at, &wrong[i].value, 4);
    char text[1024];
    CU_ASSERT_EQUAL(count_frames(b.data, b.count, text, sizeof text), wrong[i].frames);
    if (wrong[i].text && !strstr(text, wrong[i].text)) printf("  %s\n", text);
    CU_ASSERT(wrong[i].text ? strstr(text, wrong[i].text) != NULL : *text == 0);
    bytes_free(&b);
  }
}

static void interfaces_have_a_limit(void) { /* of memory: a capture has no million interfaces */
  bytes b = {0}, one = {0};
  section(&b, 0);
  interface(&one, 0, 1, 0, NULL);
  size_t count = (1 << 20) + 1, before = b.count;
  bytes_reserve(&b, count * one.count);
  for (size_t i = 0; i < count; i++) memcpy(b.data + before + i * one.count, one.data, one.count);
  b.count = before + count * one.count;
  char text[1024];
  CU_ASSERT_EQUAL(count_frames(b.data, b.count, text, sizeof text), 0);
  CU_ASSERT_PTR_NOT_NULL(strstr(text, "more than 1048576 interfaces in a section"));
  bytes_free(&b);
  bytes_free(&one);
}

static const check_case cases[] = {
    {"resolutions and offsets", resolutions_and_offsets},
    {"odd options are ignored and told", odd_options_are_ignored_and_told},
    {"sections and interfaces differ", sections_and_interfaces_differ},
    {"older and simpler blocks", older_and_simpler_blocks},
    {"other blocks are skipped", other_blocks_are_skipped},
    {"every truncation keeps whole blocks", every_truncation_keeps_whole_blocks},
    {"bit flips do no harm", bit_flips_do_no_harm},
    {"impossible blocks are refused", impossible_blocks_are_refused},
    {"interfaces have a limit", interfaces_have_a_limit},
};
CHECK_MAIN("pcapng", cases)
