/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chunks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "ground/team.h"
#include "put.h"

#define CHECKSUM 4 /* bytes */

struct hdf5_chunks {
  size_t rows, width, filled;
  int level, strategy;
  double *block; /* rows x width, as the rows come */
  unsigned char
      *plain; /* width x rows doubles: each column's bytes, shuffled where they are deflated */
  unsigned char *packed; /* width x bound: finished chunks */
  size_t bound, *sizes;  /* most and actual bytes of a finished chunk; 0: it could not be made */
};

static size_t bound_of(size_t rows) {
  return compressBound(rows * sizeof(double)) + CHECKSUM;
}

/* Level 1 is to be fast. In the shuffled bytes of times and scores deflate finds runs and little
 * else: to look for no more takes half of the time, and hardly more room. */
static int strategy_of(size_t width, int level) {
  return width == 1 && level == 1 ? Z_RLE : Z_DEFAULT_STRATEGY;
}

hdf5_chunks *nt_h5_chunks_new(size_t rows, size_t width, int level) {
  hdf5_chunks *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  *c = (hdf5_chunks){.rows = rows, .width = width, .level = level};
  c->strategy = strategy_of(width, level);
  c->bound = bound_of(rows);
  if (width <= SIZE_MAX / c->bound) {
    c->block = calloc(rows * width, sizeof *c->block);
    c->plain = malloc(rows * width * sizeof(double));
    c->packed = malloc(width * c->bound);
    c->sizes = calloc(width, sizeof *c->sizes);
  }
  if (c->block && c->plain && c->packed && c->sizes) return c;
  nt_h5_chunks_free(c);
  return NULL;
}

void nt_h5_chunks_free(hdf5_chunks *chunks) {
  if (!chunks) return;
  free(chunks->block);
  free(chunks->plain);
  free(chunks->packed);
  free(chunks->sizes);
  free(chunks);
}

size_t nt_h5_chunks_filled(const hdf5_chunks *chunks) {
  return chunks->filled;
}

size_t nt_h5_chunks_take(hdf5_chunks *chunks, const double *values, size_t count) {
  size_t room = chunks->rows - chunks->filled;
  if (count > room) count = room;
  memcpy(chunks->block + chunks->filled * chunks->width, values,
         count * chunks->width * sizeof *values);
  chunks->filled += count;
  return count;
}

/* ---------------------------------------------------------------- HDF5's filters */

/* Shuffle: the first bytes of all values, then the second bytes, and so on. */
static void shuffle(const double *values, size_t stride, size_t rows, unsigned char *to) {
  for (size_t i = 0; i < rows; i++) {
    unsigned char bytes[sizeof(double)];
    memcpy(bytes, &values[i * stride], sizeof bytes);
    for (size_t k = 0; k < sizeof bytes; k++) to[k * rows + i] = bytes[k];
  }
}

static void copy(const double *values, size_t stride, size_t rows, unsigned char *to) {
  for (size_t i = 0; i < rows; i++)
    memcpy(to + i * sizeof(double), &values[i * stride], sizeof(double));
}

/* Fletcher-32 over big-endian 16-bit words, an odd byte being the upper half of a last one. Sums
 * are reduced (end-around carry) every 360 words, before they can overflow. */
static uint32_t fletcher32(const unsigned char *data, size_t size) {
  uint32_t sum1 = 0, sum2 = 0;
  for (size_t words = size / 2; words > 0;) {
    size_t block = words < 360 ? words : 360;
    words -= block;
    for (; block > 0; block--, data += 2) {
      sum1 += (uint32_t)data[0] << 8 | data[1];
      sum2 += sum1;
    }
    sum1 = (sum1 & 0xffff) + (sum1 >> 16);
    sum2 = (sum2 & 0xffff) + (sum2 >> 16);
  }
  if (size % 2) {
    sum1 += (uint32_t)*data << 8;
    sum2 += sum1;
    sum1 = (sum1 & 0xffff) + (sum1 >> 16);
    sum2 = (sum2 & 0xffff) + (sum2 >> 16);
  }
  sum1 = (sum1 & 0xffff) + (sum1 >> 16);
  sum2 = (sum2 & 0xffff) + (sum2 >> 16);
  return sum2 << 16 | sum1;
}

/* As compress2, with a strategy. Returns the bytes, 0: it could not be done. */
static size_t deflate_all(const unsigned char *plain, size_t size, int level, int strategy,
                          unsigned char *packed, size_t room) {
  z_stream z = {.next_in = (unsigned char *)plain, .avail_in = (uInt)size};
  z.next_out = packed;
  z.avail_out = (uInt)room;
  if (deflateInit2(&z, level, Z_DEFLATED, MAX_WBITS, MAX_MEM_LEVEL - 1, strategy) != Z_OK) return 0;
  int ended = deflate(&z, Z_FINISH) == Z_STREAM_END;
  deflateEnd(&z);
  return ended ? z.total_out : 0;
}

/* The chunk of `rows` doubles, each `stride` after the last, as it stands in a file. plain: room
 * for them; packed: bound_of(rows). Returns its bytes, 0: it could not be made. */
static size_t finish(const double *values, size_t stride, size_t rows, int level, int strategy,
                     unsigned char *plain, unsigned char *packed) {
  size_t size = rows * sizeof(double);
  if (level == 0) {
    copy(values, stride, rows, packed);
  } else {
    shuffle(values, stride, rows, plain);
    size = deflate_all(plain, size, level, strategy, packed, bound_of(rows) - CHECKSUM);
    if (size == 0) return 0;
  }
  uint32_t sum = fletcher32(packed, size);
  for (int k = 0; k < CHECKSUM; k++) packed[size + (size_t)k] = (unsigned char)(sum >> 8 * k);
  return size + CHECKSUM;
}

static void finish_column(void *chunks, size_t column, int member) {
  hdf5_chunks *c = chunks;
  (void)member;
  c->sizes[column] =
      finish(c->block + column, c->width, c->rows, c->level, c->strategy,
             c->plain + column * c->rows * sizeof(double), c->packed + column * c->bound);
}

/* ---------------------------------------------------------------- writing */

int nt_h5_chunks_write(hdf5_chunks *chunks, hid_t dataset, hsize_t first) {
  memset(chunks->block + chunks->filled * chunks->width, 0,
         (chunks->rows - chunks->filled) * chunks->width * sizeof *chunks->block);
  nt_team_each(nt_team_here(), chunks->width, finish_column, chunks);
  chunks->filled = 0;
  for (size_t j = 0; j < chunks->width; j++) {
    const hsize_t offset[2] = {first, j};
    if (!chunks->sizes[j] || H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, offset, chunks->sizes[j],
                                            chunks->packed + j * chunks->bound) < 0)
      return -1;
  }
  return 0;
}

/* ---------------------------------------------------------------- of one dimension */

int nt_h5_pack(hdf5_packed *packed, const double *values, size_t count, int level) {
  size_t rows = count < HDF5_PACKED_CHUNK ? count : HDF5_PACKED_CHUNK, bound = bound_of(rows);
  *packed = (hdf5_packed){.count = count, .rows = rows, .level = level, .bound = bound};
  if (count == 0) return 0;
  int strategy = strategy_of(1, level);
  packed->chunks = (count + rows - 1) / rows;
  packed->bytes = malloc(packed->chunks * bound);
  packed->sizes = calloc(packed->chunks, sizeof *packed->sizes);
  unsigned char *plain = malloc(rows * sizeof(double));
  double *last = calloc(rows, sizeof *last); /* zeros behind its end */
  int good = packed->bytes && packed->sizes && plain && last;
  for (size_t i = 0; good && i < packed->chunks; i++) {
    const double *from = values + i * rows;
    if (count - i * rows < rows) from = memcpy(last, from, (count - i * rows) * sizeof *last);
    packed->sizes[i] = finish(from, 1, rows, level, strategy, plain, packed->bytes + i * bound);
    good = packed->sizes[i] > 0;
  }
  free(plain);
  free(last);
  if (!good) nt_h5_packed_done(packed);
  return good ? 0 : -1;
}

void nt_h5_packed_done(hdf5_packed *packed) {
  free(packed->bytes);
  free(packed->sizes);
  *packed = (hdf5_packed){0};
}

int nt_h5_put_packed(hid_t group, const char *name, const hdf5_packed *packed) {
  hid_t id =
      nt_h5_create_values(group, name, H5T_IEEE_F64LE, packed->count, packed->rows, packed->level);
  int bad = id < 0;
  for (size_t i = 0; !bad && i < packed->chunks; i++) {
    const hsize_t offset = i * packed->rows;
    bad = H5Dwrite_chunk(id, H5P_DEFAULT, 0, &offset, packed->sizes[i],
                         packed->bytes + i * packed->bound) < 0;
  }
  if (id >= 0) bad |= H5Dclose(id) < 0;
  return bad ? -1 : 0;
}
