// The home screen: a clock, a page of apps, a dock; a swipe up shows all apps.

import { LAUNCHED } from "./catalog.js";
import { h, onSwipe } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";

const DOCK = ["com.android.dialer", "com.android.messaging", "org.handeye.browser", "com.android.contacts"];

/** Returns an app's round icon. */
export function badge(app, size = 28) {
  return h("span", { class: "badge", style: `--tint:${app.color}` }, icon(app.icon, size));
}

export class Launcher {
  drawer = null;

  constructor(place, screen, open) {
    this.place = place;
    this.screen = screen;
    this.open = open;
    store.addEventListener("change", () => this.#tell());
    this.draw();
  }

  draw() {
    const docked = DOCK.map((name) => LAUNCHED.find((app) => app.package === name));
    this.closeDrawer();
    const home = h(
      "div",
      { class: "home" },
      h("div", { class: "glance" }, h("div", { class: "time" }), h("div", { class: "date" })),
      h("div", { class: "space" }),
      h(
        "div",
        { class: "grid" },
        LAUNCHED.filter((app) => !docked.includes(app)).map((app) => this.#launch(app)),
      ),
      h(
        "div",
        { class: "dock" },
        docked.map((app) => this.#launch(app)),
      ),
      h("button", { class: "searchbar", onclick: () => this.showDrawer(true) }, icon("search", 20), "Search apps"),
    );
    onSwipe(home, (direction) => {
      if (direction === "up") this.showDrawer();
    });
    this.place.replaceChildren(home);
    this.#tell();
  }

  /** Shows all apps, sorted by name. */
  showDrawer(searching = false) {
    this.closeDrawer();
    const grid = h("div", { class: "grid" });
    const fill = (wanted) =>
      grid.replaceChildren(
        ...[...LAUNCHED]
          .sort((a, b) => a.label.localeCompare(b.label))
          .filter((app) => app.label.toLowerCase().includes(wanted))
          .map((app) => this.#launch(app)),
      );
    const search = h("input", {
      type: "search",
      placeholder: "Search apps",
      id: "apps_search",
      oninput: () => fill(search.value.toLowerCase()),
    });
    fill("");
    this.drawer = h("div", { class: "drawer" }, search, grid);
    this.place.append(this.drawer);
    this.screen.classList.add("drawer");
    if (searching) search.focus();
  }

  /** Hides them again; returns whether they were shown. */
  closeDrawer() {
    const shown = this.drawer !== null;
    this.drawer?.remove();
    this.drawer = null;
    this.screen.classList.remove("drawer");
    return shown;
  }

  #launch(app) {
    return h(
      "button",
      { class: "launch", onclick: () => this.open(app.package) },
      badge(app),
      h("span", {}, app.label),
    );
  }

  #tell() {
    const now = store.now();
    this.place.querySelector(".time").textContent = store.time(now.getHours(), now.getMinutes());
    this.place.querySelector(".date").textContent = store.date(now, { weekday: "long", day: "numeric", month: "long" });
  }
}
