/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model that was put away goes on as if it never had been, bit for bit; its file is whole or not
 * believed. */
#include <hdf5.h>
#include <math.h>

#include <ninetails/ninetails.h>

#include "check.h"
#include "directory.h"
#include "model/model.h"
#include "packets.h"
#include "store/file/seal.h"

static const nt_profile profiles[] = {NT_PROFILE_PY100, NT_PROFILE_CSV115, NT_PROFILE_STREAM};
static const nt_isa isas[] = {NT_ISA_PLAIN, NT_ISA_AVX2, NT_ISA_AVX512};

static int runs_here(nt_isa isa) {
  nt_isa resolved;
  return nt_isa_resolve(isa, &resolved, NULL) == NT_OK;
}

/* More training scores than the threshold is of, so that their ring goes around. */
enum { FM = 100, AD = 1200, TRAINED = FM + 1 + AD };
static nt_model_options options_of(nt_profile profile, nt_isa isa) {
  nt_model_options o = nt_model_defaults();
  o.extractor.profile = profile;
  o.kitnet.fm_grace = FM;
  o.kitnet.ad_grace = AD;
  o.kitnet.isa = isa;
  return o;
}

/* ---------------------------------------------------------------- pushing */

static nt_model *new_model(const nt_model_options *o, const nt_feature_map *map) {
  nt_error err;
  nt_model *model = nt_model_new(o, map, &err);
  if (!model) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  return model;
}

static void push(nt_model *model, packets p, size_t from, size_t to, nt_verdict *verdicts) {
  nt_error err;
  for (size_t i = from; i < to; i++)
    if (nt_model_push(model, &p.at[i], &verdicts[i], &err) != NT_OK) {
      printf("  packet %zu: %s\n", i, err.text);
      CU_FAIL_FATAL("a packet was not taken");
    }
}

static size_t differences(const nt_verdict *a, const nt_verdict *b, size_t n) {
  size_t wrong = 0;
  for (size_t i = 0; i < n; i++)
    wrong += a[i].phase != b[i].phase || a[i].alarm != b[i].alarm ||
             memcmp(&a[i].score, &b[i].score, sizeof a[i].score) != 0 ||
             memcmp(&a[i].training, &b[i].training, sizeof a[i].training) != 0;
  return wrong;
}

static nt_model *saved_and_loaded(nt_model *model) {
  nt_error err = {0};
  CHECK_OK(nt_model_save(model, "model.h5", &err), err);
  nt_model *loaded = nt_model_load("model.h5", &err);
  if (!loaded) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(loaded);
  nt_model_facts a, b;
  nt_model_facts_of(model, &a);
  nt_model_facts_of(loaded, &b);
  CU_ASSERT(a.phase == b.phase && a.packets == b.packets && a.left == b.left);
  CU_ASSERT(a.usage.streams == b.usage.streams && a.usage.pairs == b.usage.pairs);
  CU_ASSERT(a.usage.dropped == b.usage.dropped && a.autoencoders == b.autoencoders);
  CU_ASSERT_EQUAL(memcmp(&a.threshold.value, &b.threshold.value, sizeof(double)), 0);
  CU_ASSERT_EQUAL(memcmp(&a.threshold.fit, &b.threshold.fit, sizeof a.threshold.fit), 0);
  CU_ASSERT_EQUAL(memcmp(&a.options.kitnet, &b.options.kitnet, sizeof a.options.kitnet), 0);
  CU_ASSERT_EQUAL(memcmp(&a.options.extractor, &b.options.extractor, sizeof a.options.extractor),
                  0);
  nt_model_free(model);
  return loaded;
}

/* Verdicts of the whole against those of a model that is put away after each of `stops`. */
static size_t restarted(const nt_model_options *o, const nt_feature_map *map, packets p,
                        const size_t *stops, size_t count) {
  nt_verdict *whole = calloc(p.count, sizeof *whole), *parts = calloc(p.count, sizeof *parts);
  nt_model *model = new_model(o, map);
  push(model, p, 0, p.count, whole);
  nt_model_free(model);
  model = new_model(o, map);
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    push(model, p, at, stops[i], parts);
    at = stops[i];
    model = saved_and_loaded(model);
  }
  push(model, p, at, p.count, parts);
  nt_model_free(model);
  size_t wrong = differences(whole, parts, p.count);
  free(whole);
  free(parts);
  unlink("model.h5");
  return wrong;
}

/* ---------------------------------------------------------------- restart */

static void a_restart_goes_on_bit_for_bit_at_every_phase(void) {
  static const size_t stops[] = {0,           1,    50,        FM - 1,    FM,          FM + 1,
                                 FM + 2,      700,  FM + 1000, FM + 1002, TRAINED - 1, TRAINED,
                                 TRAINED + 1, 1500, 1795,      1796};
  packets p = packets_of_trace();
  for (size_t i = 0; i < 3; i++)
    for (size_t k = 0; k < 3; k++) {
      if (!runs_here(isas[k])) continue;
      nt_model_options o = options_of(profiles[i], isas[k]);
      for (size_t s = 0; k == 2 && s < sizeof stops / sizeof *stops; s++)
        CU_ASSERT_EQUAL(restarted(&o, NULL, p, &stops[s], 1), 0);
      CU_ASSERT_EQUAL(restarted(&o, NULL, p, stops, sizeof stops / sizeof *stops), 0);
    }
  free(p.at);
}

static void a_restart_goes_on_bit_for_bit_on_captures(void) {
  for (size_t i = 0; i < PACKETS_CAPTURES - 1; i++) {
    char relative[256];
    snprintf(relative, sizeof relative, "data/labelled/%s", packets_captures[i].path);
    const char *path = check_shared(relative);
    packets p = path ? packets_of(path, 12000) : (packets){0};
    const size_t stops[] = {FM / 2, TRAINED / 2, p.count * 3 / 4, p.count - 1};
    for (size_t k = 0; path && k < 3; k++) {
      nt_model_options o = options_of(profiles[k], NT_ISA_AUTO);
      CU_ASSERT_EQUAL(restarted(&o, NULL, p, stops, 4), 0);
    }
    free(p.at);
  }
}

/* Streams are dropped before, between and after. */
static void a_bounded_extractor_drops_the_same_streams(void) {
  packets p = {calloc(6000, sizeof *p.at), 6000};
  for (size_t i = 0; i < p.count; i++)
    p.at[i] = packets_tcp((double)i * 0.01, packets_draw(40), packets_draw(40),
                          (uint16_t)(1 + packets_draw(9)), (uint16_t)(1 + packets_draw(9)),
                          60 + packets_draw(1400));
  nt_model_options o = options_of(NT_PROFILE_STREAM, NT_ISA_AUTO);
  o.extractor.max_streams = 500;
  const size_t stops[] = {90, 1000, 2500, 4999};
  CU_ASSERT_EQUAL(restarted(&o, NULL, p, stops, 4), 0);
  nt_model *model = new_model(&o, NULL);
  nt_verdict *v = calloc(p.count, sizeof *v);
  nt_model_facts f;
  push(model, p, 0, p.count, v);
  nt_model_facts_of(model, &f);
  CU_ASSERT(f.usage.dropped > 1000); /* else the comparison says nothing */
  nt_model_free(model);
  free(v);
  free(p.at);
}

static void a_given_map_is_kept(void) {
  size_t sizes[] = {50, 50}, features[100];
  for (size_t i = 0; i < 100; i++) features[i] = 99 - i;
  const nt_feature_map map = {
      .autoencoders = 2, .sizes = sizes, .total = 100, .features = features};
  packets p = packets_of_trace();
  nt_model_options o = options_of(NT_PROFILE_STREAM, NT_ISA_AUTO);
  const size_t stops[] = {0, 600, AD - 1, AD, AD + 1};
  CU_ASSERT_EQUAL(restarted(&o, &map, p, stops, 5), 0);
  o.kitnet.ad_grace = 0;
  CU_ASSERT_EQUAL(restarted(&o, &map, p, stops, 2), 0);
  free(p.at);
}

/* AVX2 and AVX512 give the same bits, whichever of them goes on. */
static void another_instruction_set_goes_on(void) {
  if (!runs_here(NT_ISA_AVX512)) return;
  packets p = packets_of_trace();
  nt_model_options o = options_of(NT_PROFILE_STREAM, NT_ISA_AVX2);
  nt_verdict *whole = calloc(p.count, sizeof *whole), *parts = calloc(p.count, sizeof *parts);
  nt_model *model = new_model(&o, NULL);
  push(model, p, 0, p.count, whole);
  nt_model_free(model);
  model = new_model(&o, NULL);
  size_t at = 0;
  for (size_t i = 0; i < 3; i++) {
    static const size_t stops[] = {60, 800, 1500};
    nt_error err;
    push(model, p, at, stops[i], parts);
    at = stops[i];
    CHECK_OK(nt_model_save(model, "model.h5", &err), err);
    nt_model_free(model);
    model = nt_model_load_as("model.h5", NULL, &isas[i % 2 ? 1 : 2], &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  }
  push(model, p, at, p.count, parts);
  CU_ASSERT_EQUAL(differences(whole, parts, p.count), 0);
  nt_model_free(model);
  unlink("model.h5");
  free(whole);
  free(parts);
  free(p.at);
}

static void another_tail_gives_another_threshold(void) {
  packets p = packets_of_trace();
  nt_model_options o = options_of(NT_PROFILE_STREAM, NT_ISA_AUTO);
  nt_verdict *v = calloc(p.count, sizeof *v);
  nt_model *model = new_model(&o, NULL), *other;
  nt_error err;
  nt_model_facts a, b;
  push(model, p, 0, p.count, v);
  CHECK_OK(nt_model_save(model, "model.h5", &err), err);
  other = nt_model_load_as("model.h5", &(double){0.1}, NULL, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(other);
  nt_model_facts_of(model, &a);
  nt_model_facts_of(other, &b);
  CU_ASSERT(b.threshold.value < a.threshold.value);
  CU_ASSERT_EQUAL(b.options.tail_probability, 0.1);
  nt_model_free(model);
  nt_model_free(other);
  unlink("model.h5");
  free(v);
  free(p.at);
}

/* What a run saves goes on packet by packet, and names the capture. */
static void a_saved_run_goes_on_packet_by_packet(void) {
  packets p = packets_of_trace();
  nt_model_options o = options_of(NT_PROFILE_PY100, NT_ISA_AUTO);
  nt_run_options run = nt_run_defaults();
  run.input = NT_TEST_DIR "/golden/trace.tsv.gz";
  run.extractor = o.extractor;
  run.kitnet = o.kitnet;
  run.save = "model.h5";
  nt_run_result result;
  nt_error err;
  CHECK_OK(nt_run(&run, &result, &err), err);
  CU_ASSERT_EQUAL(result.phase, NT_PHASE_EXECUTION);
  nt_run_result_done(&result);
  nt_verdict *a = calloc(p.count, sizeof *a), *b = calloc(p.count, sizeof *b);
  nt_model *whole = new_model(&o, NULL), *loaded = nt_model_load("model.h5", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(loaded);
  push(whole, p, 0, p.count, a);
  for (size_t i = 0; i < p.count; i++) p.at[i].time += 100;
  push(whole, p, 0, p.count, a);
  push(loaded, p, 0, p.count, b);
  CU_ASSERT_EQUAL(differences(a, b, p.count), 0);
  nt_model_free(whole);
  nt_model_free(loaded);
  unlink("model.h5");
  free(a);
  free(b);
  free(p.at);
}

/* ---------------------------------------------------------------- files that are no models */

static file_bytes small_file(void) {
  packets p = packets_of_trace();
  nt_model_options o = options_of(NT_PROFILE_STREAM, NT_ISA_AUTO);
  nt_verdict *v = calloc(p.count, sizeof *v);
  nt_model *model = new_model(&o, NULL);
  nt_error err;
  push(model, p, 0, 300, v);
  CHECK_OK(nt_model_save(model, "model.h5", &err), err);
  nt_model_free(model);
  free(v);
  free(p.at);
  return load_bytes("model.h5");
}

/* One line that begins with the file's name. */
static int is_refused(const char *path, nt_status status) {
  nt_error err = {0};
  nt_model *model = nt_model_load(path, &err);
  int fine = !model && err.status == status && strncmp(err.text, path, strlen(path)) == 0 &&
             !strchr(err.text, '\n');
  if (!fine) printf("  %s\n", model ? "it was loaded" : err.text);
  nt_model_free(model);
  return fine;
}

static void damage_is_found(void) {
  file_bytes b = small_file();
  size_t step = b.size / 150;
  for (size_t at = 0; at<b.size; at += at + 100> b.size ? 1 : step) {
    b.data[at] ^= 0x10;
    save_bytes("damaged.h5", b.data, b.size);
    b.data[at] ^= 0x10;
    CU_ASSERT(is_refused("damaged.h5", NT_E_INPUT));
  }
  for (size_t size = 0; size<b.size; size += size + 30> b.size ? 1 : step) {
    save_bytes("damaged.h5", b.data, size);
    CU_ASSERT(is_refused("damaged.h5", NT_E_INPUT));
  }
  free(b.data);
  unlink("damaged.h5");
  unlink("model.h5");
}

static void foreign_files_are_refused(void) {
  nt_error err;
  CU_ASSERT(is_refused("none.h5", NT_E_IO));
  CU_ASSERT(is_refused(".", NT_E_INPUT));
  save_bytes("text", "not a model\n", 12);
  CU_ASSERT(is_refused("text", NT_E_INPUT));
  CHECK_OK(nt_seal_file("text", NULL, &err), err); /* sealed, and no HDF5 */
  CU_ASSERT(is_refused("text", NT_E_INPUT));
  nt_run_options run = nt_run_defaults();
  run.input = NT_TEST_DIR "/golden/trace.tsv.gz";
  run.output = "features.h5";
  run.score = 0;
  nt_run_result result;
  CHECK_OK(nt_run(&run, &result, &err), err);
  nt_run_result_done(&result);
  CU_ASSERT(is_refused("features.h5", NT_E_INPUT));
  unlink("text");
  unlink("features.h5");
}

/* Takes the seal off, sets an attribute, and seals the file again. */
static void forge(const char *object, const char *attribute, int64_t value) {
  file_bytes b = load_bytes("model.h5");
  save_bytes("forged.h5", b.data, b.size - 24);
  free(b.data);
  nt_error err;
  hid_t file = H5Fopen("forged.h5", H5F_ACC_RDWR, H5P_DEFAULT);
  hid_t id = H5Oopen(file, object, H5P_DEFAULT), a = H5Aopen(id, attribute, H5P_DEFAULT);
  CU_ASSERT(H5Awrite(a, H5T_NATIVE_INT64, &value) >= 0);
  H5Aclose(a);
  H5Oclose(id);
  H5Fclose(file);
  CHECK_OK(nt_seal_file("forged.h5", NULL, &err), err);
}

static void another_version_is_told(void) {
  file_bytes b = small_file();
  free(b.data);
  nt_error err;
  forge("/", "model_format", 99);
  CU_ASSERT_PTR_NULL(nt_model_load("forged.h5", &err));
  CU_ASSERT_STRING_EQUAL(err.text,
                         "forged.h5: is a model of format 99: this version of ninetails reads 1");
  forge("/parameters", "max_autoencoder", 0);
  CU_ASSERT(is_refused("forged.h5", NT_E_INPUT));
  forge("/parameters", "width", 99);
  CU_ASSERT(is_refused("forged.h5", NT_E_INPUT));
  forge("/parameters", "fm_grace", 1000000); /* then it would be learning the map */
  CU_ASSERT(is_refused("forged.h5", NT_E_INPUT));
  unlink("forged.h5");
  unlink("model.h5");
}

/* ---------------------------------------------------------------- saves that are stopped */

static nt_model *to_save;
static int save_it(void) {
  nt_error err;
  return nt_model_save(to_save, "model.h5", &err) != NT_OK;
}
static int save_fails(void) {
  return !save_it();
}

static uint64_t packets_in_file(void) {
  nt_error err;
  nt_model_facts f = {0};
  nt_model *model = nt_model_load("model.h5", &err);
  if (!model) printf("  %s\n", err.text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  nt_model_facts_of(model, &f);
  nt_model_free(model);
  return f.packets;
}

static void a_full_disk_leaves_the_old_file(void) {
  file_bytes old = small_file();
  packets p = packets_of_trace();
  nt_verdict v;
  nt_error err;
  to_save = nt_model_load("model.h5", &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(to_save);
  CHECK_OK(nt_model_push(to_save, &p.at[300], &v, &err), err);
  for (size_t limit = 0; limit < old.size; limit += old.size / 20) {
    CU_ASSERT(holds_on_full_disk(save_fails, limit));
    CU_ASSERT(same_file("model.h5", old));
    CU_ASSERT_EQUAL(count_files(), 1);
  }
  nt_model_free(to_save);
  free(old.data);
  free(p.at);
  unlink("model.h5");
}

/* A child saves two models in turn, again and again, and tells before each; it is killed once it
 * has told so often. */
static void save_in_turn(nt_model *const *models, int pipe_end) {
  for (int i = 0;; i++) {
    to_save = models[i % 2];
    if (write(pipe_end, "s", 1) != 1 || save_it()) _exit(1);
  }
}

static void a_killed_save_leaves_a_whole_file(void) {
  file_bytes old = small_file();
  packets p = packets_of_trace();
  nt_verdict v;
  nt_error err;
  nt_model *models[2] = {nt_model_load("model.h5", &err), nt_model_load("model.h5", &err)};
  CU_ASSERT_FATAL(models[0] && models[1]);
  CHECK_OK(nt_model_push(models[1], &p.at[300], &v, &err), err);
  int seen[2] = {0};
  fflush(NULL);
  for (int kills = 0; kills < 30; kills++) {
    int ends[2];
    char told;
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) save_in_turn(models, ends[1]);
    close(ends[1]);
    for (int i = 0; i <= 1 + kills % 4; i++) CU_ASSERT_EQUAL(read(ends[0], &told, 1), 1);
    kill(child, SIGKILL);
    int status;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    close(ends[0]);
    uint64_t taken = packets_in_file();
    CU_ASSERT(taken == 300 || taken == 301);
    seen[taken == 301]++;
  }
  CU_ASSERT(seen[0] > 0 && seen[1] > 0);
  to_save = models[0];
  CU_ASSERT_EQUAL(save_it(), 0);
  CU_ASSERT_EQUAL(count_files(), 1); /* what was left half-written has gone */
  CU_ASSERT(packets_in_file() == 300);
  nt_model_free(models[0]);
  nt_model_free(models[1]);
  free(old.data);
  free(p.at);
  unlink("model.h5");
}

static const check_case cases[] = {
    {"a restart goes on bit for bit at every phase", a_restart_goes_on_bit_for_bit_at_every_phase},
    {"a restart goes on bit for bit on captures [outside]",
     a_restart_goes_on_bit_for_bit_on_captures},
    {"a bounded extractor drops the same streams", a_bounded_extractor_drops_the_same_streams},
    {"a given map is kept", a_given_map_is_kept},
    {"another instruction set goes on", another_instruction_set_goes_on},
    {"another tail gives another threshold", another_tail_gives_another_threshold},
    {"a saved run goes on packet by packet", a_saved_run_goes_on_packet_by_packet},
    {"damage is found", damage_is_found},
    {"foreign files are refused", foreign_files_are_refused},
    {"another version is told", another_version_is_told},
    {"a full disk leaves the old file", a_full_disk_leaves_the_old_file},
    {"a killed save leaves a whole file", a_killed_save_leaves_a_whole_file},
};

int main(void) {
  char directory[] = "/tmp/ninetails-model-XXXXXX";
  if (!mkdtemp(directory) || chdir(directory) != 0) return 2;
  int result = check_main("model file", cases, sizeof cases / sizeof *cases);
  int left = count_files();
  if (left) printf("%d files were left in %s\n", left, directory);
  remove_files();
  return left || rmdir(directory) != 0 ? 1 : result;
}
