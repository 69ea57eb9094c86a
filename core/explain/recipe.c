/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "recipe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A whole number below 2^63. */
static int to_count(const char *text, uint64_t *value) {
  char *end;
  errno = 0;
  long long number = text ? strtoll(text, &end, 10) : -1;
  if (number < 0 || errno || end == text || *end) return 0;
  *value = (uint64_t)number;
  return 1;
}

static nt_status count_of(const nt_scored_run *run, const char *name, uint64_t *value,
                          nt_error *err) {
  const char *text = nt_scored_run_fact(run, name);
  if (to_count(text, value)) return NT_OK;
  return nt_fail(err, NT_E_INPUT, "%s is %.100s: expected a whole number", name,
                 text ? text : "not told");
}

/* Of a CHOICE the index of the text. 0: neither. */
static int to_value(const nt_parameter *p, const char *text, nt_value *value) {
  char *end;
  value->text = NULL;
  if (p->type != NT_PARAMETER_CHOICE) {
    value->number = strtod(text, &end);
    return end != text && *end == '\0';
  }
  size_t choice = nt_parameter_choice(p, text);
  value->number = (double)choice;
  return p->choices[choice] != NULL;
}

/* The options of its table that the run tells; with a map that was given there is no mapping. */
static nt_status read_kitnet(const nt_scored_run *run, nt_recipe *r, nt_error *err) {
  r->options = nt_kitnet_defaults();
  for (size_t i = 0; i < NT_KITNET_PARAMETERS; i++) {
    const nt_parameter *p = &nt_kitnet_parameters[i];
    const char *name = p->column ? p->column : p->name, *text = nt_scored_run_fact(run, name);
    nt_value value;
    if (!text) return nt_fail(err, NT_E_INPUT, "%s is not told: expected a run of kitnet", name);
    if (!to_value(p, text, &value))
      return nt_fail(err, NT_E_INPUT, "%s is %.100s: expected %s", name, text,
                     p->type == NT_PARAMETER_CHOICE ? "one of its choices" : "a number");
    nt_status status = nt_parameter_check(p, &value, err);
    if (status != NT_OK) return nt_fail(err, NT_E_INPUT, "%s is %.100s: out of range", name, text);
    nt_parameter_put(p, value, &r->options);
  }
  nt_isa isa;
  if (nt_isa_resolve(r->options.isa, &isa, NULL) != NT_OK) /* AVX2 and AVX-512 give the same bits */
    r->options.isa = NT_ISA_AUTO;
  return NT_OK;
}

nt_status nt_recipe_of(const nt_scored_run *run, nt_recipe *r, nt_error *err) {
  static const char *const digests[] = {"input_sha256", "content_sha256", "source_input_sha256",
                                        "source_content_sha256"};
  *r = (nt_recipe){0};
  const char *profile = nt_scored_run_fact(run, "profile");
  if (!profile || nt_profile_from_name(profile, &r->extractor.profile, NULL) != NT_OK)
    return nt_fail(err, NT_E_INPUT,
                   "the profile is %.100s: expected a run over packets, not over rows of features",
                   profile ? profile : "not told");
  const char *streams = nt_scored_run_fact(run, "max_streams");
  if (streams && count_of(run, "max_streams", &r->extractor.max_streams, err) != NT_OK)
    return err->status;
  const char *model = nt_scored_run_fact(run, "loaded_model");
  if (model)
    return nt_fail(err, NT_E_INPUT,
                   "its scores go on from model %.200s: expected a run that began with its capture",
                   model);
  if (count_of(run, "packets", &r->packets, err) != NT_OK) return err->status;
  if (r->packets < run->count || run->first != r->packets - run->count)
    return nt_fail(err, NT_E_INPUT, "%zu scores from packet %llu on, of %llu packets", run->count,
                   (unsigned long long)run->first, (unsigned long long)r->packets);
  for (size_t i = 0; i < NT_RECIPE_DIGESTS; i++) r->digest[i] = nt_scored_run_fact(run, digests[i]);
  if (!r->digest[0]) r->digest[0] = nt_scored_run_fact(run, "sha256");
  r->detector = nt_scored_run_fact(run, "detector");
  r->kitnet = !r->detector || strcmp(r->detector, "kitnet") == 0;
  if (!r->detector) r->detector = "kitnet"; /* what `score` writes */
  r->map_given = nt_scored_run_fact(run, "feature_map") != NULL;
  return r->kitnet ? read_kitnet(run, r, err) : NT_OK;
}

int nt_recipe_is_of(const nt_recipe *r, const nt_digests *d) {
  int told = 0;
  for (size_t i = 0; i < NT_RECIPE_DIGESTS; i++) {
    if (!r->digest[i] || !*r->digest[i]) continue;
    told = 1;
    if (strcmp(r->digest[i], d->file.sha256) == 0 || strcmp(r->digest[i], d->content.sha256) == 0)
      return 1;
  }
  return !told;
}
