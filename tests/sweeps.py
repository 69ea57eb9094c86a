# SPDX-License-Identifier: GPL-3.0-or-later
"""For the tests of whole sweeps: a folder for each, its results, and which process wrote which file."""
import ctypes
import os
import struct
import subprocess
import sys

try:
    import h5py
except ImportError:
    print("skipped: no h5py")
    sys.exit(77)


class Place:
    """A folder with its own script, cache and results."""

    def __init__(self, ninetails, top, name, script):
        self.ninetails, self.where = os.path.abspath(ninetails), os.path.join(top, name)
        os.makedirs(self.where)
        with open(self.path("sweep.lua"), "w") as f:
            f.write(script)
        self.environment = dict(os.environ, NINETAILS_CACHE=self.path("cache"), NINETAILS_DATA=os.path.join(top, "data"),
                                XDG_CONFIG_HOME=os.path.join(top, "config"))

    def path(self, *names):
        return os.path.join(self.where, *names)

    def start(self, *options, output="out.h5", wrapper=(), **how):
        """Runs the sweep, with SIGXFSZ ignored: exceeding a file limit is an error of the write."""
        return subprocess.Popen([*wrapper, self.ninetails, "run", "sweep.lua", "-o", output, *map(str, options)],
                                cwd=self.where, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                restore_signals=False, text=True, **how)

    def run(self, *options, **how):
        """(exit code, stdout, stderr)"""
        process = self.start(*options, **how)
        out, err = process.communicate()
        return process.returncode, out, err

    def whole(self, *options, at="out.h5", **how):
        code, _, err = self.run(*options, **how)
        check(code == 0, "exit code %d: %s" % (code, err))
        return contents(self.path(at))


def synthesise(ninetails, top, packets):
    """The capture of all scripts here; a file, so that starting a sweep need not make it."""
    subprocess.run([ninetails, "dataset", "synth", "mirai", "--packets", str(packets), "--seed", "1", "-o",
                    os.path.join(top, "in.pcap")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


# In a script below `top`.
CAPTURE = 'nt.dataset {name = "small", capture = "../in.pcap", labels = "../in.pcap.labels.csv"}'


def check(holds, what):
    if not holds:
        print("FAILED:", what)
        sys.exit(1)


def contents(path):
    """Results that do not depend on time: scores, and cells other than costs."""
    with h5py.File(path) as f:
        table = {name: (column.asstr()[:].tolist() if column.dtype == object else column[:].tobytes())
                 for name, column in f["runs"].items() if column.attrs.get("role") not in ("cost", b"cost")}
        scores = {key: f["run"][key]["scores"][:].tobytes() for key in f["run"] if "scores" in f["run"][key]}
    return table, scores


def finished(folder):
    """name -> a value that changes when a file with its final name is written again"""
    found = {}
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        if not name.startswith("."):
            s = os.stat(os.path.join(folder, name))
            found[name] = (s.st_ino, s.st_size, s.st_mtime_ns)
    return found


def opens(folder, names):
    """Every finished HDF5 file of a folder is whole."""
    for name in names:
        if name.endswith(".h5"):
            with h5py.File(os.path.join(folder, name)) as f:
                check(len(list(f)) > 0, "%s is empty" % name)


def left_over(folder, age=120):
    """Returns the leases and temporary files of a folder, and makes them older than any in use."""
    found = []
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if name.endswith((".lease", ".tmp")):
                found.append(path)
                os.utime(path, (os.stat(path).st_mtime - age,) * 2)
    return found


class Arrivals:
    """How often a file of each name was renamed into a folder, counted by inotify."""
    MOVED_TO = 0x80

    def __init__(self, *folders):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        check(self.fd >= 0, "no inotify: %s" % os.strerror(ctypes.get_errno()))
        self.counts = {}
        for folder in folders:
            os.makedirs(folder, exist_ok=True)
            watch = self.libc.inotify_add_watch(self.fd, folder.encode(), self.MOVED_TO)
            check(watch >= 0, "%s cannot be watched" % folder)

    def read(self):
        while True:
            try:
                data = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                return self.counts
            while data:
                _, _, _, length = struct.unpack_from("iIII", data)
                name = data[16:16 + length].rstrip(b"\0").decode()
                self.counts[name] = self.counts.get(name, 0) + 1
                data = data[16 + length:]

    def close(self):
        os.close(self.fd)
