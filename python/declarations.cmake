# SPDX-License-Identifier: GPL-3.0-or-later
# What the public headers declare, as plain C: cffi reads it, so that Python can call nothing that C does not have, by no
# other layout. The compiler's preprocessor does it, with empty files in place of the system's headers.
#   cmake -DCOMPILER=cc -DINCLUDE=DIR -DOUT=FILE -P declarations.cmake
get_filename_component(folder ${OUT} DIRECTORY)
set(empty ${folder}/empty)
foreach(header signal.h stdbool.h stddef.h stdint.h sys/stat.h)
  file(WRITE ${empty}/${header} "")
endforeach()
execute_process(
  COMMAND ${COMPILER} -E -P -nostdinc -I${empty} -I${INCLUDE} "-D__attribute__(x)=" ${INCLUDE}/ninetails/ninetails.h
  OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${OUT} "typedef int sig_atomic_t;\nstruct stat;\n${text}")
file(REMOVE_RECURSE ${empty})
