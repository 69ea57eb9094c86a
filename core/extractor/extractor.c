/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/extractor.h>

#include <stdlib.h>

#include "kept.h"
#include "profile.h"

struct nt_extractor {
  const nt_profile_type *type;
  void *state;
  uint64_t packets;
};

static const nt_profile_type *const types[] = {
    [NT_PROFILE_PY100] = &nt_profile_py100,
    [NT_PROFILE_CSV115] = &nt_profile_csv115,
    [NT_PROFILE_STREAM] = &nt_profile_stream,
};

static const char *const profile_names[] = {"py100", "csv115", "stream", NULL};

const nt_parameter nt_extractor_parameters[NT_EXTRACTOR_PARAMETERS] = {
    [NT_EXTRACTOR_PROFILE] = {.name = "profile",
                              .type = NT_PARAMETER_CHOICE,
                              .help = "statistics to extract: py100 and csv115 are the public "
                                      "references bit for bit, stream is fast",
                              .preset = NT_PROFILE_STREAM,
                              .choices = profile_names,
                              NT_PARAMETER_OF(nt_extractor_options, profile)},
    [NT_EXTRACTOR_MAX_STREAMS] = {.name = "max_streams",
                                  .type = NT_PARAMETER_INTEGER,
                                  .unit = "streams",
                                  .help = "keep at most N streams, dropping those of least weight; "
                                          "0: no limit",
                                  .most = UINT32_MAX,
                                  NT_PARAMETER_OF(nt_extractor_options, max_streams)},
};

nt_extractor *nt_extractor_new(const nt_extractor_options *options, nt_error *err) {
  if (nt_parameter_check_all(nt_extractor_parameters, NT_EXTRACTOR_PARAMETERS, options, err) !=
      NT_OK)
    return NULL;
  if (options->max_streams && options->profile != NT_PROFILE_STREAM) {
    nt_fail(
        err, NT_E_ARGUMENT,
        "max_streams %llu: profile %s is a reference and keeps all streams; only profile stream "
        "can be bounded",
        (unsigned long long)options->max_streams, nt_profile_name(options->profile));
    return NULL;
  }
  nt_extractor *extractor = calloc(1, sizeof *extractor);
  if (!extractor) {
    nt_fail(err, NT_E_MEMORY, "feature extractor: out of memory");
    return NULL;
  }
  extractor->type = types[options->profile];
  extractor->state = extractor->type->create(options, err);
  if (!extractor->state) {
    free(extractor);
    return NULL;
  }
  return extractor;
}

void nt_extractor_free(nt_extractor *extractor) {
  if (!extractor) return;
  extractor->type->destroy(extractor->state);
  free(extractor);
}

nt_status nt_extractor_update(nt_extractor *extractor, const nt_packet *packets, size_t n,
                              double *rows, nt_error *err) {
  nt_status status = extractor->type->update(extractor->state, packets, n, rows, err);
  if (status == NT_OK) extractor->packets += n;
  return status;
}

void nt_extractor_usage_of(const nt_extractor *extractor, nt_extractor_usage *usage) {
  *usage = (nt_extractor_usage){.packets = extractor->packets};
  extractor->type->usage(extractor->state, usage);
}

nt_status nt_extractor_put(const nt_extractor *extractor, const nt_state_writer *to,
                           nt_error *err) {
  nt_status status = extractor->type->put(extractor->state, to, err);
  if (status != NT_OK) return status;
  return nt_state_put(to, "extractor", "packets", NT_STATE_COUNT, &extractor->packets, 1, err);
}

nt_extractor *nt_extractor_take(const nt_extractor_options *options, const nt_state_reader *from,
                                nt_error *err) {
  nt_extractor *extractor = nt_extractor_new(options, err);
  if (!extractor) return NULL;
  nt_status status = extractor->type->take(extractor->state, from, err);
  if (status == NT_OK)
    status = nt_state_take_into(from, "extractor", "packets", NT_STATE_COUNT, &extractor->packets,
                                1, err);
  if (status == NT_OK) return extractor;
  nt_extractor_free(extractor);
  return NULL;
}
