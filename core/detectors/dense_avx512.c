/* SPDX-License-Identifier: GPL-3.0-or-later */
#if defined(__x86_64__)
#define NT_VECTOR_AVX512
#define NT_MULTIPLY nt_dense_multiply_avx512
#define NT_GRAM nt_dense_gram_avx512
#include "dense_kernel.h"
#endif
