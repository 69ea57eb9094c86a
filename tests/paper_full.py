#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""paper_full.py NINETAILS SOURCE: the preparations of `make -f Makefile.paper paper-full` against a server on this machine.

Before the first request it states what is fetched, from where, and how much space and time that takes; then it fetches, and
the data set can be run. Where the server has no file it ends with advice."""
import os
import pathlib
import subprocess
import sys
import tempfile

NINETAILS, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
CARD = """return {{
  name = "{name}", title = "A toy", description = "A capture of 0.1 minutes.", doi = "10.0/toy", capture = "capture",
  licence = "none", packets = 2000,
  files = {{
    capture = {{path = "{name}/x.pcap", urls = {{"{url}/x.pcap"}}}},
    labels = {{path = "{name}/x.csv", urls = {{"{url}/x.csv"}}}},
  }},
  labels = {{file = "labels", meaning = "behaviour", explain = "made up"}},
  grace = {{fm = 100, ad = 500, why = "a test"}},
}}
"""


def call(*words, **more):
    return subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def main(folder):
    env = {**os.environ, "XDG_CONFIG_HOME": str(folder / "config"), "XDG_CACHE_HOME": str(folder / "cache"), "NINETAILS_DATA": str(folder / "data"),
           "no_proxy": "*", "NO_PROXY": "*"}
    env.pop("NINETAILS_SHARED", None)
    (folder / "served").mkdir()
    done = call(NINETAILS, "dataset", "synth", "fuzzing", "--packets", 2000, "--seed", 1, "-o", folder / "served/x.pcap", "--quiet")
    assert done.returncode == 0, done.stderr
    (folder / "served/x.pcap.labels.csv").rename(folder / "served/x.csv")
    server = subprocess.Popen([sys.executable, SOURCE / "tests/http_server.py", folder / "served", folder / "log"], stdout=subprocess.PIPE, text=True)
    try:
        at = f"http://127.0.0.1:{server.stdout.readline().split()[0]}"
        cards = folder / "config/ninetails/cards"
        cards.mkdir(parents=True)
        (cards / "toy_good.lua").write_text(CARD.format(name="toy_good", url=at + "/good"))
        full = [sys.executable, SOURCE / "experiments/paper/full.py", NINETAILS, folder / "none.h5"]
        plan = call(*full, "toy_", "--plan", env=env)
        assert plan.returncode == 0 and not (folder / "log").exists(), (plan.stdout, plan.stderr)
        for words in ("1 data sets", "2,000 packets", f"{at}/good/x.pcap", "GB of features", "to download: toy_good", "the runs: hours", "minutes at 10 MB/s"):
            assert words in plan.stdout, (words, plan.stdout)
        done = call(*full, "toy_", env=env)
        assert done.returncode == 0 and done.stdout.startswith(plan.stdout), (done.stdout, done.stderr)
        assert (folder / "data/toy_good/x.pcap").read_bytes() == (folder / "served/x.pcap").read_bytes()
        assert "nothing" in call(*full, "toy_", "--plan", env=env).stdout
        done = call(NINETAILS, "run", SOURCE / "experiments/paper/rmse.lua", "--set", "dataset=toy_good", "-o", folder / "r.h5", "--quiet", env=env)
        assert done.returncode == 0, done.stderr
        (cards / "toy_none.lua").write_text(CARD.format(name="toy_none", url=at + "/good/nothing"))
        done = call(*full, "toy_", env=env)
        assert done.returncode != 0 and "toy_none could not be fetched. Put its files where" in done.stderr, done.stderr
    finally:
        server.kill()
        server.wait()
    print("paper_full: says, fetches, runs")


with tempfile.TemporaryDirectory() as name:
    main(pathlib.Path(name))
