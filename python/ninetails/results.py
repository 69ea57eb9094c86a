# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that ``ninetails run`` and ``ninetails score -o`` write, as pandas, numpy and xarray have them.

What is in them, and what each name means: results/README.md of the project.
"""
from __future__ import annotations

import os
import warnings
from typing import NamedTuple

import h5py
import numpy
import pandas

from .library import split_map


class Curve(NamedTuple):
    """Points of a curve, thinned to what a plot needs: the whole curve lies within ``deviation``."""

    x: numpy.ndarray  #: false positive rate, or recall
    y: numpy.ndarray  #: true positive rate, or precision
    threshold: numpy.ndarray
    deviation: float


class Scores(NamedTuple):
    """The scored packets of a run, in order."""

    packet: numpy.ndarray  #: number, from 0
    time: numpy.ndarray  #: s since 1970; NaN where the input has none
    score: numpy.ndarray
    label: numpy.ndarray | None  #: 0 benign, 1 attack, 2 excluded; None: not known


def _value(value):
    """An attribute as Python has it."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.item() if isinstance(value, numpy.generic) else value


def _column(dataset) -> pandas.Series:
    values = dataset.asstr(errors="replace")[:] if dataset.dtype.kind in "OS" else dataset[:]
    values = pandas.Series(values)
    fill = dataset.attrs.get("_FillValue")
    return values.mask(values == fill) if fill is not None else values


class Result:
    """A file of `ninetails.open`; it is closed with ``close()`` or at the end of a ``with`` block.

    Attributes
    ----------
    attributes : dict
        What made the file, and of a file of scores its parameters and figures.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = os.fspath(path)
        self.file = h5py.File(self.path, "r")
        self.attributes = {name: _value(value) for name, value in self.file.attrs.items()}
        self._check()

    def _check(self):
        raise NotImplementedError

    def close(self) -> None:
        self.file.close()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()


class Experiment(Result):
    """The result file of ``ninetails run``: a table of runs, and what each of them left."""

    def _check(self):
        missing = self.attributes.get("runs_missing", 0)
        if missing:
            warnings.warn(f"{self.path}: {missing} runs of the experiment are not in this file", stacklevel=4)

    @property
    def runs(self) -> pandas.DataFrame:
        """One row a run, failed ones too (``status``, ``reason``), by the run's key. ``attrs`` has the
        ``role`` (identity, parameter, metric, cost), ``units``, ``long_name`` and ``better`` of columns."""
        group = self.file["runs"]
        table = pandas.DataFrame({name: _column(dataset) for name, dataset in group.items()})
        for name in ("role", "units", "long_name", "better"):
            table.attrs[name] = {column: _value(dataset.attrs[name]) for column, dataset in group.items()
                                 if name in dataset.attrs}
        return table.set_index("run")

    def _run(self, run) -> h5py.Group:
        """A run by its key, or any unambiguous beginning of it."""
        keys = [key for key in self.file["run"] if key.startswith(str(run))] if str(run) else []
        if str(run) in keys:
            keys = [str(run)]
        if len(keys) != 1:
            table = self.runs
            if str(run) in table.index:
                raise KeyError(f"{self.path}: run {run} is {table.status[str(run)]}: {table.reason[str(run)]}")
            raise KeyError(f"{self.path}: {len(keys)} runs begin with {run!r}, expected 1")
        return self.file["run"][keys[0]]

    def _curve(self, run, group, x, y) -> Curve:
        run = self._run(run)
        if group not in run:
            raise KeyError(f"{self.path}: run {run.name} has no {group}: {self.runs.absence[run.name.split('/')[-1]]}")
        curve = run[group]
        return Curve(curve[x][:], curve[y][:], curve["threshold"][:], float(curve.attrs["deviation"]))

    def roc(self, run) -> Curve:
        """The ROC curve of a run: false positive rate, true positive rate."""
        return self._curve(run, "roc", "fpr", "tpr")

    def precision_recall(self, run) -> Curve:
        """Recall and precision of a run."""
        return self._curve(run, "precision_recall", "recall", "precision")

    def scores(self, run) -> Scores:
        """The scored packets of a run."""
        scores = self._run(run)["scores"]
        first, data = int(scores.attrs["first"]), self.file["data"][_value(scores.attrs["data"])]
        part = slice(first, first + len(scores))
        labels = data["labels"][part] if "labels" in data else None
        return Scores(numpy.arange(part.start, part.stop), data["timestamps"][part], scores[:], labels)

    def map(self, run) -> list[numpy.ndarray]:
        """Which columns each autoencoder of a run sees; [] of a detector without a map."""
        return _map(self._run(run))

    def attacks(self, run=None) -> pandas.DataFrame:
        """The rows by attack of one run, or of all."""
        keys = [self._run(run).name.split("/")[-1]] if run is not None else list(self.file.get("run", ()))
        tables = [_attacks(self.file["run"][key]).assign(run=key) for key in keys if "attacks" in self.file["run"][key]]
        return pandas.concat(tables, ignore_index=True) if tables else pandas.DataFrame()

    def to_xarray(self):
        """The table of runs as a Dataset along ``run``, with units and long names."""
        import xarray
        group, data = self.file["runs"], {}
        for name, dataset in group.items():
            values = _column(dataset).to_numpy()
            told = {key: _value(value) for key, value in dataset.attrs.items()
                    if key in ("role", "units", "long_name", "better")}
            data[name] = ("run", values, told)
        return xarray.Dataset({name: of for name, of in data.items() if name != "run"},
                              coords={"run": data["run"]}, attrs=self.attributes)

    def __repr__(self):
        return f"Experiment {self.path!r}: {len(self.file['runs/run'])} runs"


class ScoreFile(Result):
    """What ``ninetails score -o`` writes: one capture, scored."""

    def _check(self):
        if "scores" not in self.file:
            raise ValueError(f"{self.path}: features without scores; h5py or xarray read them")

    @property
    def grace(self) -> int:
        """Packets of the grace periods, which have no score."""
        return int(self.attributes["packets_mapping"] + self.attributes["packets_training"])

    def scores(self) -> Scores:
        """The scored packets."""
        first, file = self.grace, self.file
        labels = file["labels"][first:] if "labels" in file else None
        return Scores(numpy.arange(first, len(file["scores"])), file["timestamps"][first:], file["scores"][first:], labels)

    def map(self) -> list[numpy.ndarray]:
        """Which columns each autoencoder sees."""
        return _map(self.file)

    def attacks(self) -> pandas.DataFrame:
        """The rows by attack."""
        return _attacks(self.file) if "attacks" in self.file else pandas.DataFrame()

    def to_xarray(self):
        """Scores, labels and times along ``packet``, with units and long names."""
        import xarray
        names = [name for name in ("timestamps", "scores", "labels") if name in self.file]
        return xarray.Dataset({name: ("packet", self.file[name][:],
                                      {key: _value(self.file[name].attrs[key]) for key in ("units", "long_name")
                                       if key in self.file[name].attrs}) for name in names}, attrs=self.attributes)

    def __repr__(self):
        return f"ScoreFile {self.path!r}: {len(self.file['scores'])} packets"


def _map(group) -> list[numpy.ndarray]:
    if "map" not in group:
        return []
    return split_map(group["map/sizes"][:], group["map/features"][:])


def _attacks(group) -> pandas.DataFrame:
    return pandas.DataFrame({name: _column(dataset) for name, dataset in group["attacks"].items()})


def open(path: str | os.PathLike) -> Experiment | ScoreFile:
    """Opens a file of ``ninetails run`` or ``ninetails score``."""
    with h5py.File(path, "r") as file:
        kind = Experiment if "runs" in file else ScoreFile if "timestamps" in file else None
    if kind is None:
        raise ValueError(f"{os.fspath(path)}: neither /runs nor /scores is there: no file of ninetails run or score")
    return kind(path)
