/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The detector over a capture and an eve.json, and with a script of this test in place of Suricata;
 * with Suricata itself where it is installed. */
#include <stdbool.h>
#include <sys/stat.h>

#include <ninetails/detector.h>

#include "ground/temporary.h"
#include "check.h"
#include "tcp_frames.h"

enum { EVE, WINDOW, PROGRAM, RULES, SECONDS, PARAMETERS };
enum { FRAMES = 12 };
#define START 1475740336000000LL

/* Every second packet is of a TCP flow, the others are UDP, ICMP and ARP; 0.5 s apart. */
static file capture_of(void) {
  static const int kinds[] = {FRAME_TCP, FRAME_UDP, FRAME_TCP, FRAME_ICMP, FRAME_TCP, FRAME_ARP};
  frame_of frames[FRAMES];
  for (int i = 0; i < FRAMES; i++)
    frames[i] = (frame_of){START + i * 500000, kinds[i % 6], 1, 2, 1000, 80};
  return frames_file(frames, FRAMES);
}

static const char eve_text[] =
    "{\"timestamp\": \"2016-10-06T17:52:17.000000+1000\", \"event_type\": \"alert\", \"src_ip\": "
    "\"10.0.0.2\", \"src_port\": 80, \"dest_ip\": \"10.0.0.1\", \"dest_port\": 1000, \"proto\": "
    "\"TCP\", \"alert\": {\"severity\": 2}}\n"
    "{\"timestamp\": \"2016-10-06T17:52:17.500000+1000\", \"event_type\": \"alert\", \"src_ip\": "
    "\"10.0.0.1\", \"dest_ip\": \"10.0.0.2\", \"proto\": \"ICMP\", \"alert\": {\"severity\": 1}}\n"
    "{\"timestamp\": \"2016-10-06T17:52:17.500000+1000\", \"event_type\": \"alert\", \"src_ip\": "
    "\"10.0.0.1\", \"dest_ip\": \"10.9.9.9\", \"proto\": \"ICMP\", \"alert\": {\"severity\": 1}}\n"
    "{\"timestamp\": \n";

static void presets(nt_value *values) {
  nt_parameter_presets(nt_detector_find("suricata", NULL)->parameters, PARAMETERS, values);
}

static void *create(const char *capture, const nt_value *values, nt_error *err) {
  const nt_detector_class *class = nt_detector_find("suricata", NULL);
  nt_detector_setting setting = {
      .kind = class, .width = 1, .learn = 2, .rows = FRAMES, .seed = 1, .capture = capture};
  *err = (nt_error){0};
  return class->create(&setting, values, err);
}

static nt_status scores_of(void *detector, size_t first, size_t count, double *scores,
                           nt_error *err) {
  nt_rows rows = {.first = first, .count = count, .width = 1};
  return nt_detector_find("suricata", NULL)->score(detector, &rows, scores, err);
}

static void expect_scores(void *detector) {
  static const double expected[FRAMES] = {0, 0, 3, 4, 3, 0, 0, 0, 0, 0, 0, 0};
  double scores[FRAMES];
  nt_error err;
  CHECK_OK(scores_of(detector, 0, FRAMES, scores, &err), err);
  for (int i = 0; i < FRAMES; i++) CU_ASSERT_EQUAL(scores[i], expected[i]);
}

static void release(void *detector) {
  nt_detector_find("suricata", NULL)->free(detector);
}

static void alerts_lie_on_packets(void) {
  file capture = capture_of(), eve = file_of_text(eve_text);
  nt_value values[PARAMETERS];
  nt_error err;
  char remark[256];
  presets(values);
  values[EVE].text = eve.path;
  void *detector = create(capture.path, values, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(detector);
  expect_scores(detector);
  nt_detector_find("suricata", NULL)->remark(detector, remark, sizeof remark);
  CU_ASSERT_STRING_EQUAL(remark, "3 alerts, 2 of them on 3 packets; 1 of 4 lines left out");
  double scores[4];
  CHECK_OK(scores_of(detector, 2, 2, scores, &err), err);
  CU_ASSERT_EQUAL(scores[1], 4);
  CU_ASSERT_EQUAL(scores_of(detector, FRAMES - 1, 2, scores, &err), NT_E_INPUT);
  CU_ASSERT_STRING_EQUAL(err.text, "packet 12: the capture has 12");
  release(detector);
  values[WINDOW].number = 100;
  detector = create(capture.path, values, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(detector);
  CHECK_OK(scores_of(detector, FRAMES - 4, 4, scores, &err), err);
  CU_ASSERT(scores[0] == 3 && scores[1] == 4 && scores[2] == 3 && scores[3] == 0);
  release(detector);
  file_close(&capture), file_close(&eve);
}

static void expect_error(const char *capture, const nt_value *values, nt_status status,
                         const char *part) {
  nt_error err;
  void *detector = create(capture, values, &err);
  CU_ASSERT_PTR_NULL(detector);
  CU_ASSERT_EQUAL(err.status, status);
  if (!strstr(err.text, part)) printf("  '%s' has no '%s'\n", err.text, part);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, part));
  release(detector);
}

static void what_is_missing_is_named(void) {
  file capture = capture_of(), rows = file_of_text("a,b\n1,2\n3,4\n");
  file tsv = file_of_text("frame.time_epoch\tframe.len\teth.src\teth.dst\tip.src\tip.dst\t"
                          "tcp.srcport\ttcp.dstport\tudp.srcport\tudp.dstport\ticmp.type\t"
                          "icmp.code\tarp.opcode\tarp.src.hw_mac\tarp.src.proto_ipv4\t"
                          "arp.dst.hw_mac\tarp.dst.proto_ipv4\tipv6.src\tipv6.dst\n"
                          "1.5\t60\t\t\t10.0.0.1\t10.0.0.2\t1\t2\t\t\t\t\t\t\t\t\t\t\t\n");
  file eve = file_of_text(eve_text);
  nt_value values[PARAMETERS];
  presets(values);
  values[PROGRAM].text = "no-such-suricata";
  expect_error(NULL, values, NT_E_INPUT, "no capture");
  expect_error(capture.path, values, NT_E_IO, "'no-such-suricata' is not installed: expected");
  expect_error(capture.path, values, NT_E_IO, "the parameter eve");
  expect_error(rows.path, values, NT_E_ARGUMENT, "features has none");
  expect_error(tsv.path, values, NT_E_ARGUMENT, "tsv has none");
  expect_error("/nowhere.pcap", values, NT_E_IO, "/nowhere.pcap");
  values[EVE].text = eve.path;
  expect_error(rows.path, values, NT_E_ARGUMENT, "no addresses");
  void *detector = create(tsv.path, values, &(nt_error){0}); /* enough with an eve.json */
  CU_ASSERT_PTR_NOT_NULL(detector);
  release(detector);
  values[EVE].text = "/nowhere.json";
  expect_error(capture.path, values, NT_E_IO, "/nowhere.json");
  file_close(&capture), file_close(&rows), file_close(&tsv), file_close(&eve);
}

/* ---------------------------------------------------------------- a script in place of Suricata */

static char directory[64] = "/tmp/ninetails-test-XXXXXX", script[96], saved[96], expected_eve[96];

static void write_file(const char *path, const char *text, mode_t mode) {
  FILE *out = fopen(path, "w");
  if (!out || fputs(text, out) < 0 || fclose(out) != 0) abort();
  chmod(path, mode);
}

static const char *script_of(const char *body) {
  static char text[4096];
  snprintf(text, sizeof text, "#!/bin/sh\n%s\n", body);
  write_file(script, text, 0755);
  return script;
}

static char *content_of(const char *path) {
  static char text[4096];
  FILE *in = fopen(path, "r");
  size_t got = in ? fread(text, 1, sizeof text - 1, in) : 0;
  if (in) fclose(in);
  text[got] = '\0';
  return text;
}

/* The number of entries of TMPDIR that this test did not make. */
static int left_behind(void) {
  char command[160];
  int found = 0;
  snprintf(command, sizeof command, "ls -d %s/.ninetails-suricata.* 2>/dev/null | wc -l",
           directory);
  FILE *pipe = popen(command, "r");
  if (!pipe || fscanf(pipe, "%d", &found) != 1) abort();
  pclose(pipe);
  return found;
}

static void a_program_is_run_without_a_shell(void) {
  file capture = capture_of();
  nt_value values[PARAMETERS];
  nt_error err;
  char body[512];
  presets(values);
  snprintf(body, sizeof body,
           "echo \"$#:$1:$3:$5:$6:$7:$8:$9:${10}\" > %s; cp %s \"$4/eve.json\"; "
           "mkdir \"$4/files\"; touch \"$4/files/x\"; od -An -tx1 -N4 \"$2\" >> %s",
           saved, expected_eve, saved);
  values[PROGRAM].text = script_of(body);
  values[RULES].text = "$(touch x); my rules";
  void *detector = create(capture.path, values, &err);
  if (!detector) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(detector);
  expect_scores(detector);
  release(detector);
  CU_ASSERT_STRING_EQUAL(
      content_of(saved),
      "10:-r:-l:-k:none:--runmode:single:-S:$(touch x); my rules\n 4d 3c b2 a1\n");
  values[RULES].text = "";
  detector = create(capture.path, values, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(detector);
  release(detector);
  CU_ASSERT_EQUAL(strncmp(content_of(saved), "8:-r:", 5), 0);
  CU_ASSERT_EQUAL(left_behind(), 0);
  file_close(&capture);
}

static void programs_that_fail_say_why(void) {
  file capture = capture_of();
  nt_value values[PARAMETERS];
  presets(values);
  values[PROGRAM].text = script_of("echo 'first'; echo 'no rules were loaded' >&2; exit 3");
  expect_error(capture.path, values, NT_E_IO, "ended with code 3: first no rules were loaded");
  values[PROGRAM].text = script_of("kill -9 $$");
  expect_error(capture.path, values, NT_E_IO, "ended by signal 9");
  values[PROGRAM].text = script_of("exit 0");
  expect_error(capture.path, values, NT_E_IO, "wrote no eve.json");
  write_file(script, "not a program", 0644);
  expect_error(capture.path, values, NT_E_IO, "cannot be started");
  CU_ASSERT_EQUAL(left_behind(), 0);
  file_close(&capture);
}

/* Whether the process runs: it exists and is no zombie. */
static bool runs(pid_t pid) {
  char path[64], state = 'Z';
  snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
  FILE *f = fopen(path, "r");
  if (!f) return false;
  bool read = fscanf(f, "%*d (%*[^)]) %c", &state) == 1;
  fclose(f);
  return read && state != 'Z';
}

static void a_program_that_hangs_is_ended(void) {
  file capture = capture_of();
  nt_value values[PARAMETERS];
  char body[256];
  presets(values);
  /* The script's child writes its process number and, unless it is ended, "late" long after. */
  snprintf(body, sizeof body, "sh -c 'echo $$ > %s; sleep 60; echo late > %s' & sleep 60", saved,
           saved);
  values[PROGRAM].text = script_of(body);
  long started = 0;
  for (values[SECONDS].number = 0.3; started == 0; values[SECONDS].number *= 2) {
    write_file(saved, "", 0644);
    expect_error(capture.path, values, NT_E_IO, "killed after");
    CU_ASSERT_EQUAL(left_behind(), 0);
    started = strtol(content_of(saved), NULL, 10);
  }
  while (runs((pid_t)started)) usleep(1000);
  CU_ASSERT_EQUAL(strtol(content_of(saved), NULL, 10), started);
  file_close(&capture);
}

/* A killed process leaves its directory; the next one removes it. */
static void what_a_kill_left_is_swept(void) {
  file capture = capture_of();
  nt_value values[PARAMETERS];
  nt_error err;
  char path[160], frames[256];
  int held;
  snprintf(path, sizeof path, "%s/ninetails-suricata", directory);
  char *place = nt_temporary_create_folder(path, &held, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(place);
  snprintf(frames, sizeof frames, "%s/frames.pcap", place);
  write_file(frames, "", 0644);
  presets(values);
  values[PROGRAM].text = script_of("exit 0");
  expect_error(capture.path, values, NT_E_IO, "wrote no eve.json");
  CU_ASSERT_EQUAL(left_behind(), 1); /* the process of that directory is alive */
  nt_temporary_release(&held);
  expect_error(capture.path, values, NT_E_IO, "wrote no eve.json");
  CU_ASSERT_EQUAL(left_behind(), 0);
  free(place);
  file_close(&capture);
}

static void compressed_captures_and_other_link_types(void) {
  file capture = capture_of();
  bytes b = {0};
  section(&b, 0);
  interface(&b, 0, 1, 65535, NULL);
  interface(&b, 0, 101, 65535, NULL);
  packet(&b, 0, 0, START, 40, 40);
  packet(&b, 0, 1, START, 40, 40);
  file two = file_of(b.data, b.count);
  nt_value values[PARAMETERS];
  presets(values);
  values[PROGRAM].text = script_of("exit 0");
  expect_error(two.path, values, NT_E_ARGUMENT, "packet 1 has link type 101, those before it 1");
  char command[256], packed[96];
  snprintf(packed, sizeof packed, "%s/capture.gz", directory);
  nt_error err;
  char run[512];
  snprintf(run, sizeof run, "wc -c < \"$2\" > %s; cp %s \"$4/eve.json\"", saved, expected_eve);
  values[PROGRAM].text = script_of(run);
  snprintf(command, sizeof command, "gzip -c < /proc/%d/fd/%d > %s", (int)getpid(), capture.fd,
           packed);
  CU_ASSERT_EQUAL(system(command), 0);
  void *detector = create(packed, values, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(detector);
  expect_scores(detector);
  release(detector);
  struct stat status;
  CU_ASSERT_EQUAL(fstat(capture.fd, &status), 0);
  CU_ASSERT_EQUAL(atoll(content_of(saved)), status.st_size);
  bytes_free(&b);
  file_close(&capture), file_close(&two);
}

static void the_real_one(void) {
  if (system("command -v suricata > /dev/null 2>&1") != 0) {
    check_skip("suricata");
    return;
  }
  file capture = capture_of();
  nt_value values[PARAMETERS];
  nt_error err;
  char rules[96];
  presets(values);
  snprintf(rules, sizeof rules, "%s/test.rules", directory);
  write_file(rules, "alert icmp any any -> any any (msg:\"ping\"; sid:1; priority:1;)\n", 0644);
  values[RULES].text = rules;
  void *detector = create(capture.path, values, &err);
  if (!detector) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(detector);
  double scores[FRAMES];
  CHECK_OK(scores_of(detector, 0, FRAMES, scores, &err), err);
  CU_ASSERT_EQUAL(scores[3], 4);
  CU_ASSERT_EQUAL(scores[2], 0);
  release(detector);
  file_close(&capture);
}

static const check_case cases[] = {
    {"alerts lie on packets", alerts_lie_on_packets},
    {"what is missing is named", what_is_missing_is_named},
    {"a program is run, without a shell", a_program_is_run_without_a_shell},
    {"programs that fail say why", programs_that_fail_say_why},
    {"a program that hangs is ended", a_program_that_hangs_is_ended},
    {"what a kill left is swept", what_a_kill_left_is_swept},
    {"what a kill left is swept", what_a_kill_left_is_swept},
    {"compressed captures, and several link types", compressed_captures_and_other_link_types},
    {"Suricata itself [outside]", the_real_one},
};

int main(void) {
  if (!mkdtemp(directory)) return 2;
  setenv("TMPDIR", directory, 1);
  snprintf(script, sizeof script, "%s/suricata.sh", directory);
  snprintf(saved, sizeof saved, "%s/saved", directory);
  snprintf(expected_eve, sizeof expected_eve, "%s/expected.json", directory);
  write_file(expected_eve, eve_text, 0644);
  int failed = check_main("suricata", cases, sizeof cases / sizeof *cases);
  char command[96];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  return system(command) == 0 ? failed : 2;
}
