/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 *     table      an array of chains of unfinished datagrams, which are also in a list in the order
 *                in which they began (the order of eviction)
 *     datagram   its bytes in order of arrival, and pieces, sorted by offset, that point into them.
 *                At most one piece for each offset: of two fragments with one offset the first to
 *                arrive holds the bytes they share, so the second adds at most its tail.
 */
#include "reassembly.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

typedef struct piece {
  uint32_t offset, length; /* in the datagram; of numbered fragments offset is the number */
  uint32_t at;             /* in bytes[] */
} piece;

typedef struct datagram {
  nt_fragment_key key;
  struct datagram *chain;         /* same slot */
  struct datagram *older, *newer; /* order of beginning */
  piece *pieces;
  uint8_t *bytes;
  uint32_t pieces_used, pieces_room;
  uint32_t bytes_used, bytes_room;
  uint32_t end; /* its length (of numbered fragments: how many), once known */
  bool end_known, numbered;
} datagram;

typedef struct completed { /* bytes follow */
  struct completed *next;
} completed;

enum { SLOTS = 4096 }; /* 64 MiB of datagrams of one large fragment each fill chains of about ten */

struct nt_reassembly {
  datagram *slots[SLOTS];
  datagram *oldest, *newest;
  completed *done;
  size_t bytes;
  uint64_t seed; /* so that chains cannot be aimed at; results do not depend on it */
};

nt_reassembly *nt_reassembly_new(void) {
  nt_reassembly *r = calloc(1, sizeof *r);
  if (r) r->seed = (uint64_t)(uintptr_t)r;
  return r;
}

static size_t datagram_size(const datagram *g) {
  return sizeof *g + g->pieces_room * sizeof *g->pieces + g->bytes_room;
}

static size_t slot_of(const nt_reassembly *r, const nt_fragment_key *key) {
  return XXH3_64bits_withSeed(key, sizeof *key, r->seed) % SLOTS;
}

static datagram *find(const nt_reassembly *r, const nt_fragment_key *key) {
  datagram *g = r->slots[slot_of(r, key)];
  while (g && memcmp(&g->key, key, sizeof *key) != 0) g = g->chain;
  return g;
}

bool nt_reassembly_waits(const nt_reassembly *r, const nt_fragment_key *key) {
  return find(r, key) != NULL;
}

static void forget(nt_reassembly *r, datagram *g) {
  datagram **link = &r->slots[slot_of(r, &g->key)];
  while (*link != g) link = &(*link)->chain;
  *link = g->chain;
  *(g->older ? &g->older->newer : &r->oldest) = g->newer;
  *(g->newer ? &g->newer->older : &r->newest) = g->older;
  r->bytes -= datagram_size(g);
  free(g->pieces);
  free(g->bytes);
  free(g);
}

void nt_reassembly_release(nt_reassembly *r) {
  while (r->done) {
    completed *next = r->done->next;
    free(r->done);
    r->done = next;
  }
}

void nt_reassembly_free(nt_reassembly *r) {
  if (!r) return;
  while (r->oldest) forget(r, r->oldest);
  nt_reassembly_release(r);
  free(r);
}

size_t nt_reassembly_bytes(const nt_reassembly *r) {
  return r->bytes;
}

static datagram *find_or_begin(nt_reassembly *r, const nt_fragment_key *key) {
  datagram *g = find(r, key);
  if (g) return g;
  g = calloc(1, sizeof *g);
  if (!g) return NULL;
  datagram **slot = &r->slots[slot_of(r, key)];
  g->key = *key;
  g->chain = *slot;
  *slot = g;
  g->older = r->newest;
  *(r->newest ? &r->newest->newer : &r->oldest) = g;
  r->newest = g;
  r->bytes += sizeof *g;
  return g;
}

/* Room for `more` further bytes and one further piece. */
static bool make_room(nt_reassembly *r, datagram *g, uint32_t more) {
  size_t before = datagram_size(g);
  if (more > g->bytes_room - g->bytes_used) {
    uint32_t room = g->bytes_used + more;
    room += g->bytes_used ? room / 2 : 0; /* both below 2^31: no overflow */
    uint8_t *bytes = realloc(g->bytes, room);
    if (!bytes) return false;
    g->bytes = bytes;
    g->bytes_room = room;
  }
  if (g->pieces_used == g->pieces_room) {
    uint32_t room = g->pieces_room ? 2 * g->pieces_room : 2;
    piece *pieces = realloc(g->pieces, room * sizeof *pieces);
    if (pieces) {
      g->pieces = pieces;
      g->pieces_room = room;
    }
  }
  r->bytes += datagram_size(g) - before;
  return g->pieces_used < g->pieces_room;
}

/* Index of the first piece that does not lie before `offset`. */
static uint32_t position(const datagram *g, uint32_t offset) {
  uint32_t low = 0, high = g->pieces_used;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (g->pieces[middle].offset < offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool insert(nt_reassembly *r, datagram *g, const nt_fragment *f) {
  uint32_t at = position(g, f->offset);
  bool same = at < g->pieces_used && g->pieces[at].offset == f->offset;
  if (same && (g->numbered || f->length <= g->pieces[at].length)) return true; /* nothing new */
  /* A longer one at the same offset: the shared bytes stay the first fragment's, so the piece is
   * written anew at the end, its head copied from the old place. */
  uint32_t kept = same ? g->pieces[at].length : 0;
  if (!make_room(r, g, f->length)) return false;
  uint8_t *to = g->bytes ? g->bytes + g->bytes_used : NULL; /* an 802.11 fragment may be empty */
  if (kept) memcpy(to, g->bytes + g->pieces[at].at, kept);
  if (f->length) memcpy(to + kept, f->data + kept, f->length - kept);
  if (!same) {
    memmove(g->pieces + at + 1, g->pieces + at, (g->pieces_used - at) * sizeof *g->pieces);
    g->pieces_used++;
  }
  g->pieces[at] = (piece){f->offset, f->length, g->bytes_used};
  g->bytes_used += f->length;
  return true;
}

static bool is_complete(const datagram *g) {
  if (!g->end_known || (g->numbered ? g->pieces_used : g->bytes_used) < g->end) return false;
  uint32_t reached = 0;
  for (uint32_t i = 0; i < g->pieces_used && g->pieces[i].offset <= reached; i++) {
    uint32_t stop = g->pieces[i].offset + (g->numbered ? 1 : g->pieces[i].length);
    if (stop > reached) reached = stop;
  }
  return reached >= g->end;
}

/* Lays the pieces out in `to`; gives the length. */
static uint32_t lay_out(const datagram *g, uint8_t *to) {
  uint32_t reached = 0;
  for (uint32_t i = 0; g->numbered && i < g->pieces_used && g->pieces[i].offset < g->end; i++) {
    if (g->pieces[i].length) memcpy(to + reached, g->bytes + g->pieces[i].at, g->pieces[i].length);
    reached += g->pieces[i].length;
  }
  if (g->numbered) return reached;
  for (uint32_t i = 0; i < g->pieces_used; i++) {
    const piece *p = &g->pieces[i];
    uint32_t stop = p->offset + p->length;
    if (stop > g->end) stop = g->end;
    if (stop <= reached) continue;
    memcpy(to + reached, g->bytes + p->at + (reached - p->offset), stop - reached);
    reached = stop;
  }
  return reached;
}

static nt_status put_together(nt_reassembly *r, const datagram *g, const uint8_t **whole,
                              uint32_t *length) {
  completed *c = malloc(sizeof *c + (g->numbered ? g->bytes_used : g->end));
  if (!c) return NT_E_MEMORY;
  c->next = r->done;
  r->done = c;
  *whole = (uint8_t *)(c + 1);
  *length = lay_out(g, (uint8_t *)(c + 1));
  return NT_OK;
}

nt_status nt_reassembly_add(nt_reassembly *r, const nt_fragment_key *key,
                            const nt_fragment *fragment, const uint8_t **whole, uint32_t *length) {
  *whole = NULL;
  *length = 0;
  datagram *g = find_or_begin(r, key);
  if (!g) return NT_E_MEMORY;
  g->numbered = fragment->numbered;
  if (!fragment->more && !g->end_known) {
    g->end = fragment->offset + (fragment->numbered ? 1 : fragment->length);
    g->end_known = true;
  }
  if (!fragment->data) return NT_OK;
  if (!insert(r, g, fragment)) return NT_E_MEMORY;
  nt_status status = NT_OK;
  if (is_complete(g)) {
    status = put_together(r, g, whole, length);
    forget(r, g);
  }
  while (r->bytes > NT_DECODER_MAX_BYTES) forget(r, r->oldest);
  return status;
}
