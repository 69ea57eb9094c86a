// SPDX-License-Identifier: GPL-3.0-or-later
// Which features each autoencoder sees.
import { behind, h } from "./dom.js";
import { plain, table } from "./table.js";

export function featureMap(detail) {
  const map = detail.map;
  if (!map) return null;
  let at = 0;
  const clusters = map.sizes.map((size, i) => ({ i, size, features: map.features.slice(at, (at += size)) }));
  const sizes = [...clusters].sort((a, b) => b.size - a.size || a.i - b.i);
  return [h("figure", {}, h("figcaption", {}, `Feature map: ${clusters.length} autoencoder${clusters.length === 1 ? "" : "s"} of ${map.features.length} features`),
    h("div", { class: "map" }, sizes.map((c) => h("div", {}, h("b", {}, String(c.size)), h("span", { class: "soft" }, c.features.join(" ")))))),
  h("p", { class: "soft" }, "Each box is an autoencoder: how many columns it sees, and which, from 0."),
  behind("Feature map", () => table(clusters, [plain("autoencoder", (c) => c.i, null, { right: true }), plain("features", (c) => c.size, null, { right: true }),
    plain("columns", (c) => c.features.join(" "), null, { wrap: true })], { high: true, label: "Feature map" }).element)];
}
