/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside core/store: the attacks of a capture by name, in score files, run files and result files.
 *
 *     attacks/          one row an attack
 *     |- attack         k  text     its name; the dimension scale of the others
 *     |- packets        k  int64    its scored packets
 *     `- auc, ...       k  float64  of its packets against all benign ones (ninetails/metrics.h)
 *     attack_name       k  text     the names, beside
 *     attack            n  uint16   of each packet: which of them, from 1; 0: none
 */
#ifndef NT_ATTACKS_GROUP_H
#define NT_ATTACKS_GROUP_H

#include <hdf5.h>

#include <ninetails/metrics.h>

/* The group `attacks` in parent; nothing without attacks. Negative: HDF5 refused. */
int nt_put_attacks(hid_t parent, const char *const *names, const nt_attack_measured *measured,
                   size_t count);

/* What the group says; no group: *count 0. Names and *measured: nt_attacks_free. */
nt_status nt_get_attacks(hid_t parent, char ***names, nt_attack_measured **measured, size_t *count,
                         nt_error *err);
void nt_attacks_free(char **names, nt_attack_measured *measured, size_t count);

/* Negative: not of the expected form, or HDF5 refused. */
int nt_copy_attacks(hid_t from, hid_t to);

/* The dataset attack_name in parent; nothing without names. */
int nt_put_attack_names(hid_t parent, const char *const *names, size_t count);
int nt_copy_attack_names(hid_t from, hid_t to);

#endif
