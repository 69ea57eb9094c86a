// SPDX-License-Identifier: GPL-3.0-or-later
// The table of runs: sorts, filters, chooses columns, goes to CSV.
import { command, h, section } from "./dom.js";
import { interval, only } from "./model.js";
import { shown } from "./numbers.js";
import { filterOf, plain, saveCsv, table } from "./table.js";

const usual = ["auc", "eer", "tpr_at_fpr_1em3", "average_precision"];

function usualNames(file) {
  const names = ["dataset", "detector", "status", ...file.varying, ...usual];
  if (file.runs.some((run) => run.reason)) names.push("reason");
  return new Set(names.filter((name) => file.column.has(name)));
}

// The value, and its interval where the file has one.
function cellOf(file, c) {
  return (run) => {
    const text = shown(run[c.name], c), ends = run[c.name] !== undefined && interval(file, run, c.name);
    return ends ? [text, " ", h("span", { class: "range", title: ends.kind }, `[${shown(ends.low, c)}, ${shown(ends.high, c)}]`)] : text;
  };
}

function columnOf(file, c) {
  const ranged = file.column.has(`${c.name}_low`) || file.column.has(`${c.name}_block_low`);
  return { title: c.name, name: c.name, value: (run) => run[c.name], text: (run) => shown(run[c.name], c), right: c.type !== "text",
    best: c.better, wrap: c.name === "reason" || c.name === "absence" || c.name === "remark", help: c.unit && c.unit !== "1" ? `${c.long_name}, ${c.unit}` : c.long_name,
    cell: ranged ? cellOf(file, c) : null };
}

function fileRuns(file) {
  const chosen = usualNames(file), number = plain("#", (run) => run.row, null, { right: true });
  const all = file.columns.map((c) => columnOf(file, c));
  const columns = () => [number, ...all.filter((c) => chosen.has(c.name))];
  const view = table(file.runs, columns(), { high: true, label: `Runs of ${file.path}`, rowClass: (run) => (run.status === "failed" ? "failed" : null) });
  let words = "";
  const update = () => view.update({ columns: columns(), filter: filterOf(words, columns(), [number, ...all]) });
  const search = h("input", { type: "search", placeholder: "kitnet auc>=0.9", oninput: () => { words = search.value; update(); } });
  const roles = [["identity", "Identity"], ["parameter", "Parameters"], ["metric", "Metrics"], ["cost", "Costs"]];
  const boxes = roles.map(([role, title]) => h("fieldset", { style: { border: "0", padding: "0", margin: "0" } }, h("legend", { class: "soft" }, title),
    h("div", { class: "checks" }, all.filter((c) => file.column.get(c.name).role === role).map((c) => h("label", {},
      h("input", { type: "checkbox", checked: chosen.has(c.name), onchange: (e) => {
        if (e.target.checked) chosen.add(c.name);
        else chosen.delete(c.name);
        update();
      } }), " ", c.name)))));
  return [h("div", { class: "controls" }, h("label", {}, "Filter", search),
    h("button", { type: "button", onclick: () => saveCsv("runs.csv", view.shown(), [number, ...all]) }, "CSV of these runs"),
    h("details", {}, h("summary", {}, "Columns"), boxes)), view.element,
  command(`ninetails results ls ${file.word}${only}${file.runs.length > 30 ? " --all" : ""}`),
  h("p", { class: "soft" }, "CSV has every column, with every digit, as this does:"), command(`ninetails results export ${file.word}${only}`)];
}

export function runs(files) {
  return section("runs", "Runs", files.map((file) => [files.length > 1 && h("h3", {}, file.path), fileRuns(file)]));
}

