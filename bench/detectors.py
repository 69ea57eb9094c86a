#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Detectors' packets/s on one thread, beside scikit-learn's on the same rows in the same run:

    detectors.py DETECTORS_BENCH CAPTURE [--learn N] [--rows N] [--repeats N]

scikit-learn learns from the same rows, with the parameters that detectors_bench prints, and scores at most
--peer-rows of them in one call (its fastest way). Ratios are ours over theirs: above 1 we are ahead. Exits
with 4 when nothing could be measured.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is loaded
import numpy as np  # noqa: E402


def standardised(learn, score):
    mean, scale = learn.mean(0), learn.std(0)
    scale[scale == 0] = 1
    return (learn - mean) / scale, (score - mean) / scale


def isolation_forest(learn, score, p):
    from sklearn.ensemble import IsolationForest
    model = IsolationForest(n_estimators=int(p.get("trees", 100)), max_samples=int(p.get("sample", 256)),
                            random_state=1, n_jobs=1)
    return lambda: model.fit(learn), lambda: model.score_samples(score)


def gaussian_mixture(learn, score, p):
    from sklearn.mixture import GaussianMixture
    model = GaussianMixture(n_components=int(p.get("components", 5)), reg_covar=float(p.get("regularisation", 1e-6)),
                            max_iter=int(p.get("iterations", 100)), tol=float(p.get("tolerance", 1e-3)),
                            init_params="kmeans", random_state=1)
    learn, score = standardised(learn, score)
    return lambda: model.fit(learn), lambda: model.score_samples(score)


def pca(learn, score, p):
    from sklearn.decomposition import PCA
    model = PCA(n_components=float(p.get("variance", 0.95)), svd_solver="full")
    learn, score = standardised(learn, score)

    def errors():
        return ((score - model.inverse_transform(model.transform(score))) ** 2).sum(1)
    return lambda: model.fit(learn), errors


def mahalanobis(learn, score, p):
    from sklearn.covariance import EmpiricalCovariance
    model = EmpiricalCovariance()
    return lambda: model.fit(learn), lambda: model.mahalanobis(score)


def nearest_neighbours(learn, score, p):
    """Of a window that stands still: scikit-learn has none that slides, so this does less."""
    from sklearn.neighbors import NearestNeighbors
    model = NearestNeighbors(n_neighbors=int(p.get("neighbours", 5)), algorithm="brute", n_jobs=1)
    window = learn[-int(p.get("window", 1000)):]
    return lambda: model.fit(window), lambda: model.kneighbors(score)


PEERS = {f.__name__: f for f in (isolation_forest, gaussian_mixture, pca, mahalanobis, nearest_neighbours)}
KEEPS = {"nearest_neighbours"}  # theirs only keeps the rows to learn: no ratio


def fastest(function, repeats):
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
        if best > 10:
            break
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench")
    parser.add_argument("capture")
    parser.add_argument("--learn", type=int, default=20000)
    parser.add_argument("--rows", type=int, default=100000)
    parser.add_argument("--peer-rows", type=int, default=20000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows")
        command = [options.bench, options.capture, options.learn, options.rows, options.repeats, path]
        result = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        sys.stderr.write(result.stderr)
        if result.returncode != 0:
            return 4
        lines = [line.split("\t") for line in result.stdout.splitlines()[1:]]
        bytes_of_row = 100 * 8  # profile stream
        rows = np.fromfile(path).reshape(os.path.getsize(path) // bytes_of_row, 100)
    learn, score = rows[:options.learn], rows[options.learn:options.learn + options.peer_rows]
    try:
        import sklearn
        print(f"beside scikit-learn {sklearn.__version__}, numpy {np.__version__}; one thread, "
              f"{options.learn} rows learnt, fastest of {options.repeats}")
        peers = PEERS
    except ImportError:
        print("no scikit-learn to compare with")
        peers = {}
    print(f"{'detector':<24}{'learn/s':>12}{'score/s':>12}{'bytes':>12}{'theirs: learn/s':>17}{'score/s':>12}"
          f"{'ratio: learn':>14}{'score':>9}")
    for name, *fields in lines:
        if len(fields) < 5:
            print(f"{name:<24}{fields[0]}")
            continue
        rows_were, parameters = fields[0], fields[6:]
        learnt, learn_rate, scored, score_rate, memory = (float(f) for f in fields[1:6])
        text = f"{name:<24}{learn_rate:>12.0f}{score_rate:>12.0f}{memory:>12.0f}"
        if name in peers:
            values = dict(f.split("=", 1) for f in parameters[0].split()) if parameters else {}
            fit, evaluate = peers[name](learn, score, values)
            their_learn = len(learn) / fastest(fit, options.repeats)
            their_score = len(score) / fastest(evaluate, options.repeats)
            learn_ratio = "-" if name in KEEPS else f"{learn_rate / their_learn:.2f}"
            text += (f"{their_learn:>17.0f}{their_score:>12.0f}{learn_ratio:>14}"
                     f"{score_rate / their_score:>9.2f}")
        if rows_were == "cut":
            text += f"   ({learnt:.0f} learnt, {scored:.0f} scored in the time)"
        print(text, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
