# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the comparisons of figures: files of numbers for a tool, the figures that it prints, and a count of differences."""
import math
import os
import subprocess
import sys
import tempfile

import numpy as np

WORK = tempfile.TemporaryDirectory()
failures = 0


def check(what, got, expected, tolerance=1e-12):
    """Equal, NaN included, or apart by at most the tolerance, relative to the expected value or to 1."""
    global failures
    same = (math.isnan(got) and math.isnan(expected)) or got == expected or \
        abs(got - expected) <= tolerance * max(1, abs(expected))
    if not same:
        failures += 1
        print(f"DIFFERS {what}: {got!r}, expected {expected!r}")


def stored(name, values, dtype="f8"):
    """The path of a file with these numbers in native byte order."""
    path = os.path.join(WORK.name, name)
    np.ascontiguousarray(values, dtype).tofile(path)
    return path


def printed(*command):
    """The figures of a command that prints "name value" lines."""
    out = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in (line.split() for line in out.splitlines())}


def end(name):
    print(f"{name}: " + (f"{failures} differences" if failures else "no difference"))
    sys.exit(failures > 0)
