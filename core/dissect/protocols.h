/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of the layers that the decoder enters (capture/trail.h): names, the length of the
 * header, the fields in it. Names are those of Wireshark's filters where it has one.
 */
#ifndef NT_PROTOCOLS_H
#define NT_PROTOCOLS_H

#include "capture/trail.h"

typedef enum nt_field_kind {
  NT_FIELD_NUMBER, /* big-endian, 1 to 8 bytes */
  NT_FIELD_HEX,    /* the same, shown in hexadecimal */
  NT_FIELD_LITTLE, /* little-endian, 1 to 8 bytes */
  NT_FIELD_MAC,
  NT_FIELD_IPV4,
  NT_FIELD_IPV6,
  NT_FIELD_BYTES
} nt_field_kind;

typedef struct nt_value_name { /* the last one of a list has no name */
  uint64_t value;
  const char *name;
} nt_value_name;

/* A field that stands at the same place in each header of its kind. */
typedef struct nt_field_row {
  const char *name;
  uint8_t at, size; /* bytes, from the layer's first one */
  uint8_t kind;     /* nt_field_kind */
  uint8_t factor;   /* the value counts units of so many; 0: of one */
  uint32_t mask;    /* which bits of it, the lowest one becoming bit 0; 0: all */
  const nt_value_name *names;
} nt_field_row;

/* A field of a packet. */
typedef struct nt_field {
  const char *name;
  const uint8_t *bytes; /* where it stands, `size` of them */
  uint32_t size;
  nt_field_kind kind;
  uint64_t number;  /* of numbers */
  const char *text; /* what the number means, static; NULL: nothing is known */
} nt_field;

enum { NT_FIELDS = 256 }; /* of one layer; further ones are counted */

typedef struct nt_fields {
  nt_field field[NT_FIELDS];
  uint32_t count, left_out;
} nt_fields;

typedef struct nt_protocol_row {
  const char *filter; /* "ip", Wireshark's name of the layer */
  const char *name;   /* "IPv4", as in the chain */
  uint32_t header;    /* bytes; 0: as measure tells, or else up to the next layer */
  uint32_t (*measure)(const nt_trail_step *step); /* may be more than is captured */
  const nt_field_row *fields;
  uint32_t field_count;
  void (*more)(const nt_trail_step *step,
               nt_fields *fields); /* those whose place varies; or NULL */
} nt_protocol_row;

/* Static. */
const nt_protocol_row *nt_protocol_row_of(nt_stop stop);

/* The fields of a layer, as far as they are captured. O(fields). */
void nt_fields_of(const nt_trail_step *step, nt_fields *list);

/* "UDP" of 17; NULL: no name is known. */
const char *nt_ip_protocol_name(uint8_t protocol);

#endif
