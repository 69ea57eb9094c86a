/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which frames a filter of libpcap's language (pcap-filter(7)) lets through, of any link type. */
#ifndef NT_FILTER_H
#define NT_FILTER_H

#include <stdbool.h>

#include <ninetails/packet.h>

typedef struct nt_filter nt_filter;

/* NULL: NT_E_ARGUMENT, for no common link type the expression makes sense; the error quotes it. */
nt_filter *nt_filter_new(const char *expression, nt_error *err);
void nt_filter_free(nt_filter *filter);

/* NT_E_ARGUMENT where the expression makes no sense for the frame's link type; NT_E_LIMIT at the
 * 17th link type. O(instructions of the filter). */
nt_status nt_filter_match(nt_filter *filter, const nt_frame *frame, bool *match, nt_error *err);

#endif
