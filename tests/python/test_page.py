# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of docs/python.md run as printed, in order."""
import pathlib
import re
import subprocess

from ninetails.library import program

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "python.md"


def test_examples(folder):
    import matplotlib
    matplotlib.use("Agg")
    blocks = re.findall(r"```(console|python)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    names = {}
    assert len(blocks) > 4
    for kind, code in blocks:
        if kind == "console":
            for line in code.splitlines():
                if line.startswith("$ ninetails "):
                    subprocess.run([program(), *line.split()[2:]], check=True)
        else:
            exec(compile(code, str(PAGE), "exec"), names)
    assert names["auc"] > 0.5 and (folder / "timeline.png").stat().st_size > 1000
