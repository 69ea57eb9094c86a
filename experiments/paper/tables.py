# SPDX-License-Identifier: GPL-3.0-or-later
"""tables.py NINETAILS datasets|features|complexity STEM: a table of the paper's kind as STEM.tex (booktabs), STEM.md, STEM.csv.

datasets    the nine sets of the paper as their cards know them; what a card marks as to be checked is left empty
features    how many statistics each aggregation has in a window, counted from the columns that the program writes
complexity  multiplications of a pass through the ensemble and through one autoencoder, for the map that it makes of a capture
"""
import csv
import json
import math
import os
import re
import subprocess
import sys
import tempfile


def output(ninetails, *words):
    done = subprocess.run([ninetails, *words], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def known(fact):
    if isinstance(fact, dict):
        return fact["value"] if fact.get("status") == "known" else None
    return fact


def datasets(ninetails):
    rows = [("data set", "packets", "first attack", "attacks", "minutes", "map", "training", "licence")]
    for entry in json.loads(output(ninetails, "dataset", "list", "--json")):
        if not re.match(r"kitsune_(?!.*head)", entry["name"]):
            continue
        card = json.loads(output(ninetails, "dataset", "info", entry["name"], "--json"))["card"]
        labels, grace = card.get("labels", {}), card.get("grace", {})
        minutes = re.search(r"capture of ([0-9.]+) minutes", card["description"])
        licence = card["licence"]
        rows.append((card["title"].removeprefix("Kitsune: "), known(card.get("packets")), known(labels.get("first_attack")),
                     known(labels.get("attacks")), float(minutes[1]) if minutes else None, grace.get("fm"), grace.get("ad"),
                     licence["value"] if isinstance(licence, dict) else licence))
    return rows, ("Packets are numbered from 1; map and training: packets of the two grace periods of the card. Empty: not known "
                  "from a source that was read.")


def columns(ninetails, profile):
    with tempfile.TemporaryDirectory() as folder:
        capture, features = folder + "/x.pcap", folder + "/x.csv"
        output(ninetails, "dataset", "synth", "mirai", "--packets", "100", "-o", capture, "--quiet")
        output(ninetails, "extract", capture, "--profile", profile, "-o", features, "--quiet")
        with open(features) as file:
            return [name for name in next(csv.reader(file)) if re.match(r"[A-Za-z]+(_[a-z]+)?_L[0-9.]+_", name)]


AGGREGATIONS = {"MI_dir": "source MAC and IP", "H": "source IP", "HH": "channel: source and destination IP",
                "HH_jit": "channel, time between packets", "HpHp": "socket: IPs and ports"}


def features(ninetails):
    rows = [("aggregation", "block", "statistics", "py100", "csv115")]
    names = {profile: columns(ninetails, profile) for profile in ("py100", "csv115")}
    total = dict.fromkeys(names, 0)
    for block, title in AGGREGATIONS.items():
        found = {profile: [re.fullmatch(r"(.+)_L([0-9.]+)_(.+)", name).groups() for name in list_
                           if re.fullmatch(block + r"_L[0-9.]+_.+", name)] for profile, list_ in names.items()}
        if not found["csv115"]:
            sys.exit(f"no columns of {block} in csv115")
        windows = sorted({window for _, window, _ in found["csv115"]}, key=float)
        per = {profile: len(list_) // len(windows) for profile, list_ in found.items()}
        statistics = [name for _, window, name in found["csv115"] if window == windows[0]]
        rows.append((title, block, ", ".join(statistics), per["py100"], per["csv115"]))
        for profile in total:
            total[profile] += len(found[profile])
    per_window = {profile: count // len(windows) for profile, count in total.items()}
    rows.append(("all, a window", "", "", per_window["py100"], per_window["csv115"]))
    rows.append((f"all, {len(windows)} windows", "", "", total["py100"], total["csv115"]))
    for profile, list_ in names.items():
        if total[profile] != len(list_):
            sys.exit(f"{profile}: {len(list_)} columns, of which {total[profile]} are in the table")
    return rows, f"Windows: lambda = {', '.join(reversed(windows))}. Statistics as csv115 names them."


def multiplications(visible):
    hidden = math.ceil(0.75 * visible)
    return 2 * visible * hidden


def complexity(ninetails):
    rows = [("m", "autoencoders", "largest", "of the ensemble", "of the output autoencoder", "of all", "share of one autoencoder")]
    with tempfile.TemporaryDirectory() as folder:
        capture = folder + "/x.pcap"
        output(ninetails, "dataset", "synth", "mirai", "--packets", "20000", "-o", capture, "--quiet")
        for m in (1, 5, 10, 20, 35, 50, 100):
            sizes = json.loads(output(ninetails, "score", capture, "--fm-grace", "5000", "--ad-grace", "1000",
                                      "--max-autoencoder", str(m), "--json"))["map"]["sizes"]
            ensemble, last = sum(map(multiplications, sizes)), multiplications(len(sizes))
            rows.append((m, len(sizes), max(sizes), ensemble, last, ensemble + last,
                         round((ensemble + last) / multiplications(sum(sizes)), 4)))
    return rows, ("Multiplications of a pass forwards: 2 v h for v inputs and h = ceil(0.75 v) hidden units. The map is that "
                  "of 5,001 packets of the synthesised mirai scenario, 100 features.")


def text(value):
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)


def tex(words):
    return re.sub(r"([&%$#_{}])", r"\\\1", words)


def write(stem, rows, note, made_of):
    right = [all(isinstance(row[i], (int, float, type(None))) for row in rows[1:]) for i in range(len(rows[0]))]
    os.makedirs(os.path.dirname(stem) or ".", exist_ok=True)
    lines = [f"% {made_of}", "\\begin{tabular}{" + "".join("r" if flush else "l" for flush in right) + "}", "\\toprule"]
    lines += [" & ".join(tex(text(cell)) for cell in rows[0]) + " \\\\", "\\midrule"]
    lines += [" & ".join(tex(text(cell)) for cell in row) + " \\\\" for row in rows[1:]]
    lines += ["\\bottomrule", "\\end{tabular}", f"% {note}"]
    markdown = ["| " + " | ".join(rows[0]) + " |", "|" + "|".join(" ---: " if flush else " --- " for flush in right) + "|"]
    markdown += ["| " + " | ".join(text(cell) for cell in row) + " |" for row in rows[1:]]
    markdown += ["", note, "", f"<!-- {made_of} -->"]
    for end, body in ((".tex", lines), (".md", markdown)):
        with open(stem + end + ".new", "w") as file:
            file.write("\n".join(body) + "\n")
        os.replace(stem + end + ".new", stem + end)
    with open(stem + ".csv.new", "w", newline="") as file:
        file.write(f"# {made_of}\n# {note}\n")
        csv.writer(file, lineterminator="\n").writerows([["" if cell is None else cell for cell in row] for row in rows])
    os.replace(stem + ".csv.new", stem + ".csv")


def main():
    ninetails, what, stem = sys.argv[1:]
    version = json.loads(output(ninetails, "version", "--json"))
    rows, note = {"datasets": datasets, "features": features, "complexity": complexity}[what](ninetails)
    write(stem, rows, note, f"tables.py {what}: version {version['version']}, commit {version['commit']}"
          + (" (dirty)" if version["dirty"] else ""))


main()
