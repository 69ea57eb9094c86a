/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packet records as tab-separated text: the 19 columns of Kitsune's
 *   tshark -T fields -E header=y -E occurrence=f -e frame.time_epoch -e frame.len -e eth.src ...
 * in that order, with or without the header line. An empty column is an absent field; of several
 * occurrences ("a,b") the first counts. Time and length have one: a decimal comma is an error.
 */
#ifndef NT_TSV_H
#define NT_TSV_H

#include <ninetails/packet.h>

#include "source.h"

/* Is this line the header, or at least meant as one? */
int nt_tsv_is_header(const nt_line *line);
/* Is this line meant as a row, whatever is wrong with it? 19 columns, and an address. */
int nt_tsv_looks_so(const nt_line *line);
/* NT_E_INPUT names the first column that is not the expected one. */
nt_status nt_tsv_check_header(const nt_line *line, nt_error *err);
/* *timed: 0 where the time is empty, as tshark leaves it for frames without a time stamp; it is
 * then 0. NT_E_INPUT names column and value. */
nt_status nt_tsv_read(const nt_line *line, nt_packet *packet, int *timed, nt_error *err);

#endif
