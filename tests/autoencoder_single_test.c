/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The single autoencoder against plain loops, with every instruction set; layouts of KitNET. */
#include <ninetails/detector.h>

#include "ensemble/lone_autoencoder.h"
#include "check.h"
#include "kitnet_check.h"
#include "kitnet_reference.h"
#include "noise.h"

enum { TRAIN = 150, SCORE = 101, BOTH = TRAIN + SCORE };

/* The expected results of training and scoring, by plain loops. */
static void plain(const nt_kitnet_options *o, size_t width, const double *rows, double *out) {
  nt_autoencoder a;
  double *room = calloc(5 * width, sizeof *room);
  plain_state s = {room, room + width, room + 2 * width, room + 3 * width, room + 4 * width};
  nt_autoencoder_init(&a, width, o->hidden_ratio, o->seed, NULL);
  for (size_t r = 0; r < BOTH; r++)
    out[r] = r < TRAIN ? plain_train(&a, rows + r * width, o, &s)
                       : plain_reconstruct(&a, rows + r * width, o->execute_epsilon, &s);
  nt_autoencoder_done(&a);
  free(room);
}

static void kernels_agree_with_plain_loops(void) {
  static const size_t widths[] = {1, 2, 7, 8, 9, 33, 100, 115};
  double expected[BOTH], got[BOTH], fused[BOTH];
  nt_error err;
  for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
    double *rows = noise_rows(BOTH, widths[w], 9 + w);
    nt_kitnet_options o = nt_kitnet_defaults();
    o.hidden_ratio = w % 2 ? 0.75 : 0.4;
    o.bias = w % 3 ? NT_BIAS_ELEMENT : NT_BIAS_MEAN;
    o.execute_epsilon = w % 2 ? 1e-16 : 1;
    nt_step step = {o.learning_rate, o.train_epsilon, o.bias == NT_BIAS_MEAN};
    plain(&o, widths[w], rows, expected);
    for (nt_isa isa = NT_ISA_PLAIN; isa <= best(); isa++) {
      nt_lone_autoencoder *a = nt_lone_autoencoder_new(widths[w], o.hidden_ratio, o.seed, &step,
                                                       o.execute_epsilon, nt_kernels_of(isa), &err);
      CU_ASSERT_PTR_NOT_NULL_FATAL(a);
      nt_lone_autoencoder_learn(a, rows, TRAIN, got);
      CHECK_OK(nt_lone_autoencoder_ready(a, &err), err);
      nt_lone_autoencoder_score(a, rows + TRAIN * widths[w], SCORE, got + TRAIN);
      for (size_t r = 0; r < BOTH; r++) CU_ASSERT(apart(got[r], expected[r]) < TOLERANCE);
      if (isa == NT_ISA_AVX2) memcpy(fused, got, sizeof got);
      if (isa == NT_ISA_AVX512) CU_ASSERT_EQUAL(memcmp(got, fused, sizeof got), 0);
      nt_lone_autoencoder_free(a);
    }
    free(rows);
  }
}

static void the_detector_is_the_autoencoder(void) {
  enum { COLUMNS = 20 };
  const nt_detector_class *class = nt_detector_find("autoencoder_single", NULL);
  static const char *const names[COLUMNS];
  double *rows = noise_rows(BOTH, COLUMNS, 4), expected[BOTH], got[BOTH];
  nt_kitnet_options o = nt_kitnet_defaults();
  nt_value values[8];
  nt_error err;
  nt_parameter_presets(class->parameters, class->parameter_count, values);
  nt_detector_setting setting = {.kind = class,
                                 .width = COLUMNS,
                                 .columns = names,
                                 .learn = TRAIN,
                                 .rows = BOTH,
                                 .seed = 1234};
  void *detector = class->create(&setting, values, &err);
  nt_rows learn = {.count = TRAIN, .width = COLUMNS, .features = rows};
  nt_rows score = {
      .first = TRAIN, .count = SCORE, .width = COLUMNS, .features = rows + TRAIN * COLUMNS};
  CHECK_OK(class->learn(detector, &learn, got, &err), err);
  CHECK_OK(class->ready(detector, &err), err);
  CHECK_OK(class->score(detector, &score, got + TRAIN, &err), err);
  plain(&o, COLUMNS, rows, expected);
  for (size_t r = 0; r < BOTH; r++) CU_ASSERT(apart(got[r], expected[r]) < TOLERANCE);
  class->free(detector);
  free(rows);
}

static const check_case cases[] = {
    {"every kernel agrees with plain loops", kernels_agree_with_plain_loops},
    {"the detector is that autoencoder, with KitNET's presets", the_detector_is_the_autoencoder},
};
CHECK_MAIN("single autoencoder", cases)
