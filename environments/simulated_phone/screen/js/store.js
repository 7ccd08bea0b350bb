// Everything that the phone stores: one JSON document, with an event when it changes.

import { defaults } from "./defaults.js";

const copy = (value) => JSON.parse(JSON.stringify(value));

class Store extends EventTarget {
  /** The document itself. Change it inside `change` only. */
  state = defaults();

  /** Lets `edit` change the document, then notifies all that show it. */
  change(edit) {
    const result = edit(this.state);
    this.dispatchEvent(new Event("change"));
    return result;
  }

  /** Returns the document, as a copy. */
  snapshot() {
    return copy(this.state);
  }

  /** Replaces the document: what `given` does not name is as on a new phone; settings are merged one by one. */
  load(given) {
    const fresh = defaults();
    const settings = Object.fromEntries(
      Object.entries(fresh.settings).map(([namespace, values]) => [
        namespace,
        { ...values, ...given.settings?.[namespace] },
      ]),
    );
    this.state = copy({ ...fresh, ...given, settings });
    this.dispatchEvent(new Event("change"));
  }

  /** Returns a setting, always a string, or null. */
  setting(namespace, key) {
    return this.state.settings[namespace]?.[key] ?? null;
  }

  /** Stores a setting. */
  put(namespace, key, value) {
    this.change((state) => {
      state.settings[namespace][key] = String(value);
    });
  }

  /** Returns whether a setting is "1". */
  on(namespace, key) {
    return this.setting(namespace, key) === "1";
  }

  /** Returns a number that no item of the list has as its id. */
  static nextId(list) {
    return 1 + Math.max(0, ...list.map((item) => item.id));
  }

  /** Returns the time on the phone's clock, which stands still until it is set. */
  now() {
    return new Date(`${this.state.clock}:00`);
  }

  /** Returns a time of day as this phone writes it. */
  time(hour, minute) {
    const two = String(minute).padStart(2, "0");
    if (this.setting("system", "time_12_24") === "24") return `${String(hour).padStart(2, "0")}:${two}`;
    return `${hour % 12 || 12}:${two} ${hour < 12 ? "AM" : "PM"}`;
  }

  /** Returns a date as the phone's language writes it. */
  date(date, options) {
    return new Intl.DateTimeFormat(this.setting("system", "system_locales") ?? "en-US", options).format(date);
  }
}

export const nextId = Store.nextId;
export const store = new Store();
