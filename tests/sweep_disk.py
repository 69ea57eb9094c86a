#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps on disks that are full or cannot be written: sweep_disk.py NINETAILS

A small tmpfs replaces the folder of runs, of the cache, or of the result file; where mounting is not permitted, the size
of each file is limited. The sweep ends with exit code 2 and a message that names a file and the reason; every file with
its final name is whole; with space again the next start gives the bits of a sweep that always had it.
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile

from sweeps import CAPTURE, Place, check, finished, opens, synthesise

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "full",
  datasets = {@CAPTURE@},
  grace = {fm = 500, ad = 3000},
  detectors = {nt.kitnet {max_autoencoder = {5, 10}}, nt.mahalanobis {}},
  repeats = 3,
}
""".replace("@CAPTURE@", CAPTURE)


def mounted(folder, bytes):
    os.makedirs(folder, exist_ok=True)
    return subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % bytes, "none", folder],
                          stderr=subprocess.DEVNULL).returncode == 0


def told(code, err, what, reason):
    check(code == 2, "%s: exit code %d: %s" % (what, code, err))
    check(what in err and reason in err, "%s and '%s' are not told: %s" % (what, reason, err))


def on_small_disk(place, folder, output, sizes, expected):
    """Disks of these sizes fill up at several points of the sweep."""
    what = os.path.basename(folder)
    for size in sizes:
        if not mounted(folder, size):
            return False
        try:
            code, _, err = place.run("-j2", "--quiet", output=output)
            told(code, err, what, "No space left on device")
            opens(folder, finished(folder))
            check(not [name for name in os.listdir(folder) if name.endswith(".tmp")], "a temporary file was left")
            subprocess.run(["mount", "-o", "remount,size=1g", folder], check=True)
            check(place.whole("-j2", "--quiet", output=output, at=output) == expected, "%s: other bits" % what)
        finally:
            subprocess.run(["umount", folder], check=True)
        clear(place, "out.runs", "cache")
    return True


def limited(size):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def clear(place, *names):
    for name in names:
        path = place.path(name)
        shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.unlink(path)


def with_limited_files(place, expected):
    """Limits on file size that features, scores and shared files, runs, and the result hit in turn."""
    for size, what in (5000000, "/features/"), (40000, "/"), (90000, "out.runs/"), (200000, "out.h5"):
        clear(place, "out.runs", "out.h5", "cache/scores")
        code, _, err = place.run("-j2", "--quiet", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size,) * 2))
        told(code, err, what, "File too large")
        opens(place.path("out.runs"), finished(place.path("out.runs")))
        check(place.whole("-j2", "--quiet") == expected, "files of %d bytes: other bits" % size)


def not_writable(place):
    """Wrong types for the folder of runs, the cache and the result are reported before any work. Root may write where
    modes forbid it, so a file takes the folder's place."""
    for name in "out.runs", "cache", "out.h5":
        clear(place, "out.runs", "cache", "out.h5")
        if name == "out.h5":
            os.makedirs(place.path(name))
        else:
            open(place.path(name), "w").close()
        code, _, err = place.run("-j2", "--quiet")
        expected = 1 if name == "out.h5" else 2  # the one is an argument of -o, the others are made by the sweep
        check(code == expected and name in err, "%s in the way: exit code %d: %s" % (name, code, err))
        check(name == "out.runs" or not finished(place.path("out.runs")), "%s: work was done" % name)
    clear(place, "out.h5")


def read_only(place, folder):
    """A read-only mount."""
    os.makedirs(place.path(folder), exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", place.path(folder)],
                      stderr=subprocess.DEVNULL).returncode != 0:
        return False
    try:
        code, _, err = place.run("-j2", "--quiet")
        told(code, err, folder, "Read-only file system")
    finally:
        subprocess.run(["umount", place.path(folder)], check=True)
    return True


def main():
    with tempfile.TemporaryDirectory(prefix="ninetails-disk-") as top:
        synthesise(sys.argv[1], top, 12000)
        expected = Place(sys.argv[1], top, "whole", SCRIPT).whole("-j2", "--quiet")
        place = Place(sys.argv[1], top, "disk", SCRIPT)
        not_writable(place)
        with_limited_files(place, expected)
        place = Place(sys.argv[1], top, "small", SCRIPT)
        small = (on_small_disk(place, place.path("out.runs"), "out.h5", (30000, 300000, 700000), expected)
                 and on_small_disk(place, place.path("cache"), "out.h5", (16384, 1000000, 11000000, 13700000), expected)
                 and on_small_disk(place, place.path("result"), "result/out.h5", (300000, 600000), expected)
                 and read_only(place, "out.runs") and read_only(place, "cache"))
        print("files that cannot grow%s: the same bits with space again" % (
            ", small and read-only disks" if small else "; mounting is not permitted here"))


if __name__ == "__main__":
    main()
