/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "attacks_group.h"

#include <hdf5_hl.h>
#include <stdlib.h>

#include "store/h5/get.h"
#include "store/h5/put.h"

static const struct {
  const char *name, *long_name;
  size_t offset;        /* SIZE_MAX: packets */
  const char *formerly; /* in files of version 0.1.0 */
} columns[] = {
    {"packets", "scored packets of the attack", SIZE_MAX, NULL},
    {"auc", "area under the ROC curve, against all benign packets",
     offsetof(nt_attack_measured, auc), NULL},
    {"average_precision", "average precision, likewise",
     offsetof(nt_attack_measured, average_precision), NULL},
    {"tpr_at_fpr_1em3", "true positive rate at a false positive rate of at most 0.001, likewise",
     offsetof(nt_attack_measured, tpr), "tpr_at_fpr_1e-3"},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static double *value_of(nt_attack_measured *m, size_t offset) {
  return (double *)((char *)m + offset);
}

static int put_column(hid_t group, int column, hid_t scale, const nt_attack_measured *m,
                      size_t count) {
  double *numbers = malloc((count + 1) * sizeof *numbers);
  int64_t *packets = malloc((count + 1) * sizeof *packets);
  int bad = !numbers || !packets, whole = columns[column].offset == SIZE_MAX;
  for (size_t i = 0; !bad && i < count; i++) {
    packets[i] = (int64_t)m[i].packets;
    if (!whole) numbers[i] = *value_of((nt_attack_measured *)&m[i], columns[column].offset);
  }
  const char *name = columns[column].name;
  bad = bad ||
        (whole ? nt_h5_put_values(group, name, H5T_STD_I64LE, H5T_NATIVE_INT64, count, packets, -1)
               : nt_h5_put_values(group, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, count, numbers,
                                  -1)) < 0;
  hid_t id = bad ? -1 : H5Dopen2(group, name, H5P_DEFAULT);
  bad = id < 0 || H5DSattach_scale(id, scale, 0) < 0 ||
        nt_h5_put_text(id, "long_name", columns[column].long_name) < 0 ||
        nt_h5_put_text(id, "units", "1") < 0;
  if (id >= 0) H5Dclose(id);
  free(numbers);
  free(packets);
  return bad ? -1 : 0;
}

static int put_names(hid_t parent, const char *dataset, const char *const *names, size_t count,
                     hid_t *keep) {
  hid_t text = nt_h5_text_type();
  int bad = nt_h5_put_list(parent, dataset, text, text, count, names, "name of the attack", keep);
  H5Tclose(text);
  return bad;
}

int nt_put_attacks(hid_t parent, const char *const *names, const nt_attack_measured *measured,
                   size_t count) {
  if (count == 0) return 0;
  hid_t group = nt_h5_group(parent, "attacks"), scale = -1;
  int bad = group < 0 || put_names(group, "attack", names, count, &scale) < 0;
  for (int i = 0; !bad && i < COLUMNS; i++) bad = put_column(group, i, scale, measured, count) < 0;
  if (scale >= 0) H5Dclose(scale);
  if (group >= 0) H5Gclose(group);
  return bad ? -1 : 0;
}

/* ---------------------------------------------------------------- reading */

static nt_status get_names(hid_t parent, const char *dataset, hdf5_names *names, nt_error *err) {
  hid_t id = nt_h5_has(parent, dataset) ? H5Dopen2(parent, dataset, H5P_DEFAULT) : -1;
  if (id < 0) return nt_fail(err, NT_E_INPUT, "%s: expected the names of attacks", dataset);
  nt_status status = nt_h5_read_texts(id, names, err);
  H5Dclose(id);
  if (status == NT_OK && names->count > NT_MAX_ATTACKS)
    status = nt_fail(err, NT_E_LIMIT, "%s: %zu names, at most %d expected", dataset, names->count,
                     NT_MAX_ATTACKS);
  return status;
}

static nt_status get_column(hid_t group, int column, nt_attack_measured *m, size_t count,
                            nt_error *err) {
  int whole = columns[column].offset == SIZE_MAX;
  const char *name = columns[column].name, *formerly = columns[column].formerly;
  if (formerly && !nt_h5_has(group, name)) name = formerly;
  void *values = NULL;
  nt_status status =
      whole ? nt_h5_read(group, name, H5T_NATIVE_UINT64, sizeof(uint64_t), 0, &count, &values, err)
            : nt_h5_read(group, name, H5T_NATIVE_DOUBLE, sizeof(double), 0, &count, &values, err);
  for (size_t i = 0; status == NT_OK && i < count; i++) {
    if (whole)
      m[i].packets = ((uint64_t *)values)[i];
    else
      *value_of(&m[i], columns[column].offset) = ((double *)values)[i];
  }
  free(values);
  return status;
}

nt_status nt_get_attacks(hid_t parent, char ***names, nt_attack_measured **measured, size_t *count,
                         nt_error *err) {
  *names = NULL;
  *measured = NULL;
  *count = 0;
  if (!nt_h5_has(parent, "attacks")) return NT_OK;
  hdf5_names found = {0};
  nt_attack_measured *m = NULL;
  hid_t group = H5Gopen2(parent, "attacks", H5P_DEFAULT);
  nt_status status = group < 0 ? nt_fail(err, NT_E_INPUT, "expected a group")
                               : get_names(group, "attack", &found, err);
  if (status == NT_OK && !(m = calloc(found.count + 1, sizeof *m)))
    status = nt_fail(err, NT_E_MEMORY, "out of memory");
  for (int i = 0; status == NT_OK && i < COLUMNS; i++)
    status = get_column(group, i, m, found.count, err);
  if (group >= 0) H5Gclose(group);
  if (status != NT_OK) {
    nt_h5_names_done(&found);
    free(m);
    return nt_fail_in(err, "attacks");
  }
  *names = found.name;
  *measured = m;
  *count = found.count;
  return NT_OK;
}

void nt_attacks_free(char **names, nt_attack_measured *measured, size_t count) {
  hdf5_names held = {.count = count, .name = names};
  nt_h5_names_done(&held);
  free(measured);
}

int nt_copy_attacks(hid_t from, hid_t to) {
  char **names;
  nt_attack_measured *measured;
  size_t count;
  if (nt_get_attacks(from, &names, &measured, &count, NULL) != NT_OK) return -1;
  int bad = nt_put_attacks(to, (const char *const *)names, measured, count);
  nt_attacks_free(names, measured, count);
  return bad;
}

/* ---------------------------------------------------------------- names of packets' attacks */

int nt_put_attack_names(hid_t parent, const char *const *names, size_t count) {
  return count == 0 ? 0 : put_names(parent, "attack_name", names, count, NULL);
}

int nt_copy_attack_names(hid_t from, hid_t to) {
  if (!nt_h5_has(from, "attack_name")) return 0;
  hdf5_names names = {0};
  int bad = get_names(from, "attack_name", &names, NULL) != NT_OK ||
            nt_put_attack_names(to, (const char *const *)names.name, names.count) < 0;
  nt_h5_names_done(&names);
  return bad ? -1 : 0;
}
