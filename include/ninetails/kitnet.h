/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @defgroup kitnet KitNET
 * KitNET: an ensemble of small autoencoders, one for each cluster of the feature map, whose
 * reconstruction errors (RMSE) are the input of one output autoencoder; its RMSE is the packet's
 * score.
 *
 * Phases by the count n of rows seen before this one:
 *     n <= fm_grace         feature mapping: fm_grace + 1 rows, none when a map is given
 *     the next ad_grace     training: from the first row on when a map is given
 *     after that            execution
 *
 * Training is sequential: each row changes the weights. In execution they stand still, so rows are
 * scored in batches, one row a vector lane; the batch size never changes a bit of the scores.
 *
 * Memory, for d columns and autoencoders of v inputs and h hidden units: 8 d^2 bytes while mapping
 * and as much again when the map is made; then at most 16 sum(v h), up to a vector's padding.
 * Training keeps nothing of the mapping, execution nothing of the training.
 *
 * Scores agree with Kitsune-py's within a relative 1e-12 for equal features (2e-13 on its reference
 * captures), with every instruction set; AVX2 and AVX512 give the same bits.
 *
 * @since 0.1
 * @{
 */
#ifndef NINETAILS_KITNET_H
#define NINETAILS_KITNET_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/error.h>
#include <ninetails/platform.h>
#include <ninetails/feature_map.h>
#include <ninetails/parameter.h>

NT_BEGIN_DECLS

/** How the biases learn. */
typedef enum nt_bias_update {
  NT_BIAS_ELEMENT, /**< each bias by its own gradient: Kitsune-py since April 2020 */
  NT_BIAS_MEAN /**< all biases by the mean of the gradient: KitNET-py, PySAD, Kitsune-py before */
} nt_bias_update;

/** Options of a KitNET. */
typedef struct nt_kitnet_options {
  uint64_t fm_grace;      /**< rows, and one more, for the feature map */
  uint64_t ad_grace;      /**< rows for training */
  size_t max_autoencoder; /**< most features of an autoencoder of the ensemble */
  double learning_rate;   /**< of stochastic gradient descent */
  double hidden_ratio;    /**< hidden = ceil(visible * ratio) */
  uint32_t seed;          /**< of MT19937, for each autoencoder anew */
  nt_bias_update bias;    /**< how the biases learn */
  double train_epsilon;   /**< added to max - min in training; with 0 a constant column is 0 / 0 */
  double execute_epsilon; /**< the same in execution */
  nt_isa isa;             /**< kernels; NT_ISA_AUTO: the best of this machine */
} nt_kitnet_options;

/** Its rows; those from NT_KITNET_MAX_AUTOENCODER to NT_KITNET_EXECUTE_EPSILON are the
 * parameters of the detector "kitnet", those from NT_KITNET_LEARNING_RATE on of any autoencoder. */
enum {
  NT_KITNET_FM_GRACE,
  NT_KITNET_AD_GRACE,
  NT_KITNET_MAX_AUTOENCODER,
  NT_KITNET_LEARNING_RATE,
  NT_KITNET_HIDDEN_RATIO,
  NT_KITNET_BIAS_UPDATE,
  NT_KITNET_TRAIN_EPSILON,
  NT_KITNET_EXECUTE_EPSILON,
  NT_KITNET_SEED,
  NT_KITNET_ISA,
  NT_KITNET_PARAMETERS
};
/** The rows of nt_kitnet_options. */
NT_API extern const nt_parameter nt_kitnet_parameters[NT_KITNET_PARAMETERS];

/** Their presets. */
NT_API nt_kitnet_options nt_kitnet_defaults(void);

/** What happens to the next row. */
typedef enum nt_phase { NT_PHASE_MAPPING, NT_PHASE_TRAINING, NT_PHASE_EXECUTION } nt_phase;
/** "mapping", "training" or "execution". */
NT_API const char *nt_phase_name(nt_phase phase);

/** A KitNET, in one of its phases. */
typedef struct nt_kitnet nt_kitnet;

/** width: columns of a row, at least 1. map (copied) may be NULL; with one, ad_grace rows train
 * (Kitsune-py trains fm_grace + ad_grace + 1 then). Errors name the option and its range; a broken
 * map is NT_E_INPUT. */
NT_API nt_kitnet *nt_kitnet_new(size_t width, const nt_kitnet_options *options,
                                const nt_feature_map *map, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(2);
/** NULL is fine. */
NT_API void nt_kitnet_free(nt_kitnet *kitnet);

/**
 * Takes n rows (n x width doubles, row-major) through whichever phases they fall in.
 *   scores     n doubles: 0 in mapping and training, the score in execution; may be inf or nan
 *   training   n doubles or NULL: the output autoencoder's RMSE in training, NaN in other phases
 * NT_E_INPUT at the end of the mapping when NaN or infinity among its rows leaves distances
 * undefined (Kitsune-py stops there too): the rows up to there are taken, and every later call says
 * the same. After the mapping such values make NaN of what they touch.
 * O(n d^2) while mapping, O(n sum(v h)) after.
 */
NT_API nt_status nt_kitnet_process(nt_kitnet *kitnet, const double *rows, size_t n, double *scores,
                                   double *training, nt_error *err) NT_MUST_CHECK NT_NONNULL(1);

/**
 * The same for several instances that nt_kitnet_together accepts, to the same bits as for one
 * after the other: faster in training (cohort.h). scores[i], training[i]: of instance i; training
 * may be NULL. NT_E_ARGUMENT where it does not accept two. Memory, while it trains: as much again.
 */
NT_API nt_status nt_kitnet_process_together(nt_kitnet *const *kitnets, size_t count,
                                            const double *rows, size_t n, double *const *scores,
                                            double *const *training, nt_error *err) NT_MUST_CHECK
    NT_NONNULL(1, 3, 5);

/** Whether both are past the mapping, at the same row of the same phases, and agree in width, map
 * and kernels. */
NT_API int nt_kitnet_together(const nt_kitnet *a, const nt_kitnet *b) NT_NONNULL(1, 2);

/** The phase that the next row falls in. */
NT_API nt_phase nt_kitnet_phase_of(const nt_kitnet *kitnet) NT_NONNULL(1);
/** How many rows were seen. */
NT_API uint64_t nt_kitnet_rows(const nt_kitnet *kitnet) NT_NONNULL(1);
/** Rows until that phase ends, at least 1; UINT64_MAX in execution. */
NT_API uint64_t nt_kitnet_rows_left(const nt_kitnet *kitnet) NT_NONNULL(1);

/** The map, owned by kitnet; NULL while mapping. */
NT_API const nt_feature_map *nt_kitnet_map(const nt_kitnet *kitnet) NT_NONNULL(1);

/** Bytes held now, the struct and all below it. */
NT_API size_t nt_kitnet_memory(const nt_kitnet *kitnet) NT_NONNULL(1);

/** The kernels in use (never NT_ISA_AUTO). */
NT_API nt_isa nt_kitnet_isa(const nt_kitnet *kitnet) NT_NONNULL(1);

NT_END_DECLS
/** @} */
#endif
