#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""plot.py NINETAILS: every kind of figure of the quickstart's result.

SVGs are well-formed and reproducible, PDFs are PDFs, and the numbers beside them equal the result file's as h5py reads
them. Names that look like gnuplot commands or markup are drawn literally. Exit code 77: gnuplot or h5py is missing."""
import csv
import json
import math
import os
import re
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

try:
    import h5py
    import numpy
except ImportError:
    sys.exit(77)
if not shutil.which("gnuplot"):
    sys.exit(77)

NINETAILS = os.path.abspath(sys.argv[1])
SVG = "{http://www.w3.org/2000/svg}"


def call(*words):
    done = subprocess.run([NINETAILS, *words], capture_output=True, text=True)
    assert done.returncode == 0, (words, done.stderr)


def expect(what, condition):
    assert condition, what


def table(path):
    """The remarks and the rows of a figure's CSV."""
    lines = path.read_text().splitlines(keepends=True)
    remarks = [line[2:].rstrip("\n") for line in lines if line.startswith("# ")]
    return remarks, list(csv.DictReader(line for line in lines if not line.startswith("# ")))


def texts(path):
    return ["".join(node.itertext()) for node in xml.etree.ElementTree.parse(path).iter(SVG + "text")]


def draw(kind, result, *words):
    """Draws the kind twice as SVG and once as PDF; -> remarks, rows, the SVG's path."""
    file = result.rpartition(":")[0] or result
    paths = [pathlib.Path(kind + end) for end in (".svg", ".pdf")]
    call("plot", kind, result, "-o", str(paths[1]), "--quiet", *words)
    from_pdf = paths[0].with_suffix(".csv").read_bytes()
    call("plot", kind, result, "-o", str(paths[0]), "--quiet", *words)
    first = paths[0].read_bytes()
    call("plot", kind, result, "-o", str(paths[0]), "--quiet", *words)
    expect(f"{kind}: the same bytes twice", first == paths[0].read_bytes())
    expect(f"{kind}: a PDF", paths[1].read_bytes()[:5] == b"%PDF-" and b"%%EOF" in paths[1].read_bytes()[-32:])
    remarks, rows = table(paths[0].with_suffix(".csv"))
    with h5py.File(file) as f:
        commit = f.attrs["commit"]
    description = xml.etree.ElementTree.parse(paths[0]).getroot().findtext(SVG + "desc")
    for place in ("\n".join(remarks), description, from_pdf.decode()):
        expect(f"{kind}: names file and commit", f"result: {file}" in place and f"commit: {commit}" in place)
    expect(f"{kind}: has marks", len(list(xml.etree.ElementTree.parse(paths[0]).iter(SVG + "path"))) > 5)
    return remarks, rows, paths[0]


def same(text, value):
    return text != "" and (float(text) == value or math.isclose(float(text), value, rel_tol=0, abs_tol=0))


def column(f, name):
    return f["runs"][name].asstr()[:] if f["runs"][name].dtype == object else f["runs"][name][:]


def check_packets(rows, run, f, name):
    """Each drawn packet has the score, time and label of that packet."""
    scores = run["scores"]
    first, data = int(scores.attrs["first"]), f["data"][scores.attrs["data"]]
    scores, labels, times = scores[:], data["labels"][:], data["timestamps"][:]
    for row in rows:
        i = int(row["packet"])
        expect(f"{name}: score of {i}", float(row["score"]) == scores[i - first])
        expect(f"{name}: time of {i}", float(row["time"]) == times[i])
        expect(f"{name}: label of {i}", row["label"] == ("benign", "attack")[labels[i]])
    return scores, labels[first:]


def check_one_run(f, key):
    run, label = f["run"][key], str(list(column(f, "run")).index(key) + 1)
    _, rows, _ = draw("rmse", "q.h5:" + label)
    scores, labels = check_packets(rows, run, f, "rmse")
    drawn = {float(row["score"]) for row in rows}
    expect("rmse: no peak is lost", {scores.max(), scores.min()} <= drawn)
    _, rows, _ = draw("outliers", "q.h5:" + key[:8])
    check_packets(rows, run, f, "outliers")
    expect("outliers: the highest", [float(row["score"]) for row in rows] == sorted(scores, reverse=True)[:50])

    before = scores[: int(numpy.argmax(labels != 0))]
    mean, deviation = numpy.log(before).mean(), numpy.log(before).std()  # the population's deviation, as for thresholds
    remarks, rows, _ = draw("probability", "q.h5:" + key)
    check_packets(rows, run, f, "probability")
    from scipy.stats import norm
    for row in rows:
        expected = norm.logsf(numpy.log(float(row["score"])), mean, deviation) / math.log(10)
        expect("probability: of a normal's tail", math.isclose(float(row["log10_probability"]), expected, rel_tol=1e-8,
                                                               abs_tol=1e-12))
    expect("probability: the deviation is said to be the population's",
           any(math.isclose(float(found.group(1)), deviation, rel_tol=1e-12) for line in remarks
               if (found := re.search(r"population standard deviation ([0-9.e+-]+)", line))))
    expect("probability: what was fitted", any(f"{len(before)} of the scored packets before" in line for line in remarks))

    _, rows, _ = draw("histogram", "q.h5:" + key)
    edges = numpy.array([float(row["score_from"]) for row in rows] + [float(rows[-1]["score_to"])])
    for name, label in (("benign", 0), ("attack", 1)):
        counts = numpy.array([int(row[name]) for row in rows])
        expect(f"histogram: every {name} packet", counts.sum() == (labels == label).sum())
        below = numpy.cumsum(counts)[39]
        near = numpy.isclose(scores, edges[40], rtol=1e-9) # on an edge rounding decides
        expect(f"histogram: {name} below the middle",
               abs(below - ((scores < edges[40]) & (labels == label)).sum()) <= near.sum())


def check_dendrogram(f, key):
    """The tree equals SciPy's of the same rows' correlation distances, and is cut as the run's map."""
    from scipy.cluster.hierarchy import cophenet, linkage
    from scipy.spatial.distance import squareform
    run, names = f["run"][key], None
    _, rows, _ = draw("dendrogram", "q.h5", "--only", "ad_grace=16000")
    expect("dendrogram: runs cut it otherwise", {row["autoencoder"] for row in rows} == {""})
    _, rows, svg = draw("dendrogram", "q.h5:" + key)
    features = [int(row["feature"]) for row in rows]
    expect("dendrogram: the map's features", features == run["map/features"][:].tolist())
    sizes = run["map/sizes"][:].tolist()
    expect("dendrogram: the cut", [int(row["autoencoder"]) for row in rows] == [k for k, n in enumerate(sizes) for _ in range(n)])
    expect("dendrogram: the file's distances", [float(row["distance_to_next"]) for row in rows[:-1]]
           == run["map/distances"][:].tolist())
    expect("dendrogram: names, not numbers", rows[0]["name"] in texts(svg) and "HH_" in rows[0]["name"] + rows[40]["name"])

    call("dataset", "synth", "fuzzing", "--packets", "3000", "--seed", "2", "-o", "d.pcap", "--quiet")
    call("extract", "d.pcap", "--profile", "py100", "-o", "d.h5", "--quiet")
    tables = {}
    for source in ("d.pcap", "d.h5"):
        more = ["--profile", "py100"] if source == "d.pcap" else []
        call("plot", "dendrogram", source, "--fm-grace", "999", "-o", "d.svg", "--quiet", *more)
        tables[source] = table(pathlib.Path("d.csv"))[1]
    expect("dendrogram: of a capture as of its features", tables["d.pcap"] == tables["d.h5"])
    with h5py.File("d.h5") as made:
        x, names = made["features"][:1000], made["feature"].asstr()[:]
    residual = x - numpy.cumsum(x, axis=0) / numpy.arange(1, 1001)[:, None]
    norm = numpy.sqrt((residual ** 2).sum(0))
    norm = numpy.outer(norm, norm)
    norm[norm == 0] = 1e-100
    distance = numpy.maximum(1 - residual.T @ residual / norm, 0)
    numpy.fill_diagonal(distance, 0)
    joined = squareform(cophenet(linkage(squareform(distance, checks=False), "single")))
    rows = tables["d.h5"]
    order = [int(row["feature"]) for row in rows]
    expect("dendrogram: every feature once, by name", sorted(order) == list(range(100))
           and [row["name"] for row in rows] == [names[i] for i in order])
    numpy.testing.assert_allclose([float(row["distance_to_next"]) for row in rows[:-1]], joined[order[:-1], order[1:]], atol=1e-9)
    for words, why in ((["q.h5", "--profile", "csv115"], "profile"), (["d.h5:1"], "no result file")):
        done = subprocess.run([NINETAILS, "plot", "dendrogram", *words, "--numbers"], capture_output=True, text=True)
        expect(f"dendrogram: {words}: {done.stderr}", (done.returncode, why in done.stderr) == (1, True))


def check_compared():
    """The figure shows the results of `results compare`."""
    remarks, rows, _ = draw("differences", "q.h5", "--only", "max_autoencoder=10")
    command = next(line for line in remarks if line.startswith("as found by: ninetails "))
    done = subprocess.run([NINETAILS, *command.split()[4:], "--json"], capture_output=True, text=True)
    tests = [test for entry in json.loads(done.stdout)["data_sets"] for test in entry["tests"]]
    expect("differences: as compare finds them", len(tests) == len(rows) == 2
           and [(float(row["difference"]), float(row["low"]), float(row["high"])) for row in rows]
           == [(test["difference"], test["low"], test["high"]) for test in tests])
    done = subprocess.run([NINETAILS, "plot", "ranks", "q.h5", "--numbers"], capture_output=True, text=True)
    expect(f"ranks: of one data set there are none: {done.stderr}", done.returncode == 4 and "at least 3 data sets" in done.stderr)


def check_time(f, key):
    """Scores over time, with the phases' ends at the times of their packets."""
    _, _, svg = draw("rmse", "q.h5:" + key)
    expect("rmse: by packet and by time", {"packet / 1000", "time since the first packet, seconds"} <= set(texts(svg))
           and "train" in texts(svg))


def check_tables(f):
    keys = list(column(f, "run"))
    of = {name: dict(zip(keys, column(f, name))) for name in ("auc", "eer", "tpr_at_fpr_0", "tpr_at_fpr_1em3",
                                                             "max_autoencoder", "ad_grace", "auc_block_low", "auc_block_high")}
    for kind, metric in (("auc", "auc"), ("eer", "eer"), ("tpr", "tpr_at_fpr_1em3"), ("m", "auc")):
        _, rows, svg = draw(kind, "q.h5")
        expect(f"{kind}: nine configurations", len(rows) == 9 and all(row["repeats"] == "3" for row in rows))
        for row in rows:
            key = row["run"]
            group = sorted(of[metric][other] for other in keys if of["max_autoencoder"][other] == of["max_autoencoder"][key]
                           and of["ad_grace"][other] == of["ad_grace"][key])
            expect(f"{kind}: {metric} of {key}", float(row[metric]) == of[metric][key] == group[1])
            if kind == "tpr":
                expect("tpr: at 0", float(row["tpr_at_fpr_0"]) == of["tpr_at_fpr_0"][key])
                expect("tpr: FNR", float(row["fnr_at_fpr_1em3"]) == 1 - of[metric][key])
            else:
                expect(f"{kind}: of the repeats", (float(row["lowest"]), float(row["highest"])) == (group[0], group[2]))
            if kind == "auc":
                expect("auc: its interval", (float(row["low"]), float(row["high"]))
                       == (of["auc_block_low"][key], of["auc_block_high"][key]))
    expect("m: names of lines", "ad_grace=16000" in texts(svg))

    by = {"ad_grace": of["ad_grace"], "max_autoencoder": of["max_autoencoder"]}
    _, rows, svg = draw("effects", "q.h5")
    expect("effects: three values of two parameters", [row["parameter"] for row in rows] == ["ad_grace"] * 3 + ["max_autoencoder"] * 3)
    for row in rows:
        some = [of["auc"][key] for key in keys if by[row["parameter"]][key] == int(row["value"])]
        expect("effects: mean and deviation", int(row["runs"]) == len(some) == 9
               and math.isclose(float(row["mean"]), numpy.mean(some), rel_tol=1e-12)
               and math.isclose(float(row["deviation"]), numpy.std(some, ddof=1), rel_tol=1e-9))
    _, rows, svg = draw("pairs", "q.h5", "--metric", "eer")
    for row in rows:
        some = [of["eer"][key] for key in keys if all(by[name][key] == int(row[name]) for name in by)]
        expect("pairs: mean", int(row["runs"]) == len(some) == 3 and math.isclose(float(row["mean"]), numpy.mean(some), rel_tol=1e-12))
        expect("pairs: printed in its place", f"{float(row['mean']):.4f}" in texts(svg))
    _, rows, _ = draw("cost", "q.h5")
    seconds = dict(zip(keys, column(f, "seconds_score")))
    expect("cost: every run", {row["run"]: (float(row["seconds_score"]), float(row["auc"])) for row in rows}
           == {key: (seconds[key], of["auc"][key]) for key in keys})
    _, rows, _ = draw("pr", "q.h5", "--only", "ad_grace=16000")
    for key in {row["run"] for row in rows}:
        curve = f["run"][key]["precision_recall"]
        for name in ("recall", "precision", "threshold"):
            expect(f"pr: {name}", [float(row[name]) for row in rows if row["run"] == key] == curve[name][:].tolist())

    _, rows, svg = draw("roc", "q.h5", "--only", "ad_grace=16000")
    for key in {row["run"] for row in rows}:
        curve = f["run"][key]["roc"]
        mine = [row for row in rows if row["run"] == key]
        for name in ("fpr", "tpr", "threshold"):
            expect(f"roc: {name}", numpy.array_equal([float(row[name]) for row in mine], curve[name][:]))
    expect("roc: names of axes", {"false positive rate", "true positive rate"} <= set(texts(svg)))


TIMES = """# commit: 0123abc
# cpu: one of ours
what,m,autoencoders,ns_from,ns_to,value
training,1,100,,,50000
training,100,1,,,70000
execution,1,100,,,400000
execution,100,1,,,600000
packet,1,100,1000,2000,30
packet,1,100,4000,8000,10
packet,100,1,1000,2000,5
"""


def check_times():
    pathlib.Path("times.csv").write_text(TIMES)
    for kind in ("rate", "density"):
        call("plot", kind, "times.csv", "-o", kind + ".svg", "--quiet")
        xml.etree.ElementTree.parse(kind + ".svg")
    remarks, rows = table(pathlib.Path("rate.csv"))
    expect("rate: what made it", "commit: 0123abc" in remarks and "measured on one of ours" in remarks)
    expect("rate: as measured", [(row["phase"], row["autoencoders"], row["packets_per_second"]) for row in rows]
           == [("training", "100", "50000"), ("training", "1", "70000"), ("execution", "100", "400000"),
               ("execution", "1", "600000")])
    _, rows = table(pathlib.Path("density.csv"))
    decade = math.log10(2)
    expect("density: of one", [round(float(row["density"]) * decade, 12) for row in rows] == [0.75, 0.25, 1])
    for line, why in (("packet,1,100,1000,2000,-3", "line 8: '-3': expected a number above 0"),
                      ("other,1,100,1000,2000,3", "line 8: 'other': expected training, execution or packet"),
                      ("packet,1,100", "line 8: expected six fields")):
        pathlib.Path("bad_times.csv").write_text(TIMES.rsplit("packet,1,", 2)[0] + line + "\n")
        done = subprocess.run([NINETAILS, "plot", "density", "bad_times.csv", "-o", "bad.svg"], capture_output=True, text=True)
        expect(f"density: {why}: {done.stderr}", done.returncode == 2 and why in done.stderr)
        expect("density: nothing half-made", not pathlib.Path("bad.svg").exists())
    with open("long.h5", "wb") as file:
        file.write(pathlib.Path("q.h5").read_bytes())
        file.truncate(5 << 20)
    for other in ("q.h5", "long.h5"):
        done = subprocess.run([NINETAILS, "plot", "rate", other, "-o", "bad.svg"], capture_output=True, text=True)
        expect(f"rate: of {other}: {done.stderr}", done.returncode == 2 and "what packet_times_bench writes" in done.stderr)
    done = subprocess.run([NINETAILS, "plot", "rate", "times.csv", "-o", "times.svg", "--force"], capture_output=True, text=True)
    expect("rate: keeps what it is drawn from", done.returncode == 1 and pathlib.Path("times.csv").read_text() == TIMES)


INSPECTED = """packet,time,score,label,attack,source,destination,words
7,100.5,2,0,,10.0.0.1,10.0.0.9,"quoted, and ""twice\"\""
8,101,4,1,scan,10.0.0.2,10.0.0.9,x
9,160,8,1,scan,10.0.0.2,<b>,x
"""


def check_inspected():
    """Figures of the output of inspect --csv."""
    pathlib.Path("out.csv").write_text(INSPECTED)
    for kind in ("scores", "times", "sources", "destinations"):
        call("plot", "outlier-" + kind, "out.csv", "-o", "out_" + kind + ".svg", "--quiet")
        xml.etree.ElementTree.parse("out_" + kind + ".svg")
    rows = {kind: table(pathlib.Path("out_" + kind + ".csv"))[1] for kind in ("scores", "times", "sources", "destinations")}
    expect("outlier-scores", [(row["packet"], row["score"], row["label"]) for row in rows["scores"]]
           == [("7", "2", "benign"), ("8", "4", "attack"), ("9", "8", "attack")])
    expect("outlier-times: all are in a bin", [sum(int(row[c]) for row in rows["times"]) for c in ("benign", "attack")] == [1, 2])
    expect("outlier-times: the last one, too", rows["times"][-1]["attack"] == "1" and float(rows["times"][0]["from"]) == 100.5)
    expect("outlier-sources", [tuple(row.values()) for row in rows["sources"]] == [("10.0.0.2", "2", "2"), ("10.0.0.1", "1", "0")])
    expect("outlier-destinations", [tuple(row.values()) for row in rows["destinations"]] == [("10.0.0.9", "2", "1"), ("<b>", "1", "1")])
    for line, why in (("x,1,2,0,,a,b,c", "line 5: packet: expected a number"), ('9,1,2,0,"a', "line 5: a quote that does not end")):
        pathlib.Path("bad.csv").write_text(INSPECTED + line + "\n")
        done = subprocess.run([NINETAILS, "plot", "outlier-times", "bad.csv", "-o", "worse.svg"], capture_output=True, text=True)
        expect(f"outliers: {why}: {done.stderr}", done.returncode == 2 and why in done.stderr)


def check_notebook():
    """experiments/notebook.lua writes a page, with all of its pictures."""
    call("run", "notebook", "--quiet", "--set", "packets=20000", "--set", "folder=pages", "-o", "notebook.h5")
    page = pathlib.Path("pages/notebook.md").read_text()
    expect("notebook: its parts", page.count("\n## ") == 6 and "qualify" in page and "incidents" in page and "pages/" not in page)
    pictures = {path.name for path in pathlib.Path("pages/notebook").iterdir()}
    expect("notebook: its pictures", pictures == {line.rpartition("/")[2][:-1] for line in page.splitlines() if line.startswith("![")})
    for name in pictures:
        xml.etree.ElementTree.parse("pages/notebook/" + name)


HOSTILE = '"; system("touch owned") #`touch owned`@{/Bold x}\n<script>&\\'


def check_hostile():
    """A foreign result file, with a hostile name for its data set."""
    shutil.copy("q.h5", "hostile.h5")
    with h5py.File("hostile.h5", "r+") as f:
        names = f["runs"]["dataset"]
        names[:] = [HOSTILE] * len(names)
        f.attrs["commit"] = HOSTILE
    for kind in ("auc", "tpr", "roc", "m"):
        call("plot", kind, "hostile.h5", "-o", "hostile.svg", "--only", "ad_grace=16000", "--quiet")
        xml.etree.ElementTree.parse("hostile.svg")
        remarks, rows = table(pathlib.Path("hostile.csv"))
        expect("hostile: one line a remark", len(remarks) < 12)
        expect("hostile: nothing ran", not pathlib.Path("owned").exists())
    call("plot", "rmse", "hostile.h5:1", "-o", "hostile.svg", "--quiet")
    xml.etree.ElementTree.parse("hostile.svg")


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["XDG_CACHE_HOME"] = folder + "/cache"
        call("run", "quickstart", "-o", "q.h5", "--quiet")
        with h5py.File("q.h5") as f:
            best = int(numpy.argmax(column(f, "auc")))
            check_one_run(f, column(f, "run")[best])
            check_tables(f)
            check_dendrogram(f, column(f, "run")[best])
            check_time(f, column(f, "run")[best])
        check_compared()
        check_hostile()
        check_times()
        check_inspected()
        check_notebook()
        left = [name for name in os.listdir(folder) if name.startswith(".") or name.endswith(".tmp")]
        expect(f"nothing left: {left}", not left)
    print("every kind: numbers equal the result file's")


main()
