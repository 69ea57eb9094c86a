# SPDX-License-Identifier: GPL-3.0-or-later
"""One capture from its file to scores: what ``ninetails score`` does, in this process."""
from __future__ import annotations

import os
import warnings

import numpy

from .extractor import Warned
from .library import check, features_of, ffi, lib, text
from .parameters import Parameter

_TABLES = [lib.nt_run_tables[i] for i in range(lib.NT_RUN_TABLES)]
_NOT_OPTIONS = ("input", "output", "labels", "feature_map", "command_line", "score", "profile_given")  # arguments, or the program's own


def _options() -> dict[str, tuple[Parameter, object]]:
    """Every option by its name: its row, and the offset of the struct that its value lies in."""
    found = {}
    for place in _TABLES:
        for i in range(place.count):
            parameter = Parameter(place.rows[i])
            found[parameter.name] = (parameter, place.offset)
    return {name: row for name, row in found.items() if name not in _NOT_OPTIONS}


#: What `score` can be told beside files: by name, as ``ninetails score --help`` tells them.
OPTIONS: dict[str, Parameter] = {name: parameter for name, (parameter, _) in _options().items()}


class Scoring:
    """What came of `score`.

    Attributes
    ----------
    scores : array of float64, one a packet
        The RMSE of KitNET's output autoencoder; 0 in the first ``grace`` packets, which are not scored.
    labels : array of uint8 or None
        0 benign, 1 attack, 2 excluded.
    map : list of arrays of int
        Which columns each autoencoder sees.
    threshold : float
        What benign packets exceed with probability ``tail``; NaN: there is none.
    seconds, packets, grace
        Wall time of the whole; packets; how many of them were not scored.
    """

    def __init__(self, result):
        self._result = result  # the arrays below are its memory
        self.packets, self.grace = result.pipeline.packets, result.grace
        self.scores = _view(result.scores, self.packets, numpy.float64, self)
        labelled = result.labels_path != ffi.NULL
        self.labels = _view(result.labels.value, self.packets, numpy.uint8, self) if labelled else None
        self.map = features_of(result.map)
        self.threshold, self.seconds = result.summary.threshold.value, result.seconds

    def figure(self, name: str) -> float:
        """Any figure of a table of runs by its name there (``auc``, ``tpr_at_fpr_1em3``, ...); NaN where
        it does not exist for this capture, or none is called so."""
        return lib.nt_run_figure(self._result, name.encode())

    def __repr__(self):
        return f"Scoring of {self.packets} packets, {self.packets - self.grace} of them scored"


class _Base:
    """Lends memory of a result to numpy, and keeps the result alive."""

    def __init__(self, interface, owner):
        self.__array_interface__, self.owner = interface, owner


def _view(pointer, count, dtype, owner):
    if pointer == ffi.NULL or not count:
        return numpy.empty(0, dtype)
    dtype = numpy.dtype(dtype)
    address = int(ffi.cast("uintptr_t", pointer))
    return numpy.asarray(_Base({"shape": (count,), "typestr": dtype.str, "data": (address, True), "version": 3},
                               owner._result))


def score(capture: str | os.PathLike, *, output=None, labels=None, feature_map=None, load=None, save=None,
          progress=None, **options) -> Scoring:
    """Scores a capture with Kitsune's pipeline.

    capture : a capture (pcap, pcapng, TSV), or a table of feature rows
    output : where to write what ``ninetails score -o`` writes (.h5, .csv)
    labels, feature_map : files
    load, save : a model to go on from, and where to save it after the last packet (docs/models.md)
    progress : called with the number of packets so far
    options : those of ``score.OPTIONS`` (``fm_grace=5000``, ``ad_grace=50000``, ``profile="stream"``, ...)

    Ctrl-C stops it at the next chunk; nothing half-written is left.
    """
    known, told = _options(), ffi.new("nt_run_options *", lib.nt_run_defaults())
    told.score, keep = 1, []
    if "profile" in options:
        told.profile_given = 1
    if "tail_probability" in options:
        told.tail_given = 1
    for name, value in {"input": capture, "output": output, "labels": labels, "feature_map": feature_map,
                        "load": load, "save": save}.items():
        if value is not None:
            keep.append(ffi.new("char[]", os.fsencode(value)))
            setattr(told, name, keep[-1])
    for name, value in options.items():
        if name not in known:
            raise TypeError(f"score() has no option {name}; it has {', '.join(known)}")
        parameter, offset = known[name]
        checked, kept = parameter.check(value)
        keep.append(kept)
        lib.nt_parameter_put(ffi.addressof(parameter.row), checked[0], ffi.cast("char *", told) + offset)

    cancel, stopped = ffi.new("sig_atomic_t *"), []

    def stop(_, error, __):
        stopped.append(error)
        cancel[0] = 1

    @ffi.callback("void(void *, const nt_pipeline_result *)", onerror=stop)
    def tell(_, so_far):
        if progress is not None:
            progress(so_far.packets)

    told.progress, told.cancel = tell, cancel
    result, err = ffi.new("nt_run_result *"), ffi.new("nt_error *")
    result = ffi.gc(result, lib.nt_run_result_done)
    status = lib.nt_run(told, result, err)
    if stopped:
        raise stopped[0]
    check(status, err)
    warning = text(result.warning)
    if warning:
        warnings.warn(f"{os.fspath(capture)}: {warning}", Warned, stacklevel=2)
    return Scoring(result)
