/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The streams and pairs that a packet belongs to, as numbers (profiles py100 and stream).
 *
 * A flow is everything with equal identity; the numbers of its streams never change, so they are
 * looked up once for each flow and a packet costs one look-up. Tables (Kitsune-py, netStat.py):
 *
 *     mi        source MAC + source address
 *     jitter    source address + destination address
 *     hosts     source address; pair with the destination address
 *     sockets   address + port, for ARP the MAC; pair likewise
 *
 * A pair is unordered; its first end is the stream whose packet made it. A packet from a key to
 * itself goes to the first pair that stream ever had, whoever the other end is, as in the reference
 * (AfterImage.py, register_cov: the first covariance in the list "of which either end is key2"); if
 * it has none, to a pair of which it is both ends.
 */
#ifndef NT_DIRECTORY_H
#define NT_DIRECTORY_H

#include "identity.h"
#include "key_table.h"
#include "pool.h"

typedef struct nt_ends {
  uint32_t source, destination; /* numbers of streams */
  uint32_t pair;
} nt_ends;

typedef struct nt_packet_streams {
  uint32_t mi, jitter;
  nt_ends hosts, sockets;
} nt_packet_streams;

/* Streams of one kind and who is paired with whom. */
typedef struct nt_graph {
  nt_key_table *streams, *pairs; /* pairs: two stream numbers, the lower first */
  nt_pool first;                 /* uint32_t for each stream: its first pair, plus 1; 0: none */
} nt_graph;

/* The number of the pair that packets from stream a to stream b go to. 0: out of memory. */
int nt_graph_pair(nt_graph *graph, uint32_t a, uint32_t b, uint32_t *pair);

typedef struct nt_directory {
  nt_key_form form;
  nt_key_table *identities;
  nt_pool flows; /* nt_packet_streams for each identity */
  nt_key_table *mi, *jitter;
  nt_graph hosts, sockets;
} nt_directory;

/* 0: out of memory (then also fit for nt_directory_done). */
int nt_directory_init(nt_directory *directory, nt_key_form form);
void nt_directory_done(nt_directory *directory);

/* The identity's hash, for nt_directory_flow; asked for some packets ahead, it hides the memory's
 * latency. */
uint32_t nt_directory_expect(const nt_directory *directory, const nt_identity *identity);

/* The flow; it, its streams and its pairs get new numbers where they are new: a number then equals
 * the count that its table had before. Valid until nt_directory_done. NULL: out of memory. */
const nt_packet_streams *nt_directory_flow(nt_directory *directory, const nt_identity *identity,
                                           uint32_t hash);

uint64_t nt_directory_streams(const nt_directory *directory);
uint64_t nt_directory_pairs(const nt_directory *directory);
size_t nt_directory_bytes(const nt_directory *directory);

#endif
