/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if H5_VERSION_GE(1, 13, 2)
#include <H5FDdevelop.h> /* where later versions keep what a driver needs */
#endif

typedef struct driver_file {
  H5FD_t base; /* HDF5's part; first */
  int fd;
  haddr_t eoa, eof; /* ends of what is allocated and of what is written */
  hdf5_disk *disk;
} driver_file;

static void keep_error(driver_file *file) {
  if (!file->disk->error) file->disk->error = errno ? errno : EIO;
}

static H5FD_t *driver_open(const char *name, unsigned flags, hid_t access, haddr_t most) {
  (void)most;
  hdf5_disk *const *disk = H5Pget_driver_info(access);
  driver_file *file = disk ? calloc(1, sizeof *file) : NULL;
  if (!file) return NULL;
  file->disk = *disk;
  int mode = flags & H5F_ACC_RDWR ? O_RDWR : O_RDONLY;
  if (flags & H5F_ACC_TRUNC) mode |= O_TRUNC;
  struct stat st;
  file->fd = open(name, mode | O_CLOEXEC);
  if (file->fd < 0 || fstat(file->fd, &st) != 0) {
    keep_error(file);
    if (file->fd >= 0) close(file->fd);
    free(file);
    return NULL;
  }
  file->eof = (haddr_t)st.st_size;
  return &file->base;
}

static herr_t driver_close(H5FD_t *base) {
  driver_file *file = (driver_file *)base;
  if (close(file->fd) != 0) keep_error(file);
  free(file);
  return 0;
}

/* The same help from HDF5's upper layers as its own POSIX driver has. */
static herr_t driver_query(const H5FD_t *base, unsigned long *flags) {
  (void)base;
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

static haddr_t driver_get_eoa(const H5FD_t *base, H5FD_mem_t type) {
  (void)type;
  return ((const driver_file *)base)->eoa;
}
static herr_t driver_set_eoa(H5FD_t *base, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((driver_file *)base)->eoa = address;
  return 0;
}
static haddr_t driver_get_eof(const H5FD_t *base, H5FD_mem_t type) {
  (void)type;
  return ((const driver_file *)base)->eof;
}

/* What lies behind the end of the file reads as zeros. */
static herr_t driver_read(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address,
                          size_t size, void *buffer) {
  (void)type, (void)transfer;
  driver_file *file = (driver_file *)base;
  unsigned char *at = buffer;
  while (size > 0) {
    ssize_t got = pread(file->fd, at, size, (off_t)address);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) keep_error(file);
    if (got <= 0) break;
    at += got;
    address += (haddr_t)got;
    size -= (size_t)got;
  }
  memset(at, 0, size);
  return 0;
}

static herr_t driver_write(H5FD_t *base, H5FD_mem_t type, hid_t transfer, haddr_t address,
                           size_t size, const void *buffer) {
  (void)transfer;
  driver_file *file = (driver_file *)base;
  const unsigned char *at = buffer;
  if (type == H5FD_MEM_DRAW) file->disk->address = address;
  if (address + size > file->eof) file->eof = address + size;
  while (size > 0 && !file->disk->error) {
    ssize_t put = pwrite(file->fd, at, size, (off_t)address);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      keep_error(file);
      break;
    }
    at += put;
    address += (haddr_t)put;
    size -= (size_t)put;
  }
  return 0;
}

static herr_t driver_truncate(H5FD_t *base, hid_t transfer, hbool_t closing) {
  (void)transfer, (void)closing;
  driver_file *file = (driver_file *)base;
  if (file->eoa == file->eof) return 0;
  if (!file->disk->error && ftruncate(file->fd, (off_t)file->eoa) != 0) keep_error(file);
  file->eof = file->eoa;
  return 0;
}

static const H5FD_class_t driver_class = {
#if H5_VERSION_GE(1, 13, 2)
    .version = H5FD_CLASS_VERSION,
    .value = 600, /* of the range that HDF5 leaves to others */
#endif
    .name = "ninetails",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(hdf5_disk *),
    .open = driver_open,
    .close = driver_close,
    .query = driver_query,
    .get_eoa = driver_get_eoa,
    .set_eoa = driver_set_eoa,
    .get_eof = driver_get_eof,
    .read = driver_read,
    .write = driver_write,
    .truncate = driver_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

/* Never unregistered: when a file closes, HDF5 1.10 gives up its hold on the driver before it calls
 * the driver's close, so that the last holder must not be a file. A program that closes the library
 * and opens it again registers it again. */
static hid_t registered(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static hid_t id = -1;
  pthread_mutex_lock(&lock);
  if (id < 0 || H5Iis_valid(id) <= 0) id = H5FDregister(&driver_class);
  hid_t driver = id;
  pthread_mutex_unlock(&lock);
  return driver;
}

int nt_h5_driver_use(hid_t access, hdf5_disk *disk) {
  hid_t driver = registered();
  return driver < 0 || H5Pset_driver(access, driver, &disk) < 0 ? -1 : 0;
}
