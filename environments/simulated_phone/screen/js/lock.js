// The display: off, locked, or in use. A swipe up unlocks.

import { h, onSwipe } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";

export class Display {
  on = true;
  locked = false;

  constructor(lock, off, screen) {
    this.lock = lock;
    this.off = off;
    this.screen = screen;
    onSwipe(
      lock,
      (direction) => {
        if (direction === "up") this.unlock();
      },
      80,
    );
    store.addEventListener("change", () => this.draw());
  }

  /** Turns the display off, and locks it. */
  sleep() {
    this.on = false;
    this.locked = true;
    this.draw();
  }

  /** Turns the display on; what it shows may be the lock screen. */
  wake() {
    this.on = true;
    this.draw();
  }

  /** Leaves the lock screen. */
  unlock() {
    this.locked = false;
    this.draw();
  }

  draw() {
    this.off.hidden = this.on;
    this.lock.hidden = !this.locked;
    this.screen.classList.toggle("locked", this.locked);
    const now = store.now();
    this.lock.replaceChildren(
      h("div", { class: "time" }, store.time(now.getHours(), now.getMinutes()).replace(/ [AP]M/, "")),
      h("div", { class: "date" }, store.date(now, { weekday: "long", day: "numeric", month: "long" })),
      h(
        "div",
        { class: "notices" },
        store.state.notifications.slice(0, 3).map((each) => h("div", {}, each.title)),
      ),
      h("div", { class: "hint" }, icon("lock", 22), "Swipe up to unlock"),
    );
  }
}
