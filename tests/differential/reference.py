#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The executable against the golden outputs of the public references, from file to file.

    reference.py NINETAILS SHARED [WORK]

For every golden file: features of py100 and csv115 equal bit for bit (stored rows, and the column sums of the bit
patterns of all packets), the feature map equal, scores within a relative 1e-12 with every instruction set that the
machine has. Then AUC and EER of py100 and stream side by side; scikit-learn computes them, and they must equal the file's. Exit
code 77 (skipped) without SHARED.
"""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve

GOLDEN = {  # golden file: label file below data/labelled, or None
    "CnC_uploading_exe_modbus_6RTU_with_operate": "modbus_cset16/CnC_uploading_exe_modbus_6RTU_with_operate.labels.csv",
    "moving_two_files_modbus_6RTU": "modbus_cset16/moving_two_files_modbus_6RTU.labels.csv",
    "characterization_modbus_6RTU_with_operate": "modbus_cset16/characterization_modbus_6RTU_with_operate.labels.csv",
    "westermo_right": "westermo_right/labels.csv.gz",
    "kitsune_mirai_head": None,
    "qut_dnp3_attacks": "qut_dnp3/attacks_testing_infrequent.labels.csv.gz",
}
SCORE_TOLERANCE = 1e-12
BLOCK = 1 << 14  # rows
failures = []


def check(what, holds, detail=""):
    print(f"  {'ok  ' if holds else 'FAIL'} {what} {detail}", flush=True)
    if not holds:
        failures.append(what)


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def capture_of(golden, shared, work):
    """The capture's path; the Mirai head is cut to the packets of the golden file."""
    source = golden.attrs["source"].split(",")[0]
    path = shared / source
    if not path.exists():  # some are stored compressed
        path = path.with_name(path.name + ".gz")
    if path.name.endswith(".tsv.gz"):
        cut = work / "cut.tsv"
        with gzip.open(path, "rb") as whole, open(cut, "wb") as out:
            for number, line in enumerate(whole):
                if number > golden.attrs["packets"]:  # one line is the header
                    break
                out.write(line)
        return cut
    return path


def same_features(ninetails, capture, golden, profile, out):
    run(ninetails, "extract", capture, "--profile", profile, "-o", out, "--quiet")
    with h5py.File(out) as ours:
        rows = golden["rows"][:]
        features = ours["features"]
        stored = golden[f"{profile}/features"]
        sums = golden[f"{profile}/checksum"][:]
        check(f"{profile}: {len(features)} packets", len(features) == golden.attrs["packets"])
        width = features.shape[1]
        total, same = np.zeros(width, np.uint64), np.ones(width, bool)
        for start in range(0, len(features), BLOCK):  # all columns at once, since one column alone reads the whole file too
            bits = features[start:start + BLOCK].view(np.uint64)
            here = (rows >= start) & (rows < start + BLOCK)
            same &= (bits[rows[here] - start] == stored[:][here].view(np.uint64)).all(axis=0)
            with np.errstate(over="ignore"):
                total += bits.sum(axis=0, dtype=np.uint64)
        differing = np.count_nonzero(~same | (total != sums))
        check(f"{profile}: {width} columns equal bit for bit", differing == 0, f"({differing} differ)")


def relative(ours, theirs):
    """Largest relative difference; equal values (infinities, NaNs at the same place) count as 0."""
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    with np.errstate(all="ignore"):
        return np.where(same, 0, np.abs(ours - theirs) / np.abs(theirs)).max()


def score(ninetails, capture, golden, out, *more):
    parameters = golden["py100/scores"].attrs
    options = [f"--fm-grace={parameters['fm_grace']}", f"--ad-grace={parameters['ad_grace']}"]
    run(ninetails, "score", capture, *options, "-o", out, "--quiet", *more)


def quality(path):
    with h5py.File(path) as ours:
        if "labels" not in ours:
            return None
        first = ours.attrs["packets_mapping"] + ours.attrs["packets_training"]
        scores, labels = ours["scores"][first:], ours["labels"][first:]
        stated = ours.attrs["auc"], ours.attrs["eer"]
    fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=False)
    above = np.argmax(fpr >= 1 - tpr)
    a, b = fpr[above - 1] - (1 - tpr[above - 1]), fpr[above] - (1 - tpr[above])
    eer = fpr[above - 1] + (fpr[above] - fpr[above - 1]) * (-a / (b - a))
    check("AUC and EER as scikit-learn has them", abs(stated[0] - roc_auc_score(labels, scores)) < 1e-12 and
          abs(stated[1] - eer) < 1e-9, f"({stated[0]:.6f} {stated[1]:.4f})")
    return stated


def main():
    ninetails, shared = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    if not (shared / "reference").is_dir():
        print(f"skipped: no {shared}/reference")
        sys.exit(77)
    table = []
    with tempfile.TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else None) as directory:
        work = pathlib.Path(directory)
        best = json.loads(run(ninetails, "version", "--json"))["isa"]
        sets = ["plain", "avx2", "avx512"][: 1 + ["plain", "avx2", "avx512"].index(best)]
        for name, labels in GOLDEN.items():
            print(name)
            with h5py.File(shared / "reference" / f"{name}.h5") as golden:
                capture = capture_of(golden, shared, work)
                with_labels = ["--labels", shared / "data/labelled" / labels] if labels else []
                for profile in ("py100", "csv115"):
                    same_features(ninetails, capture, golden, profile, work / f"{profile}-features.h5")
                for isa in sets:
                    # The best instruction set starts from the capture; the others start from its features, since the
                    # profile's code uses one instruction set only.
                    source = [capture, "--profile", "py100", *with_labels] if isa == best else [work / "py100-features.h5"]
                    score(ninetails, source[0], golden, work / "py100.h5", "--isa", isa, *source[1:])
                    with h5py.File(work / "py100.h5") as ours:
                        same = all(np.array_equal(ours[f"map/{a}"], golden[f"py100/map/{a}"]) for a in ("sizes", "features"))
                        check(f"feature map equal ({isa})", same)
                        worst = relative(ours["scores"][:], golden["py100/scores"][:])
                        check(f"scores within a relative {SCORE_TOLERANCE:g} ({isa})", worst <= SCORE_TOLERANCE, f"({worst:.1e})")
                score(ninetails, capture, golden, work / "stream.h5", "--profile", "stream", *with_labels)
                if labels:
                    table.append((name, *quality(work / "py100.h5"), *quality(work / "stream.h5")))
    print(f"\n{'capture':<44} {'AUC py100':>10} {'stream':>10} {'EER py100':>10} {'stream':>10}")
    for name, *numbers in table:
        auc_reference, eer_reference, auc_stream, eer_stream = numbers
        print(f"{name:<44} {auc_reference:>10.6f} {auc_stream:>10.6f} {eer_reference:>10.4f} {eer_stream:>10.4f}")
    print(f"\n{len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
