/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles py100 and csv115 equal the references bit for bit; keys, tables, columns and options. */
#include <hdf5.h>
#include <math.h>

#include <ninetails/extractor.h>

#include "extractor/directory.h"
#include "check.h"
#include "packets.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* ---------------------------------------------------------------- what the references computed */

typedef struct figures {
  size_t packets, columns, rows;
  uint64_t *row;      /* packet numbers */
  uint64_t *features; /* bit patterns, rows x columns */
  uint64_t *checksum; /* sums of the columns' bit patterns */
} figures;

static void figures_done(figures *f) {
  free(f->row);
  free(f->features);
  free(f->checksum);
}

/* Reads golden/NAME (layout: its first lines). */
static figures read_text(const char *name) {
  figures f = {0};
  char path[4096], *line = NULL, *rest;
  size_t size = 0;
  snprintf(path, sizeof path, "%s/golden/%s", NT_TEST_DIR, name);
  FILE *file = fopen(path, "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  while (getline(&line, &size, file) > 0) {
    if (sscanf(line, "packets %zu", &f.packets) == 1 ||
        sscanf(line, "columns %zu", &f.columns) == 1)
      continue;
    uint64_t *to = NULL;
    if (strncmp(line, "checksum ", 9) == 0) {
      to = f.checksum = calloc(f.columns, sizeof *to);
      rest = line + 9;
    } else if (strncmp(line, "row ", 4) == 0) {
      f.row = realloc(f.row, (f.rows + 1) * sizeof *f.row);
      f.features = realloc(f.features, (f.rows + 1) * f.columns * sizeof *f.features);
      f.row[f.rows] = strtoull(line + 4, &rest, 10);
      to = f.features + f.rows++ * f.columns;
    }
    for (size_t i = 0; to && i < f.columns; i++) to[i] = strtoull(rest, &rest, 16);
  }
  free(line);
  fclose(file);
  return f;
}

static void *read_dataset(hid_t file, const char *group, const char *name, hid_t type,
                          size_t *count) {
  char path[256];
  snprintf(path, sizeof path, "%s%s", group, name);
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(set);
  *count = (size_t)H5Sget_simple_extent_npoints(space);
  void *data = calloc(*count, sizeof(uint64_t));
  if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
    free(data);
    data = NULL;
  }
  H5Sclose(space);
  H5Dclose(set);
  return data;
}

static figures read_hdf5(const char *path, const char *profile) {
  figures f = {0};
  size_t count;
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  f.row = read_dataset(file, "/", "rows", H5T_NATIVE_UINT64, &f.rows);
  f.checksum = read_dataset(file, profile, "/checksum", H5T_NATIVE_UINT64, &f.columns);
  f.features = read_dataset(file, profile, "/features", H5T_NATIVE_DOUBLE, &count);
  H5Fclose(file);
  return f;
}

/* ---------------------------------------------------------------- exactness */

static double *extract(nt_profile profile, const packets *p, size_t batch) {
  nt_error err;
  size_t width = nt_profile_width(profile);
  double *rows = malloc((p->count + 1) * width * sizeof *rows);
  nt_extractor *x = nt_extractor_new(&(nt_extractor_options){.profile = profile}, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(x);
  for (size_t i = 0; i < p->count; i += batch) {
    size_t n = p->count - i < batch ? p->count - i : batch;
    CHECK_OK(nt_extractor_update(x, p->at + i, n, rows + i * width, &err), err);
  }
  nt_extractor_free(x);
  return rows;
}

static size_t count_wrong(const figures *f, nt_profile profile, const double *rows, size_t n) {
  size_t wrong = 0;
  for (size_t r = 0; r < f->rows; r++)
    for (size_t c = 0; c < f->columns; c++) {
      const double *got = rows + f->row[r] * f->columns + c;
      if (memcmp(got, &f->features[r * f->columns + c], sizeof *got) == 0) continue;
      if (!wrong++)
        printf("  packet %llu, %s: %.17g\n", (unsigned long long)f->row[r],
               nt_profile_feature_name(profile, c), *got);
    }
  for (size_t c = 0; c < f->columns; c++) {
    uint64_t sum = 0, bits;
    for (size_t i = 0; i < n; i++) {
      memcpy(&bits, &rows[i * f->columns + c], sizeof bits);
      sum += bits;
    }
    wrong += sum != f->checksum[c];
  }
  return wrong;
}

static void agree(const figures *f, nt_profile profile, const packets *p, size_t batch) {
  CU_ASSERT_EQUAL_FATAL(f->columns, nt_profile_width(profile));
  double *rows = extract(profile, p, batch);
  CU_ASSERT_EQUAL(count_wrong(f, profile, rows, p->count), 0);
  free(rows);
}

static const nt_profile references[] = {NT_PROFILE_PY100, NT_PROFILE_CSV115};

static void trace_is_exact(void) {
  packets p = packets_of_trace();
  for (size_t i = 0; i < 2; i++) {
    char name[32];
    snprintf(name, sizeof name, "%s.txt", nt_profile_name(references[i]));
    figures f = read_text(name);
    CU_ASSERT_EQUAL_FATAL(p.count, f.packets);
    CU_ASSERT_TRUE(f.rows > 50);
    agree(&f, references[i], &p, p.count);
    agree(&f, references[i], &p, 7);
    figures_done(&f);
  }
  free(p.at);
}

static void captures_are_exact(void) {
  for (size_t c = 0; c < PACKETS_CAPTURES; c++) {
    const packets_capture *capture = &packets_captures[c];
    char relative[512], path[4096];
    snprintf(relative, sizeof relative, "data/labelled/%s", capture->path);
    const char *there = check_shared(relative);
    if (!there) return;
    packets p = packets_of(there, capture->packets);
    CU_ASSERT_EQUAL_FATAL(p.count, capture->packets);
    snprintf(relative, sizeof relative, "reference/%s.h5", capture->name);
    there = check_shared(relative);
    CU_ASSERT_PTR_NOT_NULL_FATAL(there);
    snprintf(path, sizeof path, "%s", there);
    for (size_t i = 0; i < 2; i++) {
      figures f = read_hdf5(path, nt_profile_name(references[i]));
      agree(&f, references[i], &p, 1000);
      figures_done(&f);
    }
    free(p.at);
  }
}

/* Host 1 sends to host 2 at 100 and 101 s. Host 2's first packet says 99 s: its stream stays at 101
 * s, and 0.5 s pass until its next packet (at L = 1, HH's third decay). */
static void silent_streams_have_clocks(void) {
  nt_packet at[] = {packets_tcp(100, 1, 2, 5, 5, 60), packets_tcp(101, 1, 2, 5, 5, 60),
                    packets_tcp(99, 2, 1, 5, 5, 60), packets_tcp(101.5, 2, 1, 5, 5, 60)};
  packets p = {at, 4};
  double *rows = extract(NT_PROFILE_PY100, &p, 4);
  CU_ASSERT_EQUAL(rows[3 * 100 + 15 + 2 * 7], 1 + sqrt(0.5));
  free(rows);
}

/* ---------------------------------------------------------------- columns and options */

static void columns_have_names(void) {
  CU_ASSERT_STRING_EQUAL(nt_profile_feature_name(NT_PROFILE_PY100, 0), "MI_dir_L5_weight");
  CU_ASSERT_STRING_EQUAL(nt_profile_feature_name(NT_PROFILE_PY100, 18), "HH_L5_radius");
  CU_ASSERT_STRING_EQUAL(nt_profile_feature_name(NT_PROFILE_STREAM, 64), "HH_jit_L0.01_variance");
  CU_ASSERT_STRING_EQUAL(nt_profile_feature_name(NT_PROFILE_CSV115, 15), "H_L5_weight");
  CU_ASSERT_STRING_EQUAL(nt_profile_feature_name(NT_PROFILE_CSV115, 33), "HH_L5_magnitude");
  CU_ASSERT_STRING_EQUAL(nt_profile_feature_name(NT_PROFILE_CSV115, 114), "HpHp_L0.01_pcc");
  CU_ASSERT_STRING_EQUAL(nt_profile_feature_unit(NT_PROFILE_PY100, 18), "byte^2");
  CU_ASSERT_STRING_EQUAL(nt_profile_feature_unit(NT_PROFILE_PY100, 51), "s");
  CU_ASSERT_PTR_NULL(nt_profile_feature_name(NT_PROFILE_PY100, 100));
  CU_ASSERT_PTR_NULL(nt_profile_feature_unit(NT_PROFILE_CSV115, 115));
  for (int p = NT_PROFILE_PY100; p <= NT_PROFILE_STREAM; p++)
    for (size_t i = 0; i < nt_profile_width((nt_profile)p); i++)
      for (size_t j = 0; j < i; j++)
        CU_ASSERT_STRING_NOT_EQUAL(nt_profile_feature_name((nt_profile)p, i),
                                   nt_profile_feature_name((nt_profile)p, j));
}

static void options_are_checked(void) {
  nt_error err;
  nt_profile profile;
  CU_ASSERT_EQUAL(nt_profile_from_name("csv115", &profile, &err), NT_OK);
  CU_ASSERT_EQUAL(profile, NT_PROFILE_CSV115);
  CU_ASSERT_EQUAL(nt_profile_from_name("py115", &profile, &err), NT_E_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "py115"));
  CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "stream"));
  const nt_extractor_options wrong[] = {{.profile = (nt_profile)3},
                                        {.profile = NT_PROFILE_PY100, .max_streams = 1000},
                                        {.profile = NT_PROFILE_CSV115, .max_streams = 1000},
                                        {.profile = NT_PROFILE_STREAM, .max_streams = 63},
                                        {.profile = NT_PROFILE_STREAM, .max_streams = 1ull << 32}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    err.status = NT_OK;
    CU_ASSERT_PTR_NULL(nt_extractor_new(&wrong[i], &err));
    CU_ASSERT_EQUAL(err.status, NT_E_ARGUMENT);
  }
  nt_extractor_free(NULL);
}

static void usage_counts(void) {
  static const size_t streams[] = {6, 7, 6}, pairs[] = {2, 2, 2};
  nt_packet p = packets_tcp(10, 1, 2, 1000, 80, 60);
  double row[115];
  nt_error err;
  for (int profile = NT_PROFILE_PY100; profile <= NT_PROFILE_STREAM; profile++) {
    nt_extractor_usage usage;
    nt_extractor *x =
        nt_extractor_new(&(nt_extractor_options){.profile = (nt_profile)profile}, &err);
    for (int i = 0; i < 3; i++) CHECK_OK(nt_extractor_update(x, &p, 1, row, &err), err);
    nt_extractor_usage_of(x, &usage);
    CU_ASSERT_EQUAL(usage.packets, 3);
    CU_ASSERT_EQUAL(usage.streams, streams[profile]);
    CU_ASSERT_EQUAL(usage.pairs, pairs[profile]);
    CU_ASSERT_EQUAL(usage.dropped, 0);
    CU_ASSERT_TRUE(usage.bytes > 1000);
    nt_extractor_free(x);
  }
}

/* ---------------------------------------------------------------- keys */

static nt_packet_streams flow_of(nt_directory *d, const nt_packet *p) {
  nt_identity id;
  nt_identity_of(p, &id);
  return *nt_directory_flow(d, &id, nt_directory_expect(d, &id));
}

/* 10.0.0.1 port 123 and 10.0.0.11 port 23 are one stream as text, two as tuples. */
static void text_collides_and_tuples_do_not(void) {
  nt_packet a = packets_tcp(1, 1, 200, 123, 7, 60), b = packets_tcp(2, 11, 200, 23, 7, 60);
  for (int form = NT_KEY_AS_TEXT; form <= NT_KEY_TYPED; form++) {
    nt_directory d;
    CU_ASSERT_FATAL(nt_directory_init(&d, (nt_key_form)form));
    nt_packet_streams f = flow_of(&d, &a), g = flow_of(&d, &b);
    CU_ASSERT_EQUAL(f.sockets.source == g.sockets.source, form == NT_KEY_AS_TEXT);
    CU_ASSERT_EQUAL(f.sockets.destination, g.sockets.destination);
    CU_ASSERT_NOT_EQUAL(f.hosts.source, g.hosts.source);
    nt_directory_done(&d);
  }
}

static void self_goes_to_the_first_pair(void) {
  nt_directory d;
  CU_ASSERT_FATAL(nt_directory_init(&d, NT_KEY_TYPED));
  nt_packet other = packets_tcp(1, 5, 6, 1, 1, 60), self = packets_tcp(2, 6, 6, 2, 2, 60);
  nt_packet_streams f = flow_of(&d, &other), g = flow_of(&d, &self);
  CU_ASSERT_EQUAL(g.hosts.pair, f.hosts.pair);         /* host 6 has been paired with 5 before */
  CU_ASSERT_NOT_EQUAL(g.sockets.pair, f.sockets.pair); /* its port 2 has not */
  nt_directory_done(&d);
}

static void ports_come_before_arp_and_icmp(void) {
  nt_packet p = packets_tcp(1, 1, 2, 3, 4, 60);
  nt_identity id;
  p.present |= NT_HAS_ICMP_TYPE | NT_HAS_ARP_OPCODE;
  nt_identity_of(&p, &id);
  CU_ASSERT_EQUAL(id.port_kind, NT_PORT_NUMBER);
  p.present |= NT_HAS_UDP;
  nt_identity_of(&p, &id);
  CU_ASSERT_EQUAL(id.port_kind, NT_PORT_TWO);
  p.present &= ~(unsigned)(NT_HAS_TCP | NT_HAS_UDP);
  nt_identity_of(&p, &id);
  CU_ASSERT_EQUAL(id.port_kind, NT_PORT_ARP);
  CU_ASSERT_EQUAL(id.source_kind, NT_ADDRESS_NONE);
  p.present &= ~(unsigned)NT_HAS_ARP_OPCODE;
  nt_identity_of(&p, &id);
  CU_ASSERT_EQUAL(id.port_kind, NT_PORT_ICMP);
  CU_ASSERT_EQUAL(id.source_kind, NT_ADDRESS_IPV4);
  p.present = NT_HAS_ETH;
  nt_identity_of(&p, &id);
  CU_ASSERT_EQUAL(id.source_kind, NT_ADDRESS_MAC);
}

static void table_numbers_keys(void) {
  nt_key_table *fixed = nt_key_table_new(4), *varied = nt_key_table_new(0);
  for (int round = 0; round < 2; round++)
    for (uint32_t i = 0; i < 5000; i++) {
      char text[16];
      int size = snprintf(text, sizeof text, "%u", i * 7);
      CU_ASSERT_EQUAL(nt_key_table_put(fixed, &i, sizeof i), i);
      CU_ASSERT_EQUAL(nt_key_table_put(varied, text, (size_t)size), i);
    }
  CU_ASSERT_EQUAL(nt_key_table_count(varied), 5000);
  size_t size;
  const char *key = nt_key_table_key(varied, 3, &size);
  CU_ASSERT_TRUE(size == 2 && memcmp(key, "21", 2) == 0);
  CU_ASSERT_EQUAL(nt_key_table_put(varied, "", 0), 5000);
  nt_key_table *silent = nt_key_table_new(0); /* a packet without any address comes first */
  CU_ASSERT_EQUAL(nt_key_table_put(silent, "", 0), 0);
  CU_ASSERT_EQUAL(nt_key_table_put(silent, "", 0), 0);
  CU_ASSERT_PTR_NOT_NULL(nt_key_table_key(silent, 0, &size));
  CU_ASSERT_EQUAL(size, 0);
  nt_key_table_free(silent);
  nt_key_table_free(fixed);
  nt_key_table_free(varied);
}

/* Keys crafted to fall into one slot of a table that hashes without a
 * secret spread as others do. */
static void crafted_keys_are_spread(void) {
  enum { KEYS = 400, MASK = 0x3fff };
  nt_key_table *table = nt_key_table_new(8), *other = nt_key_table_new(8);
  static uint8_t seen[MASK + 1];
  size_t slots = 0, equal = 0;
  uint64_t key = 0;
  memset(seen, 0, sizeof seen);
  for (int found = 0; found < KEYS; key++) {
    if (XXH3_64bits(&key, sizeof key) & MASK) continue;
    found++;
    CU_ASSERT_EQUAL(nt_key_table_put(table, &key, sizeof key), (uint32_t)found - 1);
    uint32_t hash = nt_key_table_hash(table, &key, sizeof key);
    slots += !seen[hash & MASK];
    seen[hash & MASK] = 1;
    equal += hash == nt_key_table_hash(other, &key, sizeof key);
  }
  CU_ASSERT_TRUE(slots > KEYS * 9 / 10);
  CU_ASSERT_TRUE(equal < 3); /* each table has a secret of its own */
  nt_key_table_free(table);
  nt_key_table_free(other);
}

static const check_case cases[] = {
    {"the trace is exact", trace_is_exact},
    {"the reference captures are exact [outside]", captures_are_exact},
    {"silent streams have clocks", silent_streams_have_clocks},
    {"columns have names and units", columns_have_names},
    {"options are checked", options_are_checked},
    {"usage counts streams and pairs", usage_counts},
    {"text keys collide, tuples do not", text_collides_and_tuples_do_not},
    {"a packet to itself goes to the first pair", self_goes_to_the_first_pair},
    {"ports come before ARP and ICMP", ports_come_before_arp_and_icmp},
    {"a table numbers its keys", table_numbers_keys},
    {"crafted keys are spread", crafted_keys_are_spread},
};
CHECK_MAIN("extractor", cases)
