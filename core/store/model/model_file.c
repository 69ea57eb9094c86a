/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model_file.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

#include "store/file/seal.h"
#include "store/h5/get.h"
#include "store/h5/put.h"
#include "store/run/provenance.h"

static const char kind_name[] = "model";

static hid_t type_of(nt_state_type type, int in_memory) {
  switch (type) {
  case NT_STATE_NUMBER:
    return in_memory ? H5T_NATIVE_DOUBLE : H5T_IEEE_F64LE;
  case NT_STATE_COUNT:
    return in_memory ? H5T_NATIVE_UINT64 : H5T_STD_U64LE;
  case NT_STATE_INDEX:
    return in_memory ? H5T_NATIVE_UINT32 : H5T_STD_U32LE;
  default:
    return in_memory ? H5T_NATIVE_UINT8 : H5T_STD_U8LE;
  }
}

/* ---------------------------------------------------------------- writing */

typedef struct writer {
  const nt_model_record *record;
  hdf5_errors *errors;
  hid_t state;
} writer;

/* The group of this path below `parent`, made where it is missing; to be closed. */
static hid_t group_of(hid_t parent, const char *path) {
  hid_t group = H5Gopen2(parent, ".", H5P_DEFAULT);
  while (group >= 0 && *path) {
    char name[64];
    size_t length = strcspn(path, "/");
    if (length >= sizeof name) length = sizeof name - 1;
    memcpy(name, path, length);
    name[length] = 0;
    hid_t next = H5Lexists(group, name, H5P_DEFAULT) > 0 ? H5Gopen2(group, name, H5P_DEFAULT)
                                                         : nt_h5_group(group, name);
    H5Gclose(group);
    group = next;
    path += length;
    path += *path == '/';
  }
  return group;
}

static nt_status put_list(void *context, const char *name, nt_state_type type, const void *values,
                          size_t count, nt_error *err) {
  const writer *w = context;
  const char *leaf = strrchr(name, '/');
  char path[128] = "";
  if (leaf && (size_t)(leaf - name) < sizeof path) memcpy(path, name, (size_t)(leaf - name));
  leaf = leaf ? leaf + 1 : name;
  hid_t group = nt_h5_room() ? group_of(w->state, path) : -1;
  int bad = group < 0 ||
            nt_h5_put_values(group, leaf, type_of(type, 0), type_of(type, 1), count, values, 1) < 0;
  if (group >= 0) H5Gclose(group);
  return bad ? nt_h5_fail(w->errors, err, name) : NT_OK;
}

static int put_options(hid_t group, const nt_model_table *table) {
  int bad = 0;
  for (size_t i = 0; i < table->count && !bad; i++) {
    const nt_parameter *p = &table->rows[i];
    nt_value value = nt_parameter_get(p, table->options);
    if (p->type == NT_PARAMETER_CHOICE)
      bad = nt_h5_put_text(group, p->name, p->choices[(size_t)value.number]) < 0;
    else if (p->type == NT_PARAMETER_NUMBER)
      bad = nt_h5_put_number(group, p->name, value.number) < 0;
    else
      bad = nt_h5_put_integer(group, p->name, (int64_t)value.number) < 0;
  }
  return bad ? -1 : 0;
}

static int put_facts(hid_t file, const nt_cell *fact, size_t count) {
  int bad = 0;
  for (size_t i = 0; i < count && !bad; i++)
    bad = fact[i].type == NT_CELL_TEXT ? nt_h5_put_text(file, fact[i].name, fact[i].text) < 0
          : fact[i].type == NT_CELL_INTEGER
              ? nt_h5_put_integer(file, fact[i].name, fact[i].integer) < 0
              : nt_h5_put_number(file, fact[i].name, fact[i].number) < 0;
  return bad ? -1 : 0;
}

static int put_provenance(hid_t file, nt_isa isa) {
  nt_provenance p;
  int bad = 0;
  nt_provenance_make(&p, 1, isa);
  for (size_t i = 0; i < p.count && !bad; i++)
    if (strcmp(p.note[i].name, "threads") != 0) /* of which a model is none */
      bad = nt_h5_put_text(file, p.note[i].name, p.note[i].text) < 0;
  nt_provenance_done(&p);
  return bad ? -1 : 0;
}

static int put_texts(hid_t group, const char *name, const char *const *texts, size_t count) {
  hid_t type = nt_h5_text_type();
  int bad = nt_h5_put_values(group, name, type, type, count, texts, -1) < 0;
  H5Tclose(type);
  return bad ? -1 : 0;
}

static int put_captures(hid_t file, const nt_model_capture *captures, size_t count) {
  hid_t group = nt_h5_group(file, "captures");
  const char **inputs = calloc(count + 1, sizeof *inputs), **sums = calloc(count + 1, sizeof *sums);
  uint64_t *packets = calloc(count + 1, sizeof *packets);
  int bad = group < 0 || !inputs || !sums || !packets;
  for (size_t i = 0; i < count && !bad; i++) {
    inputs[i] = captures[i].input;
    sums[i] = captures[i].sha256;
    packets[i] = captures[i].packets;
  }
  bad = bad || put_texts(group, "input", inputs, count) < 0 ||
        put_texts(group, "content_sha256", sums, count) < 0 ||
        nt_h5_put_values(group, "packets", H5T_STD_U64LE, H5T_NATIVE_UINT64, count, packets, 1) < 0;
  free(inputs);
  free(sums);
  free(packets);
  if (group >= 0) H5Gclose(group);
  return bad ? -1 : 0;
}

static int put_description(hid_t file, const nt_model_record *r) {
  if (nt_h5_put_text(file, HDF5_KIND, kind_name) < 0 ||
      nt_h5_put_integer(file, "model_format", NT_MODEL_FORMAT) < 0 ||
      put_provenance(file, r->isa) < 0 || put_facts(file, r->fact, r->facts) < 0 ||
      put_captures(file, r->capture, r->captures) < 0)
    return -1;
  hid_t group = nt_h5_group(file, "parameters");
  int bad = group < 0;
  for (size_t i = 0; i < r->tables && !bad; i++) bad = put_options(group, &r->table[i]) < 0;
  if (group >= 0) H5Gclose(group);
  return bad ? -1 : 0;
}

static nt_status fill_file(hid_t file, hdf5_errors *errors, void *context, nt_error *err) {
  const nt_model_record *r = context;
  if (put_description(file, r) < 0) return nt_h5_fail(errors, err, "cannot be written");
  writer w = {r, errors, nt_h5_group(file, "state")};
  if (w.state < 0) return nt_h5_fail(errors, err, "cannot be written");
  const nt_state_writer to = {put_list, &w};
  nt_status status = r->fill(r->context, &to, err);
  H5Gclose(w.state);
  return status;
}

nt_status nt_model_file_write(const char *path, const nt_model_record *record, nt_error *err) {
  return nt_h5_write_file(path, fill_file, (void *)record, NULL, err);
}

/* ---------------------------------------------------------------- reading */

struct nt_model_file {
  hid_t file, state;
};

/* HDF5's complaints are heard for the time of one call alone. */
static nt_status check_format(hid_t file, const char *kind, nt_error *err) {
  hdf5_value format;
  if (strcmp(kind, kind_name) != 0)
    return nt_fail(err, NT_E_INPUT, "is no model of ninetails%s%.40s%s",
                   *kind ? ", but a file \"" : "", kind, *kind ? "\"" : "");
  nt_status status = nt_h5_get(file, "model_format", &format, err);
  if (status != NT_OK) return status;
  free(format.text);
  if (format.kind == HDF5_INTEGER && format.integer == NT_MODEL_FORMAT) return NT_OK;
  return nt_fail(err, NT_E_INPUT, "is a model of format %lld: this version of ninetails reads %d",
                 (long long)format.integer, NT_MODEL_FORMAT);
}

/* A model without a seal was cut short, or changed by another program: it is not believed. */
static nt_status check_seal(const char *path, nt_error *err) {
  int sealed;
  nt_status status = nt_seal_check(path, &sealed, NULL, err);
  if (status != NT_OK || sealed) return status;
  return nt_fail(err, NT_E_INPUT, "%s: is no model of ninetails, or cut short: it has no seal",
                 path);
}

nt_model_file *nt_model_file_open(const char *path, nt_error *err) {
  nt_error own;
  hdf5_errors errors;
  char *kind = NULL;
  if (!err) err = &own;
  if (check_seal(path, err) != NT_OK) return NULL;
  nt_model_file *f = calloc(1, sizeof *f);
  if (!f) {
    nt_fail(err, NT_E_MEMORY, "%s: out of memory", path);
    return NULL;
  }
  nt_h5_errors_begin(&errors);
  f->state = -1;
  f->file = nt_h5_open_checked(path, 0, &errors, &kind, err); /* its seal has been looked at */
  nt_status status = f->file < 0 ? err->status : check_format(f->file, kind, err);
  if (status != NT_OK && f->file >= 0) nt_fail_in(err, "%s", path);
  if (status == NT_OK && nt_h5_has(f->file, "state"))
    f->state = H5Gopen2(f->file, "state", H5P_DEFAULT);
  if (status == NT_OK && f->state < 0)
    status = nt_fail(err, NT_E_INPUT, "%s: state: missing, or not of the expected form", path);
  nt_h5_errors_end(&errors);
  free(kind);
  if (status == NT_OK) return f;
  nt_model_file_close(f);
  return NULL;
}

void nt_model_file_close(nt_model_file *f) {
  if (!f) return;
  hdf5_errors errors;
  nt_h5_errors_begin(&errors);
  if (f->state >= 0) H5Gclose(f->state);
  if (f->file >= 0) H5Fclose(f->file);
  nt_h5_errors_end(&errors);
  free(f);
}

static nt_status take_choice(const nt_parameter *p, const char *text, double *number,
                             nt_error *err) {
  size_t choice = nt_parameter_choice(p, text ? text : "");
  *number = (double)choice;
  if (p->choices[choice]) return NT_OK;
  return nt_fail(err, NT_E_INPUT, "parameter %s: \"%.40s\" is none of its values", p->name,
                 text ? text : "");
}

static nt_status take_option(hid_t group, const nt_parameter *p, void *options, nt_error *err) {
  hdf5_value got;
  nt_value value = {0};
  nt_status status = nt_h5_get(group, p->name, &got, err);
  if (status != NT_OK) return nt_fail_in(err, "parameter");
  value.number = got.kind == HDF5_INTEGER ? (double)got.integer : got.number;
  if (p->type == NT_PARAMETER_CHOICE)
    status = take_choice(p, got.text, &value.number, err);
  else if (got.kind != HDF5_INTEGER && got.kind != HDF5_NUMBER)
    status = nt_fail(err, NT_E_INPUT, "parameter %s: expected a number", p->name);
  if (status == NT_OK && nt_parameter_check(p, &value, err) != NT_OK)
    status = nt_fail(err, NT_E_INPUT, "parameter %s: out of its range", p->name);
  if (status == NT_OK) nt_parameter_put(p, value, options);
  free(got.text);
  return status;
}

nt_status nt_model_file_get_options(nt_model_file *f, const nt_model_table *table, nt_error *err) {
  hdf5_errors errors;
  nt_status status = NT_OK;
  nt_h5_errors_begin(&errors);
  hid_t group = nt_h5_room() && nt_h5_has(f->file, "parameters")
                    ? H5Gopen2(f->file, "parameters", H5P_DEFAULT)
                    : -1;
  if (group < 0) status = nt_fail(err, NT_E_INPUT, "parameters: missing");
  for (size_t i = 0; status == NT_OK && i < table->count; i++)
    status = take_option(group, &table->rows[i], table->options, err);
  if (group >= 0) H5Gclose(group);
  nt_h5_errors_end(&errors);
  return status;
}

/* ---------------------------------------------------------------- captures */

void nt_model_captures_free(nt_model_capture *captures, size_t count) {
  for (size_t i = 0; captures && i < count; i++) {
    free(captures[i].input);
    free(captures[i].sha256);
  }
  free(captures);
}

static nt_status take_texts(hid_t file, const char *path, hdf5_names *texts, nt_error *err) {
  *texts = (hdf5_names){0};
  hid_t id = nt_h5_room() && nt_h5_has(file, path) ? H5Dopen2(file, path, H5P_DEFAULT) : -1;
  if (id < 0) return nt_fail(err, NT_E_INPUT, "%s: missing", path);
  hsize_t length;
  nt_status status = nt_h5_dataset_kind(id, &length) == HDF5_TEXT
                         ? nt_h5_read_texts(id, texts, err)
                         : nt_fail(err, NT_E_INPUT, "%s: expected texts", path);
  H5Dclose(id);
  return status;
}

static nt_status take_captures(hid_t file, nt_model_capture **captures, size_t *count,
                               nt_error *err) {
  hdf5_names inputs, sums = {0};
  uint64_t *packets = NULL;
  nt_status status = take_texts(file, "captures/input", &inputs, err);
  if (status == NT_OK) status = take_texts(file, "captures/content_sha256", &sums, err);
  *count = inputs.count;
  if (status == NT_OK && sums.count != inputs.count)
    status = nt_fail(err, NT_E_INPUT, "captures: lists of different lengths");
  if (status == NT_OK)
    status = nt_h5_read(file, "captures/packets", H5T_NATIVE_UINT64, sizeof *packets, 0, count,
                        &packets, err);
  if (status == NT_OK && !(*captures = calloc(*count + 1, sizeof **captures)))
    status = nt_fail(err, NT_E_MEMORY, "out of memory for %zu captures", *count);
  for (size_t i = 0; status == NT_OK && i < *count; i++) {
    (*captures)[i] = (nt_model_capture){inputs.name[i], sums.name[i], packets[i]};
    inputs.name[i] = sums.name[i] = NULL;
  }
  nt_h5_names_done(&inputs);
  nt_h5_names_done(&sums);
  free(packets);
  return status;
}

nt_status nt_model_file_get_captures(nt_model_file *f, nt_model_capture **captures, size_t *count,
                                     nt_error *err) {
  hdf5_errors errors;
  *captures = NULL;
  nt_h5_errors_begin(&errors);
  nt_status status = take_captures(f->file, captures, count, err);
  nt_h5_errors_end(&errors);
  return status;
}

/* ---------------------------------------------------------------- state */

static nt_status take_list(void *context, const char *name, nt_state_type type, void **values,
                           size_t *count, nt_error *err) {
  nt_model_file *f = context;
  hdf5_errors errors;
  *values = NULL;
  *count = SIZE_MAX;
  nt_h5_errors_begin(&errors);
  nt_status status =
      nt_h5_read(f->state, name, type_of(type, 1), nt_state_size(type), 0, count, values, err);
  nt_h5_errors_end(&errors);
  return status;
}

nt_state_reader nt_model_file_state(nt_model_file *f) {
  return (nt_state_reader){take_list, f};
}
