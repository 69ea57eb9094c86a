#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""proofs.py SOURCE BUILD: each command of docs/proofs.md can be run as printed: its file exists, is executable, and a script
names its interpreter. What the commands prove is proved by the tests of the same names."""
import os
import re
import shlex
import sys


def commands(path):
    """The commands of the table whose second column is headed `command`."""
    rows, inside = [], False
    with open(path, encoding="utf-8") as file:
        for line in file:
            inside = line.startswith("|") and (inside or re.fullmatch(r"\| claim \| command \|\s*", line) is not None)
            if inside:
                rows += re.findall(r"`([^`]+)`", line.rstrip().rstrip("|").rsplit("|", 1)[1])
    return rows


def fault(command, source, build):
    word = shlex.split(command)[0]
    path = os.path.join(build, word[len("build/"):]) if word.startswith("build/") else os.path.join(source, word)
    if not os.path.isfile(path):
        return "there is no such file"
    if not os.access(path, os.X_OK):
        return "it is not executable"
    with open(path, "rb") as file:
        begin = file.read(2)
    if path.endswith(".py") and begin != b"#!":
        return "it does not say by what it is run (#!)"
    return None


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: proofs.py SOURCE BUILD")
    source, build = sys.argv[1:]
    found = commands(os.path.join(source, "docs/proofs.md"))
    faults = [(command, why) for command in found for why in [fault(command, source, build)] if why]
    for command, why in faults:
        print(f"{command}: {why}")
    print(f"proofs: {len(found)} commands, {len(faults)} faults")
    return 1 if faults or len(found) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
