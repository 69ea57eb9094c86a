/* SPDX-License-Identifier: GPL-3.0-or-later */
#define NT_KERNEL nt_dense_plain
#include "dense_kernel.h"
