/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints what core/metrics/measures.h and paired.h compute, one "name value" a line with all
 * digits, for measures.py to compare.
 *
 *     measures_tool measures SCORES TIMES LABELS TRAINING TAIL MAX_FPR GAP_SECONDS SMOOTHING
 *     measures_tool paired SCORES SCORES TIMES LABELS BLOCK_SECONDS GAP_SECONDS REPLICATES
 *     measures_tool holm P
 * SCORES, TIMES, TRAINING, P: doubles, LABELS: bytes, native byte order. SMOOTHING 0: none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/measures.h"
#include "metrics/paired.h"
#include "metrics/rank_tests.h"
#include "tool.h"

static file load_as_long(const char *path, const file *labels) {
  file f = load_file(path);
  if (f.bytes != 8 * labels->bytes) die(path, "not 8 bytes for each label");
  return f;
}

static void print_measures(char **args) {
  file labels = load_file(args[2]), scores = load_as_long(args[0], &labels);
  file times = load_as_long(args[1], &labels), training = load_file(args[3]);
  nt_measure_options o = nt_measure_defaults();
  o.tail_probability = atof(args[4]), o.max_fpr = atof(args[5]), o.gap_seconds = atof(args[6]);
  o.protocol.smoothing = (size_t)atol(args[7]);
  nt_measured m;
  nt_error err;
  if (nt_measure_run(scores.data, times.data, labels.data, labels.bytes, training.data,
                     training.bytes / 8, &o, &m, &err) != NT_OK)
    die(args[0], err.text);
  for (size_t i = 0; i < nt_measure_count; i++) print(nt_measures[i].name, m.value[i]);
  nt_measured_done(&m);
  free(scores.data), free(times.data), free(labels.data), free(training.data);
}

static void print_paired(char **args) {
  file labels = load_file(args[3]), a = load_as_long(args[0], &labels);
  file b = load_as_long(args[1], &labels), times = load_as_long(args[2], &labels);
  nt_paired_options o = nt_paired_defaults();
  o.block_seconds = atof(args[4]), o.gap_seconds = atof(args[5]);
  o.replicates = (size_t)atol(args[6]);
  nt_paired p;
  nt_error err;
  if (nt_paired_compare(a.data, b.data, times.data, labels.data, labels.bytes, &o, &p, &err) !=
      NT_OK)
    die(args[0], err.text);
  print("blocks", (double)p.blocks), print("attack_blocks", (double)p.attack_blocks);
  print("z", p.delong.z), print("p", p.delong.p);
  print("low", p.delong.low), print("high", p.delong.high);
  for (int m = 0; m < NT_BOOT_METRICS; m++)
    printf("%s_a %.17g\n%s_b %.17g\n%s_low %.17g\n%s_high %.17g\n%s_error %.17g\n",
           nt_paired_names[m], p.a[m], nt_paired_names[m], p.b[m], nt_paired_names[m],
           p.difference[m].low, nt_paired_names[m], p.difference[m].high, nt_paired_names[m],
           p.difference[m].standard_error);
  free(a.data), free(b.data), free(times.data), free(labels.data);
}

static void print_holm(char **args) {
  file p = load_file(args[0]);
  size_t m = p.bytes / 8;
  double *adjusted = calloc(m + 1, sizeof *adjusted);
  nt_error err;
  if (!adjusted) die(args[0], "no memory");
  if (nt_holm(p.data, m, adjusted, &err) != NT_OK) die(args[0], err.text);
  for (size_t i = 0; i < m; i++) printf("%zu %.17g\n", i, adjusted[i]);
  free(adjusted), free(p.data);
}

static const struct {
  const char *name;
  int arguments;
  void (*run)(char **args);
} commands[] = {
    {"measures", 8, print_measures}, {"paired", 7, print_paired}, {"holm", 1, print_holm}};

int main(int argc, char **argv) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (argc > 1 && strcmp(argv[1], commands[i].name) == 0 && argc - 2 == commands[i].arguments) {
      commands[i].run(argv + 2);
      return 0;
    }
  die(argc > 1 ? argv[1] : "no command", "see the top of measures_tool.c");
}
