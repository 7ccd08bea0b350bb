// What appears and disappears by itself: toasts and the volume panel.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 2000;

class Notice {
  #timer = 0;

  constructor(place) {
    this.place = place;
  }

  /** Hides it at once. */
  hide() {
    clearTimeout(this.#timer);
    this.place.hidden = true;
  }

  appear() {
    clearTimeout(this.#timer);
    this.place.hidden = false;
    this.#timer = setTimeout(() => this.hide(), SHOWN_MS);
  }
}

export class Toast extends Notice {
  /** Shows a line of text. */
  show(text) {
    this.place.textContent = text;
    this.appear();
  }
}

export class Volume extends Notice {
  /** Shows the volume, from 0 to 1. */
  show(part) {
    this.place.replaceChildren(
      h("div", { class: "track" }, h("div", { class: "level", style: `height:${Math.round(part * 100)}%` })),
      icon(part === 0 ? "mute" : "volume", 22),
    );
    this.appear();
  }
}
