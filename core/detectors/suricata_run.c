/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "suricata_run.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <ninetails/capture.h>

#include "ground/cancel.h"
#include "ground/process.h"
#include "ground/team.h"
#include "ground/temporary.h"

typedef struct place { /* the directory, and what is in it */
  char *directory;
  int held;
  char frames[1152], output[1152], eve[1152];
} place;

/* ---------------------------------------------------------------- the directory */

static nt_status make_place(place *p, nt_error *err) {
  const char *root = getenv("TMPDIR");
  if (!root || !*root) root = "/tmp";
  char path[1024];
  if (snprintf(path, sizeof path, "%s/ninetails-suricata", root) >= (int)sizeof path)
    return nt_fail(err, NT_E_ARGUMENT, "TMPDIR: a path of more than 1000 bytes");
  nt_temporary_sweep_of(path); /* what killed processes left */
  p->directory = nt_temporary_create_folder(path, &p->held, err);
  if (!p->directory) return err->status;
  snprintf(p->frames, sizeof p->frames, "%s/frames.pcap", p->directory);
  snprintf(p->output, sizeof p->output, "%s/output", p->directory);
  snprintf(p->eve, sizeof p->eve, "%s/eve.json", p->directory);
  return NT_OK;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk) {
  (void)status, (void)kind, (void)walk;
  remove(path);
  return 0;
}

static void remove_place(place *p) {
  nftw(p->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  nt_temporary_release(&p->held);
  free(p->directory);
}

/* ---------------------------------------------------------------- the frames, as pcap */

static int put(FILE *file, const uint32_t *words, size_t count) {
  return fwrite(words, sizeof *words, count, file) == count;
}

static int put_frame(FILE *file, const nt_frame *f, int first) {
  enum { NANOSECONDS = 0xa1b23c4d, VERSION = 2 | 4 << 16, SNAPLEN = 262144 };
  const uint32_t header[] = {NANOSECONDS, VERSION, 0, 0, SNAPLEN, f->link_type};
  const uint32_t record[] = {(uint32_t)f->seconds, f->nanoseconds, f->captured, f->length};
  return (!first || put(file, header, 6)) && put(file, record, 4) &&
         fwrite(f->data, 1, f->captured, file) == f->captured;
}

static nt_status copy_frames(nt_capture *capture, FILE *file, const char *path, nt_error *err) {
  nt_frame frame;
  uint32_t link_type = 0;
  for (uint64_t n = 0;; n++) {
    int got;
    nt_status status = nt_cancel_look(err);
    if (status == NT_OK) status = nt_capture_next_frame(capture, &frame, &got, err);
    if (status != NT_OK || !got) return status;
    if (n == 0) link_type = frame.link_type;
    if (frame.link_type != link_type)
      return nt_fail(err, NT_E_ARGUMENT,
                     "packet %llu has link type %u, those before it %u: Suricata takes one",
                     (unsigned long long)n, frame.link_type, link_type);
    if (!put_frame(file, &frame, n == 0))
      return nt_fail(err, NT_E_IO, "%s: %s", path, strerror(errno));
  }
}

static nt_status write_frames(const char *path, const char *to, nt_error *err) {
  nt_capture *capture = nt_capture_open(path, err);
  if (!capture) return err->status;
  nt_capture_format format = nt_capture_format_of(capture);
  nt_status status = NT_OK;
  FILE *file = NULL;
  if (format != NT_FORMAT_PCAP && format != NT_FORMAT_PCAPNG)
    status = nt_fail(err, NT_E_ARGUMENT,
                     "%s: Suricata needs frames, and %s has none: expected pcap or pcapng, or the "
                     "parameter eve",
                     path, nt_capture_format_name(format));
  else if (!(file = fopen(to, "wbe")))
    status = nt_fail(err, NT_E_IO, "%s: %s", to, strerror(errno));
  if (status == NT_OK) status = copy_frames(capture, file, to, err);
  if (file && fclose(file) != 0 && status == NT_OK)
    status = nt_fail(err, NT_E_IO, "%s: %s", to, strerror(errno));
  nt_capture_close(capture);
  return status;
}

/* ---------------------------------------------------------------- the process */

/* Both outputs in one file. Returns an errno. */
static int start(const nt_suricata_command *command, const place *p, pid_t *pid) {
  const char *arguments[] = {command->program, "-r",        p->frames, "-l", p->directory,   "-k",
                             "none",           "--runmode", "single",  "-S", command->rules, NULL};
  if (!command->rules) arguments[9] = NULL;
  int output = open(p->output, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (output < 0) return errno;
  nt_process suricata = {.words = arguments,
                         .environment = (const char *const *)environ,
                         .input = NT_PROCESS_EMPTY,
                         .out = output,
                         .errors = output};
  int code = nt_process_start(&suricata, pid);
  close(output);
  return code;
}

/* 1 with the process's status; 0 after `seconds` or when cancelled, with the process killed. */
static int wait_for(pid_t pid, double seconds, int *status) {
  double end = nt_seconds() + seconds;
  struct timespec pause = {.tv_nsec = 1000000};
  for (;;) {
    pid_t done = waitpid(pid, status, WNOHANG);
    if (done == pid) return 1;
    if (done < 0 && errno != EINTR) return *status = 0, 1; /* somebody else took the status */
    if (nt_seconds() >= end || nt_flag_get(&nt_cancelled)) break;
    nanosleep(&pause, NULL);
    if (pause.tv_nsec < 50000000) pause.tv_nsec *= 2;
  }
  nt_process_kill(pid, status);
  return 0;
}

/* The end of what the process printed, in one line. */
static void last_words(const char *path, char *text, size_t size) {
  FILE *file = fopen(path, "rbe");
  size_t got = 0;
  if (file) {
    if (fseek(file, -(long)(size - 1), SEEK_END) != 0) rewind(file);
    got = fread(text, 1, size - 1, file);
    fclose(file);
  }
  while (got > 0 && text[got - 1] == '\n') got--;
  for (size_t i = 0; i < got; i++)
    if ((unsigned char)text[i] < ' ' || text[i] == 127) text[i] = ' ';
  text[got] = '\0';
}

static nt_status run(const nt_suricata_command *command, const place *p, nt_error *err) {
  pid_t pid;
  int status, code = start(command, p, &pid);
  if (code == ENOENT)
    return nt_fail(err, NT_E_IO,
                   "'%s' is not installed: expected Suricata, its path as the parameter program, "
                   "or an eve.json that it wrote for this capture as the parameter eve",
                   command->program);
  if (code != 0)
    return nt_fail(err, NT_E_IO, "'%s' cannot be started: %s", command->program, strerror(code));
  if (!wait_for(pid, command->seconds, &status))
    return nt_cancel_look(err) != NT_OK
               ? NT_E_STATE
               : nt_fail(err, NT_E_IO, "'%s' was killed after %g s: the parameter seconds",
                         command->program, command->seconds);
  char words[300];
  last_words(p->output, words, sizeof words);
  if (WIFSIGNALED(status))
    return nt_fail(err, NT_E_IO, "'%s' was ended by signal %d: %s", command->program,
                   WTERMSIG(status), words);
  if (WEXITSTATUS(status) != 0)
    return nt_fail(err, NT_E_IO, "'%s' ended with code %d: %s", command->program,
                   WEXITSTATUS(status), words);
  if (access(p->eve, R_OK) != 0)
    return nt_fail(err, NT_E_IO, "'%s' wrote no eve.json (is eve-log enabled?): %s",
                   command->program, words);
  return NT_OK;
}

nt_eve *nt_suricata_run(const nt_suricata_command *command, const char *capture, nt_error *err) {
  nt_error own;
  place p;
  if (!err) err = &own;
  if (make_place(&p, err) != NT_OK) return NULL;
  nt_eve *eve = NULL;
  nt_status status = write_frames(capture, p.frames, err);
  if (status == NT_OK) status = run(command, &p, err);
  if (status == NT_OK) eve = nt_eve_read(p.eve, err);
  remove_place(&p);
  return eve;
}
