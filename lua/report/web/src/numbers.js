// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as people and as programs read them, and what is counted of many.

const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
export const floats = (text) => (text ? new Float32Array(bytes(text).buffer) : null);
export const doubles = (text) => (text ? new Float64Array(bytes(text).buffer) : null);

export const isNumber = (x) => typeof x === "number" && Number.isFinite(x);

export const count = (n) => n.toLocaleString("en-US");

// Four digits; rates with four decimals, as `ninetails results` prints them.
export function shown(value, column) {
  if (value === null || value === undefined) return "-";
  if (typeof value !== "number") return String(value);
  if (column?.role === "parameter") return String(value);
  if (Number.isInteger(value) && column?.type === "integer") return count(value);
  if (column?.unit === "1" && Math.abs(value) <= 1 && (value === 0 || Math.abs(value) >= 1e-4)) return value.toFixed(4);
  return short(value);
}

export function short(x, digits = 4) {
  if (x === null || x === undefined || Number.isNaN(x)) return "-";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  const a = Math.abs(x);
  if (a !== 0 && (a < 1e-3 || a >= 1e7)) return x.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(Number(x.toPrecision(digits)));
}

const superscript = { "-": "\u207b", 0: "\u2070", 1: "\u00b9", 2: "\u00b2", 3: "\u00b3", 4: "\u2074", 5: "\u2075", 6: "\u2076", 7: "\u2077", 8: "\u2078", 9: "\u2079" };
export function power(exponent) {
  if (exponent >= -3 && exponent <= 4) return short(10 ** exponent);
  return "10" + [...String(exponent)].map((c) => superscript[c]).join("");
}

export function statistics(values) {
  const n = values.length;
  if (n === 0) return { n, mean: NaN, deviation: NaN };
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const squares = values.reduce((a, b) => a + (b - mean) ** 2, 0);
  return { n, mean, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : NaN };
}

export const plusMinus = (s, column) => shown(s.mean, column) + (Number.isNaN(s.deviation) ? "" : ` \u00b1 ${shown(s.deviation, column)}`);

export function groupBy(list, key) {
  const groups = new Map();
  for (const item of list) {
    const k = key(item);
    if (!groups.has(k)) groups.set(k, []);
    groups.get(k).push(item);
  }
  return groups;
}
