# SPDX-License-Identifier: GPL-3.0-or-later
# Writes OUT (ninetails_build.h): the commit of ROOT as it is now, and what the build was configured with. Run at each
# build; the file is touched only when it changes, so nothing is compiled anew for its sake.
cmake_policy(VERSION 3.22)
set(commit unknown)
set(dirty 0)
# Of a release's tarball git archive has written it here: export-subst in .gitattributes.
file(STRINGS ${ROOT}/core/ground/commit.txt released LIMIT_COUNT 1)
if(released MATCHES "^[0-9a-f]+$")
  set(commit ${released})
endif()
find_program(GIT git)
if(GIT AND EXISTS ${ROOT}/.git)
  execute_process(COMMAND ${GIT} -C ${ROOT} rev-parse HEAD OUTPUT_VARIABLE head RESULT_VARIABLE failed
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(commit ${head})
    execute_process(COMMAND ${GIT} -C ${ROOT} --no-optional-locks status --porcelain
                    OUTPUT_VARIABLE changes ERROR_QUIET)
    if(changes)
      set(dirty 1)
    endif()
  endif()
endif()
set(text "/* Written by core/ground/version.cmake. */
#define NT_BUILD_VERSION \"${VERSION}\"
#define NT_BUILD_COMMIT \"${commit}\"
#define NT_BUILD_DIRTY ${dirty}
#define NT_BUILD_COMPILER \"${COMPILER}\"
#define NT_BUILD_FLAGS \"${FLAGS}\"
")
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE ${OUT} "${text}")
endif()
