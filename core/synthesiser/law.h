/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and laws as a scenario writes them. */
#ifndef NT_SYNTHESISER_LAW_H
#define NT_SYNTHESISER_LAW_H

#include <ninetails/parameter.h>

#include "chance.h"
#include "settings.h"

/* A number within the range of `p`; `what` names the table in messages. */
nt_status nt_law_number(const char *what, const nt_parameter *p, const nt_setting *s, double *out,
                        nt_error *err);

/* A number (a constant), or {law = NAME, ...} with the numbers of that law. What is drawn lies
 * within the range of `p`. */
nt_status nt_law_read(const char *what, const nt_parameter *p, const nt_setting *s, nt_law *law,
                      nt_error *err);

#endif
