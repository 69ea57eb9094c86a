// SPDX-License-Identifier: GPL-3.0-or-later
// The upper tail of the log-normal distribution that was fitted to scores, and the colours that it is shown in.
import { colour } from "./chart.js";

// log10 of the probability of more than z under the standard normal distribution: by the series of the error function
// near 0, by Laplace's continued fraction beyond.
function log10Tail(z) {
  if (z === -Infinity) return 0;
  if (z < 3) {
    const x = Math.max(z, -6) / Math.SQRT2;
    let term = x, sum = x;
    for (let n = 1; n < 120; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return Math.log10((1 - 2 / Math.sqrt(Math.PI) * sum) / 2);
  }
  let below = z;
  for (let k = 80; k > 0; k--) below = z + k / below;
  return (-z * z / 2 - Math.log(2 * Math.PI) / 2 - Math.log(below)) / Math.LN10;
}

// log10 of the probability of a score of at least x under the fit {mean, deviation}.
export function log10Probability(fit, x) {
  if (Number.isNaN(x)) return NaN;
  return x > 0 ? log10Tail((Math.log(x) - fit.mean) / fit.deviation) : 0;
}

export const LEAST = -10; // what is less probable has the first colour

const stops = [0, 0.5, 0.8, 1];
const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

// From the unlikely to the usual.
export function shadeOf(log10P) {
  const part = Math.min(1, Math.max(0, 1 - log10P / LEAST)), i = Math.max(1, stops.findIndex((stop) => part <= stop));
  const [from, to] = [rgb(colour(`p${i - 1}`)), rgb(colour(`p${i}`))], share = (part - stops[i - 1]) / (stops[i] - stops[i - 1]);
  return `rgb(${from.map((v, k) => Math.round(v + (to[k] - v) * share)).join(",")})`;
}
