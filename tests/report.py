#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of `ninetails report` show the numbers of their files, and hostile texts stay texts.

    report.py NINETAILS
"""
import base64
import collections
import csv
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy

import report_files

NINETAILS = pathlib.Path(sys.argv[1]).resolve()
HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'&<!--'


def make(folder, *words):
    page = folder / "page.html"
    report_files.run(NINETAILS, "report", *words, "-o", page, "--quiet", "--force")
    text = page.read_text(encoding="utf-8")
    block = re.search(r'<script id="data" type="application/json">(.*?)</script>', text, re.S).group(1)
    return text, json.loads(block), block


def floats(text, kind="<f4"):
    return numpy.frombuffer(base64.b64decode(text), kind)


def same(a, b):
    if isinstance(b, float) and math.isinf(b):  # for which JSON has no number
        return a == ("inf" if b > 0 else "-inf")
    return a == b or (a is None and isinstance(b, float) and math.isnan(b))


def check_table(data, path):
    """The table of runs equals the file's, bit for bit."""
    file, values = data["files"][0], 0
    with h5py.File(path) as f:
        for k, column in enumerate(file["columns"]):
            dataset = f["runs"][column["name"]]
            stored = dataset.asstr()[:] if dataset.dtype == object else dataset[:]
            for i, row in enumerate(file["runs"]):
                value = stored[file["rows"][i] - 1]
                value = value.item() if hasattr(value, "item") else value
                if value == "" or value == dataset.attrs.get("_FillValue"):
                    value = None
                assert same(row[k], value), (column["name"], i, row[k], value)
                values += value is not None
    assert len(file["runs"]) == 36 and values > 1000, (len(file["runs"]), values)


def check_timeline(detail, scores, labels):
    timeline, size = detail["timeline"], detail["timeline"]["size"]
    for name, label in (("benign", 0), ("attack", 1)):
        of = numpy.where((labels == label) & numpy.isfinite(scores), scores, numpy.nan)
        of = numpy.pad(of, (0, -len(of) % size), constant_values=numpy.nan).reshape(-1, size).astype("<f4")
        with numpy.errstate(all="ignore"):
            low = numpy.array([numpy.nan if numpy.isnan(b).all() else numpy.nanmin(b) for b in of])
            high = numpy.array([numpy.nan if numpy.isnan(b).all() else numpy.nanmax(b) for b in of])
        numpy.testing.assert_array_equal(floats(timeline[name]["high"]), high)
        if size > 1:
            numpy.testing.assert_array_equal(floats(timeline[name]["low"]), low)


def check_histogram(detail, scores, labels):
    g = detail["histogram"]
    usable = numpy.isfinite(scores) & (scores > 0)
    assert g["low"] == math.log10(scores[usable].min()) and g["high"] == math.log10(scores[usable].max())
    for name, label in (("benign", 0), ("attack", 1)):
        of = numpy.log10(scores[usable & (labels == label)])
        bins = numpy.minimum(((of - g["low"]) / (g["high"] - g["low"]) * 60).astype(int), 59)
        assert g[name] == numpy.bincount(bins, minlength=60).tolist()
    before = int(numpy.argmax(labels != 0)) if labels.any() else 0
    fitted = slice(0, before) if before >= 100 else slice(None)
    assert g["fit"]["of"] == ("the scored packets before the first attack" if before >= 100 else "all benign scored packets")
    benign = numpy.log(scores[fitted][(usable & (labels == 0))[fitted]])
    assert math.isclose(g["fit"]["mean"], benign.mean(), rel_tol=1e-12) and g["fit"]["used"] == len(benign)
    assert math.isclose(g["fit"]["deviation"], benign.std(), rel_tol=1e-12)


def check_details(data, path):
    """Curves, scores and feature maps of the runs that have them."""
    sizes = set()
    with h5py.File(path) as f:
        for detail in data["files"][0]["details"]:
            run = f["run"][detail["key"]]
            for name, axes in (("roc", ("fpr", "tpr")), ("precision_recall", ("recall", "precision"))):
                for axis in (*axes, "threshold"):
                    numpy.testing.assert_array_equal(floats(detail[name][axis]), run[name][axis][:].astype("<f4"))
                assert not detail[name]["computed"]
            stored, place = run["scores"], f["data"][run["scores"].attrs["data"]]
            first = stored.attrs["first"]
            assert detail["first"] == first and detail["count"] == len(stored)
            scores, labels = stored[:], place["labels"][first:first + len(stored)]
            check_timeline(detail, scores, labels)
            check_histogram(detail, scores, labels)
            times = floats(detail["timeline"]["time"], "<f8")
            numpy.testing.assert_array_equal(times, place["timestamps"][first:][::detail["timeline"]["size"]])
            sizes.add(detail["timeline"]["size"])
            if "map" in run:
                assert detail["map"]["sizes"] == run["map/sizes"][:].tolist()
                assert detail["map"]["features"] == run["map/features"][:].tolist()
                assert detail["map"]["distances"] == run["map/distances"][:].tolist()
    assert len(data["files"][0]["details"]) == 24 and len(sizes) > 1 and max(sizes) > 1, sizes


def check_commands(data, path):
    """A page's comparison equals the output of the command beside it."""
    comparison = data["files"][0]["comparison"]
    words = comparison["command"].split()
    assert words[:3] == ["ninetails", "results", "compare"], words
    assert comparison["found"] == json.loads(report_files.run(NINETAILS, *words[1:], "--json"))
    assert comparison["diagram"].startswith("<svg ")
    assert comparison["found"]["over_all"]["ranks"] and len(comparison["found"]["data_sets"]) == 3


def check_outliers(folder, path):
    """Packets that stand out are those of `inspect`, all counted, drawn as far as a picture can show them."""
    capture = folder / "m.pcap"
    found = make(folder, path, "--capture", capture, "--threshold", "mean+0.5sd")[1]["outliers"]
    words = found["command"].split()
    assert words[-3:] == ["--threshold", "mean+0.5sd", "--csv"], words
    rows = list(csv.DictReader(report_files.run(NINETAILS, *words[1:]).splitlines()))
    assert found["count"] == len(rows) > 100 and found["labelled"], len(rows)
    first = min(float(r["time"]) for r in rows)
    assert found["first"] == first and found["last"] == max(float(r["time"]) for r in rows) - first
    points = {int(r["packet"]): [int(r["packet"]), float(r["time"]) - first, float(r["score"]), int(r["label"] == "1")] for r in rows}
    assert all(point == points[point[0]] for point in found["points"])
    assert max(p[2] for p in found["points"]) == max(p[2] for p in points.values())
    if not found["thinned"]:
        assert len(found["points"]) == len(rows)
    attacks = sum(r["label"] == "1" for r in rows)
    assert [sum(bin[k] for bin in found["bins"]) for k in (1, 2)] == [len(rows) - attacks, attacks]
    for name in ("source", "destination"):
        count = collections.Counter(r[name] for r in rows)
        shown = found[name + "s"]
        assert len(shown["hosts"]) + shown["more"] == len(count) and len(shown["hosts"]) <= 20
        assert [h[1] for h in shown["hosts"]] == sorted(count.values(), reverse=True)[:20]
        assert all(count[h[0]] == h[1] and sum(r[name] == h[0] and r["label"] == "1" for r in rows) == h[2] for h in shown["hosts"])
    none = make(folder, path, "--capture", capture, "--threshold", "mean+1e9sd")[1]["outliers"]
    assert none["count"] == 0 and "points" not in none
    code, said = refuses(folder, path, path, "--capture", capture)
    assert code == 1 and "--capture: expected one file, got 2" in said, said
    code, said = refuses(folder, folder / "sweep.h5", "--capture", capture)
    assert code == 1 and "has 36 runs: name one by --only" in said, said
    code, said = refuses(folder, path, "--threshold", "mean+1sd")
    assert code == 1 and "goes with --capture" in said, said
    code, said = refuses(folder, path, "--capture", path)
    assert code == 2 and not (folder / "report.html").exists(), said
    if shutil.which("gnuplot"):
        figures = folder / "outliers"
        report_files.run(NINETAILS, "report", path, "--capture", capture, "--threshold", "mean+0.5sd", "--figures", figures, "--quiet")
        for name in ("scores", "times", "sources", "destinations"):
            assert (figures / f"outlier-{name}.svg").exists() and (figures / f"outlier-{name}.pdf").exists()
        drawn = [line for line in (figures / "outlier-scores.csv").read_text().splitlines() if not line.startswith("#")]
        assert len(drawn) == len(rows) + 1, len(drawn)


def check_scoring(folder):
    path = report_files.scoring(NINETAILS, folder)
    _, data, _ = make(folder, path)
    file, detail = data["files"][0], data["files"][0]["details"][0]
    with h5py.File(path) as f:
        first = len(f["scores"]) - f.attrs["packets_scored"]
        scores, labels = f["scores"][first:], f["labels"][first:]
        row = dict(zip((c["name"] for c in file["columns"]), file["runs"][0]))
        for name in ("auc", "eer", "threshold", "fm_grace", "scored", "seed"):
            assert row[name] == f.attrs[name].item(), (name, row[name], f.attrs[name])
        assert dict(file["notes"])["cpu"] == f.attrs["cpu"] and detail["first"] == first
        assert [a["attack"] for a in file["attacks"]] == (f["attacks/attack"].asstr()[:].tolist() if "attacks" in f else [])
    check_timeline(detail, scores, labels)
    check_histogram(detail, scores, labels)
    assert "outliers" not in data
    check_outliers(folder, path)
    fpr, tpr = floats(detail["roc"]["fpr"]), floats(detail["roc"]["tpr"])
    area = numpy.trapz(tpr.astype(float), fpr.astype(float))
    assert detail["roc"]["computed"] and abs(area - row["auc"]) < 1e-3, (area, row["auc"])


def check_two(folder, path):
    other = report_files.other(NINETAILS, folder)
    _, data, _ = make(folder, path, other, "--detail", 4)
    assert [len(f["details"]) for f in data["files"]] == [2, 2]
    told = subprocess.run([NINETAILS, "results", "diff", path, other, "--json"], stdout=subprocess.PIPE, text=True, check=False).stdout
    told = json.loads(told)
    pairs = data["difference"]["pairs"]
    verdicts = [c["verdict"] for p in pairs for c in p["changes"]]
    assert len(pairs) > 0 and verdicts == [c["verdict"] for p in told["runs"] for c in p["metrics"]], (len(pairs), verdicts[:5])
    assert data["difference"]["changed"][0]["name"] == "profile", data["difference"]["changed"]


def check_print(folder, path):
    """--pdf and --figures: each figure with its numbers, each table with those of the file, for any texts."""
    if not shutil.which("gnuplot") or not shutil.which("rsvg-convert"):
        print("report: gnuplot or rsvg-convert is not there: --pdf and --figures are NOT tested")
        return
    figures = folder / "figures"
    said = report_files.run(NINETAILS, "report", path, "--pdf", "--figures", figures, "--detail", 1, "--only", "dataset=os*,ssdp*",
                            "--only", "replicate=1", "-o", folder / "print.html", "--force")
    assert "print.html" in said and "print.pdf" in said, said
    stems = {p.stem for p in figures.iterdir()}
    assert {"auc", "eer", "tpr", "pairs", "differences", "cost"} <= stems and any(s.startswith("rmse-") for s in stems), stems
    for stem in stems:
        assert {p.suffix for p in figures.iterdir() if p.stem == stem} == {".svg", ".pdf", ".csv"}, stem
        assert (figures / f"{stem}.csv").read_text().startswith("# figure: ")
    pdf = folder / "print.pdf"
    assert pdf.read_bytes()[:5] == b"%PDF-"
    if shutil.which("pdftotext"):
        words = subprocess.run(["pdftotext", "-layout", pdf, "-"], stdout=subprocess.PIPE, text=True, check=True).stdout
        with h5py.File(path) as f:
            chosen = [i for i, name in enumerate(f["runs/dataset"].asstr()) if name[:2] in ("os", "ss") and f["runs/replicate"][i] == 1]
            assert len(chosen) == 16 and all(f"{f['runs/auc'][i]:.4f}" in words for i in chosen)
            assert f.attrs["commit"] in words and "AUC of each detector" in words and "$ ninetails results summary" in words


def check_hostile(folder, path):
    """The texts of a forged file."""
    bad = folder / "bad.h5"
    shutil.copy(path, bad)
    with h5py.File(bad, "r+") as f:
        for name in ("dataset", "detector"):
            texts = [HOSTILE + str(i % 3) for i in range(len(f["runs/run"]))]
            f["runs"][name][:] = texts
        f.attrs["host"] = HOSTILE
    text, data, block = make(folder, bad, "--no-tests")
    assert "<" not in block and HOSTILE not in text and "<img" not in text
    file = data["files"][0]
    assert dict(file["notes"])["host"] == HOSTILE and file["details"][0]["label"].startswith(HOSTILE)
    return bad


def check_shape(text, size):
    head = text[:text.index("<style>")]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', head).group(1)
    assert policy.startswith("default-src 'none'; script-src 'sha256-") and "unsafe" not in policy, policy
    assert len(re.findall(r"<script", text)) == 2 and not re.search(r"""(src|href)=["']?(https?:)?//""", text)
    assert len(text) < size, len(text)


def refuses(folder, *words):
    done = subprocess.run([NINETAILS, "report", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder)
    return done.returncode, done.stderr


def check_refusals(folder, path):
    code, said = refuses(folder, path, "-o", path)
    assert code == 1 and "is there, and is not a page of ninetails report" in said, said
    code, said = refuses(folder, path, "--metric", "auk")
    assert code == 1 and "did you mean auc?" in said and not (folder / "report.html").exists(), said
    code, said = refuses(folder, folder / "report.lua")
    assert code == 2 and "report.lua" in said, (code, said)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = report_files.sweep(NINETAILS, folder)
        text, data, _ = make(folder, path)
        check_shape(text, 3e6)
        check_table(data, path)
        check_details(data, path)
        check_commands(data, path)
        check_scoring(folder)
        check_two(folder, path)
        bad = check_hostile(folder, path)
        check_print(folder, path)
        if shutil.which("gnuplot") and shutil.which("rsvg-convert"):
            report_files.run(NINETAILS, "report", bad, "--pdf", "--no-tests", "--detail", 1, "--only", "seed=1234", "-o", folder / "bad.html", "--quiet")
        check_refusals(folder, path)
    print("report: the page's numbers are the files'")


if __name__ == "__main__":
    main()
