#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches end with the same rows, in the same order, whatever happens on the way.

    search.py NINETAILS

Each method with one thread, with two, and (two of them) killed by SIGKILL again and again, each time once a few more runs
are there: the results are equal, cell by cell and score by score, and no run is computed twice. The scores of a part of a capture are the
first of those of all of it. A trial that fails is a row, the worst, and exit code 2. A budget of seconds counts what the
rows say, so that a second start tries nothing else.
"""
import json
import os
import shutil
import signal
import sys
import tempfile

from sweeps import CAPTURE, Arrivals, Place, check, contents, finished, synthesise

import h5py

KITNET = "nt.kitnet {max_autoencoder = nt.uniform(1, 30), learning_rate = nt.log_uniform(0.001, 1), hidden_ratio = {0.5, 0.9}}"

# Fails where kind is "b".
IN_LUA = """nt.detector {
    name = "power", parameters = {power = {default = 2, min = 0, max = 9}, kind = {default = "a", choices = {"a", "b"}}},
    learn = function(self, row) self.n, self.sum = (self.n or 0) + 1, (self.sum or 0) + row[1] end,
    score = function(self, row)
      if self.values.kind == "b" then error "of kind b" end
      return math.abs(row[1] - self.sum / self.n) ^ self.values.power
    end,
  } {power = nt.uniform(0.5, 8), kind = {"a", "b"}}"""

METHODS = {
    "tpe": 'method = "tpe", trials = 12, startup = 6, batch = 3',
    "packets": 'method = "halving", trials = 8, eta = 2, rungs = 3',
    "seeds": 'method = "halving", trials = 8, eta = 2, rungs = 2, resource = "seeds"',
}


def script(search, detector=KITNET, repeats=2):
    return """
local nt = require "ninetails"
return nt.experiment {
  name = "found", datasets = {%s}, grace = {fm = 100, ad = 800}, repeats = %d, detectors = {%s},
  select = {to = 0.6}, report = {from = 0.6}, search = {%s}, metrics = {replicates = 50},
}
""" % (CAPTURE, repeats, detector, search)


def found(place, *options, code=0):
    status, out, err = place.run("--json", *options)
    check(status == code, "exit code %d: %s" % (status, err))
    return json.loads(out)


def same_when_killed(ninetails, top, name, search):
    reference = Place(ninetails, top, name + "-1", script(search))
    expected, said = reference.whole("-j", 1), found(reference)["search"]
    two = Place(ninetails, top, name + "-2", script(search))
    check(two.whole("-j", 2) == expected, "%s: another result with two threads" % name)
    if name == "seeds": # halved as packets are
        return reference, said
    killed = Place(ninetails, top, name + "-killed", script(search))
    arrivals, runs, kills = Arrivals(killed.path("out.runs")), 0, 0
    while True:
        process = killed.start("-j", 2, "--quiet")
        while process.poll() is None:
            if len([file for file in finished(killed.path("out.runs")) if file.startswith("run-")]) >= runs + 5:
                process.send_signal(signal.SIGKILL)
                break
        process.communicate()
        now = len([file for file in finished(killed.path("out.runs")) if file.startswith("run-")])
        if process.returncode != -signal.SIGKILL:
            break
        runs, kills = now, kills + 1
    check(process.returncode == 0, "%s: exit code %d" % (name, process.returncode))
    check(kills >= 2, "%s: killed %d times only" % (name, kills))
    check(contents(killed.path("out.h5")) == expected, "%s: another result after %d kills" % (name, kills))
    for file, count in arrivals.read().items():
        check(count == 1 or file.startswith("data-"), "%s: %s was written %d times" % (name, file, count))
    arrivals.close()
    stamp = os.stat(killed.path("out.h5")).st_mtime_ns
    killed.whole("-j", 2, "--quiet")
    check(os.stat(killed.path("out.h5")).st_mtime_ns == stamp, "%s: written again with nothing new" % name)
    return reference, said


def part_is_the_beginning(place):
    """Scores of the best configuration: of the packets it was chosen by, and of the whole capture."""
    with h5py.File(place.path("out.h5")) as f:
        table = {name: f["runs"][name][:] for name in ("run", "dataset", "seed", "max_autoencoder", "learning_rate", "packets")}
        names = [value.decode() for value in table["dataset"]]
        whole = [i for i, name in enumerate(names) if name == "small.1801-3000"]
        check(len(whole) == 4, "%d reported runs" % len(whole))
        compared = 0
        for i in whole:
            for k, name in enumerate(names):
                if name != "small.1-1800" or any(table[c][i] != table[c][k] for c in ("seed", "max_autoencoder", "learning_rate")):
                    continue
                part, all_of_it = (f["run"][table["run"][j].decode()]["scores"][:] for j in (k, i))
                check(len(part) == 1800 - 901 and len(all_of_it) == 3000 - 901, "%d and %d scores" % (len(part), len(all_of_it)))
                check((part == all_of_it[:len(part)]).all(), "scores of a part are others")
                compared += 1
        check(compared == 4, "%d pairs of runs" % compared)


def failures_are_the_worst(ninetails, top):
    place = Place(ninetails, top, "failing", script('method = "random", trials = 8', IN_LUA, 1))
    said = found(place, code=2)
    failed = [trial for trial in said["search"]["trials"] if trial["parameters"]["kind"] == "b"]
    check(0 < len(failed) < 8 and said["failed"] == len(failed), "%d trials and %d runs failed" % (len(failed), said["failed"]))
    check(all("auc" not in trial or trial["auc"] is None for trial in failed), "a failed trial has a figure")
    best = max((t for t in said["search"]["trials"] if t["parameters"]["kind"] == "a"), key=lambda t: (t["auc"], -t["trial"]))
    check(said["search"]["best"]["trial"] == best["trial"], "trial %d is the best" % said["search"]["best"]["trial"])
    check(said["search"]["best"]["select"]["mean"] == best["auc"], "the best has another figure")
    table, _ = contents(place.path("out.h5"))
    check(table["status"].count("failed") == len(failed), "%d rows failed" % table["status"].count("failed"))
    code, _, err = place.run("--max-failures", 1, "--retry-failed")
    check(code == 2 and "nothing more was begun" in err, "--max-failures: exit code %d: %s" % (code, err))


def seconds_are_those_of_the_rows(ninetails, top):
    place = Place(ninetails, top, "seconds", script('method = "random", trials = 50, batch = 2, seconds = 1e-6'))
    first = found(place)["search"]
    check(first["stopped_by"] == "seconds" and len(first["trials"]) == 2, "%d trials" % len(first["trials"]))
    check(found(place)["search"] == first, "a second start comes to something else")


def main():
    ninetails, top = sys.argv[1], tempfile.mkdtemp()
    try:
        synthesise(ninetails, top, 3000)
        places = {name: same_when_killed(ninetails, top, name, search) for name, search in METHODS.items()}
        part_is_the_beginning(places["tpe"][0])
        # Of two seeds one in the first rung, of 8 trials, and both in the second, of 4, and for the best and the default.
        table, _ = contents(places["seeds"][0].path("out.h5"))
        check(len(table["run"]) == 8 + 4 + 2 + 4, "%d rows of seeds" % len(table["run"]))
        rungs = [trial["rung"] for trial in places["packets"][1]["trials"]]
        check(sorted(rungs) == [1] * 4 + [2] * 2 + [3] * 2, "rungs %s" % rungs)
        failures_are_the_worst(ninetails, top)
        seconds_are_those_of_the_rows(ninetails, top)
    finally:
        shutil.rmtree(top)


if __name__ == "__main__":
    main()
