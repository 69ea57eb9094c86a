// SPDX-License-Identifier: GPL-3.0-or-later
// What `ninetails results compare` finds: differences from a reference with their intervals first, then ranks over data sets.
import { chart, ruler } from "./chart.js";
import { command, h, section } from "./dom.js";
import { colour } from "./chart.js";
import { isNumber, short } from "./numbers.js";
import { plain, table } from "./table.js";

const signed = (x) => (isNumber(x) ? (x > 0 ? "+" : "") + short(x) : "-");
const pText = (x) => (isNumber(x) ? (x < 0.001 ? x.toExponential(1) : x.toFixed(3)) : "-");

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}\u2026` : text);

// Differences as points with intervals, one a row, the reference at 0.
function forest(found, entry) {
  const tests = entry.tests.filter((t) => isNumber(t.low) && isNumber(t.high));
  if (tests.length === 0) return null;
  const ends = tests.flatMap((t) => [t.low, t.high, t.difference]).concat(0), low = Math.min(...ends), high = Math.max(...ends), pad = (high - low) * 0.06 || 0.01;
  const at = (i) => tests.length - i, names = tests.map((t) => t.detector);
  const letters = Math.min(40, Math.max(...names.map((n) => n.length))), wide = 16 + 6.6 * letters;
  const view = chart({ title: `${entry.dataset}: ${found.metric}, difference from ${found.reference}`, label: "Differences with intervals; the table below has them", zoom: false, height: 90 + 26 * tests.length,
    x: { label: `difference in ${found.metric}`, range: [low - pad, high + pad] },
    y: { label: "", size: wide, range: [0.3, tests.length + 0.7], splits: tests.map((_, i) => at(i)), values: (u, s) => s.map((v) => cut(names[tests.length - v], letters)) }, lines: [],
    draw: (u, c) => {
      ruler(u, c, { x: 0, word: "" });
      const ratio = devicePixelRatio;
      tests.forEach((t, i) => {
        const y = u.valToPos(at(i), "y", true);
        c.strokeStyle = c.fillStyle = colour("c0");
        c.lineWidth = 2 * ratio;
        c.beginPath();
        c.moveTo(u.valToPos(t.low, "x", true), y);
        c.lineTo(u.valToPos(t.high, "x", true), y);
        c.stroke();
        c.beginPath();
        c.arc(u.valToPos(t.difference, "x", true), y, 4 * ratio, 0, 7);
        c.fill();
      });
    },
    hover: (u) => {
      const i = tests.length - Math.round(u.posToVal(u.cursor.top, "y"));
      return tests[i] ? `${names[i]}\n${signed(tests[i].difference)} [${signed(tests[i].low)}, ${signed(tests[i].high)}]\np ${pText(tests[i].p)}, after Holm ${pText(tests[i].holm)}` : null;
    } });
  return view.element;
}

function testTable(found, entry) {
  const drawn = entry.tests.filter((t) => isNumber(t.low) && isNumber(t.high)), right = { right: true };
  const rows = [...drawn, ...entry.tests.filter((t) => !drawn.includes(t))];
  return table(rows, [plain("detector", (t) => t.detector), plain(found.metric, (t) => t.value, (t) => short(t.value), right),
    plain("difference", (t) => t.difference, (t) => signed(t.difference), right), plain("interval", (t) => t.low ?? undefined, (t) => (isNumber(t.low) ? `[${signed(t.low)}, ${signed(t.high)}]` : "-"), right),
    plain("p", (t) => t.p ?? undefined, (t) => pText(t.p), right), plain("after Holm", (t) => t.holm ?? undefined, (t) => pText(t.holm), right),
    plain("blocks (with attacks)", (t) => t.blocks ?? undefined, (t) => (isNumber(t.blocks) ? `${t.blocks} (${t.attack_blocks})` : "-"), right),
    plain("note", (t) => t.note ?? (t.at_floor ? "least p possible" : ""), null, { wrap: true })], { label: `Differences on ${entry.dataset}` }).element;
}

function chosenTable(entry) {
  if (!entry.configurations) return null;
  return table(entry.configurations, [plain("detector", (c) => c.detector), plain("configuration", (c) => c.configuration ?? undefined), plain("chosen", (c) => c.chosen), plain("of", (c) => c.of, null, { right: true }),
    plain("mean of all", (c) => c.mean ?? undefined, (c) => short(c.mean), { right: true }), plain("deviation of all", (c) => c.deviation ?? undefined, (c) => short(c.deviation), { right: true })], { label: "Configurations", caption: "Chosen without the labels of this data set" }).element;
}

// SVG of the program's own, whose texts are escaped there; it is parsed as XML, in which nothing runs.
function drawing(text) {
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (svg.nodeName !== "svg") return null;
  svg.setAttribute("role", "img");
  return h("figure", { class: "drawing" }, h("figcaption", {}, "Critical difference"), document.importNode(svg, true));
}

function ranks(found, svg) {
  const all = found.over_all;
  if (!all?.ranks) return all?.why_not && h("p", {}, `Over data sets: ${all.why_not}.`);
  const right = { right: true }, holm = new Map((all.against ?? []).map((t) => [t.detector, t]));
  return [h("h3", {}, `Ranks over ${all.datasets.length} data sets`), all.why_not && h("p", {}, `No test: ${all.why_not}.`),
    isNumber(all.p) && h("p", {}, `Friedman chi-square ${short(all.chi_square)}, p ${pText(all.p)} (${all.method}); Nemenyi's critical difference ${short(all.critical_difference)} at ${all.alpha}.`),
    svg && drawing(svg), table(all.ranks, [plain("detector", (r) => r.detector), plain("mean rank", (r) => r.mean_rank, (r) => r.mean_rank.toFixed(3), right),
      plain("better", (r) => r.better ?? undefined, null, right), plain("worse", (r) => r.worse ?? undefined, null, right), plain("equal", (r) => r.equal ?? undefined, null, right),
      plain("p, after Holm", (r) => holm.get(r.detector)?.holm, (r) => pText(holm.get(r.detector)?.holm), right)], { label: "Ranks" }).element,
    all.left_out.length > 0 && h("p", { class: "soft" }, `Left out, where not every detector has a value: ${all.left_out.join(", ")}.`)];
}

function fileComparison(file) {
  const c = file.comparison;
  if (!c.found) return [h("p", {}, `${c.why_not}.`), command(c.command)];
  const found = c.found;
  return [h("p", {}, `Against ${found.reference}, on the packets that both scored: the paired block bootstrap, p-values corrected by Holm.`,
    found.repeats > 1 ? ` Of up to ${found.repeats} repeats the one with the median ${found.metric} counts.` : ""), command(c.command),
  found.data_sets.map((entry) => [h("h3", {}, entry.dataset), chosenTable(entry), forest(found, entry), entry.tests.length > 0 && testTable(found, entry)]), ranks(found, c.diagram)];
}

export function comparison(files) {
  const compared = files.filter((file) => file.comparison);
  if (compared.length === 0) return null;
  return section("differences", "Differences between detectors", compared.map((file) => [compared.length > 1 && h("h3", {}, file.path), fileComparison(file)]));
}
