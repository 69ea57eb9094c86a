/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Lua files inside the executable; the table is written by embed.cmake and ends with a NULL
 * name. */
#ifndef NINETAILS_EMBEDDED_H
#define NINETAILS_EMBEDDED_H
#include <stddef.h>

typedef struct embedded_file {
  const char *module; /* "ninetails.cli" */
  const char *chunk;  /* "@lua/cli/cli.lua", for messages */
  const char *text;
  size_t length;
} embedded_file;

extern const embedded_file embedded_files[];
#endif
