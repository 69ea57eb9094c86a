/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ninetails/platform.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {"auto", "plain", "avx2", "avx512"};

const char *nt_isa_name(nt_isa isa) {
  return names[isa];
}

nt_status nt_isa_from_name(const char *name, nt_isa *isa, nt_error *err) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0) {
      *isa = (nt_isa)i;
      return NT_OK;
    }
  return nt_fail(err, NT_E_ARGUMENT, "instruction set '%s': expected auto, plain, avx2 or avx512",
                 name);
}

static nt_isa machine_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    return NT_ISA_AVX512;
  if (avx2) return NT_ISA_AVX2;
#endif
  return NT_ISA_PLAIN;
}

/* What the environment says; an empty variable says nothing. */
static nt_status read_cap(nt_isa *cap, nt_error *err) {
  const char *wish = getenv("NINETAILS_ISA");
  *cap = NT_ISA_AUTO;
  if (!wish || !*wish || nt_isa_from_name(wish, cap, NULL) == NT_OK) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "NINETAILS_ISA=%s: expected auto, plain, avx2 or avx512",
                 wish);
}

nt_status nt_isa_check(nt_error *err) {
  nt_isa cap;
  return read_cap(&cap, err);
}

nt_isa nt_isa_best(void) {
  nt_isa best = machine_best(), cap;
  return read_cap(&cap, NULL) == NT_OK && cap != NT_ISA_AUTO && cap < best ? cap : best;
}

nt_status nt_isa_resolve(nt_isa wanted, nt_isa *isa, nt_error *err) {
  if (wanted == NT_ISA_AUTO && nt_isa_check(err) != NT_OK) return NT_E_ARGUMENT;
  *isa = wanted == NT_ISA_AUTO ? nt_isa_best() : wanted;
  if (*isa > machine_best())
    return nt_fail(err, NT_E_ARGUMENT, "instruction set %s: this machine has %s at most",
                   nt_isa_name(wanted), nt_isa_name(machine_best()));
  return NT_OK;
}

int nt_cpu_count(void) {
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}

uint64_t nt_cpu_memory(void) {
  return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

void nt_cpu_features(char *text, size_t size) {
  if (size) text[0] = 0;
#if defined(__x86_64__)
  size_t used = 0;
  __builtin_cpu_init();
#define FEATURE(name)                                                                              \
  do {                                                                                             \
    if (__builtin_cpu_supports(name) && used < size) {                                             \
      int wrote = snprintf(text + used, size - used, "%s" name, used ? " " : "");                  \
      used += wrote > 0 ? (size_t)wrote : 0;                                                       \
    }                                                                                              \
  } while (0)
  FEATURE("sse2");
  FEATURE("sse4.2");
  FEATURE("avx");
  FEATURE("avx2");
  FEATURE("fma");
  FEATURE("avx512f");
  FEATURE("avx512dq");
  FEATURE("avx512bw");
  FEATURE("avx512vl");
#undef FEATURE
#endif
}

void nt_cpu_model(char *text, size_t size) {
  snprintf(text, size, "unknown");
  FILE *f = fopen("/proc/cpuinfo", "r");
  if (!f) return;
  char line[256];
  while (fgets(line, sizeof line, f)) {
    char *value = strchr(line, ':');
    if (strncmp(line, "model name", 10) != 0 || !value) continue;
    value[strcspn(value, "\n")] = 0;
    snprintf(text, size, "%s", value + 1 + (value[1] == ' '));
    break;
  }
  fclose(f);
}
