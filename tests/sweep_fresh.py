#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sweep, and another with --fresh while it works: sweep_fresh.py NINETAILS

A start with nothing to do leaves the result file as it is. Of two sweeps the second removes the runs of the first. Both
succeed, each with every run in its result, with the same bits. Then files of runs are swapped and copied over each other:
each run still has its own row.
"""
import os
import shutil
import sys
import tempfile
import time

from sweeps import CAPTURE, Place, check, contents, finished, synthesise

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "anew",
  datasets = {@CAPTURE@},
  grace = {fm = {500, 1000}, ad = 3000},
  detectors = {nt.kitnet {max_autoencoder = {2, 5, 10}}, nt.loda {}, nt.packet_length {}, nt.mahalanobis {}},
  repeats = 3,
}
""".replace("@CAPTURE@", CAPTURE)


def runs_of(place):
    return sorted(name for name in finished(place.path("out.runs")) if name.startswith("run-"))


def begun_anew(place, expected, after):
    """The second starts when the first has finished `after` runs."""
    for name in "out.runs", "cache":
        shutil.rmtree(place.path(name), ignore_errors=True)
    first = place.start("-j1", "--quiet", output="out.h5")
    while len(runs_of(place)) < after and first.poll() is None:
        time.sleep(0.002)
    second = place.start("-j1", "--quiet", "--fresh", output="out.h5")
    for process in first, second:
        _, err = process.communicate()
        check(process.returncode == 0, "after %d runs: exit code %d: %s" % (after, process.returncode, err))
        check(contents(place.path("out.h5")) == expected, "after %d runs: another result" % after)


def exchanged(place, expected):
    names = runs_of(place)
    shutil.copy(place.path("out.runs", names[1]), place.path("out.runs", names[0]))
    os.rename(place.path("out.runs", names[2]), place.path("aside"))
    os.rename(place.path("out.runs", names[3]), place.path("out.runs", names[2]))
    os.rename(place.path("aside"), place.path("out.runs", names[3]))
    check(place.whole("-j2", "--quiet") == expected, "exchanged: another result")
    os.unlink(place.path("out.h5"))  # the result, which has each run's row
    check(place.whole("-j2", "--quiet") == expected, "exchanged, and not gathered: another result")
    folder = place.path("cache", "scores")
    scores = sorted(name for name in os.listdir(folder) if name.endswith(".scores"))
    os.rename(os.path.join(folder, scores[0]), place.path("aside"))
    os.rename(os.path.join(folder, scores[1]), os.path.join(folder, scores[0]))
    os.rename(place.path("aside"), os.path.join(folder, scores[1]))
    shutil.rmtree(place.path("out.runs"))
    check(place.whole("-j2", "--quiet") == expected, "scores exchanged: another result")


def main():
    with tempfile.TemporaryDirectory(prefix="ninetails-fresh-") as top:
        synthesise(sys.argv[1], top, 10000)
        place = Place(sys.argv[1], top, "anew", SCRIPT)
        expected = place.whole("-j2", "--quiet")
        count = len(expected[0]["run"])
        before = os.stat(place.path("out.h5"))
        check(place.whole("-j2", "--quiet") == expected, "a second start: another result")
        after = os.stat(place.path("out.h5"))
        check((before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns),
              "nothing was left to do, and the result was written again")
        for after in 1, count // 4, count // 2, 3 * count // 4, count - 1:
            begun_anew(place, expected, after)
        exchanged(place, expected)
        print("%d runs: all of them in each result, whoever began anew" % count)


if __name__ == "__main__":
    main()
