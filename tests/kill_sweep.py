#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An experiment that is killed repeatedly ends with the same bits as one that is not.

    kill_sweep.py NINETAILS [KILLS]

SIGKILL comes at random moments (KILLS of them, by default 100) within one sweep, from the start of the process on; every
fourth round runs two processes. After each kill every earlier file is still there, unchanged, and all files with their
final name are whole. inotify shows that no run and no score is written a second time, so nothing that exists is computed
again. In the end the result equals, cell by cell and score by score, that of an uninterrupted sweep, and no leftover
remains. A sweep that ends before all kills starts again, every other time with an empty cache.
"""
import os
import random
import shutil
import sys
import tempfile
import time

from sweeps import CAPTURE, Arrivals, Place, check, contents, finished, left_over, opens, synthesise

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "killed",
  datasets = {@CAPTURE@},
  grace = {fm = {500, 1000}, ad = {3000, 5000}},
  detectors = {
    nt.kitnet {max_autoencoder = {5, 10}}, nt.mahalanobis {},
    nt.detector {name = "counts", learn = function(self, row) self.sum = (self.sum or 0) + row[1] end,
                 score = function(self, row) return math.abs(row[1] - self.sum) end},
  },
  repeats = 8,
}
""".replace("@CAPTURE@", CAPTURE)


class Sweep:
    """One sweep from an empty folder to its result, killed repeatedly."""

    def __init__(self, place, number):
        self.place = place
        for name in ["out.runs", "out.h5"] + ["cache"] * (number % 2) + ["cache/scores", "cache/correlations"]:
            path = place.path(name)
            shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.unlink(path)
        self.arrivals = Arrivals(place.path("out.runs"), place.path("cache", "scores"))
        self.before = {}

    def check(self, when):
        now = finished(self.place.path("out.runs"))
        for name, data in self.before.items():
            check(now.get(name) == data or name.startswith("data-") and name in now,
                  "%s: %s was lost or written again" % (when, name))
        opens(self.place.path("out.runs"), set(now) - set(self.before))
        self.before = now
        for name, count in self.arrivals.read().items():
            check(count == 1 or name.startswith("data-"), "%s: %s was written %d times" % (when, name, count))
        return sum(name.startswith("run-") for name in now)

    def close(self):
        self.arrivals.close()


def main():
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    generator = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="ninetails-kill-") as top:
        synthesise(sys.argv[1], top, 10000)
        whole = Place(sys.argv[1], top, "whole", SCRIPT)
        begun = time.time()
        expected = whole.whole("-j2", "--quiet")
        seconds = time.time() - begun

        place = Place(sys.argv[1], top, "killed", SCRIPT)
        killed, rounds, sweeps, span = 0, 0, 1, 0.05
        sweep, per_sweep = Sweep(place, 0), 0
        while per_sweep < kills:
            rounds += 1
            several = [place.start("-j", 1 + rounds % 2, "--quiet") for _ in range(2 if rounds % 4 == 0 else 1)]
            time.sleep(generator.uniform(0, span))
            for process in several:
                if process.poll() is None:
                    process.kill()
                _, err = process.communicate()
                check(process.returncode in (0, -9), "ended by itself: %d %s" % (process.returncode, err))
                killed += process.returncode == -9
                per_sweep += process.returncode == -9
            there = sweep.check("after kill %d" % killed)
            # Kills come later when the sweep is behind schedule, else earlier: on a machine of any speed all kills fall
            # into one sweep, and reach about half of it.
            behind = there * kills < 0.5 * per_sweep * len(expected[1])
            span = min(max(span * (1.15 if behind else 0.6), 0.02), 3)
            if there == len(expected[1]) and per_sweep < kills:
                check(sweeps < 5, "5 sweeps were done before they were killed often enough")
                sweep.close()
                sweep, per_sweep = Sweep(place, sweeps), 0
                sweeps += 1
        check(place.whole("-j2", "--quiet") == expected, "the result of the killed sweep is another one")
        check(sweep.check("in the end") == len(expected[1]), "runs are missing")
        sweep.close()
        left_over(place.where)  # makes the leftovers old
        place.whole("-j2", "--quiet")
        check(not left_over(place.where), "left over: %s" % left_over(place.where))
        check(contents(place.path("out.h5")) == expected, "gathered again, the result is another one")
        print("%d kills in one sweep (%d in all, in %d rounds); a sweep takes %.1f s; the same bits in the end"
              % (per_sweep, killed, rounds, seconds))


if __name__ == "__main__":
    main()
