#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands over damaged result files: hostile_results.py NINETAILS RESULT.h5

Each file has one column of another type or length, a link loop in its place, or none. Each command ends as documented,
never with an internal error. Exit code 1: one does not.
"""
import shutil
import subprocess
import sys

import h5py
import numpy

COMMANDS = (["ls", "FILE"], ["show", "FILE"], ["show", "FILE", "1"], ["diff", "FILE", "GOOD"],
            ["compare", "FILE", "--metric", "auc"], ["summary", "FILE"])


def values(rows):
    text = numpy.array(["x\x1b[2J"] * rows, dtype=h5py.string_dtype())
    return {"text": text, "number": numpy.full(rows, 1.5), "integer": numpy.full(rows, -2 ** 63),
            "infinite": numpy.full(rows, numpy.inf), "longer": numpy.zeros(rows + 1),
            "square": numpy.zeros((rows, rows)), "gone": None, "cyclic": None, "group": None}


def mutate(source, name, what, data):
    shutil.copy(source, "mutant.h5")
    with h5py.File("mutant.h5", "r+") as file:
        runs = file["runs"]
        attributes = {key: runs[name].attrs[key] for key in ("role", "units", "long_name", "better")
                      if key in runs[name].attrs}
        del runs[name]
        if what == "cyclic":
            runs[name] = h5py.SoftLink("/runs/" + name)
        elif what == "group":
            runs.create_group(name)
        elif data is not None:
            runs.create_dataset(name, data=data).attrs.update(attributes)


def main():
    program, source = sys.argv[1:3]
    with h5py.File(source) as file:
        columns, rows = list(file["runs"]), len(file["runs/run"])
    bad = count = refused = 0
    for name in columns:
        for what, data in values(rows).items():
            mutate(source, name, what, data)
            for words in COMMANDS:
                words = [{"FILE": "mutant.h5", "GOOD": source}.get(word, word) for word in words]
                done = subprocess.run([program, "results"] + words, capture_output=True, text=True, errors="replace")
                said = (done.stdout + done.stderr).lower()
                fine = done.returncode in (0, 1, 2, 3, 4) and not any(
                    word in said for word in ("internal error", "traceback", "\x1b"))
                fine = fine and (done.returncode != 2 or "mutant.h5" in said)
                count += 1
                refused += done.returncode == 2
                bad += not fine
                if not fine:
                    print("%s of type %s: %s: exit %d: %s" % (name, what, words, done.returncode, said))
    print("internal errors: %d" % bad)
    if count != len(columns) * 9 * len(COMMANDS) or refused == 0:
        sys.exit("%d commands, %d refused: expected all of them, and some refused" % (count, refused))
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
