/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An output file that is there whole or not at all: it is written under a temporary name in the
 * directory of its destination (temporary.h), synced, and renamed. Whatever stops the program in
 * between leaves the destination as it was.
 */
#ifndef NT_OUTPUT_H
#define NT_OUTPUT_H

#include <stdio.h>

#include <ninetails/error.h>

typedef struct nt_output {
  char *path;      /* the destination */
  char *temporary; /* what to write to, until nt_output_commit */
  int held;        /* the lock on it */
} nt_output;

/* Creates the (empty) temporary file, so that a directory that is missing or not writable is found
 * now. What a killed process left of the same output goes with nt_temporary_sweep_of (temporary.h).
 * Symbolic links are followed. A destination that exists and is not a regular file is refused. The
 * error names the path. */
nt_status nt_output_begin(nt_output *output, const char *path, nt_error *err);
/* The same, but a symbolic link at `path` is itself replaced, not what it points to: for folders
 * that others may write to. */
nt_status nt_output_begin_here(nt_output *output, const char *path, nt_error *err);
/* A FILE that writes to the temporary file; NULL with errno. */
FILE *nt_output_file(const nt_output *output);

/* Syncs, renames, syncs the directory. The temporary file must be closed by then. Frees *output,
 * and removes the temporary file when it fails. */
nt_status nt_output_commit(nt_output *output, nt_error *err);
/* The same without any sync, for what can be made again: a killed program leaves it whole or not at
 * all, a machine that loses power perhaps damaged, which its reader must notice (seal.h). */
nt_status nt_output_commit_unsynced(nt_output *output, nt_error *err);
/* The same as nt_output_commit, for what comes out alike whoever writes it: a file with these bytes
 * that is there already is left alone, so that no reader sees a change. */
nt_status nt_output_commit_alike(nt_output *output, nt_error *err);

/* Removes the temporary file and frees *output; a zeroed struct is fine. */
void nt_output_discard(nt_output *output);

/* NT_E_ARGUMENT when the output is the same file as an input of the run (also under another name).
 * input may be NULL or "-"; `what` names it in the text: "capture", "label file". */
nt_status nt_output_refuse(const char *path, const char *input, const char *what, nt_error *err);

#endif
