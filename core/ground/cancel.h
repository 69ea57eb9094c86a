/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether this process was asked to stop: one flag for all, which a signal handler may
 * set. Work that can take long outside of a run or a sweep (these have a flag of their own options,
 * which may be this one) looks at it: a file that goes on for ever, a program that is waited for.
 */
#ifndef NT_CANCEL_H
#define NT_CANCEL_H

#include <ninetails/error.h>
#include "flag.h"

extern volatile sig_atomic_t nt_cancelled; /* 0: no request; else a signal's number */

/* NT_OK, or NT_E_STATE and "interrupted". */
nt_status nt_cancel_look(nt_error *err);

#endif
