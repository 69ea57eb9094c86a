/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a mistake in a scenario: where it is, what was expected, which name is near. */
#ifndef NT_SYNTHESISER_MISTAKES_H
#define NT_SYNTHESISER_MISTAKES_H

#include <stddef.h>

#include <ninetails/error.h>

/* NT_E_ARGUMENT, "what: key must be kind"; `what` names the table ("activity camera_stream"). */
nt_status nt_expected(nt_error *err, const char *what, const char *key, const char *kind);

/* Of the names that next(context, i) gives (NULL at the end) the nearest to `name`. */
const char *nt_nearest(const char *name, const char *(*next)(const void *, size_t),
                       const void *context);
/* Of a list that ends with NULL. */
const char *nt_nearest_of(const char *name, const char *const *list);

#endif
