# SPDX-License-Identifier: GPL-3.0-or-later
# Writes OUT (ninetails_stages.h): what each stage of an experiment is computed by, as a checksum over the sources below ROOT:
# whatever its files include, however far, and all of the rooms that those lie in (a header's functions may be anywhere in
# its room). Files after ALONE, which drive the stage, count without what they include: that is the whole sweep.
cmake_policy(VERSION 3.22)
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

# The rooms that define what the public headers declare.
set(room_of_capture capture)
set(room_of_detector detectors)
set(room_of_error ground)
set(room_of_extractor extractor)
set(room_of_feature_map mapper)
set(room_of_kitnet ensemble)
set(room_of_labels labels)
set(room_of_metrics metrics)
set(room_of_packet capture)
set(room_of_parameter parameter)
set(room_of_platform ground)
set(room_of_run run)

# Everything that a file brings with it: what it includes, and the files of its room.
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
    if(NOT folder MATCHES "^core/")
      get_filename_component(noun ${file} NAME_WE)
      if(NOT room_of_${noun})
        message(FATAL_ERROR "${CMAKE_CURRENT_LIST_FILE}: there is no room_of_${noun}, of ${file}")
      endif()
      set(folder core/${room_of_${noun}})
    endif()
    set(room ${core_files})
    list(FILTER room INCLUDE REGEX "^${folder}/[^/]+$")
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

file(WRITE ${OUT} "/* Written by core/ground/stage_checksums.cmake. */
#define NT_BUILD_EXTRACT \"${extract}\"
#define NT_BUILD_MAP \"${map}\"
#define NT_BUILD_SCORE \"${score}\"
#define NT_BUILD_MEASURE \"${measure}\"
")
