#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""packaging.py SOURCE: INSTALL.md and the Debian package name all that Makefile.paper installs to build."""
import re
import sys


def read(path):
    with open(f"{sys.argv[1]}/{path}", encoding="utf-8") as file:
        return file.read()


def main():
    listed = re.search(r"^BUILD_PACKAGES = ((?:.*\\\n)*.*)", read("Makefile.paper"), re.M)
    build = set(listed.group(1).replace("\\\n", " ").split())
    rows = re.findall(r"^\|[^|]*\|([^|]*)\|[^|]*\|[^|]*\|$", read("INSTALL.md"), re.M)
    depends = re.search(r"^Build-Depends:((?:.*\n )*.*)", read("packaging/debian/control"), re.M).group(1)
    places = {"INSTALL.md": set(re.findall(r"`([^`]+)`", " ".join(rows))),
              "packaging/debian/control": set(re.findall(r"(?:^|,)\s*([a-z0-9.+-]+)", depends)) | {"gcc"}}
    faults = [f"{place}: {package} of BUILD_PACKAGES is missing" for place, names in places.items() for package in sorted(build - names)]
    print("\n".join(faults + [f"{len(build)} packages, {len(faults)} faults"]))
    return 1 if faults or len(build) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
