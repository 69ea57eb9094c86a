#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares core/mapper with NumPy's arithmetic and SciPy's single linkage, bit for bit, on made-up rows and
distances: ties, constant columns, duplicates, rows of few values.

Usage: scipy_linkage.py SCIPY_LINKAGE_TOOL [SHARED]. Exit codes: 0 all equal, 1 a difference, 77 a library is missing.
"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from scipy.cluster.hierarchy import cophenet, linkage, to_tree
    from scipy.spatial.distance import squareform
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOOL = sys.argv[1]
WORK = tempfile.TemporaryDirectory()
failures = 0


def run(mode, values, width, most):
    path = os.path.join(WORK.name, "values")
    np.ascontiguousarray(values, np.float64).tofile(path)
    text = subprocess.run([TOOL, mode, path, str(width), str(most)], check=True, capture_output=True, text=True).stdout
    out = {"distance": [], "merge": [], "cluster": [], "joined": []}
    for line in text.splitlines():
        name, *fields = line.split()
        convert = int if name == "cluster" else lambda f: float.fromhex(f) if "0x" in f else float(f)
        out[name].append([convert(f) for f in fields])
    return out


def distances(rows):
    width = rows.shape[1]
    total, squares, products = np.zeros(width), np.zeros(width), np.zeros((width, width))
    for count, row in enumerate(rows, 1):
        total += row
        residual = row - total / count
        squares += residual * residual
        products += np.outer(residual, residual)
    norm = np.outer(np.sqrt(squares), np.sqrt(squares))
    norm[norm == 0] = 1e-100
    return np.maximum(1 - products / norm, 0)


def clusters(node, most):
    if node.count <= most:
        return [node.pre_order()]
    return clusters(node.left, most) + clusters(node.right, most)


def check(what, same):
    global failures
    if not same:
        failures += 1
        print(f"DIFFERS {what}")


def compare_linkage(what, got, square, most):
    merges = linkage(square[np.triu_indices(len(square), 1)], "single")
    check(f"{what}: merges", np.array_equal(np.array(got["merge"]), merges))
    check(f"{what}: clusters", got["cluster"] == clusters(to_tree(merges), most))
    leaves = [leaf for cluster in got["cluster"] for leaf in cluster]
    joined = squareform(cophenet(merges))[leaves[:-1], leaves[1:]]
    check(f"{what}: joined at", np.array_equal(np.array(got["joined"][0]), joined))


rng = np.random.default_rng(17)
for turn in range(150):
    width, most = int(rng.integers(2, 130)), int(rng.integers(1, 20))
    square = rng.random((width, width))
    if turn % 3 == 1:
        square = np.floor(square * rng.integers(1, 6))  # ties everywhere
    if turn % 3 == 2:
        points = np.floor(rng.random((width, 2)) * 4)  # duplicate points
        square = np.abs(points[:, None] - points[None]).sum(-1)
    square = np.triu(square, 1) + np.triu(square, 1).T
    compare_linkage(f"distances {turn}", run("linkage", square, width, most), square, most)

for turn in range(40):
    width, count, most = int(rng.integers(2, 120)), int(rng.integers(1, 80)), int(rng.integers(1, 15))
    rows = rng.normal(size=(count, width)) * 10.0 ** rng.integers(-6, 6, width)
    rows[:, rng.random(width) < 0.2] = 3.0
    for column in np.flatnonzero(rng.random(width) < 0.3):
        rows[:, column] = rows[:, rng.integers(width)]
    if turn % 4 == 0:
        rows = np.round(rows)
    square = distances(rows)
    got = run("map", rows, width, most)
    check(f"rows {turn}: distances", np.array_equal(np.array(got["distance"]), square))
    compare_linkage(f"rows {turn}", got, square, most)

print("failures:", failures)
sys.exit(failures > 0)
