/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file of a model (ninetails/model.h), sealed (seal.h):
 *
 *     /               attributes: ninetails:file "model", model_format, what made it
 *     |               (provenance.h), and facts for whoever looks at it: phase, packets, threshold
 *     |- parameters   attributes: the options that it was made with, by their names
 *     |- captures/    what it learnt from, one of each in order: input, content_sha256, packets
 *     `- state/       the lists of numbers that the rooms put (ground/state.h)
 *
 * One thread at a time over all handles (store.h).
 */
#ifndef NT_MODEL_FILE_H
#define NT_MODEL_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/parameter.h>
#include <ninetails/platform.h>

#include "ground/state.h"
#include "store/run/run_file.h"

/* Another number where older files cannot be read any more. */
#define NT_MODEL_FORMAT 1

/* A table of parameters, and the struct of their members. */
typedef struct nt_model_table {
  const nt_parameter *rows;
  size_t count;
  void *options;
} nt_model_table;

/* A capture that was learnt from. */
typedef struct nt_model_capture {
  char *input, *sha256; /* "": not known */
  uint64_t packets;
} nt_model_capture;

typedef struct nt_model_record {
  const nt_model_table *table;
  size_t tables;
  const nt_model_capture *capture;
  size_t captures;
  const nt_cell *fact; /* for people: nothing reads them back */
  size_t facts;
  nt_isa isa;
  /* Puts the state. */
  nt_status (*fill)(const void *context, const nt_state_writer *to, nt_error *err);
  const void *context;
} nt_model_record;

/* Whole or not at all (output.h). O(size of the state). */
nt_status nt_model_file_write(const char *path, const nt_model_record *record, nt_error *err);

/* NULL: NT_E_IO, or NT_E_INPUT: not a model, of another format, damaged, cut short. Nothing of it
 * is looked at before its seal is found to be right. O(size). */
typedef struct nt_model_file nt_model_file;
nt_model_file *nt_model_file_open(const char *path, nt_error *err);
void nt_model_file_close(nt_model_file *file); /* NULL is fine */

/* Every member of the table, within its range; NT_E_INPUT where one is missing. */
nt_status nt_model_file_get_options(nt_model_file *file, const nt_model_table *table,
                                    nt_error *err);
/* *captures: nt_model_captures_free. */
nt_status nt_model_file_get_captures(nt_model_file *file, nt_model_capture **captures,
                                     size_t *count, nt_error *err);
void nt_model_captures_free(nt_model_capture *captures, size_t count);
/* Valid until the file is closed. */
nt_state_reader nt_model_file_state(nt_model_file *file);

#endif
