/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Datagrams put together from fragments, by tshark's rules: fragments are laid out in the order of
 * their offsets (of arrival where offsets are equal) and a byte, once laid, stays; the first
 * fragment without "more" sets the length; the datagram is complete when nothing is missing before
 * that length.
 *
 * Memory is bounded by NT_DECODER_MAX_BYTES: beyond it the datagram that was begun first is
 * forgotten.
 */
#ifndef NT_REASSEMBLY_H
#define NT_REASSEMBLY_H

#include <stdbool.h>
#include <stdint.h>

#include "decoder.h"

typedef struct nt_reassembly nt_reassembly;

enum { NT_CAPWAP = 0x1000, NT_IEEE80211 = 0x2000 };

typedef struct nt_fragment_key {
  uint8_t src[16], dst[16]; /* IPv4: the first four bytes, the rest zero */
  uint32_t id;
  uint32_t version; /* 4 or 6, or of the others below */
} nt_fragment_key;

typedef struct nt_fragment {
  const uint8_t *data;     /* NULL: it was, but its bytes are not here */
  uint32_t offset, length; /* bytes; offset + length < 2^31; length 0 only where numbered */
  bool more;
  bool numbered; /* offset counts fragments, not bytes */
} nt_fragment;

nt_reassembly *nt_reassembly_new(void); /* NULL: out of memory */
void nt_reassembly_free(nt_reassembly *r);

/* Adds a fragment. *whole points to the datagram's bytes if this fragment completed it, else it is
 * NULL; they stay until nt_reassembly_release. O(log f) and a move of at most f entries, f
 * fragments waiting (at most one for each offset). Fails with NT_E_MEMORY alone. */
nt_status nt_reassembly_add(nt_reassembly *r, const nt_fragment_key *key,
                            const nt_fragment *fragment, const uint8_t **whole, uint32_t *length);

/* Is a datagram of that key begun? */
bool nt_reassembly_waits(const nt_reassembly *r, const nt_fragment_key *key);

/* Gives back the datagrams completed so far. */
void nt_reassembly_release(nt_reassembly *r);

size_t nt_reassembly_bytes(const nt_reassembly *r); /* in use by unfinished datagrams */

#endif
