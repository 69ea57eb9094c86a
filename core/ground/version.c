/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/platform.h>

/* Made by core/ground/version.cmake at each build, and by stage_checksums.cmake where a source is
 * new. */
#include "ninetails_build.h"
#include "ninetails_stages.h"

const nt_build *nt_build_of(void) {
  static const nt_build build = {.version = NT_BUILD_VERSION,
                                 .commit = NT_BUILD_COMMIT,
                                 .dirty = NT_BUILD_DIRTY,
                                 .compiler = NT_BUILD_COMPILER,
                                 .flags = NT_BUILD_FLAGS,
                                 .extract = NT_BUILD_EXTRACT,
                                 .map = NT_BUILD_MAP,
                                 .score = NT_BUILD_SCORE,
                                 .measure = NT_BUILD_MEASURE};
  return &build;
}
