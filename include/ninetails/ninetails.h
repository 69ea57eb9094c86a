/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file
 * The whole library in one include; the way in for most programs is run.h. Link with
 * `pkg-config --cflags --libs ninetails`.
 */
#ifndef NINETAILS_H
#define NINETAILS_H

#include <ninetails/metrics.h>
#include <ninetails/error.h>
#include <ninetails/capture.h>
#include <ninetails/platform.h>
#include <ninetails/detector.h>
#include <ninetails/extractor.h>
#include <ninetails/feature_map.h>
#include <ninetails/kitnet.h>
#include <ninetails/labels.h>
#include <ninetails/model.h>
#include <ninetails/packet.h>
#include <ninetails/parameter.h>
#include <ninetails/run.h>

#endif
