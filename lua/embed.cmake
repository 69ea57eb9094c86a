# SPDX-License-Identifier: GPL-3.0-or-later
# Turns Lua files into one C table, so that the executable is one file and its Lua half cannot be out of
# step with its C half. lua/cli/commands/score.lua becomes the module "ninetails.commands.score", lua/ninetails.lua
# the module "ninetails", datasets/scenarios/camera.lua the module "datasets.scenarios.camera".
set(arrays "")
set(entries "")
set(index 0)
foreach(file ${FILES})
  file(RELATIVE_PATH path ${ROOT} ${file})
  string(REGEX REPLACE "\\.lua$" "" module ${path})
  string(REGEX REPLACE "^lua/" "ninetails/" module ${module})
  string(REGEX REPLACE "^ninetails/ninetails$" "ninetails" module ${module})
  if(module MATCHES "^ninetails/([a-z]+)/([a-z]+)$" AND CMAKE_MATCH_1 STREQUAL CMAKE_MATCH_2)
    set(module ninetails/${CMAKE_MATCH_1})
  endif()
  string(REPLACE "/" "." module ${module})
  file(READ ${file} bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR length "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "static const unsigned char file_${index}[] = {${bytes}0};\n")
  string(APPEND entries "  {\"${module}\", \"@${path}\", (const char *)file_${index}, ${length}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT} "#include \"${ROOT}/lua/bind/embedded.h\"\n${arrays}
const embedded_file embedded_files[] = {\n${entries}  {0, 0, 0, 0}};\n")
