# SPDX-License-Identifier: GPL-3.0-or-later
"""Plots show the numbers they are given."""
import numpy
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from ninetails import plots


@pytest.fixture
def key(experiment):
    return experiment.runs.index[0]


def test_curves(experiment, key):
    curve = experiment.roc(key)
    line = plots.roc(curve, label="KitNET").lines[0]
    assert (line.get_xdata() == curve.x).all() and (line.get_ydata() == curve.y).all()
    assert (plots.roc(curve, log=True).lines[0].get_xdata() > 0).all()
    curve = experiment.precision_recall(key)
    assert (plots.precision_recall(curve).lines[0].get_ydata() == curve.y).all()


def test_timeline_keeps_the_peaks(experiment, key, folder):
    scores = experiment.scores(key)
    ax = plots.timeline(scores, threshold=0.1, points=50)
    drawn = numpy.concatenate([line.get_ydata() for line in ax.lines[:2]])
    assert drawn.max() == scores.score.max() and len(drawn) <= 200
    ax.figure.savefig(folder / "timeline.png")
    assert len(plots.histogram(scores).patches) == 2
