#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGINT and SIGTERM in each stage of a sweep: sweep_signals.py NINETAILS

While it extracts, learns, scores and measures, in C and in functions of the script that never end: the process ends
soon, as one that was ended by the signal, says how to go on, keeps the runs that are done and gathers them; no run
is recorded as failed. The next start completes the rest, with the bits of a sweep that nobody ended. Then: a process
that has nothing left to do but wait for another one says what for, and both have all of it in the end.
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from sweeps import CAPTURE, Place, check, contents, finished, left_over, synthesise

SCRIPT = """
local nt = require "ninetails"
local function wait_here(name)
  local file = io.open("wait_in_" .. name)
  while file do
    file:close()
    io.open("waits", "w"):close()
    file = io.open("wait_in_" .. name)
  end
end
return nt.experiment {
  name = "ended",
  datasets = {@CAPTURE@},
  grace = {fm = 1000, ad = 9000},
  detectors = {
    nt.mahalanobis {},
    nt.detector {name = "waits",
      learn = function() wait_here "learn" end,
      score = function(self, row) wait_here "score" return row[1] end},
  },
  metrics = {nt.metric {name = "mine", run = function(scores) wait_here "metric" return scores[1] end}},
}
""".replace("@CAPTURE@", CAPTURE)

SLOW = """
local nt = require "ninetails"
return nt.experiment {
  name = "slow",
  datasets = {@CAPTURE@},
  grace = {fm = 1000, ad = 9000},
  detectors = {@DETECTORS@},
}
""".replace("@CAPTURE@", CAPTURE)

SOON = 5  # s, on a machine that does other things as well


def wait_for(holds, process, what):
    end = time.time() + 60
    while not holds():
        if process.poll() is not None or time.time() > end:
            process.kill()
            check(False, "%s did not come: %s" % (what, process.communicate()[1]))
        time.sleep(0.01)


def ended(process, number, when):
    begun = time.time()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    took = time.time() - begun
    check(process.returncode == -number, "%s: exit code %d: %s" % (when, process.returncode, err))
    check(took < SOON, "%s: took %.1f s to end" % (when, took))
    check("the same command goes on with the rest" in err, "%s: said %s" % (when, err))
    return took


def in_scripts(place, expected, number, stage):
    shutil.rmtree(place.path("out.runs"), ignore_errors=True)
    shutil.rmtree(place.path("cache", "scores"), ignore_errors=True)
    open(place.path("wait_in_" + stage), "w").close()
    process = place.start("-j2", "--quiet")
    runs = 0 if stage == "metric" else 1  # that of the detector which does not wait
    wait_for(lambda: os.path.exists(place.path("waits")) and
             sum(name.startswith("run-") for name in finished(place.path("out.runs"))) == runs, process, stage)
    took = ended(process, number, stage)
    os.unlink(place.path("wait_in_" + stage))
    os.unlink(place.path("waits"))
    table, _ = contents(place.path("out.h5"))
    check(table.get("status", []) == ["done"] * runs, "%s: the result has %s" % (stage, table.get("status")))
    check(not left_over(place.where), "%s: left over: %s" % (stage, left_over(place.where)))
    check(place.whole("-j2", "--quiet") == expected, "%s: other bits" % stage)
    return took


def at_once(place, expected, number, seconds):
    """At some moment of extraction or of detectors in C."""
    shutil.rmtree(place.path("cache"), ignore_errors=True)
    shutil.rmtree(place.path("out.runs"), ignore_errors=True)
    process = place.start("-j2", "--quiet")
    wait_for(lambda: os.path.isdir(place.path("cache", "leases")) and
             any(name.endswith(".lease") for name in os.listdir(place.path("cache", "leases"))), process, "work")
    time.sleep(seconds)
    took = ended(process, number, "after %.1f s" % seconds)
    check(not left_over(place.where), "left over: %s" % left_over(place.where))
    check(place.whole("-j2", "--quiet") == expected, "after %.1f s: other bits" % seconds)
    return took


def waits_for_another(place, expected):
    """On a terminal, where the line of progress is written ten times a second."""
    shutil.rmtree(place.path("out.runs"))
    shutil.rmtree(place.path("cache", "scores"))
    open(place.path("wait_in_score"), "w").close()
    first = place.start("-j1", "--quiet")
    wait_for(lambda: os.path.exists(place.path("waits")), first, "the first")
    command = "stty cols 200; " + " ".join(["exec", place.ninetails, "run", "sweep.lua", "-o", "out.h5", "-j2"])
    second = subprocess.Popen(["script", "-qefc", command, place.path("typescript")], cwd=place.where,
                              env=place.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    said = "waiting for another process: waits on small"
    wait_for(lambda: os.path.exists(place.path("typescript")) and
             said in open(place.path("typescript"), errors="replace").read().replace("\n", ""), first, said)
    os.unlink(place.path("wait_in_score"))
    check(second.wait(60) == 0 and first.wait(60) == 0, "exit codes %d, %d" % (first.returncode, second.returncode))
    check(contents(place.path("out.h5")) == expected, "waiting: other bits")


def main():
    with tempfile.TemporaryDirectory(prefix="ninetails-signals-") as top:
        synthesise(sys.argv[1], top, 60000)
        place = Place(sys.argv[1], top, "scripts", SCRIPT)
        expected = place.whole("-j2", "--quiet")
        times = [in_scripts(place, expected, number, stage) for number, stage in (
            (signal.SIGINT, "learn"), (signal.SIGTERM, "score"), (signal.SIGINT, "metric"))]
        if shutil.which("script"):
            waits_for_another(place, expected)
        for detectors in ("nt.kitnet {max_autoencoder = {5, 10, 20}}, nt.gaussian_mixture {}",
                          "nt.random_cut_forest {}, nt.isolation_forest {}"):
            place = Place(sys.argv[1], top, "slow%d" % len(times), SLOW.replace("@DETECTORS@", detectors))
            expected = place.whole("-j2", "--quiet")
            times += [at_once(place, expected, signal.SIGINT, 0.05), at_once(place, expected, signal.SIGTERM, 0.8)]
        print("ended within %s s of the signal" % ", ".join("%.2f" % took for took in times))


if __name__ == "__main__":
    main()
