/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside core/detectors: Suricata as a process of its own, over a capture. */
#ifndef NT_SURICATA_RUN_H
#define NT_SURICATA_RUN_H

#include "eve.h"

typedef struct nt_suricata_command {
  const char *program; /* a path, or a name that is looked up in PATH */
  const char *rules;   /* a file of rules to use alone (-S); NULL: as Suricata is configured */
  double seconds;      /* most time; after that it is killed */
} nt_suricata_command;

/*
 * Writes the capture's frames to a directory of its own under TMPDIR (/tmp), so that compressed
 * captures serve too, runs
 *
 *     program -r FRAMES -l DIRECTORY -k none --runmode single [-S rules]
 *
 * there, without a shell, and reads the eve.json that comes of it; the directory is removed in any
 * case. Checksums are not looked at, since captures of a sending host have wrong ones; one thread,
 * so that every run gives the same alerts. Errors: NT_E_ARGUMENT for a capture without frames or
 * with several link types; NT_E_IO when the program is not there, fails (with the end of what it
 * printed), or takes too long.
 */
nt_eve *nt_suricata_run(const nt_suricata_command *command, const char *capture, nt_error *err);

#endif
