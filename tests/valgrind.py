#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""valgrind.py VALGRIND NINETAILS PROGRAM...: commands and CUnit programs under memcheck, which finds what no other check
does: what is read before it is written, in libraries, too."""
import os
import subprocess
import sys
import tempfile

FOUND = 99

# For a program that would take minutes, the cases that find most in their time.
CASES = {"sweep_test": ("inputs are made", "inputs that do not fit say so", "leases have one holder",
                        "a folder that cannot be written is told at once")}


def main():
    valgrind, ninetails, *programs = sys.argv[1:]
    if not os.path.exists(valgrind):
        print("valgrind is not installed")
        return 77
    check = [valgrind, "--quiet", f"--error-exitcode={FOUND}", "--leak-check=no"]
    environment = {**os.environ, "CHECK_ONLY": "own"}
    environment.pop("MALLOC_PERTURB_", None)
    faults = 0
    with tempfile.TemporaryDirectory(prefix="ninetails-valgrind-") as folder:
        subprocess.run([ninetails, "run", "quickstart", "--quiet", "-o", "a.h5"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL, env={**environment, "XDG_CACHE_HOME": folder, "XDG_DATA_HOME": folder})
        commands = [[ninetails, "version"], [ninetails, "results", "merge", "a.h5", "-o", "b.h5"],
                    [ninetails, "results", "show", "b.h5"], *([program] for program in programs)]
        for command in commands:
            cases = CASES.get(os.path.basename(command[0]))
            done = subprocess.run(check + command, cwd=folder, text=True, capture_output=True,
                                  env={**environment, **({"CHECK_CASES": ";".join(cases)} if cases else {})})
            if cases and f"tests{len(cases):7}{len(cases):7}{len(cases):7}" not in done.stdout.replace("n/a", ""):
                print(f"{command[0]}: not the cases {cases}: {done.stdout}")
                faults += 1
            if done.returncode:
                faults += 1
                print(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    print(f"{len(commands)} commands, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
