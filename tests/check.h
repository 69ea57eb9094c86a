/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by every CUnit program of this folder: a table of tests, a main
 * function, skips that are printed. */
#ifndef NT_CHECK_H
#define NT_CHECK_H

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ninetails/error.h>

/* How many checks of this program were skipped. */
static int check_skips;

static inline void check_skip(const char *what) {
  printf("  [skipped: no %s]\n", what);
  check_skips++;
}

/* Path of a file of the reference material, or NULL (with a printed note) where it is absent. Only
 * cases marked [outside] may ask. */
static inline const char *check_shared(const char *relative) {
  static char path[4096];
  const char *root = getenv("NINETAILS_SHARED");
  snprintf(path, sizeof path, "%s/%s", root && *root ? root : NT_SHARED_DIR, relative);
  if (access(path, R_OK) == 0) return path;
  check_skip(relative);
  return NULL;
}

/* Asserts NT_OK; prints the error's text otherwise. */
#define CHECK_OK(call, err)                                                                        \
  do {                                                                                             \
    nt_status check_status_ = (call);                                                              \
    if (check_status_ != NT_OK) printf("  %s: %s\n", #call, (err).text);                           \
    CU_ASSERT_EQUAL(check_status_, NT_OK);                                                         \
  } while (0)

/* A case whose name ends in [outside] needs what the project does not bring: reference
 * material, other programs. */
typedef struct check_case {
  const char *name;
  void (*run)(void);
} check_case;

enum { CHECK_SKIPPED = 77 }; /* the exit code that ctest takes as skipped */

/* Whether CHECK_CASES (names, with ; between) has this case; all cases when it is not set. */
static inline int check_is_named(const char *name) {
  const char *at = getenv("CHECK_CASES");
  size_t length = strlen(name);
  if (!at) return 1;
  for (; at; at = strchr(at, ';')) {
    at += *at == ';';
    if (strncmp(at, name, length) == 0 && (at[length] == ';' || !at[length])) return 1;
  }
  return 0;
}

/* With CHECK_LIST in the environment prints the names of all cases. Else runs them: with
 * CHECK_ONLY=own those that need nothing from outside, with CHECK_ONLY=outside the others. These are
 * two tests of ctest, so that a skip never counts as a pass. */
static inline int check_main(const char *suite, const check_case *cases, size_t count) {
  const char *wanted = getenv("CHECK_ONLY");
  int only = !wanted ? -1 : strcmp(wanted, "outside") == 0;
  if (getenv("CHECK_LIST")) {
    for (size_t i = 0; i < count; i++) puts(cases[i].name);
    return 0;
  }
  if (CU_initialize_registry() != CUE_SUCCESS) return 2;
  CU_pSuite s = CU_add_suite(suite, NULL, NULL);
  size_t chosen = 0;
  for (size_t i = 0; i < count; i++)
    if ((only < 0 || only == (strstr(cases[i].name, "[outside]") != NULL)) &&
        check_is_named(cases[i].name)) {
      CU_add_test(s, cases[i].name, cases[i].run);
      chosen++;
    }
  CU_basic_set_mode(CU_BRM_VERBOSE);
  CU_basic_run_tests();
  int failed = CU_get_number_of_failures() > 0 || CU_get_number_of_tests_run() < chosen || !chosen;
  CU_cleanup_registry();
  if (check_skips) printf("%d skipped: they need what the project does not bring\n", check_skips);
  if (check_skips && only == 0) {
    fprintf(stderr, "a case that is not marked [outside] was skipped\n");
    return 1;
  }
  return failed ? 1 : check_skips ? CHECK_SKIPPED : 0;
}
#define CHECK_MAIN(suite, cases)                                                                   \
  int main(void) {                                                                                 \
    return check_main(suite, cases, sizeof(cases) / sizeof *(cases));                              \
  }

#endif
