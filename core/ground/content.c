/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "content.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cancel.h"

enum { BLOCK = 1 << 16 };

struct nt_content {
  struct archive *archive;
  int fd;
  char *block; /* BLOCK bytes as they lie in the file */
  char *name;  /* "path" or "path: member", for errors */
  int at_end;
  uint64_t most, count; /* bytes: bound, read so far */
};

static nt_status failed(nt_content *s, nt_error *err) {
  const char *why = archive_error_string(s->archive);
  int code = archive_errno(s->archive);
  if (nt_cancel_look(err) != NT_OK) return NT_E_STATE;
  nt_status status = code == ENOMEM                                    ? NT_E_MEMORY
                     : code == ENOENT || code == EACCES || code == EIO ? NT_E_IO
                                                                       : NT_E_INPUT;
  return nt_fail(err, status, "%s: %s", s->name, why ? why : "cannot be read");
}

/* libarchive may pass over much of an archive before it comes back: it is cancelled here. */
static la_ssize_t on_read(struct archive *archive, void *context, const void **data) {
  nt_content *s = context;
  ssize_t n = -1;
  *data = s->block;
  while (nt_cancel_look(NULL) == NT_OK && (n = read(s->fd, s->block, BLOCK)) < 0 && errno == EINTR)
    ;
  if (n < 0) archive_set_error(archive, errno, "%s", strerror(errno));
  return n;
}

static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence) {
  const nt_content *s = context;
  off_t at = lseek(s->fd, offset, whence);
  if (at < 0) archive_set_error(archive, errno, "%s", strerror(errno));
  return at < 0 ? ARCHIVE_FATAL : at;
}

static la_int64_t on_skip(struct archive *archive, void *context, la_int64_t request) {
  const nt_content *s = context;
  (void)archive; /* what cannot be skipped is read */
  return lseek(s->fd, request, SEEK_CUR) < 0 ? 0 : request;
}

static nt_status open_archive(nt_content *s, const char *path, nt_error *err) {
  struct stat st;
  s->fd = open(path, O_RDONLY | O_CLOEXEC);
  if (s->fd < 0 || fstat(s->fd, &st) != 0)
    return nt_fail(err, NT_E_IO, "%s: cannot be opened: %s", s->name, strerror(errno));
  if (!(s->block = malloc(BLOCK))) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", s->name);
  archive_read_set_callback_data(s->archive, s);
  archive_read_set_read_callback(s->archive, on_read);
  if (S_ISREG(st.st_mode)) {
    archive_read_set_seek_callback(s->archive, on_seek);
    archive_read_set_skip_callback(s->archive, on_skip);
  }
  return archive_read_open1(s->archive) == ARCHIVE_OK ? NT_OK : failed(s, err);
}

/* Only what is decoded inside this process: libarchive's "all" would start programs for some
 * formats. */
static void accept_formats(struct archive *archive, int member) {
  archive_read_support_filter_gzip(archive);
  archive_read_support_filter_bzip2(archive);
  archive_read_support_filter_xz(archive);
  archive_read_support_filter_lzma(archive);
  archive_read_support_filter_zstd(archive);
  if (!member) {
    archive_read_support_format_raw(archive);
    archive_read_support_format_empty(archive);
    return;
  }
  archive_read_support_format_zip(archive);
  archive_read_support_format_rar(archive);
  archive_read_support_format_rar5(archive);
  archive_read_support_format_7zip(archive);
  archive_read_support_format_tar(archive);
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* Goes to the member: by its full name, or by its last part where the member is given without a
 * folder. */
static nt_status find_member(nt_content *s, const char *path, const char *member, nt_error *err) {
  struct archive_entry *entry;
  char seen[300] = "";
  size_t length = 0;
  int code;
  while ((code = archive_read_next_header(s->archive, &entry)) == ARCHIVE_OK ||
         code == ARCHIVE_WARN) {
    const char *name = archive_entry_pathname(entry);
    int is_link = archive_entry_hardlink(entry) || archive_entry_filetype(entry) == AE_IFLNK;
    if (!name || !(is_link || archive_entry_filetype(entry) == AE_IFREG)) continue;
    if (strcmp(name, member) == 0 ||
        (!strchr(member, '/') && strcmp(base_name(name), member) == 0)) {
      if (!is_link) return NT_OK;
      return nt_fail(err, NT_E_INPUT, "%s: is a link in the archive, a file was expected", s->name);
    }
    if (length < sizeof seen) {
      int n = snprintf(seen + length, sizeof seen - length, "%s%s", length ? ", " : "", name);
      length += n > 0 ? (size_t)n : 0;
    }
  }
  if (code != ARCHIVE_EOF) return failed(s, err);
  return nt_fail(err, NT_E_INPUT, "%s: no member '%s'; the archive has %s", path, member,
                 *seen ? seen : "none");
}

nt_content *nt_content_open(const char *path, const char *member, nt_error *err) {
  nt_content *s = calloc(1, sizeof *s);
  if (s) *s = (nt_content){.fd = -1, .archive = archive_read_new()};
  if (!s || !s->archive ||
      asprintf(&s->name, member ? "%s: %s" : "%s", path, member ? member : "") < 0) {
    if (s) s->name = NULL;
    nt_content_close(s);
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
    return NULL;
  }
  s->most = UINT64_MAX;
  accept_formats(s->archive, member != NULL);
  nt_status status = open_archive(s, path, err);
  if (status == NT_OK && member) {
    status = find_member(s, path, member, err);
  } else if (status == NT_OK) {
    struct archive_entry *entry;
    int code = archive_read_next_header(s->archive, &entry);
    s->at_end = code == ARCHIVE_EOF;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN && code != ARCHIVE_EOF) status = failed(s, err);
  }
  if (status == NT_OK) return s;
  nt_content_close(s);
  return NULL;
}

nt_status nt_content_read(nt_content *content, void *bytes, size_t size, size_t *got,
                          nt_error *err) {
  *got = 0;
  while (!content->at_end && *got < size) {
    if (nt_cancel_look(err) != NT_OK) return NT_E_STATE;
    la_ssize_t n = archive_read_data(content->archive, (char *)bytes + *got, size - *got);
    if (n < 0) return failed(content, err);
    if (n == 0) content->at_end = 1;
    *got += (size_t)n;
    if ((content->count += (size_t)n) > content->most)
      return nt_fail(err, NT_E_LIMIT, "%s: holds more than %llu bytes", content->name,
                     (unsigned long long)content->most);
  }
  return NT_OK;
}

void nt_content_bound(nt_content *content, uint64_t bytes) {
  content->most = bytes;
}

void nt_content_close(nt_content *content) {
  if (!content) return;
  archive_read_free(content->archive);
  if (content->fd >= 0) close(content->fd);
  free(content->block);
  free(content->name);
  free(content);
}
