/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_group.h"

#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/h5/get.h"
#include "store/h5/put.h"
#include "store/output/attacks_group.h"
#include "cells.h"

/* ---------------------------------------------------------------- cells and notes */

static int put_value(hid_t group, const nt_cell *cell) {
  switch (cell->type) {
  case NT_CELL_INTEGER:
    return nt_h5_put_integer(group, cell->name, cell->integer);
  case NT_CELL_NUMBER:
    return nt_h5_put_number(group, cell->name, cell->number);
  default:
    return nt_h5_put_text(group, cell->name, cell->text ? cell->text : "");
  }
}

/* What the group `cells` has of every cell: a list of texts each, as long as there are cells. */
enum { BETTER = 4, FIELDS };
static const char *const field_names[FIELDS] = {"name", "units", "long_name", "role", "better"};

int nt_put_cells(hid_t group, const nt_cell *cells, size_t count) {
  if (count == 0) return 0;
  const char **texts = calloc(count, sizeof *texts);
  hid_t inside = nt_h5_group(group, "cells");
  int bad = !texts || inside < 0;
  for (size_t i = 0; !bad && i < count; i++) bad = put_value(group, &cells[i]) < 0;
  for (int field = 0; !bad && field < FIELDS; field++) {
    for (size_t i = 0; i < count; i++) {
      const char *const values[FIELDS] = {cells[i].name, cells[i].unit, cells[i].long_name,
                                          nt_cell_role_name(cells[i].role),
                                          nt_measure_better_name(cells[i].better)};
      texts[i] = values[field] ? values[field] : "";
    }
    bad = nt_h5_put_texts(inside, field_names[field], count, texts) < 0;
  }
  if (inside >= 0) H5Gclose(inside);
  free(texts);
  return bad ? -1 : 0;
}

static nt_status get_fields(hid_t inside, hdf5_names fields[FIELDS], nt_error *err) {
  nt_status status = NT_OK;
  for (int i = 0; status == NT_OK && i < FIELDS; i++) {
    if (i == BETTER && H5Aexists(inside, field_names[i]) <= 0) continue; /* a file of version 0.1 */
    status = nt_h5_get_texts(inside, field_names[i], &fields[i], err);
    if (status == NT_OK && fields[i].count != fields[0].count)
      status = nt_fail(err, NT_E_INPUT, "cells: %s: expected one for each name", field_names[i]);
  }
  return status;
}

static nt_status get_cell(hid_t group, const hdf5_names fields[FIELDS], size_t i, nt_cell *cell,
                          nt_error *err) {
  hdf5_value value;
  nt_status status = nt_h5_get(group, fields[0].name[i], &value, err);
  if (status != NT_OK) return status;
  const nt_cell found = {
      .name = fields[0].name[i],
      .unit = fields[1].name[i],
      .long_name = fields[2].name[i],
      .role = nt_cell_role_of(fields[3].name[i]),
      .better = nt_measure_better_of(fields[BETTER].count ? fields[BETTER].name[i] : NULL),
      .type = value.kind == HDF5_INTEGER  ? NT_CELL_INTEGER
              : value.kind == HDF5_NUMBER ? NT_CELL_NUMBER
                                          : NT_CELL_TEXT,
      .text = value.text,
      .integer = value.integer,
      .number = value.number};
  status = nt_cell_copy(&found, cell, err);
  free(value.text);
  return status;
}

nt_status nt_get_cells(hid_t group, nt_cell **cells, size_t *count, nt_error *err) {
  *cells = NULL;
  *count = 0;
  if (!nt_h5_has(group, "cells")) return NT_OK;
  hdf5_names fields[FIELDS] = {{0}};
  hid_t inside = H5Gopen2(group, "cells", H5P_DEFAULT);
  nt_status status = inside < 0 ? nt_fail(err, NT_E_INPUT, "cells: expected a group")
                                : get_fields(inside, fields, err);
  if (inside >= 0) H5Gclose(inside);
  nt_cell *got = status == NT_OK ? calloc(fields[0].count + 1, sizeof *got) : NULL;
  if (status == NT_OK && !got) status = nt_fail(err, NT_E_MEMORY, "out of memory");
  size_t n = 0;
  while (status == NT_OK && n < fields[0].count) {
    status = get_cell(group, fields, n, &got[n], err);
    n += status == NT_OK;
  }
  for (int i = 0; i < FIELDS; i++) nt_h5_names_done(&fields[i]);
  /* Names become names of datasets and of columns: a forged file cannot choose others. */
  if (status == NT_OK && nt_cells_check(got, n, err) != NT_OK) {
    status = NT_E_INPUT;
    if (err) err->status = status;
  }
  if (status != NT_OK) {
    nt_cells_free(got, n);
    return status;
  }
  *cells = got;
  *count = n;
  return NT_OK;
}

int nt_put_notes(hid_t group, const nt_note *notes, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (nt_h5_put_text(group, notes[i].name, notes[i].text ? notes[i].text : "") < 0) return -1;
  return 0;
}

static char *text_of(const hdf5_value *value) {
  char text[64];
  if (value->kind == HDF5_TEXT) return strdup(value->text);
  if (value->kind == HDF5_INTEGER)
    snprintf(text, sizeof text, "%lld", (long long)value->integer);
  else if (value->kind == HDF5_NUMBER)
    snprintf(text, sizeof text, "%.17g", value->number);
  else
    text[0] = 0;
  return strdup(text);
}

nt_status nt_get_notes(hid_t group, nt_note **notes, size_t *count, nt_error *err) {
  hdf5_names names;
  *notes = NULL;
  *count = 0;
  nt_status status = nt_h5_attributes(group, &names, err);
  if (status != NT_OK) return status;
  nt_note *got = calloc(names.count + 1, sizeof *got);
  if (!got) status = nt_fail(err, NT_E_MEMORY, "out of memory");
  size_t n = 0;
  for (size_t i = 0; status == NT_OK && i < names.count; i++) {
    hdf5_value value = {0};
    if (strcmp(names.name[i], HDF5_KIND) == 0) continue;
    status = nt_h5_get(group, names.name[i], &value, err);
    if (status != NT_OK) break;
    got[n] = (nt_note){strdup(names.name[i]), text_of(&value)};
    if (!got[n].name || !got[n].text) status = nt_fail(err, NT_E_MEMORY, "out of memory");
    n++;
    free(value.text);
  }
  nt_h5_names_done(&names);
  if (status != NT_OK) {
    nt_notes_free(got, n);
    return status; /* NOLINT(clang-analyzer-unix.Malloc): freed above, though const there */
  }
  *notes = got;
  *count = n;
  return NT_OK;
}

/* ---------------------------------------------------------------- arrays */

/* Every dataset of a run or of its data, with what its axis is called: that of another dataset of
 * its group, or, NULL, itself. */
typedef struct part {
  const char *group, *name, *axis, *long_name, *unit;
} part;

static const part parts[] = {
    {NULL, "scores", "packet", "anomaly score of the packet", "1"},
    {"roc", "fpr", NULL, "false-positive rate", "1"},
    {"roc", "tpr", "fpr", "true-positive rate", "1"},
    {"roc", "threshold", "fpr", "packets with at least this score are alarms", "1"},
    {"precision_recall", "recall", NULL, "recall: the share of attacks that are alarms", "1"},
    {"precision_recall", "precision", "recall", "the share of alarms that are attacks", "1"},
    {"precision_recall", "threshold", "recall", "packets with at least this score are alarms", "1"},
    {"map", "sizes", NULL, "features of each autoencoder", "1"},
    {"map", "features", NULL, "column indices (0-based) of each autoencoder in turn", "1"},
    {"map", "distances", NULL, "correlation distance that joins a feature and the next", "1"},
};
static const part data_parts[] = {
    {NULL, "timestamps", NULL, "capture time of the packet", "seconds since 1970-01-01 00:00:00"},
    {NULL, "labels", "timestamps", "label of the packet: 0 benign, 1 attack, 2 excluded", NULL},
    {NULL, "attack", "timestamps", "which of attack_name, from 1; 0: none", NULL},
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static hid_t open_group(hid_t parent, const char *name) {
  return name ? H5Gopen2(parent, name, H5P_DEFAULT) : H5Gopen2(parent, ".", H5P_DEFAULT);
}

static int has_part(hid_t parent, const part *p) {
  char path[64];
  snprintf(path, sizeof path, "%s%s%s", p->group ? p->group : "", p->group ? "/" : "", p->name);
  return nt_h5_has(parent, path);
}

static int describe_part(hid_t parent, const part *p) {
  hid_t group = open_group(parent, p->group);
  hid_t id = H5Dopen2(group, p->name, H5P_DEFAULT);
  hid_t axis = p->axis ? H5Dopen2(group, p->axis, H5P_DEFAULT) : -1;
  int bad = id < 0 || nt_h5_put_text(id, "long_name", p->long_name) < 0 ||
            (p->unit && nt_h5_put_text(id, "units", p->unit) < 0) ||
            (p->axis ? H5DSattach_scale(id, axis, 0) < 0 : H5DSset_scale(id, p->name) < 0);
  if (axis >= 0) H5Dclose(axis);
  if (id >= 0) H5Dclose(id);
  if (group >= 0) H5Gclose(group);
  return bad ? -1 : 0;
}

/* The axis of scores has a name and a length and nothing else: in netCDF-4's way of saying so, a
 * dataset that is never written and takes no room. */
static int put_packet_axis(hid_t group) {
  hsize_t length = 0;
  hid_t scores = H5Dopen2(group, "scores", H5P_DEFAULT);
  if (scores < 0) return -1;
  nt_h5_dataset_kind(scores, &length);
  H5Dclose(scores);
  hid_t space = H5Screate_simple(1, &length, NULL);
  hid_t id =
      H5Dcreate2(group, "packet", H5T_IEEE_F32BE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  char name[80];
  snprintf(name, sizeof name, "This is a netCDF dimension but not a netCDF variable.%10llu",
           (unsigned long long)length);
  int bad = id < 0 || H5DSset_scale(id, name) < 0;
  if (id >= 0) H5Dclose(id);
  H5Sclose(space);
  return bad ? -1 : 0;
}

static int describe_scores(hid_t group, int64_t first, const char *data) {
  hid_t id = H5Dopen2(group, "scores", H5P_DEFAULT);
  int bad =
      id < 0 || nt_h5_put_integer(id, "first", first) < 0 || nt_h5_put_text(id, "data", data) < 0;
  if (id >= 0) H5Dclose(id);
  return bad || put_packet_axis(group) < 0 ? -1 : 0;
}

/* Once everything is there; an axis comes before what is drawn over it. */
static int describe(hid_t group, const part *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (has_part(group, &list[i]) && describe_part(group, &list[i]) < 0) return -1;
  return 0;
}

static int put_curve(hid_t parent, const char *name, const char *x, const char *y,
                     const nt_curve *curve, int compression) {
  if (!curve || curve->count == 0) return 0;
  hid_t group = nt_h5_group(parent, name), file = H5T_IEEE_F64LE, memory = H5T_NATIVE_DOUBLE;
  int bad = group < 0 || nt_h5_put_number(group, "deviation", curve->deviation) < 0 ||
            nt_h5_put_values(group, x, file, memory, curve->count, curve->x, compression) < 0 ||
            nt_h5_put_values(group, y, file, memory, curve->count, curve->y, compression) < 0 ||
            nt_h5_put_values(group, "threshold", file, memory, curve->count, curve->threshold,
                             compression) < 0;
  if (group >= 0) H5Gclose(group);
  return bad ? -1 : 0;
}

static int put_map(hid_t parent, const nt_feature_map *map) {
  if (!map || map->autoencoders == 0) return 0;
  hid_t group = nt_h5_group(parent, "map"), file = H5T_STD_I64LE, memory = H5T_NATIVE_UINT64;
  int bad = group < 0 ||
            nt_h5_put_values(group, "sizes", file, memory, map->autoencoders, map->sizes, 0) ||
            nt_h5_put_values(group, "features", file, memory, map->total, map->features, 0) < 0 ||
            (map->distances && map->total > 1 &&
             nt_h5_put_values(group, "distances", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, map->total - 1,
                              map->distances, 0) < 0);
  if (group >= 0) H5Gclose(group);
  return bad ? -1 : 0;
}

static int put_provenance(hid_t parent, const nt_note *notes, size_t count) {
  if (count == 0) return 0;
  hid_t group = nt_h5_group(parent, "provenance");
  int bad = group < 0 || nt_put_notes(group, notes, count) < 0;
  if (group >= 0) H5Gclose(group);
  return bad ? -1 : 0;
}

int nt_put_run(hid_t group, const nt_run_record *r, const hdf5_packed *scores, const char *data,
               int compression) {
  if (r->count && nt_h5_put_packed(group, "scores", scores) < 0) return -1;
  if (put_curve(group, "roc", "fpr", "tpr", r->roc, compression) < 0 ||
      put_curve(group, "precision_recall", "recall", "precision", r->precision_recall,
                compression) < 0 ||
      put_map(group, r->map) < 0 ||
      nt_put_attacks(group, r->attack_names, r->attack, r->attacks) < 0 ||
      put_provenance(group, r->note, r->notes) < 0)
    return -1;
  if (r->count && describe_scores(group, (int64_t)r->first, data) < 0) return -1;
  return describe(group, parts, COUNT(parts));
}

int nt_put_data(hid_t group, const nt_data_record *r, int compression) {
  if (nt_h5_put_values(group, "timestamps", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, r->count, r->times,
                       compression) < 0)
    return -1;
  if (r->labels && nt_h5_put_values(group, "labels", H5T_STD_U8LE, H5T_NATIVE_UINT8, r->count,
                                    r->labels, compression) < 0)
    return -1;
  if (r->attacks && (nt_put_attack_names(group, r->attack_names, r->attacks) < 0 ||
                     nt_h5_put_values(group, "attack", H5T_STD_U16LE, H5T_NATIVE_UINT16, r->count,
                                      r->attack, compression) < 0))
    return -1;
  if (nt_put_cells(group, r->cell, r->cells) < 0 || put_provenance(group, r->note, r->notes) < 0)
    return -1;
  return describe(group, data_parts, COUNT(data_parts));
}

/* ---------------------------------------------------------------- copying */

/* Copies chunks as they are. Attributes stay behind: references among them (to axes) would point
 * to places of the other file. */
static int copy_part(hid_t from, hid_t to, const part *p) {
  if (!nt_h5_room()) return -1;
  if (p->group && !nt_h5_has(to, p->group)) {
    hid_t made = nt_h5_group(to, p->group);
    if (made < 0) return -1;
    H5Gclose(made);
  }
  hid_t a = open_group(from, p->group), b = open_group(to, p->group);
  hid_t id = H5Dopen2(a, p->name, H5P_DEFAULT), how = H5Pcreate(H5P_OBJECT_COPY);
  hsize_t length;
  hdf5_kind kind = id < 0 ? HDF5_NONE : nt_h5_dataset_kind(id, &length);
  int bad = (kind != HDF5_NUMBER && kind != HDF5_INTEGER) ||
            H5Pset_copy_object(how, H5O_COPY_WITHOUT_ATTR_FLAG) < 0 ||
            H5Ocopy(a, p->name, b, p->name, how, H5P_DEFAULT) < 0;
  H5Pclose(how);
  if (id >= 0) H5Dclose(id);
  if (b >= 0) H5Gclose(b);
  if (a >= 0) H5Gclose(a);
  return bad ? -1 : 0;
}

static int copy_parts(hid_t from, hid_t to, const part *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (has_part(from, &list[i]) && copy_part(from, to, &list[i]) < 0) return -1;
  return 0;
}

static int copy_deviation(hid_t from, hid_t to, const char *name) {
  if (!nt_h5_has(from, name)) return 0;
  hdf5_value value = {0};
  hid_t a = open_group(from, name), b = open_group(to, name);
  int bad = a < 0 || b < 0 ||
            (H5Aexists(a, "deviation") > 0 && (nt_h5_get(a, "deviation", &value, NULL) != NT_OK ||
                                               nt_h5_put_number(b, "deviation", value.number) < 0));
  free(value.text);
  if (b >= 0) H5Gclose(b);
  if (a >= 0) H5Gclose(a);
  return bad ? -1 : 0;
}

static int copy_provenance(hid_t from, hid_t to) {
  if (!nt_h5_has(from, "provenance")) return 0;
  nt_note *notes = NULL;
  size_t count = 0;
  hid_t a = open_group(from, "provenance");
  int bad = a < 0 || nt_get_notes(a, &notes, &count, NULL) != NT_OK ||
            put_provenance(to, notes, count) < 0;
  nt_notes_free(notes, count);
  if (a >= 0) H5Gclose(a);
  return bad ? -1 : 0;
}

static int copy_scores_description(hid_t from, hid_t to) {
  if (!nt_h5_has(from, "scores")) return 0;
  hdf5_value first = {0};
  hid_t id = H5Dopen2(from, "scores", H5P_DEFAULT);
  char *data = id < 0 ? NULL : nt_h5_get_text(id, "data");
  int bad = !data || nt_h5_get(id, "first", &first, NULL) != NT_OK || first.kind != HDF5_INTEGER ||
            describe_scores(to, first.integer, data) < 0;
  free(first.text);
  free(data);
  if (id >= 0) H5Dclose(id);
  return bad ? -1 : 0;
}

int nt_has_run(hid_t group) {
  for (size_t i = 0; i < COUNT(parts); i++)
    if (has_part(group, &parts[i])) return 1;
  return nt_h5_has(group, "attacks") || nt_h5_has(group, "provenance");
}

int nt_copy_run(hid_t from, hid_t to) {
  if (copy_parts(from, to, parts, COUNT(parts)) < 0 || copy_deviation(from, to, "roc") < 0 ||
      copy_deviation(from, to, "precision_recall") < 0 || copy_provenance(from, to) < 0 ||
      nt_copy_attacks(from, to) < 0 || copy_scores_description(from, to) < 0)
    return -1;
  return describe(to, parts, COUNT(parts));
}

int nt_copy_data(hid_t from, hid_t to) {
  nt_cell *cells = NULL;
  size_t count = 0;
  int bad = copy_parts(from, to, data_parts, COUNT(data_parts)) < 0 ||
            nt_copy_attack_names(from, to) < 0 || copy_provenance(from, to) < 0 ||
            nt_get_cells(from, &cells, &count, NULL) != NT_OK || nt_put_cells(to, cells, count) < 0;
  nt_cells_free(cells, count);
  return bad ? -1 : describe(to, data_parts, COUNT(data_parts));
}
