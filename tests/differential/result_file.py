#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens result files with h5py, h5netcdf, pandas and xarray, and runs the examples of results/README.md.

usage: result_file.py RESULT_FILE_TOOL SHARED      (SHARED is not used)
"""
import os
import re
import subprocess
import sys
import tempfile

try:
    import h5netcdf  # noqa: F401
    import h5py
    import numpy
    import pandas  # noqa: F401
    import xarray
except ImportError as missing:
    print("skipped: %s" % missing)
    sys.exit(77)

PACKETS, FIRST, RUNS, FAILED = 20000, 5000, 6, 3
README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "results", "README.md")


def examples():
    """The Python examples of the page's section on experiments, in order."""
    with open(README, encoding="utf-8") as f:
        page = f.read()
    part = page[page.index("## The result file of an experiment"):page.index("## The output of `ninetails score`")]
    return re.findall(r"```python\n(.*?)```", part, re.DOTALL)


def check_h5py(path):
    with h5py.File(path) as f:
        assert f.attrs["name"] == "quickstart" and f.attrs["script"] == "return {}\n"
        assert sorted(f) == ["data", "run", "runs"]
        runs = f["runs"]
        assert list(runs) == ["run", "dataset", "detector", "status", "reason", "seed", "max_autoencoder", "auc",
                              "seconds_score", "trees"]
        for name, column in runs.items():
            assert column.shape == (RUNS,) and column.attrs["role"] in ("identity", "parameter", "metric", "cost")
            assert column.attrs["long_name"], name
            assert name == "run" or list(column.dims[0].keys()) == ["run"], name
        assert runs["seconds_score"].attrs["units"] == "s" and runs["seed"].dtype == numpy.int64
        assert list(runs["trees"][:]) == [-1, 100] * 3 and runs["trees"].attrs["_FillValue"] == -1
        assert "_FillValue" not in runs["seed"].attrs
        assert runs["reason"].asstr()[FAILED] == "did not converge" and numpy.isnan(runs["auc"][FAILED])
        keys = list(runs["run"].asstr()[:])
        assert "scores" not in f["run"][keys[FAILED]]
        assert dict(f["run"][keys[0]]["provenance"].attrs)["host"] == "fox"
        for key in keys[:FAILED]:
            run = f["run"][key]
            scores = run["scores"]
            assert scores.shape == (PACKETS - FIRST,) and scores.attrs["first"] == FIRST
            assert scores.compression == "gzip" and scores.shuffle and scores.fletcher32
            assert run["roc/fpr"][0] == 0 and run["roc/tpr"][-1] == 1 and numpy.isinf(run["roc/threshold"][0])
            assert list(run["roc/tpr"].dims[0].keys()) == ["fpr"]
            assert list(run["map/sizes"][:]) == [2, 1]
        data = f["data/synthetic"]
        assert data["labels"].shape == (PACKETS,) and data.attrs["packets"] == PACKETS
        with h5py.File("run.h5") as own:
            assert own.attrs["run"] == keys[0] and own.attrs["auc"] == runs["auc"][0]
            assert (own["scores"][:] == f["run"][keys[0]]["scores"][:]).all()


def check_xarray(path):
    with xarray.open_dataset(path, group="runs", engine="h5netcdf") as runs:
        assert dict(runs.sizes) == {"run": RUNS}
        assert runs.auc.dims == ("run",) and runs.auc.attrs["units"] == "1"
        assert runs.auc.attrs["long_name"] == "area under the ROC curve"
        assert list(numpy.isnan(runs.trees.values)) == [True, False] * 3
        assert runs.seconds_score.dtype == numpy.float64, "seconds were taken for dates"
        key = str(runs.run.values[0])
        auc = float(runs.auc[2])
    with xarray.open_dataset(path, group="run/" + key, engine="h5netcdf") as run:
        assert run.scores.dims == ("packet",) and not list(run.coords), "packet is a length, not values"
    for group, variable, axis in (("roc", "tpr", "fpr"), ("precision_recall", "precision", "recall")):
        with xarray.open_dataset(path, group="run/%s/%s" % (key, group), engine="h5netcdf") as curve:
            assert curve[variable].dims == (axis,) and axis in curve.coords and 0 <= curve.attrs["deviation"] < 0.01
    with xarray.open_dataset(path, group="data/synthetic", engine="h5netcdf") as data:
        assert data.labels.dims == ("timestamps",) and str(data.timestamps.values[0]).startswith("2023-11-14T22:13:20")
        assert data.attrs["sha256"] == "0123456789abcdef"
    with xarray.open_dataset("features.h5", engine="h5netcdf") as features:
        assert features.features.dims == ("timestamps", "feature") and features.attrs["profile"] == "stream"
        assert list(features.feature.values) == ["weight", "mean", "radius"] and features.sizes["timestamps"] == PACKETS
    return auc


def check_auc(path, auc):
    """Curve, scores and labels are consistent with each other."""
    with h5py.File(path) as f:
        scores = f["run"][f["runs/run"].asstr()[2]]["scores"]
        first = scores.attrs["first"]
        labels = f["data"][scores.attrs["data"]]["labels"][first:first + len(scores)]
        ranks = numpy.argsort(numpy.argsort(scores[:])) + 1
    attacks = (labels == 1).sum()
    exact = (ranks[labels == 1].sum() - attacks * (attacks + 1) / 2) / (attacks * (labels == 0).sum())
    assert abs(exact - auc) < 0.002, (exact, auc)


def check_attacks(path):
    """Each attack's AUC is that of its packets among the benign ones; every packet names its attack."""
    with h5py.File(path) as f:
        data = f["data/synthetic"]
        assert list(data["attack_name"].asstr()) == ["scan", "flood"]
        assert data["attack"].dims[0][0].name == data["timestamps"].name
        runs = [run for run in f["run"].values() if "attacks" in run]
        assert len(runs) == RUNS - 1
        for run in runs:
            scores, table = run["scores"][:], run["attacks"]
            labels, attack = data["labels"][FIRST:], data["attack"][FIRST:]
            for k, name in enumerate(table["attack"].asstr()):
                mine, benign = scores[attack == k + 1], scores[labels == 0]
                exact = (mine[:, None] > benign[None, :]).mean() + (mine[:, None] == benign[None, :]).mean() / 2
                assert table["packets"][k] == len(mine) > 0 and abs(table["auc"][k] - exact) < 1e-12, (name, exact)
            assert table["auc"].dims[0][0].name == table["attack"].name


def main(tool):
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        subprocess.run([tool, "."], check=True)
        check_h5py("quickstart.h5")
        check_auc("quickstart.h5", check_xarray("quickstart.h5"))
        check_attacks("quickstart.h5")
        os.mkdir("results")
        os.rename("quickstart.h5", "results/quickstart.h5")
        programs = examples()
        assert len(programs) == 5, "results/README.md has %d examples" % len(programs)
        for program in programs:
            told = subprocess.run([sys.executable, "-W", "error::UserWarning", "-c", program], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
            assert told.returncode == 0 and told.stdout, "%s\n%s" % (program, told.stderr)
        os.chdir("/")
    print("h5py %s and xarray %s open a result file, %d examples run" % (h5py.__version__, xarray.__version__,
                                                                         len(programs)))


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
