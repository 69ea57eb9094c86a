#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An experiment that is killed again and again ends with the bits of one that never was.

    kill_sweep.py NINETAILS [KILLS]

SIGKILL at random moments (KILLS of them, 100 unless told) within one sweep, two processes at once in every
fourth round. After each kill: every run file that was there is there still, with the same bytes, nothing
has a half-written name but temporary files, and the next start takes up what is missing. In the end the
result equals, cell by cell and score by score, that of a sweep in one go; and no leftover remains.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

try:
    import h5py
except ImportError:
    print("skipped: no h5py")
    sys.exit(77)

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "killed",
  datasets = {nt.synthetic {scenario = "mirai", packets = 20000, seed = 1}},
  grace = {fm = {500, 1000}, ad = {3000, 6000}},
  detectors = {nt.kitnet {max_autoencoder = {5, 10, 20}}, nt.mahalanobis {}},
  repeats = 2,
}
"""


def files_of(folder):
    """name -> bytes of every finished file"""
    found = {}
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        if name.endswith(".h5") and not name.startswith("."):
            with open(os.path.join(folder, name), "rb") as f:
                found[name] = f.read()
    return found


def start(ninetails, where, environment, jobs):
    return subprocess.Popen([ninetails, "run", "killed.lua", "-j", str(jobs), "--quiet", "-o", "killed.h5"],
                            cwd=where, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def contents(path):
    """All that does not tell time."""
    with h5py.File(path) as f:
        table = {name: (column.asstr()[:].tolist() if column.dtype == object else column[:].tobytes())
                 for name, column in f["runs"].items() if column.attrs.get("role") not in ("cost", b"cost")}
        scores = {key: f["run"][key]["scores"][:].tobytes() for key in f["run"]}
    return table, scores


def place(ninetails, name, top):
    where = os.path.join(top, name)
    os.makedirs(where)
    with open(os.path.join(where, "killed.lua"), "w") as f:
        f.write(SCRIPT)
    environment = dict(os.environ, NINETAILS_CACHE=os.path.join(where, "cache"), NINETAILS_DATA=os.path.join(top, "data"),
                       XDG_CONFIG_HOME=os.path.join(top, "config"))
    return where, environment


def main():
    ninetails = os.path.abspath(sys.argv[1])
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    generator = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="ninetails-kill-") as top:
        where, environment = place(ninetails, "whole", top)
        begun = time.time()
        whole = start(ninetails, where, environment, 2)
        if whole.wait() != 0:
            print(whole.stderr.read().decode())
            return 1
        seconds = time.time() - begun
        expected = contents(os.path.join(where, "killed.h5"))

        where, environment = place(ninetails, "killed", top)
        before, killed, rounds, finished = {}, 0, 0, 0
        while killed < kills:
            rounds += 1
            several = [start(ninetails, where, environment, 1 + rounds % 2) for _ in range(2 if rounds % 4 == 0 else 1)]
            time.sleep(generator.uniform(0, seconds / 3))
            for process in several:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    killed += 1
                elif process.returncode != 0:
                    print("ended by itself:", process.returncode, process.stderr.read().decode())
                    return 1
                process.wait()
                process.stderr.close()
            now = files_of(os.path.join(where, "killed.runs"))
            for name, data in before.items():
                if now.get(name) != data:
                    print("after kill %d: %s is not what it was" % (killed, name))
                    return 1
            for name in now:  # whole: it opens
                with h5py.File(os.path.join(where, "killed.runs", name)):
                    pass
            before = now
            if len([name for name in now if name.startswith("run-")]) == len(expected[1]):
                finished += 1
                subprocess.run(["rm", "-rf", "killed.runs", "killed.h5", "cache/scores", "cache/correlations"] +
                               (["cache"] if finished % 2 else []), cwd=where, check=True)
                before = {}
        last = start(ninetails, where, environment, 2)
        if last.wait() != 0:
            print(last.stderr.read().decode())
            return 1
        if contents(os.path.join(where, "killed.h5")) != expected:
            print("the result of the killed sweep is another one")
            return 1
        left = [os.path.join(folder, name) for folder, _, names in os.walk(where) for name in names
                if name.endswith(".lease")]
        if left:
            print("left over:", left)
            return 1
        print("%d kills in %d rounds, %d sweeps completed by then; a sweep takes %.1f s; the same bits in the end"
              % (killed, rounds, finished, seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
