// SPDX-License-Identifier: GPL-3.0-or-later
// What quality costs: runs by one of their costs and the metric.
import { chart, style } from "./chart.js";
import { behind, choice, command, h, replace, section } from "./dom.js";
import { configuration, onMetric, only, state } from "./model.js";
import { groupBy, isNumber, short, shown } from "./numbers.js";
import { plain, table } from "./table.js";

function costs(file) {
  return file.columns.filter((c) => c.role === "cost" && c.type !== "text" && new Set(file.runs.map((run) => run[c.name]).filter((v) => isNumber(v) && v > 0)).size > 1);
}

function cloud(file, cost, metric) {
  const quality = file.column.get(metric), runs = file.runs.filter((run) => isNumber(run[metric]) && run[cost.name] > 0);
  if (runs.length === 0) return h("p", {}, "No run has both.");
  const groups = [...groupBy(runs, (run) => run.detector ?? "?")];
  const lines = groups.map(([label, of], i) => {
    const sorted = [...of].sort((a, b) => a[cost.name] - b[cost.name]);
    return { ...style(i), label, points: true, runs: sorted, x: sorted.map((run) => run[cost.name]), y: sorted.map((run) => run[metric]) };
  });
  const xs = runs.map((run) => run[cost.name]), ys = runs.map((run) => run[metric]), gap = (Math.max(...ys) - Math.min(...ys)) * 0.08 || 0.05;
  const view = chart({ title: `${metric} over ${cost.name}`, label: `${metric} over ${cost.name} of ${runs.length} runs; the table below has them`, height: 340,
    x: { label: `${cost.long_name || cost.name}${cost.unit && cost.unit !== "1" ? `, ${cost.unit}` : ""}`, log: true, range: [10 ** (Math.log10(Math.min(...xs)) - 0.15), 10 ** (Math.log10(Math.max(...xs)) + 0.15)],
      values: (u, s) => s.map((v) => (v === null ? "" : [1, 2, 5].includes(Number((v / 10 ** Math.floor(Math.log10(v) + 1e-9)).toFixed(6))) ? short(v, 3) : "")) },
    y: { label: metric, range: [Math.min(...ys) - gap, Math.max(...ys) + gap] }, lines,
    describe: (line, i) => `${configuration(file, line.runs[i])}\n${line.runs[i].dataset}\n${metric} ${shown(line.y[i], quality)}  ${cost.name} ${short(line.x[i])} ${cost.unit}` });
  const number = (c) => plain(c.name, (run) => run[c.name], (run) => shown(run[c.name], c), { right: true, help: c.long_name });
  return [view.element, h("ul", { class: "legend row" }, groups.map(([label], i) => h("li", {}, h("span", { class: "swatch dot", style: { background: `var(--${style(i).colour})`, display: "inline-block", marginRight: ".4rem" } }), label))),
    behind("Costs of all runs", () => table(runs, [plain("#", (run) => run.row, null, { right: true }), plain("data set", (run) => run.dataset), plain("configuration", (run) => configuration(file, run)),
      number(quality), ...costs(file).map(number)], { high: true, label: "Costs" }).element)];
}

function fileCost(file) {
  const all = costs(file);
  if (all.length === 0) return null;
  let cost = all.find((c) => c.name === "seconds_score") ?? all[0];
  const where = h("div");
  const line = h("div");
  const draw = () => {
    const has = file.column.has(state.metric);
    replace(where, has ? cloud(file, cost, state.metric) : h("p", {}, `It has no ${state.metric}.`));
    replace(line, has && command(`ninetails results export ${file.word}${only} --columns ${["dataset", "detector", state.metric, ...all.map((c) => c.name)].join(",")}`));
  };
  draw();
  onMetric(draw);
  return [h("div", { class: "controls" }, choice("Cost", all.map((c) => ({ value: c.name, text: c.name })), cost.name, (name) => { cost = file.column.get(name); draw(); })), where,
    line];
}

export function cost(files) {
  const parts = files.filter((file) => file.runs.length > 1).map((file) => [file, fileCost(file)]).filter(([, part]) => part);
  if (!state.metric || parts.length === 0) return null;
  return section("cost", "Cost and quality", parts.map(([file, part]) => [parts.length > 1 && h("h3", {}, file.path), part]));
}
