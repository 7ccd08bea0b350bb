// The bar at the top: the time, and what is on. A swipe down from it opens the notifications.

import { appOf } from "./catalog.js";
import { h, onSwipe } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";

export class StatusBar {
  constructor(place, pulledDown) {
    this.place = place;
    onSwipe(place, (direction, event) => {
      if (direction === "down") pulledDown(event);
    });
    store.addEventListener("change", () => this.draw());
    this.draw();
  }

  draw() {
    const now = store.now();
    const airplane = store.on("global", "airplane_mode_on");
    const noticed = [...new Set(store.state.notifications.map((each) => each.package))].slice(0, 3);
    const shown = [
      store.on("global", "bluetooth_on") && !airplane && "bluetooth",
      Number(store.setting("system", "volume_ring")) === 0 && "mute",
      store.state.alarms.some((alarm) => alarm.enabled) && "alarm",
      airplane && "airplane",
      store.on("global", "wifi_on") && !airplane && store.state.wifi.connected && "wifi",
      !airplane && "mobile",
      "battery",
    ].filter(Boolean);
    this.place.replaceChildren(
      h(
        "span",
        { class: "clock" },
        store.time(now.getHours(), now.getMinutes()),
        " ",
        ...noticed.map((name) => icon(appOf(name)?.icon ?? "bell", 14)),
      ),
      ...shown.map((name) => icon(name, 15)),
    );
    this.place.querySelector(".clock").style.cssText = "display:flex;gap:7px;align-items:center";
  }
}
