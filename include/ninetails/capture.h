/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup capture Captures
 * A capture: a file of frames (pcap, pcapng), of packet records (the 19-column tshark TSV), or of
 * ready-made feature rows (CSV), any of them gzip, xz or zstd compressed or alone in a zip, or "-"
 * for standard input. What it is, is seen from the content, never from the name.
 *
 * Damage: a file that ends inside a record, or has a record that cannot be, gives the packets
 * before the damage; nt_capture_warning() then says what is wrong, at which packet (0-based) and
 * byte offset (of the uncompressed file). Without one whole packet before the damage the read fails
 * with NT_E_INPUT instead. A text is damaged only where it ends inside a line; any other line that
 * makes no sense is an error.
 *
 * Frames, their times and lengths are those of tshark 4.0, with two exceptions: what pcapng calls
 * custom blocks are no packets here, and clocks finer than 10^-10 s are read without tshark's
 * overflow. A frame without a time stamp (pcapng's simple packet blocks) has the time 0, and a
 * warning says so.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_CAPTURE_H
#define NINETAILS_CAPTURE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <ninetails/error.h>
#include <ninetails/packet.h>

NT_BEGIN_DECLS

/**
 * @name Bytes on their way
 * The bytes of an input on their way, shown to a function of the caller too.
 * @{
 */

/** Functions that see all bytes, in order, as they are read: those of the file as it lies there
 * (none of a zip, which is not read in order) and those that come out of it. */
typedef struct nt_tap {
  void (*file)(void *context, const void *bytes, size_t size);    /**< bytes of the file */
  void (*content)(void *context, const void *bytes, size_t size); /**< bytes that come out of it */
  void *context;                                                  /**< for both */
} nt_tap;

/** Around the bytes of an input: nothing, a compressed stream, or a zip of one file. */
typedef enum nt_packing { NT_PACKING_NONE, NT_PACKING_FILTER, NT_PACKING_ZIP } nt_packing;

/** @} */

/** What a capture holds. */
typedef enum nt_capture_format {
  NT_FORMAT_PCAP,
  NT_FORMAT_PCAPNG,
  NT_FORMAT_TSV,     /**< packet records as text */
  NT_FORMAT_FEATURES /**< rows of numbers: no packets to read, nt_capture_read_rows instead */
} nt_capture_format;

/** An open capture. */
typedef struct nt_capture nt_capture;

/** Opens path ("-": standard input) and reads as much as it takes to know the format. The error
 * names the path. Owned by the caller: nt_capture_close (NULL is fine). One thread at a time for
 * each handle. */
NT_API nt_capture *nt_capture_open(const char *path, nt_error *err) NT_MUST_CHECK NT_NONNULL(1);
/** The same, all bytes shown to the tap (NULL: none). */
NT_API nt_capture *nt_capture_open_tapped(const char *path, const nt_tap *tap,
                                          nt_error *err) NT_MUST_CHECK NT_NONNULL(1);
/** What lies around the bytes of the input. */
NT_API nt_packing nt_capture_packing(const nt_capture *capture) NT_NONNULL(1);
/** Reads one piece more, for the tap alone; 0: there is none left. */
NT_API int nt_capture_rest(nt_capture *capture) NT_NONNULL(1);
/** Why the bytes ended before their end, or NULL. */
NT_API const char *nt_capture_fault(const nt_capture *capture) NT_NONNULL(1);
/** Closes the file; NULL is fine. */
NT_API void nt_capture_close(nt_capture *capture);

/** What the content showed. */
NT_API nt_capture_format nt_capture_format_of(const nt_capture *capture) NT_NONNULL(1);
/** "pcap", "pcapng", "tsv", "features" */
NT_API const char *nt_capture_format_name(nt_capture_format format);

/** Reads up to max packet records; *got < max only at the end (or at damage). PCAP, PCAPNG and TSV
 * only. On an error the *got records before it are there, and every later call fails likewise. */
NT_API nt_status nt_capture_read(nt_capture *capture, nt_packet *packets, size_t max, size_t *got,
                                 nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2, 4);

/** The next frame as it stands in the file: *got 1, or 0 at the end. PCAP and PCAPNG only. Frames
 * and packets come from one stream: use one of the two calls on a handle. */
NT_API nt_status nt_capture_next_frame(nt_capture *capture, nt_frame *frame, int *got,
                                       nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2, 3);

/** FEATURES only, as what follows: features of a row. Columns that are an index, a time or a label
 * are none (feature_csv.h). */
NT_API size_t nt_capture_width(const nt_capture *capture) NT_NONNULL(1);
/** Names of those columns, nt_capture_width of them; NULL where the file has no header. */
NT_API const char *const *nt_capture_column_names(const nt_capture *capture) NT_NONNULL(1);
/** One of the columns holds time stamps. */
NT_API int nt_capture_has_times(const nt_capture *capture) NT_NONNULL(1);
/** One of the columns holds labels: the file is a label file, too (labels.h). */
NT_API int nt_capture_has_labels(const nt_capture *capture) NT_NONNULL(1);
/** Up to max rows, max x width doubles. times (max doubles) may be NULL; without a timestamp column
 * it is filled with NaN. Errors as nt_capture_read. */
NT_API nt_status nt_capture_read_rows(nt_capture *capture, double *rows, double *times, size_t max,
                                      size_t *got, nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2, 5);

/** What was wrong with the input although packets came of it, or was concluded of it (columns that
 * are no features), or NULL. Valid until close. */
NT_API const char *nt_capture_warning(const nt_capture *capture) NT_NONNULL(1);

/**
 * @name Checksums of what was read
 * Which bytes a run was about: the SHA-256 of those that it read, taken as it reads them, so of a
 * pipe too, and of no file that changed meanwhile.
 * @{
 */

/** The checksum of some bytes. */
typedef struct nt_digest {
  char sha256[65]; /**< lower-case hexadecimal; "": not known */
  int64_t bytes;   /**< -1: not known */
  const char *why; /**< why sha256 is "", static text; else NULL */
} nt_digest;

/** Of a file as it lies there, and of what it holds: the same but where it is compressed. */
typedef struct nt_digests {
  nt_digest file, content; /**< of the file, and of what it holds */
} nt_digests;

/** Takes the checksums of a capture while it is read. */
typedef struct nt_digester nt_digester;

/** NULL with NT_E_MEMORY. nt_digester_free. */
NT_API nt_digester *nt_digester_new(nt_error *err) NT_MUST_CHECK;
/** NULL is fine; after the capture is closed. */
NT_API void nt_digester_free(nt_digester *digester);

/** For nt_capture_open_tapped; the digester's own. */
NT_API const nt_tap *nt_digester_tap(nt_digester *digester) NT_NONNULL(1);
/** Once the capture is open, before it is read. */
NT_API void nt_digester_opened(nt_digester *digester, const nt_capture *capture) NT_NONNULL(1, 2);
/** Reads what is left of the capture, which nobody else reads any more, and ends. A zip is read
 * once more from `path`, if it is still the one that `before` (its stat when the run began)
 * describes. cancel not 0: stops early, without checksums. */
NT_API void nt_digester_end(nt_digester *digester, nt_capture *capture, const char *path,
                            const struct stat *before, const volatile sig_atomic_t *cancel,
                            nt_digests *digests) NT_NONNULL(1, 3, 4, 6);

/** What it took, by now, of the reading thread's time. */
NT_API double nt_digester_seconds(const nt_digester *digester) NT_NONNULL(1);

/** Of a file that can be read twice and is no capture. */
NT_API void nt_digest_file(const char *path, const struct stat *before, nt_digest *digest)
    NT_NONNULL(1, 2, 3);

/** @} */

NT_END_DECLS
/** @} */
#endif
