/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup parameter Parameters
 * Parameters declared as data: the settings of detectors, metrics, runs and behaviours of the
 * synthesiser, with type, unit, range and preset. Checks, the command line with its help, values of
 * scripts and scenarios, keys of the cache, columns of results and reference pages are made of the
 * same rows: a row that is added to a table is in all of them.
 *
 * Values lie in an array of nt_value, one for each row (detectors, whose parameters are theirs), or
 * in a struct of options whose members the rows name (NT_PARAMETER_OF).
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_PARAMETER_H
#define NINETAILS_PARAMETER_H

#include <stddef.h>

#include <ninetails/error.h>

NT_BEGIN_DECLS

/** What values a parameter has. */
typedef enum nt_parameter_type {
  NT_PARAMETER_INTEGER, /**< a whole number, exact in a double: at most 2^53 */
  NT_PARAMETER_NUMBER,
  NT_PARAMETER_CHOICE,  /**< one of `choices`; its value is the index */
  NT_PARAMETER_TEXT,    /**< a path, a column's name */
  NT_PARAMETER_FLAG,    /**< 0 or 1 */
  NT_PARAMETER_COMPOUND /**< more than one number or text, read by its room, as `form` says */
} nt_parameter_type;

/** A parameter. */
typedef struct nt_parameter {
  const char *name;           /**< lower case, words joined by _ */
  nt_parameter_type type;     /**< what values it has */
  const char *unit;           /**< "rows", "s", "1"; NULL for choices, texts and flags */
  const char *help;           /**< one line, lower case, no final stop */
  double preset;              /**< of a CHOICE the index, of a FLAG 0 or 1; NaN: there is none, the
                                   value must be given; outside of the range: none */
  double least, most;         /**< of an INTEGER or a NUMBER, of each number of a COMPOUND */
  int above, below;           /**< 1: `least` (`most`) itself is outside of the range */
  const char *const *choices; /**< NULL-terminated; of a CHOICE only */
  const char *form;           /**< of a COMPOUND: "law", "hosts" */
  const char *preset_text;    /**< of a TEXT; NULL: none */
  size_t offset, size;        /**< its member of a struct (NT_PARAMETER_OF); size 0: it has none */
  int unkeyed;        /**< 1: no result depends on it (threads, a path that is written to) */
  const char *column; /**< its name in a table of results; NULL: `name` */
} nt_parameter;

/** Members of a row that say where its value lies: a double for a NUMBER, a const char * for a
 * TEXT, else a whole number of 1, 4 or 8 bytes that is not negative. */
#define NT_PARAMETER_OF(type, member)                                                              \
  .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

/** One value; which member counts is said by the parameter's type. Texts are the caller's. */
typedef struct nt_value {
  double number;    /**< of every other type */
  const char *text; /**< of a TEXT; NULL: not given */
} nt_value;

/** The presets of `count` parameters into values. */
NT_API void nt_parameter_presets(const nt_parameter *parameters, size_t count, nt_value *values);

/** Which of a CHOICE's names the text is; where it is none of them, how many there are. */
NT_API size_t nt_parameter_choice(const nt_parameter *parameter, const char *text) NT_NONNULL(1, 2);

/** NT_E_ARGUMENT unless the value lies in its parameter's range:
 * "hidden_ratio = 1.5: expected a number more than 0 and at most 1". Texts and what is COMPOUND are
 * left to their room. */
NT_API nt_status nt_parameter_check(const nt_parameter *parameter, const nt_value *value,
                                    nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2);

/** The value that lies in the member of `options` that the parameter names, which is no COMPOUND;
 * nt_parameter_put is the way back, for a value within its range. A TEXT stays the caller's. */
NT_API nt_value nt_parameter_get(const nt_parameter *parameter, const void *options)
    NT_NONNULL(1, 2);
/** Puts a value into that member. */
NT_API void nt_parameter_put(const nt_parameter *parameter, nt_value value, void *options)
    NT_NONNULL(1, 3);

/** The presets into a struct, whose other members stay as they are. */
NT_API void nt_parameter_fill(const nt_parameter *parameters, size_t count, void *options)
    NT_NONNULL(1, 3);
/** nt_parameter_check of each member of `options`. */
NT_API nt_status nt_parameter_check_all(const nt_parameter *parameters, size_t count,
                                        const void *options, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(1, 3);

/** Index of a name, or count. */
NT_API size_t nt_parameter_find(const nt_parameter *parameters, size_t count, const char *name)
    NT_NONNULL(3);

/** The value as text that reads back as the same value ("0.1", "element", "10"), cut to size. */
NT_API void nt_parameter_print(const nt_parameter *parameter, const nt_value *value, char *text,
                               size_t size) NT_NONNULL(1, 2, 3);

NT_END_DECLS
/** @} */
#endif
