/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "put.h"

#include <hdf5_hl.h>
#include <string.h>

#include "store/file/output.h"
#include "store/file/seal.h"

#define CHUNK 32768 /* values */

#define ORDERED (H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED)

/* ---------------------------------------------------------------- files and groups */

hid_t nt_h5_create(const char *path, hdf5_format format, hdf5_disk *disk) {
  if (!nt_h5_room()) return -1;
  hid_t create = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_link_creation_order(create, ORDERED);
  H5Pset_attr_creation_order(create, ORDERED);
  if (format == HDF5_CHECKED) H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
  hid_t id =
      nt_h5_driver_use(access, disk) < 0 ? -1 : H5Fcreate(path, H5F_ACC_TRUNC, create, access);
  H5Pclose(access);
  H5Pclose(create);
  return id;
}

hid_t nt_h5_open(const char *path) {
  if (!nt_h5_room()) return -1;
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
#if H5_VERSION_GE(1, 10, 7) && !(H5_VERS_MINOR == 12 && H5_VERS_RELEASE == 0)
  H5Pset_file_locking(access, 0, 1);
#endif
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
  hid_t id = H5Fopen(path, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  return id;
}

nt_status nt_h5_outcome(const hdf5_disk *disk, const hdf5_errors *errors, int bad, nt_error *err,
                        const char *what) {
  if (disk->error) return nt_fail(err, NT_E_IO, "%s: %s", what, strerror(disk->error));
  return bad ? nt_h5_fail(errors, err, what) : NT_OK;
}

static nt_status write_temporary(const char *path, hdf5_fill *fill, void *context, nt_error *err) {
  hdf5_disk disk = {0};
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  hid_t file = nt_h5_create(path, HDF5_CHECKED, &disk);
  nt_status status = nt_h5_outcome(&disk, &errors, file < 0, err, "cannot be created");
  if (status == NT_OK) status = fill(file, &errors, context, err);
  int bad = file >= 0 && H5Fclose(file) < 0;
  /* What a full disk made of the rest is not the reason. */
  if (disk.error || status == NT_OK)
    status = nt_h5_outcome(&disk, &errors, bad, err, "cannot be written");
  nt_h5_errors_end(&errors);
  return status;
}

nt_status nt_h5_write_file(const char *path, hdf5_fill *fill, void *context, pthread_mutex_t *lock,
                           nt_error *err) {
  nt_output output;
  nt_status status = nt_output_begin(&output, path, err);
  if (status != NT_OK) return status;
  if (lock) pthread_mutex_lock(lock);
  status = write_temporary(output.temporary, fill, context, err);
  if (lock) pthread_mutex_unlock(lock);
  if (status != NT_OK) nt_fail_in(err, "%s", path);
  if (status == NT_OK) status = nt_seal_file(output.temporary, NULL, err);
  if (status == NT_OK) return nt_output_commit(&output, err);
  nt_output_discard(&output);
  return status;
}

hid_t nt_h5_group(hid_t parent, const char *name) {
  if (!nt_h5_room()) return -1;
  hid_t create = H5Pcreate(H5P_GROUP_CREATE);
  H5Pset_link_creation_order(create, ORDERED);
  H5Pset_attr_creation_order(create, ORDERED);
  hid_t id = H5Gcreate2(parent, name, H5P_DEFAULT, create, H5P_DEFAULT);
  H5Pclose(create);
  return id;
}

/* ---------------------------------------------------------------- attributes */

hid_t nt_h5_text_type(void) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

int nt_h5_put_attribute(hid_t object, const char *name, hid_t file_type, hid_t memory_type,
                        hsize_t count, const void *value) {
  if (!nt_h5_room()) return -1;
  hid_t space = count ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
  hid_t id = H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
  int bad = id < 0 || H5Awrite(id, memory_type, value) < 0;
  if (id >= 0) bad |= H5Aclose(id) < 0;
  if (space >= 0) H5Sclose(space);
  return bad ? -1 : 0;
}

int nt_h5_put_texts(hid_t object, const char *name, hsize_t count, const char *const *texts) {
  hid_t type = nt_h5_text_type();
  int result = nt_h5_put_attribute(object, name, type, type, count, texts);
  H5Tclose(type);
  return result;
}

int nt_h5_put_text(hid_t object, const char *name, const char *text) {
  return nt_h5_put_texts(object, name, 0, &text);
}

int nt_h5_put_integer(hid_t object, const char *name, int64_t value) {
  return nt_h5_put_attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, 0, &value);
}

int nt_h5_put_number(hid_t object, const char *name, double value) {
  return nt_h5_put_attribute(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, &value);
}

/* ---------------------------------------------------------------- small datasets */

hid_t nt_h5_create_values(hid_t group, const char *name, hid_t type, hsize_t count, hsize_t chunk,
                          int compression) {
  if (!nt_h5_room()) return -1;
  hid_t space = H5Screate_simple(1, &count, NULL), create = H5Pcreate(H5P_DATASET_CREATE);
  int bad = chunk && H5Pset_chunk(create, 1, &chunk) < 0;
  if (chunk && compression > 0)
    bad |= H5Pset_shuffle(create) < 0 || H5Pset_deflate(create, (unsigned)compression) < 0;
  if (chunk) bad |= H5Pset_fletcher32(create) < 0;
  H5Pset_attr_creation_order(create, ORDERED);
  hid_t id = bad ? -1 : H5Dcreate2(group, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
  H5Pclose(create);
  H5Sclose(space);
  return id;
}

int nt_h5_put_values(hid_t group, const char *name, hid_t file_type, hid_t memory_type,
                     hsize_t count, const void *values, int compression) {
  const hsize_t chunk = compression < 0 ? 0 : count < CHUNK ? count : CHUNK;
  hid_t id = nt_h5_create_values(group, name, file_type, count, chunk, compression);
  int bad =
      id < 0 || (count && H5Dwrite(id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0);
  if (id >= 0) bad |= H5Dclose(id) < 0;
  return bad ? -1 : 0;
}

int nt_h5_put_list(hid_t group, const char *name, hid_t file_type, hid_t memory_type, hsize_t count,
                   const void *values, const char *description, hid_t *keep) {
  if (keep) *keep = -1;
  if (!nt_h5_room()) return -1;
  hid_t space = H5Screate_simple(1, &count, NULL);
  hid_t id = H5Dcreate2(group, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  int bad =
      id < 0 || (count && H5Dwrite(id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0);
  bad = bad || H5DSset_scale(id, name) < 0 || nt_h5_put_text(id, "long_name", description) < 0;
  if (keep)
    *keep = id;
  else if (id >= 0)
    H5Dclose(id);
  if (space >= 0) H5Sclose(space);
  return bad ? -1 : 0;
}
