/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ground/hasher.h"
#include "check.h"

static nt_hasher *new_hasher(void) {
  nt_error err;
  nt_hasher *h = nt_hasher_new(&err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(h);
  return h;
}

/* FIPS 180-2, appendix B.1 and B.3, and the empty text. */
static void known_texts_have_their_checksums(void) {
  static const struct {
    const char *text;
    size_t times;
    const char *sum;
  } known[] = {{"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
               {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
               {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    char hex[NT_SHA256_TEXT];
    nt_hasher *h = new_hasher();
    for (size_t k = 0; k < known[i].times; k++)
      nt_hasher_put(h, known[i].text, strlen(known[i].text));
    CU_ASSERT_EQUAL(nt_hasher_bytes(h), known[i].times * strlen(known[i].text));
    nt_hasher_end(h, hex);
    CU_ASSERT_STRING_EQUAL(hex, known[i].sum);
    nt_hasher_free(h);
  }
}

/* Pieces of all sizes give the checksum of the whole. */
static void pieces_do_not_matter(void) {
  enum { BYTES = 3000000 };
  static unsigned char bytes[BYTES];
  char whole[NT_SHA256_TEXT], pieces[NT_SHA256_TEXT];
  for (size_t i = 0; i < BYTES; i++) bytes[i] = (unsigned char)(i * i >> 7 ^ i);
  nt_hasher *a = new_hasher(), *b = new_hasher();
  nt_hasher_put(a, bytes, BYTES);
  for (size_t at = 0, piece = 1; at < BYTES; at += piece, piece = piece * 7 % 100003) {
    if (piece > BYTES - at) piece = BYTES - at;
    nt_hasher_put(b, bytes + at, piece);
  }
  nt_hasher_end(a, whole);
  nt_hasher_end(b, pieces);
  CU_ASSERT_STRING_EQUAL(whole, pieces);
  CU_ASSERT_EQUAL(nt_hasher_bytes(b), BYTES);
  CU_ASSERT(nt_hasher_seconds(a) > 0);
  nt_hasher_free(a);
  nt_hasher_free(b);
}

static const check_case cases[] = {
    {"known texts have their checksums", known_texts_have_their_checksums},
    {"pieces do not matter", pieces_do_not_matter},
};
CHECK_MAIN("hasher", cases)
