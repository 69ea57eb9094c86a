#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGINT, SIGTERM and SIGUSR1 in each stage of a sweep: sweep_signals.py NINETAILS

The signal comes during extraction, learning, scoring and measuring, in C and in functions of the script that never end.
The process ends by the signal, says how to go on, keeps finished runs and gathers them; no run is recorded as failed. No
moment is chosen by the clock: each is a state of the sweep's folders, in which it is stopped (SIGSTOP) until the signal
is on its way. The next start completes the rest, with the bits of an uninterrupted sweep. Then a process that can only
wait for another one says for what, and both have the whole result in the end.
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

def wait_for(holds, process, what):
    """Waits until the condition holds; the process must not end before."""
    while not holds():
        if process.poll() is not None:
            check(False, "%s did not come: %s" % (what, process.communicate()[1]))
        time.sleep(0.001)


def ended(process, number, when):
    begun = time.time()
    process.send_signal(number)
    process.send_signal(signal.SIGCONT)
    err = process.communicate()[1]
    check(process.returncode == -number, "%s: exit code %d: %s" % (when, process.returncode, err))
    check("the same command goes on with the rest" in err, "%s: said %s" % (when, err))
    return time.time() - begun


def in_scripts(place, expected, number, stage):
    shutil.rmtree(place.path("out.runs"), ignore_errors=True)
    shutil.rmtree(place.path("cache", "scores"), ignore_errors=True)
    open(place.path("wait_in_" + stage), "w").close()
    process = place.start("-j2", "--quiet")
    runs = 0 if stage == "metric" else 1  # the run of the detector that does not wait
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


def names(place, folder, ending):
    """Finished files of a folder, or leases."""
    where = place.path(*folder)
    return [name for name in os.listdir(where) if name.endswith(ending) and (ending == ".lease" or name[0] != ".")] \
        if os.path.isdir(where) else []


def works(place):
    """State: a file is being made, and none is finished."""
    return names(place, ("cache", "leases"), ".lease")


def detects(place):
    """State: the features exist, and detectors work on them."""
    return names(place, ("cache", "features"), ".h5") and works(place)


def at_once(place, runs, number, when):
    """Stops the sweep during extraction or C detectors; None: the stage ended before it was seen."""
    shutil.rmtree(place.path("cache"), ignore_errors=True)
    shutil.rmtree(place.path("out.runs"), ignore_errors=True)
    process = place.start("-j2", "--quiet")
    while process.poll() is None:
        if not when(place):
            time.sleep(0.001)
            continue
        process.send_signal(signal.SIGSTOP)
        if when(place) and not names(place, ("out.runs",), ".h5"):
            return ended(process, number, when.__name__)
        process.send_signal(signal.SIGCONT)
    check(process.returncode == 0, "exit code %d: %s" % (process.returncode, process.communicate()[1]))
    check(len([name for name in finished(place.path("out.runs")) if name.startswith("run-")]) == runs, "runs are missing")
    return None


def in_c(place, runs, number, when, again):
    """The same, with a longer capture when the machine is too fast for this one."""
    while True:
        expected = place.whole("-j2", "--quiet")
        took = at_once(place, runs, number, when)
        if took is not None:
            break
        again()
    check(not left_over(place.where), "left over: %s" % left_over(place.where))
    check(place.whole("-j2", "--quiet") == expected, "%s: other bits" % when.__name__)
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
    check(second.wait() == 0 and first.wait() == 0, "exit codes %d, %d" % (first.returncode, second.returncode))
    check(contents(place.path("out.h5")) == expected, "waiting: other bits")


def main():
    with tempfile.TemporaryDirectory(prefix="ninetails-signals-") as top:
        packets = 30000
        synthesise(sys.argv[1], top, packets)

        def longer():
            nonlocal packets
            packets *= 2
            check(packets < 1e7, "every moment has passed before it is seen")
            synthesise(sys.argv[1], top, packets)

        place = Place(sys.argv[1], top, "scripts", SCRIPT)
        expected = place.whole("-j2", "--quiet")
        times = [in_scripts(place, expected, number, stage) for number, stage in (
            (signal.SIGINT, "learn"), (signal.SIGTERM, "score"), (signal.SIGUSR1, "score"), (signal.SIGINT, "metric"))]
        if shutil.which("script"):
            waits_for_another(place, expected)
        for runs, detectors in ((4, "nt.kitnet {max_autoencoder = {5, 10, 20}}, nt.gaussian_mixture {}"),
                                (2, "nt.random_cut_forest {}, nt.isolation_forest {}")):
            place = Place(sys.argv[1], top, "slow%d" % len(times), SLOW.replace("@DETECTORS@", detectors))
            times += [in_c(place, runs, signal.SIGINT, works, longer), in_c(place, runs, signal.SIGTERM, detects, longer)]
        print("ended within %s s of the signal" % ", ".join("%.2f" % took for took in times))


if __name__ == "__main__":
    main()
