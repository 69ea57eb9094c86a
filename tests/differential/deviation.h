/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far rows of profile stream lie from those of py100, statistic by statistic.
 *
 * What is comparable. With m^2 the square of the stream's mean (for a pair mA^2 + mB^2, which is
 * the square of its magnitude), py100's variance CF2 / w - m^2 carries rounding noise of some 1e-16
 * .. 1e-12 m^2, and so do radius and covariance. A value agrees if it lies
 *
 *     within RELATIVE (1e-6) of py100's, or
 *     within NOISE (1e-9) times m^2, for variance, radius and covariance.
 *
 * pcc = covariance / sqrt(vA vB) divides by that noise. Where both variances exceed NOISE m^2 the
 * tolerances of its three parts are carried through the division,
 *
 *     |pcc| (RELATIVE + NOISE (mA^2 / vA + mB^2 / vB) / 2) + NOISE (mA^2 + mB^2) / sqrt(vA vB),
 *
 * else it is not comparable: py100's is noise over noise, and counted as such. Rows do not show B's
 * variance; it follows from covariance / pcc, or where those are 0 from the radius.
 *
 * Packets of a stream whose text key py100 shares with another stream ("10.0.0.1" "123" and
 * "10.0.0.11" "23") describe different things in the two profiles: they are counted, table by
 * table, and left out.
 */
#ifndef NT_DEVIATION_H
#define NT_DEVIATION_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ninetails/extractor.h>

#include "extractor/directory.h"

#define RELATIVE 1e-6
#define NOISE 1e-9

enum { WEIGHT, MEAN, VARIANCE, RADIUS, MAGNITUDE, COVARIANCE, PCC, STATISTICS };
enum { TABLE_MI, TABLE_HH, TABLE_JITTER, TABLE_HPHP, DEVIATION_TABLES };

static const char *const deviation_statistic[] = {"weight",    "mean",       "variance", "radius",
                                                  "magnitude", "covariance", "pcc"};
static const char *const deviation_table[] = {"MI", "HH", "HH_jit", "HpHp"};

typedef struct deviation {
  double
      relative; /* greatest |difference| / |py100's|, among values that the noise does not excuse */
  double in_m2; /* greatest |difference| / m^2 (variance, radius, covariance) */
  size_t values, outside, noise, collided;
} deviation;

typedef struct deviation_report {
  deviation of[DEVIATION_TABLES][STATISTICS];
  size_t packets, collided_streams;
} deviation_report;

/* ---------------------------------------------------------------- one value */

static void deviation_add(deviation *d, double want, double got, double tolerance, double m2) {
  double difference = fabs(got - want);
  d->values++;
  if (m2 > 0 && difference / m2 > d->in_m2) d->in_m2 = difference / m2;
  if (!(difference <= tolerance) && difference > d->relative * fabs(want))
    d->relative = want != 0 ? difference / fabs(want) : INFINITY;
  if (!(difference <= RELATIVE * fabs(want) + tolerance)) d->outside++;
}

static void deviation_pcc(deviation *d, const double *want, const double *got) {
  double ma2 = want[1] * want[1], m2 = want[4] * want[4], mb2 = fmax(m2 - ma2, 0);
  double va = want[2], vb;
  if (want[6] != 0 && va > 0)
    vb = want[5] / want[6] * (want[5] / want[6]) / va;
  else
    vb = sqrt(fmax(want[3] * want[3] - va * va, 0));
  if (!(va > NOISE * ma2) || !(vb > NOISE * mb2)) {
    d->noise++;
    return;
  }
  double tolerance = fabs(want[6]) * NOISE * (ma2 / va + mb2 / vb) / 2 + NOISE * m2 / sqrt(va * vb);
  deviation_add(d, want[6], got[6], tolerance, 0);
}

/* One decay of one table: three statistics of a stream, or seven. */
static void deviation_block(deviation *d, const double *want, const double *got, int statistics) {
  double m2 = want[1] * want[1];
  deviation_add(&d[WEIGHT], want[0], got[0], 0, 0);
  deviation_add(&d[MEAN], want[1], got[1], 0, 0);
  deviation_add(&d[VARIANCE], want[2], got[2], NOISE * m2, m2);
  if (statistics == 3) return;
  double pair_m2 = want[4] * want[4];
  deviation_add(&d[RADIUS], want[3], got[3], NOISE * pair_m2, pair_m2);
  deviation_add(&d[MAGNITUDE], want[4], got[4], 0, 0);
  deviation_add(&d[COVARIANCE], want[5], got[5], NOISE * pair_m2, pair_m2);
  deviation_pcc(&d[PCC], want, got);
}

/* ---------------------------------------------------------------- ambiguous text keys */

typedef struct deviation_keys {
  nt_directory text, typed;
  uint32_t *partner[DEVIATION_TABLES]; /* for each text stream: its first typed stream, plus 1 */
  uint8_t *mixed[DEVIATION_TABLES];    /* for each text stream: whether it has more than one */
} deviation_keys;

static void deviation_see(deviation_keys *k, int table, uint32_t text, uint32_t typed) {
  if (!k->partner[table][text]) k->partner[table][text] = typed + 1;
  if (k->partner[table][text] != typed + 1) k->mixed[table][text] = 1;
}

static int deviation_is_mixed(deviation_keys *k, const nt_packet *packet, int table) {
  nt_identity id;
  nt_identity_of(packet, &id);
  const nt_packet_streams *f = nt_directory_flow(&k->text, &id, nt_directory_expect(&k->text, &id));
  switch (table) {
  case TABLE_MI:
    return k->mixed[table][f->mi];
  case TABLE_JITTER:
    return k->mixed[table][f->jitter];
  case TABLE_HH:
    return k->mixed[table][f->hosts.source] | k->mixed[table][f->hosts.destination];
  default:
    return k->mixed[table][f->sockets.source] | k->mixed[table][f->sockets.destination];
  }
}

static int deviation_keys_init(deviation_keys *k, const nt_packet *packets, size_t n) {
  memset(k, 0, sizeof *k);
  int fine =
      nt_directory_init(&k->text, NT_KEY_AS_TEXT) & nt_directory_init(&k->typed, NT_KEY_TYPED);
  for (int t = 0; t < DEVIATION_TABLES; t++) {
    k->partner[t] = calloc(2 * n + 1, sizeof *k->partner[t]);
    k->mixed[t] = calloc(2 * n + 1, 1);
    fine = fine && k->partner[t] && k->mixed[t];
  }
  for (size_t i = 0; fine && i < n; i++) {
    nt_identity id;
    nt_identity_of(&packets[i], &id);
    const nt_packet_streams *a = nt_directory_flow(&k->text, &id,
                                                   nt_directory_expect(&k->text, &id)),
                            *b = nt_directory_flow(&k->typed, &id,
                                                   nt_directory_expect(&k->typed, &id));
    if (!a || !b) return 0;
    deviation_see(k, TABLE_MI, a->mi, b->mi);
    deviation_see(k, TABLE_JITTER, a->jitter, b->jitter);
    deviation_see(k, TABLE_HH, a->hosts.source, b->hosts.source);
    deviation_see(k, TABLE_HH, a->hosts.destination, b->hosts.destination);
    deviation_see(k, TABLE_HPHP, a->sockets.source, b->sockets.source);
    deviation_see(k, TABLE_HPHP, a->sockets.destination, b->sockets.destination);
  }
  return fine;
}

static void deviation_keys_done(deviation_keys *k) {
  nt_directory_done(&k->text);
  nt_directory_done(&k->typed);
  for (int t = 0; t < DEVIATION_TABLES; t++) {
    free(k->partner[t]);
    free(k->mixed[t]);
  }
}

/* ---------------------------------------------------------------- all of it */

static void deviation_row(deviation_report *r, deviation_keys *k, const nt_packet *packet,
                          const double *want, const double *got) {
  static const int statistics[] = {3, 7, 3, 7};
  for (int t = 0; t < DEVIATION_TABLES; t++) {
    int mixed = deviation_is_mixed(k, packet, t);
    for (int s = 0; mixed && s < statistics[t]; s++) r->of[t][s].collided += 5;
    for (int l = 0; l < 5; l++, want += statistics[t], got += statistics[t])
      if (!mixed) deviation_block(r->of[t], want, got, statistics[t]);
  }
}

/* Compares n rows of py100 (want) and stream (got). 0: out of memory. */
static int deviation_measure(const nt_packet *packets, size_t n, const double *want,
                             const double *got, deviation_report *r) {
  deviation_keys keys;
  memset(r, 0, sizeof *r);
  r->packets = n;
  int fine = deviation_keys_init(&keys, packets, n);
  for (size_t i = 0; fine && i < n; i++)
    deviation_row(r, &keys, &packets[i], want + 100 * i, got + 100 * i);
  if (fine)
    r->collided_streams = nt_directory_streams(&keys.typed) - nt_directory_streams(&keys.text);
  deviation_keys_done(&keys);
  return fine;
}

static size_t deviation_outside(const deviation_report *r) {
  size_t outside = 0;
  for (int t = 0; t < DEVIATION_TABLES; t++)
    for (int s = 0; s < STATISTICS; s++) outside += r->of[t][s].outside;
  return outside;
}

static void deviation_print(const deviation_report *r) {
  printf("  %-7s %-10s %10s %10s %10s %9s %9s %9s\n", "table", "statistic", "relative", "in m^2",
         "values", "outside", "noise", "collided");
  for (int t = 0; t < DEVIATION_TABLES; t++)
    for (int s = 0; s < STATISTICS; s++) {
      const deviation *d = &r->of[t][s];
      if (d->values + d->noise + d->collided == 0) continue;
      printf("  %-7s %-10s %10.2g %10.2g %10zu %9zu %9zu %9zu\n", deviation_table[t],
             deviation_statistic[s], d->relative, d->in_m2, d->values, d->outside, d->noise,
             d->collided);
    }
  printf("  %zu packets, %zu streams that py100's text keys confuse with others\n", r->packets,
         r->collided_streams);
}

#endif
