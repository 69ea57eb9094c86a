// SPDX-License-Identifier: GPL-3.0-or-later
// What made the files.
import { command, h, section } from "./dom.js";
import { count } from "./numbers.js";

const first = ["experiment", "version", "commit", "dirty", "start", "end", "command_line", "host", "cpu", "isa", "threads", "compiler", "flags", "libraries"];

const place = (name) => (first.includes(name) ? first.indexOf(name) : first.length);

function value(text) {
  const lines = text.split("\n").length;
  if (lines < 3) return text;
  return h("details", {}, h("summary", {}, `${lines} lines`), h("pre", { class: "mono", style: { whiteSpace: "pre-wrap" } }, text));
}

function fileProvenance(file) {
  const notes = [...file.notes].sort((a, b) => place(a[0]) - place(b[0]));
  const sizes = file.sizes && `${count(file.sizes.file)} bytes, of them ${count(file.sizes.stored)} for scores that take ${count(file.sizes.scores)}; ${count(file.runs_in_all)} runs`;
  return [h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Provenance of ${file.path}` }, h("table", {}, h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, "file"), h("td", { class: "wrap" }, file.path)),
    sizes && h("tr", {}, h("th", { scope: "row" }, "size"), h("td", { class: "wrap" }, sizes)),
    notes.map(([name, text]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "wrap" }, value(text))))))),
  command(`ninetails results show ${file.word} --json`)];
}

export function provenance(files) {
  return section("provenance", "Provenance", files.map((file) => [files.length > 1 && h("h3", {}, file.path), fileProvenance(file)]));
}
