#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares core/metrics with scikit-learn, SciPy and NumPy, and with the figures of the reference captures.

Usage: metrics.py METRICS_TOOL [SHARED]. Exit codes: 0 all equal, 1 a difference, 77 a library is missing.
"""
import csv
import gzip
import math
import os
import sys

try:
    import h5py
    import numpy as np
    import scipy.stats
    import sklearn.metrics
    from figures import check, end, printed, stored
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOOL = sys.argv[1]
SHARED = sys.argv[2] if len(sys.argv) > 2 else ""


def ranking(scores, labels):
    return printed(TOOL, "ranking", stored("scores", scores, "f8"), stored("labels", labels, "u1"))


def samples():
    """(name, scores, labels): continuous, full of ties, scarce attacks, wide range."""
    rng = np.random.default_rng(7)
    for n, share, name in ((50, .5, "few"), (5000, .3, "middle"), (200000, .01, "scarce")):
        labels = (rng.random(n) < share).astype(int)
        labels[:2] = 0, 1
        scores = rng.normal(size=n) + labels
        yield f"{name}, continuous", scores, labels
        yield f"{name}, ties", np.round(scores * 2), labels
        yield f"{name}, wide", np.exp(20 * scores), labels


def roc_and_precision_recall():
    for name, scores, labels in samples():
        got = ranking(scores, labels)
        check(f"{name}: auc", got["auc"], sklearn.metrics.roc_auc_score(labels, scores))
        u = scipy.stats.mannwhitneyu(scores[labels == 1], scores[labels == 0]).statistic
        check(f"{name}: U", got["auc"], u / (labels.sum() * (labels == 0).sum()))
        check(f"{name}: average precision", got["average_precision"],
              sklearn.metrics.average_precision_score(labels, scores))
        fpr, tpr, _ = sklearn.metrics.roc_curve(labels, scores, drop_intermediate=False)
        for limit in (0, 1e-5, 1e-4, 1e-3, 1e-2):
            check(f"{name}: tpr at {limit}", got[f"tpr_{limit:g}"], tpr[fpr <= limit].max())
        for limit in (.001, .1, .5):
            check(f"{name}: standardised partial auc {limit}", got[f"standardised_{limit:g}"],
                  sklearn.metrics.roc_auc_score(labels, scores, max_fpr=limit))
            inside = fpr <= limit
            x, y = np.append(fpr[inside], limit), np.append(tpr[inside], np.interp(limit, fpr, tpr))
            check(f"{name}: partial auc {limit}", got[f"partial_{limit:g}"], sklearn.metrics.auc(x, y))
        below = 1 - tpr - fpr
        k = int(np.argmax(below <= 0))
        part = below[k - 1] / (below[k - 1] - below[k])
        check(f"{name}: eer", got["eer"], fpr[k - 1] + part * (fpr[k] - fpr[k - 1]))
        k = int(np.argmin(np.round(np.abs(below), 12)))  # rounded: two steps may differ equally
        check(f"{name}: eer, nearest", got["eer_nearest"], (fpr[k] + 1 - tpr[k]) / 2)
        precision, recall, thresholds = sklearn.metrics.precision_recall_curve(labels, scores)
        with np.errstate(invalid="ignore"):
            f1 = np.nan_to_num(2 * precision * recall / (precision + recall))
        check(f"{name}: best f1", got["f1"], f1.max())
        check(f"{name}: f1 at its threshold", sklearn.metrics.f1_score(labels, scores >= got["f1_threshold"]), f1.max())
        for fraction in (0, .01, .5, .999, 1):
            check(f"{name}: quantile {fraction}", got[f"quantile_{fraction:g}"], np.quantile(scores, fraction))


def lognormal():
    rng = np.random.default_rng(8)
    scores = rng.lognormal(-3, .5, 10000)
    for tail in (.05, 1e-3, 1e-9):
        got = printed(TOOL, "threshold", stored("scores", scores, "f8"), tail)
        logs = np.log(scores)
        check("lognormal mean", got["mean"], logs.mean())
        check("lognormal deviation", got["deviation"], logs.std())
        check("lognormal threshold", got["threshold"],
              np.exp(logs.mean() + logs.std() * scipy.stats.norm.isf(tail)))


def delong_definition(labels, *scores):
    """AUC, its variance, and those of the difference of two, over all pairs (DeLong et al. 1988)."""
    placements = []
    for s in scores:
        attack, benign = s[labels == 1][:, None], s[labels == 0][None, :]
        placements.append((attack > benign) + .5 * (attack == benign))
    a, b = placements
    variance = [np.var(u.mean(axis=1), ddof=1) / len(u) + np.var(u.mean(axis=0), ddof=1) / u.shape[1]
                for u in (a, a - b)]
    return a.mean(), variance[0], (a - b).mean(), variance[1]


def delong():
    rng = np.random.default_rng(9)
    for n, step in ((60, None), (3000, None), (3000, .5)):
        labels = (rng.random(n) < .2).astype(int)
        labels[:4] = 0, 1, 0, 1
        common = rng.normal(size=n) + labels
        one, two = common + .5 * rng.normal(size=n), common + .5 * rng.normal(size=n) + .1 * labels
        if step:
            one, two = np.round(one / step), np.round(two / step)
        got = printed(TOOL, "compare", stored("one", one, "f8"), stored("two", two, "f8"), stored("labels", labels, "u1"))
        auc, variance, difference, difference_variance = delong_definition(labels, one, two)
        check("delong auc", got["auc"], auc)
        check("delong variance", got["variance"] / variance, 1)
        half = scipy.stats.norm.ppf(.975) * math.sqrt(variance)
        check("delong low", got["low"], auc - half)
        check("delong high", got["high"], min(1, auc + half))
        check("delong difference", got["difference"], difference)
        check("delong difference variance", got["difference_variance"] / difference_variance, 1)
        z = abs(difference) / math.sqrt(difference_variance)
        check("delong p", got["p"], 2 * scipy.stats.norm.sf(z), 1e-10)


def curves():
    for name, scores, labels in samples():
        if len(scores) > 10000:
            continue
        got = printed(TOOL, "curve", stored("scores", scores, "f8"), stored("labels", labels, "u1"))
        n = len(got) // 2
        x, y = (np.array([got[f"{axis}{i}"] for i in range(n)]) for axis in "xy")
        precision, recall, _ = sklearn.metrics.precision_recall_curve(labels, scores)
        # scikit-learn stops where recall reaches 1, ours at the last alarm; its order is reversed
        precision, recall = precision[::-1], recall[::-1]
        points = set(zip(np.round(recall, 9), np.round(precision, 9)))
        extra = [p for p in zip(np.round(x, 9), np.round(y, 9)) if p not in points and p[0] != 1]
        check(f"{name}: points of the precision-recall curve", len(extra), 0)
        check(f"{name}: last precision", y[-1], labels.mean())


def bootstrap():
    """Against a plain stratified block bootstrap that copies packets and asks scikit-learn. The generators differ, so
    percentiles agree only to their sampling error: about a tenth of a standard error with 2000 replicates."""
    rng = np.random.default_rng(10)
    n, seconds = 2000, 20
    times = np.sort(rng.random(n)) * 1000
    block = (np.floor((times - times[0]) / seconds)).astype(int)
    labels = ((block % 3 == 1) & (rng.random(n) < .5)).astype(int)
    scores = rng.normal(size=n) + labels + rng.normal(size=block.max() + 1)[block]
    got = printed(TOOL, "bootstrap", stored("scores", scores, "f8"), stored("times", times, "f8"),
                  stored("labels", labels, "u1"), seconds, 2000)
    members = [np.flatnonzero(block == b) for b in np.unique(block)]
    attack = [m for m in members if labels[m].any()]
    benign = [m for m in members if not labels[m].any()]
    check("bootstrap blocks", got["blocks"], len(members))
    check("bootstrap attack blocks", got["attack_blocks"], len(attack))
    values = []
    for _ in range(2000):
        chosen = np.concatenate([stratum[i] for stratum in (attack, benign)
                                 for i in rng.integers(len(stratum), size=len(stratum))])
        values.append((sklearn.metrics.roc_auc_score(labels[chosen], scores[chosen]),
                       sklearn.metrics.average_precision_score(labels[chosen], scores[chosen])))
    for name, column in zip(("auc", "average_precision"), np.array(values).T):
        error = column.std(ddof=1)
        check(f"bootstrap {name} error", got[f"{name}_error"] / error, 1, .1)
        for end, q in (("low", .025), ("high", .975)):
            check(f"bootstrap {name} {end}", (got[f"{name}_{end}"] - np.quantile(column, q)) / error, 0, .3)


def friedman():
    rng = np.random.default_rng(11)
    for data_sets, detectors, ties in ((9, 7, False), (30, 4, True), (3, 3, True), (12, 12, False)):
        values = rng.random((data_sets, detectors)) + .03 * np.arange(detectors)
        if ties:
            values = np.round(values * 4)
        got = printed(TOOL, "friedman", stored("values", values, "f8"), detectors)
        expected = scipy.stats.friedmanchisquare(*values.T)
        name = f"friedman {data_sets} x {detectors}"
        check(f"{name}: chi-square", got["chi_square"], expected.statistic, 1e-10)
        check(f"{name}: p", got["p"], expected.pvalue, 1e-10)
        f = (data_sets - 1) * expected.statistic / (data_sets * (detectors - 1) - expected.statistic)
        check(f"{name}: f", got["f"], f, 1e-10)
        check(f"{name}: f's p", got["f_p"], scipy.stats.f.sf(f, detectors - 1, (detectors - 1) * (data_sets - 1)), 1e-9)
        ranks = scipy.stats.rankdata(-values, axis=1).mean(axis=0)
        for j in range(detectors):
            check(f"{name}: rank", got[f"rank{j}"], ranks[j])
        unit = math.sqrt(detectors * (detectors + 1) / (6 * data_sets))
        pairs = [(a, b) for a in range(detectors) for b in range(a + 1, detectors)]
        p = np.array([2 * scipy.stats.norm.sf(abs(ranks[a] - ranks[b]) / unit) for a, b in pairs])
        least = 0
        for i, at in enumerate(np.argsort(p, kind="stable")):
            least = max(least, min(1, (len(p) - i) * p[at]))
            a, b = pairs[at]
            check(f"{name}: p of a pair", got[f"p{a}_{b}"], p[at], 1e-10)
            check(f"{name}: Holm", got[f"holm{a}_{b}"], least, 1e-10)
        for r in range(1, 7):
            check(f"{name}: range {r}", got[f"range{r}"],
                  scipy.stats.studentized_range.cdf(r, detectors, np.inf), 1e-9)


def friedman_exactly():
    """p by SciPy's permutation test of the rows' ranks over all (detectors!)^data sets orders."""
    rng = np.random.default_rng(13)
    for data_sets, detectors, ties in ((3, 3, False), (5, 3, True), (3, 4, False), (3, 4, True), (9, 2, True)):
        values = rng.random((data_sets, detectors)) + .3 * np.arange(detectors)
        if ties:
            values = np.round(values * 4)
        got = printed(TOOL, "friedman", stored("values", values, "f8"), detectors)
        ranks = scipy.stats.rankdata(-values, axis=1)
        name = f"friedman {data_sets} x {detectors}, exactly"

        def p_of(statistic):
            return scipy.stats.permutation_test(list(ranks.T), statistic, permutation_type="samples", vectorized=False,
                                                n_resamples=np.inf, alternative="greater").pvalue
        check(f"{name}: counted", got["exact"], 1)
        check(f"{name}: p", got["exact_p"], p_of(lambda *columns: round(4 * sum(c.sum() ** 2 for c in columns))), 1e-12)
        for a, b in ((0, 1), (0, detectors - 1)):
            check(f"{name}: p of a pair", got[f"exact{a}_{b}"],
                  p_of(lambda *columns: round(2 * abs(columns[a].sum() - columns[b].sum()))), 1e-12)


def smoothing():
    rng = np.random.default_rng(12)
    for n, window in ((1000, 30), (29, 30), (30, 30), (100, 1), (95, 7)):
        scores = rng.lognormal(size=n)
        got = printed(TOOL, "smooth", stored("scores", scores, "f8"), window)
        expected = np.zeros(n)
        if n >= window:
            expected[window - 1:] = np.lib.stride_tricks.sliding_window_view(scores, window).mean(axis=1)
        for i in range(n):
            check(f"smoothing {n} over {window}", got[str(i)], expected[i])


# Figures of the public reference with these parameters, packets after the grace periods only. Its equal error rate is
# the mean of both rates at the nearest step, ours by default is interpolated.
REFERENCES = [
    # scores, labels, fm + ad, attacks, AUC, EER, TPR at FPR 1e-3
    ("qut_dnp3_attacks.h5", "qut_dnp3/attacks_testing_infrequent.labels.csv.gz", 16000, 9816, "0.997420", "0.0272", "0.2301"),
    ("westermo_right.h5", "westermo_right/labels.csv.gz", 110, 23214, "0.971396", "0.0426", "0.0390"),
    ("moving_two_files_modbus_6RTU.h5", "modbus_cset16/moving_two_files_modbus_6RTU.labels.csv", 300, 75, "0.976758", "0.0562", "0.4000"),
    ("CnC_uploading_exe_modbus_6RTU_with_operate.h5", "modbus_cset16/CnC_uploading_exe_modbus_6RTU_with_operate.labels.csv", 700, 121, "0.952986", "0.0761", "0.2975"),
    ("characterization_modbus_6RTU_with_operate.h5", "modbus_cset16/characterization_modbus_6RTU_with_operate.labels.csv", 6000, 3436, "0.546604", "0.4470", "0.0000"),
]


def references():
    for name, labels_name, grace, attacks, *expected in REFERENCES:
        path = os.path.join(SHARED, "reference", name)
        labels_path = os.path.join(SHARED, "data/labelled", labels_name)
        if not (os.path.exists(path) and os.path.exists(labels_path)):
            print(f"skipped: no {name} and its labels")
            continue
        with h5py.File(path) as h5:
            scores = h5["py100/scores"][:]
        with (gzip.open if labels_path.endswith("gz") else open)(labels_path, "rt") as text:
            labels = np.array([int(row[1]) for row in list(csv.reader(text))[1:]])
        got = ranking(scores[grace + 1:], labels[grace + 1:])
        line = [f"{got['auc']:.6f}", f"{got['eer_nearest']:.4f}", f"{got['tpr_0.001']:.4f}"]
        print(f"{name}: AUC {line[0]}, EER {line[1]} (interpolated {got['eer']:.4f}), TPR at FPR 1e-3 {line[2]}")
        check(f"{name}: attacks", got["attacks"], attacks)
        for figure, wanted in zip(line, expected):
            if figure != wanted:
                check(f"{name}: printed digits", float(figure), float(wanted), 0)


for part in (roc_and_precision_recall, lognormal, delong, curves, bootstrap, friedman, friedman_exactly, smoothing, references):
    part()
end("metrics")
