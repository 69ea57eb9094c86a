/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real captures of every kind and with every damage against what tshark reads of
 * them (golden/frames.tsv). */
#include <archive.h>
#include <archive_entry.h>

#include <ninetails/capture.h>

#include "bytes.h"
#include "check.h"

typedef struct golden {
  char name[200];
  size_t packets;
  uint64_t hash;
} golden;

enum { MAX_FILES = 400 };

static size_t read_golden(golden *list) {
  FILE *f = fopen(NT_TEST_DIR "/golden/frames.tsv", "r");
  size_t count = 0;
  unsigned long long hash;
  CU_ASSERT_PTR_NOT_NULL_FATAL(f);
  while (count < MAX_FILES &&
         fscanf(f, "%199[^\t]\t%zu\t%llx\n", list[count].name, &list[count].packets, &hash) == 3)
    list[count++].hash = hash;
  CU_ASSERT(feof(f));
  fclose(f);
  return count;
}

static uint64_t fnv1a(uint64_t value, const char *text) {
  for (; *text; text++) value = (value ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
  return value;
}

/* Frames and packet records of one file, each from a handle of its own. A damaged file gives the
 * packets before the damage, or an error that names it. */
static void compare(const char *path, const golden *g) {
  nt_error err = {0};
  nt_capture *frames = nt_capture_open(path, &err), *packets = nt_capture_open(path, &err);
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  size_t count = 0, got = 1;
  while (frames && packets && got) {
    nt_frame frame;
    nt_packet packet;
    int some = 0;
    err.status = NT_OK;
    nt_status a = nt_capture_next_frame(frames, &frame, &some, &err);
    nt_status b = nt_capture_read(packets, &packet, 1, &got, &err);
    CU_ASSERT_EQUAL(a, b);
    CU_ASSERT_EQUAL(got, (size_t)some);
    if (!got) break;
    char text[64];
    snprintf(text, sizeof text, "%lld.%09u\t%u\n", (long long)frame.seconds, frame.nanoseconds,
             packet.length);
    hash = fnv1a(hash, text);
    CU_ASSERT_EQUAL(packet.time, nt_time_from_ns(frame.seconds, frame.nanoseconds));
    count++;
  }
  if (err.status != NT_OK) {
    CU_ASSERT_EQUAL(strncmp(err.text, path, strlen(path)), 0);
    CU_ASSERT_EQUAL(count, 0);
  }
  if (count != g->packets || hash != g->hash)
    printf("  %s: %zu packets, %zu expected\n", g->name, count, g->packets);
  CU_ASSERT_EQUAL(count, g->packets);
  CU_ASSERT_EQUAL(hash, g->hash);
  nt_capture_close(frames);
  nt_capture_close(packets);
}

static void captures_agree_with_tshark(void) {
  if (!check_shared("data/diverse/CATALOG.tsv")) return;
  golden *list = calloc(MAX_FILES, sizeof *list);
  size_t count = read_golden(list), packets = 0, files = 0;
  CU_ASSERT(count > 100);
  for (size_t i = 0; i < count; i++) {
    if (strncmp(list[i].name, "suite/", 6) == 0) continue;
    const char *path = check_shared(list[i].name);
    if (!path) continue;
    compare(path, &list[i]);
    packets += list[i].packets;
    files++;
  }
  free(list);
  printf("  [%zu packets of %zu files] ", packets, files);
}

static void pcapng_suite_agrees_with_tshark(void) {
  const char *path = check_shared("data/diverse/pcapng_suite.tar.gz");
  if (!path) return;
  golden *list = calloc(MAX_FILES, sizeof *list);
  size_t count = read_golden(list), files = 0;
  struct archive *a = archive_read_new();
  struct archive_entry *entry;
  archive_read_support_filter_gzip(a);
  archive_read_support_format_tar(a);
  CU_ASSERT_EQUAL_FATAL(archive_read_open_filename(a, path, 65536), ARCHIVE_OK);
  while (archive_read_next_header(a, &entry) == ARCHIVE_OK) {
    char name[256];
    snprintf(name, sizeof name, "suite/%s", archive_entry_pathname(entry));
    size_t i = 0, size = (size_t)archive_entry_size(entry);
    while (i < count && strcmp(list[i].name, name) != 0) i++;
    if (i == count) continue;
    uint8_t *data = malloc(size + 1);
    CU_ASSERT_EQUAL(archive_read_data(a, data, size), (la_ssize_t)size);
    file f = file_of(data, size);
    compare(f.path, &list[i]);
    file_close(&f);
    free(data);
    files++;
  }
  archive_read_free(a);
  free(list);
  CU_ASSERT(files >= 44);
}

static const check_case cases[] = {
    {"captures agree with tshark [outside]", captures_agree_with_tshark},
    {"the pcapng suite agrees with tshark [outside]", pcapng_suite_agrees_with_tshark},
};
CHECK_MAIN("corpus", cases)
