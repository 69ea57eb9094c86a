# SPDX-License-Identifier: GPL-3.0-or-later
"""Packet records and feature rows equal those of the command line."""
import struct
import subprocess
import threading
import time

import h5py
import numpy
import pytest

import ninetails
from ninetails.library import program


def test_rows_are_those_of_extract(folder, capture, rows):
    subprocess.run([program(), "extract", capture, "-o", folder / "rows.h5", "--quiet"], check=True)
    with h5py.File(folder / "rows.h5") as file:
        assert (file["features"][:] == rows).all()
        extractor = ninetails.Extractor()
        assert list(file["feature"].asstr()[:]) == extractor.columns
        records = numpy.concatenate(list(ninetails.packets(capture)))
        assert (records["time"] == file["timestamps"][:]).all() and len(extractor.units) == 100


@pytest.mark.parametrize("profile, width", [("stream", 100), ("py100", 100), ("csv115", 115)])
def test_chunks_change_nothing(capture, profile, width):
    whole = ninetails.Extractor(profile).extract(capture)
    assert whole.shape == (6000, width)
    cut = ninetails.Extractor(profile)
    assert (numpy.concatenate([rows for _, rows in cut.chunks(capture, 17)]) == whole).all()
    assert cut.usage["packets"] == 6000 and cut.usage["bytes"] > 0


def test_records_agree_with_the_frames(capture):
    records = next(ninetails.packets(capture, 50))
    with open(capture, "rb") as file:
        file.seek(24)
        for record in records:
            captured, length = struct.unpack("<8xII", file.read(16))
            frame = file.read(captured)
            assert record["length"] == length
            assert bytes(record["eth_dst"]) == frame[:6] and bytes(record["eth_src"]) == frame[6:12]


def test_out_is_filled_and_checked(capture):
    records = next(ninetails.packets(capture, 10))
    out = numpy.empty((10, 100))
    assert ninetails.Extractor().update(records, out) is out
    assert (out == ninetails.Extractor().update(records)).all()
    with pytest.raises(ValueError, match=r"expected \(10, 100\)"):
        ninetails.Extractor().update(records, numpy.empty((10, 99)))
    with pytest.raises(TypeError, match="PACKET"):
        ninetails.Extractor().update(numpy.zeros(3))


def test_errors_name_what_is_wrong(folder, capture):
    with pytest.raises(OSError, match="/nowhere"):
        next(ninetails.packets("/nowhere"))
    with pytest.raises(ValueError, match="py100, csv115, stream|py100.*stream"):
        ninetails.Extractor("py99")
    with pytest.raises(ValueError, match="stream"):
        ninetails.Extractor("py100", max_streams=1000)
    (folder / "noise").write_bytes(b"\x00" * 100)
    with pytest.raises(ninetails.NinetailsError, match="noise"):
        next(ninetails.packets(folder / "noise"))
    (folder / "cut.pcap").write_bytes(capture.read_bytes()[:20000])
    with pytest.warns(ninetails.Warned, match="cut.pcap"):
        assert 0 < sum(len(records) for records in ninetails.packets(folder / "cut.pcap")) < 6000


def test_the_interpreter_goes_on_meanwhile(capture):
    """Another Python thread runs during a call: it counts ticks between the call's begin and end."""
    records = numpy.tile(numpy.concatenate(list(ninetails.packets(capture))), 20)
    ticks, done = [], threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.0005)

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    while not ticks:
        time.sleep(0)
    begin = time.perf_counter()
    ninetails.Extractor().update(records)
    end = time.perf_counter()
    done.set()
    # A call that held the lock would leave at most the ticks around its ends.
    assert sum(begin + 0.1 * (end - begin) < t < end - 0.1 * (end - begin) for t in ticks) > 10
