/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <stdatomic.h>

#include "check.h"
#include "checksum.h"
#include "hasher.h"

static nt_hasher *new_hasher(int direct) {
  nt_error err;
  nt_hasher *h = nt_hasher_new(direct, &err);
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
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    for (int direct = 0; direct < 2; direct++) {
      char hex[NT_SHA256_TEXT];
      nt_hasher *h = new_hasher(direct);
      for (size_t k = 0; k < known[i].times; k++)
        nt_hasher_put(h, known[i].text, strlen(known[i].text));
      CU_ASSERT_EQUAL(nt_hasher_bytes(h), known[i].times * strlen(known[i].text));
      nt_hasher_end(h, hex);
      CU_ASSERT_STRING_EQUAL(hex, known[i].sum);
      nt_hasher_free(h);
    }
}

/* Three times the room that a hasher has, in pieces of all sizes. */
enum { BYTES = 50000000 };

static void put_pieces(nt_hasher *h, const unsigned char *bytes) {
  for (size_t at = 0, piece = 1; at < BYTES; at += piece, piece = piece * 7 % 1000003) {
    if (piece > BYTES - at) piece = BYTES - at;
    nt_hasher_put(h, bytes + at, piece);
  }
}

typedef struct helper {
  nt_hasher *hasher;
  atomic_int stop;
} helper;

static void *help(void *context) {
  helper *one = context;
  while (!atomic_load(&one->stop)) nt_hasher_work(one->hasher);
  return NULL;
}

/* Whoever does the work, alone or two beside the one who puts: the same checksum. */
static void checksum_does_not_depend_on_who_works(void) {
  char path[] = "/tmp/ninetails-hasher-XXXXXX", expected[NT_CHECKSUM_TEXT], hex[NT_SHA256_TEXT];
  nt_error err;
  unsigned char *bytes = malloc(BYTES);
  CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
  for (size_t i = 0; i < BYTES; i++) bytes[i] = (unsigned char)(i * i >> 7 ^ i);
  int fd = mkstemp(path);
  CU_ASSERT_EQUAL(write(fd, bytes, BYTES), BYTES);
  close(fd);
  CHECK_OK(nt_checksum_file(path, "sha256", 0, expected, NULL, &err), err);
  unlink(path);
  for (int helpers = 0; helpers <= 2; helpers++) {
    helper one = {.hasher = new_hasher(0)};
    pthread_t threads[2];
    for (int i = 0; i < helpers; i++) pthread_create(&threads[i], NULL, help, &one);
    put_pieces(one.hasher, bytes);
    atomic_store(&one.stop, 1);
    for (int i = 0; i < helpers; i++) pthread_join(threads[i], NULL);
    nt_hasher_end(one.hasher, hex);
    CU_ASSERT_STRING_EQUAL(hex, expected);
    nt_hasher_free(one.hasher);
  }
  free(bytes);
}

static const check_case cases[] = {
    {"known texts have their checksums", known_texts_have_their_checksums},
    {"the checksum does not depend on who works", checksum_does_not_depend_on_who_works},
};
CHECK_MAIN("hasher", cases)
