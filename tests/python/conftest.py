# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the tests of the Python package: a small labelled capture and its result file, made once."""
import os
import pathlib
import subprocess

import pytest

import ninetails
from ninetails.library import program

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "small", datasets = {DATASET}, grace = {fm = 200, ad = {1000, 3000}}, seeds = {1, 2},
  detectors = {nt.kitnet {}, nt.isolation_forest {trees = 10}}, profile = "stream",
}
"""


def pytest_sessionfinish(session, exitstatus):
    """A file whose tests were all skipped does not count as passed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and not reporter.stats.get("passed"):
        session.exitstatus = 77


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The folder of a session, its cache included."""
    path = tmp_path_factory.mktemp("ninetails")
    os.environ.update(NINETAILS_CACHE=str(path / "cache"), NINETAILS_DATA=str(path / "data"), XDG_CONFIG_HOME=str(path))
    before = os.getcwd()
    os.chdir(path)
    yield path
    os.chdir(before)


@pytest.fixture(scope="session")
def capture(folder):
    """6,000 packets, the last of them with attacks, and a label file beside them."""
    path = folder / "in.pcap"
    subprocess.run([program(), "dataset", "synth", "ssdp_flood", "--packets", "6000", "-o", path, "--quiet"], check=True)
    return path


@pytest.fixture(scope="session")
def labels(capture):
    return pathlib.Path(str(capture) + ".labels.csv")


@pytest.fixture(scope="session")
def rows(capture):
    """The rows of the capture, profile stream."""
    return ninetails.Extractor().extract(capture)


@pytest.fixture(scope="session")
def experiment(folder, capture, labels):
    """A result file of eight runs."""
    script = folder / "small.lua"
    script.write_text(SCRIPT.replace("DATASET", f'nt.dataset {{name = "in", capture = "{capture}", labels = "{labels}"}}'))
    with pytest.warns(UserWarning, match="alarms contradict the threshold"):
        result = ninetails.run(script, folder / "small.h5", progress=False)
    yield result
    result.close()
