/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One autoencoder: its first weights, the logistic function, its gradient, its layouts. */
#include <math.h>

#include "ensemble/autoencoder.h"
#include "ensemble/trainer.h"
#include "ensemble/vector_math.h"
#include "check.h"
#include "noise.h"

/* ASan must return NULL when there is too little memory, as malloc does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "allocator_may_return_null=1";
}

static const nt_kernels *const kernels[] = {
    &nt_kernels_plain,
#if defined(__x86_64__)
    &nt_kernels_avx2,
    &nt_kernels_avx512,
#endif
};

/* How many instruction sets this machine can run. */
static size_t usable(void) {
  return (size_t)(nt_isa_best() - NT_ISA_PLAIN) + 1;
}

static void weights_are_numpys(void) {
  /* numpy.random.RandomState(1234).rand(4), well known; here in [-1/3, 1/3). */
  static const double u[] = {0.1915194503788923, 0.6221087710398319, 0.4377277390071145,
                             0.7853585837137692};
  nt_error err;
  nt_autoencoder a;
  CHECK_OK(nt_autoencoder_init(&a, 3, 0.75, 1234, &err), err);
  CU_ASSERT_EQUAL_FATAL(a.hidden, 3);
  for (int i = 0; i < 4; i++)
    CU_ASSERT_DOUBLE_EQUAL(a.weights[i], -1.0 / 3 + 2.0 / 3 * u[i], 1e-16);
  CU_ASSERT_EQUAL(a.hidden_bias[2], 0);
  CU_ASSERT(isinf(a.min[0]) && a.min[0] > 0 && isinf(a.max[2]) && a.max[2] < 0);
  nt_autoencoder_done(&a);
  CU_ASSERT_EQUAL(nt_autoencoder_hidden(1, 0.01), 1);
  CU_ASSERT_EQUAL(nt_autoencoder_hidden(10, 0.75), 8);
  CU_ASSERT_EQUAL(nt_autoencoder_init(&a, (size_t)1 << 34, 1, 1, &err), NT_E_MEMORY);
}

static double logistic2(double s) {
  return nt_vector_logistic2(NT_SET1(s))[0];
}

static void logistic_is_within_3_ulp(void) {
  double worst = 0;
  uint64_t state = 1;
  for (int i = 0; i < 300000; i++) {
    double s = (noise(&state) - 0.5) * (i % 3 == 0 ? 4 : i % 3 == 1 ? 100 : 1600);
    long double exact = 1 / (1 + exp2l(s));
    double got = logistic2(s), ulp = nextafter(got, 2) - got;
    double off = (double)fabsl((got - exact) / ulp);
    if (off > worst) worst = off;
  }
  printf("  worst %.2f ulp\n", worst);
  CU_ASSERT(worst <= 3);
  CU_ASSERT_EQUAL(logistic2(0), 0.5);
  CU_ASSERT_EQUAL(logistic2(-INFINITY), 1);
  CU_ASSERT_EQUAL(logistic2(-1e22), 1);
  CU_ASSERT(logistic2(INFINITY) < 1e-300);
  CU_ASSERT(logistic2(1e22) < 1e-300);
  CU_ASSERT(isnan(logistic2(NAN)));
}

/* ---------------------------------------------------------------- gradient */

static double *parameter(nt_autoencoder *a, size_t i) {
  size_t weights = a->visible * a->hidden;
  if (i < weights) return &a->weights[i];
  if (i < weights + a->hidden) return &a->hidden_bias[i - weights];
  return &a->visible_bias[i - weights - a->hidden];
}

/* -sum(x' ln z + (1 - x') ln(1 - z)). */
static long double cross_entropy(const nt_autoencoder *a, const double *row, double epsilon) {
  long double x[16], y[16], loss = 0;
  for (size_t i = 0; i < a->visible; i++)
    x[i] = (row[i] - a->min[i]) / (a->max[i] - a->min[i] + epsilon);
  for (size_t j = 0; j < a->hidden; j++) {
    long double t = a->hidden_bias[j];
    for (size_t i = 0; i < a->visible; i++) t += x[i] * a->weights[i * a->hidden + j];
    y[j] = 1 / (1 + expl(-t));
  }
  for (size_t i = 0; i < a->visible; i++) {
    long double t = a->visible_bias[i];
    for (size_t j = 0; j < a->hidden; j++) t += y[j] * a->weights[i * a->hidden + j];
    loss += x[i] * log1pl(expl(-t)) + (1 - x[i]) * log1pl(expl(t));
  }
  return loss;
}

/* An ensemble of `copies` autoencoders that all see the first `visible` columns. */
static nt_trainer *trainer_of(size_t visible, size_t copies, const nt_step *step,
                              const nt_kernels *k) {
  size_t sizes[64], features[64 * 16];
  for (size_t i = 0; i < copies; i++) sizes[i] = visible;
  for (size_t i = 0; i < copies * visible; i++) features[i] = i % visible;
  nt_error err;
  nt_feature_map map = {copies, copies * visible, sizes, features, NULL};
  nt_trainer *t = nt_trainer_new(&map, visible, 0.75, 1234, step, k, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(t);
  return t;
}

/* A step of training is rate times the finite differences of the loss, for each weight and bias. */
static void training_follows_the_gradient(void) {
  const nt_step step = {.rate = 1e-3, .epsilon = 1e-16};
  const size_t visible = 7;
  for (size_t k = 0; k < usable(); k++) {
    nt_error err;
    nt_autoencoder before, after;
    double *rows = noise_rows(40, visible, 3), rmse[40];
    nt_trainer *t = trainer_of(visible, 1, &step, kernels[k]);
    nt_trainer_learn(t, rows, 40, rmse);
    CHECK_OK(nt_trainer_copy(t, 0, &before, &err), err);
    nt_trainer_learn(t, rows + 20 * visible, 1, rmse); /* leaves minimum and maximum as they are */
    CHECK_OK(nt_trainer_copy(t, 0, &after, &err), err);
    size_t parameters = visible * before.hidden + visible + before.hidden;
    for (size_t i = 0; i < parameters; i++) {
      double *p = parameter(&before, i), kept = *p, moved = *parameter(&after, i) - kept;
      *p = kept + 1e-6;
      long double up = cross_entropy(&before, rows + 20 * visible, step.epsilon);
      *p = kept - 1e-6;
      long double down = cross_entropy(&before, rows + 20 * visible, step.epsilon);
      *p = kept;
      CU_ASSERT_DOUBLE_EQUAL(moved / step.rate, -(double)((up - down) / 2e-6L), 1e-8);
    }
    nt_autoencoder_done(&before);
    nt_autoencoder_done(&after);
    nt_trainer_free(t);
    free(rows);
  }
}

/* ---------------------------------------------------------------- layouts */

static int equal(const nt_autoencoder *a, const nt_autoencoder *b) {
  size_t bytes = a->visible * sizeof(double);
  return a->visible == b->visible && a->hidden == b->hidden &&
         memcmp(a->weights, b->weights, bytes * a->hidden) == 0 &&
         memcmp(a->hidden_bias, b->hidden_bias, a->hidden * sizeof(double)) == 0 &&
         memcmp(a->visible_bias, b->visible_bias, bytes) == 0 &&
         memcmp(a->min, b->min, bytes) == 0 && memcmp(a->max, b->max, bytes) == 0;
}

static nt_autoencoder trained(const nt_feature_map *map, size_t width, size_t index, int mean,
                              const nt_kernels *k) {
  const nt_step step = {.rate = 0.1, .epsilon = 1e-16, .bias_mean = mean};
  double *rows = noise_rows(100, width, 9), rmse[100];
  nt_error err;
  nt_autoencoder a;
  nt_trainer *t = nt_trainer_new(map, width, 0.75, 1234, &step, k, &err);
  CU_ASSERT_PTR_NOT_NULL_FATAL(t);
  nt_trainer_learn(t, rows, 100, rmse);
  CHECK_OK(nt_trainer_copy(t, index, &a, &err), err);
  nt_trainer_free(t);
  free(rows);
  return a;
}

/* An autoencoder learns the same bits whichever others share its vectors: alone, beside smaller and
 * larger ones, and (AVX2 and AVX512, which both fuse) with any number of lanes. */
static void layouts_learn_the_same(void) {
  enum { WIDTH = 40 };
  static const size_t visible[] = {1, 2, 5, 8, 9, 13};
  for (size_t v = 0; v < sizeof visible / sizeof *visible; v++)
    for (int mean = 0; mean < 2; mean++) {
      nt_autoencoder first = {0};
      for (size_t k = 0; k < usable(); k++) {
        size_t sizes[20], features[WIDTH * 20], total = 0;
        for (size_t i = 0; i < 20; i++) {
          sizes[i] = i == 0 ? visible[v] : i == 1 ? WIDTH : 1 + i * 7 % 15;
          for (size_t f = 0; f < sizes[i]; f++) features[total++] = i == 0 ? 2 * f : f;
        }
        nt_feature_map alone = {1, sizes[0], sizes, features, NULL},
                       among = {20, total, sizes, features, NULL};
        nt_autoencoder a = trained(&alone, WIDTH, 0, mean, kernels[k]);
        nt_autoencoder b = trained(&among, WIDTH, 0, mean, kernels[k]);
        CU_ASSERT(equal(&a, &b));
        if (k == 1) first = b;
        if (k == 2) CU_ASSERT(equal(&a, &first));
        if (k != 1) nt_autoencoder_done(&b);
        nt_autoencoder_done(&a);
      }
      nt_autoencoder_done(&first);
    }
}

static const check_case cases[] = {
    {"first weights are NumPy's", weights_are_numpys},
    {"the logistic function is within 3 ulp", logistic_is_within_3_ulp},
    {"training follows the gradient", training_follows_the_gradient},
    {"every layout learns the same bits", layouts_learn_the_same},
};
CHECK_MAIN("autoencoder", cases)
