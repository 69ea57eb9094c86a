/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the capture that is inspected: packets come in order, each with its bytes; the words
 * about their features contain no control characters and stay within their buffer. */
#include <assert.h>
#include <ctype.h>

#include "explain/evidence.h"
#include "extractor/meaning.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS = 96 };

typedef struct seen {
  uint64_t next;
  size_t count;
} seen;

static void must_be_plain(const char *text) {
  for (const char *p = text; *p; p++) assert(isprint((unsigned char)*p));
}

static nt_status look(void *context, const nt_evidence *e, nt_error *err) {
  seen *s = context;
  nt_identity id;
  volatile uint8_t last;
  (void)err;
  assert(e->number >= s->next);
  s->next = e->number + 1;
  s->count++;
  for (uint32_t k = 0; e->frame && k < e->frame->captured; k++) last = e->frame->data[k];
  (void)last;
  must_be_plain(e->chain);
  nt_identity_of(e->packet, &id);
  for (size_t i = 0; i < nt_profile_width(NT_PROFILE_CSV115); i += 7) {
    char words[WORDS + 1];
    words[WORDS] = 'x';
    nt_feature_words(NT_PROFILE_CSV115, i, &id, words, WORDS);
    assert(words[WORDS] == 'x' && strlen(words) < WORDS);
    must_be_plain(words);
  }
  return NT_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const uint64_t numbers[] = {0, 1, 1, 2, 5, 7};
  file f = file_of(data, size);
  for (size_t count = 0; count <= sizeof numbers / sizeof *numbers; count++) {
    seen s = {0};
    nt_error err = {0};
    nt_status status = nt_evidence_read(f.path, numbers, count, look, &s, NULL, &err);
    assert(status != NT_OK || s.count == count - (count > 2));
    assert(status == NT_OK || err.text[0]);
  }
  file_close(&f);
  return 0;
}
