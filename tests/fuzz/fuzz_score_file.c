/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a score file of the cache: as they are, and sealed so that they are parsed. */
#include <assert.h>

#include "store/file/seal.h"
#include "store/run/run_file.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_it(const char *path) {
  nt_score_record record;
  nt_error err = {.status = NT_OK};
  if (nt_score_file_read(path, &record, &err) != NT_OK) {
    assert(strncmp(err.text, path, strlen(path)) == 0);
    return;
  }
  double sum = 0;
  for (size_t i = 0; i < record.count; i++) sum += record.scores[i];
  for (size_t i = 0; i < record.trained; i++) sum += record.training[i];
  for (size_t i = 0; i < record.cells; i++) assert(record.cell[i].name);
  volatile double kept = sum;
  (void)kept;
  nt_score_record_done(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  nt_error err;
  file f = file_of(data, size);
  read_it(f.path);
  file_close(&f);
  file sealed = file_of(data, 0);
  assert(nt_seal_put(sealed.path, data, size, &err) == NT_OK);
  read_it(sealed.path);
  file_close(&sealed);
  return 0;
}
