# SPDX-License-Identifier: GPL-3.0-or-later
"""Ninetails: Kitsune's extractor, KitNET and the detectors it is compared with, and result files.

    import ninetails

    result = ninetails.open("results/quickstart.h5")     # what `ninetails run` wrote
    result.runs                                          # a DataFrame, one row a run
    result.roc(run), result.scores(run)

    rows = ninetails.Extractor("stream").extract("capture.pcap")
    detector = ninetails.KitNET(fm_grace=1000).fit(rows[:11000])
    detector.anomaly_score(rows[11000:])

Calls of the library release the interpreter's lock.
"""
from . import detectors, plots
from .detectors import Detector, KitNET
from .experiment import run
from .extractor import PACKET, Extractor, Warned, packets
from .library import NinetailsError
from .place import VERSION as __version__
from .results import Experiment, ScoreFile, open
from .score import Scoring, score

__all__ = ["Detector", "Experiment", "Extractor", "KitNET", "NinetailsError", "PACKET", "ScoreFile", "Scoring",
           "Warned", "detectors", "open", "packets", "plots", "run", "score"]
