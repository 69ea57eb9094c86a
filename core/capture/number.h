/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal text -> the nearest double, as strtod in the C locale, several times faster. */
#ifndef NT_NUMBER_H
#define NT_NUMBER_H

#include <stddef.h>

/* Reads a number at text (a sign, digits with or without a point, an exponent; nan, inf, infinity
 * in any case) and returns where it ends, or NULL where none begins. Looks at no byte from `end`
 * on, but at least one that belongs to no number must lie there. Correctly rounded, ties to even;
 * too large is infinity, too small is 0, both with their sign. O(digits). */
const char *nt_number_read(const char *text, const char *end, double *value);

#endif
