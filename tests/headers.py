#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""headers.py SOURCE CC CXX [FLAG...]: every public header compiles alone and all of them together, in C and in C++, with
warnings as errors; the private ones compile together in both orders, so no two define the same name."""
import glob
import os
import subprocess
import sys


def compiles(compiler, language, includes, flags):
    text = "".join(f"#include {name}\n" for name in includes) + "typedef int nt_not_empty;\n"
    run = subprocess.run([compiler, "-x", language, "-fsyntax-only", "-Wall", "-Wextra", "-Werror", *flags, "-"],
                         input=text, capture_output=True, text=True)
    if run.returncode:
        print(f"{compiler}: {', '.join(includes[:3])}{' ...' if len(includes) > 3 else ''}:\n{run.stderr[:2000]}")
    return run.returncode == 0


def main():
    if len(sys.argv) < 4:
        sys.exit("usage: headers.py SOURCE CC CXX [FLAG...]")
    source, cc, cxx, *flags = sys.argv[1:]
    public = [f"<ninetails/{os.path.basename(path)}>" for path in sorted(glob.glob(f"{source}/include/ninetails/*.h"))]
    private = sorted(os.path.relpath(path, f"{source}/core") for path in glob.glob(f"{source}/core/**/*.h", recursive=True))
    # A kernel's template is included once for each instruction set, after the macros that it needs.
    private = [f'"{path}"' for path in private if "kernel" not in os.path.basename(path)]
    failed = checked = 0
    include = [f"-I{source}/include"]
    for compiler, language, standard in ((cc, "c", "-std=c17"), (cxx, "c++", "-std=c++17")):
        for headers in [[name] for name in public] + [public, public[::-1]]:
            checked += 1
            failed += not compiles(compiler, language, headers, [standard, "-pedantic", *include])
    inside = ["-std=c17", "-D_GNU_SOURCE", *include, f"-I{source}/core", *flags]
    for headers in (private, private[::-1]):
        checked += 1
        failed += not compiles(cc, "c", headers, inside)
    print(f"headers: {len(public)} public, {len(private)} private, {checked} compiled, {failed} failed")
    return 1 if failed or not public or not private else 0


if __name__ == "__main__":
    sys.exit(main())
