/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of a scenario with their blanks filled in, and damaged on purpose where a fuzzer sends
 * them. */
#ifndef NT_SYNTHESISER_TEXT_H
#define NT_SYNTHESISER_TEXT_H

#include "engine.h"

typedef struct nt_blanks {
  const nt_host *client, *server;
  uint64_t body;   /* %{body}: bytes of the body that follows */
  uint64_t number; /* %{n}: counts the client's messages of a session */
  uint32_t token;  /* %{token}: 8 hexadecimal digits that stay the same in a session */
} nt_blanks;

/* Expands %{body}, %{n}, %{token}, %{client}, %{server} (addresses), %{random} (8 fresh hexadecimal
 * digits), %{digit} into out; cut at `room`. Returns the bytes written. */
uint32_t nt_text_expand(const nt_setting *text, const nt_blanks *blanks, nt_chance *chance,
                        uint8_t *out, uint32_t room);

/* NT_E_ARGUMENT for a blank that nt_text_expand does not know, or a text longer than `room`. */
nt_status nt_text_check(const nt_text_list *texts, const char *what, uint32_t room, nt_error *err);

/* What a mutational fuzzer does to a request: flipped bits, bytes out of range, cut, repeated and
 * overlong parts, format strings and path climbing. Returns the new length, at most room. */
uint32_t nt_text_mutate(uint8_t *text, uint32_t length, uint32_t room, nt_chance *chance);

/* A pool of readable text. */
void nt_text_fill(nt_chance *chance, uint8_t *out, size_t count);

#endif
