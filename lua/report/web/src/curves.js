// SPDX-License-Identifier: GPL-3.0-or-later
// ROC and precision-recall curves of the runs that have details, a data set at a time.
import { chart, style, swatch, whisker } from "./chart.js";
import { behind, buttons, choice, command, h, replace, section } from "./dom.js";
import { interval } from "./model.js";
import { floats, groupBy, isNumber, short, shown } from "./numbers.js";
import { plain, table } from "./table.js";

const FIRST = 6; // curves that are drawn unasked

function readCurve(curve, x, y) {
  if (!curve) return null;
  return { x: floats(curve[x]), y: floats(curve[y]), threshold: floats(curve.threshold), deviation: curve.deviation };
}

function readDetail(file, detail) {
  return { detail, run: file.byRow.get(detail.row), roc: readCurve(detail.roc, "fpr", "tpr"),
    pr: readCurve(detail.precision_recall, "recall", "precision") };
}

// The least false positive rate that a logarithmic axis shows: that of one packet, as a power of ten.
function floorOf(list) {
  const most = Math.max(...list.map((d) => d.run.benign ?? 1e4));
  return 10 ** Math.max(-7, Math.floor(Math.log10(1 / most)));
}

function lines(list, which, log, floor, hidden) {
  return list.map((d, i) => ({ ...style(i), label: d.detail.label, hidden: hidden[i], source: d,
    x: Array.from(d[which].x, (x) => (log ? Math.max(x, floor) : x)), y: d[which].y }));
}

// Intervals of the true positive rate at a false positive rate of 0.001, where the file has them.
function drawIntervals(u, c, all) {
  for (const line of all) {
    const run = line.source.run;
    if (line.hidden || !isNumber(run.tpr_at_fpr_1em3_block_low)) continue;
    whisker(u, c, 1e-3, run.tpr_at_fpr_1em3_block_low, run.tpr_at_fpr_1em3_block_high, line.colour);
  }
}

function describe(which, x, y) {
  return (line, i) => {
    const curve = line.source[which];
    return `${line.label}\n${x} ${short(curve.x[i])}  ${y} ${short(curve.y[i])}\nthreshold ${short(curve.threshold[i])}`;
  };
}

function pointsTable(list, which, x, y) {
  const rows = list.flatMap((d) => Array.from(d[which].x, (v, i) => ({ d, i })));
  const value = (name) => (row) => row.d[which][name][row.i];
  return table(rows, [plain("run", (r) => r.d.detail.label), plain(x, value("x"), (r) => short(value("x")(r), 6), { right: true }),
    plain(y, value("y"), (r) => short(value("y")(r), 6), { right: true }),
    plain("threshold", value("threshold"), (r) => short(value("threshold")(r), 6), { right: true })], { high: true, label: `Points of ${y} over ${x}` }).element;
}

function legend(file, list, hidden, toggle) {
  const auc = file.column.get("auc"), ap = file.column.get("average_precision");
  const inputs = list.map((d, i) => h("input", { type: "checkbox", checked: !hidden[i], onchange: (e) => toggle(i, e.target.checked) }));
  const told = (run, name, column) => {
    if (run[name] === undefined) return "";
    const ends = interval(file, run, name);
    return `, ${name === "auc" ? "AUC" : "average precision"} ${shown(run[name], column)}${ends ? ` [${shown(ends.low, column)}, ${shown(ends.high, column)}]` : ""}`;
  };
  const items = list.map((d, i) => {
    return h("li", {}, h("label", {}, inputs[i], swatch(i),
      h("span", {}, `${d.detail.label}`, h("span", { class: "soft" }, told(d.run, "auc", auc), told(d.run, "average_precision", ap), d.detail.of > 1 ? `; the median of ${d.detail.of} repeats` : ""))));
  });
  const set = (to) => () => inputs.forEach((input, i) => { input.checked = to; toggle(i, to); });
  return h("div", {}, list.length > 3 && h("div", { class: "controls" }, h("button", { type: "button", onclick: set(true) }, "all curves"),
    h("button", { type: "button", onclick: set(false) }, "none")), h("ul", { class: "legend" }, items));
}

function drawPlace(file, list, log, hidden) {
  const floor = floorOf(list);
  const roc = chart({ title: "ROC", label: `ROC curves of ${list.length} runs; the table below has their points`, height: 380,
    x: { label: "false positive rate", log, range: [log ? floor : 0, 1] }, y: { label: "true positive rate", range: [0, 1.005] },
    lines: lines(list, "roc", log, floor, hidden), describe: describe("roc", "FPR", "TPR"), draw: (u, c) => drawIntervals(u, c, roc.lines) });
  const prs = list.filter((d) => d.pr);
  const pr = prs.length === list.length && chart({ title: "Precision and recall", label: `Precision-recall curves of ${prs.length} runs; the table below has their points`, height: 380,
    x: { label: "recall", range: [0, 1] }, y: { label: "precision", range: [0, 1.005] }, lines: lines(list, "pr", false, 0, hidden),
    describe: describe("pr", "recall", "precision") });
  const toggle = (i, whether) => {
    hidden[i] = !whether;
    roc.show(i, whether);
    if (pr) pr.show(i, whether);
  };
  const some = list.find((d) => isNumber(d.run.tpr_at_fpr_1em3_block_low));
  const printed = (d) => ["roc", d.pr && "precision-recall"].filter(Boolean).map((name) => command(`ninetails results export ${file.word} ${d.detail.key} --array ${name}`));
  return [h("div", { class: "pair" }, roc.element, pr && pr.element), legend(file, list, hidden, toggle),
    some && h("p", { class: "soft" }, `Upright bars: interval of the true positive rate at a false positive rate of 0.001, by the block bootstrap${isNumber(some.run.level) ? `, at ${some.run.level * 100} %` : ""}.`),
    h("p", { class: "soft" }, "Curves are thinned to what a plot needs: no point of the whole curve lies further than ",
      short(Math.max(...list.map((d) => d.roc.deviation || 0))), " from what is drawn. On the logarithmic axis rates below its end are drawn at it."),
    list.length === 1 ? printed(list[0]) : behind("Commands that print the points", () => h("ul", { class: "legend" }, list.map((d) => h("li", {}, d.detail.label, printed(d))))),
    behind("Points of the ROC curves", () => pointsTable(list, "roc", "fpr", "tpr")),
    prs.length > 0 && behind("Points of the precision-recall curves", () => pointsTable(prs, "pr", "recall", "precision"))];
}

// One file's curves, or null.
function fileCurves(file) {
  const list = file.details.map((d) => readDetail(file, d)).filter((d) => d.roc);
  if (list.length === 0) return null;
  const byPlace = groupBy(list, (d) => d.detail.place), where = h("div");
  let place = [...byPlace.keys()][0], log = false;
  const hidden = new Map([...byPlace].map(([name, of]) => [name, of.map((_, i) => i >= FIRST)]));
  const draw = () => replace(where, drawPlace(file, byPlace.get(place), log, hidden.get(place)));
  draw();
  const left = file.configurations - file.details.length;
  return [h("div", { class: "controls" },
    byPlace.size > 1 && choice("Data set", [...byPlace.keys()].map((p) => ({ value: p, text: p })), place, (p) => { place = p; draw(); }),
    h("span", {}, "False positive rate"), buttons("Axis of the false positive rate", [{ value: false, text: "linear" }, { value: true, text: "logarithmic" }], log, (v) => { log = v; draw(); })),
  where, left > 0 && h("p", { class: "soft" }, `${file.details.length} of ${file.configurations} configurations have curves here: --detail N takes more.`),
  ];
}

export function curves(files) {
  const parts = files.map((file) => [file, fileCurves(file)]).filter(([, part]) => part);
  if (parts.length === 0) return null;
  return section("curves", "Curves", parts.map(([file, part]) => [parts.length > 1 && h("h3", {}, file.path), part]));
}
