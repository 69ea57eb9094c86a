#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""api_filter.py HEADER: the header as Doxygen has to see it, to stdout: names that are declared together (`double a, b;`)
one by one, each with the comment that they share. Lines keep their numbers."""
import re
import sys

DECLARED = re.compile(
    r"^(?P<before> */\*\*(?!<)(?:(?!\*/).)*\*/\n)?"
    r"(?P<type> +(?:const |struct |unsigned )*\w+ )(?P<names>\*?\w+(?:\[\w+\])*(?:,\s*\*?\w+(?:\[\w+\])*)+);"
    r"(?P<after>\s*/\*\*<(?:(?!\*/).)*\*/)?", re.M | re.S)


def one_by_one(match):
    shared = match["before"] or match["after"] or ""
    text = " ".join(re.sub(r"^\s*\*(?!/)", "", shared, flags=re.M).split())
    text = "/**< " + re.sub(r"^/\*\*<? *", "", text) if text else ""
    lines = match[0].count("\n")
    return " ".join(f"{match['type']}{name.strip()}; {text}" for name in match["names"].split(",")) + "\n" * lines


if len(sys.argv) != 2:
    sys.exit("usage: api_filter.py HEADER")
with open(sys.argv[1], encoding="utf-8") as file:
    sys.stdout.write(DECLARED.sub(one_by_one, file.read()))
