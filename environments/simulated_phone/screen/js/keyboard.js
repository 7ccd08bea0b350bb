// The soft keyboard, and the editable that has the focus, in whichever document of the phone it is.

import { KEYBOARD } from "./catalog.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";

const LETTERS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const DIGITS = ["1234567890", "@#$_&-+()", "*\"':;!?"];
const SIGNS = ["~`|•√π÷×§∆", "£¢€¥^°={}", "\\©®™℅[]<>"];
const INPUT_TYPES = { text: 1, search: 1, url: 17, email: 33, password: 129, number: 2, numeric: 2, decimal: 8194, tel: 3, textarea: 131073 };

/** Says whether text can be typed into the element. */
export function editable(element) {
  if (!element || element.disabled || element.readOnly) return false;
  if (element.tagName === "TEXTAREA" || element.isContentEditable) return true;
  return element.tagName === "INPUT" && !["button", "checkbox", "radio", "range", "submit"].includes(element.type);
}

/** Returns the element that has the focus, followed through frames that can be looked into. */
export function focused(document) {
  const element = document.activeElement;
  if (element?.tagName !== "IFRAME") return element;
  try {
    return element.contentDocument ? focused(element.contentDocument) : element;
  } catch {
    return element;
  }
}

export class Keyboard extends EventTarget {
  shown = false;
  #layout = "letters";
  #shift = false;
  #lock = false;

  constructor(place, screen) {
    super();
    this.place = place;
    this.screen = screen;
    place.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    this.attach(document);
    this.#draw();
  }

  /** Watches a document: the keyboard comes when one of its editables is focused or tapped again, and goes with it. */
  attach(watched) {
    const follow = () => { if (this.shown && !this.target) this.hide(); };
    watched.addEventListener("focusin", () => this.refresh(true));
    watched.addEventListener("focusout", () => setTimeout(follow));
    watched.addEventListener("click", (event) => { if (event.target === this.target) this.refresh(true); });
    watched.addEventListener("mousedown", (event) => {
      // A tap on a button leaves the focus where it is, as on a phone: nothing moves away under the finger.
      if (!event.target.closest("input, textarea, label, [contenteditable]")) event.preventDefault();
    });
    new MutationObserver(follow).observe(watched.body, { childList: true, subtree: true });
  }

  /** The editable that has the focus, or null. */
  get target() {
    const element = focused(document);
    return editable(element) && element.getClientRects().length ? element : null;
  }

  /** The number by which Android tells what the focused editable is for; 0 for none. */
  get inputType() {
    const { target } = this;
    if (!target) return 0;
    return target.tagName === "TEXTAREA" ? INPUT_TYPES.textarea : (INPUT_TYPES[target.inputMode] ?? INPUT_TYPES[target.type] ?? 1);
  }

  /** Shows the keyboard if there is something to type into and the input method is the drawn one. */
  refresh(wanted = this.shown) {
    const shown = Boolean(wanted && this.target && store.setting("secure", "default_input_method") === KEYBOARD);
    if (shown && !this.shown) {
      this.#layout = [2, 3, 8194].includes(this.inputType) ? "digits" : "letters";
      this.#lock = false;
    }
    const changed = shown !== this.shown;
    this.shown = shown;
    this.place.hidden = !shown;
    this.screen.classList.toggle("typing", shown);
    const height = Math.round(Math.min(window.innerHeight * 0.55, 318));
    this.screen.style.setProperty("--keys", shown ? `${height}px` : "0px");
    if (shown) {
      this.#follow();
      const { target } = this;
      target.ownerDocument.defaultView.requestAnimationFrame(() => target.scrollIntoView({ block: "nearest" }));
    }
    if (changed) this.dispatchEvent(new Event("change"));
  }

  /** Hides it; the focus stays. */
  hide() {
    this.refresh(false);
  }

  /** Puts text at the caret, as an input method commits it. Says whether there was a place for it. */
  insert(text) {
    const { target } = this;
    if (!target) return false;
    const { ownerDocument } = target;
    const lines = target.tagName === "INPUT" ? [text.replaceAll("\n", "")] : [text];
    for (const line of lines) if (line) ownerDocument.execCommand("insertText", false, line);
    if (this.shown) this.#follow();
    return true;
  }

  /** Deletes all that the focused editable holds. Says whether there was one. */
  clear() {
    const { target } = this;
    if (!target) return false;
    if (target.isContentEditable) target.ownerDocument.execCommand("selectAll");
    else target.select();
    target.ownerDocument.execCommand("delete");
    return true;
  }

  /** Does what the enter key does: a new line, or the field's own action. */
  enter() {
    const { target } = this;
    if (!target) return;
    if (target.tagName === "TEXTAREA" || target.isContentEditable) {
      this.insert("\n");
      return;
    }
    for (const type of ["keydown", "keyup"]) {
      target.dispatchEvent(new KeyboardEvent(type, { key: "Enter", code: "Enter", keyCode: 13, bubbles: true, cancelable: true }));
    }
    target.form?.requestSubmit();
  }

  #press(name) {
    switch (name) {
      case "shift":
        this.#lock = this.#shift && !this.#lock;
        this.#shift = this.#lock || !this.#shift;
        return this.#draw();
      case "letters": case "digits": case "signs":
        this.#layout = name;
        return this.#draw();
      case "backspace":
        this.target?.ownerDocument.execCommand("delete");
        break;
      case "enter":
        this.enter();
        break;
      default:
        this.insert(name);
    }
    if (name === " " && this.#layout !== "letters") this.#layout = "letters";
    return this.#follow();
  }

  /** Shows capitals where a sentence begins. */
  #follow() {
    this.#shift = this.#lock || this.#sentenceStart();
    this.#draw();
  }

  /** Says whether the caret stands where a sentence begins, in a field that holds sentences. */
  #sentenceStart() {
    const { target } = this;
    if (!target || (target.tagName !== "TEXTAREA" && target.autocapitalize !== "sentences" && target.autocapitalize !== "words")) return false;
    const before = target.value.slice(0, target.selectionStart);
    return target.autocapitalize === "words" ? /(^|\s)$/.test(before) : /(^|[.!?]\s+|\n)$/.test(before);
  }

  #key(name, shown, kind = "", label = undefined) {
    const button = h("button", { class: kind, "aria-label": label, tabindex: -1 }, shown);
    button.addEventListener("pointerdown", () => button.classList.add("down"));
    button.addEventListener("pointercancel", () => button.classList.remove("down"));
    button.addEventListener("pointerup", () => {
      button.classList.remove("down");
      this.#press(name);
    });
    return button;
  }

  #draw() {
    const letters = this.#layout === "letters";
    const rows = letters ? LETTERS : this.#layout === "digits" ? DIGITS : SIGNS;
    const keys = rows.map((row) => [...row].map((character) => {
      const written = letters && this.#shift ? character.toUpperCase() : character;
      return this.#key(written, written);
    }));
    keys[2].unshift(
      letters ? this.#key("shift", icon("shift", 22), `wide${this.#shift ? " held" : ""}`, this.#lock ? "Caps lock" : "Shift")
        : this.#key(this.#layout === "digits" ? "signs" : "digits", this.#layout === "digits" ? "=\\<" : "?123", "wide"),
    );
    keys[2].push(this.#key("backspace", icon("backspace", 22), "wide", "Delete"));
    const multiline = this.target?.tagName === "TEXTAREA";
    const last = [
      this.#key(letters ? "digits" : "letters", letters ? "?123" : "ABC", "wide"),
      this.#key(",", ","), this.#key(" ", "English", "space", "Space"), this.#key(".", "."),
      this.#key("enter", icon(multiline ? "enter" : "check", 22), "wide go", "Enter"),
    ];
    this.place.replaceChildren(...[...keys, last].map((row) => h("div", { class: "line" }, ...row)));
  }
}
