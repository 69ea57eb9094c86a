/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of packet records. An accepted line has only values that its fields can hold, and is
 * accepted again in a file of its own. */
#include <assert.h>

#include <ninetails/capture.h>

#include "capture/tsv.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const nt_packet *p) {
  assert(p->time > -1e308 && p->time < 1e308);
  assert((p->present & NT_HAS_TCP) || (!p->tcp_src && !p->tcp_dst));
  assert((p->present & NT_HAS_ARP_OPCODE) || !p->arp_opcode);
}

/* Occurrences after the first are not parsed, so any byte may be in them; but a file
 * with such bytes is no text. */
static int is_one_text_line(const char *text, size_t size) {
  for (size_t i = 0; i < size; i++)
    if ((unsigned char)text[i] < ' ' && text[i] != '\t') return 0;
  return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1); /* the reader needs exactly one byte behind the end */
  memcpy(text, data, size);
  text[size] = '\n';
  nt_packet packet;
  nt_error err = {0};
  nt_line line = {text, size, 1};
  int timed;
  int accepted = is_one_text_line(text, size) && nt_tsv_read(&line, &packet, &timed, &err) == NT_OK;
  if (accepted) check(&packet);
  nt_tsv_is_header(&line);
  nt_tsv_check_header(&line, &err);

  file f = file_of(text, size + 1);
  nt_capture *c = nt_capture_open(f.path, &err);
  int is_tsv = c && nt_capture_format_of(c) == NT_FORMAT_TSV;
  assert(!accepted || is_tsv);
  for (size_t got = 1; is_tsv && got;) {
    nt_status status = nt_capture_read(c, &packet, 1, &got, &err);
    assert(status == NT_OK || !got);
    if (got) check(&packet);
  }
  nt_capture_close(c);
  file_close(&f);
  free(text);
  return 0;
}
