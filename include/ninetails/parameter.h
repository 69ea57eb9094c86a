/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup parameter Parameters
 * Parameters declared as data: what a detector can be told, with type, unit, range and preset. The
 * command line's help, the checks of an experiment script and the columns of a result table are
 * made of the same rows, so they cannot differ.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_PARAMETER_H
#define NINETAILS_PARAMETER_H

#include <stddef.h>

#include <ninetails/api.h>
#include <ninetails/error.h>

NT_BEGIN_DECLS

typedef enum nt_parameter_type {
  NT_PARAMETER_INTEGER, /**< a whole number, exact in a double: at most 2^53 */
  NT_PARAMETER_NUMBER,
  NT_PARAMETER_CHOICE, /**< one of `choices`; its value is the index */
  NT_PARAMETER_TEXT    /**< a path, a column's name */
} nt_parameter_type;

typedef struct nt_parameter {
  const char *name; /**< lower case, words joined by _ */
  nt_parameter_type type;
  const char *unit; /**< "rows", "s", "1"; NULL for choices and texts */
  const char *help; /**< one line, lower case, no final stop */
  double preset;    /**< of a CHOICE the index */
  double least, most;
  int above, below;           /**< 1: `least` (`most`) itself is outside of the range */
  const char *const *choices; /**< NULL-terminated; of a CHOICE only */
  const char *preset_text;    /**< of a TEXT; NULL: none */
} nt_parameter;

/** One value; which member counts is said by the parameter's type. Texts are the caller's. */
typedef struct nt_value {
  double number;
  const char *text; /**< of a TEXT; NULL: not given */
} nt_value;

/** The presets of `count` parameters into values. */
NT_API void nt_parameter_presets(const nt_parameter *parameters, size_t count, nt_value *values);

/** NT_E_ARGUMENT unless the value lies in its parameter's range:
 * "hidden_ratio = 1.5: expected a number more than 0 and at most 1". */
NT_API nt_status nt_parameter_check(const nt_parameter *parameter, const nt_value *value,
                                    nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2);

/** Index of a name, or count. */
NT_API size_t nt_parameter_find(const nt_parameter *parameters, size_t count, const char *name)
    NT_NONNULL(3);

/** The value as text that reads back as the same value ("0.1", "element", "10"), cut to size. */
NT_API void nt_parameter_print(const nt_parameter *parameter, const nt_value *value, char *text,
                               size_t size) NT_NONNULL(1, 2, 3);

NT_END_DECLS
/** @} */
#endif
