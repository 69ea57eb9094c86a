/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two files of a synthesis: a pcap with nanosecond times (magic a1b23c4d, Ethernet, little
 * endian on every machine) and the labels. Both are written under temporary names beside the final
 * ones, and renamed by nt_writer_finish; before that nothing is there under the final names.
 */
#ifndef NT_SYNTHESISER_WRITER_H
#define NT_SYNTHESISER_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

typedef struct nt_writer nt_writer;

/* snaplen: of the file header; frames are not cut by it here. */
nt_writer *nt_writer_open(const char *output, const char *labels, uint32_t snaplen, nt_error *err);

/* Room for one frame of at most `bytes`, valid until the commit. NULL: out of memory, or a write
 * failed. */
uint8_t *nt_writer_reserve(nt_writer *writer, size_t bytes, nt_error *err);

/* Writes the reserved frame: its first `captured` bytes, with the time, wire length and label
 * given. */
nt_status nt_writer_commit(nt_writer *writer, uint32_t seconds, uint32_t nanoseconds,
                           uint32_t captured, uint32_t length, int label, const char *activity,
                           nt_error *err);
uint64_t nt_writer_bytes(const nt_writer *writer); /* of the capture so far */

/* Flushes, syncs and renames, the labels last: where they are, the capture is whole.
 * nt_writer_free without it removes what was written. */
nt_status nt_writer_finish(nt_writer *writer, nt_error *err);
void nt_writer_free(nt_writer *writer);

#endif
