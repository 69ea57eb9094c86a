#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every parser has a fuzz target: fuzz_parsers.py SOURCE

tests/fuzz/parsers.txt lists them. It must contain each function of a header whose name says that it reads (open, read,
parse, ...), with a target that calls it directly or indirectly or with the reason for having none, and each target.
"""
import pathlib
import re
import sys

READS = re.compile(r"\b(nt_\w+_(?:open|read|parse|from_name|next|decode|line|get|from_text)(?:_\w+)?|nt_get_\w+)\(")


def declared(root):
    found = set()
    for header in [*root.glob("core/**/*.h"), *root.glob("include/ninetails/*.h")]:
        found |= set(READS.findall(re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)))
    return found - {"nt_get16", "nt_get32"}


def main():
    root = pathlib.Path(sys.argv[1])
    fuzz = root / "tests" / "fuzz"
    targets = {path.stem: path.read_text() for path in fuzz.glob("fuzz_*.c")}
    headers = "\n".join(path.read_text() for path in [*root.glob("core/**/*.h"), *root.glob("include/ninetails/*.h")])
    faults, listed, used = [], set(), set()
    for line in (fuzz / "parsers.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        name, target, *rest = line.split(None, 2)
        listed.add(name)
        if name.startswith("nt_") and name + "(" not in headers:
            faults.append(f"{name}: is not declared in any header")
        if target == "-":
            if not rest:
                faults.append(f"{name}: has neither a target nor a reason")
            continue
        used.add(target)
        if target not in targets:
            faults.append(f"{name}: there is no {target}")
        elif (rest[0].strip() if rest else name) not in targets[target]:
            faults.append(f"{name}: {target} does not call {rest[0] if rest else name}")
    faults += [f"{name}: reads, and is not in parsers.txt" for name in sorted(declared(root) - listed)]
    faults += [f"{name}: is not in parsers.txt" for name in sorted(set(targets) - used)]
    print("\n".join(faults) or f"{len(listed)} parsers, {len(targets)} targets")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
