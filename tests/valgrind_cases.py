#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""valgrind_cases.py VALGRIND PROGRAM FOLDER: every case of a CUnit program under memcheck, each in a process of its own.

What passed is noted in FOLDER with the program's checksum: the next call goes on with the other cases, as long as the program
is the same. Before each case run the first two, which make the inputs and the results that others look at. Cases marked
[outside], which need what the project does not bring, are left out.
"""
import hashlib
import os
import re
import subprocess
import sys
import time

FOUND = 99


def main():
    valgrind, program, folder = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3]
    os.makedirs(folder, exist_ok=True)
    with open(program, "rb") as f:
        build = hashlib.sha256(f.read()).hexdigest()
    environment = {**os.environ, "CHECK_ONLY": "own"}
    environment.pop("MALLOC_PERTURB_", None)
    listed = subprocess.run([program], env={**environment, "CHECK_LIST": "1"}, check=True, capture_output=True, text=True).stdout
    cases = [name for name in listed.splitlines() if "[outside]" not in name]
    assert cases, "no case in %s" % program
    bad = 0
    for number, name in enumerate(cases, 1):
        print("%2d of %d  %s: " % (number, len(cases), name), end="", flush=True)
        note = os.path.join(folder, re.sub("[^a-z0-9]+", "_", name.lower()) + ".passed")
        if os.path.exists(note) and open(note, encoding="ascii").read() == build:
            print("passed before")
            continue
        chosen = dict.fromkeys((*cases[:2], name) if number > 1 else cases[:1])
        begun = time.monotonic()
        done = subprocess.run([valgrind, "--quiet", "--error-exitcode=%d" % FOUND, "--leak-check=no", program], text=True, capture_output=True,
                              env={**environment, "CHECK_CASES": ";".join(chosen)})
        ran = re.search(r"tests +{0} +{0} +{0} +0".format(len(chosen)), done.stdout.replace("n/a", "")) is not None
        print("%s, %.0f s" % ("passed" if ran and done.returncode == 0 else "exit code %d" % done.returncode, time.monotonic() - begun),
              flush=True)
        if ran and done.returncode == 0:
            with open(note, "w", encoding="ascii") as f:
                f.write(build)
        else:
            bad += 1
            print(done.stdout + done.stderr)
    print("%d cases, %d with faults" % (len(cases), bad))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
