/* SPDX-License-Identifier: GPL-3.0-or-later */
#if defined(__x86_64__)
#define NT_VECTOR_AVX512
#include "kernel_score.h"
#include "kernel_train.h"

const nt_kernels nt_kernels_avx512 = {
    .lanes = NT_LANES, .train_group = train_group, .train_single = train_single, .score = score};
#endif
