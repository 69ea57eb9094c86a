/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup tap Bytes on their way
 * The bytes of an input on their way, for whoever wants to see them too.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_TAP_H
#define NINETAILS_TAP_H

#include <stddef.h>

#include <ninetails/api.h>

NT_BEGIN_DECLS

/** Whoever wants to see all bytes, in order, as they are read: those of the file as it lies there
 * (none of a zip, which is not read in order) and those that come out of it. */
typedef struct nt_tap {
  void (*file)(void *context, const void *bytes, size_t size);
  void (*content)(void *context, const void *bytes, size_t size);
  void *context;
} nt_tap;

/** Around the bytes of an input: nothing, a compressed stream, or a zip of one file. */
typedef enum nt_packing { NT_PACKING_NONE, NT_PACKING_FILTER, NT_PACKING_ZIP } nt_packing;

NT_END_DECLS
/** @} */
#endif
