/* SPDX-License-Identifier: GPL-3.0-or-later */
#if defined(__x86_64__)
#define NT_VECTOR_AVX512
#define NT_KERNEL nt_dense_avx512
#include "dense_kernel.h"
#endif
