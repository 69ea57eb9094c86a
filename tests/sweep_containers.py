#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes with the same number in several containers, on one folder: sweep_containers.py NINETAILS

Each process runs in its own PID namespace, where it is process 1; host names differ or are equal. Two sweeps of one
experiment share a cache and a folder of runs: both succeed, with the bits of a single one, and leave no leftovers. Then
one is killed at work: another, in a third container that cannot see it, takes over at once and removes its leftovers.
Then two synthesise the same capture.
"""
import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import time

from sweeps import CAPTURE, Place, check, synthesise

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "contained",
  datasets = {@CAPTURE@},
  grace = {fm = {500, 1000}, ad = 3000},
  detectors = {nt.kitnet {max_autoencoder = {5, 10}}, nt.mahalanobis {}, nt.packet_length {}},
  repeats = 4,
}
""".replace("@CAPTURE@", CAPTURE)

# Runs for as long as the file "wait" exists, so that it can be killed at work.
WAITS = """
local nt = require "ninetails"
return nt.experiment {
  name = "waits",
  datasets = {@CAPTURE@},
  grace = {fm = 500, ad = 3000},
  detectors = {nt.packet_length {}, nt.detector {name = "waits", score = function(self, row)
    local file = io.open "wait"
    if file then
      io.open("waiting", "w"):close()
      while true do end
    end
    return row[1]
  end}},
}
""".replace("@CAPTURE@", CAPTURE)

UNSHARE = ("unshare", "--pid", "--fork", "--kill-child")


def container(name=None):
    """A wrapper that runs the sweep as process 1 on a host of this name."""
    if name is None:
        return UNSHARE
    return (*UNSHARE, "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', name)


def permitted():
    try:
        return subprocess.run([*container("trial"), "true"], stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False


def temporary(*folders):
    """Files that are being written, or were when their process was killed."""
    return [os.path.join(at, name) for folder in folders for at, _, names in os.walk(folder) for name in names
            if name.endswith((".tmp", ".lease")) or ".part" in name]


def together(place, expected, names):
    """Both work at the same time, beginning with empty folders."""
    for name in "out.runs", "cache":
        shutil.rmtree(place.path(name), ignore_errors=True)
    processes = [place.start("-j1", "--quiet", output="out%d.h5" % i, wrapper=container(name))
                 for i, name in enumerate(names)]
    for i, process in enumerate(processes):
        _, err = process.communicate()
        check(process.returncode == 0, "%s: exit code %d: %s" % (names[i], process.returncode, err))
    for i in range(len(names)):
        check(place.whole("-j1", "--quiet", output="out%d.h5" % i, at="out%d.h5" % i) == expected, "other bits")
    check(not temporary(place.where), "left over: %s" % temporary(place.where))


def killed(top, ninetails):
    place = Place(ninetails, top, "killed", WAITS)
    expected = place.whole("-j1", "--quiet")
    shutil.rmtree(place.path("out.runs"))
    shutil.rmtree(place.path("cache"))
    open(place.path("wait"), "w").close()
    first = place.start("-j1", "--quiet", wrapper=container("first"))
    while not os.path.exists(place.path("waiting")):
        check(first.poll() is None, "the first has ended: %s" % first.communicate()[1] if first.poll() is not None else "")
        time.sleep(0.01)
    first.kill()
    first.communicate()
    check(temporary(place.where), "the killed one left nothing: nothing is tested")
    # Leftovers in each folder, as if the process had been writing there.
    with open(temporary(place.where)[0]) as lease:
        origin = lease.read().split()[1]
    for folder in "out.runs", "cache/features", "cache/scores", ".":
        open(place.path(folder, ".out.h5.%s-00000000.tmp" % origin), "w").close()
    os.unlink(place.path("wait"))
    begun = time.time()
    check(place.whole("-j1", "--quiet", wrapper=container("third")) == expected, "killed: other bits")
    took = time.time() - begun
    check(took < 55, "it waited %.0f s for a dead process" % took)  # a lease is stale after 60 s
    check(not temporary(place.where), "left over: %s" % temporary(place.where))


def synthesised(top, ninetails):
    command = [ninetails, "dataset", "synth", "mirai", "--packets", "20000", "--seed", "3", "-o"]
    alone, shared = os.path.join(top, "alone.pcap"), os.path.join(top, "shared.pcap")
    subprocess.run([*command, alone], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(5):
        processes = [subprocess.Popen([*container(), *command, shared], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                      text=True) for _ in range(2)]
        for process in processes:
            _, err = process.communicate()
            check(process.returncode == 0, "synth: exit code %d: %s" % (process.returncode, err))
        for ending in "", ".labels.csv":
            check(filecmp.cmp(alone + ending, shared + ending, shallow=False), "synth: other bytes")
            os.unlink(shared + ending)
    check(not temporary(top), "left over: %s" % temporary(top))


def main():
    if not permitted():
        print("skipped: PID and UTS namespaces are not permitted here (unshare)")
        sys.exit(77)
    ninetails = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="ninetails-containers-") as top:
        synthesise(ninetails, top, 10000)
        expected = Place(ninetails, top, "whole", SCRIPT).whole("-j1", "--quiet")
        place = Place(ninetails, top, "together", SCRIPT)
        for i in range(10):
            together(place, expected, ("one", "two") if i % 2 else (None, None))
        killed(top, ninetails)
        synthesised(top, ninetails)
        print("10 pairs of sweeps, both process 1: the same bits; one was killed, and nothing was left over")


if __name__ == "__main__":
    main()
