/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libarchive's "raw" format is a decompressor that finds out by itself what the bytes are. Only
 * filters that work inside the process are enabled: libarchive would start lrzip or grzip for a
 * file that looks so.
 */
#include "source.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/cancel.h"

#define BLOCK ((size_t)256 << 10) /* read at once: stays in the second-level cache */
#define TOLD_NAMES 3              /* files of a zip that an error names */

struct nt_source_archive {
  int fd;
  int error_number; /* of read(), 0 while all is well */
  int zip;
  uint8_t *raw; /* BLOCK bytes as they lie in the file */
  size_t first; /* bytes of the first block, read before the archive asked for it */
  struct archive *archive;
  const uint8_t *piece; /* decompressed, owned by the archive, not yet in the window */
  size_t piece_length;
  uint8_t *window;
  size_t capacity; /* of the window, without the zero byte behind it */
  nt_tap tap;      /* functions NULL: none */
  int filtered;    /* a layer of compression, but no zip */
};

/* ---------------------------------------------------------------- bytes of the file */

static ssize_t read_block(nt_source_archive *s) {
  ssize_t n;
  do n = read(s->fd, s->raw, BLOCK);
  while (n < 0 && errno == EINTR && !nt_flag_get(&nt_cancelled));
  if (n < 0) s->error_number = errno;
  return n;
}

static la_ssize_t on_read(struct archive *archive, void *context, const void **data) {
  nt_source_archive *s = context;
  *data = s->raw;
  ssize_t n = (ssize_t)s->first;
  s->first = 0;
  if (n == 0) n = read_block(s);
  if (n > 0 && !s->zip && s->tap.file) s->tap.file(s->tap.context, s->raw, (size_t)n);
  if (n < 0) archive_set_error(archive, s->error_number, "%s", strerror(s->error_number));
  return n;
}

static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence) {
  nt_source_archive *s = context;
  s->first = 0;
  off_t at = lseek(s->fd, offset, whence);
  if (at < 0) archive_set_error(archive, errno, "%s", strerror(errno));
  return at < 0 ? ARCHIVE_FATAL : at;
}

static nt_status archive_fault(const nt_source_archive *s, nt_error *err) {
  const char *text = archive_error_string(s->archive), *filter = archive_filter_name(s->archive, 0);
  if (nt_cancel_look(err) != NT_OK) return NT_E_STATE;
  if (s->error_number)
    return nt_fail(err, NT_E_IO, "cannot be read: %s", strerror(s->error_number));
  if (archive_errno(s->archive) == ENOMEM)
    return nt_fail(err, NT_E_MEMORY, "out of memory for decompression");
  return nt_fail(err, NT_E_INPUT, "damaged %s data: %s",
                 s->zip   ? "zip"
                 : filter ? filter
                          : "compressed",
                 text ? text : "it is cut off");
}

/* ---------------------------------------------------------------- opening */

static nt_status open_archive(nt_source_archive *s, nt_error *err) {
  struct archive *a = s->archive = archive_read_new();
  if (!a) return nt_fail(err, NT_E_MEMORY, "out of memory for decompression");
  if (s->zip) {
    archive_read_support_format_zip(a);
    archive_read_set_seek_callback(a, on_seek);
  } else {
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_lz4(a);
  }
  archive_read_set_callback_data(a, s);
  archive_read_set_read_callback(a, on_read);
  if (archive_read_open1(a) < ARCHIVE_WARN) return archive_fault(s, err);
  return NT_OK;
}

static void close_archive(nt_source_archive *s) {
  archive_read_free(s->archive);
  s->archive = NULL;
}

/* The next file of the archive; *name NULL at the end. */
static nt_status next_file(nt_source_archive *s, const char **name, nt_error *err) {
  struct archive_entry *entry;
  int result;
  *name = NULL;
  do result = archive_read_next_header(s->archive, &entry);
  while (result >= ARCHIVE_WARN && result != ARCHIVE_EOF && s->zip &&
         archive_entry_filetype(entry) != AE_IFREG);
  if (result == ARCHIVE_EOF) return NT_OK;
  if (result < ARCHIVE_WARN) return archive_fault(s, err);
  *name = archive_entry_pathname(entry);
  if (!*name) *name = "?";
  return NT_OK;
}

/* A zip may hold one file; its table of contents is read first, so that
 * no choice is made silently. */
static nt_status check_one_file(nt_source_archive *s, nt_error *err) {
  if (lseek(s->fd, 0, SEEK_CUR) < 0)
    return nt_fail(err, NT_E_INPUT, "a zip cannot be read from a pipe: unpack it first");
  nt_status status = open_archive(s, err);
  char names[300] = "";
  size_t files = 0, used = 0;
  const char *name;
  while (status == NT_OK && (status = next_file(s, &name, err)) == NT_OK && name) {
    if (files++ < TOLD_NAMES && used < sizeof names)
      used +=
          (size_t)snprintf(names + used, sizeof names - used, "%s%.80s", used ? ", " : "", name);
  }
  close_archive(s);
  if (status != NT_OK) return status;
  if (files != 1)
    return nt_fail(err, NT_E_INPUT, "a zip of %zu files, one expected%s%s%s", files,
                   files ? ": " : "", names, files > TOLD_NAMES ? ", ..." : "");
  if (lseek(s->fd, 0, SEEK_SET) < 0)
    return nt_fail(err, NT_E_IO, "cannot be read: %s", strerror(errno));
  s->first = 0;
  return NT_OK;
}

static nt_status open_source(nt_source_archive *s, const char *path, nt_error *err) {
  struct stat info;
  if (strcmp(path, "-") != 0) s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (s->fd < 0 || fstat(s->fd, &info) != 0)
    return nt_fail(err, NT_E_IO, "cannot be opened: %s", strerror(errno));
  if (S_ISDIR(info.st_mode)) return nt_fail(err, NT_E_IO, "is a directory, a file was expected");
  s->raw = malloc(BLOCK);
  if (!s->raw) return nt_fail(err, NT_E_MEMORY, "out of memory for reading");
  ssize_t n = nt_flag_get(&nt_cancelled) ? 0 : read_block(s);
  if (nt_cancel_look(err) != NT_OK) return NT_E_STATE;
  if (n < 0) return nt_fail(err, NT_E_IO, "cannot be read: %s", strerror(s->error_number));
  if (n == 0) return nt_fail(err, NT_E_INPUT, "is empty");
  s->first = (size_t)n;
  s->zip = n >= 4 && memcmp(s->raw, "PK\3\4", 4) == 0;
  nt_status status = s->zip ? check_one_file(s, err) : NT_OK;
  if (status == NT_OK) status = open_archive(s, err);
  if (status != NT_OK) return status;
  int layers = archive_filter_count(s->archive) - 1; /* the last is "none" */
  if (layers > 1)
    return nt_fail(err, NT_E_INPUT, "compressed %d times over (%s in %s): unpack it once", layers,
                   archive_filter_name(s->archive, 0), archive_filter_name(s->archive, 1));
  s->filtered = layers > 0;
  const char *name;
  status = next_file(s, &name, err);
  if (status == NT_OK && !name) status = nt_fail(err, NT_E_INPUT, "is empty once decompressed");
  return status;
}

nt_source *nt_source_open(const char *path, nt_error *err) {
  return nt_source_open_tapped(path, NULL, err);
}

nt_source *nt_source_open_tapped(const char *path, const nt_tap *tap, nt_error *err) {
  nt_source *source = calloc(1, sizeof *source);
  if (source) source->input = calloc(1, sizeof *source->input);
  if (!source || !source->input) {
    free(source);
    nt_fail(err, NT_E_MEMORY, "%s: out of memory for reading", path);
    return NULL;
  }
  if (strcmp(path, "-") != 0) source->input->fd = -1; /* else 0, standard input */
  if (tap) source->input->tap = *tap;
  nt_status status = open_source(source->input, path, err);
  if (status == NT_OK && nt_source_fill(source, 1) == 0) {
    status = NT_E_INPUT;
    if (source->fault.status == NT_OK)
      nt_fail(err, status, "is empty once decompressed");
    else if (err)
      *err = source->fault;
  }
  if (status == NT_OK) return source;
  nt_fail_in(err, "%s", path);
  nt_source_close(source);
  return NULL;
}

void nt_source_close(nt_source *source) {
  if (!source) return;
  nt_source_archive *s = source->input;
  if (s->archive) archive_read_free(s->archive);
  if (s->fd > 0) close(s->fd);
  free(s->raw);
  free(s->window);
  free(s);
  free(source);
}

/* ---------------------------------------------------------------- the window */

/* Makes room for more bytes behind those that are not consumed yet, which move to the front. */
static int make_room(nt_source *source) {
  nt_source_archive *s = source->input;
  size_t kept = (size_t)(source->end - source->at);
  if (kept) memmove(s->window, source->at, kept);
  if (kept + BLOCK > s->capacity) {
    size_t capacity = s->capacity ? 2 * s->capacity : 2 * BLOCK;
    uint8_t *window = realloc(s->window, capacity + 1);
    if (!window) return 0;
    s->window = window;
    s->capacity = capacity;
  }
  source->at = s->window;
  source->end = s->window + kept;
  return 1;
}

/* The next decompressed piece; 0 at the end, and then the fault says whether it is a good one. */
static int next_piece(nt_source *source) {
  nt_source_archive *s = source->input;
  if (s->archive && nt_cancel_look(&source->fault) != NT_OK) {
    s->piece_length = 0;
    close_archive(s);
  }
  while (s->archive && s->piece_length == 0) {
    la_int64_t offset;
    const void *piece = NULL;
    int result = archive_read_data_block(s->archive, &piece, &s->piece_length, &offset);
    s->piece = piece;
    if (result == ARCHIVE_EOF || result < ARCHIVE_WARN) {
      if (result != ARCHIVE_EOF) archive_fault(s, &source->fault);
      s->piece_length = 0;
      close_archive(s);
    }
    if (s->piece_length > 0 && s->tap.content)
      s->tap.content(s->tap.context, s->piece, s->piece_length);
  }
  return s->piece_length > 0;
}

nt_packing nt_source_packing(const nt_source *source) {
  const nt_source_archive *s = source->input;
  return s->zip ? NT_PACKING_ZIP : s->filtered ? NT_PACKING_FILTER : NT_PACKING_NONE;
}

int nt_source_rest(nt_source *source) {
  nt_source_archive *s = source->input;
  s->piece_length = 0;
  if (next_piece(source)) return 1;
  if (s->zip) return 0;
  ssize_t n = read_block(s); /* what libarchive left behind the end of the compressed data */
  if (n > 0 && s->tap.file) s->tap.file(s->tap.context, s->raw, (size_t)n);
  if (n < 0) nt_fail(&source->fault, NT_E_IO, "cannot be read: %s", strerror(s->error_number));
  return n > 0;
}

size_t nt_source_fill(nt_source *source, size_t want) {
  nt_source_archive *s = source->input;
  while ((size_t)(source->end - source->at) < want && next_piece(source)) {
    if (!make_room(source)) {
      nt_fail(&source->fault, NT_E_MEMORY, "out of memory for reading");
      s->piece_length = 0;
      close_archive(s);
      break;
    }
    size_t n = s->capacity - (size_t)(source->end - s->window);
    if (n > s->piece_length) n = s->piece_length;
    uint8_t *to = s->window + (source->end - s->window);
    memcpy(to, s->piece, n);
    to[n] = 0;
    s->piece += n;
    s->piece_length -= n;
    source->end += n;
    source->end_offset += n;
  }
  return (size_t)(source->end - source->at);
}

uint64_t nt_source_skip(nt_source *source, uint64_t bytes) {
  uint64_t left = bytes;
  while (left && nt_source_have(source, 1)) {
    size_t n = (size_t)(source->end - source->at);
    if (n > left) n = (size_t)left;
    source->at += n;
    left -= n;
  }
  return bytes - left;
}

nt_status nt_source_line(nt_source *source, nt_line *line, int *got, nt_error *err) {
  size_t have = nt_source_have(source, 1), searched = 0;
  const uint8_t *newline = NULL;
  while (searched < have) {
    newline = memchr(source->at + searched, '\n', have - searched);
    if (newline) break;
    searched = have;
    if (have > NT_SOURCE_MAX_LINE)
      return nt_fail(err, NT_E_LIMIT, "a line of more than %zu bytes", NT_SOURCE_MAX_LINE);
    have = nt_source_have(source, have + 1);
  }
  *got = have > 0;
  line->text = (const char *)source->at;
  line->length = newline ? (size_t)(newline - source->at) : have;
  line->ended = newline != NULL;
  source->at += line->length + (newline != NULL);
  if (line->length && line->text[line->length - 1] == '\r') line->length--;
  return NT_OK;
}
