/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inspection.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ensemble/contributions.h"
#include "ground/flag.h"
#include "fidelity.h"

enum { BATCH = 64 }; /* rows explained at once */

/* What a pass holds, released in one place. */
typedef struct pass {
  const nt_inspection_options *options;
  nt_inspection *to;
  nt_capture *capture;
  nt_digester *digester;
  nt_extractor *extractor;
  nt_kitnet *kitnet;
  nt_explainer *explainer;
  nt_fidelity *fidelity;
  struct stat file;
  double *training; /* RMSEs */
  size_t trained, training_room;
  size_t room; /* of what qualifies */
  size_t ties; /* NT_SELECT_TOP: packets at the threshold that still qualify */
  int decided; /* the threshold is */
  int differs; /* some score is another: `packet`, `got` */
  uint64_t packet;
  double got;
  /* one batch */
  size_t batch;
  double *rows, *scores, *parts, *shares;
  uint8_t *causes; /* [total] of the map's features */
} pass;

/* ---------------------------------------------------------------- which packets */

static int better(double a, double b) {
  return isnan(a) ? !isnan(b) : a > b;
}

/* The lowest of the `count` highest scores, NaN above all, and how many equal to it are among
 * them. */
static nt_status find_top(pass *p, nt_error *err) {
  const nt_scored_run *run = &p->to->run;
  size_t count = (size_t)p->options->value, n = 0, nan = 0;
  double *sorted = calloc(run->count, sizeof *sorted);
  if (!sorted) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", run->count);
  for (size_t i = 0; i < run->count; i++)
    if (isnan(run->scores[i]))
      nan++;
    else
      sorted[n++] = run->scores[i];
  gsl_sort(sorted, 1, n);
  if (count > run->count) count = run->count;
  double least = count <= nan ? (double)NAN : sorted[n - (count - nan)];
  free(sorted);
  size_t above = 0;
  for (size_t i = 0; i < run->count; i++) above += (size_t)better(run->scores[i], least);
  p->to->threshold = least;
  p->ties = count - above;
  return NT_OK;
}

static nt_status find_deviations(pass *p, nt_error *err) {
  const nt_scored_run *run = &p->to->run;
  double *finite = calloc(run->count, sizeof *finite);
  size_t n = 0;
  if (!finite) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu scores", run->count);
  for (size_t i = 0; i < run->count; i++)
    if (isfinite(run->scores[i])) finite[n++] = run->scores[i];
  double mean = gsl_stats_mean(finite, 1, n);
  p->to->threshold = mean + p->options->value * gsl_stats_sd_m(finite, 1, n, mean);
  free(finite);
  if (n >= 2) return NT_OK;
  return nt_fail(err, NT_E_INPUT, "%zu of %zu scores are finite: expected at least 2", n,
                 run->count);
}

static nt_status find_lognormal(pass *p, nt_error *err) {
  if (!p->to->recipe.kitnet)
    return nt_fail(err, NT_E_ARGUMENT,
                   "no log-normal fit: it is of training scores, and those of detector %s are not "
                   "kept; expected --top, --above or mean+2sd",
                   p->to->recipe.detector);
  if (isnan(p->to->fit.deviation))
    return nt_fail(err, NT_E_INPUT, "no log-normal fit: the training scores are too few or odd");
  return nt_lognormal_threshold(&p->to->fit, p->options->value, &p->to->threshold, err);
}

/* Once training is over: the fit, and the threshold. */
static nt_status decide(pass *p, nt_error *err) {
  nt_threshold t = {.fit = {.mean = NAN, .deviation = NAN}};
  size_t sample = (size_t)nt_threshold_sample(p->trained);
  nt_status status = NT_OK;
  if (p->kitnet)
    status =
        nt_threshold_fit(p->training + (p->trained - sample), sample, NT_LOGNORMAL_TAIL, &t, err);
  p->to->fit = t.fit;
  if (status != NT_OK) return status;
  switch (p->options->select) {
  case NT_SELECT_TOP:
    return find_top(p, err);
  case NT_SELECT_ABOVE:
    p->to->threshold = p->options->value;
    return NT_OK;
  case NT_SELECT_LOGNORMAL:
    return find_lognormal(p, err);
  default:
    return find_deviations(p, err);
  }
}

/* Asked once of each packet, in their order. */
static int qualifies(pass *p, double score) {
  double least = p->to->threshold;
  if (p->options->select != NT_SELECT_TOP) return isnan(score) || score >= least;
  if (better(score, least)) return 1;
  if (better(least, score) || p->ties == 0) return 0;
  p->ties--;
  return 1;
}

double nt_inspection_tail(const nt_inspection *in, double score) {
  if (isnan(in->fit.deviation)) return NAN;
  if (isnan(score)) return 0;
  return score > 0 ? gsl_cdf_ugaussian_Q((log(score) - in->fit.mean) / in->fit.deviation) : 1;
}

/* ---------------------------------------------------------------- hosts */

static uint32_t host_of(nt_key_table *hosts, uint8_t kind, const uint8_t *address) {
  uint8_t key[NT_HOST_KEY] = {kind};
  memcpy(key + 1, address, 16);
  return nt_key_table_put(hosts, key, sizeof key);
}

void nt_host_text(const nt_inspection *in, uint32_t host, char *text, size_t size) {
  size_t length;
  const uint8_t *key = nt_key_table_key(in->hosts, host, &length);
  nt_identity identity = {.source_kind = key[0]};
  memcpy(identity.source, key + 1, 16);
  nt_identity_address(&identity, NT_SOURCE, text, size);
}

/* ---------------------------------------------------------------- what qualifies */

static nt_status grow(pass *p, nt_error *err) {
  nt_inspection *to = p->to;
  size_t room = p->room ? 2 * p->room : 256, names = to->named ? to->named : 1, bytes;
  nt_anomaly *anomaly = NULL;
  nt_named *name = NULL;
  if (!__builtin_mul_overflow(room, names * sizeof *name, &bytes)) {
    if ((anomaly = realloc(to->anomaly, room * sizeof *anomaly))) to->anomaly = anomaly;
    if ((name = realloc(to->name, bytes))) to->name = name;
  }
  if (!anomaly || !name)
    return nt_fail(err, NT_E_MEMORY, "out of memory for %zu packets that qualify", room);
  if (p->options->fidelity) {
    double *named = realloc(to->left_named, room * sizeof *named);
    if (named) to->left_named = named;
    double *drawn = realloc(to->left_random, room * sizeof *drawn);
    if (drawn) to->left_random = drawn;
    if (!named || !drawn)
      return nt_fail(err, NT_E_MEMORY, "out of memory for %zu packets that qualify", room);
  }
  p->room = room;
  return NT_OK;
}

static nt_status note(pass *p, const nt_packet *packet, uint64_t number, nt_error *err) {
  nt_inspection *to = p->to;
  if (to->count == p->room && grow(p, err) != NT_OK) return NT_E_MEMORY;
  size_t i = (size_t)(number - to->run.first);
  nt_identity id;
  nt_identity_of(packet, &id);
  nt_anomaly *a = &to->anomaly[to->count++];
  *a = (nt_anomaly){.packet = number,
                    .time = packet->time,
                    .score = to->run.scores[i],
                    .length = packet->length,
                    .host = {host_of(to->hosts, id.source_kind, id.source),
                             host_of(to->hosts, id.destination_kind, id.destination)},
                    .port = {id.source_port[0], id.destination_port[0]},
                    .attack = to->run.attack ? to->run.attack[i] : 0,
                    .label = to->run.labels ? to->run.labels[i] : 0,
                    .cause = NT_CAUSE_OTHER,
                    .ports = id.port_kind,
                    .mac_kind = id.mac_kind};
  memcpy(a->source_mac, id.source_mac, sizeof a->source_mac);
  if (a->host[0] != NT_KEY_TABLE_FULL && a->host[1] != NT_KEY_TABLE_FULL) return NT_OK;
  return nt_fail(err, NT_E_MEMORY, "out of memory for the addresses of packets that qualify");
}

/* Keeps the `named` largest of share x part, the first of equal ones. O(total) where few change. */
static void name_features(const nt_inspection *to, const nt_feature_map *map, const double *row,
                          const double *parts, const double *shares, nt_named *name) {
  size_t have = 0;
  for (size_t a = 0, f = 0; a < map->autoencoders; f += map->sizes[a++]) {
    for (size_t i = f; i < f + map->sizes[a]; i++) {
      double weight = parts[a] * shares[i];
      if (have == to->named && !(weight > name[have - 1].share * name[have - 1].part)) continue;
      size_t at = have < to->named ? have++ : have - 1;
      for (; at > 0 && weight > name[at - 1].share * name[at - 1].part; at--)
        name[at] = name[at - 1];
      name[at] = (nt_named){(uint32_t)map->features[i], (uint32_t)a, shares[i], parts[a],
                            row[map->features[i]]};
    }
  }
}

static uint8_t cause_of(const pass *p, const nt_feature_map *map, const double *parts,
                        const double *shares) {
  double of[NT_CAUSES] = {0};
  uint8_t most = NT_CAUSE_OTHER;
  for (size_t a = 0, f = 0; a < map->autoencoders; f += map->sizes[a++])
    for (size_t i = f; i < f + map->sizes[a]; i++) of[p->causes[i]] += parts[a] * shares[i];
  for (int c = 0; c < NT_CAUSES; c++)
    if (of[c] > of[most]) most = (uint8_t)c;
  return most;
}

/* Explains the rows of the batch, those of the last packets that were noted. */
static void explain(pass *p) {
  nt_inspection *to = p->to;
  size_t n = p->batch, first = to->count - n;
  p->batch = 0;
  if (!p->kitnet || n == 0) return;
  const nt_feature_map *map = nt_kitnet_map(p->kitnet);
  nt_explain(p->explainer, p->rows, n, p->scores, p->parts, p->shares);
  for (size_t r = 0; r < n; r++) {
    const double *parts = p->parts + r * map->autoencoders, *shares = p->shares + r * map->total;
    name_features(to, map, p->rows + r * to->width, parts, shares,
                  to->name + (first + r) * to->named);
    to->anomaly[first + r].cause = cause_of(p, map, parts, shares);
  }
  if (p->fidelity)
    nt_fidelity_measure(p->fidelity, p->explainer, &to->range, p->rows, p->scores, n, to->named,
                        to->name + first * to->named, to->left_named + first,
                        to->left_random + first);
}

/* ---------------------------------------------------------------- while it runs */

static nt_status make_explainer(pass *p, nt_error *err) {
  nt_inspection *to = p->to;
  if (!(p->explainer = nt_explainer_new(p->kitnet, err))) return err->status;
  const nt_feature_map *map = nt_kitnet_map(p->kitnet);
  if (to->named > map->total) to->named = map->total;
  p->rows = calloc((size_t)BATCH * to->width, sizeof *p->rows);
  p->scores = calloc(BATCH, sizeof *p->scores);
  p->parts = calloc((size_t)BATCH * map->autoencoders, sizeof *p->parts);
  p->shares = calloc((size_t)BATCH * map->total, sizeof *p->shares);
  p->causes = calloc(map->total, sizeof *p->causes);
  if (!p->rows || !p->scores || !p->parts || !p->shares || !p->causes)
    return nt_fail(err, NT_E_MEMORY, "out of memory to explain %d rows", BATCH);
  for (size_t i = 0; i < map->total; i++)
    p->causes[i] = (uint8_t)nt_feature_cause(to->recipe.extractor.profile, map->features[i]);
  if (!p->options->fidelity) return NT_OK;
  p->fidelity = nt_fidelity_new(map, to->width, BATCH, p->options->seed, err);
  return p->fidelity ? NT_OK : err->status;
}

/* The first scored packet is there. */
static nt_status end_training(pass *p, nt_error *err) {
  p->decided = 1;
  nt_status status = NT_OK;
  if (p->kitnet) status = nt_training_range_end(&p->to->range, err);
  if (status == NT_OK && p->kitnet) status = make_explainer(p, err);
  return status == NT_OK ? decide(p, err) : status;
}

static nt_status keep_training(pass *p, const nt_pipeline_rows *rows, size_t grace, nt_error *err) {
  size_t need = p->trained + grace;
  if (need > p->training_room) {
    size_t room = need > 2 * p->training_room ? need : 2 * p->training_room;
    double *grown = realloc(p->training, room * sizeof *grown);
    if (!grown) return nt_fail(err, NT_E_MEMORY, "out of memory for %zu training scores", room);
    p->training = grown;
    p->training_room = room;
  }
  uint64_t from = p->to->recipe.map_given ? 0 : p->to->recipe.options.fm_grace + 1;
  for (size_t i = 0; i < grace; i++)
    if (rows->first + i >= from) p->training[p->trained++] = rows->training[i];
  return nt_training_range_add(&p->to->range, rows->features, grace, err);
}

/* Equal bit for bit: NaNs, too, and no 0 to a -0. */
static int same_bits(double a, double b) {
  uint64_t x, y;
  memcpy(&x, &a, sizeof x);
  memcpy(&y, &b, sizeof y);
  return x == y;
}

static int same_scores(pass *p, const nt_pipeline_rows *rows, size_t grace) {
  const nt_scored_run *run = &p->to->run;
  for (size_t i = grace; i < rows->count; i++) {
    uint64_t k = rows->first + i - run->first;
    if (k < run->count && same_bits(rows->scores[i], run->scores[k])) continue;
    p->differs = 1;
    p->packet = rows->first + i;
    p->got = rows->scores[i];
    return 0;
  }
  return 1;
}

static nt_status take_rows(void *context, const nt_pipeline_rows *rows, nt_error *err) {
  pass *p = context;
  nt_inspection *to = p->to;
  uint64_t end = rows->first + rows->count;
  size_t grace = rows->first >= to->run.first ? 0
                 : end <= to->run.first       ? rows->count
                                              : (size_t)(to->run.first - rows->first);
  if (grace && p->kitnet && keep_training(p, rows, grace, err) != NT_OK) return NT_E_MEMORY;
  if (grace == rows->count) return NT_OK;
  if (end > to->recipe.packets) p->differs = 1;
  if (p->differs || (p->kitnet && !same_scores(p, rows, grace)))
    return nt_fail(err, NT_E_INPUT, "not the run's capture"); /* told by whose_capture */
  if (!p->decided && end_training(p, err) != NT_OK) return err->status;
  for (size_t i = grace; i < rows->count; i++) {
    if (!qualifies(p, to->run.scores[rows->first + i - to->run.first])) continue;
    if (note(p, &rows->packets[i], rows->first + i, err) != NT_OK) return err->status;
    if (p->kitnet)
      memcpy(p->rows + p->batch * to->width, rows->features + i * to->width,
             to->width * sizeof *p->rows);
    if (++p->batch == BATCH) explain(p);
  }
  explain(p);
  return NT_OK;
}

/* ---------------------------------------------------------------- whose capture */

/* Reads what is left: the checksums, and how many packets there are. */
static void read_on(pass *p, uint64_t *packets, nt_digests *digests) {
  enum { SOME = 256 };
  nt_packet *some = calloc(SOME, sizeof *some);
  size_t got = some != NULL;
  *packets = p->to->pipeline.packets;
  while (got && !nt_flag_get(p->options->cancel)) {
    if (nt_capture_read(p->capture, some, SOME, &got, NULL) != NT_OK) break;
    *packets += got;
  }
  free(some);
  nt_digester_end(p->digester, p->capture, p->options->capture, &p->file, p->options->cancel,
                  digests);
}

static nt_status check_capture(pass *p, nt_error *err) {
  const nt_recipe *r = &p->to->recipe;
  uint64_t packets;
  nt_digests digests;
  read_on(p, &packets, &digests);
  if (nt_flag_get(p->options->cancel)) return nt_fail(err, NT_E_STATE, "interrupted");
  int same = nt_recipe_is_of(r, &digests);
  if (!same || packets != r->packets)
    return nt_fail(err, NT_E_INPUT,
                   "%s: is not the capture of %s%s%s: it has %llu packets and the SHA-256 %s, the "
                   "run's has %llu and %s",
                   p->options->capture, p->options->result, p->options->run ? ":" : "",
                   p->options->run ? p->options->run : "", (unsigned long long)packets,
                   *digests.file.sha256 ? digests.file.sha256 : "(none)",
                   (unsigned long long)r->packets, r->digest[0] ? r->digest[0] : "(none)");
  if (!p->differs) return NT_OK;
  uint64_t k = p->packet - p->to->run.first;
  return nt_fail(
      err, NT_E_INPUT,
      "%s%s%s: packet %llu has the score %.17g, and %.17g when the run is repeated here: "
      "expected the same bits; was it made by another version?",
      p->options->result, p->options->run ? ":" : "", p->options->run ? p->options->run : "",
      (unsigned long long)p->packet, p->to->run.scores[k], p->got);
}

/* ---------------------------------------------------------------- the whole */

static nt_status check_options(const nt_inspection_options *o, nt_error *err) {
  if (strcmp(o->capture, "-") == 0)
    return nt_fail(err, NT_E_ARGUMENT, "capture -: expected a file, which is read more than once");
  if (o->named < 1 || o->named > NT_MOST_NAMED)
    return nt_fail(err, NT_E_ARGUMENT, "%zu features to name: expected 1 to %d", o->named,
                   NT_MOST_NAMED);
  if (o->select == NT_SELECT_TOP && !(o->value >= 1 && o->value <= 0x1p53))
    return nt_fail(err, NT_E_ARGUMENT, "the top %g packets: expected at least 1", o->value);
  if (isnan(o->value)) return nt_fail(err, NT_E_ARGUMENT, "threshold nan: expected a number");
  if (o->select == NT_SELECT_LOGNORMAL && !(o->value > 0 && o->value < 1))
    return nt_fail(err, NT_E_ARGUMENT, "lognormal:%g: expected a probability between 0 and 1",
                   o->value);
  return NT_OK;
}

static nt_status open_all(pass *p, nt_error *err) {
  const nt_inspection_options *o = p->options;
  nt_inspection *to = p->to;
  nt_status status = nt_scored_run_read(o->result, o->run, &to->run, err);
  if (status != NT_OK) return status;
  if (nt_recipe_of(&to->run, &to->recipe, err) != NT_OK)
    return nt_fail_in(err, "%s%s%s", o->result, o->run ? ":" : "", o->run ? o->run : "");
  if (o->fidelity && !to->recipe.kitnet)
    return nt_fail(err, NT_E_ARGUMENT,
                   "the scores of detector %s are not explained: expected kitnet",
                   to->recipe.detector);
  to->width = nt_profile_width(to->recipe.extractor.profile);
  if (stat(o->capture, &p->file) != 0) memset(&p->file, 0, sizeof p->file);
  if (!(p->digester = nt_digester_new(err))) return err->status;
  p->capture = nt_capture_open_tapped(o->capture, nt_digester_tap(p->digester), err);
  if (!p->capture) return err->status;
  nt_digester_opened(p->digester, p->capture);
  to->frames = nt_capture_format_of(p->capture) != NT_FORMAT_TSV;
  if (nt_capture_format_of(p->capture) == NT_FORMAT_FEATURES)
    return nt_fail(err, NT_E_INPUT, "%s: holds rows of features: expected packets", o->capture);
  if (!(p->extractor = nt_extractor_new(&to->recipe.extractor, err))) return err->status;
  if (!(to->hosts = nt_key_table_new(NT_HOST_KEY)))
    return nt_fail(err, NT_E_MEMORY, "out of memory for addresses");
  if (!to->recipe.kitnet) return NT_OK;
  to->named = o->named;
  if (nt_training_range_begin(&to->range, to->width, err) != NT_OK) return NT_E_MEMORY;
  p->kitnet = nt_kitnet_new(to->width, &to->recipe.options,
                            to->recipe.map_given ? &to->run.map : NULL, err);
  return p->kitnet ? NT_OK : err->status;
}

static nt_status run_pass(pass *p, nt_error *err) {
  const nt_inspection_options *o = p->options;
  nt_status status = open_all(p, err);
  if (status != NT_OK) return status;
  const nt_pipeline_options pipeline = {.extractor = p->extractor,
                                        .width = p->to->width,
                                        .kitnet = p->kitnet,
                                        .threads = o->threads,
                                        .sink = take_rows,
                                        .sink_context = p,
                                        .progress = o->progress,
                                        .progress_context = o->progress_context,
                                        .cancel = o->cancel};
  status = nt_pipeline_run(p->capture, &pipeline, &p->to->pipeline, err);
  if (status != NT_OK && !p->differs) return status;
  const char *warning = nt_capture_warning(p->capture);
  if (warning) snprintf(p->to->warning, sizeof p->to->warning, "%s", warning);
  return check_capture(p, err);
}

nt_status nt_inspect(const nt_inspection_options *options, nt_inspection *in, nt_error *err) {
  nt_error own;
  if (!err) err = &own;
  *in = (nt_inspection){.threshold = NAN, .fit = {.mean = NAN, .deviation = NAN}};
  nt_status status = check_options(options, err);
  if (status != NT_OK) return status;
  pass p = {.options = options, .to = in};
  status = run_pass(&p, err);
  nt_fidelity_free(p.fidelity);
  nt_explainer_free(p.explainer);
  nt_kitnet_free(p.kitnet);
  nt_extractor_free(p.extractor);
  nt_capture_close(p.capture);
  nt_digester_free(p.digester);
  free(p.training);
  free(p.rows);
  free(p.scores);
  free(p.parts);
  free(p.shares);
  free(p.causes);
  if (status != NT_OK) nt_inspection_done(in);
  return status;
}

void nt_inspection_done(nt_inspection *in) {
  nt_scored_run_done(&in->run);
  nt_training_range_done(&in->range);
  free(in->anomaly);
  free(in->name);
  free(in->left_named);
  free(in->left_random);
  nt_key_table_free(in->hosts);
  *in = (nt_inspection){0};
}
