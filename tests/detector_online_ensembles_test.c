/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The online ensembles against examples worked out on paper. */
#include "online_check.h"

/* ---------------------------------------------------------------- half-space trees */
static void test_half_space_trees(void) {
  /* The first cut of [s - r, s + r] is s, in [0, 1]: -10 and 10 lie on its sides. Windows of 4:
   * masses 3 and 1, then 2 and 2. */
  static const double rows[] = {-10, 10, -10, -10, -10, 10, -10, 10, -10, 10};
  double s[10];
  for (double trees = 1; trees < 40; trees += 19) {
    run("half_space_trees", rows, 10, 1, 1,
        GIVEN({"scale", NONE}, {"scale_rows", 1}, {"window", 4}, {"depth", 1}, {"trees", trees},
              {"size_limit", 0}),
        s);
    near("no window yet", s[3], 0, 0);
    near("mass 3 at level 1", s[4], log2(8 * trees / (1 + 6 * trees)), 1e-14);
    near("mass 1 at level 1", s[5], log2(8 * trees / (1 + 2 * trees)), 1e-14);
    near("the window stands", s[7], log2(8 * trees / (1 + 2 * trees)), 1e-14);
    near("mass 2", s[8], log2(8 * trees / (1 + 4 * trees)), 1e-14);
    near("mass 2", s[9], log2(8 * trees / (1 + 4 * trees)), 1e-14);
  }
  run("half_space_trees", rows, 10, 1, 1,
      GIVEN({"scale", NONE}, {"scale_rows", 1}, {"window", 4}, {"depth", 1}, {"trees", 5},
            {"size_limit", 1}),
      s);
  near("the root's mass is within the limit", s[4], log2(8 * 5 / (1 + 4.0 * 5)), 1e-14);
  /* At the third level -10 and 10 are still in the outermost nodes. */
  run("half_space_trees", rows, 10, 1, 1,
      GIVEN({"scale", NONE}, {"scale_rows", 1}, {"window", 4}, {"depth", 3}, {"trees", 5},
            {"size_limit", 0.25}),
      s);
  near("mass 3 down to a leaf", s[4], log2(5 * 4 * 8 / (1 + 5 * 3 * 8.0)), 1e-13);
  near("mass 1 stops at level 1", s[5], log2(5 * 4 * 8 / (1 + 5 * 1 * 2.0)), 1e-13);
}

/* The masses of the window before the last one are dropped. */
static void test_half_space_trees_forget(void) {
  double rows[16], s[16];
  for (size_t i = 0; i < 16; i++) rows[i] = i < 4 || i == 15 ? 10 : -10;
  run("half_space_trees", rows, 16, 1, 1,
      GIVEN({"scale", NONE}, {"scale_rows", 1}, {"window", 4}, {"depth", 1}, {"trees", 3}), s);
  near("all in the other node", s[4], log2(3 * 4 * 2), 1e-13);
  near("none any more", s[15], log2(3 * 4 * 2), 1e-13);
}

/* ---------------------------------------------------------------- LODA */
static void test_loda(void) {
  /* In one dimension a projection is a stretch: two bins hold 3 and 1 of the rows 0, 0, 0, 3. The
   * densities are (count + 1) / (rows + 4) / width. */
  static const double rows[] = {0, 0, 0, 3, 0, 3, 100, -100, 1, 2};
  double s[10];
  run("loda", rows, 10, 1, 4,
      GIVEN({"scale", NONE}, {"scale_rows", 4}, {"bins", 2}, {"learning", GRACE}), s);
  near("3 against 1", s[5] - s[4], log(4.0 / 2), 1e-12);
  near("3 against none", s[6] - s[4], log(4.0 / 1), 1e-12);
  near("3 against none below", s[7] - s[4], log(4.0 / 1), 1e-12);
  near("1 lies in the half of 0", s[8], s[4], 1e-12);
  near("2 lies in the half of 3", s[9], s[5], 1e-12);
  run("loda", rows, 10, 1, 4, GIVEN({"scale", NONE}, {"scale_rows", 4}, {"bins", 2}), s);
  /* 0: (3 + 1) of 8, 3: (1 + 1) of 9, 100: 1 of 10, -100: 1 of 11, 1: (4 + 1) of 12 */
  near("rows so far", s[5] - s[4], log(4.0 / 8) - log(2.0 / 9), 1e-12);
  near("rows so far", s[6] - s[4], log(4.0 / 8) - log(1.0 / 10), 1e-12);
  near("rows so far", s[7] - s[4], log(4.0 / 8) - log(1.0 / 11), 1e-12);
  near("rows so far", s[8] - s[4], log(4.0 / 8) - log(5.0 / 12), 1e-12);
  run("loda", rows, 10, 1, 4, GIVEN({"scale", NONE}, {"scale_rows", 4}, {"bins", 2}, {"window", 4}),
      s);
  near("the window stands", s[6] - s[4], log(4.0 / 1), 1e-12);
  /* the second window: 0, 3, 100, -100 */
  near("one in each cell", s[8], s[9], 1e-12);
  near("one in each cell", s[8] - s[4], log(4.0 / 2), 1e-12);
}

/* Penalised likelihood: uniform rows need one bin, two distant clusters need more. */
static void test_loda_bins(void) {
  double uniform[300], heaps[300], s[300];
  for (size_t i = 0; i < 300; i++) uniform[i] = (double)(i * 7 % 298) / 298;
  memcpy(heaps, uniform, sizeof heaps);
  for (size_t i = 0; i < 298; i++) heaps[i] = (i % 2) + 1e-3 * uniform[i];
  uniform[298] = heaps[298] = 0.1;
  uniform[299] = heaps[299] = 0.5;
  const given *set = GIVEN({"scale", NONE}, {"scale_rows", 298}, {"learning", GRACE});
  run("loda", uniform, 300, 1, 298, set, s);
  near("one bin", s[298], s[299], 1e-12);
  run("loda", heaps, 300, 1, 298, set, s);
  CU_ASSERT(isfinite(s[299]));
  double middle = s[299];
  heaps[299] = 0;
  run("loda", heaps, 300, 1, 298, set, s);
  CU_ASSERT(middle > s[299] + 2);
}

/* ---------------------------------------------------------------- random cut forest */
static void test_random_cut_forest(void) {
  /* The result is the same for every choice of cuts. */
  static const double rows[] = {0, 0, 0, 5, 0, 5, 5, 9};
  double s[8];
  run("random_cut_forest", rows, 8, 1, 1, GIVEN({"scale", NONE}, {"scale_rows", 1}, {"sample", 4}),
      s);
  near("0 with its like alone", s[1], 0, 0);
  near("5 beside three", s[3], 3, 0);
  near("0, a fourth, beside one", s[4], 1.0 / 4, 1e-15);
  near("5, a second, beside three", s[5], 3.0 / 2, 1e-15);
  /* The window holds 0, 5, 0, 5. */
  near("5, a third, beside two", s[6], 2.0 / 3, 1e-15);
}

/* {0, 1} and 3: the first cut of [0, 3] parts 3 from both with probability 2/3 (CoDisp 2), else 0
 * from both (CoDisp 1): 5/3 in the mean. */
static void test_random_cut_forest_mean(void) {
  static const double rows[] = {0, 1, 3};
  double s[3];
  run("random_cut_forest", rows, 3, 1, 1,
      GIVEN({"scale", NONE}, {"scale_rows", 1}, {"trees", 10000}, {"sample", 3}), s);
  near("3 of {0, 1}", s[2], 5.0 / 3, 0.02); /* 4 standard errors */
}

/* After thousands of insertions and deletions a tree holds exactly the last rows: the first cut
 * separates a distant row from all of them, and scores equal those of a new tree. */
static void test_random_cut_forest_stays_whole(void) {
  enum { N = 3000, S = 64 };
  double *rows = noise_rows(N + 1, 5, 3), *s = malloc((N + 1) * sizeof *s), fresh[S + 1];
  for (size_t i = 0; i < N; i++) /* with equal rows among them */
    if (i % 3 == 0)
      for (size_t c = 0; c < 5; c++) rows[i * 5 + c] = floor(rows[i * 5 + c] / 20) * 20;
  const given *set = GIVEN({"scale", NONE}, {"scale_rows", 1}, {"trees", 200}, {"sample", S});
  double probe[5];
  memcpy(probe, rows + N * 5, sizeof probe);
  rows[N * 5 + 1] = 1e13;
  run("random_cut_forest", rows, N + 1, 5, 1, set, s);
  near("parted from all", s[N], S, 1e-6);
  memcpy(rows + N * 5, probe, sizeof probe);
  run("random_cut_forest", rows, N + 1, 5, 1, set, s);
  run("random_cut_forest", rows + (N - S) * 5, S + 1, 5, 1, set, fresh);
  near("as made afresh", s[N], fresh[S], 0.15 * fresh[S]);
  free(rows);
  free(s);
}

/* ---------------------------------------------------------------- xStream */
static void test_xstream(void) {
  /* Eight equal rows: count 8 at every level, the least is at level 1. */
  double rows[20], s[20];
  for (size_t i = 0; i < 20; i++) rows[i] = 2;
  rows[18] = 1e6;
  rows[19] = -3e5;
  run("xstream", rows, 20, 1, 8,
      GIVEN({"scale", NONE}, {"scale_rows", 8}, {"window", 8}, {"learning", GRACE}), s);
  for (size_t i = 8; i < 18; i++) near("seen eight times", s[i], -(1 + log2(9)), 1e-12);
  for (size_t i = 18; i < 20; i++) {
    /* Chains that cut a component of x (one in three does) have never seen the row. */
    CU_ASSERT(s[i] > -(1 + log2(9)) + 0.5);
    CU_ASSERT(s[i] < -1);
  }
}

static const check_case cases[] = {
    {"half-space trees", test_half_space_trees},
    {"half-space trees forget", test_half_space_trees_forget},
    {"LODA", test_loda},
    {"LODA's bins", test_loda_bins},
    {"random cut forest", test_random_cut_forest},
    {"random cut forest, mean", test_random_cut_forest_mean},
    {"random cut forest stays whole", test_random_cut_forest_stays_whole},
    {"xStream", test_xstream},
};
CHECK_MAIN("online ensembles", cases)
