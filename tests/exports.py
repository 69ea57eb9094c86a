#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""exports.py SOURCE STATIC_LIBRARY SHARED_LIBRARY: the shared library exports exactly what the public headers
declare, and every global symbol of the static one begins with nt_."""
import glob
import re
import subprocess
import sys


def symbols(*command):
    text = subprocess.run(["nm", "--defined-only", *command], check=True, capture_output=True, text=True).stdout
    found = set()
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3 and words[1].isupper():
            found.add(words[2].split("@")[0])
    return found


def declared(source):
    """Names of functions and objects that a public header declares with NT_API."""
    names = set()
    for path in glob.glob(f"{source}/include/ninetails/*.h"):
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
        for declaration in re.findall(r"^NT_API\s([^;]*);", text, flags=re.M):
            name = re.search(r"(\w+)\s*\(", declaration) or re.search(r"(\w+)\s*(?:\[[^\]]*\])?\s*$", declaration)
            names.add(name.group(1))
    return names


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: exports.py SOURCE STATIC_LIBRARY SHARED_LIBRARY")
    source, static, shared = sys.argv[1:]
    public = declared(source)
    exported = symbols("-D", shared) - {"NINETAILS_0"}
    visible = symbols("-g", static)
    faults = [f"exported, and in no public header: {name}" for name in sorted(exported - public)]
    faults += [f"declared with NT_API, and not exported: {name}" for name in sorted(public - exported)]
    faults += [f"without the prefix nt_: {name}" for name in sorted(visible) if not name.startswith(("nt_", "__"))]
    if len(public) < 50:
        faults.append(f"only {len(public)} declarations were found: is this the tree?")
    print("\n".join(faults + [f"exports: {len(exported)} of {len(visible)} symbols, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
