/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of attacks. */
#include <stdlib.h>
#include <string.h>

#include <ninetails/labels.h>

/* Bytes of the UTF-8 character at p, 0 when there is none. RFC 3629: no surrogates, nothing longer
 * than need be. */
static size_t character(const unsigned char *p, size_t left) {
  static const struct {
    unsigned char first, last, low, high; /* of the first byte; of the second */
    size_t length;
  } forms[] = {
      {0x20, 0x7e, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
      {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
      {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (*p < forms[i].first || *p > forms[i].last) continue;
    if (forms[i].length > left) return 0;
    if (forms[i].length > 1 && (p[1] < forms[i].low || p[1] > forms[i].high)) return 0;
    if (*p == 0xc2 && p[1] < 0xa0) return 0; /* control characters of ISO 8859 */
    for (size_t k = 2; k < forms[i].length; k++)
      if ((p[k] & 0xc0) != 0x80) return 0;
    return forms[i].length;
  }
  return 0;
}

/* The name as it is kept: characters that may stand in a terminal and in HDF5, "" as one quote. */
static size_t clean(const char *name, size_t length, char *to, size_t most) {
  static const char replacement[] = "\xef\xbf\xbd";
  size_t used = 0;
  for (size_t at = 0; at < length;) {
    size_t n = character((const unsigned char *)name + at, length - at);
    const char *from = n ? name + at : replacement;
    size_t bytes = n ? n : sizeof replacement - 1;
    if (used + bytes > most) return most + 1;
    memcpy(to + used, from, bytes);
    used += bytes;
    at += n ? n : 1;
    if (*from == '"' && at < length && name[at] == '"') at++;
  }
  to[used] = 0;
  return used;
}

static nt_status add_name(nt_labels *labels, const char *name, nt_error *err) {
  if (labels->name_count == NT_MAX_ATTACKS)
    return nt_fail(err, NT_E_LIMIT, "'%.60s' would be the name of attack %d, at most %d expected",
                   name, NT_MAX_ATTACKS + 1, NT_MAX_ATTACKS);
  char **grown = realloc(labels->names, (labels->name_count + 1) * sizeof *grown);
  if (grown) labels->names = grown;
  char *copy = grown ? strdup(name) : NULL;
  if (!copy) return nt_fail(err, NT_E_MEMORY, "out of memory for the name of an attack");
  labels->names[labels->name_count++] = copy;
  return NT_OK;
}

nt_status nt_labels_name(nt_labels *labels, const char *name, size_t length, uint16_t *index,
                         nt_error *err) {
  char kept[NT_MAX_ATTACK_NAME + 1];
  if (length > NT_MAX_ATTACK_NAME ||
      clean(name, length, kept, NT_MAX_ATTACK_NAME) > NT_MAX_ATTACK_NAME)
    return nt_fail(err, NT_E_LIMIT, "the name of an attack has %zu bytes, at most %d expected",
                   length, NT_MAX_ATTACK_NAME);
  if (*index > 0 && *index <= labels->name_count && strcmp(labels->names[*index - 1], kept) == 0)
    return NT_OK;
  for (size_t i = 0; i < labels->name_count; i++) {
    if (strcmp(labels->names[i], kept) != 0) continue;
    *index = (uint16_t)(i + 1);
    return NT_OK;
  }
  nt_status status = add_name(labels, kept, err);
  if (status == NT_OK) *index = (uint16_t)labels->name_count;
  return status;
}
