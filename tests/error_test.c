/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <ninetails/platform.h>

#include "check.h"

static void text_is_cut_not_overrun(void) {
  nt_error err;
  char big[2000];
  memset(big, 'x', sizeof big - 1);
  big[sizeof big - 1] = 0;
  CU_ASSERT_EQUAL(nt_fail(&err, NT_E_INPUT, "%s", big), NT_E_INPUT);
  CU_ASSERT_EQUAL(strlen(err.text), sizeof err.text - 1);
  CU_ASSERT_EQUAL(nt_fail_in(&err, "%s", "file"), NT_E_INPUT);
  CU_ASSERT_EQUAL(strncmp(err.text, "file: xxx", 9), 0);
  CU_ASSERT_EQUAL(strlen(err.text), sizeof err.text - 1);
  CU_ASSERT_EQUAL(nt_fail(NULL, NT_E_IO, "nobody listens"), NT_E_IO);
}

static void text_steers_no_terminal(void) {
  nt_error err;
  nt_fail(&err, NT_E_INPUT, "column '%s'", "\033[2J\177\b");
  CU_ASSERT_STRING_EQUAL(err.text, "column '?[2J"
                                   "?"
                                   "?'");
  nt_fail_in(&err, "%s", "a\rb");
  CU_ASSERT_STRING_EQUAL(err.text, "a?b: column '?[2J"
                                   "?"
                                   "?'");
}

static void instruction_sets_have_names(void) {
  nt_error err;
  for (int i = NT_ISA_AUTO; i <= NT_ISA_AVX512; i++) {
    nt_isa back;
    CHECK_OK(nt_isa_from_name(nt_isa_name((nt_isa)i), &back, &err), err);
    CU_ASSERT_EQUAL((int)back, i);
  }
  nt_isa isa;
  CU_ASSERT_EQUAL(nt_isa_from_name("mmx", &isa, &err), NT_E_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "'mmx'"));
  CHECK_OK(nt_isa_resolve(NT_ISA_AUTO, &isa, &err), err);
  CU_ASSERT_NOT_EQUAL(isa, NT_ISA_AUTO);
}

static void wrong_cap_is_an_error(void) {
  nt_error err = {0};
  nt_isa isa;
  const char *given = getenv("NINETAILS_ISA");
  char before[16];
  snprintf(before, sizeof before, "%s", given ? given : "");
  setenv("NINETAILS_ISA", "plain", 1);
  CHECK_OK(nt_isa_check(&err), err);
  CU_ASSERT_EQUAL(nt_isa_best(), NT_ISA_PLAIN);
  setenv("NINETAILS_ISA", "avx51", 1);
  CU_ASSERT_EQUAL(nt_isa_check(&err), NT_E_ARGUMENT);
  CU_ASSERT_STRING_EQUAL(err.text, "NINETAILS_ISA=avx51: expected auto, plain, avx2 or avx512");
  CU_ASSERT_EQUAL(nt_isa_resolve(NT_ISA_AUTO, &isa, &err), NT_E_ARGUMENT);
  CHECK_OK(nt_isa_resolve(NT_ISA_PLAIN, &isa, &err), err); /* asked for AUTO alone */
  setenv("NINETAILS_ISA", "", 1);
  CHECK_OK(nt_isa_check(&err), err);
  given ? setenv("NINETAILS_ISA", before, 1) : unsetenv("NINETAILS_ISA");
}

static const check_case cases[] = {
    {"error texts are cut, not overrun", text_is_cut_not_overrun},
    {"error texts steer no terminal", text_steers_no_terminal},
    {"instruction sets have names", instruction_sets_have_names},
    {"a wrong NINETAILS_ISA is an error", wrong_cap_is_an_error},
};
CHECK_MAIN("error", cases)
