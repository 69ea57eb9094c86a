// SPDX-License-Identifier: GPL-3.0-or-later
// The best configuration of every detector on each data set, by the mean over its repeats.
import { command, h, replace, section } from "./dom.js";
import { configuration, onMetric, only, places, state } from "./model.js";
import { groupBy, isNumber, plusMinus, statistics } from "./numbers.js";
import { plain, table } from "./table.js";

// -> [{place, detector, label, runs, s, of}], the best first.
export function bestOf(file, metric) {
  const better = file.column.get(metric)?.better === "lower" ? 1 : -1, list = [];
  for (const place of places(file)) {
    const here = file.runs.filter((run) => run.dataset === place && isNumber(run[metric]));
    const rows = [...groupBy(here, (run) => `${run.profile ?? ""}\0${run.detector}`).values()].map((of) => {
      const all = [...groupBy(of, (run) => configuration(file, run))].map(([label, same]) => ({ place, label, runs: same,
        detector: same[0].detector, profile: same[0].profile, s: statistics(same.map((run) => run[metric])) }));
      all.sort((a, b) => better * (a.s.mean - b.s.mean));
      return { ...all[0], of: all.length };
    });
    list.push(...rows.sort((a, b) => better * (a.s.mean - b.s.mean)));
  }
  return list;
}

function fileBest(file, metric) {
  const list = bestOf(file, metric);
  if (list.length === 0) return h("p", {}, `No run has a value of ${metric}.`);
  const others = ["auc", "eer", "tpr_at_fpr_1em3", "average_precision"].filter((name) => name !== metric && file.column.has(name));
  const figure = (name) => {
    const column = file.column.get(name), of = (row) => statistics(row.runs.map((run) => run[name]).filter(isNumber));
    return plain(name, (row) => of(row).mean, (row) => plusMinus(of(row), column), { right: true, help: column.long_name, best: column.better });
  };
  const columns = [plain("data set", (row) => row.place), plain("configuration", (row) => row.label, null), figure(metric), ...others.map(figure),
    plain("runs", (row) => row.runs.length, null, { right: true }), plain("of", (row) => row.of, null, { right: true, help: "configurations of the detector on the data set" })];
  const one = list.length === 1 && list[0].runs.length === 1;
  return [table(list, columns, { label: `Best configurations by ${metric}` }).element,
    list.some((row) => row.runs.length > 1) && h("p", { class: "soft" }, "Mean \u00b1 standard deviation over the repeats."),
    !one && list.some((row) => row.of > 1) && h("p", { class: "soft" }, "The best of several configurations was chosen with the labels that it is judged by: its figures are too good for a promise. What is chosen without them stands under Differences."),
    command(`ninetails results summary ${file.word}${only} --metric ${[metric, ...others].join(",")}`)];
}

export function best(files) {
  const with_ = files.filter((file) => file.runs.length > 0);
  if (!state.metric || with_.length === 0) return null;
  const where = h("div");
  const draw = () => replace(where, with_.map((file) => [with_.length > 1 && h("h3", {}, file.path), file.column.has(state.metric) ? fileBest(file, state.metric) : h("p", {}, `It has no ${state.metric}.`)]));
  draw();
  onMetric(draw);
  return section("best", "Best by data set", where);
}

