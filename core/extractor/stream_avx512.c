/* SPDX-License-Identifier: GPL-3.0-or-later */
#if defined(__x86_64__)
#define NT_WIDTH 8
#define NT_RUN nt_stream_run_avx512
#include "stream_kernel.h"
#else
typedef int nt_stream_has_no_avx512;
#endif
