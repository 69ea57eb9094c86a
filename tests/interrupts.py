#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGINT and SIGTERM in every command: interrupts.py NINETAILS

Each command of a table gets endless work: a capture of blocks that are no packets, labels without end, a file of a
tebibyte, a site that stops sending, a reader that does not read, Lua that loops, a result of thousands of runs. The signal
is sent in an observable state: so much is read or written, a file exists, a read waits. The command must end by the
signal, with the line `ninetails COMMAND: interrupted`, and leave no new file.

The same holds while Suricata runs (replaced by a program that never ends) and while a huge eve.json is unpacked: the
program and its children are gone, and no run is recorded as failed. It holds while a finished file is sealed, on a disk that is
slow to read (where FUSE is to be had). An eve.json of one endless line is an error that
names it and the limit. A second signal ends at once; an ignored signal stays ignored.
"""
import fcntl
import glob
import http.server
import gzip
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import tempfile
import termios
import threading
import time

import numpy as np

from sweeps import CAPTURE, Place, check, contents, h5py, left_over, synthesise

SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "suricata",
  datasets = {@CAPTURE@},
  grace = {fm = 100, ad = 900},
  detectors = {nt.suricata {@PARAMETERS@}},
}
""".replace("@CAPTURE@", CAPTURE)

PROGRAM = """#!/bin/sh
sleep 1000000 &
echo $$ $! > "%s.part"
mv "%s.part" "%s"
wait
"""


def wait_for(holds, process, what):
    """Waits until the condition holds; the process must not end before."""
    while not holds():
        if process.poll() is not None:
            check(False, "%s did not come: %s" % (what, process.communicate()[1]))
        time.sleep(0.001)


def alive(pid):
    """Whether the process runs; a zombie does not."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def read_of(pid, path):
    """Bytes of the file that the process has read through what it holds open; 0: none."""
    for link in glob.glob("/proc/%d/fd/*" % pid):
        try:
            if os.path.samefile(link, path):
                with open(link.replace("/fd/", "/fdinfo/")) as f:
                    return int(f.readline().split()[1])
        except OSError:
            pass
    return 0


def make(top, name, parameters):
    place = Place(sys.argv[1], top, name, SCRIPT.replace("@PARAMETERS@", parameters))
    os.mkdir(place.path("temporary"))
    place.environment["TMPDIR"] = place.path("temporary")
    return place


def ended(place, process, number, when):
    begun = time.time()
    process.send_signal(number)
    err = process.communicate()[1]
    took = time.time() - begun
    check(process.returncode == -number, "%s: exit code %d: %s" % (when, process.returncode, err))
    check(sum(line.startswith("ninetails run: interrupted") for line in err.splitlines()) == 1, "%s: said %s" % (when, err))
    table, _ = contents(place.path("out.h5"))
    check(table.get("status", []) == [], "%s: the result has %s" % (when, table.get("status")))
    check(not left_over(place.where), "%s: left over: %s" % (when, left_over(place.where)))
    check(os.listdir(place.path("temporary")) == [], "%s: TMPDIR has %s" % (when, os.listdir(place.path("temporary"))))
    return took


def while_suricata_runs(top, number):
    place = make(top, "program%d" % number, 'program = "./program"')
    with open(place.path("program"), "w") as f:
        f.write(PROGRAM % ((place.path("runs"),) * 3))
    os.chmod(place.path("program"), 0o755)
    process = place.start("-j1", "--quiet")
    wait_for(lambda: os.path.exists(place.path("runs")), process, "Suricata")
    check(os.listdir(place.path("temporary")) != [], "no folder for Suricata")
    with open(place.path("runs")) as f:
        pids = [int(pid) for pid in f.read().split()]
    took = ended(place, process, number, "Suricata")
    while any(map(alive, pids)):  # killed with their group; the kernel takes a moment
        time.sleep(0.001)
    return took


def while_eve_is_read(top, number):
    place = make(top, "eve%d" % number, 'eve = "eve.json.gz"')
    member = gzip.compress(b"\n" * (1 << 26))
    with open(place.path("eve.json.gz"), "wb") as f:
        for _ in range(500):
            f.write(member)
    process = place.start("-j1", "--quiet")
    features = place.path("cache", "features", "*.h5")
    wait_for(lambda: glob.glob(features) and read_of(process.pid, place.path("eve.json.gz")) > 2 * len(member), process,
             "the eve.json")
    return ended(place, process, number, "eve.json")


def line_without_end(top):
    place = make(top, "zero", 'eve = "/dev/zero"')
    code, out, err = place.run("-j1", "--quiet")
    check(code == 2, "/dev/zero: exit code %d: %s" % (code, err))
    reason = "/dev/zero: line 1 has more than 67108864 bytes: expected an eve.json, one object a line"
    check(reason in out + err, "/dev/zero: said %s" % (out + err))


# ---------------------------------------------------------------- the table of commands

MEMBER = 1 << 26  # bytes that each part of an endless gzip file unpacks to
TEBIBYTE = 1 << 40


def endless(path, begin, piece):
    """A gzip file that unpacks to `begin` and then to `piece` over and over: 500 times 64 MiB."""
    member = gzip.compress(piece * (MEMBER // len(piece)))
    with open(path, "wb") as f:
        f.write(gzip.compress(begin))
        for _ in range(500):
            f.write(member)
    return 2 * len(member)


def hole(path, begin=b"", end=b""):
    with open(path, "wb") as f:
        f.write(begin)
        f.truncate(TEBIBYTE)
        f.seek(TEBIBYTE - len(end))
        f.write(end)


def card(top, name, body):
    with open(os.path.join(top, name + ".lua"), "w") as f:
        f.write('return {name = "%s", title = "t", description = "d", %s}\n' % (name, body))


def block(kind, body):
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def make_inputs(top):
    """Makes the files of the table; returns, for each endless one, the bytes read when two parts of it are unpacked."""
    at = lambda name: os.path.join(top, name)
    synthesise(sys.argv[1], top, 3000)
    section = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 65535))
    sizes = {"blocks.gz": endless(at("blocks.gz"), section, block(0xbad, bytes(500))),
             "labels.gz": endless(at("labels.gz"), b"0\n", b"0\n"),
             "zeros.gz": endless(at("zeros.gz"), b"0", bytes(1 << 20))}
    hole(at("hole"))
    hole(at("hole.h5"), b"\x89HDF\r\n\x1a\n", struct.pack("<QQ", TEBIBYTE - 24, 0) + b"NTSEAL1\n")
    with tarfile.open(at("hole.tar"), "w", format=tarfile.GNU_FORMAT) as tar:
        member = tarfile.TarInfo("first")
        tar.addfile(member)
    with open(at("hole.tar"), "r+b") as f:  # one long member, of which the file holds only a part
        member.size = TEBIBYTE
        f.write(member.tobuf(tarfile.GNU_FORMAT))
        f.truncate(0)
        f.seek(0)
        f.write(member.tobuf(tarfile.GNU_FORMAT))
    with open(at("hole.tar"), "rb") as f:
        sizes["members.tgz"] = endless(at("members.tgz"), f.read(), bytes(1 << 20))
    files = 'capture = "c", files = {c = {path = "%s"%s}}'
    rule = ', labels = {meaning = "flow", explain = "e", rule = {address = "10.0.0.1"}}'
    card(top, "ruled", files % ("blocks.gz", "") + rule)
    card(top, "large", files % ("hole", ', sha256 = "%s"' % ("0" * 64)))
    card(top, "far", files % ("far", ', sha256 = "%s"' % ("0" * 64)))
    card(top, "packed", files % ("zeros", ', sha256 = "%s"' % ("0" * 64)))
    card(top, "member", 'capture = "c", files = {c = {path = "second", packed = {file = "a", member = "second"}}, '
         'a = {path = "members.tgz"}}' + rule)
    for name, loop in (("pcall", "while true do pcall(function() while true do end end) end"),
                       ("coroutine", "while true do coroutine.wrap(function() while true do end end)() end"),
                       ("turns", "repeat local good = pcall(function() for i = 1, 1e9 do end end) until false")):
        with open(at(name + ".lua"), "w") as f:
            f.write('io.open("waits", "w"):close()\n%s\n' % loop)
    subprocess.run([sys.argv[1], "run", "quickstart", "--quiet", "--set", "packets=20000", "-o", at("q.h5")], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(top))
    shutil.copy(at("q.h5"), at("long.h5"))
    lengthen(at("long.h5"), 250)
    return sizes


def lengthen(path, times):
    """A result whose table repeats its rows, each time with new keys."""
    with h5py.File(path, "r+") as f:
        runs = f["runs"]
        for name, column in list(runs.items()):
            keys = column.asstr()[:] if name == "run" else ()
            values = [f"{key}-{i}" for i in range(times) for key in keys] or np.tile(column[:], times)
            attributes, type_ = dict(column.attrs), column.dtype
            del runs[name]
            longer = runs.create_dataset(name, data=values, dtype=type_, chunks=True)
            for key, value in attributes.items():
                if key not in ("DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME"):
                    longer.attrs[key] = value


def environment(top):
    return dict(os.environ, TMPDIR=os.path.join(top, "temporary"), XDG_CONFIG_HOME=os.path.join(top, "config"),
                NINETAILS_DATA=os.path.join(top, "data"), NINETAILS_CACHE=os.path.join(top, "cache"))


def read_all(pid):
    """All bytes that the process has read, its own libraries included."""
    with open("/proc/%d/io" % pid) as f:
        return int(f.readline().split()[1])


def unread(pipe):
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


class Started:
    """A command of the table at work."""

    def __init__(self, top, words, stdin=subprocess.DEVNULL, ignored=None):
        self.top = top
        self.said = open(os.path.join(top, "temporary", "stderr"), "w+")
        self.process = subprocess.Popen(
            [os.path.abspath(sys.argv[1]), *words], cwd=top, env=environment(top), stdin=stdin, stdout=subprocess.PIPE, pipesize=4096,
            stderr=self.said, preexec_fn=ignored and (lambda: signal.signal(ignored, signal.SIG_IGN)))
        os.unlink(self.said.name)
        self.pid = self.process.pid

    def stderr(self):
        self.said.seek(0)
        return self.said.read()

    def wait_for(self, holds):
        while not holds(self):
            check(self.process.poll() is None, "ended before: exit code %s: %s" % (self.process.returncode, self.stderr()))
            time.sleep(0.001)

    def end(self, number, expected):
        """Seconds from the signal to the end; `expected`: the line on stderr, or its beginning."""
        begun = time.time()
        self.process.send_signal(number)
        code = self.process.wait()
        took = time.time() - begun
        check(code == -number, "exit code %d: %s" % (code, self.stderr()))
        lines = [line for line in self.stderr().splitlines() if "interrupted" in line]
        check(len(lines) == 1 and lines[0].startswith(expected), "said %s" % self.stderr())
        self.process.stdout.close()
        return took


def files_of(top):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(top) for name in names)


def added(top, before):
    """Files that were not there before. What is removed while it is open FUSE keeps under another name, and lets go of some time
    after its last user has ended."""
    while True:
        left = [path for path in files_of(top) if path not in before]
        if not any(os.path.basename(path).startswith(".fuse_hidden") for path in left):
            return left
        time.sleep(0.01)


def reads(name, bytes_of):
    """State: that many bytes of the file are read."""
    return lambda started: read_of(started.pid, os.path.join(started.top, name)) > bytes_of


def writes(pattern, bytes_of):
    """State: a file of that pattern has that many bytes."""
    return lambda started: any(os.path.getsize(path) > bytes_of for path in glob.glob(os.path.join(started.top, pattern)))


def waits_in(started, descriptor):
    """State: in a system call whose first argument is that descriptor."""
    with open("/proc/%d/syscall" % started.pid) as f:
        return f.read().split()[1:2] == ["0x%x" % descriptor]


def waits_for_stdin(started):
    return waits_in(started, 0)


def waits_for_its_reader(started):
    return unread(started.process.stdout) > 0 and waits_in(started, 1)


def has_data(bytes_of):
    def holds(started):
        with open("/proc/%d/status" % started.pid) as f:
            return any(int(line.split()[1]) << 10 > bytes_of for line in f if line.startswith("VmData:"))
    return holds


def says(words):
    return lambda started: words in started.stderr()


def script_waits(started):
    return os.path.exists(os.path.join(started.top, "waits"))


def table(sizes, port):
    """The table: (command, its arguments, the state, stdin)."""
    blocks, labels = reads("blocks.gz", sizes["blocks.gz"]), reads("labels.gz", sizes["labels.gz"])
    none, pipe = subprocess.DEVNULL, subprocess.PIPE
    site = "http://127.0.0.1:%d" % port
    rows = [
        ("extract", ["blocks.gz", "-o", "x.h5"], blocks, none),
        ("extract", ["blocks.gz", "-o", "x.csv"], blocks, none),
        ("score", ["blocks.gz"], blocks, none),
        ("score", ["in.pcap", "--labels", "labels.gz", "-o", "x.h5"], labels, none),
        ("score", ["in.pcap", "--labels", "-", "-o", "x.h5"], waits_for_stdin, pipe),
        ("score", ["hole.h5"], lambda started: read_all(started.pid) > 1 << 28, none),
        ("run", ["pcall.lua"], script_waits, none),
        ("run", ["coroutine.lua"], script_waits, none),
        ("run", ["turns.lua"], script_waits, none),
        ("repl", [], script_waits, pipe),
        ("dataset new", ["blocks.gz", "-o", "x.lua"], blocks, none),
        ("dataset new", ["-", "-o", "x.lua", "--name", "x"], waits_for_stdin, pipe),
        ("dataset labels", ["ruled.lua", "-o", "x.csv"], blocks, none),
        ("dataset labels", ["member.lua", "-o", "x.csv"], reads("members.tgz", sizes["members.tgz"]), none),
        ("dataset verify", ["large.lua"], reads("hole", 1 << 20), none),
        ("dataset verify", ["packed.lua"], reads("zeros.gz", sizes["zeros.gz"]), none),
        ("dataset fetch", ["large.lua", "--from", ".", "--quiet"], reads("hole", 1 << 20), none),
        ("dataset fetch", ["far.lua", "--from", site + "/hang"], writes("data/far.part", 1000), none),
        ("dataset fetch", ["far.lua", "--from", site + "/busy", "--wait", "3600"], says("next attempt in 3600 s"), none),
        ("dataset synth", ["mirai", "--packets", "1000000000", "-o", "x.pcap"], writes(".x.pcap*", 1 << 20), none),
        ("dataset synth", ["mirai", "--over", "blocks.gz", "-o", "x.pcap"], blocks, none),
        ("results export", ["q.h5", "--format", "json"], waits_for_its_reader, none),
    ]
    if "NINETAILS_SANITIZED" not in os.environ:  # of which the data say nothing
        rows += [(name, ["long.h5", *more], has_data(bytes_of), none) for name, more, bytes_of in (
            ("results ls", [], 15 << 20), ("results show", [], 15 << 20), ("results summary", [], 15 << 20),
            ("results compare", [], 15 << 20), ("results diff", ["long.h5"], 30 << 20),
            ("report", ["-o", "x.html"], 15 << 20), ("results merge", ["-o", "x.h5"], 15 << 20))]
        rows.append(("plot", ["auc", "long.h5", "-o", "x.svg"], has_data(15 << 20), none))
        rows.append(("results export", ["long.h5", "--format", "csv", "-o", "x.csv"], writes(".x.csv*", 1), none))
        rows.append(("results diff", ["q.h5", "1", "9", "--replicates", "1000000", "--block-seconds", "0.01"], has_data(100 << 20), none))
    return rows


def interrupt(top, row, number):
    name, words, holds, stdin = row
    before = files_of(top)
    started = Started(top, [*name.split(), *words], stdin)
    if name == "repl":
        started.process.stdin.write(b'io.open("waits", "w"):close() while true do pcall(function() while true do end end) end\n')
        started.process.stdin.flush()
    started.wait_for(holds)
    took = started.end(number, "ninetails %s: interrupted" % name)
    if holds is script_waits:
        os.unlink(os.path.join(top, "waits"))
    check(added(top, before) == [], "%s: left over: %s" % (" ".join((name, *words)), added(top, before)))
    return took


def two_at_once(top):
    """Both signals arrive while it is stopped; the second ends it without cleaning up."""
    started = Started(top, ["dataset", "verify", "large.lua"])
    started.wait_for(reads("hole", 1 << 20))
    for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
        started.process.send_signal(number)
    code = started.process.wait()
    check(code in (-signal.SIGINT, -signal.SIGTERM), "two signals: exit code %d" % code)
    check("interrupted" not in started.stderr(), "two signals: said %s" % started.stderr())


class Site(http.server.BaseHTTPRequestHandler):
    """/hang and /tagged begin an answer, without and with an ETag, and stop; /busy answers 503."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path.startswith("/busy"):
            return self.send_error(503)
        self.send_response(200)
        self.send_header("Content-Length", str(TEBIBYTE))
        if self.path.startswith("/tagged"):
            self.send_header("ETag", '"one"')
        self.end_headers()
        self.wfile.write(bytes(4096))
        self.rfile.read(1)  # waits until the client hangs up


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def goes_on(top, port):
    """A download that can be continued keeps its partial file."""
    started = Started(top, ["dataset", "fetch", "far.lua", "--from", "http://127.0.0.1:%d/tagged" % port])
    started.wait_for(writes("data/far.part", 1000))
    started.end(signal.SIGINT, "ninetails dataset fetch: interrupted")
    left = sorted(name for name in os.listdir(os.path.join(top, "data")) if name.startswith("far"))
    check(left == ["far.part", "far.part.from"], "of the download is left %s" % left)


def appends(folder):
    """State: a file there is open to be appended to, which only its seal is."""
    def holds(started):
        for link in glob.glob("/proc/%d/fd/*" % started.pid):
            try:
                if os.path.dirname(os.readlink(link)) == folder:
                    with open(link.replace("/fd/", "/fdinfo/")) as f:
                        if int(re.search(r"flags:\s+(\d+)", f.read()).group(1), 8) & os.O_APPEND:
                            return True
            except OSError:
                pass
        return False
    return holds


def while_it_is_sealed(top):
    """A file of some megabytes takes as long as one of gigabytes where a second reads 200 kB. None: there is no such disk."""
    below, slow = os.path.join(top, "below"), os.path.join(top, "slow")
    os.mkdir(below), os.mkdir(slow)
    try:
        subprocess.run(["bindfs", "--read-rate=200k", below, slow], check=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    try:
        row = ("score", ["in.pcap", "--fm-grace", "200", "--ad-grace", "1000", "--with-features", "--compression", "0", "-o", "slow/x.h5"],
               appends(os.path.realpath(slow)), subprocess.DEVNULL)
        return [interrupt(top, row, number) for number in (signal.SIGINT, signal.SIGTERM)]
    finally:
        subprocess.run(["umount", "-l", slow], check=True)


def ignored(top):
    """Ignores SIGINT, as a shell's background jobs do."""
    started = Started(top, ["dataset", "verify", "large.lua"], ignored=signal.SIGINT)
    started.wait_for(reads("hole", 1 << 20))
    started.process.send_signal(signal.SIGINT)
    started.end(signal.SIGTERM, "ninetails dataset verify: interrupted")


def main():
    with tempfile.TemporaryDirectory(prefix="ninetails-interrupts-") as top:
        synthesise(sys.argv[1], top, 3000)
        times = [case(top, number) for case in (while_suricata_runs, while_eve_is_read)
                 for number in (signal.SIGINT, signal.SIGTERM)]
        line_without_end(top)
    with tempfile.TemporaryDirectory(prefix="ninetails-interrupts-") as top:
        for name in ("temporary", "data", "cache", "config"):
            os.mkdir(os.path.join(top, name))
        sizes = make_inputs(top)
        port = serve()
        for i, row in enumerate(table(sizes, port)):
            times.append(interrupt(top, row, (signal.SIGINT, signal.SIGTERM)[i % 2]))
        sealing = while_it_is_sealed(top)
        times += sealing or []
        two_at_once(top)
        ignored(top)
        goes_on(top, port)
    print("%d commands ended within %.3f s of the signal, the slowest within %.3f s" % (len(times), sorted(times)[len(times) // 2], max(times)))
    if sealing is None:
        print("bindfs cannot mount here: sealing was not interrupted")
        sys.exit(77)


if __name__ == "__main__":
    main()
