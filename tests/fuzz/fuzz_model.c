/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Models that are whole and sealed, and hold what no model put there. The first byte says which
 * model is begun with: its profile, and whether it learns the map, trains or scores. Each four
 * bytes after it are a change: what is done, which list or parameter, which value of it, and to
 * what. What is loaded all the same takes packets, and is saved and loaded again.
 */
#include <assert.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ninetails/model.h>

#include "store/file/seal.h"
#include "store/h5/get.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PROFILES = 3, STAGES = 3, PACKETS = 40, MOST_CHANGES = 64 };

static nt_packet packet_at(size_t i) {
  nt_packet p = {.time = (double)i * 0.3,
                 .length = (uint32_t)(60 + i * 37 % 900),
                 .present = NT_HAS_ETH | NT_HAS_IP | NT_HAS_TCP,
                 .ip_src = {10, 0, 0, (uint8_t)(i % 3)},
                 .ip_dst = {10, 0, 0, (uint8_t)(i * 7 % 5)},
                 .tcp_src = 80,
                 .tcp_dst = (uint16_t)(1000 + i % 4)};
  if (i % 11 == 3) p.present = NT_HAS_ETH | NT_HAS_ARP_OPCODE | NT_HAS_ARP_SRC_IP;
  return p;
}

static nt_status push(nt_model *model, size_t from, size_t count, nt_error *err) {
  nt_verdict verdict;
  nt_status status = NT_OK;
  for (size_t i = from; i < from + count && status == NT_OK; i++) {
    nt_packet p = packet_at(i);
    status = nt_model_push(model, &p, &verdict, err);
  }
  return status;
}

/* ---------------------------------------------------------------- models to begin with */

static void begin(const char *path, unsigned which) {
  static struct {
    char data[1 << 20];
    size_t count;
  } files[PROFILES * STAGES];
  static const size_t taken[STAGES] = {6, 45, 120};
  char *data = files[which % (PROFILES * STAGES)].data;
  size_t *count = &files[which % (PROFILES * STAGES)].count;
  if (!*count) {
    nt_error err;
    nt_model_options o = nt_model_defaults();
    o.extractor.profile = (nt_profile)(which % PROFILES);
    o.kitnet.fm_grace = 10;
    o.kitnet.ad_grace = 60;
    nt_model *model = nt_model_new(&o, NULL, &err);
    assert(model && push(model, 0, taken[which / PROFILES % STAGES], &err) == NT_OK);
    assert(nt_model_save(model, path, &err) == NT_OK);
    nt_model_free(model);
    FILE *f = fopen(path, "rb");
    *count = fread(data, 1, sizeof files->data, f);
    assert(*count < sizeof files->data);
    *count -= 24; /* without its seal */
    fclose(f);
  }
  FILE *f = fopen(path, "wb");
  assert(f && fwrite(data, 1, *count, f) == *count);
  fclose(f);
}

/* ---------------------------------------------------------------- changes */

/* The list of number *left, counted through all groups below; -1: there are fewer. */
static hid_t find(hid_t group, unsigned *left, char *name, size_t size, hid_t *in) {
  hdf5_names names;
  hid_t found = -1;
  if (nt_h5_links(group, &names, NULL) != NT_OK) return -1;
  for (size_t i = 0; i < names.count && found < 0; i++) {
    hid_t id = H5Oopen(group, names.name[i], H5P_DEFAULT);
    if (H5Iget_type(id) == H5I_GROUP) {
      found = find(id, left, name, size, in);
    } else if ((*left)-- == 0) {
      found = id;
      snprintf(name, size, "%s", names.name[i]);
      *in = H5Gopen2(group, ".", H5P_DEFAULT);
    }
    if (id != found) H5Oclose(id);
  }
  nt_h5_names_done(&names);
  return found;
}

static double odd(unsigned which) {
  static const double values[] = {0, 1, 2, 3, -1, 255, 1e300, NAN, 4294967295.0, 0x1p53, 7, 0.5};
  return values[which % (sizeof values / sizeof *values)];
}

/* One value of a list, or all; the list with another length; no list. */
static void change_list(hid_t state, const uint8_t change[4]) {
  char name[128];
  unsigned left = change[1];
  hid_t in = -1, list = find(state, &left, name, sizeof name, &in);
  if (list < 0) return;
  hid_t type = H5Dget_type(list), space = H5Dget_space(list);
  hssize_t count = H5Sget_simple_extent_npoints(space);
  double *values = calloc((size_t)count + 257, sizeof *values);
  if (H5Tget_class(type) != H5T_STRING && count > 0)
    H5Dread(list, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  hsize_t length = (hsize_t)count;
  if (change[0] % 5 == 0 && count) values[change[2] % count] = odd(change[3]);
  for (hssize_t i = 0; change[0] % 5 == 1 && i < count; i++) values[i] = odd(change[3]);
  if (change[0] % 5 == 2) length = change[3] & 1 ? length + change[2] : change[2];
  H5Dclose(list);
  if (length > (hsize_t)count + 256) length = (hsize_t)count;
  H5Ldelete(in, name, H5P_DEFAULT);
  if (change[0] % 5 != 3 && H5Tget_class(type) != H5T_STRING) {
    hid_t to = H5Screate_simple(1, &length, NULL);
    list = H5Dcreate2(in, name, type, to, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (length) H5Dwrite(list, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(list);
    H5Sclose(to);
  }
  free(values);
  H5Sclose(space);
  H5Tclose(type);
  H5Gclose(in);
}

static void change_parameter(hid_t root, const uint8_t change[4]) {
  hdf5_names names;
  hid_t group = H5Oopen(root, "parameters", H5P_DEFAULT);
  if (group >= 0 && nt_h5_attributes(group, &names, NULL) == NT_OK) {
    const char *name = names.count ? names.name[change[1] % names.count] : "";
    hid_t a = names.count ? H5Aopen(group, name, H5P_DEFAULT) : -1;
    double value = odd(change[3]);
    if (a >= 0 && change[2] & 1) H5Awrite(a, H5T_NATIVE_DOUBLE, &value); /* of a text: refused */
    if (a >= 0) H5Aclose(a);
    if (names.count && !(change[2] & 1)) H5Adelete(group, name);
    nt_h5_names_done(&names);
  }
  if (group >= 0) H5Oclose(group);
}

static void forge(const char *path, const uint8_t *data, size_t size) {
  hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
  assert(file >= 0);
  for (size_t i = 0; i + 4 <= size && i < 4 * MOST_CHANGES; i += 4)
    if (data[i] % 5 == 4)
      change_parameter(file, data + i);
    else
      change_list(file, data + i);
  H5Fclose(file);
}

/* ---------------------------------------------------------------- what becomes of it */

/* No map can be made of what is not finite, and a model may say that it is of rows of features;
 * every other packet is taken. */
static void go_on(nt_model *model, const char *path) {
  nt_error err = {.status = NT_OK};
  nt_model_facts facts;
  nt_status status = push(model, 150, PACKETS, &err);
  if (status == NT_E_INPUT || status == NT_E_MEMORY) {
    assert(nt_model_save(model, path, &err) == NT_E_STATE);
    return;
  }
  assert(status == NT_OK || status == NT_E_STATE);
  nt_model_facts_of(model, &facts);
  assert(nt_model_save(model, path, &err) == NT_OK);
  uint64_t packets = facts.packets;
  nt_model *again = nt_model_load(path, &err);
  assert(again);
  nt_model_facts_of(again, &facts);
  assert(facts.packets == packets);
  nt_model_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char folder[] = "/dev/shm/ninetails-fuzz-XXXXXX", path[64];
  nt_error err = {.status = NT_OK};
  if (size < 1 || size > 4096) return 0;
  assert(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/model", folder);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  begin(path, data[0]);
  forge(path, data + 1, size - 1);
  assert(nt_seal_file(path, NULL, &err) == NT_OK);
  nt_model *model = nt_model_load(path, &err);
  if (model)
    go_on(model, path);
  else
    assert(err.status != NT_OK && strstr(err.text, path));
  nt_model_free(model);
  unlink(path);
  rmdir(folder);
  return 0;
}
