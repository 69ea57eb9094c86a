/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log-normal distribution that reports and figures set beside scores. */
#ifndef NT_BENIGN_FIT_H
#define NT_BENIGN_FIT_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/metrics.h>

/* nt_lognormal_fit to the benign ones of n scores (labels: NULL: all are): to those before the first
 * packet that is not benign, where these are a hundred at least, else to all. *of: which they are, in
 * words, also after an error. NT_E_INPUT: nothing to fit; NT_E_MEMORY. O(n), 8 bytes a score. */
nt_status nt_benign_fit(const double *scores, const uint8_t *labels, size_t n, nt_lognormal *fit,
                        const char **of, nt_error *err);

#endif
