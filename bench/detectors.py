#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows/s of the detectors on one thread beside the fastest of other programs, on the same rows in the same run:

    detectors.py DETECTORS_BENCH CAPTURE [--learn N] [--rows N] [--peer-rows N] [--rounds N] [--only NAME,...]
                 [--peer isotree=DIR]

The others are scikit-learn in every setting that gives the same result (below, one function for each detector), plain
NumPy where that is short, and isotree from the checkout DIR. They learn from the same rows in memory, with the parameters
that detectors_bench prints, and score at most --peer-rows of them in one call. Preparation (scaled rows, single
precision, columns side by side) is not counted in their time.

A first round finds the fastest settings; each of --rounds rounds then measures ours and theirs in turn, each the fastest
of three. The output has medians of the rounds; a ratio is ours over theirs of the same round, and above 1 ours is faster.
NumPy must use an optimised BLAS (OpenBLAS, MKL, BLIS; not the reference) with one thread. Exit code 4: it does not, or
nothing could be measured.
"""
import argparse
import glob
import os
import statistics
import subprocess
import sys
import tempfile
import time

# Set before numpy is loaded. The last two would make OpenBLAS choose kernels of another machine.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[variable] = "1"
for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)
try:
    import numpy as np
    import sklearn
    import threadpoolctl
except ImportError as missing:
    sys.stderr.write(f"detectors.py: {missing}: expected python3-numpy, python3-sklearn and python3-threadpoolctl\n")
    sys.exit(4)

WIDTH = 100  # of profile stream
TIMES = 3  # a round's figure is the fastest of this many
LONG = 2  # s: slower calls run once a round


def standardised(learn, score):
    mean, scale = learn.mean(0), learn.std(0)
    scale[scale == 0] = 1
    return (learn - mean) / scale, (score - mean) / scale


# ---------------------------------------------------------------- settings: name -> (learn, score)
def isolation_forest(learn, score, p):
    from sklearn.ensemble import IsolationForest
    settings = {}
    for name, kind in (("float64", np.float64), ("float32", np.float32)):  # theirs use single precision in any case
        model = IsolationForest(n_estimators=int(p["trees"]), max_samples=int(p["sample"]), random_state=1, n_jobs=1)
        a, b = learn.astype(kind), score.astype(kind)
        settings[f"rows of {name}"] = lambda m=model, a=a: m.fit(a), lambda m=model, b=b: m.score_samples(b)
    return settings


def gaussian_mixture(learn, score, p):
    from sklearn.mixture import GaussianMixture
    learn, score = standardised(learn, score)
    settings = {}
    for start in ("kmeans", "k-means++"):
        model = GaussianMixture(n_components=int(p["components"]), reg_covar=float(p["regularisation"]),
                                max_iter=int(p["iterations"]), tol=float(p["tolerance"]), init_params=start,
                                random_state=1)
        settings[start] = lambda m=model: m.fit(learn), lambda m=model: m.score_samples(score)
    return settings


def leading(learn, variance):
    """Mean and directions from the covariance, in NumPy."""
    mean = learn.mean(0)
    centred = learn - mean
    values, vectors = np.linalg.eigh(centred.T @ centred / len(learn))
    values, vectors = values[::-1], vectors[:, ::-1]
    count = int(np.searchsorted(np.cumsum(values) / values.sum(), variance, side="right")) + 1
    return mean, vectors[:, :count], values[:count]


def pca(learn, score, p):
    from sklearn.decomposition import PCA
    learn, score = standardised(learn, score)
    variance = float(p["variance"])
    mean, vectors, _ = leading(learn, variance)
    settings = {}
    solvers = {"full": variance, "arpack": vectors.shape[1], "randomized": vectors.shape[1]}
    if tuple(int(part) for part in sklearn.__version__.split(".")[:2]) >= (1, 5):
        solvers["covariance_eigh"] = variance
    for solver, components in solvers.items():
        model = PCA(n_components=components, svd_solver=solver, random_state=1)
        settings[solver] = (lambda m=model: m.fit(learn),
                            lambda m=model: ((score - m.inverse_transform(m.transform(score))) ** 2).sum(1))

    def by_hand():
        z = score - mean
        z -= (z @ vectors) @ vectors.T
        return np.einsum("ij,ij->i", z, z)
    settings["NumPy, eigh"] = lambda: leading(learn, variance), by_hand
    return settings


def mahalanobis(learn, score, p):
    from sklearn.covariance import EmpiricalCovariance
    settings = {}
    for stored in (True, False):
        model = EmpiricalCovariance(store_precision=stored)
        settings[f"store_precision={stored}"] = lambda m=model: m.fit(learn), lambda m=model: m.mahalanobis(score)
    mean, vectors, values = leading(learn, 1 - float(p["cutoff"]))
    whitening = vectors / np.sqrt(np.maximum(values, np.finfo(float).tiny))

    def by_hand():
        z = (score - mean) @ whitening
        return np.einsum("ij,ij->i", z, z)
    settings["NumPy, eigh"] = lambda: leading(learn, 1 - float(p["cutoff"])), by_hand
    return settings


def nearest_neighbours(learn, score, p):
    """A fixed window: scikit-learn has no sliding one, so it does less work."""
    from sklearn.neighbors import NearestNeighbors
    window = learn[-int(p["window"]):]
    settings = {}
    for algorithm in ("brute", "kd_tree", "ball_tree"):
        model = NearestNeighbors(n_neighbors=int(p["neighbours"]), algorithm=algorithm, n_jobs=1)
        settings[algorithm] = lambda m=model: m.fit(window), lambda m=model: m.kneighbors(score)
    return settings


PEERS = {f.__name__: f for f in (isolation_forest, gaussian_mixture, pca, mahalanobis, nearest_neighbours)}
KEEPS = {"nearest_neighbours"}  # theirs learns by storing the rows: no ratio


# ---------------------------------------------------------------- measuring
def seconds_of(function):
    best = float("inf")
    for _ in range(TIMES):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
        if best > LONG:
            break
    return best


def rates_of(setting, learn, score):
    fit, evaluate = setting
    return len(learn) / seconds_of(fit), len(score) / seconds_of(evaluate)


def our_lines(options, rows_file, names):
    command = [options.bench, options.capture, options.learn, options.rows, TIMES, rows_file, *names]
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    sys.stderr.write(result.stderr)
    if result.returncode != 0:
        sys.exit(4)
    return [line.split("\t") for line in result.stdout.splitlines()[1:]]


def in_rounds(options, name, settings):
    """settings: name -> function that returns (learn/s, score/s). Returns (ours, theirs, names) of the fastest settings,
    for learning and for scoring; ours and theirs are lists of the rounds' rates."""
    first = {setting: measure() for setting, measure in settings.items()}
    best = [max(first, key=lambda setting: first[setting][phase]) for phase in (0, 1)]
    ours, theirs = ([], []), ([], [])
    for _ in range(options.rounds):
        fields = our_lines(options, "-", [name])[0]
        got = {setting: settings[setting]() for setting in set(best)}
        for phase in (0, 1):
            ours[phase].append(float(fields[3 + 2 * phase]))
            theirs[phase].append(got[best[phase]][phase])
    return ours, theirs, best


def peer_columns(name, ours, theirs, best):
    ratios = [statistics.median(a / b for a, b in zip(ours[phase], theirs[phase])) for phase in (0, 1)]
    learn = "-" if name in KEEPS else f"{ratios[0]:.2f}"
    settings = best[1] if name in KEEPS else "; ".join(dict.fromkeys(best))
    return (f"{statistics.median(theirs[0]):>17.0f}{statistics.median(theirs[1]):>12.0f}{learn:>14}{ratios[1]:>9.2f}"
            f"   {settings}")


def isotree_program(options, folder):
    """bench/isotree_peer.cpp, compiled with the sources of a checkout whenever one of them is newer."""
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "isotree_peer.cpp")
    program = os.path.join(os.path.dirname(os.path.abspath(options.bench)), "isotree_peer")
    unused = ("Rwrapper", "RcppExports", "c_interface")
    sources = [path for path in sorted(glob.glob(os.path.join(folder, "src", "*.cpp")))
               if not os.path.basename(path).startswith(unused)]
    if not sources:
        sys.exit(f"detectors.py: --peer isotree={folder}: expected a checkout of isotree, with src/*.cpp")
    newest = max(os.path.getmtime(path) for path in [here, *sources, *glob.glob(os.path.join(folder, "src", "*.hpp"))])
    if not os.path.exists(program) or os.path.getmtime(program) < newest:
        command = [os.environ.get("CXX", "c++"), "-std=c++17", "-O3", "-march=native", "-DNDEBUG", "-D_USE_XOSHIRO",
                   "-DNO_TEMPLATED_VERSIONS", "-DNO_LONG_DOUBLE", "-I", os.path.join(folder, "include"),
                   "-I", os.path.join(folder, "src"), here, *sources, "-o", program]
        subprocess.run(command, check=True)
    return program


def isotree(options, folder, rows_file, parameters):
    program = isotree_program(options, folder)
    command = [program, rows_file, WIDTH, options.learn, options.peer_rows, parameters["trees"], parameters["sample"],
               TIMES]

    def measure(column):
        out = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
        rates = [float(part) for part in out.split()]
        return rates[column], rates[2]
    return {"isotree, columns given": lambda: measure(0)}, {"isotree, rows given": lambda: measure(1)}


# ---------------------------------------------------------------- printing
def blas():
    """One line about NumPy's BLAS; exits where that is no fair match."""
    found = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    if not found:
        sys.stderr.write("detectors.py: NumPy runs on no BLAS that threadpoolctl knows, so on the reference: expected "
                         "OpenBLAS (Debian's libopenblas0-pthread), say with LD_LIBRARY_PATH\n")
        sys.exit(4)
    if any(pool["num_threads"] != 1 for pool in found):
        sys.stderr.write("detectors.py: BLAS runs several threads: expected one\n")
        sys.exit(4)
    return "; ".join(f"{pool['internal_api']} {pool['version']}, kernels {pool.get('architecture', 'unknown')}, "
                     f"1 thread ({pool['filepath']})" for pool in found)


def processor():
    with open("/proc/cpuinfo") as text:
        names = [line.split(":", 1)[1].strip() for line in text if line.startswith("model name")]
    return f"{names[0] if names else 'unknown processor'}, {len(names)} of them"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench")
    parser.add_argument("capture")
    parser.add_argument("--learn", type=int, default=20000)
    parser.add_argument("--rows", type=int, default=100000)
    parser.add_argument("--peer-rows", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="detectors, separated by commas")
    parser.add_argument("--peer", action="append", default=[], help="isotree=DIR")
    options = parser.parse_args()
    for peer in options.peer:
        if not peer.startswith("isotree="):
            parser.error(f"--peer {peer}: expected isotree=DIR")
    return options


def main():
    options = arguments()
    print(f"{processor()}; scikit-learn {sklearn.__version__}, numpy {np.__version__}\n{blas()}")
    print(f"{options.learn} rows learnt; where there is a peer medians of {options.rounds} rounds, ours and theirs in "
          f"turn, each the fastest of {TIMES}")
    with tempfile.TemporaryDirectory() as folder:
        rows_file = os.path.join(folder, "rows")
        lines = our_lines(options, rows_file, [name for name in options.only.split(",") if name])
        rows = np.fromfile(rows_file).reshape(-1, WIDTH)
        learn, score = rows[:options.learn], rows[options.learn:options.learn + options.peer_rows]
        options.peer_rows = len(score)
        print(f"{'detector':<24}{'learn/s':>12}{'score/s':>12}{'bytes':>12}{'theirs: learn/s':>17}{'score/s':>12}"
              f"{'ratio: learn':>14}{'score':>9}   their fastest settings")
        for name, *fields in lines:
            if len(fields) < 5:
                print(f"{name:<24}{fields[0]}")
                continue
            parameters = dict(f.split("=", 1) for f in fields[6].split()) if len(fields) > 6 else {}
            compared = []
            if name in PEERS:
                settings = PEERS[name](learn, score, parameters)
                compared.append({key: lambda s=s: rates_of(s, learn, score) for key, s in settings.items()})
            if name == "isolation_forest":
                for peer in options.peer:
                    compared += isotree(options, peer.split("=", 1)[1], rows_file, parameters)
            note = f"   ({fields[1]} learnt, {fields[3]} scored in the time)" if fields[0] == "cut" else ""
            rates, columns = [float(fields[2]), float(fields[4])], ""
            for settings in compared or [None]:
                if settings:
                    ours, theirs, best = in_rounds(options, name, settings)
                    rates, columns = [statistics.median(o) for o in ours], peer_columns(name, ours, theirs, best)
                print(f"{name:<24}{rates[0]:>12.0f}{rates[1]:>12.0f}{fields[5]:>12}{columns}{note}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
