# SPDX-License-Identifier: GPL-3.0-or-later
"""full.py NINETAILS SMOKE.h5 [PREFIX] [--plan]: says what the nine data sets of the paper take, by their cards, and fetches them;
with --plan it only says so. PREFIX: of the names of other data sets, which the tests have.

Disk: no card tells the size of a capture; each packet is stored in at most 200 bytes and its header in 16 (a card's `defects`), a
label in at most 10. Time: what the runs of paper-smoke took for a packet here, times the packets; without that result it says so.
"""
import json
import subprocess
import sys


def output(ninetails, *words):
    done = subprocess.run([ninetails, *words], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def number(fact):
    return fact["value"] if isinstance(fact, dict) else fact


def seconds_a_packet(ninetails, result):
    """Of all detectors together; None where there is no such result."""
    done = subprocess.run([ninetails, "results", "export", result, "--format", "jsonl"], capture_output=True, text=True)
    if done.returncode:
        return None
    rows = [row for row in map(json.loads, done.stdout.splitlines()) if row["status"] == "done"]
    seconds = sum(row[name] or 0 for row in rows for name in ("seconds_learn", "seconds_score", "seconds_measure"))
    packets = {row["dataset"]: row["packets"] for row in rows}
    extract = {row["dataset"]: row["seconds_extract"] or 0 for row in rows}
    return (seconds + sum(extract.values())) / sum(packets.values()) if packets else None


def main():
    plan = "--plan" in sys.argv
    ninetails, smoke, *rest = (word for word in sys.argv[1:] if word != "--plan")
    prefix = rest[0] if rest else "kitsune_"
    sets = []
    for entry in json.loads(output(ninetails, "dataset", "list", "--json")):
        card = json.loads(output(ninetails, "dataset", "info", entry["name"], "--json"))["card"]
        if entry["name"].startswith(prefix) and "doi" in card:
            sets.append((entry["name"], entry["data"], number(card["packets"]), card["files"]["capture"]["urls"][0]))
    print(f"{len(sets)} data sets, by their cards:")
    for name, data, packets, url in sets:
        place = "is here" if data == "here" else url
        print(f"  {name:27} {packets:>10,} packets, at most {packets * 226 / 1e6:6,.0f} MB   {place}")
    missing = [name for name, data, _, _ in sets if data != "here"]
    total = sum(packets for *_, packets, _ in sets)
    features = total * 100 * 8 / 1e9
    print(f"  together {total:,} packets: at most {total * 226 / 1e9:.1f} GB of captures and labels, which stay; "
          f"{features:.1f} GB of features in the cache (`ninetails cache prune`)")
    print(f"  to download: {', '.join(missing) or 'nothing'}; some servers want a login, and then `fetch` says where")
    left = sum(packets * 226 for name, _, packets, _ in sets if name in missing)
    print(f"  the download: at most {left / 1e9:.1f} GB, about {left / 10e6 / 60:.0f} minutes at 10 MB/s")
    cost = seconds_a_packet(ninetails, smoke)
    if cost:
        print(f"  the runs: about {cost * total / 3600:.1f} hours of one processor, by what paper-smoke took here")
    else:
        print("  the runs: hours; `make -f Makefile.paper paper-smoke` first, and this line says how many")
    sys.stdout.flush()
    if plan:
        return
    for name in missing:
        if subprocess.run([ninetails, "dataset", "fetch", name]).returncode:
            sys.exit(f"{name} could not be fetched. Put its files where `ninetails dataset info {name}` says, or name their folder "
                     "by NINETAILS_FROM, and give the same command again.")


main()
