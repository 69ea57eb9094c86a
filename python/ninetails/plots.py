# SPDX-License-Identifier: GPL-3.0-or-later
"""Plots with matplotlib: each draws into ``ax`` (by default a new one) and returns it."""
from __future__ import annotations

import numpy

# Okabe and Ito's colours, told apart by the colour-blind; line styles tell them apart in grey.
BENIGN, ATTACK, CURVE, LINE = "#0072B2", "#D55E00", "#000000", "#999999"


def _axes(ax):
    if ax is None:
        import matplotlib.pyplot as pyplot
        _, ax = pyplot.subplots(constrained_layout=True)
    return ax


def roc(curve, ax=None, *, log=False, label=None, **style):
    """A ROC curve, as `Experiment.roc` gives it; log: the false positive rate on a logarithmic axis."""
    ax = _axes(ax)
    x, y = curve.x, curve.y
    if log:
        x, y = x[x > 0], y[x > 0]
        ax.set_xscale("log")
    ax.plot(x, y, label=label, **{"color": CURVE, "drawstyle": "steps-post", **style})
    ax.set(xlabel="false positive rate", ylabel="true positive rate", ylim=(0, 1.01))
    if label:
        ax.legend()
    return ax


def precision_recall(curve, ax=None, *, label=None, **style):
    """Precision against recall."""
    ax = _axes(ax)
    ax.plot(curve.x, curve.y, label=label, **{"color": CURVE, **style})
    ax.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.01))
    if label:
        ax.legend()
    return ax


def timeline(scores, ax=None, *, threshold=None, points=4000):
    """Scores against time, by label; of each of ``points`` stretches the highest and the lowest score, so that
    no peak is lost. Scores that are not positive and finite are not drawn on the logarithmic axis."""
    ax = _axes(ax)
    time = scores.time if numpy.isfinite(scores.time).all() else scores.packet.astype(float)
    labels = scores.label if scores.label is not None else numpy.zeros(len(scores.score), int)
    origin = time[0] if len(time) else 0
    for value, name, colour in ((0, "benign", BENIGN), (1, "attack", ATTACK)):
        drawable = (labels == value) & numpy.isfinite(scores.score) & (scores.score > 0)
        at = _extremes(numpy.flatnonzero(drawable), scores.score, points)
        if len(at):
            ax.plot(time[at] - origin, scores.score[at], ".", markersize=2, color=colour, rasterized=True,
                    label=name if scores.label is not None else None)
    if threshold is not None:
        ax.axhline(threshold, color=LINE, linestyle="--", label="threshold")
    seconds = time is scores.time
    ax.set(yscale="log", xlabel="time since the first scored packet [s]" if seconds else "packet", ylabel="score (RMSE)")
    if ax.get_legend_handles_labels()[0]:
        ax.legend(markerscale=4)
    return ax


def _extremes(at, score, points):
    """Of the indices ``at``, those of the least and the greatest score in each of ``points`` stretches."""
    if len(at) <= 2 * points:
        return at
    kept = [part[[score[part].argmin(), score[part].argmax()]] for part in numpy.array_split(at, points)]
    return numpy.unique(numpy.concatenate(kept))


def histogram(scores, ax=None, *, bins=100):
    """Distribution of the logarithm of the scores, by label, each with area 1."""
    ax = _axes(ax)
    labels = scores.label if scores.label is not None else numpy.zeros(len(scores.score), int)
    usable = numpy.isfinite(scores.score) & (scores.score > 0)
    edges = numpy.histogram_bin_edges(numpy.log10(scores.score[usable]), bins) if usable.any() else bins
    for value, name, colour, line in ((0, "benign", BENIGN, "-"), (1, "attack", ATTACK, "--")):
        part = numpy.log10(scores.score[usable & (labels == value)])
        if len(part):
            ax.hist(part, edges, density=True, histtype="step", color=colour, linestyle=line,
                    label=name if scores.label is not None else None)
    ax.set(xlabel="log10 of the score", ylabel="density")
    if ax.get_legend_handles_labels()[0]:
        ax.legend()
    return ax
