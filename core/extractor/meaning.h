/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a column of a profile means, in words: "packets from 10.0.0.5 in 10 s". The words are data,
 * one table of the streams and one of the statistics, found by the parts of the column's name,
 * TABLE_LDECAY_STATISTIC (names.c).
 *
 * A window is told by its half-life, 1 / L seconds: the time after which a value counts half.
 */
#ifndef NT_MEANING_H
#define NT_MEANING_H

#include <stddef.h>

#include <ninetails/extractor.h>

#include "identity.h"

/* What about the traffic a column tells. */
typedef enum nt_cause {
  NT_CAUSE_RATE,   /* how many packets */
  NT_CAUSE_SIZE,   /* how large they are */
  NT_CAUSE_TIMING, /* the time between them */
  NT_CAUSE_BOTH,   /* how the two directions go together */
  NT_CAUSE_OTHER,  /* a column that is of no profile */
  NT_CAUSES
} nt_cause;
/* "rate", "size", "timing", "both directions", "other" */
const char *nt_cause_name(nt_cause cause);

/* NT_CAUSE_OTHER for a column that no profile has. O(1). */
nt_cause nt_feature_cause(nt_profile profile, size_t column);

/* Addresses and ports as people write them, cut to size. An end without an address is "?". */
void nt_identity_address(const nt_identity *identity, int end, char *text, size_t size);
/* "10.0.0.5:443", "[2001:db8::1]:53", and the address alone where there is no port. */
void nt_identity_endpoint(const nt_identity *identity, int end, char *text, size_t size);

/* The words of a column for the packet of this identity, cut to size. A column that no profile has
 * gives "". */
void nt_feature_words(nt_profile profile, size_t column, const nt_identity *identity, char *text,
                      size_t size);

#endif
