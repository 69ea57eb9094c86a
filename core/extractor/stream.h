/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream: the statistics of py100 in O(1) amortised a packet. Inside core/extractor only.
 *
 * One stream. Weight w, mean m and variance s of the damped values obey, with f = 2^(-L dt) and
 * d = v - m (West 1979, for weights that decay):
 *
 *     w' = w f + 1     g = 1 / w'     a = w f g     m' = m + d g     s' = a (s + d^2 g)
 *
 * No difference of large sums occurs, so a constant stream has d = 0 and s = 0 exactly. Neither m
 * nor s changes with time alone (numerator and weight decay alike), which is why py100's caching of
 * them at the last insert needs no counterpart here.
 *
 * A pair (A, B), A sending. In py100 every packet of A, to whomever, with residual r = v - m', does
 *
 *     CF3 := CF3 f + r res_B     w3 := w3 f + 1
 *
 * and the packet that goes to B itself does the two additions once more. res_B is B's latest
 * residual, or 0 if B was silent ever since the pair was made; it does not change while B is
 * silent. Let A keep the damped sum S_A of its residuals (the damped count of its packets is w_A).
 * S_A f + r and w_A f + 1 are the same recurrences, so as long as only A sends
 *
 *     Z := CF3 - res_B S_A     Y := w3 - w_A
 *
 * merely decay: nothing needs to be done to a pair for packets of A to others. Reading it costs
 * CF3 = Z f + res_B S_A, w3 = Y f + w_A with f over the time since Z and Y were last touched; a
 * packet to B adds r res_B to Z and 1 to Y.
 *
 * When B sends, every pair of which it was the silent end is turned around: CF3 and w3 at t (with
 * S_A and w_A decayed to t), then Z and Y for B as the sending end, before B's packet is inserted.
 * Each stream keeps the list of the pairs in which it is the silent end, so a packet costs in
 * proportion to the peers that sent since the stream's last packet: each of those packets pays for
 * one turn, hence O(1) amortised except in a clique (k hosts that all talk to all cost O(k), as
 * they must).
 *
 * What is not py100's:
 *   - Keys are typed tuples, so texts that happen to collide are different streams.
 *   - Variances below NT_VARIANCE_FLOOR m^2 are 0: there py100 shows rounding noise, which pcc and
 *     a normaliser that divides by it would blow up (1e109 was seen).
 *   - Each stream has a clock of its own, its pairs go by the clock of their active end. In py100 a
 *     packet also moves the clocks of all its sender's peers, which shows in a record that is older
 *     than its predecessors and nowhere else.
 * A packet from a key to itself goes to the pair that py100 takes (directory.h).
 *
 * Five decays fill no vector. The first four are one, the fifth ones of a packet's four streams are
 * another (and those of its two pairs half of one), so no lane is idle and no memory is.
 *
 * Every lane sees the same operations in the same order whatever the width of the vectors, and no
 * multiplication is fused with an addition: rows are the same bits on every instruction set.
 */
#ifndef NT_STREAM_H
#define NT_STREAM_H

#include "directory.h"
#include "profile.h"

#define NT_QUAD 4 /* decays of which each value is an array; the fifth one's are apart */
#define NT_VARIANCE_FLOOR 1e-12

typedef struct nt_moments { /* two cache lines */
  double w[NT_QUAD], mean[NT_QUAD], variance[NT_QUAD];
  double fifth[3]; /* w, mean, variance; w is 0 before the first packet and at least 1 after it */
  double last;     /* s, of its latest packet */
} nt_moments;

typedef struct nt_residuals { /* of a stream that can be paired */
  double sum[NT_QUAD];        /* S, as of the stream's clock */
  double residual[NT_QUAD];   /* the latest */
  double fifth[2];
} nt_residuals;

typedef struct nt_voice {
  uint32_t waiting; /* first pair in which the stream is the silent end, plus 1 */
  uint32_t sent;    /* has it had a packet? */
} nt_voice;

typedef struct nt_pair {
  double z[NT_QUAD], y[NT_QUAD], fifth[2];
  double last;     /* when z and y were touched, by the clock of the active end */
  uint32_t end[2]; /* streams; [0] made the pair */
  uint32_t next;   /* pair in the same list of waiting ones, plus 1 */
  uint8_t made;
  uint8_t active;   /* the end that sent last: 0 or 1 */
  uint8_t heard[2]; /* has it sent since the pair was made? */
} nt_pair;

typedef struct nt_stream_graph {
  nt_pool moments, voices, residuals, pairs;
  size_t
      senders; /* streams that were ever written to: the others' moments and residuals were not */
} nt_stream_graph;

typedef struct nt_stream_state {
  nt_pool mi, jitter; /* nt_moments */
  nt_stream_graph hosts, sockets;
} nt_stream_state;

/* Takes n packets, whose streams and pairs exist in the state, to n rows. One for each instruction
 * set. */
typedef void nt_stream_run(nt_stream_state *state, const nt_packet *packets,
                           const nt_packet_streams *const *flows, size_t n, double *rows);
nt_stream_run nt_stream_run_plain, nt_stream_run_avx2, nt_stream_run_avx512;

/* The factors 2^(-L dt) of the five decays, as the kernels compute them. */
void nt_stream_factors(double dt, double out[NT_LAMBDAS]);

typedef struct nt_stream {
  nt_directory directory;
  nt_stream_state state;
  nt_stream_run *run;
  uint64_t max_streams, dropped;
} nt_stream;

/* stream_state.c. Makes every pool as long as the directory's tables. 0: out of memory. */
int nt_stream_fit(nt_stream *stream);
void nt_stream_state_init(nt_stream_state *state);
void nt_stream_state_done(nt_stream_state *state);
size_t nt_stream_state_bytes(const nt_stream_state *state); /* held */

/* Lists every pair with its silent end. */
void nt_stream_link(nt_stream_graph *graph);

/* stream_kept.c: all of it, and into a fresh one. */
nt_status nt_stream_put(const nt_stream *stream, const nt_state_writer *to, nt_error *err);
nt_status nt_stream_take(nt_stream *stream, const nt_state_reader *from, nt_error *err);

/* stream_drop.c: is there room for one more packet's streams within max_streams? */
int nt_stream_has_room(const nt_stream *stream);
/* Drops streams and pairs until there is. O(n log n), and every max_streams / 4 new streams at
 * most. */
nt_status nt_stream_drop(nt_stream *stream, double now, nt_error *err);

#endif
