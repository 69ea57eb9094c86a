/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The isolation forest of isotree (github.com/david-cortes/isotree) on rows that detectors_bench
 * wrote, for detectors.py, which compiles this with the sources of a checkout that --peer names:
 *
 *     isotree_peer ROWS_FILE WIDTH LEARN SCORE TREES SAMPLE REPEATS
 *
 * One thread, no look for missing values. Prints the fastest of REPEATS, in rows/s: learnt from
 * columns that lie side by side already, as it wants them; learnt from rows, which it has to turn
 * over; scored, from rows or from columns.
 */
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <vector>

#include "isotree_oop.hpp"

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static std::vector<double> columns_of(const double *rows, size_t count, size_t width) {
  std::vector<double> columns(count * width);
  for (size_t at = 0; at < count; at += 64) /* blocks of 64 rows stay in the cache */
    for (size_t j = 0; j < width; j++)
      for (size_t i = at; i < count && i < at + 64; i++)
        columns[j * count + i] = rows[i * width + j];
  return columns;
}

int main(int argc, char **argv) {
  if (argc != 8) {
    std::fprintf(stderr, "usage: isotree_peer ROWS_FILE WIDTH LEARN SCORE TREES SAMPLE REPEATS\n");
    return 1;
  }
  size_t width = std::strtoul(argv[2], nullptr, 10), learn = std::strtoul(argv[3], nullptr, 10);
  size_t score = std::strtoul(argv[4], nullptr, 10);
  std::vector<double> rows((learn + score) * width), depths(score);
  std::ifstream file(argv[1], std::ios::binary);
  if (!file.read(reinterpret_cast<char *>(rows.data()),
                 static_cast<std::streamsize>(rows.size() * sizeof(double)))) {
    std::fprintf(stderr, "isotree_peer: %s: expected %zu rows of %zu doubles\n", argv[1],
                 learn + score, width);
    return 4;
  }
  std::vector<double> to_learn = columns_of(rows.data(), learn, width);
  std::vector<double> to_score = columns_of(rows.data() + learn * width, score, width);
  double fit = HUGE_VAL, turn = HUGE_VAL, evaluate = HUGE_VAL;
  for (int i = 0; i < std::atoi(argv[7]); i++) {
    isotree::IsolationForest forest;
    forest.nthreads = 1;
    forest.random_seed = static_cast<uint64_t>(i + 1);
    forest.ntrees = std::strtoul(argv[5], nullptr, 10);
    forest.sample_size = std::strtoul(argv[6], nullptr, 10);
    forest.standardize_data = false;
    forest.missing_action = Fail;
    double start = now();
    columns_of(rows.data(), learn, width).swap(to_learn);
    turn = std::fmin(turn, now() - start);
    start = now();
    forest.fit(to_learn.data(), learn, width);
    fit = std::fmin(fit, now() - start);
    start = now();
    forest.predict(rows.data() + learn * width, nullptr, false, score, width, 0, true,
                   depths.data(), nullptr, nullptr);
    evaluate = std::fmin(evaluate, now() - start);
    start = now();
    forest.predict(to_score.data(), nullptr, true, score, 0, 0, true, depths.data(), nullptr,
                   nullptr);
    evaluate = std::fmin(evaluate, now() - start);
  }
  std::printf("%.17g %.17g %.17g\n", static_cast<double>(learn) / fit,
              static_cast<double>(learn) / (turn + fit), static_cast<double>(score) / evaluate);
  return 0;
}
