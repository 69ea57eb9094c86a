/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a column of a table is by its name, as pandas, R and published data sets write it: in
 * tables of features it is not a feature, in label files it holds the labels. */
#ifndef NT_COLUMN_ROLE_H
#define NT_COLUMN_ROLE_H

#include <stddef.h>

typedef enum nt_column_role {
  NT_COLUMN_OTHER,
  NT_COLUMN_INDEX,  /* no name, "Unnamed: 0", index, packet, packet_number, frame.number, ... */
  NT_COLUMN_TIME,   /* timestamp */
  NT_COLUMN_LABEL,  /* label, labels, class, target, is_attack */
  NT_COLUMN_ATTACK, /* attack, attack_cat, attack_name, attack_type: what an attack is called */
  NT_COLUMN_KIND    /* type, category, subcategory, activity: the same, but only beside a label */
} nt_column_role;

/* name: without quotes; spaces around it and the case of its letters do not matter. O(length). */
nt_column_role nt_column_role_of(const char *name, size_t length);

#endif
