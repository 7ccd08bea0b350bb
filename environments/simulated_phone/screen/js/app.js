// The parts of an app: a stack of views, each redrawn when the phone's state changes; rows, switches, dialogs, menus.
//
// A view is a function that returns {title, body, actions, fab, bottom, form}. One with `form` contains what the user
// has typed, and is not redrawn.

import { h } from "./dom.js";
import { icon } from "./icons.js";

export const phone = window.parent.phone;
export const { store } = phone;

const stack = [];
let shown = null;

/** Starts the app on its first view. `route(intent, pages)` may open others for an intent. */
export function start(first, route = () => {}) {
  stack.push(first);
  phone.dress(document.documentElement);
  store.addEventListener("change", redraw);
  window.addEventListener("pagehide", () => store.removeEventListener("change", redraw));
  document.addEventListener("contextmenu", (event) => event.preventDefault());
  window.app = { back, open: route };
  draw();
}

/** Shows another view on top. */
export function go(view) {
  stack.push(view);
  draw();
}

/** Shows the first view, and `views` on top of it. */
export function restart(...views) {
  closeWindows();
  stack.splice(1, stack.length, ...views);
  draw();
}

/** Shows another view instead of the first one: the tabs of an app. */
export function choose(view) {
  stack.splice(0, stack.length, view);
  draw();
}

/** Closes the topmost dialog or view; false if only the first view is left. */
export function back() {
  const open = document.querySelectorAll(".window");
  if (open.length) {
    open[open.length - 1].remove();
    return true;
  }
  if (shown?.onback?.()) return true;
  if (stack.length === 1) return false;
  stack.pop();
  draw();
  return true;
}

/** Redraws the view in front. */
export function redraw() {
  if (!shown?.form) draw(true);
}

function draw(again = false) {
  const { id, selectionStart, selectionEnd } = document.activeElement;
  const scrolled = document.querySelector(".body")?.scrollTop ?? 0;
  shown = stack[stack.length - 1]();
  const bar = h(
    "header",
    { class: "bar" },
    stack.length > 1
      ? h(
          "button",
          { class: "icon", "aria-label": shown.form ? "Close" : "Navigate up", onclick: back },
          icon(shown.form ? "close" : "back"),
        )
      : "",
    h("h1", { role: "heading" }, shown.title),
    ...(shown.actions ?? []),
  );
  const parts = [
    shown.title === undefined ? "" : bar,
    h("main", { class: "body" }, ...shown.body),
    shown.fab ?? "",
    shown.bottom ?? "",
  ];
  const page = h("div", { class: `page${shown.fab ? " floating" : ""}` }, ...parts);
  const old = document.querySelector(".page");
  if (old) old.replaceWith(page);
  else document.body.append(page);
  if (again) {
    document.querySelector(".body").scrollTop = scrolled;
    // A search field keeps its focus and selection: typing into it may have caused the change.
    const field = id && page.querySelector(`input#${id}`);
    if (field) {
      field.focus();
      field.setSelectionRange(selectionStart, selectionEnd);
    }
  }
  shown.ready?.();
}

/** A row of a list: {icon, lead, title, text, end, onclick}. */
export function row({ symbol, lead, title, text, end, onclick, label, disabled }) {
  return h(
    onclick ? "button" : "div",
    { class: "row", onclick, "aria-label": label, disabled },
    symbol ? icon(symbol) : "",
    lead ?? "",
    h("span", { class: "texts" }, h("span", { class: "title" }, title), text ? h("span", { class: "text" }, text) : ""),
    end ?? "",
  );
}

/** The drawing of a switch. */
export const knob = (on, label) =>
  h("span", { class: "knob", role: "switch", "aria-checked": on, "aria-label": label });

/** A row that is switched on and off. */
export function toggle({ symbol, title, text, on, change, disabled }) {
  return row({ symbol, title, text, disabled, end: knob(on), onclick: () => change(!on) });
}

/** A row that switches a setting between "0" and "1". */
export function settingToggle(symbol, title, text, namespace, key, values = ["0", "1"]) {
  const on = store.setting(namespace, key) === values[1];
  return toggle({ symbol, title, text, on, change: (value) => store.put(namespace, key, values[Number(value)]) });
}

/** A row with a slider, whose change is reported when the finger is lifted. */
export function slider({ symbol, title, value, max, min = 0, change }) {
  const input = h("input", { type: "range", class: "slide", min, max, value, "aria-label": title });
  const follow = () => input.style.setProperty("--part", ((input.value - min) / (max - min)) * 100);
  follow();
  input.addEventListener("input", follow);
  input.addEventListener("change", () => change(Number(input.value)));
  return h(
    "div",
    { class: "row tall" },
    symbol ? icon(symbol) : "",
    h("span", { class: "texts" }, h("span", { class: "title" }, title), input),
  );
}

/** A field with its name above it. */
export function field({ id, label, value = "", type = "text", inputmode, capitals, area = false, onenter }) {
  const input = h(area ? "textarea" : "input", {
    id,
    placeholder: label,
    value,
    type: area ? null : type,
    inputmode,
    autocapitalize: capitals ?? "off",
    autocomplete: "off",
    spellcheck: "false",
    rows: area ? 6 : null,
  });
  if (onenter)
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") onenter();
    });
  return h("label", { class: "field" }, input);
}

export const iconButton = (symbol, label, onclick) =>
  h("button", { class: "icon", "aria-label": label, onclick }, icon(symbol));
export const textButton = (text, onclick, kind = "") => h("button", { class: `plain ${kind}`, onclick }, text);
export const fab = (symbol, label, onclick) =>
  h("button", { class: "fab", "aria-label": label, onclick }, icon(symbol));
export const heading = (text) => h("h2", { role: "heading" }, text);
export const nothing = (symbol, text) => h("div", { class: "nothing" }, icon(symbol, 48), h("p", {}, text));
export const card = (...children) => h("div", { class: "card" }, ...children);

/** The round picture of a contact: the first letter of the name. */
export function face(name) {
  const hue = [...name].reduce((sum, letter) => sum + letter.codePointAt(0) * 37, 0) % 360;
  return h("span", { class: "face", style: `--hue:${hue}`, "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "?");
}

/** Opens a dialog; each action is [text, act], and it stays open while act() returns false. */
export function dialog({ title, body = [], actions = [["OK", () => {}]] }) {
  const scrim = h("div", {
    class: "window scrim",
    onclick: (event) => {
      if (event.target === scrim) scrim.remove();
    },
  });
  const buttons = actions.map(([text, act]) =>
    textButton(text, () => {
      if (act?.() !== false) scrim.remove();
    }),
  );
  scrim.append(
    h(
      "div",
      { class: "dialog", role: "dialog" },
      title ? heading(title) : "",
      h("div", { class: "inside" }, ...body),
      h("div", { class: "buttons" }, ...buttons),
    ),
  );
  document.body.append(scrim);
  scrim.querySelector("input, textarea")?.focus();
  return scrim;
}

/** Asks for confirmation before something is lost. */
export function confirm(title, text, yes, act) {
  dialog({ title, body: [h("p", {}, text)], actions: [["Cancel"], [yes, act]] });
}

/** Asks for one line of text. */
export function ask(title, label, value, yes, act) {
  const input = field({ id: "input", label, value });
  dialog({ title, body: [input], actions: [["Cancel"], [yes, () => act(input.firstChild.value.trim())]] });
  input.firstChild.select();
}

/** Lets the user choose one of [value, text] pairs. */
export function radios(title, options, chosen, act) {
  const scrim = dialog({
    title,
    actions: [["Cancel"]],
    body: options.map(([value, text]) =>
      h(
        "button",
        {
          class: "choice",
          role: "radio",
          "aria-checked": value === chosen,
          onclick: () => {
            scrim.remove();
            act(value);
          },
        },
        text,
      ),
    ),
  });
}

/** Opens a menu of [text, act] below the top of the page. */
export function menu(...items) {
  const scrim = h("div", { class: "window clear", onclick: () => scrim.remove() });
  scrim.append(
    h("div", { class: "menu" }, ...items.map(([text, act]) => h("button", { class: "item", onclick: act }, text))),
  );
  document.body.append(scrim);
}

/** Tabs at the bottom: [symbol, text, view] each. */
export function tabs(items, current) {
  return h(
    "nav",
    { class: "tabs" },
    ...items.map(([symbol, text, view]) =>
      h(
        "button",
        { role: "tab", "aria-selected": text === current, onclick: () => choose(view) },
        h("span", { class: "pill" }, icon(symbol, 22)),
        text,
      ),
    ),
  );
}

function closeWindows() {
  for (const open of document.querySelectorAll(".window")) open.remove();
}
