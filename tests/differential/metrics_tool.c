/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints what core/metrics computes, one "name value" a line with all digits, for metrics.py to
 * compare.
 *
 *     metrics_tool ranking SCORES LABELS       everything of one ranking
 * SCORES: n doubles, LABELS: n bytes, native byte order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/precision_recall.h"
#include "metrics/roc.h"
#include "metrics/threshold.h"

static void die(const char *what, const char *why) {
  fprintf(stderr, "metrics_tool: %s: %s\n", what, why);
  exit(2);
}

typedef struct file {
  void *data;
  size_t bytes;
} file;

static file load(const char *path) {
  FILE *in = fopen(path, "rb");
  if (!in) die(path, "cannot be opened");
  fseek(in, 0, SEEK_END);
  file f = {.bytes = (size_t)ftell(in)};
  rewind(in);
  f.data = malloc(f.bytes + 1);
  if (!f.data || fread(f.data, 1, f.bytes, in) != f.bytes) die(path, "cannot be read");
  fclose(in);
  return f;
}

static void print(const char *name, double value) {
  printf("%s %.17g\n", name, value);
}

static nt_ranking *load_ranking(const char *scores_path, const char *labels_path) {
  file scores = load(scores_path), labels = load(labels_path);
  if (scores.bytes != 8 * labels.bytes) die(scores_path, "not 8 bytes for each label");
  nt_error err;
  nt_ranking *r = nt_ranking_new(scores.data, labels.data, labels.bytes, &err);
  if (!r) die(scores_path, err.text);
  free(scores.data), free(labels.data);
  return r;
}

static void print_ranking(char **args) {
  nt_ranking *r = load_ranking(args[0], args[1]);
  print("scored", (double)nt_ranking_counts(r)->scored);
  print("attacks", (double)nt_ranking_counts(r)->attacks);
  print("distinct", (double)nt_ranking_steps(r).count);
  print("auc", nt_auc(r));
  print("eer", nt_equal_error_rate(r).interpolated);
  print("eer_nearest", nt_equal_error_rate(r).nearest);
  print("average_precision", nt_average_precision(r));
  nt_f1 f1 = nt_best_f1(r);
  print("f1", f1.f1);
  print("f1_threshold", f1.threshold);
  for (int i = 0; i < NT_NAMED_FPRS; i++) {
    nt_operating_point p = nt_point_at_fpr(r, nt_named_fpr[i], NT_FPR_OF_BENIGN);
    printf("tpr_%g %.17g\n", nt_named_fpr[i], p.tpr);
  }
  static const double limits[] = {0.001, 0.1, 0.5, 1};
  for (int i = 0; i < 4; i++) {
    nt_partial_area p;
    nt_partial_auc(r, limits[i], &p, NULL);
    printf("partial_%g %.17g\nstandardised_%g %.17g\n", limits[i], p.area, limits[i],
           p.standardised);
  }
  static const double fractions[] = {0, 0.01, 0.5, 0.999, 1};
  for (int i = 0; i < 5; i++)
    printf("quantile_%g %.17g\n", fractions[i],
           nt_ranking_quantile(r, NT_SCORES_ALL, fractions[i]));
  nt_ranking_free(r);
}

static void print_threshold(char **args) {
  file scores = load(args[0]);
  nt_lognormal fit;
  nt_error err;
  double threshold;
  if (nt_lognormal_fit(scores.data, scores.bytes / 8, &fit, &err) != NT_OK) die(args[0], err.text);
  nt_lognormal_threshold(&fit, atof(args[1]), &threshold, &err);
  print("mean", fit.mean);
  print("deviation", fit.deviation);
  print("threshold", threshold);
  free(scores.data);
}

static const struct {
  const char *name;
  int arguments;
  void (*run)(char **args);
} commands[] = {
    {"ranking", 2, print_ranking},
    {"threshold", 2, print_threshold},
};

int main(int argc, char **argv) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (argc > 1 && strcmp(argv[1], commands[i].name) == 0 && argc - 2 == commands[i].arguments) {
      commands[i].run(argv + 2);
      return 0;
    }
  die(argc > 1 ? argv[1] : "no command", "see the top of metrics_tool.c");
}
