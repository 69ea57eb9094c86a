# SPDX-License-Identifier: GPL-3.0-or-later
"""Every detector of the library as an estimator of scikit-learn.

The classes are made from the library's table: one for each detector, named after it (``kitnet`` is
`KitNET`, ``isolation_forest`` is `IsolationForest`), with its parameters as arguments. ``detectors.TABLE``
has them by the library's names. scikit-learn itself may be absent: the classes then lack what they
inherit from it (``set_output``, cloning).

Signs are scikit-learn's: ``score_samples`` and ``decision_function`` are lower for what is more anomalous.
``anomaly_score`` is the project's own number: higher is more anomalous, for KitNET the RMSE.
"""
from __future__ import annotations

import inspect
import os
import warnings

import numpy

from .library import NinetailsError, check, doubles, features_of, ffi, lib, made, text
from .parameters import Parameter, table

try:
    from sklearn.base import BaseEstimator, OutlierMixin
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_array
except ImportError:
    class NotFittedError(ValueError, AttributeError):
        """The estimator has not been fitted."""

    class BaseEstimator:
        """What an estimator needs of scikit-learn's."""

        def get_params(self, deep=True):
            return {name: getattr(self, name) for name in inspect.signature(type(self).__init__).parameters
                    if name != "self"}

        def set_params(self, **values):
            for name, value in values.items():
                if name not in self.get_params():
                    raise ValueError(f"{name}: {type(self).__name__} has no such parameter")
                setattr(self, name, value)
            return self

    class OutlierMixin:
        """Marks an outlier detector."""

        def fit_predict(self, X, y=None):
            return self.fit(X).predict(X)

    check_array = None

_CHUNK = 65536


class Detector(BaseEstimator, OutlierMixin):
    """What all detectors have in common; use one of the classes made of it.

    Attributes of a fitted detector
    -------------------------------
    training_scores_ : array of float64
        What each row scored before it was learnt, NaN where there was no score yet.
    threshold_, offset_ : float
        The anomaly score that benign rows reach with probability ``tail``, and the least score_samples below
        the alarms.
    threshold_rule_ : str
        "log-normal": the fit of the last training scores, as ``ninetails run`` has it. "quantile":
        where that fit does not exist (log likelihoods, detectors without a score before they are
        ready), the 1 - tail quantile of the training scores, else of the scores of X itself, which
        flatter. "none": there are no such scores either.
    map_ : list of arrays of int, of a detector with a feature map
        Which columns each autoencoder sees.
    """

    _kind = None  # its row of the library's table
    _table: list[Parameter] = []  # what that row can be told

    # ------------------------------------------------------------------ learning
    def fit(self, X, y=None, *, times=None, sizes=None):
        """Learns from rows that are taken for benign.

        X : n x d float64, in the order of their packets
        times : n float64, s since 1970: for detectors that need them
        sizes : n uint32, bytes on the wire: likewise
        y : ignored
        """
        X = self._rows_of(X, fresh=True)
        learn = _Rows(self._kind, X, times, sizes)
        values, keep = ffi.new("nt_value[]", max(1, len(self._table))), []
        for i, parameter in enumerate(self._table):
            value, kept = parameter.check(getattr(self, parameter.name))
            values[i] = value[0]
            keep.append(kept)
        first = 0
        if self._flag(lib.NT_DETECTOR_MAPPED):
            first = self._make_map(X)
        setting = self._setting(len(X) - first, X.shape[1])
        err = ffi.new("nt_error *")
        self._handle = made(self._kind.create(setting, values, err), err, self._kind.free)
        self._broken, self._seen = "", len(X)
        self.training_scores_ = numpy.full(len(X), numpy.nan)
        try:
            for rows in learn.chunks(0, first):
                out = self.training_scores_[rows.first:rows.first + rows.count]
                self._call(self._kind.learn, rows.c, doubles(out))
            if self._kind.ready != ffi.NULL:
                self._call(self._kind.ready)
        except NinetailsError as error:
            raise ValueError(f"n_samples = {len(X)}: {error}") from error
        self._set_threshold(first, learn)
        return self

    def _make_map(self, X):
        """The feature map of the first fm_grace + 1 rows; how many these are."""
        grace = max(1, len(X) // 11) if self.fm_grace is None else self.fm_grace
        if not 1 <= grace < len(X) - 1:
            raise ValueError(f"fm_grace = {grace} with {len(X)} samples: expected at least fm_grace + 2 samples, "
                             "as fm_grace + 1 make the map and the rest trains")
        options = ffi.new("nt_kitnet_options *", lib.nt_kitnet_defaults())
        options.fm_grace, options.ad_grace = grace, 1
        options.max_autoencoder = self.max_autoencoder
        err, scores = ffi.new("nt_error *"), numpy.empty(grace + 1)
        mapper = made(lib.nt_kitnet_new(X.shape[1], options, ffi.NULL, err), err, lib.nt_kitnet_free)
        check(lib.nt_kitnet_process(mapper, doubles(X), grace + 1, doubles(scores), ffi.NULL, err), err)
        self._map = ffi.gc(ffi.new("nt_feature_map *"), lib.nt_feature_map_done)
        check(lib.nt_feature_map_copy(lib.nt_kitnet_map(mapper), self._map, err), err)
        self.map_ = features_of(self._map)
        return grace + 1

    def _setting(self, learn, width):
        """What create() is told."""
        names = [name.encode() for name in map(str, getattr(self, "feature_names_in_", range(width)))]
        columns = [ffi.new("char[]", name) for name in names]
        self._columns = (columns, ffi.new("char *[]", columns))
        capture = ffi.NULL
        if self._flag(lib.NT_DETECTOR_CAPTURE):
            if self.capture is None:
                raise ValueError(f"{type(self).__name__}: capture is needed, the path of what the rows are of")
            self._capture = capture = ffi.new("char[]", os.fsencode(self.capture))
        seed = getattr(self, "seed", _SEED)
        if not 1 <= seed < 2**64:
            raise ValueError(f"seed = {seed}: expected a whole number from 1 to 2^64 - 1")
        return ffi.new("nt_detector_setting *", {
            "kind": self._kind, "width": width, "columns": ffi.cast("const char *const *", self._columns[1]),
            "learn": learn, "rows": getattr(self, "rows", None) or 2**53, "seed": seed, "capture": capture,
            "map": self._map if self._flag(lib.NT_DETECTOR_MAPPED) else ffi.NULL})

    def _set_threshold(self, first, rows):
        fit, err = ffi.new("nt_threshold *"), ffi.new("nt_error *")
        sample = lib.nt_threshold_sample(len(self.training_scores_) - first)
        training = numpy.ascontiguousarray(self.training_scores_[-sample:])
        check(lib.nt_threshold_fit(doubles(training), len(training), self.tail, fit, err), err)
        self.threshold_, self.threshold_rule_ = fit.value, "log-normal"
        if numpy.isnan(self.threshold_):
            scores = training[numpy.isfinite(training)]
            flags = self._kind.flags
            if not len(scores) and flags & lib.NT_DETECTOR_FROZEN and not flags & lib.NT_DETECTOR_ORACLE:
                scores = numpy.empty(len(self.training_scores_) - first)
                self._score(rows, 0, first, scores)
            self.threshold_rule_ = "quantile" if len(scores) else "none"
            self.threshold_ = numpy.nextafter(numpy.quantile(scores, 1 - self.tail), numpy.inf) if len(scores) else numpy.inf
        if self.threshold_rule_ == "none":
            warnings.warn(f"{type(self).__name__}: no threshold ({text(fit.absence)}), so predict() alarms at nothing",
                          RuntimeWarning, stacklevel=3)
        self.offset_ = numpy.nextafter(-self.threshold_, numpy.inf)  # a score at the threshold is an alarm

    # ------------------------------------------------------------------ scoring
    def anomaly_score(self, X, y=None, *, times=None, sizes=None):
        """n float64, higher is more anomalous: rows that follow those learnt, in order. A detector that
        is online goes on learning from them. y: 0 benign, 1 attack, of an oracle alone."""
        if not hasattr(self, "_handle"):
            raise NotFittedError(f"This {type(self).__name__} instance is not fitted yet: call fit first")
        if self._broken:
            raise RuntimeError(f"this detector has failed: {self._broken}")
        X = self._rows_of(X, fresh=False)
        rows, scores = _Rows(self._kind, X, times, sizes), numpy.empty(len(X))
        if self._flag(lib.NT_DETECTOR_ORACLE):
            if y is None:
                raise ValueError(f"{type(self).__name__} is an oracle: it needs the labels y of what it scores")
            labels = numpy.ascontiguousarray(y, dtype=numpy.uint8)
            if labels.shape != (len(X),):
                raise ValueError(f"y: {labels.shape}, expected ({len(X)},)")
            for chunk in rows.chunks(self._seen, 0, labels, whole=True):
                self._call(self._kind.preview, chunk.c)
        self._score(rows, self._seen, 0, scores)
        if not self._flag(lib.NT_DETECTOR_FROZEN) or self._flag(lib.NT_DETECTOR_BLIND):
            self._seen += len(X)
        return scores

    def score_samples(self, X, y=None, *, times=None, sizes=None):
        """The negative of `anomaly_score`."""
        return -self.anomaly_score(X, y, times=times, sizes=sizes)

    def decision_function(self, X, y=None, *, times=None, sizes=None):
        """`score_samples` above ``offset_``: negative for outliers."""
        return self.score_samples(X, y, times=times, sizes=sizes) - self.offset_

    def predict(self, X, y=None, *, times=None, sizes=None):
        """-1 for rows that reach ``threshold_`` or score NaN, else 1."""
        return numpy.where(self.decision_function(X, y, times=times, sizes=sizes) >= 0, 1, -1)

    # ------------------------------------------------------------------ within
    def _score(self, rows, packet, begin, scores):
        for chunk in rows.chunks(packet, begin):
            at = chunk.first - packet - begin
            self._call(self._kind.score, chunk.c, doubles(scores[at:at + chunk.count]))

    def _flag(self, flag):
        return bool(self._kind.flags & flag)

    def _call(self, function, *arguments):
        err = ffi.new("nt_error *")
        status = function(self._handle, *arguments, err)
        if status != lib.NT_OK:
            self._broken = text(err.text)
            check(status, err)

    def _rows_of(self, X, fresh):
        """X as the library takes it: float64, in row order, finite."""
        if check_array is not None:
            return self._validate_data(X, dtype=numpy.float64, order="C", reset=fresh)
        X = numpy.ascontiguousarray(X, dtype=numpy.float64)
        if X.ndim != 2 or not X.size or not numpy.isfinite(X).all():
            raise ValueError(f"X: {X.shape}, expected n x d finite numbers, n and d at least 1")
        if not fresh and X.shape[1] != self.n_features_in_:
            raise ValueError(f"X has {X.shape[1]} features, but {type(self).__name__} is expecting "
                             f"{self.n_features_in_} features as input")
        self.n_features_in_ = X.shape[1]
        return X

    def __getstate__(self):
        if hasattr(self, "_handle"):
            raise TypeError(f"a fitted {type(self).__name__} cannot be pickled: its state is the library's")
        return dict(self.__dict__)

    def _more_tags(self):
        # Checks that score rows in another order, or again, are not for a detector that goes on learning.
        return {"non_deterministic": not self._flag(lib.NT_DETECTOR_FROZEN), "_xfail_checks": _reasons(type(self))}


_STATE = "the state of a fitted detector is the library's"
_SHARE = "the threshold is the tail of the training scores: no share of X has to be an outlier"
_ORDER = "the detector goes on learning: what a row scores depends on those before it"


def _reasons(cls) -> dict[str, str]:
    """Checks of scikit-learn that a detector does not pass, and why."""
    reasons, online = {"check_estimators_pickle": _STATE}, not cls._kind.flags & lib.NT_DETECTOR_FROZEN
    if online or cls.__name__ in ("KitNET", "AutoencoderSingle", "BoxPlot", "PCA"):
        reasons |= {"check_outliers_fit_predict": _SHARE, "check_outliers_train": _SHARE}
    if online:
        reasons["check_dict_unchanged"] = _ORDER
    return reasons


class _Chunk:
    """One call's rows, and what they point to."""

    def __init__(self, first, count, fields, keep):
        self.first, self.count, self.keep = first, count, keep
        self.c = ffi.new("nt_rows *", fields)


class _Rows:
    """Rows of a call to fit or score, cut into chunks."""

    def __init__(self, kind, X, times, sizes):
        self.X, self.blind = X, bool(kind.flags & lib.NT_DETECTOR_BLIND)
        self.times = self._beside("times", times, numpy.float64, kind.flags & lib.NT_DETECTOR_TIMES)
        self.sizes = self._beside("sizes", sizes, numpy.uint32, kind.flags & lib.NT_DETECTOR_SIZES)

    def _beside(self, name, values, dtype, needed):
        if values is None:
            if needed:
                raise ValueError(f"{name} is needed: one for each row")
            return numpy.full(len(self.X), numpy.nan) if name == "times" else None
        values = numpy.ascontiguousarray(values, dtype=dtype)
        if values.shape != (len(self.X),):
            raise ValueError(f"{name}: {values.shape}, expected ({len(self.X)},)")
        return values

    def chunks(self, packet, begin, labels=None, whole=False):
        """From row `begin` on; row 0 is packet `packet` of all that the detector is shown."""
        step = max(1, len(self.X)) if whole else _CHUNK
        for at in range(begin, len(self.X), step):
            end = min(at + step, len(self.X))
            rows, times = self.X[at:end], self.times[at:end]
            fields = {"first": packet + at, "count": end - at, "width": self.X.shape[1], "times": doubles(times),
                      "features": ffi.NULL if self.blind else doubles(rows)}
            if self.sizes is not None:
                fields["sizes"] = ffi.cast("uint32_t *", ffi.from_buffer(self.sizes[at:end]))
            if labels is not None:
                fields["labels"] = ffi.cast("uint8_t *", ffi.from_buffer(labels[at:end]))
            yield _Chunk(packet + at, end - at, fields, self)


# ---------------------------------------------------------------------- one class for each row of the table
_SEED = Parameter(lib.nt_kitnet_parameters[lib.NT_KITNET_SEED]).preset
_MAP = "fm_grace : int or None, default None\n    rows, and one more, for the feature map; None: an eleventh of X, the " \
       "share of the paper's 5,000 of 55,000"
_CAPTURE = "capture : path\n    what the rows are of"
_TAIL = "tail : float, more than 0 to less than 1, default 0.001\n    the share of benign rows that may exceed the threshold"


def _make(kind):
    rows = table(kind.parameters, kind.parameter_count)
    extra = {}  # name -> (preset, what it says)
    if kind.flags & lib.NT_DETECTOR_MAPPED:
        extra["fm_grace"] = (None, _MAP)
    if kind.flags & lib.NT_DETECTOR_CAPTURE:
        extra["capture"] = (None, _CAPTURE)
    if kind.flags & lib.NT_DETECTOR_SEEDED:
        extra["seed"] = (_SEED, f"seed : int from 1, default {_SEED}\n    of the detector's own generator")
    extra["tail"] = (1e-3, _TAIL)
    presets = {row.name: row.preset for row in rows} | {name: preset for name, (preset, _) in extra.items()}

    def __init__(self, **values):
        for name in values:
            if name not in presets:
                raise TypeError(f"{type(self).__name__} has no parameter {name}; it has {', '.join(presets)}")
        for name, preset in presets.items():
            setattr(self, name, values.get(name, preset))

    place = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    keywords = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=preset) for name, preset in presets.items()]
    __init__.__signature__ = inspect.Signature([place] + keywords)
    name = text(kind.name)
    told = "\n".join([str(row) for row in rows] + [say for _, say in extra.values()])
    doc = f"{text(kind.title)}: {text(kind.source)}\n\nCost: {text(kind.cost)}\n\nParameters\n----------\n{told}\n"
    words = {"kitnet": "KitNET", "pca": "PCA", "loda": "LODA", "xstream": "XStream", "pcstream2": "PCStream2"}
    title = words.get(name) or "".join(word.capitalize() for word in name.split("_"))
    return name, type(title, (Detector,), {"__doc__": doc, "__init__": __init__, "__module__": __name__, "_kind": kind,
                                           "_table": rows})


def _all():
    made_of, i = {}, 0
    while lib.nt_detectors[i] != ffi.NULL:
        name, cls = _make(lib.nt_detectors[i])
        made_of[name] = cls
        i += 1
    return made_of


#: The classes by the names that ``ninetails detectors`` prints.
TABLE: dict[str, type[Detector]] = _all()
globals().update({cls.__name__: cls for cls in TABLE.values()})
__all__ = ["Detector", "TABLE"] + [cls.__name__ for cls in TABLE.values()]
