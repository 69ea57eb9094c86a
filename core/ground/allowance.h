/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of the machine is this process's to use, where it shares the machine with others: the least
 * that the kernel (affinity, control groups of either version) and a batch system (Slurm) allow.
 *
 *     processors   those of the affinity mask; the quota of the control group and of each above it;
 *                  SLURM_CPUS_PER_TASK. OMP_NUM_THREADS, where set, is taken instead, as other
 *                  programs do
 *     memory       that of the machine; the limit of the control group and of each above it;
 *                  SLURM_MEM_PER_NODE; SLURM_MEM_PER_CPU times the processors of the task
 *
 * Looked at anew with each call: O(depth of the control group) files.
 */
#ifndef NT_ALLOWANCE_H
#define NT_ALLOWANCE_H

#include <stdint.h>

typedef struct nt_allowance {
  int processors;            /* at least 1 */
  uint64_t memory;           /* bytes */
  const char *processors_by; /* what said so: "machine", "affinity", "cgroup", or the name of the */
  const char *memory_by;     /* environment's variable */
} nt_allowance;

void nt_allowance_of(nt_allowance *allowance);

/* Lowers the allowance to what control groups say: `groups` is a file like /proc/self/cgroup, `top`
 * where their file system is mounted. What cannot be read limits nothing. */
void nt_allowance_by_groups(nt_allowance *allowance, const char *groups, const char *top);

#endif
