// SPDX-License-Identifier: GPL-3.0-or-later
// Elements, made of texts that stay texts.

export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value); // by the object model, which the policy allows
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== undefined && c !== null && c !== false));
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
}

let ids = 0;
export const newId = (word) => `${word}-${++ids}`;

// A choice: a select with its label. options: [{value, text}].
export function choice(label, options, value, change) {
  const select = h("select", { onchange: () => change(select.value) },
    options.map((o) => h("option", { value: o.value, selected: String(o.value) === String(value) }, o.text)));
  return h("label", {}, label, select);
}

// Buttons of which one is pressed.
export function buttons(label, options, value, change) {
  const made = options.map((o) => h("button", { type: "button", "aria-pressed": String(o.value === value),
    onclick: () => {
      made.forEach((b, i) => b.setAttribute("aria-pressed", String(options[i].value === o.value)));
      change(o.value);
    } }, o.text));
  return h("span", { class: "group", role: "group", "aria-label": label }, made);
}

// The command that prints what stands here.
export function command(words) {
  const code = h("code", {}, words);
  const button = h("button", { type: "button", "aria-label": `Copy the command ${words}`, onclick: async () => {
    try {
      await navigator.clipboard.writeText(words);
      button.textContent = "copied";
    } catch { // the reader copies it
      getSelection().selectAllChildren(code);
      button.textContent = "selected";
    }
  } }, "copy");
  return h("div", { class: "command" }, code, button);
}

export function section(id, title, ...children) {
  const heading = newId("heading");
  return h("section", { id, "aria-labelledby": heading }, h("h2", { id: heading }, title), children);
}

// A table that is made when it is first looked at.
export function behind(title, make) {
  const details = h("details", {}, h("summary", {}, title));
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    while (details.children.length > 1) details.lastChild.remove();
    details.append(make());
  });
  return details;
}

export function save(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(url);
}
