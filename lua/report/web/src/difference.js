// SPDX-License-Identifier: GPL-3.0-or-later
// Two files side by side: runs that belong together, and whether what differs lies beyond chance.
import { command, h, section } from "./dom.js";
import { files, metrics, state } from "./model.js";
import { isNumber, shown, short } from "./numbers.js";
import { plain, saveCsv, table } from "./table.js";

const signed = (x) => (isNumber(x) ? (x > 0 ? "+" : "") + short(x) : "-");

function rowsOf(difference) {
  return difference.pairs.flatMap((pair) => (pair.status ? [{ ...pair, name: "status", verdict: pair.status }]
    : pair.changes.map((change) => ({ ...change, row_a: pair.a, row_b: pair.b, label: pair.label }))));
}

export function difference(found) {
  if (!found) return null;
  const rows = rowsOf(found), main = ["auc", "eer", "average_precision", state.metric], right = { right: true };
  const column = (row) => files[0].column.get(row.name);
  const columns = [plain("run", (r) => r.label), plain("metric", (r) => r.name), plain("verdict", (r) => r.verdict), plain("A", (r) => r.a ?? undefined, (r) => shown(r.a, column(r)), right), plain("B", (r) => r.b ?? undefined, (r) => shown(r.b, column(r)), right),
    plain("B - A", (r) => (isNumber(r.a) && isNumber(r.b) ? r.b - r.a : undefined), (r) => (isNumber(r.a) && isNumber(r.b) ? signed(r.b - r.a) : "-"), right),
    plain("interval", (r) => r.low, (r) => (isNumber(r.low) ? `[${signed(r.low)}, ${signed(r.high)}]` : "-"), right), plain("by", (r) => r.method)];
  let all = false;
  const shownRows = (row) => all || main.includes(row.name) || row.name === "status";
  const view = table(rows, columns, { high: true, label: "Differences between the files", filter: shownRows });
  const counts = ["better", "worse", "within", "not judged", "gone", "new"].map((v) => [v, rows.filter((r) => r.verdict === v).length]).filter(([, n]) => n);
  return section("files", "A and B", h("p", {}, `A is ${found.a}, B is ${found.b}. ${found.pairs.length} runs are in both`, found.only_a ? `, ${found.only_a} only in A` : "", found.only_b ? `, ${found.only_b} only in B` : "", ". ",
    found.changed.length ? `Changed between them: ${found.changed.map((c) => `${c.name} ${c.a ?? "-"} \u2192 ${c.b ?? "-"}`).join(", ")}.` : "No parameter was changed."),
  command(found.command), counts.length > 0 ? h("p", {}, `Of ${rows.length} values that differ: ${counts.map(([v, n]) => `${n} ${v}`).join(", ")}.`) : h("p", {}, "No metric differs."),
  rows.length > 0 && [h("div", { class: "controls" }, h("label", {}, h("input", { type: "checkbox", onchange: (e) => { all = e.target.checked; view.update({ filter: shownRows }); } }), `all ${metrics.length} metrics`),
    h("button", { type: "button", onclick: () => saveCsv("differences.csv", view.shown(), columns) }, "CSV")), view.element]);
}
