#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the offline detectors with scikit-learn and NumPy, on made-up rows and on the features of labelled captures.

Usage: offline.py OFFLINE_TOOL [SHARED]. Exit codes: 0 all equal, 1 a difference, 77 a library is missing.
"""
import csv
import gzip
import os
import subprocess
import sys
import warnings

os.environ["OMP_NUM_THREADS"] = "1"
try:
    import numpy as np
    from sklearn.covariance import EmpiricalCovariance
    from sklearn.decomposition import PCA
    from sklearn.ensemble import IsolationForest
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.metrics import roc_auc_score
    from sklearn.mixture import GaussianMixture
    from sklearn.preprocessing import StandardScaler
    from figures import WORK, stored
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

warnings.simplefilter("ignore", ConvergenceWarning)
TOOL = sys.argv[1]
SHARED = sys.argv[2] if len(sys.argv) > 2 else ""
failures = 0


def check(what, got, expected, tolerance):
    """Largest difference, relative to the expected value or to 1."""
    global failures
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    if got.shape != expected.shape:
        far = np.inf
    else:
        far = np.max(np.abs(got - expected) / np.maximum(1, np.abs(expected)))
    failures += not far <= tolerance
    print(f"{'ok     ' if far <= tolerance else 'DIFFERS'} {what}: {far:.2g}, at most {tolerance:g}")


def tool(*arguments):
    out = subprocess.run([TOOL, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    return [float(line.split()[1]) for line in out.splitlines()]


def detect(name, learn, score, seed=1, **values):
    out = os.path.join(WORK.name, "out")
    tool("detector", name, stored("learn", learn), stored("score", score), learn.shape[1], seed, out,
         *(f"{key}={value}" for key, value in values.items()))
    return np.fromfile(out)


def captures():
    """(name, learning rows, rows to score, their labels): the first rows, and at most 1500 of the others."""
    for name, labels_name, learn in (
            ("modbus_cset16/characterization_modbus_6RTU_with_operate.pcap",
             "modbus_cset16/characterization_modbus_6RTU_with_operate.labels.csv", 6000),
            ("westermo_right/right_reduced.pcap.gz", "westermo_right/labels.csv.gz", 2000)):
        path, labels_path = (os.path.join(SHARED, "data/labelled", part) for part in (name, labels_name))
        if not (os.path.exists(path) and os.path.exists(labels_path)):
            print(f"skipped: no {name} and its labels")
            continue
        out = os.path.join(WORK.name, "features")
        width = int(tool("features", path, out)[0])
        rows = np.fromfile(out).reshape(-1, width)
        with (gzip.open if labels_path.endswith("gz") else open)(labels_path, "rt") as text:
            labels = np.array([int(row[1]) for row in list(csv.reader(text))[1:]])
        step = -(-(len(rows) - learn) // 1500)
        yield name.split("/")[0], rows[:learn], rows[learn::step], labels[learn::step]


def mixed(n, seed, shift=0.):
    """Rows of 12 features from three overlapping Gaussians, shifted by so many of their deviations."""
    rng = np.random.default_rng(seed)
    shape = np.random.default_rng(99).normal(size=(3, 12, 12)) / 3
    centres = np.random.default_rng(98).normal(size=(3, 12)) * 2
    which = rng.integers(3, size=n)
    return centres[which] + np.einsum("nij,nj->ni", shape[which], rng.normal(size=(n, 12)) + shift)


def labelled(seed):
    """Learning rows, rows to score, their labels."""
    score = np.vstack([mixed(2000, seed + 1), mixed(500, seed + 2, 1.5)])
    return mixed(4000, seed), score, np.repeat([0, 1], [2000, 500])


def isolation_forest(name, learn, score, labels, seeds):
    # Scaled, because scikit-learn in single precision takes differences below 1e-7 for constant.
    scaler = StandardScaler().fit(learn)
    learn, score = scaler.transform(learn), scaler.transform(score)
    ours, theirs = [], []
    for seed in range(1, seeds + 1):
        ours.append(roc_auc_score(labels, detect("isolation_forest", learn, score, seed, trees=400)))
        forest = IsolationForest(n_estimators=400, random_state=seed, n_jobs=1).fit(learn)
        theirs.append(roc_auc_score(labels, -forest.score_samples(score)))
    error = np.hypot(np.std(ours, ddof=1), np.std(theirs, ddof=1)) / np.sqrt(seeds)
    print(f"        {name}: AUC {np.mean(ours):.4f}, scikit-learn {np.mean(theirs):.4f}, standard error {error:.4f}")
    check(f"{name}: isolation forest, AUC of {seeds} seeds", np.mean(ours), np.mean(theirs), .005)


def isolation_forest_scores():
    """The scores themselves, which converge to one limit with many trees: those of 1500 are good to about 0.0025."""
    learn, score, _ = labelled(20)
    learn, score = learn[:1000], score[::2]
    ours = detect("isolation_forest", learn, score, trees=1500)
    theirs = -IsolationForest(n_estimators=1500, random_state=1, n_jobs=1).fit(learn).score_samples(score)
    check("isolation forest, mean score", ours.mean(), theirs.mean(), .004)
    check("isolation forest, mean difference of scores", np.abs(ours - theirs).mean(), 0, .006)


def pca(name, learn, score, labels):
    scaler = StandardScaler().fit(learn)
    for values, options in (({}, {"n_components": .95}), ({"components": 3}, {"n_components": 3})):
        model = PCA(svd_solver="full", **options).fit(scaler.transform(learn))
        z = scaler.transform(score)
        expected = ((z - model.inverse_transform(model.transform(z))) ** 2).sum(axis=1)
        got = detect("pca", learn, score, **values)
        what = f"{name}: PCA {values or 'by variance'}"
        check(what, got, expected, 1e-6)
        check(f"{what}, AUC", roc_auc_score(labels, got), roc_auc_score(labels, expected), 1e-6)


def pca_raw():
    learn, score, _ = labelled(30)
    model = PCA(svd_solver="full", n_components=5).fit(learn)
    expected = ((score - model.inverse_transform(model.transform(score))) ** 2).sum(axis=1)
    check("PCA of raw features", detect("pca", learn, score, components=5, standardise=0), expected, 1e-9)


def mahalanobis():
    learn, score, labels = labelled(40)
    expected = EmpiricalCovariance().fit(learn).mahalanobis(score)
    check("mahalanobis", detect("mahalanobis", learn, score), expected, 1e-9)
    units = 10. ** np.arange(-6, 6)
    scaled = detect("mahalanobis", learn * units, score * units)
    check("mahalanobis, features over twelve decades", scaled, expected, 1e-9)
    double = np.hstack([learn, learn[:, :3] * 7, np.ones((len(learn), 1))])
    score = np.hstack([score, score[:, :3] * 7, np.ones((len(score), 1))])
    check("mahalanobis, dependent and constant features", detect("mahalanobis", double, score), expected, 1e-6)


def mahalanobis_of_capture(name, learn, score, labels):
    """The pseudo-inverse of the correlation matrix as NumPy computes it."""
    moving = learn.std(axis=0) > 0
    scaler = StandardScaler().fit(learn[:, moving])
    a, b = scaler.transform(learn[:, moving]), scaler.transform(score[:, moving])
    inverse = np.linalg.pinv(a.T @ a / len(a), rcond=1e-6, hermitian=True)
    expected = np.einsum("ni,ij,nj->n", b, inverse, b)
    got = detect("mahalanobis", learn, score, cutoff=1e-6)
    check(f"{name}: mahalanobis", got, expected, 1e-6)
    check(f"{name}: mahalanobis, AUC", roc_auc_score(labels, got), roc_auc_score(labels, expected), 1e-4)
    model = EmpiricalCovariance().fit(a)
    theirs = roc_auc_score(labels, model.mahalanobis(b))
    ours = roc_auc_score(labels, detect("mahalanobis", learn, score, cutoff=len(model.precision_) * 2.2e-16))
    check(f"{name}: mahalanobis, AUC with scikit-learn's cutoff", ours, theirs, .005)


def mixture(name, rows, components, iterations):
    rng = np.random.default_rng(50)
    width = rows.shape[1]
    weights = rng.random(components) + .5
    weights /= weights.sum()
    means = rows[rng.choice(len(rows), components, replace=False)]
    root = np.eye(width) + rng.normal(size=(components, width, width)) / (3 * width)
    precisions = root @ root.transpose(0, 2, 1)
    start = stored("start", np.concatenate([part.ravel() for part in (weights, means, precisions)]))
    out = os.path.join(WORK.name, "out")
    got = tool("mixture", stored("rows", rows), width, components, start, iterations, 0, 1e-6, out)
    options = dict(n_components=components, covariance_type="full", reg_covar=1e-6, tol=0, weights_init=weights,
                   means_init=means, precisions_init=precisions, init_params="random", random_state=0)
    for used in sorted({1, 2, 5, iterations}):
        model = GaussianMixture(max_iter=used, **options).fit(rows)
        check(f"{name}: log-likelihood of iteration {used}", got[used - 1], model.lower_bound_, 1e-6)
    check(f"{name}: log-likelihood of each row", np.fromfile(out), model.score_samples(rows), 1e-6)
    check(f"{name}: log-likelihood gains", min(np.diff(got).min(), 0), 0, 1e-9)


def minus_log_density(learn, score):
    """One Gaussian fitted to standardised features as GaussianMixture(1) does it, in 80-bit arithmetic: the features are
    nearly dependent, and scikit-learn's results in doubles differ by 1e-6 between BLAS libraries."""
    learn, score = np.asarray(learn, np.longdouble), np.asarray(score, np.longdouble)
    mean, deviation = learn.mean(axis=0), learn.std(axis=0)
    deviation[deviation == 0] = 1
    a, b = (learn - mean) / deviation, ((score - mean) / deviation).T
    c = a.T @ a / len(a) + np.eye(len(mean)) * np.longdouble(1e-6)
    log_determinant = np.longdouble(0)
    for j in range(len(c)):  # the Cholesky factor in the lower half, and b reduced by it
        c[j:, j] -= c[j:, :j] @ c[j, :j]
        c[j:, j] /= np.sqrt(c[j, j])
        b[j] = (b[j] - c[j, :j] @ b[:j]) / c[j, j]
        log_determinant += 2 * np.log(c[j, j])
    return ((b ** 2).sum(axis=0) + log_determinant + len(c) * np.log(2 * np.longdouble(np.pi))) / 2


def mixture_of_capture(name, learn, score, labels):
    scaler = StandardScaler().fit(learn)
    mixture(name, scaler.transform(learn)[::3], 3, 6)
    expected = minus_log_density(learn, score)
    model = GaussianMixture(1).fit(scaler.transform(learn))
    theirs = -model.score_samples(scaler.transform(score))
    check(f"{name}: one Gaussian, scikit-learn's", theirs, expected, 1e-5)
    got = detect("gaussian_mixture", learn, score, components=1)
    check(f"{name}: one Gaussian", got, expected, 1e-6)
    check(f"{name}: one Gaussian, AUC", roc_auc_score(labels, got), roc_auc_score(labels, expected), 1e-6)


def mixture_over_seeds():
    """Both from their own starting points."""
    learn, score, labels = labelled(70)
    scaler = StandardScaler().fit(learn)
    ours, theirs = [], []
    for seed in range(1, 6):
        ours.append(roc_auc_score(labels, detect("gaussian_mixture", learn, score, seed, components=3)))
        model = GaussianMixture(3, random_state=seed).fit(scaler.transform(learn))
        theirs.append(roc_auc_score(labels, -model.score_samples(scaler.transform(score))))
    print(f"        made-up rows: AUC {np.mean(ours):.4f}, scikit-learn {np.mean(theirs):.4f}")
    check("made-up rows: mixture, AUC of 5 seeds", np.mean(ours), np.mean(theirs), .005)


def box_plot():
    learn, score, _ = labelled(60)
    learn[:, 4], learn[:3000, 5] = 2, 0
    low, high = np.quantile(learn, .25, axis=0), np.quantile(learn, .75, axis=0)
    unit = np.where(high > low, high - low, np.ptp(learn, axis=0))
    moving = unit > 0
    far = np.maximum(low - score, score - high)[:, moving] / unit[moving] - 1.5
    check("box plot", detect("box_plot", learn, score), np.maximum(far.max(axis=1), 0), 1e-12)


isolation_forest("made-up rows", *labelled(10), 6)
isolation_forest_scores()
pca("made-up rows", *labelled(30))
pca_raw()
mahalanobis()
mixture("made-up rows", mixed(3000, 50), 3, 40)
mixture_over_seeds()
box_plot()
for sample in captures():
    if sample[0] == "westermo_right":
        isolation_forest(*sample, 6)
    pca(*sample)
    mahalanobis_of_capture(*sample)
    mixture_of_capture(*sample)
print("offline: " + (f"{failures} differences" if failures else "no difference"))
sys.exit(failures > 0)
