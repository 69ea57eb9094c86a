/* SPDX-License-Identifier: GPL-3.0-or-later */
#define NT_MULTIPLY nt_dense_multiply_plain
#define NT_GRAM nt_dense_gram_plain
#include "dense_kernel.h"
