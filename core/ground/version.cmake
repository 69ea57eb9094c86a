# SPDX-License-Identifier: GPL-3.0-or-later
# Writes OUT (ninetails_build.h): the commit of ROOT as it is now, and what the build was configured with. Run at each
# build; the file is touched only when it changes, so nothing is compiled anew for its sake.
cmake_policy(VERSION 3.22)
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
# What each stage of an experiment is computed by, as a checksum over sources: whatever its files include, however far, and
# all of the rooms that those lie in (a header's functions may be anywhere in its room). Files after ALONE, which drive the
# stage, count without what they include: that is the whole sweep.
file(GLOB_RECURSE core_files RELATIVE ${ROOT} ${ROOT}/core/*.c ${ROOT}/core/*.h)
list(FILTER core_files EXCLUDE REGEX "^core/examples/")
list(SORT core_files)

# The file that an include of `file` names, as a path below ROOT; "": one of the system's, or made by the build.
function(included_file variable file name)
  get_filename_component(folder ${file} DIRECTORY)
  set(${variable} "" PARENT_SCOPE)
  foreach(candidate ${folder}/${name} core/${name} include/${name})
    if(EXISTS ${ROOT}/${candidate})
      set(${variable} ${candidate} PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Everything that a file brings with it: what it includes, the files of its room, and the source of a public header.
function(brought_by variable file)
  if(NOT DEFINED BROUGHT_${file})
    file(STRINGS ${ROOT}/${file} lines REGEX "^ *# *include +[\"<]")
    set(found "")
    foreach(line ${lines})
      string(REGEX REPLACE "^ *# *include +[\"<]([^\">]+)[\">].*" "\\1" name "${line}")
      included_file(path ${file} ${name})
      list(APPEND found ${path})
    endforeach()
    get_filename_component(folder ${file} DIRECTORY)
    set(room ${core_files})
    if(folder MATCHES "^core/")
      list(FILTER room INCLUDE REGEX "^${folder}/[^/]+$")
    else()
      get_filename_component(noun ${file} NAME_WE)
      list(FILTER room INCLUDE REGEX "/${noun}\\.c$")
    endif()
    list(APPEND found ${room})
    set(BROUGHT_${file} "${found}" CACHE INTERNAL "")
  endif()
  set(${variable} ${BROUGHT_${file}} PARENT_SCOPE)
endfunction()

function(checksum_of variable)
  cmake_parse_arguments(stage "" "" "ALONE" ${ARGN})
  set(all ${stage_ALONE})
  set(waiting ${stage_UNPARSED_ARGUMENTS})
  while(waiting)
    list(POP_FRONT waiting file)
    if(NOT EXISTS ${ROOT}/${file})
      message(FATAL_ERROR "${CMAKE_CURRENT_LIST_FILE}: there is no ${file}, which a stage is computed by")
    endif()
    if(NOT file IN_LIST all)
      list(APPEND all ${file})
      brought_by(more ${file})
      list(APPEND waiting ${more})
    endif()
  endwhile()
  list(REMOVE_DUPLICATES all)
  list(SORT all)
  set(sums "")
  foreach(file ${all})
    file(SHA256 ${ROOT}/${file} sum)
    string(APPEND sums "${file} ${sum}\n")
    if(STAGES) # for the test
      file(APPEND ${STAGES} "${variable} ${file}\n")
    endif()
  endforeach()
  string(SHA256 sum "${sums}")
  string(SUBSTRING ${sum} 0 16 sum)
  set(${variable} ${sum} PARENT_SCOPE)
endfunction()
checksum_of(extract core/extractor/extractor.c core/capture/capture.c
            ALONE core/sweep/stages/extract.c core/store/output/feature_file.c core/store/output/feature_writer.c)
checksum_of(map core/mapper/correlation.c ALONE core/sweep/stages/correlate.c)
checksum_of(score core/detectors/detectors.c
            ALONE core/sweep/stages/pass.c core/sweep/stages/pass_begin.c core/run/pipeline.c core/store/run/score_file.c)
checksum_of(measure core/metrics/measures.c core/labels/labels.c ALONE core/sweep/stages/measure.c core/sweep/columns.c)

set(text "/* Written by core/ground/version.cmake. */
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
