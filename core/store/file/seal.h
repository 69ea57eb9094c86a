/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A seal: 24 bytes behind the end of an HDF5 file, which HDF5 does not look at, that tell whether
 * the bytes before it are those that were written.
 *
 *     bytes of HDF5 | payload, if any | covered u64 | XXH3 of the covered bytes u64 | "NTSEAL1\n"
 *
 * HDF5 takes what it reads for what it wrote: a damaged file makes it leak and, at exit, complain;
 * its own checksums (Fletcher-32, and those of its newer structures) leave out text of variable
 * length. So damage is found before HDF5 sees it. A seal covers the whole file, or a payload of
 * ours alone.
 */
#ifndef NT_SEAL_H
#define NT_SEAL_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>

/* Seals the whole file. NT_E_STATE: `cancel`, where not NULL, was set on the way. O(size). */
nt_status nt_seal_file(const char *path, const volatile sig_atomic_t *cancel, nt_error *err);
/* NT_E_INPUT when the seal does not match. *sealed, where not NULL: whether there is one: a program
 * that changes the file takes the seal off. NT_E_IO: cannot be opened. NT_E_STATE: `cancel`, where
 * not NULL, was set on the way. O(size). */
nt_status nt_seal_check(const char *path, int *sealed, const volatile sig_atomic_t *cancel,
                        nt_error *err);

/* Appends a payload and the seal that covers it. */
nt_status nt_seal_put(const char *path, const void *payload, size_t size, nt_error *err);
/* Reads the payload of an open file of `bytes` bytes; *payload: free, 64-byte aligned. NT_E_INPUT:
 * there is none, or it is damaged. */
nt_status nt_seal_get(int fd, uint64_t bytes, void **payload, size_t *size, nt_error *err);

/* pread of exactly size bytes. NT_E_INPUT: the file ends before. */
nt_status nt_read_at(int fd, uint64_t offset, void *to, size_t size, nt_error *err);

#endif
