// SPDX-License-Identifier: GPL-3.0-or-later
// Packets that stand out: when they come and how high they score, how many, from where and to where.
import { chart, colour, ruler } from "./chart.js";
import { behind, command, h, section } from "./dom.js";
import { files } from "./model.js";
import { count, isNumber, short } from "./numbers.js";
import { plain, table } from "./table.js";

const classes = ["benign", "attack"];

// Times beyond the calendar are hostile, and numbers still.
function start(found) {
  const when = new Date(found.first * 1000);
  return `seconds since ${Number.isNaN(when.getTime()) ? `${short(found.first)} s` : `${when.toISOString().slice(0, 19).replace("T", " ")} UTC`}`;
}

const right = { right: true };

function legend(found) {
  return found.labelled && h("ul", { class: "legend row" }, classes.map((name) => h("li", {}, h("span", { class: "swatch dot",
    style: { background: `var(--${name})`, display: "inline-block", marginRight: ".4rem" } }), name === "benign" ? "benign or excluded" : name)));
}

// ---------------------------------------------------------------- scores

function scores(found) {
  const points = found.points.map(([packet, time, score, attack]) => ({ packet, time, score, attack: Boolean(attack) }));
  const drawable = points.filter((p) => isNumber(p.time) && isNumber(p.score) && p.score > 0);
  if (drawable.length === 0) return h("p", {}, "No score of them is positive and finite: nothing to draw on a logarithmic axis.");
  const values = drawable.map((p) => p.score), low = 10 ** (Math.log10(Math.min(...values)) - 0.1), high = 10 ** (Math.log10(Math.max(...values)) + 0.1);
  const lines = [false, true].map((attack) => {
    const of = drawable.filter((p) => p.attack === attack).sort((a, b) => a.time - b.time);
    return { label: attack ? "attack" : "benign", colour: attack ? "attack" : "benign", of, x: of.map((p) => p.time), y: of.map((p) => p.score) };
  }).filter((line) => line.of.length);
  const view = chart({ title: "Their scores", label: `Scores of ${drawable.length} packets over time; the table below has them`, height: 320,
    x: { label: start(found), range: [0, Math.max(found.last, 1e-6)] }, y: { label: "anomaly score", log: true, range: [low, high] },
    lines: lines.map((line) => ({ ...line, points: "drawn" })), describe: (line, i) => `packet ${count(line.of[i].packet)}\n${found.labelled ? `${line.label}\n` : ""}score ${short(line.of[i].score, 6)}`,
    draw: (u, c) => {
      const ratio = devicePixelRatio;
      for (const line of lines) {
        c.fillStyle = colour(line.colour);
        for (const p of line.of) {
          const x = u.valToPos(p.time, "x", true), y = u.valToPos(p.score, "y", true);
          if (line.label === "attack") c.fillRect(x - 1.5 * ratio, y - 1.5 * ratio, 3 * ratio, 3 * ratio);
          else c.fillRect(x - ratio, y - ratio, 2 * ratio, 2 * ratio);
        }
      }
      if (isNumber(found.threshold) && found.threshold >= low) ruler(u, c, { y: found.threshold, word: `threshold ${short(found.threshold)}` });
    } });
  return [view.element, legend(found), found.thinned && h("p", { class: "soft" }, "Drawn are, of each class, the lowest and the highest score in each of a thousand columns."),
    behind("Packets that are drawn", () => table(points, [plain("packet", (p) => p.packet, (p) => count(p.packet), right), plain("seconds", (p) => p.time, (p) => short(p.time, 9), right),
      plain("score", (p) => p.score, (p) => short(p.score, 6), right), found.labelled && plain("label", (p) => (p.attack ? "attack" : "benign"))].filter(Boolean), { high: true, label: "Packets that are drawn" }).element)];
}

// ---------------------------------------------------------------- how many

function times(found) {
  const rows = found.bins.map(([from, benign, attack]) => ({ from, benign, attack })), width = Math.max(found.last, 1) / rows.length;
  const view = chart({ title: "How many", label: "Packets that stand out over time; the table below has their numbers", height: 240,
    x: { label: start(found), range: [0, width * rows.length] }, y: { label: `packets in ${short(width)} s`, range: [0, 1.05 * Math.max(...rows.map((r) => r.benign + r.attack))] }, lines: [],
    draw: (u, c) => {
      const ground = u.valToPos(0, "y", true);
      for (const r of rows) {
        const x = u.valToPos(r.from, "x", true), wide = Math.max(1, (u.valToPos(r.from + width, "x", true) - x) * 0.9);
        let from = ground;
        for (const [name, height] of [["attack", r.attack], ["benign", r.attack + r.benign]]) {
          const y = u.valToPos(height, "y", true);
          c.fillStyle = colour(name);
          c.fillRect(x, y, wide, from - y);
          from = y;
        }
      }
    },
    hover: (u) => {
      const r = rows[Math.floor(u.posToVal(u.cursor.left, "x") / width)];
      return r && [`${short(r.from, 6)} to ${short(r.from + width, 6)} s`, ...(found.labelled ? classes.map((name) => `${name} ${count(r[name])}`) : [`${count(r.benign)} packets`])].join("\n");
    } });
  return [view.element, behind("Numbers over time", () => table(rows, [plain("from, s", (r) => r.from, (r) => short(r.from, 6), right),
    ...(found.labelled ? classes : ["benign"]).map((name) => plain(found.labelled ? name : "packets", (r) => r[name], (r) => count(r[name]), right))], { high: true, label: "Numbers over time" }).element)];
}

// ---------------------------------------------------------------- hosts

const SVG = "http://www.w3.org/2000/svg";

function shape(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

const ROW = 20, NAME = 290, BAR = 330, NUMBER = 80;

// Bars, one a host, whose names stay texts.
function bars(list, title) {
  const most = Math.max(...list.map((host) => host.packets)), height = ROW * list.length + 4;
  const svg = shape("svg", { viewBox: `0 0 ${NAME + BAR + NUMBER} ${height}`, role: "img", "aria-label": `${title}; the table below has the numbers`, class: "bars" });
  list.forEach((host, i) => {
    const y = ROW * i + 2, attack = BAR * host.attack / most, all = BAR * host.packets / most;
    svg.append(shape("text", { x: NAME - 6, y: y + 13, "text-anchor": "end" }, host.address.length > 42 ? `${host.address.slice(0, 41)}\u2026` : host.address || "no address"));
    if (attack > 0) svg.append(shape("rect", { x: NAME, y, width: attack, height: ROW - 5, class: "attack" }));
    if (all > attack) svg.append(shape("rect", { x: NAME + attack, y, width: all - attack, height: ROW - 5, class: "benign" }));
    svg.append(shape("text", { x: NAME + all + 5, y: y + 13 }, count(host.packets)));
  });
  return svg;
}

function hosts(found, which, title) {
  const list = found[which].hosts.map(([address, packets, attack]) => ({ address, packets, attack }));
  return h("div", {}, h("figure", {}, h("figcaption", {}, h("span", {}, title)), bars(list, title)),
    found[which].more > 0 && h("p", { class: "soft" }, `${count(found[which].more)} more addresses are not drawn.`),
    behind(`${title}: numbers`, () => table(list, [plain("address", (r) => r.address), plain("packets", (r) => r.packets, (r) => count(r.packets), right),
      found.labelled && plain("attack", (r) => r.attack, (r) => count(r.attack), right)].filter(Boolean), { label: title }).element));
}

export function outliers(found) {
  if (!found) return null;
  const share = `${count(found.count)} of ${count(found.scored)} scored packets qualify${isNumber(found.threshold) ? `: score at least ${short(found.threshold, 6)}` : ""}.`;
  return section("outliers", "Packets that stand out", h("p", {}, files[0].runs.length > 1 ? `Run ${found.row}: ` : "", share), command(found.command),
    found.count > 0 && [scores(found), times(found), h("div", { class: "pair" }, hosts(found, "sources", "Where they come from"), hosts(found, "destinations", "Where they go"))]);
}
