/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recognition of file kinds, reports of damage, and every dialect of classic pcap. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>

#include <ninetails/capture.h>

#include "count_frames.h"

/* ---------------------------------------------------------------- pcap: dialects */

typedef struct expected {
  int64_t seconds;
  uint32_t nanoseconds, length, captured, first_byte;
} expected;

static void check_frames(const bytes *b, const expected *e, size_t count, uint32_t link_type) {
  file f = file_of(b->data, b->count);
  nt_error err = {0};
  nt_capture *c = nt_capture_open(f.path, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  nt_frame frame;
  int got;
  for (size_t i = 0; i < count; i++) {
    CHECK_OK(nt_capture_next_frame(c, &frame, &got, &err), err);
    CU_ASSERT_EQUAL_FATAL(got, 1);
    CU_ASSERT_EQUAL(frame.seconds, e[i].seconds);
    CU_ASSERT_EQUAL(frame.nanoseconds, e[i].nanoseconds);
    CU_ASSERT_EQUAL(frame.length, e[i].length);
    CU_ASSERT_EQUAL(frame.captured, e[i].captured);
    CU_ASSERT_EQUAL(frame.link_type, link_type);
    if (frame.captured) CU_ASSERT_EQUAL(frame.data[0], e[i].first_byte);
  }
  CHECK_OK(nt_capture_next_frame(c, &frame, &got, &err), err);
  CU_ASSERT_EQUAL(got, 0);
  CU_ASSERT_PTR_NULL(nt_capture_warning(c));
  nt_capture_close(c);
  file_close(&f);
}

static const expected four[] = {
    {1, 2000, 80, 60, 1}, {1, 2000, 80, 60, 1}, {1, 2000, 80, 60, 1}, {1, 2000, 80, 60, 1}};

/* Version, magic and the bytes behind the usual record header, in either byte order. */
static void dialects_are_told_apart(void) {
  static const struct {
    uint32_t magic;
    int minor, file_extra, swapped_lengths;
    uint32_t nanoseconds;
    size_t extra;
    uint8_t little[12], big[12];
  } dialects[] = {
      {MICROSECONDS, 4, 0, 0, 2000, 0, {0}, {0}},
      {MICROSECONDS, 3, 0, 0, 2000, 0, {0}, {0}},
      {MICROSECONDS, 3, 0, 1, 2000, 0, {0}, {0}}, /* 2.3 with the lengths of 2.2 */
      {MICROSECONDS, 2, 0, 1, 2000, 0, {0}, {0}},
      {MICROSECONDS, 0, 0, 1, 2000, 0, {0}, {0}},
      {NANOSECONDS, 4, 0, 0, 2, 0, {0}, {0}},
      {0x1c0001ac, 4, 4, 0, 2, 0, {0}, {0}},    /* Ixia's hardware */
      {0x1c0001ab, 4, 4, 0, 2000, 0, {0}, {0}}, /* Ixia's software */
      {MICROSECONDS, 4, 0, 0, 2000, 8, {2, 0, 0, 0, 0, 8, 1, 0}, {0, 0, 0, 2, 8, 0, 1, 0}},
      {0xa1b2cd34, 4, 0, 0, 2000, 8, {2, 0, 0, 0, 0, 8, 1, 0}, {0, 0, 0, 2, 8, 0, 1, 0}},
      {0xa1b2cd34, 4, 0, 0, 2000, 12, {2, 0, 0, 0, 0, 8, 1, 0}, {0, 0, 0, 2, 8, 0, 1, 0}},
      {MICROSECONDS, 4, 0, 0, 2000, 4, {0x01, 0xb6, 0xbf, 0x9f}, {0x9f, 0xbf, 0xb6, 0x01}},
  };
  for (size_t d = 0; d < sizeof dialects / sizeof *dialects; d++) {
    for (int big = 0; big < 2; big++) {
      bytes b = {0};
      pcap_header(&b, dialects[d].magic, big, 2, dialects[d].minor, 1);
      bytes_zero(&b, (size_t)dialects[d].file_extra);
      uint32_t first = dialects[d].swapped_lengths ? 80 : 60;
      for (int i = 0; i < 4; i++)
        pcap_record(&b, big, 1, 2, first, 140 - first, big ? dialects[d].big : dialects[d].little,
                    dialects[d].extra, 60);
      expected e[4];
      memcpy(e, four, sizeof e);
      for (int i = 0; i < 4; i++) e[i].nanoseconds = dialects[d].nanoseconds;
      check_frames(&b, e, 4, 1);
      bytes_free(&b);
    }
  }
}

static void aix_types_are_translated(void) {
  static const uint32_t types[][3] = {{6, 1, 0}, {9, 6, 0}, {15, 10, 3}, {24, 0, 0}, {1, 1, 0}};
  for (size_t i = 0; i < 5; i++) {
    bytes b = {0};
    pcap_header(&b, MICROSECONDS, 0, 2, 2, types[i][0]);
    pcap_record(&b, 0, 7, 9, 80, 60, NULL, 0, 60);
    uint32_t padding = types[i][2];
    expected e = {7, types[i][0] == 1 ? 9000 : 9, 80 - padding, 60 - padding, 1 + padding};
    check_frames(&b, &e, 1, types[i][1]);
    bytes_free(&b);
  }
}

/* Expected times are those that tshark prints, which the references read. */
static void fractions_beyond_a_second(void) {
  static const struct {
    uint32_t magic, seconds, fraction;
    int64_t to_seconds;
    uint32_t to_nanoseconds;
  } times[] = {
      {MICROSECONDS, 1, 999999, 1, 999999000},
      {MICROSECONDS, 1, 1000000, 1, 100000000},      /* 1.1000000000 */
      {MICROSECONDS, 1, 1500000, 1, 150000000},      /* 1.1500000000 */
      {MICROSECONDS, 1, 999999999, -2, 272619032},   /* -1.727380968 */
      {MICROSECONDS, 100, 2147484, -101, 785251671}, /* -100.2147483296, to 9 digits */
      {MICROSECONDS, 100, 4294968, 100, 704},
      {MICROSECONDS, 1, UINT32_C(2147483648), 1, 0},
      {NANOSECONDS, 1, 999999999, 1, 999999999},
      {NANOSECONDS, 1, 1000000000, 1, 100000000},
      {NANOSECONDS, 1, UINT32_MAX, -2, 999999999}, /* -1.000000001 */
      {MICROSECONDS, UINT32_MAX, 1, UINT32_MAX, 1000},
  };
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    bytes b = {0};
    pcap_header(&b, times[i].magic, 0, 2, 5, 1);
    pcap_record(&b, 0, times[i].seconds, times[i].fraction, 9, 9, NULL, 0, 9);
    expected e = {times[i].to_seconds, times[i].to_nanoseconds, 9, 9, 1};
    check_frames(&b, &e, 1, 1);
    bytes_free(&b);
  }
}

static void times_and_lengths_pass_through(void) {
  bytes b = {0};
  pcap_header(&b, MICROSECONDS, 0, 2, 4, 113);
  pcap_record(&b, 0, 10, 5, 4, 4, NULL, 0, 4);
  pcap_record(&b, 0, 10, 5, 0, 0, NULL, 0, 0);   /* same time, no bytes */
  pcap_record(&b, 0, 3, 7, 2, 1500, NULL, 0, 2); /* backwards, cut by a snapshot length */
  pcap_record(&b, 0, 11, 0, 6, 3, NULL, 0, 6);   /* captured length above the original length */
  const expected e[] = {
      {10, 5000, 4, 4, 1}, {10, 5000, 0, 0, 0}, {3, 7000, 1500, 2, 1}, {11, 0, 3, 6, 1}};
  check_frames(&b, e, 4, 113);

  file f = file_of(b.data, b.count);
  nt_error err = {0};
  nt_capture *c = nt_capture_open(f.path, &err);
  nt_packet packets[8];
  size_t got = 0;
  CHECK_OK(nt_capture_read(c, packets, 8, &got, &err), err);
  CU_ASSERT_EQUAL_FATAL(got, 4);
  CU_ASSERT_EQUAL(packets[0].time, 10.000005);
  CU_ASSERT_EQUAL(packets[2].time, 3.000007);
  CU_ASSERT_EQUAL(packets[2].length, 1500);
  CU_ASSERT_EQUAL(packets[1].length, 0);
  nt_capture_close(c);
  file_close(&f);
  bytes_free(&b);
}

static void frame_check_sequence_is_told(void) {
  bytes b = {0};
  pcap_header(&b, MICROSECONDS, 0, 2, 4, 0x24000001);
  pcap_record(&b, 0, 1, 2, 60, 60, NULL, 0, 60);
  file f = file_of(b.data, b.count);
  nt_capture *c = nt_capture_open(f.path, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(c);
  nt_frame frame;
  int got;
  CU_ASSERT_EQUAL(nt_capture_next_frame(c, &frame, &got, NULL), NT_OK);
  CU_ASSERT_EQUAL(frame.fcs_length, 4);
  CU_ASSERT_EQUAL(frame.link_type, 1);
  nt_capture_close(c);
  file_close(&f);
  bytes_free(&b);
}

/* ---------------------------------------------------------------- damage */

static void every_truncation_keeps_whole_records(void) {
  bytes b = {0};
  pcap_header(&b, MICROSECONDS, 0, 2, 4, 1);
  for (int i = 0; i < 3; i++) pcap_record(&b, 0, 1, 2, 20, 60, NULL, 0, 20);
  for (size_t n = 1; n <= b.count; n++) {
    char text[1024];
    size_t frames = count_frames(b.data, n, text, sizeof text), whole = n < 24 ? 0 : (n - 24) / 36;
    CU_ASSERT_EQUAL(frames, whole);
    int clean = n >= 24 && (n - 24) % 36 == 0;
    CU_ASSERT_EQUAL(*text == 0, clean);
    if (!clean && n > 24) {
      char place[64];
      snprintf(place, sizeof place, "packet %zu at offset %zu: ", whole, 24 + 36 * whole);
      CU_ASSERT_PTR_NOT_NULL(strstr(text, place));
    }
  }
  bytes_free(&b);
}

static void impossible_lengths_are_refused(void) {
  bytes b = {0};
  char text[1024];
  pcap_header(&b, MICROSECONDS, 0, 2, 4, 1);
  pcap_record(&b, 0, 1, 2, 1400000000, 1400000000, NULL, 0, 60);
  CU_ASSERT_EQUAL(count_frames(b.data, b.count, text, sizeof text), 0);
  CU_ASSERT_PTR_NOT_NULL(
      strstr(text, "packet 0 at offset 24: record claims 1400000000 bytes, 0 to 262144 expected"));
  bytes_free(&b);

  pcap_header(&b, MICROSECONDS, 0, 2, 4, 1);
  for (int i = 0; i < 2; i++) pcap_record(&b, 0, 1, 2, 262144, 262144, NULL, 0, 262144);
  CU_ASSERT_EQUAL(count_frames(b.data, b.count, text, sizeof text), 2);
  bytes_free(&b);

  pcap_header(&b, MICROSECONDS, 0, 2, 4, 249); /* USB allows 128 MiB a packet */
  pcap_record(&b, 0, 1, 2, 300000, 300000, NULL, 0, 300000);
  pcap_record(&b, 0, 1, 2, 134217728, 134217728, NULL, 0, 10);
  CU_ASSERT_EQUAL(count_frames(b.data, b.count, text, sizeof text), 1);
  CU_ASSERT_PTR_NOT_NULL(strstr(text, "the file ends inside a record: 26 of its 134217744 bytes"));
  bytes_free(&b);
}

static void file_headers_are_checked(void) {
  static const struct {
    int major;
    uint32_t link_type;
    const char *text;
  } headers[] = {{1, 1, "pcap version 1.4, 2.0 or later expected"},
                 {2, 0x00010001, "link type 0x00010001 has reserved bits set"}};
  for (int i = 0; i < 2; i++) {
    bytes b = {0};
    char text[1024];
    pcap_header(&b, MICROSECONDS, 1, headers[i].major, 4, headers[i].link_type);
    CU_ASSERT_EQUAL(count_frames(b.data, b.count, text, sizeof text), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, headers[i].text));
    bytes_free(&b);
  }
}

static void bit_flips_do_no_harm(void) {
  bytes b = {0};
  pcap_header(&b, MICROSECONDS, 0, 2, 4, 1);
  for (int i = 0; i < 3; i++) pcap_record(&b, 0, 1, 2, 20, 60, NULL, 0, 20);
  for (size_t bit = 0; bit < 8 * b.count; bit++) {
    char text[1024];
    b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    CU_ASSERT(count_frames(b.data, b.count, text, sizeof text) <= 6);
    b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  bytes_free(&b);
}

/* ---------------------------------------------------------------- what it is */

static void check_refused(const char *path, nt_status status, const char *text) {
  nt_error err = {0};
  CU_ASSERT_PTR_NULL(nt_capture_open(path, &err));
  CU_ASSERT_EQUAL(err.status, status);
  CU_ASSERT_EQUAL(strncmp(err.text, path, strlen(path)), 0);
  if (!strstr(err.text, text)) printf("  '%s' lacks '%s'\n", err.text, text);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, text));
}

static void strange_files_are_named(void) {
  check_refused("/nonexistent/x.pcap", NT_E_IO, "cannot be opened: No such file or directory");
  check_refused("/proc", NT_E_IO, "is a directory, a file was expected");
  check_refused("/dev/null", NT_E_INPUT, "is empty");
  static const struct {
    const char *content, *text;
  } files[] = {
      {"\x89PNG\r\n\x1a\n",
       "holds neither a capture (pcap, pcapng), nor the 19-column tshark TSV, nor "
       "a CSV of numbers: first bytes 89 50 4e 47 0d 0a 1a 0a"},
      {"Attribution 4.0 International\n\nmore 1 2\n", "first bytes 41 74 74 72"},
      {"x", "first bytes 78"},
      {"a,b\nc,d\n", "first bytes 61 2c 62 0a"},
  };
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    file f = file_of_text(files[i].content);
    check_refused(f.path, NT_E_INPUT, files[i].text);
    file_close(&f);
  }
  if (geteuid() != 0) { /* root can read any file */
    char path[] = "/tmp/ninetails-test-XXXXXX";
    int fd = mkstemp(path);
    fchmod(fd, 0);
    check_refused(path, NT_E_IO, "cannot be opened: Permission denied");
    close(fd);
    unlink(path);
  }
}

static void formats_answer_only_for_their_own(void) {
  nt_error err;
  size_t got;
  int some;
  nt_frame frame;
  nt_packet p;
  double row[4];
  file f = file_of_text("1,2,3\n");
  nt_capture *c = nt_capture_open(f.path, &err);
  CU_ASSERT_EQUAL(nt_capture_format_of(c), NT_FORMAT_FEATURES);
  CU_ASSERT_EQUAL(nt_capture_read(c, &p, 1, &got, &err), NT_E_INPUT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is of the format 'features', which holds no packets"));
  CU_ASSERT_EQUAL(nt_capture_next_frame(c, &frame, &some, &err), NT_E_INPUT);
  nt_capture_close(c);
  file_close(&f);
  bytes b = {0};
  pcap_header(&b, NANOSECONDS, 1, 2, 4, 1);
  f = file_of(b.data, b.count);
  c = nt_capture_open(f.path, &err);
  CU_ASSERT_EQUAL(nt_capture_format_of(c), NT_FORMAT_PCAP);
  CU_ASSERT_EQUAL(nt_capture_width(c), 0);
  CU_ASSERT_EQUAL(nt_capture_read_rows(c, row, NULL, 1, &got, &err), NT_E_INPUT);
  nt_capture_close(c);
  file_close(&f);
  bytes_free(&b);
  nt_capture_close(NULL);
}

/* ---------------------------------------------------------------- compression */

static bytes compressed(const bytes *plain, int (*filter)(struct archive *), size_t entries) {
  size_t capacity = 2 * plain->count * (entries + 1) + 65536, used = 0;
  bytes out = {0};
  bytes_reserve(&out, capacity);
  struct archive *a = archive_write_new();
  if (filter) {
    archive_write_set_format_raw(a);
    filter(a);
  } else {
    archive_write_set_format_zip(a);
  }
  archive_write_set_bytes_in_last_block(a, 1);
  archive_write_open_memory(a, out.data, capacity, &used);
  for (size_t i = 0; i < entries; i++) {
    char name[16];
    snprintf(name, sizeof name, "file%zu.pcap", i);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)plain->count);
    archive_write_header(a, entry);
    archive_write_data(a, plain->data, plain->count);
    archive_entry_free(entry);
  }
  archive_write_free(a);
  out.count = used;
  return out;
}

static bytes large_capture(size_t records) {
  bytes b = {0};
  pcap_header(&b, MICROSECONDS, 0, 2, 4, 1);
  for (size_t i = 0; i < records; i++)
    pcap_record(&b, 0, (uint32_t)(i * 2654435761u), (uint32_t)i, 100, 100, NULL, 0, 100);
  return b;
}

static int (*const filters[])(struct archive *) = {
    archive_write_add_filter_gzip, archive_write_add_filter_bzip2, archive_write_add_filter_xz,
    archive_write_add_filter_zstd, archive_write_add_filter_lz4,   NULL};
enum { FILTERS = sizeof filters / sizeof *filters };

static void compressed_files_read_the_same(void) {
  bytes plain = large_capture(5000);
  char text[1024];
  for (int i = 0; i < FILTERS; i++) {
    bytes packed = compressed(&plain, filters[i], 1);
    CU_ASSERT(packed.count < plain.count);
    CU_ASSERT_EQUAL(count_frames(packed.data, packed.count, text, sizeof text), 5000);
    CU_ASSERT_STRING_EQUAL(text, "");
    bytes_free(&packed);
  }
  bytes_free(&plain);
}

static void cut_compressed_files_keep_a_beginning(void) {
  bytes plain = large_capture(20000);
  for (int i = 0; i < FILTERS; i++) {
    bytes packed = compressed(&plain, filters[i], 1);
    char text[1024];
    size_t frames = count_frames(packed.data, packed.count / 2, text, sizeof text);
    CU_ASSERT(frames < 20000);
    CU_ASSERT(*text != 0);
    for (size_t n = 1; n < 64; n++) count_frames(packed.data, n, text, sizeof text);
    bytes_free(&packed);
  }
  bytes_free(&plain);
}

static void archives_hold_one_file(void) {
  bytes plain = large_capture(3), none = compressed(&plain, NULL, 0);
  bytes five = compressed(&plain, NULL, 5);
  file f = file_of(five.data, five.count);
  check_refused(f.path, NT_E_INPUT,
                "a zip of 5 files, one expected: file0.pcap, file1.pcap, file2.pcap, ...");
  file_close(&f);
  bytes once = compressed(&plain, archive_write_add_filter_gzip, 1);
  bytes twice = compressed(&once, archive_write_add_filter_xz, 1);
  f = file_of(twice.data, twice.count);
  check_refused(f.path, NT_E_INPUT, "compressed 2 times over (gzip in xz)");
  file_close(&f);
  bytes nothing = {0}, empty = compressed(&nothing, archive_write_add_filter_gzip, 1);
  f = file_of(empty.data, empty.count);
  check_refused(f.path, NT_E_INPUT, "is empty once decompressed");
  file_close(&f);
  bytes *all[] = {&plain, &none, &five, &once, &twice, &empty};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) bytes_free(all[i]);
}

/* Standard input is a pipe: it cannot seek, and bytes come in small pieces. */
static void standard_input_is_read(void) {
  bytes plain = large_capture(200), packed = compressed(&plain, archive_write_add_filter_gzip, 1);
  for (int i = 0; i < 2; i++) {
    const bytes *b = i ? &packed : &plain;
    int ends[2], kept = dup(STDIN_FILENO);
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    CU_ASSERT_EQUAL(write(ends[1], b->data, b->count), (ssize_t)b->count); /* fits the pipe */
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    nt_error err = {0};
    nt_capture *c = nt_capture_open("-", &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    nt_packet packets[300];
    size_t got;
    CHECK_OK(nt_capture_read(c, packets, 300, &got, &err), err);
    CU_ASSERT_EQUAL(got, 200);
    nt_capture_close(c);
    dup2(kept, STDIN_FILENO);
    close(kept);
  }
  bytes_free(&plain);
  bytes_free(&packed);
}

static const check_case cases[] = {
    {"pcap: dialects are told apart", dialects_are_told_apart},
    {"pcap: AIX's types are translated", aix_types_are_translated},
    {"pcap: fractions beyond a second", fractions_beyond_a_second},
    {"pcap: times and lengths pass through", times_and_lengths_pass_through},
    {"pcap: the frame check sequence is told", frame_check_sequence_is_told},
    {"pcap: every truncation keeps whole records", every_truncation_keeps_whole_records},
    {"pcap: impossible lengths are refused", impossible_lengths_are_refused},
    {"pcap: file headers are checked", file_headers_are_checked},
    {"pcap: bit flips do no harm", bit_flips_do_no_harm},
    {"strange files are named", strange_files_are_named},
    {"formats answer only for their own", formats_answer_only_for_their_own},
    {"compressed files read the same", compressed_files_read_the_same},
    {"cut compressed files keep a beginning", cut_compressed_files_keep_a_beginning},
    {"archives hold one file", archives_hold_one_file},
    {"standard input is read", standard_input_is_read},
};
CHECK_MAIN("capture", cases)
