/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of an input on their way, for whoever wants to see them too. */
#ifndef NT_TAP_H
#define NT_TAP_H

#include <stddef.h>

/* Whoever wants to see all bytes, in order, as they are read: those of the file as it lies there
 * (none of a zip, which is not read in order) and those that come out of it. */
typedef struct nt_stream_tap {
  void (*file)(void *context, const void *bytes, size_t size);
  void (*content)(void *context, const void *bytes, size_t size);
  void *context;
} nt_stream_tap;

/* Around the bytes of an input: nothing, a compressed stream, or a zip of one file. */
typedef enum nt_packing { NT_PACKING_NONE, NT_PACKING_FILTER, NT_PACKING_ZIP } nt_packing;

#endif
