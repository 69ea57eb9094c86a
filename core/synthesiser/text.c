/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text.h"

#include <stdio.h>
#include <string.h>

static const char *const blank_names[] = {"body",   "n",      "token", "client",
                                          "server", "random", "digit", NULL};
enum { BODY, NUMBER, TOKEN, CLIENT, SERVER, RANDOM, DIGIT, UNKNOWN };

/* The blank that starts at p ("%{name}"); *length of it all. UNKNOWN where there is none. */
static int blank_at(const char *p, size_t rest, size_t *length) {
  if (rest < 4 || p[0] != '%' || p[1] != '{') return UNKNOWN;
  for (int i = 0; blank_names[i]; i++) {
    size_t n = strlen(blank_names[i]);
    if (rest >= n + 3 && !memcmp(p + 2, blank_names[i], n) && p[n + 2] == '}') {
      *length = n + 3;
      return i;
    }
  }
  return UNKNOWN;
}

static int write_blank(int which, const nt_blanks *b, nt_chance *chance, char out[24]) {
  const nt_host *host = which == CLIENT ? b->client : b->server;
  switch (which) {
  case BODY:
    return snprintf(out, 24, "%llu", (unsigned long long)b->body);
  case NUMBER:
    return snprintf(out, 24, "%llu", (unsigned long long)b->number);
  case TOKEN:
    return snprintf(out, 24, "%08x", (unsigned)b->token);
  case RANDOM:
    return snprintf(out, 24, "%08x", (unsigned)(nt_chance_next(chance) >> 32));
  case DIGIT:
    return snprintf(out, 24, "%u", (unsigned)nt_chance_below(chance, 10));
  default:
    return snprintf(out, 24, "%u.%u.%u.%u", host->ip[0], host->ip[1], host->ip[2], host->ip[3]);
  }
}

uint32_t nt_text_expand(const nt_setting *text, const nt_blanks *blanks, nt_chance *chance,
                        uint8_t *out, uint32_t room) {
  uint32_t used = 0;
  for (size_t i = 0; i < text->length && used < room;) {
    size_t length = 0;
    int which = blank_at(text->text + i, text->length - i, &length);
    if (which == UNKNOWN) {
      out[used++] = (uint8_t)text->text[i++];
      continue;
    }
    char value[24];
    uint32_t n = (uint32_t)write_blank(which, blanks, chance, value);
    if (n > room - used) n = room - used;
    memcpy(out + used, value, n);
    used += n;
    i += length;
  }
  return used;
}

nt_status nt_text_check(const nt_text_list *texts, const char *what, uint32_t room, nt_error *err) {
  for (size_t t = 0; t < texts->count; t++) {
    const nt_setting *text = texts->items[t];
    if (text->length > room)
      return nt_fail(err, NT_E_ARGUMENT, "%s: a text has %zu bytes, at most %u fit", what,
                     text->length, room);
    for (size_t i = 0, length; i + 1 < text->length; i++)
      if (text->text[i] == '%' && text->text[i + 1] == '{' &&
          blank_at(text->text + i, text->length - i, &length) == UNKNOWN)
        return nt_fail(err, NT_E_ARGUMENT,
                       "%s: unknown blank %.16s (known: %%{body} %%{n} %%{token} %%{client} "
                       "%%{server} %%{random} %%{digit})",
                       what, text->text + i);
  }
  return NT_OK;
}

static const char *const pests[] = {"%n%n%n%n%s%s%s",
                                    "../../../../etc/passwd",
                                    "';--",
                                    "\x01\x02\x03\x7f\x80\xff",
                                    "$(reboot)",
                                    "AAAAAAAAAAAAAAAA",
                                    "-1",
                                    "4294967296",
                                    "%00"};

static uint32_t insert(uint8_t *text, uint32_t length, uint32_t room, uint32_t at,
                       const uint8_t *what, uint32_t count) {
  if (count > room - length) count = room - length;
  memmove(text + at + count, text + at, length - at);
  memcpy(text + at, what, count);
  return length + count;
}

uint32_t nt_text_mutate(uint8_t *text, uint32_t length, uint32_t room, nt_chance *chance) {
  for (uint32_t rounds = 1 + nt_chance_below(chance, 4); rounds && length; rounds--) {
    uint32_t at = nt_chance_below(chance, length);
    uint8_t run[512];
    const char *pest;
    switch (nt_chance_below(chance, 5)) {
    case 0:
      text[at] ^= (uint8_t)(1u << nt_chance_below(chance, 8));
      break;
    case 1:
      text[at] = (uint8_t)nt_chance_next(chance);
      break;
    case 2:
      if (at > 8) length = at;
      break;
    case 3:
      memset(run, (int)nt_chance_between(chance, 32, 126), sizeof run);
      length = insert(text, length, room, at, run, nt_chance_between(chance, 16, sizeof run));
      break;
    default:
      pest = pests[nt_chance_below(chance, sizeof pests / sizeof *pests)];
      length = insert(text, length, room, at, (const uint8_t *)pest, (uint32_t)strlen(pest));
    }
  }
  return length;
}

void nt_text_fill(nt_chance *chance, uint8_t *out, size_t count) {
  static const char letters[] = "etaoinshrdlucmfwypvbgkjqxz"; /* by frequency in English text */
  size_t word = 0;
  for (size_t i = 0; i < count; i++) {
    if (!word--) {
      word = nt_chance_between(chance, 2, 9);
      out[i] = nt_chance_below(chance, 12) ? ' ' : '\n';
    } else { /* the smaller of two: frequent letters more often */
      uint32_t a = nt_chance_below(chance, 26), b = nt_chance_below(chance, 26);
      out[i] = (uint8_t)letters[a < b ? a : b];
    }
  }
}
