/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory that the extractor reports is what it takes from the machine, in
 * total and for each new peer. */
#include <sys/wait.h>
#include <unistd.h>

#include <ninetails/extractor.h>

#include "check.h"
#include "packets.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* sanitizers keep shadow memory beside each byte */
#else
#define SANITIZED 0
#endif

enum { TRAFFIC_SCAN, TRAFFIC_SCAN_PORTS, TRAFFIC_ASK, TRAFFIC_TALK, TRAFFICS };
static const char *const traffics[] = {"one host scans addresses",
                                       "one host scans addresses, from new ports",
                                       "pairs of hosts, one sends", "pairs of hosts, both send"};

/* Packet k of the i-th pair. */
static nt_packet packet_of(int traffic, uint32_t i, int k) {
  uint32_t from = traffic == TRAFFIC_ASK || traffic == TRAFFIC_TALK ? 2 * i : 0;
  uint32_t to = traffic == TRAFFIC_ASK || traffic == TRAFFIC_TALK ? 2 * i + 1 : i + 1;
  uint16_t port = traffic == TRAFFIC_SCAN ? 40000 : (uint16_t)(1024 + i % 60000);
  double time = 1000 + 1e-4 * i + 1e-5 * k;
  return k ? packets_tcp(time, to, from, 80, port, 60) : packets_tcp(time, from, to, port, 80, 60);
}

static size_t resident(void) {
  size_t all = 0, pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f || fscanf(f, "%zu %zu", &all, &pages) != 2) abort();
  fclose(f);
  return pages * (size_t)sysconf(_SC_PAGESIZE);
}

typedef struct measured {
  size_t taken, told;
} measured;

static measured measure(nt_profile profile, int traffic, uint32_t pairs) {
  double row[115];
  nt_error err;
  nt_extractor_usage usage;
  size_t before = resident();
  nt_extractor *x = nt_extractor_new(&(nt_extractor_options){.profile = profile}, &err);
  for (uint32_t i = 0; i < pairs; i++)
    for (int k = 0; k < 1 + (traffic == TRAFFIC_TALK); k++) {
      nt_packet p = packet_of(traffic, i, k);
      if (nt_extractor_update(x, &p, 1, row, &err) != NT_OK) abort();
    }
  nt_extractor_usage_of(x, &usage);
  measured m = {resident() - before, usage.bytes};
  nt_extractor_free(x);
  return m;
}

/* Measures in a new process, which has no freed memory to reuse. */
static measured measure_apart(nt_profile profile, int traffic, uint32_t pairs) {
  int ends[2];
  measured m = {0};
  if (pipe(ends) != 0) abort();
  pid_t child = fork();
  if (child == 0) {
    m = measure(profile, traffic, pairs);
    _exit(write(ends[1], &m, sizeof m) != (ssize_t)sizeof m);
  }
  if (read(ends[0], &m, sizeof m) != (ssize_t)sizeof m) abort();
  waitpid(child, NULL, 0);
  close(ends[0]);
  close(ends[1]);
  return m;
}

/* Just above a power of two most of what is reserved is untouched. */
static void bytes_are_those_that_are_taken(void) {
  static const uint32_t counts[] = {70000, 130000};
  for (int profile = NT_PROFILE_PY100; profile <= NT_PROFILE_STREAM; profile++)
    for (int traffic = 0; traffic < TRAFFICS; traffic++)
      for (int i = 0; i < 2; i++) {
        if (profile == NT_PROFILE_PY100 && traffic < TRAFFIC_ASK) continue; /* quadratic time */
        measured m = measure_apart((nt_profile)profile, traffic, counts[i]);
        printf("  %-6s %6u x %-40s %5.0f bytes each, %5.0f told\n",
               nt_profile_name((nt_profile)profile), counts[i], traffics[traffic],
               (double)m.taken / counts[i], (double)m.told / counts[i]);
        if (SANITIZED) continue;
        CU_ASSERT(m.told > 0.85 * (double)m.taken);
        CU_ASSERT(m.told < 1.25 * (double)m.taken);
      }
}

static const check_case cases[] = {
    {"bytes are those that are taken", bytes_are_those_that_are_taken},
};
CHECK_MAIN("extractor memory", cases)
