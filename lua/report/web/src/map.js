// SPDX-License-Identifier: GPL-3.0-or-later
// Which features each autoencoder sees, and the dendrogram that the map was cut from.
import { behind, command, h } from "./dom.js";
import { data } from "./model.js";
import { short } from "./numbers.js";
import { plain, table } from "./table.js";

const nameOf = (detail, feature) => data.features[detail.profile]?.[feature] ?? `feature ${feature}`;

// -> [{i, size, features}], the autoencoders in the order of the map, which is that of the dendrogram's leaves.
function clustersOf(map) {
  let at = 0;
  return map.sizes.map((size, i) => ({ i, size, from: at, features: map.features.slice(at, (at += size)) }));
}

// ---------------------------------------------------------------- dendrogram

// Neighbours are joined at the greatest distance that lies between them. -> the root: {low, high, at, y, left, right}.
function tree(distances, count) {
  const open = [], leaf = (i) => ({ low: i, high: i, at: 0, y: i });
  const join = (left, right, at) => ({ low: left.low, high: right.high, at, y: (left.y + right.y) / 2, left, right });
  let current = leaf(0);
  for (let i = 1; i < count; i++) {
    const at = distances[i - 1];
    while (open.length && open.at(-1).at <= at) {
      const one = open.pop();
      current = join(one.node, current, one.at);
    }
    open.push({ node: current, at });
    current = leaf(i);
  }
  while (open.length) {
    const one = open.pop();
    current = join(one.node, current, one.at);
  }
  return current;
}

const ROW = 14, LEFT = 150, WIDTH = 370, RIGHT = 16, FOOT = 40;

function svg(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Round places on the axis from 0 to `most`.
function ticks(most) {
  const rough = most / 5, power = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}

function dendrogram(detail, clusters) {
  const { features, distances } = detail.map, count = features.length, root = tree(distances, count);
  const most = root.at > 0 ? root.at * 1.02 : 1, x = (d) => LEFT + d / most * WIDTH, y = (place) => (place + 0.5) * ROW + 4, end = count * ROW + 4;
  const owner = clusters.flatMap((c) => c.features.map(() => c.i));
  const parts = [];
  for (const c of clusters) if (c.i % 2 === 0) parts.push(svg("rect", { x: 0, y: c.from * ROW + 4, width: LEFT + WIDTH + RIGHT, height: c.size * ROW, class: "stripe" }));
  for (const d of ticks(most)) {
    parts.push(svg("path", { d: `M${x(d)} 4V${end}`, class: "grid" }), svg("text", { x: x(d), y: end + 16, "text-anchor": "middle" }, short(d, 3)));
  }
  const todo = [root];
  while (todo.length) {
    const node = todo.pop();
    if (!node.left) continue;
    const inside = owner[node.low] === owner[node.high];
    parts.push(svg("path", { d: `M${x(node.left.at)} ${y(node.left.y)}H${x(node.at)}V${y(node.right.y)}H${x(node.right.at)}`, class: inside ? "join inside" : "join" },
      svg("title", {}, `${node.high - node.low + 1} features, joined at ${short(node.at, 6)}`)));
    todo.push(node.left, node.right);
  }
  features.forEach((feature, i) => parts.push(svg("text", { x: LEFT - 6, y: y(i) + 4, "text-anchor": "end" }, nameOf(detail, feature))));
  parts.push(svg("text", { x: LEFT + WIDTH / 2, y: end + 34, "text-anchor": "middle" }, "correlation distance at which features are joined"));
  return h("figure", {}, h("figcaption", {}, "Dendrogram of the features"),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Dendrogram" },
      svg("svg", { viewBox: `0 0 ${LEFT + WIDTH + RIGHT} ${end + FOOT}`, width: LEFT + WIDTH + RIGHT, height: end + FOOT, role: "img", class: "dendrogram",
        "aria-label": `Dendrogram of ${count} features; the table below has their order and distances` }, ...parts)),
    h("p", { class: "soft" }, "Thick: inside of an autoencoder; thin: above the cut. Stripes tell neighbouring autoencoders apart."));
}

// ---------------------------------------------------------------- map

function mapTable(detail, clusters) {
  const { distances } = detail.map, rows = clusters.flatMap((c) => c.features.map((feature, k) => ({ c, feature, place: c.from + k })));
  const columns = [plain("autoencoder", (r) => r.c.i, null, { right: true }), plain("feature", (r) => r.feature, null, { right: true }),
    plain("name", (r) => nameOf(detail, r.feature))];
  if (distances) columns.push(plain("distance_to_next", (r) => distances[r.place], (r) => short(distances[r.place], 6), { right: true }));
  return table(rows, columns, { high: true, label: "Feature map" }).element;
}

export function featureMap(file, detail) {
  const map = detail.map;
  if (!map) return null;
  const clusters = clustersOf(map);
  const sizes = [...clusters].sort((a, b) => b.size - a.size || a.i - b.i);
  const figure = h("figure", {}, h("figcaption", {}, `Feature map: ${clusters.length} autoencoder${clusters.length === 1 ? "" : "s"} of ${map.features.length} features`),
    h("div", { class: "map" }, sizes.map((c) => h("div", {}, h("b", {}, `${c.i}: ${c.size}`), h("span", { class: "soft" }, c.features.map((f) => nameOf(detail, f)).join(" "))))));
  return h("div", {}, h("div", { class: "pair" }, map.distances && dendrogram(detail, clusters),
    h("div", {}, figure, h("p", { class: "soft" }, "Each box is an autoencoder: its number, how many features it sees, and which."),
      behind("Feature map", () => mapTable(detail, clusters)), command(`ninetails results export ${file.word} ${detail.key} --array map`))));
}
