#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile files through the command line: robustness.py NINETAILS [SHARED] [--full]

Runs `ninetails extract FILE --profile PROFILE -o OUT.csv` over the malformed captures of the reference material (where
present), the fuzz targets' seeds cut off and with flipped bits, decompression bombs, and content that is no capture. Whole
files are read with every profile, damaged ones with one profile in turn or, with --full, with every one. Each run must
end by itself with 0 (perhaps with warnings) or 2 (with one line that names the file), without a sanitizer's report and
within a bound of memory.
"""
import concurrent.futures
import gzip
import os
import pathlib
import random
import resource
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "fuzz"))
import seeds  # noqa: E402

MEMORY = 256 << 20  # bytes resident, without a sanitizer's shadow and quarantine
MEMORY_SANITIZED = 2 << 30
SECONDS = 120
PROFILES = "py100", "csv115", "stream"
REPORTS = ("Sanitizer", "runtime error:", "Assertion", "stack traceback", "PANIC")


def damaged(data, generator):
    """The file cut off at twelve places, and with one to three bits flipped twelve times."""
    for place in sorted(generator.sample(range(1, len(data)), min(12, len(data) - 1))):
        yield f"cut-{place}", data[:place]
    for number in range(12):
        copy = bytearray(data)
        for _ in range(generator.randint(1, 3)):
            bit = generator.randrange(8 * len(copy))
            copy[bit // 8] ^= 1 << bit % 8
        yield f"flip-{number}", bytes(copy)


def bombs(folder):
    """Files that unpack to a gigabyte of repeated content, written piece by piece: what is resident here would count
    as the child's."""
    def long(name, start, piece, count):
        with gzip.open(folder / name, "wb", 1) as file:
            file.write(start)
            for _ in range(count):
                file.write(piece)
        return folder / name

    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    record = struct.pack("<IIII", 1, 2, 262144, 262144) + bytes(262144)
    giant = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 249)  # USB: 128 MiB a packet
    section = seeds.block("<", 0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    yield long("zeros.gz", b"", bytes(1 << 20), 1024)
    yield long("records.gz", header, record, 4000)
    yield long("giant.gz", giant + struct.pack("<IIII", 1, 2, 1 << 27, 1 << 27), bytes(1 << 20), 128)
    yield long("line.gz", b"", b"1" * (1 << 20), 1024)
    yield long("columns.gz", b"1", b",1" * (1 << 19), 512)
    yield long("wide.gz", b"1" + b",1" * 60000, b"\n1" + b",1" * 60000, 20)
    yield long("skipped.gz", section, seeds.block("<", 0xBAD, bytes(1 << 20)), 1000)


def inputs(folder, shared, full):
    """Files and the profiles that read each. Bombs fail before profiles differ."""
    generator = random.Random(1)
    for name, data in seeds.seeds():
        for number, (what, bytes_) in enumerate([("whole", data), *damaged(data, generator)]):
            path = folder / f"{what}-{name}"
            path.write_bytes(bytes_)
            yield path, PROFILES if full or what == "whole" else PROFILES[number % 3:][:1]
    for path in bombs(folder):
        yield path, PROFILES[-1:]
    for name, data in (("empty", b""), ("binary", bytes(range(256)) * 40), ("prose", b"So it goes.\n")):
        (folder / name).write_bytes(data)
        yield folder / name, PROFILES
    yield folder, PROFILES
    yield folder / "missing", PROFILES
    if shared:
        for path in sorted((pathlib.Path(shared) / "data/malformed").glob("*.pcap*")):
            yield path, PROFILES


def extract(program, path, options, out):
    """Exit code, output, and peak of resident memory."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [program, "extract", path, *options, "--quiet", "-o", out], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=errors,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        return process.returncode, errors.read().decode(errors="replace"), usage.ru_maxrss * 1024


def check(program, path, profile, out, memory):
    """The fault of one run, or None."""
    code, text, most = extract(program, path, ["--profile", profile], out)
    if code == 1 and "holds rows of features, to which no profile applies" in text:
        code, text, most = extract(program, path, [], out)
    lines = text.splitlines()
    if any(report in text for report in REPORTS):
        return f"a report:\n{text}"
    if code not in (0, 2):
        return f"exit code {code}:\n{text}"
    if code == 2 and len(lines) != 1:
        return f"{len(lines)} lines of error, one expected:\n{text}"
    if any(str(path) not in line for line in lines):
        return f"a line that does not name the file:\n{text}"
    if most > memory:
        return f"{most >> 20} MiB of memory"
    return None


def main():
    full = "--full" in sys.argv
    program, *folders = [argument for argument in sys.argv[1:] if argument != "--full"]
    program = os.path.abspath(program)
    shared = folders[0] if folders and os.path.isdir(folders[0]) else None
    sanitized = b"__asan_init" in pathlib.Path(program).read_bytes()
    failures = runs = 0
    with tempfile.TemporaryDirectory() as name, concurrent.futures.ThreadPoolExecutor(2) as pool:
        folder = pathlib.Path(name)

        def run(numbered):
            number, (path, profile) = numbered
            out = folder / f"out-{number}.csv"
            wrong = check(program, path, profile, out, MEMORY_SANITIZED if sanitized else MEMORY)
            out.unlink(missing_ok=True)
            return path, profile, wrong

        cases = [(path, profile) for path, profiles in inputs(folder, shared, full) for profile in profiles]
        for path, profile, wrong in pool.map(run, enumerate(cases)):
            runs += 1
            if wrong:
                failures += 1
                print(f"{path}, {profile}: {wrong}")
    note = "" if shared else " (no malformed captures: the reference material is absent)"
    print(f"{runs} files and profiles, {failures} failures{note}")
    return failures > 0


sys.exit(main())
