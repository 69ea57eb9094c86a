/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames (frames.h) through a dissector and its texts, and the conversation of the first flow. */
#include <assert.h>

#include "dissect/conversation.h"
#include "dissect/dissection.h"
#include "frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static nt_status take(void *context, const nt_piece *piece, nt_error *err) {
  volatile uint8_t last = 0;
  (void)err;
  assert(piece->size > 0 && piece->side < 2);
  for (uint64_t i = 0; piece->bytes && i < piece->size; i++) last = piece->bytes[i];
  (void)last;
  ++*(uint64_t *)context;
  return NT_OK;
}

/* Texts contain no raw byte of a packet. */
static void render(const nt_dissection *d) {
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  if (!to) return;
  nt_dissection_json(d, 1, to);
  nt_dissection_text(d, 1, to);
  if (d->transport) nt_hexdump(d->payload, d->payload_captured, 0, 2, to);
  fclose(to);
  for (size_t i = 0; i < size; i++) assert(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
  free(text);
}

static void look_at(const nt_dissection *d) {
  for (uint32_t i = 0; i < d->layers; i++) {
    const nt_dissected *layer = &d->layer[i];
    assert(layer->parent < (int)i && layer->header <= layer->step->captured);
    if (layer->in_frame) assert(layer->offset + layer->header <= d->frame.captured);
  }
  assert(strlen(d->chain) < NT_CHAIN);
  render(d);
}

typedef struct work {
  nt_dissector *dissector;
  nt_dissection *d;
  nt_conversation *conversation; /* the first flow's; NULL before it is known */
  uint64_t pieces, number;
} work;

static void dissect(void *context, const nt_frame *frame) {
  work *w = context;
  nt_error err;
  if (nt_dissect(w->dissector, frame, w->d, &err) != NT_OK) abort();
  look_at(w->d);
  if (!w->conversation && w->d->flow.version) {
    nt_flow_key key = nt_flow_key_of(&w->d->flow);
    w->conversation = nt_conversation_new(&key, &(nt_piece_taker){take, &w->pieces}, &err);
  }
  if (w->conversation && nt_conversation_add(w->conversation, w->d, ++w->number, &err) != NT_OK)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static nt_dissection d;
  nt_error err;
  work w = {.dissector = nt_dissector_new(&err), .d = &d};
  if (!w.dissector) return 0;
  each_frame(data, size, dissect, &w);
  if (w.conversation && nt_conversation_end(w.conversation, &err) != NT_OK) abort();
  nt_conversation_free(w.conversation);
  nt_dissector_free(w.dissector);
  return 0;
}
