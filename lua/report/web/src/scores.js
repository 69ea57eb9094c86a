// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of one run: over the packets, and how often each value occurs.
import { chart, colour, ruler } from "./chart.js";
import { behind, buttons, choice, command, h, replace, section } from "./dom.js";
import { count, doubles, floats, isNumber, power, short } from "./numbers.js";
import { plain, table } from "./table.js";
import { featureMap } from "./map.js";
import { LEAST, log10Probability, shadeOf } from "./tails.js";

// ---------------------------------------------------------------- pyramid

const classes = ["benign", "attack"];

const least = (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b));
const most = (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b));

function halved(values, take) {
  const half = new Float32Array(Math.ceil(values.length / 2));
  for (let i = 0; i < half.length; i++) half[i] = 2 * i + 1 < values.length ? take(values[2 * i], values[2 * i + 1]) : values[2 * i];
  return half;
}

// Levels from the finest, which the page has, to one of a few buckets: each bucket holds two of the level before.
function pyramid(timeline) {
  const level = { size: timeline.size, buckets: timeline.buckets };
  for (const name of classes) {
    if (!timeline[name]) continue;
    const high = floats(timeline[name].high);
    level[name] = { high, low: floats(timeline[name].low) ?? high };
  }
  const levels = [level];
  while (levels.at(-1).buckets > 256) {
    const finer = levels.at(-1), coarser = { size: finer.size * 2, buckets: Math.ceil(finer.buckets / 2) };
    for (const name of classes) if (finer[name]) coarser[name] = { high: halved(finer[name].high, most), low: halved(finer[name].low, least) };
    levels.push(coarser);
  }
  return levels;
}

// The finest level of which a pixel has no more than two buckets.
function levelFor(levels, packets, pixels) {
  return levels.find((l) => packets / l.size <= 2 * pixels) ?? levels.at(-1);
}

// ---------------------------------------------------------------- timeline

// Where the scored packets lie: at(k) is the place on the axis of the k-th of them, from 0, find(x) its inverse.
function packetAxis(detail) {
  return { label: "packet", at: (k) => detail.first + Math.min(k, detail.count), find: (x) => x - detail.first, range: [0, detail.first + detail.count], least: detail.timeline.size > 1 ? 16 * detail.timeline.size : 0,
    values: (u, s) => s.map((v) => (Number.isInteger(v) ? count(v) : "")), phase: (packet) => packet };
}

const units = [[3 * 86400, 86400, "days"], [3 * 3600, 3600, "hours"], [300, 60, "minutes"], [0, 1, "seconds"]];

// Seconds since the first packet, in a unit that suits; null where times are missing. Times may step back by little: the
// latest so far counts.
function timeAxis(detail, times) {
  if (!times || !isNumber(detail.start)) return null;
  let latest = -Infinity;
  const size = detail.timeline.size, seconds = Float64Array.from(times, (t) => (latest = Math.max(latest, Number.isNaN(t) ? latest : t - detail.start)));
  if (!(latest > 0) || !Number.isFinite(latest)) return null;
  const [, unit, name] = units.find(([least]) => latest >= least), end = seconds.length - 1;
  const at = (k) => {
    const i = Math.min(k / size, end), low = Math.floor(i), part = i - low;
    return (seconds[low] + (low < end ? part * (seconds[low + 1] - seconds[low]) : 0)) / unit;
  };
  const find = (x) => { // the last bucket that begins before x
    let [low, high] = [0, end + 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (seconds[middle] / unit <= x) low = middle;
      else high = middle;
    }
    return x < seconds[0] / unit ? -1 : low * size;
  };
  const mapped = isNumber(detail.mapped) ? (detail.mapped - detail.start) / unit : 0;
  return { label: `time since the first packet, ${name}`, at, find, range: [0, latest / unit], phase: (packet) => (packet === 0 ? 0 : packet >= detail.first ? at(packet - detail.first) : mapped) };
}

// Powers of ten around all positive scores.
function decades(level) {
  let low = Infinity, high = 0;
  for (const name of classes) {
    if (!level[name]) continue;
    for (const v of level[name].low) if (v > 0 && v < low) low = v;
    for (const v of level[name].high) if (v > high) high = v;
  }
  if (!(low <= high)) return null;
  return [10 ** Math.floor(Math.log10(low) - 0.02), 10 ** Math.ceil(Math.log10(high) + 0.02)];
}

// shade: of the highest score of a bucket, or null: by class.
function drawScores(u, c, levels, on, [bottom], shade) {
  const ratio = devicePixelRatio, { min, max } = u.scales.x, [first, last] = [on.find(min), on.find(max)];
  const level = levelFor(levels, last - first, u.bbox.width / ratio);
  const from = Math.max(0, Math.floor(first / level.size)), to = Math.min(level.buckets - 1, Math.ceil(last / level.size));
  for (const name of classes) {
    if (!level[name]) continue;
    const { low, high } = level[name];
    c.fillStyle = colour(name);
    for (let i = from; i <= to; i++) {
      if (Number.isNaN(high[i])) continue;
      if (shade) c.fillStyle = shade(high[i]);
      const y1 = u.valToPos(Math.max(high[i], bottom), "y", true), y2 = u.valToPos(Math.max(low[i], bottom), "y", true);
      const x1 = u.valToPos(on.at(i * level.size), "x", true), wide = Math.max(ratio, u.valToPos(on.at((i + 1) * level.size), "x", true) - x1);
      const thick = Math.max(1.5 * ratio, y2 - y1), narrow = Math.min(wide, Math.max(2 * ratio, wide * 0.7));
      c.fillRect(x1, (y1 + y2) / 2 - thick / 2, level.size === 1 ? narrow : wide, thick);
      if (shade) c.fillStyle = colour(name);
      if (name === "attack") c.fillRect(x1, u.bbox.top + u.bbox.height - 5 * ratio, wide, 5 * ratio);
    }
  }
}

function phasesOf(detail, run) {
  const mapped = isNumber(run.fm_grace) && isNumber(run.ad_grace) ? Math.max(0, detail.first - run.ad_grace) : 0;
  const phases = [];
  if (mapped > 0 && mapped < detail.first) phases.push({ from: 0, to: mapped, word: "map", shade: "phase2" });
  if (detail.first > mapped) phases.push({ from: mapped, to: detail.first, word: "training", shade: "phase1" });
  return phases;
}

// Their shades, or, above the grid, their names.
function drawPhases(u, c, phases, on, words) {
  const { left, top, width, height } = u.bbox, ratio = devicePixelRatio;
  for (const phase of phases) {
    const from = Math.max(left, u.valToPos(on.phase(phase.from), "x", true)), to = Math.min(left + width, u.valToPos(on.phase(phase.to), "x", true));
    if (to <= from) continue;
    if (!words) {
      c.fillStyle = colour(phase.shade);
      c.fillRect(from, top, to - from, height);
      continue;
    }
    c.fillStyle = colour("soft");
    c.font = `${12 * ratio}px system-ui, sans-serif`;
    c.textAlign = "left";
    if (to - from > 10 * ratio + c.measureText(phase.word).width) c.fillText(phase.word, from + 5 * ratio, top + 15 * ratio);
  }
}

const timeText = (seconds) => (isNumber(seconds) ? `${new Date(seconds * 1000).toISOString().replace("T", " ").replace("Z", "")} UTC` : "");

const range = (part, i) => (part.low[i] === part.high[i] ? short(part.high[i], 6) : `${short(part.low[i], 6)} to ${short(part.high[i], 6)}`);

const topOf = (level, i) => Math.max(...classes.filter((name) => level[name] && !Number.isNaN(level[name].high[i])).map((name) => level[name].high[i]));

function bucketText(detail, level, times, i) {
  const from = detail.first + i * level.size, to = Math.min(from + level.size, detail.first + detail.count) - 1;
  const words = [from === to ? `packet ${count(from)}` : `packets ${count(from)} to ${count(to)}`];
  const finest = times && i * level.size / detail.timeline.size;
  if (times && isNumber(times[finest])) words.push(timeText(times[finest]));
  for (const name of classes) if (level[name] && !Number.isNaN(level[name].high[i])) words.push(`${detail.labelled ? name : "score"} ${range(level[name], i)}`);
  const fit = detail.histogram?.fit;
  if (fit && Number.isFinite(topOf(level, i))) words.push(`log10 of the probability ${short(log10Probability(fit, topOf(level, i)))}`);
  return words.join("\n");
}

function bucketTable(detail, levels, times, on, [low, high]) {
  const from = on.find(low), to = on.find(high), level = levelFor(levels, to - from, 500);
  const rows = [], fit = detail.histogram?.fit;
  for (let i = 0; i < level.buckets; i++) if ((i + 1) * level.size > from && i * level.size <= to) rows.push(i);
  const column = (name, end) => plain(`${detail.labelled ? name : "score"} ${end}`, (i) => (Number.isNaN(level[name][end][i]) ? null : level[name][end][i]),
    (i) => short(level[name][end][i], 6), { right: true });
  const columns = [plain("packet", (i) => detail.first + i * level.size, (i) => count(detail.first + i * level.size), { right: true }),
    plain("packets", (i) => Math.min(level.size, detail.count - i * level.size), null, { right: true }),
    times && plain("time", (i) => times[i * level.size / detail.timeline.size], (i) => timeText(times[i * level.size / detail.timeline.size])),
    ...classes.filter((name) => level[name]).flatMap((name) => [column(name, "low"), column(name, "high")]),
    fit && plain("log10 p of the highest", (i) => (Number.isFinite(topOf(level, i)) ? log10Probability(fit, topOf(level, i)) : null), (i) => (Number.isFinite(topOf(level, i)) ? short(log10Probability(fit, topOf(level, i)), 6) : "-"), { right: true })].filter(Boolean);
  return table(rows, columns, { high: true, label: "Scores of the stretch that is drawn" }).element;
}

function classKey(level, labelled) {
  return h("ul", { class: "legend row" }, classes.filter((name) => level[name]).map((name) => h("li", {}, h("span", { class: "swatch dot", style: { background: `var(--${name})`, display: "inline-block", marginRight: ".4rem" } }), labelled ? name : "score")),
    labelled && h("li", { class: "soft" }, "the strip below: stretches with attack packets"));
}

function probabilityKey(fit) {
  return [h("div", { class: "ramp" }, h("span", {}, `\u2264 ${power(LEAST)}`), h("span", { class: "colours" }), h("span", {}, "1")), h("p", { class: "soft" }, `Probability of a score at least so high under the log-normal distribution that is fitted to ${fit.of}; of a stretch that of its highest score.`)];
}

function timeline(detail, run) {
  const levels = pyramid(detail.timeline), times = doubles(detail.timeline.time), phases = phasesOf(detail, run);
  const ends = decades(levels[0]);
  if (!ends) return h("p", {}, "No score is positive: nothing to draw on a logarithmic axis.");
  const threshold = isNumber(run.threshold) && run.threshold > 0 ? run.threshold : null;
  if (threshold) ends[0] = Math.min(ends[0], 10 ** Math.floor(Math.log10(threshold))), ends[1] = Math.max(ends[1], 10 ** Math.ceil(Math.log10(threshold)));
  const last = detail.first + detail.count, axes = { packet: packetAxis(detail), time: timeAxis(detail, times) };
  const fit = detail.histogram?.fit?.deviation > 0 ? detail.histogram.fit : null;
  let on = axes.packet, view, shade = null;
  const where = h("div");
  const make = () => chart({ title: on === axes.packet ? "Scores over the packets" : "Scores over time", label: `Scores of packets ${detail.first} to ${last - 1}; the table below has them`,
    height: 380, x: { label: on.label, range: on.range, least: on.least, values: on.values }, y: { label: "anomaly score", log: true, range: ends }, lines: [],
    under: (u, c) => drawPhases(u, c, phases, on, false),
    draw: (u, c) => {
      drawPhases(u, c, phases, on, true);
      drawScores(u, c, levels, on, ends, shade);
      if (threshold) ruler(u, c, { y: threshold, word: `threshold ${short(threshold)}` });
    },
    hover: (u) => {
      const level = levelFor(levels, on.find(u.scales.x.max) - on.find(u.scales.x.min), u.bbox.width / devicePixelRatio);
      const x = u.posToVal(u.cursor.left, "x"), i = Math.floor(on.find(x) / level.size);
      if (i >= 0 && i < level.buckets) return bucketText(detail, level, times, i);
      const phase = phases.find((p) => x >= on.phase(p.from) && x < on.phase(p.to));
      return phase ? `${phase.word === "map" ? "learns the feature map" : "trains"}: packets ${count(phase.from)} to ${count(phase.to - 1)}` : null;
    } });
  const show = (name) => {
    on = axes[name];
    view = make();
    replace(where, view.element);
  };
  show("packet");
  const labelled = detail.labelled, keys = h("div");
  const paint = (by) => {
    shade = by === "probability" ? (score) => shadeOf(log10Probability(fit, score)) : null;
    replace(keys, shade ? probabilityKey(fit) : classKey(levels[0], labelled));
    view.redraw();
  };
  paint("class");
  return [h("div", { class: "controls" }, axes.time && [h("span", {}, "Over"), buttons("Axis of the scores", [{ value: "packet", text: "packets" }, { value: "time", text: "time" }], "packet", show)],
    fit && [h("span", {}, "Coloured by"), buttons("Colours of the scores", [{ value: "class", text: labelled ? "label" : "score" }, { value: "probability", text: "probability" }], "class", paint)]), where, keys,
  h("p", { class: "soft" }, levels[0].size > 1 ? `The least and the greatest score of every ${count(levels[0].size)} packets; wider stretches where the screen shows no more. ` : "Every packet. ",
    "Drag over a stretch to enlarge it, double-click for the whole.", detail.excluded ? ` ${count(detail.excluded)} packets are excluded by their label.` : "",
    detail.nan ? ` ${count(detail.nan)} scores are not a number.` : "", detail.infinite ? ` ${count(detail.infinite)} are infinite.` : ""),
  behind("Scores of the stretch that is drawn", () => bucketTable(detail, levels, times, on, view.range()))];
}

// ---------------------------------------------------------------- histogram

function histogramRows(g, bins) {
  const width = (g.high - g.low) / bins, totals = {};
  for (const name of classes) if (g[name]) totals[name] = g[name].reduce((a, b) => a + b, 0);
  return { width, totals, rows: Array.from({ length: bins }, (_, i) => ({ i, from: g.low + i * width, to: g.low + (i + 1) * width })) };
}

// Share of benign scores in a bin around log10 score x, by the log-normal distribution.
function fitted(fit, x, width) {
  const z = (x * Math.LN10 - fit.mean) / fit.deviation;
  return Math.exp(-z * z / 2) / (fit.deviation * Math.sqrt(2 * Math.PI)) * width * Math.LN10;
}

function histogram(detail, run) {
  const g = detail.histogram;
  if (!g) return null;
  const bins = (g.benign ?? g.attack).length, { width, totals, rows } = histogramRows(g, bins);
  const present = classes.filter((name) => g[name]);
  const fit = g.fit && g.fit.deviation > 0 ? g.fit : null;
  let top = fit ? fitted(fit, fit.mean / Math.LN10, width) : 0;
  for (const name of present) top = Math.max(top, ...g[name].map((n) => n / totals[name]));
  const threshold = isNumber(run.threshold) && run.threshold > 0 ? Math.log10(run.threshold) : null;
  const ends = [Math.min(g.low, threshold ?? g.low) - width, Math.max(g.high, threshold ?? g.high) + width];
  const draw = (u, c) => {
    const ratio = devicePixelRatio, ground = u.valToPos(0, "y", true);
    for (const name of present) {
      c.fillStyle = c.strokeStyle = colour(name);
      c.lineWidth = 1.5 * ratio;
      c.beginPath();
      c.moveTo(u.valToPos(g.low, "x", true), ground);
      for (const row of rows) {
        const y = u.valToPos(g[name][row.i] / totals[name], "y", true);
        c.lineTo(u.valToPos(row.from, "x", true), y);
        c.lineTo(u.valToPos(row.to, "x", true), y);
      }
      c.lineTo(u.valToPos(g.high, "x", true), ground);
      c.globalAlpha = 0.25;
      c.fill();
      c.globalAlpha = 1;
      c.stroke();
    }
    if (fit) {
      c.strokeStyle = colour("ink");
      c.beginPath();
      for (let i = 0; i <= 400; i++) {
        const x = ends[0] + (ends[1] - ends[0]) * i / 400, y = u.valToPos(fitted(fit, x, width), "y", true);
        if (i) c.lineTo(u.valToPos(x, "x", true), y);
        else c.moveTo(u.valToPos(x, "x", true), y);
      }
      c.stroke();
    }
    if (threshold !== null) ruler(u, c, { x: threshold, word: "threshold" });
  };
  const view = chart({ title: "How often scores occur", label: "Histogram of scores by class; the table below has it", height: 320,
    x: { label: "anomaly score", range: ends, values: (u, s) => s.map((v) => (v === null ? "" : Number.isInteger(v) ? power(v) : short(10 ** v, 2))) },
    y: { label: "share of the class", range: [0, top * 1.05] }, lines: [], draw,
    hover: (u) => {
      const i = Math.floor((u.posToVal(u.cursor.left, "x") - g.low) / width);
      if (i < 0 || i >= bins) return null;
      return [`${short(10 ** rows[i].from)} to ${short(10 ** rows[i].to)}`, ...present.map((name) => `${detail.labelled ? name : "packets"} ${count(g[name][i])} of ${count(totals[name])}`)].join("\n");
    } });
  const columns = [plain("from", (r) => 10 ** r.from, (r) => short(10 ** r.from, 6), { right: true }), plain("to", (r) => 10 ** r.to, (r) => short(10 ** r.to, 6), { right: true }),
    ...present.map((name) => plain(detail.labelled ? name : "packets", (r) => g[name][r.i], (r) => count(g[name][r.i]), { right: true }))];
  return [view.element, fit && h("p", { class: "soft" }, `Smooth line: log-normal distribution fitted to ${count(fit.used)} positive scores, of ${fit.of} (mean of the logarithm ${short(fit.mean)}, deviation ${short(fit.deviation)}). The threshold was fitted to scores of the training.`),
    behind("Histogram", () => table(rows, columns, { high: true, label: "Histogram" }).element)];
}

// ---------------------------------------------------------------- one run at a time

function drawRun(file, detail) {
  const run = file.byRow.get(detail.row);
  const warning = file.warnings.find((w) => w.row === detail.row);
  const array = (name) => command(`ninetails results export ${file.word} ${detail.key} --array ${name}`);
  return [command(`ninetails results show ${file.word} ${detail.key}`), warning && h("p", { class: "warning" }, warning.text),
    detail.timeline ? [timeline(detail, run), array("scores"), detail.histogram?.fit && command(`ninetails plot probability ${file.word}${file.kind === "result" ? `:${detail.key}` : ""} --numbers`)] : h("p", {}, "The file has no scores of this run."),
    detail.histogram && [histogram(detail, run), array("histogram")], featureMap(file, detail)];
}

export function scores(files) {
  const all = files.flatMap((file) => file.details.map((detail) => ({ file, detail })));
  if (all.length === 0) return null;
  const where = h("div");
  const draw = (i) => replace(where, drawRun(all[i].file, all[i].detail));
  draw(0);
  const text = ({ file, detail }) => `${files.length > 1 ? `${file.path}: ` : ""}${detail.place}: ${detail.label}${detail.of > 1 ? ` (run ${detail.row}, the median of ${detail.of})` : ""}`;
  return section("scores", "Scores of a run", h("div", { class: "controls" }, choice("Run", all.map((one, i) => ({ value: i, text: text(one) })), 0, (i) => draw(Number(i)))), where);
}
