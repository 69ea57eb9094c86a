/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole library in one include; the way in for most programs is pipeline/run.h. Link with
 * `pkg-config --cflags --libs ninetails`.
 */
#ifndef NINETAILS_H
#define NINETAILS_H

#include "capture/capture.h"
#include "cpu.h"
#include "ensemble/kitnet.h"
#include "error.h"
#include "extractor/extractor.h"
#include "labels/labels.h"
#include "mapper/feature_map.h"
#include "pipeline/pipeline.h"
#include "pipeline/run.h"
#include "store/store.h"
#include "version.h"

#endif
