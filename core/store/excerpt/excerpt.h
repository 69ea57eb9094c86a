/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An excerpt: chosen packets of a capture in a pcapng file, byte for byte, each with a comment
 * (opt_comment; `frame.comment` in Wireshark), and with neighbours if wanted, which have none.
 *
 *     nt_excerpt *e = nt_excerpt_open("all.pcap", "chosen.pcapng", 2, &err);
 *     nt_excerpt_add(e, 16, "score 3.1", &err);      packets 14 to 18, counted from 0
 *     nt_excerpt_add(e, 17, "score 2.9", &err);      and 19
 *     nt_excerpt_finish(e, &counts, &err);           now it is there
 *
 * Of a pcapng, section headers, interfaces, name resolution and secrets are copied as they lie in the
 * file, in its byte order, and packets with their options, so all link types and clocks stay; other
 * blocks, which count or describe what is left out, are not. Of a pcap the interface has its link
 * type, its clock (us or ns) and its check sequence. A simple packet block has no place for a comment:
 * it becomes an enhanced one of time 0.
 *
 * The capture is read once, as far as the last packet needs; memory does not grow with it.
 */
#ifndef NT_EXCERPT_H
#define NT_EXCERPT_H

#include <ninetails/capture.h>

enum { NT_COMMENT = 60000 }; /* bytes of a comment; pcapng's bound is 65535 */

typedef struct nt_excerpt nt_excerpt;

typedef struct nt_excerpt_counts {
  uint64_t chosen, neighbours; /* packets that were copied */
} nt_excerpt_counts;

/* The output is written aside until nt_excerpt_finish. NULL: NT_E_INPUT, no capture of frames;
 * NT_E_ARGUMENT, the output is the capture; NT_E_IO. "-" is standard input. */
nt_excerpt *nt_excerpt_open(const char *capture, const char *output, uint64_t context,
                            nt_error *err);

/* The packet of that number, from 0, with its comment (UTF-8; "": none), and its neighbours. Numbers
 * rise from call to call. NT_E_ARGUMENT: they do not, or the comment is no UTF-8 or longer than
 * NT_COMMENT. NT_E_INPUT: the capture ends before, or is damaged. Control characters of a comment,
 * but for line feeds, are written as \xNN. */
nt_status nt_excerpt_add(nt_excerpt *excerpt, uint64_t packet, const char *comment, nt_error *err);

/* Copies the last packet's neighbours, syncs and renames. counts may be NULL. */
nt_status nt_excerpt_finish(nt_excerpt *excerpt, nt_excerpt_counts *counts, nt_error *err);

/* What was not finished is not there. NULL is fine. */
void nt_excerpt_free(nt_excerpt *excerpt);

#endif
