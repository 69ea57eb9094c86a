/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labels: one byte for each packet, 0 benign, 1 attack, NT_LABEL_EXCLUDED (a packet that a data
 * set's card marks as ambiguous: never scored by a metric, always counted).
 *
 * File formats, seen from the content, any of them compressed as captures are:
 *   one value a line          no header (Kitsune's Mirai)
 *   R's export                header "","x", then "1",0 with a 1-based row name (the other Kitsune
 *                             sets)
 *   packet;label              1-based packet numbers (Modbus CSET'16), with or without a header
 *   packet_number,label       1-based, header (QUT, Westermo); further columns after these two
 *                             are allowed where the header names the second "label" (the
 *                             synthesiser's)
 * A label is 0, 1 or the letter x, excluded: a letter, since 2 may well be a second kind of attack.
 * Numbered formats must count 1..n without gaps; of the formats above only the first has no header
 * at all, in the others it may be missing. A last line may lack its newline.
 */
#ifndef NT_LABELS_H
#define NT_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "../error.h"

#define NT_LABEL_EXCLUDED 2
#define NT_MAX_LABELS ((size_t)1 << 30) /* of a file; more is NT_E_LIMIT */

typedef struct nt_labels {
  size_t count;
  uint8_t *value;     /* count bytes, owned by this struct */
  const char *format; /* static text: which of the formats above */
} nt_labels;

/* Reads a label file. Errors name path, line, value and what was expected. */
nt_status nt_labels_read(const char *path, nt_labels *labels, nt_error *err);
void nt_labels_done(nt_labels *labels);

/* NT_E_INPUT unless there is exactly one label for each packet: "off by one" is the classic mistake
 * here, and is never guessed away. The text names both counts. */
nt_status nt_labels_check_count(const nt_labels *labels, const char *path, size_t packets,
                                nt_error *err);

#endif
