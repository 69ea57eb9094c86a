// SPDX-License-Identifier: GPL-3.0-or-later
// The data of the page: files, their runs by name of column, and what differs between them.
import { groupBy, isNumber, shown } from "./numbers.js";

export const data = JSON.parse(document.getElementById("data").textContent);

// Behind a command's file: the runs that the page is of.
export const only = data.only_words ? ` ${data.only_words}` : "";

const repeats = new Set(["seed", "replicate"]);

function readFile(file, index) {
  const column = new Map(file.columns.map((c) => [c.name, c]));
  const runs = file.runs.map((row, i) => {
    const run = { row: file.rows[i], file: index };
    file.columns.forEach((c, k) => { if (row[k] !== null) run[c.name] = row[k]; });
    return run;
  });
  const byRow = new Map(runs.map((run) => [run.row, run]));
  const parameters = file.varying.filter((name) => !repeats.has(name));
  return { ...file, index, column, runs, byRow, parameters };
}

export const files = data.files.map(readFile);

// Metrics of which it is known what is better, and that some run has.
export const metrics = [...new Set(files.flatMap((f) => f.columns.filter((c) => c.role === "metric" && c.better
  && f.runs.some((run) => isNumber(run[c.name]))).map((c) => c.name)))];

// What tells a configuration from the others: "kitnet ad_grace=4000 m=10".
export const configuration = (file, run) => [run.detector ?? "?",
  ...file.parameters.filter((name) => run[name] !== undefined).map((name) => `${name}=${shown(run[name], file.column.get(name))}`)].join(" ");

export const places = (file) => [...groupBy(file.runs.filter((r) => r.dataset !== undefined), (r) => r.dataset).keys()];

// The interval of a metric that the file has: by blocks, else DeLong's.
export function interval(file, run, name) {
  for (const kind of ["_block", ""]) {
    const low = run[`${name}${kind}_low`], high = run[`${name}${kind}_high`];
    if (isNumber(low) && isNumber(high)) return { low, high, kind: kind ? "block bootstrap" : "DeLong" };
  }
  return null;
}

export const state = { metric: metrics.includes(data.metric) ? data.metric : metrics[0] };
const listeners = [];
export const onMetric = (f) => listeners.push(f);
export function setMetric(name) {
  state.metric = name;
  listeners.forEach((f) => f());
}
