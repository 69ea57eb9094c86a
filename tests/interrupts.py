#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGINT and SIGTERM where a detector waits or reads for long before it scores: interrupts.py NINETAILS

While Suricata runs (a program in its place, which never ends), and while an eve.json is read that unpacks to more
than anybody waits for: the process ends as one that was ended by the signal, with its line; the program and what it
started are gone, nothing temporary is left, no run is recorded as failed. Each signal is sent in a state that shows:
the program says that it runs, the eve.json is open and partly read. An eve.json that is one line without an end is an
error that names it and the limit.
"""
import glob
import gzip
import os
import signal
import sys
import tempfile
import time

from sweeps import CAPTURE, Place, check, contents, left_over, synthesise

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "suricata",
  datasets = {@CAPTURE@},
  grace = {fm = 100, ad = 900},
  detectors = {nt.suricata {@PARAMETERS@}},
}
""".replace("@CAPTURE@", CAPTURE)

PROGRAM = """#!/bin/sh
sleep 1000000 &
echo $$ $! > "%s.part"
mv "%s.part" "%s"
wait
"""


def wait_for(holds, process, what):
    """Until it holds; the process must not end before."""
    while not holds():
        if process.poll() is not None:
            check(False, "%s did not come: %s" % (what, process.communicate()[1]))
        time.sleep(0.001)


def alive(pid):
    """Zombies, whose parent has yet to ask for them, are not."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def read_of(pid, path):
    """Bytes of the file that the process has read through what it holds open; 0: none."""
    for link in glob.glob("/proc/%d/fd/*" % pid):
        try:
            if os.path.samefile(link, path):
                with open(link.replace("/fd/", "/fdinfo/")) as f:
                    return int(f.readline().split()[1])
        except OSError:
            pass
    return 0


def make(top, name, parameters):
    place = Place(sys.argv[1], top, name, SCRIPT.replace("@PARAMETERS@", parameters))
    os.mkdir(place.path("temporary"))
    place.environment["TMPDIR"] = place.path("temporary")
    return place


def ended(place, process, number, when):
    begun = time.time()
    process.send_signal(number)
    err = process.communicate()[1]
    took = time.time() - begun
    check(process.returncode == -number, "%s: exit code %d: %s" % (when, process.returncode, err))
    check(sum(line.startswith("ninetails run: interrupted") for line in err.splitlines()) == 1, "%s: said %s" % (when, err))
    table, _ = contents(place.path("out.h5"))
    check(table.get("status", []) == [], "%s: the result has %s" % (when, table.get("status")))
    check(not left_over(place.where), "%s: left over: %s" % (when, left_over(place.where)))
    check(os.listdir(place.path("temporary")) == [], "%s: TMPDIR has %s" % (when, os.listdir(place.path("temporary"))))
    return took


def while_suricata_runs(top, number):
    place = make(top, "program%d" % number, 'program = "./program"')
    with open(place.path("program"), "w") as f:
        f.write(PROGRAM % ((place.path("runs"),) * 3))
    os.chmod(place.path("program"), 0o755)
    process = place.start("-j1", "--quiet")
    wait_for(lambda: os.path.exists(place.path("runs")), process, "Suricata")
    check(os.listdir(place.path("temporary")) != [], "no folder for Suricata")
    with open(place.path("runs")) as f:
        pids = [int(pid) for pid in f.read().split()]
    took = ended(place, process, number, "Suricata")
    while any(map(alive, pids)):  # killed with the group: the kernel gets to it
        time.sleep(0.001)
    return took


def while_eve_is_read(top, number):
    place = make(top, "eve%d" % number, 'eve = "eve.json.gz"')
    member = gzip.compress(b"\n" * (1 << 26))
    with open(place.path("eve.json.gz"), "wb") as f:
        for _ in range(500):
            f.write(member)
    process = place.start("-j1", "--quiet")
    features = place.path("cache", "features", "*.h5")
    wait_for(lambda: glob.glob(features) and read_of(process.pid, place.path("eve.json.gz")) > 2 * len(member), process,
             "the eve.json")
    return ended(place, process, number, "eve.json")


def line_without_end(top):
    place = make(top, "zero", 'eve = "/dev/zero"')
    code, out, err = place.run("-j1", "--quiet")
    check(code == 2, "/dev/zero: exit code %d: %s" % (code, err))
    reason = "/dev/zero: line 1 has more than 67108864 bytes: expected an eve.json, one object a line"
    check(reason in out + err, "/dev/zero: said %s" % (out + err))


def main():
    with tempfile.TemporaryDirectory(prefix="ninetails-interrupts-") as top:
        synthesise(sys.argv[1], top, 3000)
        times = [case(top, number) for case in (while_suricata_runs, while_eve_is_read)
                 for number in (signal.SIGINT, signal.SIGTERM)]
        line_without_end(top)
        print("ended within %s s of the signal" % ", ".join("%.3f" % took for took in times))


if __name__ == "__main__":
    main()
