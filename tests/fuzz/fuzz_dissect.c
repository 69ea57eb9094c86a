/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer target: frames through a dissector, its texts, and the conversation of the first flow. The
 * input is that of fuzz_decoder: link type, check sequence, then frames of a byte for the captured
 * length, one for what the snapshot cut off, and the bytes.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/conversation.h"
#include "dissect/dissection.h"

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

/* Texts hold no byte of a packet as it is. */
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static nt_dissection d;
  nt_error err;
  nt_dissector *dissector = size >= 3 ? nt_dissector_new(&err) : NULL;
  nt_conversation *conversation = NULL;
  uint64_t pieces = 0, number = 0;
  if (!dissector) return 0;
  nt_frame frame = {.link_type = (uint32_t)(data[0] << 8 | data[1]) % 300,
                    .fcs_length = data[2] % 8};
  for (size_t at = 3; at + 2 <= size;) {
    frame.captured = data[at];
    if (frame.captured > size - at - 2) frame.captured = (uint32_t)(size - at - 2);
    frame.length = frame.captured + 8u * data[at + 1];
    uint8_t *copy = malloc(frame.captured ? frame.captured : 1); /* its end is watched */
    if (!copy) break;
    memcpy(copy, data + at + 2, frame.captured);
    frame.data = copy;
    if (nt_dissect(dissector, &frame, &d, &err) != NT_OK) abort();
    look_at(&d);
    if (!conversation && d.flow.version) {
      nt_flow_key key = nt_flow_key_of(&d.flow);
      conversation = nt_conversation_new(&key, &(nt_piece_taker){take, &pieces}, &err);
    }
    if (conversation && nt_conversation_add(conversation, &d, ++number, &err) != NT_OK) abort();
    free(copy);
    frame.seconds++;
    at += 2 + frame.captured;
  }
  if (conversation && nt_conversation_end(conversation, &err) != NT_OK) abort();
  nt_conversation_free(conversation);
  nt_dissector_free(dissector);
  return 0;
}
