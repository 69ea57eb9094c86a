#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""coverage.py SUMMARY.json: a table of the lines that tests reach, by folder, from gcovr's summary."""
import collections
import json
import os
import sys


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: coverage.py SUMMARY.json (of gcovr --json-summary)")
    with open(sys.argv[1], encoding="utf-8") as file:
        summary = json.load(file)
    folders = collections.defaultdict(lambda: [0, 0])
    for entry in summary["files"]:
        for folder in (os.path.dirname(entry["filename"]), "all"):
            folders[folder][0] += entry["line_total"]
            folders[folder][1] += entry["line_covered"]
    if not folders:
        sys.exit(f"{sys.argv[1]}: no file has a line: the tests have not run in this build")
    print(f"{'folder':28} {'lines':>7} {'reached':>8}")
    for folder in sorted(folders, key=lambda name: (name == "all", name)):
        total, covered = folders[folder]
        share = f"{100 * covered / total:.1f} %" if total else "none"
        print(f"{folder:28} {total:7} {share:>8}")


if __name__ == "__main__":
    main()
