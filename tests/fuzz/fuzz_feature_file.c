/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the cache's features: the index, sealed so that it is parsed, and the rows. */
#include <assert.h>

#include "store/file/seal.h"
#include "store/output/feature_file.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says how much of the rest lies before the seal's payload, in 1/256. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  size_t before = (size - 1) * *data++ >> 8;
  size--;
  file f = file_of(data, before);
  nt_error err = {.status = NT_OK};
  assert(nt_seal_put(f.path, data + before, size - before, &err) == NT_OK);
  nt_feature_file *features = nt_feature_file_open(f.path, &err);
  if (!features) {
    assert(strncmp(err.text, f.path, strlen(f.path)) == 0);
    file_close(&f);
    return 0;
  }
  uint64_t rows = nt_feature_file_rows(features);
  size_t width = nt_feature_file_width(features), count = rows < 64 ? rows : 64;
  for (size_t i = 0; i < width; i++) assert(nt_feature_file_names(features)[i]);
  nt_feature_file_number(features, "seconds");
  nt_feature_file_text(features, "warning");
  double *row = malloc(count * width * sizeof *row + 1), times[64];
  uint32_t sizes[64];
  if (row) {
    uint32_t *wanted = nt_feature_file_has_sizes(features) ? sizes : NULL;
    nt_feature_file_read(features, 0, count, row, times, wanted, &err);
    nt_feature_file_read(features, rows - count, count, row, times, wanted, &err);
    assert(nt_feature_file_read(features, rows, 1, row, NULL, NULL, &err) == NT_E_ARGUMENT);
  }
  free(row);
  nt_feature_file_close(features);
  file_close(&f);
  return 0;
}
