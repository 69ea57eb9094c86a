# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared library, as the public headers declare it.

``ffi`` and ``lib`` are cffi's; a call releases the interpreter's lock. Errors of the library become
exceptions here: ``check`` raises what ``err`` says.
"""
from __future__ import annotations

import os
import pathlib

import cffi
import numpy

from . import place

_FOLDER = pathlib.Path(__file__).resolve().parent


class NinetailsError(Exception):
    """What the library refuses: a damaged file, a call out of order, a bound that is reached."""


ffi = cffi.FFI()
ffi.cdef((_FOLDER / "declarations.h").read_text())


def _open():
    """The library of this version: NINETAILS_LIBRARY, the one beside this package, or the system's."""
    beside = _FOLDER / place.LIBRARY
    path = os.environ.get("NINETAILS_LIBRARY") or (str(beside) if beside.exists() else beside.name)
    try:
        library = ffi.dlopen(path)
    except OSError as error:
        raise ImportError(f"{path}: the library of Ninetails cannot be loaded ({error}); "
                          "NINETAILS_LIBRARY may name its file") from error
    version = text(library.nt_build_of().version)
    if version != place.VERSION:
        raise ImportError(f"{path}: version {version} of the library, {place.VERSION} of this package")
    return library


def program() -> str:
    """Path of the command ``ninetails``: NINETAILS_PROGRAM, the one of this build, or ``ninetails``
    where a shell would find it."""
    beside = _FOLDER / place.PROGRAM
    return os.environ.get("NINETAILS_PROGRAM") or (str(beside) if beside.exists() else "ninetails")


def text(pointer) -> str:
    """A text of the library's; "" for NULL."""
    return ffi.string(pointer).decode("utf-8", "replace") if pointer != ffi.NULL else ""


lib = _open()
_EXCEPTION = {
    lib.NT_E_ARGUMENT: ValueError,
    lib.NT_E_IO: OSError,
    lib.NT_E_MEMORY: MemoryError,
}


def raise_error(err) -> None:
    """Raises the exception of an nt_error."""
    raise _EXCEPTION.get(err.status, NinetailsError)(text(err.text))


def check(status: int, err) -> None:
    """Raises unless the status is NT_OK."""
    if status != lib.NT_OK:
        raise_error(err)


def made(handle, err, free):
    """A handle that the library made, freed with its last reference; raises where it is NULL."""
    if handle == ffi.NULL:
        raise_error(err)
    return ffi.gc(handle, free)


def doubles(array):
    """The memory of an array of doubles, which the caller keeps alive."""
    return ffi.cast("double *", ffi.from_buffer(array, require_writable=False))


def features_of(feature_map) -> list[numpy.ndarray]:
    """An nt_feature_map: the columns of each autoencoder."""
    sizes = ffi.unpack(feature_map.sizes, feature_map.autoencoders) if feature_map.autoencoders else []
    features = ffi.unpack(feature_map.features, feature_map.total) if feature_map.total else []
    return split_map(sizes, features)


def split_map(sizes, features) -> list[numpy.ndarray]:
    """Flattened features, cut into the autoencoders' sizes."""
    ends = numpy.cumsum(numpy.asarray(sizes, dtype=int))
    return numpy.split(numpy.asarray(features, dtype=int), ends[:-1]) if len(ends) else []
