/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every file of ours says about what made it, as notes (run_file.h): `version`, `commit`,
 * `dirty`, `compiler`, `flags`, `libraries`, `cpu`, `cpu_features`, `isa`, `host`, `threads`,
 * `start` (ISO 8601, UTC), and what its maker adds.
 */
#ifndef NT_PROVENANCE_H
#define NT_PROVENANCE_H

#include <ninetails/platform.h>

#include "run_file.h"

enum { NT_PROVENANCE_NOTES = 32 };

typedef struct nt_provenance {
  size_t count;
  nt_note note[NT_PROVENANCE_NOTES];
  char *owned[NT_PROVENANCE_NOTES];
} nt_provenance;

/* Of this program, this machine and now. isa: the kernels in use. */
void nt_provenance_make(nt_provenance *provenance, int threads, nt_isa isa);
void nt_provenance_done(nt_provenance *provenance);

/* One more note; NULL texts, and those beyond the last place, are left out. The text must outlive
 * the provenance; the second keeps a copy. */
void nt_provenance_add(nt_provenance *provenance, const char *name, const char *text);
void nt_provenance_add_copy(nt_provenance *provenance, const char *name, const char *text);

#endif
