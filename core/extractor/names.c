/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns: their names as published with N-BaIoT (TABLE_LAMBDA_statistic), and their units. */
#include <string.h>

#include <ninetails/extractor.h>

#include "profile.h"

typedef struct column {
  const char *name, *unit;
} column;

/* One row of statistics for one table T and one decay L; U and U2 are the value's unit and its
 * square. */
/* clang-format off */
#define ONE(T, L, U, U2) \
  {T "_" L "_weight", "1"}, {T "_" L "_mean", U}, {T "_" L "_variance", U2}
#define PAIR(T, L, U, U2) \
  ONE(T, L, U, U2), {T "_" L "_radius", U2}, {T "_" L "_magnitude", U}, \
  {T "_" L "_covariance", U2}, {T "_" L "_pcc", "1"}
/* The published files have a standard deviation here, and magnitude before radius. */
#define CHANNEL(T, L, U, U2) \
  {T "_" L "_weight", "1"}, {T "_" L "_mean", U}, {T "_" L "_std", U}, {T "_" L "_magnitude", U}, \
  {T "_" L "_radius", U2}, {T "_" L "_covariance", U2}, {T "_" L "_pcc", "1"}
/* clang-format on */
#define TABLE(STATISTICS, T, U, U2)                                                                \
  STATISTICS(T, "L5", U, U2), STATISTICS(T, "L3", U, U2), STATISTICS(T, "L1", U, U2),              \
      STATISTICS(T, "L0.1", U, U2), STATISTICS(T, "L0.01", U, U2)

static const column columns100[] = {
    TABLE(ONE, "MI_dir", "byte", "byte^2"), TABLE(PAIR, "HH", "byte", "byte^2"),
    TABLE(ONE, "HH_jit", "s", "s^2"), TABLE(PAIR, "HpHp", "byte", "byte^2")};
static const column columns115[] = {
    TABLE(ONE, "MI_dir", "byte", "byte^2"), TABLE(ONE, "H", "byte", "byte^2"),
    TABLE(CHANNEL, "HH", "byte", "byte^2"), TABLE(ONE, "HH_jit", "s", "s^2"),
    TABLE(CHANNEL, "HpHp", "byte", "byte^2")};

#define WIDTH(columns) (sizeof(columns) / sizeof *(columns))
static const struct {
  const char *name;
  const column *columns;
  size_t width;
} profiles[] = {
    [NT_PROFILE_PY100] = {"py100", columns100, WIDTH(columns100)},
    [NT_PROFILE_CSV115] = {"csv115", columns115, WIDTH(columns115)},
    [NT_PROFILE_STREAM] = {"stream", columns100, WIDTH(columns100)},
};

const char *nt_profile_name(nt_profile profile) {
  return profiles[profile].name;
}

nt_status nt_profile_from_name(const char *name, nt_profile *profile, nt_error *err) {
  for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
    if (strcmp(name, profiles[i].name) == 0) {
      *profile = (nt_profile)i;
      return NT_OK;
    }
  return nt_fail(err, NT_E_ARGUMENT, "profile '%s': expected py100, csv115 or stream", name);
}

size_t nt_profile_width(nt_profile profile) {
  return profiles[profile].width;
}

const char *nt_profile_feature_name(nt_profile profile, size_t i) {
  return i < profiles[profile].width ? profiles[profile].columns[i].name : NULL;
}

const char *nt_profile_feature_unit(nt_profile profile, size_t i) {
  return i < profiles[profile].width ? profiles[profile].columns[i].unit : NULL;
}

double nt_profile_half_life(nt_profile profile) {
  (void)profile; /* all have the same decays */
  return 1 / nt_lambda[NT_LAMBDAS - 1];
}
