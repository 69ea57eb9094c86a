/* SPDX-License-Identifier: GPL-3.0-or-later */
#define NT_KERNEL nt_correlation_plain
#include "correlation_kernel.h"
