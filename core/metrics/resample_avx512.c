/* SPDX-License-Identifier: GPL-3.0-or-later */
#if defined(__x86_64__)
#define NT_VECTOR_AVX512
#define NT_KERNEL nt_resample_areas_avx512
#include "resample_kernel.h"
#endif
