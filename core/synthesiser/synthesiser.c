/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "synthesiser.h"

#include <stdlib.h>
#include <string.h>

#include "overlay.h"
#include "scenario.h"
#include "text.h"

static nt_status fill_pools(nt_engine *e, uint64_t seed, nt_error *err) {
  nt_chance chance;
  nt_chance_seed(&chance, seed, "pool", 0);
  for (int i = 0; i < 2; i++)
    if (!(e->pool[i] = nt_scope_allocate(&e->scope, NT_POOL)))
      return nt_fail(err, NT_E_MEMORY, "out of memory for the payload pool");
  nt_chance_fill(&chance, e->pool[0], NT_POOL);
  nt_text_fill(&chance, e->pool[1], NT_POOL);
  return NT_OK;
}

static nt_status check_request(const nt_synthesis *what, nt_error *err) {
  if (!what->output || !*what->output)
    return nt_fail(err, NT_E_ARGUMENT, "output must be the path of a file");
  if (!what->packets && !what->over)
    return nt_fail(err, NT_E_ARGUMENT, "packets is 0, expected 1 or more");
  return NT_OK;
}

/* An attack that works on other hosts' traffic and found none is worth a refusal: it is not in the
 * result. */
static nt_status check_attacks(const nt_engine *e, const char *over, nt_error *err) {
  for (size_t i = 0; i < e->tap_count; i++)
    if (!e->taps[i]->sent)
      return nt_fail(err, NT_E_INPUT, "%s: attack %s found none of the traffic it works on", over,
                     e->taps[i]->name);
  if (e->result->attack_packets) return NT_OK;
  return nt_fail(err, NT_E_INPUT, "%s: %llu packets are too few for an attack of scenario %s", over,
                 (unsigned long long)e->result->packets, e->name);
}

static nt_status check_length(const nt_engine *e, uint64_t packets, nt_error *err) {
  if (e->result->packets == packets) return NT_OK;
  return nt_fail(err, NT_E_ARGUMENT, "scenario %s falls silent after %llu packets, %llu asked for",
                 e->name, (unsigned long long)e->result->packets, (unsigned long long)packets);
}

static nt_status run(nt_engine *e, const nt_setting *scenario, const nt_synthesis *what,
                     const char *labels, nt_error *err) {
  nt_status status = nt_scenario_load(e, scenario, what->seed, what->over != NULL, err);
  if (status != NT_OK) return status;
  if (what->over && !e->activity_count)
    return nt_fail(err, NT_E_ARGUMENT, "scenario %s has no attack to lay over %s", e->name,
                   what->over);
  e->limit = what->packets ? what->packets : UINT64_MAX;
  e->expected = what->packets;
  status = fill_pools(e, what->seed, err);
  if (status == NT_OK && what->over) {
    e->snaplen = 262144;
    status = nt_overlay_prepare(e, what->over, err);
  }
  if (status != NT_OK) return status;
  e->writer = nt_writer_open(what->output, labels, (uint32_t)e->snaplen, err);
  if (!e->writer) return err ? err->status : NT_E_IO;
  status = nt_engine_run(e, what, err);
  if (status == NT_OK)
    status = what->over ? check_attacks(e, what->over, err) : check_length(e, what->packets, err);
  return status == NT_OK ? nt_writer_finish(e->writer, err) : status;
}

nt_status nt_synthesise(const nt_setting *scenario, const nt_synthesis *what,
                        nt_synthesis_result *result, nt_error *err) {
  *result = (nt_synthesis_result){0};
  nt_status status = check_request(what, err);
  if (status != NT_OK) return status;
  static const char suffix[] = ".labels.csv";
  size_t length = strlen(what->output);
  char *beside = malloc(length + sizeof suffix);
  nt_engine *e = calloc(1, sizeof *e);
  if (e && beside) {
    memcpy(beside, what->output, length);
    memcpy(beside + length, suffix, sizeof suffix);
    e->result = result;
    status = run(e, scenario, what, what->labels ? what->labels : beside, err);
    nt_writer_free(e->writer);
    nt_overlay_done(e);
    nt_scope_done(&e->scope);
  } else
    status = nt_fail(err, NT_E_MEMORY, "out of memory for the synthesiser");
  free(e);
  free(beside);
  return status;
}

void nt_synthesis_done(nt_synthesis_result *result) {
  free(result->activities);
  *result = (nt_synthesis_result){0};
}
