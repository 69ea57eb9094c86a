/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Provenance: what a run's file says about itself, as attributes of the root. */
#ifndef NT_RECORD_H
#define NT_RECORD_H

#include <ninetails/run.h>

#include "store/output/extracted.h"
#include "store/output/store.h"

/* What the features of the input say of their own making, as source_NAME. */
nt_status nt_record_source(nt_store *store, const nt_extracted *source, nt_error *err);

/* Writes them all; texts about single datasets are the store's own. */
nt_status nt_record(nt_store *store, const nt_run_options *options, const nt_run_result *result,
                    nt_error *err);

#endif
