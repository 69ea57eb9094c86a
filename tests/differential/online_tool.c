/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A detector over rows of doubles, for online.py to compare.
 *
 *     online_tool DETECTOR ROWS WIDTH LEARN SEED [NAME=VALUE ...]
 *
 * ROWS is a file of doubles, row-major; the first LEARN rows are learnt. Standard output: one
 * double a row, training scores first. Times of learning and scoring, and the remark, go to
 * standard error.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ninetails/detector.h>

#include "tool.h"

/* "NAME=VALUE": a number, or the name of a choice. */
static void set(const nt_detector_class *class, nt_value *values, char *text) {
  char *value = strchr(text, '=');
  if (!value) exit(1);
  *value++ = 0;
  size_t i = nt_parameter_find(class->parameters, class->parameter_count, text);
  if (i == class->parameter_count) exit(1);
  const nt_parameter *p = &class->parameters[i];
  values[i].number = strtod(value, NULL);
  for (size_t c = 0; p->type == NT_PARAMETER_CHOICE && p->choices[c]; c++)
    if (strcmp(p->choices[c], value) == 0) values[i].number = (double)c;
  nt_error err;
  stop_on(nt_parameter_check(p, &values[i], &err), &err);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc < 6) return 1;
  nt_error err;
  const nt_detector_class *class = nt_detector_find(argv[1], &err);
  if (!class) stop_on(NT_E_ARGUMENT, &err);
  size_t numbers, width = strtoul(argv[3], NULL, 10), learn = strtoul(argv[4], NULL, 10);
  double *data = load_doubles(argv[2], &numbers);
  size_t count = numbers / width;
  if (learn > count) return 1;
  nt_value values[32];
  nt_parameter_presets(class->parameters, class->parameter_count, values);
  for (int i = 6; i < argc; i++) set(class, values, argv[i]);
  char(*names)[32] = calloc(width, sizeof *names);
  const char **columns = calloc(width, sizeof *columns);
  double *scores = calloc(count + 1, sizeof *scores);
  if (!names || !columns || !scores) return 2;
  for (size_t c = 0; c < width; c++) {
    snprintf(names[c], sizeof names[c], "column %zu", c);
    columns[c] = names[c];
  }
  nt_detector_setting setting = {.kind = class,
                                 .width = width,
                                 .columns = columns,
                                 .learn = learn,
                                 .rows = count,
                                 .seed = strtoull(argv[5], NULL, 10)};
  void *detector = class->create(&setting, values, &err);
  if (!detector) stop_on(err.status, &err);
  nt_rows rows = {.count = learn, .width = width, .features = data};
  double start = now();
  stop_on(class->learn(detector, &rows, scores, &err), &err);
  stop_on(class->ready(detector, &err), &err);
  double learnt = now();
  rows = (nt_rows){.first = learn, .count = count - learn, .width = width};
  rows.features = data + learn * width;
  stop_on(class->score(detector, &rows, scores + learn, &err), &err);
  double scored = now();
  fprintf(stderr, "%s: learnt %.0f, scored %.0f rows/s; %.1f MB", class->name,
          (double)learn / (learnt - start), (double)(count - learn) / (scored - learnt),
          (double)class->memory(detector) / 1e6);
  char text[256] = "";
  if (class->remark) class->remark(detector, text, sizeof text);
  fprintf(stderr, "%s%s\n", *text ? "; " : "", text);
  class->free(detector);
  size_t written = fwrite(scores, sizeof *scores, count, stdout);
  free(data);
  free(names);
  free(columns);
  free(scores);
  return written == count ? 0 : 2;
}
