// The soft keyboard, and the editable element that has the focus, in any document of the phone.

import { KEYBOARD } from "./catalog.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { ask, onFocus } from "./web_page.js";

const LETTERS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const DIGITS = ["1234567890", "@#$_&-+()", "*\"':;!?"];
const SIGNS = ["~`|•√π÷×§∆", "£¢€¥^°={}", "\\©®™℅[]<>"];
const NUMERIC = [2, 3, 8194];
const { clear, editable, enter, erase, focused, inputType, insert, multiline, wantsCapital } = window.look;

export class Keyboard extends EventTarget {
  shown = false;
  #layout = "letters";
  #shift = false;
  #lock = false;
  #field = null;
  #pressed = null;
  #served = [];
  #drawn = "";

  constructor(place, screen) {
    super();
    this.place = place;
    this.screen = screen;
    place.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    // On the whole keyboard, not on each key: the keys may be redrawn while a finger is on one.
    place.addEventListener("pointerdown", ({ target }) => this.#touch(target.closest("button")));
    place.addEventListener("pointerup", () => this.#lift());
    place.addEventListener("pointercancel", () => this.#touch(null));
    this.attach(document);
    onFocus(
      () => this.#page,
      ({ field, tapped }) => {
        this.#field = field;
        if (tapped || !field) this.refresh(Boolean(field));
        else if (this.shown) this.#follow();
      },
    );
    this.#draw();
  }

  /** Watches a document: shows the keyboard when a field is focused or tapped again, and hides it on focus loss. */
  attach(watched) {
    const follow = () => {
      if (this.shown && !this.field) this.hide();
    };
    watched.addEventListener("focusin", () => this.refresh(true));
    watched.addEventListener("focusout", () => setTimeout(follow));
    watched.addEventListener("click", (event) => {
      if (event.target === this.target) this.refresh(true);
    });
    watched.addEventListener("mousedown", (event) => {
      // A tap on a button leaves the focus where it is, as on a phone: nothing moves under the finger.
      if (!event.target.closest("input, textarea, label, [contenteditable]")) event.preventDefault();
    });
    new MutationObserver(follow).observe(watched.body, { childList: true, subtree: true });
  }

  /** The editable that has the focus, or null. */
  get target() {
    const element = focused(document);
    return editable(element) && element.getClientRects().length ? element : null;
  }

  /** The field that has the focus, also one in a web page: {inputType, multiline, capital}, or null. */
  get field() {
    const { target } = this;
    if (target) return { inputType: inputType(target), multiline: multiline(target), capital: wantsCapital(target) };
    return this.#page ? this.#field : null;
  }

  /** Shows the keyboard if a field has the focus and the input method is this keyboard. */
  refresh(wanted = this.shown) {
    const shown = Boolean(wanted && this.field && store.setting("secure", "default_input_method") === KEYBOARD);
    const served = [this.target ?? this.#page, this.field?.inputType];
    if (shown && (!this.shown || served.some((each, index) => each !== this.#served[index]))) {
      this.#layout = NUMERIC.includes(this.field.inputType) ? "digits" : "letters";
      this.#lock = false;
    }
    this.#served = served;
    const changed = shown !== this.shown;
    this.shown = shown;
    this.place.hidden = !shown;
    this.screen.classList.toggle("typing", shown);
    const height = Math.round(Math.min(window.innerHeight * 0.55, 318));
    this.screen.style.setProperty("--keys", shown ? `${height}px` : "0px");
    if (shown) {
      this.#follow();
      requestAnimationFrame(() => this.target?.scrollIntoView({ block: "nearest" }));
    }
    if (changed) this.dispatchEvent(new Event("change"));
  }

  /** Hides it; the focus stays. */
  hide() {
    this.refresh(false);
  }

  /** Inserts text at the caret, as an input method commits it. Returns whether there was a field for it. */
  insert(text) {
    return this.#do("insert", insert, text);
  }

  /** Clears the focused field. Returns whether there was one. */
  clear() {
    return this.#do("clear", clear);
  }

  /** Returns the frame of the web page that has the focus, or null. */
  get #page() {
    const element = focused(document);
    return element?.tagName === "IFRAME" ? element : null;
  }

  async #do(deed, act, text) {
    const { target } = this;
    if (!target) return this.#page && this.#field ? Boolean((await ask(this.#page, { deed, text }))?.done) : false;
    act(target, text);
    if (this.shown) this.#follow();
    return true;
  }

  #touch(button) {
    this.#pressed?.classList.remove("down");
    this.#pressed = button;
    button?.classList.add("down");
  }

  #lift() {
    const name = this.#pressed?.dataset.key;
    this.#touch(null);
    if (name) this.#press(name);
  }

  #press(name) {
    switch (name) {
      case "shift":
        this.#lock = this.#shift && !this.#lock;
        this.#shift = this.#lock || !this.#shift;
        return this.#draw();
      case "letters":
      case "digits":
      case "signs":
        this.#layout = name;
        return this.#draw();
      case "backspace":
        this.#do("erase", erase);
        break;
      case "enter":
        this.#do("enter", enter);
        break;
      default:
        this.insert(name);
    }
    if (name === " " && this.#layout !== "letters") this.#layout = "letters";
    return this.#follow();
  }

  /** Shows capitals at the start of a sentence. */
  #follow() {
    this.#shift = this.#lock || Boolean(this.field?.capital);
    this.#draw();
  }

  #key(name, shown, kind = "", label = undefined) {
    return h("button", { class: kind, "aria-label": label, "data-key": name, tabindex: -1 }, shown);
  }

  #draw() {
    const wanted = [this.#layout, this.#shift, this.#lock, this.field?.multiline].join();
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    const letters = this.#layout === "letters";
    const rows = letters ? LETTERS : this.#layout === "digits" ? DIGITS : SIGNS;
    const keys = rows.map((row) =>
      [...row].map((character) => {
        const written = letters && this.#shift ? character.toUpperCase() : character;
        return this.#key(written, written);
      }),
    );
    keys[2].unshift(
      letters
        ? this.#key("shift", icon("shift", 22), `wide${this.#shift ? " held" : ""}`, this.#lock ? "Caps lock" : "Shift")
        : this.#key(
            this.#layout === "digits" ? "signs" : "digits",
            this.#layout === "digits" ? "=\\<" : "?123",
            "wide",
          ),
    );
    keys[2].push(this.#key("backspace", icon("backspace", 22), "wide", "Delete"));
    const last = [
      this.#key(letters ? "digits" : "letters", letters ? "?123" : "ABC", "wide"),
      this.#key(",", ","),
      this.#key(" ", "English", "space", "Space"),
      this.#key(".", "."),
      this.#key("enter", icon(this.field?.multiline ? "enter" : "check", 22), "wide go", "Enter"),
    ];
    this.place.replaceChildren(...[...keys, last].map((row) => h("div", { class: "line" }, ...row)));
  }
}
