// SPDX-License-Identifier: GPL-3.0-or-later
// The page: its head, its sections in order, its theme.
import { attacks } from "./attacks.js";
import { best } from "./best.js";
import { redrawAll } from "./chart.js";
import { comparison } from "./comparison.js";
import { cost } from "./cost.js";
import { curves } from "./curves.js";
import { difference } from "./difference.js";
import { buttons, choice, command, h } from "./dom.js";
import { effects } from "./effects.js";
import { data, files, metrics, setMetric, state } from "./model.js";
import { count, groupBy } from "./numbers.js";
import { outliers } from "./outliers.js";
import { provenance } from "./provenance.js";
import { runs } from "./runs.js";
import { scores } from "./scores.js";

// ---------------------------------------------------------------- theme

const dark = matchMedia("(prefers-color-scheme: dark)");

function stored(value) {
  try {
    if (value) localStorage.setItem("ninetails-theme", value);
    return localStorage.getItem("ninetails-theme") ?? "auto";
  } catch { // a browser may keep nothing of files
    return value ?? "auto";
  }
}

let theme = stored();
function applyTheme(printing) {
  document.documentElement.dataset.theme = printing ? "light" : theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  redrawAll();
}
dark.addEventListener("change", () => applyTheme());
addEventListener("beforeprint", () => applyTheme(true));
addEventListener("afterprint", () => applyTheme());

// ---------------------------------------------------------------- head

function counted(file) {
  const by = (name) => [...groupBy(file.runs, (run) => run[name] ?? "?")].map(([value, of]) => `${value} (${of.length})`).join(", ");
  return `${count(file.runs.length)} run${file.runs.length === 1 ? "" : "s"}: ${by("status")}; data sets: ${by("dataset")}; detectors: ${by("detector")}`;
}

function warnings(file) {
  if (file.warnings.length === 0) return null;
  const first = file.warnings[0];
  return h("p", { class: "warning" }, `Alarms contradict the threshold in ${file.warnings.length} of ${file.runs.length} runs; run ${first.row}: ${first.text}.`);
}

function head() {
  const title = files.map((file) => file.path).join(" and ");
  return h("header", { class: "top" }, h("h1", {}, title),
    files.map((file) => [h("p", {}, files.length > 1 ? `${file.path}: ` : "", counted(file)),
      file.runs.length < file.runs_in_all && h("p", { class: "soft" }, `${file.runs.length} of the file's ${file.runs_in_all} runs: --only ${data.only.join(" --only ")}`), warnings(file)]),
    h("p", { class: "soft" }, `Made by ninetails ${data.version}${data.commit ? ` (${data.commit.slice(0, 12)})` : ""}:`), command(data.command));
}

const short = { files: "A and B", runs: "Runs", best: "Best", curves: "Curves", scores: "Scores", outliers: "Outliers", effects: "Effects", differences: "Differences",
  cost: "Cost", attacks: "Attacks", provenance: "Provenance" };

function bar(sections) {
  const links = sections.map((s) => h("li", {}, h("a", { href: `#${s.id}` }, short[s.id])));
  return h("nav", { class: "sections", "aria-label": "Sections" }, h("div", {}, h("ul", {}, links),
    metrics.length > 1 && choice("Metric", metrics.map((m) => ({ value: m, text: m })), state.metric, setMetric),
    buttons("Theme", [{ value: "auto", text: "auto" }, { value: "light", text: "light" }, { value: "dark", text: "dark" }], theme, (value) => {
      theme = stored(value);
      applyTheme();
    })));
}

applyTheme();
const sections = [difference(data.difference), runs(files), best(files), curves(files), scores(files), outliers(data.outliers), effects(files), comparison(files), cost(files), attacks(files), provenance(files)].filter(Boolean);
document.getElementById("page").append(bar(sections), head(), h("main", {}, sections),
  h("footer", {}, "Numbers are those of the files; every digit of one is shown where the mouse rests on it, and in CSV. Charts by uPlot."));
