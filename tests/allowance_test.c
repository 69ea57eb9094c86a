/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/allowance.h"
#include "ground/team.h"
#include "check.h"

static char directory[] = "/tmp/ninetails-allowance-XXXXXX";

static void write_text(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  CU_ASSERT_PTR_NOT_NULL_FATAL(f);
  fputs(text, f);
  fclose(f);
}

static nt_allowance by_groups(const char *groups) {
  nt_allowance a = {.processors = 64,
                    .memory = (uint64_t)256 << 30,
                    .processors_by = "machine",
                    .memory_by = "machine"};
  write_text("groups", groups);
  nt_allowance_by_groups(&a, "groups", "top");
  return a;
}

static void check_group(const char *groups, int processors, uint64_t memory) {
  nt_allowance a = by_groups(groups);
  CU_ASSERT_EQUAL(a.processors, processors);
  CU_ASSERT_EQUAL(a.memory, memory);
  CU_ASSERT_STRING_EQUAL(a.processors_by, processors < 64 ? "cgroup" : "machine");
  CU_ASSERT_STRING_EQUAL(a.memory_by, memory < (uint64_t)256 << 30 ? "cgroup" : "machine");
}

static void control_groups_of_version_2(void) {
  mkdir("top", 0777);
  mkdir("top/slice", 0777);
  mkdir("top/slice/job", 0777);
  write_text("top/slice/cpu.max", "400000 100000\n");
  write_text("top/slice/memory.max", "8589934592\n");
  write_text("top/slice/job/cpu.max", "max 100000\n");
  write_text("top/slice/job/memory.max", "max\n");
  check_group("0::/slice/job\n", 4, (uint64_t)8 << 30); /* the limit of the parent group */
  write_text("top/slice/job/cpu.max", "150000 100000\n");
  write_text("top/slice/job/memory.max", "1073741824\n");
  check_group("0::/slice/job\n", 2, (uint64_t)1 << 30); /* 1.5 processors: two threads */
  check_group("0::/gone/elsewhere\n", 64, (uint64_t)256 << 30);
  write_text("top/memory.max", "2147483648\n"); /* a container sees the host's path of its group */
  check_group("0::/docker/0123\n", 64, (uint64_t)2 << 30);
  check_group("0::/\n", 64, (uint64_t)2 << 30);
  unlink("top/memory.max");
  check_group("garbage\n:\n0:\n", 64, (uint64_t)256 << 30);
}

static void control_groups_of_version_1(void) {
  mkdir("top/memory", 0777);
  mkdir("top/memory/job", 0777);
  mkdir("top/cpu,cpuacct", 0777);
  mkdir("top/cpu,cpuacct/job", 0777);
  write_text("top/memory/job/memory.limit_in_bytes", "4294967296\n");
  write_text("top/memory/memory.limit_in_bytes", "9223372036854771712\n"); /* no limit */
  write_text("top/cpu,cpuacct/job/cpu.cfs_quota_us", "300000\n");
  write_text("top/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  write_text("top/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  write_text("top/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  check_group("5:memory:/job\n3:cpu,cpuacct:/job\n", 3, (uint64_t)4 << 30);
  check_group("5:memory:/other\n3:cpu,cpuacct:/\n", 64, (uint64_t)256 << 30);
}

static void the_batch_system_is_heard(void) {
  nt_allowance before, a;
  unsetenv("OMP_NUM_THREADS");
  nt_allowance_of(&before);
  CU_ASSERT(before.processors >= 1 && before.memory > 1 << 20);
  setenv("SLURM_CPUS_PER_TASK", "1", 1);
  setenv("SLURM_MEM_PER_CPU", "100", 1);
  nt_allowance_of(&a);
  CU_ASSERT_EQUAL(a.processors, 1);
  CU_ASSERT_EQUAL(a.memory, (uint64_t)100 << 20);
  CU_ASSERT_STRING_EQUAL(a.memory_by, "SLURM_MEM_PER_CPU");
  setenv("SLURM_MEM_PER_NODE", "70", 1);
  nt_allowance_of(&a);
  CU_ASSERT_EQUAL(a.memory, (uint64_t)70 << 20);
  CU_ASSERT_STRING_EQUAL(a.memory_by, "SLURM_MEM_PER_NODE");
  setenv("SLURM_MEM_PER_NODE", "0", 1); /* 0: the whole node */
  unsetenv("SLURM_MEM_PER_CPU");
  setenv("SLURM_CPUS_PER_TASK", "many", 1);
  nt_allowance_of(&a);
  CU_ASSERT(a.processors == before.processors && a.memory == before.memory);
  unsetenv("SLURM_MEM_PER_NODE");
  unsetenv("SLURM_CPUS_PER_TASK");
  setenv("OMP_NUM_THREADS", "5,2", 1); /* the outermost level counts */
  nt_allowance_of(&a);
  CU_ASSERT_EQUAL(a.processors, 5);
  CU_ASSERT_STRING_EQUAL(a.processors_by, "OMP_NUM_THREADS");
  CU_ASSERT_EQUAL(nt_team_most(), 5);
  unsetenv("OMP_NUM_THREADS");
}

static void affinity_is_heard(void) {
  cpu_set_t all, one;
  CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof all, &all), 0);
  int first = 0;
  while (!CPU_ISSET(first, &all)) first++;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  CU_ASSERT_EQUAL_FATAL(sched_setaffinity(0, sizeof one, &one), 0);
  nt_allowance a;
  nt_allowance_of(&a);
  CU_ASSERT_EQUAL(a.processors, 1);
  CU_ASSERT_EQUAL(nt_team_most(), 1);
  sched_setaffinity(0, sizeof all, &all);
}

int main(void) {
  static const check_case cases[] = {
      {"control groups of version 2", control_groups_of_version_2},
      {"control groups of version 1", control_groups_of_version_1},
      {"the batch system is heard", the_batch_system_is_heard},
      {"affinity is heard", affinity_is_heard},
  };
  if (!mkdtemp(directory) || chdir(directory) != 0) return 2;
  int failed = check_main("allowance", cases, sizeof cases / sizeof *cases);
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  return system(command) != 0 || failed;
}
