#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output fits a terminal of 80 columns: width.py NINETAILS

Each command that prints a table or a text runs on a terminal. No line is longer than 80 columns, whether the terminal or
COLUMNS says so, and every word of the output to a pipe appears as often: nothing is cut. Output to a pipe is not wrapped.
"""
import collections
import fcntl
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import termios
import threading

WIDTH = 80
END = b"\0"  # written once a program has ended: a terminal that is closed can lose what it still holds
CODES = (0, 2, 3)  # 2: runs of the sweep fail by design; 3: results differ
SCRIPT = """
local nt = require "ninetails"
return nt.experiment {
  name = "%s", title = "Detectors of several kinds with a title that is longer than a line of a terminal may be at most",
  datasets = {nt.dataset {name = "trace", capture = "in.pcap", labels = "labels"},
    nt.synthetic {scenario = "ssdp_flood", packets = 5000, seed = 1}},
  grace = {fm = 200, ad = {900, 1000}}, seeds = %s, profile = "stream",
  detectors = {nt.kitnet {max_autoencoder = {5, 10}, hidden_ratio = {0.5, 0.75}}, nt.packet_rate {}, nt.mahalanobis {},
    nt.detector {name = "brittle", parameters = {with_a_long_name = {1, 2}},
      score = function() error "a reason that is long enough to be wider than what is left of the line for it to be in" end}},
  metrics = {nt.metric {name = "a_metric_of_my_own", better = "higher", run = function() return 1234567.5 end},
    nt.metric {name = "another_metric_of_my_own", run = function() return 0/0 end}},
}
"""


def printed(words, width, stream="stdout", **more):
    """The output to that stream on a terminal of that width; width None: to a pipe."""
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    env = {key: value for key, value in os.environ.items() if key != "COLUMNS"} | more
    if width is None:
        done = subprocess.run(words, **streams | {stream: subprocess.PIPE}, stdin=subprocess.DEVNULL, env=env)
        return getattr(done, stream).decode()
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    parts = []

    def take():
        while not parts or not parts[-1].endswith(END):
            parts.append(os.read(master, 65536))

    reader = threading.Thread(target=take)
    reader.start()
    done = subprocess.run(words, **streams | {stream: slave}, stdin=subprocess.DEVNULL, env=env)
    os.write(slave, END)
    reader.join()
    os.close(slave)
    os.close(master)
    assert done.returncode in CODES, "%s ended with %d" % (words, done.returncode)
    return b"".join(parts)[:-len(END)].decode().replace("\r\n", "\n")


def tokens(text):
    """The words, without times and speeds, which differ from call to call."""
    return collections.Counter(re.sub(r"(?m)^ *(time|speed|seconds|start|used|took) .*(\n {6,}.*)*", "", text).split())


def main(ninetails):
    wide, bad = [], []

    def look(*words, times=False, again=None, stream="stdout"):
        """again: what makes the next call print the same. times: whether the output contains times."""
        for width, more in ((WIDTH, {}), (200, {"COLUMNS": str(WIDTH)})):
            text = printed([ninetails, *words], width, stream, **more)
            title = "ninetails " + " ".join(words)
            assert text.strip(), title
            for line in text.split("\n"):
                if len(line) > WIDTH:
                    bad.append("%s: %d columns: %s" % (title, len(line), line))
        plain = printed([ninetails, *words], None, stream)
        if max(map(len, plain.split("\n"))) > WIDTH:
            wide.append(title)
        lost = tokens(plain) - tokens(text)
        if lost and not times:
            bad.append("%s: lost %s" % (title, dict(lost)))

    with tempfile.TemporaryDirectory(prefix="w") as folder:
        os.chdir(folder)
        os.environ.update(NINETAILS_CACHE=folder + "/cache", NINETAILS_DATA=folder + "/data", XDG_CONFIG_HOME=folder)
        run = lambda *words, code=0: subprocess.run([ninetails, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == code
        assert run("dataset", "synth", "arp_mitm", "--packets", "6000", "-o", "in.pcap", "--quiet")
        with open("labels", "w", encoding="utf-8") as f:
            f.write("".join("benign\n" if i < 2500 or i % 3 else "an attack with a name of several words no. %d\n" % (i % 2) for i in range(6000)))
        for name, seeds in (("first", "{1, 2}"), ("second", "{3, 4}")):
            with open(name + ".lua", "w", encoding="ascii") as f:
                f.write(SCRIPT % (name, seeds))
            assert run("run", name + ".lua", "--quiet", "-o", name + ".h5", code=2)

        look("help")
        overview = printed([ninetails, "help"], None)
        commands = re.findall(r"(?m)^  ([a-z]+)  ", overview)
        assert len(commands) > 9, commands
        for command in commands:
            look("help", command)
            for sub in re.findall(r"(?m)^  ([a-z]+)  ", printed([ninetails, "help", command], None)):
                look("help", command, sub)
        look("version")
        look("detectors")
        names = lambda *words: [one["name"] for one in json.loads(printed([ninetails, *words, "--json"], None))]
        for detector in names("detectors"):
            look("detectors", detector)
        look("dataset", "list")
        cards = names("dataset", "list")
        assert len(cards) > 20, cards
        for card in cards:
            look("dataset", "info", card)
        look("run", "first.lua", "--help")
        look("run", "first.lua", "-o", "first.h5", times=True)
        look("run", "first.lua", "-o", "first.h5", "--dry-run", times=True)
        look("results", "ls", "first.h5")
        look("results", "ls", "first.h5", "second.h5", "--columns", "run,dataset,detector,reason,auc,eer,absence")
        look("results", "show", "first.h5")
        for row in ("1", "2", "20", "33"):
            look("results", "show", "first.h5", row)
        look("results", "show", "first.h5", "--attacks")
        look("results", "compare", "first.h5")
        look("results", "compare", "first.h5", "--metric", "eer")
        look("results", "diff", "first.h5", "second.h5")
        look("score", "in.pcap", "--labels", "labels", "--fm-grace", "200", "--ad-grace", "1000", times=True)
        look("score", "in.pcap", "--labels", "labels", "--fm-grace", "200", "--ad-grace", "3000", "--quiet", stream="stderr")
        look("run", "first.lua", "-o", "first.h5", "--quiet", stream="stderr")
        look("extract", "in.pcap", "-o", "features.csv", times=True)
        look("cache")
        look("cache", "--list", times=True)
    for line in bad:
        print(line)
    assert len(wide) > 20, wide  # a pipe gets tables of their natural width
    print("%d outputs are wider than %d columns in a pipe; on a terminal %s" % (len(wide), WIDTH, "these are, too" if bad else "none is"))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
