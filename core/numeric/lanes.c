/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lanes.h"

#include <ninetails/platform.h>

const nt_lanes *nt_lanes_best(void) {
#if defined(__x86_64__)
  if (nt_isa_best() == NT_ISA_AVX512) return &nt_lanes_avx512;
  if (nt_isa_best() == NT_ISA_AVX2) return &nt_lanes_avx2;
#endif
  return &nt_lanes_plain;
}
