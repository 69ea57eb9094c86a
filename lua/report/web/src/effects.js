// SPDX-License-Identifier: GPL-3.0-or-later
// What a sweep's parameters do: each by itself, and two at a time.
import { chart, style, swatch, whisker } from "./chart.js";
import { behind, choice, command, h, replace, section } from "./dom.js";
import { onMetric, only, places, state } from "./model.js";
import { groupBy, isNumber, power, shown, statistics } from "./numbers.js";
import { plain, table } from "./table.js";

const MOST_LEVELS = 12; // distinct values that have a mean each; more are drawn as a cloud

const ordered = (values) => [...new Set(values)].sort((a, b) => (isNumber(a) && isNumber(b) ? a - b : String(a).localeCompare(String(b))));

// Where the values of a parameter lie on the axis, and what stands there.
function axisOf(values) {
  const levels = ordered(values), numeric = levels.every(isNumber);
  if (!numeric || levels.length <= 6) {
    return { levels, at: (v) => levels.indexOf(v), range: [-0.5, levels.length - 0.5], splits: levels.map((_, i) => i), values: (u, s) => s.map((i) => String(levels[i] ?? "")) };
  }
  const [low, high] = [levels[0], levels.at(-1)], log = low > 0 && high / low > 50, pad = (high - low) * 0.04;
  return { levels, at: (v) => v, log, range: log ? [low / 1.2, high * 1.2] : [low - pad, high + pad],
    values: log ? (u, s) => s.map((v) => (v !== null && Number.isInteger(Math.log10(v)) ? power(Math.log10(v)) : "")) : undefined };
}

function padded(values) {
  const low = Math.min(...values), high = Math.max(...values), pad = (high - low) * 0.08 || Math.abs(high) * 0.05 || 0.05;
  return [low - pad, high + pad];
}

// One parameter: every run as a point, and the mean of each value with its deviation, a line a data set and detector.
function mainEffect(file, name, metric) {
  const column = file.column.get(metric), runs = file.runs.filter((run) => run[name] !== undefined && isNumber(run[metric]));
  if (runs.length === 0) return null;
  const axis = axisOf(runs.map((run) => run[name])), means = axis.levels.length <= MOST_LEVELS;
  const groups = [...groupBy(runs, (run) => [run.dataset, run.detector].join(" "))];
  const rows = [], lines = [];
  groups.forEach(([label, of], i) => {
    const paint = style(i);
    const points = of.map((run) => ({ x: axis.at(run[name]), y: run[metric], run })).sort((a, b) => a.x - b.x);
    lines.push({ ...paint, label, points: true, x: points.map((p) => p.x), y: points.map((p) => p.y), told: (k) => `run ${points[k].run.row}: ${name} ${shown(points[k].run[name])}` });
    if (!means) return;
    const stats = axis.levels.map((level) => ({ label, level, s: statistics(of.filter((run) => run[name] === level).map((run) => run[metric])) })).filter((r) => r.s.n);
    rows.push(...stats);
    lines.push({ ...paint, label: `mean of ${label}`, x: stats.map((r) => axis.at(r.level)), y: stats.map((r) => r.s.mean), stats, told: (k) => `${name} ${shown(stats[k].level)}, ${stats[k].s.n} runs` });
  });
  const view = chart({ title: name, label: `${metric} over ${name}; the table below has the means`, height: 260, zoom: false,
    x: { label: name, ...axis }, y: { label: metric, range: padded(runs.map((run) => run[metric])) }, lines,
    describe: (line, i) => `${line.label}\n${line.told(i)}\n${metric} ${shown(line.y[i], column)}`,
    draw: (u, c) => {
      for (const line of lines) for (const r of line.stats ?? []) if (r.s.n > 1) whisker(u, c, axis.at(r.level), r.s.mean - r.s.deviation, r.s.mean + r.s.deviation, line.colour);
    } });
  const legend = groups.length > 1 && h("ul", { class: "legend row" }, groups.map(([label], i) => h("li", {}, swatch(i), label)));
  return h("div", {}, view.element, legend, means && behind(`Means by ${name}`, () => table(rows, [plain("data set, detector", (r) => r.label), plain(name, (r) => r.level, (r) => shown(r.level), { right: true }),
    plain("runs", (r) => r.s.n, null, { right: true }), plain(`mean ${metric}`, (r) => r.s.mean, (r) => shown(r.s.mean, column), { right: true }),
    plain("deviation", (r) => r.s.deviation, (r) => (r.s.n > 1 ? shown(r.s.deviation, column) : "-"), { right: true })], { label: `Means by ${name}` }).element));
}

// ---------------------------------------------------------------- heat maps

// As one word of a shell.
const quoted = (text) => (/^[\w.,:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const low = [247, 244, 232], high = [10, 61, 110];

// Light to dark, and whichever of black and white is read better on it.
function shade(part) {
  const rgb = low.map((v, i) => Math.round(v + (high[i] - v) * part));
  const linear = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  const bright = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return { backgroundColor: `rgb(${rgb.join(",")})`, color: (bright + 0.05) / 0.05 > 1.05 / (bright + 0.05) ? "#000" : "#fff" };
}

// Values of a parameter, or intervals with about equally many runs where they are many.
function levelsOf(runs, name) {
  const levels = ordered(runs.map((run) => run[name]));
  if (levels.length <= MOST_LEVELS || !levels.every(isNumber)) return levels.slice(0, 40).map((v) => ({ text: shown(v), has: (x) => x === v }));
  const ends = Array.from({ length: 9 }, (_, i) => levels[Math.round(i / 8 * (levels.length - 1))]);
  return ends.slice(1).map((to, i) => ({ text: `${shown(Number(ends[i].toPrecision(3)))} to ${shown(Number(to.toPrecision(3)))}`, has: (x) => x >= ends[i] && (i === 7 ? x <= to : x < to) }));
}

function heatMap(file, across, down, metric, runs) {
  const column = file.column.get(metric), xs = levelsOf(runs, across), ys = levelsOf(runs, down);
  const cells = ys.map((y) => xs.map((x) => statistics(runs.filter((run) => x.has(run[across]) && y.has(run[down])).map((run) => run[metric]))));
  const means = cells.flat().filter((s) => s.n).map((s) => s.mean), least = Math.min(...means), most = Math.max(...means);
  const cell = (s) => (s.n ? h("td", { title: `${s.mean}, mean of ${s.n} run${s.n === 1 ? "" : "s"}`, style: shade(most > least ? (s.mean - least) / (most - least) : 0.5) }, shown(s.mean, column)) : h("td", {}, ""));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Mean ${metric} by ${down} and ${across}` }, h("table", { class: "heat" },
    h("caption", {}, `Mean ${metric} by ${down} (down) and ${across} (across)`),
    h("thead", {}, h("tr", {}, h("td", {}, ""), xs.map((x) => h("th", { scope: "col", class: "right" }, x.text)))),
    h("tbody", {}, cells.map((row, i) => h("tr", {}, h("th", { scope: "row", class: "right" }, ys[i].text), row.map(cell))))));
}

function heatMaps(file, metric) {
  if (file.parameters.length < 2) return null;
  let [across, down] = [file.parameters.at(-1), file.parameters.at(-2)], place = "";
  const where = h("div"), all = places(file);
  const draw = () => {
    const runs = file.runs.filter((run) => isNumber(run[metric]) && run[across] !== undefined && run[down] !== undefined && (!place || run.dataset === place));
    const few = [across, down].every((name) => new Set(runs.map((run) => run[name])).size <= MOST_LEVELS);
    replace(where, across === down ? h("p", {}, "Choose two different parameters.") : runs.length ? [heatMap(file, across, down, metric, runs),
      command(few ? `ninetails plot pairs ${file.word}${only}${place ? ` --only dataset=${quoted(place)}` : ""} --metric ${metric} --by ${down},${across} --numbers`
        : `ninetails results export ${file.word}${only} --columns ${down},${across},${metric}`)] : h("p", {}, "No run has both."));
  };
  draw();
  const options = file.parameters.map((name) => ({ value: name, text: name }));
  return [h("h3", {}, "Two parameters at a time"), h("div", { class: "controls" }, choice("Down", options, down, (v) => { down = v; draw(); }),
    choice("Across", options, across, (v) => { across = v; draw(); }),
    all.length > 1 && choice("Data set", [{ value: "", text: "all" }, ...all.map((p) => ({ value: p, text: p }))], "", (v) => { place = v; draw(); })), where];
}

function fileEffects(file, metric) {
  return [h("div", { class: "pair" }, file.parameters.map((name) => mainEffect(file, name, metric))),
    h("p", { class: "soft" }, "Points are runs; lines join the means over all runs with the value, whatever their other parameters, and bars are standard deviations."),
    command(`ninetails plot effects ${file.word}${only} --metric ${metric} --numbers`), heatMaps(file, metric)];
}

export function effects(files) {
  const swept = files.filter((file) => file.parameters.length > 0);
  if (!state.metric || swept.length === 0) return null;
  const where = h("div");
  const draw = () => replace(where, swept.filter((file) => file.column.has(state.metric)).map((file) => [swept.length > 1 && h("h3", {}, file.path), fileEffects(file, state.metric)]));
  draw();
  onMetric(draw);
  return section("effects", "Effects of the parameters", where);
}
