// The shade that is pulled down: quick settings, brightness, notifications.

import { appOf } from "./catalog.js";
import { h, onSwipe } from "./dom.js";
import { icon } from "./icons.js";
import { badge } from "./launcher.js";
import { store } from "./store.js";

export class Shade {
  shown = false;

  constructor(place, screen, open) {
    this.place = place;
    this.screen = screen;
    this.open = open;
    place.addEventListener("click", (event) => {
      if (event.target === place) this.hide();
    });
    store.addEventListener("change", () => this.draw());
  }

  show() {
    this.shown = true;
    this.place.hidden = false;
    this.screen.classList.add("shade");
    this.draw();
  }

  hide() {
    this.shown = false;
    this.place.hidden = true;
    this.screen.classList.remove("shade");
  }

  draw() {
    if (!this.shown) return;
    const now = store.now();
    const airplane = store.on("global", "airplane_mode_on");
    const wifi = store.on("global", "wifi_on") && !airplane;
    const { notifications } = store.state;
    const scrolled = this.place.scrollTop;
    this.place.replaceChildren(
      h(
        "div",
        { class: "when" },
        h("span", { class: "time" }, store.time(now.getHours(), now.getMinutes())),
        h("span", {}, store.date(now, { weekday: "short", day: "numeric", month: "short" })),
      ),
      h(
        "div",
        { class: "tiles" },
        this.#tile(
          "wifi",
          "Wi-Fi",
          wifi,
          wifi ? (store.state.wifi.connected ?? "Not connected") : "Off",
          "global",
          "wifi_on",
        ),
        this.#tile(
          "bluetooth",
          "Bluetooth",
          store.on("global", "bluetooth_on") && !airplane,
          null,
          "global",
          "bluetooth_on",
        ),
        this.#tile("airplane", "Airplane mode", airplane, null, "global", "airplane_mode_on"),
        this.#tile(
          "rotate",
          "Auto-rotate",
          store.on("system", "accelerometer_rotation"),
          null,
          "system",
          "accelerometer_rotation",
        ),
        this.#tile("bell", "Do Not Disturb", store.on("global", "zen_mode"), null, "global", "zen_mode"),
        this.#tile(
          "dark",
          "Dark theme",
          store.setting("secure", "ui_night_mode") === "2",
          null,
          "secure",
          "ui_night_mode",
          ["1", "2"],
        ),
      ),
      h("div", { class: "bright" }, icon("brightness", 22), this.#brightness()),
      h("h2", {}, "Notifications"),
      ...(notifications.length
        ? notifications.map((each) => this.#notification(each))
        : [h("div", { class: "none" }, "No notifications")]),
      notifications.length
        ? h(
            "div",
            { class: "foot" },
            h(
              "button",
              {
                onclick: () =>
                  store.change((state) => {
                    state.notifications = [];
                  }),
              },
              "Clear all",
            ),
          )
        : "",
    );
    this.place.scrollTop = scrolled;
  }

  #tile(symbol, label, on, detail, namespace, key, values = ["0", "1"]) {
    return h(
      "button",
      {
        class: "tile",
        role: "switch",
        "aria-checked": on,
        "aria-label": label,
        onclick: () => store.put(namespace, key, values[on ? 0 : 1]),
      },
      icon(symbol, 22),
      h("span", {}, h("b", {}, label), h("small", {}, detail ?? (on ? "On" : "Off"))),
    );
  }

  #brightness() {
    const value = Number(store.setting("system", "screen_brightness"));
    const slider = h("input", {
      type: "range",
      class: "slide",
      min: 1,
      max: 255,
      value,
      "aria-label": "Display brightness",
      style: `--part:${(value / 255) * 100}`,
    });
    slider.addEventListener("input", () => slider.style.setProperty("--part", (slider.value / 255) * 100));
    slider.addEventListener("change", () => store.put("system", "screen_brightness", slider.value));
    return slider;
  }

  #notification(each) {
    const app = appOf(each.package);
    const remove = () =>
      store.change((state) => {
        state.notifications = state.notifications.filter((other) => other.id !== each.id);
      });
    const row = h(
      "button",
      {
        class: "notification",
        onclick: () => {
          remove();
          this.hide();
          if (app) this.open(app.package);
        },
      },
      app ? badge(app, 20) : icon("bell"),
      h("span", {}, h("b", {}, each.title), h("small", {}, each.text)),
    );
    return onSwipe(
      row,
      (direction) => {
        if (direction === "left" || direction === "right") remove();
      },
      80,
    );
  }
}
