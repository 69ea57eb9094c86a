/* SPDX-License-Identifier: GPL-3.0-or-later */
#if defined(__x86_64__)
#define NT_WIDTH 4
#define NT_RUN nt_stream_run_avx2
#include "stream_kernel.h"
#else
typedef int nt_stream_has_no_avx2;
#endif
