# SPDX-License-Identifier: GPL-3.0-or-later
"""Captures, packet records, and AfterImage: rows of damped traffic statistics."""
from __future__ import annotations

import os
import warnings
from typing import Iterator

import numpy

from .library import check, doubles, ffi, lib, made, text

_CHUNK = 65536


def _packet_dtype() -> numpy.dtype:
    """nt_packet, member for member."""
    numbers = {"double": "f8", "uint32_t": "u4", "uint16_t": "u2", "uint8_t": "u1"}
    names, formats, offsets = [], [], []
    for name, field in ffi.typeof("nt_packet").fields:
        array = field.type.kind == "array"
        item = numbers[(field.type.item if array else field.type).cname]
        names.append(name)
        formats.append((item, (field.type.length,)) if array else item)
        offsets.append(field.offset)
    return numpy.dtype({"names": names, "formats": formats, "offsets": offsets,
                        "itemsize": ffi.sizeof("nt_packet")})


#: A packet record: the header fields that Kitsune takes from a packet (time in s since 1970, length in
#: bytes on the wire, addresses, ports). ``present`` says which of them the packet has.
PACKET = _packet_dtype()


class Warned(UserWarning):
    """Packets came of a capture although something was wrong with it."""


def packets(path: str | os.PathLike, chunk: int = _CHUNK) -> Iterator[numpy.ndarray]:
    """The packet records of a capture (pcap, pcapng, or the TSV that tshark writes; compressed or not),
    as arrays of at most ``chunk`` records of the type `PACKET`. A damaged capture gives the packets
    before the damage, and a `Warned`."""
    if chunk < 1:
        raise ValueError(f"chunk = {chunk}: expected 1 or more packets")
    err, got = ffi.new("nt_error *"), ffi.new("size_t *")
    capture = made(lib.nt_capture_open(os.fsencode(path), err), err, lib.nt_capture_close)
    try:
        if lib.nt_capture_format_of(capture) == lib.NT_FORMAT_FEATURES:
            raise ValueError(f"{os.fspath(path)}: rows of features, expected packets; numpy.loadtxt or pandas reads them")
        while True:
            records = numpy.zeros(chunk, PACKET)
            check(lib.nt_capture_read(capture, ffi.cast("nt_packet *", ffi.from_buffer(records)),
                                      chunk, got, err), err)
            if got[0]:
                yield records[:got[0]]
            if got[0] < chunk:
                break
        warning = text(lib.nt_capture_warning(capture))
        if warning:
            warnings.warn(f"{os.fspath(path)}: {warning}", Warned, stacklevel=2)
    finally:
        ffi.release(capture)


class Extractor:
    """AfterImage: packets in capture order, a row of statistics a packet.

    Parameters
    ----------
    profile : "stream", "py100" or "csv115"
        Which features, computed how: ``stream`` takes time O(1) a packet; ``py100`` has the bits of
        Kitsune-py, ``csv115`` those of the published CSV files.
    max_streams : int
        Bounded memory (``stream`` alone): the streams of least weight are dropped. 0: no limit.

    Attributes
    ----------
    columns, units : list of str
        Names and units of the columns of a row.
    """

    def __init__(self, profile: str = "stream", max_streams: int = 0):
        err, number = ffi.new("nt_error *"), ffi.new("nt_profile *")
        check(lib.nt_profile_from_name(str(profile).encode(), number, err), err)
        options = ffi.new("nt_extractor_options *", {"profile": number[0], "max_streams": max_streams})
        self._handle = made(lib.nt_extractor_new(options, err), err, lib.nt_extractor_free)
        self._broken = ""
        self.profile, self.max_streams = profile, max_streams
        width = range(lib.nt_profile_width(number[0]))
        self.columns = [text(lib.nt_profile_feature_name(number[0], i)) for i in width]
        self.units = [text(lib.nt_profile_feature_unit(number[0], i)) for i in width]

    def update(self, records: numpy.ndarray, out: numpy.ndarray | None = None) -> numpy.ndarray:
        """Takes ``records`` (n of the type `PACKET`), returns their rows (n x columns, float64), in
        ``out`` where it is given."""
        if self._broken:
            raise RuntimeError(f"this extractor has failed: {self._broken}")
        if not isinstance(records, numpy.ndarray) or records.dtype.names != PACKET.names or records.ndim != 1:
            raise TypeError("records: expected one dimension of the type ninetails.PACKET, as packets() gives them")
        records = numpy.ascontiguousarray(records, PACKET)  # numpy.concatenate packs them otherwise
        shape = (len(records), len(self.columns))
        if out is None:
            out = numpy.empty(shape)
        elif out.shape != shape or out.dtype != numpy.float64 or not out.flags.c_contiguous:
            raise ValueError(f"out: {out.shape} of {out.dtype}, expected {shape} of float64 in row order")
        err = ffi.new("nt_error *")
        if len(records):
            status = lib.nt_extractor_update(self._handle, ffi.cast("nt_packet *", ffi.from_buffer(records)),
                                             len(records), doubles(out), err)
            if status != lib.NT_OK:
                self._broken = text(err.text)
                check(status, err)
        return out

    def chunks(self, path: str | os.PathLike, chunk: int = _CHUNK) -> Iterator[tuple[numpy.ndarray, numpy.ndarray]]:
        """Goes through a capture in bounded memory: pairs of records and rows, ``chunk`` at most."""
        for records in packets(path, chunk):
            yield records, self.update(records)

    def extract(self, path: str | os.PathLike) -> numpy.ndarray:
        """All rows of a capture (packets x columns, float64)."""
        rows = [rows for _, rows in self.chunks(path)]
        return numpy.concatenate(rows) if rows else numpy.empty((0, len(self.columns)))

    @property
    def usage(self) -> dict[str, int]:
        """What it holds: packets taken, streams and pairs alive, streams dropped, bytes."""
        usage = ffi.new("nt_extractor_usage *")
        lib.nt_extractor_usage_of(self._handle, usage)
        return {name: getattr(usage, name) for name, _ in ffi.typeof("nt_extractor_usage").fields}

    def __repr__(self):
        return f"Extractor(profile={self.profile!r}, max_streams={self.max_streams})"
