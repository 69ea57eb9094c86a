/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Leases: who works on what, when several processes share one cache.
 *
 * A lease is a file FOLDER/KEY.lease that says host, process and when the process began. Its holder
 * touches it every NT_LEASE_BEAT seconds. It is void when its process is gone (seen at once on the
 * same host), or when nobody has touched it for NT_LEASE_STALE seconds (another host, or a process
 * that hangs): whoever wants it then takes it over. Looking and taking happens under a lock on
 * FOLDER/lock (flock), so that one lease never has two takers.
 *
 * A lease only keeps two processes from doing the same work at the same time. Results never depend
 * on it: files appear whole, under names made of their content's key.
 */
#ifndef NT_SWEEP_LEASE_H
#define NT_SWEEP_LEASE_H

#include "../error.h"

#define NT_LEASE_BEAT 5.0
#define NT_LEASE_STALE 60.0

typedef enum nt_lease_answer {
  NT_LEASE_TAKEN,    /* it is ours now */
  NT_LEASE_ELSEWHERE /* somebody else holds it */
} nt_lease_answer;

/* NT_E_IO: the folder cannot be written. Safe from any thread. A lease that this process holds
 * already is ELSEWHERE, too. */
nt_status nt_lease_take(const char *folder, const char *key, nt_lease_answer *answer,
                        nt_error *err);
/* Heartbeat. A lease that was lost meanwhile stays lost: nothing depends on it. */
void nt_lease_touch(const char *folder, const char *key);
/* Removes it where it is still ours. */
void nt_lease_give_back(const char *folder, const char *key);

/* Removes temporary files (.NAME.PID.tmp, output.h) of this name (NULL: any) in `folder` that
 * belong to no running process of this host and have not been written to for NT_LEASE_STALE
 * seconds, and those with this process's own number: what a killed process left. Call it before
 * this process writes any. */
void nt_lease_sweep_out(const char *folder, const char *name);
/* Removes the leases in `folder` that are void. */
void nt_lease_sweep_out_void(const char *folder);

#endif
