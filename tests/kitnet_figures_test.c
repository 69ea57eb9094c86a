/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KitNET against the figures of the public reference: for the committed small trace, and for real
 * captures where they are present. */
#include <hdf5.h>

#include <ninetails/extractor.h>

#include "kitnet_check.h"
#include "packets.h"

typedef struct figures {
  size_t packets;
  nt_kitnet_options options;
  nt_feature_map map;
  double *scores, *training; /* training: NaN where there is none; NULL: not known */
} figures;

static void figures_done(figures *f) {
  nt_feature_map_done(&f->map);
  free(f->scores);
  free(f->training);
}

static double from_bits(const char *hex) {
  uint64_t bits = strtoull(hex, NULL, 16);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* golden/kitnet.txt; its layout is in its first lines. */
static figures read_golden(void) {
  figures f = {.options = nt_kitnet_defaults()};
  char *line = NULL, score[20], training[20];
  size_t size = 0, n = 0;
  FILE *file = fopen(NT_TEST_DIR "/golden/kitnet.txt", "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  while (getline(&line, &size, file) > 0) {
    sscanf(line, "option fm_grace %lu", &f.options.fm_grace);
    sscanf(line, "option ad_grace %lu", &f.options.ad_grace);
    if (sscanf(line, "option packets %zu", &f.packets) == 1) {
      f.scores = calloc(f.packets, sizeof *f.scores);
      f.training = calloc(f.packets, sizeof *f.training);
      f.map.sizes = calloc(100, sizeof *f.map.sizes);
      f.map.features = calloc(100, sizeof *f.map.features);
    } else if (strncmp(line, "map ", 4) == 0) {
      for (char *rest = line + 4, *end; *rest && *rest != '\n' && f.map.total < 100; rest = end) {
        f.map.features[f.map.total++] = strtoul(rest, &end, 10);
        f.map.sizes[f.map.autoencoders]++;
      }
      f.map.autoencoders++;
    } else if (sscanf(line, "score %19s %19s", score, training) == 2 && n < f.packets) {
      f.scores[n] = from_bits(score);
      f.training[n++] = *training == '-' ? NAN : from_bits(training);
    }
  }
  CU_ASSERT_EQUAL_FATAL(n, f.packets);
  free(line);
  fclose(file);
  return f;
}

static void *read_dataset(hid_t file, const char *path, hid_t type, size_t *count) {
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(set);
  *count = (size_t)H5Sget_simple_extent_npoints(space);
  void *data = calloc(*count, sizeof(uint64_t));
  CU_ASSERT_FATAL(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
  H5Sclose(space);
  H5Dclose(set);
  return data;
}

static uint64_t read_attribute(hid_t file, const char *name) {
  uint64_t value = 0;
  hid_t set = H5Dopen2(file, "/py100/scores", H5P_DEFAULT);
  hid_t attribute = H5Aopen(set, name, H5P_DEFAULT);
  CU_ASSERT_FATAL(H5Aread(attribute, H5T_NATIVE_UINT64, &value) >= 0);
  H5Aclose(attribute);
  H5Dclose(set);
  return value;
}

static figures read_reference(const char *path) {
  figures f = {.options = nt_kitnet_defaults()};
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  CU_ASSERT_FATAL(file >= 0);
  f.scores = read_dataset(file, "/py100/scores", H5T_NATIVE_DOUBLE, &f.packets);
  f.map.sizes = read_dataset(file, "/py100/map/sizes", H5T_NATIVE_UINT64, &f.map.autoencoders);
  f.map.features = read_dataset(file, "/py100/map/features", H5T_NATIVE_UINT64, &f.map.total);
  f.options.fm_grace = read_attribute(file, "fm_grace");
  f.options.ad_grace = read_attribute(file, "ad_grace");
  H5Fclose(file);
  return f;
}

static double *extract(const packets *p) {
  nt_error err;
  double *rows = malloc((p->count + 1) * 100 * sizeof *rows);
  nt_extractor *x = nt_extractor_new(&(nt_extractor_options){.profile = NT_PROFILE_PY100}, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(x);
  CHECK_OK(nt_extractor_update(x, p->at, p->count, rows, &err), err);
  nt_extractor_free(x);
  return rows;
}

/* The map equals the reference's, and scores and training errors agree,
 * with each instruction set. */
static void agree(const char *name, figures *f, const double *rows) {
  double *scores = malloc(f->packets * sizeof *scores);
  double *training = malloc(f->packets * sizeof *training);
  for (nt_isa isa = NT_ISA_PLAIN; isa <= best(); isa++) {
    f->options.isa = isa;
    nt_kitnet *k = run(100, &f->options, NULL, rows, f->packets, 1000, scores, training);
    const nt_feature_map *map = nt_kitnet_map(k);
    CU_ASSERT_PTR_NOT_NULL_FATAL(map);
    CU_ASSERT_EQUAL_FATAL(map->autoencoders, f->map.autoencoders);
    CU_ASSERT_EQUAL_FATAL(map->total, f->map.total);
    CU_ASSERT_EQUAL(memcmp(map->sizes, f->map.sizes, map->autoencoders * sizeof *map->sizes), 0);
    CU_ASSERT_EQUAL(memcmp(map->features, f->map.features, map->total * sizeof(size_t)), 0);
    double worst = worst_apart(scores, f->scores, f->packets);
    printf("  %s, %s: scores within %.1e", name, nt_isa_name(isa), worst);
    CU_ASSERT(worst <= TOLERANCE);
    if (f->training) {
      worst = worst_apart(training, f->training, f->packets);
      printf(", training within %.1e", worst);
      CU_ASSERT(worst <= TOLERANCE);
    }
    printf("\n");
    nt_kitnet_free(k);
  }
  free(scores);
  free(training);
}

static void trace_agrees(void) {
  figures f = read_golden();
  packets p = packets_of_trace();
  CU_ASSERT_EQUAL_FATAL(p.count, f.packets);
  double *rows = extract(&p);
  agree("trace", &f, rows);
  free(rows);
  free(p.at);
  figures_done(&f);
}

static void captures_agree(void) {
  for (size_t i = 0; i < PACKETS_CAPTURES; i++) {
    char relative[256];
    const packets_capture *capture = &packets_captures[i];
    snprintf(relative, sizeof relative, "data/labelled/%s", capture->path);
    const char *path = check_shared(relative);
    packets p = path ? packets_of(path, capture->packets) : (packets){NULL, 0};
    snprintf(relative, sizeof relative, "reference/%s.h5", capture->name);
    path = path ? check_shared(relative) : NULL;
    if (path && p.count == capture->packets) {
      figures f = read_reference(path);
      double *rows = extract(&p);
      agree(capture->name, &f, rows);
      free(rows);
      figures_done(&f);
    } else if (path) {
      check_skip(capture->path);
    }
    free(p.at);
  }
}

static const check_case cases[] = {
    {"the trace's figures", trace_agrees},
    {"the reference captures' figures [outside]", captures_agree},
};
CHECK_MAIN("kitnet figures", cases)
