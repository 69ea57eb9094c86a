/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The synthesiser: the same seed gives the same bytes; counts, labels and checksums are
 * exact; mistakes are refused. */
#include <math.h>
#include <xxhash.h>

#include "synthesiser/chance.h"
#include "synthesiser/synthesiser.h"
#include "check.h"
#include "scenario_text.h"

#define BENIGN                                                                                     \
  "{behaviour: 'rtp', name: 'stream', from: 'camera', to: 'recorder', source_port: 5000,"          \
  " target_port: 6000, p_size: {law: 'lognormal', median: 5000, sigma: 0.5, max: 60000}},"         \
  "{behaviour: 'dialogue', name: 'web', from: 'pc', to: 'web', port: 80, loss: 0.02,"              \
  " gap: {law: 'exponential', mean: 0.2}, lines: ["                                                \
  "  {sender: 'client', text: 'GET / HTTP/1.1~~'},"                                                \
  "  {sender: 'server', text: 'HTTP/1.1 200 OK~Content-Length: %{body}~~', think: 0.01,"           \
  "   body: {law: 'pareto', scale: 3000, shape: 1.2, max: 200000}},"                               \
  "  {repeat_times: 2, lines: [{sender: 'client', body: 200, fill: 'tls'},"                        \
  "   {sender: 'server', body: 20000, fill: 'tls'}]}]},"                                           \
  "{behaviour: 'dialogue', name: 'tls', from: 'pc', to: 'camera', port: 443, closes: 'server',"    \
  " gap: 0.3, lines: [{sender: 'client', tls: 'client_hello', sni: 'a.example'},"                  \
  "  {sender: 'server', tls: 'server_hello_12'}, {sender: 'client', tls: 'client_key_12'}]},"      \
  "{behaviour: 'udp', name: 'dns', from: 'pc', to: 'router', port: 53, protocol: 'dns',"           \
  " names: ['www.example.com', 'example.org'], answered: true, gap: 0.1},"                         \
  "{behaviour: 'udp', name: 'mdns', from: 'pc', to: 'group', port: 5353, client_port: 5353,"       \
  " protocol: 'mdns_announce', names: '_http._tcp.local', ip6: true, gap: 0.7},"                   \
  "{behaviour: 'arp', name: 'arp', from: 'pc', to: 'router', gap: 0.5},"                           \
  "{behaviour: 'neighbour', name: 'ndp', from: 'pc', to: 'router', gap: 0.5},"                     \
  "{behaviour: 'ping', name: 'ping', from: 'pc', to: 'web', gap: 0.4},"                            \
  "{behaviour: 'dhcp', name: 'dhcp', from: 'pc', to: 'router', gap: 2},"

#define SCAN                                                                                       \
  "{behaviour: 'scan', name: 'scan', from: 'attacker', targets: ['camera', 'pc'], top: 50,"        \
  " open: [22], udp_part: 0.2, attack: true, begin: 0.6, share: 0.3, gap: 0.01},"

#define SPOOF                                                                                      \
  "{behaviour: 'arp_spoof', name: 'mitm', from: 'attacker', victims: ['recorder', 'camera'],"      \
  " attack: true, begin: 0.5, gap: 10},"

static const char benign_text[] = "{name: 'test', " HOSTS "activities: [" BENIGN "]}";
static const char scan_text[] = "{name: 'test', " HOSTS "activities: [" BENIGN SCAN "]}";
static const char spoof_text[] = "{name: 'test', " HOSTS "activities: [" BENIGN SPOOF "]}";

/* ---------------------------------------------------------------- files */

static char folder[] = "/tmp/synthesiser_test_XXXXXX";
static const char *path_of(const char *name) {
  static char paths[8][128];
  static int next;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

typedef struct bytes {
  uint8_t *data;
  size_t length;
} bytes;

static bytes slurp(const char *path) {
  bytes b = {NULL, 0};
  FILE *f = fopen(path, "rb");
  if (!f) return b;
  fseek(f, 0, SEEK_END);
  b.length = (size_t)ftell(f);
  rewind(f);
  b.data = malloc(b.length + 1);
  b.length = fread(b.data, 1, b.length, f);
  b.data[b.length] = 0;
  fclose(f);
  return b;
}

static nt_status synthesise(const char *text, uint64_t packets, uint64_t seed, const char *name,
                            const char *over, nt_synthesis_result *result, nt_error *err) {
  nt_setting *scenario = scenario_of(text);
  nt_synthesis what = {.seed = seed, .packets = packets, .output = path_of(name), .over = over};
  nt_status status = nt_synthesise(scenario, &what, result, err);
  result->activity_count = 0; /* names belong to the scenario, which is freed */
  nt_setting_free(scenario);
  return status;
}

/* Runs the scenario and returns the capture's bytes. */
static bytes capture_of(const char *text, uint64_t packets, uint64_t seed, const char *name) {
  nt_synthesis_result r;
  nt_error err = {0};
  CHECK_OK(synthesise(text, packets, seed, name, NULL, &r, &err), err);
  CU_ASSERT_EQUAL(r.packets, packets);
  nt_synthesis_done(&r);
  return slurp(path_of(name));
}

static uint32_t little(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

typedef struct record {
  uint64_t time;
  uint32_t captured, length;
  const uint8_t *header, *data;
} record;

/* Reads the records of a capture; returns their number, 0 when the file is incomplete. */
static size_t records_of(const bytes *file, record *out, size_t max) {
  size_t at = 24, n = 0;
  if (file->length < 24 || little(file->data) != 0xa1b23c4d) return 0;
  while (at + 16 <= file->length && n < max) {
    const uint8_t *h = file->data + at;
    out[n] = (record){little(h) * 1000000000ull + little(h + 4), little(h + 8), little(h + 12), h,
                      h + 16};
    at += 16 + out[n++].captured;
  }
  return at == file->length ? n : 0;
}

/* Reads the labels of a CSV file; -1 where the numbering is broken. */
static long labels_of(const char *path, uint8_t *out, char (*names)[65], long max) {
  bytes file = slurp(path);
  long n = 0;
  char *line = file.data ? strtok((char *)file.data, "\n") : NULL;
  if (!line || strcmp(line, "packet_number,label,activity")) n = -1;
  while (n >= 0 && (line = strtok(NULL, "\n"))) {
    long number;
    int label;
    char name[65];
    if (n == max || sscanf(line, "%ld,%d,%64s", &number, &label, name) != 3 || number != n + 1)
      n = -2;
    else {
      out[n] = (uint8_t)label;
      strcpy(names[n++], name);
    }
  }
  free(file.data);
  return n;
}

/* ---------------------------------------------------------------- tests */

enum { N = 5000 };
static record records[3 * N], others[3 * N];
static uint8_t labels[3 * N];
static char names[3 * N][65];

static void laws_are_what_they_say(void) {
  for (double x = 1e-12; x < 1e12; x *= 1.37)
    CU_ASSERT_DOUBLE_EQUAL(nt_portable_log(x), log(x), 1e-14 * (fabs(log(x)) + 1));
  for (double x = -40; x < 40; x += 0.37)
    CU_ASSERT_DOUBLE_EQUAL(nt_portable_exp(x) / exp(x), 1, 1e-13);
  const struct {
    nt_law law;
    double mean;
  } cases[] = {{{.kind = NT_LAW_UNIFORM, .min = 2, .max = 6}, 4},
               {{.kind = NT_LAW_EXPONENTIAL, .a = 3, .max = 1e9}, 3},
               {{.kind = NT_LAW_LOGNORMAL, .a = 2, .b = 0.5, .max = 1e9}, 2 * 1.1331484530668263},
               {{.kind = NT_LAW_PARETO, .a = 1, .b = 3, .max = 1e9}, 1.5},
               {{.kind = NT_LAW_QUANTILES, .max = 9, .count = 3, .values = {0, 1, 4}}, 1.5}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nt_chance chance;
    nt_chance_seed(&chance, 7, "law", i);
    double sum = 0;
    for (int k = 0; k < 200000; k++) sum += nt_law_draw(&cases[i].law, &chance);
    CU_ASSERT_DOUBLE_EQUAL(sum / 200000 / cases[i].mean, 1, 0.02);
  }
}

/* Golden digest, taken when tshark had found every packet well formed. A change of the synthesiser
 * may change it; machine, compiler and options do not. */
static void the_same_seed_gives_the_same_bytes(void) {
  bytes a = capture_of(scan_text, N, 1, "a.pcap"), b = capture_of(scan_text, N, 1, "b.pcap");
  bytes la = slurp(path_of("a.pcap.labels.csv")), lb = slurp(path_of("b.pcap.labels.csv"));
  CU_ASSERT(a.length == b.length && !memcmp(a.data, b.data, a.length));
  CU_ASSERT(la.length == lb.length && !memcmp(la.data, lb.data, la.length));
  unsigned long long digest = XXH3_64bits(a.data, a.length);
  unsigned long long label_digest = XXH3_64bits(la.data, la.length);
  const unsigned long long golden = 0x03326b37cfcd88a5, label_golden = 0x9cfb9c7e8feece84;
  CU_ASSERT_EQUAL(digest, golden);
  CU_ASSERT_EQUAL(label_digest, label_golden);
  if (digest != golden || label_digest != label_golden)
    printf("  digests 0x%016llx 0x%016llx\n", digest, label_digest);
  free(a.data), free(b.data), free(la.data), free(lb.data);
}

static void seeds_differ(void) {
  bytes a = capture_of(scan_text, N, 1, "a.pcap"), b = capture_of(scan_text, N, 2, "b.pcap");
  size_t n = records_of(&a, records, N), m = records_of(&b, others, N), same_time = 0,
         same_size = 0;
  CU_ASSERT_FATAL(n == N && m == N);
  for (size_t i = 0; i < N; i++) {
    same_time += records[i].time == others[i].time;
    same_size += records[i].length == others[i].length;
  }
  CU_ASSERT(same_time < N / 20);
  CU_ASSERT(same_size < N * 9 / 10);
  free(a.data), free(b.data);
}

static void counts_are_exact_and_times_rise(void) {
  const uint64_t counts[] = {1, 2, 999, N};
  for (size_t k = 0; k < 4; k++) {
    bytes file = capture_of(scan_text, counts[k], 3, "c.pcap");
    CU_ASSERT_EQUAL(records_of(&file, records, N), counts[k]);
    CU_ASSERT_EQUAL(labels_of(path_of("c.pcap.labels.csv"), labels, names, N), (long)counts[k]);
    for (size_t i = 1; i < counts[k]; i++) CU_ASSERT(records[i].time >= records[i - 1].time);
    free(file.data);
  }
}

static void labels_follow_the_attack(void) {
  nt_synthesis_result r;
  nt_error err = {0};
  CHECK_OK(synthesise(scan_text, N, 3, "l.pcap", NULL, &r, &err), err);
  bytes file = slurp(path_of("l.pcap"));
  CU_ASSERT_FATAL(records_of(&file, records, N) == N);
  CU_ASSERT_FATAL(labels_of(path_of("l.pcap.labels.csv"), labels, names, N) == N);
  uint64_t attacks = 0, first = 0;
  static const uint8_t card[6] = {2, 0, 0, 0, 0, 9};
  for (size_t i = 0; i < N; i++) { /* only the scan has the attacker's MAC address */
    int his = !memcmp(records[i].data, card, 6) || !memcmp(records[i].data + 6, card, 6);
    CU_ASSERT_EQUAL(labels[i], his);
    CU_ASSERT_EQUAL(!strcmp(names[i], "scan"), his);
    if (labels[i] && !attacks++) first = i + 1;
  }
  CU_ASSERT_EQUAL(attacks, r.attack_packets);
  CU_ASSERT_EQUAL(first, r.first_attack);
  CU_ASSERT(first >= N * 6 / 10 && first < N * 62 / 100);
  CU_ASSERT_DOUBLE_EQUAL((double)attacks / (0.4 * N), 0.3, 0.06);
  nt_synthesis_done(&r);
  free(file.data);
}

static void an_attack_leaves_what_was_before_it(void) {
  bytes a = capture_of(benign_text, N, 5, "a.pcap"), b = capture_of(scan_text, N, 5, "b.pcap");
  size_t n = records_of(&a, records, N), m = records_of(&b, others, N);
  CU_ASSERT_FATAL(n == N && m == N);
  size_t prefix = (size_t)(records[N * 6 / 10].header - a.data);
  CU_ASSERT(!memcmp(a.data, b.data, prefix));
  free(a.data), free(b.data);
}

static uint32_t sum16(uint32_t sum, const uint8_t *p, size_t n) {
  for (size_t i = 0; i < n; i++) sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
  return sum;
}

static int sums_to_ones(uint32_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

static void checksums_are_valid(void) {
  bytes file = capture_of(scan_text, N, 9, "s.pcap");
  CU_ASSERT_FATAL(records_of(&file, records, N) == N);
  size_t seen[256] = {0}, bad = 0;
  for (size_t i = 0; i < N; i++) {
    const uint8_t *d = records[i].data, *l4;
    CU_ASSERT(records[i].length >= 60 && records[i].length <= 1514);
    uint32_t sum = 0, size, protocol;
    if (d[12] == 8 && d[13] == 0) {
      size = ((uint32_t)d[16] << 8 | d[17]) - 20;
      protocol = d[23];
      l4 = d + 34;
      bad += !sums_to_ones(sum16(0, d + 14, 20));
      if (protocol != 1) sum = sum16(protocol + size, d + 26, 8);
    } else if (d[12] == 0x86 && d[13] == 0xdd) {
      size = (uint32_t)d[18] << 8 | d[19];
      protocol = d[20];
      l4 = d + 54;
      sum = sum16(protocol + size, d + 22, 32);
    } else
      continue;
    seen[protocol]++;
    CU_ASSERT_FATAL((size_t)(l4 - d) + size <= records[i].captured);
    bad += !sums_to_ones(sum16(sum, l4, size));
  }
  CU_ASSERT_EQUAL(bad, 0);
  CU_ASSERT(seen[1] && seen[6] && seen[17] && seen[58]);
  free(file.data);
}

static void frames_are_cut_at_the_snaplen(void) {
  static const char text[] = "{name: 'cut', snaplen: 200, " HOSTS "activities: [" BENIGN "]}";
  bytes file = capture_of(text, 1000, 1, "cut.pcap"),
        full = capture_of(benign_text, 1000, 1, "f.pcap");
  CU_ASSERT_FATAL(records_of(&file, records, N) == 1000 && records_of(&full, others, N) == 1000);
  for (size_t i = 0; i < 1000; i++) {
    CU_ASSERT_EQUAL(records[i].length, others[i].length);
    CU_ASSERT_EQUAL(records[i].captured, others[i].length < 200 ? others[i].length : 200);
    CU_ASSERT(!memcmp(records[i].data, others[i].data, records[i].captured));
  }
  free(file.data), free(full.data);
}

/* The packets labelled 0 are those of the capture, byte for byte, with
 * their times, in their order. */
static void a_capture_stays_as_it_was(void) {
  const char *const texts[] = {scan_text, spoof_text};
  bytes benign = capture_of(benign_text, N, 11, "benign.pcap");
  CU_ASSERT_FATAL(records_of(&benign, others, N) == N);
  for (int k = 0; k < 2; k++) {
    nt_synthesis_result r;
    nt_error err = {0};
    CHECK_OK(synthesise(texts[k], 0, 1, "over.pcap", path_of("benign.pcap"), &r, &err), err);
    bytes over = slurp(path_of("over.pcap"));
    size_t n = records_of(&over, records, 3 * N), at = 0;
    CU_ASSERT_EQUAL(n, r.packets);
    CU_ASSERT(r.attack_packets > 100 && n == N + r.attack_packets);
    CU_ASSERT_FATAL(labels_of(path_of("over.pcap.labels.csv"), labels, names, 3 * N) == (long)n);
    for (size_t i = 0; i < n && at < N; i++) {
      if (labels[i]) continue;
      CU_ASSERT(!memcmp(records[i].header, others[at].header, 16 + others[at].captured));
      at++;
    }
    CU_ASSERT_EQUAL(at, N);
    nt_synthesis_done(&r);
    free(over.data);
  }
  free(benign.data);
}

/* Pings each hour: the second hour asks for four times the first; with bursts two
 * thirds of the time are idle. */
static void gaps_follow_the_day_and_come_in_bursts(void) {
  static const char day[] =
      "{name: 'day', start_hour: 0, diurnal: [1, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, "
      "4, 4,"
      " 4, 4, 4, 4, 4], " HOSTS "activities: [{behaviour: 'ping', name: 'p', from: 'pc', to: 'web',"
      " diurnal: true, gap: {law: 'exponential', mean: 4}}]}";
  bytes file = capture_of(day, N, 1, "day.pcap");
  CU_ASSERT_FATAL(records_of(&file, records, N) == N);
  size_t hours[4] = {0};
  for (size_t i = 0; i < N; i++) {
    uint64_t hour = (records[i].time - records[0].time) / 3600000000000ull;
    if (hour < 4) hours[hour]++;
  }
  CU_ASSERT_DOUBLE_EQUAL((double)hours[0] / (2 * 900 * 2.5), 1, 0.06); /* 1 to 4, linear */
  free(file.data);
  static const char bursts[] =
      "{name: 'bursts', " HOSTS "activities: [{behaviour: 'ping', name: 'p', from: 'pc', to: 'web',"
      " gap: 0.1, busy: 10, idle: 20}]}";
  file = capture_of(bursts, N, 1, "bursts.pcap");
  CU_ASSERT_FATAL(records_of(&file, records, N) == N);
  size_t silences = 0;
  for (size_t i = 1; i < N; i++) {
    double gap = (double)(records[i].time - records[i - 1].time) / 1e9;
    CU_ASSERT(gap < 0.2 || (gap > 19.8 && gap < 20.2));
    silences += gap > 19;
  }
  double length = (double)(records[N - 1].time - records[0].time) / 1e9;
  CU_ASSERT_DOUBLE_EQUAL((double)silences * 30 / length, 1, 0.1);
  free(file.data);
}

static void mistakes_are_named(void) {
#define ONE(activity) "{name: 'test', " HOSTS "activities: [" activity "]}"
  static const struct {
    const char *text, *expected[3];
  } cases[] = {
      {"{" HOSTS "activities: []}", {"scenario", "name"}},
      {"{name: 'x', activities: [{}]}", {"hosts", "must be given"}},
      {"{name: 'x', " HOSTS "activities: [], colour: 1}", {"colour", "nearest"}},
      {"{name: 'x', " HOSTS "activities: []}", {"activities is empty"}},
      {"{name: 'x', hosts: [{name: 'a', ip: '1.2.3'}], activities: [{}]}", {"host a", "1.2.3"}},
      {"{name: 'x', hosts: [{name: 'a', ip: '1.2.3.4', mac: '0:1'}], activities: [{}]}", {"0:1"}},
      {ONE("{behaviour: 'pingg', name: 'p'}"), {"activity p", "pingg", "ping"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc', to: 'webb'}"), {"webb", "nearest: web"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc', to: 'web', gapp: 1}"), {"gapp", "gap"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc', to: 'web', gap: -1}"), {"gap", "-1"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc', to: 'web', gap: 'x'}"), {"gap", "number"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc', to: 'web', gap: {law: 'exponentail', mean: "
           "1}}"),
       {"exponentail", "exponential"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc', to: 'web', gap: {law: 'uniform', min: 3, "
           "max: 1}}"),
       {"min 3", "max 1"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc', to: 'web', gap: {law: 'quantiles', values: "
           "[2, 1]}}"),
       {"values", "1 after 2"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc'}"), {"activity p", "to must be given"}},
      {ONE("{behaviour: 'ping', name: 'A b', from: 'pc', to: 'web'}"), {"A b", "a-z"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc', to: 'web', attack: true}"), {"begin"}},
      {ONE("{behaviour: 'ping', name: 'p', from: 'pc', to: 'web', begin: 2}"), {"begin = 2"}},
      {ONE("{behaviour: 'dialogue', name: 'd', from: 'pc', to: 'web', port: 80, lines: [{sender: "
           "'clinet'}]}"),
       {"sender", "client"}},
      {ONE("{behaviour: 'dialogue', name: 'd', from: 'pc', to: 'web', port: 80, lines: [{text: "
           "'%{boby}'}]}"),
       {"%{boby}"}},
      {ONE("{behaviour: 'dialogue', name: 'd', from: 'pc', to: 'web', port: 70000, lines: []}"),
       {"70000"}},
      {ONE("{behaviour: 'udp', name: 'u', from: 'pc', to: 'web', port: 53, protocol: 'dns', names: "
           "'a..b'}"),
       {"a..b"}},
      {ONE("{behaviour: 'scan', name: 's', from: 'attacker', targets: ['pc'], ports: [0]}"),
       {"ports"}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nt_synthesis_result r;
    nt_error err = {0};
    nt_status status = synthesise(cases[i].text, 10, 1, "wrong.pcap", NULL, &r, &err);
    CU_ASSERT_EQUAL(status, NT_E_ARGUMENT);
    for (int k = 0; k < 3 && cases[i].expected[k]; k++) {
      CU_ASSERT(strstr(err.text, cases[i].expected[k]) != NULL);
      if (!strstr(err.text, cases[i].expected[k]))
        printf("  case %zu says \"%s\", not \"%s\"\n", i, err.text, cases[i].expected[k]);
    }
    nt_synthesis_done(&r);
  }
  CU_ASSERT(access(path_of("wrong.pcap"), F_OK) != 0);
}

static int stop_at_once(void *context, uint64_t packets, uint64_t expected) {
  (void)context;
  (void)packets;
  (void)expected;
  return 1;
}

static int files_in_folder(void) {
  char command[256];
  snprintf(command, sizeof command, "ls -A %s | wc -l", folder);
  FILE *pipe = popen(command, "r");
  int n = -1;
  if (fscanf(pipe, "%d", &n) != 1) n = -1;
  pclose(pipe);
  return n;
}

static void a_failed_run_leaves_nothing(void) {
  int before = files_in_folder();
  nt_synthesis_result r;
  nt_error err = {0};
  static const char once[] =
      ONE("{behaviour: 'dhcp', name: 'd', from: 'pc', to: 'router', start: 1, finish: 0}");
  CU_ASSERT_EQUAL(synthesise(once, 1000, 1, "silent.pcap", NULL, &r, &err), NT_E_ARGUMENT);
  CU_ASSERT(strstr(err.text, "falls silent after 4 packets") != NULL);
  nt_synthesis_done(&r);
  nt_setting *scenario = scenario_of(benign_text);
  nt_synthesis what = {
      .packets = 1000, .output = path_of("stopped.pcap"), .progress = stop_at_once};
  CU_ASSERT_EQUAL(nt_synthesise(scenario, &what, &r, &err), NT_E_STATE);
  nt_synthesis_done(&r);
  what = (nt_synthesis){.packets = 10, .output = "/nonexistent/folder/x.pcap"};
  CU_ASSERT_EQUAL(nt_synthesise(scenario, &what, &r, &err), NT_E_IO);
  CU_ASSERT(strstr(err.text, "/nonexistent/folder/x.pcap") != NULL);
  nt_synthesis_done(&r);
  nt_setting_free(scenario);
  CU_ASSERT_EQUAL(files_in_folder(), before);
}

int main(void) {
  if (!mkdtemp(folder)) return 2;
  static const check_case cases[] = {
      {"laws are what they say", laws_are_what_they_say},
      {"the same seed gives the same bytes", the_same_seed_gives_the_same_bytes},
      {"seeds differ", seeds_differ},
      {"counts are exact and times rise", counts_are_exact_and_times_rise},
      {"labels follow the attack", labels_follow_the_attack},
      {"an attack leaves what was before it", an_attack_leaves_what_was_before_it},
      {"checksums are valid", checksums_are_valid},
      {"frames are cut at the snaplen", frames_are_cut_at_the_snaplen},
      {"a capture stays as it was", a_capture_stays_as_it_was},
      {"gaps follow the day and come in bursts", gaps_follow_the_day_and_come_in_bursts},
      {"mistakes are named", mistakes_are_named},
      {"a failed run leaves nothing", a_failed_run_leaves_nothing},
  };
  int failed = check_main("synthesiser", cases, sizeof cases / sizeof *cases);
  char command[64];
  snprintf(command, sizeof command, "rm -r %s", folder);
  return system(command) != 0 || failed;
}
