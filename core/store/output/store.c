/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ground/cancel.h"
#include "ground/temporary.h"
#include "store/file/output.h"
#include "store/file/seal.h"
#include "format.h"

static const nt_store_format *const formats[] = {&nt_store_hdf5, &nt_store_csv};

struct nt_store {
  nt_output output;
  const nt_store_format *format;
  void *file;
};

static const nt_store_format *format_of(const char *path) {
  const char *base = strrchr(path, '/');
  const char *dot = strrchr(base ? base + 1 : path, '.');
  if (!dot || !dot[1]) return NULL;
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    for (size_t j = 0; formats[i]->endings[j]; j++)
      if (strcasecmp(dot, formats[i]->endings[j]) == 0) return formats[i];
  return NULL;
}

nt_store *nt_store_create(const char *path, nt_error *err) {
  const nt_store_format *format = format_of(path);
  if (!format) {
    nt_fail(err, NT_E_ARGUMENT, "%s: the output's name must end in .h5, .hdf5 or .csv", path);
    return NULL;
  }
  nt_store *store = calloc(1, sizeof *store);
  if (!store) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
    return NULL;
  }
  store->format = format;
  nt_temporary_sweep_of(path);
  if (nt_output_begin(&store->output, path, err) == NT_OK)
    store->file = format->create(store->output.temporary, err);
  if (store->file) return store;
  nt_store_discard(store);
  return NULL;
}

void nt_store_discard(nt_store *store) {
  if (!store) return;
  if (store->file) store->format->close(store->file, NULL);
  nt_output_discard(&store->output);
  free(store);
}

nt_status nt_store_commit(nt_store *store, nt_error *err) {
  nt_status status = store->format->close(store->file, err);
  store->file = NULL;
  if (status == NT_OK && store->format->sealed)
    status = nt_seal_file(store->output.temporary, &nt_cancelled, err);
  if (status == NT_OK)
    status = nt_output_commit(&store->output, err);
  else
    nt_fail_in(err, "%s", store->output.path);
  nt_store_discard(store);
  return status;
}

int nt_store_has_attributes(const nt_store *store) {
  return store->format->attribute != NULL;
}

/* Errors of a format begin with the name of the destination. */
static nt_status named(const nt_store *store, nt_status status, nt_error *err) {
  if (status != NT_OK) nt_fail_in(err, "%s", store->output.path);
  return status;
}

nt_status nt_store_begin(nt_store *store, const nt_store_shape *shape, nt_error *err) {
  return named(store, store->format->begin(store->file, shape, err), err);
}

nt_status nt_store_append(nt_store *store, const nt_store_rows *rows, nt_error *err) {
  return named(store, store->format->append(store->file, rows, err), err);
}

nt_status nt_store_map(nt_store *store, const nt_feature_map *map, nt_error *err) {
  if (!store->format->map) return NT_OK;
  return named(store, store->format->map(store->file, map, err), err);
}

nt_status nt_store_attacks(nt_store *store, const nt_attack_measured *measured, nt_error *err) {
  if (!store->format->attacks) return NT_OK;
  return named(store, store->format->attacks(store->file, measured, err), err);
}

static nt_status attribute(nt_store *store, const nt_attribute *a, nt_error *err) {
  if (!store->format->attribute) return NT_OK;
  return named(store, store->format->attribute(store->file, a, err), err);
}

nt_status nt_store_text(nt_store *store, const char *name, const char *value, nt_error *err) {
  return attribute(store, &(nt_attribute){.name = name, .type = NT_ATTRIBUTE_TEXT, .text = value},
                   err);
}

nt_status nt_store_integer(nt_store *store, const char *name, int64_t value, nt_error *err) {
  return attribute(
      store, &(nt_attribute){.name = name, .type = NT_ATTRIBUTE_INTEGER, .integer = value}, err);
}

nt_status nt_store_number(nt_store *store, const char *name, double value, nt_error *err) {
  return attribute(
      store, &(nt_attribute){.name = name, .type = NT_ATTRIBUTE_NUMBER, .number = value}, err);
}
