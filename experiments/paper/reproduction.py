# SPDX-License-Identifier: GPL-3.0-or-later
"""reproduction.py NINETAILS FOLDER RESULTS: prints docs/reproduction.md: figures that are publicly known, what comes out here,
and the command. FOLDER has labelled captures (or is empty), RESULTS result files of experiments/paper. Nothing is printed as
the paper's that was not read in a public source; what cannot be tested here is said to be so."""
import bisect
import csv
import gzip
import json
import os
import re
import subprocess
import sys

NINETAILS, FOLDER, RESULTS = sys.argv[1:]
PARTIAL = os.path.join(FOLDER, "kitsune_mirai_partial") if FOLDER else ""
HERE = bool(PARTIAL) and os.path.isdir(PARTIAL)
NOT_HERE = "could not be tested here"


def output(*words):
    return subprocess.run([NINETAILS, *words], stdout=subprocess.PIPE, text=True, check=True).stdout


def lines_of(name):
    with gzip.open(os.path.join(PARTIAL, name), "rt") as file:
        return file.read().split("\n")


def auc(scores, labels):
    """Of ties half counts: the rank sum of Mann and Whitney."""
    benign = sorted(s for s, label in zip(scores, labels) if label == 0)
    attack = [s for s, label in zip(scores, labels) if label == 1]
    below = sum(bisect.bisect_left(benign, s) + bisect.bisect_right(benign, s) for s in attack)
    return below / 2 / len(benign) / len(attack)


def verdict(ours, published, digits):
    return "reproduced" if round(ours, digits) == round(published, digits) else "not reproduced"


def count(n):
    return f"{n:,}"


def card_checks(rows):
    cards = [json.loads(output("dataset", "info", entry["name"], "--json"))["card"]
             for entry in json.loads(output("dataset", "list", "--json")) if entry["name"].startswith("kitsune_")]
    nine = [card for card in cards if "doi" in card]
    total = sum(card["packets"]["value"] for card in nine)
    rows.append(("packets of the nine public captures together, as our cards state them", count(total),
                 "21,017,597 (xGoldy/nid-datasets, capinfos)", count(total - 21017597),
                 "stated alike" if total == 21017597 else "stated otherwise", "`make -f Makefile.paper tab-datasets`"))


def feature_checks(rows, results):
    path = os.path.join(results, "paper-smoke", "tab-features.csv")
    if not os.path.exists(path):
        return
    with open(path, newline="") as file:
        table = list(csv.reader(line for line in file if not line.startswith("#")))
    for label, published, source in (("csv115", 115, "the released tables of statistics"), ("py100", 100, "Kitsune-py at 7c8ea51")):
        ours = int(table[-1][table[0].index(label)])
        rows.append((f"statistics of a packet, {label}", str(ours), f"{published} ({source})", str(ours - published),
                     verdict(ours, published, 0), "`make -f Makefile.paper tab-features`"))


def mirai_checks(rows):
    command = "`ninetails score mirai.pcap.tsv.gz --profile py100 --fm-grace 5000 --ad-grace 20000`"
    note = "16 (Kitsune-py's map of Mirai, FM 5,000 and AD 50,000)"
    what = "autoencoders of Mirai's map, m = 10"
    if not HERE:
        rows.append((what, "", note, "", NOT_HERE, command))
        rows.append(("AUC of published scores of packets 55,000 to 159,109", "", "0.927", "", NOT_HERE,
                     "`make -f Makefile.paper reproduction`"))
        return
    told = json.loads(output("score", os.path.join(PARTIAL, "mirai.pcap.tsv.gz"), "--profile", "py100", "--fm-grace", "5000",
                             "--ad-grace", "20000", "--json"))
    ours = told["map"]["autoencoders"]
    rows.append((what, str(ours), note, str(ours - 16), verdict(ours, 16, 0), command))

    labels = [int(line) for line in lines_of("mirai_labels.csv.gz") if line]
    first, attacks = labels.index(1), sum(labels)
    for name, value, published in (("packets before Mirai's first attack", first, 121621), ("Mirai's attack packets", attacks, 642516),
                                   ("benign packets after Mirai's first attack", labels[first:].count(0), 0)):
        rows.append((name, count(value), f"{count(published)} (ereno-Adaptativo's audit)", count(value - published),
                     verdict(value, published, 0), "`make -f Makefile.paper reproduction`"))

    index, scores = zip(*((int(i), float(s)) for i, s in (line.split("\t") for line in lines_of("mirai_result.csv.gz") if line)))
    theirs = [labels[i] for i in index]
    value = auc(scores, theirs)
    rows.append((f"AUC of the scores that KitsuneVariation_ItrcProject published, packets {count(index[0])} to {count(index[-1])}",
                 f"{value:.4f}", "0.927 (of the same file, computed by others)", f"{value - 0.927:+.4f}", verdict(value, 0.927, 3),
                 "`make -f Makefile.paper reproduction`"))
    rows.append(("AUC of the number of the packet, same packets: a score that learns nothing", f"{auc(index, theirs):.4f}", "", "",
                 "above the published scores", "`make -f Makefile.paper reproduction`"))


# CSICS-ODU/Tenko, results/main9attack: KitNET on the released statistics, FM 5,000 and AD 50,000, all later packets.
TENKO = {"mirai": (.9283, .1291), "os_scan": (.9788, .0400), "ssdp_flood": (.9997, .0008), "ssl_renegotiation": (.9306, .1519),
         "arp_mitm": (.8331, .3077), "syn_dos": (.7078, .2715), "fuzzing": (.5336, .4611), "video_injection": (.4841, .5440),
         "active_wiretap": (.4246, .5064)}


def published_rows(results):
    path, ours = os.path.join(results, "paper-full", "published.h5"), {}
    if os.path.exists(path):
        for line in output("results", "export", path, "--format", "jsonl").splitlines():
            row = json.loads(line)
            ours[row["dataset"]] = row
    for name, (area, rate) in TENKO.items():
        row = ours.get(name)
        if row and row["auc"] is not None:
            yield (name, f"{row['auc']:.4f}", f"{area:.4f}", f"{row['auc'] - area:+.4f}", f"{row['eer']:.4f}", f"{rate:.4f}",
                   f"{row['eer'] - rate:+.4f}", verdict(row["auc"], area, 2))
        else:
            yield (name, "", f"{area:.4f}", "", "", f"{rate:.4f}", "", NOT_HERE)


def table(head, rows):
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def main():
    version = json.loads(output("version", "--json"))
    rows = []
    card_checks(rows)
    feature_checks(rows, RESULTS)
    mirai_checks(rows)
    print(f"""<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Made by `make -f Makefile.paper reproduction`, version {version['version']}; not to be edited. -->
# What of the paper's figures comes out here

Y. Mirsky, T. Doitshman, Y. Elovici, A. Shabtai: Kitsune, NDSS 2018. The figures that its tables and plots print (TPR, FNR, AUC, EER,
packets a second) were found in no public source that could be read, so no column here is the paper's. What stands here is
publicly known from code, data and later work, with its source.

## What can be checked

| verdict | means |
|---|---|
| reproduced | equal in all digits that were published |
| not reproduced | it came out otherwise |
| stated alike | two statements agree; nothing was measured here |
| {NOT_HERE} | what it takes is not here; the command makes it where it is |
""")
    table(("what", "here", "published", "difference", "verdict", "command"), rows)
    print("""Of Mirai's capture only the first 38,363 packets were at hand, of which 5,001 make the map; how many train does not change it.

## The nine data sets, by others

KitNET on the statistics that the authors released (csv115), fm 5,000 and ad 50,000, every later packet scored; AUC not folded, nothing
smoothed. Published: CSICS-ODU/Tenko. Its Mirai row has the first 100,000 packets as benign, where the attack begins with packet
121,622: there no agreement is expected.

    ninetails run experiments/paper/published.lua -o results/paper-full/published.h5
    make -f Makefile.paper reproduction
""")
    table(("data set", "AUC here", "published", "difference", "EER here", "published", "difference", "verdict (AUC, 2 digits)"),
          published_rows(RESULTS))
    print("""## The paper's claims

| claim | verdict | command |
|---|---|---|
| AUC, EER, TPR and FNR of KitNET and six others on nine data sets | could not be tested here: neither the nine captures nor the printed figures were at hand | `make -f Makefile.paper paper-full` |
| the bars of Suricata in these figures | could not be tested here: it is no package of Debian 12, and its rules are the user's; where it is installed `paper` takes it in, and says so where not | `make -f Makefile.paper fig-tpr fig-auc fig-eer` |
| AUC against m | could not be tested here: no published figure was found to compare with what is measured | `make -f Makefile.paper fig-m-sweep` |
| the dendrogram of the features | could not be tested here: none was found published to compare with what is drawn | `make -f Makefile.paper fig-dendrogram` |
| scores over time around an attack by fuzzing | could not be tested here on the paper's capture; drawn of a synthesised one | `make -f Makefile.paper fig-rmse-fuzzing` |
| speed against the size of the ensemble, in training and in execution | could not be tested here: no published figure was found to compare with what is measured | `make -f Makefile.paper fig-rate fig-time-density tab-complexity` |
| the authors' C++ is about 100 times as fast as their Python (example.py of Kitsune-py) | could not be tested here: that program is not public | |
| KitNET's scores rise when Mirai's attack begins (example.py of Kitsune-py) | could not be tested here on the whole capture; see the number of the packet above, which separates it better than the published scores do | `make -f Makefile.paper paper-full` |

## Switches of the protocol

What the plotting scripts of one of the authors do (tomerdoi/R_PerformanceHandlers) are switches; `make -f Makefile.paper paper` turns
the first three on (`--set paper_protocol=false` turns them off), and each run has them among its parameters.

| switch | the scripts | default here |
|---|---|---|
| `smoothing` | TPR and FNR from the mean of the last 30 scores; AUC and EER from the scores | 0: none |
| `fold_auc` | max(AUC, 1 - AUC), for every detector | off |
| `fpr_reference` | of benign packets; a second script takes the share of all packets | `benign` |
| grace periods | the first million packets, Mirai the first 121,620 or so | the card's |
| baselines | pcStream: the best of many runs, chosen by the test's AUC | defaults, chosen without labels |
| `learning_rate`, hidden ratio | 0.1 and 0.75 in Python; 0.01 and 0.7 in the C++ | 0.1 and 0.75 |""")


main()
