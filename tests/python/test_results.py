# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of a result file in Python."""
import subprocess

import h5py
import numpy
import pandas
import pytest

import ninetails
from ninetails.library import program


def test_runs(experiment):
    runs = experiment.runs
    assert len(runs) == 8 and set(runs.detector) == {"kitnet", "isolation_forest"} and (runs.status == "done").all()
    assert runs.max_autoencoder[runs.detector == "isolation_forest"].isna().all()
    assert runs.attrs["role"]["auc"] == "metric" and runs.attrs["better"]["auc"] == "higher"
    assert experiment.attributes["runs_done"] == 8 and "commit" in experiment.attributes
    exported = subprocess.run([program(), "results", "export", experiment.path], check=True, capture_output=True, text=True)
    with open("exported.csv", "w", encoding="utf-8") as file:
        file.write(exported.stdout)
    table = pandas.read_csv("exported.csv", index_col="run", float_precision="round_trip")
    assert (table.auc.sort_index() == runs.auc.sort_index()).all()


def test_a_run(experiment, labels):
    runs = experiment.runs
    key = runs.index[runs.detector == "kitnet"][0]
    scores = experiment.scores(key)
    assert scores.packet[0] == runs.fm_grace[key] + runs.ad_grace[key] + 1 and scores.packet[-1] == 5999
    expected = pandas.read_csv(labels).label.to_numpy()
    assert (scores.label == expected[scores.packet]).all()
    roc = experiment.roc(key)
    benign, attack = scores.score[scores.label == 0], scores.score[scores.label == 1]
    for x, y, threshold in zip(roc.x, roc.y, roc.threshold):
        if numpy.isfinite(threshold):
            assert x == (benign >= threshold).mean() and y == (attack >= threshold).mean()
    area = numpy.trapz(roc.y, roc.x)
    assert abs(area - runs.auc[key]) <= roc.deviation + 1e-12
    assert experiment.scores(key[:12]).score is not None and len(experiment.map(key)) > 1
    curve = experiment.precision_recall(key)
    assert curve.x.max() == 1 and (curve.y <= 1).all()


def test_errors(experiment, folder):
    with pytest.raises(KeyError, match="8 runs begin with '', expected 1|0 runs begin"):
        experiment.roc("")
    with pytest.raises(KeyError, match="0 runs begin with 'zz'"):
        experiment.scores("zz")
    with h5py.File(folder / "other.h5", "w") as file:
        file["x"] = [1]
    with pytest.raises(ValueError, match="no file of ninetails"):
        ninetails.open(folder / "other.h5")


def test_xarray(experiment):
    data = experiment.to_xarray()
    assert data.auc.attrs["long_name"] and data.sizes["run"] == 8
    assert (data.auc.sel(run=experiment.runs.index[3]) == experiment.runs.auc.iloc[3]).item()


def test_a_file_of_scores(folder, capture, labels):
    scored = ninetails.score(capture, labels=labels, fm_grace=200, ad_grace=3000, output=folder / "scores.h5")
    with ninetails.open(folder / "scores.h5") as file:
        assert file.grace == scored.grace == 3201
        assert (file.scores().score == scored.scores[3201:]).all() and (file.scores().label == scored.labels[3201:]).all()
        assert file.attributes["auc"] == scored.figure("auc") > 0.5
        assert len(file.map()) == len(scored.map) and file.to_xarray().scores.attrs["units"] == "1"
    assert numpy.isnan(scored.figure("nothing"))


def test_a_model_goes_on(capture, folder):
    whole = ninetails.score(capture, fm_grace=200, ad_grace=3000, save=folder / "model.h5")
    again = ninetails.score(capture, load=folder / "model.h5")
    assert whole.grace == 3201 and again.grace == 0 and len(again.scores) == 6000
    with pytest.raises(ValueError, match="has one of its own"):
        ninetails.score(capture, load=folder / "model.h5", profile="stream")
    with pytest.raises(ninetails.NinetailsError, match="is no model of ninetails"):
        ninetails.score(capture, load=__file__)


def test_score_says_what_is_wrong(capture, folder):
    with pytest.raises(ValueError, match="fm_grace = -1: expected"):
        ninetails.score(capture, fm_grace=-1)
    with pytest.raises(TypeError, match="no option fm_grase"):
        ninetails.score(capture, fm_grase=1)
    with pytest.raises(ninetails.NinetailsError, match="6000"):
        ninetails.score(capture)
    packets = []
    ninetails.score(capture, fm_grace=200, ad_grace=3000, progress=packets.append)
    assert packets == sorted(packets) and packets[-1] == 6000

    def stop(count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ninetails.score(capture, fm_grace=200, ad_grace=3000, progress=stop, output=folder / "stopped.h5")
    assert not (folder / "stopped.h5").exists()


def test_run(experiment, folder, capsys):
    with pytest.warns(UserWarning, match="alarms"), ninetails.run(folder / "small.lua", folder / "small.h5", jobs=2) as again:
        assert len(again.runs) == 8
    with pytest.raises(ninetails.NinetailsError, match="no experiment 'nothing'"):
        ninetails.run("nothing", progress=False)
    with pytest.raises(TypeError, match="no option job"):
        ninetails.run("quickstart", job=2)
