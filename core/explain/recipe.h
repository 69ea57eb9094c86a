/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a scored run came about, as its file says it: all that it takes to repeat it. */
#ifndef NT_RECIPE_H
#define NT_RECIPE_H

#include <ninetails/capture.h>
#include <ninetails/error.h>
#include <ninetails/extractor.h>
#include <ninetails/kitnet.h>

#include "store/run/scored_run.h"

typedef struct nt_recipe {
  nt_extractor_options extractor;
  int kitnet; /* 0: of another detector, which `detector` names: nothing can be explained */
  const char *detector;
  nt_kitnet_options options; /* where it is KitNET */
  int map_given;             /* training began at the first packet, with the run's map */
  uint64_t packets;          /* of the whole capture */
  enum { NT_RECIPE_DIGESTS = 4 } digests;
  const char *digest[NT_RECIPE_DIGESTS]; /* SHA-256 of the capture as it lay there, of what it held,
                                            and of that of which a file of features was made; NULL:
                                            not known */
} nt_recipe;

/* NT_E_INPUT names the fact that is missing or odd. Texts are the run's. */
nt_status nt_recipe_of(const nt_scored_run *run, nt_recipe *recipe, nt_error *err);

/* Whether these are checksums of the capture; a run that has none says nothing against it. */
int nt_recipe_is_of(const nt_recipe *recipe, const nt_digests *digests);

#endif
