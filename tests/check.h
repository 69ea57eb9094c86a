/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every CUnit program of this folder shares: a table of tests, a main, a skip that is printed.
 */
#ifndef NT_CHECK_H
#define NT_CHECK_H

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

/* Path of a file of the reference material, or NULL (with a printed note) where it is absent. */
static inline const char *check_shared(const char *relative) {
  static char path[4096];
  const char *root = getenv("NINETAILS_SHARED");
  snprintf(path, sizeof path, "%s/%s", root && *root ? root : NT_SHARED_DIR, relative);
  if (access(path, R_OK) == 0) return path;
  printf("  [skipped: no %s]\n", relative);
  return NULL;
}

/* Asserts NT_OK and prints the error's text when it is not. */
#define CHECK_OK(call, err)                                                                        \
  do {                                                                                             \
    nt_status check_status_ = (call);                                                              \
    if (check_status_ != NT_OK) printf("  %s: %s\n", #call, (err).text);                           \
    CU_ASSERT_EQUAL(check_status_, NT_OK);                                                         \
  } while (0)

typedef struct check_case {
  const char *name;
  void (*run)(void);
} check_case;

static inline int check_main(const char *suite, const check_case *cases, size_t count) {
  if (CU_initialize_registry() != CUE_SUCCESS) return 2;
  CU_pSuite s = CU_add_suite(suite, NULL, NULL);
  for (size_t i = 0; i < count; i++) CU_add_test(s, cases[i].name, cases[i].run);
  CU_basic_set_mode(CU_BRM_VERBOSE);
  CU_basic_run_tests();
  int failed = CU_get_number_of_failures() > 0 || CU_get_number_of_tests_run() < count;
  CU_cleanup_registry();
  return failed;
}
#define CHECK_MAIN(suite, cases)                                                                   \
  int main(void) {                                                                                 \
    return check_main(suite, cases, sizeof(cases) / sizeof *(cases));                              \
  }

#endif
