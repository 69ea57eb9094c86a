/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel_score.h"
#include "kernel_train.h"

const nt_kernels NT_FOR_ISA(nt_kernels) = {
    .lanes = NT_LANES, .train_group = train_group, .train_single = train_single, .score = score};
