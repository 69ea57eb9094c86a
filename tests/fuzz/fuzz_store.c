/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of a run, of a data set, of features or of results: a file that differs from
 * what was written is refused with an error that names it. */
#include <assert.h>

#include "store/output/extracted.h"
#include "store/run/result_file.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(nt_status status, const nt_error *err, const char *path) {
  if (status != NT_OK) assert(strstr(err->text, path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  file f = file_of(data, size);
  nt_error err = {.status = NT_OK};
  nt_run_record run;
  nt_status status = nt_run_file_read(f.path, &run, &err);
  check(status, &err, f.path);
  if (status == NT_OK) nt_run_record_done(&run);
  check(nt_data_file_check(f.path, "00000000000000000000000000000000", &err), &err, f.path);
  nt_extracted *extracted = nt_extracted_open(f.path, &err);
  if (extracted) {
    size_t got = 1, width = nt_extracted_width(extracted);
    double *row = malloc((width + 1) * sizeof *row), time;
    while (row && got && nt_extracted_read(extracted, row, &time, 1, &got, &err) == NT_OK) continue;
    free(row);
  } else {
    check(NT_E_INPUT, &err, f.path);
  }
  nt_extracted_close(extracted);
  nt_table table;
  status = nt_table_read(f.path, &table, &err);
  check(status, &err, f.path);
  if (status == NT_OK) nt_table_done(&table);
  file_close(&f);
  return 0;
}
