/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Incremental Gaussian mixture: Pinto, Engel: A Fast Incremental Gaussian Mixture Model. PLOS ONE
 * 10(10), 2015, the precision-matrix form of IGMN (Engel, Heinen: Incremental Learning of
 * Multivariate Gaussian Mixture Models. SBIA 2010).
 *
 * A component has a mean m, a precision matrix P = C^-1, the logarithm of |C|, a mass s and an age.
 * The score of row x is -ln of the mixture's density. Learning it:
 *
 *     d2 = (x - m)' P (x - m) of each component
 *     all d2 >= the (1 - novelty) quantile of chi-squared with `width` degrees of freedom, and
 *     fewer than `components` of them: a new one, m = x, C = sigma^2 I, s = 1
 *     otherwise, for each: p = posterior, s += p, w = p / s, e = x - m, m += w e,
 *         C = (1 - w) (C + w e e'), that is, by Sherman and Morrison, with z = P e,
 *         P = (P - w z z' / (1 + w d2)) / (1 - w),   ln|C| += width ln(1 - w) + ln(1 + w d2)
 *     a component of age > 5 rows and mass < 3 is dropped
 *
 * Differences. The papers update C by (1 - w) C + w e* e*' - dm dm' with e* = x - the new mean,
 * which is not the covariance of what was seen and can lose its positive definiteness; the update
 * here is exact: one component after n rows has n C = sigma^2 I + the scatter of the rows. The
 * number of components is bounded; at the bound a novel row is learnt by those that are. Components
 * whose posterior is below 1e-9 are not touched. sigma is in the unit of the scale.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#include "ground/memory.h"
#include "classes.h"
#include "online.h"

enum { COMPONENTS, COVARIANCE, SIGMA, NOVELTY, SHARED };
enum { FULL, DIAGONAL };
enum { SPURIOUS_AGE = 5, SPURIOUS_MASS = 3 };

static const char *const covariance_names[] = {"full", "diagonal", NULL};

static const nt_parameter parameters[SHARED + NT_ONLINE_COUNT] = {
    [COMPONENTS] = {.name = "components",
                    .type = NT_PARAMETER_INTEGER,
                    .unit = "1",
                    .help = "most components",
                    .preset = 10,
                    .least = 1,
                    .most = 10000},
    [COVARIANCE] = {.name = "covariance",
                    .type = NT_PARAMETER_CHOICE,
                    .help = "of all pairs of features, or of each feature by itself",
                    .choices = covariance_names},
    [SIGMA] = {.name = "sigma",
               .type = NT_PARAMETER_NUMBER,
               .unit = "1",
               .help = "deviation of a new component, in scaled features (delta of the papers)",
               .preset = 1,
               .least = 1e-6,
               .most = 1e6},
    [NOVELTY] = {.name = "novelty",
                 .type = NT_PARAMETER_NUMBER,
                 .unit = "1",
                 .help = "tail probability beyond which a row makes a component (beta)",
                 .preset = 0.1,
                 .least = 0,
                 .above = 1,
                 .most = 1,
                 .below = 1},
    NT_ONLINE_PARAMETERS(SHARED, NT_SCALE_DEVIATION),
};

typedef struct component {
  double *mean;      /* stride */
  double *precision; /* width x stride, or stride variances where diagonal */
  double *away, *z;  /* stride; of the current row: x - m, P (x - m) */
  double distance;   /* of the current row: d2 */
  double share;      /* of the current row: ln(weight x density) */
  double log_determinant, mass, age;
} component;

typedef struct mixture {
  nt_online online;
  int diagonal;
  size_t most, count;
  double sigma, limit; /* limit: of d2 */
  component *components;
  double *numbers; /* of all components */
} mixture;

static void measure(const mixture *m, component *k, const double *row) {
  const nt_lanes *lanes = m->online.lanes;
  size_t width = m->online.width, stride = m->online.stride;
  for (size_t c = 0; c < width; c++) k->away[c] = row[c] - k->mean[c];
  if (m->diagonal)
    for (size_t c = 0; c < width; c++) k->z[c] = k->away[c] / k->precision[c];
  else
    lanes->multiply(k->precision, width, k->away, stride, k->z);
  k->distance = fmax(lanes->dot(k->away, k->z, stride), 0);
}

/* ln of the mixture's density; shares and distances of the components are kept. */
static double log_density(mixture *m, const double *row) {
  double mass = 0, highest = -HUGE_VAL, sum = 0;
  for (size_t i = 0; i < m->count; i++) mass += m->components[i].mass;
  for (size_t i = 0; i < m->count; i++) {
    component *k = &m->components[i];
    measure(m, k, row);
    k->share = log(k->mass / mass) - 0.5 * ((double)m->online.width * (M_LN2 + M_LNPI) +
                                            k->log_determinant + k->distance);
    highest = fmax(highest, k->share);
  }
  for (size_t i = 0; i < m->count; i++) sum += exp(m->components[i].share - highest);
  return highest + log(sum);
}

static void learn_full(const mixture *m, component *k, double w) {
  m->online.lanes->rank_one(k->precision, m->online.width, k->z, m->online.stride,
                            w / (1 + w * k->distance), 1 / (1 - w));
  k->log_determinant += (double)m->online.width * log1p(-w) + log1p(w * k->distance);
}

static void learn_diagonal(const mixture *m, component *k, double w) {
  k->log_determinant = 0;
  for (size_t c = 0; c < m->online.width; c++) {
    k->precision[c] = (1 - w) * (k->precision[c] + w * k->away[c] * k->away[c]);
    k->log_determinant += log(k->precision[c]);
  }
}

static void learn_component(const mixture *m, component *k, double posterior) {
  k->age++;
  if (!(posterior > 1e-9)) return;
  k->mass += posterior;
  double w = posterior / k->mass;
  if (m->diagonal)
    learn_diagonal(m, k, w);
  else
    learn_full(m, k, w);
  m->online.lanes->add(k->mean, w, k->away, m->online.stride);
}

static void add(mixture *m, const double *row) {
  component *k = &m->components[m->count++];
  double variance = m->sigma * m->sigma;
  size_t width = m->online.width, stride = m->online.stride;
  memcpy(k->mean, row, stride * sizeof *row);
  memset(k->precision, 0, (m->diagonal ? 1 : width) * stride * sizeof(double));
  for (size_t c = 0; c < width; c++)
    *(m->diagonal ? k->precision + c : k->precision + c * stride + c) =
        m->diagonal ? variance : 1 / variance;
  k->log_determinant = (double)width * log(variance);
  k->mass = k->age = 1;
}

static int is_novel(const mixture *m) {
  for (size_t i = 0; i < m->count; i++)
    if (m->components[i].distance < m->limit) return 0;
  return 1;
}

static void drop_spurious(mixture *m) {
  for (size_t i = m->count; i-- > 0 && m->count > 1;) {
    component gone = m->components[i];
    if (gone.age <= SPURIOUS_AGE || gone.mass >= SPURIOUS_MASS) continue;
    memmove(m->components + i, m->components + i + 1, (--m->count - i) * sizeof gone);
    m->components[m->count] = gone; /* its arrays serve the next one */
  }
}

static double mixture_step(void *detector, const double *row, int keep) {
  mixture *m = detector;
  double total = m->count ? log_density(m, row) : NAN;
  if (!keep) return -total;
  if (m->count == 0 || (m->count < m->most && is_novel(m))) {
    add(m, row);
  } else {
    for (size_t i = 0; i < m->count; i++)
      learn_component(m, &m->components[i], exp(m->components[i].share - total));
    drop_spurious(m);
  }
  return -total;
}

static void mixture_free(void *detector) {
  mixture *m = detector;
  if (!m) return;
  nt_online_done(&m->online);
  free(m->components);
  free(m->numbers);
  free(m);
}

static size_t numbers_each(const mixture *m) {
  return (3 + (m->diagonal ? 1 : m->online.width)) * m->online.stride;
}

static void *mixture_create(const nt_detector_setting *setting, const nt_value *values,
                            nt_error *err) {
  static const nt_online_model model = {.step = mixture_step};
  mixture *m = calloc(1, sizeof *m);
  if (!m) {
    nt_fail(err, NT_E_MEMORY, "out of memory for a detector");
    return NULL;
  }
  m->most = (size_t)values[COMPONENTS].number;
  m->diagonal = values[COVARIANCE].number == DIAGONAL;
  m->sigma = values[SIGMA].number;
  m->limit = gsl_cdf_chisq_Qinv(values[NOVELTY].number, (double)setting->width);
  if (nt_online_init(&m->online, &model, setting, values + SHARED, err) != NT_OK) {
    mixture_free(m);
    return NULL;
  }
  m->components = nt_zeroed(1, m->most, sizeof *m->components);
  m->numbers = nt_zeroed(m->most, numbers_each(m), sizeof *m->numbers);
  if (!m->components || !m->numbers) {
    nt_fail(err, NT_E_MEMORY, "out of memory for %zu components of %zu features", m->most,
            setting->width);
    mixture_free(m);
    return NULL;
  }
  for (size_t i = 0; i < m->most; i++) {
    component *k = &m->components[i];
    k->mean = m->numbers + i * numbers_each(m);
    k->away = k->mean + m->online.stride;
    k->z = k->away + m->online.stride;
    k->precision = k->z + m->online.stride;
  }
  return m;
}

static size_t mixture_memory(const void *detector) {
  const mixture *m = detector;
  return sizeof *m + nt_online_memory(&m->online) +
         m->most * (sizeof *m->components + numbers_each(m) * sizeof(double));
}

static void mixture_remark(const void *detector, char *text, size_t size) {
  const mixture *m = detector;
  snprintf(text, size, "%zu components at the end", m->count);
}

const nt_detector_class nt_detector_gaussian_mixture_online = {
    .name = "gaussian_mixture_online",
    .title = "Incremental Gaussian mixture",
    .source =
        "Pinto, Engel: A Fast Incremental Gaussian Mixture Model. PLOS ONE 10(10), 2015; with "
        "the exact covariance update",
    .cost = "O(components x width^2) a row (full), O(components x width) (diagonal); "
            "components x width^2 x 8 bytes (full)",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
    .create = mixture_create,
    .learn = nt_online_learn,
    .ready = nt_online_ready,
    .score = nt_online_score,
    .free = mixture_free,
    .memory = mixture_memory,
    .remark = mixture_remark,
};
