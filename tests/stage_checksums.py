#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""stage_checksums.py SOURCE CMAKE: a change of any source of a stage changes the stage's checksum, so that a cache never
returns results of other code; a change of any other source changes none."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

STAGES = {"extract", "map", "score", "measure"}
# Files, and the stages whose checksums each must change at least.
MUST = {
    "core/numeric/vector.h": {"map", "score", "measure"},
    "core/sweep/stages/pass.c": {"score"},
    "core/sweep/stages/extract.c": {"extract"},
    "core/sweep/stages/correlate.c": {"map"},
    "core/sweep/stages/measure.c": {"measure"},
    "core/run/pipeline.c": {"score"},
    "core/labels/labels.c": {"measure"},
    "core/labels/rules_label.c": {"measure"},
    "core/numeric/dense.kernel.c": {"score"},
    "core/ensemble/kernel_train.h": {"score"},
    "core/extractor/stream_drop.c": {"extract"},
    "core/capture/decode_tunnel.c": {"extract"},
    "core/mapper/linkage.c": {"map"},
    "core/metrics/threshold.c": {"measure"},
    "core/detectors/loda.c": {"score"},
    "core/ground/content.c": {"extract", "measure"},
    "include/ninetails/packet.h": {"extract"},
    "include/ninetails/kitnet.h": {"score"},
    "include/ninetails/metrics.h": {"measure"},
}
ROOMS = {"core/capture": "extract", "core/extractor": "extract", "core/mapper": "map", "core/ensemble": "score",
         "core/detectors": "score", "core/numeric": "score", "core/metrics": "measure", "core/labels": "measure"}


def sums(root, cmake, *more):
    out = os.path.join(root, "build.h")
    if os.path.exists(out):
        os.unlink(out)
    subprocess.run([cmake, f"-DROOT={root}", f"-DOUT={out}", *more, "-P",
                    os.path.join(root, "core/ground/stage_checksums.cmake")], check=True, capture_output=True)
    with open(out, encoding="utf-8") as file:
        return {name.lower(): sum for name, sum in re.findall(r"NT_BUILD_(\w+) \"(\w{16})\"", file.read())}


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: stage_checksums.py SOURCE CMAKE")
    source, cmake = sys.argv[1:]
    faults = []
    with tempfile.TemporaryDirectory(prefix="ninetails-stages-") as root:
        for folder in ("core", "include"):
            shutil.copytree(os.path.join(source, folder), os.path.join(root, folder))
        before = sums(root, cmake)
        if set(before) != STAGES:
            sys.exit(f"stages {sorted(before)}: expected {sorted(STAGES)}")

        def changed_by(path):
            path = os.path.join(root, path)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            with open(path, "a", encoding="utf-8") as file:
                file.write("/* another line */\n")
            now = sums(root, cmake)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return {stage for stage in STAGES if now[stage] != before[stage]}

        for path, stages in sorted(MUST.items()):
            changed = changed_by(path) if os.path.exists(os.path.join(root, path)) else set()
            if not stages <= changed:
                faults.append(f"{path}: does not change {sorted(stages - changed)}")
        # The files that the script reports for rooms that belong to a stage as a whole.
        listed = os.path.join(root, "stages")
        sums(root, cmake, f"-DSTAGES={listed}")
        with open(listed, encoding="utf-8") as file:
            taken = set(file.read().splitlines())
        for folder, stage in ROOMS.items():
            for name in os.listdir(os.path.join(source, folder)):
                if name.endswith((".c", ".h")) and f"{stage} {folder}/{name}" not in taken:
                    faults.append(f"{folder}/{name}: is not in {stage}")
        for path in ("core/synthesiser/scan.c", "core/store/run/result_file.c"):
            if changed_by(path):
                faults.append(f"{path}: changes {sorted(changed_by(path))}")
        if sums(root, cmake) != before:
            faults.append("the same sources have other sums")
    print("\n".join(faults + [f"stage checksums: {len(MUST)} files changed in turn, {len(taken)} listed, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
