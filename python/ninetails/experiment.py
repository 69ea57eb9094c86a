# SPDX-License-Identifier: GPL-3.0-or-later
"""Experiments: ``ninetails run`` from Python."""
from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import warnings

from .library import NinetailsError, program
from .results import Experiment

_OPTIONS = ("jobs", "set", "only", "fresh", "retry_failed", "max_failures", "run_seconds", "memory", "from_", "force")
_END = b"\0"  # written once the program has ended: a terminal that is closed can lose what it still holds
_DONE = re.compile(r"(\d+) of (\d+) runs")


def _words(options) -> list[str]:
    """Options as the command line has them."""
    words = []
    for name, value in options.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            words.append(option)
        elif name == "set":
            lists = {key: v if isinstance(v, (list, tuple)) else [v] for key, v in value.items()}
            words += [f"--set={key}={','.join(map(str, v))}" for key, v in lists.items()]
        elif isinstance(value, (list, tuple)):
            words += [f"{option}={one}" for one in value]
        else:
            words.append(f"{option}={os.fspath(value) if isinstance(value, os.PathLike) else value}")
    return words


class _Bar:
    """How far a run is: tqdm's bar where it is installed, which notebooks show as a widget."""

    def __init__(self, shown):
        self.bar, self.shown = None, shown
        if shown:
            try:
                from tqdm.auto import tqdm
                self.bar = tqdm(unit="run", file=sys.stderr)
            except ImportError:
                pass

    def update(self, done, total):
        if self.bar is not None:
            self.bar.total = total
            self.bar.update(done - self.bar.n)
        elif self.shown:
            sys.stderr.write(f"\r{done} of {total} runs")

    def close(self):
        if self.bar is not None:
            self.bar.close()
        elif self.shown:
            sys.stderr.write("\n")


def _follow(master, bar) -> str:
    """Reads the program's terminal up to _END; what is no progress is what it had to say."""
    said, rest, ended = [], b"", False
    while not ended:
        more = os.read(master, 65536)
        ended = more.endswith(_END)
        *lines, rest = re.split(rb"[\r\n]+", rest + more.removesuffix(_END))
        for line in lines + ([rest] if ended else []):
            line = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line.decode("utf-8", "replace")).strip()
            found = _DONE.search(line) if line.startswith("[") else None
            if found:
                bar.update(int(found[1]), int(found[2]))
            elif line:
                said.append(line)
    return "\n".join(said)


def run(script: str | os.PathLike, output: str | os.PathLike | None = None, *, progress: bool = True,
        **options) -> Experiment:
    """Runs an experiment, and opens its result file. What is there already is not repeated.

    script : a Lua file, or the name of an experiment that comes with the program
    output : the result file; by default results/NAME.h5
    progress : show how far it is: a bar where tqdm is installed
    options : those of ``ninetails run``: ``jobs=2``, ``fresh=True``, ``set={"packets": 10000}``,
        ``only=["dataset=a", "seed<3"]``, ``retry_failed``, ``max_failures``, ``run_seconds``, ``memory``,
        ``from_``, ``force``

    NinetailsError has the program's words. A run that failed is a row with its reason, and a warning here:
    the others are there. Ctrl-C ends it with what is done kept.
    """
    for name in options:
        if name not in _OPTIONS:
            raise TypeError(f"run() has no option {name}; it has {', '.join(_OPTIONS)}")
    words = [program(), "run", os.fspath(script), "--json", *_words(options)]
    if output is not None:
        words.append(f"--output={os.fspath(output)}")
    master, slave = pty.openpty()
    bar = _Bar(progress)
    try:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 30000, 0, 0))  # no line is folded
        with tempfile.TemporaryFile() as summary, \
                subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=summary, stderr=slave) as process:
            watch = threading.Thread(target=lambda: (process.wait(), os.write(slave, _END)))
            watch.start()
            try:
                said = _follow(master, bar)
            except KeyboardInterrupt:
                process.send_signal(signal.SIGINT)
                _follow(master, bar)
                raise
            finally:
                watch.join()
            status = process.wait()
            summary.seek(0)
            told = summary.read()
    finally:
        bar.close()
        os.close(master)
        os.close(slave)
    if status not in (0, 2) or not told:
        raise NinetailsError(said or f"{words[0]} ended with {status}")
    if said:
        warnings.warn(said, stacklevel=2)
    return Experiment(json.loads(told)["output"])
