/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ground/flag.h"
#include "ground/temporary.h"
#include "sweep/cache/cache.h"
#include "sweep/cache/lease.h"
#include "sweep_plans.h"

static char directory[] = "/tmp/ninetails-sweep-XXXXXX";

/* A detector that fails when its parameter says so. */
static const nt_parameter brittle_parameters[] = {{.name = "fails_at",
                                                   .type = NT_PARAMETER_INTEGER,
                                                   .unit = "packets",
                                                   .help = "the packet at which it fails",
                                                   .preset = 0,
                                                   .least = 0,
                                                   .most = 1e9}};
static void *brittle_create(const nt_detector_setting *setting, const nt_value *values,
                            nt_error *err) {
  (void)setting;
  double *state = malloc(sizeof *state);
  if (!state) nt_fail(err, NT_E_MEMORY, "out of memory");
  if (state) *state = values[0].number;
  return state;
}
static nt_status brittle_learn(void *detector, const nt_rows *rows, double *training,
                               nt_error *err) {
  (void)detector, (void)err;
  for (size_t i = 0; i < rows->count; i++) training[i] = NAN;
  return NT_OK;
}
static nt_status brittle_score(void *detector, const nt_rows *rows, double *scores, nt_error *err) {
  double at = *(double *)detector;
  for (size_t i = 0; i < rows->count; i++) {
    if (at && (double)(rows->first + i) >= at)
      return nt_fail(err, NT_E_INPUT, "it broke at packet %llu",
                     (unsigned long long)(rows->first + i));
    scores[i] = rows->sizes[i];
  }
  return NT_OK;
}
static const nt_detector_class brittle = {.name = "brittle",
                                          .title = "Brittle",
                                          .source = "this test",
                                          .cost = "none",
                                          .flags = NT_DETECTOR_FROZEN | NT_DETECTOR_SIZES,
                                          .parameters = brittle_parameters,
                                          .parameter_count = 1,
                                          .create = brittle_create,
                                          .learn = brittle_learn,
                                          .score = brittle_score,
                                          .free = free};

/* ---------------------------------------------------------------- tests */

static void inputs_are_made(void) {
  write_capture("in.pcap");
  write_labels("in.labels", PACKETS);
  write_labels("in.short", PACKETS - 1);
  CU_ASSERT_EQUAL(access("in.pcap", R_OK), 0);
}

/* Run 0 of the plan equals nt_run with the same parameters. */
static void scores_are_those_of_a_single_run(void) {
  plan p;
  nt_error err = {0};
  small_plan(&p, "single.runs");
  p.options.output = "single.h5";
  nt_sweep_outcome outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.done, RUNS);
  nt_run_options options = nt_run_defaults();
  options.input = "in.pcap";
  options.labels = "in.labels";
  options.kitnet.fm_grace = 500;
  options.kitnet.ad_grace = 3000;
  nt_run_result result;
  CHECK_OK(nt_run(&options, &result, &err), err);
  nt_table table;
  nt_run_arrays arrays;
  CHECK_OK(nt_table_read("single.h5", &table, &err), err);
  CU_ASSERT_EQUAL_FATAL(table.rows, RUNS);
  CHECK_OK(nt_result_run("single.h5", text_of(&table, "run", 0), &arrays, &err), err);
  CU_ASSERT_EQUAL_FATAL(arrays.count, PACKETS - 3501);
  CU_ASSERT_EQUAL(arrays.first, 3501);
  CU_ASSERT_EQUAL(memcmp(arrays.scores, result.scores + 3501, arrays.count * sizeof(double)), 0);
  CU_ASSERT_EQUAL(number_of(&table, "auc", 0), result.summary.auc);
  CU_ASSERT_EQUAL(number_of(&table, "threshold", 0), result.summary.threshold.value);
  CU_ASSERT_EQUAL(number_of(&table, "attacks", 0), (double)result.summary.attacks);
  nt_run_arrays_done(&arrays);
  nt_table_done(&table);
  nt_run_result_done(&result);
}

static void threads_change_no_bit(void) {
  static const int jobs[] = {1, 2, 5};
  static const char *const outputs[] = {"jobs1.h5", "jobs2.h5", "jobs5.h5"};
  for (size_t i = 0; i < 3; i++) {
    plan p;
    small_plan(&p, "jobs.runs");
    p.options.cache = "jobs.cache";
    p.options.jobs = jobs[i];
    p.options.output = outputs[i];
    nt_sweep_outcome outcome = run_plan(&p);
    CU_ASSERT_EQUAL(outcome.done, RUNS);
    empty("jobs.cache jobs.runs");
  }
  check_same("jobs1.h5", "jobs2.h5");
  check_same("jobs1.h5", "jobs5.h5");
}

static void what_is_there_is_not_done_again(void) {
  plan p;
  small_plan(&p, "again.runs");
  nt_sweep_outcome outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.done, RUNS);
  CU_ASSERT_EQUAL(outcome.rate, 0); /* scores come from the cache: no row reaches a detector */
  outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.kept, RUNS);
  CU_ASSERT_EQUAL(outcome.done, 0);
  /* Another protocol gives new runs and computes no new score. */
  p.options.measures.protocol.fold_auc = 1;
  outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.done, RUNS);
  CU_ASSERT_EQUAL(outcome.rate, 0);
  /* `fresh` computes everything again. */
  p.options.fresh = 1;
  outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.done, RUNS);
  CU_ASSERT(outcome.rate > 0);
}

static void a_failed_run_is_a_record_and_the_others_go_on(void) {
  plan p;
  nt_table table;
  nt_error err = {0};
  nt_value fails = {.number = 8000}, works = {.number = 0};
  small_plan(&p, "failed.runs");
  p.options.output = "failed.h5";
  p.runs[1].kind = p.runs[2].kind = &brittle;
  p.runs[1].values = &fails;
  p.runs[2].values = &works;
  p.runs[3].ad_grace = PACKETS;
  nt_sweep_outcome outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.done, RUNS - 2);
  CU_ASSERT_EQUAL(outcome.failed, 2);
  CHECK_OK(nt_table_read("failed.h5", &table, &err), err);
  CU_ASSERT_EQUAL_FATAL(table.rows, RUNS);
  CU_ASSERT_STRING_EQUAL(text_of(&table, "status", 0), "done");
  CU_ASSERT_STRING_EQUAL(text_of(&table, "status", 1), "failed");
  CU_ASSERT_STRING_EQUAL(text_of(&table, "reason", 1), "it broke at packet 8000");
  CU_ASSERT_STRING_EQUAL(text_of(&table, "status", 2), "done");
  CU_ASSERT_PTR_NOT_NULL(strstr(text_of(&table, "reason", 3), "none is left to score"));
  CU_ASSERT(isnan(number_of(&table, "auc", 1)));
  nt_table_done(&table);
  /* A failed run is repeated only on request. */
  outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.kept, RUNS - 2);
  CU_ASSERT_EQUAL(outcome.failed, 2);
  p.options.retry = 1;
  p.runs[3].ad_grace = 3000;
  outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.failed, 1);
  CU_ASSERT_EQUAL(outcome.done, 1);
}

static void inputs_that_do_not_fit_say_so(void) {
  plan p;
  nt_error err = {0};
  nt_table table;
  small_plan(&p, "unfit.runs");
  p.options.output = "unfit.h5";
  p.inputs[0].labels = p.inputs[1].labels = "in.short";
  nt_sweep_outcome outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.failed, RUNS);
  CHECK_OK(nt_table_read("unfit.h5", &table, &err), err);
  CU_ASSERT_PTR_NOT_NULL(strstr(text_of(&table, "reason", 0), "9000"));
  CU_ASSERT_PTR_NOT_NULL(strstr(text_of(&table, "reason", 0), "9001"));
  nt_table_done(&table);
  p.inputs[0].capture = "nothing.pcap";
  CU_ASSERT_EQUAL(execute(&p, &outcome, &err), NT_E_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "nothing.pcap"));
  small_plan(&p, "unfit.runs");
  p.values[2][2].number = 1.5;
  CU_ASSERT_EQUAL(execute(&p, &outcome, &err), NT_E_ARGUMENT);
  CU_ASSERT_STRING_EQUAL(err.text, "run 3 (kitnet on small): hidden_ratio = 1.5: expected a number "
                                   "more than 0 and at most 1");
  small_plan(&p, "unfit.runs");
  p.options.output = "unfit.h5";
  p.options.memory = 20000;
  p.options.cache = "unfit.cache";
  p.options.retry = 1;
  outcome = run_plan(&p);
  CU_ASSERT_EQUAL(outcome.failed, RUNS);
  CHECK_OK(nt_table_read("unfit.h5", &table, &err), err);
  CU_ASSERT_PTR_NOT_NULL(
      strstr(text_of(&table, "reason", 0), "in.pcap: the streams of its addresses"));
  nt_table_done(&table);
}

static volatile sig_atomic_t cancelled;
static void cancel_soon(void *context, const nt_sweep_progress *progress) {
  size_t *seen = context;
  if (progress->done >= 1 || ++*seen > 3) nt_flag_set(&cancelled, 1);
}

static void what_was_cut_off_is_completed(void) {
  plan p;
  size_t seen = 0, kept = 0, rounds = 0;
  small_plan(&p, "cut.runs");
  p.options.cache = "cut.cache";
  p.options.jobs = 1;
  p.options.cancel = &cancelled;
  p.options.progress = cancel_soon;
  p.options.progress_context = &seen;
  p.options.output = "cut.h5";
  for (nt_sweep_outcome outcome = {0}; outcome.kept < RUNS && rounds < 200; rounds++) {
    cancelled = 0;
    seen = 0;
    outcome = run_plan(&p);
    CU_ASSERT(outcome.kept >= kept); /* no finished run is lost */
    kept = outcome.kept + outcome.done;
    CU_ASSERT_EQUAL(outcome.kept + outcome.done + outcome.missing, RUNS);
  }
  CU_ASSERT_EQUAL(kept, RUNS);
  check_same("cut.h5", "single.h5");
}

/* One of two processes: `sweep_test share N FD`, a program of its own, since
 * threads do not survive a fork. */
static int share(const char *output, int to) {
  plan p;
  nt_error err;
  nt_sweep_outcome outcome = {0};
  small_plan(&p, "shared.runs");
  p.options.cache = "shared.cache";
  p.options.jobs = 1;
  p.options.output = output;
  nt_status status = execute(&p, &outcome, &err);
  const size_t counts[] = {outcome.done, outcome.kept, (size_t)status};
  return write(to, counts, sizeof counts) != sizeof counts;
}

/* Two processes share the work: nothing is computed twice, and both have the whole result. */
static void processes_share_the_work(void) {
  static const char *const outputs[] = {"shared0.h5", "shared1.h5"};
  int ends[2];
  char fd[16];
  CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
  snprintf(fd, sizeof fd, "%d", ends[1]);
  pid_t children[2];
  for (int i = 0; i < 2; i++)
    if ((children[i] = fork()) == 0) {
      execl("/proc/self/exe", "sweep_test", "share", outputs[i], fd, (char *)NULL);
      _exit(127);
    }
  close(ends[1]);
  size_t sum = 0, counts[3];
  for (int i = 0; i < 2; i++) {
    CU_ASSERT_EQUAL_FATAL(read(ends[0], counts, sizeof counts), sizeof counts);
    CU_ASSERT_EQUAL(counts[2], NT_OK);
    CU_ASSERT_EQUAL(counts[0] + counts[1], RUNS);
    sum += counts[0];
  }
  CU_ASSERT_EQUAL(sum, RUNS);
  for (int i = 0; i < 2; i++) CU_ASSERT_EQUAL(waitpid(children[i], NULL, 0), children[i]);
  check_same("shared0.h5", "shared1.h5");
  check_same("shared0.h5", "single.h5");
}

/* Takes the lease; whether that succeeds. */
static int take(const char *key, nt_lease *lease) {
  nt_error err = {0};
  CHECK_OK(nt_lease_take("leases", key, lease, &err), err);
  return lease->held != 0;
}

/* Another process's lease, last touched `ago` seconds before now. */
static void write_lease(const char *key, const char *owner, double ago) {
  char path[64];
  struct timespec now;
  snprintf(path, sizeof path, "leases/%s.lease", key);
  FILE *f = fopen(path, "w");
  fputs(owner, f);
  fclose(f);
  clock_gettime(CLOCK_REALTIME, &now);
  const struct timespec at = {.tv_sec = now.tv_sec - (time_t)ago, .tv_nsec = now.tv_nsec};
  const struct timespec both[2] = {at, at};
  utimensat(AT_FDCWD, path, both, 0);
}

/* Leases of another machine, and of this one in another boot. */
static const char elsewhere[] = "other 01234567-0123456789ab-1\n";

static void leases_have_one_holder(void) {
  nt_lease a = {0}, again = {0}, b = {0};
  nt_error err = {0};
  mkdir("leases", 0777);
  CU_ASSERT(take("a", &a));
  CU_ASSERT(!take("a", &again)); /* a lease is not taken twice, not even by its holder */
  nt_lease_remove_stale("leases");
  CU_ASSERT_EQUAL(access("leases/a.lease", F_OK), 0);
  nt_lease_give_back("leases", "a", &a);
  CU_ASSERT_NOT_EQUAL(access("leases/a.lease", F_OK), 0);
  /* A dead process's lease is void at once. */
  pid_t child = fork();
  if (child == 0) _exit(nt_lease_take("leases", "b", &b, NULL) != NT_OK);
  waitpid(child, NULL, 0);
  CU_ASSERT_EQUAL(access("leases/b.lease", F_OK), 0);
  CU_ASSERT(take("b", &b));
  /* Empty and cut leases, of a process killed while it wrote or of a full disk. */
  nt_lease cut = {0};
  write_lease("d", "host", 0);
  CU_ASSERT(take("d", &cut));
  nt_lease_give_back("leases", "d", &cut);
  nt_lease none = {0};
  CU_ASSERT_EQUAL(nt_lease_take("leases/none", "c", &none, &err), NT_E_IO);
  /* Void leases are removed, others stay. */
  write_lease("c", elsewhere, 3600);
  nt_lease_remove_stale("leases");
  CU_ASSERT_NOT_EQUAL(access("leases/c.lease", F_OK), 0);
  CU_ASSERT_EQUAL(access("leases/b.lease", F_OK), 0);
  nt_lease_give_back("leases", "b", &b);
}

static void leases_of_other_machines_are_watched(void) {
  nt_lease lease = {0};
  mkdir("leases", 0777);
  write_lease("e", elsewhere, 1);
  CU_ASSERT(!take("e", &lease));
  write_lease("e", elsewhere, NT_LEASE_STALE + 5);
  CU_ASSERT(take("e", &lease));
  nt_lease_give_back("leases", "e", &lease);
  /* Times in the future, of clocks that differ: the age says nothing, and a lease is void once it
   * has not changed while somebody watched. */
  write_lease("f", elsewhere, -86400);
  CU_ASSERT(!take("f", &lease));
  lease.since -= NT_LEASE_STALE / 2;
  CU_ASSERT(!take("f", &lease));
  write_lease("f", elsewhere, -86405); /* touched again: its holder lives */
  CU_ASSERT(!take("f", &lease));
  lease.since -= NT_LEASE_STALE / 2;
  CU_ASSERT(!take("f", &lease));
  lease.since -= NT_LEASE_STALE / 2 + 1;
  CU_ASSERT(take("f", &lease));
  nt_lease_give_back("leases", "f", &lease);
  /* A dead process of this machine is recognised at once, whatever the clock. */
  char self[NT_ORIGIN_TEXT], owner[128];
  nt_origin_self("leases", self);
  snprintf(owner, sizeof owner, "here %s\n", self);
  write_lease("g", owner, -86400);
  CU_ASSERT(take("g", &lease));
  /* Who has lost a lease does not release the next holder's. */
  nt_lease lost = lease, next = {0};
  CU_ASSERT_EQUAL(rename("leases/g.lease", "leases/old"), 0);
  CU_ASSERT(take("g", &next));
  nt_lease_give_back("leases", "g", &lost);
  CU_ASSERT_EQUAL(access("leases/g.lease", F_OK), 0);
  nt_lease_give_back("leases", "g", &next);
  CU_ASSERT_NOT_EQUAL(access("leases/g.lease", F_OK), 0);
}

static void the_cache_is_pruned_by_use(void) {
  plan p;
  small_plan(&p, "prune.runs");
  p.options.cache = "prune.cache";
  CU_ASSERT_EQUAL(run_plan(&p).done, RUNS);
  nt_cache_entry *entries;
  size_t count, removed;
  uint64_t bytes, total = 0;
  nt_error err = {0};
  CHECK_OK(nt_cache_list("prune.cache", &entries, &count, &err), err);
  CU_ASSERT_EQUAL(count, 2 + 2 + RUNS); /* features, correlations, scores */
  for (size_t i = 0; i < count; i++) total += entries[i].bytes;
  for (size_t i = 1; i < count; i++) CU_ASSERT(entries[i - 1].used <= entries[i].used);
  CHECK_OK(nt_cache_prune("prune.cache", total - 1, INFINITY, &removed, &bytes, &err), err);
  CU_ASSERT_EQUAL(removed, 1);
  CU_ASSERT_EQUAL(bytes, entries[0].bytes);
  CU_ASSERT(!nt_cache_has("prune.cache", entries[0].kind, entries[0].key));
  free(entries);
  /* A limit below what the sweep itself uses removes none of that. */
  empty("prune.runs");
  p.options.cache_limit = 1;
  CU_ASSERT_EQUAL(run_plan(&p).done, RUNS);
  CHECK_OK(nt_cache_list("prune.cache", &entries, &count, &err), err);
  CU_ASSERT(count > 0);
  free(entries);
  CHECK_OK(nt_cache_list("no.cache", &entries, &count, &err), err);
  CU_ASSERT_EQUAL(count, 0);
  free(entries);
}

static void a_folder_that_cannot_be_written_is_told_at_once(void) {
  plan p;
  nt_error err = {0};
  nt_sweep_outcome outcome;
  small_plan(&p, "in.pcap/runs");
  CU_ASSERT_EQUAL(execute(&p, &outcome, &err), NT_E_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "in.pcap/runs"));
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "share") == 0) return share(argv[2], atoi(argv[3]));
  static const check_case cases[] = {
      {"inputs are made", inputs_are_made},
      {"scores are those of a single run", scores_are_those_of_a_single_run},
      {"threads change no bit", threads_change_no_bit},
      {"what is there is not done again", what_is_there_is_not_done_again},
      {"a failed run is a record, and the others go on",
       a_failed_run_is_a_record_and_the_others_go_on},
      {"inputs that do not fit say so", inputs_that_do_not_fit_say_so},
      {"what was cut off is completed", what_was_cut_off_is_completed},
      {"processes share the work", processes_share_the_work},
      {"leases have one holder", leases_have_one_holder},
      {"leases of other machines are watched", leases_of_other_machines_are_watched},
      {"the cache is pruned by use", the_cache_is_pruned_by_use},
      {"a folder that cannot be written is told at once",
       a_folder_that_cannot_be_written_is_told_at_once},
  };
  if (!mkdtemp(directory) || chdir(directory) != 0) return 2;
  int failed = check_main("sweep", cases, sizeof cases / sizeof *cases);
  char command[256];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  return system(command) != 0 || failed;
}
