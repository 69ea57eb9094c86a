/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup labels Labels
 * Labels: one byte for each packet, 0 benign, 1 attack, NT_LABEL_EXCLUDED (a packet that a data
 * set's card marks as ambiguous: never scored by a metric, always counted). An attack packet may
 * have the name of its attack beside.
 *
 * File formats, seen from the content, any of them compressed as captures are, UTF-8 with or
 * without a byte order mark:
 *   one value a line          with or without a header
 *   an index and a value      separated by comma, semicolon or tab (two numbers: by spaces, too),
 *                             with or without a header: R's export ("","x"), packet;label (Modbus
 *                             CSET'16), packet_number,label (QUT, Westermo, the synthesiser)
 *   a table                   with a header that calls one column "label" (or class, target,
 *                             is_attack; column_role.h), wherever it stands. A column "attack",
 *                             "attack_cat", "type", "activity", ... then names the attacks
 * An index counts the packets from 1 or from 0, as its first row does, without gaps. A value is
 *   0 or 1                    however written (0.0, 1.000e+00), or False and True
 *   a name                    benign, normal or legitimate: benign; any other is an attack's
 *   x                         excluded: a letter, since 2 may well be a second kind of attack
 * in quotes or not; a file holds numbers or names, never both. A last line may lack its newline.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_LABELS_H
#define NINETAILS_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

NT_BEGIN_DECLS

#define NT_LABEL_EXCLUDED 2             /**< neither benign nor an attack */
#define NT_MAX_LABELS ((size_t)1 << 30) /**< of a file; more is NT_E_LIMIT */
#define NT_MAX_ATTACKS 1000             /**< names; more is NT_E_LIMIT */
#define NT_MAX_ATTACK_NAME 255          /**< bytes of a name; more is NT_E_LIMIT */

/** The labels of a capture. */
typedef struct nt_labels {
  size_t count;     /**< labels, one a packet */
  uint8_t *value;   /**< count bytes, owned by this struct */
  uint16_t *attack; /**< count of them: which of `names`, from 1; 0: not an attack with a name. NULL
                       where there are no names. Only where value is 1 */
  size_t name_count;   /**< names of attacks, in the order of their first packet */
  char **names;        /**< without control characters; what is no UTF-8 is replaced by U+FFFD */
  const char *format;  /**< static text: which of the formats above */
  char note[256];      /**< what was concluded: a header, packet numbers from 0; "": nothing */
  char first_line[32]; /**< the first line, where it was read as a value but might be a header; "":
                          there was no doubt */
} nt_labels;

/** Reads a label file. Errors name path, line, value and what was expected. */
NT_API nt_status nt_labels_read(const char *path, nt_labels *labels, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(1, 2);
/** Frees the arrays. */
NT_API void nt_labels_done(nt_labels *labels);

/** NT_E_INPUT unless there is exactly one label for each packet: "off by one" is the
 * classic mistake here, and is never guessed away. The text names both counts, and a
 * header that is one too many. */
NT_API nt_status nt_labels_check_count(const nt_labels *labels, const char *path, size_t packets,
                                       nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2);

/** The index (from 1) of a name of `length` bytes, which is added where it is new. NT_E_LIMIT: too
 * long, or too many. O(names), O(1) for the name that was asked for last (*index, if it is one). */
NT_API nt_status nt_labels_name(nt_labels *labels, const char *name, size_t length, uint16_t *index,
                                nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2, 4);

NT_END_DECLS
/** @} */
#endif
