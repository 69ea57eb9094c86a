/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The protocol above layer 4, by nDPI: one state a flow, until nDPI knows it or has seen as much of
 * it as it wants. Built without nDPI, no flow has one.
 */
#ifndef NT_APPLICATION_H
#define NT_APPLICATION_H

#include <ninetails/error.h>

#include "community_id.h"

enum { NT_FLOWS = 8192 }; /* of which states are kept at a time: some 4 KiB each */

typedef struct nt_classifier nt_classifier;

typedef struct nt_application {
  const char *name;    /* "DNS"; NULL: not known */
  const char *service; /* whose it is: "Google"; or NULL */
} nt_application;

/* NULL: out of memory. */
nt_classifier *nt_classifier_new(nt_error *err);
void nt_classifier_free(nt_classifier *classifier);

/* A packet of the flow: `size` bytes from its IP header on, at `milliseconds` since the epoch. Texts
 * are the classifier's. NT_E_MEMORY alone. */
nt_status nt_classify(nt_classifier *classifier, const nt_tuple *flow, const uint8_t *packet,
                      size_t size, uint64_t milliseconds, nt_application *application,
                      nt_error *err);

/* "nDPI 4.2.0"; NULL: built without. */
const char *nt_classifier_name(void);

#endif
