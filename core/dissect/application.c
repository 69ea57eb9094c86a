/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flows are in a ring in the order in which they began, and in chains by their key. A flow that is
 * known, or that nDPI gave up on, keeps its name alone.
 */
#include "application.h"

#ifdef NINETAILS_NDPI

#include <ndpi/ndpi_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { SLOTS = 2 * NT_FLOWS, MOST_PACKETS = 80, NONE = 0 };

typedef struct state {
  nt_flow_key key;
  uint32_t chain;                /* index + 1 of the next one with the same slot; NONE: the last */
  struct ndpi_flow_struct *flow; /* NULL: nothing more is to be learnt */
  uint16_t packets, protocol, master;
} state;

struct nt_classifier {
  struct ndpi_detection_module_struct *ndpi;
  state *states;
  uint32_t *slots; /* index + 1 */
  uint32_t next;   /* of the ring: the oldest one, once it is full */
  uint32_t used;
};

const char *nt_classifier_name(void) {
  static char name[64];
  if (!name[0]) snprintf(name, sizeof name, "nDPI %.50s", ndpi_revision());
  return name;
}

nt_classifier *nt_classifier_new(nt_error *err) {
  NDPI_PROTOCOL_BITMASK all;
  nt_classifier *c = calloc(1, sizeof *c);
  if (c) {
    c->ndpi = ndpi_init_detection_module(ndpi_dont_load_tor_hosts);
    c->states = calloc(NT_FLOWS, sizeof *c->states);
    c->slots = calloc(SLOTS, sizeof *c->slots);
  }
  if (!c || !c->ndpi || !c->states || !c->slots) {
    nt_classifier_free(c);
    nt_fail(err, NT_E_MEMORY, "out of memory for nDPI");
    return NULL;
  }
  NDPI_BITMASK_SET_ALL(all);
  ndpi_set_protocol_detection_bitmask2(c->ndpi, &all);
  ndpi_finalize_initialization(c->ndpi);
  return c;
}

static void settle(state *s) {
  if (s->flow) ndpi_free_flow(s->flow);
  s->flow = NULL;
}

void nt_classifier_free(nt_classifier *c) {
  if (!c) return;
  for (uint32_t i = 0; c->states && i < c->used; i++) settle(&c->states[i]);
  if (c->ndpi) ndpi_exit_detection_module(c->ndpi);
  free(c->states);
  free(c->slots);
  free(c);
}

static uint32_t *slot_of(nt_classifier *c, const nt_flow_key *key) {
  return &c->slots[XXH3_64bits(key, sizeof *key) % SLOTS];
}

static void forget(nt_classifier *c, uint32_t index) {
  state *s = &c->states[index];
  uint32_t *link = slot_of(c, &s->key);
  while (*link != index + 1) link = &c->states[*link - 1].chain;
  *link = s->chain;
  settle(s);
}

static state *find_or_begin(nt_classifier *c, const nt_flow_key *key) {
  uint32_t *slot = slot_of(c, key);
  for (uint32_t at = *slot; at != NONE; at = c->states[at - 1].chain)
    if (memcmp(&c->states[at - 1].key, key, sizeof *key) == 0) return &c->states[at - 1];
  struct ndpi_flow_struct *flow = ndpi_flow_malloc(SIZEOF_FLOW_STRUCT);
  if (!flow) return NULL;
  memset(flow, 0, SIZEOF_FLOW_STRUCT);
  uint32_t index = c->next;
  c->next = (c->next + 1) % NT_FLOWS;
  if (c->used == NT_FLOWS)
    forget(c, index);
  else
    c->used++;
  state *s = &c->states[index];
  *s = (state){.key = *key, .chain = *slot, .flow = flow};
  *slot = index + 1;
  return s;
}

static const char *name_of(nt_classifier *c, uint16_t protocol) {
  return protocol == NDPI_PROTOCOL_UNKNOWN ? NULL : ndpi_get_proto_name(c->ndpi, protocol);
}

nt_status nt_classify(nt_classifier *c, const nt_tuple *flow, const uint8_t *packet, size_t size,
                      uint64_t milliseconds, nt_application *application, nt_error *err) {
  nt_flow_key key = nt_flow_key_of(flow);
  state *s = find_or_begin(c, &key);
  if (!s) return nt_fail(err, NT_E_MEMORY, "out of memory for a flow of nDPI");
  if (s->flow && packet && size) {
    unsigned short length = size > UINT16_MAX ? UINT16_MAX : (unsigned short)size;
    ndpi_protocol found =
        ndpi_detection_process_packet(c->ndpi, s->flow, packet, length, milliseconds);
    s->packets++;
    if (s->flow->confidence >= NDPI_CONFIDENCE_DPI_CACHE) { /* no guess by port or address */
      s->protocol = found.app_protocol;
      s->master = found.master_protocol;
    }
    bool known = s->protocol != NDPI_PROTOCOL_UNKNOWN || s->master != NDPI_PROTOCOL_UNKNOWN;
    if (s->packets >= MOST_PACKETS || (known && !ndpi_extra_dissection_possible(c->ndpi, s->flow)))
      settle(s);
  }
  application->name = name_of(c, s->master);
  application->service = name_of(c, s->protocol);
  if (!application->name) {
    application->name = application->service;
    application->service = NULL;
  }
  return NT_OK;
}

#else

struct nt_classifier {
  char unused;
};

const char *nt_classifier_name(void) {
  return NULL;
}

nt_classifier *nt_classifier_new(nt_error *err) {
  static nt_classifier none;
  (void)err;
  return &none;
}

void nt_classifier_free(nt_classifier *classifier) {
  (void)classifier;
}

nt_status nt_classify(nt_classifier *classifier, const nt_tuple *flow, const uint8_t *packet,
                      size_t size, uint64_t milliseconds, nt_application *application,
                      nt_error *err) {
  (void)classifier;
  (void)flow;
  (void)packet;
  (void)size;
  (void)milliseconds;
  (void)err;
  application->name = application->service = NULL;
  return NT_OK;
}

#endif
