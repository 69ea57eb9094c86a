/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reassembly of fragments: against a plain model, and within bounds. */
#include "capture/reassembly.h"
#include "check.h"
#include "noise.h"

static uint32_t below(uint64_t *state, uint32_t bound) {
  return (uint32_t)(bound * noise(state));
}

/* ---------------------------------------------------------------- the model */

/* Fragments in order of arrival. Each byte is that of the fragment that begins first, among equals
 * of the one that came first. */
enum { LONGEST = 96, MOST = 64 };
typedef struct model {
  struct {
    uint32_t offset, length;
    uint8_t bytes[LONGEST];
  } fragments[MOST];
  uint32_t count, end;
  bool end_known;
} model;

/* Adds a fragment; true if it completes the datagram, whose bytes are then `whole`. */
static bool model_add(model *m, const nt_fragment *f, uint8_t *whole) {
  m->fragments[m->count].offset = f->offset;
  m->fragments[m->count].length = f->length;
  memcpy(m->fragments[m->count++].bytes, f->data, f->length);
  if (!f->more && !m->end_known) {
    m->end = f->offset + f->length;
    m->end_known = true;
  }
  if (!m->end_known) return false;
  for (uint32_t at = 0; at < m->end; at++) {
    int best = -1;
    for (uint32_t i = 0; i < m->count; i++) {
      uint32_t from = m->fragments[i].offset;
      if (at < from || at >= from + m->fragments[i].length) continue;
      if (best < 0 || from < m->fragments[best].offset) best = (int)i;
    }
    if (best < 0) return false;
    whole[at] = m->fragments[best].bytes[at - m->fragments[best].offset];
  }
  return true;
}

static void fragments_are_put_together_as_in_the_model(void) {
  uint64_t state = 3;
  nt_reassembly *r = nt_reassembly_new();
  CU_ASSERT_PTR_NOT_NULL_FATAL(r);
  int completed = 0, wrong = 0;
  for (uint32_t id = 0; id < 4000; id++) {
    nt_fragment_key key = {.id = id, .version = 4};
    model m = {0};
    bool complete = false;
    while (!complete && m.count < MOST) {
      uint8_t bytes[LONGEST], expected[2 * LONGEST];
      uint32_t offset = 8 * below(&state, 9), length = 1 + below(&state, 40);
      if (noise(&state) < 0.7) length = 8 * (1 + length / 8);
      for (uint32_t i = 0; i < length; i++) bytes[i] = (uint8_t)below(&state, 256);
      nt_fragment f = {bytes, offset, length, noise(&state) < 0.8, false};
      const uint8_t *whole;
      uint32_t got;
      complete = model_add(&m, &f, expected);
      CU_ASSERT_EQUAL(nt_reassembly_add(r, &key, &f, &whole, &got), NT_OK);
      wrong += complete != (whole != NULL);
      if (complete && whole) wrong += got != m.end || memcmp(whole, expected, got) != 0;
      wrong += nt_reassembly_waits(r, &key) == complete;
      nt_reassembly_release(r);
    }
    completed += complete;
  }
  CU_ASSERT_EQUAL(wrong, 0);
  CU_ASSERT(completed > 3000);
  nt_reassembly_free(r);
}

/* ---------------------------------------------------------------- identities */

static const uint8_t text[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/* Adds bytes [from, to) of the text; the datagram if it is complete. */
static const uint8_t *add_text(nt_reassembly *r, const nt_fragment_key *key, uint32_t from,
                               uint32_t to, bool more) {
  nt_fragment f = {text + from, from, to - from, more, false};
  const uint8_t *whole;
  uint32_t length;
  CU_ASSERT_EQUAL(nt_reassembly_add(r, key, &f, &whole, &length), NT_OK);
  if (whole) CU_ASSERT(memcmp(whole, text, length) == 0);
  return whole;
}

static void every_part_of_the_key_counts(void) {
  nt_reassembly *r = nt_reassembly_new();
  nt_fragment_key key = {.id = 1, .version = 4};
  CU_ASSERT_PTR_NULL(add_text(r, &key, 0, 8, true));
  nt_fragment_key others[] = {key, key, key, key};
  others[0].id = 2;
  others[1].version = 6;
  others[2].src[15] = 1;
  others[3].dst[0] = 1;
  for (int i = 0; i < 4; i++) CU_ASSERT_PTR_NULL(add_text(r, &others[i], 8, 36, false));
  CU_ASSERT_PTR_NOT_NULL(add_text(r, &key, 8, 36, false));
  for (int i = 0; i < 4; i++) CU_ASSERT_PTR_NOT_NULL(add_text(r, &others[i], 0, 8, true));
  CU_ASSERT_EQUAL(nt_reassembly_bytes(r), 0); /* all memory is released */
  nt_reassembly_free(r);
}

static void a_beginning_without_bytes_waits_for_them(void) {
  nt_reassembly *r = nt_reassembly_new();
  nt_fragment_key key = {.id = 1, .version = 6};
  nt_fragment missing = {NULL, 8, 28, false, false};
  const uint8_t *whole;
  uint32_t length;
  CU_ASSERT_EQUAL(nt_reassembly_add(r, &key, &missing, &whole, &length), NT_OK);
  CU_ASSERT_PTR_NULL(whole);
  CU_ASSERT(nt_reassembly_waits(r, &key));
  CU_ASSERT_PTR_NULL(add_text(r, &key, 0, 8, true));
  CU_ASSERT_PTR_NOT_NULL(add_text(r, &key, 8, 36, true)); /* the end is known already */
  nt_reassembly_free(r);
}

/* IEEE 802.11 counts fragments; one may be empty. */
static void numbered_fragments_are_joined(void) {
  nt_reassembly *r = nt_reassembly_new();
  nt_fragment_key key = {.id = 9, .version = NT_IEEE80211};
  static const nt_fragment fragments[] = {{text + 10, 1, 7, true, true},
                                          {text, 0, 10, true, true},
                                          {text + 3, 1, 20, true, true}, /* a duplicate, ignored */
                                          {text + 17, 3, 19, false, true},
                                          {text, 2, 0, true, true}};
  const uint8_t *whole = NULL;
  uint32_t length = 0;
  for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++) {
    CU_ASSERT_PTR_NULL(whole);
    CU_ASSERT_EQUAL(nt_reassembly_add(r, &key, &fragments[i], &whole, &length), NT_OK);
  }
  CU_ASSERT_PTR_NOT_NULL_FATAL(whole);
  CU_ASSERT_EQUAL(length, 36);
  CU_ASSERT(memcmp(whole, text, 36) == 0);
  nt_reassembly_free(r);
}

/* ---------------------------------------------------------------- bounds */

/* The largest datagram in the smallest fragments, the last one first. */
static void many_small_fragments_make_a_large_datagram(void) {
  enum { SIZE = 65528 };
  static uint8_t bytes[SIZE];
  uint64_t state = 4;
  for (int i = 0; i < SIZE; i++) bytes[i] = (uint8_t)below(&state, 256);
  nt_reassembly *r = nt_reassembly_new();
  nt_fragment_key key = {.id = 1, .version = 4};
  const uint8_t *whole = NULL;
  uint32_t length = 0;
  for (uint32_t offset = SIZE; offset > 0;) {
    CU_ASSERT_PTR_NULL(whole);
    nt_fragment f = {bytes + offset - 8, offset - 8, 8, offset < SIZE, false};
    CU_ASSERT_EQUAL(nt_reassembly_add(r, &key, &f, &whole, &length), NT_OK);
    offset -= 8;
  }
  CU_ASSERT_PTR_NOT_NULL_FATAL(whole);
  CU_ASSERT_EQUAL(length, SIZE);
  CU_ASSERT(memcmp(whole, bytes, SIZE) == 0);
  nt_reassembly_free(r);
}

static void the_oldest_datagram_goes_first(void) {
  enum { SIZE = 60000, COUNT = 3000 }; /* 180 MB */
  static const uint8_t bytes[SIZE];
  nt_reassembly *r = nt_reassembly_new();
  size_t most = 0;
  nt_fragment_key key = {.version = 4};
  const uint8_t *whole;
  uint32_t length;
  for (key.id = 0; key.id < COUNT; key.id++) {
    nt_fragment f = {bytes, 0, SIZE, true, false};
    CU_ASSERT_EQUAL(nt_reassembly_add(r, &key, &f, &whole, &length), NT_OK);
    if (nt_reassembly_bytes(r) > most) most = nt_reassembly_bytes(r);
  }
  CU_ASSERT(most <= NT_DECODER_MAX_BYTES);
  CU_ASSERT(most > NT_DECODER_MAX_BYTES - 2 * SIZE);
  bool waits = false;
  uint32_t kept = 0;
  for (key.id = 0; key.id < COUNT; key.id++) {
    bool here = nt_reassembly_waits(r, &key);
    CU_ASSERT(here || !waits); /* the kept datagrams are the newest, without a gap */
    waits = here;
    kept += here;
  }
  CU_ASSERT(kept > NT_DECODER_MAX_BYTES / SIZE - 10 && kept < NT_DECODER_MAX_BYTES / SIZE + 1);
  nt_reassembly_free(r);
}

/* One datagram that never completes, of fragments that grow: each is stored in its own memory. */
static void one_datagram_cannot_pass_the_bound(void) {
  enum { SIZE = 65000 };
  static const uint8_t bytes[SIZE];
  nt_reassembly *r = nt_reassembly_new();
  nt_fragment_key key = {.id = 1, .version = 4};
  size_t most = 0;
  const uint8_t *whole;
  uint32_t length;
  for (uint32_t i = 0; i < 8000; i++) {
    nt_fragment f = {bytes, 8 * (1 + i % 4), 30000 + i, true, false};
    CU_ASSERT_EQUAL(nt_reassembly_add(r, &key, &f, &whole, &length), NT_OK);
    if (nt_reassembly_bytes(r) > most) most = nt_reassembly_bytes(r);
  }
  CU_ASSERT(most <= NT_DECODER_MAX_BYTES);
  nt_reassembly_free(r);
}

static const check_case cases[] = {
    {"fragments are put together as in the model", fragments_are_put_together_as_in_the_model},
    {"every part of the key counts", every_part_of_the_key_counts},
    {"a beginning without bytes waits for them", a_beginning_without_bytes_waits_for_them},
    {"numbered fragments are joined", numbered_fragments_are_joined},
    {"many small fragments make a large datagram", many_small_fragments_make_a_large_datagram},
    {"the oldest datagram goes first", the_oldest_datagram_goes_first},
    {"one datagram cannot pass the bound", one_datagram_cannot_pass_the_bound},
};

CHECK_MAIN("reassembly", cases)
