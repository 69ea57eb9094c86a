/* SPDX-License-Identifier: GPL-3.0-or-later */
#if defined(__x86_64__)
#define NT_VECTOR_AVX2
#define NT_KERNEL nt_dense_avx2
#include "dense_kernel.h"
#endif
