// SPDX-License-Identifier: GPL-3.0-or-later
// Charts by uPlot: lines and points over one pair of axes, zoom by mouse and by keyboard, the nearest point on hover.
import uPlot from "uplot";
import { h } from "./dom.js";
import { power, short } from "./numbers.js";

// ---------------------------------------------------------------- theme

const charts = new Set();
let values = {};

export function colour(name) {
  return (values[name] ??= getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
}

export function redrawAll() {
  values = {};
  for (const chart of charts) {
    if (chart.element.isConnected) chart.redraw();
    else chart.destroy();
  }
}

const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
export const style = (i) => ({ colour: `c${i % 8}`, dash: dashes[Math.floor(i / 8) % dashes.length] });

// A piece of the line of that style, for a legend.
export const swatch = (i) => h("span", { class: "swatch", style: { borderTopColor: `var(--${style(i).colour})`, borderTopStyle: ["solid", "dashed", "dotted", "dashed"][Math.floor(i / 8) % 4] } });

// ---------------------------------------------------------------- data

// x of one line, never twice the same: vertical stretches would be lost where lines are joined.
function nudged(xs) {
  let last = -Infinity;
  return xs.map((x) => (last = x > last ? x : last + Math.max(Math.abs(last) * 1e-9, 1e-12)));
}

function joined(lines) {
  if (lines.length === 0) return [[0, 1]];
  const tables = lines.map((line) => [nudged(Array.from(line.x)), Array.from(line.y)]);
  return uPlot.join(tables, tables.map((t) => t.map(() => 1)));
}

function logLabels(u, splits) {
  return splits.map((v) => {
    const exponent = v === null ? NaN : Math.log10(v);
    return Math.abs(exponent - Math.round(exponent)) < 1e-9 ? power(Math.round(exponent)) : "";
  });
}

// Of a logarithmic axis the powers of ten, not all that lies between.
// Multiples of powers of ten. uPlot's own never end where the axis begins just below a power.
function logSplits(low, high) {
  const found = [];
  if (!(low > 0) || !Number.isFinite(high)) return found;
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade++)
    for (let digit = 1; digit < 10; digit++) {
      const v = Number(`${digit}e${decade}`);
      if (v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)) found.push(v);
    }
  return found;
}

const decadesOf = (u, splits) => splits.map((v) => (v !== null && v > 0 && Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9 ? v : null));

function axis(scale, o, side) {
  return { scale, side, label: o.label, labelSize: 22, labelFont: "13px system-ui, sans-serif", font: "12px system-ui, sans-serif",
    stroke: () => colour("ink"), grid: { stroke: () => colour("grid"), width: 1, ...(o.log && !o.values ? { filter: decadesOf } : {}) }, ticks: { stroke: () => colour("grid"), width: 1 },
    size: o.size ?? (side === 3 ? 58 : 34), ...(o.log ? {} : { space: side === 3 ? 34 : 70 }), ...(o.log ? { splits: (u, i, low, high) => logSplits(low, high) } : o.splits ? { splits: () => o.splits } : {}),
    values: o.values ?? (o.log ? logLabels : (u, s) => s.map((v) => (v === null ? "" : short(v, 6)))) };
}

// ---------------------------------------------------------------- hover

// The point of a visible line that is nearest to the cursor, within 40 pixels.
function nearest(u, lines) {
  let best = null, least = 40 * 40;
  const { left, top } = u.cursor;
  for (const line of lines) {
    if (line.hidden) continue;
    for (let i = 0; i < line.x.length; i++) {
      const dx = u.valToPos(line.x[i], "x") - left;
      if (Math.abs(dx) > 40) continue;
      const dy = u.valToPos(line.y[i], "y") - top, far = dx * dx + dy * dy;
      if (far < least) { least = far; best = { line, i }; }
    }
  }
  return best;
}

function place(tip, u, text) {
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  const over = u.over, left = over.offsetLeft + u.cursor.left, top = over.offsetTop + u.cursor.top;
  const right = left > over.offsetLeft + over.offsetWidth / 2;
  tip.style.left = right ? "auto" : `${left + 14}px`;
  tip.style.right = right ? `${u.root.offsetWidth - left + 14}px` : "auto";
  tip.style.top = `${Math.max(0, top - 10)}px`;
}

// ---------------------------------------------------------------- zoom

function zoomed(range, log, factor, shift) {
  let [low, high] = log ? range.map(Math.log10) : range;
  const middle = (low + high) / 2 + shift * (high - low), half = (high - low) / 2 * factor;
  [low, high] = [middle - half, middle + half];
  return log ? [10 ** low, 10 ** high] : [low, high];
}

function zoomButtons(move) {
  const all = [["\u2212", "Zoom out", 2, 0], ["+", "Zoom in", 0.5, 0], ["\u2190", "Move left", 1, -0.25], ["\u2192", "Move right", 1, 0.25]];
  return h("span", { class: "group", role: "group", "aria-label": "Zoom" },
    all.map(([text, label, factor, shift]) => h("button", { type: "button", "aria-label": label, title: label,
      onclick: () => move(factor, shift) }, text)),
    h("button", { type: "button", onclick: () => move(0, 0), title: "The whole range" }, "whole"));
}

// ---------------------------------------------------------------- chart

// options: {title, label, height, x: {label, log, range, least: the least stretch, values, splits}, y: the same,
//           lines: [{label, colour, dash, x, y, points: true, or "drawn" by draw, hidden}], under(u, c), draw(u, c) on the canvas c,
//           hover(u) -> text, describe(line, i) -> text, zoomed(range)}
// -> {element, lines, show(i, whether), zoom(low, high), range()}
export function chart(options) {
  const tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const box = h("div", { class: "plot", role: "img", "aria-label": options.label ?? options.title });
  const whole = options.x.range;
  let plot = null, range = whole;

  // No closer than there is something to see.
  function atLeast(low, high) {
    const lacking = (options.x.least ?? 0) - (high - low);
    return lacking > 0 ? [low - lacking / 2, high + lacking / 2] : [low, high];
  }

  function setRange(low, high) {
    range = [Math.max(low, whole[0]), Math.min(high, whole[1])];
    plot?.setScale("x", { min: range[0], max: range[1] });
  }
  function move(factor, shift) {
    if (factor === 0) return setRange(...whole);
    let [low, high] = zoomed(range, options.x.log, factor, shift);
    if (shift) { // stay inside
      const f = options.x.log ? Math.log10 : (v) => v, g = options.x.log ? (v) => 10 ** v : (v) => v;
      const width = f(high) - f(low);
      if (low < whole[0]) [low, high] = [whole[0], g(f(whole[0]) + width)];
      if (high > whole[1]) [low, high] = [g(f(whole[1]) - width), whole[1]];
    }
    return setRange(low, high);
  }

  function hooks() {
    return {
      drawClear: [(u) => options.under?.(u, u.ctx)],
      draw: [(u) => clipped(u, options.draw)],
      setScale: [(u, key) => {
        if (key !== "x") return;
        range = [u.scales.x.min, u.scales.x.max];
        box.dataset.low = range[0];
        box.dataset.high = range[1];
        options.zoomed?.(range);
      }],
      setCursor: [(u) => {
        if (u.cursor.left < 0) return place(tip, u, null);
        if (options.hover) return place(tip, u, options.hover(u));
        const best = nearest(u, options.lines);
        return place(tip, u, best && options.describe(best.line, best.i));
      }],
    };
  }

  function make(width) {
    plot = new uPlot({
      width, height: options.height ?? 320, legend: { show: false }, hooks: hooks(), padding: [14, 36, 0, 0],
      cursor: { drag: { x: true, y: false, uni: 10 }, points: { show: false }, bind: { dblclick: () => () => { setRange(...whole); return null; } } },
      scales: { x: { time: false, distr: options.x.log ? 3 : 1, min: whole[0], max: whole[1], range: (u, low, high) => atLeast(low ?? whole[0], high ?? whole[1]) }, // no whole decades
        y: { distr: options.y.log ? 3 : 1, range: () => options.y.range } },
      axes: [axis("x", options.x, 2), axis("y", options.y, 3)],
      series: [{}, ...options.lines.map((line) => ({ label: line.label, show: !line.hidden, scale: "y", spanGaps: true, width: 1.75,
        stroke: () => colour(line.colour), dash: line.dash, paths: line.points ? () => null : undefined,
        points: { show: line.points === true, size: 8, width: 1.5, fill: () => colour("panel") } }))],
    }, joined(options.lines), box);
    plot.setScale("x", { min: range[0], max: range[1] });
    box.append(tip);
  }

  const self = { lines: options.lines, redraw: () => plot?.redraw(false), zoom: setRange, range: () => range,
    show(i, whether) {
      options.lines[i].hidden = !whether;
      plot?.setSeries(i + 1, { show: whether });
    },
    destroy() {
      observer.disconnect();
      plot?.destroy();
      charts.delete(self);
    } };
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width < 1) return;
    if (!plot) make(width);
    else if (plot.width !== width) plot.setSize({ width, height: options.height ?? 320 });
  });
  observer.observe(box);
  self.element = h("figure", {}, h("figcaption", {}, h("span", {}, options.title), options.zoom === false ? null : zoomButtons(move)), box);
  charts.add(self);
  return self;
}

// Draws inside the plot alone.
function clipped(u, draw) {
  if (!draw) return;
  const c = u.ctx, { left, top, width, height } = u.bbox;
  c.save();
  c.beginPath();
  c.rect(left, top, width, height);
  c.clip();
  draw(u, c);
  c.restore();
}

// A word that can be read over whatever is drawn.
function haloed(c, word, x, y, ratio) {
  c.save();
  c.setLineDash([]);
  c.lineJoin = "round";
  c.lineWidth = 4 * ratio;
  c.strokeStyle = colour("panel");
  c.strokeText(word, x, y);
  c.restore();
  c.fillText(word, x, y);
}

// A line across the plot at y, or at x, with a word at its end.
export function ruler(u, c, { x, y, word, name = "ink" }) {
  const { left, top, width, height } = u.bbox, ratio = devicePixelRatio;
  c.save();
  c.strokeStyle = c.fillStyle = colour(name);
  c.lineWidth = 1.5 * ratio;
  c.setLineDash([6 * ratio, 4 * ratio]);
  c.font = `${12 * ratio}px system-ui, sans-serif`;
  c.beginPath();
  const upright = y === undefined, at = upright ? u.valToPos(x, "x", true) : u.valToPos(y, "y", true);
  c.moveTo(upright ? at : left, upright ? top : at);
  c.lineTo(upright ? at : left + width, upright ? top + height : at);
  c.stroke();
  c.textAlign = !upright || at > left + width * 0.7 ? "right" : "left";
  if (upright) haloed(c, word, at + (c.textAlign === "left" ? 4 : -4) * ratio, top + 12 * ratio, ratio);
  else haloed(c, word, left + width - 4 * ratio, at - 4 * ratio, ratio);
  c.restore();
}

// An interval from low to high, upright at x.
export function whisker(u, c, x, low, high, name) {
  const ratio = devicePixelRatio, at = u.valToPos(x, "x", true), from = u.valToPos(low, "y", true), to = u.valToPos(high, "y", true);
  c.strokeStyle = colour(name);
  c.lineWidth = 1.5 * ratio;
  c.beginPath();
  c.moveTo(at, from);
  c.lineTo(at, to);
  for (const y of [from, to]) {
    c.moveTo(at - 4 * ratio, y);
    c.lineTo(at + 4 * ratio, y);
  }
  c.stroke();
}
