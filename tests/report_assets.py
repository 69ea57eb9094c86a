#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""lua/report/web/page.html equals the build of its sources, byte for byte. 77 without node, npm or a registry.

    report_assets.py SOURCE WORK     WORK: a folder to build in; its node_modules stay for other tests
"""
import pathlib
import re
import shutil
import subprocess
import sys

FROM = pathlib.Path(sys.argv[1]) / "lua/report/web"
WORK = pathlib.Path(sys.argv[2])


def skip(why):
    print(f"report_assets: {why}: SKIPPED, whether page.html is up to date is NOT tested")
    sys.exit(77)


def main():
    lock = (FROM / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock and not re.search(r"https?://[^\"]*regis" + "try", lock), "package-lock.json names a registry"
    if not shutil.which("node") or not shutil.which("npm"):
        skip("node or npm is not there")
    WORK.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(WORK / "src", ignore_errors=True)
    for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs"):
        shutil.copy(FROM / name, WORK / name)
    shutil.copytree(FROM / "src", WORK / "src")
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--prefer-offline"], cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        skip("npm ci: " + " ".join(done.stdout.split())[-300:])
    subprocess.run(["node", "build.mjs", "built.html"], cwd=WORK, check=True)
    assert (WORK / "built.html").read_bytes() == (FROM / "page.html").read_bytes(), \
        "lua/report/web/page.html is not what src/ builds to: make -f Makefile.paper report-assets"
    print("report_assets: page.html is what its sources build to")


if __name__ == "__main__":
    main()
