/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "get.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ground/cancel.h"
#include "store/file/seal.h"
#include "put.h"

#define MOST_NAMES ((hsize_t)1 << 24)
#define MOST_TEXT ((size_t)1 << 30)
#define MOST_RATIO 1100 /* deflate makes of one byte at most 1032 */
#define PART ((hsize_t)1 << 20)

static nt_status no_memory(nt_error *err) {
  return nt_fail(err, NT_E_MEMORY, "out of memory");
}
static nt_status unreadable(nt_error *err, const char *name) {
  if (nt_h5_short_of_memory()) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", name);
  return nt_fail(err, NT_E_INPUT, "%s: missing, damaged, or not of the expected form", name);
}

nt_status nt_h5_damaged(const hdf5_errors *errors, nt_error *err) {
  if (nt_h5_short_of_memory()) return no_memory(err);
  return nt_fail(err, NT_E_INPUT, "damaged, or not of the expected form: %s", errors->reason);
}

/* ---------------------------------------------------------------- files */

hid_t nt_h5_open_checked(const char *path, uint64_t most, const hdf5_errors *errors, char **kind,
                         nt_error *err) {
  struct stat st;
  *kind = NULL;
  int large = stat(path, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size > most;
  if (!large && nt_seal_check(path, NULL, NULL, err) != NT_OK) return -1;
  hid_t file = nt_h5_open(path);
  if (file < 0 && nt_h5_short_of_memory()) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
    return -1;
  }
  if (file < 0) {
    nt_fail(err, NT_E_INPUT, "%s: not an HDF5 file, damaged, or cut short: %s", path,
            errors->reason);
    return -1;
  }
  *kind = nt_h5_get_text(file, HDF5_KIND);
  if (*kind) return file;
  H5Fclose(file);
  nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
  return -1;
}

/* ---------------------------------------------------------------- names */

void nt_h5_names_done(hdf5_names *names) {
  for (size_t i = 0; i < names->count; i++) free(names->name[i]);
  free(names->name);
  *names = (hdf5_names){0};
}

static nt_status names_room(hdf5_names *names, hsize_t count, nt_error *err) {
  *names = (hdf5_names){0};
  if (count > MOST_NAMES) return nt_fail(err, NT_E_INPUT, "too many names");
  names->name = calloc(count + 1, sizeof *names->name);
  return names->name ? NT_OK : no_memory(err);
}

nt_status nt_h5_links(hid_t group, hdf5_names *names, nt_error *err) {
  H5G_info_t info = {0};
  *names = (hdf5_names){0};
  if (!nt_h5_room() || H5Gget_info(group, &info) < 0) return unreadable(err, "a group");
  if (names_room(names, info.nlinks, err) != NT_OK) return err ? err->status : NT_E_MEMORY;
  /* Files of other programs may not have kept the order. */
  H5_index_t index = H5_INDEX_CRT_ORDER;
  if (info.nlinks &&
      H5Lget_name_by_idx(group, ".", index, H5_ITER_INC, 0, NULL, 0, H5P_DEFAULT) < 0)
    index = H5_INDEX_NAME;
  for (hsize_t i = 0; i < info.nlinks; i++) {
    ssize_t n = H5Lget_name_by_idx(group, ".", index, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
    char *name = n < 0 ? NULL : calloc((size_t)n + 1, 1);
    if (name) names->name[names->count++] = name;
    if (!name || H5Lget_name_by_idx(group, ".", index, H5_ITER_INC, i, name, (size_t)n + 1,
                                    H5P_DEFAULT) < 0) {
      nt_h5_names_done(names);
      return unreadable(err, "a link");
    }
  }
  return NT_OK;
}

static herr_t take_attribute(hid_t object, const char *name, const H5A_info_t *info, void *to) {
  (void)object, (void)info;
  hdf5_names *names = to;
  char *copy = strdup(name);
  if (!copy) return -1;
  names->name[names->count++] = copy;
  return 0;
}

nt_status nt_h5_attributes(hid_t object, hdf5_names *names, nt_error *err) {
  H5O_info_t info;
  *names = (hdf5_names){0};
  if (!nt_h5_room() || H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS) < 0)
    return unreadable(err, "attributes");
  nt_status status = names_room(names, info.num_attrs, err);
  if (status != NT_OK) return status;
  hsize_t from = 0;
  if (H5Aiterate2(object, H5_INDEX_CRT_ORDER, H5_ITER_INC, &from, take_attribute, names) >= 0)
    return NT_OK;
  nt_h5_names_done(names);
  status = names_room(names, info.num_attrs, err);
  from = 0;
  if (status == NT_OK &&
      H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &from, take_attribute, names) < 0) {
    nt_h5_names_done(names);
    status = unreadable(err, "attributes");
  }
  return status;
}

/* Links into other files are not followed: a file of a stranger shows what is in it, no more. */
static int is_hard_link(hid_t group, const char *path) {
  H5L_info_t info;
  return H5Lexists(group, path, H5P_DEFAULT) > 0 &&
         H5Lget_info(group, path, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

int nt_h5_has(hid_t group, const char *path) {
  char part[512];
  for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
    size_t length = (size_t)(slash - path);
    if (length >= sizeof part) return 0;
    memcpy(part, path, length);
    part[length] = 0;
    if (!is_hard_link(group, part)) return 0;
  }
  return is_hard_link(group, path);
}

/* ---------------------------------------------------------------- texts */

typedef herr_t reader(hid_t object, hid_t type, void *to);

static herr_t read_dataset(hid_t object, hid_t type, void *to) {
  return H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
}

/* Texts of variable length are HDF5's until they are copied. */
static nt_status take_variable(hid_t object, reader *read, hid_t space, size_t count,
                               hdf5_names *texts, nt_error *err) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  char **got = calloc(count + 1, sizeof *got);
  nt_status status = !got                          ? no_memory(err)
                     : read(object, type, got) < 0 ? unreadable(err, "texts")
                                                   : NT_OK;
  for (size_t i = 0; status == NT_OK && i < count; i++) {
    texts->name[i] = strdup(got[i] ? got[i] : "");
    if (!texts->name[i]) status = no_memory(err);
    texts->count += status == NT_OK;
  }
  if (got) H5Dvlen_reclaim(type, space, H5P_DEFAULT, got);
  free(got);
  H5Tclose(type);
  return status;
}

static nt_status take_fixed(hid_t object, reader *read, hid_t file_type, size_t count,
                            hdf5_names *texts, nt_error *err) {
  size_t size = H5Tget_size(file_type) + 1;
  if (size > MOST_TEXT || size > MOST_TEXT / (count + 1)) return unreadable(err, "texts");
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, size);
  H5Tset_cset(type, H5Tget_cset(file_type));
  char *got = calloc(count + 1, size);
  nt_status status = !got                          ? no_memory(err)
                     : read(object, type, got) < 0 ? unreadable(err, "texts")
                                                   : NT_OK;
  for (size_t i = 0; status == NT_OK && i < count; i++) {
    texts->name[i] = strndup(got + i * size, size);
    if (!texts->name[i]) status = no_memory(err);
    texts->count += status == NT_OK;
  }
  free(got);
  H5Tclose(type);
  return status;
}

static nt_status take_texts(hid_t object, reader *read, hid_t type, hid_t space, hdf5_names *texts,
                            nt_error *err) {
  hssize_t count = H5Sget_simple_extent_npoints(space);
  *texts = (hdf5_names){0};
  if (count < 0 || H5Tget_class(type) != H5T_STRING) return unreadable(err, "texts");
  nt_status status = names_room(texts, (hsize_t)count, err);
  if (status == NT_OK && count > 0)
    status = H5Tis_variable_str(type) > 0
                 ? take_variable(object, read, space, (size_t)count, texts, err)
                 : take_fixed(object, read, type, (size_t)count, texts, err);
  if (status != NT_OK) nt_h5_names_done(texts);
  return status;
}

nt_status nt_h5_get_texts(hid_t object, const char *name, hdf5_names *texts, nt_error *err) {
  *texts = (hdf5_names){0};
  hid_t id = nt_h5_room() && H5Aexists(object, name) > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
  if (id < 0) return unreadable(err, name);
  hid_t type = H5Aget_type(id), space = H5Aget_space(id);
  nt_status status = take_texts(id, H5Aread, type, space, texts, err);
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(id);
  return status;
}

nt_status nt_h5_read_texts(hid_t dataset, hdf5_names *texts, nt_error *err) {
  *texts = (hdf5_names){0};
  if (!nt_h5_room()) return unreadable(err, "texts");
  hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
  nt_status status = take_texts(dataset, read_dataset, type, space, texts, err);
  H5Sclose(space);
  H5Tclose(type);
  return status;
}

/* ---------------------------------------------------------------- scalars */

nt_status nt_h5_get(hid_t object, const char *name, hdf5_value *value, nt_error *err) {
  *value = (hdf5_value){0};
  hid_t id = nt_h5_room() && H5Aexists(object, name) > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
  if (id < 0) return unreadable(err, name);
  hid_t type = H5Aget_type(id), space = H5Aget_space(id);
  H5T_class_t kind = H5Tget_class(type);
  int scalar = H5Sget_simple_extent_npoints(space) == 1;
  nt_status status = NT_OK;
  if (scalar && kind == H5T_STRING) {
    hdf5_names texts;
    status = take_texts(id, H5Aread, type, space, &texts, err);
    if (status == NT_OK) {
      value->kind = HDF5_TEXT;
      value->text = texts.name[0];
      free(texts.name);
    }
  } else if (scalar && kind == H5T_INTEGER) {
    value->kind = HDF5_INTEGER;
    if (H5Aread(id, H5T_NATIVE_INT64, &value->integer) < 0) status = unreadable(err, name);
  } else if (scalar && kind == H5T_FLOAT) {
    value->kind = HDF5_NUMBER;
    if (H5Aread(id, H5T_NATIVE_DOUBLE, &value->number) < 0) status = unreadable(err, name);
  }
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(id);
  return status;
}

char *nt_h5_get_text(hid_t object, const char *name) {
  hdf5_value value = {0};
  if (!nt_h5_room()) return NULL;
  if (H5Aexists(object, name) > 0) nt_h5_get(object, name, &value, NULL);
  if (value.text || nt_h5_short_of_memory()) return value.text;
  return strdup("");
}

/* ---------------------------------------------------------------- datasets */

/* What the file stores bounds what it can hold: unwritten chunks, and values that lie in other
 * files, are not ours. */
static int plausible(hid_t dataset, hsize_t length, size_t size) {
  hid_t create = H5Dget_create_plist(dataset);
  int inside = H5Pget_layout(create) != H5D_VIRTUAL && H5Pget_external_count(create) == 0;
  H5Pclose(create);
  return inside && (length == 0 || length <= H5Dget_storage_size(dataset) * MOST_RATIO / size);
}

hdf5_kind nt_h5_dataset_kind(hid_t dataset, hsize_t *length) {
  hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
  H5T_class_t class = H5Tget_class(type);
  hdf5_kind kind = class == H5T_STRING    ? HDF5_TEXT
                   : class == H5T_INTEGER ? HDF5_INTEGER
                   : class == H5T_FLOAT   ? HDF5_NUMBER
                                          : HDF5_NONE;
  *length = 0;
  if (H5Sget_simple_extent_ndims(space) != 1 ||
      H5Sget_simple_extent_dims(space, length, NULL) != 1 || *length > SIZE_MAX / 16 ||
      !plausible(dataset, *length, H5Tget_size(type)))
    kind = HDF5_NONE;
  H5Sclose(space);
  H5Tclose(type);
  return kind;
}

static nt_status read_part(hid_t dataset, hid_t type, hsize_t first, hsize_t count, void *values,
                           nt_error *err) {
  hid_t from = H5Dget_space(dataset), to = H5Screate_simple(1, &count, NULL);
  int bad = H5Sselect_hyperslab(from, H5S_SELECT_SET, &first, NULL, &count, NULL) < 0 ||
            H5Dread(dataset, type, to, from, H5P_DEFAULT, values) < 0;
  H5Sclose(to);
  H5Sclose(from);
  if (!bad) return NT_OK;
  if (nt_h5_short_of_memory()) return no_memory(err);
  return nt_fail(err, NT_E_INPUT, "damaged, its values cannot be read");
}

/* In parts, between which it can be cancelled: what fits into one, such as a column of a table, is
 * always read. */
static nt_status read_slice(hid_t dataset, hid_t type, size_t size, hsize_t first, hsize_t count,
                            void **values, nt_error *err) {
  nt_status status = NT_OK;
  *values = calloc(count + 1, size);
  if (!*values) return no_memory(err);
  for (hsize_t done = 0, part; status == NT_OK && done < count; done += part) {
    part = count - done < PART ? count - done : PART;
    if (done > 0) status = nt_cancel_look(err);
    if (status == NT_OK)
      status = read_part(dataset, type, first + done, part, (char *)*values + done * size, err);
  }
  if (status == NT_OK) return NT_OK;
  free(*values);
  *values = NULL;
  return status;
}

nt_status nt_h5_read(hid_t group, const char *path, hid_t type, size_t size, hsize_t first,
                     size_t *count, void *values, nt_error *err) {
  void *read = NULL;
  hsize_t length = 0;
  hid_t id = nt_h5_room() && nt_h5_has(group, path) ? H5Dopen2(group, path, H5P_DEFAULT) : -1;
  if (id < 0) return unreadable(err, path);
  hdf5_kind kind = nt_h5_dataset_kind(id, &length);
  nt_status status = NT_OK;
  if (kind != HDF5_INTEGER && kind != HDF5_NUMBER)
    status = unreadable(err, path);
  else if (first > length || (*count != SIZE_MAX && *count > length - first))
    status = nt_fail(err, NT_E_INPUT, "%s: %llu values, fewer than expected", path,
                     (unsigned long long)length);
  if (status == NT_OK) {
    if (*count == SIZE_MAX) *count = (size_t)(length - first);
    status = read_slice(id, type, size, first, *count, &read, err);
    if (status != NT_OK) nt_fail_in(err, "%s", path);
  }
  H5Dclose(id);
  memcpy(values, &read, sizeof read);
  return status;
}
