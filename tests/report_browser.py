#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page of `ninetails report` in a browser: it sorts, filters, zooms, changes its theme, works from the keyboard, shows the
numbers of the file, and writes nothing to the console. Exit code 77: no Chromium.

    report_browser.py NINETAILS MODULES     MODULES: a node_modules with axe-core, or a folder that is not there
"""
import bisect
import csv
import json
import math
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import h5py

import report_files
from browser import Browser
from report import check_hostile  # a file whose texts are markup

NINETAILS, AXE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]) / "axe-core/axe.min.js"
CELLS = "[...document.querySelectorAll('#runs tbody tr')].map((r) => [...r.children].map((c) => c.textContent))"
HEADS = "[...document.querySelectorAll('#runs thead th')].map((c) => c.textContent)"


def press(page, selector, text):
    page.run(f"[...document.querySelectorAll({json.dumps(selector)})].find((b) => b.textContent.startsWith({json.dumps(text)})).click()")


def column(page, name):
    at = [h.rstrip("\u25be\u25b4") for h in page.run(HEADS)].index(name)
    return [row[at] for row in page.run(CELLS)]


def auc_of(path):
    with h5py.File(path) as f:
        return f["runs/auc"][:]


def check_numbers(page, path):
    wanted = [f"{auc:.4f}" for auc in auc_of(path)]
    assert [cell.split()[0] for cell in column(page, "auc")] == wanted
    exact = page.run("""(() => { const at = [...document.querySelectorAll('#runs thead th')].findIndex((c) => c.textContent === 'auc');
        return [...document.querySelectorAll('#runs tbody tr')].map((r) => Number(r.children[at].title)); })()""")
    assert exact == auc_of(path).tolist()


def check_sorting(page, path):
    press(page, "#runs thead button", "auc")
    shown = [float(cell.split()[0]) for cell in column(page, "auc")]
    assert shown == sorted(shown, reverse=True) and len(set(shown)) > 5
    assert page.run("document.querySelector('#runs th[aria-sort]').getAttribute('aria-sort')") == "descending"
    assert page.run("document.activeElement.textContent").startswith("auc")
    page.key("Enter")
    shown = [float(cell.split()[0]) for cell in column(page, "auc")]
    assert shown == sorted(shown)


def check_filter(page, path):
    page.run("""(() => { const s = document.querySelector('#runs input[type=search]'); s.value = 'kitnet auc>=0.7 max_autoencoder=5';
        s.dispatchEvent(new Event('input')); })()""")
    with h5py.File(path) as f:
        wanted = ((f["runs/detector"].asstr()[:] == "kitnet") & (f["runs/auc"][:] >= 0.7) & (f["runs/max_autoencoder"][:] == 5)).sum()
    rows = column(page, "detector")
    assert 0 < len(rows) == wanted < 36 and set(rows) == {"kitnet"}, (len(rows), wanted)
    assert f"{wanted} of 36 rows" in page.run("document.querySelector('#runs [role=status]').textContent")
    # the CSV contains what is shown
    page.run("window.URL.createObjectURL = (blob) => { window.saved = blob; return '#'; }")
    press(page, "#runs button", "CSV")
    lines = page.run("window.saved.text()").strip().split("\n")
    assert len(lines) == wanted + 1 and "auc" in lines[0].split(","), lines[0]
    page.run("(() => { const s = document.querySelector('#runs input[type=search]'); s.value = ''; s.dispatchEvent(new Event('input')); })()")


PLOT = "document.querySelector('#scores .plot')"


def view(page):
    return page.run(f"[Number({PLOT}.dataset.low), Number({PLOT}.dataset.high)]")


def check_zoom(page):
    page.run(f"{PLOT}.scrollIntoView()")
    page.wait(f"{PLOT}.dataset.high !== undefined")
    whole = view(page)
    assert whole == [0, 5000], whole
    page.run("document.querySelector('#scores button[aria-label=\"Zoom in\"]').focus()")
    page.key("Enter")
    closer = view(page)
    assert closer[1] - closer[0] == 2500, closer
    press(page, "#scores figure button", "whole")
    assert view(page) == whole
    box = page.run(f"(() => {{ const r = {PLOT}.querySelector('.u-over').getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }})()")
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    page.mouse("mouseMoved", x, y)
    page.wait(f"!{PLOT}.querySelector('.tip').hidden")
    assert "packet" in page.run(f"{PLOT}.querySelector('.tip').textContent")
    page.mouse("mousePressed", x, y, "left", 1)
    page.mouse("mouseMoved", x + box[2] / 4, y, "left")
    page.mouse("mouseReleased", x + box[2] / 4, y, "left", 1)
    page.wait(f"{PLOT}.dataset.low > 2400")
    low, high = view(page)
    assert abs(low - 2500) < 20 and abs(high - 3750) < 20, (low, high)
    # the table of the figure covers the range that is drawn
    page.run("[...document.querySelectorAll('#scores details')].find((d) => d.textContent.startsWith('Scores of the stretch')).open = true")
    page.wait("document.querySelector('#scores details[open] tbody tr')")
    first = page.run("document.querySelector('#scores details[open] tbody td').textContent")
    assert abs(int(first.replace(",", "")) - low) < 60, (first, low)


def check_time_axis(page):
    press(page, "#scores button", "time")
    page.wait(f"Number({PLOT}?.dataset.high) < 1000")
    low, high = view(page)
    assert low == 0 and high > 0, (low, high)
    assert "time since the first packet" not in page.problems
    press(page, "#scores button", "packets")
    page.wait(f"Number({PLOT}?.dataset.high) === 5000")


def check_dendrogram(page, path):
    """Every feature by its name in the order of the leaves, and as many joins as there are between them."""
    with h5py.File(path) as f:
        features, profile = f["map/features"][:], f.attrs["profile"]
    names = page.run("[...document.querySelectorAll('.dendrogram text[text-anchor=end]')].map((t) => t.textContent)")
    told = subprocess.run([NINETAILS, "results", "export", path, "--array", "map"], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert names == [line.split(",")[2] for line in told.splitlines()[1:]] and len(names) == len(features), profile
    assert page.run("document.querySelectorAll('.dendrogram .join').length") == len(features) - 1


def ink(page):
    """Curves are stored packed: fewer curves take fewer bytes."""
    return page.run("document.querySelector('#curves canvas').toDataURL().length")


def check_curves(page):
    page.run("document.querySelector('#curves').scrollIntoView()")
    page.wait("document.querySelector('#curves canvas')")
    drawn = ink(page)
    press(page, "#curves button", "none")
    page.wait("true")
    assert 0 < ink(page) < drawn
    press(page, "#curves button", "all")
    press(page, "#curves button", "logarithmic")
    page.wait("Number(document.querySelector('#curves .plot')?.dataset.low) > 0")
    assert page.run("document.querySelector('#curves .plot').dataset.low") < "0.01"


def check_theme(page):
    colours = {}
    for theme in ("light", "dark"):
        press(page, "nav button", theme)
        colours[theme] = page.run("getComputedStyle(document.body).backgroundColor")
        assert page.run("document.documentElement.dataset.theme") == theme
    assert colours["light"] != colours["dark"], colours


def check_metric(page, path):
    page.run("(() => { const s = document.querySelector('nav select'); s.value = 'eer'; s.dispatchEvent(new Event('change')); })()")
    assert "eer" in page.run("document.querySelector('#effects').textContent")
    with h5py.File(path) as f:
        names, eer = f["runs/detector"].asstr()[:], f["runs/eer"][:]
        dataset = f["runs/dataset"].asstr()[:]
        least = min(eer[(names == "mahalanobis") & (dataset == dataset[0])])
    assert f"{least:.4f}" in page.run("document.querySelector('#best').textContent"), least


def check_keyboard(page):
    """Every button, select and link is reached by Tab alone, in the order of the page."""
    page.run("scrollTo(0, 0); document.activeElement.blur()")
    seen = set()
    for _ in range(12):
        page.key("Tab")
        seen.add(page.run("document.activeElement.tagName + document.activeElement.textContent.slice(0, 20)"))
    assert len(seen) > 8, seen


def check_axe(page):
    if not AXE.exists():
        print(f"report_browser: {AXE} is not there (npm ci in lua/report/web): accessibility is NOT tested")
        return
    page.run(AXE.read_text(encoding="utf-8") + "; 0")
    for theme, rules in (("light", ""), ("dark", ", runOnly: ['color-contrast']")):  # themes differ in colours only
        press(page, "nav button", theme)
        found = page.run("axe.run(document, {resultTypes: ['violations']" + rules + "}).then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact))"
                         ".map((v) => `${v.id}: ${v.nodes.length} x ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].failureSummary}`))")
        assert not found, "\n".join(found)


def check_probability(page, folder, path):
    """Scores coloured by their probability: `plot probability` has the same numbers."""
    page.run(f"{PLOT}.scrollIntoView()")
    page.wait(f"{PLOT}.querySelector('canvas')")
    by_class = page.run(f"{PLOT}.querySelector('canvas').toDataURL()")
    press(page, "#scores button", "probability")
    page.wait("document.querySelector('#scores .ramp')")
    assert page.run(f"{PLOT}.querySelector('canvas').toDataURL()") != by_class
    page.run("[...document.querySelectorAll('#scores details')].find((d) => d.textContent.startsWith('Scores of the stretch')).open = true")
    page.wait("document.querySelector('#scores details[open] tbody tr')")
    heads = page.run("[...document.querySelectorAll('#scores details[open] thead th')].map((c) => c.textContent)")
    rows = page.run("[...document.querySelectorAll('#scores details[open] tbody tr')].map((r) => [...r.children].map((c) => c.title))")
    told = {}
    for line in csv.DictReader(line for line in report_files.run(NINETAILS, "plot", "probability", path, "--numbers").splitlines() if not line.startswith("#")):
        told[float(line["score"])] = float(line["log10_probability"])
    scores = sorted(told)
    at, compared = heads.index("log10 p of the highest"), 0
    for row in rows:
        high = max(float(row[k]) for k, name in enumerate(heads) if name.endswith("high") and row[k])
        near = scores[min(bisect.bisect_left(scores, high * (1 - 1e-7)), len(scores) - 1)]  # the page has single precision
        if math.isclose(near, high, rel_tol=1e-7):
            assert math.isclose(float(row[at]), told[near], rel_tol=1e-4, abs_tol=1e-6), (high, row[at], told[near])
            compared += 1
    assert compared > len(rows) / 2 > 50, (compared, len(rows))
    press(page, "#scores button", "label")
    assert page.run(f"{PLOT}.querySelector('canvas').toDataURL()") == by_class


def check_outliers(page):
    """Their numbers are those of the page's data; names of hosts are there, bars are SVG."""
    words = page.run("document.querySelector('#outliers').textContent")
    data = page.run("JSON.parse(document.getElementById('data').textContent).outliers")
    assert f"{data['count']:,} of {data['scored']:,} scored packets qualify" in words, words[:300]
    for which, hosts in ((0, data["sources"]), (1, data["destinations"])):
        svg = f"document.querySelectorAll('#outliers svg.bars')[{which}]"
        texts = page.run(f"[...{svg}.querySelectorAll('text')].map((t) => t.textContent)")
        assert texts == [t for h in hosts["hosts"] for t in (h[0], f"{h[1]:,}")], texts
        widths = page.run(f"[...{svg}.querySelectorAll('rect')].map((r) => r.getBoundingClientRect().width)")
        assert len(widths) >= len(hosts["hosts"]) and max(widths) > 50, widths
    page.run("document.querySelector('#outliers').scrollIntoView()")
    page.wait("document.querySelectorAll('#outliers canvas').length === 2")
    page.run("[...document.querySelectorAll('#outliers details')].forEach((d) => { d.open = true; })")
    page.wait("document.querySelectorAll('#outliers details[open] tbody').length === 4")
    first = page.run("document.querySelector('#outliers details[open] tbody td').title")
    assert int(first) == data["points"][0][0]


def check_page(page, path, sections):
    page.open(path.as_uri())
    page.wait("document.querySelectorAll('section').length > 0")
    there = page.run("[...document.querySelectorAll('section')].map((s) => s.id)")
    assert there == sections, there
    page.wait("[...document.querySelectorAll('.plot')].every((p) => p.querySelector('canvas'))")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")
    assert not page.problems, page.problems


# Opens every fold, so that all commands of the page exist.
COMMANDS = """(async () => { for (const d of document.querySelectorAll('details')) d.open = true;
    await new Promise((r) => setTimeout(r)); return [...document.querySelectorAll('.command code')].map((c) => c.textContent); })()"""


def check_commands(page, folder, path):
    """Every command beside a part of the page runs as printed and prints the numbers of that part."""
    printed = {}
    for words in dict.fromkeys(page.run(COMMANDS)):
        words_ = shlex.split(words)
        assert words_[0] == "ninetails", words
        if words_[1] == "report":
            continue
        done = subprocess.run([NINETAILS, *words_[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env={**os.environ, "COLUMNS": "400"})
        assert done.returncode in ((0, 3) if words_[2] == "diff" else (0,)), (words, done.returncode, done.stderr)
        printed[words] = done.stdout
    every = "\n".join(printed.values())
    exact = set(re.findall(r"[^,\s]+", every))
    for row in page.run("[...document.querySelectorAll('#runs tbody tr')].map((r) => [...r.children].map((c) => c.title)).flat().filter((t) => t !== '')"):
        assert row in exact or any(math.isclose(float(row), x, rel_tol=1e-15) for x in numbers_of(exact)), row
    for section, cells in (("best", 1), ("effects", 1)):
        means = page.run(f"[...document.querySelectorAll('#{section} td[title]')].map((c) => c.title.split(',')[0])")
        assert len(means) >= cells or section == "effects"
        known = sorted(numbers_of(exact))
        for mean in filter(math.isfinite, map(float, means)):
            at = bisect.bisect_left(known, mean * (1 - 1e-9) if mean >= 0 else mean * (1 + 1e-9))
            rounded = f"{mean:.4f}" in exact or str(int(mean)) in exact
            assert rounded or (at < len(known) and math.isclose(known[at], mean, rel_tol=1e-9)), (section, mean)
    return printed


def check_difference(page, printed):
    """What A and B differ in is what `results diff` finds."""
    told = next(json.loads(subprocess.run([NINETAILS, *shlex.split(words)[1:], "--json"], stdout=subprocess.PIPE, check=False).stdout)
                for words in printed if shlex.split(words)[2] == "diff")
    page.run("document.querySelector('#files input[type=checkbox]').click()")
    page.run("[...document.querySelectorAll('#files button')].filter((b) => b.textContent.startsWith('show')).forEach((b) => b.click())")
    rows = page.run("[...document.querySelectorAll('#files tbody tr')].map((r) => [...r.children].map((c) => c.title || c.textContent))")
    changes = [c for run in told["runs"] for c in run["metrics"]]
    assert len(rows) == len(changes) > 10, (len(rows), len(changes))
    for row, change in zip(rows, changes):
        assert row[1] == change["name"] and row[2] == change["verdict"], (row, change)
        for shown, value in ((row[3], change["a"]), (row[4], change["b"])):
            assert value is None or float(shown) == value, (row, change)


def numbers_of(words):
    numbers = []
    for word in words:
        try:
            numbers.append(float(word))
        except ValueError:
            continue
    return [x for x in numbers if math.isfinite(x)]


def main():
    browser = Browser.start()
    if not browser:
        print("report_browser: there is no chromium: SKIPPED")
        return 77
    with tempfile.TemporaryDirectory() as name, browser as page:
        folder = pathlib.Path(name)
        path, html = report_files.sweep(NINETAILS, folder), folder / "page.html"
        report_files.run(NINETAILS, "report", path, "-o", html, "--quiet")
        check_page(page, html, ["runs", "best", "curves", "scores", "effects", "differences", "cost", "attacks", "provenance"])
        check_numbers(page, path)
        check_sorting(page, path)
        check_filter(page, path)
        check_curves(page)
        check_zoom(page)
        check_theme(page)
        check_metric(page, path)
        check_keyboard(page)
        check_time_axis(page)
        printed = check_commands(page, folder, path)
        assert any("--array roc" in words for words in printed) and any("plot pairs" in words for words in printed)
        assert not page.problems, page.problems
        other = report_files.other(NINETAILS, folder)
        small = folder / "small.html"  # fewer points, since axe checks each of them
        report_files.run(NINETAILS, "report", path, other, "-o", small, "--quiet", "--detail", 3, "--only", "dataset=ssdp*")
        page.open(small.as_uri())
        check_axe(page)
        report_files.run(NINETAILS, "report", path, other, "-o", html, "--quiet", "--detail", 4)
        check_page(page, html, ["files", "runs", "best", "curves", "scores", "effects", "differences", "cost", "attacks", "provenance"])
        printed = check_commands(page, folder, path)
        assert any(shlex.split(words)[1:3] == ["results", "diff"] for words in printed), list(printed)
        for file in (path, other):  # each part beside a command of its own file
            for part in ("results export", "results summary", "results show", "plot effects"):
                assert any(f" {part} {file}" in words for words in printed), (part, file)
        check_difference(page, printed)
        bad = check_hostile(folder, path)
        check_page(page, folder / "page.html", ["runs", "best", "curves", "scores", "effects", "differences", "cost", "attacks", "provenance"])
        assert page.run("document.querySelectorAll('img, script[src]').length") == 0 and bad.exists()
        scores = report_files.scoring(NINETAILS, folder)
        report_files.run(NINETAILS, "report", scores, "--capture", folder / "m.pcap", "--threshold", "mean+0.5sd", "-o", html, "--quiet")
        check_page(page, html, ["runs", "best", "curves", "scores", "outliers", "attacks", "provenance"])
        check_probability(page, folder, scores)
        check_outliers(page)
        check_dendrogram(page, scores)
        printed = check_commands(page, folder, scores)
        assert len(printed) >= 11 and any(" inspect " in words for words in printed), list(printed)
        page.open(html.as_uri())  # with nothing behind its charts shown
        check_axe(page)
    print("report_browser: the page works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
