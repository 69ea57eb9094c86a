/* SPDX-License-Identifier: GPL-3.0-or-later */
#define NT_KERNEL nt_lanes_plain
#include "lanes_kernel.h"
