/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a label file, and as a feature map's text form. */
#include <assert.h>

#include <ninetails/feature_map.h>
#include <ninetails/labels.h>

#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const nt_labels *labels) {
  assert(labels->count > 0 && !labels->attack == !labels->name_count);
  for (size_t i = 0; i < labels->count; i++) {
    assert(labels->value[i] <= NT_LABEL_EXCLUDED);
    uint16_t attack = labels->attack ? labels->attack[i] : 0;
    assert(attack <= labels->name_count && (attack == 0 || labels->value[i] == 1));
  }
  for (size_t k = 0; k < labels->name_count; k++)
    for (const char *c = labels->names[k]; *c; c++) assert((unsigned char)*c >= ' ' && *c != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  file f = file_of(data, size);
  nt_error err = {.status = NT_OK};
  nt_labels labels;
  if (nt_labels_read(f.path, &labels, &err) == NT_OK)
    check(&labels);
  else
    assert(strncmp(err.text, f.path, strlen(f.path)) == 0);
  nt_labels_done(&labels);
  nt_feature_map map = {0};
  if (nt_feature_map_read_text(f.path, &map, &err) == NT_OK)
    assert(nt_feature_map_check(&map, SIZE_MAX, &err) == NT_OK);
  nt_feature_map_done(&map);
  file_close(&f);
  return 0;
}
