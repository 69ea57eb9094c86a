/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A flag that a signal handler or one thread sets and other threads look at. `volatile
 * sig_atomic_t` is enough for the handler and not for the threads: each access is an atomic one,
 * without order, since nothing else is handed over by it.
 */
#ifndef NT_FLAG_H
#define NT_FLAG_H

#include <signal.h>

static inline int nt_flag_get(const volatile sig_atomic_t *flag) {
  return flag ? __atomic_load_n(flag, __ATOMIC_RELAXED) : 0; /* NULL: cannot be set */
}

static inline void nt_flag_set(volatile sig_atomic_t *flag, int value) {
  __atomic_store_n(flag, value, __ATOMIC_RELAXED);
}

#endif
