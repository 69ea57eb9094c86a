# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters as the library's tables declare them: names, units, ranges and presets come from there."""
from __future__ import annotations

from .library import check, ffi, lib, text


class Parameter:
    """One row of a table: what it is called, what it may be, what it is unless told otherwise."""

    def __init__(self, row):
        self.row = row
        self.name, self.unit, self.help = text(row.name), text(row.unit), text(row.help)
        self.choices = []
        while row.type == lib.NT_PARAMETER_CHOICE and row.choices[len(self.choices)] != ffi.NULL:
            self.choices.append(text(row.choices[len(self.choices)]))

    @property
    def preset(self):
        """As Python has it: an int, a float, a bool, one of ``choices``, or a text or None."""
        kind, value = self.row.type, self.row.preset
        if kind == lib.NT_PARAMETER_TEXT:
            return text(self.row.preset_text) or None
        if kind == lib.NT_PARAMETER_CHOICE:
            return self.choices[int(value)]
        if kind == lib.NT_PARAMETER_FLAG:
            return bool(value)
        return int(value) if kind == lib.NT_PARAMETER_INTEGER else value

    def check(self, value):
        """The nt_value of ``value``, and what keeps its text alive. ValueError or TypeError names the
        parameter, the value and what is expected."""
        to, keep = ffi.new("nt_value *"), None
        if self.row.type == lib.NT_PARAMETER_TEXT:
            keep = ffi.NULL if value is None else ffi.new("char[]", str(value).encode())
            to.text = keep
        elif self.row.type == lib.NT_PARAMETER_CHOICE:
            if value not in self.choices:
                raise ValueError(f"{self.name} = {value!r}: expected one of {', '.join(self.choices)}")
            to.number = self.choices.index(value)
        else:
            try:
                to.number = float(value)
            except (TypeError, ValueError):
                raise TypeError(f"{self.name} = {value!r}: expected a number") from None
        err = ffi.new("nt_error *")
        check(lib.nt_parameter_check(ffi.addressof(self.row), to, err), err)
        return to, keep

    def __str__(self):
        kind, row = self.row.type, self.row
        if kind == lib.NT_PARAMETER_CHOICE:
            values = "one of " + ", ".join(self.choices)
        elif kind in (lib.NT_PARAMETER_INTEGER, lib.NT_PARAMETER_NUMBER):
            what = "int" if kind == lib.NT_PARAMETER_INTEGER else "float"
            values = f"{what}, {'more than ' if row.above else ''}{row.least:g} to " \
                     f"{'less than ' if row.below else ''}{row.most:g}"
            values += f" {self.unit}" if self.unit not in ("", "1") else ""
        else:
            values = "bool" if kind == lib.NT_PARAMETER_FLAG else "str"
        return f"{self.name} : {values}, default {self.preset}\n    {self.help}"


def table(rows, count: int) -> list[Parameter]:
    """The rows of a table, in its order."""
    return [Parameter(rows[i]) for i in range(count)]
