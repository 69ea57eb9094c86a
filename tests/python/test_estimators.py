# SPDX-License-Identifier: GPL-3.0-or-later
"""scikit-learn's own estimator checks: each passes, or is listed with a reason and fails."""
import warnings

import pytest

from ninetails import detectors
from ninetails.library import lib

checks = pytest.importorskip("sklearn.utils.estimator_checks")

NEEDS = lib.NT_DETECTOR_CAPTURE | lib.NT_DETECTOR_TIMES | lib.NT_DETECTOR_SIZES | lib.NT_DETECTOR_ORACLE | lib.NT_DETECTOR_BLIND
NAMES = [name for name, kind in detectors.TABLE.items() if not kind._kind.flags & NEEDS]


@pytest.mark.parametrize("name", NAMES)
def test_checks_fail_where_it_is_said(name, monkeypatch):
    kind = detectors.TABLE[name]
    tags = kind()._more_tags()
    monkeypatch.setattr(kind, "_more_tags", lambda self: {**tags, "_xfail_checks": {}})
    failed, passed = {}, 0
    for estimator, check in checks.check_estimator(kind(), generate_only=True):
        called = check.func.__name__
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                check(estimator)
            passed += 1
        except Exception as error:  # whatever a check raises is its verdict
            if type(error).__name__ != "SkipTest":
                failed[called] = error
    assert set(failed) == set(tags["_xfail_checks"]), failed
    assert passed > 20
