/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * AfterImage: packet records -> rows of damped traffic statistics.
 *
 * Profiles:
 *   py100   100 features, bit for bit what Kitsune-py computes (reference; a host's packet costs
 * O(its peers)) csv115  115 features, bit for bit what the script behind the published CSV files
 * computes (reference) stream  the columns of py100, the same statistics without its rounding
 * noise, O(1) amortised a packet
 *
 * Rows depend on the packets and the options alone: not on threads, batch sizes, hash seeds or the
 * instruction set.
 */
#ifndef NT_EXTRACTOR_H
#define NT_EXTRACTOR_H

#include <stddef.h>
#include <stdint.h>

#include "../capture/packet.h"
#include "../error.h"

typedef enum nt_profile { NT_PROFILE_PY100, NT_PROFILE_CSV115, NT_PROFILE_STREAM } nt_profile;

/* "py100", "csv115", "stream"; the reverse is NT_E_ARGUMENT, with the valid names in its text. */
const char *nt_profile_name(nt_profile profile);
nt_status nt_profile_from_name(const char *name, nt_profile *profile, nt_error *err);
size_t nt_profile_width(nt_profile profile);

/* Name of column i, as published with N-BaIoT where it exists there: "MI_dir_L5_weight", ... Static
 * text. NULL when i is not below the width. */
const char *nt_profile_feature_name(nt_profile profile, size_t i);
/* Its unit, "1", "byte", "byte^2", "s", "s^2", ...; static text, NULL when out of range. */
const char *nt_profile_feature_unit(nt_profile profile, size_t i);

/*
 * Bounded memory (profile stream alone; NT_E_ARGUMENT for the references, whose streams live for
 * ever). Before a packet that could bring the streams above max_streams, the streams of least
 * weight are dropped with their pairs until 3/4 of max_streams are left: the weight at L = 0.01/s,
 * damped to the time of that packet; among equal ones the youngest go. Of the pairs, the 2 *
 * max_streams used last are kept. A dropped stream starts anew when its key is seen again. O(log
 * max_streams) amortised a packet, memory O(max_streams). Which packet drops what depends on the
 * packets alone.
 */
#define NT_MAX_STREAMS_LEAST 64

typedef struct nt_extractor_options {
  nt_profile profile;
  uint64_t max_streams; /* 0: no limit; else at least NT_MAX_STREAMS_LEAST */
} nt_extractor_options;

typedef struct nt_extractor_usage {
  uint64_t packets;
  uint64_t streams; /* alive now */
  uint64_t pairs;   /* covariances alive now */
  uint64_t dropped; /* streams dropped because of max_streams, in all */
  uint64_t bytes;   /* memory held */
} nt_extractor_usage;

typedef struct nt_extractor nt_extractor;

nt_extractor *nt_extractor_new(const nt_extractor_options *options, nt_error *err);
void nt_extractor_free(nt_extractor *extractor);

/* Takes n packets in capture order; rows: n x width doubles, row-major. NT_E_MEMORY leaves the
 * extractor fit only for nt_extractor_free. */
nt_status nt_extractor_update(nt_extractor *extractor, const nt_packet *packets, size_t n,
                              double *rows, nt_error *err);

void nt_extractor_usage_of(const nt_extractor *extractor, nt_extractor_usage *usage);

#endif
