#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""paths.py SOURCE: every path of the tree in a page's backticks exists."""
import glob
import os
import re
import sys

TOPS = ("core/", "lua/", "include/", "tests/", "docs/", "bench/", "datasets/", "experiments/", "python/")


def named(text):
    for word in re.findall(r"`([^`\s]+)`", text) + re.findall(r"\]\(([^)#\s]+)\)", text):
        if word.startswith(TOPS) and not re.search(r"NAME|NOUN|\*|\.\.\.|<|mean_distance", word):
            yield word


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: paths.py SOURCE")
    source, count, faults = sys.argv[1], 0, 0
    for page in sorted(glob.glob(f"{source}/*.md") + glob.glob(f"{source}/*/*.md") + glob.glob(f"{source}/core/*/*.md")):
        with open(page, encoding="utf-8") as file:
            text = file.read()
        for path in named(text):
            count += 1
            if not os.path.exists(os.path.join(source, path)):
                faults += 1
                print(f"{os.path.relpath(page, source)}: there is no {path}")
    print(f"paths: {count} named, {faults} are not there")
    return 1 if faults or count < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
