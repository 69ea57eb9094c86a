# SPDX-License-Identifier: GPL-3.0-or-later
"""Detectors in Python equal those of the command line, and name what they need."""
import warnings

import numpy
import pytest

import ninetails
from ninetails import detectors
from ninetails.library import lib


def test_kitnet_is_that_of_score(capture, rows):
    scored = ninetails.score(capture, fm_grace=200, ad_grace=3000)
    kitnet = ninetails.KitNET(fm_grace=200).fit(rows[:3201])
    assert (kitnet.anomaly_score(rows[3201:]) == scored.scores[3201:]).all()
    assert kitnet.threshold_ == scored.threshold and kitnet.threshold_rule_ == "log-normal"
    assert [list(features) for features in kitnet.map_] == [list(features) for features in scored.map]
    assert sorted(numpy.concatenate(kitnet.map_)) == list(range(100))


def test_signs(rows):
    forest = detectors.IsolationForest(trees=20, seed=7).fit(rows[:2000])
    score = forest.anomaly_score(rows[2000:])
    assert (forest.score_samples(rows[2000:]) == -score).all()
    assert ((forest.predict(rows[2000:]) == -1) == (score >= forest.threshold_)).all()
    assert ((forest.decision_function(rows[2000:]) < 0) == (score >= forest.threshold_)).all()


@pytest.mark.parametrize("name", sorted(detectors.TABLE))
def test_chunks_and_repeats_change_nothing(rows, capture, name):
    """Every detector: the same scores from rows in one piece and in two, and from a second instance."""
    kind = detectors.TABLE[name]
    if kind._kind.flags & lib.NT_DETECTOR_CAPTURE:
        with pytest.raises(ValueError, match="capture is needed"):
            kind().fit(rows[:100])
        return
    records = numpy.concatenate(list(ninetails.packets(capture)))
    beside = {"times": records["time"], "sizes": records["length"]}

    def part(begin, end):
        return {key: values[begin:end] for key, values in beside.items()}

    oracle = kind._kind.flags & lib.NT_DETECTOR_ORACLE
    labels = {"y": numpy.arange(600) % 2} if oracle else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        one, two = (kind().fit(rows[:1000], **part(0, 1000)) for _ in range(2))
    whole = one.anomaly_score(rows[1000:1600], **part(1000, 1600), **labels)
    assert whole.shape == (600,) and numpy.isfinite(whole).all() and one.training_scores_.shape == (1000,)
    if oracle:
        with pytest.raises(ValueError, match="oracle"):
            two.anomaly_score(rows[1000:1600])
        return
    halves = [two.anomaly_score(rows[a:b], **part(a, b)) for a, b in ((1000, 1250), (1250, 1600))]
    assert (numpy.concatenate(halves) == whole).all()


def test_what_is_needed_is_said(rows):
    with pytest.raises(ValueError, match="times is needed"):
        detectors.InterArrival().fit(rows[:100])
    with pytest.raises(ValueError, match=r"sizes: \(3,\), expected \(100,\)"):
        detectors.PacketLength().fit(rows[:100], sizes=[1, 2, 3])
    with pytest.raises(ValueError, match="trees = 0: expected"):
        detectors.IsolationForest(trees=0).fit(rows[:100])
    with pytest.raises(TypeError, match="has no parameter tress"):
        detectors.IsolationForest(tress=5)
    with pytest.raises(ValueError, match="fm_grace = 99 with 100 samples"):
        ninetails.KitNET(fm_grace=99).fit(rows[:100])
    with pytest.raises(ValueError, match="expecting 100 features"):
        ninetails.KitNET().fit(rows[:100]).predict(rows[:100, :5])
    with pytest.raises(detectors.NotFittedError):
        ninetails.KitNET().predict(rows)
    with pytest.raises(ValueError):
        ninetails.KitNET().fit(numpy.full((100, 5), numpy.nan))


def test_parameters_are_those_of_the_table():
    forest = detectors.IsolationForest(trees=3)
    assert forest.get_params()["trees"] == 3 and "trees : int" in forest.__doc__
    assert forest.set_params(trees=4).trees == 4
    with pytest.raises(ValueError):
        forest.set_params(tress=4)
