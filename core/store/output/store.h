/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the rows of one run go: an HDF5 file (.h5, .hdf5) or a table of text (.csv).
 *
 * An HDF5 file of ours, n packets and d features:
 *
 *     /                 attributes: what made the file and what came out (core/run/record.c)
 *     |- timestamps     n      float64  s since the epoch; NaN where the input had none
 *     |- feature        d      text     names of the columns ("MI_dir_L5_weight")
 *     |- features       n x d  float64  their units as attribute `column_units` ("byte", "s^2")
 *     |- scores         n      float64  RMSE of the output autoencoder; 0 in the grace periods
 *     |- labels         n      uint8    0 benign, 1 attack, 2 excluded
 *     |- attack         n      uint16   which attack the packet is of, from 1; 0: none with a name
 *     |- attack_name    k      text     names of the attacks
 *     |- attacks                        how well each attack is separated from benign traffic
 *     |   |- attack     k      text
 *     |   |- packets    k      int64    scored ones
 *     |   `- auc, average_precision, tpr_at_fpr_1em3: k, float64
 *     `- map                            which features each autoencoder of the ensemble saw
 *         |- sizes      k      int64    features of each autoencoder
 *         |- features   sum    int64    their columns (0-based), one autoencoder after the other
 *         `- distances  sum-1  float64  the dendrogram, of a learned map: at which distance the
 *                                       clusters of a feature and the next one are joined
 *
 * An extraction has features, a scoring has scores and map; features of a scoring and labels are
 * there when they were asked for, attacks where labels have names.
 *
 * timestamps and feature are dimension scales (HDF5's H5DS, the netCDF-4 convention), so the axes
 * have names:
 *
 *     import h5py
 *     with h5py.File("out.h5") as f:
 *         print(f.attrs["version"], f.attrs["command_line"])
 *         scores = f["scores"][:]
 *         print(f["scores"].dims[0].keys(), scores.max())
 *         first = f["map/features"][: f["map/sizes"][0]]       # the first autoencoder's columns
 *         print(f["feature"].asstr()[:][first])
 *
 *     import xarray
 *     data = xarray.open_dataset("out.h5", engine="h5netcdf")
 *     data.scores.plot()
 *
 * Long datasets are chunked (/features in NT_STORE_CHUNK rows, column by column: one feature can be
 * read without the others), shuffled, deflated, and carry Fletcher-32 checksums.
 *
 * A CSV file holds rows alone: `timestamp,<names>` or `packet,timestamp,score[,label[,attack]]`
 * (packets from 0 on, as the rows of an HDF5 file), numbers with the 17 digits that read back as
 * the same double; with features it is an input of ours again.
 *
 * Files appear whole or not at all (output.h). HDF5 calls are not reentrant in every build of HDF5:
 * one thread at a time over all handles.
 */
#ifndef NT_STORE_H
#define NT_STORE_H

#include <stddef.h>
#include <stdint.h>

#include <ninetails/metrics.h>
#include <ninetails/error.h>
#include <ninetails/feature_map.h>

/* Attribute `title` of the root: what the file is. */
#define NT_TITLE_SCORES "scores of one capture"
#define NT_TITLE_FEATURES "features of one capture"

#define NT_STORE_CHUNK 4096 /* rows; blocks of so many rows are written fastest */

typedef struct nt_store nt_store;

typedef struct nt_store_shape {
  size_t width;                    /* d */
  const char *const *names;        /* d column names */
  const char *const *units;        /* d units, or NULL when they are not known */
  int features, scores, labels;    /* which datasets the file has */
  size_t attacks;                  /* k; 0: labels have no names */
  const char *const *attack_names; /* k, which outlive the rows */
  int compression;                 /* deflate's level: 1 fast .. 9 small; 0: none. Of HDF5 only */
} nt_store_shape;

/* n rows; a pointer is read where the shape has its dataset. */
typedef struct nt_store_rows {
  size_t count;
  const double *times, *features, *scores;
  const uint8_t *labels;
  const uint16_t *attack; /* read where the shape has names of attacks */
} nt_store_rows;

/* Opens the output, its format seen from its name. An unknown ending (NT_E_ARGUMENT) and a place
 * that cannot be written (NT_E_IO) are found here, before a long run starts. */
nt_store *nt_store_create(const char *path, nt_error *err);

/* Removes the temporary file; NULL is fine. */
void nt_store_discard(nt_store *store);

/* Finishes, syncs and renames. Frees the handle whatever happens. */
nt_status nt_store_commit(nt_store *store, nt_error *err);

/* Whether it has a place for the map and attributes of the root (an HDF5 file has, a CSV file has
 * not). */
int nt_store_has_attributes(const nt_store *store);

/* Once, before rows. */
nt_status nt_store_begin(nt_store *store, const nt_store_shape *shape, nt_error *err);
nt_status nt_store_append(nt_store *store, const nt_store_rows *rows, nt_error *err);

/* What a CSV file has no place for is silently left out there: the map, how attacks are
 * told apart, and the attributes of the root. */
nt_status nt_store_map(nt_store *store, const nt_feature_map *map, nt_error *err);
/* Of all attacks of the shape. */
nt_status nt_store_attacks(nt_store *store, const nt_attack_measured *measured, nt_error *err);
nt_status nt_store_text(nt_store *store, const char *name, const char *value, nt_error *err);
nt_status nt_store_integer(nt_store *store, const char *name, int64_t value, nt_error *err);
nt_status nt_store_number(nt_store *store, const char *name, double value, nt_error *err);

typedef enum nt_output_kind { NT_OUTPUT_NONE, NT_OUTPUT_FEATURES, NT_OUTPUT_SCORES } nt_output_kind;

/* Whether the file says of itself that `extract` or `score` wrote it, and which; NONE also where it
 * cannot be read. A result file of an experiment is none. */
nt_output_kind nt_store_is_output(const char *path);

/* The map of an HDF5 file of ours, or of the text form (feature_map.h): seen from the content. */
nt_status nt_store_read_map(const char *path, nt_feature_map *map, nt_error *err);

/* "1.10.8": the HDF5 library at run time. */
void nt_store_library(char *text, size_t size);

#endif
