/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup model A detector that takes one packet at a time
 * A model is everything that the detector knows of the traffic that it saw: the extractor's streams,
 * the feature map or what it is learnt from, the autoencoders, the threshold. It takes one packet
 * at a time, record or frame, and says what it thinks of it (core/examples/push.c):
 *
 *     nt_model_options options = nt_model_defaults();
 *     nt_model *model = nt_model_new(&options, NULL, &err);
 *     nt_verdict verdict;
 *     while (next_frame(&frame))
 *       if (nt_model_push_frame(model, &frame, &verdict, &err) == NT_OK && verdict.alarm) ...
 *     nt_model_free(model);
 *
 * The phases are those of a KitNET (kitnet.h): the first fm_grace + 1 packets teach the map, the
 * next ad_grace ones the autoencoders, all later ones are scored. Scores have the bits of nt_run
 * over the same packets: both go through the same functions, in batches of other sizes.
 *
 * Memory is allocated when a model is made, where one phase ends, and for what is new: streams, and
 * fragments of datagrams that are not whole. A packet of streams that are known allocates nothing.
 *
 * nt_model_save writes all of it to a file, nt_model_load goes on from there: at whatever packet it
 * was saved, the scores that follow are those, bit for bit, of a model that was never put away (on
 * the same instruction set; AVX2 and AVX512 are alike). Fragments of datagrams that are not whole
 * are not part of a model.
 *
 * @since 0.2
 * @{
 */
#ifndef NINETAILS_MODEL_H
#define NINETAILS_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/extractor.h>
#include <ninetails/feature_map.h>
#include <ninetails/kitnet.h>
#include <ninetails/metrics.h>
#include <ninetails/packet.h>

NT_BEGIN_DECLS

/** Options of a model. */
typedef struct nt_model_options {
  nt_extractor_options extractor; /**< profile and bound of memory */
  nt_kitnet_options kitnet;       /**< grace periods and parameters of learning */
  double tail_probability; /**< of the threshold, in (0, 1): metrics.h says of which scores */
} nt_model_options;

/** The presets: those of nt_run_defaults. */
NT_API nt_model_options nt_model_defaults(void);

/** A model. */
typedef struct nt_model nt_model;

/** map (copied): a feature map to use instead of learning one; NULL: none. NULL with NT_E_ARGUMENT
 * (an option outside of its range), NT_E_INPUT (a broken map) or NT_E_MEMORY. Owned by the caller:
 * nt_model_free. */
NT_API nt_model *nt_model_new(const nt_model_options *options, const nt_feature_map *map,
                              nt_error *err) NT_MUST_CHECK NT_NONNULL(1);
/** NULL is fine. */
NT_API void nt_model_free(nt_model *model);

/** What is said of one packet. */
typedef struct nt_verdict {
  nt_phase phase;  /**< that the packet fell in */
  int alarm;       /**< 1: the score is at or above the threshold, or not a number */
  double score;    /**< 0 in the grace periods; may be infinite or not a number */
  double training; /**< the error that was learnt from in training, NaN in the other phases */
} nt_verdict;

/**
 * Takes the next packet, in the order of its capture. O(1) amortised with profile stream
 * (extractor.h), O(d^2) while the map of d columns is learnt, O(sum(v h)) after. One thread at a
 * time for each model. NT_E_MEMORY; NT_E_INPUT at the end of the mapping, where no map can be made
 * (nt_kitnet_process): the model then takes nothing more, every later call is NT_E_STATE.
 */
NT_API nt_status nt_model_push(nt_model *model, const nt_packet *packet, nt_verdict *verdict,
                               nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2, 3);

/** The same for the bytes of a packet, whatever they are: link type, time and length are those of
 * the frame. IP fragments are put together, in bounded memory. */
NT_API nt_status nt_model_push_frame(nt_model *model, const nt_frame *frame, nt_verdict *verdict,
                                     nt_error *err) NT_MUST_CHECK NT_NONNULL(1, 2, 3);

/**
 * Writes the model to a file, whole or not at all: what stops the program in between leaves the file
 * that was there. HDF5, sealed against damage; docs/models.md has the layout. NT_E_IO, NT_E_MEMORY,
 * NT_E_STATE for a model that has failed. O(its memory), and half as much again while it runs at
 * most. HDF5 is for one thread at a time: so are this and nt_model_load, over all models.
 */
NT_API nt_status nt_model_save(const nt_model *model, const char *path, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(1, 2);

/** A model that goes on where the saved one stood. NULL with NT_E_IO (it cannot be opened),
 * NT_E_INPUT (no model, another format, damaged, cut short) or NT_E_MEMORY; the error names the
 * file. An instruction set that was asked for by name and that this machine has not is
 * NT_E_ARGUMENT. */
NT_API nt_model *nt_model_load(const char *path, nt_error *err) NT_MUST_CHECK NT_NONNULL(1);

/** What a model is, and where it stands. */
typedef struct nt_model_facts {
  nt_model_options options; /**< what it was made with */
  int given_map;            /**< 1: with a map */
  nt_isa isa;               /**< kernels in use */
  nt_phase phase;           /**< that the next packet falls in */
  uint64_t packets;         /**< taken so far */
  uint64_t in_phase[3];     /**< of these, by nt_phase */
  uint64_t left;            /**< packets until the phase ends; UINT64_MAX in execution */
  size_t autoencoders;      /**< of the ensemble; 0 while the map is learnt */
  nt_threshold threshold;   /**< value NaN until training has ended, absence saying so */
  double first_time;        /**< s, of the first packet of the grace periods; NaN: none */
  double last_trained;      /**< s, the latest time in the grace periods; NaN likewise */
  nt_extractor_usage usage; /**< streams, pairs, and the bytes they take */
  size_t bytes;             /**< of all of it, fragments of datagrams left out */
} nt_model_facts;

/** O(1). */
NT_API void nt_model_facts_of(const nt_model *model, nt_model_facts *facts) NT_NONNULL(1, 2);

NT_END_DECLS
/** @} */
#endif
