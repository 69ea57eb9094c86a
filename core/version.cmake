# SPDX-License-Identifier: GPL-3.0-or-later
# Writes OUT (ninetails_build.h): the commit of ROOT as it is now, and what the build was configured with. Run at each
# build; the file is touched only when it changes, so nothing is compiled anew for its sake.
set(commit unknown)
set(dirty 0)
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
# What each stage of an experiment is computed by: a checksum over the sources of its folders, in order.
function(checksum_of variable)
  set(all "")
  foreach(folder ${ARGN})
    file(GLOB_RECURSE sources RELATIVE ${ROOT}/core ${ROOT}/core/${folder}/*.c ${ROOT}/core/${folder}/*.h)
    list(SORT sources)
    foreach(source ${sources})
      file(SHA256 ${ROOT}/core/${source} sum)
      string(APPEND all "${source} ${sum}\n")
    endforeach()
  endforeach()
  string(SHA256 all "${all}")
  string(SUBSTRING ${all} 0 16 all)
  set(${variable} ${all} PARENT_SCOPE)
endfunction()
checksum_of(extract capture extractor)
checksum_of(map mapper)
checksum_of(score ensemble detectors)
checksum_of(measure metrics)

set(text "/* Written by core/version.cmake. */
#define NT_BUILD_VERSION \"${VERSION}\"
#define NT_BUILD_COMMIT \"${commit}\"
#define NT_BUILD_DIRTY ${dirty}
#define NT_BUILD_COMPILER \"${COMPILER}\"
#define NT_BUILD_FLAGS \"${FLAGS}\"
#define NT_BUILD_EXTRACT \"${extract}\"
#define NT_BUILD_MAP \"${map}\"
#define NT_BUILD_SCORE \"${score}\"
#define NT_BUILD_MEASURE \"${measure}\"
")
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE ${OUT} "${text}")
endif()
