#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""paths.py SOURCE: every path of the tree in a page's backticks exists, and so does every name of the trips of
docs/architecture.md."""
import glob
import os
import re
import sys

TOPS = ("core/", "lua/", "include/", "tests/", "docs/", "bench/", "datasets/", "experiments/", "python/")


def named(text):
    for word in re.findall(r"`([^`\s]+)`", text) + re.findall(r"\]\(([^)#\s]+)\)", text):
        if word.startswith(TOPS) and not re.search(r"NAME|NOUN|\*|\.\.\.|<|mean_distance", word):
            yield word


def trips(source):
    """The names (of files, or of what is in a file of the row) that the table of trips has in backticks, by row."""
    with open(f"{source}/docs/architecture.md", encoding="utf-8") as file:
        table = re.search(r"\n## [A-Z][a-z]+ trips\n(.*)", file.read(), re.DOTALL).group(1)
    for row in re.findall(r"^\| (.*) \|$", table, re.MULTILINE):
        yield re.findall(r"`([^`]+)`", re.sub(r"`(\S*)NAME.lua`", r"`\1score.lua` `\1extract.lua`", row))


def missing(source, names):
    """Names of a trip that no file has: each is a file's, or stands in the files that the row names."""
    files, contents = {}, ""
    for top in ("core", "lua"):
        for folder, _, here in os.walk(f"{source}/{top}"):
            files.update((name, os.path.join(folder, name)) for name in here)
    paths = [name for name in names if re.search(r"\.(c|h|lua)$", name)]
    for path in paths:
        at = os.path.join(source, path) if "/" in path else files.get(path, path)
        if not os.path.exists(at):
            yield path
            continue
        with open(at, encoding="utf-8") as file:
            contents += file.read()
    yield from (name for name in names if name not in paths and not name.startswith(TOPS)
                and not re.search(rf"\b{re.escape(name.lstrip('$'))}\b", contents))


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
    for names in trips(source):
        for name in missing(source, names):
            faults += 1
            print(f"docs/architecture.md: the trips name {name}, which is not there")
    print(f"paths: {count} named, {faults} are not there")
    return 1 if faults or count < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
