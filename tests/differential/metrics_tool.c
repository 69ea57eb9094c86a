/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints what core/metrics computes, one "name value" a line with all digits, for metrics.py to
 * compare.
 *
 *     metrics_tool ranking SCORES LABELS               everything of one ranking
 *     metrics_tool threshold SCORES TAIL               log-normal fit and threshold
 *     metrics_tool compare SCORES SCORES LABELS        DeLong's variances
 *     metrics_tool curve SCORES LABELS                 precision-recall, all points
 *     metrics_tool bootstrap SCORES TIMES LABELS SECONDS REPLICATES
 *     metrics_tool friedman VALUES DETECTORS
 *     metrics_tool smooth SCORES WINDOW
 * SCORES, TIMES, VALUES: doubles, LABELS: bytes, native byte order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/metrics.h>

#include "metrics/bootstrap.h"
#include "metrics/curve.h"
#include "metrics/delong.h"
#include "metrics/precision_recall.h"
#include "metrics/protocol.h"
#include "metrics/rank_exact.h"
#include "metrics/roc.h"
#include "tool.h"

static nt_ranking *load_ranking(const char *scores_path, const char *labels_path) {
  file scores = load_file(scores_path), labels = load_file(labels_path);
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
  file scores = load_file(args[0]);
  nt_lognormal fit;
  nt_error err;
  double threshold;
  if (nt_lognormal_fit(scores.data, scores.bytes / 8, &fit, &err) != NT_OK) die(args[0], err.text);
  if (nt_lognormal_threshold(&fit, atof(args[1]), &threshold, &err) != NT_OK)
    die(args[1], err.text);
  print("mean", fit.mean);
  print("deviation", fit.deviation);
  print("threshold", threshold);
  free(scores.data);
}

static void print_comparison(char **args) {
  nt_ranking *a = load_ranking(args[0], args[2]), *b = load_ranking(args[1], args[2]);
  nt_delong d;
  nt_delong_difference c;
  nt_delong_interval(a, 0.95, &d, NULL);
  nt_delong_compare(a, b, 0.95, &c, NULL);
  print("auc", d.auc), print("variance", d.variance), print("low", d.low), print("high", d.high);
  print("difference", c.difference), print("difference_variance", c.variance), print("p", c.p);
  nt_ranking_free(a), nt_ranking_free(b);
}

static void print_curve(char **args) {
  nt_ranking *r = load_ranking(args[0], args[1]);
  nt_curve_options o = {.max_points = SIZE_MAX, .tolerance = 1e-15};
  nt_curve c;
  nt_error err;
  if (nt_curve_make(r, NT_CURVE_PRECISION_RECALL, &o, &c, &err) != NT_OK) die(args[0], err.text);
  for (size_t i = 0; i < c.count; i++) printf("x%zu %.17g\ny%zu %.17g\n", i, c.x[i], i, c.y[i]);
  nt_curve_done(&c);
  nt_ranking_free(r);
}

static void print_bootstrap(char **args) {
  file times = load_file(args[1]), labels = load_file(args[2]);
  nt_ranking *r = load_ranking(args[0], args[2]);
  size_t replicates = (size_t)atol(args[4]);
  double *table = calloc(replicates * NT_BOOT_METRICS, sizeof *table);
  nt_blocks b;
  nt_error err;
  if (!table) die(args[4], "no memory");
  if (nt_blocks_make(times.data, labels.data, labels.bytes, atof(args[3]), NULL, &b, &err) !=
          NT_OK ||
      nt_bootstrap(r, &b, &(nt_bootstrap_options){replicates, 1, 0}, table, &err) != NT_OK)
    die(args[0], err.text);
  static const char *const names[] = {"auc", "eer", "average_precision"};
  for (int m = 0; m < 3; m++) {
    nt_bootstrap_result result;
    nt_bootstrap_interval(table, NULL, replicates, m, 0.95, &result, NULL);
    printf("%s_low %.17g\n%s_high %.17g\n%s_error %.17g\n", names[m], result.low, names[m],
           result.high, names[m], result.standard_error);
  }
  print("blocks", (double)b.count), print("attack_blocks", (double)b.attack_blocks);
  nt_blocks_done(&b);
  nt_ranking_free(r);
  free(table), free(times.data), free(labels.data);
}

static void print_friedman(char **args) {
  file values = load_file(args[0]);
  size_t detectors = (size_t)atol(args[1]), data_sets = values.bytes / 8 / detectors;
  double *mean_rank = calloc(detectors, sizeof *mean_rank);
  nt_rank_pair *pairs = calloc(detectors * detectors, sizeof *pairs);
  nt_friedman f;
  nt_friedman_p exact;
  nt_error err;
  if (!mean_rank || !pairs) die(args[0], "no memory");
  if (nt_friedman_test(values.data, data_sets, detectors, NT_HIGHER_IS_BETTER, mean_rank, &f,
                       &err) != NT_OK ||
      nt_compare_ranks(mean_rank, data_sets, detectors, pairs, &err) != NT_OK)
    die(args[0], err.text);
  print("chi_square", f.chi_square), print("p", f.p), print("f", f.f), print("f_p", f.f_p);
  for (size_t j = 0; j < detectors; j++) printf("rank%zu %.17g\n", j, mean_rank[j]);
  for (size_t i = 0; i < detectors * (detectors - 1) / 2; i++)
    printf("p%zu_%zu %.17g\nholm%zu_%zu %.17g\n", pairs[i].a, pairs[i].b, pairs[i].p, pairs[i].a,
           pairs[i].b, pairs[i].holm);
  if (nt_friedman_significance(values.data, data_sets, detectors, &exact, &err) != NT_OK ||
      nt_compare_ranks_exactly(values.data, data_sets, detectors, NT_HIGHER_IS_BETTER, pairs,
                               &err) != NT_OK)
    die(args[0], err.text);
  print("exact", exact.method == NT_RANK_EXACT), print("exact_p", exact.p);
  for (size_t i = 0; i < detectors * (detectors - 1) / 2; i++)
    printf("exact%zu_%zu %.17g\n", pairs[i].a, pairs[i].b, pairs[i].p);
  for (int i = 1; i <= 6; i++) printf("range%d %.17g\n", i, nt_range_probability(i, detectors));
  free(mean_rank), free(pairs), free(values.data);
}

static void print_smoothed(char **args) {
  file scores = load_file(args[0]);
  size_t n = scores.bytes / 8;
  double *smoothed = calloc(n + 1, sizeof *smoothed);
  nt_error err;
  if (!smoothed) die(args[0], "no memory");
  if (nt_smooth(scores.data, n, (size_t)atol(args[1]), smoothed, &err) != NT_OK)
    die(args[0], err.text);
  for (size_t i = 0; i < n; i++) printf("%zu %.17g\n", i, smoothed[i]);
  free(smoothed), free(scores.data);
}

static const struct {
  const char *name;
  int arguments;
  void (*run)(char **args);
} commands[] = {
    {"ranking", 2, print_ranking},     {"threshold", 2, print_threshold},
    {"compare", 3, print_comparison},  {"curve", 2, print_curve},
    {"bootstrap", 5, print_bootstrap}, {"friedman", 2, print_friedman},
    {"smooth", 2, print_smoothed},
};

int main(int argc, char **argv) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (argc > 1 && strcmp(argv[1], commands[i].name) == 0 && argc - 2 == commands[i].arguments) {
      commands[i].run(argv + 2);
      return 0;
    }
  die(argc > 1 ? argv[1] : "no command", "see the top of metrics_tool.c");
}
