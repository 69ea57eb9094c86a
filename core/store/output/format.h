/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/store: what a file format must provide. One constant of this type for each format. */
#ifndef NT_STORE_FORMAT_H
#define NT_STORE_FORMAT_H

#include "store.h"

typedef enum nt_attribute_type {
  NT_ATTRIBUTE_TEXT,
  NT_ATTRIBUTE_INTEGER,
  NT_ATTRIBUTE_NUMBER
} nt_attribute_type;

typedef struct nt_attribute {
  const char *name;
  nt_attribute_type type;
  const char *text;
  int64_t integer;
  double number;
} nt_attribute;

typedef struct nt_store_format {
  const char *endings[3]; /* of file names; NULL ends the list */
  int sealed;             /* a checksum of the whole lies behind the end (seal.h) */
  void *(*create)(const char *temporary, nt_error *err);
  nt_status (*begin)(void *file, const nt_store_shape *shape, nt_error *err);
  nt_status (*append)(void *file, const nt_store_rows *rows, nt_error *err);
  nt_status (*map)(void *file, const nt_feature_map *map,
                   nt_error *err); /* may be NULL: no place for it */
  nt_status (*attacks)(void *file, const nt_attack_measured *measured,
                       nt_error *err); /* may be NULL */
  nt_status (*attribute)(void *file, const nt_attribute *attribute,
                         nt_error *err);         /* may be NULL */
  nt_status (*close)(void *file, nt_error *err); /* frees `file` whatever happens */
} nt_store_format;

extern const nt_store_format nt_store_hdf5, nt_store_csv;

#endif
