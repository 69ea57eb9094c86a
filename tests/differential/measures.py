#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares core/metrics/measures.h, paired.h and Holm's correction with scikit-learn, SciPy, pandas, and pROC where R
has it (Debian: r-cran-proc).

Usage: measures.py MEASURES_TOOL. Exit codes: 0 all equal, 1 a difference, 77 a library is missing.
"""
import math
import os
import shutil
import subprocess
import sys

try:
    import numpy as np
    import pandas
    import scipy.stats
    import sklearn.metrics
    from figures import WORK, check, end, printed, stored
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOOL = sys.argv[1]


class Sample:
    """Packets a second apart on average, attacks in bursts; ties where `step` is given (a power of 2: exact sums)."""

    def __init__(self, seed, n, attack_share, step=None):
        rng = np.random.default_rng(seed)
        self.times = np.cumsum(rng.exponential(1, n)) + 1e9
        burst = np.floor((self.times - self.times[0]) / 40).astype(int)
        self.labels = ((rng.random(burst.max() + 1) < attack_share)[burst] & (rng.random(n) < .7)).astype(int)
        self.labels[:2] = 0, 1
        self.scores = rng.lognormal(-2, .5, n) * np.where(self.labels == 1, 2, 1)
        self.training = rng.lognormal(-2, .5, 5000)
        if step:
            self.scores = np.round(self.scores / step) * step + step

    def measures(self, tail=1e-3, max_fpr=.01, gap=60, smoothing=0):
        return printed(TOOL, "measures", stored("scores", self.scores), stored("times", self.times),
                       stored("labels", self.labels, "u1"), stored("training", self.training), tail, max_fpr, gap,
                       smoothing)


SAMPLES = [("small", Sample(1, 300, .3)), ("ties", Sample(2, 3000, .2, 1 / 16)), ("scarce", Sample(3, 50000, .02))]


def areas_and_rates():
    for name, s in SAMPLES:
        for smoothing in (0, 30):
            got = s.measures(max_fpr=.05, smoothing=smoothing)
            y = s.labels
            check(f"{name}: scored", got["scored"], len(y))
            check(f"{name}: attacks", got["attacks"], y.sum())
            check(f"{name}: auc", got["auc"], sklearn.metrics.roc_auc_score(y, s.scores))
            check(f"{name}: average precision", got["average_precision"],
                  sklearn.metrics.average_precision_score(y, s.scores))
            check(f"{name}: standardised partial auc", got["partial_auc_standardised"],
                  sklearn.metrics.roc_auc_score(y, s.scores, max_fpr=.05))
            # R's rollmean(x, 30, fill = 0, align = "right")
            rated = pandas.Series(s.scores).rolling(30).mean().fillna(0).to_numpy() if smoothing else s.scores
            fpr, tpr, thresholds = sklearn.metrics.roc_curve(y, rated, drop_intermediate=False)
            for word, limit in (("0", 0), ("1e-5", 1e-5), ("1e-4", 1e-4), ("1e-3", 1e-3), ("1e-2", 1e-2)):
                k, column = np.flatnonzero(fpr <= limit)[-1], word.replace("e-", "em")
                check(f"{name}, smoothing {smoothing}: tpr at {word}", got[f"tpr_at_fpr_{column}"], tpr[k])
                if k > 0:
                    check(f"{name}, smoothing {smoothing}: threshold at {word}", got[f"threshold_at_fpr_{column}"],
                          thresholds[k], 1e-9)
            predicted = s.scores >= got["best_f1_threshold"]
            check(f"{name}: f1", got["best_f1"], sklearn.metrics.f1_score(y, predicted))
            check(f"{name}: precision", got["best_f1_precision"], sklearn.metrics.precision_score(y, predicted))
            check(f"{name}: recall", got["best_f1_recall"], sklearn.metrics.recall_score(y, predicted))


def threshold_and_alarms():
    """Episodes and alarms by pandas, which groups attack packets by gaps in their times."""
    for name, s in SAMPLES:
        for gap in (5, 60):
            got = s.measures(tail=.02, gap=gap)
            shape, _, scale = scipy.stats.lognorm.fit(s.training, floc=0)
            threshold = scipy.stats.lognorm.isf(.02, shape, scale=scale)
            check(f"{name}: threshold", got["threshold"], threshold, 1e-9)
            frame = pandas.DataFrame({"time": s.times, "label": s.labels, "alarm": s.scores >= got["threshold"]})
            by_label = frame.groupby("label").alarm.mean()
            check(f"{name}: threshold tpr", got["threshold_tpr"], by_label[1])
            check(f"{name}: threshold fpr", got["threshold_fpr"], by_label[0])
            attacks = frame[frame.label == 1].copy()
            # a new episode: a benign packet and at least `gap` seconds lie between
            position = pandas.Series(attacks.index, index=attacks.index)
            attacks["episode"] = ((attacks.time.diff() >= gap) & (position.diff() > 1)).cumsum()
            onset = attacks.groupby("episode").time.first()
            first_alarm = attacks[attacks.alarm].groupby("episode").time.first().reindex(onset.index)
            delay = first_alarm - onset
            check(f"{name}: episodes", got["episodes"], len(onset))
            check(f"{name}: missed", got["episodes_missed"], delay.isna().sum())
            check(f"{name}: mean delay", got["onset_delay_mean"], delay.mean(), 1e-6)
            check(f"{name}: median delay", got["onset_delay_median"], delay.fillna(math.inf).median(), 1e-6)
            spans = attacks.groupby("episode").time.agg(["first", "last"])
            inside = np.zeros(len(frame), bool)
            for first, last in spans.itertuples(index=False):
                inside |= (frame.time >= first) & (frame.time <= last)
            outside = frame[~inside]
            step = outside.time.diff()[np.diff(outside.index, prepend=-2) == 1]
            hours = step.sum() / 3600
            check(f"{name}: benign hours", got["benign_hours"], hours, 1e-9)
            alarms = outside[outside.alarm & (outside.label == 0)]
            check(f"{name}: alarms per hour", got["alarms_per_hour"], len(alarms) / hours, 1e-9)
            incidents = (~(alarms.time.diff() < gap)).sum()
            check(f"{name}: incidents per hour", got["incidents_per_hour"], incidents / hours, 1e-9)


def paired_bootstrap():
    """The standard error of a difference against a bootstrap that copies packets and asks scikit-learn."""
    s = Sample(4, 1500, .3)
    rng = np.random.default_rng(5)
    other = s.scores * rng.lognormal(0, .6, len(s.scores))
    got = printed(TOOL, "paired", stored("a", s.scores), stored("b", other), stored("times", s.times),
                    stored("labels", s.labels, "u1"), 20, 5, 1000)
    attacks = np.flatnonzero(s.labels == 1)
    new = np.append(True, (np.diff(s.times[attacks]) >= 5) & (np.diff(attacks) > 1))
    block, next_block = np.full(len(s.labels), -1), 0
    for first, last in zip(attacks[new], attacks[np.append(np.flatnonzero(new)[1:] - 1, len(attacks) - 1)]):
        block[first:last + 1], next_block = next_block, next_block + 1
    attack_blocks, start = next_block, None
    for i in range(len(block)):  # stretches of 20 s, counted from where an episode ended
        if block[i] >= 0 and block[i] < attack_blocks:
            start = None
            continue
        if start is None:
            start, next_block = s.times[i], next_block + 1
        elif s.times[i] - start >= 20:
            start, next_block = start + (s.times[i] - start) // 20 * 20, next_block + 1
        block[i] = next_block - 1
    check("paired: blocks", got["blocks"], next_block)
    check("paired: attack blocks", got["attack_blocks"], attack_blocks)
    members = [np.flatnonzero(block == b) for b in range(next_block)]
    differences = []
    for _ in range(1000):
        chosen = np.concatenate([members[b] for b in np.append(
            rng.integers(attack_blocks, size=attack_blocks),
            rng.integers(attack_blocks, next_block, size=next_block - attack_blocks))])
        y, a, b = s.labels[chosen], s.scores[chosen], other[chosen]
        differences.append((sklearn.metrics.roc_auc_score(y, a) - sklearn.metrics.roc_auc_score(y, b),
                            sklearn.metrics.average_precision_score(y, a)
                            - sklearn.metrics.average_precision_score(y, b)))
    for name, column in zip(("auc", "average_precision"), np.array(differences).T):
        error = column.std(ddof=1)  # both are random: 1000 replicates determine each to 2 %
        check(f"paired {name}: error", got[f"{name}_error"] / error, 1, .12)
        for end, q in (("low", .025), ("high", .975)):
            check(f"paired {name}: {end}", (got[f"{name}_{end}"] - np.quantile(column, q)) / error, 0, .4)
    check("paired: auc of b", got["auc_b"], sklearn.metrics.roc_auc_score(s.labels, other))


R_SCRIPT = """
suppressMessages(library(pROC))
args <- commandArgs(TRUE)
n <- as.integer(args[4])
a <- readBin(args[1], "double", n); b <- readBin(args[2], "double", n)
y <- as.integer(readBin(args[3], "raw", n))
one <- roc(y, a, levels = c(0, 1), direction = "<", quiet = TRUE)
two <- roc(y, b, levels = c(0, 1), direction = "<", quiet = TRUE)
i <- as.numeric(ci.auc(one, conf.level = 0.95, method = "delong"))
t <- roc.test(one, two, method = "delong", paired = TRUE)
partial <- auc(one, partial.auc = c(1, 0.95), partial.auc.focus = "specificity")
corrected <- auc(one, partial.auc = c(1, 0.95), partial.auc.focus = "specificity", partial.auc.correct = TRUE)
cat(sprintf("%s %.17g\\n", c("low", "auc", "high", "z", "p", "partial", "corrected"),
  c(i, unname(t$statistic), t$p.value, partial, corrected)), sep = "")
"""

R_PUBLISHED = """
suppressMessages(library(pROC))
data(aSAH)
out <- commandArgs(TRUE)
writeBin(as.double(aSAH$s100b), out[1]); writeBin(as.double(aSAH$wfns), out[2])
writeBin(as.raw(aSAH$outcome == "Poor"), out[3])
"""

R_HOLM = """
p <- readBin(commandArgs(TRUE)[1], "double", 10000)
cat(sprintf("%d %.17g\\n", seq_along(p) - 1L, p.adjust(p, "holm")), sep = "")
"""


def rscript(text, *arguments):
    path = os.path.join(WORK.name, "script.R")
    with open(path, "w") as script:
        script.write(text)
    return ["Rscript", "--vanilla", path, *map(str, arguments)]


def against_proc():
    has = shutil.which("Rscript") and subprocess.run(
        ["Rscript", "--vanilla", "-e", "library(pROC)"], capture_output=True).returncode == 0
    if not has:
        print("skipped: pROC (r-cran-proc)")
        return
    for name, s in SAMPLES[:2]:
        rng = np.random.default_rng(6)
        other = s.scores * rng.lognormal(0, .4, len(s.scores))
        paths = stored("a", s.scores), stored("b", other), stored("labels", s.labels, "u1")
        expected = printed(*rscript(R_SCRIPT, *paths, len(s.labels)))
        got = s.measures(max_fpr=.05)
        pair = printed(TOOL, "paired", *paths[:2], stored("times", s.times), paths[2], 60, 60, 2)
        check(f"pROC, {name}: auc", got["auc"], expected["auc"])
        check(f"pROC, {name}: auc low", got["auc_low"], expected["low"], 1e-10)
        check(f"pROC, {name}: auc high", got["auc_high"], expected["high"], 1e-10)
        check(f"pROC, {name}: partial auc", got["partial_auc"], expected["partial"])
        check(f"pROC, {name}: corrected partial auc", got["partial_auc_standardised"], expected["corrected"], 1e-10)
        check(f"pROC, {name}: paired z", pair["z"], expected["z"], 1e-9)
        check(f"pROC, {name}: paired p", pair["p"], expected["p"], 1e-9)
    p = np.random.default_rng(7).random(50) ** 3
    expected = printed(*rscript(R_HOLM, stored("p", p)))
    got = printed(TOOL, "holm", stored("p", p))
    for i in expected:
        check(f"R's p.adjust, {i}", got[i], expected[i])
    published()


def published():
    """Figures that pROC's manual prints for its data set aSAH (Robin et al., BMC Bioinformatics 12:77, 2011)."""
    paths = [os.path.join(WORK.name, name) for name in ("s100b", "wfns", "poor")]
    subprocess.run(rscript(R_PUBLISHED, *paths), check=True)
    poor = np.fromfile(paths[2], "u1")
    times = stored("times", np.arange(len(poor)))
    got = printed(TOOL, "measures", paths[0], times, paths[2], paths[0], 1e-3, .1, 60, 0)
    pair = printed(TOOL, "paired", *paths[:2], times, paths[2], 60, 60, 2)
    for what, figure, digits, expected in (
            ("attacks", got["attacks"], 0, "41"), ("auc of s100b", got["auc"], 4, "0.7314"),
            ("its low", got["auc_low"], 4, "0.6301"), ("its high", got["auc_high"], 4, "0.8326"),
            ("auc of wfns", pair["auc_b"], 4, "0.8237"), ("paired z", -pair["z"], 3, "2.209"),
            ("paired p", pair["p"], 5, "0.02718")):
        if f"{figure:.{digits}f}" != expected:
            check(f"aSAH: {what}", figure, float(expected), 0)


for part in (areas_and_rates, threshold_and_alarms, paired_bootstrap, against_proc):
    part()
end("measures")
