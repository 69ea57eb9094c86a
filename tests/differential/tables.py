#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and features in every usual form that pandas and NumPy write are read as meant.

Usage: tables.py TABLES_TOOL. Exit codes: 0 all equal, 1 a difference, 77 a library is missing.
"""
import itertools
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import pandas as pd
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOOL = sys.argv[1]
COUNT = 500
failures = checks = 0


def read(what, path):
    return subprocess.run([TOOL, what, path], capture_output=True, text=True)


def check(title, good, *more):
    global failures, checks
    checks += 1
    if not good:
        failures += 1
        print(f"{title}: {' '.join(map(str, more))[:300]}")


def check_labels(title, path, expected, note=None):
    done = read("labels", path)
    lines = done.stdout.split("\n")
    check(title, done.returncode == 0, done.stderr)
    if done.returncode == 0:
        check(title, lines[1:-1] == expected, "other labels", lines[:5], expected[:5])
        if note is not None:
            check(title, lines[0] == f"note {note}", lines[0])


def check_refused(title, path, *parts):
    done = read("labels", path)
    check(title, done.returncode == 2 and all(part in done.stderr for part in parts), done.stdout[:60], done.stderr)


def series(path):
    """pandas: every dtype of a label, with and without header, index and name, in several dialects."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, COUNT)
    y[0] = 0
    names = rng.choice(["BENIGN", "DoS Hulk", "Web, \"XSS\"", "Bot"], COUNT)
    names[0] = "BENIGN"
    zero_one = [str(v) for v in y]
    meant = ["0" if v == "BENIGN" else v for v in names]
    kinds = {"int": (y, zero_one), "float": (y.astype(float), zero_one), "bool": (y.astype(bool), zero_one),
             "float32": (y.astype(np.float32), zero_one), "names": (names, meant)}
    for (kind, (values, expected)), name, start, index, header, sep, end, encoding in itertools.product(
            kinds.items(), (None, "label", "is bad"), (0, 1), (True, False), (True, False), (",", ";", "\t"), ("\n", "\r\n"),
            ("utf-8", "utf-8-sig")):
        s = pd.Series(values, name=name, index=pd.RangeIndex(start, start + COUNT))
        title = f"pandas {kind} name={name} start={start} index={index} header={header} sep={sep!r} {end!r} {encoding}"
        s.to_csv(path, index=index, header=header, sep=sep, lineterminator=end, encoding=encoding)
        # The file alone cannot tell a header "0" above 0 and 1, or a word above words; the packet count does.
        doubtful = not index and header and (kind == "int" and name is None or kind == "names" and name == "is bad")
        if doubtful:
            extra = "0" if name is None else name
            check_labels(title, path, [extra] + expected)
        else:
            note = "packet numbers from 0" if index and start == 0 else None
            check_labels(title, path, expected, note)


def frames(path):
    """Tables with a column of labels among others."""
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, COUNT)
    kinds = np.where(y == 1, rng.choice(["scan", "flood"], COUNT), "Normal")
    meant = ["0" if k == "Normal" else k for k in kinds]
    frame = pd.DataFrame({"f0": rng.normal(size=COUNT), "f1": rng.integers(0, 9, COUNT), "Label": y, "attack_cat": kinds})
    for index in (True, False):
        frame.to_csv(path, index=index)
        check_labels(f"frame index={index}", path, meant)
        done = read("features", path)
        lines = done.stdout.split("\n")
        check("frame", done.returncode == 0, done.stderr)
        check("frame", lines[1] == "names f0 f1", lines[1])
        rows = np.array([[float(x) for x in line.split()] for line in lines[2:-1]])
        check("frame", rows.shape == (COUNT, 2) and (rows == frame[["f0", "f1"]].to_numpy()).all(), "other features")
        check("frame", "'Label', says what a packet is" in lines[0] and "'attack_cat', says" in lines[0], lines[0])
        check("frame", ("is an index" in lines[0]) == index, lines[0])
    frame.drop(columns="Label").to_csv(path, index=False)
    check_refused("three columns, none called label", path, "3 columns, 2 (packet number, label) or 1 expected")


def refusals(path):
    y = pd.Series([0, 1] * 5)
    y[5:].to_csv(path)
    check_refused("a slice", path, "packet number 5, 0 or 1 expected")
    y.iloc[::-1].to_csv(path, header=False)
    check_refused("reversed", path, "packet number 9, 0 or 1 expected")
    y.drop(3).to_csv(path)
    check_refused("a gap", path, "packet number 4, 3 expected: they count from 0 without gaps")
    y.astype(float).where(y.index != 3).to_csv(path, index=False, header=False)
    check_refused("missing", path, "line 4: label '")
    (y * 2).to_csv(path, index=False, header=False)
    check_refused("a second class", path, "label '2', 0, 1 or x")
    y.to_csv(path, index=False, header=False, encoding="utf-16")
    check_refused("utf-16", path, "is UTF-16, UTF-8 expected")
    (y * 0.5).to_csv(path, decimal=",", index=False, header=False, sep=";")
    check_refused("decimal comma", path, "expected")


def arrays(path):
    """numpy.savetxt, whose formats and delimiters differ from pandas'."""
    y = np.random.default_rng(3).integers(0, 2, COUNT)
    y[0] = 0
    expected = [str(v) for v in y]
    for form in ("%.18e", "%d", "%g", "%.1f"):
        np.savetxt(path, y, fmt=form)
        check_labels(f"savetxt {form}", path, expected, "")
        np.savetxt(path, y, fmt=form, header="label", comments="")
        check_labels(f"savetxt {form} header", path, expected, "")
        for start, delimiter in itertools.product((0, 1), (" ", ",", ";", "\t")):
            np.savetxt(path, np.column_stack([np.arange(start, start + COUNT), y]), fmt=form, delimiter=delimiter)
            if form != "%g":
                check_labels(f"savetxt {form} from {start} {delimiter!r}", path, expected,
                             "" if start else "packet numbers from 0")


def features(path):
    """Rows of numbers come back bit for bit, whatever surrounds them."""
    rng = np.random.default_rng(4)
    for width, whole in itertools.product((1, 2, 3, 100), (False, True)):
        x = rng.normal(size=(50, width)) * 10.0 ** rng.integers(-9, 9, (50, width))
        if whole:
            x = np.round(x).clip(-1e9, 1e9)
        for index, header in itertools.product((True, False), (True, False)):
            if index and not header:
                continue  # an index without a header is a column like any other
            pd.DataFrame(x).to_csv(path, index=index, header=header)
            done = read("features", path)
            lines = done.stdout.split("\n")
            title = f"features {width} whole={whole} index={index} header={header}"
            check(title, done.returncode == 0, done.stderr)
            rows = np.array([[float(v) for v in line.split()] for line in lines[2:-1]]).reshape(-1, width)
            check(title, rows.shape == x.shape and (rows == x).all(), "other features", rows.shape, lines[0])
            check(title, ("is an index" in lines[0]) == index, lines[0])
            check(title, ("is a header" in lines[0]) == (header and not index), lines[0])
        np.savetxt(path, x, delimiter=",")
        rows = np.array([[float(v) for v in line.split()] for line in read("features", path).stdout.split("\n")[2:-1]])
        check(f"savetxt features {width}", (rows == x).all())


with tempfile.TemporaryDirectory() as folder:
    for test in (series, frames, refusals, arrays, features):
        test(os.path.join(folder, "table.csv"))
print(f"{checks - failures} of {checks} checks agree with pandas {pd.__version__}, NumPy {np.__version__}")
sys.exit(failures > 0)
