#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps stay within --memory and give the same bits for any value of it: sweep_memory.py NINETAILS

A capture's features (200 MB) exceed the memory allowed: the process's peak stays below the allowance plus a fixed base for
the program, several configurations share each reading of the features, and results equal those with plenty of memory.
Then a smaller capture with many kinds of detectors, for -j 1, 2 and 4.
"""
import os
import sys
import tempfile
import time

from sweeps import CAPTURE, Place, check, contents, synthesise

# Program and libraries, HDF5's buffers, memory that the allocator keeps. The extractor's streams, half a gigabyte for a
# capture of scans, are not limited.
BASE = 64e6
# Sanitizers keep freed memory and more, so their peak is not the program's.
SANITIZED = "NINETAILS_SANITIZED" in os.environ

LARGE = """
local nt = require "ninetails"
return nt.experiment {
  name = "large",
  datasets = {@CAPTURE@},
  grace = {fm = 5000, ad = 50000},
  detectors = {
    nt.kitnet {max_autoencoder = {5, 10}}, nt.mahalanobis {}, nt.pca {}, nt.loda {}, nt.half_space_trees {},
    nt.packet_length {}, nt.packet_rate {}, nt.nearest_neighbours {window = 200},
  },
  repeats = 2,
}
""".replace("@CAPTURE@", CAPTURE)

MANY = """
local nt = require "ninetails"
return nt.experiment {
  name = "many",
  datasets = {@CAPTURE@},
  profile = {"stream", "py100"},
  grace = {fm = 1000, ad = 4000},
  detectors = {
    nt.kitnet {max_autoencoder = {5, 10}}, nt.mahalanobis {}, nt.pca {}, nt.loda {}, nt.half_space_trees {},
    nt.gaussian_mixture {}, nt.isolation_forest {}, nt.packet_length {}, nt.inter_arrival {},
    nt.detector {name = "mine", learn = function(self, row) self.x = (self.x or 0) + row[1] + math.random() end,
                 score = function(self, row) return math.abs(row[1] - self.x) end},
    nt.detector {name = "fails", score = function(self, row) error "as it should" end},
  },
  metrics = {nt.metric {name = "most", run = function(scores) return scores:max() end}},
  repeats = 2,
}
""".replace("@CAPTURE@", CAPTURE)


def measured(place, *options):
    """Peak of resident memory and bytes read of one sweep, from /proc while it runs: wait4's usage would include this
    program's own size, from before the exec."""
    process = place.start("--quiet", *options)
    peak = read = 0
    while process.poll() is None:
        try:
            with open("/proc/%d/status" % process.pid) as status, open("/proc/%d/io" % process.pid) as io:
                told = dict(line.split(":", 1) for line in status.read().splitlines())
                if not told["Name"].strip().startswith("python") and "VmHWM" in told:
                    peak = max(peak, int(told["VmHWM"].split()[0]) * 1024)
                read = max(read, int(io.read().split()[1]))
        except (OSError, IndexError):
            pass
        time.sleep(0.01)
    check(process.returncode == 0, "exit code %d: %s" % (process.returncode, process.stderr.read()))
    check(peak > 0, "/proc tells nothing")
    return peak, read, contents(place.path("out.h5"))


def large(ninetails, top):
    synthesise(ninetails, top, 250000)
    rich = Place(ninetails, top, "rich", LARGE)
    expected = rich.whole("--quiet", "-j4", "--memory", "4G")
    features = 250000 * 100 * 8
    told = []
    for jobs, memory in (1, 100e6), (2, 100e6), (2, 64e6):
        place = Place(ninetails, top, "poor%d" % len(told), LARGE)
        os.makedirs(place.path("cache", "features"))
        for name in os.listdir(rich.path("cache", "features")):  # extraction is not measured
            os.link(rich.path("cache", "features", name), place.path("cache", "features", name))
        peak, read, found = measured(place, "-j", jobs, "--memory", int(memory))
        check(found == expected, "%g MB, %d jobs: other bits" % (memory / 1e6, jobs))
        check(SANITIZED or peak < memory + BASE, "%g MB allowed, %d jobs: a peak of %.0f MB" % (memory / 1e6, jobs, peak / 1e6))
        passes = read / features
        scored = len(found[1])
        # One thread takes all jobs that fit at once; several share them. The grouping depends on the jobs' costs, and so
        # on the machine: three or four passes for 13 jobs on one thread. Reading the capture for its checksum and
        # written files again adds half of the size of the features.
        check(passes < (0.5 if jobs == 1 else 0.75) * scored,
              "%d jobs: %d configurations read the features %.1f times" % (jobs, scored, passes))
        told.append("%d jobs in %g MB: peak %.0f MB, features read %.1f times" % (jobs, memory / 1e6, peak / 1e6, passes))
    print("%d configurations, features of 200 MB; %s" % (len(expected[1]), "; ".join(told)))


def many(ninetails, top):
    synthesise(ninetails, top, 20000)
    results = []
    for jobs in 1, 2, 4:
        place = Place(ninetails, top, "jobs%d" % jobs, MANY)
        code, _, err = place.run("--quiet", "-j", jobs)
        check(code == 2 and "as it should" in err, "exit code %d: %s" % (code, err))  # the run that fails by design
        results.append(contents(place.path("out.h5")))
    check(results[0] == results[1] == results[2], "-j changes the result")
    print("%d runs of %d columns: the same for -j 1, 2 and 4" % (len(results[0][0]["run"]), len(results[0][0])))


def main():
    for part in large, many:
        with tempfile.TemporaryDirectory(prefix="ninetails-memory-") as top:
            part(sys.argv[1], top)


if __name__ == "__main__":
    main()
