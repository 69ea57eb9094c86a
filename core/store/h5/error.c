/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"

#include <stdio.h>
#include <sys/mman.h>

/* More than any step of ours takes: HDF5's buffer of a chunk, what its filters need for it, and new
 * pieces of its free lists. */
#define ROOM ((size_t)8 << 20)

static _Thread_local int was_short;

int nt_h5_room(void) {
  void *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED)
    was_short = 1;
  else
    munmap(room, ROOM);
  return !was_short;
}

int nt_h5_short_of_memory(void) {
  return !nt_h5_room();
}

static herr_t take_deepest(unsigned n, const H5E_error2_t *entry, void *context) {
  hdf5_errors *errors = context;
  if (n == 0 && entry->desc) snprintf(errors->reason, sizeof errors->reason, "%s", entry->desc);
  return 0;
}

/* HDF5 calls this where it would print, that is before a later call clears the stack. */
static herr_t take_reason(hid_t stack, void *context) {
  hdf5_errors *errors = context;
  if (!errors->reason[0]) H5Ewalk2(stack, H5E_WALK_UPWARD, take_deepest, errors);
  return 0;
}

void nt_h5_errors_begin(hdf5_errors *errors) {
  *errors = (hdf5_errors){0};
  was_short = 0;
  errors->taken = nt_h5_room();
  if (!errors->taken) return;
  H5Eget_auto2(H5E_DEFAULT, &errors->print, &errors->data);
  H5Eset_auto2(H5E_DEFAULT, take_reason, errors);
}

void nt_h5_errors_end(const hdf5_errors *errors) {
  if (errors->taken) H5Eset_auto2(H5E_DEFAULT, errors->print, errors->data);
}

nt_status nt_h5_fail(const hdf5_errors *errors, nt_error *err, const char *what) {
  if (nt_h5_short_of_memory()) return nt_fail(err, NT_E_MEMORY, "%s: out of memory", what);
  return nt_fail(err, NT_E_IO, "%s: %s", what,
                 errors->reason[0] ? errors->reason : "HDF5 gives no reason");
}
