/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Attacks over a real capture. A first pass learns who is there; the scenario's local hosts that
 * attacks name are then played by hosts of the capture: pairs that talk most by hosts named first,
 * a router by the host that speaks for most addresses, attackers by unused addresses of the same
 * /24. The second pass copies the capture's frames as they are, in their order, between the
 * attacks' frames.
 */
#ifndef NT_SYNTHESISER_OVERLAY_H
#define NT_SYNTHESISER_OVERLAY_H

#include "engine.h"

/* Fits the hosts of a loaded scenario (attacks only) to the capture, and adds the activity "benign"
 * that replays it. Sets the engine's epoch, expected and overlay. */
nt_status nt_overlay_prepare(nt_engine *engine, const char *path, nt_error *err);
void nt_overlay_done(nt_engine *engine);

#endif
