/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every parameter is part of a key: changing it changes the key. */
#include <stdlib.h>
#include <unistd.h>

#include "ground/checksum.h"
#include "sweep/graph.h"
#include "synthesiser/behaviours.h"
#include "synthesiser/scenario.h"

#include "scenario_text.h"
#include "sweep_plans.h"

/* A plan of one run, whose values the tests change in place. */
typedef struct single {
  nt_sweep_options options;
  nt_sweep_input input;
  nt_sweep_run run;
  nt_value values[64];
} single;

typedef struct keys {
  char features[NT_KEY_TEXT], scores[NT_KEY_TEXT], run[NT_KEY_TEXT];
} keys;

static single begin(const nt_detector_class *class) {
  single s = {.input = {.name = "small",
                        .capture = "in.pcap",
                        .labels = "in.labels",
                        .extracted = 1,
                        .profile = NT_PROFILE_STREAM}};
  nt_parameter_fill(nt_sweep_parameters, NT_SWEEP_PARAMETERS, &s.options);
  nt_parameter_fill(nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, &s.run);
  nt_parameter_presets(class->parameters, class->parameter_count, s.values);
  s.options.folder = "runs";
  s.options.cache = "cache";
  s.options.measures = nt_measure_defaults();
  s.run.kind = class;
  return s;
}

static keys keys_of(single *s) {
  nt_error err = {0};
  keys k = {"", "", ""};
  s->run.values = s->values;
  nt_sweep *sweep = nt_sweep_new(&s->options, &s->input, 1, &s->run, 1, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(sweep);
  memcpy(k.features, sweep->inputs[0].key, sizeof k.features);
  memcpy(k.scores, sweep->jobs[0].key, sizeof k.scores);
  memcpy(k.run, sweep->runs[0].key, sizeof k.run);
  nt_sweep_free(sweep);
  return k;
}

/* Another value within the range. */
static nt_value flipped(const nt_parameter *p, nt_value value) {
  const double candidates[] = {1 - value.number, value.number + 1, value.number / 2,
                               value.number - 1, value.number * 2, p->most / 2};
  if (p->type == NT_PARAMETER_TEXT) return (nt_value){.text = "another"};
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
    nt_value other = {.number = candidates[i]};
    if (other.number != value.number && nt_parameter_check(p, &other, NULL) == NT_OK) return other;
  }
  CU_FAIL("no other value is within the range");
  printf("  %s\n", p->name);
  return value;
}

#define DIFFERS(a, b, part) (strcmp((a).part, (b).part) != 0)

static void expect(const char *what, int differs, int expected) {
  CU_ASSERT_EQUAL(differs, expected);
  if (differs != expected) printf("  %s: the key is %s\n", what, differs ? "another" : "the same");
}

static void parameters_of_detectors(void) {
  for (size_t d = 0; nt_detectors[d]; d++) {
    const nt_detector_class *class = nt_detectors[d];
    single s = begin(class);
    keys before = keys_of(&s);
    for (size_t i = 0; i < class->parameter_count; i++) {
      nt_value kept = s.values[i];
      s.values[i] = flipped(&class->parameters[i], kept);
      keys after = keys_of(&s);
      expect(class->parameters[i].name, DIFFERS(before, after, scores), 1);
      expect(class->parameters[i].name, DIFFERS(before, after, run), 1);
      s.values[i] = kept;
    }
  }
}

/* Every row of a table, of a struct that is a part of the plan. */
static void flip_all(single *s, const nt_parameter *rows, size_t count, void *options,
                     int scores_too) {
  keys before = keys_of(s);
  for (size_t i = 0; i < count; i++) {
    const nt_parameter *p = &rows[i];
    nt_value kept = nt_parameter_get(p, options);
    if (p->type == NT_PARAMETER_TEXT) continue; /* folders hold the keys and are no part of them */
    nt_parameter_put(p, flipped(p, kept), options);
    keys after = keys_of(s);
    expect(p->name, DIFFERS(before, after, run), !p->unkeyed);
    expect(p->name, DIFFERS(before, after, scores), scores_too && !p->unkeyed);
    nt_parameter_put(p, kept, options);
  }
}

static void what_metrics_are_told(void) {
  single s = begin(nt_detectors[0]);
  flip_all(&s, nt_measure_parameters, NT_MEASURE_PARAMETERS, &s.options.measures, 0);
}

static void what_a_sweep_is_told(void) {
  single s = begin(nt_detectors[0]);
  flip_all(&s, nt_sweep_parameters, NT_SWEEP_PARAMETERS, &s.options, 0);
}

static void what_a_run_is_told(void) {
  single s = begin(nt_detectors[0]);
  CU_ASSERT(nt_detectors[0]->flags & NT_DETECTOR_SEEDED);
  flip_all(&s, &nt_sweep_run_parameters[NT_SWEEP_SEED], NT_SWEEP_RUN_PARAMETERS - NT_SWEEP_SEED,
           &s.run, 1);
  flip_all(&s, &nt_sweep_run_parameters[NT_SWEEP_REPLICATE], 1, &s.run, 0);
}

/* Scores of a detector without random numbers are computed once for all seeds. */
static void seeds_of_what_has_none(void) {
  single s = begin(nt_detector_find("mahalanobis", NULL));
  flip_all(&s, &nt_sweep_run_parameters[NT_SWEEP_SEED], 1, &s.run, 0);
}

static void what_inputs_are_told(void) {
  single s = begin(nt_detectors[0]);
  keys before = keys_of(&s), after;
  s.input.profile = NT_PROFILE_CSV115;
  after = keys_of(&s);
  expect("profile", DIFFERS(before, after, features), 1);
  expect("profile", DIFFERS(before, after, scores), 1);
  s.input.extracted = 0;
  after = keys_of(&s);
  expect("rows", DIFFERS(before, after, features), 1);
  s = begin(nt_detectors[0]);
  s.input.labels = NULL;
  after = keys_of(&s);
  expect("labels", DIFFERS(before, after, scores), 0);
  expect("labels", DIFFERS(before, after, run), 1);
}

/* ---------------------------------------------------------------- scenarios */

/* A synthetic capture's key is that of its bytes and labels: changing any value of its scenario
 * changes the key, or is refused by name where it contradicts the others. */

/* The settings of each behaviour: each of its parameters matters in at least one line. */
static const struct {
  const char *behaviour, *activity;
} told[] = {
    {"dialogue", "from: 'pc', to: 'web', port: 80, loss: 0.1, window: 4, lines: ["
                 " {sender: 'client', text: 'GET'}, {sender: 'server', body: 30000, fill: 'text'},"
                 " {repeat_times: 2, lines: [{sender: 'client', text: 'x'}]}]"},
    {"dialogue", "from: 'pc', to: 'web', port: 443, attack: true, begin: 0.1, share: 0.2, lines: ["
                 " {sender: 'client', tls: 'client_hello', sni: 'a.example', mutate: 0.5},"
                 " {sender: 'server', tls: 'server_hello_12'}]"},
    {"ping", "from: 'pc', to: 'web', diurnal: true"},
    {"udp", "from: 'pc', to: 'web', port: 99, protocol: 'random', answered: true"},
    {"udp", "from: 'pc', to: 'web', port: 99, protocol: 'text', text: 'a', reply: 'b',"
            " answered: true"},
    {"udp", "from: 'pc', to: 'router', port: 53, protocol: 'dns', names: 'a.example'"},
    {"udp", "from: 'pc', to: 'group', port: 1900, protocol: 'text', text: 'a', reply: 'b',"
            " answered: true, responders: ['camera']"},
    {"rtp", "from: 'camera', to: 'recorder', source_port: 5000, target_port: 6000,"
            " motion: {law: 'uniform', min: 0.5, max: 2}, motion_for: 0.2, report: 0.5, gop: 5"},
    {"arp", "from: 'pc', to: 'router'"},
    {"neighbour", "from: 'pc', to: 'router'"},
    {"dhcp", "from: 'pc', to: 'router'"},
    {"arp_sweep", "from: 'attacker', last: 9, sweeps: 2, gap: 0.01"},
    {"scan", "from: 'attacker', targets: ['pc', 'camera'], ports: [22, 80], open: [22]"},
    {"scan", "from: 'attacker', router: 'router', ports: [22, 80], alive: 0.5, listening: 0.5"},
    {"probe", "from: 'attacker', targets: ['pc', 'camera'], open: 22, closed: 23"},
    {"syn_flood", "from: 'attacker', to: 'web', answered: 0.5, reset: 0.5"},
    {"syn_flood", "from: 'attacker', to: 'pc', spoofed: true, router: 'router'"},
    {"ssdp_flood", "from: 'attacker', to: 'pc', reflectors: ['camera', 'recorder'], text: 'a',"
                   " reply: 'b', complaint: 0.01"},
    {"arp_spoof", "from: 'attacker', victims: ['pc', 'camera', 'recorder', 'router'], gap: 1,"
                  " begin: 0.2"},
    {"bridge", "behind: ['pc', 'camera'], begin: 0.2"},
    {"inject", "from: 'attacker', to: 'recorder', camera: 'camera', begin: 0.2,"
               " motion: {law: 'uniform', min: 0.5, max: 2}, motion_for: 0.2, gop: 5"},
};

/* Replacement values for parameters that do not accept any other value of their type. */
static const struct {
  const char *name, *text;
} others[] = {
    {"protocol", "'ntp'"},
    {"begin", "0.5"},
    {"ip", "'10.0.0.77'"},
    {"mac", "'02:00:00:00:00:77'"},
    {"via", "'recorder'"},
    {"behaviour", "'neighbour'"},
    {"sni", "'another.example'"},
    {"ports", "[81]"},
    {"open", "[80]"},
    {"names", "'_another._tcp.local'"},
    {"targets", "['recorder']"},
    {"responders", "['recorder']"},
    {"reflectors", "['router']"},
    {"victims", "['pc', 'recorder']"},
    {"behind", "['recorder']"},
    {"lines", "[{sender: 'client', text: 'another'}, {sender: 'server', text: 'answer'}]"},
    {"diurnal", "[9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]"},
    {"hosts", "[]"},
    {"activities", "[]"},
};

static const char *other_text(const nt_parameter *p) {
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (strcmp(others[i].name, p->name) == 0 &&
        (*others[i].text != '[' || p->type == NT_PARAMETER_COMPOUND))
      return others[i].text;
  if (p->type == NT_PARAMETER_TEXT) return "'another'";
  if (p->type != NT_PARAMETER_COMPOUND || strcmp(p->form, "law") == 0) return NULL;
  return strcmp(p->form, "host") == 0 ? "'recorder'" : "'another'";
}

/* Sets the parameter in `table` to another value; the old value goes
 * last, where nothing finds it. */
static void tell_otherwise(nt_setting *table, const nt_parameter *p) {
  const nt_setting *now = nt_setting_find(table, p->name);
  nt_setting *rest = table->first, *end = table->last;
  table->first = table->last = NULL;
  if (other_text(p)) {
    parse_value(other_text(p), table, p->name);
  } else if (p->type == NT_PARAMETER_FLAG) {
    nt_setting_add_flag(table, p->name, !(now ? now->flag : p->preset != 0));
  } else if (p->type == NT_PARAMETER_CHOICE) {
    const char *other = p->choices[now && strcmp(now->text, p->choices[1]) == 0 ? 0 : 1];
    nt_setting_add_text(table, p->name, other, strlen(other));
  } else {
    nt_parameter plain = *p;
    if (p->type == NT_PARAMETER_COMPOUND) plain.type = NT_PARAMETER_NUMBER; /* a law's constant */
    double number = now && now->kind == NT_SETTING_NUMBER ? now->number : p->preset;
    nt_setting_add_number(table, p->name, flipped(&plain, (nt_value){.number = number}).number);
  }
  table->last->next = rest;
  table->last = end ? end : table->last;
}

/* The key of what a scenario makes; "" if it is refused. */
static void key_of_scenario(const nt_setting *scenario, const char *over, char key[NT_KEY_TEXT]) {
  static const char *const files[] = {"made.pcap", "made.pcap.labels.csv"};
  nt_synthesis what = {.seed = 1, .packets = 1200, .output = files[0], .over = over};
  nt_synthesis_result result;
  nt_error err = {0};
  nt_status status = nt_synthesise(scenario, &what, &result, &err);
  nt_synthesis_done(&result);
  *key = 0;
  if (status == NT_E_ARGUMENT) return;
  if (status != NT_OK) printf("  %s\n", err.text);
  CU_ASSERT_EQUAL_FATAL(status, NT_OK);
  nt_keying keying;
  nt_keying_begin(&keying, "made");
  for (int i = 0; i < 2; i++) {
    char sum[NT_CHECKSUM_TEXT];
    CU_ASSERT_EQUAL_FATAL(nt_checksum_file(files[i], "sha256", 0, sum, NULL, &err), NT_OK);
    nt_keying_text(&keying, sum);
  }
  nt_keying_end(&keying, key);
}

/* The scenario of one line of `told`, beside background traffic that taps can see. */
static nt_setting *scenario_with(size_t line) {
  static char text[8192];
  snprintf(text, sizeof text,
           "{name: 'test', snaplen: 1514, " HOSTS
           "diurnal: [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9],"
           " activities: [{behaviour: '%s', name: 'first', start: 0.1, busy: 0.05, idle: 0.05,"
           " gap: {law: 'exponential', mean: 0.05}, %s, finish: 0.7},"
           " {behaviour: 'rtp', name: 'stream', from: 'camera', to: 'recorder', source_port: 5000,"
           " target_port: 6000}, {behaviour: 'ping', name: 'ping', from: 'pc', to: 'camera',"
           " gap: 0.01}, {behaviour: 'ping', name: 'last', from: 'attacker', to: 'pc', gap: 0.01,"
           " attack: true, begin: 0.9}]}",
           told[line].behaviour, told[line].activity);
  return scenario_of(text);
}

/* "": the scenario; else the nth of its list, or the nth of the `inner` list of its first, NULL if
 * that has none. */
static nt_setting *table_at(nt_setting *scenario, const char *place, const char *inner, int nth) {
  if (!*place) return scenario;
  nt_setting *at = nt_setting_find(scenario, place)->first;
  if (inner && !nt_setting_find(at, inner)) return NULL;
  if (inner) at = nt_setting_find(at, inner)->first;
  for (int i = 0; i < nth && at->next; i++) at = at->next;
  return at;
}

/* Whether changing one row changes the key (2: is refused) in the scenario of a line. */
static int row_matters(size_t line, const char *place, int nth, const char *inner,
                       const nt_parameter *p, const char *over) {
  static char known[sizeof told / sizeof *told][2][NT_KEY_TEXT];
  char *before = known[line][over != NULL], after[NT_KEY_TEXT];
  nt_setting *scenario = scenario_with(line);
  if (!*before) key_of_scenario(scenario, over, before);
  CU_ASSERT(*before);
  nt_setting *table = table_at(scenario, place, inner, nth);
  if (table) tell_otherwise(table, p);
  key_of_scenario(scenario, over, after);
  nt_setting_free(scenario);
  return !*after ? 2 : strcmp(before, after) != 0;
}

/* Rows that cannot change alone, since they contradict others. */
static int may_be_refused(const char *name) {
  static const char *const names[] = {"name",       "behaviour", "hosts",
                                      "activities", "spoofed",   "router"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0) return 1;
  return 0;
}

static void expect_row(const char *of, const nt_parameter *p, int other, int refused) {
  CU_ASSERT(p->help && *p->help);
  CU_ASSERT(p->size > 0);
  int right = p->unkeyed ? !other && !refused : other || (refused && may_be_refused(p->name));
  CU_ASSERT(right);
  if (!right)
    printf("  %s of %s: %s\n", p->name, of, refused ? "refused" : other ? "another" : "the same");
}

static void what_behaviours_are_told(void) {
  for (size_t b = 0; nt_behaviours[b]; b++)
    for (size_t i = 0; i < nt_behaviours[b]->parameter_count; i++) {
      const nt_parameter *p = &nt_behaviours[b]->parameters[i];
      int other = 0, refused = 0;
      for (size_t line = 0; line < sizeof told / sizeof *told && !other; line++) {
        if (strcmp(told[line].behaviour, nt_behaviours[b]->name) != 0) continue;
        int matters = row_matters(line, "activities", 0, NULL, p, NULL);
        other |= matters == 1;
        refused |= matters == 2;
      }
      expect_row(nt_behaviours[b]->name, p, other, refused);
    }
}

/* The rows that every scenario has, in their places: the nth of the list at `place`. */
static void what_scenarios_are_told(void) {
  static const struct {
    const char *place, *inner;
    int count;
  } places[] = {{"", NULL, 1},
                {"hosts", NULL, 7},
                {"activities", NULL, 1},
                {"activities", NULL, 1},
                {"activities", "lines", 3}};
  char key[NT_KEY_TEXT];
  nt_setting *scenario = scenario_with(0);
  key_of_scenario(scenario, NULL, key);
  nt_setting_free(scenario);
  CU_ASSERT_EQUAL_FATAL(rename("made.pcap", "benign.pcap"), 0);
  for (size_t t = 0; nt_scenario_tables[t].title; t++)
    for (size_t i = 0; i < nt_scenario_tables[t].count; i++) {
      const nt_parameter *p = &nt_scenario_tables[t].parameters[i];
      int other = 0, refused = 0;
      for (int n = 0; n < 6 * places[t].count && !other;
           n++) { /* 3 lines, alone and over traffic */
        int matters = row_matters(n % 3, places[t].place, n / 6, places[t].inner, p,
                                  n / 3 % 2 ? "benign.pcap" : NULL);
        other |= matters == 1;
        refused |= matters == 2;
      }
      expect_row(nt_scenario_tables[t].title, p, other, refused);
    }
}

/* ---------------------------------------------------------------- no member without a row */

/* Bytes of a struct that no row names: padding, and what is set by other means. */
static size_t unnamed(const nt_parameter *rows, size_t count, size_t size) {
  unsigned char named[1024] = {0};
  CU_ASSERT_FATAL(size <= sizeof named);
  for (size_t i = 0; i < count; i++) {
    CU_ASSERT_FATAL(rows[i].size > 0 && rows[i].offset + rows[i].size <= size);
    for (size_t b = 0; b < rows[i].size; b++) {
      CU_ASSERT_FALSE(named[rows[i].offset + b]); /* no byte has two rows */
      named[rows[i].offset + b] = 1;
    }
  }
  size_t left = 0;
  for (size_t b = 0; b < size; b++) left += !named[b];
  return left;
}

static void every_member_has_a_row(void) {
  /* Padding: 3 bytes after a bool, 4 after an enum at the end, 4 before a uint64_t. */
  CU_ASSERT_EQUAL(unnamed(nt_measure_parameters, NT_MEASURE_PARAMETERS, sizeof(nt_measure_options)),
                  3);
  CU_ASSERT_EQUAL(unnamed(nt_kitnet_parameters, NT_KITNET_PARAMETERS, sizeof(nt_kitnet_options)),
                  4);
  CU_ASSERT_EQUAL(
      unnamed(nt_extractor_parameters, NT_EXTRACTOR_PARAMETERS, sizeof(nt_extractor_options)), 4);
  /* input, kind, values, code; 4 bytes of padding after the seed */
  CU_ASSERT_EQUAL(unnamed(nt_sweep_run_parameters, NT_SWEEP_RUN_PARAMETERS, sizeof(nt_sweep_run)),
                  sizeof(size_t) + 3 * sizeof(void *) + 4);
}

int main(void) {
  static char directory[] = "/tmp/ninetails-keys-XXXXXX";
  static const check_case cases[] = {
      {"parameters of detectors", parameters_of_detectors},
      {"what metrics are told", what_metrics_are_told},
      {"what a sweep is told", what_a_sweep_is_told},
      {"what a run is told", what_a_run_is_told},
      {"seeds of what has none", seeds_of_what_has_none},
      {"what inputs are told", what_inputs_are_told},
      {"what behaviours are told", what_behaviours_are_told},
      {"what scenarios are told", what_scenarios_are_told},
      {"every member has a row", every_member_has_a_row},
  };
  if (!mkdtemp(directory) || chdir(directory) != 0) return 2;
  write_capture("in.pcap");
  write_labels("in.labels", PACKETS);
  int failed = check_main("keys", cases, sizeof cases / sizeof *cases);
  char command[256];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  return system(command) != 0 || failed;
}
