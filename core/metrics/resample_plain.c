/* SPDX-License-Identifier: GPL-3.0-or-later */
#define NT_KERNEL nt_resample_areas_plain
#include "resample_kernel.h"
