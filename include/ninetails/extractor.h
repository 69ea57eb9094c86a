/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup extractor Extractor (AfterImage)
 * AfterImage: packet records -> rows of damped traffic statistics (Kitsune, NDSS 2018, section IV).
 *
 * A stream is a sequence of values (sizes of packets, or times between them) with a common key: who
 * sent, or who sent to whom. Each keeps a weight, mean and variance in which a value that is dt
 * seconds old counts 2^(-L dt), for five decays L = 5, 3, 1, 0.1, 0.01 per second. A pair of
 * streams adds radius, magnitude, covariance and correlation (pcc). A packet's row is what its
 * streams show right after it:
 *
 *     table   key                                  value  statistics                columns
 *     MI      source MAC + source address          size   weight, mean, variance         15
 *     H       source address (csv115 only)         size   the same                       15
 *     HH      source address; pair: destination    size   the same, and the pair's four  35
 *     HH_jit  source + destination address         time   weight, mean, variance         15
 *     HpHp    address + port, for ARP the MAC;
 *             pair: the destination's              size   as HH                          35
 *
 * Which fields of a packet make the keys: identity.h. Profiles:
 *
 *   - py100: 100 columns, bit for bit what Kitsune-py computes. A reference: every packet of a host
 *     updates its pairs with all peers it ever had, O(peers) a packet, O(N^2) for a host that scans
 *     N addresses.
 *   - csv115: 115 columns, bit for bit what the script behind the published CSV files computes
 *     (N-BaIoT, the nine Kitsune sets). A reference, O(1) a packet. The first jitter of two hosts
 *     is the epoch time, as published.
 *   - stream: the columns of py100 in O(1) amortised a packet, without its rounding noise: constant
 *     streams have variance 0, keys are tuples instead of concatenated text. Derivation and
 *     differences: stream.h. The one to use unless a published number is to be met to its last bit.
 *
 * The references are exact with glibc's pow: each square and each decay of theirs is one, or what
 * is proven to have its bits (core/extractor/reference_decay.h).
 *
 * Time: a record that is not newer than a stream's latest one does not decay it. Rows of stream
 * stay finite whatever the order; where records are out of order they differ from py100's.
 *
 * Memory, as tests/extractor_memory_test.c measures it, of each pair of hosts that talk: 2.2 kB
 * (stream), 3.9 kB (py100), 4.4 kB (csv115), a tenth more where the tables have just grown; of each
 * address that one host scans: 0.6 to 1.2 kB (stream), 2.5 kB (csv115).
 *
 * Rows depend on the packets and the options alone: not on threads, batch sizes, hash seeds or the
 * instruction set. Keys come from the network: tables hash with a secret of their own
 * (key_table.h).
 *
 *     nt_extractor_options options = {.profile = NT_PROFILE_STREAM};
 *     nt_extractor *extractor = nt_extractor_new(&options, &err);
 *     double *rows = malloc(n * nt_profile_width(options.profile) * sizeof *rows);
 *     nt_extractor_update(extractor, packets, n, rows, &err);
 *     nt_extractor_free(extractor);
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_EXTRACTOR_H
#define NINETAILS_EXTRACTOR_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/packet.h>
#include <ninetails/parameter.h>

NT_BEGIN_DECLS

/** Which features, computed how. */
typedef enum nt_profile { NT_PROFILE_PY100, NT_PROFILE_CSV115, NT_PROFILE_STREAM } nt_profile;

/** "py100", "csv115", "stream"; the reverse is NT_E_ARGUMENT for any
 * other text, with these names. */
NT_API const char *nt_profile_name(nt_profile profile);
/** The profile of that name. */
NT_API nt_status nt_profile_from_name(const char *name, nt_profile *profile,
                                      nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2);
/** Columns of a row. */
NT_API size_t nt_profile_width(nt_profile profile);

/** Name of column i, as published with N-BaIoT where it exists there: "MI_dir_L5_weight", ...
 * Static text. NULL when i is not below the width. */
NT_API const char *nt_profile_feature_name(nt_profile profile, size_t i);
/** Its unit, "1", "byte", "byte^2", "s", "s^2", ...; static text, NULL when out of range. */
NT_API const char *nt_profile_feature_unit(nt_profile profile, size_t i);

/** Seconds in which the slowest of the decays halves a weight: 100. A weight has reached the share
 * 1 - 2^(-t / half_life) of what steady traffic makes of it after t seconds. */
NT_API double nt_profile_half_life(nt_profile profile);

/**
 * Bounded memory (profile stream alone; NT_E_ARGUMENT for the references, whose streams live for
 * ever). Before a packet that could bring the streams above max_streams, the streams of least
 * weight are dropped with their pairs until 3/4 of max_streams are left: the weight at L = 0.01/s,
 * damped to the time of that packet; among equal ones the youngest go. Of the pairs, the 2 *
 * max_streams used last are kept. A dropped stream starts anew when its key is seen again. O(log
 * max_streams) amortised a packet, memory O(max_streams). Which packet drops what depends on the
 * packets alone.
 */
#define NT_MAX_STREAMS_LEAST 64

/** Options of an extractor. */
typedef struct nt_extractor_options {
  nt_profile profile;   /**< which features */
  uint64_t max_streams; /**< 0: no limit; else NT_MAX_STREAMS_LEAST to UINT32_MAX */
} nt_extractor_options;

/** Its rows, profile and max_streams. */
enum { NT_EXTRACTOR_PROFILE, NT_EXTRACTOR_MAX_STREAMS, NT_EXTRACTOR_PARAMETERS };
/** The rows of nt_extractor_options. */
NT_API extern const nt_parameter nt_extractor_parameters[NT_EXTRACTOR_PARAMETERS];

/** What an extractor holds. */
typedef struct nt_extractor_usage {
  uint64_t packets; /**< taken so far */
  uint64_t streams; /**< alive now */
  uint64_t pairs;   /**< covariances alive now */
  uint64_t dropped; /**< streams dropped because of max_streams, in all */
  uint64_t bytes;   /**< memory that it takes */
} nt_extractor_usage;

/** An extractor: the streams of all packets so far. */
typedef struct nt_extractor nt_extractor;

/** NULL with NT_E_ARGUMENT (an unknown profile; a bound where there is none to be had) or
 * NT_E_MEMORY. */
NT_API nt_extractor *nt_extractor_new(const nt_extractor_options *options,
                                      nt_error *err) NT_MUST_CHECK NT_NONNULL(1);
NT_API void nt_extractor_free(nt_extractor *extractor); /**< NULL is fine */

/** Takes n packets in capture order; rows: n x width doubles, row-major, owned by the caller. One
 * thread at a time for each extractor. NT_E_MEMORY leaves the extractor fit only for
 * nt_extractor_free. */
NT_API nt_status nt_extractor_update(nt_extractor *extractor, const nt_packet *packets, size_t n,
                                     double *rows, nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2, 4);

/** O(1). bytes: what was touched, hence is resident; more is reserved (pool.h). */
NT_API void nt_extractor_usage_of(const nt_extractor *extractor, nt_extractor_usage *usage)
    NT_NONNULL(1, 2);

NT_END_DECLS
/** @} */
#endif
