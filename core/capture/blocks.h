/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For copies that keep all that a file says of its frames: the blocks of a pcapng as they lie in the
 * file, and the clock of a pcap.
 */
#ifndef NT_BLOCKS_H
#define NT_BLOCKS_H

#include <ninetails/capture.h>

enum { /* types of pcapng's blocks */
       NT_BLOCK_SECTION = 0x0a0d0d0a,
       NT_BLOCK_INTERFACE = 1,
       NT_BLOCK_OLD_PACKET = 2,
       NT_BLOCK_SIMPLE_PACKET = 3,
       NT_BLOCK_NAMES = 4,
       NT_BLOCK_PACKET = 6,
       NT_BLOCK_SECRETS = 10
};

typedef struct nt_block {
  uint32_t type;
  const uint8_t *bytes; /* whole, with both lengths; valid during the call */
  uint32_t size;        /* a multiple of 4 */
  int swapped;          /* its section's byte order is not this machine's */
} nt_block;

typedef struct nt_block_watch {
  void (*see)(void *context, const nt_block *block);
  void *context;
} nt_block_watch;

/* Shows the blocks that describe sections, interfaces, names and secrets, in order, as frames are
 * read; the section that is open, at once. Before the first frame; of a pcapng. The watch is the
 * caller's and stays until the capture is closed. */
void nt_capture_watch_blocks(nt_capture *capture, const nt_block_watch *watch);

/* The block of the last frame, until the next is read. 0: the capture is no pcapng. */
int nt_capture_frame_block(const nt_capture *capture, nt_block *block);

/* Of a pcap: whether its clock counts nanoseconds. */
int nt_capture_has_nanoseconds(const nt_capture *capture);

#endif
