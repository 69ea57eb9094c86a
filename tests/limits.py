#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of addresses and of threads: limits.py NINETAILS

Each command runs under growing limits of `ulimit -v`, from what loading its libraries takes to plenty: it works, or ends
with exit code 2 and a reason, and leaves no half-written file. A user who may start no or few more threads: a sweep runs
on the threads that it gets, says so, and gives the same bits.
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile

from sweeps import CAPTURE, check, contents, synthesise

EXPERIMENT = """
local nt = require "ninetails"
return nt.experiment {
  name = "limits",
  datasets = {%s},
  grace = {fm = 500, ad = {1000, 1400}},
  detectors = {nt.kitnet {max_autoencoder = {5, 10}}, nt.half_space_trees {}, nt.pcstream2 {}},
}
""" % CAPTURE

# Where its table of identifiers cannot grow, HDF5 ends the program, which then has no time to clear up.
ENDED = "out of memory: HDF5 ended the program"
MEGABYTE = 1 << 20
NOBODY = 65534
STEP = 16  # MB


def run(ninetails, where, arguments, limits, **others):
    def limit():
        for what, value in limits.items():
            resource.setrlimit(what, (value, value))
    environment = dict(os.environ, XDG_CACHE_HOME=os.path.join(where, "cache"))
    if os.environ.get("NINETAILS_SANITIZED"):
        environment["ASAN_OPTIONS"] = "detect_leaks=0"  # leak detection needs a thread
    return subprocess.run([ninetails] + arguments, cwd=where, env=environment, preexec_fn=limit,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="replace", **others)


def half_written(where):
    return [name for name in os.listdir(where) if name.endswith(".tmp") or name.endswith(".part")]


def climb(ninetails, where, name, arguments, output, least):
    """Raises the limit until the command works three times in a row; returns the first limit that did."""
    works, first = 0, None
    for size in range(least, 2000, STEP):
        for left in ("cache", "out.h5", "out.runs"):
            path = os.path.join(where, left)
            shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.unlink(path)
        done = run(ninetails, where, arguments, {resource.RLIMIT_AS: size * MEGABYTE})
        what = "%s in %d MB" % (name, size)
        check(done.returncode in (0, 2), "%s: exit code %d: %s" % (what, done.returncode, done.stderr))
        told = "out of memory" in done.stderr or "no memory " in done.stderr
        check(done.returncode == 0 or told, "%s: said %r" % (what, done.stderr))
        check("internal error" not in done.stderr, "%s: said %r" % (what, done.stderr))
        check(not half_written(where) or ENDED in done.stderr, "%s: left over: %s" % (what, half_written(where)))
        if done.returncode == 0 and output:
            check(os.path.getsize(os.path.join(where, output)) > 0, "%s: no %s" % (what, output))
        works = works + 1 if done.returncode == 0 else 0
        first = first or (size if works else None)
        if works == 3:
            return first
    check(False, "%s: never worked" % name)


def addresses(ninetails, where):
    """Commands climb from the least limit at which libraries load; below it the loader's own errors appear."""
    least = 32
    while run(ninetails, where, ["version"], {resource.RLIMIT_AS: least * MEGABYTE}).returncode != 0:
        least += 4
    for name, arguments, output in (
            ("results merge", ["results", "merge", "whole.h5", "-o", "out.h5"], "out.h5"),
            ("score", ["score", "../in.pcap", "--fm-grace", "1000", "--ad-grace", "4000", "-o", "out.h5"], "out.h5"),
            ("run", ["run", "limits.lua", "-o", "out.h5", "-j2", "--quiet"], "out.h5")):
        first = climb(ninetails, where, name, arguments, output, least)
        print("%s works from %d MB on (version from %d)" % (name, first, least))


def ended_by_hdf5(ninetails, where, top):
    """Its exit(-1), which comes by chance, is an exit code 2 with a reason."""
    with open(os.path.join(top, "ends.c"), "w") as file:
        file.write("#include <stdlib.h>\nlong H5I_register(void) { exit(-1); }\n")
    shim = os.path.join(top, "ends.so")
    if subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, os.path.join(top, "ends.c")]).returncode != 0:
        check(False, "cc does not compile the stand-in for HDF5's end")
    done = subprocess.run([ninetails, "results", "ls", "whole.h5"], cwd=where, env={**os.environ, "LD_PRELOAD": shim},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    check(done.returncode == 2 and ENDED in done.stderr, "ended by HDF5: exit code %d: %s" % (done.returncode, done.stderr))


def threads(ninetails, where, expected):
    """RLIMIT_NPROC counts all processes of a user: another user's few as root, else our own."""
    as_whom = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    for folder, _, files in os.walk(where):
        for name in [folder] + [os.path.join(folder, f) for f in files]:
            os.chmod(name, 0o777)
    ours = os.path.join(where, "ninetails")
    shutil.copy(ninetails, ours)
    os.chmod(ours, 0o755)
    for limit, most in ((1, 1), (3, 2)):
        shutil.rmtree(os.path.join(where, "cache"), ignore_errors=True)
        shutil.rmtree(os.path.join(where, "out.runs"), ignore_errors=True)
        if os.path.exists(os.path.join(where, "out.h5")):
            os.unlink(os.path.join(where, "out.h5"))
        done = run(ours, where, ["run", "limits.lua", "-o", "out.h5", "-j8", "--quiet"],
                   {resource.RLIMIT_NPROC: limit}, **as_whom)
        check(done.returncode == 0, "%d threads: exit code %d: %s" % (limit, done.returncode, done.stderr))
        said = ["warning: the system gave %d of 8 threads to run on\n" % n for n in range(1, most + 1)]
        check(done.stderr.split("\n")[0] + "\n" in said, "%d threads: said %r" % (limit, done.stderr))
        check(contents(os.path.join(where, "out.h5")) == expected, "%d threads: other bits" % limit)
    print("threads: %r" % done.stderr)


def main():
    ninetails = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="ninetails-limits-") as top:
        where = os.path.join(top, "work")
        os.mkdir(where)
        synthesise(ninetails, top, 12000)
        for name in ("", "in.pcap", "in.pcap.labels.csv"):
            os.chmod(os.path.join(top, name), 0o755)
        with open(os.path.join(where, "limits.lua"), "w") as file:
            file.write(EXPERIMENT)
        done = run(ninetails, where, ["run", "limits.lua", "-o", "whole.h5", "-j2", "--quiet"], {})
        check(done.returncode == 0, "exit code %d: %s" % (done.returncode, done.stderr))
        expected = contents(os.path.join(where, "whole.h5"))
        threads(ninetails, where, expected)
        if os.environ.get("NINETAILS_SANITIZED"):
            print("addresses: not limited, a sanitizer needs them all")
        else:
            ended_by_hdf5(ninetails, where, top)
            addresses(ninetails, where)


if __name__ == "__main__":
    main()
