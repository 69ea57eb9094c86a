/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A source: the bytes of a file or of standard input, decompressed, seen through a window that
 * moves forward. gzip, bzip2, xz, zstd and lz4 (one layer of it) and a zip of one file are taken
 * off on the way, recognised by their content.
 *
 * The check sums of bzip2, xz, zstd, lz4 and zip are verified; that of gzip is not (libarchive
 * reads over it). Of compressed data that is damaged or cut off, up to 64 KiB before the damage are
 * lost with it.
 *
 * Memory: the window is as long as the longest piece asked for, plus a block; it grows only as
 * bytes arrive, so that a length claimed by the input costs nothing by itself. The decompressors
 * keep their own history beside it: at most 128 MiB for zstd and 1 GiB for xz (libarchive's
 * limits), both only when the file really holds as much.
 */
#ifndef NT_SOURCE_H
#define NT_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/capture.h>

#define NT_SOURCE_MAX_LINE ((size_t)4 << 20)

typedef struct nt_source_archive nt_source_archive;

typedef struct nt_source {
  const uint8_t *at, *end; /* read and not yet consumed; a zero byte follows at `end` */
  uint64_t end_offset;     /* of `end`, in the decompressed bytes */
  nt_error fault;          /* status NT_OK, or why the bytes end at `end` */
  nt_source_archive *input;
} nt_source;

typedef struct nt_line {
  const char *text; /* valid until the next read of the source; never 0-terminated by itself */
  size_t length;    /* without LF or CR LF */
  int ended;        /* 0: the input ends here, without a newline */
} nt_line;

/* Opens path ("-": standard input, which stays open afterwards) and reads its first block. The
 * error names the path: cannot be opened, a directory, empty, not to be decompressed. */
nt_source *nt_source_open(const char *path, nt_error *err);
/* The same with a tap (NULL: none), which is copied. */
nt_source *nt_source_open_tapped(const char *path, const nt_tap *tap, nt_error *err);
void nt_source_close(nt_source *source); /* NULL is fine */

/* Reads on until at least `want` bytes lie between at and end, or the input ends; returns how many
 * do. O(bytes read). */
size_t nt_source_fill(nt_source *source, size_t want);

nt_packing nt_source_packing(const nt_source *source);

/* Reads one more piece, for the tap alone, up to the end of the file; 0: there is
 * none. source->fault then says whether all of it was good. */
int nt_source_rest(nt_source *source);

/* Moves `bytes` forward; returns how many there were. */
uint64_t nt_source_skip(nt_source *source, uint64_t bytes);

/* The next line; *got 0 at the end of the input. NT_E_LIMIT beyond NT_SOURCE_MAX_LINE bytes. */
nt_status nt_source_line(nt_source *source, nt_line *line, int *got, nt_error *err);

static inline size_t nt_source_have(nt_source *source, size_t want) {
  size_t have = (size_t)(source->end - source->at);
  return have >= want ? have : nt_source_fill(source, want);
}

static inline uint64_t nt_source_offset(const nt_source *source) {
  return source->end_offset - (uint64_t)(source->end - source->at);
}

#endif
