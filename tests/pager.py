#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is longer than the screen goes through a pager: pager.py NINETAILS

On a terminal of 40 lines: which pager is asked, and when none is; that it gets the whole text; pagers that do not start, that
are left early, killed or interrupted. Each step waits for what is printed.
"""
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading

from repl import Terminal

END = "\0"  # written once the program has ended: a terminal that is closed can lose what it still holds
LONG = ("dissect", "in.pcap", "--brief")
SHORT = ("version",)
ARROW = " -> "


class Looker:
    """Runs the program on a terminal, in a folder."""

    def __init__(self, ninetails, home):
        self.ninetails, self.home = ninetails, home

    def begin(self, *words, **more):
        """more: of the environment, which has no pager else."""
        for name in ("NINETAILS_PAGER", "PAGER", "LESS", "COLUMNS"):
            os.environ.pop(name, None)
        return Terminal(self.ninetails, self.home, *words, **more)

    def see(self, *words, **more):
        """The exit code, and all that the terminal was told."""
        t = self.begin(*words, **more)
        texts = []
        reader = threading.Thread(target=lambda: texts.append(t.wait_for(END)))
        reader.start()
        t.process.wait()
        os.write(t.slave, END.encode())
        reader.join()
        return t.ended(), texts[0][:-len(END)].replace("\r\n", "\n")

    def got(self):
        """What the pager `cat > got` was given, or None: there was none. It is forgotten."""
        path = self.home + "/got"
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as f:
            text = f.read()
        os.unlink(path)
        return text

    def program(self, name, body):
        os.makedirs(self.home + "/bin", exist_ok=True)
        path = "%s/bin/%s" % (self.home, name)
        with open(path, "w", encoding="ascii") as f:
            f.write("#!/bin/sh\n" + body)
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        return self.home + "/bin:" + os.environ["PATH"]


def who_is_asked(look, text):
    keep = "cat > got"
    for more in ({"NINETAILS_PAGER": keep}, {"PAGER": keep}, {"NINETAILS_PAGER": keep, "PAGER": "false"}):
        assert look.see(*LONG, **more) == (0, ""), more
        assert look.got() == text, more
    for more in ({"NINETAILS_PAGER": "cat", "PAGER": keep}, {"NINETAILS_PAGER": "", "PAGER": keep}, {"PAGER": "cat"}, {}):
        assert look.see(*LONG, **more) == (0, text), more
    for words in (("--no-pager", *LONG), (*LONG, "--no-pager")):
        assert look.see(*words, PAGER=keep) == (0, text), words
    assert look.see(*SHORT, PAGER=keep)[1].startswith("ninetails "), "short texts are printed"
    assert look.got() is None
    path = look.program("less", 'echo "LESS is $LESS, $# words"; cat > /dev/null\n')
    assert look.see(*LONG, PATH=path, TERM="vt100") == (0, "LESS is FRX, 0 words\n")
    assert look.see(*LONG, PATH=path, TERM="vt100", LESS="S") == (0, "LESS is S, 0 words\n")
    assert look.see(*LONG, PATH=path, TERM="dumb") == (0, text)
    os.unlink(look.home + "/bin/less")


def nobody_looks(look, text):
    env = {**os.environ, "PAGER": "cat > got"}
    done = subprocess.run([look.ninetails, *LONG], cwd=look.home, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert done.stdout == text, "a pipe"
    master, slave = os.openpty()  # a terminal of another session
    done = subprocess.run([look.ninetails, "help", "score"], cwd=look.home, env=env, stdin=subprocess.DEVNULL, stdout=slave, check=True,
                          start_new_session=True)
    os.close(slave), os.close(master)
    assert look.got() is None


def texts_are_whole(look):
    for words in (("help", "dissect"), ("help", "score"), ("dataset", "list", "--json"), ("manual", "--format", "markdown"),
                  ("dissect", "cut.pcap"), ("detectors", "--json")):
        code, text = look.see(*words)
        assert code == 0 and look.see(*words, PAGER="cat > got") == (0, ""), words
        assert look.got() == text, words
    assert "warning: cut.pcap" in text or "warning: cut.pcap" in look.see("dissect", "cut.pcap")[1]


def pagers_that_do_not_start(look, text):
    for pager in ("/nowhere/pager", "no-such-pager -R", "exec '/nowhere/pager'", "in.pcap"):
        code, seen = look.see(*LONG, PAGER=pager)
        assert code == 0 and seen.count("cannot be started") == 1 and seen.count("warning: ") == 1, (pager, seen[:300])
        assert seen.endswith(text), (pager, seen[:300])
    code, seen = look.see("dissect", "in.pcap", PAGER="exec '/nowhere/pager'")  # more than a pipe holds
    assert code == 0 and seen.endswith(look.see("dissect", "in.pcap")[1]) and seen.count("warning: ") == 1, seen[:300]


def left_early(look, text):
    for words in (LONG, ("dissect", "in.pcap")):
        code, seen = look.see(*words, PAGER="head -n 1")
        assert code == 0 and seen.count("\n") == 1 and ARROW in seen, seen
    path = look.program("tshark", "seq 100000\nexit 7\n")
    code, seen = look.see("dissect", "in.pcap", "--tshark", "--packets", "1", PATH=path, PAGER="head -n 1")
    assert code == 2 and seen.startswith("1\nninetails dissect: --tshark: ") and seen.count("\n") == 2, seen
    code, seen = look.see(*LONG, PAGER="stty -echo -icanon < /dev/tty; kill -9 $$")  # Terminal looks at its modes
    assert code == 0 and seen == "", seen
    assert text


def interrupted(look):
    keys = {"TERM": "vt100", "LESS": "-RX -PsREADY$", "PAGER": "less"}
    ready = "READY"
    t = look.begin("dissect", "in.pcap", **keys)
    t.wait_for(ready), t.type(" "), t.wait_for(ready)
    assert t.end("q") == 0
    t = look.begin("help", "score", **keys)  # all of it is with the pager: ^C is for that
    t.wait_for(ready), t.type("\x03"), t.wait_for(ready)
    assert t.end("q") == 0
    t = look.begin("dissect", "in.pcap", **keys)
    t.wait_for(ready)
    for _ in range(3):
        t.type("\x03"), t.wait_for(ready)
    assert t.process.poll() is None
    t.type("q"), t.wait_for("interrupted")
    assert t.ended() == -signal.SIGINT
    for words in (("dissect", "in.pcap"), ("help", "score")):
        t = look.begin(*words, **keys)
        t.wait_for(ready)
        os.kill(t.process.pid, signal.SIGTERM)
        assert t.ended() == -signal.SIGTERM, words


def main(ninetails):
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(NINETAILS_CACHE=home + "/cache", NINETAILS_DATA=home + "/data", XDG_CONFIG_HOME=home)
        subprocess.run([ninetails, "dataset", "synth", "arp_mitm", "--packets", "2000", "-o", "in.pcap", "--quiet"], cwd=home, check=True,
                       stdout=subprocess.DEVNULL)
        with open(home + "/in.pcap", "rb") as whole, open(home + "/cut.pcap", "wb") as cut:
            cut.write(whole.read()[:-20])
        look = Looker(ninetails, home)
        code, text = look.see(*LONG)
        assert code == 0 and text.count(ARROW) > 1000, text[:300]
        who_is_asked(look, text)
        nobody_looks(look, text)
        texts_are_whole(look)
        pagers_that_do_not_start(look, text)
        left_early(look, text)
        if subprocess.run(["sh", "-c", "command -v less"], stdout=subprocess.DEVNULL).returncode != 0:
            print("less is not installed: what users do in it was not looked at")
            sys.exit(77)
        interrupted(look)
    print("choice, whole texts, pagers that do not start or are left, killed or interrupted: as they should be")


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
