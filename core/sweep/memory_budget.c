/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory that arrays may take: estimated before they exist, then as they report it. Rows of
 * features do not count: a pass reads them into one buffer, from the system's page cache.
 */
#include "graph.h"

/* Bytes a packet while metrics are computed (metrics/measures.h). */
#define MEASURE_BYTES 40
/* Assumed of a detector until it is known. */
#define DETECTOR_BYTES ((uint64_t)1 << 20)
/* Four chunks of the pipeline, what HDF5 holds of the file that is written, and some streams. */
#define EXTRACT_BYTES ((uint64_t)32 << 20)

int nt_sweep_fits(const nt_sweep *s, uint64_t bytes) {
  return s->used + bytes <= s->memory;
}

uint64_t nt_sweep_bytes_to_extract(const input *in) {
  uint64_t rows = in->rows ? in->rows : (uint64_t)nt_sweep_rows_of(in);
  return rows * SWEEP_INPUT_BYTES + EXTRACT_BYTES;
}

uint64_t nt_sweep_bytes_to_pass(const input *in, size_t jobs) {
  size_t row = nt_feature_file_width(in->file) * sizeof(double) + sizeof(double) + sizeof(uint32_t);
  return NT_FEATURE_CHUNK * (row + jobs * sizeof(double));
}

uint64_t nt_sweep_bytes_to_measure(const job *j) {
  return (uint64_t)j->record.count * MEASURE_BYTES;
}

/* Scores of all rows, and those of the last tenth of learning. */
static uint64_t array_bytes(const job *j) {
  uint64_t rows = j->input->rows, grace = score_from(j);
  return ((rows > grace ? rows - grace : 0) + grace / 10) * sizeof(double);
}

uint64_t nt_sweep_bytes_of_job(const job *j) {
  return array_bytes(j) + (j->detector_bytes ? j->detector_bytes : DETECTOR_BYTES);
}

void nt_sweep_account(nt_sweep *s, job *j, uint64_t detector) {
  uint64_t bytes = array_bytes(j) + detector;
  s->used = s->used - j->bytes + bytes;
  j->bytes = bytes;
  if (detector <= j->detector_bytes) return;
  j->detector_bytes = detector;
  for (size_t i = 0; i < s->job_count; i++) { /* what is not known yet is taken to be the same */
    job *other = &s->jobs[i];
    if (other->detector_bytes == 0 && other->run->kind == j->run->kind)
      other->detector_bytes = detector;
  }
}

/* Metrics are computed when the detector is gone. */
nt_status nt_sweep_check_bytes(const nt_sweep *s, const job *j, nt_error *err) {
  uint64_t arrays = array_bytes(j), detector = nt_sweep_bytes_of_job(j) - arrays;
  uint64_t metrics = j->input->rows * MEASURE_BYTES;
  uint64_t need =
      sweep_bytes_of_input(j->input) + arrays + (detector > metrics ? detector : metrics);
  if (need <= s->memory) return NT_OK;
  return nt_fail(err, NT_E_LIMIT,
                 "its arrays take about %.0f MB: more than the %.0f MB of memory allowed",
                 (double)need / 1e6, (double)s->memory / 1e6);
}
