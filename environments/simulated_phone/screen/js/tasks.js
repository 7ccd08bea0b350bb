// The running apps: one frame each, the newest used first. The one in front is shown, or none: then the launcher is.

import { APPS, appOf } from "./catalog.js";
import { h } from "./dom.js";

export class Tasks extends EventTarget {
  /** The running ones: {app, element, frame}, the one used last first. */
  running = [];
  front = null;
  #starting = new Map();
  #epoch = 0;

  constructor(place) {
    super();
    this.place = place;
  }

  /** Opens an app, or brings it to the front, and passes it the intent. Returns whether it is installed. */
  async open(name, intent = {}) {
    const app = appOf(name);
    if (!app) return false;
    const task = this.running.find((each) => each.app === app) ?? (await this.#started(app));
    if (!task.element.isConnected) return false;
    this.running = [task, ...this.running.filter((each) => each !== task)];
    this.#show(task);
    task.frame.contentWindow.app.open(intent);
    return true;
  }

  /** Brings a running app to the front as it is. */
  resume(task) {
    this.running = [task, ...this.running.filter((each) => each !== task)];
    this.#show(task);
  }

  /** Shows the launcher. */
  leave() {
    this.#show(null);
  }

  /** Ends an app. */
  stop(name) {
    for (const task of this.running.filter((each) => each.app.package === name)) {
      this.running = this.running.filter((each) => each !== task);
      if (this.front === task) this.#show(null);
      task.element.remove();
    }
    this.dispatchEvent(new Event("change"));
  }

  /** Ends all apps, including those that are just starting. */
  stopAll() {
    this.#epoch += 1;
    for (const app of APPS) this.stop(app.package);
  }

  /** Goes back within the app in front; false when it is on its first page. */
  back() {
    return this.front?.frame.contentWindow.app.back() ?? false;
  }

  /** Returns the window of the app in front, or null. */
  get window() {
    return this.front?.frame.contentWindow ?? null;
  }

  /** Starts an app once, however often it is requested meanwhile. */
  #started(app) {
    if (!this.#starting.has(app))
      this.#starting.set(
        app,
        this.#start(app).finally(() => this.#starting.delete(app)),
      );
    return this.#starting.get(app);
  }

  async #start(app) {
    const frame = h("iframe", { title: app.label, src: `apps/${app.page}.html` });
    const element = h("div", { class: app.secure ? "task secure" : "task" }, frame);
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    this.place.append(element);
    const epoch = this.#epoch;
    await loaded;
    const task = { app, element, frame };
    if (epoch !== this.#epoch) element.remove();
    else this.dispatchEvent(new CustomEvent("start", { detail: task }));
    return task;
  }

  #show(task) {
    if (this.front !== task) this.front?.frame.contentDocument.activeElement?.blur();
    this.front = task;
    for (const each of this.running) each.element.classList.toggle("front", each === task);
    this.dispatchEvent(new Event("change"));
  }
}
