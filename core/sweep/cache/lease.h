/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Leases: who works on what, when several processes share one cache.
 *
 * A lease is a file FOLDER/KEY.lease that says host, boot and process (temporary.h). It is written
 * aside and gets its name by a rename that replaces nothing, or by link(2), so that of several
 * processes one has it. Its holder keeps it locked (flock) and touches it every NT_LEASE_BEAT
 * seconds. It is void
 *   - at once, when it is of this boot of this machine, by the same mount, and nobody has it locked:
 *     whatever container its process was in, it is gone; or of an earlier boot;
 *   - of another machine or mount, or where there are no locks, when it is older than
 *     NT_LEASE_STALE seconds, by the clock that dates the files of this folder;
 *   - of any origin, when the process that wants it has seen it unchanged for NT_LEASE_STALE
 *     seconds: its holder hangs, or died with a clock that was ahead.
 * The process that wants a void one removes it and makes its own.
 *
 * A lease only keeps two processes from doing the same work at the same time. Results never depend
 * on it: files appear whole, under names made of their content's key.
 */
#ifndef NT_SWEEP_LEASE_H
#define NT_SWEEP_LEASE_H

#include <stdint.h>

#include <ninetails/error.h>

#define NT_LEASE_BEAT 5.0
#define NT_LEASE_STALE 60.0

/* One that somebody wants; zeroed at first. */
typedef struct nt_lease {
  int held; /* not 0: it is ours */
  /* Else: which state of it was seen, and since when, by a clock of our own. */
  uint64_t seen;
  double since;
} nt_lease;

/* lease->held tells whether it is ours now; one that this process holds through another nt_lease
 * is not. NT_E_IO: the folder cannot be written. Any thread; one at a time for each nt_lease. */
nt_status nt_lease_take(const char *folder, const char *key, nt_lease *lease, nt_error *err);
/* Heartbeat. A lease that was lost meanwhile stays lost: nothing depends on it. */
void nt_lease_touch(const nt_lease *lease);
/* Removes it where it is still ours; nothing when it was not. */
void nt_lease_give_back(const char *folder, const char *key, nt_lease *lease);

/* Removes the leases in `folder` that are void. */
void nt_lease_remove_stale(const char *folder);

#endif
