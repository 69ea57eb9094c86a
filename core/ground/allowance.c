/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "allowance.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/platform.h>

enum { PATH = 4096, MOST = 65536 };

static void lower_processors(nt_allowance *a, double processors, const char *by) {
  int whole = processors < 1 ? 1 : processors > MOST ? MOST : (int)processors;
  whole += whole < processors && whole < MOST; /* of half a processor, one thread */
  if (whole >= a->processors) return;
  a->processors = whole;
  a->processors_by = by;
}

static void lower_memory(nt_allowance *a, double bytes, const char *by) {
  if (!(bytes >= 1 && bytes < (double)a->memory)) return;
  a->memory = (uint64_t)bytes;
  a->memory_by = by;
}

/* ---------------------------------------------------------------- control groups */

static const char by_group[] = "cgroup";

/* Up to two numbers of a file; how many there are: "max" is none. */
static int read_numbers(const char *folder, const char *name, double numbers[2]) {
  char path[PATH];
  if (snprintf(path, sizeof path, "%s/%s", folder, name) >= PATH) return 0;
  FILE *file = fopen(path, "re");
  int got = file ? fscanf(file, "%lf %lf", &numbers[0], &numbers[1]) : 0;
  if (file) fclose(file);
  return got > 0 ? got : 0;
}

static void look_at_group(nt_allowance *a, const char *folder) {
  double n[2], period[2];
  if (read_numbers(folder, "cpu.max", n) == 2 && n[0] > 0 && n[1] > 0)
    lower_processors(a, n[0] / n[1], by_group);
  if (read_numbers(folder, "cpu.cfs_quota_us", n) && n[0] > 0 &&
      read_numbers(folder, "cpu.cfs_period_us", period) && period[0] > 0)
    lower_processors(a, n[0] / period[0], by_group);
  if (read_numbers(folder, "memory.max", n) || read_numbers(folder, "memory.limit_in_bytes", n))
    lower_memory(a, n[0], by_group);
}

/* The group and all above it. Within a container the path may be the host's, of which only the last
 * part, or none, is there to be seen. */
static void look_upwards(nt_allowance *a, const char *top, const char *controllers,
                         const char *group) {
  char path[PATH];
  int length = snprintf(path, sizeof path, "%s/%s", top, controllers);
  if (length >= PATH ||
      snprintf(path + length, sizeof path - (size_t)length, "%s", group) >= PATH - length)
    return;
  for (char *slash; (slash = strrchr(path + length, '/')); *slash = 0) look_at_group(a, path);
  look_at_group(a, path);
}

void nt_allowance_by_groups(nt_allowance *a, const char *groups, const char *top) {
  char line[PATH];
  FILE *file = fopen(groups, "re");
  while (file && fgets(line, sizeof line, file)) { /* NUMBER:CONTROLLERS:PATH */
    line[strcspn(line, "\n")] = 0;
    char *controllers = strchr(line, ':'),
         *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group) continue;
    *group++ = 0;
    look_upwards(a, top, controllers + 1, group);
  }
  if (file) fclose(file);
}

/* ---------------------------------------------------------------- the environment */

/* A number above 0, of a list the first; 0: there is none. */
static double number_of(const char *variable) {
  const char *text = getenv(variable);
  char *end;
  errno = 0;
  long long value = text ? strtoll(text, &end, 10) : 0;
  return text && end != text && !errno && value > 0 ? (double)value : 0;
}

static void look_at_slurm(nt_allowance *a) {
  static const double mega = 1024.0 * 1024.0;
  double task = number_of("SLURM_CPUS_PER_TASK");
  if (task > 0) lower_processors(a, task, "SLURM_CPUS_PER_TASK");
  double node = number_of("SLURM_MEM_PER_NODE"), each = number_of("SLURM_MEM_PER_CPU");
  if (node > 0) lower_memory(a, node * mega, "SLURM_MEM_PER_NODE");
  if (each > 0)
    lower_memory(a, each * mega * (task > 0 ? task : a->processors), "SLURM_MEM_PER_CPU");
}

void nt_allowance_of(nt_allowance *a) {
  cpu_set_t mine;
  *a = (nt_allowance){.processors = nt_cpu_count(),
                      .memory = nt_cpu_memory(),
                      .processors_by = "machine",
                      .memory_by = "machine"};
  if (sched_getaffinity(0, sizeof mine, &mine) == 0)
    lower_processors(a, CPU_COUNT(&mine), "affinity");
  nt_allowance_by_groups(a, "/proc/self/cgroup", "/sys/fs/cgroup");
  look_at_slurm(a);
  double wished = number_of("OMP_NUM_THREADS");
  if (wished <= 0) return;
  a->processors = wished < MOST ? (int)wished : MOST;
  a->processors_by = "OMP_NUM_THREADS";
}
