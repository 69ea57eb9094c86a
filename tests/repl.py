#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`ninetails repl` on a terminal: repl.py NINETAILS

Editing, completion, history and its bound, chunks of many lines, ^C at the prompt, in Lua and in C, ^Z, ^D, SIGTERM,
unusable state folders. Each step waits for the program's output or for an observable state.
"""
import fcntl
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time

PROMPT, MORE, HANG = "> ", ">> ", 120


class Terminal:
    """The program on its own terminal, in its own session."""

    def __init__(self, program, home, *words, **more):
        self.master, slave = os.openpty()
        termios.tcsetwinsize(slave, (40, 200))
        self.before = termios.tcgetattr(slave)
        env = {key: value for key, value in os.environ.items() if key != "XDG_STATE_HOME"}
        env.update({"HOME": home, "TERM": "dumb", "INPUTRC": "/dev/null", "NINETAILS_CACHE": home + "/cache"} | more)
        self.process = subprocess.Popen(
            [program, *(words or ["repl"])], stdin=slave, stdout=slave, stderr=slave, env=env, cwd=home, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.slave = slave
        self.seen = ""

    def wait_for(self, what):
        """Returns the text up to `what`, a text or a compiled pattern."""
        while True:
            found = what.search(self.seen) if hasattr(what, "search") else re.search(re.escape(what), self.seen)
            if found:
                text, self.seen = self.seen[:found.end()], self.seen[found.end():]
                return text
            ready, _, _ = select.select([self.master], [], [], HANG)
            assert ready, "waited for %r, got %r" % (what, self.seen)
            try:
                self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
            except OSError:
                raise AssertionError("waited for %r, it ended after %r" % (what, self.seen)) from None

    def type(self, keys):
        os.write(self.master, keys.encode())

    def say(self, keys, answer, prompt=PROMPT):
        """Types keys and Enter; the answer is a line of its own, then comes the prompt."""
        self.type(keys + "\r")
        text = self.wait_for(re.compile(r"\r?\n%s\r?\n%s$" % (re.escape(answer), re.escape(prompt))))
        return text

    def end(self, keys="\x04"):
        self.type(keys)
        return self.ended()

    def ended(self):
        code = self.process.wait(timeout=HANG)
        assert termios.tcgetattr(self.slave)[:4] == self.before[:4], "the terminal is left as it was not"
        os.close(self.master), os.close(self.slave)
        return code


def read_of(process):
    with open("/proc/%d/io" % process.pid, encoding="ascii") as f:
        return int(re.search(r"rchar: (\d+)", f.read()).group(1))


def until(holds):
    end = time.monotonic() + HANG
    while not holds():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.001)


def chunks(t):
    t.say("1 + 1", "2")
    t.type("function double(n)\r"), t.wait_for(MORE)
    t.type("return n * 2\r"), t.wait_for(MORE)
    t.type("end\r"), t.wait_for(PROMPT)
    t.say("double(21), 'x'", "42\tx")
    t.type("nothing.here\r")
    assert "global 'nothing'" in t.wait_for("in main chunk\r\n")
    t.wait_for(PROMPT)


def interrupts(t):
    t.type("error 'dropped'\x03"), t.wait_for("^C"), t.wait_for(PROMPT)
    t.say("3 + 4", "7")  # without the line that was dropped
    t.type("for i = 1, 2 do\r"), t.wait_for(MORE)
    t.type("\x03"), t.wait_for("^C"), t.wait_for(PROMPT)
    t.say("4 + 4", "8")
    for _ in range(2):
        t.type("print('it', 'loops') while true do end\r")
        t.wait_for(re.compile(r"it\s+loops\r\n"))
        t.type("\x03"), t.wait_for("interrupted\r\n"), t.wait_for(PROMPT)
        t.say("4 + 5", "9")
    before = read_of(t.process)
    t.type("require('ninetails.files').checksum('/dev/zero', 'sha256')\r")  # C, for ever
    until(lambda: read_of(t.process) > before + 50e6)
    t.type("\x03"), t.wait_for("interrupted\r\n"), t.wait_for(PROMPT)
    t.say("5 + 5", "10")


def main(ninetails):
    version = subprocess.run([ninetails, "version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    edits = "readline" in version
    with tempfile.TemporaryDirectory() as home:
        t = Terminal(ninetails, home)
        t.wait_for("end with Ctrl-D.\r\n"), t.wait_for(PROMPT)
        chunks(t)
        interrupts(t)
        if not edits:
            assert t.end() == 0
            print("built without readline: chunks and interrupts hold, the rest is not there")
            return
        # editing and completion
        t.say("3\x014 * ", "12")  # ^A: to the beginning
        t.type("nt.kitn\t\r"), t.wait_for(re.compile(r"nt\.kitnet")), t.wait_for(re.compile(r"function: 0x[0-9a-f]+\r\n> $"))
        t.type("my_own_name = {alpha = 7, alphabet = 8, _beta = {gamma = 9}}\r"), t.wait_for(PROMPT)
        t.say("my_ow\t._be\t.ga\t", "9")
        t.say("('x'):upper(), math.hu\t", "X\tinf")
        t.type("my_own_name.al\t\t\t")
        listed = t.wait_for(re.compile(r"alpha\s+my_own_name\.alphabet|alpha\s+alphabet"))
        assert "gamma" not in listed, listed
        t.type("\x03"), t.wait_for(PROMPT)
        t.type("nt.nothing_like_it\t\x03"), t.wait_for(PROMPT)
        assert t.end() == 0
        history = home + "/.local/state/ninetails/history"
        with open(history, encoding="utf-8") as f:
            lines = f.read().splitlines()
        assert lines[:3] == ["1 + 1", "function double(n)", "return n * 2"] and lines[-1].startswith("('x')"), lines
        assert "error 'dropped'" not in lines and os.stat(history).st_mode & 0o777 == 0o600

        # the history holds what was typed before, at most a thousand lines
        with open(history, "w", encoding="utf-8") as f:
            f.writelines("%d - 1\n" % i for i in range(5000))
        t = Terminal(ninetails, home)
        t.wait_for(PROMPT)
        t.say("\x10", "4998")  # ^P: the line before
        t.say("\x124990\x05", "4989")  # ^R: search
        assert t.end() == 0
        with open(history, encoding="utf-8") as f:
            lines = f.read().splitlines()
        assert len(lines) <= 1001 and lines[-1] == "4990 - 1" and lines[-2] == "4999 - 1", (len(lines), lines[-3:])

        # XDG_STATE_HOME; an unusable folder is reported once, and all else works
        t = Terminal(ninetails, home, XDG_STATE_HOME=home + "/state")
        t.wait_for(PROMPT)
        t.say("6 * 7", "42")
        assert t.end() == 0
        with open(home + "/state/ninetails/history", encoding="utf-8") as f:
            assert f.read() == "6 * 7\n"
        open(home + "/file", "w", encoding="ascii").close()
        t = Terminal(ninetails, home, XDG_STATE_HOME=home + "/file")
        t.wait_for("warning: "), t.wait_for(PROMPT)
        assert "warning" not in t.say("6 * 8", "48")

        # ^Z stops the program, which continues with the same line
        t.type("\x04"), t.ended()
        t = Terminal("sh", home, "-mc", "'%s' repl; echo it stopped; fg" % ninetails)
        t.wait_for(PROMPT)
        t.type("40 + \x1a"), t.wait_for("it stopped\r\n"), t.wait_for("40 + ")
        t.say("2", "42")
        assert t.end() == 0

        # signals that are no keys: SIGINT drops the line, SIGTERM ends it
        t = Terminal(ninetails, home)
        t.wait_for(PROMPT)
        t.type("error 'dropped'"), t.wait_for("dropped'")
        os.kill(t.process.pid, signal.SIGINT)
        t.wait_for(PROMPT)
        t.say("6 * 9", "54")
        os.kill(t.process.pid, signal.SIGTERM)
        assert t.ended() == -signal.SIGTERM
    print("chunks, interrupts, editing, completion, history, suspension and signals hold")


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
