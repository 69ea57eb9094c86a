// SPDX-License-Identifier: GPL-3.0-or-later
// Tables that sort, filter and go to CSV.
import { h, replace, save } from "./dom.js";

const MOST = 500; // rows that are shown unasked

function compare(a, b) {
  if (a === b) return 0;
  if (a === undefined || a === null) return 1; // what is missing comes last
  if (b === undefined || b === null) return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
}

// Missing ones last, whichever the direction.
function sorted(rows, column, down) {
  const missing = (row) => column.value(row) === undefined || column.value(row) === null;
  return [...rows].sort((a, b) => missing(a) - missing(b) || (down ? -1 : 1) * compare(column.value(a), column.value(b)));
}

const tests = {
  "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  "=": (a, b) => a === b, "!=": (a, b) => a !== b,
};

// "kitnet auc>=0.9" -> whether a row has all of it. all: columns that may be named, shown or not.
export function filterOf(words, columns, all) {
  const checks = words.split(/\s+/).filter(Boolean).map((word) => {
    const [, name, operator, rest] = word.match(/^([\w.]+)(<=|>=|!=|=|<|>)(.+)$/) ?? [];
    const column = name && all.find((c) => c.name === name);
    if (column) {
      const number = Number(rest);
      return (row) => {
        const value = column.value(row);
        if (typeof value === "number" && !Number.isNaN(number)) return tests[operator](value, number);
        if (value === undefined) return operator === "!=";
        return tests[operator](String(value), rest);
      };
    }
    const wanted = word.toLowerCase();
    return (row) => columns.some((c) => String(c.text(row)).toLowerCase().includes(wanted));
  });
  return (row) => checks.every((check) => check(row));
}

const field = (value) => {
  if (value === undefined || value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csv = (rows, columns) => [columns.map((c) => field(c.name ?? c.title)).join(","),
  ...rows.map((row) => columns.map((c) => field(c.value(row))).join(","))].join("\n") + "\n";

// columns: [{title, name, value(row), text(row), right, wrap, cell(row) -> node}]
// options: {caption, sort, down, rowClass(row), filter(row)}. -> {element, update({columns, filter}), shown()}
export function table(rows, columns, options = {}) {
  let { sort = null, down = false, filter = () => true } = options;
  let all = false;
  const head = h("thead"), body = h("tbody");
  const note = h("p", { class: "soft", role: "status" });
  const element = h("div", {}, h("div", { class: options.high ? "scroll high" : "scroll", tabindex: "0", role: "region",
    "aria-label": options.label ?? options.caption ?? "Table" },
  h("table", {}, options.caption && h("caption", {}, options.caption), head, body)), note);

  function shownRows() {
    const kept = rows.filter(filter);
    const column = columns.find((c) => c.title === sort);
    return column ? sorted(kept, column, down) : kept;
  }

  function headCell(c) {
    const is = c.title === sort;
    return h("th", { scope: "col", class: c.right && "right", "aria-sort": is ? (down ? "descending" : "ascending") : null },
      h("button", { type: "button", title: c.help, onclick: () => {
        down = is ? !down : Boolean(c.best === "higher");
        sort = c.title;
        draw();
        [...head.querySelectorAll("button")].find((b) => b.dataset.title === c.title)?.focus();
      }, "data-title": c.title }, c.title, h("span", { class: "way", "aria-hidden": "true" }, is ? (down ? "\u25be" : "\u25b4") : "")));
  }

  function draw() {
    const kept = shownRows(), drawn = all ? kept : kept.slice(0, MOST);
    replace(head, h("tr", {}, columns.map(headCell)));
    replace(body, drawn.map((row) => h("tr", { class: options.rowClass?.(row) }, columns.map((c) => {
      const value = c.value(row);
      return h("td", { class: [c.right && "right", c.wrap && "wrap"].filter(Boolean).join(" ") || null,
        title: typeof value === "number" ? String(value) : null }, c.cell ? c.cell(row) : c.text(row));
    }))));
    const left = kept.length - drawn.length;
    replace(note, kept.length < rows.length && `${kept.length} of ${rows.length} rows. `,
      left > 0 && h("button", { type: "button", onclick: () => { all = true; draw(); } }, `show ${left} more`));
  }

  draw();
  return { element, shown: shownRows,
    update(more) {
      columns = more.columns ?? columns;
      filter = more.filter ?? filter;
      draw();
    } };
}

// A column of plain values.
export const plain = (title, value, text, more) => ({ title, name: title, value, text: (row) => (text ? text(row) : value(row) ?? "-"), ...more });

export const saveCsv = (name, rows, columns) => save(name, csv(rows, columns));
