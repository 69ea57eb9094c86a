/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Problems of reading and decoding, damping, key look-ups and extraction. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "extractor/key_table.h"
#include "extractor/reference_decay.h"
#include "problem.h"
#include "trace.h"

/* ---------------------------------------------------------------- reading and decoding */

typedef struct decode_state {
  char *path;
  nt_packet *packets; /* [most] what the last pass read */
  size_t most, count;
} decode_state;

static void decode_done(void *state) {
  decode_state *s = state;
  if (!s) return;
  free(s->path), free(s->packets);
  free(s);
}

static void *decode_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  decode_state *s = nt_bench_room(1, sizeof *s, err);
  nt_trace trace;
  if (!s) return NULL;
  s->path = strdup(setting->capture);
  if (!s->path || nt_trace_read(setting->capture, &trace, err) != NT_OK) {
    decode_done(s);
    return NULL;
  }
  s->most = trace.count + NT_BENCH_CHUNK;
  s->packets = nt_bench_room(s->most, sizeof *s->packets, err);
  work->items = (double)trace.count;
  for (size_t i = 0; i < trace.count; i++) work->file += 16 + trace.packets[i].length;
  nt_trace_done(&trace);
  if (s->packets) return s;
  decode_done(s);
  return NULL;
}

static nt_status decode_pass(void *state, nt_error *err) {
  decode_state *s = state;
  nt_capture *capture = nt_capture_open(s->path, err);
  if (!capture) return err->status;
  nt_status status = NT_OK;
  size_t got = NT_BENCH_CHUNK;
  s->count = 0;
  while (status == NT_OK && got == NT_BENCH_CHUNK && s->most - s->count >= NT_BENCH_CHUNK) {
    status = nt_capture_read(capture, s->packets + s->count, NT_BENCH_CHUNK, &got, err);
    s->count += got;
  }
  nt_capture_close(capture);
  return status;
}

/* The reference reads frame by frame and decodes nothing: it knows times and lengths. */
static nt_status decode_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  decode_state *s = state;
  nt_capture *capture = nt_capture_open(s->path, err);
  if (!capture) return err->status;
  nt_frame frame;
  int got = 0;
  size_t i = 0;
  nt_status status;
  while ((status = nt_capture_next_frame(capture, &frame, &got, err)) == NT_OK && got) {
    if (i >= s->count || s->packets[i].length != frame.length ||
        s->packets[i].time != nt_time_from_ns(frame.seconds, frame.nanoseconds)) {
      status = nt_fail(err, NT_E_STATE, "packet %zu is not frame %zu of %s", i, i, s->path);
      break;
    }
    i++;
  }
  nt_capture_close(capture);
  if (status == NT_OK && i != s->count)
    status = nt_fail(err, NT_E_STATE, "%zu packets of %zu frames", s->count, i);
  proof->digest = XXH3_64bits(s->packets, s->count * sizeof *s->packets);
  proof->exact = 1;
  strcpy(proof->how, "times and lengths of the frames");
  return status;
}

const nt_bench_problem nt_bench_decode = {.name = "decode",
                                          .help = "a capture's file to packet records",
                                          .item = "packet",
                                          .wants_capture = 1,
                                          .threads = -1,
                                          .setup = decode_setup,
                                          .pass = decode_pass,
                                          .verify = decode_verify,
                                          .done = decode_done};

/* ---------------------------------------------------------------- damping */

enum { INTERVALS = 20000 };
typedef struct decay_state {
  double interval[INTERVALS], factor[INTERVALS][NT_LAMBDAS];
} decay_state;

static const nt_parameter decay_parameters[] = {
    {.name = "distinct",
     .type = NT_PARAMETER_INTEGER,
     .unit = "1",
     .help = "different intervals that recur; a few are kept, more are computed anew",
     .preset = INTERVALS,
     .least = 1,
     .most = INTERVALS}};

static void *decay_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  decay_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  size_t distinct = (size_t)setting->values[0].number;
  nt_bench_noise(s->interval, INTERVALS, 1);
  for (size_t i = 0; i < INTERVALS; i++) s->interval[i] = s->interval[i % distinct] + 1e-6;
  work->items = INTERVALS;
  work->moved = INTERVALS * 8.0 * (1 + NT_LAMBDAS);
  return s;
}

static nt_status decay_pass(void *state, nt_error *err) {
  decay_state *s = state;
  decay_memory memory = {0};
  (void)err;
  for (size_t i = 0; i < INTERVALS; i++)
    memcpy(s->factor[i], decay_factors(&memory, s->interval[i]), sizeof s->factor[i]);
  return NT_OK;
}

static nt_status decay_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  decay_state *s = state;
  for (size_t i = 0; i < INTERVALS; i++) {
    double expected[NT_LAMBDAS];
    for (int l = 0; l < NT_LAMBDAS; l++) expected[l] = exp(-nt_lambda[l] * s->interval[i] * M_LN2);
    if (nt_bench_close(s->factor[i], expected, NT_LAMBDAS, 1e-14, "factor", &proof->deviation,
                       err) != NT_OK)
      return err->status;
  }
  proof->digest = XXH3_64bits(s->factor, sizeof s->factor);
  strcpy(proof->how, "exp(-L dt ln 2)");
  return NT_OK;
}

const nt_bench_problem nt_bench_decay = {
    .name = "decay",
    .help = "the five factors 2^(-L dt) of an interval, as the references take them (libm's pow)",
    .item = "interval",
    .threads = -1,
    NT_BENCH_PARAMETERS(decay_parameters),
    .setup = decay_setup,
    .pass = decay_pass,
    .verify = decay_verify,
    .done = free};

/* ---------------------------------------------------------------- look-ups */

enum { LOOKUPS = 200000, HASH_KEYS = 0, HASH_SIZE };
typedef struct hash_state {
  nt_key_table *table;
  size_t keys, size;
  uint8_t *bytes;   /* [keys][size] */
  uint32_t *wanted; /* [LOOKUPS] which key */
  uint32_t *found;  /* [LOOKUPS] */
} hash_state;

static const nt_parameter hash_parameters[] = {{.name = "keys",
                                                .type = NT_PARAMETER_INTEGER,
                                                .unit = "1",
                                                .help = "in the table",
                                                .preset = 10000,
                                                .least = 1,
                                                .most = 1e7},
                                               {.name = "size",
                                                .type = NT_PARAMETER_INTEGER,
                                                .unit = "bytes",
                                                .help = "of a key",
                                                .preset = 16,
                                                .least = 8,
                                                .most = 64}};

static void hash_done(void *state) {
  hash_state *s = state;
  if (!s) return;
  if (s->table) nt_key_table_free(s->table);
  free(s->bytes), free(s->wanted), free(s->found);
  free(s);
}

static void *hash_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  hash_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->keys = (size_t)setting->values[HASH_KEYS].number;
  s->size = (size_t)setting->values[HASH_SIZE].number;
  s->table = nt_key_table_new(s->size);
  s->bytes = nt_bench_room(s->keys, s->size, err);
  s->wanted = nt_bench_room(LOOKUPS, sizeof *s->wanted, err);
  s->found = nt_bench_room(LOOKUPS, sizeof *s->found, err);
  if (!s->table || !s->bytes || !s->wanted || !s->found) {
    hash_done(s);
    return NULL;
  }
  for (size_t k = 0; k < s->keys; k++) { /* the number itself keeps keys distinct; noise follows */
    uint64_t seed = k, number = k;
    memcpy(s->bytes + k * s->size, &number, sizeof number);
    for (size_t b = 8; b < s->size; b++) s->bytes[k * s->size + b] = (uint8_t)nt_bench_next(&seed);
    nt_key_table_put(s->table, s->bytes + k * s->size, s->size);
  }
  uint64_t seed = 7;
  for (size_t i = 0; i < LOOKUPS; i++) s->wanted[i] = (uint32_t)(nt_bench_next(&seed) % s->keys);
  work->items = LOOKUPS;
  work->moved = LOOKUPS * (double)s->size;
  return s;
}

static nt_status hash_pass(void *state, nt_error *err) {
  hash_state *s = state;
  (void)err;
  for (size_t i = 0; i < LOOKUPS; i++)
    s->found[i] = nt_key_table_put(s->table, s->bytes + s->wanted[i] * s->size, s->size);
  return NT_OK;
}

static nt_status hash_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  hash_state *s = state;
  for (size_t i = 0; i < LOOKUPS; i++)
    if (s->found[i] != s->wanted[i])
      return nt_fail(err, NT_E_STATE, "look-up %zu gives %u, %u expected", i, s->found[i],
                     s->wanted[i]);
  proof->digest = XXH3_64bits(s->found, LOOKUPS * sizeof *s->found);
  proof->exact = 1;
  strcpy(proof->how, "numbers in the order of first appearance");
  return NT_OK;
}

const nt_bench_problem nt_bench_hash = {.name = "hash",
                                        .help = "look-ups of keys that the table of streams has",
                                        .item = "key",
                                        .threads = -1,
                                        NT_BENCH_PARAMETERS(hash_parameters),
                                        .setup = hash_setup,
                                        .pass = hash_pass,
                                        .verify = hash_verify,
                                        .done = hash_done};

/* ---------------------------------------------------------------- extraction */

enum { CHECKED = 2000 };
typedef struct extract_state {
  nt_trace trace;
  nt_profile profile;
  size_t width;
  double *rows; /* one chunk, as in the pipeline */
  nt_extractor_usage usage;
} extract_state;

static const nt_parameter profile_parameter[] = {NT_BENCH_PROFILE};

static void extract_done(void *state) {
  extract_state *s = state;
  if (!s) return;
  nt_trace_done(&s->trace);
  free(s->rows);
  free(s);
}

static void *extract_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  extract_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->profile = (nt_profile)setting->values[0].number;
  s->width = nt_profile_width(s->profile);
  s->rows = nt_bench_room(NT_BENCH_CHUNK * s->width, sizeof *s->rows, err);
  if (!s->rows || nt_trace_read(setting->capture, &s->trace, err) != NT_OK) {
    extract_done(s);
    return NULL;
  }
  work->items = (double)s->trace.count;
  work->moved = work->items * (double)(sizeof(nt_packet) + s->width * sizeof *s->rows);
  return s;
}

static nt_status extract_pass(void *state, nt_error *err) {
  extract_state *s = state;
  return nt_trace_extract(s->trace.packets, s->trace.count, s->profile, NT_BENCH_CHUNK, s->rows, 1,
                          err);
}

static int same_sender(const nt_packet *a, const nt_packet *b) {
  return memcmp(a->eth_src, b->eth_src, sizeof a->eth_src) == 0 &&
         memcmp(a->ip_src, b->ip_src, sizeof a->ip_src) == 0;
}

/* The damped count of a sender's packets by its definition, sum 2^(-5 (t - t_i)): column 0. */
static double weight_of(const nt_packet *packets, size_t last) {
  double sum = 0;
  for (size_t i = 0; i <= last; i++)
    if ((packets[i].present & NT_HAS_IP) == NT_HAS_IP && same_sender(&packets[i], &packets[last]))
      sum += exp2(-5 * (packets[last].time - packets[i].time));
  return sum;
}

/* Packets one by one give the same bits as chunks; weights equal the definition's. */
static nt_status extract_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  extract_state *s = state;
  size_t n = s->trace.count < CHECKED ? s->trace.count : CHECKED;
  double *chunked = nt_bench_room(n * s->width, sizeof *chunked, err);
  double *single = nt_bench_room(n * s->width, sizeof *single, err);
  nt_status status = chunked && single ? NT_OK : NT_E_MEMORY;
  if (status == NT_OK)
    status = nt_trace_extract(s->trace.packets, n, s->profile, NT_BENCH_CHUNK, chunked, 0, err);
  if (status == NT_OK)
    status = nt_trace_extract(s->trace.packets, n, s->profile, 1, single, 0, err);
  if (status == NT_OK && memcmp(chunked, single, n * s->width * sizeof *chunked) != 0)
    status = nt_fail(err, NT_E_STATE, "rows depend on the chunks");
  size_t checked = 0;
  for (size_t i = n / 2; i < n && status == NT_OK; i += 37) {
    if ((s->trace.packets[i].present & NT_HAS_IP) != NT_HAS_IP) continue;
    double expected = weight_of(s->trace.packets, i);
    status = nt_bench_close(chunked + i * s->width, &expected, 1, 1e-9, "weight", &proof->deviation,
                            err);
    checked++;
  }
  if (status == NT_OK && !checked && n > 100)
    status = nt_fail(err, NT_E_STATE, "no packet with IPv4 addresses to check");
  size_t left = s->trace.count % NT_BENCH_CHUNK;
  proof->digest = XXH3_64bits(s->rows, (left ? left : NT_BENCH_CHUNK) * s->width * sizeof *s->rows);
  if (status == NT_OK)
    proof->digest = XXH3_64bits_withSeed(chunked, n * s->width * sizeof *chunked, proof->digest);
  proof->exact = 1;
  snprintf(proof->how, sizeof proof->how, "other chunks; weights of %zu packets by definition",
           checked);
  free(chunked), free(single);
  return status;
}

const nt_bench_problem nt_bench_extract = {.name = "extract",
                                           .help = "packet records to rows of features",
                                           .item = "packet",
                                           .wants_capture = 1,
                                           .threads = -1,
                                           NT_BENCH_PARAMETERS(profile_parameter),
                                           .setup = extract_setup,
                                           .pass = extract_pass,
                                           .verify = extract_verify,
                                           .done = extract_done};

/* ---------------------------------------------------------------- a host of many peers */

enum { CONTACTS_PROFILE, CONTACTS_PEERS, CONTACTS_PACKETS };
typedef struct contacts_state {
  nt_profile profile;
  size_t peers, packets, width;
  nt_packet *trace; /* [peers + packets] */
  double *rows;
  nt_extractor *extractor;
  nt_extractor_usage usage;
} contacts_state;

static const nt_parameter contacts_parameters[] = {
    NT_BENCH_PROFILE,
    {.name = "peers",
     .type = NT_PARAMETER_INTEGER,
     .unit = "1",
     .help = "addresses that the host has sent to",
     .preset = 1000,
     .least = 10,
     .most = 1e7},
    {.name = "packets",
     .type = NT_PARAMETER_INTEGER,
     .unit = "packets",
     .help = "of the host after that, to ten of them",
     .preset = 2000,
     .least = 1,
     .most = 1e8}};

static void contacts_done(void *state) {
  contacts_state *s = state;
  if (!s) return;
  nt_extractor_free(s->extractor);
  free(s->trace), free(s->rows);
  free(s);
}

static void *contacts_setup(const nt_bench_setting *setting, nt_bench_work *work, nt_error *err) {
  contacts_state *s = nt_bench_room(1, sizeof *s, err);
  if (!s) return NULL;
  s->profile = (nt_profile)setting->values[CONTACTS_PROFILE].number;
  s->peers = (size_t)setting->values[CONTACTS_PEERS].number;
  s->packets = (size_t)setting->values[CONTACTS_PACKETS].number;
  s->width = nt_profile_width(s->profile);
  s->trace = nt_bench_room(s->peers + s->packets, sizeof *s->trace, err);
  s->rows = nt_bench_room(NT_BENCH_CHUNK * s->width, sizeof *s->rows, err);
  nt_extractor_options options = {.profile = s->profile};
  s->extractor = nt_extractor_new(&options, err);
  if (!s->trace || !s->rows || !s->extractor) {
    contacts_done(s);
    return NULL;
  }
  for (size_t i = 0; i < s->peers + s->packets; i++) {
    nt_packet *p = s->trace + i;
    uint32_t peer = (uint32_t)(i < s->peers ? i : (i - s->peers) % 10);
    p->time = 1.7e9 + 1e-4 * (double)i;
    p->length = 60;
    p->present = NT_HAS_ETH | NT_HAS_IP | NT_HAS_TCP;
    memcpy(p->eth_src, "\2\0\0\0\0\1", 6);
    memcpy(p->ip_src, "\12\0\0\1", 4);
    memcpy(p->ip_dst, &peer, 4);
    p->ip_dst[3] |= 0x80;
    p->tcp_src = 40000, p->tcp_dst = 80;
  }
  work->items = (double)s->packets;
  work->moved = work->items * (double)(s->width * sizeof *s->rows);
  return s;
}

static nt_status contacts_feed(contacts_state *s, size_t from, size_t to, nt_error *err) {
  for (size_t i = from; i < to; i += NT_BENCH_CHUNK) {
    size_t n = to - i < NT_BENCH_CHUNK ? to - i : NT_BENCH_CHUNK;
    if (nt_extractor_update(s->extractor, s->trace + i, n, s->rows, err) != NT_OK)
      return err->status;
  }
  return NT_OK;
}

static void contacts_reset(void *state) {
  contacts_state *s = state;
  nt_error err;
  nt_extractor_options options = {.profile = s->profile};
  nt_extractor_free(s->extractor);
  s->extractor = nt_extractor_new(&options, &err);
  if (s->extractor && contacts_feed(s, 0, s->peers, &err) != NT_OK) {
    nt_extractor_free(s->extractor);
    s->extractor = NULL;
  }
  if (s->extractor) nt_extractor_usage_of(s->extractor, &s->usage);
}

static nt_status contacts_pass(void *state, nt_error *err) {
  contacts_state *s = state;
  if (!s->extractor) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu peers", s->peers);
  return contacts_feed(s, s->peers, s->peers + s->packets, err);
}

/* All packets have one sender, so its weight is a geometric series. */
static nt_status contacts_verify(void *state, nt_bench_proof *proof, nt_error *err) {
  contacts_state *s = state;
  size_t last = s->packets % NT_BENCH_CHUNK ? s->packets % NT_BENCH_CHUNK : NT_BENCH_CHUNK;
  double expected = weight_of(s->trace, s->peers + s->packets - 1);
  proof->digest = XXH3_64bits(s->rows, last * s->width * sizeof *s->rows);
  proof->exact = 1;
  snprintf(proof->how, sizeof proof->how, "the sender's weight by definition; %.0f bytes a stream",
           (double)s->usage.bytes / (double)(s->usage.streams ? s->usage.streams : 1));
  return nt_bench_close(s->rows + (last - 1) * s->width, &expected, 1, 1e-9, "weight",
                        &proof->deviation, err);
}

const nt_bench_problem nt_bench_contacts = {
    .name = "contacts",
    .help = "extraction of a host's packets that has had so many peers",
    .item = "packet",
    .threads = -1,
    NT_BENCH_PARAMETERS(contacts_parameters),
    .setup = contacts_setup,
    .reset = contacts_reset,
    .pass = contacts_pass,
    .verify = contacts_verify,
    .done = contacts_done};
