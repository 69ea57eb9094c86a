// SPDX-License-Identifier: GPL-3.0-or-later
// How well each attack by itself is told from benign traffic.
import { command, h, section } from "./dom.js";
import { configuration } from "./model.js";
import { count, shown } from "./numbers.js";
import { plain, saveCsv, table } from "./table.js";

const rate = { unit: "1" };

function fileAttacks(file) {
  const rows = file.attacks.map((a) => ({ ...a, of: file.byRow.get(a.row) }));
  const figure = (name, best) => plain(name, (a) => a[name] ?? undefined, (a) => shown(a[name], rate), { right: true, best });
  const seeds = file.varying.includes("seed") ? [plain("seed", (a) => a.of.seed, null, { right: true })] : [];
  const columns = [plain("#", (a) => a.row, null, { right: true }), plain("data set", (a) => a.of.dataset), plain("configuration", (a) => configuration(file, a.of)), ...seeds,
    plain("attack", (a) => a.attack), plain("packets", (a) => a.packets, (a) => count(a.packets), { right: true }),
    figure("auc", "higher"), figure("average_precision", "higher"), figure("tpr_at_fpr_1em3", "higher")];
  return [table(rows, columns, { high: true, label: "Attacks" }).element, h("div", { class: "controls" }, h("button", { type: "button", onclick: () => saveCsv("attacks.csv", rows, columns) }, "CSV of the attacks")),
    command(`ninetails results show ${file.word} --attacks`)];
}

export function attacks(files) {
  const named = files.filter((file) => file.attacks.length > 0);
  if (named.length === 0) return null;
  return section("attacks", "Attacks by name", h("p", {}, "Each attack's scored packets against all benign ones, those of other attacks left out."),
    named.map((file) => [named.length > 1 && h("h3", {}, file.path), fileAttacks(file)]));
}
