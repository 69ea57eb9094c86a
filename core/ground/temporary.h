/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that are being written, under a name beside their destination, until they are renamed:
 *
 *     FOLDER/.NAME.HOST-BOOT-PID-RANDOM.tmp
 *
 * HOST (hash of the host's name), BOOT (of this boot of the machine, as the kernel tells it, and of
 * the file system as it is mounted there) and RANDOM keep two processes apart that have the same
 * number, in two containers or on two machines. A process number means nothing outside of its
 * container, so the writer of such a file holds a lock on it (flock, shared: readers of HDF5 take
 * the same kind). The kernel drops the lock with the process, and shows it to all that see the
 * folder through the same mount: an unlocked file of this boot was left by a killed process.
 *
 * What is swept: such files of this boot, and those of an earlier boot of this host, not touched
 * since, by the clock of the folder's server. Files of other hosts and of other mounts stay, whether
 * their process lives is unknown here; so do those on file systems without locks.
 */
#ifndef NT_TEMPORARY_H
#define NT_TEMPORARY_H

#include <sys/stat.h>

#include <ninetails/error.h>

/* Creates the (empty) file for the destination `path`; its name: free. *held keeps it from being
 * swept: nt_temporary_release, which may come after the rename. NULL: NT_E_IO, NT_E_MEMORY. */
char *nt_temporary_create(const char *path, int *held, nt_error *err);
/* The same as a folder, of this user alone. */
char *nt_temporary_create_folder(const char *path, int *held, nt_error *err);
/* Another descriptor of the file that was created, to write to; -1 with errno. Its name is not
 * used, so that whoever else may write to the folder cannot put a link there instead. */
int nt_temporary_writer(int held);
/* *held 0 is fine, and what it becomes. */
void nt_temporary_release(int *held);

/* Renames `from`, whose bytes are on the disk before its name is, to `path`. unsynced: without any
 * of that, for what can be made again and whose reader notices. NT_E_IO names `path`. */
nt_status nt_temporary_put(const char *from, const char *path, int unsynced, nt_error *err);

/* Gives `from` the name `path` where nothing has it: 1. 0: something has, and `from` is as it was. -1
 * with errno. Of several processes one gets 1. */
int nt_temporary_claim(const char *from, const char *path);
/* Whether two files hold the same bytes: 1, 0, or -1: one cannot be read. */
int nt_temporary_same(const char *a, const char *b);
/* The same as nt_temporary_put, for what comes out alike whoever makes it: a file with the same bytes
 * that is there already is left alone, so that who works with it sees no change. `from` is gone
 * afterwards. */
nt_status nt_temporary_settle(const char *from, const char *path, nt_error *err);

/* Removes what killed processes left of the destination NAME (NULL: any) in `folder`. O(files of
 * the folder). */
void nt_temporary_sweep(const char *folder, const char *name);
/* The same for one destination: NAME and folder are those of `path`. */
void nt_temporary_sweep_of(const char *path);

/* ---------------------------------------------------------------- where a file comes from */

enum { NT_ORIGIN_TEXT = 64 };
typedef enum nt_origin {
  NT_ORIGIN_HERE,     /* this boot of this machine: locks tell whether its process lives */
  NT_ORIGIN_GONE,     /* an earlier boot of this host */
  NT_ORIGIN_ELSEWHERE /* another host, another mount, or unknown */
} nt_origin;

/* "HOST-BOOT-PID" of this process, for files in `folder`; no spaces. */
void nt_origin_self(const char *folder, char text[NT_ORIGIN_TEXT]);
/* Of a text that begins as nt_origin_self writes it, found in (the name of)
 * the file `s` in `folder`. */
nt_origin nt_origin_of(const char *text, const char *folder, const struct stat *s);

/* The clock that dates files in `folder`, another machine's perhaps: s since the epoch, by a file that
 * is made for it; NaN where none can be. Ages of files are told by it alone. */
double nt_folder_clock(const char *folder);

#endif
