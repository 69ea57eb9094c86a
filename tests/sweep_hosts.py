#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts with one folder: sweep_hosts.py NINETAILS [ROUNDS]

Each "host" is a UTS and a PID namespace: names differ, process numbers are equal, and neither sees the other's processes;
with libfaketime their clocks differ by minutes. Both run one experiment with one cache, one folder of runs and one result,
beginning with a capture that neither has synthesised yet. Processes are killed at random (SIGKILL) and started again. The
folder lies

    plain     on the file system of $TMPDIR
    bindfs    behind two FUSE mounts that cache names and attributes for a minute, so that each host sees the other's
              changes late or never; each mount has its own file locks

Every process that is not killed succeeds, and the result equals that of a single process, bit for bit. ROUNDS of each
kind, by default 1; `make -f Makefile.paper hosts` runs 100.
"""
import glob
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

from sweeps import check, contents

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "hosts",
  datasets = {nt.synthetic {scenario = "mirai", packets = 6000, seed = 7}},
  grace = {fm = {500, 1000}, ad = 2000},
  detectors = {nt.kitnet {max_autoencoder = {5, 10}}, nt.mahalanobis {}, nt.packet_length {}},
  repeats = 4,
}
"""

HOSTS = "one", "two"
# Not under a sanitizer, whose runtime must be the first library of a process.
FAKETIME = None if "NINETAILS_SANITIZED" in os.environ else (glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1") or [None])[0]


def permitted():
    try:
        return subprocess.run(["unshare", "--uts", "--pid", "--fork", "sh", "-c", "hostname trial"],
                              stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False


class Plain:
    """Both hosts see the folder itself."""
    name = "plain"

    def __init__(self, top):
        self.folder = os.path.join(top, "plain")
        os.makedirs(self.folder)
        self.views = [self.folder, self.folder]

    def renew(self):
        shutil.rmtree(self.folder)
        os.makedirs(self.folder)

    def close(self):
        pass


class Bindfs:
    """Each host has its own mount, which caches lookups for a minute."""
    name = "bindfs"

    def __init__(self, top):
        self.folder = os.path.join(top, "below")
        self.views = [os.path.join(top, "view-" + host) for host in HOSTS]
        for path in self.folder, *self.views:
            os.makedirs(path)
        self.mounted = []
        self.mount()

    def mount(self):
        for view in self.views:
            if subprocess.run(["bindfs", "-o", "attr_timeout=60,entry_timeout=60", self.folder, view],
                              stderr=subprocess.DEVNULL).returncode != 0:
                self.close()
                raise OSError("bindfs cannot mount here")
            self.mounted.append(view)

    def renew(self):
        """Mounts anew, since the caches hold the last round's files."""
        self.close()
        shutil.rmtree(self.folder)
        os.makedirs(self.folder)
        self.mount()

    def close(self):
        for view in self.mounted:
            subprocess.run(["umount", "-l", view], check=True)
        self.mounted = []


def environment(view, offset):
    env = dict(os.environ, NINETAILS_CACHE=os.path.join(view, "cache"), NINETAILS_DATA=os.path.join(view, "data"),
               XDG_CONFIG_HOME=os.path.join(view, "config"))
    if FAKETIME and offset:
        env.update(LD_PRELOAD=FAKETIME, FAKETIME="%+ds" % offset, NO_FAKE_STAT="1", FAKETIME_DONT_FAKE_MONOTONIC="1")
    return env


def start(ninetails, view, host, offset):
    return subprocess.Popen(
        ["unshare", "--uts", "--pid", "--fork", "--kill-child", "sh", "-c", 'hostname "$0" && exec "$@"', host,
         ninetails, "run", "sweep.lua", "-o", "out.h5", "-j1", "--quiet"],
        cwd=view, env=environment(view, offset), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


class Tally:
    kills = starts = 0


def one_round(ninetails, place, span, generator, tally):
    """Runs both until they succeed; each is killed up to three times before."""
    with open(os.path.join(place.folder, "sweep.lua"), "w") as f:
        f.write(SCRIPT)
    offsets = [0, generator.choice([-120, 120, 3000])]
    kills = [generator.randrange(4) for _ in HOSTS]
    waiting = list(range(len(HOSTS)))
    at_work = {}
    try:
        until_all_ended(ninetails, place, span, generator, tally, offsets, kills, waiting, at_work)
    finally:
        for process, _ in at_work.values():
            process.kill()
            process.communicate()


def until_all_ended(ninetails, place, span, generator, tally, offsets, kills, waiting, at_work):
    while waiting or at_work:
        for i in waiting:
            at_work[i] = start(ninetails, place.views[i], HOSTS[i], offsets[i]), \
                time.time() + generator.uniform(0, span) if kills[i] else None
            tally.starts += 1
        waiting.clear()
        for i, (process, end) in list(at_work.items()):
            if process.poll() is None and (end is None or time.time() < end):
                continue
            killed = process.poll() is None
            if killed:
                process.kill()
                kills[i] -= 1
                tally.kills += 1
                waiting.append(i)
            err = process.communicate()[1]
            check(killed or process.returncode == 0,
                  "%s: host %s: exit code %d: %s" % (place.name, HOSTS[i], process.returncode, err))
            del at_work[i]
        time.sleep(0.005)


def main():
    if not permitted():
        print("skipped: UTS and PID namespaces are not permitted here (unshare)")
        sys.exit(77)
    ninetails, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    generator = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="ninetails-hosts-") as top:
        alone = Plain(os.path.join(top, "alone"))
        with open(os.path.join(alone.folder, "sweep.lua"), "w") as f:
            f.write(SCRIPT)
        begun = time.time()
        process = start(ninetails, alone.folder, "alone", 0)
        err = process.communicate()[1]
        check(process.returncode == 0, "alone: exit code %d: %s" % (process.returncode, err))
        span = time.time() - begun
        expected = contents(os.path.join(alone.folder, "out.h5"))
        tally, done = Tally(), []
        for kind in Plain, Bindfs:
            try:
                place = kind(top)
            except (OSError, FileNotFoundError):
                print("%s: not here" % kind.name)
                continue
            try:
                for _ in range(rounds):
                    place.renew()
                    one_round(ninetails, place, span, generator, tally)
                    check(contents(os.path.join(place.folder, "out.h5")) == expected, "%s: other bits" % kind.name)
            finally:
                place.close()
            done.append(kind.name)
        print("%d rounds each of %s, clocks %s: %d processes, %d killed, 0 aborts, the bits of one process"
              % (rounds, " and ".join(done), "apart" if FAKETIME else "together", tally.starts, tally.kills))


if __name__ == "__main__":
    main()
