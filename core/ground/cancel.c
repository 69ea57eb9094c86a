/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cancel.h"

volatile sig_atomic_t nt_cancelled;

nt_status nt_cancel_look(nt_error *err) {
  return nt_flag_get(&nt_cancelled) ? nt_fail(err, NT_E_STATE, "interrupted") : NT_OK;
}
